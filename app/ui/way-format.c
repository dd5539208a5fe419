/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about numbers and times. Unknown always has its own words: a zero is only
 * shown where zero is known. Any thread. */

#include "way-closures.h"

#include "way-clock.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define NANO_PER_USD G_GINT64_CONSTANT (1000000000)
#define MILLISECOND G_GINT64_CONSTANT (1000)
#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char *
unknown_or_pending (gboolean running)
{
  return g_strdup (running ? "…" : _ ("unknown"));
}

/**
 * way_format_count:
 * @object: (nullable): the template's object, not used
 * @count: a count, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): the count with the locale's grouping, or "unknown"
 */
char *
way_format_count (gpointer object, gint64 count)
{
  if (count < 0)
    return unknown_or_pending (FALSE);
  return g_strdup_printf ("%'" G_GINT64_FORMAT, count);
}

/**
 * way_format_tokens:
 * @object: (nullable): the template's object, not used
 * @tokens: a count, or %WAY_UNKNOWN
 * @running: whether the number can still come
 * @answered: whether somebody answered, so that there is something to count
 * @estimated: whether Wayfare counted, and not the provider
 *
 * Returns: (transfer full): the count, "…" while it may still come, "unknown", or a dash
 */
char *
way_format_tokens (
  gpointer object, gint64 tokens, gboolean running, gboolean answered, gboolean estimated)
{
  g_autofree char *count = way_format_count (object, tokens);

  if (tokens < 0 && !running && !answered)
    return g_strdup ("—");
  if (tokens < 0)
    return unknown_or_pending (running);
  return g_strconcat (estimated ? "≈ " : "", count, NULL);
}

/**
 * way_format_cached:
 * @object: (nullable): the template's object, not used
 * @tokens: a count, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): the count, or a dash where a provider says nothing of a cache
 */
char *
way_format_cached (gpointer object, gint64 tokens)
{
  return tokens < 0 ? g_strdup ("—") : way_format_count (object, tokens);
}

/**
 * way_format_all_tokens:
 * @object: (nullable): the template's object, not used
 * @input: the whole prompt
 * @cached: how much of it came from a cache
 * @output: generated tokens
 *
 * Returns: (transfer full): "1,234 in · 1,000 cached, 56 out"; for the others see
 *   way_format_tokens()
 */
char *
way_format_all_tokens (gpointer object,
                       gint64 input,
                       gint64 cached,
                       gint64 output,
                       gboolean running,
                       gboolean answered,
                       gboolean estimated)
{
  g_autofree char *in = way_format_tokens (object, input, running, answered, estimated);
  g_autofree char *out = way_format_tokens (object, output, running, answered, estimated);
  g_autofree char *part = way_format_count (object, cached);

  if (input < 0 && output < 0)
    return g_steal_pointer (&in);
  if (cached <= 0)
    return g_strdup_printf (_ ("%s in, %s out"), in, out);
  /* Translators: tokens that went in, how many of them from a cache, and tokens that came out. */
  return g_strdup_printf (_ ("%s in · %s cached, %s out"), in, part, out);
}

/**
 * way_format_speed:
 * @object: (nullable): the template's object, not used
 * @output: generated tokens
 * @streamed: whether they came one by one
 * @first_token_us: when the first came
 * @duration_us: when the last came
 *
 * Returns: (transfer full): tokens a second, or a dash where that cannot be known
 */
char *
way_format_speed (
  gpointer object, gint64 output, gboolean streamed, gint64 first_token_us, gint64 duration_us)
{
  const gint64 span_us = streamed ? duration_us - first_token_us : duration_us;
  g_autofree char *rate = NULL;

  if (output <= 0 || first_token_us < 0 || duration_us < 0 || span_us < MILLISECOND)
    return g_strdup ("—");
  rate = way_format_rate (object, (double)output * SECOND / (double)span_us);
  return g_strdup_printf (_ ("%s tokens/s"), rate);
}

/**
 * way_format_token_pair:
 * @object: (nullable): the template's object, not used
 * @input: prompt tokens
 * @output: generated tokens
 *
 * Returns: (transfer full): both counts in one line
 */
char *
way_format_token_pair (gpointer object, gint64 input, gint64 output)
{
  g_autofree char *in = way_format_count (object, input);
  g_autofree char *out = way_format_count (object, output);

  /* Translators: tokens that went in and came out. */
  return g_strdup_printf (_ ("%s in, %s out"), in, out);
}

/**
 * way_format_count_sum:
 * @object: (nullable): the template's object, not used
 * @a: a count
 * @b: another
 *
 * Returns: (transfer full): their sum, or "unknown" when either is
 */
