/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The decision: who may answer, in which order and in which words. Each row states the whole plan
 * as text, a line for each candidate: its target, "use" or the name of the refusal, "other" if it
 * is another model than the one asked for, and the reason. */

#include "way-json.h"
#include "way-router.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define NOW (G_GINT64_CONSTANT (1762000000) * SECOND)

static const char config[] =
  "{\"version\":1,"
  "\"providers\":["
  "{\"id\":\"demo\",\"kind\":\"demo\"},"
  "{\"id\":\"cloud\",\"kind\":\"openai\",\"base_url\":\"https://api.example.com/v1\"},"
  "{\"id\":\"lan\",\"kind\":\"openai\",\"base_url\":\"http://192.168.1.9:8000/v1\"},"
  "{\"id\":\"ollama\",\"kind\":\"ollama\",\"base_url\":\"http://127.0.0.1:11434\"},"
  "{\"id\":\"off\",\"kind\":\"openai\",\"base_url\":\"http://127.0.0.1:1\",\"enabled\":false},"
  "{\"id\":\"locked\",\"kind\":\"openai\",\"base_url\":\"https://locked.example.com/v1\","
  "\"key\":{\"keyring\":\"locked\"}},"
  "{\"id\":\"claude\",\"kind\":\"anthropic\",\"base_url\":\"https://claude.example.com\","
  "\"dialects\":[\"anthropic-count\"]},"
  "{\"id\":\"responses\",\"kind\":\"openai\",\"base_url\":\"https://r.example.com/v1\","
  "\"dialects\":[\"openai-embeddings\"]}"
  "],"
  "\"routes\":["
  "{\"model\":\"gpt-*\",\"targets\":[{\"provider\":\"cloud\",\"model\":\"*\"}]},"
  "{\"model\":\"gpt-5*\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"qwen3\"}],"
  "\"deadline_ms\":{\"connect\":777}},"
  "{\"model\":\"*-both\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\"},"
  "{\"provider\":\"cloud\",\"model\":\"*\"}]},"
  "{\"model\":\"lan/named\",\"targets\":[{\"provider\":\"cloud\",\"model\":\"a\"}]},"
  "{\"model\":\"gpt-5-exact\",\"targets\":[{\"provider\":\"lan\",\"model\":\"big\"}]},"
  "{\"model\":\"coder\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"qwen3\","
  "\"context_tokens\":32768},{\"provider\":\"cloud\",\"model\":\"gpt-mini\"}]},"
  "{\"model\":\"qwen3\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"*\"},"
  "{\"provider\":\"lan\",\"model\":\"vendor/"
  "qwen3\"},{\"provider\":\"cloud\",\"model\":\"gpt-mini\"}"
  "]},"
  "{\"model\":\"twins\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"m\"},"
  "{\"provider\":\"lan\",\"model\":\"m\"}]},"
  "{\"model\":\"served\",\"targets\":[{\"provider\":\"ollama\",\"model\":\"qwen3\"}]},"
  "{\"model\":\"strict\",\"substitution\":\"never\",\"targets\":["
  "{\"provider\":\"ollama\",\"model\":\"qwen3\"},{\"provider\":\"lan\",\"model\":\"qwen3\"},"
  "{\"provider\":\"cloud\",\"model\":\"gpt-mini\"}]},"
  "{\"model\":\"home\",\"local_only\":true,\"targets\":[{\"provider\":\"ollama\",\"model\":\"q\"},"
  "{\"provider\":\"lan\",\"model\":\"q\"},{\"provider\":\"cloud\",\"model\":\"q\"}]},"
  "{\"model\":\"abroad\",\"targets\":[{\"provider\":\"cloud\",\"model\":\"a\"},"
  "{\"provider\":\"lan\",\"model\":\"b\"}]},"
  "{\"model\":\"away\",\"targets\":[{\"provider\":\"cloud\",\"model\":\"a\"},"
  "{\"provider\":\"ollama\",\"model\":\"a\"}]},"
  "{\"model\":\"broken\",\"targets\":[{\"provider\":\"off\",\"model\":\"a\"},"
  "{\"provider\":\"claude\",\"model\":\"b\"},{\"provider\":\"responses\",\"model\":\"c\"},"
  "{\"provider\":\"locked\",\"model\":\"d\"}]},"
  "{\"model\":\"many\",\"targets\":["
  "{\"provider\":\"demo\",\"model\":\"1\"},{\"provider\":\"demo\",\"model\":\"2\"},"
  "{\"provider\":\"demo\",\"model\":\"3\"},{\"provider\":\"demo\",\"model\":\"4\"},"
  "{\"provider\":\"demo\",\"model\":\"5\"},{\"provider\":\"demo\",\"model\":\"6\"},"
  "{\"provider\":\"demo\",\"model\":\"7\"},{\"provider\":\"demo\",\"model\":\"8\"},"
  "{\"provider\":\"demo\",\"model\":\"9\"},{\"provider\":\"demo\",\"model\":\"10\"}]}"
  "],"
  "\"apps\":["
  "{\"id\":\"editor\",\"token_sha256\":"
  "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
  "\"models\":[\"coder\",\"gpt-*\",\"llama*\"]},"
  "{\"id\":\"private\",\"token_sha256\":"
  "\"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
  "\"locality\":\"local\"}"
  "]}";

