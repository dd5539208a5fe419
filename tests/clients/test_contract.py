# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""What tools rely on: headers of every answer, the guard, the endpoints, bytes left alone."""

import hashlib
import socket
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mock_cloud import MockCloud
from wayfare import Wayfare, chat_body, provider, route, wait_for

TOKEN = "way_test_0123456789abcdef"
CHAT = "/v1/chat/completions"
SIXTY_FOUR_MIB = 64 * 1024 * 1024


@pytest.fixture(name="cloud", scope="module")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(cloud):
    config = {
        "providers": [provider("mock", cloud.url), provider("far", cloud.url, locality="cloud")],
        "routes": [
            route("coder", ("mock", "ok")),
            route("pair", ("mock", "overloaded"), ("mock", "ok")),
            route("long", ("mock", "too-long"), ("mock", "ok")),
        ],
    }
    with Wayfare(config) as wayfare:
        yield wayfare


@pytest.fixture(name="guarded", scope="module")
def fixture_guarded(cloud):
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    config = {
        "listen": {"require_token": True},
        "providers": [provider("mock", cloud.url)],
        "routes": [route("coder", ("mock", "ok"))],
        "apps": [{"id": "tool", "token_sha256": digest, "models": ["coder"], "locality": "any"}],
    }
    with Wayfare(config) as wayfare:
        yield wayfare