char *
way_format_count_sum (gpointer object, gint64 a, gint64 b)
{
  return way_format_count (object, a < 0 || b < 0 ? WAY_UNKNOWN : a + b);
}

/* Decimals that leave two significant digits of an amount below a cent. */
static int
get_cost_decimals (gint64 nano_usd)
{
  int decimals = 2;
  gint64 unit = NANO_PER_USD / 100;

  if (nano_usd >= unit)
    return decimals;
  while (unit > nano_usd && decimals < 8)
    {
      unit /= 10;
      decimals++;
    }
  return decimals + 1;
}

/**
 * way_format_cost:
 * @object: (nullable): the template's object, not used
 * @nano_usd: an amount in nano-USD, or %WAY_UNKNOWN
 * @running: whether the amount can still come
 *
 * Two decimals from a cent up, two significant digits below.
 *
 * Returns: (transfer full): the amount in USD, "…" while it may still come, or "unknown"
 */
char *
way_format_cost (gpointer object, gint64 nano_usd, gboolean running)
{
  if (nano_usd < 0)
    return unknown_or_pending (running);
  if (nano_usd == 0)
    return g_strdup ("$0");
  return g_strdup_printf ("$%.*f", get_cost_decimals (nano_usd), (double)nano_usd / NANO_PER_USD);
}

/* @units of the @decimals-th decimal of a dollar. */
static char *
format_units (gint64 units, int decimals)
{
  return units == 0 ? g_strdup ("$0")
                    : g_strdup_printf ("$%.*f", decimals, (double)units / pow (10, decimals));
}

/**
 * way_budget_words:
 * @object: (nullable): the template's object, not used
 * @spent_nano_usd: what is spent of it
 * @limit_nano_usd: all of it
 *
 * Returns: (transfer full): what is spent of a budget, and what is left, in one precision: they add
 *   up
 */
char *
way_budget_words (gpointer object, gint64 spent_nano_usd, gint64 limit_nano_usd)
{
  const gint64 left_nano_usd = MAX (limit_nano_usd - spent_nano_usd, 0);
  const int decimals = MAX (spent_nano_usd > 0 ? get_cost_decimals (spent_nano_usd) : 2,
                            left_nano_usd > 0 ? get_cost_decimals (left_nano_usd) : 2);
  const double unit = NANO_PER_USD / pow (10, decimals);
  const gint64 spent_units = llround ((double)spent_nano_usd / unit);
  g_autofree char *spent = format_units (spent_units, decimals);
  g_autofree char *left =
    format_units (MAX (llround ((double)limit_nano_usd / unit) - spent_units, 0), decimals);

  return spent_nano_usd >= limit_nano_usd ? g_strdup_printf (_ ("%s spent: used up"), spent)
                                          : g_strdup_printf (_ ("%s spent, %s left"), spent, left);
}

/**
 * way_format_duration:
 * @object: (nullable): the template's object, not used
 * @duration_us: a span in µs, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): the span in the largest unit that keeps it readable, or a dash
 */
char *
way_format_duration (gpointer object, gint64 duration_us)
{
  if (duration_us < 0)
    return g_strdup ("—");
  if (duration_us < MILLISECOND)
    return g_strdup (_ ("< 1 ms"));
  if (duration_us < SECOND)
    return g_strdup_printf (_ ("%d ms"), (int)(duration_us / MILLISECOND));
  if (duration_us < MINUTE)
    return g_strdup_printf (_ ("%.1f s"), floor ((double)duration_us / (SECOND / 10)) / 10);
  if (duration_us < HOUR)
    return g_strdup_printf (_ ("%d min %02d s"), (int)(duration_us / MINUTE),
                            (int)(duration_us % MINUTE / SECOND));
  return g_strdup_printf (_ ("%d h %02d min"), (int)(duration_us / HOUR),
                          (int)(duration_us % HOUR / MINUTE));
}

/**
 * way_format_rate:
 * @object: (nullable): the template's object, not used
 * @rate: something per second or minute
 *
 * Returns: (transfer full): the rate, with one decimal below ten
 */
char *
way_format_rate (gpointer object, double rate)
{
  if (rate <= 0)
    return g_strdup ("0");
  if (rate < 9.95)
    return g_strdup_printf ("%.1f", rate);
  return g_strdup_printf ("%'.0f", rate);
}

/**
 * way_format_share:
 * @object: (nullable): the template's object, not used
 * @part: how many of
 * @whole: all
 *
 * Never rounds to "100 %" or "0 %" what is not quite that.
 *
 * Returns: (transfer full): the share in percent, or a dash when there is nothing to share
 */
