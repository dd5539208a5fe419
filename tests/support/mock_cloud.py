#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""A provider that speaks OpenAI's chat dialect and misbehaves on demand.

The model's name chooses what happens: every coroutine below marked @behaviour is a model of that
name, and /v1/models lists them. Raw sockets and the standard library only, because a proper HTTP
library would refuse to be this rude.

As a program it prints its address and serves until killed; GET /control/requests tells what it
saw. In a test:

    with MockCloud() as cloud:
        … a call to cloud.url + "/v1" with "model": "stall-stream" …
        assert cloud.requests[0].left_at is not None
"""

import asyncio
import dataclasses
import json
import socket
import struct
import sys
import threading
import time

WORDS = ["Hello", " from", " the", " cloud", "."]
USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": len(WORDS),
    "total_tokens": 12 + len(WORDS),
    "prompt_tokens_details": {"cached_tokens": 4},
}
RETRY_AFTER_S = 7
MAX_BODY_BYTES = 128 * 1024 * 1024

BEHAVIOURS = {}


def behaviour(name):
    def register(function):
        BEHAVIOURS[name] = function
        return function

    return register


@dataclasses.dataclass
class Request:
    """What arrived, byte for byte, and how it went on. Times are time.monotonic()."""

    method: str
    path: str
    headers: list  # (name as sent, value), in order
    body: bytes
    arrived_at: float
    left_at: float = None  # the client closed before the answer was complete
    finished_at: float = None  # the answer, however bad, was sent to its end

    def header(self, name):
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def json(self):
        try:
            return json.loads(self.body) if self.body else {}
        except ValueError:
            return {}


class Reply:
    """The writing half of one exchange."""

    def __init__(self, request, writer):
        self.request = request
        self.writer = writer
        self.streamed = bool(request.json().get("stream"))
        self.model = request.json().get("model", "")

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status, headers):
        lines = [f"HTTP/1.1 {status} Mocked"] + [f"{n}: {v}" for n, v in headers]
        await self.send("\r\n".join(lines + ["", ""]).encode())

    async def whole(self, status, body, content_type="application/json", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.head(
            status, [("Content-Type", content_type), ("Content-Length", len(data)), *headers]
        )
        await self.send(data)

    async def begin_stream(self):
        await self.head(200, [("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")])

    async def chunk(self, data):
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def event(self, value):
        text = value if isinstance(value, str) else json.dumps(value)
        await self.chunk(f"data: {text}\n\n".encode())

    async def word(self, text):
        await self.event(self.delta({"content": text}))

    async def end_stream(self):
        await self.send(b"0\r\n\r\n")

    def delta(self, delta, finish_reason=None):
        return {
            "id": "chatcmpl-mock",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": self.model + "-2026",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }

    def completion(self):
        return {
            "id": "chatcmpl-mock",
            "object": "chat.completion",
            "created": 1700000000,
            "model": self.model + "-2026",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "".join(WORDS)},
                    "finish_reason": "stop",
                }
            ],
            "usage": USAGE,
        }

    def abort(self):
        """Closes with a reset instead of an orderly end."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.writer.transport.abort()


def error(message, kind="server_error", code=None):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


# ---- behaviours: model name → what the caller gets ------------------------------------------


@behaviour("ok")
async def answer(reply, pause_s=0.0):
    if not reply.streamed:
        return await reply.whole(200, reply.completion())
    await reply.begin_stream()
    await reply.event(reply.delta({"role": "assistant", "content": ""}))
    for word in WORDS:
        await reply.word(word)
        await asyncio.sleep(pause_s)
    await reply.event(reply.delta({}, "stop"))
    options = reply.request.json().get("stream_options") or {}
    if options.get("include_usage"):
        await reply.event({**reply.delta({}), "choices": [], "usage": USAGE})
    await reply.event("[DONE]")
    return await reply.end_stream()