# ---- headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_headers_of_an_answer(wayfare, stream):
    answer = wayfare.chat("coder", stream=stream)
    assert answer.status == 200
    expected = {
        "x-wayfare-model": "ok",
        "x-wayfare-provider": "mock",
        "x-wayfare-locality": "local",
        "x-wayfare-requested-model": "coder",
        "x-wayfare-attempts": "1",
        "x-wayfare-substituted": "false",
        "x-wayfare-cache": "miss",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert answer.headers["x-wayfare-reason"]
    assert answer.headers["x-wayfare-request-id"].startswith("req_")
    assert answer.headers["content-type"].startswith("text/event-stream" if stream else "application/json")


def test_cost_is_told_where_it_is_known(wayfare):
    """A model on this machine costs nothing; one nobody published a price for is not free."""
    assert float(wayfare.chat("coder").headers["x-wayfare-cost-usd"]) == 0
    answer = wayfare.chat("far/ok")
    assert answer.headers["x-wayfare-locality"] == "cloud"
    assert "x-wayfare-cost-usd" not in answer.headers
    assert "x-wayfare-cost-usd" not in wayfare.chat("coder", stream=True).headers
    row = wayfare.rows()[-2]
    assert row["cost_usd"] is None and row["saved_usd"] is None and row["cache_hit"] is False


def test_cost_of_what_is_answered_here(wayfare):
    """Counting for a provider that cannot count asks nobody, and is known to cost nothing."""
    answer = wayfare.request("POST", "/v1/messages/count_tokens", chat_body("far/ok"))
    assert answer.status == 200 and answer.headers["x-wayfare-cost-usd"] == "0"
    warmed = wayfare.request("POST", "/v1/responses", {"model": "far/ok", "input": []})
    assert warmed.status == 200 and warmed.headers["x-wayfare-cost-usd"] == "0"


def test_substitution_is_told(wayfare):
    answer = wayfare.chat("pair")
    assert answer.headers["x-wayfare-substituted"] == "true"
    assert answer.headers["x-wayfare-attempts"] == "2"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_model_in_the_body_is_the_providers(wayfare, stream):
    answer = wayfare.chat("coder", stream=stream)
    assert b'"model": "ok-2026"' in answer.body


def test_no_fallback_header(wayfare):
    answer = wayfare.chat("pair", {"x-wayfare-no-fallback": "1"})
    assert answer.status == 529 and answer.headers["x-wayfare-model"] == "overloaded"
    row = wayfare.rows()[-1]
    assert {a["model"] for a in row["attempts"] if a["verdict"] != "skipped"} == {"overloaded"}


@pytest.mark.parametrize("word", ["1", "true", "YES", "on", "local", "off?", "2"])
def test_local_only_fails_closed(wayfare, cloud, word):
    """Whatever is not clearly a no keeps the call here."""
    cloud.requests.clear()
    answer = wayfare.chat("far/ok", {"x-wayfare-local-only": word})
    assert answer.status == 403 and answer.error_code() == "local_only" and not cloud.chats()


@pytest.mark.parametrize("word", ["0", "false", "No", ""])
def test_local_only_can_be_denied(wayfare, word):
    assert wayfare.chat("far/ok", {"x-wayfare-local-only": word}).status == 200


@pytest.mark.parametrize("word,attempts", [("1", "1"), ("True", "1"), ("yes", "1"), ("ON", "1"), ("0", "2"), ("2", "2")])
def test_words_for_yes(wayfare, word, attempts):
    answer = wayfare.chat("long", {"x-wayfare-no-fallback": word})
    assert answer.headers["x-wayfare-attempts"] == attempts


def test_no_fallback_from_who_is_down(cloud):
    providers = [provider("mock", cloud.url), provider("dead", "http://127.0.0.1:1")]
    with Wayfare({"providers": providers, "routes": [route("pair", ("dead", "m"), ("mock", "ok"))]}) as wayfare:
        wait_for(lambda: wayfare.chat("pair").headers["x-wayfare-attempts"] == "1", "dead is known to be down")
        cloud.requests.clear()
        answer = wayfare.chat("pair", {"x-wayfare-no-fallback": "1"})
        assert answer.status == 503 and answer.error_code() == "no_target"
        assert "dead/m refused the connection" in answer.json()["error"]["message"]
        assert not cloud.chats()


def test_own_headers_stay_here(wayfare, cloud):
    cloud.requests.clear()
    headers = {"x-wayfare-tag": "t", "x-wayfare-no-cache": "1", "Authorization": "Bearer mine", "Cookie": "c"}
    assert wayfare.chat("coder", headers).status == 200
    sent = {name.lower() for name, _ in cloud.chats()[0].headers}
    assert not any(name.startswith("x-wayfare") for name in sent)
    assert "authorization" not in sent and "cookie" not in sent and "expect" not in sent
    assert wayfare.rows()[-1]["tag"] == "t"


def test_unknown_model_lists_near_names(wayfare):
    answer = wayfare.chat("codar")
    assert answer.status == 404 and answer.error_code() == "model_not_found"
    assert "coder" in answer.json()["error"]["message"]


def test_direct_address(wayfare):
    answer = wayfare.chat("mock/ok")
    assert answer.status == 200 and answer.headers["x-wayfare-model"] == "ok"


# ---- bytes -----------------------------------------------------------------------------------

# What a JSON library would alter: number spelling, unknown members, order, duplicates, escapes.
ODD_BODY = (
    b'{ "temperature" : 1.10,"seed":12345678901234567890123, "top_p":1E0 , "z_unknown":{"b":1,"a":[ ]},\r\n'
    b'\t"logit_bias":{"1":-0.0,"1":1e400},"model"  :  "coder" ,"stop":"\\u00e9\\/\xc3\xa9","stop":null,'
    b'"messages":[{"content":"model \\"coder\\"","role":"user","model":"coder"}], "n":1 }'
)


def test_body_arrives_byte_for_byte(wayfare, cloud):
    cloud.requests.clear()
    answer = wayfare.request("POST", CHAT, ODD_BODY)
    assert answer.status == 200, answer.body
    expected = ODD_BODY.replace(b'"model"  :  "coder" ,', b'"model"  :  "ok" ,')
    assert cloud.chats()[0].body == expected


def test_chunked_body_in_crumbs(wayfare, cloud):
    """A client that sends its body a few bytes at a time, and waits to be told to."""
    cloud.requests.clear()
    with socket.create_connection(("127.0.0.1", wayfare.port), 10) as client:
        client.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        for start in range(0, len(ODD_BODY), 7):
            piece = ODD_BODY[start:start + 7]
            client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        client.sendall(b"0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
    assert b"12345678901234567890123" in cloud.chats()[0].body


def test_answer_comes_byte_for_byte(wayfare, cloud):
    direct = Wayfare.request(cloud, "POST", CHAT, chat_body("ok"))
    assert wayfare.chat("coder").body == direct.body


# ---- guard -----------------------------------------------------------------------------------


def raw_exchange(port, head, body=b""):
    """Status line and rest of the answer to bytes sent as they are."""
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65536)
            if not piece:
                break
            data += piece
    return data


@pytest.mark.parametrize(
    "headers,status,code",
    [
        ({"Host": "evil.example"}, 403, "forbidden_host"),
        ({"Host": "evil.example:4114"}, 403, "forbidden_host"),
        ({"Host": "localhost.evil.example"}, 403, "forbidden_host"),
        ({"Host": "localhost"}, 200, None),
        ({"Host": "127.0.0.1:1"}, 200, None),
        ({"Host": "[::1]:4114"}, 200, None),
        ({"Origin": "https://evil.example"}, 403, "forbidden_host"),
        ({"Origin": "null"}, 403, "forbidden_host"),
        ({"Content-Type": "text/plain"}, 400, "bad_request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 400, "bad_request"),
        ({"Content-Type": "application/json; charset=utf-8"}, 200, None),
    ],
)
def test_guard(wayfare, headers, status, code):
    answer = wayfare.chat("coder", headers)
    assert answer.status == status, answer.body
    if code:
        assert answer.error_code() == code


@pytest.mark.parametrize(
    "headers,status",
    [
        ({}, 200),
        ({"Referer": "https://evil.example/"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Origin": "null"}, 403),
    ],
)
def test_curl_example_of_ollama(wayfare, headers, status):
    """What `curl -d` sends is a form by its header; a page's form is told by the others."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    body = {"model": "coder", "prompt": "hi", "stream": False}
    assert wayfare.request("POST", "/api/generate", body, headers).status == status


def test_no_host_at_all(wayfare):
    data = raw_exchange(wayfare.port, "GET /v1/models HTTP/1.1")
    assert data.split(b" ")[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "headers,status",
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic " + TOKEN}, 401),
        ({"Authorization": "Bearer " + TOKEN}, 200),
        ({"Authorization": "bearer " + TOKEN}, 200),
        ({"x-api-key": TOKEN}, 200),
        ({"api-key": TOKEN}, 200),
        ({"x-goog-api-key": TOKEN}, 200),
    ],
)
def test_token(guarded, headers, status):
    answer = guarded.chat("coder", headers)
    assert answer.status == status, answer.body
    if status == 401:
        assert answer.error_code() == "unauthorized" and TOKEN not in answer.body.decode()


def test_token_in_the_path(guarded):
    body = chat_body("coder")
    assert guarded.request("POST", f"/a/{TOKEN}{CHAT}", body).status == 200
    assert guarded.request("POST", f"/a/wrong{CHAT}", body).status == 401
    assert TOKEN not in str(guarded.rows())


@pytest.mark.parametrize("path", [CHAT, "/v1/messages", "/api/chat", "/v1/responses"])
def test_one_model_is_asked_for(guarded, cloud, path):
    """A second name beside the one that the app may use would go to the provider unseen."""
    cloud.requests.clear()
    rest = b'"max_tokens":9,"input":"x","messages":[{"role":"user","content":"x"}]}'
    body = b'{"model":"overloaded","model":"coder",' + rest
    answer = guarded.request("POST", path, body, {"Authorization": "Bearer " + TOKEN})
    assert answer.status == 400 and b'The request has \\"model\\" more than once: send it once' in answer.body
    assert not cloud.chats()


def test_app_is_named_and_bound(guarded):
    headers = {"Authorization": "Bearer " + TOKEN}
    answer = guarded.chat("mock/ok", headers)
    assert answer.status == 403 and answer.error_code() == "model_not_allowed"
    assert guarded.rows()[-1]["app"] == "tool"


def test_health_needs_no_token(guarded):
    assert guarded.request("GET", "/health").status == 200
    assert guarded.request("GET", "/ready").status == 200
    assert guarded.request("GET", "/v1/models").status == 401


def test_admin_api_is_not_for_everyone(guarded, wayfare):
    headers = {"Authorization": "Bearer " + TOKEN}
    assert guarded.request("GET", "/wayfare/v1/status", headers=headers).status == 401
    assert wayfare.request("GET", "/wayfare/v1/requests").status == 401
    assert guarded.control("GET", "/status").status == 200


# ---- the ledger's questions --------------------------------------------------------------------


@pytest.fixture(name="asked", scope="module")
def fixture_asked(cloud):
    """Four requests: coder at one, tagged; coder at two; fails with 500; no such model."""
    config = {
        "providers": [provider("one", cloud.url), provider("two", cloud.url)],
        "routes": [route("coder", ("one", "ok"))],
    }
    with Wayfare(config) as wayfare:
        assert wayfare.chat("coder", {"x-wayfare-tag": "night run"}).status == 200
        assert wayfare.chat("two/ok").status == 200
        assert wayfare.chat("one/overloaded").status == 529
        assert wayfare.chat("nothing").status == 404
        wayfare.wait_for_rows(4)
        yield wayfare


@pytest.mark.parametrize(
    "query,expected",
    [
        ("", [3, 2, 1, 0]),
        ("provider=one", [2, 0]),
        ("provider=one&outcome=done", [0]),
        ("model=coder", [0]),
        ("model=ok", [1, 0]),
        ("outcome=refused", [3]),
        ("outcome=upstream_error", [2]),
        ("status=200", [1, 0]),
        ("status=529", [2]),
        ("status=404&outcome=refused", [3]),
        ("tag=night%20run", [0]),
        ("tag=night+run&status=200", [0]),
        ("since=2020-01-01", [3, 2, 1, 0]),
        ("since=2020-01-01T00:00:00Z&limit=3", [3, 2, 1]),
        ("since=2999-01-01", []),
        ("limit=1", [3]),
        ("app=nobody", []),
        ("tag=none", []),
    ],
)
def test_requests_are_filtered(asked, query, expected):
    places = {row["id"]: place for place, row in enumerate(asked.rows())}
    answer = asked.control("GET", "/requests?" + query)
    assert answer.status == 200, answer.body
    assert [places[row["id"]] for row in answer.json()["requests"]] == expected


def test_requests_after_a_page(asked):
    ids = [row["id"] for row in asked.rows()][::-1]
    answer = asked.control("GET", f"/requests?limit=2&before={ids[0]}")
    assert [row["id"] for row in answer.json()["requests"]] == ids[1:3]


@pytest.mark.parametrize(
    "path,named",
    [
        ("/requests?ap=editor", '"ap"'),
        ("/requests?provider=one&moon=1", '"moon"'),
        ("/requests?app=", "app"),
        ("/requests?outcome=moon", 'outcome is "moon"'),
        ("/requests?status=42", 'status is "42"'),
        ("/requests?status=ok", 'status is "ok"'),
        ("/requests?limit=0", 'limit is "0"'),
        ("/requests?limit=1001", 'limit is "1001"'),
        ("/requests?limit=-1", 'limit is "-1"'),
        ("/requests?limit=10x", 'limit is "10x"'),
        ("/requests?since=yesterday", 'since is "yesterday"'),
        ("/requests?before=yesterday", 'before is "yesterday"'),
        ("/requests?limit", "limit"),
        ("/requests?tag=%ff", "tag=%FF"),
        ("/spend?by=moon", 'by is "moon"'),
        ("/spend?since=moon", 'since is "moon"'),
        ("/spend?until=2026-01-01", '"until"'),
    ],
)
def test_question_that_is_not_understood(asked, path, named):
    answer = asked.control("GET", path)
    assert answer.status == 400 and answer.error_code() == "bad_request"
    assert named in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path,member,named",
    [
        ("/v1/models/mock/ok", "id", "mock/ok"),
        ("/v1/models/mock%2Fok", "id", "mock/ok"),
        ("/v1/models/claude-local/mock/ok", "id", "mock/ok"),
        ("/v1/models/demo/demo", "id", "demo/demo"),
        ("/v1/models/mock/ok", "display_name", "mock/ok"),
        ("/v1beta/models/mock/ok", "name", "models/mock/ok"),
    ],
)
def test_addressed_model_is_there(wayfare, path, member, named):
    headers = {"anthropic-version": "2023-06-01"} if member == "display_name" else {}
    answer = wayfare.request("GET", path, headers=headers)
    assert answer.status == 200 and answer.json()[member] == named


def test_addressed_model_is_not_there(wayfare, guarded):
    wait_for(lambda: b'"ok"' in wayfare.request("GET", "/v1/models").body, "the mock's models")
    for name in ("mock/nothing", "demo/nothing", "nobody/ok", "mock/"):
        assert wayfare.request("GET", "/v1/models/" + name).status == 404
    forbidden = guarded.request("GET", "/v1/models/mock/ok", headers={"Authorization": "Bearer " + TOKEN})
    assert forbidden.status == 404


@pytest.mark.parametrize(
    "method,path,status,code",
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("GET", "/v1/models/none", 404, "model_not_found"),
        ("GET", CHAT, 405, "method_not_allowed"),
        ("DELETE", "/v1/models", 405, "method_not_allowed"),
    ],
)
def test_unknown_is_json(wayfare, method, path, status, code):
    answer = wayfare.request(method, path)
    assert answer.status == status and answer.error_code() == code


@pytest.mark.parametrize(
    "method,path",
    [
        ("POST", "/v1/chat/completions/"),
        ("POST", "//v1//chat/completions"),
        ("POST", "/v1/messages/"),
        ("POST", "/v1/messages//count_tokens"),
        ("POST", "/v1/responses/"),
        ("POST", "/api/chat/"),
        ("POST", "/v1beta//models/mock/ok:generateContent/"),
        ("GET", "/v1//models/"),
        ("GET", "/api/tags/"),
        ("GET", "//health/"),
    ],
)
def test_slashes_too_many(wayfare, method, path):
    members = {"input": "x", "contents": [{"parts": [{"text": "x"}]}], "max_tokens": 9}
    body = None if method == "GET" else {**chat_body("mock/ok"), **members}
    assert wayfare.request(method, path, body).status == 200


@pytest.mark.parametrize(
    "method,path,allow",
    [
        ("GET", CHAT, "POST"),
        ("DELETE", "/v1/models", "GET, HEAD"),
        ("PUT", "/v1/responses", "POST, GET, HEAD"),
        ("OPTIONS", "/health", "GET, HEAD"),
    ],
)
def test_wrong_method_is_told_the_right_ones(wayfare, method, path, allow):
    answer = wayfare.request(method, path)
    assert answer.status == 405 and answer.headers["allow"] == allow


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model":1}', b'{"messages":[]}', b'{"model":"a"} x'])
def test_malformed_body(wayfare, body):
    answer = wayfare.request("POST", CHAT, body)
    assert answer.status == 400 and answer.error_code() == "bad_request", answer.body


def test_body_too_large_by_its_length(wayfare):
    head = (
        "POST /v1/chat/completions HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
        f"Content-Length: {SIXTY_FOUR_MIB + 1}"
    )
    assert raw_exchange(wayfare.port, head).startswith(b"HTTP/1.1 413 ")


def test_body_too_large_as_it_comes(wayfare):
    """No length stated: refused where the limit is passed, not when the client is done."""
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    piece = b"%x\r\n%s\r\n" % (1 << 20, b" " * (1 << 20))
    refused = b""
    with socket.create_connection(("127.0.0.1", wayfare.port), 10) as client:
        client.sendall(head)
        try:
            for _ in range(80):
                client.sendall(piece)
        except ConnectionError:
            pass
        try:
            refused = client.recv(4096)
        except ConnectionError:
            pass
    assert refused == b"" or refused.startswith(b"HTTP/1.1 413 ")
    assert wayfare.request("GET", "/health").status == 200


def test_too_many_headers(wayfare):
    head = "GET /health HTTP/1.1\nHost: localhost\n" + "\n".join(f"X-H{n}: 1" for n in range(200))
    assert raw_exchange(wayfare.port, head).split(b" ")[1] in (b"413", b"431", b"400")


def test_head_too_long(wayfare):
    head = "GET /health HTTP/1.1\nHost: localhost\nX-Long: " + "a" * (1 << 20)
    data = raw_exchange_or_reset(wayfare.port, head)
    assert not data.startswith(b"HTTP/1.1 200 ")
    assert wayfare.request("GET", "/health").status == 200


def raw_exchange_or_reset(port, head):
    try:
        return raw_exchange(port, head)
    except ConnectionError:
        return b""


# ---- endpoints -------------------------------------------------------------------------------


def test_models_lists_routes_and_what_providers_have(wayfare):
    def listed():
        return {m["id"] for m in wayfare.request("GET", "/v1/models").json()["data"]}

    assert "coder" in listed()
    wait_for(lambda: "drip" in listed(), "the mock's own models")
    one = wayfare.request("GET", "/v1/models/coder").json()
    assert one["id"] == "coder" and one["object"] == "model"


def test_demo_is_listed_once_and_answers():
    with Wayfare({"providers": [{"id": "demo", "kind": "demo"}]}) as wayfare:
        for _ in range(2):
            listed = [m["id"] for m in wayfare.request("GET", "/v1/models").json()["data"]]
            assert listed == ["demo"]
            answer = wayfare.chat("demo")
            assert answer.status == 200 and answer.headers["x-wayfare-locality"] == "local"


def test_paths_without_v1(wayfare):
    assert wayfare.request("POST", "/chat/completions", chat_body("coder")).status == 200
    assert wayfare.request("GET", "/models").status == 200


def test_dry_run_sends_nothing(wayfare, cloud):
    cloud.requests.clear()
    answer = wayfare.control("POST", "/route", {"model": "pair"})
    assert answer.status == 200
    assert [c["provider"] for c in answer.json()["candidates"]] == ["mock", "mock"]
    assert cloud.chats() == []


# ---- metrics ---------------------------------------------------------------------------------

ADMIN_TOKEN = "way_test_metrics_0123456789"


@pytest.fixture(name="metered", scope="module")
def fixture_metered(cloud):
    digest = hashlib.sha256(ADMIN_TOKEN.encode()).hexdigest()
    config = {
        "providers": [provider("mock", cloud.url), provider("far", cloud.url, locality="cloud")],
        "routes": [
            route("coder", ("mock", "ok")),
            route("pair", ("mock", "overloaded"), ("mock", "ok")),
        ],
        "apps": [{"id": "prometheus", "token_sha256": digest, "admin": True}],
    }
    with Wayfare(config) as wayfare:
        yield wayfare


def scrape(wayfare):
    """Every metric by its name, as Prometheus' own parser reads it."""
    answer = wayfare.request("GET", "/metrics", headers={"Authorization": "Bearer " + ADMIN_TOKEN})
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}
    assert all(family.type != "unknown" and family.documentation for family in families.values())
    return families


def value_of(families, name, sample="", **labels):
    """The sum of the samples with these labels; None if there is none."""
    found = [s.value for s in families[name].samples
             if s.name == name + sample and labels.items() <= s.labels.items()]
    return sum(found) if found else None


def test_metrics_need_an_admin(metered):
    assert metered.request("GET", "/metrics").status == 401


def test_metrics_count_what_happened(metered):
    for model, stream in [("coder", False), ("coder", True), ("pair", False), ("far/ok", False)]:
        assert metered.chat(model, stream=stream).status == 200
    odd = 'no "such" \\model'
    assert metered.chat(odd).status == 404
    found = scrape(metered)
    assert value_of(found, "wayfare_requests", "_total", outcome="done", provider="mock", model="ok") == 3
    assert value_of(found, "wayfare_requests", "_total", outcome="refused") == 1
    assert value_of(found, "wayfare_attempts", "_total", verdict="failed", model="overloaded") == 1
    assert value_of(found, "wayfare_fallbacks", "_total") == 1
    assert value_of(found, "wayfare_cost_usd", "_total", provider="mock") == 0
    assert value_of(found, "wayfare_cost_usd", "_total", provider="far") is None
    assert value_of(found, "wayfare_unknown_cost_requests", "_total", provider="far") == 1
    assert value_of(found, "gen_ai_server_request_duration_seconds", "_count",
                    gen_ai_request_model="coder", gen_ai_operation_name="chat") == 2
    assert value_of(found, "gen_ai_client_token_usage", "_sum", gen_ai_token_type="output") > 0
    assert value_of(found, "wayfare_requests_in_flight") == 0
    assert odd not in {value for f in found.values() for s in f.samples for value in s.labels.values()}


def test_metrics_are_consistent(metered):
    """Buckets grow, the last one is the count, and what nobody knows has no sample."""
    assert metered.chat("coder").status == 200
    found = scrape(metered)
    histograms = [family for family in found.values() if family.type == "histogram"]
    assert len(histograms) == 3
    for family in histograms:
        series = {}
        for sample in family.samples:
            labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            series.setdefault((labels, sample.name), []).append(sample)
        for (labels, name), samples in series.items():
            if name.endswith("_bucket"):
                values = [sample.value for sample in samples]
                bounds = [float(sample.labels["le"]) for sample in samples]
                assert values == sorted(values) and bounds == sorted(set(bounds))
                assert bounds[-1] == float("inf")
                assert values[-1] == series[labels, family.name + "_count"][0].value
    assert value_of(found, "wayfare_provider_up", provider="mock") == 1
    assert value_of(found, "wayfare_build_info") == 1
    assert 0 < value_of(found, "process_open_fds") < 1000
    assert value_of(found, "process_resident_memory_bytes") > 1 << 20
    assert abs(value_of(found, "process_start_time_seconds") - time.time()) < 600


def test_unknown_reach_has_no_sample(cloud):
    digest = hashlib.sha256(ADMIN_TOKEN.encode()).hexdigest()
    config = {
        "providers": [provider("idle", cloud.url, enabled=False)],
        "apps": [{"id": "prometheus", "token_sha256": digest, "admin": True}],
    }
    with Wayfare(config) as wayfare:
        found = scrape(wayfare)
        assert value_of(found, "wayfare_provider_up", provider="idle") is None
        assert value_of(found, "wayfare_fallbacks", "_total") == 0


# ---- the faces that other families of clients look at ------------------------------------------


def test_models_in_each_shape(wayfare):
    def get(path, **headers):
        answer = wayfare.request("GET", path, headers=headers)
        assert answer.status == 200, path
        return answer.json()

    assert "coder" in [model["id"] for model in get("/v1/models")["data"]]
    page = get("/v1/models?limit=1000", **{"anthropic-version": "2023-06-01"})
    assert "claude-local/coder" in [model["id"] for model in page["data"]]
    assert page["first_id"] == page["data"][0]["id"] and page["has_more"] is False
    assert "coder" in [model["model"] for model in get("/api/tags")["models"]]
    assert "models/coder" in [model["name"] for model in get("/v1beta/models")["models"]]
    assert get("/v1beta/models/coder")["displayName"] == "coder"
    shown = wayfare.request("POST", "/api/show", {"model": "coder"}).json()
    assert shown["model_info"]["wayfare.context_length"] > 0 and "tools" in shown["capabilities"]
    assert tuple(map(int, get("/api/version")["version"].split("."))) >= (0, 6, 4)


def test_names_for_claude_are_routed(wayfare):
    answer = wayfare.chat("claude-local/coder")
    assert (answer.status, answer.headers["x-wayfare-model"]) == (200, "ok")


def test_root_and_websocket(wayfare):
    assert wayfare.request("GET", "/").body == b"Ollama is running"
    upgrade = wayfare.request("GET", "/v1/responses", headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert (upgrade.status, upgrade.headers["upgrade"]) == (426, "HTTP/1.1")
