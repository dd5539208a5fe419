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
    const answer = question.streamed
      ? await this.gather(completions.stream({ ...request, stream_options: { include_usage: true } }))
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

// ---- questions in, answers out ------------------------------------------------------------------

const FACES = {
  'openai-js': OpenAIChat,
};
const faces = new Map();

function faceOf(name, url) {
  const key = `${name} ${url}`;
  if (!faces.has(key)) faces.set(key, new FACES[name](url));
  return faces.get(key);
}

function ask({ face: name, url, question, turn, results }) {
  const face = faceOf(name, url);
  return face.send(question, turn ? [...turn, ...face.results(turn, results)] : face.first(question));
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
