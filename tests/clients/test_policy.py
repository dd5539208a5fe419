# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What users set for routing, money and limits, from the outside: headers, answers, rows and what a
provider saw."""

import concurrent.futures
import hashlib

import pytest

from mock_cloud import MockCloud, closed_port
from wayfare import Wayfare, provider, route, wait_for

TOKEN = "way-test-token"
DIGEST = hashlib.sha256(TOKEN.encode()).hexdigest()
AUTHORIZED = {"Authorization": "Bearer " + TOKEN}
# What the mock reports is 8 new tokens, 4 cached and 5 generated.
PRICE = {"input": "1000", "cache_read": "100", "output": "2000", "as_of": "2026-11-01"}
COST_USD = (8 * 1000 + 4 * 100 + 5 * 2000) / 1e6


@pytest.fixture(name="cloud")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


def far(name, cloud, **members):
    """The mock as a provider that costs money: what is on this machine is free."""
    return provider(name, cloud.url, locality="cloud", **members)


def app(**members):
    return {"id": "tool", "token_sha256": DIGEST, "models": ["*"], **members}


def status(wayfare):
    return wayfare.control("GET", "/status").json()


def test_strategies_say_why(cloud):
    pair = [{"provider": "far", "model": "ok"}, {"provider": "near", "model": "ok"}]
    config = {
        "providers": [far("far", cloud), provider("near", cloud.url)],
        "routes": [{"model": "thrifty", "strategy": "cheapest", "targets": pair},
                   {"model": "even", "strategy": "round-robin", "targets": pair}],
        "models": [{"model": "ok", "price": PRICE}],
    }
    with Wayfare(config) as wayfare:
        answer = wayfare.chat("thrifty")
        assert answer.headers["x-wayfare-provider"] == "near"
        assert answer.headers["x-wayfare-reason"] == "second target of thrifty, free"
        dry = wayfare.control("POST", "/route", {"model": "thrifty", "input_tokens": 100}).json()
        assert [c["provider"] for c in dry["candidates"]] == ["near", "far"]
        assert dry["candidates"][1]["reason"].startswith("first target of thrifty, about $2.")
        seen = [wayfare.chat("even").headers["x-wayfare-provider"] for _ in range(6)]
        assert seen == ["far", "near"] * 3


def test_conditions(cloud):
    targets = [{"provider": "mock", "model": "ok", "when": {"tools": False, "max_input_tokens": 1000}},
               {"provider": "mock", "model": "drip"}]
    config = {"providers": [provider("mock", cloud.url)], "routes": [{"model": "task", "targets": targets}]}
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    with Wayfare(config) as wayfare:
        assert wayfare.chat("task").headers["x-wayfare-model"] == "ok"
        answer = wayfare.chat("task", tools=tools)
        assert answer.headers["x-wayfare-model"] == "drip"
        assert "takes no part in requests with tools" in answer.headers["x-wayfare-reason"]


def test_context_is_guarded(cloud):
    targets = [{"provider": "mock", "model": "ok", "context_tokens": 100}]
    config = {"providers": [provider("mock", cloud.url)], "routes": [{"model": "small", "targets": targets}]}
    with Wayfare(config) as wayfare:
        cloud.requests.clear()
        answer = wayfare.chat("small", messages=[{"role": "user", "content": "word " * 1000}])
        assert answer.status == 400 and answer.error_code() == "context_too_long"
        assert cloud.chats() == []


def test_longer_context_is_found_when_the_provider_says_so(cloud):
    targets = [{"provider": "mock", "model": "too-long", "context_tokens": 8192},
               {"provider": "mock", "model": "drip", "context_tokens": 4096},
               {"provider": "mock", "model": "ok", "context_tokens": 65536}]
    config = {"providers": [provider("mock", cloud.url)], "routes": [{"model": "long", "targets": targets}]}
    with Wayfare(config) as wayfare:
        answer = wayfare.chat("long")
        assert answer.headers["x-wayfare-model"] == "ok" and answer.headers["x-wayfare-attempts"] == "2"
        assert "takes no longer conversation" in answer.headers["x-wayfare-reason"]
        alone = wayfare.chat("mock/too-long")
        assert alone.status == 400 and alone.error_code() == "context_length_exceeded"
        assert alone.headers["x-wayfare-attempts"] == "1" and "x-should-retry" not in alone.headers


@pytest.mark.parametrize("model", ["bad-key", "quota"])
def test_refused_account_is_not_asked_again(cloud, model):
    config = {"providers": [provider("mock", cloud.url)], "routes": [route("coder", ("mock", model), ("mock", "ok"))]}
    with Wayfare(config) as wayfare:
        assert [wayfare.chat("coder").status for _ in range(4)] == [200] * 4
        assert [c.json()["model"] for c in cloud.chats()].count(model) == 1


def test_failing_target_is_asked_again_then_left_alone(cloud):
    config = {"providers": [provider("mock", cloud.url)],
              "routes": [route("coder", ("mock", "overloaded"), ("mock", "ok"))]}
    with Wayfare(config) as wayfare:
        alone = wayfare.chat("mock/error-html")
        assert alone.status == 500 and alone.headers["x-wayfare-attempts"] == "3"
        assert alone.headers["x-should-retry"] == "false"
        cloud.requests.clear()
        answers = [wayfare.chat("coder") for _ in range(12)]
        assert all(answer.status == 200 for answer in answers)
        asked = [chat.json()["model"] for chat in cloud.chats()]
        assert asked.count("ok") == 12 and asked.count("overloaded") == 5
        assert "its breaker is open" in answers[-1].headers["x-wayfare-reason"]
        (target,) = [t for t in status(wayfare)["targets"] if t["model"] == "overloaded"]
        assert target["breaker"] == "open" and "529" in target["reason"]


def test_refusal_outlives_the_wait(cloud):
    """While some wait to ask again, the breaker opens: they too get the provider's own words."""
    config = {"providers": [provider("mock", cloud.url)]}
    with Wayfare(config) as wayfare, concurrent.futures.ThreadPoolExecutor(6) as pool:
        for answer in pool.map(wayfare.chat, ["mock/overloaded"] * 6):
            assert answer.status == 529 and answer.json()["error"]["message"] == "Overloaded"
        assert "CRITICAL" not in wayfare.log_path.read_text()


