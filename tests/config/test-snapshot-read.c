/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader by table: what it refuses and what it warns of, each with its JSON path. */

#include "way-json.h"
#include "way-snapshot-private.h"

#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define P                                                                                          \
  "\"version\":1,\"providers\":[{\"id\":\"ollama\",\"kind\":\"ollama\",\"base_url\":\"http://"     \
  "127.0.0.1:11434\"}]"
#define PROVIDER(members)                                                                          \
  "{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":\"openai\","                               \
  "\"base_url\":\"https://api.example/v1\"," members "}]}"
#define URL(url)                                                                                   \
  "{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":\"openai\",\"base_url\":\"" url "\"}]}"
#define ROUTE(members) "{" P ",\"routes\":[{" members "}]}"
#define TARGETS "\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\"}]"
#define WHEN(members)                                                                              \
  ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\","                  \
         "\"when\":{" members "}}]")
#define MODEL(members) "{\"version\":1,\"models\":[{\"model\":\"m*\"," members "}]}"
#define APP(members) "{\"version\":1,\"apps\":[{" members "}]}"
#define TOKEN "\"token_sha256\":\"" HASH "\""

typedef struct
{
  const char *json;
  const char *message; /* begins with the path; must begin the message of the file's only fault */
} Row;

static const Row fault_rows[] = {
  /* root */
  { "[]", "$: must be an object" },
  { "1", "$: must be an object" },
  { "{}", "version: is required, and must be 1" },
  { "{\"version\":\"1\"}", "version: must be a whole number, not a string" },
  { "{\"version\":1.5}", "version: must be a whole number, not a fraction" },
  { "{\"version\":0}", "version: must be from 1" },
  { "{\"version\":2}", "version: is of a newer Wayfare; this one reads version 1" },
  { "{\"version\":1,\"providers\":{}}", "providers: must be an array, not an object" },
  { "{\"version\":1,\"routes\":null}", "routes: must be an array, not null" },
  { "{\"version\":1,\"apps\":\"x\"}", "apps: must be an array, not a string" },
  { "{\"version\":1,\"api_key\":\"sk-hidden\"}", "api_key: no secret is kept in this file" },
  /* listen, cloud, retention */
  { "{\"version\":1,\"listen\":[]}", "listen: must be an object, not an array" },
  { "{\"version\":1,\"listen\":{\"address\":4114}}",
    "listen.address: must be a string, not a number" },
  { "{\"version\":1,\"listen\":{\"address\":\"\"}}", "listen.address: must not be empty" },
  { "{\"version\":1,\"listen\":{\"address\":\"localhost\"}}",
    "listen.address: must be an IP address such as 127.0.0.1 or ::1" },
  { "{\"version\":1,\"listen\":{\"address\":\"0.0.0.0\"}}",
    "listen.address: other machines can reach 0.0.0.0: set \"require_token\": true" },
  { "{\"version\":1,\"listen\":{\"address\":\"::\",\"require_token\":false}}",
    "listen.address: other machines can reach ::" },
  { "{\"version\":1,\"listen\":{\"port\":65536}}", "listen.port: must be from 0 to 65535" },
  { "{\"version\":1,\"listen\":{\"port\":-1}}", "listen.port: must be from 0 to 65535" },
  { "{\"version\":1,\"listen\":{\"require_token\":\"yes\"}}",
    "listen.require_token: must be true or false, not a string" },
  { "{\"version\":1,\"listen\":{\"allowed_hosts\":\"a\"}}",
    "listen.allowed_hosts: must be an array, not a string" },
  { "{\"version\":1,\"listen\":{\"allowed_hosts\":[1]}}",
    "listen.allowed_hosts[0]: must be a string, not a number" },
  { "{\"version\":1,\"listen\":{\"allowed_hosts\":[\"http://a\"]}}",
    "listen.allowed_hosts: each must be a host name" },
  { "{\"version\":1,\"listen\":{\"allowed_origins\":[\"http://a\",\"\"]}}",
    "listen.allowed_origins[1]: must not be empty" },
  { "{\"version\":1,\"listen\":{\"allowed_origins\":[\"*\"]}}",
    "listen.allowed_origins: each must be a scheme and a host" },
  { "{\"version\":1,\"listen\":{\"token\":\"sk-hidden\"}}",
    "listen.token: no secret is kept in this file" },
  { "{\"version\":1,\"cloud\":true}", "cloud: must be an object, not a boolean" },
  { "{\"version\":1,\"cloud\":{\"enabled\":1}}",
    "cloud.enabled: must be true or false, not a number" },
  { "{\"version\":1,\"retention\":{\"request_days\":0}}",
    "retention.request_days: must be from 1 to 36600" },
  { "{\"version\":1,\"retention\":{\"request_days\":99999999999999999999}}",
    "retention.request_days: must be from 1 to 36600" },
  { "{\"version\":1,\"cache\":{\"ttl_s\":\"1h\"}}",
    "cache.ttl_s: must be a whole number, not a string" },
  { "{\"version\":1,\"capture\":{\"bodies\":false}}",
    "capture.bodies: must be a string, not a boolean" },
  { "{\"version\":1,\"budget\":{\"usd\":50}}", "budget.usd: must be a decimal number in a string" },
  { "{\"version\":1,\"budget\":{}}", "budget.usd: is required" },
  { "{\"version\":1,\"budget\":{\"usd\":\"50\",\"period\":\"year\"}}",
    "budget.period: \"year\" is unknown; known are day, week, month" },
  { "{\"version\":1,\"budget\":{\"usd\":\"50\",\"warn_percent\":101}}",
    "budget.warn_percent: must be from 1 to 100" },
  { "{\"version\":1,\"budget\":{\"usd\":\"50\",\"on_exceed\":\"refuze\"}}",
    "budget.on_exceed: \"refuze\" is unknown; known are notify, local-only, refuse; did you mean "
    "\"refuse\"?" },
  /* providers */
  { "{\"version\":1,\"providers\":[1]}", "providers[0]: must be an object, not a number" },
  { "{\"version\":1,\"providers\":[{\"kind\":\"demo\"}]}", "providers[0].id: is required" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a b\",\"kind\":\"demo\"}]}",
    "providers[0].id: may have only letters" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a/b\",\"kind\":\"demo\"}]}",
    "providers[0].id: may have only letters" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a\",\"kind\":\"demo\"},{\"id\":\"a\",\"kind\":"
    "\"demo\"}]}",
    "providers[1].id: another provider has the id \"a\" already" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a\"}]}", "providers[0].kind: is required" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a\",\"kind\":\"opnai\"}]}",
    "providers[0].kind: \"opnai\" is unknown; known are openai, ollama, anthropic, gemini, "
    "azure-openai, demo; did you mean \"openai\"?" },
  { "{\"version\":1,\"providers\":[{\"id\":\"a\",\"kind\":\"ollama\"}]}",
    "providers[0].base_url: is required" },
  { URL ("ftp://h/v1"), "providers[0].base_url: must be an http:// or https:// URL" },
  { URL ("api.example/v1"), "providers[0].base_url: must be an http:// or https:// URL" },
  { URL ("https://"), "providers[0].base_url: must" },
  { URL ("https://user:sk-hidden@h/v1"), "providers[0].base_url: must not have a user name or "
                                         "password in it; keys live in the keyring" },
  { URL ("https://h/v1?key=sk-hidden"), "providers[0].base_url: must end with the path" },
  { URL ("https://h/v1#x"), "providers[0].base_url: must end with the path" },
  { PROVIDER ("\"key\":\"sk-hidden\""),
    "providers[0].key: no secret is kept in this file; keys live" },
  { PROVIDER ("\"api_key\":\"sk-hidden\""),
    "providers[0].api_key: no secret is kept in this file" },
  { PROVIDER ("\"apiKey\":\"sk-hidden\""), "providers[0].apiKey: no secret is kept in this file" },
  { PROVIDER ("\"Authorization\":\"sk-hidden\""), "providers[0].Authorization: no secret" },
  { PROVIDER ("\"key\":[]"), "providers[0].key: must be an object, not an array" },
  { PROVIDER ("\"key\":{}"), "providers[0].key: must have exactly one of" },
  { PROVIDER ("\"key\":{\"env\":\"A\",\"keyring\":\"b\"}"),
    "providers[0].key: must have exactly one" },
  { PROVIDER ("\"key\":{\"env\":\"A-B\"}"),
    "providers[0].key.env: must be the name of an environment" },
  { PROVIDER ("\"key\":{\"credential\":\"../x\"}"),
    "providers[0].key.credential: must be the name of" },
  { PROVIDER ("\"key\":{\"keyring\":7}"),
    "providers[0].key.keyring: must be a string, not a number" },
  { PROVIDER ("\"locality\":\"here\""),
    "providers[0].locality: \"here\" is unknown; known are local" },
  { PROVIDER ("\"enabled\":\"no\""), "providers[0].enabled: must be true or false, not a string" },
  { PROVIDER ("\"dialects\":\"openai-chat\""), "providers[0].dialects: must be an array" },
  { PROVIDER ("\"dialects\":[null]"), "providers[0].dialects[0]: must be a string, not null" },
  { PROVIDER ("\"dialects\":[\"openai-chat\",\"anthropik\"]"),
    "providers[0].dialects[1]: \"anthropik\" is unknown; known are openai-chat, "
    "openai-completions, "
    "openai-embeddings, openai-responses, anthropic, anthropic-count; did you mean "
    "\"anthropic\"?" },
  { PROVIDER ("\"dialects\":[\"ollama\"]"), "providers[0].dialects[0]: \"ollama\" is unknown" },
  { "{\"version\":1,\"providers\":[{\"id\":\"d\",\"kind\":\"demo\",\"dialects\":[\"anthropic\"]}]}",
    "providers[0].dialects[0]: \"anthropic\" is unknown; known are openai-chat" },
  { PROVIDER ("\"limits\":{\"rpm\":0}"), "providers[0].limits.rpm: must be from 1" },
  { PROVIDER ("\"price_factor\":1.2"),
    "providers[0].price_factor: must be a decimal number in a string" },
  { PROVIDER ("\"price_factor\":\"1.2345678\""), "providers[0].price_factor: must be a decimal" },
  { PROVIDER ("\"price_factor\":\"-1\""), "providers[0].price_factor: must be a decimal" },
  { PROVIDER ("\"price_factor\":\"1e3\""), "providers[0].price_factor: must be a decimal" },
  { PROVIDER ("\"price_factor\":\"1.\""), "providers[0].price_factor: must be a decimal" },
  { PROVIDER ("\"price_factor\":\"1000.000001\""), "providers[0].price_factor: must be a decimal" },
  { PROVIDER ("\"price_factor\":\"99999999999999999999\""), "providers[0].price_factor: must be" },
  { PROVIDER ("\"data_policy\":{}"), "providers[0].data_policy: must be a string, not an object" },
  /* routes */
  { ROUTE (TARGETS), "routes[0].model: is required" },
  { ROUTE ("\"model\":\"a*b*\"," TARGETS), "routes[0].model: may have only one \"*\"" },
  { ROUTE ("\"model\":\"a\\u0007\"," TARGETS),
    "routes[0].model: must not have control characters" },
  { ROUTE ("\"model\":\"a\""), "routes[0].targets: is required" },
  { ROUTE ("\"model\":\"a\",\"targets\":[]"), "routes[0].targets: must name at least one target" },
  { ROUTE ("\"model\":\"a\",\"targets\":[\"ollama\"]"),
    "routes[0].targets[0]: must be an object, not a string" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"model\":\"m\"}]"),
    "routes[0].targets[0].provider: is required" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\"}]"),
    "routes[0].targets[0].model: is required" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\"},"
           "{\"provider\":\"olama\",\"model\":\"m\"}]"),
    "routes[0].targets[1].provider: no provider has the id \"olama\"; did you mean \"ollama\"?" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"zzzzzz\",\"model\":\"m\"}]"),
    "routes[0].targets[0].provider: no provider has the id \"zzzzzz\"" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"m*\"}]"),
    "routes[0].targets[0].model: must be a model name, or \"*\"" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"m\","
           "\"context_tokens\":0}]"),
    "routes[0].targets[0].context_tokens: must be from 1" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"substitution\":\"always\""),
    "routes[0].substitution: \"always\" is unknown; known are never, declared, any" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"deadline_ms\":5"),
    "routes[0].deadline_ms: must be an object" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"deadline_ms\":{\"total\":\"60s\"}"),
    "routes[0].deadline_ms.total: must be a whole number, not a string" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"local_only\":\"local\""),
    "routes[0].local_only: must be true or false" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"locality\":\"cloud\""),
    "routes[0].locality: \"cloud\" is unknown; known are any, local" },
  { "{" P ",\"routes\":[{\"model\":\"a\"," TARGETS "},{\"model\":\"a\"," TARGETS "}]}",
    "routes[1].model: another route has this model already" },
  /* apps */
  { APP (TOKEN), "apps[0].id: is required" },
  { APP ("\"id\":\"a/b\"," TOKEN), "apps[0].id: must not have \"/\" in it" },
  { APP ("\"id\":\"a\""), "apps[0].token_sha256: is required" },
  { APP ("\"id\":\"a\",\"token_sha256\":\"sk-hidden\""),
    "apps[0].token_sha256: must be the SHA-256" },
  { APP ("\"id\":\"a\",\"token\":\"sk-hidden\"," TOKEN),
    "apps[0].token: no secret is kept in this file" },
  { APP ("\"id\":\"a\",\"models\":\"*\"," TOKEN),
    "apps[0].models: must be an array, not a string" },
  { APP ("\"id\":\"a\",\"models\":[\"**\"]," TOKEN), "apps[0].models: may have only one \"*\"" },
  { APP ("\"id\":\"a\",\"locality\":\"lan\"," TOKEN), "apps[0].locality: \"lan\" is unknown" },
  { APP ("\"id\":\"a\",\"admin\":1," TOKEN), "apps[0].admin: must be true or false, not a number" },
  { APP ("\"id\":\"a\",\"budget\":{\"usd\":\"x\"}," TOKEN),
    "apps[0].budget.usd: must be a decimal" },
  { APP ("\"id\":\"a\",\"limits\":{\"parallel\":1.5}," TOKEN),
    "apps[0].limits.parallel: must be a whole number, not a fraction" },
  { "{\"version\":1,\"apps\":[{\"id\":\"a\"," TOKEN "},{\"id\":\"a\",\"token_sha256\":"
    "\"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}]}",
    "apps[1].id: another app has the id \"a\" already" },
  { "{\"version\":1,\"apps\":[{\"id\":\"a\"," TOKEN "},{\"id\":\"b\"," TOKEN "}]}",
    "apps[1].token_sha256: the app \"a\" has the same token" },
  { APP ("\"id\":\"a\",\"cache\":\"always\"," TOKEN), "apps[0].cache: \"always\" is unknown" },
  /* terms of routing and money */
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"strategy\":\"fast\""),
    "routes[0].strategy: \"fast\" is unknown" },
  { WHEN ("\"hours\":\"8-18\""), "routes[0].targets[0].when.hours: must be a span" },
  { WHEN ("\"hours\":\"08:00-24:01\""), "routes[0].targets[0].when.hours: must be a span" },
  { WHEN ("\"hours\":\"08:60-09:00\""), "routes[0].targets[0].when.hours: must be a span" },
  { WHEN ("\"days\":[\"monday\"]"),
    "routes[0].targets[0].when.days[0]: \"monday\" is unknown; known are mon, tue" },
  { WHEN ("\"tools\":1"), "routes[0].targets[0].when.tools: must be true or false" },
  { WHEN ("\"max_input_tokens\":0"), "routes[0].targets[0].when.max_input_tokens: must be" },
  { MODEL ("\"price\":{\"input\":\"1\"}"), "models[0].price: needs \"input\" and \"output\"" },
  { MODEL ("\"price\":{\"input\":\"1\",\"output\":2}"), "models[0].price.output: must be" },
  { MODEL ("\"price\":{\"input\":\"1\",\"output\":\"2\",\"as_of\":\"2026-13-01\"}"),
    "models[0].price.as_of: must be a day" },
  { MODEL ("\"provider\":\"nobody\""), "models[0].provider: no provider has this id" },
  { MODEL ("\"budget\":{\"period\":\"day\"}"), "models[0].budget.usd: is required" },
  { "{\"version\":1,\"models\":[{}]}", "models[0].model: is required" },
  { "{\"version\":1,\"tags\":[{\"locality\":\"local\"}]}", "tags[0].tag: is required" },
  { "{\"version\":1,\"retry\":{\"attempts\":11}}", "retry.attempts: must be" },
  { "{\"version\":1,\"cache\":{\"max_mib\":0}}", "cache.max_mib: must be" },
  { "{\"version\":1,\"capture\":{\"bodies\":\"some\"}}", "capture.bodies: \"some\" is unknown" },
};

