/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The table of dialects. */

#include "way-dialect.h"
#include "way-error.h"

#include <string.h>

static const struct
{
  const char *path;
  const char *name; /* NULL: no dialect */
} paths[] = {
  { "/v1/chat/completions", "openai-chat" },
  { "/chat/completions", "openai-chat" },
  { "/api/chat", "ollama" },
  { "/api/generate", "ollama-generate" },
  { "/api/embed", "ollama-embed" },
  { "/api/embeddings", "ollama-embeddings" },
  { "/v1/completions", "openai-completions" },
  { "/completions", "openai-completions" },
  { "/v1/embeddings", "openai-embeddings" },
  { "/embeddings", "openai-embeddings" },
  { "/v1/messages", "anthropic" },
  { "/v1/messages/count_tokens", "anthropic-count" },
  { "/v1/responses", "openai-responses" },
  { "/v1beta/models/a/m:7b:generateContent", "gemini" },
  { "/v1beta/models/m:countTokens", "gemini-count" },
  { "/v1beta/models/m:batchEmbedContents", "gemini-embed" },
  { "/v1/models/m:embedContent", "gemini-embed-one" },
  { "/v1beta/models/:generateContent", NULL },
  { "/v1/chat/completions/", NULL },
  { "/v1/chat", NULL },
  { "/V1/chat/completions", NULL },
  { "/", NULL },
  { "", NULL },
};

static void
test_paths (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      const WayDialect *dialect = way_dialect_for_target (paths[i].path, NULL);
      g_test_message ("%s", paths[i].path);
      g_assert_cmpstr (dialect != NULL ? dialect->name : NULL, ==, paths[i].name);
    }
}

/* Of Gemini's streams only those with alt=sse are events. */
static void
test_queries (void)
{
  static const struct
  {
    const char *path;
    const char *query;
    const WayDialect *dialect;
  } rows[] = {
    { "/v1beta/models/m:streamGenerateContent", "alt=sse", &way_dialect_gemini },
    { "/v1beta/models/m:streamGenerateContent", "key=k&alt=sse", &way_dialect_gemini },
    { "/v1beta/models/m:streamGenerateContent", "$alt=sse", &way_dialect_gemini },
    { "/v1beta/models/m:streamGenerateContent", NULL, &way_dialect_gemini_array },
    { "/v1beta/models/m:streamGenerateContent", "alt=json", &way_dialect_gemini_array },
    { "/v1beta/models/m:generateContent", NULL, &way_dialect_gemini },
    { "/v1/messages", "beta=true", &way_dialect_anthropic },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true (way_dialect_for_target (rows[i].path, rows[i].query) == rows[i].dialect);
}

static void
test_names (void)
{
  g_assert_true (way_dialect_by_name ("openai-chat") == &way_dialect_openai_chat);
  g_assert_cmpstr (way_dialect_openai_chat.stream_type, ==, "text/event-stream");
  g_assert_null (way_dialect_by_name ("openai"));
  g_assert_null (way_dialect_by_name (""));
}

/* Who is asked for another model than the one that was checked, because its parser takes the other
 * of two, would have slipped past what an app may use. */
static void
test_one_model (void)
{
  static const char *const bodies[] = {
    "{\"model\":\"a\",\"model\":\"b\"}",
    "{\"model\":\"a\",\"stream\":false,\"model\":\"a\"}",
    "{\"model\":null,\"mod\\u0065l\":\"b\"}",
  };
  gsize n_dialects;
  const WayDialect *const *dialects = way_dialects (&n_dialects);

  for (gsize i = 0; i < n_dialects; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (bodies); j++)
      {
        g_autoptr (GError) error = NULL;
        g_auto (WayRequestFacts) facts = { 0 };

        g_test_message ("%s: %s", dialects[i]->name, bodies[j]);
        g_assert_false (dialects[i]->skim_request ("/v1beta/models/m:generateContent", bodies[j],
                                                   strlen (bodies[j]), &facts, &error));
        g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
        g_assert_cmpstr (error->message, ==,
                         "The request has \"model\" more than once: send it once");
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/dialect/paths", test_paths);
  g_test_add_func ("/protocols/dialect/queries", test_queries);
  g_test_add_func ("/protocols/dialect/names", test_names);
  g_test_add_func ("/protocols/dialect/one-model", test_one_model);
  return g_test_run ();
}