@behaviour("drip")
async def drip(reply):
    """Everything is right, only slow."""
    if reply.streamed:
        return await answer(reply, 0.1)
    data = json.dumps(reply.completion()).encode()
    await reply.head(200, [("Content-Type", "application/json"), ("Content-Length", len(data))])
    for start in range(0, len(data), 32):
        await reply.send(data[start:start + 32])
        await asyncio.sleep(0.02)


@behaviour("paced")
async def paced(reply):
    """A long stream: 50 words a second until the client has had enough."""
    await reply.begin_stream()
    while True:
        await reply.word("word ")
        await asyncio.sleep(0.02)


@behaviour("reset")
async def reset(reply):
    reply.abort()


@behaviour("close")
async def close(reply):
    """An orderly end instead of an answer."""
    reply.writer.close()


@behaviour("stall-head")
async def stall_head(reply):
    await asyncio.Event().wait()


@behaviour("stall-stream")
async def stall_stream(reply):
    if reply.streamed:
        await reply.begin_stream()
        await reply.word(WORDS[0])
    else:
        await reply.head(200, [("Content-Type", "application/json"), ("Content-Length", 1000)])
        await reply.send(b'{"id":')
    await asyncio.Event().wait()


@behaviour("truncate")
async def truncate(reply):
    """Less than was promised, then an orderly close."""
    if reply.streamed:
        await reply.begin_stream()
        await reply.word(WORDS[0])
        await reply.word(WORDS[1])
    else:
        data = json.dumps(reply.completion()).encode()
        await reply.head(200, [("Content-Type", "application/json"), ("Content-Length", len(data))])
        await reply.send(data[: len(data) // 2])
    reply.writer.close()


@behaviour("truncate-reset")
async def truncate_reset(reply):
    await reply.begin_stream()
    await reply.word(WORDS[0])
    await asyncio.sleep(0.05)
    reply.abort()


@behaviour("no-done")
async def no_done(reply):
    """HTTP ends as it should, the dialect does not: no finish reason, no [DONE]."""
    await reply.begin_stream()
    await reply.word(WORDS[0])
    await reply.end_stream()


@behaviour("garbage")
async def garbage(reply):
    """Not HTTP."""
    await reply.send(b"\x00\xff\x13\x37 what is this \r\n\r\n" * 20)
    reply.writer.close()


@behaviour("garbage-json")
async def garbage_json(reply):
    """HTTP, but no JSON in it."""
    if reply.streamed:
        await reply.begin_stream()
        await reply.event("{oops")
        await reply.end_stream()
    else:
        await reply.whole(200, b"{oops")


@behaviour("rate-limit")
async def rate_limit(reply):
    await reply.whole(
        429,
        error("Rate limit reached for mock", "requests", "rate_limit_exceeded"),
        headers=[("Retry-After", RETRY_AFTER_S)],
    )


@behaviour("quota")
async def quota(reply):
    await reply.whole(429, error("You exceeded your quota", "insufficient_quota", "insufficient_quota"))


@behaviour("overloaded")
async def overloaded(reply):
    await reply.whole(529, error("Overloaded", "overloaded_error"))


@behaviour("error-html")
async def error_html(reply):
    page = b"<html><body><h1>500 Internal Server Error</h1><hr>nginx</body></html>"
    await reply.whole(500, page, "text/html")


@behaviour("busy-html")
async def busy_html(reply):
    """A proxy in between limits the rate."""
    page = b"<html><body><h1>429 Too Many Requests</h1></body></html>"
    await reply.whole(429, page, "text/html", headers=[("Retry-After", RETRY_AFTER_S)])


@behaviour("busy-text")
async def busy_text(reply):
    await reply.whole(503, b"model is loading\n", "text/plain", headers=[("Retry-After", RETRY_AFTER_S)])


@behaviour("too-long")
async def too_long(reply):
    words = "This model's maximum context length is 8192 tokens"
    await reply.whole(400, error(words, "invalid_request_error", "context_length_exceeded"))


@behaviour("bad-request")
async def bad_request(reply):
    await reply.whole(400, error("Unsupported value: 'temperature'", "invalid_request_error"))


@behaviour("bad-key")
async def bad_key(reply):
    await reply.whole(401, error("Incorrect API key provided", "invalid_request_error", "invalid_api_key"))


@behaviour("wrong-type")
async def wrong_type(reply):
    """A captive portal: 200, and a web page."""
    await reply.whole(200, b"<html><body>Please log in</body></html>", "text/html")


@behaviour("endless")
async def endless(reply):
    """A body without end and without a line break."""
    await reply.head(200, [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")])
    filler = b"[" + b" " * 262143
    while True:
        await reply.chunk(filler)
        filler = b" " * 262144


@behaviour("error-event")
async def error_event(reply):
    """200, a word, then an error as an event of the stream."""
    await reply.begin_stream()
    await reply.word(WORDS[0])
    await reply.event(error("The model crashed", "server_error"))
    await reply.end_stream()


# ---- the server ------------------------------------------------------------------------------


async def read_chunked(reader):
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return body


async def read_request(reader, writer):
    """The next request of a connection, or None when there is none."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = [tuple(p.strip() for p in line.split(":", 1)) for line in lines[1:] if line]
    request = Request(method, path, headers, b"", time.monotonic())
    if request.header("expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.header("transfer-encoding"):
        request.body = await read_chunked(reader)
    else:
        request.body = await reader.readexactly(int(request.header("content-length") or 0))
    return request


class MockCloud:
    """The server, on a thread of its own while used in a with statement. Port 0 picks one."""

    def __init__(self, port=0, lists_models=True):
        self.lists_models = lists_models
        self.port = port
        self.requests = []
        self.connections = 0
        self._mode = None  # overrides the model's name
        self._loop = asyncio.new_event_loop()
        self._thread = None
        self._server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def set_mode(self, name):
        """Every chat from now on behaves so, whatever its model; None undoes it."""
        if name is not None and name not in BEHAVIOURS:
            raise KeyError(name)
        self._mode = name

    def chats(self):
        return [r for r in self.requests if r.path.endswith("/chat/completions")]

    async def start(self):
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=MAX_BODY_BYTES, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while not writer.is_closing():
                request = await read_request(reader, writer)
                if request is None:
                    break
                await self._exchange(request, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _exchange(self, request, reader, writer):
        """Answers, and watches meanwhile for the client to leave."""
        self.requests.append(request)
        watch = asyncio.ensure_future(reader.read(1))
        work = asyncio.ensure_future(self._answer(Reply(request, writer)))
        await asyncio.wait({watch, work}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            request.left_at = time.monotonic()
            writer.transport.abort()
        for task in (watch, work):
            task.cancel()
        outcome = (await asyncio.gather(watch, work, return_exceptions=True))[1]
        if isinstance(outcome, ConnectionError):
            request.left_at = request.left_at or time.monotonic()
            raise outcome
        if outcome is None:
            request.finished_at = time.monotonic()

    async def _answer(self, reply):
        path = reply.request.path.split("?")[0]
        if path.endswith("/models") and not self.lists_models:
            return await reply.whole(200, {"hello": "I am no list"})
        if path.endswith("/models"):
            rows = [{"id": n, "object": "model", "created": 0, "owned_by": "mock"} for n in BEHAVIOURS]
            return await reply.whole(200, {"object": "list", "data": rows})
        if path == "/control/requests":
            return await reply.whole(200, [self._describe(r) for r in self.requests])
        if path.endswith("/chat/completions"):
            name = self._mode or reply.model
            if name in BEHAVIOURS:
                return await BEHAVIOURS[name](reply)
            return await reply.whole(404, error(f"The model '{name}' does not exist", code="model_not_found"))
        return await reply.whole(404, error(f"Unknown path {path}", "invalid_request_error"))

    @staticmethod
    def _describe(request):
        return {**dataclasses.asdict(request), "body": request.body.decode("utf-8", "replace")}

    def __enter__(self):
        self._loop.run_until_complete(self.start())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _stop(self):
        self._server.close()
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def closed_port():
    """A port on loopback where nobody listens: a connection is refused at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def serve_forever():
    cloud = MockCloud(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    await cloud.start()
    print(cloud.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve_forever())
