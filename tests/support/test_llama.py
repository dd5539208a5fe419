# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The real model answers, and is gone when killed."""

import json
import urllib.error
import urllib.request

import pytest

from llama import MODEL, LlamaServer


def test_answers_and_dies():
    with LlamaServer() as llama:
        body = {"model": MODEL, "max_tokens": 8, "messages": [{"role": "user", "content": "Hello"}]}
        request = urllib.request.Request(
            llama.url + "/v1/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            reply = json.load(answer)
        assert reply["usage"]["completion_tokens"] == 8
        assert reply["choices"][0]["message"]["content"]
        llama.kill()
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(llama.url + "/health", timeout=5)
