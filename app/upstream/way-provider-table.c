/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Rows of facts about providers: kinds, presets and usual local addresses. Constant data, for any
 * thread. */

#include "way-provider-table.h"

#define OPENAI_CHAT "/chat/completions"
#define OPENAI_MODELS "/models"

/* Kinds whose own dialect is not OpenAI's have an OpenAI-compatible face below their root; it takes
 * the key as a bearer token whatever the native face wants. Ollama lists models at /api/tags too;
 * /v1/models is chosen because its shape is everybody's, its ids are what /v1/chat/completions
 * takes, and so one parser serves all rows. */
static const WayKindRow kind_rows[] = {
  { WAY_KIND_OPENAI, WAY_AUTH_BEARER, OPENAI_CHAT, OPENAI_MODELS },
  { WAY_KIND_OLLAMA, WAY_AUTH_BEARER, "/v1/chat/completions", "/v1/models" },
  { WAY_KIND_ANTHROPIC, WAY_AUTH_BEARER, "/v1/chat/completions", "/v1/models" },
  { WAY_KIND_GEMINI, WAY_AUTH_BEARER, "/v1beta/openai/chat/completions", "/v1beta/openai/models" },
  { WAY_KIND_AZURE_OPENAI, WAY_AUTH_API_KEY, "/openai/v1/chat/completions", "/openai/v1/models" },
  { WAY_KIND_DEMO, WAY_AUTH_NONE, OPENAI_CHAT, OPENAI_MODELS },
};

/* Where each provider says to point an OpenAI client, and where it says what it keeps. */
static const WayPreset presets[] = {
  { "openai", "OpenAI", "https://api.openai.com/v1", WAY_KIND_OPENAI, TRUE,
    "https://platform.openai.com/docs/guides/your-data" },
  { "openrouter", "OpenRouter", "https://openrouter.ai/api/v1", WAY_KIND_OPENAI, TRUE,
    "https://openrouter.ai/privacy" },
  { "mistral", "Mistral", "https://api.mistral.ai/v1", WAY_KIND_OPENAI, TRUE,
    "https://legal.mistral.ai/terms/privacy-policy" },
  { "groq", "Groq", "https://api.groq.com/openai/v1", WAY_KIND_OPENAI, TRUE,
    "https://console.groq.com/docs/your-data" },
  { "deepseek", "DeepSeek", "https://api.deepseek.com/v1", WAY_KIND_OPENAI, TRUE,
    "https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html" },
  { "xai", "xAI", "https://api.x.ai/v1", WAY_KIND_OPENAI, TRUE,
    "https://x.ai/legal/privacy-policy" },
  { "together", "Together AI", "https://api.together.xyz/v1", WAY_KIND_OPENAI, TRUE,
    "https://www.together.ai/privacy" },
  { "fireworks", "Fireworks AI", "https://api.fireworks.ai/inference/v1", WAY_KIND_OPENAI, TRUE,
    "https://fireworks.ai/privacy-policy" },
  { "cerebras", "Cerebras", "https://api.cerebras.ai/v1", WAY_KIND_OPENAI, TRUE,
    "https://www.cerebras.ai/privacy-policy" },
  { "sambanova", "SambaNova", "https://api.sambanova.ai/v1", WAY_KIND_OPENAI, TRUE,
    "https://sambanova.ai/privacy-policy" },
  { "deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai", WAY_KIND_OPENAI, TRUE,
    "https://deepinfra.com/privacy" },
  { "moonshot", "Moonshot AI", "https://api.moonshot.ai/v1", WAY_KIND_OPENAI, TRUE, NULL },
  { "zai", "Z.ai", "https://api.z.ai/api/paas/v4", WAY_KIND_OPENAI, TRUE, NULL },
  { "perplexity", "Perplexity", "https://api.perplexity.ai", WAY_KIND_OPENAI, TRUE, NULL },
  { "cohere", "Cohere", "https://api.cohere.ai/compatibility/v1", WAY_KIND_OPENAI, TRUE,
    "https://cohere.com/privacy" },
  { "ollama", "Ollama", "http://127.0.0.1:11434", WAY_KIND_OLLAMA, FALSE, NULL },
  { "llamacpp", "llama.cpp", "http://127.0.0.1:8080/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "vllm", "vLLM", "http://127.0.0.1:8000/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "sglang", "SGLang", "http://127.0.0.1:30000/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "jan", "Jan", "http://127.0.0.1:1337/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "localai", "LocalAI", "http://127.0.0.1:8080/v1", WAY_KIND_OPENAI, FALSE, NULL },
  { "openai-compatible", "Any OpenAI-compatible address", "", WAY_KIND_OPENAI, FALSE, NULL },
  { "demo", "Built-in demo", "", WAY_KIND_DEMO, FALSE, NULL },
};

/* One row a port: llama.cpp and LocalAI share 8080 and look alike from outside, so whichever
 * answers there is offered under the more common name. */
static const WayLocalServer local_servers[] = {
  { "ollama", "Ollama", "http://127.0.0.1:11434", WAY_KIND_OLLAMA },
  { "lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", WAY_KIND_OPENAI },
  { "llamacpp", "llama.cpp or LocalAI", "http://127.0.0.1:8080/v1", WAY_KIND_OPENAI },
  { "vllm", "vLLM", "http://127.0.0.1:8000/v1", WAY_KIND_OPENAI },
  { "sglang", "SGLang", "http://127.0.0.1:30000/v1", WAY_KIND_OPENAI },
  { "jan", "Jan", "http://127.0.0.1:1337/v1", WAY_KIND_OPENAI },
};

/**
 * way_kind_row:
 * @kind: a kind of provider
 *
 * The wire facts of @kind. Any thread.
 *
 * Returns: (transfer none): the row; every kind has one
 */
const WayKindRow *
way_kind_row (WayKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kind_rows); i++)
    {
      if (kind_rows[i].kind == kind)
        return &kind_rows[i];
    }
  g_assert_not_reached ();
}

/**
 * way_presets:
 * @ret_n_presets: (out): their number
 *
 * Providers to choose from by name, cloud ones first. A base URL of "" is one that the user fills
 * in, or, for the demo, none at all. Any thread.
 *
 * Returns: (transfer none) (array length=ret_n_presets): the presets
 */
const WayPreset *
way_presets (gsize *ret_n_presets)
{
  g_return_val_if_fail (ret_n_presets != NULL, NULL);

  *ret_n_presets = G_N_ELEMENTS (presets);
  return presets;
}

/**
 * way_local_servers:
 * @ret_n_servers: (out): their number
 *
 * Servers that run on people's own machines and the ports they usually take, each port once. Any
 * thread.
 *
 * Returns: (transfer none) (array length=ret_n_servers): the servers
 */
const WayLocalServer *
way_local_servers (gsize *ret_n_servers)
{
  g_return_val_if_fail (ret_n_servers != NULL, NULL);

  *ret_n_servers = G_N_ELEMENTS (local_servers);
  return local_servers;
}
