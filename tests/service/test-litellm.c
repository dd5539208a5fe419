/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-error.h"
#include "way-json.h"
#include "way-litellm.h"
#include "way-snapshot.h"

#include <string.h>

#define LIST "model_list:\n"
#define ENTRY(name, params) "- {model_name: \"" name "\", litellm_params: {" params "}}\n"
#define OPENAI_A ENTRY ("a", "model: openai/x")
#define LOCAL_B ENTRY ("b", "model: ollama/y")
#define ROUTE_A "{\"model\":\"a\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\"}]}"
#define ROUTE_B "{\"model\":\"b\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"y\"}]}"
#define TWO ENTRY ("a", "model: openai/x") ENTRY ("a", "model: groq/y")

/* What @yaml becomes; must be a config that can be used. */
static JsonNode *
convert (const char *yaml, GPtrArray *notes, GPtrArray *prompts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayYaml) document = way_yaml_parse (yaml, strlen (yaml), &error);
  g_assert_no_error (error);
  JsonNode *config = way_litellm_convert (way_yaml_get_root (document), notes, prompts, &error);
  g_assert_no_error (error);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (config, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (snapshot);
  return config;
}

static char *
dup_member (JsonNode *config, const char *name)
{
  JsonNode *member = json_object_get_member (json_node_get_object (config), name);

  return member == NULL ? NULL : way_json_print (member, FALSE);
}

static char *
join (GPtrArray *lines)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : "\n",
                            (const char *)g_ptr_array_index (lines, i));
  return g_string_free (text, FALSE);
}

