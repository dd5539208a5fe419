# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What a client of one dialect is told when a provider of another misbehaves, and what becomes of
what cannot be said."""

import json

import pytest

from mock_backs import SCENES, SIGNATURE, MockBacks
from mock_cloud import MockCloud
from wayfare import Wayfare, provider, route

MESSAGES = "/v1/messages"
QUESTION = [{"role": "user", "content": "Say hello."}]


@pytest.fixture(name="cloud", scope="module")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


@pytest.fixture(name="backs", scope="module")
def fixture_backs():
    with MockBacks() as backs:
        yield backs


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(cloud, backs):
    config = {
        "providers": [
            *backs.providers(),
            provider("mock", cloud.url),
            provider("limiting", cloud.url),
        ],
        "routes": [route("several", ("anthropic", "text"), ("openai-chat", "text"))],
    }
    with Wayfare(config) as wayfare:
        yield wayfare


def ask(wayfare, model, **members):
    body = {"model": model, "max_tokens": 20, "messages": QUESTION, **members}
    return wayfare.request("POST", MESSAGES, body, {"anthropic-version": "2023-06-01"})


def events(answer):
    blocks = answer.body.decode().strip().split("\n\n")
    return [json.loads(block.split("data: ", 1)[1]) for block in blocks if "data: " in block]


def test_error_is_said_in_the_clients_shape(wayfare):
    answer = ask(wayfare, "limiting/rate-limit")
    error = answer.json()
    assert answer.status == 429 and error["type"] == "error"
    assert error["error"]["type"] == "rate_limit_error" and "limiting answered 429" in error["error"]["message"]
    missing = ask(wayfare, "no-such-model")
    assert missing.status == 404 and missing.json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("model", ["mock/truncate", "mock/error-event"])
def test_cut_stream_has_no_clean_end(wayfare, model):
    answer = ask(wayfare, model, stream=True)
    assert answer.status == 200 and answer.is_cut
    kinds = [event["type"] for event in events(answer)]
    assert kinds[0] == "message_start" and kinds[-1] == "error" and "message_stop" not in kinds


def test_what_is_dropped_is_named(wayfare):
    answer = ask(wayfare, "openai-chat/text", top_k=5, context_management={"edits": []})
    dropped = answer.headers["x-wayfare-dropped"].split(", ")
    # The mock is on this machine, where servers know top_k.
    assert dropped == ["context_management"]
    assert wayfare.rows()[-1]["dropped"] == "context_management"
    assert "x-wayfare-dropped" not in ask(wayfare, "anthropic/text", top_k=5).headers


def test_what_would_change_the_meaning_goes_to_who_can(wayfare, backs):
    answer = wayfare.chat("several", n=2)
    assert answer.status == 200 and answer.headers["x-wayfare-provider"] == "openai-chat"
    assert "cannot give 2 choices" in answer.headers["x-wayfare-reason"]
    assert backs.last.body["n"] == 2
    refused = wayfare.chat("anthropic/text", n=2)
    assert refused.status == 400 and "anthropic cannot give 2 choices" in refused.json()["error"]["message"]


def test_tokens_are_counted(wayfare):
    body = {"model": "openai-chat/text", "messages": [{"role": "user", "content": "x" * 400}]}
    answer = wayfare.request("POST", MESSAGES + "/count_tokens", body)
    assert (answer.status, answer.json()) == (200, {"input_tokens": 100})
    row = wayfare.rows()[-1]
    assert row["dialect"] == "anthropic-count" and float(row["cost_usd"]) == 0
    assert row["usage"]["input_tokens"] is None, "nothing was sent to a model"


def test_billing_block_stays_off_local_servers(wayfare, backs):
    billing = {"type": "text", "text": "x-anthropic-billing-header: cc_version=2; cch=4711;"}
    system = [billing, {"type": "text", "text": "Be brief."}]
    for model in ("anthropic/text", "openai-chat/text"):
        assert ask(wayfare, model, system=system).status == 200
        assert backs.last.system == ["Be brief."], model


def test_signature_goes_back_to_its_giver_only(wayfare, backs):
    """A thought of one provider is carried by a client of another dialect, and never shown to a third."""
    said = ask(wayfare, "anthropic/thought").json()
    history = [*QUESTION, {"role": "assistant", "content": said["content"]}, {"role": "user", "content": "Go on."}]
    assert ask(wayfare, "anthropic/text", messages=history).status == 200
    blocks = backs.last.body["messages"][1]["content"]
    assert blocks[0] == {"type": "thinking", "thinking": SCENES["thought"].thought, "signature": SIGNATURE}
    foreign = [{"type": "thinking", "thinking": "hm", "signature": "wayfare.gemini.AAAA"}, {"type": "text", "text": "Hi."}]
    history[1]["content"] = foreign
    assert ask(wayfare, "anthropic/text", messages=history).status == 200
    assert [block["type"] for block in backs.last.body["messages"][1]["content"]] == ["text"]
    assert backs.server.faults == []


GEMINI_BODY = {"contents": [{"role": "user", "parts": [{"text": "Say hello."}]}]}


def stream_gemini(wayfare, model, query=""):
    return wayfare.request("POST", f"/v1beta/models/{model}:streamGenerateContent{query}", GEMINI_BODY)


@pytest.mark.parametrize("back", ["openai-chat", "anthropic", "gemini", "ollama"])
def test_gemini_streams_an_array(wayfare, back):
    """To who did not ask for events, also when the provider streams events of the same dialect."""
    answer = stream_gemini(wayfare, f"{back}/text")
    assert answer.headers["content-type"] == "application/json"
    elements = answer.json()
    assert len(elements) > 1
    parts = [p for e in elements for c in e["candidates"] for p in c["content"].get("parts", [])]
    assert "".join(p["text"] for p in parts) == SCENES["text"].text
    assert elements[-1]["candidates"][0]["finishReason"] == "STOP"
    events_asked = stream_gemini(wayfare, f"{back}/text", "?alt=sse")
    assert events_asked.headers["content-type"].startswith("text/event-stream")


def test_cut_array_stays_open(wayfare):
    answer = stream_gemini(wayfare, "mock/truncate")
    assert answer.status == 200 and answer.is_cut
    with pytest.raises(ValueError):
        answer.json()
    elements = json.loads(answer.body + b"]")
    assert "candidates" in elements[0] and elements[-1]["error"]["status"] == "INTERNAL"


def test_request_for_nothing_is_answered_at_once(wayfare, backs):
    """Ollama's clients load a model so."""
    before = len(backs.server.seen)
    loaded = wayfare.request("POST", "/api/generate", {"model": "openai-chat/text"})
    last = json.loads(loaded.body.splitlines()[-1])
    assert (loaded.status, last["done"], last["done_reason"]) == (200, True, "load")
    for empty in ("", []):
        warmed = wayfare.request("POST", "/v1/responses", {"model": "anthropic/text", "input": empty})
        assert (warmed.status, warmed.json()["status"], warmed.json()["output"]) == (200, "completed", [])
    assert len(backs.server.seen) == before


def test_embeddings_of_another_dialect(wayfare, backs):
    body = {"model": "openai-chat/vectors", "input": ["a", "b"]}
    answer = wayfare.request("POST", "/api/embed", body).json()
    assert answer["embeddings"] == [[0.5, -0.25], [0.5, -0.25]] and answer["prompt_eval_count"] == 4
    assert wayfare.request("POST", "/v1/embeddings", {"model": "anthropic/vectors", "input": "a"}).status == 503
