// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Wayfare authors
//
// The official JavaScript SDKs, each asked the same thing in its own words and heard in the same
// neutral ones: faces.py for another language. One process serves many questions: a line of JSON
// on stdin asks, a line of JSON on stdout answers or holds an error.

import { Console } from 'node:console';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// The packages are found by NODE_PATH, which `import` does not look at.
const require = createRequire(import.meta.url);
const TIMEOUT_MS = 30_000;
// Nothing but answers may go to stdout, and some SDKs print their warnings there.
globalThis.console = new Console(process.stderr);

// ---- OpenAI chat completions --------------------------------------------------------------------

class OpenAIChat {
  static finishes = { stop: 'stop', length: 'length', tool_calls: 'tools' };

  constructor(url) {
    const OpenAI = require('openai');
    this.client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 });
  }

  first({ system, text, image }) {
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } };
    const content = image ? [{ type: 'text', text }, picture] : text;
    return [{ role: 'system', content: system }, { role: 'user', content }];
  }

  results(turn, results) {
    return turn.at(-1).tool_calls.map((call) => (
      { role: 'tool', tool_call_id: call.id, content: results[call.function.name] }
    ));
  }

  options({ model, tools, choice, schema, settings }) {
    const named = { type: 'function', function: { name: choice } };
    const format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    return {
      model,
      ...(tools && {
        tools: tools.map(([name, description, parameters]) => (
          { type: 'function', function: { name, description, parameters } }
        )),
      }),
      ...(choice && { tool_choice: ['required', 'none'].includes(choice) ? choice : named }),
      ...(schema && { response_format: format }),
      ...(settings && { max_completion_tokens: 50, temperature: 0.5, stop: ['END'] }),
    };
  }

  async send(question, messages) {
    const { completions } = this.client.chat;
    const request = { ...this.options(question), messages };
    const streamed = { ...request, stream_options: { include_usage: true } };
    const answer = question.streamed
      ? await this.gather(completions.stream(streamed))
      : await completions.create(request);
    const { message, finish_reason: finish } = answer.choices[0];
    const { reasoning_content: thought = '', ...turn } = message;
    return {
      text: message.content ?? '',
      thought,
      calls: (message.tool_calls ?? []).map(({ function: { name, arguments: args } }) => (
        [name, JSON.parse(args)]
      )),
      finish: OpenAIChat.finishes[finish],
      input: answer.usage.prompt_tokens,
      cached: answer.usage.prompt_tokens_details?.cached_tokens ?? 0,
      output: answer.usage.completion_tokens,
      turn: [...messages, turn],
    };
  }

  // The SDK's own helper puts a stream together, but for what is not OpenAI's: the reasoning.
  async gather(stream) {
    let thought = '';
    for await (const chunk of stream) thought += chunk.choices[0]?.delta.reasoning_content ?? '';
    const answer = await stream.finalChatCompletion();
    answer.choices[0].message.reasoning_content = thought;
    return answer;
  }
}

// ---- OpenAI Responses ---------------------------------------------------------------------------

class OpenAIResponses {
  constructor(url) {
    const OpenAI = require('openai');
    this.client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 });
  }

  first({ text, image }) {
    const url = `data:image/png;base64,${image}`;
    const picture = { type: 'input_image', image_url: url, detail: 'auto' };
    const content = [{ type: 'input_text', text }, ...(image ? [picture] : [])];
    return [{ type: 'message', role: 'user', content }];
  }

  results(turn, results) {
    return turn.filter((item) => item.type === 'function_call').map((call) => (
      { type: 'function_call_output', call_id: call.call_id, output: results[call.name] }
    ));
  }

  options({ model, system, tools, choice, schema, settings }) {
    const named = { type: 'function', name: choice };
    return {
      model,
      instructions: system,
      store: false,
      include: ['reasoning.encrypted_content'],
      ...(tools && {
        tools: tools.map(([name, description, parameters]) => (
          { type: 'function', name, description, parameters, strict: false }
        )),
      }),
      ...(choice && { tool_choice: ['required', 'none'].includes(choice) ? choice : named }),
      ...(schema && { text: { format: { type: 'json_schema', name: 'a', schema } } }),
      ...(settings && { max_output_tokens: 50, temperature: 0.5 }),
    };
  }

  async send(question, input) {
    const stream = question.streamed;
    const got = await this.client.responses.create({ ...this.options(question), input, stream });
    const answer = stream ? await this.last(got) : got;
    const of = (type) => answer.output.filter((item) => item.type === type);
    const thoughts = of('reasoning').flatMap((item) => [...item.summary, ...(item.content ?? [])]);
    const calls = of('function_call').map(({ name, arguments: args }) => [name, JSON.parse(args)]);
    return {
      text: joined(of('message').flatMap((item) => item.content)),
      thought: joined(thoughts),
      calls,
      finish: calls.length ? 'tools' : { completed: 'stop', incomplete: 'length' }[answer.status],
      input: answer.usage.input_tokens,
      cached: answer.usage.input_tokens_details.cached_tokens,
      output: answer.usage.output_tokens,
      turn: [...input, ...answer.output],
    };
  }

  // The SDK's helper for streams takes only one that ends with "response.completed".
  async last(stream) {
    let event;
    for await (event of stream);
    return event.response;
  }
}

