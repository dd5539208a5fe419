#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The command line as its users run it: the built program, in a home of its own.

usage: test_cli.py WAYFARE [keyring]

With "keyring" the tests that need one, to be run by support/with-keyring.sh; else the others, which
have none.
"""

import csv
import http.client
import io
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

WAYFARE = ""
PATIENCE_S = 20
BROKEN = """{
  "version": 1,
  "providers": [{"id": "a", "kind": "nonsense"}, {"id": "b", "kind": "openai"}]
}
"""
LITELLM = """model_list:
  - model_name: coder
    litellm_params:
      model: ollama/qwen3:14b
      timeout: 30
  - model_name: big
    litellm_params: {model: openai/gpt-5, api_key: sk-secret-abcd}
litellm_settings:
  fallbacks: [{coder: [big]}]
"""


class Home:
    """A user who has nothing yet."""

    def __init__(self, keep_session=False):
        self.folder = tempfile.TemporaryDirectory(prefix="wayfare-cli-")
        self.env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        if not keep_session:
            self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.folder.name}/no-bus"
        for name, variable in (("config", "XDG_CONFIG_HOME"), ("data", "XDG_DATA_HOME"),
                               ("run", "XDG_RUNTIME_DIR"), ("home", "HOME")):
            if keep_session and name in ("run", "home"):
                continue
            path = os.path.join(self.folder.name, name)
            os.mkdir(path, 0o700)
            self.env[variable] = path
        self.config = os.path.join(self.env["XDG_CONFIG_HOME"], "wayfare", "config.json")
        os.mkdir(os.path.dirname(self.config))
        self.missing = os.path.join(self.folder.name, "missing")

    def write_config(self, config):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(config if isinstance(config, str) else json.dumps(config))

    def read_config(self):
        with open(self.config, encoding="utf-8") as file:
            return json.load(file)

    def call(self, *args, stdin=""):
        return subprocess.run([WAYFARE, *args], env=self.env, input=stdin, text=True,
                              capture_output=True, timeout=PATIENCE_S, check=False)

    def close(self):
        self.folder.cleanup()


class Server:
    """`wayfare serve` on a free port."""

    def __init__(self, home, *args):
        self.began = time.monotonic()
        self.process = subprocess.Popen([WAYFARE, "serve", "--port", "0", *args], env=home.env,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.ready_s = time.monotonic() - self.began
        prefix = "wayfare: listening on "
        if not line.startswith(prefix):
            raise AssertionError(f"{line!r} {self.process.communicate(timeout=PATIENCE_S)}")
        self.address = line[len(prefix):].strip()

    def chat(self, token=None, model="demo"):
        """Status and answer of one request."""
        request = urllib.request.Request(
            self.address + "/v1/chat/completions",
            json.dumps({"model": model, "messages": [{"role": "user", "content": "hi"}]}).encode(),
            {"Content-Type": "application/json"})
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def stop(self, how=signal.SIGTERM):
        """Exit status and what was written to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


class CliTest(unittest.TestCase):
    keep_session = False

    def setUp(self):
        self.home = Home(self.keep_session)
        self.addCleanup(self.home.close)

    def serve(self, *args):
        server = Server(self.home, *args)
        self.addCleanup(server.stop)
        return server

    def run_ok(self, *args, stdin=""):
        done = self.home.call(*args, stdin=stdin)
        self.assertEqual((done.returncode, done.stderr), (0, ""), args)
        return done.stdout

    def run_failing(self, status, *args, stdin=""):
        """A failure is one line on standard error and nothing on standard output."""
        done = self.home.call(*args, stdin=stdin)
        self.assertEqual(done.returncode, status, (args, done))
        self.assertRegex(done.stderr, r"\Awayfare: [^\n]+\n\Z")
        return done.stderr


