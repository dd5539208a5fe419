/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The provider table holds what the rest of the program takes for granted. */

#include "way-provider-table.h"

#include <string.h>

static void
test_every_kind (void)
{
  for (int kind = WAY_KIND_OPENAI; kind <= WAY_KIND_DEMO; kind++)
    {
      const WayKindRow *row = way_kind_row ((WayKind)kind);

      g_assert_cmpint (row->kind, ==, kind);
      g_assert_nonnull (strstr (row->models_path, "/models"));
      for (gsize i = 0; i < WAY_KIND_MAX_CALLS && row->calls[i].dialect != NULL; i++)
        g_assert_true (g_str_has_prefix (row->calls[i].path, "/"));
      g_assert_nonnull (row->calls[0].dialect);
    }
}

static void
test_every_dialect_has_a_path (void)
{
  for (int kind = WAY_KIND_OPENAI; kind <= WAY_KIND_DEMO; kind++)
    {
      const WayProvider provider = { .kind = (WayKind)kind };
      g_auto (GStrv) names = way_kind_dup_dialects ((WayKind)kind);

      for (char **name = names; *name != NULL; name++)
        {
          g_autofree char *path = way_provider_dup_call_path (&provider, *name, "m", FALSE);

          g_assert_true (g_str_has_prefix (path, "/"));
        }
    }
}

static void
test_unique_ids (void)
{
  gsize n = 0;
  const WayPreset *presets = way_presets (&n);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < n; i++)
    g_assert_true (g_hash_table_add (seen, (gpointer)presets[i].id));
}

/* A key is only ever asked for where the connection is encrypted. */
static void
test_keys_go_over_tls (void)
{
  gsize n = 0;
  const WayPreset *presets = way_presets (&n);
  gsize n_with_key = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_false (g_str_has_suffix (presets[i].base_url, "/"));
      if (!presets[i].needs_key || *presets[i].base_url == '\0')
        continue;
      n_with_key++;
      g_assert_true (g_str_has_prefix (presets[i].base_url, "https://"));
    }
  g_assert_cmpuint (n_with_key, >=, 14);
}

static void
test_local_servers (void)
{
  gsize n = 0;
  const WayLocalServer *servers = way_local_servers (&n);
  g_autoptr (GHashTable) ports = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GUri) uri = g_uri_parse (servers[i].base_url, G_URI_FLAGS_NONE, NULL);

      g_assert_nonnull (uri);
      g_assert_cmpstr (g_uri_get_host (uri), ==, "127.0.0.1");
      g_assert_true (g_hash_table_add (ports, GINT_TO_POINTER (g_uri_get_port (uri))));
    }
  g_assert_true (g_hash_table_contains (ports, GINT_TO_POINTER (11434)));
}

static const struct
{
  WayKind kind;
  const char *base_url;
  const char *dialect;
  gboolean stream;
  const char *path;
} call_paths[] = {
  { WAY_KIND_OPENAI, "https://api.openai.com/v1", "openai-chat", FALSE, "/chat/completions" },
  { WAY_KIND_OPENAI, "https://api.openai.com/v1", "openai-responses", TRUE, "/responses" },
  { WAY_KIND_OPENAI, "http://127.0.0.1:1234/v1", "anthropic", TRUE, "/messages" },
  { WAY_KIND_OLLAMA, "http://127.0.0.1:11434", "ollama", TRUE, "/api/chat" },
  { WAY_KIND_OLLAMA, "http://127.0.0.1:11434", "anthropic", TRUE, "/v1/messages" },
  { WAY_KIND_ANTHROPIC, "https://api.anthropic.com", "anthropic", TRUE, "/v1/messages" },
  { WAY_KIND_ANTHROPIC, "https://api.anthropic.com/v1", "anthropic", TRUE, "/messages" },
  { WAY_KIND_GEMINI, "https://generativelanguage.googleapis.com", "gemini", FALSE,
    "/v1beta/models/a%2Fm%3F:generateContent" },
  { WAY_KIND_GEMINI, "https://generativelanguage.googleapis.com/v1beta", "gemini", TRUE,
    "/models/a%2Fm%3F:streamGenerateContent?alt=sse" },
  { WAY_KIND_AZURE_OPENAI, "https://x.openai.azure.com", "openai-chat", TRUE,
    "/openai/deployments/a%2Fm%3F/chat/completions?api-version=2024-10-21" },
};

static void
test_call_paths (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (call_paths); i++)
    {
      WayProvider provider = { .kind = call_paths[i].kind,
                               .base_url = (char *)call_paths[i].base_url };
      g_autofree char *path =
        way_provider_dup_call_path (&provider, call_paths[i].dialect, "a/m?", call_paths[i].stream);

      g_assert_cmpstr (path, ==, call_paths[i].path);
    }
}

static void
test_known_addresses (void)
{
  WayProvider openai = { .kind = WAY_KIND_OPENAI, .base_url = (char *)"https://api.openai.com/v1" };
  WayProvider other = { .kind = WAY_KIND_OPENAI,
                        .base_url = (char *)"https://api.openai.com.x/v1" };

  g_assert_true (way_provider_speaks (&openai, "openai-responses"));
  g_assert_cmpint (way_provider_get_quirks (&openai), ==, WAY_QUIRK_NONE);
  g_assert_true (way_provider_speaks (&other, "openai-chat"));
  g_assert_false (way_provider_speaks (&other, "openai-responses"));
  g_assert_cmpint (way_provider_get_quirks (&other), ==, WAY_QUIRK_MAX_TOKENS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/provider-table/every-kind", test_every_kind);
  g_test_add_func ("/config/provider-table/every-dialect-has-a-path",
                   test_every_dialect_has_a_path);
  g_test_add_func ("/config/provider-table/unique-ids", test_unique_ids);
  g_test_add_func ("/config/provider-table/keys-go-over-tls", test_keys_go_over_tls);
  g_test_add_func ("/config/provider-table/local-servers", test_local_servers);
  g_test_add_func ("/config/provider-table/call-paths", test_call_paths);
  g_test_add_func ("/config/provider-table/known-addresses", test_known_addresses);
  return g_test_run ();
}
