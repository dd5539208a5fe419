#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A running instance: how it ends, and what of its administration API no verb of the command line
uses.

usage: test_control.py WAYFARE
"""

import http.client
import http.server
import json
import os
import select
import signal
import socket
import sys
import threading
import unittest
import urllib.error
import urllib.request

import test_cli


class SlowProvider(http.server.ThreadingHTTPServer):
    """A provider that answers when it is let."""

    def __init__(self):
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        super().__init__(("127.0.0.1", 0), SlowHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Whoever asked was stopped: that is the test."""

    def close(self):
        self.may_answer.set()
        self.shutdown()
        self.server_close()


class SlowHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer({"object": "list", "data": [{"id": "slow", "object": "model"}]})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.may_answer.wait(test_cli.PATIENCE_S)
        self.answer({"id": "x", "object": "chat.completion", "created": 1, "model": "slow",
                     "choices": [{"index": 0, "finish_reason": "stop",
                                  "message": {"role": "assistant", "content": "done"}}]})

    def log_message(self, *args):
        pass


class Drain(test_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.provider = SlowProvider()
        self.addCleanup(self.provider.close)
        port = self.provider.server_address[1]
        self.home.write_config({"version": 1, "listen": {"port": 0}, "providers": [
            {"id": "slow", "kind": "openai", "base_url": f"http://127.0.0.1:{port}/v1"}]})
        self.server = self.serve()
        self.answer = []
        self.client = threading.Thread(target=self.ask)
        self.client.start()
        self.addCleanup(self.client.join)
        self.assertTrue(self.provider.asked.wait(test_cli.PATIENCE_S))
        self.server.process.send_signal(signal.SIGTERM)
        self.wait_for_log("stopping")

    def ask(self):
        try:
            self.answer.append(self.server.chat(model="slow/slow")[0])
        except OSError as error:
            self.answer.append(error)

    def wait_for_log(self, word):
        while word not in self.server.process.stderr.readline():
            self.assertIsNone(self.server.process.poll())

    def test_requests_end_first(self):
        self.assertIsNone(self.server.process.poll())
        self.provider.may_answer.set()
        self.assertEqual(self.server.process.wait(test_cli.PATIENCE_S), 0)
        self.client.join()
        self.assertEqual(self.answer, [200])

    def test_second_signal_stops_at_once(self):
        self.server.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.server.process.wait(test_cli.PATIENCE_S), -signal.SIGTERM)


