# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The main job with nothing mocked that need not be: the official SDKs, a real model behind a real
llama.cpp server, and a cloud that takes over when the server is killed."""

import json
import os
import subprocess

import openai
import pytest

from llama import MODEL, LlamaServer
from mock_cloud import MockCloud
from wayfare import Wayfare, provider, route

HERE = os.path.dirname(os.path.abspath(__file__))


def chat_python(base_url, model, streamed):
    """One chat through the official Python SDK: what was seen of it."""
    client = openai.OpenAI(base_url=base_url, api_key="unused", max_retries=0, timeout=60)
    extra = {"stream": True, "stream_options": {"include_usage": True}} if streamed else {}
    try:
        raw = client.chat.completions.with_raw_response.create(
            model=model, max_tokens=12, messages=[{"role": "user", "content": "Say hello."}], **extra
        )
        headers = dict(raw.headers)
        answer = raw.parse()
        if not streamed:
            choice = answer.choices[0]
            usage = answer.usage.model_dump()
            return {"text": choice.message.content, "usage": usage, "finish": choice.finish_reason, "headers": headers}
        seen = {"text": "", "usage": None, "finish": None, "headers": headers}
        for chunk in answer:
            for choice in chunk.choices:
                seen["text"] += choice.delta.content or ""
                seen["finish"] = choice.finish_reason or seen["finish"]
            seen["usage"] = chunk.usage.model_dump() if chunk.usage else seen["usage"]
        return seen
    except openai.APIError as error:
        status = getattr(error, "status_code", None)
        code = getattr(error, "code", None)
        return {"error": {"name": type(error).__name__, "status": status, "code": code, "message": str(error)}}


def chat_javascript(base_url, model, streamed):
    """The same through the official JavaScript SDK."""
    ran = subprocess.run(
        ["node", os.path.join(HERE, "sdk.cjs"), base_url, model, "streamed" if streamed else "whole"],
        capture_output=True, text=True, timeout=90, check=True,
    )
    return json.loads(ran.stdout)


CLIENTS = pytest.mark.parametrize("chat", [chat_python, chat_javascript], ids=["python", "javascript"])
MODES = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@pytest.fixture(name="cloud", scope="module")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


@pytest.fixture(name="llama", scope="module")
def fixture_llama():
    with LlamaServer() as llama:
        yield llama


def start(llama, cloud):
    config = {
        "providers": [
            provider("llama", llama.url),
            provider("cloud", cloud.url, locality="cloud"),
            provider("crashing", cloud.url),
            provider("limiting", cloud.url),
        ],
        "routes": [
            route("assistant", ("llama", MODEL), ("cloud", "ok")),
            route("broken", ("crashing", "error-event")),
            route("limited", ("limiting", "rate-limit")),
        ],
    }
    return Wayfare(config)


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(llama, cloud):
    with start(llama, cloud) as wayfare:
        yield wayfare


@CLIENTS
@MODES
def test_real_model(wayfare, chat, streamed):
    seen = chat(wayfare.url + "/v1", "assistant", streamed)
    assert seen.get("error") is None, seen
    assert seen["text"] and seen["finish"] in ("stop", "length")
    headers = seen["headers"]
    assert headers["x-wayfare-provider"] == "llama"
    assert headers["x-wayfare-model"] == MODEL
    assert headers["x-wayfare-locality"] == "local"
    assert headers["x-wayfare-attempts"] == "1"
    row = wayfare.rows()[-1]
    assert row["id"] == headers["x-wayfare-request-id"]
    # Counted as the model's own server reported it.
    usage = row["usage"]
    assert usage["output_tokens"] == seen["usage"]["completion_tokens"] > 0
    assert usage["input_tokens"] + (usage["cache_read_tokens"] or 0) == seen["usage"]["prompt_tokens"] > 0
    assert not usage["estimated"]


@CLIENTS
@MODES
def test_local_server_is_killed_and_the_cloud_answers(cloud, chat, streamed):
    with LlamaServer() as llama, start(llama, cloud) as wayfare:
        first = chat(wayfare.url + "/v1", "assistant", streamed)
        assert first["headers"]["x-wayfare-provider"] == "llama", first
        llama.kill()
        second = chat(wayfare.url + "/v1", "assistant", streamed)
        assert second.get("error") is None, second
        check_fallback(wayfare, second)


def check_fallback(wayfare, seen):
    """Headers, ledger row and spend all say who answered and why."""
    assert seen["text"] == "Hello from the cloud."
    headers = seen["headers"]
    assert headers["x-wayfare-provider"] == "cloud"
    assert headers["x-wayfare-model"] == "ok"
    assert headers["x-wayfare-requested-model"] == "assistant"
    assert headers["x-wayfare-locality"] == "cloud"
    assert headers["x-wayfare-attempts"] == "2"
    assert headers["x-wayfare-substituted"] == "true"
    assert "llama" in headers["x-wayfare-reason"] and "refused" in headers["x-wayfare-reason"]

    rows = wayfare.rows()
    assert [row["provider"] for row in rows] == ["llama", "cloud"]
    row = rows[1]
    assert row["substituted"] and row["outcome"] == "done" and row["route"] == "assistant"
    assert [(a["provider"], a["verdict"]) for a in row["attempts"]] == [("llama", "failed"), ("cloud", "answered")]
    assert row["cost_usd"] is None, "nobody published a price: unknown, not 0"
    assert row["usage"]["input_tokens"] == 8 and row["usage"]["cache_read_tokens"] == 4

    spend = json.loads(wayfare.run("spend", "--by", "provider", "--json").stdout)
    by_provider = {entry["key"]: entry for entry in spend["rows"]}
    assert by_provider["cloud"]["fallbacks"] == 1 and by_provider["cloud"]["unknown_cost_requests"] == 1
    assert by_provider["llama"]["local_requests"] == 1


@CLIENTS
def test_error_is_one_the_sdk_knows(wayfare, chat):
    seen = chat(wayfare.url + "/v1", "limited", False)
    assert seen["error"]["name"] == "RateLimitError" and seen["error"]["status"] == 429
    # The provider's own code at first, Wayfare's while the provider is left alone.
    assert seen["error"]["code"] in ("rate_limit_exceeded", "rate_limited")
    missing = chat(wayfare.url + "/v1", "no-such-model", False)
    assert missing["error"]["name"] == "NotFoundError" and missing["error"]["code"] == "model_not_found"


@CLIENTS
def test_error_inside_a_stream_is_raised(wayfare, chat):
    seen = chat(wayfare.url + "/v1", "broken", True)
    assert "error" in seen and "crashed" in seen["error"]["message"], seen


def test_models_through_the_sdk(wayfare):
    client = openai.OpenAI(base_url=wayfare.url + "/v1", api_key="unused", max_retries=0)
    assert {"assistant", "broken", "limited"} <= {model.id for model in client.models.list()}
    assert client.models.retrieve("assistant").id == "assistant"


def test_client_that_leaves_frees_the_model(wayfare):
    """A stream closed after its first word: the row says so, and the model answers the next one."""
    client = openai.OpenAI(base_url=wayfare.url + "/v1", api_key="unused", max_retries=0, timeout=60)
    before = len(wayfare.rows())
    messages = [{"role": "user", "content": "Count to one thousand, in words."}]
    with client.chat.completions.create(
        model="assistant", messages=messages, stream=True, max_tokens=1500
    ) as stream:
        next(iter(stream))
    rows = wayfare.wait_for_rows(before + 1)
    assert rows[-1]["outcome"] == "client_gone"
    assert chat_python(wayfare.url + "/v1", "assistant", False)["text"]