const joined = (parts) => parts.map((part) => part.text).join('');

// ---- Anthropic ----------------------------------------------------------------------------------

class Anthropic {
  static package = '@anthropic-ai/sdk';
  static finishes = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tools' };

  constructor(url) {
    const SDK = require(this.constructor.package);
    this.client = new SDK({ baseURL: url, apiKey: 'x', maxRetries: 0 });
  }

  first({ text, image }) {
    const source = { type: 'base64', media_type: 'image/png', data: image };
    const content = [{ type: 'text', text }, ...(image ? [{ type: 'image', source }] : [])];
    return [{ role: 'user', content }];
  }

  results(turn, results) {
    const calls = turn.at(-1).content.filter((block) => block.type === 'tool_use');
    const content = calls.map(({ id, name }) => (
      { type: 'tool_result', tool_use_id: id, content: results[name] }
    ));
    return [{ role: 'user', content }];
  }

  options({ model, system, tools, choice, schema, settings }) {
    const choices = { required: { type: 'any' }, none: { type: 'none' } };
    return {
      model,
      system,
      max_tokens: 50,
      ...(tools && {
        tools: tools.map(([name, description, input_schema]) => (
          { name, description, input_schema }
        )),
      }),
      ...(choice && { tool_choice: choices[choice] ?? { type: 'tool', name: choice } }),
      ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
      ...(settings && { temperature: 0.5, stop_sequences: ['END'] }),
    };
  }

  async send(question, messages) {
    const request = { ...this.options(question), messages };
    const answer = question.streamed
      ? await this.client.messages.stream(request).finalMessage()
      : await this.client.messages.create(request);
    const of = (type) => answer.content.filter((block) => block.type === type);
    const cached = answer.usage.cache_read_input_tokens ?? 0;
    return {
      text: joined(of('text')),
      thought: of('thinking').map((block) => block.thinking).join(''),
      calls: of('tool_use').map((block) => [block.name, block.input]),
      finish: Anthropic.finishes[answer.stop_reason],
      input: answer.usage.input_tokens + cached,
      cached,
      output: answer.usage.output_tokens,
      turn: [...messages, { role: 'assistant', content: answer.content }],
    };
  }
}

class AnthropicOld extends Anthropic {
  static package = 'anthropic-sdk-old';
}

// ---- Ollama -------------------------------------------------------------------------------------

class Ollama {
  constructor(url) {
    this.client = new (require('ollama').Ollama)({ host: url });
  }

  first({ system, text, image }) {
    const user = { role: 'user', content: text, ...(image && { images: [image] }) };
    return [{ role: 'system', content: system }, user];
  }

  results(turn, results) {
    return turn.at(-1).tool_calls.map(({ function: { name } }) => (
      { role: 'tool', tool_name: name, content: results[name] }
    ));
  }

  options({ model, tools, schema, settings }) {
    return {
      model,
      ...(tools && {
        tools: tools.map(([name, description, parameters]) => (
          { type: 'function', function: { name, description, parameters } }
        )),
      }),
      ...(schema && { format: schema }),
      ...(settings && { options: { num_predict: 50, temperature: 0.5, stop: ['END'] } }),
    };
  }

  async send(question, messages) {
    const stream = question.streamed;
    const got = await this.client.chat({ ...this.options(question), messages, stream });
    const said = { text: '', thought: '' };
    const calls = [];
    let end;
    for await (const chunk of stream ? got : [got]) {
      said.text += chunk.message.content;
      said.thought += chunk.message.thinking ?? '';
      calls.push(...(chunk.message.tool_calls ?? []));
      end = chunk;
    }
    return {
      ...said,
      calls: calls.map(({ function: { name, arguments: args } }) => [name, args]),
      finish: calls.length ? 'tools' : end.done_reason,
      input: end.prompt_eval_count,
      output: end.eval_count,
      turn: [...messages, { role: 'assistant', content: said.text, tool_calls: calls }],
    };
  }
}

