# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Every dialect in, every dialect out: whatever the client speaks and whatever the provider speaks,
the question and the answer are the same."""

import pytest

import javascript
from faces import ANSWER_SCHEMA, FACES, PNG, QUESTION, SYSTEM, TOOLS, Question
from mock_backs import AFTER_TOOL, SCENES, MockBacks
from wayfare import Wayfare

BACKS = ["openai-chat", "openai-responses", "anthropic", "gemini", "ollama", "azure"]
EVERY_FACE = [*FACES, *javascript.FACES]
RESULTS = {"get_weather": "22 degrees", "get_time": "noon"}

on_every_face = pytest.mark.parametrize("face", EVERY_FACE)
on_every_back = pytest.mark.parametrize("back", BACKS)
in_every_mode = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@pytest.fixture(name="backs", scope="module")
def fixture_backs():
    with MockBacks() as backs:
        yield backs


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(backs):
    with Wayfare({"providers": backs.providers()}) as wayfare:
        yield wayfare


@pytest.fixture(name="faces", scope="module")
def fixture_faces(wayfare):
    with javascript.JavaScript() as process:
        scripted = {name: javascript.Face(process, name, wayfare.url) for name in javascript.FACES}
        yield {name: face(wayfare.url) for name, face in FACES.items()} | scripted


@pytest.fixture(autouse=True)
def no_faults(backs):
    """What a provider of the dialect would refuse is a fault, whatever the client made of it."""
    before = len(backs.server.faults)
    yield
    assert backs.server.faults[before:] == []


@on_every_face
@on_every_back
@in_every_mode
@pytest.mark.parametrize("scene", ["text", "thought", "tool", "parallel", "length"])
def test_answer_is_the_same(faces, face, back, scene, streamed):
    question = Question(f"{back}/{scene}", streamed, tools=scene in ("tool", "parallel"))
    said = faces[face].ask(question)
    wanted = SCENES[scene]
    assert said.text == wanted.text
    assert said.thought == wanted.thought
    assert said.calls == list(wanted.calls)
    assert said.finish == wanted.finish
    assert (said.input, said.output) == (wanted.fresh + wanted.cached, wanted.output)
    # Ollama knows of no cache, neither as a client nor as a server.
    assert said.cached == (0 if face.startswith("ollama") or back == "ollama" else wanted.cached)


@on_every_face
@on_every_back
def test_question_is_the_same(faces, backs, face, back):
    faces[face].ask(Question(f"{back}/text", False, tools=True, settings=True))
    seen = backs.last
    assert seen.system == [SYSTEM]
    assert seen.texts == [QUESTION]
    assert seen.tools == [name for name, _, _ in TOOLS]
    assert (seen.max_tokens, seen.temperature) == (50, 0.5)
    if not face.startswith("openai-responses") and back != "openai-responses":  # has no stop sequences
        assert seen.stop == ["END"]


# Ollama's dialect has no choice of tools.
@pytest.mark.parametrize("face", [name for name in EVERY_FACE if not name.startswith("ollama")])
@pytest.mark.parametrize("back", [name for name in BACKS if name != "ollama"])
@pytest.mark.parametrize("choice", ["required", "none", "get_time"])
def test_tool_choice_is_the_same(faces, backs, face, back, choice):
    scene = "text" if choice == "none" else "parallel"  # some SDKs refuse an answer that ignores the choice
    faces[face].ask(Question(f"{back}/{scene}", False, tools=True, choice=choice))
    assert backs.last.choice == choice


@on_every_face
@on_every_back
def test_schema_is_the_same(faces, backs, face, back):
    faces[face].ask(Question(f"{back}/json", False, schema=True))
    said = backs.last.schema
    assert set(said["properties"]) == set(ANSWER_SCHEMA["properties"]) and said["required"] == ["answer"]


@on_every_face
@on_every_back
def test_image_is_the_same(faces, backs, face, back):
    faces[face].ask(Question(f"{back}/text", False, image=True))
    assert backs.last.images == [("image/png", PNG)]


@on_every_face
@on_every_back
@in_every_mode
@pytest.mark.parametrize("scene", ["tool", "parallel"])
def test_tool_loop(faces, backs, face, back, scene, streamed):
    """The results come back to the calls they belong to, and signatures to who gave them."""
    question = Question(f"{back}/{scene}", streamed, tools=True)
    first = faces[face].ask(question)
    second = faces[face].follow_up(question, first, RESULTS)
    assert second.text == AFTER_TOOL
    assert [text for _, text in backs.last.results] == [RESULTS[name] for name, _ in SCENES[scene].calls]
    if back in ("gemini", "ollama"):
        assert [name for name, _ in backs.last.results] == [name for name, _ in SCENES[scene].calls]
