#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""`wayfare catalog` as its users run it: which list of prices is in use, what another one would
change, and that what was spent stays as it was.

usage: test_catalog.py WAYFARE
"""

import http.server
import json
import os
import sys
import threading
import unittest

import test_cli


class Provider(http.server.ThreadingHTTPServer):
    """Sells one model as an OpenAI-compatible provider, and hands catalogues out."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ProviderHandler)
        self.files = {}
        self.n_connections = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self):
        self.n_connections += 1
        return super().get_request()

    def close(self):
        self.shutdown()
        self.server_close()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class ProviderHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, data):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Location", "/new.json")
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/v1/models":
            self.answer(200, b'{"object":"list","data":[{"id":"m","object":"model"}]}')
        elif self.path == "/moved.json":
            self.answer(302, b"")
        elif self.path in self.server.files:
            self.answer(200, self.server.files[self.path])
        else:
            self.answer(404, b"")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, json.dumps({
            "id": "x", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": "done"}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 100,
                      "total_tokens": 1100}}).encode())

    def log_message(self, *args):
        pass


class Catalog(test_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.provider = Provider()
        self.addCleanup(self.provider.close)
        folder = os.path.join(self.home.folder.name, "data-files")
        os.makedirs(os.path.join(folder, "catalog"))
        self.home.env["WAYFARE_DATA_DIR"] = folder
        self.home.env["GIO_USE_PROXY_RESOLVER"] = "dummy"  # whatever this machine's proxy is
        self.installed = os.path.join(folder, "catalog", "models.json")
        self.accepted = os.path.join(self.home.env["XDG_DATA_HOME"], "wayfare", "models.json")
        self.write_installed("2026-08-01")

    def make(self, as_of, usd_in=1, usd_out=10, name="new.json"):
        """A catalogue of one model, as a file and at an address."""
        text = json.dumps({"version": 1, "as_of": as_of,
                           "price_unit": "micro-USD per million tokens",
                           "models": [{"provider": "seller", "model": "m", "mode": "chat",
                                       "price": {"input": int(usd_in * 1000000),
                                                 "output": int(usd_out * 1000000)}}]})
        path = os.path.join(self.home.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.provider.files["/" + name] = text.encode()
        return path

    def write_installed(self, as_of):
        os.replace(self.make(as_of, name="installed.json"), self.installed)

    def write_config(self, cloud=True):
        self.home.write_config({
            "version": 1, "listen": {"port": 0, "require_token": False}, "cloud": {"enabled": cloud},
            "providers": [{"id": "seller", "kind": "openai", "locality": "cloud",
                           "base_url": self.provider.url("/v1")}]})

    def refuse(self, *args):
        """Objections are told on standard output, the refusal in one line."""
        done = self.home.call("catalog", *args)
        self.assertEqual(done.returncode, 1, done)
        self.assertRegex(done.stderr, r"\Awayfare: [^\n]+\n\Z")
        return done.stdout, done.stderr

    def test_accept_and_reset(self):
        self.assertEqual(self.run_ok("catalog"), "installed catalogue, of 2026-08-01: 1 models\n")
        new = self.make("2026-11-01", 1.5)
        self.assertRegex(self.run_ok("catalog", "diff", new), r"seller/m +input +\$1.00 +\$1.50")
        self.assertFalse(os.path.exists(self.accepted))
        self.assertIn("$1.50", self.run_ok("catalog", "accept", new))
        self.assertEqual(os.stat(self.accepted).st_mode & 0o777, 0o600)
        self.assertEqual(self.run_ok("catalog"), "accepted catalogue, of 2026-11-01: 1 models\n")
        self.assertIn("No model differs", self.run_ok("catalog", "diff", new))
        self.assertIn("installed", self.run_ok("catalog", "reset"))
        self.assertFalse(os.path.exists(self.accepted))
        self.assertIn("No catalogue", self.run_ok("catalog", "reset"))

    def test_objections(self):
        new = self.make("2026-11-01", 0)
        shown, said = self.refuse("accept", new)
        self.assertIn("objection: seller/m: input at $0 was $1.00", shown)
        self.assertIn("--force", said)
        self.assertFalse(os.path.exists(self.accepted))
        self.assertIn("objection: ", self.run_ok("catalog", "diff", new))
        self.run_ok("catalog", "accept", "--force", new)
        self.assertIn("accepted", self.run_ok("catalog"))

    def test_older_than_the_installed_one(self):
        _, said = self.refuse("accept", "--force", self.make("2026-07-01"))
        self.assertIn("2026-08-01", said)
        self.run_ok("catalog", "accept", self.make("2026-10-01"))
        self.write_installed("2026-11-01")
        text = self.run_ok("catalog")
        self.assertIn("installed catalogue, of 2026-11-01", text)
        self.assertIn("is newer", text)

    def test_broken(self):
        self.run_ok("catalog", "accept", self.make("2026-10-01"))
        with open(self.accepted, "w", encoding="utf-8") as file:
            file.write("{")
        text = self.run_ok("catalog")
        self.assertIn("installed catalogue", text)
        self.assertIn(self.accepted, text)
        self.write_config()
        self.assertIn("not used", self.serve().stop()[1])

    def test_address(self):
        self.make("2026-11-01", 1.5)
        self.assertIn("$1.50", self.run_ok("catalog", "accept", self.provider.url("/new.json")))
        self.provider.files["/large.json"] = b" " * (8 * 1024 * 1024 + 1)
        for path, words in (("/nothing.json", "404"), ("/moved.json", "302"),
                            ("/large.json", "larger")):
            with self.subTest(path=path):
                self.assertIn(words, self.run_failing(1, "catalog", "diff",
                                                      self.provider.url(path)))
        for url in ("http://llm.example/models.json", "ftp://127.0.0.1/models.json",
                    "http://user:secret@127.0.0.1/models.json", "https:///models.json"):
            with self.subTest(url=url):
                text = self.run_failing(1, "catalog", "diff", url)
                self.assertIn("not fetched", text)
                self.assertNotIn("secret", text)

    def test_no_address_while_the_cloud_is_off(self):
        new = self.make("2026-11-01", 1.5)
        self.write_config(cloud=False)
        for is_running in (False, True):
            if is_running:
                self.serve()
            n_before = self.provider.n_connections
            with self.subTest(is_running=is_running):
                for verb in ("diff", "accept"):
                    for url in (self.provider.url("/new.json"), "https://llm.example/models.json"):
                        self.assertIn("cloud is switched off",
                                      self.run_failing(1, "catalog", verb, url))
            self.assertEqual(self.provider.n_connections, n_before)
        self.run_ok("catalog", "accept", new)  # a file is no address

    def test_no_address_with_a_broken_config(self):
        self.home.write_config(test_cli.BROKEN)
        self.run_failing(1, "catalog", "diff", self.provider.url("/new.json"))
        self.assertEqual(self.provider.n_connections, 0)

    def costs(self):
        """Of all requests so far, oldest first."""
        rows = json.loads(self.run_ok("export", "requests", "--json"))["requests"]
        return [row["cost_usd"] for row in reversed(rows)]

    def test_running_instance_and_what_was_spent(self):
        self.write_config()
        server = self.serve()
        self.assertEqual(server.chat(model="seller/m")[0], 200)
        self.assertEqual(self.costs(), [0.002])

        self.run_ok("catalog", "accept", self.make("2026-11-01", 3, 20))
        self.assertEqual(self.costs(), [0.002])
        self.assertEqual(server.chat(model="seller/m")[0], 200)
        self.assertEqual(self.costs(), [0.002, 0.005])

        self.run_ok("catalog", "reset")
        self.assertEqual(server.chat(model="seller/m")[0], 200)
        self.assertEqual(self.costs(), [0.002, 0.005, 0.002])

    def test_is_loaded_at_start(self):
        self.write_config()
        self.run_ok("catalog", "accept", self.make("2026-11-01", 3, 20))
        self.assertEqual(self.serve().chat(model="seller/m")[0], 200)
        self.assertEqual(self.costs(), [0.005])

    def test_data_of_the_running_instance(self):
        self.write_config()
        elsewhere = os.path.join(self.home.folder.name, "elsewhere")
        self.serve("--data", elsewhere)
        self.run_ok("catalog", "accept", self.make("2026-11-01"))
        self.assertTrue(os.path.exists(os.path.join(elsewhere, "models.json")))
        self.assertFalse(os.path.exists(self.accepted))


if __name__ == "__main__":
    test_cli.WAYFARE = os.path.abspath(sys.argv[1])
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Catalog)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