typedef struct
{
  WaySnapshot *snapshot;
  WayHealth *health;
  WayTraffic *traffic;
} Fixture;

static void
note_models (WayHealth *health, const char *id, const char *kind, const char *models)
{
  g_autoptr (WayProviderState) state = way_provider_state_new (id, kind, NULL);

  state->reach = WAY_REACH_UP;
  state->models = g_strsplit (models, " ", -1);
  state->checked_at_us = NOW - 5 * SECOND;
  way_health_note_probe (health, state);
}

static WaySnapshot *
read_snapshot (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (config, strlen (config), &error);
  g_assert_no_error (error);
  g_autoptr (WaySnapshot) plain = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (GHashTable) keys =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)way_key_entry_free);
  g_hash_table_insert (keys, (gpointer) "locked",
                       way_key_entry_new (NULL, "the keyring is locked"));
  return way_snapshot_with_keys (plain, keys);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->snapshot = read_snapshot ();
  fixture->health = way_health_new ();
  fixture->traffic = way_traffic_new ();
  note_models (fixture->health, "ollama", "ollama", "qwen3:latest llama3.2:1b shared");
  note_models (fixture->health, "lan", "openai", "vendor/qwen3 shared phi-4");
  note_models (fixture->health, "cloud", "openai", "gpt-mini shared served phi-4 org/tiny");
  note_models (fixture->health, "off", "openai", "sleeper");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  way_snapshot_unref (fixture->snapshot);
  way_health_free (fixture->health);
  way_traffic_free (fixture->traffic);
}

/* The plan as text; then its error, if it has one. */
static char *
describe (const WayPlan *plan)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < plan->candidates->len; i++)
    {
      const WayCandidate *candidate = g_ptr_array_index (plan->candidates, i);
      g_string_append_printf (text, "%s/%s %s%s: %s\n", candidate->provider->id, candidate->model,
                              candidate->usable ? "use"
                                                : way_error_code_get_name (candidate->refusal),
                              candidate->substituted ? " other" : "", candidate->reason);
    }
  if (plan->error != NULL)
    {
      g_assert_true (plan->error->domain == WAY_ERROR);
      g_string_append_printf (text, "= %s: %s\n",
                              way_error_code_get_name ((WayErrorCode)plan->error->code),
                              plan->error->message);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

typedef struct
{
  const char *model;
  const char *app;
  gboolean request_local_only;
  gboolean no_fallback;
  gboolean cloud_off;
  gboolean cloud_off_by_now;
  gboolean expect_local_only;
  const char *plan;
} PlanRow;

static WayPlan *
make_plan (Fixture *fixture, const PlanRow *row)
{
  WayRouteQuery query = {
    .model = row->model,
    .dialect = &way_dialect_openai_chat,
    .local_only = row->request_local_only,
    .no_fallback = row->no_fallback,
  };
  const WayEvidence evidence = { .health = fixture->health,
                                 .traffic = fixture->traffic,
                                 .cloud_is_off = row->cloud_off_by_now };

  if (row->app != NULL)
    {
      query.app = way_snapshot_find_app (fixture->snapshot, row->app);
      g_assert_nonnull (query.app);
    }
  fixture->snapshot->cloud_enabled = !row->cloud_off;
  return way_router_plan (fixture->snapshot, &query, &evidence, NOW);
}

static void
assert_rows (Fixture *fixture, const PlanRow *rows, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (WayPlan) plan = make_plan (fixture, &rows[i]);
      g_autofree char *text = describe (plan);
      g_test_message ("%s", rows[i].model);
      g_assert_cmpstr (text, ==, rows[i].plan);
      g_assert_cmpint (plan->local_only, ==, rows[i].expect_local_only);
    }
}