char *
way_format_share (gpointer object, gint64 part, gint64 whole)
{
  double percent = 0;

  if (whole <= 0)
    return g_strdup ("—");
  percent = 100.0 * (double)part / (double)whole;
  if (part > 0 && percent < 1)
    return g_strdup (_ ("< 1 %"));
  if (part < whole && percent > 99)
    return g_strdup (_ ("> 99 %"));
  return g_strdup_printf (_ ("%.0f %%"), percent);
}

/**
 * way_format_moment:
 * @wall_us: a moment, µs since 1970
 * @now_us: the present
 *
 * Returns: (transfer full): the local time of day, after the day if that is another than today
 */
char *
way_format_moment (gint64 wall_us, gint64 now_us)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (wall_us / SECOND);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / SECOND);

  if (local == NULL || now == NULL)
    return g_strdup ("—");
  if (g_date_time_get_year (local) != g_date_time_get_year (now))
    return g_date_time_format (local, "%Y-%m-%d");
  if (g_date_time_get_day_of_year (local) != g_date_time_get_day_of_year (now))
    /* Translators: a day of this year and a time, in little room. */
    return g_date_time_format (local, _ ("%-d %b %H:%M"));
  return g_date_time_format (local, "%H:%M:%S");
}

/**
 * way_format_time:
 * @object: (nullable): the template's object, not used
 * @wall_us: a moment, µs since 1970
 *
 * Returns: (transfer full): the same as way_format_moment(), now
 */
char *
way_format_time (gpointer object, gint64 wall_us)
{
  return way_format_moment (wall_us, way_clock_get_wall_us ());
}

/**
 * way_format_date:
 * @object: (nullable): the template's object, not used
 * @wall_us: a moment, µs since 1970
 *
 * Returns: (transfer full): local day and time
 */
char *
way_format_date (gpointer object, gint64 wall_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (wall_us / SECOND);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL || wall_us <= 0)
    return g_strdup ("—");
  return g_date_time_format (local, "%Y-%m-%d %H:%M:%S");
}

/**
 * way_format_age:
 * @object: (nullable): the template's object, not used
 * @then_us: a moment, µs since 1970; 0 for never
 * @now_us: the present
 *
 * Returns: (transfer full): how long ago that was
 */
char *
way_format_age (gpointer object, gint64 then_us, gint64 now_us)
{
  const gint64 age_us = now_us - then_us;

  if (then_us <= 0)
    return g_strdup (_ ("never"));
  if (age_us < 10 * SECOND)
    return g_strdup (_ ("just now"));
  if (age_us < MINUTE)
    return g_strdup_printf (_ ("%d s ago"), (int)(age_us / SECOND));
  if (age_us < HOUR)
    return g_strdup_printf (_ ("%d min ago"), (int)(age_us / MINUTE));
  if (age_us < DAY)
    return g_strdup_printf (_ ("%d h ago"), (int)(age_us / HOUR));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong)(age_us / DAY)),
                          (int)(age_us / DAY));
}

/* A price with all its digits: what is multiplied must give what is charged. */
static char *
format_price (gint64 micro_usd)
{
  const char *digits = NULL;
  g_autofree char *price =
    g_strdup_printf ("$%" G_GINT64_FORMAT ".%06d", micro_usd / 1000000, (int)(micro_usd % 1000000));
  gsize length = strlen (price);

  for (digits = strchr (price, '.') + 3; price + length > digits && price[length - 1] == '0';)
    length--;
  return g_strndup (price, length);
}

/**
 * way_format_fare_line:
 * @tokens: how many of one kind, or %WAY_UNKNOWN
 * @estimated: whether Wayfare counted them, and not the provider
 * @price_micro_usd_per_million: the price of that kind, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): "1,200 × $0.25 per million"
 */
char *
way_format_fare_line (gint64 tokens, gboolean estimated, gint64 price_micro_usd_per_million)
{
  g_autofree char *count = way_format_tokens (NULL, tokens, FALSE, TRUE, estimated);
  g_autofree char *price = NULL;

  if (price_micro_usd_per_million < 0)
    return g_strdup_printf (_ ("%s × unknown price"), count);
  if (price_micro_usd_per_million == 0)
    return g_strdup_printf (_ ("%s × $0"), count);
  price = format_price (price_micro_usd_per_million);
  return g_strdup_printf (_ ("%s × %s per million"), count, price);
}

/**
 * way_format_price_date:
 * @as_of: day of a price as YYYYMMDD, 0 when unknown
 *
 * Returns: (transfer full): the day in words
 */
char *
way_format_price_date (guint32 as_of)
{
  if (as_of == 0)
    return g_strdup (_ ("day unknown"));
  return g_strdup_printf (_ ("as of %04u-%02u-%02u"), as_of / 10000, as_of / 100 % 100,
                          as_of % 100);
}