/* One member of the config that comes out, and what is said about what did not. */
static const struct
{
  const char *what;
  const char *yaml;
  const char *member;
  const char *json;
  const char *notes; /* each line of them begins one note */
} cases[] = {
  { "plain", LIST OPENAI_A, "routes", "[" ROUTE_A "]", "" },
  { "usual key", LIST OPENAI_A, "providers",
    "[{\"id\":\"openai\",\"kind\":\"openai\",\"base_url\":\"https://api.openai.com/v1\","
    "\"key\":{\"keyring\":\"openai\"}}]",
    "" },
  { "no key", LIST ENTRY ("a", "model: ollama_chat/y, api_base: \"http://10.0.0.5:11434/\""),
    "providers", "[{\"id\":\"ollama\",\"kind\":\"ollama\",\"base_url\":\"http://10.0.0.5:11434\"}]",
    "" },
  { "placeholder key",
    LIST ENTRY ("a", "model: openai/y, api_base: \"http://box:8000/v1\", api_key: EMPTY"),
    "providers", "[{\"id\":\"box-8000\",\"kind\":\"openai\",\"base_url\":\"http://box:8000/v1\"}]",
    "line 2: model_list[0].litellm_params.api_key: " },
  { "two accounts",
    LIST ENTRY ("a", "model: groq/x, api_key: k1") ENTRY ("b", "model: groq/x, api_key: k2"),
    "providers",
    "[{\"id\":\"groq\",\"kind\":\"openai\",\"base_url\":\"https://api.groq.com/openai/v1\","
    "\"key\":{\"keyring\":\"groq\"}},"
    "{\"id\":\"groq-2\",\"kind\":\"openai\",\"base_url\":\"https://api.groq.com/openai/v1\","
    "\"key\":{\"keyring\":\"groq-2\"}}]",
    "" },
  { "another prefix of the same",
    LIST ENTRY ("a", "model: cohere/x") ENTRY ("b", "model: cohere_chat/x"), "providers",
    "[{\"id\":\"cohere\",\"kind\":\"openai\",\"base_url\":\"https://api.cohere.ai/compatibility/"
    "v1\","
    "\"key\":{\"keyring\":\"cohere\"}}]",
    "" },
  { "azure",
    LIST ENTRY ("a",
                "model: azure/d, api_base: \"https://e.example/\", api_version: \"2024-10-21\""),
    "providers",
    "[{\"id\":\"azure\",\"kind\":\"azure-openai\",\"base_url\":\"https://e.example\","
    "\"api_version\":\"2024-10-21\",\"key\":{\"keyring\":\"azure\"}}]",
    "" },
  { "azure without address", LIST ENTRY ("a", "model: azure/d"), "routes", "[]",
    "line 2: model_list[0].litellm_params.model: " },
  { "unknown provider", LIST ENTRY ("a", "model: bedrock/x") OPENAI_A, "routes", "[" ROUTE_A "]",
    "line 2: model_list[0].litellm_params.model: " },
  { "address from the environment", LIST ENTRY ("a", "model: openai/x, api_base: os.environ/BASE"),
    "providers", "[]", "line 2: model_list[0].litellm_params.api_base: " },
  { "address with a password",
    LIST ENTRY ("a", "model: openai/x, api_base: \"https://me:secret@e.example/\""), "providers",
    "[]", "line 2: model_list[0].litellm_params.api_base: " },
  { "limits of one", LIST ENTRY ("a", "model: groq/x, rpm: 5, tpm: 70, max_parallel_requests: 2"),
    "providers",
    "[{\"id\":\"groq\",\"kind\":\"openai\",\"base_url\":\"https://api.groq.com/openai/v1\","
    "\"key\":{\"keyring\":\"groq\"},\"limits\":{\"rpm\":5,\"tpm\":70,\"parallel\":2}}]",
    "" },
  { "limits of two",
    LIST ENTRY ("a", "model: groq/x, rpm: 5") ENTRY ("b", "model: groq/y, rpm: 6, tpm: 7"),
    "providers",
    "[{\"id\":\"groq\",\"kind\":\"openai\",\"base_url\":\"https://api.groq.com/openai/v1\","
    "\"key\":{\"keyring\":\"groq\"},\"limits\":{\"rpm\":11}}]",
    "line 2: model_list: rpm\nline 2: model_list: tpm" },
  { "price",
    LIST ENTRY ("a", "model: groq/x, input_cost_per_token: 2.5e-7, output_cost_per_token: 0.00001"),
    "models",
    "[{\"provider\":\"groq\",\"model\":\"x\",\"price\":{\"input\":\"0.25\",\"output\":\"10\"}}]",
    "" },
  { "half a price", LIST ENTRY ("a", "model: groq/x, input_cost_per_token: 2.5e-7"), "models", NULL,
    "line 2: model_list[0].litellm_params: " },
  { "several deployments", LIST TWO, "routes",
    "[{\"model\":\"a\",\"strategy\":\"weighted\",\"targets\":["
    "{\"provider\":\"openai\",\"model\":\"x\",\"weight\":1},"
    "{\"provider\":\"groq\",\"model\":\"y\",\"weight\":1}]}]",
    "" },
  { "fractions as weights",
    LIST ENTRY ("a", "model: groq/x, weight: 0.25") ENTRY ("a", "model: groq/y, weight: 1"),
    "routes",
    "[{\"model\":\"a\",\"strategy\":\"weighted\",\"targets\":["
    "{\"provider\":\"groq\",\"model\":\"x\",\"weight\":250},"
    "{\"provider\":\"groq\",\"model\":\"y\",\"weight\":1000}]}]",
    "" },
  { "rpm as weights",
    LIST ENTRY ("a", "model: groq/x, rpm: 5") ENTRY ("a", "model: xai/y, rpm: 15"), "routes",
    "[{\"model\":\"a\",\"strategy\":\"weighted\",\"targets\":["
    "{\"provider\":\"groq\",\"model\":\"x\",\"weight\":5},"
    "{\"provider\":\"xai\",\"model\":\"y\",\"weight\":15}]}]",
    "" },
  { "order", LIST ENTRY ("a", "model: groq/x, order: 2") ENTRY ("a", "model: groq/y, order: 1"),
    "routes",
    "[{\"model\":\"a\",\"targets\":[{\"provider\":\"groq\",\"model\":\"y\"},"
    "{\"provider\":\"groq\",\"model\":\"x\"}]}]",
    "line 2: a: its 2 deployments" },
  { "least busy", LIST TWO "router_settings: {routing_strategy: least-busy}", "routes",
    "[{\"model\":\"a\",\"strategy\":\"least-busy\",\"targets\":["
    "{\"provider\":\"openai\",\"model\":\"x\"},{\"provider\":\"groq\",\"model\":\"y\"}]}]",
    "" },
  { "fastest", LIST TWO "router_settings: {routing_strategy: latency-based-routing}", "routes",
    "[{\"model\":\"a\",\"strategy\":\"fastest\",\"targets\":["
    "{\"provider\":\"openai\",\"model\":\"x\"},{\"provider\":\"groq\",\"model\":\"y\"}]}]",
    "" },
  { "cheapest", LIST TWO "router_settings: {routing_strategy: cost-based-routing}", "routes",
    "[{\"model\":\"a\",\"strategy\":\"cheapest\",\"targets\":["
    "{\"provider\":\"openai\",\"model\":\"x\"},{\"provider\":\"groq\",\"model\":\"y\"}]}]",
    "" },
  { "a strategy we do not have",
    LIST OPENAI_A "router_settings: {routing_strategy: usage-based-routing-v2}", "routes",
    "[" ROUTE_A "]", "line 3: router_settings.routing_strategy: " },
  { "alias", LIST OPENAI_A "router_settings: {model_group_alias: {c: a, d: {model: nobody}}}",
    "routes",
    "[" ROUTE_A ",{\"model\":\"c\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\"}]}]",
    "line 3: router_settings.model_group_alias.d: " },
  { "fallbacks", LIST OPENAI_A LOCAL_B "litellm_settings: {fallbacks: [{b: [a, nobody]}]}",
    "routes",
    "[" ROUTE_A ",{\"model\":\"b\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"y\"},"
    "{\"provider\":\"openai\",\"model\":\"x\"}]}]",
    "line 4: litellm_settings.fallbacks[0]: " },
  { "fallbacks of several deployments", LIST TWO LOCAL_B "router_settings: {fallbacks: [{a: [b]}]}",
    "routes",
    "[{\"model\":\"a\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\"},"
    "{\"provider\":\"groq\",\"model\":\"y\"},{\"provider\":\"ollama\",\"model\":\"y\"}]}," ROUTE_B
    "]",
    "line 2: a: its 2 deployments" },
  { "default fallbacks", LIST OPENAI_A LOCAL_B "litellm_settings: {default_fallbacks: [b]}",
    "routes",
    "[{\"model\":\"a\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\"},"
    "{\"provider\":\"ollama\",\"model\":\"y\"}]}," ROUTE_B "]",
    "" },
  { "context window fallbacks",
    LIST OPENAI_A LOCAL_B "router_settings: {context_window_fallbacks: [{b: [a]}]}", "routes",
    "[" ROUTE_A ",{\"model\":\"b\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"y\"},"
    "{\"provider\":\"openai\",\"model\":\"x\"}]}]",
    "line 4: router_settings.context_window_fallbacks: " },
  { "wildcard that is an address", LIST ENTRY ("openai/*", "model: openai/*"), "routes", "[]", "" },
  { "an address", LIST ENTRY ("openai/x", "model: openai/x"), "routes", "[]", "" },
  { "an address that means another model", LIST ENTRY ("openai/x", "model: openai/y") OPENAI_A,
    "routes", "[" ROUTE_A "]", "line 2: openai/x: is left out: " },
  { "an address with a fallback",
    LIST OPENAI_A ENTRY ("openai/y", "model: openai/y") "router_settings: {fallbacks: [{openai/y: "
                                                        "[a]}]}",
    "routes", "[" ROUTE_A "]", "line 3: openai/y: is left out: " },
  { "a prefix that is no provider", LIST ENTRY ("org/x", "model: openai/x"), "routes",
    "[{\"model\":\"org/x\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\"}]}]", "" },
  { "wildcard", LIST ENTRY ("claude-*", "model: anthropic/claude-*"), "routes",
    "[{\"model\":\"claude-*\",\"targets\":[{\"provider\":\"anthropic\",\"model\":\"*\"}]}]", "" },
  { "wildcard that renames", LIST ENTRY ("my-*", "model: openai/gpt-*"), "routes", "[]",
    "line 2: model_list[0].litellm_params.model: " },
  { "merge key",
    "base: &b {model: openai/z, timeout: 1}\n" LIST
    "- {model_name: a, litellm_params: {<<: *b, model: openai/x}}\n",
    "routes", "[" ROUTE_A "]", "line 1: model_list[0].litellm_params.timeout: \nline 1: base: " },
  { "context length",
    LIST "- model_name: a\n  litellm_params: {model: openai/x}\n"
         "  model_info:\n    max_input_tokens: 4096\n    mode: chat\n",
    "routes",
    "[{\"model\":\"a\",\"targets\":[{\"provider\":\"openai\",\"model\":\"x\","
    "\"context_tokens\":4096}]}]",
    "line 6: model_list[0].model_info.mode: " },
  { "master key", LIST OPENAI_A "general_settings: {master_key: sk-secret}", "listen",
    "{\"require_token\":true}", "line 3: general_settings.master_key: " },
  { "cache", LIST OPENAI_A "litellm_settings: {cache: True, cache_params: {type: redis, ttl: 60}}",
    "cache", "{\"enabled\":true,\"ttl_s\":60}", "line 3: litellm_settings.cache_params.type: " },
  { "retries", LIST OPENAI_A "litellm_settings: {num_retries: 3, drop_params: true}", "retry",
    "{\"attempts\":3}", "line 3: litellm_settings.drop_params: " },
  { "a number that is none", LIST ENTRY ("a", "model: openai/x, rpm: many"), "routes",
    "[" ROUTE_A "]", "line 2: model_list[0].litellm_params.rpm: " },
  { "not a deployment", LIST "- 5\n" OPENAI_A "environment_variables: {SOME_KEY: sk-secret}",
    "routes", "[" ROUTE_A "]",
    "line 2: model_list[0]: \nline 4: environment_variables.SOME_KEY: " },
};