static const Row warning_rows[] = {
  { "{\"version\":1,\"extra\":{\"a\":1}}", "extra: unknown member, left as it is" },
  { "{\"version\":1,\"provider\":[]}",
    "provider: unknown member, left as it is; did you mean \"providers\"?" },
  { "{\"version\":1,\"listen\":{\"prot\":1}}",
    "listen.prot: unknown member, left as it is; did you mean \"port\"?" },
  { PROVIDER ("\"x\":1"), "providers[0].x: unknown member" },
  { PROVIDER ("\"key\":{\"keyring\":\"p\",\"x\":1}"), "providers[0].key.x: unknown member" },
  { PROVIDER ("\"locality\":\"local\""), "providers[0].locality: \"local\" is declared, but" },
  { "{\"version\":1,\"providers\":[{\"id\":\"d\",\"kind\":\"demo\",\"base_url\":\"x\"}]}",
    "providers[0].base_url: has no meaning for kind \"demo\"" },
  { ROUTE ("\"model\":\"a\"," TARGETS ",\"deadline_ms\":{\"first\":1}"),
    "routes[0].deadline_ms.first: unknown member" },
  { ROUTE ("\"model\":\"ollama/a\"," TARGETS),
    "routes[0].model: is never used: a name that begins with \"ollama/\" addresses that provider "
    "directly" },
  { ROUTE ("\"model\":\"demo/*\"," TARGETS), "routes[0].model: is never used" },
  { ROUTE ("\"model\":\"a\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\",\"wait\":1}]"),
    "routes[0].targets[0].wait: unknown member" },
  { "{\"version\":1,\"retention\":{\"days\":1}}", "retention.days: unknown member" },
};

