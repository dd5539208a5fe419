# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The misbehaving cloud misbehaves as told: seen by a client that is nothing but a socket."""

import json
import socket
import time

import pytest

from mock_cloud import BEHAVIOURS, RETRY_AFTER_S, MockCloud, closed_port


@pytest.fixture(name="cloud")
def fixture_cloud():
    with MockCloud() as cloud:
        yield cloud


def send_chat(cloud, model, stream=False, **members):
    body = json.dumps({"model": model, "stream": stream, "messages": [], **members}).encode()
    client = socket.create_connection(("127.0.0.1", cloud.port), 5)
    client.sendall(
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: mock\r\nX-Case: Kept\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    return client


def receive(client, until, limit_s=5):
    """Everything up to and with UNTIL, or to the end of the connection when UNTIL is None."""
    client.settimeout(limit_s)
    data = b""
    while until is None or until not in data:
        piece = client.recv(65536)
        if not piece:
            break
        data += piece
    return data


def wait_for(condition, limit_s=2):
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.005)


def test_ok(cloud):
    with send_chat(cloud, "ok") as client:
        data = receive(client, b'"total_tokens": 17')
    assert data.startswith(b"HTTP/1.1 200 ")
    assert b"Hello from the cloud." in data and b'"cached_tokens": 4' in data


def test_ok_streamed_with_usage(cloud):
    with send_chat(cloud, "ok", True, stream_options={"include_usage": True}) as client:
        data = receive(client, b"0\r\n\r\n")
    assert data.count(b"data: ") == 9
    assert b'"total_tokens": 17' in data and data.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


def test_ok_streamed_without_usage(cloud):
    with send_chat(cloud, "ok", True) as client:
        assert b"usage" not in receive(client, b"0\r\n\r\n")


def test_connection_is_kept(cloud):
    body = b'{"model":"ok"}'
    request = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with socket.create_connection(("127.0.0.1", cloud.port), 5) as client:
        for _ in range(3):
            client.sendall(request)
            assert b"Hello" in receive(client, b'"total_tokens": 17')
    assert cloud.connections == 1 and len(cloud.chats()) == 3


def test_records_bytes_and_headers(cloud):
    body = b'{"model":"ok", "n":1.10,"n":1e400}'
    with socket.create_connection(("127.0.0.1", cloud.port), 5) as client:
        client.sendall(
            b"POST /v1/chat/completions HTTP/1.1\r\nX-Odd: A  b\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"4\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (body[:4], len(body) - 4, body[4:])
        )
        receive(client, b"Hello")
    assert cloud.requests[0].body == body
    assert cloud.requests[0].headers[0] == ("X-Odd", "A  b")


@pytest.mark.parametrize(
    "model,status",
    [("rate-limit", 429), ("quota", 429), ("overloaded", 529), ("error-html", 500),
     ("bad-request", 400), ("bad-key", 401), ("nobody", 404)],
)
def test_statuses(cloud, model, status):
    with send_chat(cloud, model) as client:
        data = receive(client, b"\r\n\r\n")
    assert data.startswith(b"HTTP/1.1 %d " % status)
    assert (b"Retry-After: %d" % RETRY_AFTER_S in data) == (model == "rate-limit")


def test_reset(cloud):
    with send_chat(cloud, "reset") as client, pytest.raises(ConnectionResetError):
        receive(client, None)


@pytest.mark.parametrize("model", ["close", "truncate", "no-done", "garbage"])
@pytest.mark.parametrize("stream", [False, True])
def test_never_a_done(cloud, model, stream):
    with send_chat(cloud, model, stream) as client:
        data = receive(client, b"0\r\n\r\n" if model == "no-done" else None)
    assert b"[DONE]" not in data and b"cloud." not in data


@pytest.mark.parametrize("model,shown", [("stall-head", b""), ("stall-stream", b"Hello")])
def test_stalls_until_the_client_leaves(cloud, model, shown):
    with send_chat(cloud, model, True) as client:
        if shown:
            assert shown in receive(client, shown)
        with pytest.raises(TimeoutError):
            receive(client, None, 0.2)
        assert cloud.requests[0].left_at is None
    wait_for(lambda: cloud.requests[0].left_at is not None)
    assert cloud.requests[0].finished_at is None


def test_endless_stops_when_the_client_leaves(cloud):
    with send_chat(cloud, "endless") as client:
        received = 0
        while received < 1000000:
            received += len(client.recv(65536))
    wait_for(lambda: cloud.requests[0].left_at is not None)


def test_mode_overrides_the_model(cloud):
    cloud.set_mode("overloaded")
    with send_chat(cloud, "ok") as client:
        assert b" 529 " in receive(client, b"\r\n")
    with pytest.raises(KeyError):
        cloud.set_mode("polite")


def test_lists_its_models(cloud):
    with socket.create_connection(("127.0.0.1", cloud.port), 5) as client:
        client.sendall(b"GET /v1/models HTTP/1.1\r\n\r\n")
        data = receive(client, b"]}")
    assert {m["id"] for m in json.loads(data.split(b"\r\n\r\n")[1])["data"]} == set(BEHAVIOURS)


def test_closed_port_refuses():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", closed_port()), 1)