// ---- Vercel's AI SDK ----------------------------------------------------------------------------

class AISDK {
  static finishes = { stop: 'stop', length: 'length', 'tool-calls': 'tools' };

  constructor(url) {
    this.ai = require('ai');
    this.provider = this.constructor.provider(url);
  }

  first({ text, image }) {
    const picture = { type: 'image', image, mediaType: 'image/png' };
    return [{ role: 'user', content: [{ type: 'text', text }, ...(image ? [picture] : [])] }];
  }

  results(turn, results) {
    const calls = turn.at(-1).content.filter((part) => part.type === 'tool-call');
    const content = calls.map(({ toolCallId, toolName }) => {
      const output = { type: 'text', value: results[toolName] };
      return { type: 'tool-result', toolCallId, toolName, output };
    });
    return [{ role: 'tool', content }];
  }

  options({ model, system, tools, choice, schema, settings }) {
    const { Output, jsonSchema, tool } = this.ai;
    const named = { type: 'tool', toolName: choice };
    return {
      model: this.provider(model),
      system,
      maxRetries: 0,
      ...(tools && {
        tools: Object.fromEntries(tools.map(([name, description, parameters]) => (
          [name, tool({ description, inputSchema: jsonSchema(parameters) })]
        ))),
      }),
      ...(choice && { toolChoice: ['required', 'none'].includes(choice) ? choice : named }),
      ...(schema && { output: Output.object({ schema: jsonSchema(schema) }) }),
      ...(settings && { maxOutputTokens: 50, temperature: 0.5, stopSequences: ['END'] }),
    };
  }

  async send(question, messages) {
    const request = { ...this.options(question), messages };
    const { generateText, streamText } = this.ai;
    const got = question.streamed ? streamText(request) : await generateText(request);
    const usage = await got.usage;
    return {
      text: await got.text,
      thought: (await got.reasoningText) ?? '',
      calls: (await got.toolCalls).map((call) => [call.toolName, call.input]),
      finish: AISDK.finishes[await got.finishReason],
      input: usage.inputTokens,
      cached: usage.inputTokenDetails.cacheReadTokens ?? 0,
      output: usage.outputTokens,
      turn: [...messages, ...(await got.response).messages],
    };
  }
}

class AISDKOpenAI extends AISDK {
  static provider(url) {
    const { createOpenAICompatible } = require('@ai-sdk/openai-compatible');
    const baseURL = `${url}/v1`;
    const known = { includeUsage: true, supportsStructuredOutputs: true };
    return createOpenAICompatible({ name: 'wayfare', baseURL, apiKey: 'x', ...known });
  }
}

class AISDKAnthropic extends AISDK {
  static provider(url) {
    const { createAnthropic } = require('@ai-sdk/anthropic');
    return createAnthropic({ baseURL: `${url}/v1`, apiKey: 'x' });
  }

  // It takes a model whose name it does not know for one that has no schemas.
  options(question) {
    const anthropic = { structuredOutputMode: 'outputFormat' };
    return { ...super.options(question), providerOptions: { anthropic } };
  }
}

// ---- questions in, answers out ------------------------------------------------------------------

const FACES = {
  'openai-js': OpenAIChat,
  'openai-responses-js': OpenAIResponses,
  'anthropic-js': Anthropic,
  'anthropic-js-old': AnthropicOld,
  'ollama-js': Ollama,
  'ai-sdk-openai': AISDKOpenAI,
  'ai-sdk-anthropic': AISDKAnthropic,
};
const faces = new Map();

function faceOf(name, url) {
  const key = `${name} ${url}`;
  if (!faces.has(key)) faces.set(key, new FACES[name](url));
  return faces.get(key);
}

function ask({ face: name, url, question, turn, results }) {
  const face = faceOf(name, url);
  const messages = turn ? [...turn, ...face.results(turn, results)] : face.first(question);
  return face.send(question, messages);
}

// What comes later than this is dropped, so that no answer is taken for that of another question.
function inTime(promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await inTime(ask(JSON.parse(line)));
  } catch (error) {
    answer = { error: `${error.constructor.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
