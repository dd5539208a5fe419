# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""LangChain's chat classes, as more faces of faces.py. The framework's own words are the same for all of
them; what differs is in the table.

ChatGoogleGenerativeAI is not here: it needs a google-genai older than the one that faces.py asks with."""

import dataclasses
import functools
import operator

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from faces import ANSWER_SCHEMA, PNG, SYSTEM, TIMEOUT_S, TOOLS, Said

FUNCTIONS = [{"type": "function", "function": {"name": n, "description": d, "parameters": s}} for n, d, s in TOOLS]


@dataclasses.dataclass
class Dialect:
    """A chat class, how it is made, and what it leaves in its dialect's words."""

    chat: type
    options: dict
    finish: object  # of the answer's response_metadata, one of finishes
    finishes: dict
    path: str = ""
    max_tokens: str = "max_tokens"
    choices: dict = dataclasses.field(default_factory=dict)  # what bind_tools() has no word of its own for


class LangChain:
    """A chat class asked through what all of them share."""

    def __init__(self, name, dialect, url):
        self.name, self.dialect, self.url = name, dialect, url

    def ask(self, question):
        asked = HumanMessage(question.text)  # ChatOllama puts a line break before each block of text
        if question.image:
            image = {"type": "image", "base64": PNG, "mime_type": "image/png"}
            asked = HumanMessage(content_blocks=[{"type": "text", "text": question.text}, image])
        return self.send(question, [SystemMessage(SYSTEM), asked])

    def follow_up(self, question, said, results):
        calls = said.turn[-1].tool_calls
        answers = [ToolMessage(results[call["name"]], tool_call_id=call["id"], name=call["name"]) for call in calls]
        return self.send(question, said.turn + answers)

    def chat(self, question):
        options = {"model": question.model, "base_url": self.url + self.dialect.path, **self.dialect.options}
        if question.settings:
            options.update({self.dialect.max_tokens: 50, "temperature": 0.5, "stop": ["END"]})
        chat = self.dialect.chat(**options)
        if question.schema:
            answers = chat.with_structured_output({"title": "a", **ANSWER_SCHEMA}, method="json_schema", include_raw=True)
            return answers | operator.itemgetter("raw")
        if not question.tools:
            return chat
        choice = {"required": "any", **self.dialect.choices}.get(question.choice, question.choice)
        return chat.bind_tools(FUNCTIONS, **({"tool_choice": choice} if choice else {}))

    def send(self, question, messages):
        chat = self.chat(question)
        if question.streamed:
            chunks = list(chat.stream(messages))
            answer = sum(chunks[1:], chunks[0])
        else:
            answer = chat.invoke(messages)
        usage = answer.usage_metadata
        calls = [(call["name"], call["args"]) for call in answer.tool_calls]
        finish = self.dialect.finishes[self.dialect.finish(answer.response_metadata)]
        return Said(
            text=answer.text, calls=calls, finish="tools" if calls and finish == "stop" else finish,
            thought="".join(block["reasoning"] for block in answer.content_blocks if block["type"] == "reasoning"),
            input=usage["input_tokens"], output=usage["output_tokens"],
            cached=usage.get("input_token_details", {}).get("cache_read", 0), turn=[*messages, answer],
        )


DIALECTS = {
    "openai-chat": Dialect(
        ChatOpenAI,
        # A stream has its usage unasked only from OpenAI's own address.
        {"api_key": "x", "max_retries": 0, "timeout": TIMEOUT_S, "stream_usage": True},
        lambda metadata: metadata["finish_reason"],
        {"stop": "stop", "length": "length", "tool_calls": "tools"},
        path="/v1",
    ),
    "openai-responses": Dialect(
        ChatOpenAI,
        {"api_key": "x", "max_retries": 0, "timeout": TIMEOUT_S, "use_responses_api": True, "store": False,
         "include": ["reasoning.encrypted_content"]},
        lambda metadata: metadata["status"],
        {"completed": "stop", "incomplete": "length"},
        path="/v1",
    ),
    "anthropic": Dialect(
        ChatAnthropic,
        {"api_key": "x", "max_retries": 0, "timeout": TIMEOUT_S},
        lambda metadata: metadata["stop_reason"],
        {"end_turn": "stop", "max_tokens": "length", "tool_use": "tools"},
        choices={"none": {"type": "none"}},
    ),
    # It asks for a stream even when it answers as a whole. Without reasoning it drops the thought.
    "ollama": Dialect(
        ChatOllama,
        {"client_kwargs": {"timeout": TIMEOUT_S}, "reasoning": True},
        lambda metadata: metadata["done_reason"],
        {"stop": "stop", "length": "length"},
        max_tokens="num_predict",
    ),
}
FACES = {name: functools.partial(LangChain, name, dialect) for name, dialect in DIALECTS.items()}
