/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The table of dialects: which one a path speaks, which one a name means. Pure. */

#include "way-dialect.h"

#include <string.h>

static const WayDialect *const dialects[] = {
  &way_dialect_openai_chat,
  &way_dialect_openai_responses,
  &way_dialect_ollama,
  &way_dialect_ollama_generate,
  &way_dialect_ollama_embed,
  &way_dialect_ollama_embeddings,
  &way_dialect_openai_completions,
  &way_dialect_openai_embeddings,
  &way_dialect_anthropic,
  &way_dialect_anthropic_count,
  &way_dialect_gemini,
  &way_dialect_gemini_count,
  &way_dialect_gemini_embed,
  &way_dialect_gemini_embed_one,
};

/* A path may hold one '*', which stands for at least one byte. */
static const struct
{
  const char *path;
  const WayDialect *dialect;
} paths[] = {
  { "/v1/chat/completions", &way_dialect_openai_chat },
  { "/chat/completions", &way_dialect_openai_chat },
  { "/v1/responses", &way_dialect_openai_responses },
  { "/responses", &way_dialect_openai_responses },
  { "/api/chat", &way_dialect_ollama },
  { "/api/generate", &way_dialect_ollama_generate },
  { "/api/embed", &way_dialect_ollama_embed },
  { "/api/embeddings", &way_dialect_ollama_embeddings },
  { "/v1/completions", &way_dialect_openai_completions },
  { "/completions", &way_dialect_openai_completions },
  { "/v1/embeddings", &way_dialect_openai_embeddings },
  { "/embeddings", &way_dialect_openai_embeddings },
  { "/v1/messages", &way_dialect_anthropic },
  { "/messages", &way_dialect_anthropic },
  { "/v1/messages/count_tokens", &way_dialect_anthropic_count },
  { "/messages/count_tokens", &way_dialect_anthropic_count },
  { "/v1beta/models/*:generateContent", &way_dialect_gemini },
  { "/v1beta/models/*:streamGenerateContent", &way_dialect_gemini },
  { "/v1beta/models/*:countTokens", &way_dialect_gemini_count },
  { "/v1beta/models/*:batchEmbedContents", &way_dialect_gemini_embed },
  { "/v1beta/models/*:embedContent", &way_dialect_gemini_embed_one },
  { "/v1/models/*:generateContent", &way_dialect_gemini },
  { "/v1/models/*:streamGenerateContent", &way_dialect_gemini },
  { "/v1/models/*:countTokens", &way_dialect_gemini_count },
  { "/v1/models/*:batchEmbedContents", &way_dialect_gemini_embed },
  { "/v1/models/*:embedContent", &way_dialect_gemini_embed_one },
  { "/models/*:generateContent", &way_dialect_gemini },
  { "/models/*:streamGenerateContent", &way_dialect_gemini },
  { "/models/*:countTokens", &way_dialect_gemini_count },
  { "/models/*:batchEmbedContents", &way_dialect_gemini_embed },
  { "/models/*:embedContent", &way_dialect_gemini_embed_one },
};

static gboolean
path_matches (const char *pattern, const char *path)
{
  const char *star = strchr (pattern, '*');
  gsize head = star ? (gsize)(star - pattern) : 0;

  if (!star)
    return strcmp (pattern, path) == 0;
  return strlen (path) >= strlen (pattern) && strncmp (pattern, path, head) == 0 &&
         g_str_has_suffix (path, star + 1);
}

/* Gemini streams events only to who asks for them. */
static gboolean
asks_for_array (const char *path, const char *query)
{
  g_auto (GStrv) members = query != NULL ? g_strsplit (query, "&", -1) : NULL;

  return g_str_has_suffix (path, ":streamGenerateContent") &&
         !(members != NULL && (g_strv_contains ((const char *const *)members, "alt=sse") ||
                               g_strv_contains ((const char *const *)members, "$alt=sse")));
}

/**
 * way_dialect_for_target:
 * @path: path of an HTTP request, without query and without an `/a/<token>` prefix
 * @query: (nullable): its query
 *
 * Finds the dialect that clients speak at @path.
 *
 * Returns: (transfer none) (nullable): the dialect, or %NULL if no model is called at @path
 */
const WayDialect *
way_dialect_for_target (const char *path, const char *query)
{
  g_return_val_if_fail (path != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (path_matches (paths[i].path, path))
      return paths[i].dialect == &way_dialect_gemini && asks_for_array (path, query)
               ? &way_dialect_gemini_array
               : paths[i].dialect;
  return NULL;
}

/**
 * way_dialect_by_name:
 * @name: a name as in the config and the ledger, e.g. "openai-chat"
 *
 * Finds a dialect by its name.
 *
 * Returns: (transfer none) (nullable): the dialect, or %NULL if none has that name
 */
const WayDialect *
way_dialect_by_name (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    if (strcmp (dialects[i]->name, name) == 0)
      return dialects[i];
  return NULL;
}

/**
 * way_dialects:
 * @ret_n_dialects: (out): their number
 *
 * Returns: (transfer none) (array length=ret_n_dialects): all dialects
 */
const WayDialect *const *
way_dialects (gsize *ret_n_dialects)
{
  *ret_n_dialects = G_N_ELEMENTS (dialects);
  return dialects;
}