class Usage(CliTest):
    def test_help(self):
        text = self.run_ok("--help")
        for verb in ("serve", "status", "tail", "app add NAME", "app list", "app revoke NAME",
                     "token NAME", "key set PROVIDER", "key list", "key delete PROVIDER",
                     "key test PROVIDER", "route", "spend", "export requests", "catalog",
                     "catalog diff FILE|URL", "catalog accept FILE|URL", "catalog reset", "check FILE",
                     "import litellm FILE"):
            self.assertIn("  " + verb + "  ", text)
            words = [word for word in verb.split() if word.islower()]
            with self.subTest(verb=verb):
                self.assertIn("wayfare " + " ".join(words), self.run_ok(*words, "--help"))

    def test_version(self):
        self.assertRegex(self.run_ok("--version"), r"\Awayfare \d+\.\d+\.\d+\n\Z")

    def test_wrong_usage(self):
        for args in (["frobnicate"], ["--frobnicate"], ["-x"], ["app"], ["app", "frobnicate"], ["app", "add"],
                     ["app", "add", "a", "b"], ["app", "add", "No Good"],
                     ["app", "add", "a", "--locality", "moon"],
                     ["app", "add", "a", "--budget-usd", "lots"],
                     ["app", "add", "a", "--budget-usd", "-1"],
                     ["app", "add", "a", "--budget-usd", "0.1234567"],
                     ["app", "add", "a", "--budget-usd", "1", "--period", "year"],
                     ["app", "add", "a", "--period", "day"], ["token"], ["key", "set"],
                     ["status", "--frobnicate"], ["serve", "--port", "65536"],
                     ["serve", "--port", "x"], ["serve", "--port", "-1"],
                     ["serve", "--listen", "nonsense"], ["serve", "--listen", ""], ["route"], ["spend", "--by", "moon"],
                     ["spend", "--csv", "--json"], ["export"], ["check"], ["import"],
                     ["catalog", "frobnicate"], ["catalog", "diff"], ["catalog", "accept"],
                     ["import", "litellm"],
                     ["export", "requests", "--csv", "--json"], ["export", "requests", "--moon"]):
            with self.subTest(args=args):
                self.run_failing(2, *args)

    def test_no_instance(self):
        for args in (["status"], ["tail"], ["app", "add", "a"], ["app", "list"],
                     ["app", "revoke", "a"], ["key", "test", "demo"], ["route", "--model", "demo"],
                     ["spend"], ["export", "requests", "--csv"]):
            with self.subTest(args=args):
                self.assertIn("wayfare serve", self.run_failing(3, *args))


class Check(CliTest):
    def test_good(self):
        self.home.write_config({"version": 1, "frobnicate": 1})
        text = self.run_ok("check", self.home.config)
        self.assertIn("frobnicate", text)
        self.assertIn(": good\n", text)

    def test_broken(self):
        self.home.write_config(BROKEN)
        done = self.home.call("check", self.home.config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("providers[0].kind", done.stdout)
        self.assertIn("providers[1]", done.stdout)
        self.assertRegex(done.stderr, r"\Awayfare: [^\n]+\n\Z")

    def test_no_file(self):
        done = self.home.call("check", self.home.missing)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, f"error: {self.home.missing}: there is no such file\n")


