/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Rows of facts about providers: kinds, presets and usual local addresses. Constant data, for any
 * thread. */

#include "way-provider-table.h"

#include <string.h>

/* What a server of unknown make most likely does. */
#define USUAL_QUIRKS WAY_QUIRK_MAX_TOKENS

/* The last version of Azure's deployment paths that is generally available. */
#define BEARER "Authorization: Bearer "
#define AZURE_API_VERSION "2024-10-21"
#define AZURE_DEPLOYMENT "/openai/deployments/{model}"
#define AZURE_VERSION "?api-version={version}"

/* Ollama lists models at /api/tags too; /v1/models is chosen because its shape is everybody's.
 * Which versions of local servers speak Anthropic's and OpenAI's newer dialects soundly cannot be
 * told from outside: a config that lists such a dialect gets it passed through. */
static const WayKindRow kind_rows[] = {
  { WAY_KIND_OPENAI,
    BEARER,
    "/models",
    NULL,
    NULL,
    { { "openai-chat", "/chat/completions", NULL },
      { "openai-completions", "/completions", NULL },
      { "openai-embeddings", "/embeddings", NULL } } },
  { WAY_KIND_OLLAMA,
    BEARER,
    "/v1/models",
    NULL,
    NULL,
    { { "ollama", "/api/chat", NULL },
      { "ollama-generate", "/api/generate", NULL },
      { "ollama-embed", "/api/embed", NULL },
      { "ollama-embeddings", "/api/embeddings", NULL },
      { "openai-chat", "/v1/chat/completions", NULL },
      { "openai-completions", "/v1/completions", NULL },
      { "openai-embeddings", "/v1/embeddings", NULL } } },
  { WAY_KIND_ANTHROPIC,
    "x-api-key: ",
    "/v1/models?limit=1000",
    "anthropic-version",
    "2023-06-01",
    { { "anthropic", "/v1/messages", NULL },
      { "anthropic-count", "/v1/messages/count_tokens", NULL } } },
  { WAY_KIND_GEMINI,
    "x-goog-api-key: ",
    "/v1beta/models?pageSize=1000",
    NULL,
    NULL,
    { { "gemini", "/v1beta/models/{model}:generateContent",
        "/v1beta/models/{model}:streamGenerateContent?alt=sse" },
      { "gemini-count", "/v1beta/models/{model}:countTokens", NULL },
      { "gemini-embed", "/v1beta/models/{model}:batchEmbedContents", NULL },
      { "gemini-embed-one", "/v1beta/models/{model}:embedContent", NULL } } },
  { WAY_KIND_AZURE_OPENAI,
    "api-key: ",
    "/openai/v1/models",
    NULL,
    NULL,
    { { "openai-chat", AZURE_DEPLOYMENT "/chat/completions" AZURE_VERSION, NULL },
      { "openai-completions", AZURE_DEPLOYMENT "/completions" AZURE_VERSION, NULL },
      { "openai-embeddings", AZURE_DEPLOYMENT "/embeddings" AZURE_VERSION, NULL },
      { "openai-responses", "/openai/v1/responses", NULL } } },
  { WAY_KIND_DEMO, NULL, "/models", NULL, NULL, { { "openai-chat", "/chat/completions", NULL } } },
};

/* Dialects that a provider of any kind but the built-in one can be configured or known to speak, at
 * their usual paths. */
static const WayCallRow other_calls[] = {
  { "openai-responses", "/v1/responses", NULL },
  { "anthropic", "/v1/messages", NULL },
  { "anthropic-count", "/v1/messages/count_tokens", NULL },
};