static void
assert_notes (GPtrArray *notes, const char *beginnings)
{
  g_auto (GStrv) lines = g_strsplit (beginnings, "\n", -1);

  g_assert_cmpuint (notes->len, ==, g_strv_length (lines));
  for (guint i = 0; i < notes->len; i++)
    {
      const char *note = g_ptr_array_index (notes, i);

      if (!g_str_has_prefix (note, lines[i]))
        g_assert_cmpstr (note, ==, lines[i]);
    }
}

static void
test_convert (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);

      g_test_message ("%s", cases[i].what);
      g_autoptr (JsonNode) config = convert (cases[i].yaml, notes, prompts);
      g_autofree char *json = dup_member (config, cases[i].member);
      g_assert_cmpstr (json, ==, cases[i].json);
      assert_notes (notes, cases[i].notes);
    }
}

static void
test_keys (void)
{
  static const char yaml[] = LIST ENTRY ("a", "model: openai/x, api_key: os.environ/MY_KEY")
    ENTRY ("b", "model: groq/x, api_key: sk-secret-1, organization: sk-secret-2")
      ENTRY ("c", "model: ollama/x") "general_settings: {master_key: sk-secret-3}\n"
                                     "environment_variables: {X: sk-secret-4}\n";
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) config = convert (yaml, notes, prompts);
  g_autofree char *json = way_json_print (config, FALSE);
  g_autofree char *noted = join (notes);
  g_autofree char *prompted = join (prompts);

  g_assert_cmpstr (prompted, ==,
                   "wayfare key set openai  # or, from the environment: \"key\": {\"env\": "
                   "\"MY_KEY\"}\nwayfare key set groq");
  g_assert_null (strstr (json, "sk-secret"));
  g_assert_null (strstr (noted, "sk-secret"));
}