class Import(CliTest):
    def write(self, text):
        path = os.path.join(self.home.folder.name, "litellm.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_litellm(self):
        path = self.write(LITELLM)
        done = self.home.call("import", "litellm", path)
        self.assertEqual(done.returncode, 0, done)
        routes = {route["model"]: route for route in json.loads(done.stdout)["routes"]}
        self.assertEqual([target["provider"] for target in routes["coder"]["targets"]],
                         ["ollama", "openai"])
        self.assertIn("line 5: model_list[0].litellm_params.timeout: ", done.stderr)
        self.assertIn("wayfare key set openai\n", done.stderr)
        self.assertIn("--output " + self.home.config, done.stderr)
        self.assertNotIn("sk-secret", done.stdout + done.stderr)

    def test_output(self):
        path = self.write(LITELLM)
        done = self.home.call("import", "litellm", path, "--output", self.home.config)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done)
        self.assertEqual(os.stat(self.home.config).st_mode & 0o777, 0o600)
        self.assertEqual(self.run_ok("check", self.home.config), self.home.config + ": good\n")

        self.home.write_config({"version": 1})
        self.assertIn("--force", self.run_failing(1, "import", "litellm", path, "--output",
                                                  self.home.config))
        self.assertEqual(self.home.read_config(), {"version": 1})
        done = self.home.call("import", "litellm", path, "--output", self.home.config, "--force")
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(len(self.home.read_config()["routes"]), 2)

    def test_refusals(self):
        for text, what in (("model_list: [1\nb: }", "line 2, column 2: "),
                           ("a: &a [*a]", "line 1, column 8: "),
                           ("a: 1", "model_list"), ("", "model_list")):
            with self.subTest(text=text):
                path = self.write(text)
                failure = self.run_failing(1, "import", "litellm", path)
                self.assertIn(path + ": ", failure)
                self.assertIn(what, failure)
        self.assertIn("no such file", self.run_failing(1, "import", "litellm", self.home.missing))


