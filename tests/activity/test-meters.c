/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-meters.h"

/* Noon of a summer day, local time: far from midnight and from clock changes. */
static gint64
noon_us (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 7, 15, 12, 0, 0);

  return g_date_time_to_unix (noon) * G_USEC_PER_SEC;
}

static WayMeters *
meters_at (gint64 now_us)
{
  WayMeters *meters = way_meters_new ();

  way_meters_tick (meters, now_us);
  return meters;
}

static WayRecord *
finished (gint64 started_at_us, gint64 duration_us)
{
  WayRecord *record = way_record_new ("req_1", "/v1/chat/completions", started_at_us);

  record->outcome = WAY_OUTCOME_DONE;
  record->duration_us = duration_us;
  record->first_token_us = 0;
  return record;
}

static gint64
get (WayMeters *meters, const char *name)
{
  gint64 value = -1;

  g_object_get (meters, name, &value, NULL);
  return value;
}

static double
get_rate (WayMeters *meters, const char *name)
{
  double value = -1;

  g_object_get (meters, name, &value, NULL);
  return value;
}

static void
add_tried (WayRecord *record, WayVerdict verdict, gint64 cost_nano_usd)
{
  const char *model = record->attempts->len == 0 ? "first" : "second";
  WayAttempt *attempt = way_record_add_attempt (record, "p", model, WAY_LOCALITY_LOCAL);

  attempt->verdict = verdict;
  attempt->cost_nano_usd = cost_nano_usd;
}

static void
test_counts_today (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) local = finished (now_us, 1000);
  g_autoptr (WayRecord) fallen_back = finished (now_us, 1000);
  g_autoptr (WayRecord) failed = finished (now_us, 1000);

  local->cost_nano_usd = 0;
  local->usage.input_tokens = 10;
  local->usage.cache_read_tokens = 90;
  local->usage.output_tokens = 20;
  add_tried (local, WAY_VERDICT_ANSWERED, 0);
  fallen_back->locality = WAY_LOCALITY_CLOUD;
  add_tried (fallen_back, WAY_VERDICT_FAILED, WAY_UNKNOWN);
  add_tried (fallen_back, WAY_VERDICT_ANSWERED, 7000);
  failed->outcome = WAY_OUTCOME_UPSTREAM_ERROR;
  failed->locality = WAY_LOCALITY_CLOUD;
  failed->cost_nano_usd = WAY_UNKNOWN;
  add_tried (failed, WAY_VERDICT_FAILED, WAY_UNKNOWN);
  way_meters_add (meters, local, 0);
  way_meters_add (meters, fallen_back, 0);
  way_meters_add (meters, failed, 0);

  g_assert_cmpint (get (meters, "requests-today"), ==, 3);
  g_assert_cmpint (get (meters, "failed-today"), ==, 1);
  g_assert_cmpint (get (meters, "local-today"), ==, 1);
  g_assert_cmpint (get (meters, "fallbacks-today"), ==, 1);
  g_assert_cmpint (get (meters, "cost-today-nano-usd"), ==, 7000);
  g_assert_cmpint (get (meters, "unknown-cost-today"), ==, 2);
  g_assert_cmpint (get (meters, "input-tokens-today"), ==, 100);
  g_assert_cmpint (get (meters, "output-tokens-today"), ==, 20);
}

/* Refused before anybody was asked: neither local nor of unknown cost, as in the ledger. */
static void
test_refused_costs_nothing (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 1000);

  record->outcome = WAY_OUTCOME_REFUSED;
  record->cost_nano_usd = WAY_UNKNOWN;
  add_tried (record, WAY_VERDICT_SKIPPED, WAY_UNKNOWN);
  way_meters_add (meters, record, 0);

  g_assert_cmpint (get (meters, "requests-today"), ==, 1);
  g_assert_cmpint (get (meters, "failed-today"), ==, 1);
  g_assert_cmpint (get (meters, "local-today"), ==, 0);
  g_assert_cmpint (get (meters, "unknown-cost-today"), ==, 0);
  g_assert_cmpint (get (meters, "cost-today-nano-usd"), ==, 0);
}

/* A local server that answered nothing gave no local answer. */
static void
test_failed_is_not_local (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 1000);

  record->outcome = WAY_OUTCOME_UPSTREAM_ERROR;
  add_tried (record, WAY_VERDICT_FAILED, WAY_UNKNOWN);
  way_meters_add (meters, record, 0);

  g_assert_cmpint (get (meters, "failed-today"), ==, 1);
  g_assert_cmpint (get (meters, "local-today"), ==, 0);
}