#define ASSERT_ROWS(fixture, rows) assert_rows ((fixture), (rows), G_N_ELEMENTS (rows))

static const PlanRow route_rows[] = {
  { .model = "coder",
    .plan = "ollama/qwen3 use: first target of coder\n"
            "cloud/gpt-mini use other: second target of coder\n" },
  /* The longest pattern wins, an exact name over all of them. */
  { .model = "gpt-4o", .plan = "cloud/gpt-4o use: first target of gpt-*\n" },
  { .model = "gpt-5-turbo", .plan = "ollama/qwen3 use other: first target of gpt-5*\n" },
  { .model = "gpt-5-exact", .plan = "lan/big use: first target of gpt-5-exact\n" },
  /* The requested name is the first target's model: the same behind a prefix is no other. */
  { .model = "qwen3",
    .plan = "ollama/qwen3 use: first target of qwen3\n"
            "lan/vendor/qwen3 use: second target of qwen3\n"
            "cloud/gpt-mini use other: third target of qwen3\n" },
  /* An alias whose targets are one model. */
  { .model = "twins",
    .plan = "ollama/m use: first target of twins\nlan/m use: second target of twins\n" },
  /* The route bears the name of a model that a provider serves: it is no alias. */
  { .model = "served", .plan = "ollama/qwen3 use other: first target of served\n" },
  { .model = "many",
    .plan = "demo/1 use: first target of many\ndemo/2 use other: second target of many\n"
            "demo/3 use other: third target of many\ndemo/4 use other: fourth target of many\n"
            "demo/5 use other: fifth target of many\ndemo/6 use other: sixth target of many\n"
            "demo/7 use other: seventh target of many\ndemo/8 use other: eighth target of many\n"
            "demo/9 use other: ninth target of many\ndemo/10 use other: target 10 of many\n" },
  { .model = "strict",
    .plan = "ollama/qwen3 use: first target of strict\nlan/qwen3 use: second target of strict\n"
            "cloud/gpt-mini no_target other: has another model than qwen3, and the route "
            "\"strict\" allows no substitution\n" },
  { .model = "coder",
    .no_fallback = TRUE,
    .plan = "ollama/qwen3 use: first target of coder\n"
            "cloud/gpt-mini no_target other: is not tried: no fallback was asked for\n" },
};

static void
test_routes (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, route_rows);
}

static const PlanRow name_rows[] = {
  { .model = "cloud/anything", .plan = "cloud/anything use: addressed directly\n" },
  { .model = "cloud/org/tiny", .plan = "cloud/org/tiny use: addressed directly\n" },
  { .model = "demo/demo", .plan = "demo/demo use: addressed directly\n" },
  { .model = "demo", .plan = "demo/demo use: the only provider that serves it\n" },
  { .model = "llama3.2:1b", .plan = "ollama/llama3.2:1b use: the only provider that serves it\n" },
  /* No provider is called "org". */
  { .model = "org/tiny", .plan = "cloud/org/tiny use: the only provider that serves it\n" },
  { .model = "shared",
    .plan = "ollama/shared use: the first of 3 providers that serve it\n"
            "lan/shared use: also serves it\ncloud/shared use: also serves it\n" },
  { .model = "phi-4",
    .plan = "lan/phi-4 use: the first of 2 providers that serve it\n"
            "cloud/phi-4 use: also serves it\n" },
  { .model = "phi-4",
    .no_fallback = TRUE,
    .plan = "lan/phi-4 use: the first of 2 providers that serve it\n"
            "cloud/phi-4 no_target: is not tried: no fallback was asked for\n" },
};

/* No route takes what is said to one provider, be it a pattern that matches or a route of that very
 * name; a name whose prefix is nobody's id is any other name. */