def test_retry_after_cools_the_target(cloud):
    config = {"providers": [provider("mock", cloud.url)],
              "routes": [route("coder", ("mock", "rate-limit"), ("mock", "ok"))]}
    with Wayfare(config) as wayfare:
        answers = [wayfare.chat("coder") for _ in range(4)]
        assert all(answer.status == 200 for answer in answers)
        assert [c.json()["model"] for c in cloud.chats()].count("rate-limit") == 1
        assert "asked to be left alone" in answers[-1].headers["x-wayfare-reason"]
        alone = wayfare.chat("mock/rate-limit")
        assert alone.status == 429 and alone.error_code() == "rate_limited"
        assert 1 <= int(alone.headers["retry-after"]) <= 8


def test_parallel_limit_queues(cloud):
    config = {"providers": [provider("mock", cloud.url, limits={"parallel": 1})]}
    with Wayfare(config) as wayfare, concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: wayfare.chat("mock/drip", stream=True), range(4)))
        assert [answer.status for answer in answers] == [200] * 4
        spans = sorted((c.arrived_at, c.finished_at) for c in cloud.chats())
        assert all(before[1] <= after[0] + 0.05 for before, after in zip(spans, spans[1:]))


def test_requests_a_minute(cloud):
    config = {"providers": [provider("mock", cloud.url)], "apps": [app(limits={"rpm": 2})]}
    with Wayfare(config) as wayfare:
        statuses = [wayfare.chat("mock/ok", AUTHORIZED).status for _ in range(2)]
        assert statuses == [200, 200]
        refused = wayfare.chat("mock/ok", AUTHORIZED)
        assert refused.status == 429 and refused.error_code() == "rate_limited"
        assert 50 <= int(refused.headers["retry-after"]) <= 61
        assert wayfare.chat("mock/ok").status == 200  # another caller


