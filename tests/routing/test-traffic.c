/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The books of live traffic. */

#include "way-traffic.h"

#include "routing-fixture.h"

static void
test_median (void)
{
  static const struct
  {
    gint64 ages_s[5];
    gint64 first_token_ms[5];
    gint64 expect_ms; /* or WAY_UNKNOWN */
  } cases[] = {
    { { 0 }, { 0 }, WAY_UNKNOWN },
    { { 1 }, { 300 }, 300 },
    { { 3, 2, 1 }, { 900, 100, 300 }, 300 },
    { { 5, 4, 3, 2, 1 }, { 10, 9999, 20, 9999, 30 }, 30 },
    /* What is a minute old says nothing any more. */
    { { 60 }, { 300 }, WAY_UNKNOWN },
    { { 90, 61, 60, 59, 1 }, { 1, 1, 1, 800, 900 }, 900 },
  };

  g_assert_cmpint (way_target_get_first_token_us (NULL, NOW), ==, WAY_UNKNOWN);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayTraffic) traffic = way_traffic_new ();
      WayTargetTraffic *target = way_traffic_ensure (traffic, "p", "m", NOW);

      for (guint n = 0; n < 5 && cases[i].first_token_ms[n] > 0; n++)
        way_target_note_first_token (target, cases[i].first_token_ms[n] * 1000,
                                     NOW - cases[i].ages_s[n] * SECOND);
      gint64 expect_us =
        cases[i].expect_ms == WAY_UNKNOWN ? WAY_UNKNOWN : cases[i].expect_ms * 1000;
      g_assert_cmpint (way_target_get_first_token_us (target, NOW), ==, expect_us);
    }
}

/* Under load the last answers count, not the whole minute. */
static void
test_newest_samples_count (void)
{
  g_autoptr (WayTraffic) traffic = way_traffic_new ();
  WayTargetTraffic *target = way_traffic_ensure (traffic, "p", "m", NOW);

  for (guint i = 0; i < 3 * WAY_TRAFFIC_SAMPLES; i++)
    way_target_note_first_token (target, 100, NOW);
  for (guint i = 0; i < WAY_TRAFFIC_SAMPLES / 2; i++)
    way_target_note_first_token (target, 900, NOW);
  g_assert_cmpint (way_target_get_first_token_us (target, NOW), ==, 900);
}

static void
test_estimates (void)
{
  static const struct
  {
    gint64 estimate;
    gint64 reported;
    guint times;
    gint64 expect_least; /* for an estimate of 1,000 */
    gint64 expect_most;
  } cases[] = {
    { 1000, 2000, 0, 1000, 1000 },   { 1000, 2000, 1, 1125, 1125 }, /* an eighth of the way */
    { 1000, 2000, 50, 1990, 2000 },  { 1000, 500, 50, 500, 510 },
    { 0, 500, 50, 1000, 1000 },      { 1000, WAY_UNKNOWN, 50, 1000, 1000 },
    { 1, 1000000, 100, 7900, 8000 }, /* nobody is off that far */
    { 1000000, 1, 100, 125, 127 },
  };

  g_assert_cmpint (way_target_correct_estimate (NULL, 77), ==, 77);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayTraffic) traffic = way_traffic_new ();
      WayTargetTraffic *target = way_traffic_ensure (traffic, "p", "m", NOW);
      WayUsage usage = WAY_USAGE_INIT;

      usage.input_tokens = cases[i].reported;
      for (guint n = 0; n < cases[i].times; n++)
        way_target_note_usage (target, cases[i].estimate, &usage);
      g_test_message ("row %zu", i);
      g_assert_cmpint (way_target_correct_estimate (target, 1000), >=, cases[i].expect_least);
      g_assert_cmpint (way_target_correct_estimate (target, 1000), <=, cases[i].expect_most);
    }
}

static void
test_usual_output (void)
{
  g_autoptr (WayTraffic) traffic = way_traffic_new ();
  WayTargetTraffic *target = way_traffic_ensure (traffic, "p", "m", NOW);
  WayUsage usage = WAY_USAGE_INIT;

  way_target_note_usage (target, 10, &usage);
  g_assert_cmpint (target->output_tokens, ==, 0);
  usage.output_tokens = 400;
  way_target_note_usage (target, 10, &usage);
  g_assert_cmpint (target->output_tokens, ==, 400);
  usage.output_tokens = 1200;
  way_target_note_usage (target, 10, &usage);
  g_assert_cmpint (target->output_tokens, ==, 500);
  usage.estimated = TRUE;
  way_target_note_usage (target, 10, &usage);
  g_assert_cmpint (target->output_tokens, ==, 500);
}