static const PlanRow address_rows[] = {
  { .model = "lan/m-both", .plan = "lan/m-both use: addressed directly\n" },
  { .model = "claude-local/lan/m-both", .plan = "lan/m-both use: addressed directly\n" },
  { .model = "cloud/org/m-both", .plan = "cloud/org/m-both use: addressed directly\n" },
  { .model = "lan/named", .plan = "lan/named use: addressed directly\n" },
  { .model = "org/m-both",
    .plan = "ollama/org/m-both use: first target of *-both\n"
            "cloud/org/m-both use: second target of *-both\n" },
  { .model = "/m-both",
    .plan = "ollama//m-both use: first target of *-both\n"
            "cloud//m-both use: second target of *-both\n" },
  { .model = "off/m-both",
    .plan = "off/m-both no_target: is disabled\n"
            "= no_target: No target may answer \"off/m-both\": off/m-both is disabled; mend one of "
            "them, or add another target\n" },
};

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, address_rows);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, name_rows);
}

#define ADVICE "; ask GET /v1/models for all names, or address a target as \"provider/model\"\n"

static const PlanRow unknown_rows[] = {
  { .model = "zzzzzzzz",
    .plan = "= model_not_found: No route names the model \"zzzzzzzz\" and no provider serves "
            "it" ADVICE },
  { .model = "llama3",
    .plan = "= model_not_found: No route names the model \"llama3\" and no provider serves it; "
            "near names: \"llama3.2:1b\"" ADVICE },
  { .model = "codr",
    .plan = "= model_not_found: No route names the model \"codr\" and no provider serves it; near "
            "names: \"coder\"" ADVICE },
  { .model = "Dmeo",
    .plan = "= model_not_found: No route names the model \"Dmeo\" and no provider serves it; near "
            "names: \"demo\"" ADVICE },
  { .model = "qwen",
    .plan = "= model_not_found: No route names the model \"qwen\" and no provider serves it; near "
            "names: \"qwen3\", \"qwen3:latest\", \"vendor/qwen3\"" ADVICE },
  /* What a disabled provider has is not served, and not offered. */
  { .model = "sleeper",
    .plan = "= model_not_found: No route names the model \"sleeper\" and no provider serves "
            "it" ADVICE },
  /* An id without a model addresses nobody. */
  { .model = "nobody/m",
    .plan = "= model_not_found: No route names the model \"nobody/m\" and no provider serves "
            "it" ADVICE },
  { .model = "cloud/",
    .plan = "= model_not_found: No route names the model \"cloud/\" and no provider serves "
            "it" ADVICE },
  /* An app is not told of what it may not use. */
  { .model = "llama3",
    .app = "editor",
    .plan = "= model_not_found: No route names the model \"llama3\" and no provider serves it; "
            "near names: \"llama3.2:1b\"" ADVICE },
  { .model = "qwen3",
    .app = "editor",
    .plan = "= model_not_allowed: The app \"editor\" may not use the model \"qwen3\"; it may use: "
            "coder, gpt-*, llama*\n" },
};

static void
test_unknown_names (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, unknown_rows);
}