def test_budget_is_kept_by_parallel_calls(cloud):
    # Each may cost about 0.03 USD, and costs 0.0184: three fit one after another, not twelve at once.
    budget = {"usd": "0.06", "period": "month", "on_exceed": "refuse"}
    config = {"providers": [far("far", cloud), provider("near", cloud.url)], "apps": [app(budget=budget)],
              "models": [{"model": "*", "price": PRICE}]}
    with Wayfare(config) as wayfare, concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: wayfare.chat("far/ok", AUTHORIZED, max_tokens=10), range(12)))
        paid = [a for a in answers if a.status == 200]
        refused = [a for a in answers if a.status != 200]
        assert 1 <= len(paid) <= 3
        assert {(a.status, a.error_code()) for a in refused} == {(402, "budget_exceeded")}
        spent = float(status(wayfare)["budgets"][0]["spent_usd"])
        assert spent == pytest.approx(len(paid) * COST_USD) and spent <= 0.06
        assert sum(float(row["cost_usd"]) for row in wayfare.rows()) == pytest.approx(spent)
        # What is free is not blocked, nor is another caller.
        assert wayfare.chat("near/ok", AUTHORIZED).status == 200
        assert wayfare.chat("far/ok", max_tokens=10).status == 200


def wait_for_budget(wayfare):
    """Until the ledger has told what was spent before: till then nothing that costs is allowed."""
    wait_for(lambda: status(wayfare)["budgets"][0]["loaded"], "the budget's sum")


def test_budget_outlives_a_restart(cloud):
    config = {"providers": [far("far", cloud)], "models": [{"model": "*", "price": PRICE}],
              "budget": {"usd": "0.02", "period": "month"}}
    with Wayfare(config) as wayfare:
        assert wayfare.chat("far/ok", max_tokens=5).status == 200
        wayfare.wait_for_rows(1)
        wayfare.stop()
        wayfare.start()
        wait_for_budget(wayfare)
        refused = wayfare.chat("far/ok", max_tokens=5)
        assert refused.error_code() == "budget_exceeded"
        assert "$0.02 a month" in refused.json()["error"]["message"]


def test_budget_of_one_providers_model(cloud):
    """Two sell the same models; what the other one charged is not in it, also after a restart."""
    budget = {"usd": "100", "period": "month"}
    config = {"providers": [far("one", cloud), far("other", cloud)],
              "models": [{"model": "ok", "price": PRICE},
                         {"provider": "one", "model": "o*", "budget": budget}]}
    with Wayfare(config) as wayfare:
        assert wayfare.chat("one/ok").status == 200
        assert wayfare.chat("other/ok").status == 200
        wayfare.wait_for_rows(2)
        keys = {row["key"] for row in wayfare.control("GET", "/spend?by=target").json()["rows"]}
        assert keys == {"one/ok", "other/ok"}
        wayfare.stop()
        wayfare.start()
        wait_for_budget(wayfare)
        assert float(status(wayfare)["budgets"][0]["spent_usd"]) == pytest.approx(COST_USD)


def test_spent_budget_keeps_calls_local(cloud):
    config = {"providers": [far("far", cloud), provider("near", cloud.url)],
              "routes": [route("coder", ("far", "ok"), ("near", "ok"))],
              "models": [{"model": "*", "price": PRICE}],
              "budget": {"usd": "0", "period": "day", "on_exceed": "local-only"}}
    with Wayfare(config) as wayfare:
        wait_for_budget(wayfare)
        answer = wayfare.chat("coder")
        assert answer.headers["x-wayfare-provider"] == "near"
        assert "the budget, $0 a day, is spent" in answer.headers["x-wayfare-reason"]


