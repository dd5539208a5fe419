# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A real llama.cpp server whose model knows its answers by heart: asked in every dialect of clients,
through each of the dialects that the server itself speaks, it is heard to the letter."""

import http.client
import json

import pytest

from faces import FACES, Question
from known_model import DIALECTS, MODEL, known_server, providers
from wayfare import Wayfare, wait_for

FREED_S = 5.0  # an endless answer takes minutes

on_every_face = pytest.mark.parametrize("face", list(FACES))
on_every_back = pytest.mark.parametrize("back", DIALECTS)
in_every_mode = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@pytest.fixture(name="llama", scope="module")
def fixture_llama():
    with known_server() as llama:
        yield llama


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(llama):
    with Wayfare({"providers": providers(llama)}) as wayfare:
        yield wayfare


@pytest.fixture(name="asked")
def fixture_asked(wayfare, face, back, streamed):
    """A face, and a way to put questions to it."""
    def question(text, **members):
        return Question(f"{back}/{MODEL}", streamed, text=text, **members)

    return FACES[face](wayfare.url), question


@on_every_face
@on_every_back
@in_every_mode
def test_text(wayfare, asked):
    face, question = asked
    said = face.ask(question("What is it like?"))
    assert (said.text, said.thought, said.calls) == ("Slate roofs and a cold harbour; gulls all day.", "", [])
    assert said.finish == "stop"
    usage = wayfare.rows()[-1]["usage"]
    assert said.output == usage["output_tokens"] == 13  # twelve pieces and the end


@on_every_face
@on_every_back
@in_every_mode
def test_thought(asked):
    face, question = asked
    said = face.ask(question("Which colour is it?"))
    assert said.thought == "They want a colour. Water looks blue."
    assert said.text == "It is mostly blue, I would say."
    assert said.finish == "stop"


@on_every_face
@on_every_back
@in_every_mode
def test_characters_split_between_tokens(asked):
    face, question = asked
    said = face.ask(question("Order me a coffee."))
    assert said.text == "Un café 😀 de 好, merci."


@on_every_face
@on_every_back
@in_every_mode
def test_schema(asked):
    face, question = asked
    said = face.ask(question("Say it in one word.", schema=True))
    assert json.loads(said.text) == {"answer": "grey"}


@on_every_face
@on_every_back
@in_every_mode
def test_call(asked):
    face, question = asked
    asking = question("How will the weather be?", tools=True)
    said = face.ask(asking)
    assert said.calls == [("get_weather", {"city": "Oslo", "days": 2})]
    assert (said.text, said.finish) == ("", "tools")
    then = face.follow_up(asking, said, {"get_weather": "rain all day"})
    assert (then.text, then.calls, then.finish) == ("Take an umbrella with you.", [], "stop")


@on_every_face
@on_every_back
@in_every_mode
def test_length(asked, back):
    face, question = asked
    said = face.ask(question("What does a clock say?", settings=True))
    # llama.cpp calls every answer of its Responses completed.
    assert said.finish == ("stop" if back == "openai-responses" else "length")
    assert said.output == 50
    assert said.text and ("tick, tock; " * 50).startswith(said.text)


# ---- an answer without end ---------------------------------------------------------------------

ROLE = [{"role": "user", "content": "What does a clock say?"}]
PARTS = [{"role": "user", "parts": [{"text": "What does a clock say?"}]}]
ENDLESS = {
    "openai-chat": ("/v1/chat/completions", {"messages": ROLE}),
    "openai-responses": ("/v1/responses", {"input": ROLE}),
    "anthropic": ("/v1/messages", {"messages": ROLE, "max_tokens": 1_000_000}),
    "gemini": ("/v1beta/models/{model}:streamGenerateContent?alt=sse", {"contents": PARTS}),
    "ollama": ("/api/chat", {"messages": ROLE}),
}


def ask_endlessly(wayfare, face, model):
    path, body = ENDLESS[face]
    if face != "gemini":
        body = {**body, "model": model, "stream": True}
    connection = http.client.HTTPConnection("127.0.0.1", wayfare.port, timeout=20)
    connection.request("POST", path.format(model=model), json.dumps(body))
    return connection


def is_busy(llama):
    return any(slot["is_processing"] for slot in llama.slots())


# A whole answer is no such case: this server finishes it even for a client that is gone.
@on_every_face
@on_every_back
def test_client_that_leaves_stops_the_model(llama, wayfare, face, back):
    rows = len(wayfare.rows())
    connection = ask_endlessly(wayfare, face, f"{back}/{MODEL}")
    answer = connection.getresponse()
    heard = b"".join(answer.readline() for _ in range(20))
    assert b"tick" in heard and is_busy(llama)
    answer.close()
    connection.close()
    wait_for(lambda: not is_busy(llama), "the model at rest", FREED_S)
    row = wayfare.wait_for_rows(rows + 1)[-1]
    assert row["outcome"] == "client_gone" and row["streamed"]