static JsonNode *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *root = way_json_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  return root;
}

static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fault_rows); i++)
    {
      g_autoptr (JsonNode) root = parse (fault_rows[i].json);
      g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
      g_assert_null (way_snapshot_read (root, faults, warnings));
      g_assert_cmpuint (faults->len, ==, 1);

      const char *fault = g_ptr_array_index (faults, 0);
      if (!g_str_has_prefix (fault, fault_rows[i].message))
        g_assert_cmpstr (fault, ==, fault_rows[i].message);
      g_assert_null (strstr (fault, "hidden"));
    }
}

static void
test_warnings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (warning_rows); i++)
    {
      g_autoptr (JsonNode) root = parse (warning_rows[i].json);
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (root, warnings, &error);
      g_assert_no_error (error);
      g_assert_nonnull (snapshot);
      g_assert_cmpuint (warnings->len, ==, 1);
      const char *warning = g_ptr_array_index (warnings, 0);
      if (!g_str_has_prefix (warning, warning_rows[i].message))
        g_assert_cmpstr (warning, ==, warning_rows[i].message);
    }
}

static void
test_terms (void)
{
  g_autoptr (JsonNode) root = parse (
    "{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":\"demo\"}],"
    "\"routes\":[{\"model\":\"a\",\"strategy\":\"least-busy\",\"targets\":[{\"provider\":\"p\","
    "\"model\":\"*\",\"weight\":3,\"when\":{\"hours\":\"22:00-06:30\",\"days\":[\"mon\",\"sun\"],"
    "\"tools\":false,\"images\":true,\"apps\":[\"x\"],\"budget_left_usd\":\"0.5\"}}]}],"
    "\"models\":[{\"provider\":\"p\",\"model\":\"m-*\",\"context_tokens\":4096,\"capabilities\":["
    "\"tools\"],\"price\":{"
    "\"input\":\"1.25\",\"output\":\"10\",\"as_of\":\"2026-11-01\"}}],"
    "\"tags\":[{\"tag\":\"secret\",\"locality\":\"local\"}],"
    "\"budget\":{\"usd\":\"0.05\",\"period\":\"week\",\"on_exceed\":\"local-only\"},"
    "\"retry\":{\"attempts\":0},\"cache\":{\"enabled\":true,\"max_mib\":2}}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WaySnapshot) plain = way_snapshot_new_from_json (root, warnings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (warnings->len, ==, 0);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_with_keys (plain, NULL);
  g_clear_pointer (&plain, way_snapshot_unref);

  const WayRoute *route = way_snapshot_find_route (snapshot, "a");
  const WayTarget *target = g_ptr_array_index (route->targets, 0);
  g_assert_cmpint (route->strategy, ==, WAY_STRATEGY_LEAST_BUSY);
  g_assert_cmpuint (target->weight, ==, 3);
  g_assert_cmpint (target->when->from_minute, ==, 22 * 60);
  g_assert_cmpint (target->when->to_minute, ==, 6 * 60 + 30);
  g_assert_cmpuint (target->when->days, ==, 1 | 1 << 6);
  g_assert_cmpint (target->when->tools, ==, WAY_DEMAND_WITHOUT);
  g_assert_cmpint (target->when->images, ==, WAY_DEMAND_WITH);
  g_assert_cmpstr (target->when->apps[0], ==, "x");
  g_assert_null (target->when->tags);
  g_assert_cmpint (target->when->min_budget_left_nano_usd, ==, 500000000);

  const WayModelTerms *terms = way_snapshot_find_model_terms (snapshot, "p", "m-1");
  g_assert_cmpint (terms->price.input, ==, 1250000);
  g_assert_cmpint (terms->price.cache_read, ==, WAY_UNKNOWN);
  g_assert_cmpuint (terms->price.as_of, ==, 20261101);
  g_assert_null (way_snapshot_find_model_terms (snapshot, "p", "n"));
  g_assert_null (way_snapshot_find_model_terms (snapshot, "q", "m-1"));

  g_assert_true (way_snapshot_tag_is_local_only (snapshot, "secret"));
  g_assert_false (way_snapshot_tag_is_local_only (snapshot, NULL));
  g_assert_cmpint (snapshot->budget.limit_nano_usd, ==, 50000000);
  g_assert_cmpint (snapshot->budget.period, ==, WAY_PERIOD_WEEK);
  g_assert_cmpint (snapshot->budget.on_exceed, ==, WAY_EXCEED_LOCAL_ONLY);
  g_assert_cmpuint (snapshot->budget.warn_percent, ==, 80);
  g_assert_cmpuint (snapshot->retry.attempts, ==, 0);
  g_assert_cmpuint (snapshot->retry.extra_percent, ==, 20);
  g_assert_true (snapshot->cache.enabled);
  g_assert_cmpint (snapshot->cache.max_bytes, ==, 2 * 1024 * 1024);
  g_assert_cmpint (snapshot->capture.bodies, ==, WAY_CAPTURE_OFF);
}

/* One reading tells all faults, and the error the first and their number. */
static void
test_collects_all_faults (void)
{
  g_autoptr (JsonNode) root = parse ("{\"version\":3,\"cloud\":1,\"apps\":[{\"id\":\"a\"}]}");
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_assert_null (way_snapshot_read (root, faults, warnings));
  g_assert_cmpuint (faults->len, ==, 3);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (faults, 2), "apps[0].token_sha256: "));

  g_autoptr (GError) error = NULL;
  g_assert_null (way_snapshot_new_from_json (root, NULL, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  g_assert_true (g_str_has_prefix (error->message, "version: "));
  g_assert_true (g_str_has_suffix (error->message, " (and 2 more faults)"));
}

/* A provider that is at fault itself still is one that routes may name. */
static void
test_blames_the_cause_once (void)
{
  g_autoptr (JsonNode) root = parse ("{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":\"x\"}],"
                                     "\"routes\":[{\"model\":\"a\",\"targets\":[{\"provider\":"
                                     "\"p\",\"model\":\"m\"}]}]}");
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_assert_null (way_snapshot_read (root, faults, warnings));
  g_assert_cmpuint (faults->len, ==, 1);
  g_assert_true (g_str_has_prefix (g_ptr_array_index (faults, 0), "providers[0].kind: "));
}

static void
test_clips_what_it_quotes (void)
{
  g_autofree char *long_kind = g_strnfill (5000, 'k');
  g_autofree char *json =
    g_strdup_printf ("{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":\"%s\"}]}", long_kind);
  g_autoptr (JsonNode) root = parse (json);
  g_autoptr (GError) error = NULL;
  g_assert_null (way_snapshot_new_from_json (root, NULL, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  g_assert_cmpuint (strlen (error->message), <, 300);
}

/* Messages end up in terminals, where an escape character would be obeyed. */
static void
test_quotes_plain_text (void)
{
  g_autoptr (JsonNode) root = parse ("{\"version\":1,\"providers\":[{\"id\":\"p\",\"kind\":"
                                     "\"a\\u001b[31m\"}]}");
  g_autoptr (GError) error = NULL;
  g_assert_null (way_snapshot_new_from_json (root, NULL, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  g_assert_null (strchr (error->message, '\x1b'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/snapshot-read/faults", test_faults);
  g_test_add_func ("/config/snapshot-read/warnings", test_warnings);
  g_test_add_func ("/config/snapshot-read/terms", test_terms);
  g_test_add_func ("/config/snapshot-read/collects-all-faults", test_collects_all_faults);
  g_test_add_func ("/config/snapshot-read/blames-the-cause-once", test_blames_the_cause_once);
  g_test_add_func ("/config/snapshot-read/clips-what-it-quotes", test_clips_what_it_quotes);
  g_test_add_func ("/config/snapshot-read/quotes-plain-text", test_quotes_plain_text);
  return g_test_run ();
}