static const PlanRow locality_rows[] = {
  { .model = "coder",
    .cloud_off = TRUE,
    .expect_local_only = TRUE,
    .plan = "ollama/qwen3 use: first target of coder\n"
            "cloud/gpt-mini cloud_disabled other: is a cloud provider and Local only is on\n" },
  { .model = "coder",
    .cloud_off_by_now = TRUE,
    .expect_local_only = TRUE,
    .plan = "ollama/qwen3 use: first target of coder\n"
            "cloud/gpt-mini cloud_disabled other: is a cloud provider and Local only is on\n" },
  { .model = "abroad",
    .cloud_off = TRUE,
    .request_local_only = TRUE,
    .expect_local_only = TRUE,
    .plan = "cloud/a cloud_disabled: is a cloud provider and Local only is on\n"
            "lan/b cloud_disabled other: is on the local network and Local only is on\n"
            "= cloud_disabled: No target may answer \"abroad\": cloud/a is a cloud provider and "
            "Local only is on; lan/b is on the local network and Local only is on; turn Local only "
            "off, or add a local target\n" },
  { .model = "abroad",
    .request_local_only = TRUE,
    .expect_local_only = TRUE,
    .plan = "cloud/a local_only: is a cloud provider and the request is local-only\n"
            "lan/b local_only other: is on the local network and the request is local-only\n"
            "= local_only: No target may answer \"abroad\": cloud/a is a cloud provider and the "
            "request is local-only; lan/b is on the local network and the request is local-only; "
            "add a local target, or lift the restriction\n" },
  { .model = "coder",
    .app = "private",
    .expect_local_only = TRUE,
    .plan = "ollama/qwen3 use: first target of coder\n"
            "cloud/gpt-mini local_only other: is a cloud provider and the app \"private\" is "
            "local-only\n" },
  { .model = "home",
    .expect_local_only = TRUE,
    .plan = "ollama/q use: first target of home\n"
            "lan/q local_only: is on the local network and the route \"home\" is local-only\n"
            "cloud/q local_only: is a cloud provider and the route \"home\" is local-only\n" },
  { .model = "cloud/a",
    .cloud_off = TRUE,
    .expect_local_only = TRUE,
    .plan = "cloud/a cloud_disabled: is a cloud provider and Local only is on\n"
            "= cloud_disabled: No target may answer \"cloud/a\": cloud/a is a cloud provider and "
            "Local only is on; turn Local only off, or add a local target\n" },
  /* The nearest comes first anyway; the others go. */
  { .model = "shared",
    .request_local_only = TRUE,
    .expect_local_only = TRUE,
    .plan = "ollama/shared use: the first of 3 providers that serve it\n"
            "lan/shared local_only: is on the local network and the request is local-only\n"
            "cloud/shared local_only: is a cloud provider and the request is local-only\n" },
  { .model = "demo",
    .cloud_off = TRUE,
    .expect_local_only = TRUE,
    .plan = "demo/demo use: the only provider that serves it\n" },
};

static void
test_locality (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, locality_rows);
}

static const PlanRow policy_rows[] = {
  { .model = "broken",
    .plan = "off/a no_target: is disabled\n"
            "claude/b no_target other: speaks no dialect that openai-chat can be said in\n"
            "responses/c no_target other: speaks no dialect that openai-chat can be said in\n"
            "locked/d key_missing other: has no key: the keyring is locked\n"
            "= no_target: No target may answer \"broken\": off/a is disabled; claude/b speaks no "
            "dialect that openai-chat can be said in; responses/c speaks no dialect that "
            "openai-chat can be said in; locked/d has no key: the keyring is locked; mend one of "
            "them, or add another target\n" },
  { .model = "off/a",
    .plan = "off/a no_target: is disabled\n"
            "= no_target: No target may answer \"off/a\": off/a is disabled; mend one of them, or "
            "add another target\n" },
  { .model = "locked/d",
    .plan = "locked/d key_missing: has no key: the keyring is locked\n"
            "= no_target: No target may answer \"locked/d\": locked/d has no key: the keyring is "
            "locked; mend one of them, or add another target\n" },
};

static void
test_policy (Fixture *fixture, gconstpointer data)
{
  ASSERT_ROWS (fixture, policy_rows);
}

static void
assert_plan (Fixture *fixture, const char *model, const char *expected)
{
  PlanRow row = { .model = model, .plan = expected };

  assert_rows (fixture, &row, 1);
}

static void
note_failure (Fixture *fixture,
              const char *id,
              WayErrorCode code,
              const char *reason,
              gint64 wait_us,
              gint64 age_us)
{
  way_health_note_failure (fixture->health, id, code, reason, wait_us == 0 ? 0 : NOW + wait_us,
                           NOW - age_us);
}

/* What live traffic notes of the one model of @id that the route "coder" asks. */
static void
note_limit (Fixture *fixture, const char *id, const char *reason, gint64 wait_us, gint64 age_us)
{
  const char *model = g_str_equal (id, "ollama") ? "qwen3" : "gpt-mini";
  WayBreaker *breaker = &way_traffic_ensure (fixture->traffic, id, model, NOW)->breaker;

  if (wait_us > 0)
    way_breaker_cool (breaker, reason, NOW + wait_us, NOW - age_us);
  else
    way_breaker_fail (breaker, WAY_BLAME_OPENS, reason, NOW - age_us, NOW - age_us);
}

static void
test_down (Fixture *fixture, gconstpointer data)
{
  note_failure (fixture, "ollama", WAY_ERROR_UPSTREAM_REFUSED, "refused the connection", 0,
                2 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 no_target: refused the connection 2 s ago\n"
               "cloud/gpt-mini use other: second target of coder\n");

  note_failure (fixture, "cloud", WAY_ERROR_UPSTREAM_UNREACHABLE, "cloud has no address", 0, 1000);
  assert_plan (fixture, "coder",
               "ollama/qwen3 use: first target of coder, as a last resort although it refused the "
               "connection 2 s ago\n"
               "cloud/gpt-mini use other: second target of coder, as a last resort although it has "
               "no address just now\n");
}

