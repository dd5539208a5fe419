/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The user's own limits. A row is what went out a while ago, what the limits are, and what is said
 * of the next request. */

#include "way-rates.h"

#include "routing-fixture.h"

typedef struct
{
  guint count; /* that many requests */
  gint64 tokens;
  gint64 age_s;
  gint64 ended_with; /* tokens in all, or WAY_UNKNOWN while they run */
} Sent;

static const struct
{
  Sent sent[2];
  WayRateLimits limits;
  gint64 tokens;
  const char *words; /* nullable: it may go */
  gint64 free_in_s;  /* or WAY_UNKNOWN */
} rows[] = {
  { { { 0 } }, { 1, 1, 1 }, 500, NULL, 0 },
  { { { 9, 100, 30, WAY_UNKNOWN } }, { 0, 0, 0 }, 500, NULL, 0 },
  { { { 9, 100, 30, 100 } }, { 10, 0, 0 }, 500, NULL, 0 },
  { { { 10, 100, 30, 100 } }, { 10, 0, 0 }, 0, "is at its limit of 10 requests a minute", 30 },
  { { { 10, 100, 61, 100 } }, { 10, 0, 0 }, 0, NULL, 0 },
  { { { 1, 600, 30, 600 } }, { 0, 1000, 0 }, 400, NULL, 0 },
  { { { 1, 600, 30, 600 } }, { 0, 1000, 0 }, 401, "is at its limit of 1000 tokens a minute", 30 },
  /* What it used counts, not what it was estimated at. */
  { { { 1, 600, 30, 900 } }, { 0, 1000, 0 }, 400, "is at its limit of 1000 tokens a minute", 30 },
  { { { 1, 900, 30, 100 } }, { 0, 1000, 0 }, 400, NULL, 0 },
  /* A prompt larger than the limit goes when the minute is empty. */
  { { { 1, 10, 61, 10 } }, { 0, 1000, 0 }, 5000, NULL, 0 },
  { { { 1, 10, 20, 10 } }, { 0, 1000, 0 }, 5000, "is at its limit of 1000 tokens a minute", 40 },
  { { { 2, 1, 90, WAY_UNKNOWN } }, { 0, 0, 2 }, 0, "is at its limit of 2 calls at once", -1 },
  { { { 2, 1, 90, 1 } }, { 0, 0, 2 }, 0, NULL, 0 },
  { { { 1, 1, 90, WAY_UNKNOWN }, { 1, 1, 90, 1 } }, { 0, 0, 2 }, 0, NULL, 0 },
  /* The limit that holds longest is told. */
  { { { 5, 10, 50, 10 }, { 5, 90, 20, 90 } },
    { 10, 500, 0 },
    60,
    "is at its limit of 500 tokens a minute",
    40 },
  { { { 5, 10, 50, 10 }, { 5, 90, 20, 90 } },
    { 10, 500, 0 },
    50,
    "is at its limit of 10 requests a minute",
    10 },
  { { { 5, 10, 50, WAY_UNKNOWN } }, { 5, 0, 5 }, 50, "is at its limit of 5 requests a minute", 10 },
};

static void
send_all (WayRates *rates, WayRated rated, const Sent *sent)
{
  gint64 at_us = NOW - sent->age_s * SECOND;

  for (guint i = 0; i < sent->count; i++)
    way_rates_begin (rates, rated, "one", sent->tokens, at_us);
  for (guint i = 0; i < sent->count && sent->ended_with != WAY_UNKNOWN; i++)
    way_rates_end (rates, rated, "one", sent->ended_with - sent->tokens, at_us);
}

static void
assert_row (gsize i, WayRated rated)
{
  g_autoptr (WayRates) rates = way_rates_new ();
  gint64 free_at_us = 0;

  for (guint n = 0; n < G_N_ELEMENTS (rows[i].sent); n++)
    send_all (rates, rated, &rows[i].sent[n]);
  g_autofree char *words = way_rates_describe_limit (rates, rated, "one", &rows[i].limits,
                                                     rows[i].tokens, NOW, &free_at_us);
  g_assert_cmpstr (words, ==, rows[i].words);
  if (words == NULL)
    g_assert_cmpint (free_at_us, ==, 0);
  else if (rows[i].free_in_s == WAY_UNKNOWN)
    g_assert_cmpint (free_at_us, ==, WAY_UNKNOWN);
  else
    g_assert_cmpint (free_at_us - NOW, ==, rows[i].free_in_s * SECOND);
}

static void
test_limits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("row %zu", i);
      assert_row (i, WAY_RATED_APP);
      assert_row (i, WAY_RATED_PROVIDER);
    }
}

/* An app and a provider of one name are two. */
static void
test_each_has_its_own (void)
{
  const WayRateLimits limits = { .rpm = 1 };
  g_autoptr (WayRates) rates = way_rates_new ();
  gint64 free_at_us;

  way_rates_begin (rates, WAY_RATED_APP, "one", 0, NOW);
  g_assert_null (
    way_rates_describe_limit (rates, WAY_RATED_PROVIDER, "one", &limits, 0, NOW, &free_at_us));
  g_assert_null (
    way_rates_describe_limit (rates, WAY_RATED_APP, "two", &limits, 0, NOW, &free_at_us));
  g_assert_null (
    way_rates_describe_limit (NULL, WAY_RATED_APP, "one", &limits, 0, NOW, &free_at_us));
  g_autofree char *words =
    way_rates_describe_limit (rates, WAY_RATED_APP, "one", &limits, 0, NOW, &free_at_us);
  g_assert_nonnull (words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/rates/limits", test_limits);
  g_test_add_func ("/routing/rates/each-has-its-own", test_each_has_its_own);
  return g_test_run ();
}
