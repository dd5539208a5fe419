# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The official JavaScript SDKs as faces: faces.mjs in one node process, asked a line at a time."""

import dataclasses
import json
import os
import socket
import subprocess

from faces import ANSWER_SCHEMA, PNG, SYSTEM, TIMEOUT_S, TOOLS, Said

FACES = [
    "openai-js", "openai-responses-js", "anthropic-js", "anthropic-js-old", "ollama-js",
    "ai-sdk-openai", "ai-sdk-anthropic",
]
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faces.mjs")


class JavaScript:
    """The process, between __enter__ and __exit__."""

    def __init__(self):
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(["node", PROGRAM], stdin=theirs, stdout=theirs)
        self.socket.settimeout(TIMEOUT_S + 10)  # the process itself gives up before
        self.lines = self.socket.makefile("rw", encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, **line):
        print(json.dumps(line), file=self.lines, flush=True)
        answer = json.loads(self.lines.readline() or '{"error": "node has ended"}')
        assert "error" not in answer, answer["error"]
        calls = [(name, arguments) for name, arguments in answer.pop("calls")]
        return Said(calls=calls, **answer)


class Face:
    """One SDK; what a face of faces.py is."""

    def __init__(self, javascript, name, url):
        self.javascript = javascript
        self.line = {"face": name, "url": url}

    def ask(self, question, **more):
        asked = dataclasses.asdict(question)
        for member, value in (("tools", TOOLS), ("schema", ANSWER_SCHEMA), ("image", PNG)):
            asked[member] = value if asked[member] else None
        return self.javascript.ask(**self.line, question={**asked, "system": SYSTEM}, **more)

    def follow_up(self, question, said, results):
        return self.ask(question, turn=said.turn, results=results)
