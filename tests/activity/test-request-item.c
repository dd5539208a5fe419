/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-request-item.h"

static WayRecord *
make_record (WayOutcome outcome)
{
  WayRecord *record = way_record_new ("req_1", "/v1/chat/completions", 1000000);

  record->outcome = outcome;
  record->requested_model = g_strdup ("coder");
  return record;
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_ptr_array_add (user_data, (gpointer)pspec->name);
}

static GPtrArray *
watch (WayRequestItem *item)
{
  GPtrArray *names = g_ptr_array_new ();

  g_signal_connect (item, "notify", G_CALLBACK (on_notify), names);
  return names;
}

static void
test_reads_the_record (void)
{
  g_autoptr (WayRecord) record = make_record (WAY_OUTCOME_DONE);
  g_autoptr (WayRequestItem) item = NULL;
  g_autofree char *id = NULL;
  g_autofree char *requested = NULL;
  g_autofree char *app = NULL;
  guint outcome = 0;
  guint attempts = 0;
  gboolean running = TRUE;
  gint64 started_at_us = 0;
  gint64 input_tokens = 0;
  gint64 cost = 0;

  record->usage.input_tokens = 12;
  record->cost_nano_usd = WAY_UNKNOWN;
  way_record_add_attempt (record, "ollama", "a", WAY_LOCALITY_LOCAL)->verdict = WAY_VERDICT_FAILED;
  way_record_add_attempt (record, "lan", "b", WAY_LOCALITY_LAN)->verdict = WAY_VERDICT_SKIPPED;
  way_record_add_attempt (record, "openai", "c", WAY_LOCALITY_CLOUD)->verdict =
    WAY_VERDICT_ANSWERED;
  item = way_request_item_new (record);

  g_object_get (item, "id", &id, "requested-model", &requested, "app", &app, "outcome", &outcome,
                "attempts", &attempts, "running", &running, "started-at-us", &started_at_us,
                "input-tokens", &input_tokens, "cost-nano-usd", &cost, NULL);

  g_assert_cmpstr (id, ==, "req_1");
  g_assert_cmpstr (requested, ==, "coder");
  g_assert_null (app);
  g_assert_cmpuint (outcome, ==, WAY_OUTCOME_DONE);
  g_assert_cmpuint (attempts, ==, 2);
  g_assert_false (running);
  g_assert_cmpint (started_at_us, ==, 1000000);
  g_assert_cmpint (input_tokens, ==, 12);
  g_assert_cmpint (cost, ==, WAY_UNKNOWN);
  g_assert_true (way_request_item_get_record (item) == record);
}

/* An error names a provider too; it is no answer, and nothing was put in place of anything. */
static void
test_says_who_answered (void)
{
  static const struct
  {
    WayOutcome outcome;
    WayVerdict verdict;
    const char *named; /* in the record */
    gint64 first_token_us;
    const char *answered;
    const char *provider;
  } rows[] = {
    { WAY_OUTCOME_RUNNING, WAY_VERDICT_TRYING, NULL, WAY_UNKNOWN, NULL, "asked" },
    { WAY_OUTCOME_RUNNING, WAY_VERDICT_TRYING, "named", 5, "mini", "named" },
    { WAY_OUTCOME_DONE, WAY_VERDICT_ANSWERED, "named", 5, "mini", "named" },
    { WAY_OUTCOME_UPSTREAM_ERROR, WAY_VERDICT_FAILED, "named", WAY_UNKNOWN, NULL, "named" },
    { WAY_OUTCOME_CLIENT_GONE, WAY_VERDICT_FAILED, "named", 5, "mini", "named" },
    { WAY_OUTCOME_CLIENT_GONE, WAY_VERDICT_FAILED, NULL, WAY_UNKNOWN, NULL, "asked" },
    { WAY_OUTCOME_REFUSED, WAY_VERDICT_SKIPPED, NULL, WAY_UNKNOWN, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WayRecord) record = make_record (rows[i].outcome);
      g_autoptr (WayRequestItem) item = NULL;
      g_autofree char *answered = NULL;
      g_autofree char *provider = NULL;
      gboolean substituted = FALSE;

      record->provider = g_strdup (rows[i].named);
      record->answered_model = rows[i].named != NULL ? g_strdup ("mini") : NULL;
      record->substituted = rows[i].named != NULL;
      record->first_token_us = rows[i].first_token_us;
      way_record_add_attempt (record, "asked", "mini", WAY_LOCALITY_LAN)->verdict = rows[i].verdict;
      item = way_request_item_new (record);
      g_object_get (item, "answered-model", &answered, "provider", &provider, "substituted",
                    &substituted, NULL);

      g_assert_cmpstr (answered, ==, rows[i].answered);
      g_assert_cmpstr (provider, ==, rows[i].provider);
      g_assert_true (substituted == (rows[i].answered != NULL));
    }
}

static void
test_notifies_what_changed (void)
{
  g_autoptr (WayRecord) first = make_record (WAY_OUTCOME_RUNNING);
  g_autoptr (WayRecord) second = make_record (WAY_OUTCOME_DONE);
  g_autoptr (WayRequestItem) item = way_request_item_new (first);
  g_autoptr (GPtrArray) names = watch (item);
  static const char *const expected[] = { "provider", "outcome", "attempts", "running",
                                          "duration-us" };

  second->provider = g_strdup ("demo");
  second->duration_us = 1500;
  way_record_add_attempt (second, "demo", "echo", WAY_LOCALITY_LOCAL)->verdict =
    WAY_VERDICT_ANSWERED;
  way_request_item_update (item, second);

  g_assert_cmpuint (names->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (g_ptr_array_find_with_equal_func (names, expected[i], g_str_equal, NULL));
}

static void
test_ended_stays_ended (void)
{
  g_autoptr (WayRecord) ended = make_record (WAY_OUTCOME_DONE);
  g_autoptr (WayRecord) late = make_record (WAY_OUTCOME_RUNNING);
  g_autoptr (WayRequestItem) item = way_request_item_new (ended);
  g_autoptr (GPtrArray) names = watch (item);

  way_request_item_update (item, late);

  g_assert_cmpuint (names->len, ==, 0);
  g_assert_true (way_request_item_get_record (item) == ended);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/request-item/reads-the-record", test_reads_the_record);
  g_test_add_func ("/activity/request-item/says-who-answered", test_says_who_answered);
  g_test_add_func ("/activity/request-item/notifies-what-changed", test_notifies_what_changed);
  g_test_add_func ("/activity/request-item/ended-stays-ended", test_ended_stays_ended);
  return g_test_run ();
}
