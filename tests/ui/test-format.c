/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* How numbers, prices, times and sums of money read, by table. No display. */

#include "way-closures.h"

#include "way-event.h"

#include <locale.h>
#include <string.h>

#define S G_GINT64_CONSTANT (1000000)

static void
test_cost (void)
{
  static const struct
  {
    gint64 nano_usd;
    gboolean running;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, FALSE, "unknown" },
    { WAY_UNKNOWN, TRUE, "…" },
    { 0, FALSE, "$0" },
    { 1, FALSE, "$0.000000001" },
    { 123, FALSE, "$0.00000012" },
    { 42000, FALSE, "$0.000042" },
    { 1230000, FALSE, "$0.0012" },
    { 9990000, FALSE, "$0.0100" },
    { 10000000, FALSE, "$0.01" },
    { 1234567890, FALSE, "$1.23" },
    { 1234567890, TRUE, "$1.23" },
    { 98765432100000, FALSE, "$98765.43" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_cost (NULL, rows[i].nano_usd, rows[i].running);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 duration_us;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, "—" },
    { 0, "< 1 ms" },
    { 999, "< 1 ms" },
    { 1000, "1 ms" },
    { 999999, "999 ms" },
    { S, "1.0 s" },
    { 59 * S + 999999, "59.9 s" },
    { 60 * S, "1 min 00 s" },
    { 3599 * S, "59 min 59 s" },
    { 3600 * S, "1 h 00 min" },
    { 100000 * S, "27 h 46 min" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_duration (NULL, rows[i].duration_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_tokens (void)
{
  static const struct
  {
    gint64 tokens;
    gboolean running;
    gboolean answered;
    gboolean estimated;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, FALSE, TRUE, FALSE, "unknown" },
    { WAY_UNKNOWN, FALSE, FALSE, FALSE, "—" },
    { WAY_UNKNOWN, TRUE, FALSE, FALSE, "…" },
    { 0, FALSE, TRUE, FALSE, "0" },
    { 1234567, FALSE, TRUE, FALSE, "1234567" },
    { 12, FALSE, TRUE, TRUE, "≈ 12" },
    { 12, TRUE, TRUE, TRUE, "≈ 12" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_tokens (NULL, rows[i].tokens, rows[i].running,
                                                 rows[i].answered, rows[i].estimated);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_all_tokens (void)
{
  static const struct
  {
    gint64 input;
    gint64 cached;
    gint64 output;
    gboolean running;
    gboolean answered;
    gboolean estimated;
    const char *text;
  } rows[] = {
    { 1234, 1000, 56, FALSE, TRUE, FALSE, "1234 in · 1000 cached, 56 out" },
    { 1234, 0, 56, FALSE, TRUE, FALSE, "1234 in, 56 out" },
    { 1234, WAY_UNKNOWN, 56, FALSE, TRUE, TRUE, "≈ 1234 in, ≈ 56 out" },
    { 12, WAY_UNKNOWN, WAY_UNKNOWN, TRUE, TRUE, FALSE, "12 in, … out" },
    { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, TRUE, FALSE, FALSE, "…" },
    { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, FALSE, FALSE, FALSE, "—" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_format_all_tokens (NULL, rows[i].input, rows[i].cached, rows[i].output, rows[i].running,
                               rows[i].answered, rows[i].estimated);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_speed (void)
{
  static const struct
  {
    gint64 output;
    gboolean streamed;
    gint64 first_token_us;
    gint64 duration_us;
    const char *text;
  } rows[] = {
    { 100, TRUE, S, 3 * S, "50 tokens/s" },
    { 10, FALSE, 4 * S, 4 * S, "2.5 tokens/s" },
    { 100, TRUE, S, S, "—" },
    { 100, TRUE, S, WAY_UNKNOWN, "—" },
    { WAY_UNKNOWN, TRUE, S, 3 * S, "—" },
    { 0, TRUE, WAY_UNKNOWN, 3 * S, "—" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_speed (NULL, rows[i].output, rows[i].streamed,
                                                rows[i].first_token_us, rows[i].duration_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Yesterday does not look like today. */
static void
test_moment (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 11, 29, 12, 0, 5);
  static const struct
  {
    int hours_ago;
    const char *text;
  } rows[] = {
    { 0, "12:00:05" }, { 12, "00:00:05" }, { 13, "28 Nov 23:00" }, { 24 * 365, "2025-11-29" }
  };
  const gint64 now_us = g_date_time_to_unix (noon) * S;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_moment (now_us - rows[i].hours_ago * 3600 * S, now_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_share (void)
{
  static const struct
  {
    gint64 part;
    gint64 whole;
    const char *text;
  } rows[] = {
    { 0, 0, "—" },           { 0, 10, "0 %" },        { 1, 1000, "< 1 %" }, { 5, 10, "50 %" },
    { 999, 1000, "> 99 %" }, { 1000, 1000, "100 %" }, { 2, 3, "67 %" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_share (NULL, rows[i].part, rows[i].whole);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_age (void)
{
  static const struct
  {
    gint64 age_s; /* -1: never */
    const char *text;
  } rows[] = {
    { -1, "never" },       { 0, "just now" },      { 9, "just now" },        { 10, "10 s ago" },
    { 59, "59 s ago" },    { 60, "1 min ago" },    { 3599, "59 min ago" },   { 3600, "1 h ago" },
    { 86399, "23 h ago" }, { 86400, "1 day ago" }, { 200000, "2 days ago" },
  };
  const gint64 now_us = 1700000000 * S;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const gint64 then_us = rows[i].age_s < 0 ? 0 : now_us - rows[i].age_s * S;
      g_autofree char *text = way_format_age (NULL, then_us, now_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_rate (void)
{
  static const struct
  {
    double rate;
    const char *text;
  } rows[] = { { 0, "0" }, { 0.25, "0.2" }, { 9.94, "9.9" }, { 9.96, "10" }, { 1234.4, "1234" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_rate (NULL, rows[i].rate);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_fare_line (void)
{
  static const struct
  {
    gint64 tokens;
    gboolean estimated;
    gint64 price;
    const char *text;
  } rows[] = {
    { 1200, FALSE, 250000, "1200 × $0.25 per million" },
    { 1200, FALSE, 125000, "1200 × $0.125 per million" },
    { 1200, FALSE, 18, "1200 × $0.000018 per million" },
    { 1200, FALSE, 15000000, "1200 × $15.00 per million" },
    { 1200, TRUE, 1250000, "≈ 1200 × $1.25 per million" },
    { 1200, FALSE, 0, "1200 × $0" },
    { 1200, FALSE, WAY_UNKNOWN, "1200 × unknown price" },
    { WAY_UNKNOWN, FALSE, 250000, "unknown × $0.25 per million" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_format_fare_line (rows[i].tokens, rows[i].estimated, rows[i].price);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_price_date (void)
{
  g_autofree char *known = way_format_price_date (20260917);
  g_autofree char *unknown = way_format_price_date (0);

  g_assert_cmpstr (known, ==, "as of 2026-09-17");
  g_assert_cmpstr (unknown, ==, "day unknown");
}

static void
test_budgets (void)
{
  static const struct
  {
    gint64 spent;
    gint64 limit;
    const char *words;
    double fraction;
  } rows[] = {
    { 0, 20000000000, "$0 spent, $20.00 left", 0 },
    { 5000000000, 20000000000, "$5.00 spent, $15.00 left", 0.25 },
    { 5000000, 20000000, "$0.0050 spent, $0.0150 left", 0.25 },
    { 3850000, 20000000, "$0.0039 spent, $0.0161 left", 0.1925 },
    { 19999000, 20000000, "$0.0199990 spent, $0.0000010 left", 0.99995 },
    { 20000000000, 20000000000, "$20.00 spent: used up", 1 },
    { 21000000000, 20000000000, "$21.00 spent: used up", 1 },
    { 0, 0, "$0 spent: used up", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = way_budget_words (NULL, rows[i].spent, rows[i].limit);
      g_assert_cmpstr (words, ==, rows[i].words);
      g_assert_cmpfloat (way_budget_fraction (NULL, rows[i].spent, rows[i].limit), ==,
                         rows[i].fraction);
    }
  g_autofree char *title = way_budget_title (NULL, "the budget, $5.00 a day");
  g_autofree char *no_note = way_budgets_note (NULL, 0);
  g_autofree char *note = way_budgets_note (NULL, 2);

  g_assert_cmpstr (no_note, ==, "");
  g_assert_cmpstr (note, ==, "2 requests of today are in no budget: their price is unknown");
  g_assert_cmpstr (title, ==, "Budget, $5.00 a day");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/cost", test_cost);
  g_test_add_func ("/ui/format/duration", test_duration);
  g_test_add_func ("/ui/format/tokens", test_tokens);
  g_test_add_func ("/ui/format/all-tokens", test_all_tokens);
  g_test_add_func ("/ui/format/speed", test_speed);
  g_test_add_func ("/ui/format/moment", test_moment);
  g_test_add_func ("/ui/format/share", test_share);
  g_test_add_func ("/ui/format/age", test_age);
  g_test_add_func ("/ui/format/rate", test_rate);
  g_test_add_func ("/ui/format/fare-line", test_fare_line);
  g_test_add_func ("/ui/format/price-date", test_price_date);
  g_test_add_func ("/ui/format/budgets", test_budgets);
  return g_test_run ();
}