class Control(test_cli.CliTest):
    """What of the administration API has no verb of the command line."""

    def setUp(self):
        super().setUp()
        self.home.env["CLOUD_KEY"] = "sk-environment-1234"
        self.home.write_config({"version": 1, "listen": {"port": 0, "require_token": True},
                                "providers": [{"id": "one", "kind": "openai",
                                               "base_url": "http://127.0.0.1:9/v1",
                                               "key": {"env": "CLOUD_KEY"}}]})
        self.server = self.serve()

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(test_cli.PATIENCE_S)
        connection.sock.connect(os.path.join(self.home.env["XDG_RUNTIME_DIR"], "wayfare.sock"))
        connection.request(method, "/wayfare/v1" + path,
                           None if body is None else json.dumps(body),
                           {} if body is None else {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.load(response)
        connection.close()
        return response.status, answer

    def test_app_with_limits(self):
        status, answer = self.call("POST", "/apps", {"name": "a", "models": ["demo"], "admin": True})
        self.assertEqual(status, 201)
        token = answer["token"]
        self.assertEqual(self.server.chat(token)[0], 200)
        self.assertNotEqual(self.server.chat(token, "one/x")[0], 200)
        app, = self.call("GET", "/apps")[1]["apps"]
        self.assertEqual((app["models"], app["admin"]), (["demo"], True))

        status, answer = self.call("POST", "/apps/a/token")
        self.assertEqual(status, 200)
        self.assertEqual(self.server.chat(token)[0], 401)
        self.assertEqual(self.server.chat(answer["token"])[0], 200)
        app, = self.call("GET", "/apps")[1]["apps"]
        self.assertEqual((app["models"], app["admin"]), (["demo"], True))
        self.assertEqual(app["requests_today"], 3)
        self.assertRegex(app["last_seen"], r"^\d{4}-\d\d-\d\dT")

    def test_keys(self):
        key, = self.call("GET", "/keys")[1]["keys"]
        self.assertEqual((key["provider"], key["source"], key["name"], key["present"],
                          key["locked"], key["problem"]),
                         ("one", "env", "CLOUD_KEY", True, False, None))
        self.assertTrue(key["hint"].endswith("1234"))
        self.assertNotIn("sk-environment", json.dumps(key))
        self.assertGreaterEqual(self.call("DELETE", "/keys/one")[0], 400)
        self.assertEqual(self.call("POST", "/keys/one/test")[0], 202)
        self.assertEqual(self.call("POST", "/providers/demo/probe")[0], 202)

    def test_cloud(self):
        self.assertEqual(self.call("POST", "/cloud", {"enabled": False}), (200, {"enabled": False}))
        self.assertFalse(self.home.read_config()["cloud"]["enabled"])
        self.assertFalse(self.call("GET", "/status")[1]["cloud_enabled"])
        self.assertEqual(self.call("POST", "/cloud", {"enabled": "no"})[0], 400)

    def test_address_that_cannot_be_had(self):
        """It takes no other setting with it, and who asks is told."""
        config = self.home.read_config()
        self.home.write_config({**config, "cloud": {"enabled": True},
                                "listen": {**config["listen"], "address": "192.0.2.1"}})
        problem = self.call("POST", "/reload")[1]["problem"]
        self.assertIn("Still listening on " + self.server.address, problem)
        self.assertIn("192.0.2.1", problem)

        self.assertEqual(self.call("POST", "/cloud", {"enabled": False}), (200, {"enabled": False}))
        status = self.call("GET", "/status")[1]
        self.assertEqual((status["address"], status["problem"], status["cloud_enabled"]),
                         (self.server.address, problem, False))
        self.assertIn(problem, self.run_ok("status"))
        token = self.call("POST", "/apps", {"name": "a"})[1]["token"]
        self.assertEqual(self.server.chat(token)[0], 200)
        self.assertEqual(self.call("DELETE", "/apps/a"), (200, {}))
        self.assertEqual(self.server.chat(token)[0], 401)

        self.home.write_config(config)
        self.assertEqual(self.call("POST", "/reload")[1], {"problem": None})
        self.assertIsNone(self.call("GET", "/status")[1]["problem"])
        self.assertEqual(self.server.stop()[1].count(problem), 1)

    def test_reload(self):
        self.assertEqual(self.call("POST", "/reload"), (200, {"problem": None}))
        self.home.write_config(test_cli.BROKEN)
        self.assertIn("providers[0].kind", self.call("POST", "/reload")[1]["problem"])

    def test_problem_in_status(self):
        self.assertIsNone(self.call("GET", "/status")[1]["problem"])
        self.assertNotIn("problem", self.run_ok("status"))
        self.home.write_config(test_cli.BROKEN)
        problem = self.call("POST", "/reload")[1]["problem"]
        self.assertEqual(self.call("GET", "/status")[1]["problem"], problem)
        self.assertIn(f"\nproblem: {problem}\n", self.run_ok("status"))
        self.home.write_config({"version": 1, "listen": {"port": 0}})
        self.call("POST", "/reload")
        self.assertIsNone(self.call("GET", "/status")[1]["problem"])

    def test_reload_leaves_no_door_open(self):
        """Nothing of a refused file is in force, nor is it written to."""
        self.server.stop()
        # Not loopback by its looks, but other machines do not reach it.
        self.server = self.serve("--listen", "::ffff:127.0.0.1")
        refused = {"version": 1, "listen": {"require_token": False}, "cloud": {"enabled": False}}
        self.home.write_config(refused)
        self.assertIn("require_token", self.call("POST", "/reload")[1]["problem"])
        status = self.call("GET", "/status")[1]
        self.assertEqual((status["require_token"], status["cloud_enabled"]), (True, True))
        self.assertEqual(self.call("POST", "/apps", {"name": "a"})[0], 400)
        self.assertEqual(self.home.read_config(), refused)

    def test_problem_is_logged_once(self):
        self.home.write_config(test_cli.BROKEN)
        for _ in range(200):
            if self.call("GET", "/status")[1]["problem"]:
                break
            select.select([], [], [], 0.05)
        _, log = self.server.stop()
        self.assertEqual(log.count("providers[0].kind"), 1, log)

    def test_refusals(self):
        for method, path, body, wanted in (
                ("GET", "/nothing", None, 404), ("PUT", "/apps", {}, 405),
                ("POST", "/apps", {}, 400), ("POST", "/apps", None, 400),
                ("POST", "/apps", {"name": "a", "models": 7}, 400),
                ("POST", "/apps/nobody/token", None, 404), ("DELETE", "/apps/nobody", None, 404),
                ("POST", "/keys/nobody/test", None, 404), ("DELETE", "/keys/nobody", None, 404),
                ("POST", "/providers/nobody/probe", None, 404)):
            with self.subTest(path=path, body=body):
                status, answer = self.call(method, path, body)
                self.assertEqual(status, wanted, answer)
                self.assertIn("message", answer["error"])
        self.assertEqual(self.call("GET", "/apps")[1]["apps"], [])

    def test_not_over_tcp(self):
        token = self.call("POST", "/apps", {"name": "a", "admin": True})[1]["token"]
        request = urllib.request.Request(self.server.address + "/wayfare/v1/apps",
                                         headers={"Authorization": "Bearer " + token})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=test_cli.PATIENCE_S)
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()


if __name__ == "__main__":
    test_cli.WAYFARE = os.path.abspath(sys.argv[1])
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    suite = unittest.TestSuite(load(cls) for cls in (Control, Drain))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
