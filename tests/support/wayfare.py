# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A real `wayfare serve` with a home of its own, and clients that hide nothing of what it says.

The program under test is named by $WAYFARE; tests/run sets it.
"""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

START_TIMEOUT_S = 20
LISTENING = "wayfare: listening on http://127.0.0.1:"


def wait_for(condition, what, limit_s=10.0):
    """The first true value of CONDITION (), asked until then."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {limit_s} s: {what}")
        time.sleep(0.01)


class Answer:
    """Status, headers and body of one answer; is_cut: the connection broke before its end."""

    def __init__(self, status, headers, body, is_cut):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body
        self.is_cut = is_cut

    def json(self):
        return json.loads(self.body)

    def error_code(self):
        return self.json()["error"]["code"]


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def call(connection, method, path, body=None, headers=None):
    """One request over an http.client connection; a dict is sent as JSON."""
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body, headers)
    got = connection.getresponse()
    try:
        return Answer(got.status, got.getheaders(), got.read(), False)
    except http.client.IncompleteRead as cut:
        return Answer(got.status, got.getheaders(), cut.partial, True)


def chat_body(model, stream=False, **members):
    messages = [{"role": "user", "content": "Say hello."}]
    return {"model": model, "stream": stream, "messages": messages, **members}


class Wayfare:
    """The server, between __enter__ and __exit__. CONFIG is what the file holds, without defaults
    but for the token, which is off unless asked for."""

    def __init__(self, config, environment=None, wrapper=()):
        self._config = config
        self._extra = environment or {}
        self._wrapper = list(wrapper)
        self._folder = tempfile.TemporaryDirectory(prefix="wayfare-test-")
        self.home = pathlib.Path(self._folder.name)
        self.config_path = self.home / "config" / "wayfare" / "config.json"
        self.data_dir = self.home / "data"
        self.log_path = self.home / "serve.log"
        self.process = None
        self.port = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_path(self):
        return self.environment["XDG_RUNTIME_DIR"] + "/wayfare.sock"

    @property
    def environment(self):
        """Nothing of the caller's own settings, keys, proxies or session."""
        folders = {
            "XDG_RUNTIME_DIR": "run",
            "XDG_CONFIG_HOME": "config",
            "XDG_DATA_HOME": "share",
            "XDG_CACHE_HOME": "cache",
        }
        base = {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        return {**base, **{k: str(self.home / v) for k, v in folders.items()}, **self._extra}

    def __enter__(self):
        (self.home / "run").mkdir(mode=0o700, exist_ok=True)
        self.config_path.parent.mkdir(parents=True, exist_ok=True)
        self.write_config(self._config)
        self.start()
        return self

    def write_config(self, config):
        whole = {"version": 1, "listen": {"require_token": False}, **config}
        self.config_path.write_text(json.dumps(whole, indent=2))

    def start(self):
        command = [*self._wrapper, os.environ["WAYFARE"], "serve", "--port", str(self.port or 0)]
        command += ["--config", str(self.config_path), "--data", str(self.data_dir)]
        with open(self.log_path, "ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.port = wait_for(lambda: self._read_port(start), "listening", START_TIMEOUT_S)

    def _read_port(self, start):
        said = self.log_path.read_bytes()[start:].decode()
        if LISTENING in said and "\n" in said.split(LISTENING, 1)[1]:
            return int(said.split(LISTENING, 1)[1].split()[0])
        if self.process.poll() is not None:
            raise AssertionError(f"wayfare serve ended with {self.process.returncode}:\n{said}")
        return None

    def stop(self):
        """An orderly end; whatever it returns is checked."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        assert code == 0, f"wayfare serve ended with {code}:\n{self.log_path.read_text()}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __exit__(self, kind, *_):
        try:
            if self.process and self.process.poll() is None:
                if kind is None:
                    self.stop()
                else:
                    self.kill()
                    print(self.log_path.read_text())
        finally:
            self._folder.cleanup()

    # ---- asking it -----------------------------------------------------------------------------

    def request(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            return call(connection, method, path, body, headers)
        finally:
            connection.close()

    def chat(self, model, headers=None, timeout=30, **members):
        body = chat_body(model, **members)
        return self.request("POST", "/v1/chat/completions", body, headers, timeout)

    def control(self, method, path, body=None):
        """The /wayfare/v1 API, as this user's own programs see it."""
        connection = _UnixConnection(self.socket_path)
        try:
            return call(connection, method, "/wayfare/v1" + path, body)
        finally:
            connection.close()

    def rows(self):
        """The ledger's requests, oldest first."""
        answer = self.control("GET", "/requests?limit=1000")
        assert answer.status == 200, answer.body
        return answer.json()["requests"][::-1]

    def wait_for_rows(self, count, limit_s=5.0):
        wait_for(lambda: len(self.rows()) >= count, f"{count} ledger rows", limit_s)
        rows = self.rows()
        assert len(rows) == count, f"{len(rows)} ledger rows instead of {count}"
        return rows

    def run(self, *arguments, input=None):
        """One of the other verbs, against this instance."""
        return subprocess.run(
            [os.environ["WAYFARE"], *arguments],
            env=self.environment, input=input, capture_output=True, text=True, timeout=30, check=False,
        )


def provider(name, url, **members):
    return {"id": name, "kind": "openai", "base_url": url + "/v1", **members}


def route(model, *targets, **members):
    pairs = [{"provider": p, "model": m} for p, m in targets]
    return {"model": model, "strategy": "ordered", "targets": pairs, **members}