/* Who wants no fallback gets the first target or its reason, in whatever way it is left out. */
static void
test_first_or_none (Fixture *fixture, gconstpointer data)
{
#define NOT_TRIED "is not tried: no fallback was asked for"
  static const PlanRow forbidden = {
    .model = "away",
    .no_fallback = TRUE,
    .request_local_only = TRUE,
    .expect_local_only = TRUE,
    .plan = "cloud/a local_only: is a cloud provider and the request is local-only\n"
            "ollama/a local_only: " NOT_TRIED "\n"
            "= local_only: No target may answer \"away\": cloud/a is a cloud provider and the "
            "request is local-only; ollama/a " NOT_TRIED "; add a local target, or lift the "
            "restriction\n",
  };
  static const PlanRow ill = {
    .model = "coder",
    .no_fallback = TRUE,
    .plan = "ollama/qwen3 use: first target of coder, as a last resort although it limits the rate "
            "3 s ago; its breaker is open for 2 s more\n"
            "cloud/gpt-mini no_target other: " NOT_TRIED "\n",
  };
  static const PlanRow cooling = {
    .model = "coder",
    .no_fallback = TRUE,
    .plan =
      "ollama/qwen3 rate_limited: limits the rate 3 s ago and asked to be left alone for 30 s "
      "more\n"
      "cloud/gpt-mini no_target other: " NOT_TRIED "\n"
      "= rate_limited: No target may answer \"coder\": ollama/qwen3 limits the rate 3 s ago "
      "and asked to be left alone for 30 s more; cloud/gpt-mini " NOT_TRIED "; try again in "
      "30 s\n",
  };
#undef NOT_TRIED

  assert_rows (fixture, &forbidden, 1);
  note_limit (fixture, "ollama", "limits the rate", 0, 3 * SECOND);
  assert_rows (fixture, &ill, 1);
  note_limit (fixture, "ollama", "limits the rate", 30 * SECOND, 3 * SECOND);
  assert_rows (fixture, &cooling, 1);
}

/* Policy comes first: a target that may not answer does not keep the failed one from its turn. */
static void
test_down_and_the_other_forbidden (Fixture *fixture, gconstpointer data)
{
  static const PlanRow row = {
    .model = "coder",
    .cloud_off = TRUE,
    .expect_local_only = TRUE,
    .plan = "ollama/qwen3 use: first target of coder, as a last resort although it refused the "
            "connection 59 s ago\n"
            "cloud/gpt-mini cloud_disabled other: is a cloud provider and Local only is on\n",
  };

  note_failure (fixture, "ollama", WAY_ERROR_UPSTREAM_REFUSED, "refused the connection", 0,
                59 * SECOND);
  assert_rows (fixture, &row, 1);
}

static void
test_old_evidence (Fixture *fixture, gconstpointer data)
{
  note_failure (fixture, "ollama", WAY_ERROR_UPSTREAM_REFUSED, "refused the connection", 0,
                60 * SECOND);
  note_limit (fixture, "cloud", "limits the rate", 0, 10 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 use: first target of coder\n"
               "cloud/gpt-mini use other: second target of coder\n");
}

static void
test_cooling (Fixture *fixture, gconstpointer data)
{
  note_limit (fixture, "ollama", "limits the rate", 0, 3 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 no_target: limits the rate 3 s ago; its breaker is open for 2 s more\n"
               "cloud/gpt-mini use other: second target of coder\n");

  note_limit (fixture, "cloud", "limits the rate", 30 * SECOND, 3 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 use: first target of coder, as a last resort although it limits the "
               "rate 3 s ago; its breaker is open for 2 s more\n"
               "cloud/gpt-mini rate_limited other: limits the rate 3 s ago and asked to be left "
               "alone for 30 s more\n");
}

