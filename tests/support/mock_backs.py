# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Providers of every dialect that all say the same: one server, a path for each dialect.

The model's name chooses what is said (see SCENES), in the words and crumbs that real providers of the
dialect use. Each request is read as the provider would read it, by read_*(), into a Seen, so that a
test compares what five dialects were told. A conversation that brings a tool's result gets AFTER_TOOL
as the answer."""

import dataclasses
import http.server
import json
import threading

TEXT = "Grüße, \"世界\" 👋\n— done."
THOUGHT = "Let me think: 1 + 1."
AFTER_TOOL = "It is 22 degrees."
SIGNATURE = "c2lnbmF0dXJl+//+"
WEATHER = ("get_weather", {"city": "Köln", "days": 2})
CLOCK = ("get_time", {})


@dataclasses.dataclass
class Scene:
    """One answer in neutral words."""

    text: str = ""
    thought: str = ""
    calls: tuple = ()
    finish: str = "stop"  # stop, length, tools
    # What was asked and given: 12 tokens read anew, 8 from the cache, 7 written, 3 of them thought.
    fresh: int = 12
    cached: int = 8
    output: int = 7
    thinking: int = 0
    is_cut: bool = False  # a stream breaks off in its middle


SCENES = {
    "text": Scene(text=TEXT),
    "thought": Scene(text=TEXT, thought=THOUGHT, thinking=3),
    "tool": Scene(text="I look.", calls=(WEATHER,), finish="tools"),
    "parallel": Scene(calls=(WEATHER, CLOCK), finish="tools"),
    "length": Scene(text="Cut o", finish="length"),
    "json": Scene(text='{"answer": "yes"}'),
    "after-tool": Scene(text=AFTER_TOOL),
    # Who counts as it goes is behind the words.
    "cut": Scene(text="A long story. " * 40, output=2, is_cut=True),
}


@dataclasses.dataclass
class Seen:
    """A request as its provider understands it."""

    path: str
    headers: dict
    body: dict
    system: list = dataclasses.field(default_factory=list)
    texts: list = dataclasses.field(default_factory=list)  # of the user
    images: list = dataclasses.field(default_factory=list)  # (media type, base64) or (None, URL)
    results: list = dataclasses.field(default_factory=list)  # (call id or name, text)
    tools: list = dataclasses.field(default_factory=list)
    choice: str = None
    max_tokens: int = None
    stop: list = None
    temperature: float = None
    schema: dict = None


def crumbs(text, size=7):
    return [text[i : i + size] for i in range(0, len(text), size)]


def dump(value):
    return json.dumps(value, ensure_ascii=False)


def read_data_url(url):
    if not url.startswith("data:"):
        return (None, url)
    head, data = url[5:].split(",", 1)
    return (head.split(";")[0], data)


# ---- OpenAI chat completions -------------------------------------------------------------------


def texts_of(content, kinds=("text", "input_text", "output_text")):
    if content is None:
        return []
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content if part.get("type") in kinds]


def read_openai_chat(seen):
    body = seen.body
    for message in body["messages"]:
        role, content = message["role"], message.get("content")
        assert role in ("system", "developer", "user", "assistant", "tool"), role
        if role in ("system", "developer"):
            seen.system += texts_of(content)
        elif role == "tool":
            seen.results.append((message["tool_call_id"], "".join(texts_of(content))))
        elif role == "user":
            seen.texts += texts_of(content)
            for part in content if isinstance(content, list) else []:
                if part["type"] == "image_url":
                    seen.images.append(read_data_url(part["image_url"]["url"]))
        for call in message.get("tool_calls") or []:
            assert isinstance(json.loads(call["function"]["arguments"]), dict)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools", [])]
    choice = body.get("tool_choice")
    seen.choice = choice["function"]["name"] if isinstance(choice, dict) else choice
    seen.max_tokens = body.get("max_completion_tokens", body.get("max_tokens"))
    seen.stop, seen.temperature = body.get("stop"), body.get("temperature")
    form = body.get("response_format") or {}
    seen.schema = form.get("json_schema", {}).get("schema")


def usage_openai_chat(scene):
    return {
        "prompt_tokens": scene.fresh + scene.cached,
        "completion_tokens": scene.output,
        "total_tokens": scene.fresh + scene.cached + scene.output,
        "prompt_tokens_details": {"cached_tokens": scene.cached},
        "completion_tokens_details": {"reasoning_tokens": scene.thinking},
    }


OPENAI_FINISH = {"stop": "stop", "length": "length", "tools": "tool_calls"}


def whole_openai_chat(seen, scene):
    message = {"role": "assistant", "content": scene.text or None, "refusal": None}
    if scene.thought:
        message["reasoning_content"] = scene.thought
    if scene.calls:
        message["tool_calls"] = [
            {"id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": dump(arguments)}}
            for i, (name, arguments) in enumerate(scene.calls)
        ]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": OPENAI_FINISH[scene.finish]}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": seen.body["model"],
        "choices": [choice], "usage": usage_openai_chat(scene),
    }


def stream_openai_chat(seen, scene):
    def chunk(delta, finish=None, **more):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": seen.body["model"]}
        return sse({**head, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    for crumb in crumbs(scene.thought):
        yield chunk({"reasoning_content": crumb})
    for crumb in crumbs(scene.text):
        yield chunk({"content": crumb})
    for i, (name, arguments) in enumerate(scene.calls):
        first = {"index": i, "id": f"call_{i}", "type": "function", "function": {"name": name, "arguments": ""}}
        yield chunk({"tool_calls": [first]})
        for crumb in crumbs(dump(arguments)):
            yield chunk({"tool_calls": [{"index": i, "function": {"arguments": crumb}}]})
    yield chunk({}, OPENAI_FINISH[scene.finish])
    if seen.body.get("stream_options", {}).get("include_usage"):
        yield sse({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1,
                   "model": seen.body["model"], "choices": [], "usage": usage_openai_chat(scene)})
    yield "data: [DONE]\n\n"


# ---- OpenAI Responses --------------------------------------------------------------------------


def read_responses(seen):
    body = seen.body
    seen.system += [body["instructions"]] if body.get("instructions") else []
    items = body["input"]
    for item in [{"role": "user", "content": items}] if isinstance(items, str) else items:
        kind = item.get("type", "message")
        if kind == "message" and item["role"] in ("system", "developer"):
            seen.system += texts_of(item["content"])
        elif kind == "message" and item["role"] == "user":
            seen.texts += texts_of(item["content"])
            for part in item["content"] if isinstance(item["content"], list) else []:
                if part["type"] == "input_image":
                    seen.images.append(read_data_url(part["image_url"]))
        elif kind == "function_call":
            assert isinstance(json.loads(item["arguments"]), dict) and item["call_id"] and item["name"]
        elif kind == "function_call_output":
            output = item["output"]
            seen.results.append((item["call_id"], "".join(texts_of(output))))
        elif kind == "reasoning":
            assert item.get("encrypted_content", SIGNATURE) == SIGNATURE, "a signature of somebody else"
    seen.tools = [tool["name"] for tool in body.get("tools", []) if "name" in tool]
    choice = body.get("tool_choice")
    seen.choice = choice["name"] if isinstance(choice, dict) else choice
    seen.max_tokens, seen.temperature = body.get("max_output_tokens"), body.get("temperature")
    form = body.get("text", {}).get("format") or {}
    seen.schema = form.get("schema")


def items_responses(scene):
    items = []
    if scene.thought:
        items.append({"type": "reasoning", "id": "rs_1", "encrypted_content": SIGNATURE,
                      "summary": [{"type": "summary_text", "text": scene.thought}]})
    if scene.text:
        part = {"type": "output_text", "text": scene.text, "annotations": [], "logprobs": []}
        items.append({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]})
    for i, (name, arguments) in enumerate(scene.calls):
        items.append({"type": "function_call", "id": f"fc_{i}", "call_id": f"call_{i}", "name": name,
                      "arguments": dump(arguments), "status": "completed"})
    return items


def whole_responses(seen, scene, **members):
    usage = {
        "input_tokens": scene.fresh + scene.cached, "input_tokens_details": {"cached_tokens": scene.cached},
        "output_tokens": scene.output, "output_tokens_details": {"reasoning_tokens": scene.thinking},
        "total_tokens": scene.fresh + scene.cached + scene.output,
    }
    cut = scene.finish == "length"
    answer = {
        "id": "resp_1", "object": "response", "created_at": 1, "model": seen.body["model"],
        "status": "incomplete" if cut else "completed", "error": None, "instructions": None, "metadata": {},
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None, "parallel_tool_calls": True,
        "temperature": 1, "top_p": 1, "tools": [], "tool_choice": "auto", "output": items_responses(scene), "usage": usage,
    }
    return {**answer, **members}


def stream_responses(seen, scene):
    number = 0

    def event(kind, **members):
        nonlocal number
        number += 1
        return f"event: {kind}\n" + sse({"type": kind, "sequence_number": number - 1, **members})

    begun = whole_responses(seen, scene, status="in_progress", output=[], usage=None)
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    for index, item in enumerate(items_responses(scene)):
        place = {"output_index": index, "item_id": item["id"]}
        if item["type"] == "reasoning":
            yield event("response.output_item.added", output_index=index, item={**item, "summary": []})
            yield event("response.reasoning_summary_part.added", **place, summary_index=0,
                        part={"type": "summary_text", "text": ""})
            for crumb in crumbs(scene.thought):
                yield event("response.reasoning_summary_text.delta", **place, summary_index=0, delta=crumb)
            yield event("response.reasoning_summary_text.done", **place, summary_index=0, text=scene.thought)
        elif item["type"] == "message":
            yield event("response.output_item.added", output_index=index, item={**item, "content": []})
            yield event("response.content_part.added", **place, content_index=0,
                        part={"type": "output_text", "text": "", "annotations": []})
            for crumb in crumbs(scene.text):
                yield event("response.output_text.delta", **place, content_index=0, delta=crumb, logprobs=[])
            yield event("response.output_text.done", **place, content_index=0, text=scene.text, logprobs=[])
        else:
            yield event("response.output_item.added", output_index=index, item={**item, "arguments": ""})
            for crumb in crumbs(item["arguments"]):
                yield event("response.function_call_arguments.delta", **place, delta=crumb)
            yield event("response.function_call_arguments.done", **place, arguments=item["arguments"])
        yield event("response.output_item.done", output_index=index, item=item)
    whole = whole_responses(seen, scene)
    yield event("response." + whole["status"], response=whole)


# ---- Anthropic ---------------------------------------------------------------------------------


def read_anthropic(seen):
    body = seen.body
    assert seen.headers.get("anthropic-version"), "every request must have it"
    assert isinstance(body["max_tokens"], int)
    system = body.get("system", [])
    seen.system += texts_of(system)
    roles = [message["role"] for message in body["messages"]]
    assert roles[0] == "user" and all(a != b for a, b in zip(roles, roles[1:])), roles
    open_calls = []
    for message in body["messages"]:
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if message["role"] == "user":
            assert results == open_calls, "each call has its result right behind it, in order"
            open_calls = []
        for block in blocks:
            if block["type"] == "text" and message["role"] == "user":
                seen.texts.append(block["text"])
            elif block["type"] == "image":
                source = block["source"]
                seen.images.append((source.get("media_type"), source.get("data", source.get("url"))))
            elif block["type"] == "tool_use":
                assert isinstance(block["input"], dict) and block["id"].replace("_", "").replace("-", "").isalnum()
                open_calls.append(block["id"])
            elif block["type"] == "tool_result":
                seen.results.append((block["tool_use_id"], "".join(texts_of(block.get("content")))))
            elif block["type"] == "thinking":
                assert block["signature"] == SIGNATURE, "a signature of somebody else"
    seen.tools = [tool["name"] for tool in body.get("tools", [])]
    choice = body.get("tool_choice") or {}
    seen.choice = choice.get("name") or {"any": "required"}.get(choice.get("type"), choice.get("type"))
    seen.max_tokens, seen.temperature = body["max_tokens"], body.get("temperature")
    seen.stop = body.get("stop_sequences")
    form = body.get("output_config", {}).get("format") or body.get("output_format") or {}
    seen.schema = form.get("schema")


ANTHROPIC_FINISH = {"stop": "end_turn", "length": "max_tokens", "tools": "tool_use"}


def blocks_anthropic(scene):
    blocks = [{"type": "thinking", "thinking": scene.thought, "signature": SIGNATURE}] if scene.thought else []
    blocks += [{"type": "text", "text": scene.text}] if scene.text else []
    for i, (name, arguments) in enumerate(scene.calls):
        blocks.append({"type": "tool_use", "id": f"toolu_{i}", "name": name, "input": arguments})
    return blocks


def whole_anthropic(seen, scene):
    usage = {"input_tokens": scene.fresh, "cache_read_input_tokens": scene.cached,
             "cache_creation_input_tokens": 0, "output_tokens": scene.output}
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": seen.body["model"],
            "content": blocks_anthropic(scene), "stop_reason": ANTHROPIC_FINISH[scene.finish],
            "stop_sequence": None, "usage": usage}


def stream_anthropic(seen, scene):
    def event(kind, **members):
        return f"event: {kind}\n" + sse({"type": kind, **members})

    whole = whole_anthropic(seen, scene)
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    yield event("message_start", message=begun)
    yield event("ping")
    for index, block in enumerate(whole["content"]):
        empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}
        yield event("content_block_start", index=index, content_block={**block, **empty[block["type"]]})
        deltas = []
        if block["type"] == "text":
            deltas = [{"type": "text_delta", "text": crumb} for crumb in crumbs(block["text"])]
        elif block["type"] == "thinking":
            deltas = [{"type": "thinking_delta", "thinking": crumb} for crumb in crumbs(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": SIGNATURE})
        else:
            said = dump(block["input"]) if block["input"] else ""
            deltas = [{"type": "input_json_delta", "partial_json": crumb} for crumb in ["", *crumbs(said)]]
        for delta in deltas:
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    yield event("message_delta", delta={"stop_reason": whole["stop_reason"], "stop_sequence": None},
                usage={"output_tokens": scene.output})
    yield event("message_stop")


# ---- Gemini ------------------------------------------------------------------------------------


def read_gemini(seen):
    body = seen.body
    seen.system += texts_of_gemini(body.get("systemInstruction", {}))
    for content in body["contents"]:
        assert content.get("role") in ("user", "model"), content
        calls = [part for part in content["parts"] if "functionCall" in part]
        assert not calls or calls[0].get("thoughtSignature"), "the first call of a turn is signed"
        for part in content["parts"]:
            if "functionResponse" in part:
                answer = part["functionResponse"]
                seen.results.append((answer["name"], said_by_tool(answer["response"])))
            elif "inlineData" in part:
                data = part["inlineData"]  # the SDK spells its members in both ways
                seen.images.append((data.get("mimeType") or data["mime_type"], data["data"]))
            elif "functionCall" in part:
                assert isinstance(part["functionCall"].get("args", {}), dict)
            elif "text" in part and content["role"] == "user":
                seen.texts.append(part["text"])
    for tool in body.get("tools", []):
        seen.tools += [function["name"] for function in tool.get("functionDeclarations", [])]
    config = body.get("generationConfig", {})
    calling = body.get("toolConfig", {}).get("functionCallingConfig", {})
    modes = {"ANY": "required", "AUTO": "auto", "NONE": "none", None: None}
    seen.choice = (calling.get("allowedFunctionNames") or [modes[calling.get("mode")]])[0]
    seen.max_tokens, seen.temperature = config.get("maxOutputTokens"), config.get("temperature")
    seen.stop = config.get("stopSequences")
    seen.schema = config.get("responseJsonSchema") or config.get("responseSchema")


def texts_of_gemini(content):
    return [part["text"] for part in content.get("parts", []) if "text" in part]


def said_by_tool(response):
    for name in ("output", "result", "content"):
        if isinstance(response.get(name), str):
            return response[name]
    return dump(response)


GEMINI_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tools": "STOP"}


def whole_gemini(seen, scene, parts=None, last=True):
    if parts is None:
        parts = [{"text": scene.thought, "thought": True}] if scene.thought else []
        parts += [{"text": scene.text}] if scene.text else []
        parts += call_parts_gemini(scene)
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}}
    if last:
        candidate["finishReason"] = GEMINI_FINISH[scene.finish]
    usage = {"promptTokenCount": scene.fresh + scene.cached, "cachedContentTokenCount": scene.cached,
             "candidatesTokenCount": scene.output - scene.thinking, "thoughtsTokenCount": scene.thinking,
             "totalTokenCount": scene.fresh + scene.cached + scene.output}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model_of(seen), "responseId": "r1"}


def call_parts_gemini(scene):
    return [{"functionCall": {"name": name, "args": arguments}, "thoughtSignature": SIGNATURE}
            for name, arguments in scene.calls]


def stream_gemini(seen, scene):
    for crumb in crumbs(scene.thought):
        yield sse(whole_gemini(seen, scene, [{"text": crumb, "thought": True}], False))
    for crumb in crumbs(scene.text):
        yield sse(whole_gemini(seen, scene, [{"text": crumb}], False))
    yield sse(whole_gemini(seen, scene, call_parts_gemini(scene) or [{"text": ""}]))


# ---- Ollama ------------------------------------------------------------------------------------


def read_ollama(seen):
    body = seen.body
    for message in body["messages"]:
        if message["role"] == "system":
            seen.system.append(message["content"])
        elif message["role"] == "tool":
            seen.results.append((message.get("tool_name"), message["content"]))
        elif message["role"] == "user":
            seen.texts.append(message.get("content", ""))
            seen.images += [("image/png", image) for image in message.get("images", [])]
        for call in message.get("tool_calls", []):
            assert isinstance(call["function"]["arguments"], dict)
    seen.tools = [tool["function"]["name"] for tool in body.get("tools", [])]
    options = body.get("options", {})
    seen.max_tokens, seen.temperature = options.get("num_predict"), options.get("temperature")
    seen.stop = options.get("stop")
    seen.schema = body.get("format") if isinstance(body.get("format"), dict) else None


def line_ollama(seen, message, **members):
    return {"model": seen.body["model"], "created_at": "2026-01-01T00:00:00.000000Z",
            "message": {"role": "assistant", "content": "", **message}, "done": False, **members}


def end_ollama(scene):
    return {"done": True, "done_reason": "length" if scene.finish == "length" else "stop",
            "total_duration": 5, "load_duration": 1, "prompt_eval_count": scene.fresh + scene.cached,
            "prompt_eval_duration": 2, "eval_count": scene.output, "eval_duration": 2}


def calls_ollama(scene):
    return [{"function": {"name": name, "arguments": arguments}} for name, arguments in scene.calls]


def whole_ollama(seen, scene):
    message = {"content": scene.text}
    message.update({"thinking": scene.thought} if scene.thought else {})
    message.update({"tool_calls": calls_ollama(scene)} if scene.calls else {})
    return line_ollama(seen, message, **end_ollama(scene))


def stream_ollama(seen, scene):
    for crumb in crumbs(scene.thought):
        yield dump(line_ollama(seen, {"thinking": crumb})) + "\n"
    for crumb in crumbs(scene.text):
        yield dump(line_ollama(seen, {"content": crumb})) + "\n"
    for call in calls_ollama(scene):
        yield dump(line_ollama(seen, {"tool_calls": [call]})) + "\n"
    yield dump(line_ollama(seen, {}, **end_ollama(scene))) + "\n"


# ---- the server --------------------------------------------------------------------------------


@dataclasses.dataclass
class Back:
    read: object
    whole: object
    stream: object
    media_type: str = "text/event-stream"


BACKS = {
    "openai-chat": Back(read_openai_chat, whole_openai_chat, stream_openai_chat),
    "openai-responses": Back(read_responses, whole_responses, stream_responses),
    "anthropic": Back(read_anthropic, whole_anthropic, stream_anthropic),
    "gemini": Back(read_gemini, whole_gemini, stream_gemini),
    "ollama": Back(read_ollama, whole_ollama, stream_ollama, "application/x-ndjson"),
}


def sse(value):
    return f"data: {dump(value)}\n\n"


def dialect_of(path):
    for mark, name in (("/chat/completions", "openai-chat"), ("/responses", "openai-responses"),
                       ("/messages", "anthropic"), ("enerateContent", "gemini"), ("/api/chat", "ollama")):
        if mark in path:
            return name
    return None


def model_of(seen):
    if "model" in seen.body:
        return seen.body["model"]
    return seen.path.split("/models/")[1].split(":")[0]


def wants_stream(seen, dialect):
    if dialect == "gemini":
        return ":streamGenerateContent" in seen.path
    return seen.body.get("stream", dialect == "ollama")


# Embeddings: the same vector for each text, two tokens a text.
VECTOR = [0.5, -0.25]


def vectors_openai(body):
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [{"object": "embedding", "index": i, "embedding": VECTOR} for i in range(len(texts))]
    usage = {"prompt_tokens": 2 * len(texts), "total_tokens": 2 * len(texts)}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}


def vectors_ollama(body):
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    return {"model": body["model"], "embeddings": [VECTOR] * len(texts), "prompt_eval_count": 2 * len(texts)}


VECTORS = {"embeddings": vectors_openai, "embed": vectors_ollama}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this the second waits 40 ms for the client's kernel.
    disable_nagle_algorithm = True

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.rsplit("/", 1)[1] in VECTORS:
            self.answer(200, "application/json", dump(VECTORS[self.path.rsplit("/", 1)[1]](body)))
            return
        seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        dialect = dialect_of(self.path)
        try:
            BACKS[dialect].read(seen)
        except (AssertionError, KeyError, TypeError, ValueError) as fault:
            self.server.faults.append(f"{self.path}: {fault!r} in {body}")
            self.answer(400, "application/json", dump({"error": {"message": f"mock: {fault!r}"}}))
            return
        self.server.seen.append(seen)
        scene = SCENES["after-tool" if seen.results else model_of(seen)]
        if wants_stream(seen, dialect):
            stream = "".join(BACKS[dialect].stream(seen, scene))
            self.answer(200, BACKS[dialect].media_type, stream, scene.is_cut)
        else:
            self.answer(200, "application/json", dump(BACKS[dialect].whole(seen, scene)))

    def do_GET(self):
        self.answer(404, "application/json", "{}")

    def answer(self, status, media_type, text, is_cut=False):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if is_cut else data)
        self.close_connection = is_cut

    def log_message(self, *_):
        pass


class MockBacks:
    """The server, between __enter__ and __exit__."""

    def __init__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.seen = []
        self.server.faults = []
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def last(self):
        return self.server.seen[-1]

    def providers(self):
        """One for each dialect, by its name."""
        return [
            {"id": "openai-chat", "kind": "openai", "base_url": self.url + "/v1"},
            {"id": "openai-responses", "kind": "openai", "base_url": self.url + "/v1", "dialects": ["openai-responses"]},
            {"id": "anthropic", "kind": "anthropic", "base_url": self.url},
            {"id": "gemini", "kind": "gemini", "base_url": self.url},
            {"id": "ollama", "kind": "ollama", "base_url": self.url, "dialects": ["ollama"]},
            {"id": "azure", "kind": "azure-openai", "base_url": self.url},
        ]