static const struct
{
  const char *what;
  const char *yaml;
  const char *message; /* how it begins */
} faults[] = {
  { "unclosed", "a: [1\nb: 2", "line 2, column 2: " },
  { "tab", "a:\n\t- b", "line 2, column 1: " },
  { "twice", "a: 1\nb: 2\na: 3", "line 3, column 1: " },
  { "no anchor", "a: *b", "line 1, column 4: " },
  { "in itself", "a: &a [1, *a]", "line 1, column 11: " },
  { "key that is no text", "[1]: 2", "line 1, column 1: " },
  { "second document", "a: 1\n---\nb: 2", "line 2, column 1: " },
  { "no text", "a: \xff", "byte 4: " },
  { "NUL", "a: \"\\0\"", "line 1, column 4: " },
  { "empty", "", "it has no list \"model_list\"" },
  { "not a mapping", "- 1", "it has no list \"model_list\"" },
};

static void
assert_refused (const char *yaml, const char *message)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayYaml) document = way_yaml_parse (yaml, strlen (yaml), &error);

  if (document != NULL)
    g_assert_null (way_litellm_convert (way_yaml_get_root (document), notes, prompts, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  if (strstr (error->message, message) == NULL)
    g_assert_cmpstr (error->message, ==, message);
}

static void
test_refuse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_test_message ("%s", faults[i].what);
      assert_refused (faults[i].yaml, faults[i].message);
    }
}

