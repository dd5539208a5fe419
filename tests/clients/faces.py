# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The official Python SDKs, each asked the same thing in its own words and heard in the same neutral
ones. A face has a name and two calls: ask() puts a question, follow_up() brings the results of the
tools that the answer called."""

import dataclasses
import json

import anthropic
import google.genai
import ollama
import openai
from google.genai import types as gemini

SYSTEM = "Be brief."
QUESTION = "What is it like?"
WEATHER_SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city"],
}
TOOLS = [("get_weather", "The weather.", WEATHER_SCHEMA), ("get_time", "The time.", {"type": "object", "properties": {}})]
ANSWER_SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
TIMEOUT_S = 120  # the real models may share a core with a build


@dataclasses.dataclass
class Said:
    """An answer in neutral words."""

    text: str = ""
    thought: str = ""
    calls: list = dataclasses.field(default_factory=list)  # (name, arguments)
    finish: str = None  # stop, length, tools
    input: int = None  # cached or not
    cached: int = 0
    output: int = None
    turn: object = None  # as the SDK gives it, to be sent back
    headers: dict = None


@dataclasses.dataclass
class Question:
    """What to ask, and how."""

    model: str
    streamed: bool
    text: str = QUESTION
    tools: bool = False
    choice: str = None  # required, none, or a tool's name
    image: bool = False
    schema: bool = False
    settings: bool = False  # max tokens 50, temperature 0.5, stop at END


# ---- OpenAI chat completions -------------------------------------------------------------------


class OpenAIChat:
    name = "openai-chat"
    finishes = {"stop": "stop", "length": "length", "tool_calls": "tools"}

    def __init__(self, url):
        self.client = openai.OpenAI(base_url=url + "/v1", api_key="x", max_retries=0, timeout=TIMEOUT_S)

    def ask(self, question):
        content = question.text
        if question.image:
            url = f"data:image/png;base64,{PNG}"
            content = [{"type": "text", "text": question.text}, {"type": "image_url", "image_url": {"url": url}}]
        return self.send(question, [{"role": "system", "content": SYSTEM}, {"role": "user", "content": content}])

    def follow_up(self, question, said, results):
        calls = [(call["id"], call["function"]["name"]) for call in said.turn[-1]["tool_calls"]]
        answers = [{"role": "tool", "tool_call_id": i, "content": results[name]} for i, name in calls]
        return self.send(question, said.turn + answers)

    def options(self, question):
        options = {}
        if question.tools:
            options["tools"] = [
                {"type": "function", "function": {"name": n, "description": d, "parameters": s}} for n, d, s in TOOLS
            ]
        if question.choice in ("required", "none"):
            options["tool_choice"] = question.choice
        elif question.choice:
            options["tool_choice"] = {"type": "function", "function": {"name": question.choice}}
        if question.schema:
            options["response_format"] = {"type": "json_schema", "json_schema": {"name": "a", "schema": ANSWER_SCHEMA}}
        if question.settings:
            options.update(max_completion_tokens=50, temperature=0.5, stop=["END"])
        if question.streamed:
            options.update(stream=True, stream_options={"include_usage": True})
        return options

    def send(self, question, messages):
        raw = self.client.chat.completions.with_raw_response.create(
            model=question.model, messages=messages, **self.options(question)
        )
        answer = raw.parse()
        message, finish, usage = self.gather(answer) if question.streamed else self.whole(answer)
        calls = [(c["function"]["name"], json.loads(c["function"]["arguments"])) for c in message.get("tool_calls", [])]
        details = usage.prompt_tokens_details
        return Said(
            text=message["content"] or "", thought=message.pop("reasoning_content", None) or "", calls=calls,
            finish=self.finishes[finish], input=usage.prompt_tokens, output=usage.completion_tokens,
            cached=(details.cached_tokens if details else 0) or 0, turn=[*messages, message], headers=raw.headers,
        )

    @staticmethod
    def whole(answer):
        message = answer.choices[0].message.model_dump(exclude_none=True)
        return {"content": None, **message}, answer.choices[0].finish_reason, answer.usage

    @staticmethod
    def gather(stream):
        message, finish, usage, calls = {"role": "assistant", "content": None}, None, None, {}
        for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                finish = choice.finish_reason or finish
                delta = choice.delta.model_dump(exclude_none=True)
                for name in ("content", "reasoning_content"):
                    if delta.get(name):
                        message[name] = (message.get(name) or "") + delta[name]
                for call in delta.get("tool_calls", []):
                    known = calls.setdefault(call["index"], {"type": "function", "function": {"name": "", "arguments": ""}})
                    known.update({"id": call["id"]} if call.get("id") else {})
                    for name, text in call["function"].items():
                        known["function"][name] += text
        if calls:
            message["tool_calls"] = [calls[index] for index in sorted(calls)]
        return message, finish, usage


# ---- OpenAI Responses --------------------------------------------------------------------------


class OpenAIResponses:
    name = "openai-responses"

    def __init__(self, url):
        self.client = openai.OpenAI(base_url=url + "/v1", api_key="x", max_retries=0, timeout=TIMEOUT_S)

    def ask(self, question):
        content = [{"type": "input_text", "text": question.text}]
        if question.image:
            content.append({"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"})
        return self.send(question, [{"type": "message", "role": "user", "content": content}])

    def follow_up(self, question, said, results):
        calls = [(item["call_id"], item["name"]) for item in said.turn if item["type"] == "function_call"]
        answers = [{"type": "function_call_output", "call_id": i, "output": results[name]} for i, name in calls]
        return self.send(question, said.turn + answers)

    def options(self, question):
        options = {"instructions": SYSTEM, "store": False, "include": ["reasoning.encrypted_content"]}
        if question.tools:
            options["tools"] = [
                {"type": "function", "name": n, "description": d, "parameters": s, "strict": False} for n, d, s in TOOLS
            ]
        if question.choice in ("required", "none"):
            options["tool_choice"] = question.choice
        elif question.choice:
            options["tool_choice"] = {"type": "function", "name": question.choice}
        if question.schema:
            options["text"] = {"format": {"type": "json_schema", "name": "a", "schema": ANSWER_SCHEMA}}
        if question.settings:
            options.update(max_output_tokens=50, temperature=0.5)
        return options

    def send(self, question, items):
        options = self.options(question)
        if question.streamed:
            # The helper that gathers a stream takes only one that ends with "response.completed".
            stream = self.client.responses.create(model=question.model, input=items, stream=True, **options)
            answer, headers = list(stream)[-1].response, {}
        else:
            raw = self.client.responses.with_raw_response.create(model=question.model, input=items, **options)
            answer, headers = raw.parse(), raw.headers
        said = Said(input=answer.usage.input_tokens, output=answer.usage.output_tokens, headers=headers,
                    cached=answer.usage.input_tokens_details.cached_tokens)
        for item in answer.output:
            if item.type == "reasoning":
                said.thought += "".join(part.text for part in [*item.summary, *(item.content or [])])
            elif item.type == "message":
                said.text += "".join(part.text for part in item.content)
            else:
                said.calls.append((item.name, json.loads(item.arguments)))
        said.finish = "tools" if said.calls else {"completed": "stop", "incomplete": "length"}[answer.status]
        said.turn = items + [item.model_dump(exclude_none=True) for item in answer.output]
        return said


# ---- Anthropic ---------------------------------------------------------------------------------


class Anthropic:
    name = "anthropic"
    finishes = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tools"}

    def __init__(self, url):
        self.client = anthropic.Anthropic(base_url=url, api_key="x", max_retries=0, timeout=TIMEOUT_S)

    def ask(self, question):
        content = [{"type": "text", "text": question.text}]
        if question.image:
            source = {"type": "base64", "media_type": "image/png", "data": PNG}
            content.append({"type": "image", "source": source})
        return self.send(question, [{"role": "user", "content": content}])

    def follow_up(self, question, said, results):
        calls = [(block["id"], block["name"]) for block in said.turn[-1]["content"] if block["type"] == "tool_use"]
        answers = [{"type": "tool_result", "tool_use_id": i, "content": results[name]} for i, name in calls]
        return self.send(question, [*said.turn, {"role": "user", "content": answers}])

    def options(self, question):
        options = {"system": SYSTEM, "max_tokens": 50}
        if question.tools:
            options["tools"] = [{"name": n, "description": d, "input_schema": s} for n, d, s in TOOLS]
        if question.choice:
            named = {"type": "tool", "name": question.choice}
            options["tool_choice"] = {"required": {"type": "any"}, "none": {"type": "none"}}.get(question.choice, named)
        extra = {}
        if question.schema:
            extra["output_config"] = {"format": {"type": "json_schema", "schema": ANSWER_SCHEMA}}
        if question.settings:
            extra["temperature"] = 0.5
            options["stop_sequences"] = ["END"]
        return {**options, **({"extra_body": extra} if extra else {})}

    def send(self, question, messages):
        options = self.options(question)
        if question.streamed:
            with self.client.messages.stream(model=question.model, messages=messages, **options) as stream:
                answer, headers = stream.get_final_message(), {}
        else:
            raw = self.client.messages.with_raw_response.create(model=question.model, messages=messages, **options)
            answer, headers = raw.parse(), raw.headers
        usage = answer.usage
        cached = usage.cache_read_input_tokens or 0
        said = Said(finish=self.finishes[answer.stop_reason], input=usage.input_tokens + cached, cached=cached,
                    output=usage.output_tokens, headers=headers)
        for block in answer.content:
            if block.type == "thinking":
                said.thought += block.thinking
            elif block.type == "text":
                said.text += block.text
            else:
                said.calls.append((block.name, block.input))
        content = [block.model_dump(exclude_none=True) for block in answer.content]
        said.turn = [*messages, {"role": "assistant", "content": content}]
        return said


# ---- Gemini ------------------------------------------------------------------------------------


class Gemini:
    name = "gemini"
    finishes = {"STOP": "stop", "MAX_TOKENS": "length"}

    def __init__(self, url):
        options = gemini.HttpOptions(base_url=url, timeout=TIMEOUT_S * 1000)
        self.client = google.genai.Client(api_key="x", vertexai=False, http_options=options)

    def ask(self, question):
        parts = [gemini.Part(text=question.text)]
        if question.image:
            parts.append(gemini.Part(inline_data=gemini.Blob(mime_type="image/png", data=PNG)))
        return self.send(question, [gemini.Content(role="user", parts=parts)])

    def follow_up(self, question, said, results):
        calls = [part.function_call for part in said.turn[-1].parts if part.function_call]
        answers = [
            gemini.Part(function_response=gemini.FunctionResponse(
                id=call.id, name=call.name, response={"output": results[call.name]}))
            for call in calls
        ]
        return self.send(question, [*said.turn, gemini.Content(role="user", parts=answers)])

    def config(self, question):
        config = {"system_instruction": SYSTEM}
        if question.tools:
            functions = [
                gemini.FunctionDeclaration(name=n, description=d, parameters_json_schema=s) for n, d, s in TOOLS
            ]
            config["tools"] = [gemini.Tool(function_declarations=functions)]
            config["automatic_function_calling"] = gemini.AutomaticFunctionCallingConfig(disable=True)
        if question.choice:
            names = None if question.choice in ("required", "none") else [question.choice]
            mode = "NONE" if question.choice == "none" else "ANY"
            calling = gemini.FunctionCallingConfig(mode=mode, allowed_function_names=names)
            config["tool_config"] = gemini.ToolConfig(function_calling_config=calling)
        if question.schema:
            config.update(response_mime_type="application/json", response_json_schema=ANSWER_SCHEMA)
        if question.settings:
            config.update(max_output_tokens=50, temperature=0.5, stop_sequences=["END"])
        return gemini.GenerateContentConfig(**config)

    def send(self, question, contents):
        call = self.client.models.generate_content_stream if question.streamed else self.client.models.generate_content
        got = call(model=question.model, contents=contents, config=self.config(question))
        said, parts = Said(), []
        for chunk in got if question.streamed else [got]:
            candidate = chunk.candidates[0] if chunk.candidates else None
            for part in (candidate.content.parts or []) if candidate and candidate.content else []:
                parts.append(part)
                if part.function_call:
                    said.calls.append((part.function_call.name, part.function_call.args or {}))
                elif part.thought:
                    said.thought += part.text or ""
                else:
                    said.text += part.text or ""
            if candidate and candidate.finish_reason:
                said.finish = self.finishes[candidate.finish_reason.name]
            usage = chunk.usage_metadata
            if usage and usage.prompt_token_count is not None:
                said.input, said.cached = usage.prompt_token_count, usage.cached_content_token_count or 0
                said.output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
        said.finish = "tools" if said.calls else said.finish
        said.turn = [*contents, gemini.Content(role="model", parts=parts)]
        return said


# ---- Ollama ------------------------------------------------------------------------------------


class Ollama:
    name = "ollama"
    finishes = {"stop": "stop", "length": "length"}

    def __init__(self, url):
        self.client = ollama.Client(host=url, timeout=TIMEOUT_S)

    def ask(self, question):
        user = {"role": "user", "content": question.text, **({"images": [PNG]} if question.image else {})}
        return self.send(question, [{"role": "system", "content": SYSTEM}, user])

    def follow_up(self, question, said, results):
        calls = [call["function"]["name"] for call in said.turn[-1]["tool_calls"]]
        answers = [{"role": "tool", "tool_name": name, "content": results[name]} for name in calls]
        return self.send(question, said.turn + answers)

    def options(self, question):
        options = {}
        if question.tools:
            options["tools"] = [
                {"type": "function", "function": {"name": n, "description": d, "parameters": s}} for n, d, s in TOOLS
            ]
        if question.schema:
            options["format"] = ANSWER_SCHEMA
        if question.settings:
            options["options"] = {"num_predict": 50, "temperature": 0.5, "stop": ["END"]}
        return options

    def send(self, question, messages):
        got = self.client.chat(model=question.model, messages=messages, stream=question.streamed, **self.options(question))
        said, calls = Said(), []
        for chunk in got if question.streamed else [got]:
            said.text += chunk.message.content or ""
            said.thought += chunk.message.thinking or ""
            calls += [call.model_dump(exclude_none=True) for call in chunk.message.tool_calls or []]
            if chunk.done:
                said.finish, said.input, said.output = chunk.done_reason, chunk.prompt_eval_count, chunk.eval_count
        said.calls = [(call["function"]["name"], dict(call["function"]["arguments"])) for call in calls]
        said.finish = "tools" if said.calls else self.finishes[said.finish]
        said.turn = [*messages, {"role": "assistant", "content": said.text, "tool_calls": calls}]
        return said


FACES = {face.name: face for face in (OpenAIChat, OpenAIResponses, Anthropic, Gemini, Ollama)}