/* Where each provider says to point a client, and where it says what it keeps. */
static const WayPreset presets[] = {
  { "openai",
    "OpenAI",
    "https://api.openai.com/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_NONE,
    { "openai-responses" },
    "https://platform.openai.com/docs/guides/your-data" },
  { "anthropic",
    "Anthropic",
    "https://api.anthropic.com",
    WAY_KIND_ANTHROPIC,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://privacy.claude.com" },
  { "google",
    "Google Gemini",
    "https://generativelanguage.googleapis.com",
    WAY_KIND_GEMINI,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://ai.google.dev/gemini-api/terms" },
  { "azure",
    "Azure OpenAI",
    "",
    WAY_KIND_AZURE_OPENAI,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy" },
  { "openrouter",
    "OpenRouter",
    "https://openrouter.ai/api/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://openrouter.ai/privacy" },
  { "mistral",
    "Mistral",
    "https://api.mistral.ai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_SHORT_TOOL_IDS | WAY_QUIRK_NO_STREAM_OPTIONS,
    { NULL },
    "https://legal.mistral.ai/terms/privacy-policy" },
  { "groq",
    "Groq",
    "https://api.groq.com/openai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://console.groq.com/docs/your-data" },
  { "deepseek",
    "DeepSeek",
    "https://api.deepseek.com/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_NO_JSON_SCHEMA | WAY_QUIRK_REASONING_CONTENT,
    { NULL },
    "https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html" },
  { "xai",
    "xAI",
    "https://api.x.ai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://x.ai/legal/privacy-policy" },
  { "together",
    "Together AI",
    "https://api.together.xyz/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://www.together.ai/privacy" },
  { "fireworks",
    "Fireworks AI",
    "https://api.fireworks.ai/inference/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://fireworks.ai/privacy-policy" },
  { "cerebras",
    "Cerebras",
    "https://api.cerebras.ai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_NONE,
    { NULL },
    "https://www.cerebras.ai/privacy-policy" },
  { "sambanova",
    "SambaNova",
    "https://api.sambanova.ai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://sambanova.ai/privacy-policy" },
  { "deepinfra",
    "DeepInfra",
    "https://api.deepinfra.com/v1/openai",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://deepinfra.com/privacy" },
  { "moonshot",
    "Moonshot AI",
    "https://api.moonshot.ai/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_REASONING_CONTENT,
    { NULL },
    NULL },
  { "zai",
    "Z.ai",
    "https://api.z.ai/api/paas/v4",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_NO_JSON_SCHEMA | WAY_QUIRK_REASONING_CONTENT,
    { NULL },
    NULL },
  { "perplexity",
    "Perplexity",
    "https://api.perplexity.ai",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_NO_STREAM_OPTIONS,
    { NULL },
    NULL },
  { "cohere",
    "Cohere",
    "https://api.cohere.ai/compatibility/v1",
    WAY_KIND_OPENAI,
    TRUE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    "https://cohere.com/privacy" },
  { "ollama",
    "Ollama",
    "http://127.0.0.1:11434",
    WAY_KIND_OLLAMA,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "llamacpp",
    "llama.cpp",
    "http://127.0.0.1:8080/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS | WAY_QUIRK_REASONING_CONTENT,
    { NULL },
    NULL },
  { "vllm",
    "vLLM",
    "http://127.0.0.1:8000/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "sglang",
    "SGLang",
    "http://127.0.0.1:30000/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "lmstudio",
    "LM Studio",
    "http://127.0.0.1:1234/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "jan",
    "Jan",
    "http://127.0.0.1:1337/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "localai",
    "LocalAI",
    "http://127.0.0.1:8080/v1",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "openai-compatible",
    "Any OpenAI-compatible address",
    "",
    WAY_KIND_OPENAI,
    FALSE,
    WAY_QUIRK_MAX_TOKENS,
    { NULL },
    NULL },
  { "demo", "Built-in demo", "", WAY_KIND_DEMO, FALSE, WAY_QUIRK_NONE, { NULL }, NULL },
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

static gboolean
is_at (const char *base_url, const char *address)
{
  gsize length = strlen (address);

  return length > 0 && strncmp (base_url, address, length) == 0 &&
         (base_url[length] == '\0' || base_url[length] == '/');
}

/**
 * way_preset_for_url:
 * @base_url: (nullable): of a provider
 *
 * What is known of whoever is at @base_url. Any thread.
 *
 * Returns: (transfer none) (nullable): the preset of that address
 */
const WayPreset *
way_preset_for_url (const char *base_url)
{
  for (gsize i = 0; base_url != NULL && i < G_N_ELEMENTS (presets); i++)
    if (is_at (base_url, presets[i].base_url))
      return &presets[i];
  return NULL;
}

static const WayCallRow *
find_call (const WayCallRow *calls, gsize n_calls, const char *dialect)
{
  for (gsize i = 0; i < n_calls && calls[i].dialect != NULL; i++)
    if (strcmp (calls[i].dialect, dialect) == 0)
      return &calls[i];
  return NULL;
}

static const WayCallRow *
find_kind_call (WayKind kind, const char *dialect)
{
  const WayKindRow *row = way_kind_row (kind);

  return find_call (row->calls, WAY_KIND_MAX_CALLS, dialect);
}

/**
 * way_kind_dup_dialects:
 * @kind: a kind of provider
 *
 * The names that a config may list as dialects of a provider of @kind. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): each once
 */
char **
way_kind_dup_dialects (WayKind kind)
{
  const WayKindRow *row = way_kind_row (kind);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (gsize i = 0; i < WAY_KIND_MAX_CALLS && row->calls[i].dialect != NULL; i++)
    g_strv_builder_add (names, row->calls[i].dialect);
  for (gsize i = 0; kind != WAY_KIND_DEMO && i < G_N_ELEMENTS (other_calls); i++)
    if (find_kind_call (kind, other_calls[i].dialect) == NULL)
      g_strv_builder_add (names, other_calls[i].dialect);
  return g_strv_builder_end (names);
}

/**
 * way_provider_speaks:
 * @dialect: name of a dialect
 *
 * Whether requests of @dialect can go to @provider as they are: because its kind or it itself is
 * known to speak it, whatever its config lists. Any thread.
 */
gboolean
way_provider_speaks (const WayProvider *provider, const char *dialect)
{
  const WayPreset *preset;

  if (find_kind_call (provider->kind, dialect) != NULL)
    return TRUE;
  preset = way_preset_for_url (provider->base_url);
  for (gsize i = 0; preset != NULL && preset->dialects[i] != NULL; i++)
    if (strcmp (preset->dialects[i], dialect) == 0)
      return TRUE;
  return FALSE;
}

/**
 * way_provider_get_quirks:
 *
 * Returns: what has to be minded when a request is written for @provider
 */
WayQuirks
way_provider_get_quirks (const WayProvider *provider)
{
  const WayPreset *preset = way_preset_for_url (provider->base_url);

  if (preset != NULL)
    return preset->quirks;
  return provider->kind == WAY_KIND_OPENAI ? USUAL_QUIRKS : WAY_QUIRK_NONE;
}

/* People write base URLs with and without the version. */
static const char *
skip_version (const char *path, const char *base_url)
{
  static const char *const versions[] = { "/v1", "/v1beta" };

  for (gsize i = 0; base_url != NULL && i < G_N_ELEMENTS (versions); i++)
    {
      gsize length = strlen (versions[i]);

      if (g_str_has_suffix (base_url, versions[i]) && strncmp (path, versions[i], length) == 0 &&
          path[length] == '/')
        return path + length;
    }
  return path;
}

/**
 * way_provider_dup_call_path:
 * @dialect: one that @provider speaks
 * @model: as the provider calls it
 * @stream: whether the answer is to be streamed
 *
 * Returns: (transfer full): the path below the base URL, with its query
 */
char *
way_provider_dup_call_path (const WayProvider *provider,
                            const char *dialect,
                            const char *model,
                            gboolean stream)
{
  const WayCallRow *call = find_kind_call (provider->kind, dialect);
  const char *version = provider->api_version != NULL ? provider->api_version : AZURE_API_VERSION;
  g_autofree char *escaped_model = NULL;
  g_autofree char *escaped_version = NULL;
  GString *path;

  if (call == NULL)
    call = find_call (other_calls, G_N_ELEMENTS (other_calls), dialect);
  g_return_val_if_fail (call != NULL, NULL);
  path = g_string_new (skip_version (
    stream && call->stream_path != NULL ? call->stream_path : call->path, provider->base_url));
  if (strchr (path->str, '{') == NULL)
    return g_string_free (path, FALSE);
  escaped_model = g_uri_escape_string (model, NULL, FALSE);
  escaped_version = g_uri_escape_string (version, NULL, FALSE);
  g_string_replace (path, "{model}", escaped_model, 1);
  g_string_replace (path, "{version}", escaped_version, 1);
  return g_string_free (path, FALSE);
}