static void
test_stopped_by_local_only (void)
{
  static const struct
  {
    const char *error_code;
    gint64 n_stopped;
  } rows[] = {
    { NULL, 0 },
    { "cloud_disabled", 1 },
    { "local_only", 2 },
    { "no_target", 2 },
  };
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) earlier = finished (now_us - G_USEC_PER_SEC, 1000);
  g_autoptr (WayRecord) long_ago = finished (now_us - 24 * 3600 * (gint64)G_USEC_PER_SEC, 1000);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WayRecord) record = finished (now_us, 1000);

      record->outcome = WAY_OUTCOME_REFUSED;
      record->error_code = g_strdup (rows[i].error_code);
      way_meters_add (meters, record, 0);
      g_assert_cmpint (get (meters, "stopped-today"), ==, rows[i].n_stopped);
    }
  earlier->error_code = g_strdup ("local_only");
  long_ago->error_code = g_strdup ("local_only");
  way_meters_add_history (meters, earlier);
  way_meters_add_history (meters, long_ago);
  g_assert_cmpint (get (meters, "stopped-today"), ==, 3);
}

static void
test_base_is_added (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 1000);

  record->cost_nano_usd = 5;
  add_tried (record, WAY_VERDICT_ANSWERED, 5);
  way_meters_add (meters, record, 0);
  way_meters_set_base (meters, 100, 2, 50, 3, 1000, 4, 500, 600);

  g_assert_cmpint (get (meters, "requests-today"), ==, 101);
  g_assert_cmpint (get (meters, "cost-today-nano-usd"), ==, 1005);
  g_assert_cmpint (get (meters, "unknown-cost-today"), ==, 4);
  g_assert_cmpint (get (meters, "output-tokens-today"), ==, 600);
}

static void
test_midnight_starts_anew (void)
{
  g_autoptr (GDateTime) midnight = g_date_time_new_local (2026, 7, 16, 0, 0, 0);
  const gint64 midnight_us = g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
  const gint64 second_us = G_USEC_PER_SEC;
  g_autoptr (WayMeters) meters = meters_at (midnight_us - 5 * second_us);
  g_autoptr (WayRecord) before = finished (midnight_us - 6 * second_us, second_us);
  g_autoptr (WayRecord) across = finished (midnight_us - 2 * second_us, 4 * second_us);
  g_autoptr (WayRecord) after = finished (midnight_us + 2 * second_us, second_us);

  way_meters_add (meters, before, 0);
  g_assert_cmpint (get (meters, "requests-today"), ==, 1);

  /* Ends after midnight, so the day turns; but it belongs to the day it began. */
  way_meters_add (meters, across, 0);
  g_assert_cmpint (get (meters, "requests-today"), ==, 0);

  way_meters_add (meters, after, 0);
  g_assert_cmpint (get (meters, "requests-today"), ==, 1);
  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 0);
  way_meters_tick (meters, midnight_us + 4 * second_us);
  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 3);
}

static void
test_rates_cover_their_spans (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);

  for (int i = 0; i < 30; i++)
    {
      g_autoptr (WayRecord) record = finished (now_us, 1000);

      record->usage.output_tokens = 4;
      way_meters_add (meters, record, 0);
    }
  way_meters_tick (meters, now_us + 4 * G_USEC_PER_SEC);
  g_assert_cmpfloat (get_rate (meters, "tokens-per-second"), ==, 24);
  way_meters_tick (meters, now_us + 59 * G_USEC_PER_SEC);
  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 30);
  g_assert_cmpfloat (get_rate (meters, "tokens-per-second"), ==, 0);

  way_meters_tick (meters, now_us + 60 * G_USEC_PER_SEC);
  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 0);
  g_assert_cmpfloat (get_rate (meters, "tokens-per-second"), ==, 0);
}

/* While the stream runs, and never anew: the end adds only what was not counted. */
static void
test_tokens_count_as_they_come (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 9 * G_USEC_PER_SEC);
  double requests[11];
  double tokens[11];

  for (gint64 i = 0; i < 9; i++)
    {
      way_meters_add_tokens (meters, 10, now_us + i * G_USEC_PER_SEC);
      way_meters_tick (meters, now_us + i * G_USEC_PER_SEC);
    }
  g_assert_cmpfloat (get_rate (meters, "tokens-per-second"), ==, 10);

  record->usage.output_tokens = 94;
  way_meters_add (meters, record, 90);
  g_assert_cmpuint (way_meters_get_series (meters, requests, tokens, 11), ==, 11);
  for (guint i = 0; i < 11; i++)
    {
      g_assert_cmpfloat (tokens[i], ==, i < 1 ? 0 : i < 10 ? 10 : 4);
      g_assert_cmpfloat (requests[i], ==, i < 10 ? 0 : 1);
    }
  g_assert_cmpint (get (meters, "output-tokens-today"), ==, 94);
}

