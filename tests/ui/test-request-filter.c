/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The words that find requests, by table. No display. */

#include "way-request-filter.h"

typedef struct
{
  WayRecord *done;    /* codex, coder → qwen3:14b on this machine, $0 */
  WayRecord *failed;  /* aider, gpt-5 in the cloud, 502, unknown cost */
  WayRecord *charged; /* codex, gpt-5-mini in the cloud, $0.02 */
  WayRecord *running; /* no app, nobody chosen yet */
} Fixture;

static WayRecord *
create_record (const char *id,
               const char *app,
               const char *requested,
               const char *answered,
               const char *provider)
{
  WayRecord *record = way_record_new (id, "/v1/chat/completions", 1);

  record->app = g_strdup (app);
  record->requested_model = g_strdup (requested);
  record->answered_model = g_strdup (answered);
  record->provider = g_strdup (provider);
  record->cost_nano_usd = WAY_UNKNOWN;
  return record;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->done = create_record ("req_done", "codex", "coder", "qwen3:14b", "ollama");
  fixture->done->outcome = WAY_OUTCOME_DONE;
  fixture->done->status = 200;
  fixture->done->cost_nano_usd = 0;
  fixture->done->reason = g_strdup ("First target of coder");

  fixture->failed = create_record ("req_failed", "aider", "gpt-5", "gpt-5", "openai");
  fixture->failed->outcome = WAY_OUTCOME_UPSTREAM_ERROR;
  fixture->failed->locality = WAY_LOCALITY_CLOUD;
  fixture->failed->status = 502;
  fixture->failed->error_code = g_strdup ("upstream_error");

  fixture->charged = create_record ("req_charged", "codex", "gpt-5-mini", "gpt-5-mini", "openai");
  fixture->charged->outcome = WAY_OUTCOME_DONE;
  fixture->charged->locality = WAY_LOCALITY_CLOUD;
  fixture->charged->status = 200;
  fixture->charged->cost_nano_usd = 20000000;

  fixture->running = create_record ("req_running", NULL, "demo", NULL, NULL);
  fixture->running->outcome = WAY_OUTCOME_RUNNING;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  way_record_unref (fixture->done);
  way_record_unref (fixture->failed);
  way_record_unref (fixture->charged);
  way_record_unref (fixture->running);
}

/* Which of the four a filter lets through, as letters. */
static char *
find_matches (Fixture *fixture, const char *text)
{
  const WayRecord *const records[] = { fixture->done, fixture->failed, fixture->charged,
                                       fixture->running };
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRequestFilter) filter = way_request_filter_parse (text, &error);
  GString *found = g_string_new (NULL);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      if (way_request_filter_matches (filter, records[i]))
        g_string_append_c (found, "dfcr"[i]);
    }
  return g_string_free (found, FALSE);
}

static void
test_matches (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *found; /* d(one) f(ailed) c(harged) r(unning) */
  } rows[] = {
    { "", "dfcr" },
    { "   ", "dfcr" },
    { "app:codex", "dc" },
    { "app:CODEX", "dc" },
    { "-app:codex", "fr" },
    { "app:", "dfcr" },
    { "provider:openai", "fc" },
    { "model:gpt-5", "fc" },
    { "model:qwen3:14b", "d" },
    { "qwen3:14b", "d" },
    { "status:ok", "dc" },
    { "status:error", "f" },
    { "status:running", "r" },
    { "status:502", "f" },
    { "status:200 app:codex provider:openai", "c" },
    { "local:yes", "d" },
    { "local:no", "fc" },
    { "cost:>0.01", "c" },
    { "cost:>=0.02", "c" },
    { "cost:<0.02", "d" },
    { "cost:<=$0.02", "dc" },
    { "cost:0", "d" },
    { "cost:=0", "d" },
    { "cost:unknown", "fr" },
    { "-cost:unknown", "dc" },
    { "error:upstream_error", "f" },
    { "error:no_target,upstream_error", "f" },
    { "error:upstream", "" },
    { "error:no_target,upstream_error_too", "" },
    { "-error:upstream_error", "dcr" },
    { "\"first target\"", "d" },
    { "app:\"no such app\"", "" },
    { "req_failed", "f" },
    { "-", "fc" },
    { "completions -status:ok", "fr" },
    { "nothing-like-this", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = find_matches (fixture, rows[i].text);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (found, ==, rows[i].found);
    }
}

static void
test_outcome_names (Fixture *fixture, gconstpointer data)
{
  for (guint outcome = 0; outcome <= WAY_OUTCOME_SHUTDOWN; outcome++)
    {
      g_autofree char *text = g_strconcat ("status:", way_outcome_get_name (outcome), NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (WayRequestFilter) filter = way_request_filter_parse (text, &error);

      g_assert_no_error (error);
      fixture->done->outcome = outcome;
      g_assert_true (way_request_filter_matches (filter, fixture->done));
    }
}

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "status:odd",   "status:99", "status:600",  "local:maybe",
                                       "cost:cheap",   "cost:>",    "cost:>-1",    "cost:1e400",
                                       "cost:0.01usd", "cost:nan",  "app:x cost:x" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WayRequestFilter) filter = way_request_filter_parse (texts[i], &error);

      g_test_message ("%s", texts[i]);
      g_assert_null (filter);
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
    }
}

static void
test_is_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WayRequestFilter) nothing = way_request_filter_parse (" app: ", NULL);
  g_autoptr (WayRequestFilter) something = way_request_filter_parse ("x", NULL);

  g_assert_true (way_request_filter_is_empty (nothing));
  g_assert_false (way_request_filter_is_empty (something));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/request-filter/matches", Fixture, NULL, set_up, test_matches, tear_down);
  g_test_add ("/ui/request-filter/outcome-names", Fixture, NULL, set_up, test_outcome_names,
              tear_down);
  g_test_add ("/ui/request-filter/refuses", Fixture, NULL, set_up, test_refuses, tear_down);
  g_test_add ("/ui/request-filter/is-empty", Fixture, NULL, set_up, test_is_empty, tear_down);
  return g_test_run ();
}