static void
test_retry_budget (void)
{
  static const struct
  {
    guint firsts;
    guint extras;
    gint64 age_s;
    guint percent;
    gboolean allowed;
  } cases[] = {
    { 0, 0, 0, 20, TRUE },     { 0, 9, 0, 20, TRUE }, /* a few are free */
    { 0, 10, 0, 20, FALSE },   { 50, 9, 0, 20, TRUE },
    { 50, 10, 0, 20, FALSE },  { 100, 19, 0, 20, TRUE },
    { 100, 20, 0, 20, FALSE }, { 100, 20, 60, 20, TRUE }, /* a minute ago */
    { 1000, 99, 0, 10, TRUE }, { 1000, 100, 0, 10, FALSE },
    { 1000, 9, 0, 0, TRUE },   { 1000, 10, 0, 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WayRetryTerms terms = { 2, cases[i].percent };
      g_autoptr (WayTraffic) traffic = way_traffic_new ();
      gint64 at_us = NOW - cases[i].age_s * SECOND;

      for (guint n = 0; n < cases[i].firsts; n++)
        way_traffic_count (traffic, "p", FALSE, at_us);
      for (guint n = 0; n < cases[i].extras; n++)
        way_traffic_count (traffic, "p", TRUE, at_us);
      g_test_message ("row %zu", i);
      g_assert_cmpint (way_traffic_allows_extra (traffic, "p", &terms, NOW), ==, cases[i].allowed);
      g_assert_true (way_traffic_allows_extra (traffic, "other", &terms, NOW));
      g_assert_true (way_traffic_allows_extra (NULL, "p", &terms, NOW));
    }
}

static void
test_turns (void)
{
  g_autoptr (WayTraffic) traffic = way_traffic_new ();

  g_assert_cmpint (way_traffic_get_turn (NULL, "r", "p/m"), ==, 0);
  g_assert_cmpint (way_traffic_get_turn (traffic, "r", "p/m"), ==, 0);
  way_traffic_add_turn (traffic, "r", "p/m", 3);
  way_traffic_add_turn (traffic, "r", "p/m", -10);
  way_traffic_add_turn (traffic, "s", "p/m", 2);
  g_assert_cmpint (way_traffic_get_turn (traffic, "r", "p/m"), ==, -7);
  g_assert_cmpint (way_traffic_get_turn (traffic, "s", "p/m"), ==, 2);
  way_traffic_forget_turns (traffic);
  g_assert_cmpint (way_traffic_get_turn (traffic, "r", "p/m"), ==, 0);
}

static void
count_target (const WayTargetTraffic *target, gpointer user_data)
{
  guint *count = user_data;

  (*count)++;
}

static void
name_models (WayTraffic *traffic, const char *stem, guint n, gint64 now_us)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *model = g_strdup_printf ("%s-%u", stem, i);
      way_traffic_ensure (traffic, "p", model, now_us)->begun_at_us = now_us;
    }
}

/* Clients may name any model; what nobody asks for any more is forgotten, what runs is not. */
static void
test_eviction (void)
{
  g_autoptr (WayTraffic) traffic = way_traffic_new ();
  WayTargetTraffic *busy = way_traffic_ensure (traffic, "p", "busy", NOW);
  guint count = 0;

  busy->in_flight = 1;
  busy->begun_at_us = NOW;
  name_models (traffic, "made-up", 1023, NOW);
  way_traffic_foreach (traffic, count_target, &count);
  g_assert_cmpuint (count, ==, 1024);

  name_models (traffic, "later", 1, NOW + 20 * MINUTE);
  count = 0;
  way_traffic_foreach (traffic, count_target, &count);
  g_assert_cmpuint (count, ==, 2);
  g_assert_true (way_traffic_get (traffic, "p", "busy") == busy);
  g_assert_null (way_traffic_get (traffic, "p", "made-up-0"));
  g_assert_nonnull (way_traffic_get (traffic, "p", "later-0"));
}

static void
test_reset (void)
{
  g_autoptr (WayTraffic) traffic = way_traffic_new ();
  const char *const providers[] = { "p", "q" };

  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    way_breaker_fail (&way_traffic_ensure (traffic, providers[i], "m", NOW)->breaker,
                      WAY_BLAME_OPENS, "failed", NOW, NOW);
  way_traffic_reset (traffic, "p");
  g_assert_true (way_breaker_lets_pass (&way_traffic_get (traffic, "p", "m")->breaker, NOW));
  g_assert_false (way_breaker_lets_pass (&way_traffic_get (traffic, "q", "m")->breaker, NOW));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/traffic/median", test_median);
  g_test_add_func ("/routing/traffic/newest-samples-count", test_newest_samples_count);
  g_test_add_func ("/routing/traffic/estimates", test_estimates);
  g_test_add_func ("/routing/traffic/usual-output", test_usual_output);
  g_test_add_func ("/routing/traffic/retry-budget", test_retry_budget);
  g_test_add_func ("/routing/traffic/turns", test_turns);
  g_test_add_func ("/routing/traffic/eviction", test_eviction);
  g_test_add_func ("/routing/traffic/reset", test_reset);
  return g_test_run ();
}
