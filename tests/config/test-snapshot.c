/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a snapshot holds, finds and shares. */

#include "way-id.h"
#include "way-json.h"
#include "way-snapshot.h"

#include <string.h>

static const char sample[] =
  "{\"version\":1,"
  "\"listen\":{\"address\":\"0.0.0.0\",\"port\":5000,\"require_token\":true,"
  "\"allowed_hosts\":[\"box.home.arpa\"],\"allowed_origins\":[\"http://localhost:3000\"]},"
  "\"cloud\":{\"enabled\":false},"
  "\"providers\":["
  "{\"id\":\"ollama\",\"kind\":\"ollama\",\"base_url\":\"http://127.0.0.1:11434/\"},"
  "{\"id\":\"openai\",\"kind\":\"openai\",\"base_url\":\"https://api.example/v1//\","
  "\"key\":{\"keyring\":\"work\"},\"dialects\":[\"openai-chat\"],\"price_factor\":\"1.2\","
  "\"data_policy\":\"none\"},"
  "{\"id\":\"nas\",\"kind\":\"openai\",\"base_url\":\"http://192.168.1.9:8080\","
  "\"enabled\":false,\"key\":{\"env\":\"NAS_KEY\"}}],"
  "\"routes\":["
  "{\"model\":\"claude-*\",\"targets\":[{\"provider\":\"openai\",\"model\":\"*\"}]},"
  "{\"model\":\"*\",\"targets\":[{\"provider\":\"demo\",\"model\":\"demo\"}]},"
  "{\"model\":\"claude-mini\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"qwen3:14b\","
  "\"context_tokens\":32768},{\"provider\":\"openai\",\"model\":\"gpt-5-mini\"}],"
  "\"substitution\":\"never\",\"deadline_ms\":{\"connect\":3000},\"local_only\":true}],"
  "\"apps\":["
  "{\"id\":\"claude-code\",\"token_sha256\":\"%s\",\"models\":[\"claude-*\",\"coder\"],"
  "\"locality\":\"local\"},"
  "{\"id\":\"Open WebUI\",\"token_sha256\":\"%s\",\"admin\":true}],"
  "\"retention\":{\"request_days\":30}}";

static WaySnapshot *
read_text (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  WaySnapshot *snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);
  return snapshot;
}

static WaySnapshot *
read_sample (void)
{
  g_autofree char *first = way_id_hash_token ("token-one");
  g_autofree char *second = way_id_hash_token ("token-two");
  g_autofree char *json = NULL;
  g_auto (GStrv) parts = g_strsplit (sample, "%s", -1);
  g_autofree char *shouted = g_ascii_strup (second, -1); /* either case is read */
  json = g_strconcat (parts[0], first, parts[1], shouted, parts[2], NULL);
  return read_text (json);
}

static void
test_defaults (void)
{
  g_autoptr (WaySnapshot) snapshot = read_text ("{\"version\":1}");
  g_assert_cmpstr (snapshot->listen_address, ==, "127.0.0.1");
  g_assert_cmpuint (snapshot->listen_port, ==, 4114);
  g_assert_false (snapshot->require_token);
  g_assert_true (snapshot->cloud_enabled);
  g_assert_cmpuint (g_strv_length (snapshot->allowed_hosts), ==, 0);
  g_assert_cmpuint (g_strv_length (snapshot->allowed_origins), ==, 0);
  g_assert_cmpint (snapshot->retention_days, ==, 400);
  g_assert_cmpuint (snapshot->providers->len, ==, 1);
  g_assert_true (way_snapshot_find_provider (snapshot, "demo")->enabled);
}

static void
test_demo_can_be_disabled (void)
{
  g_autoptr (WaySnapshot) snapshot = read_text (
    "{\"version\":1,\"providers\":[{\"id\":\"demo\",\"kind\":\"demo\",\"enabled\":false}]}");
  g_assert_cmpuint (snapshot->providers->len, ==, 1);
  g_assert_false (way_snapshot_find_provider (snapshot, "demo")->enabled);
}

