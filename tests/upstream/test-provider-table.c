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
      g_assert_true (g_str_has_prefix (row->chat_path, "/"));
      g_assert_true (g_str_has_suffix (row->chat_path, "/chat/completions"));
      g_assert_true (g_str_has_suffix (row->models_path, "/models"));
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
      if (!presets[i].needs_key)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/provider-table/every-kind", test_every_kind);
  g_test_add_func ("/upstream/provider-table/unique-ids", test_unique_ids);
  g_test_add_func ("/upstream/provider-table/keys-go-over-tls", test_keys_go_over_tls);
  g_test_add_func ("/upstream/provider-table/local-servers", test_local_servers);
  return g_test_run ();
}