/* One request tries, the others pass by. */
static void
test_half_open (Fixture *fixture, gconstpointer data)
{
  note_limit (fixture, "ollama", "broke", 0, 6 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 use: first target of coder\n"
               "cloud/gpt-mini use other: second target of coder\n");
  way_breaker_begin (&way_traffic_ensure (fixture->traffic, "ollama", "qwen3", NOW)->breaker, NOW);
  assert_plan (fixture, "coder",
               "ollama/qwen3 no_target: broke 6 s ago; another request is trying it\n"
               "cloud/gpt-mini use other: second target of coder\n");
}

static void
test_everybody_waits (Fixture *fixture, gconstpointer data)
{
  static const PlanRow row = { .model = "coder" };

  note_limit (fixture, "ollama", "limited the rate", 200 * SECOND, SECOND);
  note_limit (fixture, "cloud", "was overloaded", 11500000, 150 * SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 rate_limited: limited the rate 1 s ago and asked to be left alone for "
               "4 min more\n"
               "cloud/gpt-mini rate_limited other: was overloaded 3 min ago and asked to be left "
               "alone for 12 s more\n"
               "= rate_limited: No target may answer \"coder\": ollama/qwen3 limited the rate 1 s "
               "ago and asked to be left alone for 4 min more; cloud/gpt-mini was overloaded 3 min "
               "ago and asked to be left alone for 12 s more; try again in 12 s\n");

  g_autoptr (WayPlan) plan = make_plan (fixture, &row);
  g_assert_cmpint (plan->retry_at_us, ==, NOW + 11500000);
}

/* After its time a target is as good as any. */
static void
test_wait_is_over (Fixture *fixture, gconstpointer data)
{
  way_breaker_cool (&way_traffic_ensure (fixture->traffic, "ollama", "qwen3", NOW)->breaker,
                    "limited the rate", NOW, NOW - SECOND);
  assert_plan (fixture, "coder",
               "ollama/qwen3 use: first target of coder\n"
               "cloud/gpt-mini use other: second target of coder\n");
}

static void
test_plan_carries_its_route (Fixture *fixture, gconstpointer data)
{
  static const PlanRow routed = { .model = "gpt-5-turbo" };
  static const PlanRow alias = { .model = "coder" };
  static const PlanRow direct = { .model = "cloud/x" };
  const WayDeadlines usual = WAY_DEADLINES_DEFAULT;

  g_autoptr (WayPlan) plan = make_plan (fixture, &routed);
  g_assert_cmpstr (plan->route->pattern, ==, "gpt-5*");
  g_assert_cmpint (plan->deadlines.connect_ms, ==, 777);
  g_assert_cmpint (plan->deadlines.total_ms, ==, usual.total_ms);

  g_autoptr (WayPlan) with_context = make_plan (fixture, &alias);
  const WayCandidate *first = g_ptr_array_index (with_context->candidates, 0);
  g_assert_cmpint (first->context_tokens, ==, 32768);

  g_autoptr (WayPlan) without = make_plan (fixture, &direct);
  g_assert_null (without->route);
  g_assert_cmpint (without->deadlines.connect_ms, ==, usual.connect_ms);
}

/* Near names: never more than five, each once. */
static void
test_near_names_are_few (Fixture *fixture, gconstpointer data)
{
  note_models (fixture->health, "lan", "openai", "near-1 near-2 near-3 near-4 near-5 near-6");
  note_models (fixture->health, "cloud", "openai", "near-1 near-2");
  assert_plan (fixture, "near",
               "= model_not_found: No route names the model \"near\" and no provider serves it; "
               "near names: \"near-1\", \"near-2\", \"near-3\", \"near-4\", \"near-5\"" ADVICE);
}

#define ADD(name, func) g_test_add ("/routing/router/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("routes", test_routes);
  ADD ("names", test_names);
  ADD ("addresses", test_addresses);
  ADD ("unknown-names", test_unknown_names);
  ADD ("locality", test_locality);
  ADD ("policy", test_policy);
  ADD ("down", test_down);
  ADD ("first-or-none", test_first_or_none);
  ADD ("down-and-the-other-forbidden", test_down_and_the_other_forbidden);
  ADD ("old-evidence", test_old_evidence);
  ADD ("cooling", test_cooling);
  ADD ("half-open", test_half_open);
  ADD ("everybody-waits", test_everybody_waits);
  ADD ("wait-is-over", test_wait_is_over);
  ADD ("plan-carries-its-route", test_plan_carries_its_route);
  ADD ("near-names-are-few", test_near_names_are_few);
  return g_test_run ();
}
