# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A real model behind a real llama.cpp server, asked through every dialect that clients speak."""

import pytest

from faces import FACES, Question
from llama import MODEL, LlamaServer
from wayfare import Wayfare, provider


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare():
    with LlamaServer() as llama, Wayfare({"providers": [provider("llama", llama.url)]}) as wayfare:
        yield wayfare


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("face", list(FACES))
def test_real_model(wayfare, face, streamed):
    said = FACES[face](wayfare.url).ask(Question(f"llama/{MODEL}", streamed, settings=True))
    assert said.text.strip() and said.calls == []
    assert said.finish in ("stop", "length")
    # Counted by the model's own server, and accounted as it said.
    assert said.input > 0 and 0 < said.output <= 50
    usage = wayfare.rows()[-1]["usage"]
    assert usage["input_tokens"] + (usage["cache_read_tokens"] or 0) == said.input
    assert usage["output_tokens"] == said.output and not usage["estimated"]
