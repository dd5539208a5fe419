/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Texts to paste: complete, and safe to paste. No display. */

#include "way-snippets.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define ADDRESS "http://127.0.0.1:4114"
#define TOKEN "way_secret"

static char *
fill (const WaySnippet *snippet)
{
  const WaySnippetFacts facts = { ADDRESS, "editor", TOKEN, "demo" };

  return way_snippet_fill (snippet, &facts);
}

static const WaySnippet *
find (const char *id)
{
  gsize n_snippets = 0;
  const WaySnippet *snippets = way_snippets (&n_snippets);

  for (gsize i = 0; i < n_snippets; i++)
    {
      if (g_str_equal (snippets[i].id, id))
        return &snippets[i];
    }
  g_error ("no snippet is called %s", id);
}

static void
test_every_snippet_is_complete (void)
{
  static const char *const blanks[] = { "{address}", "{app}", "{token}", "{model}" };
  gsize n_snippets = 0;
  const WaySnippet *snippets = way_snippets (&n_snippets);

  g_assert_cmpuint (n_snippets, >, 0);
  for (gsize i = 0; i < n_snippets; i++)
    {
      g_autofree char *text = fill (&snippets[i]);
      const gboolean runs_helper =
        strstr (text, "wayfare token editor") != NULL || strstr (text, "\"token\", \"editor\"");

      g_test_message ("%s", snippets[i].id);
      g_assert_nonnull (strstr (text, ADDRESS));
      g_assert_true (g_str_has_suffix (text, "\n"));
      /* Either the token is in it or what prints it, never both. */
      g_assert_cmpint (strstr (text, TOKEN) != NULL, !=, runs_helper);
      for (gsize j = 0; j < G_N_ELEMENTS (blanks); j++)
        g_assert_null (strstr (text, blanks[j]));
    }
}

/* What each tool is told, as the tool reads it: with "/v1" or without, which name of the key. */
static void
test_what_tools_read (void)
{
  static const struct
  {
    const char *id;
    const char *wanted;
  } rows[] = {
    { "curl", "curl " ADDRESS "/v1/chat/completions " },
    { "curl", "'Authorization: Bearer " TOKEN "'" },
    { "python", "base_url=\"" ADDRESS "/v1\", api_key=\"" TOKEN "\"" },
    { "javascript", "baseURL: \"" ADDRESS "/v1\", apiKey: \"" TOKEN "\"" },
    { "claude-code", "\"ANTHROPIC_BASE_URL\": \"" ADDRESS "\"" },
    { "claude-code", "\"apiKeyHelper\": \"wayfare token editor\"" },
    { "claude-code-terminal", "ANTHROPIC_BASE_URL=" ADDRESS "\n" },
    { "claude-code-terminal", "ANTHROPIC_AUTH_TOKEN=" TOKEN "\n" },
    { "codex", "base_url = \"" ADDRESS "/v1\"" },
    { "codex", "wire_api = \"responses\"" },
    { "codex", "[model_providers.wayfare.auth]\ncommand = \"wayfare\"\n" },
    { "codex-terminal", "model_providers.wayfare.base_url=" ADDRESS "/v1 " },
    { "codex-terminal", "WAYFARE_TOKEN=" TOKEN "\n" },
    { "codex-terminal", "env_key=WAYFARE_TOKEN\n" },
    { "gemini-cli", "GOOGLE_GEMINI_BASE_URL=" ADDRESS "\n" },
    { "gemini-cli", "GEMINI_API_KEY=" TOKEN "\n" },
    { "ollama", ADDRESS "/a/" TOKEN "\n" },
    { "opencode", "\"baseURL\": \"" ADDRESS "/v1\"" },
    { "aider", "OPENAI_API_BASE=" ADDRESS "/v1\n" },
    { "aider", "--model openai/demo\n" },
    { "open-webui", "OPENAI_API_BASE_URL=" ADDRESS "/v1\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = fill (find (rows[i].id));

      g_test_message ("%s: %s", rows[i].id, rows[i].wanted);
      g_assert_nonnull (strstr (text, rows[i].wanted));
    }
}

static void
test_json_is_json (void)
{
  static const char *const ids[] = { "claude-code", "opencode" };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *text = fill (find (ids[i]));

      node = json_from_string (text, &error);
      g_assert_no_error (error);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
    }
}

static void
test_mask_tells_nothing (void)
{
  g_autofree char *a = way_snippet_mask ("way_secret");
  g_autofree char *b = way_snippet_mask ("way_a_much_longer_secret");

  g_assert_cmpstr (a, ==, b);
  g_assert_null (strstr (a, "secret"));
}

static void
test_curl (void)
{
  static const struct
  {
    const char *path;
    const char *model;
    gboolean streamed;
    const char *wanted;
  } rows[] = {
    { "/v1/chat/completions", "demo", FALSE, "{\"model\": \"demo\", \"messages\"" },
    { "/v1/chat/completions", "demo", TRUE, "\"stream\": true" },
    { "/v1/chat/completions", "it's", FALSE, "\"it'\\''s\"" },
    { "/v1/chat/completions", "a\"b\\c", FALSE, "\"a\\\"b\\\\c\"" },
    { "/v1/messages", "demo", FALSE, "{\"model\": \"demo\", \"max_tokens\": 1024, \"messages\"" },
    { "/v1/responses", "demo", FALSE, "{\"model\": \"demo\", \"input\": \"YOUR PROMPT\"}" },
    { "/v1/completions", "demo", FALSE, "\"prompt\": \"YOUR PROMPT\"}" },
    { "/v1/embeddings", "demo", FALSE, "\"input\": \"YOUR PROMPT\"}" },
    { "/api/chat", "demo", FALSE, "\"stream\": false, \"messages\"" },
    { "/api/generate", "demo", TRUE, "\"stream\": true, \"prompt\"" },
    { "/api/embed", "demo", FALSE, "{\"model\": \"demo\", \"input\"" },
    { "/v1beta/models/demo:generateContent", "demo", FALSE, "-d '{\"contents\": [{\"parts\"" },
    { "/v1beta/models/demo:streamGenerateContent", "demo", TRUE, "streamGenerateContent?alt=sse'" },
    { "/v1beta/models/demo:countTokens", "demo", FALSE, "-d '{\"contents\"" },
    { "/v1/models", NULL, FALSE, "curl 'http://127.0.0.1:4114/v1/models'" },
    { "/v1/x';rm -rf ~;'", NULL, FALSE, "curl 'http://127.0.0.1:4114/v1/x'\\'';rm -rf ~;'\\'''" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_snippet_curl ("http://127.0.0.1:4114", rows[i].path, rows[i].model, rows[i].streamed);

      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, rows[i].wanted));
      g_assert_nonnull (strstr (text, "$WAYFARE_TOKEN"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/snippets/every-snippet-is-complete", test_every_snippet_is_complete);
  g_test_add_func ("/ui/snippets/what-tools-read", test_what_tools_read);
  g_test_add_func ("/ui/snippets/json-is-json", test_json_is_json);
  g_test_add_func ("/ui/snippets/mask-tells-nothing", test_mask_tells_nothing);
  g_test_add_func ("/ui/snippets/curl", test_curl);
  return g_test_run ();
}