static void
test_reads_root (void)
{
  g_autoptr (WaySnapshot) snapshot = read_sample ();
  g_assert_cmpstr (snapshot->listen_address, ==, "0.0.0.0");
  g_assert_cmpuint (snapshot->listen_port, ==, 5000);
  g_assert_true (snapshot->require_token);
  g_assert_false (snapshot->cloud_enabled);
  g_assert_cmpstr (snapshot->allowed_hosts[0], ==, "box.home.arpa");
  g_assert_cmpstr (snapshot->allowed_origins[0], ==, "http://localhost:3000");
  g_assert_cmpint (snapshot->retention_days, ==, 30);
}

static void
test_reads_providers (void)
{
  g_autoptr (WaySnapshot) snapshot = read_sample ();
  const WayProvider *ollama = way_snapshot_find_provider (snapshot, "ollama");
  g_assert_cmpstr (ollama->base_url, ==, "http://127.0.0.1:11434");
  g_assert_cmpint (ollama->kind, ==, WAY_KIND_OLLAMA);
  g_assert_cmpint (ollama->locality, ==, WAY_LOCALITY_LOCAL);
  g_assert_cmpint (ollama->key_source, ==, WAY_KEY_SOURCE_NONE);
  g_assert_cmpint (ollama->price_factor_ppm, ==, 1000000);
  g_assert_null (ollama->dialects);

  const WayProvider *openai = way_snapshot_find_provider (snapshot, "openai");
  g_assert_cmpstr (openai->base_url, ==, "https://api.example/v1");
  g_assert_cmpint (openai->locality, ==, WAY_LOCALITY_CLOUD);
  g_assert_cmpint (openai->key_source, ==, WAY_KEY_SOURCE_KEYRING);
  g_assert_cmpstr (openai->key_name, ==, "work");
  g_assert_cmpint (openai->price_factor_ppm, ==, 1200000);
  g_assert_cmpstr (openai->dialects[0], ==, "openai-chat");
  g_assert_cmpstr (openai->data_policy, ==, "none");

  const WayProvider *nas = way_snapshot_find_provider (snapshot, "nas");
  g_assert_false (nas->enabled);
  g_assert_cmpint (nas->locality, ==, WAY_LOCALITY_LAN);
  g_assert_cmpint (nas->key_source, ==, WAY_KEY_SOURCE_ENV);
}

static void
test_reads_routes (void)
{
  g_autoptr (WaySnapshot) snapshot = read_sample ();
  const WayRoute *route = way_snapshot_find_route (snapshot, "claude-mini");
  g_assert_cmpuint (route->targets->len, ==, 2);
  const WayTarget *target = g_ptr_array_index (route->targets, 0);
  g_assert_true (target->provider == way_snapshot_find_provider (snapshot, "ollama"));
  g_assert_cmpint (target->context_tokens, ==, 32768);
  g_assert_cmpint (route->substitution, ==, WAY_SUBSTITUTION_NEVER);
  g_assert_true (route->local_only);
  g_assert_cmpint (route->deadlines.connect_ms, ==, 3000);
  g_assert_cmpint (route->deadlines.total_ms, ==, WAY_DEADLINES_DEFAULT.total_ms);
  g_assert_cmpint (route->strategy, ==, WAY_STRATEGY_ORDERED);
}