/* Ten aliases of ten aliases of …: small as text, huge as a tree. */
static void
test_bomb (void)
{
  g_autoptr (GString) yaml = g_string_new ("l0: &l0 [x]\n");

  for (int level = 1; level < 9; level++)
    {
      g_string_append_printf (yaml, "l%d: &l%d [", level, level);
      for (int i = 0; i < 10; i++)
        g_string_append_printf (yaml, "%s*l%d", i == 0 ? "" : ",", level - 1);
      g_string_append (yaml, "]\n");
    }
  assert_refused (yaml->str, "too many values");
}

/* Each level has one value more and merges the one before. */
static void
test_merge_bomb (void)
{
  g_autoptr (GString) yaml = g_string_new ("m0: &m0 {k: v}\n");

  for (int level = 1; level < 1000; level++)
    g_string_append_printf (yaml, "m%d: &m%d {<<: *m%d, k%d: v}\n", level, level, level - 1, level);
  assert_refused (yaml->str, "too many values");
}

static void
test_depth (void)
{
  g_autoptr (GString) yaml = g_string_new (NULL);

  for (int i = 0; i < 100; i++)
    g_string_append (yaml, "[");
  assert_refused (yaml->str, "nested too deep");

  /* No line is deep; only what the aliases stand for is. */
  g_string_assign (yaml, "d0: &d0 [x]\n");
  for (int i = 1; i < 100; i++)
    g_string_append_printf (yaml, "d%d: &d%d [*d%d]\n", i, i, i - 1);
  assert_refused (yaml->str, "nested too deep");
}

static void
test_many_deployments (void)
{
  g_autoptr (GString) yaml = g_string_new (LIST);

  for (int i = 0; i < 1001; i++)
    g_string_append_printf (yaml, "- {model_name: a%d, litellm_params: {model: xai/x}}\n", i);
  assert_refused (yaml->str, "line 1: model_list has more than 1000 entries");
}

static void
test_many_fallbacks (void)
{
  g_autoptr (GString) yaml = g_string_new (LIST OPENAI_A);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < 65; i++)
    g_string_append_printf (yaml, "- {model_name: b, litellm_params: {model: ollama/%d}}\n", i);
  g_string_append (yaml, "router_settings: {fallbacks: [{a: [b]}]}");
  g_autoptr (JsonNode) config = convert (yaml->str, notes, prompts);
  JsonArray *routes = way_json_get_array (json_node_get_object (config), "routes");
  JsonArray *targets = way_json_get_array (json_array_get_object_element (routes, 0), "targets");

  g_assert_cmpuint (json_array_get_length (targets), ==, 1 + 64);
  assert_notes (notes, "line 68: router_settings.fallbacks[0]: ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/litellm/convert", test_convert);
  g_test_add_func ("/service/litellm/keys", test_keys);
  g_test_add_func ("/service/litellm/refuse", test_refuse);
  g_test_add_func ("/service/litellm/bomb", test_bomb);
  g_test_add_func ("/service/litellm/merge-bomb", test_merge_bomb);
  g_test_add_func ("/service/litellm/depth", test_depth);
  g_test_add_func ("/service/litellm/many-fallbacks", test_many_fallbacks);
  g_test_add_func ("/service/litellm/many-deployments", test_many_deployments);
  return g_test_run ();
}