/* An estimate that was too high takes nothing back. */
static void
test_tokens_are_not_taken_back (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 1000);

  way_meters_add_tokens (meters, 50, now_us);
  way_meters_add_tokens (meters, -3, now_us);
  record->usage.output_tokens = 40;
  way_meters_add (meters, record, 50);
  way_meters_tick (meters, now_us);
  g_assert_cmpfloat (get_rate (meters, "tokens-per-second"), ==, 10);
}

static void
test_paces_are_of_a_minute (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  double paces[62];

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (WayRecord) record = finished (now_us + i * 10 * (gint64)G_USEC_PER_SEC, 0);

      way_meters_add (meters, record, 0);
    }
  way_meters_tick (meters, now_us + 60 * (gint64)G_USEC_PER_SEC);
  g_assert_cmpuint (way_meters_get_paces (meters, paces, 62), ==, 62);
  g_assert_cmpfloat (paces[0], ==, 0);
  g_assert_cmpfloat (paces[1], ==, 1);
  g_assert_cmpfloat (paces[11], ==, 2);
  g_assert_cmpfloat (paces[60], ==, 3);
  g_assert_cmpfloat (paces[61], ==, 2);
  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 2);
}

static void
test_series_is_bounded (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) old = finished (now_us, 1000);
  g_autofree double *requests = g_new (double, 2 * WAY_METERS_SECONDS);
  g_autofree double *tokens = g_new (double, 2 * WAY_METERS_SECONDS);

  way_meters_add (meters, old, 0);
  way_meters_tick (meters, now_us + (WAY_METERS_SECONDS - 1) * (gint64)G_USEC_PER_SEC);
  g_assert_cmpuint (way_meters_get_series (meters, requests, tokens, 2 * WAY_METERS_SECONDS), ==,
                    WAY_METERS_SECONDS);
  g_assert_cmpfloat (requests[0], ==, 1);

  way_meters_tick (meters, now_us + WAY_METERS_SECONDS * (gint64)G_USEC_PER_SEC);
  way_meters_get_series (meters, requests, tokens, WAY_METERS_SECONDS);
  for (guint i = 0; i < WAY_METERS_SECONDS; i++)
    g_assert_cmpfloat (requests[i], ==, 0);
}

static void
test_small_step_back_keeps_rates (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  g_autoptr (WayRecord) record = finished (now_us, 1000);

  way_meters_add (meters, record, 0);
  way_meters_tick (meters, now_us - 2 * G_USEC_PER_SEC);

  g_assert_cmpfloat (get_rate (meters, "requests-per-minute"), ==, 1);
}

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_notifies_once_a_tick (void)
{
  const gint64 now_us = noon_us ();
  g_autoptr (WayMeters) meters = meters_at (now_us);
  guint n_notified = 0;

  g_signal_connect (meters, "notify::requests-today", G_CALLBACK (on_notify), &n_notified);
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (WayRecord) record = finished (now_us, 1000);

      way_meters_add (meters, record, 0);
    }
  g_assert_cmpuint (n_notified, ==, 0);
  way_meters_tick (meters, now_us);
  way_meters_tick (meters, now_us);
  g_assert_cmpuint (n_notified, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/meters/counts-today", test_counts_today);
  g_test_add_func ("/activity/meters/refused-costs-nothing", test_refused_costs_nothing);
  g_test_add_func ("/activity/meters/failed-is-not-local", test_failed_is_not_local);
  g_test_add_func ("/activity/meters/stopped-by-local-only", test_stopped_by_local_only);
  g_test_add_func ("/activity/meters/base-is-added", test_base_is_added);
  g_test_add_func ("/activity/meters/midnight-starts-anew", test_midnight_starts_anew);
  g_test_add_func ("/activity/meters/rates-cover-their-spans", test_rates_cover_their_spans);
  g_test_add_func ("/activity/meters/tokens-count-as-they-come", test_tokens_count_as_they_come);
  g_test_add_func ("/activity/meters/tokens-are-not-taken-back", test_tokens_are_not_taken_back);
  g_test_add_func ("/activity/meters/paces-are-of-a-minute", test_paces_are_of_a_minute);
  g_test_add_func ("/activity/meters/series-is-bounded", test_series_is_bounded);
  g_test_add_func ("/activity/meters/small-step-back-keeps-rates",
                   test_small_step_back_keeps_rates);
  g_test_add_func ("/activity/meters/notifies-once-a-tick", test_notifies_once_a_tick);
  return g_test_run ();
}
