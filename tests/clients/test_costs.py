# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What a call cost is the same sum whatever dialect its provider counts in: each family reports cached
and reasoning tokens in a way of its own."""

import csv
import hashlib
import json
import math

import pytest

from mock_backs import SCENES, MockBacks
from mock_cloud import MockCloud
from wayfare import Wayfare, provider, route, wait_for

BACKS = ["openai-chat", "openai-responses", "anthropic", "gemini", "ollama", "azure"]
PRICE = {"input": "3", "cache_read": "0.3", "cache_write_5m": "3.75", "output": "15", "as_of": "2026-11-01"}
MICRO = 1e-6


def cost(fresh, cached, output):
    return (fresh * 3 + cached * 0.3 + output * 15) * MICRO


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare():
    with MockBacks() as backs:
        # What is on this machine is free, unless somebody says that it is not.
        providers = [{**one, "locality": "cloud"} for one in backs.providers()]
        with Wayfare({"providers": providers, "models": [{"model": "*", "price": PRICE}]}) as wayfare:
            yield wayfare


def last_row(wayfare, answer):
    return wayfare.control("GET", "/requests/" + answer.headers["x-wayfare-request-id"]).json()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("scene", ["text", "thought"])
@pytest.mark.parametrize("back", BACKS)
def test_cost_is_the_same(wayfare, back, scene, stream):
    answer = wayfare.chat(f"{back}/{scene}", stream=stream)
    assert answer.status == 200
    wanted = SCENES[scene]
    # Ollama's counters know of no cache: all of the prompt is new to it.
    known = (wanted.fresh + wanted.cached, 0) if back == "ollama" else (wanted.fresh, wanted.cached)
    expected = cost(*known, wanted.output)
    if not stream:
        assert float(answer.headers["x-wayfare-cost-usd"]) == pytest.approx(expected)
    row = last_row(wayfare, answer)
    assert float(row["cost_usd"]) == pytest.approx(expected)
    assert not row["usage"]["estimated"]


@pytest.fixture(name="cloud")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


def priced(cloud, **members):
    far = provider("far", cloud.url, locality="cloud")
    return {"providers": [far], "models": [{"model": "*", "price": PRICE}], **members}


def words_of(answer):
    """What a chat client was streamed before the cut."""
    events = [line[6:] for line in answer.body.decode().split("\n") if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event).get("choices", [])]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


@pytest.mark.parametrize("back", BACKS)
def test_cut_stream_is_estimated(back):
    """Anthropic says "1" first and Gemini counts as it goes: neither is what was generated."""
    with MockBacks() as backs:
        providers = [{**one, "locality": "cloud"} for one in backs.providers() if one["id"] == back]
        config = {"providers": providers, "models": [{"model": "*", "price": PRICE}], "budget": {"usd": "9"}}
        with Wayfare(config) as wayfare:
            wait_for(lambda: wayfare.control("GET", "/status").json()["budgets"][0]["loaded"], "the budget")
            answer = wayfare.chat(f"{back}/cut", stream=True)
            assert answer.is_cut
            (row,) = wayfare.wait_for_rows(1)
            usage = row["usage"]
            assert row["outcome"] == "upstream_error" and usage["estimated"]
            assert usage["output_tokens"] == math.ceil(len(words_of(answer)) / 4) > 10
            expected = cost(usage["input_tokens"], usage["cache_read_tokens"] or 0, usage["output_tokens"])
            assert float(row["cost_usd"]) == pytest.approx(expected)
            spent = wayfare.control("GET", "/status").json()["budgets"][0]["spent_usd"]
            assert float(spent) == pytest.approx(expected)


def test_refused_attempt_is_free_and_a_silent_one_is_unknown(cloud):
    deadline = {"connect": 1000, "first_token": 300, "idle": 1000, "total": 10000}
    routes = [route("refused", ("far", "overloaded"), ("far", "ok")),
              route("silent", ("far", "stall-head"), ("far", "ok"), deadline_ms=deadline)]
    with Wayfare(priced(cloud, routes=routes)) as wayfare:
        refused = wayfare.chat("refused")
        assert float(refused.headers["x-wayfare-cost-usd"]) == pytest.approx(cost(8, 4, 5))
        assert float(last_row(wayfare, refused)["cost_usd"]) == pytest.approx(cost(8, 4, 5))
        silent = wayfare.chat("silent")
        assert silent.status == 200
        # It may have been charged for: the sum is not known, and not made up.
        assert "x-wayfare-cost-usd" not in silent.headers
        assert last_row(wayfare, silent)["cost_usd"] is None, last_row(wayfare, silent)


def test_known_part_of_an_unknown_cost_is_spent(cloud):
    """Whoever sums up has what is known, and beside it that something is not; a restart forgets none."""
    deadline = {"connect": 1000, "first_token": 300, "idle": 1000, "total": 10000}
    admin = {"id": "admin", "token_sha256": hashlib.sha256(b"admin").hexdigest(), "admin": True}
    budget = {"usd": "9", "period": "month", "on_exceed": "notify"}
    config = priced(cloud, apps=[admin], budget=budget,
                    routes=[route("silent", ("far", "stall-head"), ("far", "ok"), deadline_ms=deadline)])
    known = pytest.approx(cost(8, 4, 5))

    def get_budget():
        return wayfare.control("GET", "/status").json()["budgets"][0]

    with Wayfare(config) as wayfare:
        wait_for(lambda: get_budget()["loaded"], "the budget")
        row = last_row(wayfare, wayfare.chat("silent"))
        assert row["cost_usd"] is None
        assert [attempt["cost_usd"] for attempt in row["attempts"]] == [None, known]
        assert float(get_budget()["spent_usd"]) == known
        for by in ("app", "provider", "day"):
            (total,) = wayfare.control("GET", "/spend?by=" + by).json()["rows"]
            assert float(total["cost_usd"]) == known
            assert (total["requests"], total["unknown_cost_requests"]) == (1, 1)
        metrics = wayfare.request("GET", "/metrics", headers={"Authorization": "Bearer admin"}).body.decode()
        labels = '{provider="far",model="ok",app=""}'
        assert float(metrics.split("wayfare_cost_usd_total" + labels)[1].split()[0]) == known
        assert "wayfare_unknown_cost_requests_total" + labels + " 1\n" in metrics
        (exported,) = csv.DictReader(wayfare.run("export", "requests", "--csv").stdout.splitlines())
        assert exported["cost_usd"] == ""
        wayfare.stop()
        wayfare.start()
        wait_for(lambda: get_budget()["loaded"], "the budget")
        assert float(get_budget()["spent_usd"]) == known


def test_changed_price_leaves_old_costs(cloud):
    with Wayfare(priced(cloud)) as wayfare:
        first = wayfare.chat("far/ok")
        doubled = {**PRICE, "input": "6"}
        wayfare.write_config({**priced(cloud), "models": [{"model": "*", "price": doubled}]})
        wayfare.stop()
        wayfare.start()
        second = wayfare.chat("far/ok")
        assert float(last_row(wayfare, first)["cost_usd"]) == pytest.approx(cost(8, 4, 5))
        assert float(last_row(wayfare, second)["cost_usd"]) == pytest.approx(cost(8, 4, 5) + 8 * 3 * MICRO)