class Serve(CliTest):
    def test_no_display_means_serve(self):
        self.home.write_config({"version": 1, "listen": {"port": 0}})
        with subprocess.Popen([WAYFARE], env=self.home.env, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as process:
            self.assertIn("listening on http://127.0.0.1:", process.stdout.readline())
            process.terminate()

    def test_listens_soon(self):
        self.assertLess(self.serve().ready_s, 2)

    def test_terminates(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            status, _ = server.stop(how)
            self.assertEqual(status, 0)
            self.assertEqual(os.listdir(self.home.env["XDG_RUNTIME_DIR"]), [])

    def test_second_instance(self):
        self.serve()
        self.assertIn("already runs", self.run_failing(1, "serve", "--port", "0"))

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            self.assertIn(port, self.run_failing(1, "serve", "--port", port))

    def test_broken_config(self):
        self.home.write_config(BROKEN)
        self.assertIn("providers[0].kind", self.run_failing(1, "serve", "--port", "0"))

    def test_no_runtime_folder(self):
        self.home.env["XDG_RUNTIME_DIR"] = self.home.missing
        self.assertIn("XDG_RUNTIME_DIR", self.run_failing(1, "serve", "--port", "0"))

    def test_no_such_config(self):
        """A typo must not let everybody in."""
        failure = self.run_failing(1, "serve", "--port", "0", "--config", self.home.missing)
        self.assertIn(self.home.missing, failure)

    def test_open_to_others_needs_tokens(self):
        for listen in (None, {}, {"require_token": False},
                       {"address": "127.0.0.1", "require_token": False}):
            with self.subTest(listen=listen):
                if listen is not None:
                    self.home.write_config({"version": 1, "listen": listen})
                # RFC 5737: nobody's address.
                failure = self.run_failing(1, "serve", "--port", "0", "--listen", "192.0.2.1")
                self.assertIn("require_token", failure)
                self.assertIn(self.home.config, failure)

    def test_own_address_needs_none(self):
        for address in ("127.0.0.1", "localhost"):
            server = self.serve("--listen", address)
            self.assertEqual(server.chat()[0], 200)
            server.stop()

    def test_key_test_of_what_is_not_asked(self):
        """The reason is said at once, not after waiting for an answer that cannot come."""
        self.home.write_config({
            "version": 1, "listen": {"port": 0}, "cloud": {"enabled": False}, "providers": [
                {"id": "off", "kind": "openai", "base_url": "http://127.0.0.1:9/v1",
                 "enabled": False},
                {"id": "cloud", "kind": "anthropic", "base_url": "https://llm.example"},
                {"id": "keyed", "kind": "openai", "base_url": "http://127.0.0.1:9/v1",
                 "key": {"env": "NOT_SET_ANYWHERE"}}]})
        self.serve()
        for name, reason in (("off", "it is switched off"), ("cloud", "Local Only is on"),
                             ("keyed", "NOT_SET_ANYWHERE")):
            with self.subTest(name=name):
                began = time.monotonic()
                text = self.run_failing(1, "key", "test", name)
                self.assertLess(time.monotonic() - began, 5)
                self.assertIn(name, text)
                self.assertIn(reason, text)

    def test_reloads_on_hangup(self):
        server = self.serve()
        self.home.write_config({"version": 1, "listen": {"port": 0}, "cloud": {"enabled": False}})
        server.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            if not json.loads(self.run_ok("status", "--json"))["cloud_enabled"]:
                return
            select.select([], [], [], 0.05)
        self.fail("the new config is not in force")

    def test_tells_the_service_manager(self):
        path = os.path.join(self.home.folder.name, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(PATIENCE_S)
            self.home.env["NOTIFY_SOCKET"] = path
            server = self.serve()
            self.assertIn(b"READY=1", manager.recv(4096))
            server.stop()
            self.assertIn(b"STOPPING=1", manager.recv(4096))


class Instance(CliTest):
    def setUp(self):
        super().setUp()
        self.home.write_config({"version": 1, "listen": {"port": 0, "require_token": True}})
        self.server = self.serve()

    def add_app(self, *args):
        """The token. Without a keyring a line says that it is not stored."""
        done = self.home.call("app", "add", *args)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("not stored", done.stderr)
        return done.stdout.strip()

    def test_status(self):
        status = json.loads(self.run_ok("status", "--json"))
        self.assertEqual(status["address"], self.server.address)
        self.assertIn("demo", [provider["id"] for provider in status["providers"]])
        text = self.run_ok("status")
        self.assertIn(self.server.address, text)
        self.assertIn("demo", text)

    def test_app(self):
        token = self.add_app("editor", "--locality", "local")
        self.assertEqual(self.server.chat("wf_wrong")[0], 401)
        self.assertEqual(self.server.chat(token)[0], 200)
        self.run_failing(1, "app", "add", "editor")

        app, = json.loads(self.run_ok("app", "list", "--json"))["apps"]
        self.assertEqual((app["id"], app["locality"], app["models"], app["admin"]),
                         ("editor", "local", ["*"], False))
        self.assertIn("editor", self.run_ok("app", "list"))

        self.run_ok("app", "revoke", "editor")
        self.assertEqual(self.server.chat(token)[0], 401)
        self.assertIn("no app is called \"editor\"", self.run_failing(1, "app", "revoke", "editor"))
        self.assertEqual(json.loads(self.run_ok("app", "list", "--json"))["apps"], [])

    def test_app_with_budget(self):
        for args, wanted in ((["--budget-usd", "20"], (20, "month")),
                             (["--budget-usd", "0.000001", "--period", "day"], (0.000001, "day")),
                             (["--budget-usd", "5.5", "--period", "week"], (5.5, "week"))):
            with self.subTest(args=args):
                self.add_app(wanted[1], *args)
                budgets = json.loads(self.run_ok("status", "--json"))["budgets"]
                budget = next(one for one in budgets if one["name"] == wanted[1])
                self.assertEqual((budget["usd"], budget["period"]), wanted)
        failure = self.run_failing(1, "app", "add", "rich", "--budget-usd", "9999999999")
        self.assertIn("budget.usd", failure)

    def test_token_without_keyring(self):
        self.add_app("editor")
        self.run_failing(1, "token", "editor")

    def test_route(self):
        self.assertRegex(self.run_ok("route", "--model", "demo"), r"demo .*would try")
        plan = json.loads(self.run_ok("route", "--model", "demo", "--json"))
        self.assertEqual(plan["candidates"][0]["provider"], "demo")
        done = self.home.call("route", "--model", "nothing-like-it")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing-like-it", done.stderr)
        self.run_failing(1, "route", "--model", "demo", "--app", "nobody")

    def test_spend_and_export(self):
        token = self.add_app("editor")
        for _ in range(3):
            self.assertEqual(self.server.chat(token)[0], 200)
        row, = json.loads(self.run_ok("spend", "--by", "app", "--json"))["rows"]
        self.assertEqual((row["key"], row["requests"]), ("editor", 3))
        row, = csv.DictReader(io.StringIO(self.run_ok("spend", "--by", "model", "--csv")))
        self.assertEqual((row["KEY"], row["REQUESTS"], row["CACHE HITS"]), ("demo", "3", "0"))
        self.assertEqual(float(row["SAVED USD"]), 0)
        for by, key in (("day", "-"), ("app", "editor"), ("provider", "demo"), ("model", "demo"),
                        ("target", "demo/demo")):
            with self.subTest(by=by):
                self.assertIn(key, self.run_ok("spend", "--by", by))
        self.assertEqual(json.loads(self.run_ok("spend", "--since", "2999-01-01", "--json"))["rows"],
                         [])
        self.run_failing(1, "spend", "--since", "yesterday")

        rows = list(csv.DictReader(io.StringIO(self.run_ok("export", "requests", "--csv"))))
        self.assertEqual([row["app"] for row in rows], ["editor"] * 3)
        self.assertEqual({row["outcome"] for row in rows}, {"done"})
        self.assertGreater(int(rows[0]["output_tokens"]), 0)
        self.assertEqual((rows[0]["cache_hit"], rows[0]["saved_usd"]), ("false", ""))

    def refuse_many(self, token, count, model="no, \"such\" model"):
        """Requests that nobody can answer, on one connection."""
        connection = http.client.HTTPConnection(self.server.address.removeprefix("http://"),
                                                timeout=PATIENCE_S)
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hi"}]})
        for _ in range(count):
            connection.request("POST", "/v1/chat/completions", body,
                               {"Authorization": "Bearer " + token,
                                "Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 404)
        connection.close()

    def export_both(self, *args):
        """The rows as CSV and as JSON, which tell of the same requests."""
        # Bytes: text mode would make one line end of another.
        done = subprocess.run([WAYFARE, "export", "requests", *args], env=self.home.env,
                              capture_output=True, timeout=PATIENCE_S, check=True)
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
        whole = json.loads(self.run_ok("export", "requests", "--json", *args))["requests"]
        self.assertEqual([row["id"] for row in rows], [one["id"] for one in whole])
        return rows, whole

    def test_export_of_many_pages(self):
        editor, notes = self.add_app("editor"), self.add_app("notes")
        self.refuse_many(editor, 500)
        self.refuse_many(notes, 501)
        self.assertEqual(self.server.chat(notes)[0], 200)

        rows, whole = self.export_both()
        self.assertEqual(len({row["id"] for row in rows}), 1002)
        times = [row["started_at"] for row in rows]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual((rows[0]["provider"], rows[-1]["app"]), ("demo", "editor"))
        # Unknown is an empty field, and null.
        for name in ("provider", "duration_us", "output_tokens", "cost_usd", "saved_usd"):
            known = whole[-1].get(name, whole[-1]["usage"].get(name))
            self.assertEqual(rows[-1][name], "" if known is None else str(known), name)
        self.assertEqual((rows[-1]["output_tokens"], rows[-1]["provider"]), ("", ""))
        self.assertEqual(rows[-1]["requested_model"], "no, \"such\" model")

        for args, count in ((["--app", "editor"], 500), (["--app", "notes"], 502),
                            (["--provider", "demo"], 1), (["--model", "demo"], 1),
                            (["--outcome", "refused"], 1001), (["--outcome", "shutdown"], 0),
                            (["--app", "notes", "--outcome", "done"], 1),
                            (["--app", "nobody"], 0), (["--since", "2999-01-01"], 0),
                            (["--since", "2020-01-01"], 1002)):
            with self.subTest(args=args):
                self.assertEqual(len(self.export_both(*args)[0]), count)

    def test_export_refusals(self):
        for args, named in ((["--outcome", "moon"], "outcome"), (["--since", "moon"], "since"),
                            (["--app", ""], "app")):
            with self.subTest(args=args):
                text = self.run_failing(1, "export", "requests", *args)
                self.assertIn(named, text)

    def test_nowhere_to_write(self):
        for args in (["export", "requests"], ["status"], ["status", "--json"], ["spend"],
                     ["app", "list"], ["route", "--model", "demo"], ["--version"]):
            with self.subTest(args=args), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([WAYFARE, *args], env=self.home.env, stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S,
                                      check=False)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, r"\Awayfare: [^\n]*standard output[^\n]*\n\Z")

    def end_of_tail(self, tail, make_it_end):
        """Exit status and errors of a tail. Until it follows it misses what happens."""
        with tail:
            for _ in range(200):
                make_it_end()
                try:
                    return tail.wait(0.1), tail.stderr.read()
                except subprocess.TimeoutExpired:
                    pass
            tail.kill()
        self.fail("it goes on")

    def tail(self, stdout):
        return subprocess.Popen([WAYFARE, "tail"], env=self.home.env, stdout=stdout,
                                stderr=subprocess.PIPE, text=True)

    def test_tail_whose_reader_left(self):
        token = self.add_app("editor")
        read_end, write_end = os.pipe()
        os.close(read_end)
        tail = self.tail(write_end)
        os.close(write_end)
        self.assertEqual(self.end_of_tail(tail, lambda: self.server.chat(token)), (0, ""))
        with open("/dev/full", "w", encoding="utf-8") as full:
            tail = self.tail(full)
            status, errors = self.end_of_tail(tail, lambda: self.server.chat(token))
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"\Awayfare: [^\n]*standard output[^\n]*\n\Z")

    def test_tail_whose_instance_ended(self):
        """An end is an end; a breakdown is a failure."""
        token = self.add_app("editor")
        for how, wanted in ((signal.SIGTERM, r"\A\Z"), (signal.SIGKILL, r"\Awayfare: [^\n]+\n\Z")):
            with self.subTest(how=how), self.tail(subprocess.PIPE) as tail:
                while not select.select([tail.stdout], [], [], 0.1)[0]:
                    self.server.chat(token)
                self.server.stop(how)
                self.assertEqual(tail.wait(PATIENCE_S), 0 if how == signal.SIGTERM else 1)
                self.assertRegex(tail.stderr.read(), wanted)
            self.server = self.serve()

    def test_tail(self):
        token = self.add_app("editor")
        for args, wanted in (([], b"demo \xe2\x86\x92 demo"), (["--json"], b'"app":"editor"')):
            env = dict(self.home.env, LC_ALL="C")
            with subprocess.Popen([WAYFARE, "tail", *args], env=env,
                                  stdout=subprocess.PIPE) as tail:
                # What is asked before the tail follows is not its business: ask until it shows.
                for _ in range(200):
                    self.server.chat(token)
                    if select.select([tail.stdout], [], [], 0.1)[0]:
                        break
                self.assertIn(wanted, tail.stdout.readline())
                tail.terminate()

    def test_key_test(self):
        self.assertIn("demo answers: 1 model\n", self.run_ok("key", "test", "demo"))
        self.run_failing(1, "key", "test", "nobody")

    def test_keys_without_keyring(self):
        self.home.env["CLOUD_KEY"] = "sk-environment-1234"
        self.home.write_config({"version": 1, "listen": {"port": 0}, "providers": [
            {"id": "one", "kind": "openai", "base_url": "http://127.0.0.1:9/v1",
             "key": {"env": "CLOUD_KEY"}},
            {"id": "two", "kind": "openai", "base_url": "http://127.0.0.1:9/v1",
             "key": {"keyring": "two"}}]})
        one, two = json.loads(self.run_ok("key", "list", "--json"))["keys"]
        self.assertEqual((one["provider"], one["source"], one["problem"]), ("one", "env", None))
        self.assertEqual((two["provider"], two["source"]), ("two", "keyring"))
        self.assertIn("keyring", two["problem"])
        self.assertNotIn("sk-environment", self.run_ok("key", "list"))
        self.run_failing(1, "key", "set", "two", stdin="sk-secret-1234")
        self.home.write_config({"version": 1, "providers": [{"id": "demo", "kind": "demo"}]})
        self.assertIn("takes no key", self.run_failing(1, "key", "set", "demo", stdin="sk-secret"))


class Keyring(CliTest):
    """With the real Secret Service."""

    keep_session = True

    def setUp(self):
        super().setUp()
        self.home.write_config({"version": 1, "listen": {"port": 0, "require_token": True},
                                "providers": [{"id": "mine", "kind": "openai",
                                               "base_url": "http://127.0.0.1:9/v1"}]})

    def keys(self):
        return {key["provider"]: key
                for key in json.loads(self.run_ok("key", "list", "--json"))["keys"]}

    def test_token(self):
        server = self.serve()
        token = self.run_ok("app", "add", "editor").strip()
        self.assertEqual(self.run_ok("token", "editor"), token + "\n")
        self.assertEqual(server.chat(token)[0], 200)
        # Needs nobody but the keyring.
        server.stop()
        self.assertEqual(self.run_ok("token", "editor"), token + "\n")

        self.serve()
        self.run_ok("app", "revoke", "editor")
        self.run_failing(1, "token", "editor")

    def test_key(self):
        self.run_ok("key", "set", "mine", stdin="sk-secret-abcd\n")
        self.addCleanup(self.home.call, "key", "delete", "mine")
        provider = next(p for p in self.home.read_config()["providers"] if p["id"] == "mine")
        self.assertEqual(provider["key"], {"keyring": "mine"})
        self.assertTrue(self.keys()["mine"]["hint"].endswith("abcd"))
        with open(self.home.config, encoding="utf-8") as file:
            self.assertNotIn("sk-secret", file.read())

        self.run_ok("key", "delete", "mine")
        self.assertIn("key set mine", self.keys()["mine"]["problem"])
        self.run_failing(1, "key", "delete", "mine")

    def test_key_of_a_well_known_provider(self):
        self.run_ok("key", "set", "openai", stdin="sk-secret-abcd")
        self.addCleanup(self.home.call, "key", "delete", "openai")
        provider = next(p for p in self.home.read_config()["providers"] if p["id"] == "openai")
        self.assertEqual(provider["base_url"], "https://api.openai.com/v1")
        self.run_failing(1, "key", "set", "nobody", stdin="sk-secret-abcd")

    def test_running_instance_takes_the_key(self):
        server = self.serve()
        self.run_ok("key", "set", "mine", stdin="sk-secret-abcd")
        self.addCleanup(self.home.call, "key", "delete", "mine")
        self.run_ok("status")
        _, errors = server.stop()
        self.assertNotIn("sk-secret", errors)

    def test_no_key_given(self):
        self.run_failing(1, "key", "set", "mine", stdin="")
        self.run_failing(1, "key", "set", "mine", stdin="\n")
        self.run_failing(1, "key", "set", "mine", stdin="x" * 20000)
        self.assertNotIn("mine", self.keys())

    def test_typed_without_echo(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(WAYFARE, [WAYFARE, "key", "set", "mine"], self.home.env)
        self.addCleanup(self.home.call, "key", "delete", "mine")
        shown = b""
        while b"Key of mine: " not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, b"sk-secret-wxyz\n")
        try:
            while True:
                shown += os.read(terminal, 1024)
        except OSError:  # the other end is gone
            pass
        self.assertEqual(os.waitpid(pid, 0)[1], 0)
        os.close(terminal)
        self.assertNotIn(b"sk-secret", shown)
        self.assertTrue(self.keys()["mine"]["hint"].endswith("wxyz"))


if __name__ == "__main__":
    WAYFARE = os.path.abspath(sys.argv[1])
    classes = [Keyring] if "keyring" in sys.argv[2:] else [Usage, Check, Import, Serve, Instance]
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    suite = unittest.TestSuite(load(cls) for cls in classes)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