def test_unknown_price_is_not_free(cloud):
    config = {"providers": [far("far", cloud)], "budget": {"usd": "5"}}
    with Wayfare(config) as wayfare:
        answer = wayfare.chat("far/ok")
        assert answer.error_code() == "budget_exceeded"
        assert "has no known price" in answer.json()["error"]["message"]


def test_tag_stays_local(cloud):
    config = {"providers": [far("far", cloud)], "tags": [{"tag": "private", "locality": "local"}]}
    with Wayfare(config) as wayfare:
        assert wayfare.chat("far/ok").status == 200
        refused = wayfare.chat("far/ok", {"x-wayfare-tag": "private"})
        assert refused.error_code() == "local_only"
        assert 'the tag "private" is local-only' in refused.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_cache(cloud, stream):
    other = {"id": "other", "token_sha256": hashlib.sha256(b"other").hexdigest()}
    config = {"providers": [far("far", cloud)], "models": [{"model": "*", "price": PRICE}],
              "apps": [app(), other], "cache": {"enabled": True}}
    with Wayfare(config) as wayfare:
        def ask(token=TOKEN, headers=None, **members):
            headers = {"Authorization": "Bearer " + token, **(headers or {})}
            return wayfare.chat("far/ok", headers, stream=stream, temperature=0, **members)

        first, second = ask(), ask()
        assert first.headers["x-wayfare-cache"] == "miss" and second.headers["x-wayfare-cache"] == "hit"
        assert second.body == first.body
        assert second.headers.get("x-wayfare-cost-usd") == (None if stream else "0")
        assert second.headers["content-type"] == first.headers["content-type"]
        assert len(cloud.chats()) == 1
        row = wayfare.wait_for_rows(2)[-1]
        assert row["cache_hit"] and float(row["cost_usd"]) == 0
        assert float(row["saved_usd"]) == pytest.approx(COST_USD)
        # Another order of members is the same; another app, question or wish is not.
        assert ask(user="me").headers["x-wayfare-cache"] == "hit"
        assert ask(token="other").headers["x-wayfare-cache"] == "miss"
        assert ask(max_tokens=9).headers["x-wayfare-cache"] == "miss"
        assert ask(headers={"x-wayfare-no-cache": "1"}).headers["x-wayfare-cache"] == "miss"
        assert wayfare.chat("far/ok", AUTHORIZED, stream=stream).headers["x-wayfare-cache"] == "miss"


def test_restarted_server_answers_soon():
    """A server near by that was down is not asked by a user's call, but looked at for it."""
    port = closed_port()
    config = {"providers": [provider("near", f"http://127.0.0.1:{port}")],
              "routes": [route("coder", ("near", "ok"))]}
    with Wayfare(config) as wayfare:
        def answers():
            return wayfare.chat("coder").status == 200

        for _ in range(2):
            assert wayfare.chat("coder").status in (502, 503)
            with MockCloud(port) as cloud:
                wait_for(answers, "an answer of the server that is back", 2)
                assert len(cloud.chats()) == 1


def test_server_without_a_list_of_models_is_asked(cloud):
    """Looking for models fails, as at /nowhere or with garbage; chats do not."""
    with MockCloud(lists_models=False) as odd:
        with Wayfare({"providers": [provider("near", odd.url)], "routes": [route("coder", ("near", "ok"))]}) as wayfare:
            wait_for(lambda: status(wayfare)["providers"][0]["reach"] == "down", "the probe's verdict")
            assert [wayfare.chat("coder").status for _ in range(3)] == [200] * 3


def test_price_factor(cloud):
    config = {"providers": [far("far", cloud, price_factor="1.5")], "models": [{"model": "*", "price": PRICE}]}
    with Wayfare(config) as wayfare:
        answer = wayfare.chat("far/ok")
        assert float(answer.headers["x-wayfare-cost-usd"]) == pytest.approx(1.5 * COST_USD)
        row = wayfare.wait_for_rows(1)[0]
        assert float(row["cost_usd"]) == pytest.approx(1.5 * COST_USD)
