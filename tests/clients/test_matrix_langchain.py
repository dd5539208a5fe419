# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The matrix once more with LangChain, which asks and hears through SDKs and code of its own."""

import itertools

import langsmith
import pytest

import test_matrix as matrix
from faces_langchain import FACES
from test_matrix import fixture_backs, fixture_wayfare, in_every_mode, no_faults, on_every_back  # noqa: F401

on_every_face = pytest.mark.parametrize("face", list(FACES))
on_every_answer = pytest.mark.parametrize(("face", "back", "scene", "streamed"), [
    cell
    for cell in itertools.product(FACES, matrix.BACKS, ["text", "thought", "tool", "parallel", "length"], [False, True])
    # ChatOpenAI has no place for the thought of chat completions, which OpenAI itself does not tell.
    if (cell[0], cell[2]) != ("openai-chat", "thought")
    # ChatAnthropic hears how much went in from a stream's end only; a provider may tell it at the start.
    and (cell[0], cell[1], cell[3]) != ("anthropic", "anthropic", True)
])
on_every_loop = pytest.mark.parametrize(("face", "back"), [
    cell
    for cell in itertools.product(FACES, matrix.BACKS)
    # ChatOllama does not say which tool a result is of, and Ollama is told what its client said.
    if cell != ("ollama", "ollama")
])


@pytest.fixture(name="faces", scope="module")
def fixture_faces(wayfare):
    with langsmith.tracing_context(enabled=False):  # whatever the caller's environment sends to LangSmith
        yield {name: face(wayfare.url) for name, face in FACES.items()}


@on_every_answer
def test_answer_is_the_same(faces, face, back, scene, streamed):
    matrix.test_answer_is_the_same(faces, face, back, scene, streamed)


@on_every_face
@on_every_back
def test_question_is_the_same(faces, backs, face, back):
    matrix.test_question_is_the_same(faces, backs, face, back)


# ChatOllama ignores the choice of tools.
@pytest.mark.parametrize("face", [name for name in FACES if name != "ollama"])
@pytest.mark.parametrize("back", [name for name in matrix.BACKS if name != "ollama"])
@pytest.mark.parametrize("choice", ["required", "none", "get_time"])
def test_tool_choice_is_the_same(faces, backs, face, back, choice):
    matrix.test_tool_choice_is_the_same(faces, backs, face, back, choice)


@on_every_face
@on_every_back
def test_schema_is_the_same(faces, backs, face, back):
    matrix.test_schema_is_the_same(faces, backs, face, back)


@on_every_face
@on_every_back
def test_image_is_the_same(faces, backs, face, back):
    matrix.test_image_is_the_same(faces, backs, face, back)


@on_every_loop
@in_every_mode
@pytest.mark.parametrize("scene", ["tool", "parallel"])
def test_tool_loop(faces, backs, face, back, scene, streamed):
    matrix.test_tool_loop(faces, backs, face, back, scene, streamed)
