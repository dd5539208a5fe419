// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Wayfare authors
//
// usage: node sdk.cjs BASE_URL MODEL whole|streamed
//
// One chat through the official SDK. Prints {text, usage, finish, headers} or {error: {…}} as JSON.

const OpenAI = require('openai');

async function chat(client, model, streamed) {
  const request = {
    model,
    max_tokens: 12,
    messages: [{ role: 'user', content: 'Say hello.' }],
    ...(streamed && { stream: true, stream_options: { include_usage: true } }),
  };
  const { data, response } = await client.chat.completions.create(request).withResponse();
  const headers = Object.fromEntries(response.headers);
  if (!streamed) {
    const choice = data.choices[0];
    return { text: choice.message.content, usage: data.usage, finish: choice.finish_reason, headers };
  }
  const seen = { text: '', usage: null, finish: null, headers };
  for await (const chunk of data) {
    seen.text += chunk.choices[0]?.delta?.content ?? '';
    seen.finish = chunk.choices[0]?.finish_reason ?? seen.finish;
    seen.usage = chunk.usage ?? seen.usage;
  }
  return seen;
}

async function main([baseURL, model, mode]) {
  const client = new OpenAI({ baseURL, apiKey: 'unused', maxRetries: 0 });
  try {
    return await chat(client, model, mode === 'streamed');
  } catch (error) {
    return { error: { name: error.constructor.name, status: error.status, code: error.code, message: error.message } };
  }
}

main(process.argv.slice(2)).then((result) => console.log(JSON.stringify(result)));
