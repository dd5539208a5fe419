# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""The answers that the known model has by heart, the words that call for them, and its server."""

import contextlib
import os
import tempfile

import bigram_gguf
from llama import SLOTS, LlamaServer

MODEL = "known"
DIALECTS = ["openai-chat", "openai-responses", "anthropic"]  # that the server speaks
# Of each slot. An endless answer meets it after minutes, if nobody stops it.
CONTEXT = 65536


def call_of(name, arguments):
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


SCRIPTS = {
    "text": "Slate roofs and a cold harbour; gulls all day.",
    "thinking": "<think>\nThey want a colour. Water looks blue.</think>\n\nIt is mostly blue, I would say.",
    "utf8": "Un café 😀 de 好, merci.",
    "schema": '{"answer": "grey"}',
    "call": call_of("get_weather", '{"city": "Oslo", "days": 2}'),
    "calls": call_of("get_time", "{}") + "\n" + call_of("get_weather", '{"city": "Bergen"}'),
    "forecast": "Take an umbrella with you.",
    "no-forecast": "No result arrived.",
    "endless": "tick, tock; ",
    "claude-code": call_of("Bash", '{"command": "echo way-$((40+2))", "description": "Add"}'),
    "codex": call_of("exec_command", '{"cmd": "echo way-$((40+2))"}'),
    "sum": "The sum is known.",
}
ENDLESS = ("endless",)

# The last question or result picks the script; instructions may follow it. Past thoughts and calls are shown in Hermes's syntax, from which
# llama.cpp learns how this model writes them. Agents' long instructions are cut: nobody reads them.
TEMPLATE = """
{%- set ns = namespace(last=messages[0]) %}
{%- for message in messages %}
{%- if message.role in ['user', 'tool'] %}{% set ns.last = message %}{% endif %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.reasoning_content %}{{- '<think>\\n' + message.reasoning_content + '</think>\\n\\n' }}{% endif %}
{{- (message.content or '')[-200:] }}
{%- for call in message.tool_calls or [] %}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- (call.function.arguments | tojson) + '}\\n</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{%- set said = ns.last.content or '' %}
{%- set names = (tools or []) | map(attribute='function') | map(attribute='name') | list %}
{%- set script = 'text' %}
{%- if ns.last.role == 'tool' %}
{%- set script = 'forecast' if 'rain' in said else 'sum' if 'way-42' in said else 'no-forecast' %}
{%- elif 'colour' in said %}{% set script = 'thinking' %}
{%- elif 'coffee' in said %}{% set script = 'utf8' %}
{%- elif 'one word' in said %}{% set script = 'schema' %}
{%- elif 'clock' in said %}{% set script = 'endless' %}
{%- elif 'weather' in said and 'get_weather' in names %}
{%- set script = 'calls' if 'time' in said else 'call' %}
{%- elif 'Add.' in said and 'Bash' in names %}{% set script = 'claude-code' %}
{%- elif 'Add.' in said and 'exec_command' in names %}{% set script = 'codex' %}
{%- endif %}
{{- '<|im_start|>assistant\\n<|' + script + '|>' }}
{%- endif %}
"""


@contextlib.contextmanager
def known_server():
    """A LlamaServer whose model is MODEL."""
    with tempfile.TemporaryDirectory(prefix="wayfare-known-") as folder:
        path = os.path.join(folder, MODEL + ".gguf")
        bigram_gguf.write(path, SCRIPTS, TEMPLATE, CONTEXT, ENDLESS)
        with LlamaServer(path, MODEL, CONTEXT * SLOTS) as server:
            yield server


def providers(server):
    """One for each of DIALECTS, by its name."""
    url = server.url + "/v1"
    return [
        {"id": "openai-chat", "kind": "openai", "base_url": url, "dialects": ["openai-chat"]},
        {"id": "openai-responses", "kind": "openai", "base_url": url, "dialects": ["openai-responses"]},
        {"id": "anthropic", "kind": "anthropic", "base_url": server.url},
    ]