static void
test_longest_pattern_wins (void)
{
  static const char text[] =
    "{\"version\":1,\"providers\":[],\"routes\":["
    "{\"model\":\"*\",\"targets\":[{\"provider\":\"demo\",\"model\":\"a\"}]},"
    "{\"model\":\"gpt-*\",\"targets\":[{\"provider\":\"demo\",\"model\":\"b\"}]},"
    "{\"model\":\"*-mini\",\"targets\":[{\"provider\":\"demo\",\"model\":\"c\"}]},"
    "{\"model\":\"gp*\",\"targets\":[{\"provider\":\"demo\",\"model\":\"d\"}]},"
    "{\"model\":\"gpt*5\",\"targets\":[{\"provider\":\"demo\",\"model\":\"e\"}]}]}";
  static const struct
  {
    const char *model;
    const char *pattern;
  } rows[] = {
    { "o3", "*" },        { "gpx", "gp*" }, { "gpt-4", "gpt-*" }, { "gpt-4-mini", "*-mini" },
    { "gpt-5", "gpt-*" }, /* as long as gpt*5, and before it */
    { "gpt5", "gpt*5" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (way_snapshot_find_route (snapshot, rows[i].model)->pattern, ==,
                     rows[i].pattern);
}

static void
test_finds_routes (void)
{
  g_autoptr (WaySnapshot) snapshot = read_sample ();
  static const struct
  {
    const char *model;
    const char *pattern;
  } rows[] = {
    { "claude-mini", "claude-mini" }, /* exact, though two patterns before it match */
    { "claude-opus", "claude-*" },
    { "claude-", "claude-*" },
    { "claude", "*" },
    { "Claude-opus", "*" },
    { "", "*" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (way_snapshot_find_route (snapshot, rows[i].model)->pattern, ==,
                     rows[i].pattern);
  g_assert_null (way_snapshot_find_route (snapshot, NULL));
}

static void
test_finds_apps (void)
{
  g_autoptr (WaySnapshot) snapshot = read_sample ();
  const WayApp *app = way_snapshot_find_app_by_token (snapshot, "token-one");
  g_assert_nonnull (app);
  g_assert_cmpstr (app->id, ==, "claude-code");
  g_assert_true (app->local_only);
  g_assert_false (app->admin);
  g_assert_true (way_app_allows_model (app, "claude-opus"));
  g_assert_true (way_app_allows_model (app, "coder"));
  g_assert_false (way_app_allows_model (app, "coder-2"));

  const WayApp *other = way_snapshot_find_app_by_token (snapshot, "token-two");
  g_assert_true (other == way_snapshot_find_app (snapshot, "Open WebUI"));
  g_assert_true (other->admin);
  g_assert_true (way_app_allows_model (other, "anything"));

  g_assert_null (way_snapshot_find_app_by_token (snapshot, "token-three"));
  g_assert_null (way_snapshot_find_app_by_token (snapshot, ""));
  g_assert_null (way_snapshot_find_app_by_token (snapshot, NULL));
  g_assert_null (way_snapshot_find_app_by_token (snapshot, other->token_sha256));
  g_assert_true (way_app_allows_model (NULL, "anything"));
}

static void
test_with_keys (void)
{
  WaySnapshot *bare = read_sample ();
  g_autoptr (GHashTable) keys =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)way_key_entry_free);
  g_autoptr (WayKey) key = way_key_new ("sk-0123456789", 13, NULL);
  g_hash_table_insert (keys, (gpointer) "openai", way_key_entry_new (key, NULL));
  g_hash_table_insert (keys, (gpointer) "nas", way_key_entry_new (NULL, "NAS_KEY is not set"));

  g_autoptr (WaySnapshot) copy = way_snapshot_with_keys (bare, keys);
  g_assert_null (way_snapshot_find_provider (bare, "openai")->key_header);
  way_snapshot_unref (bare); /* the copy stands alone */
  g_clear_pointer (&keys, g_hash_table_unref);

  const WayProvider *openai = way_snapshot_find_provider (copy, "openai");
  g_assert_cmpstr (way_key_reveal (openai->key_header), ==, "Authorization: Bearer sk-0123456789");
  g_assert_null (way_snapshot_find_provider (copy, "openai")->key_problem);
  g_assert_cmpstr (way_snapshot_find_provider (copy, "nas")->key_problem, ==, "NAS_KEY is not set");
  g_assert_null (way_snapshot_find_provider (copy, "ollama")->key_problem);
  const WayRoute *route = way_snapshot_find_route (copy, "claude-mini");
  const WayTarget *target = g_ptr_array_index (route->targets, 1);
  g_assert_true (target->provider->key_header == openai->key_header);
  g_assert_nonnull (way_snapshot_find_app_by_token (copy, "token-one"));

  g_autoptr (WaySnapshot) without = way_snapshot_with_keys (copy, NULL);
  g_assert_null (way_snapshot_find_provider (without, "openai")->key_header);
}

static void
test_patterns (void)
{
  static const struct
  {
    const char *pattern;
    const char *name;
    gboolean matches;
  } rows[] = {
    { "a", "a", TRUE },      { "a", "ab", FALSE },      { "*", "", TRUE },
    { "*", "any", TRUE },    { "a*", "a", TRUE },       { "a*", "b", FALSE },
    { "*b", "ab", TRUE },    { "*b", "ba", FALSE },     { "a*c", "abc", TRUE },
    { "a*c", "ac", TRUE },   { "ab*bc", "abc", FALSE }, { "A*", "abc", FALSE },
    { "a.c", "abc", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (way_pattern_matches (rows[i].pattern, rows[i].name), ==, rows[i].matches);
}

static void
test_locality (void)
{
  static const struct
  {
    const char *url;
    WayLocality locality;
  } rows[] = {
    { "http://127.0.0.1:11434", WAY_LOCALITY_LOCAL },
    { "http://127.9.9.9", WAY_LOCALITY_LOCAL },
    { "http://localhost:1234/v1", WAY_LOCALITY_LOCAL },
    { "http://LOCALHOST.", WAY_LOCALITY_LOCAL },
    { "http://llm.localhost", WAY_LOCALITY_LOCAL },
    { "http://[::1]:8080", WAY_LOCALITY_LOCAL },
    { "http://[::ffff:127.0.0.1]", WAY_LOCALITY_LOCAL },
    { "http://10.1.2.3", WAY_LOCALITY_LAN },
    { "http://172.16.0.1", WAY_LOCALITY_LAN },
    { "http://172.31.255.255", WAY_LOCALITY_LAN },
    { "http://172.32.0.1", WAY_LOCALITY_CLOUD },
    { "http://192.168.0.1", WAY_LOCALITY_LAN },
    { "http://169.254.1.1", WAY_LOCALITY_LAN },
    { "http://[fd00::1]", WAY_LOCALITY_LAN },
    { "http://[fe80::1]", WAY_LOCALITY_LAN },
    { "http://[::ffff:192.168.0.1]", WAY_LOCALITY_LAN },
    { "http://nas.local", WAY_LOCALITY_LAN },
    { "http://8.8.8.8", WAY_LOCALITY_CLOUD },
    { "http://[2001:db8::1]", WAY_LOCALITY_CLOUD },
    { "http://[::ffff:8.8.8.8]", WAY_LOCALITY_CLOUD },
    { "https://api.example/v1", WAY_LOCALITY_CLOUD },
    { "http://localhost.example", WAY_LOCALITY_CLOUD },
    { "http://notlocalhost", WAY_LOCALITY_CLOUD },
    { "http://127.0.0.1.example", WAY_LOCALITY_CLOUD },
    { "http://127.1", WAY_LOCALITY_CLOUD },
    { "http://localhost@evil.example", WAY_LOCALITY_CLOUD },
    { "not a url", WAY_LOCALITY_CLOUD },
    { NULL, WAY_LOCALITY_CLOUD },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].url == NULL ? "(null)" : rows[i].url);
      g_assert_cmpint (way_locality_of_url (rows[i].url), ==, rows[i].locality);
    }
}

static void
test_kinds (void)
{
  for (WayKind kind = WAY_KIND_OPENAI; kind <= WAY_KIND_DEMO; kind++)
    {
      WayKind found = WAY_KIND_DEMO;
      g_assert_true (way_kind_from_name (way_kind_get_name (kind), &found));
      g_assert_cmpint (found, ==, kind);
    }
  WayKind untouched = WAY_KIND_GEMINI;
  g_assert_false (way_kind_from_name ("bedrock", &untouched));
  g_assert_false (way_kind_from_name (NULL, &untouched));
  g_assert_cmpint (untouched, ==, WAY_KIND_GEMINI);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/snapshot/defaults", test_defaults);
  g_test_add_func ("/config/snapshot/demo-can-be-disabled", test_demo_can_be_disabled);
  g_test_add_func ("/config/snapshot/reads-root", test_reads_root);
  g_test_add_func ("/config/snapshot/reads-providers", test_reads_providers);
  g_test_add_func ("/config/snapshot/reads-routes", test_reads_routes);
  g_test_add_func ("/config/snapshot/finds-routes", test_finds_routes);
  g_test_add_func ("/config/snapshot/longest-pattern-wins", test_longest_pattern_wins);
  g_test_add_func ("/config/snapshot/finds-apps", test_finds_apps);
  g_test_add_func ("/config/snapshot/with-keys", test_with_keys);
  g_test_add_func ("/config/snapshot/patterns", test_patterns);
  g_test_add_func ("/config/snapshot/locality", test_locality);
  g_test_add_func ("/config/snapshot/kinds", test_kinds);
  return g_test_run ();
}
