# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Whatever a provider does, the caller gets a clear error or the next target, and the ledger one
row."""

import http.client
import json
import time

import pytest

from mock_cloud import RETRY_AFTER_S, MockCloud, closed_port
from wayfare import Wayfare, call, chat_body, provider, route, wait_for

DEADLINES = {"connect": 1000, "first_token": 800, "idle": 800, "total": 3000}

# model of the mock → status and code the caller gets when there is no other target, streamed or
# not. A code of None is the provider's own error, passed on unchanged.
BEFORE_THE_ANSWER = [
    ("reset", 502, "upstream_error"),
    ("close", 502, "upstream_error"),
    ("garbage", 502, "upstream_error"),
    ("wrong-type", 502, "upstream_error"),
    ("error-html", 500, "upstream_error"),
    ("busy-html", 429, "rate_limited"),
    ("busy-text", 503, "upstream_error"),
    ("stall-head", 504, "upstream_timeout"),
    ("rate-limit", 429, None),
    ("quota", 429, None),
    ("overloaded", 529, None),
    ("bad-key", 401, None),
]
# The same for faults inside an answer that is not streamed.
INSIDE_THE_ANSWER = [
    ("garbage-json", 502, "upstream_error"),
    ("truncate", 502, "upstream_error"),
    ("stall-stream", 504, "upstream_timeout"),
    ("endless", 502, "upstream_error"),
]
# Wrong everywhere, so no other target is asked.
FINAL = [("bad-request", 400, None)]
WHOLE = BEFORE_THE_ANSWER + INSIDE_THE_ANSWER
# Faults inside a stream that has begun: too late for another target.
CUT_STREAMS = ["truncate", "truncate-reset", "stall-stream", "no-done", "error-event"]


def names(table):
    return [row[0] for row in table]


@pytest.fixture(name="cloud", scope="module")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


@pytest.fixture(name="wayfare")
def fixture_wayfare(cloud):
    models = {*names(WHOLE), *names(FINAL), *CUT_STREAMS, "paced", "drip"}
    alone = [route("alone-" + n, ("rude", n), deadline_ms=DEADLINES) for n in sorted(models)]
    pairs = [
        route("pair-" + n, ("rude", n), ("backup", "ok"), deadline_ms=DEADLINES)
        for n in sorted(models)
    ]
    config = {
        "retry": {"attempts": 0},
        "providers": [
            provider("rude", cloud.url),
            provider("backup", cloud.url),
            provider("nobody", f"http://127.0.0.1:{closed_port()}"),
        ],
        "routes": [
            *alone,
            *pairs,
            route("refused-alone", ("nobody", "ok")),
            route("pair-refused", ("nobody", "ok"), ("backup", "ok")),
        ],
    }
    with Wayfare(config) as wayfare:
        cloud.requests.clear()
        yield wayfare


def begin_stream(wayfare, model):
    """A streamed chat under way: (connection, response to be got)."""
    connection = http.client.HTTPConnection("127.0.0.1", wayfare.port, timeout=20)
    body = json.dumps(chat_body(model, stream=True))
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    return connection


def check_error(answer, status, code):
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert error["message"] and error["type"]
    if code is not None:
        assert error["code"] == code


def check_row(wayfare, answer, outcomes):
    (row,) = wayfare.wait_for_rows(1)
    assert row["id"] == answer.headers["x-wayfare-request-id"]
    assert row["outcome"] in outcomes, row
    return row


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name,status,code", BEFORE_THE_ANSWER + FINAL)
def test_error_before_the_answer(wayfare, name, status, code, stream):
    answer = wayfare.chat("alone-" + name, stream=stream)
    check_error(answer, status, code)
    row = check_row(wayfare, answer, ["upstream_error", "deadline"])
    assert row["status"] == status and row["streamed"] == stream
    assert answer.headers["x-wayfare-attempts"] == str(len(row["attempts"]))


@pytest.mark.parametrize("name", ["rate-limit", "busy-html", "busy-text"])
def test_wait_is_passed_on(wayfare, name):
    """Whatever else of a refusal is of use or not."""
    answer = wayfare.chat("alone-" + name)
    assert answer.headers["retry-after"] == str(RETRY_AFTER_S)
    if name == "busy-text":
        assert answer.json()["error"]["message"] == "rude answered 503: model is loading"


@pytest.mark.parametrize("name,status,code", INSIDE_THE_ANSWER)
def test_error_inside_the_answer(wayfare, name, status, code):
    answer = wayfare.chat("alone-" + name)
    check_error(answer, status, code)
    check_row(wayfare, answer, ["upstream_error", "deadline"])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", ["refused", *names(BEFORE_THE_ANSWER)])
def test_next_target(wayfare, cloud, name, stream):
    answer = wayfare.chat("pair-" + name, stream=stream)
    assert answer.status == 200, answer.body
    assert b"cloud" in answer.body
    assert answer.headers["x-wayfare-provider"] == "backup"
    assert answer.headers["x-wayfare-model"] == "ok"
    row = check_row(wayfare, answer, ["done"])
    *before, last = row["attempts"]
    assert last["verdict"] == "answered" and before and all(a["reason"] for a in before)
    # Where nobody listens may be known already, from looking for models.
    verdicts = ("failed", "skipped") if name == "refused" else ("failed",)
    assert all(a["verdict"] in verdicts for a in before)
    tried = sum(a["verdict"] != "skipped" for a in row["attempts"])
    assert answer.headers["x-wayfare-attempts"] == str(tried)
    # A header is ASCII, the ledger is not.
    assert row["reason"].replace("→", "->") == answer.headers["x-wayfare-reason"]
    assert len(cloud.chats()) < 5, "a retry storm"


def test_next_target_has_had_its_share(wayfare):
    """Who was not asked, because too many were before, is told with that reason."""
    why = "has had its share of extra attempts for this minute"
    for name in 2 * ["wrong-type", "error-html", "truncate", "garbage", "garbage-json"]:
        assert wayfare.chat("pair-" + name).headers["x-wayfare-attempts"] == "2"

    passed = wayfare.chat("pair-overloaded")
    assert passed.status == 529 and b"Overloaded" in passed.body and why.encode() not in passed.body
    translated = wayfare.request("POST", "/v1/messages", {**chat_body("pair-overloaded"), "max_tokens": 9})
    assert translated.status == 529 and "backup ok " + why in translated.json()["error"]["message"]
    for answer in (passed, translated):
        reason = answer.headers["x-wayfare-reason"]
        assert reason.startswith("rude answered 529: Overloaded; ") and reason.endswith("; backup ok " + why)

    own = wayfare.chat("pair-close")
    check_error(own, 503, "no_target")
    assert "backup ok: " + why in own.json()["error"]["message"]
    for row in wayfare.wait_for_rows(13)[-3:]:
        assert [a["verdict"] for a in row["attempts"]] == ["failed", "skipped"]
        assert row["attempts"][1]["reason"] == why


@pytest.mark.parametrize("name", names(INSIDE_THE_ANSWER))
def test_next_target_after_a_broken_answer(wayfare, name):
    answer = wayfare.chat("pair-" + name)
    assert answer.status == 200 and b"from the cloud." in answer.body
    assert answer.headers["x-wayfare-provider"] == "backup"
    check_row(wayfare, answer, ["done"])


def test_refused_moves_on_within_milliseconds(wayfare):
    wayfare.chat("pair-refused")
    took = []
    for _ in range(5):
        began = time.monotonic()
        assert wayfare.chat("pair-refused").status == 200
        took.append(time.monotonic() - began)
    assert min(took) < 0.1


def test_refused_alone_says_who_and_what(wayfare):
    answer = wayfare.chat("refused-alone")
    # Looking for models may have found out before: then it is not even asked.
    check_error(answer, *((502, "upstream_error") if answer.status == 502 else (503, "no_target")))
    assert "nobody" in answer.json()["error"]["message"]
    assert answer.headers["x-should-retry"] == "false"


def test_bad_request_is_not_tried_elsewhere(wayfare, cloud):
    answer = wayfare.chat("pair-bad-request")
    assert answer.status == 400
    assert answer.json()["error"]["message"] == "Unsupported value: 'temperature'"
    assert len(cloud.chats()) == 1


def test_retry_after_is_passed_on(wayfare):
    answer = wayfare.chat("alone-rate-limit")
    assert answer.status == 429 and answer.headers["retry-after"] == str(RETRY_AFTER_S)
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"


def test_retry_after_is_honoured(wayfare, cloud):
    """Who asked to be left alone is not asked again meanwhile."""
    assert wayfare.chat("pair-rate-limit").status == 200
    assert wayfare.chat("pair-rate-limit").status == 200
    assert [r.json()["model"] for r in cloud.chats()] == ["rate-limit", "ok", "ok"]


@pytest.mark.parametrize("name", CUT_STREAMS)
def test_cut_stream_is_no_clean_end(wayfare, name):
    """The caller sees an error event and then a broken connection, never [DONE]."""
    answer = wayfare.chat("alone-" + name, stream=True)
    assert answer.status == 200
    assert b"[DONE]" not in answer.body
    assert answer.is_cut and b'"error"' in answer.body, answer.body
    row = check_row(wayfare, answer, ["upstream_error", "deadline"])
    assert row["streamed"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_slow_is_not_wrong(wayfare, stream):
    answer = wayfare.chat("alone-drip", stream=stream)
    assert answer.status == 200 and b"cloud" in answer.body
    assert (b"[DONE]" in answer.body) == stream
    row = check_row(wayfare, answer, ["done"])
    assert row["duration_us"] > 200_000


@pytest.mark.parametrize("name", ["paced", "stall-stream", "stall-head"])
def test_client_leaves_and_the_spending_stops(wayfare, cloud, name):
    connection = begin_stream(wayfare, "alone-" + name)
    (seen,) = wait_for(lambda: cloud.chats(), "the call upstream")
    answer = None
    if name != "stall-head":
        answer = connection.getresponse()
        assert answer.read(10)
    left = time.monotonic()
    if answer:
        answer.close()
    connection.close()
    wait_for(lambda: seen.left_at, "the provider being told", 1.0)
    assert seen.left_at - left < 1.0
    (row,) = wayfare.wait_for_rows(1)
    assert row["outcome"] == "client_gone"


def test_kept_connection_survives_errors(wayfare):
    """One client connection, an error and then an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", wayfare.port, timeout=20)
    for model, status in [("alone-overloaded", 529), ("pair-overloaded", 200), ("nothing", 404)]:
        answer = call(connection, "POST", "/v1/chat/completions", chat_body(model))
        assert answer.status == status
    connection.close()
    wayfare.wait_for_rows(3)
