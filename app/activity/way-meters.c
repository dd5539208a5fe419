/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Today's totals and ten minutes of rates. A finished request is added to a handful of integers;
 * who watches is told once a tick. Main thread. */

#include "way-meters.h"

#include "way-clock.h"
#include "way-day.h"

#define REQUEST_RATE_SECONDS 60
#define TOKEN_RATE_SECONDS 5 /* what runs now, and not what ran a minute ago */

typedef enum
{
  TOTAL_REQUESTS,
  TOTAL_FAILED,
  TOTAL_LOCAL,
  TOTAL_FALLBACKS,
  TOTAL_COST_NANO_USD,
  TOTAL_UNKNOWN_COST,
  TOTAL_INPUT_TOKENS,
  TOTAL_OUTPUT_TOKENS,
  TOTAL_STOPPED,
  N_TOTALS
} Total;

static const char *const total_names[N_TOTALS] = {
  [TOTAL_REQUESTS] = "requests-today",
  [TOTAL_FAILED] = "failed-today",
  [TOTAL_LOCAL] = "local-today",
  [TOTAL_FALLBACKS] = "fallbacks-today",
  [TOTAL_COST_NANO_USD] = "cost-today-nano-usd",
  [TOTAL_UNKNOWN_COST] = "unknown-cost-today",
  [TOTAL_INPUT_TOKENS] = "input-tokens-today",
  [TOTAL_OUTPUT_TOKENS] = "output-tokens-today",
  [TOTAL_STOPPED] = "stopped-today",
};

/* Property ids: the totals in their order from 1 on, then the two rates. */
enum
{
  PROP_REQUESTS_PER_MINUTE = N_TOTALS + 1,
  PROP_TOKENS_PER_SECOND,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

struct _WayMeters
{
  GObject parent_instance;

  gint64 day_start_us; /* local midnight before now */
  gint64 day_end_us;   /* the next one: not always 24 h later */
  gint64 now_s;        /* wall clock second the rings stand at */

  gint64 totals[N_TOTALS];
  gint64 told[N_TOTALS]; /* what was last notified */

  /* One bucket a second; second s is at s % WAY_METERS_SECONDS. */
  double requests[WAY_METERS_SECONDS];
  double tokens[WAY_METERS_SECONDS];
  double requests_per_minute;
  double tokens_per_second;
};

G_DEFINE_FINAL_TYPE (WayMeters, way_meters, G_TYPE_OBJECT)

static void
way_meters_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayMeters *self = WAY_METERS (object);

  if (prop_id >= 1 && prop_id <= N_TOTALS)
    g_value_set_int64 (value, self->totals[prop_id - 1]);
  else if (prop_id == PROP_REQUESTS_PER_MINUTE)
    g_value_set_double (value, self->requests_per_minute);
  else if (prop_id == PROP_TOKENS_PER_SECOND)
    g_value_set_double (value, self->tokens_per_second);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
way_meters_class_init (WayMetersClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_meters_get_property;

  for (guint i = 0; i < N_TOTALS; i++)
    properties[i + 1] = g_param_spec_int64 (total_names[i], NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_REQUESTS_PER_MINUTE] =
    g_param_spec_double ("requests-per-minute", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_TOKENS_PER_SECOND] =
    g_param_spec_double ("tokens-per-second", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_meters_init (WayMeters *self)
{
}

static void
clear_bucket (WayMeters *self, gint64 second)
{
  self->requests[second % WAY_METERS_SECONDS] = 0;
  self->tokens[second % WAY_METERS_SECONDS] = 0;
}

static void
advance_rings (WayMeters *self, gint64 now_s)
{
  const gint64 step = now_s - self->now_s;
  /* Far ahead, or set far back: nothing in the rings is of the last ten minutes. */
  const gboolean jumped = ABS (step) >= WAY_METERS_SECONDS;
  const gint64 from = jumped ? now_s - WAY_METERS_SECONDS + 1 : self->now_s + 1;

  /* A small step back, as a corrected clock makes: stand still until time has caught up. */
  if (step < 0 && !jumped)
    return;

  for (gint64 second = from; second <= now_s; second++)
    clear_bucket (self, second);
  self->now_s = now_s;
}

static void
advance (WayMeters *self, gint64 now_wall_us)
{
  advance_rings (self, now_wall_us / G_USEC_PER_SEC);
  if (now_wall_us < self->day_start_us || now_wall_us >= self->day_end_us)
    {
      memset (self->totals, 0, sizeof self->totals);
      way_day_get_bounds (now_wall_us, &self->day_start_us, &self->day_end_us);
    }
}

static gboolean
is_in_rings (WayMeters *self, gint64 second)
{
  return second >= 0 && second <= self->now_s && second > self->now_s - WAY_METERS_SECONDS;
}

static void
add_to_rings (WayMeters *self, const WayRecord *record, gint64 counted_tokens)
{
  const gint64 end_us = record->started_at_us + MAX (record->duration_us, 0);
  const gint64 end_s = MIN (end_us / G_USEC_PER_SEC, self->now_s);

  if (!is_in_rings (self, end_s))
    return;
  self->requests[end_s % WAY_METERS_SECONDS] += 1;
  self->tokens[end_s % WAY_METERS_SECONDS] +=
    (double)MAX (record->usage.output_tokens - counted_tokens, 0);
}

/* What would have left this machine, had it been let. */
static gboolean
is_stopped (const WayRecord *record)
{
  return g_strcmp0 (record->error_code, "cloud_disabled") == 0 ||
         g_strcmp0 (record->error_code, "local_only") == 0;
}

/* By the same rules as the ledger's totals, which these go on from: what got no answer is no local
 * answer; what was refused before anybody was asked is neither, and its cost is not unknown. */
static void
add_to_totals (WayMeters *self, const WayRecord *record)
{
  const guint n_tried = way_record_count_tried (record);
  gint64 *totals = self->totals;

  totals[TOTAL_REQUESTS]++;
  if (way_record_has_failed (record))
    totals[TOTAL_FAILED]++;
  else if (n_tried > 0 && record->locality == WAY_LOCALITY_LOCAL)
    totals[TOTAL_LOCAL]++;
  if (way_record_is_fallback (record))
    totals[TOTAL_FALLBACKS]++;
  if (n_tried > 0 && record->cost_nano_usd == WAY_UNKNOWN)
    totals[TOTAL_UNKNOWN_COST]++;
  if (is_stopped (record))
    totals[TOTAL_STOPPED]++;
  totals[TOTAL_COST_NANO_USD] += way_record_get_known_cost_nano_usd (record);
  totals[TOTAL_INPUT_TOKENS] +=
    MAX (record->usage.input_tokens, 0) + MAX (record->usage.cache_read_tokens, 0);
  totals[TOTAL_OUTPUT_TOKENS] += MAX (record->usage.output_tokens, 0);
}

static double
sum_of_last (WayMeters *self, const double *ring, guint seconds)
{
  double sum = 0;

  for (gint64 second = self->now_s - seconds + 1; second <= self->now_s; second++)
    sum += ring[second % WAY_METERS_SECONDS];
  return sum;
}

static void
set_rate (WayMeters *self, double *rate, double value, guint prop_id)
{
  /* Sums of the same buckets in the same order: equal rates are equal bits. */
  if (*rate == value)
    return;
  *rate = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/**
 * way_meters_new:
 *
 * Meters that stand at zero and at the present second. Main thread.
 *
 * Returns: (transfer full): new meters
 */
WayMeters *
way_meters_new (void)
{
  WayMeters *self = g_object_new (WAY_TYPE_METERS, NULL);

  advance (self, way_clock_get_wall_us ());
  return self;
}

/**
 * way_meters_set_base:
 * @meters: meters
 * @requests: how many requests the ledger has for today
 * @failed: how many of them failed
 * @local: how many were answered on this machine
 * @fallbacks: how many were answered, but not by the first attempt
 * @cost_nano_usd: what they cost, as far as known
 * @unknown_cost: of how many the cost is not, or not wholly, known
 * @input_tokens: tokens sent, as far as known
 * @output_tokens: tokens generated, as far as known
 *
 * Adds what happened today before these meters began. The caller asks the ledger before it lets the
 * first request in, so nothing is counted twice. Shown at the next tick. Main thread.
 */
void
way_meters_set_base (WayMeters *meters,
                     gint64 requests,
                     gint64 failed,
                     gint64 local,
                     gint64 fallbacks,
                     gint64 cost_nano_usd,
                     gint64 unknown_cost,
                     gint64 input_tokens,
                     gint64 output_tokens)
{
  g_return_if_fail (WAY_IS_METERS (meters));

  meters->totals[TOTAL_REQUESTS] += requests;
  meters->totals[TOTAL_FAILED] += failed;
  meters->totals[TOTAL_LOCAL] += local;
  meters->totals[TOTAL_FALLBACKS] += fallbacks;
  meters->totals[TOTAL_COST_NANO_USD] += cost_nano_usd;
  meters->totals[TOTAL_UNKNOWN_COST] += unknown_cost;
  meters->totals[TOTAL_INPUT_TOKENS] += input_tokens;
  meters->totals[TOTAL_OUTPUT_TOKENS] += output_tokens;
}

/**
 * way_meters_add_history:
 * @meters: meters
 * @record: a finished request of before these meters began
 *
 * Counts what way_meters_set_base() is not told of: whether Local Only stopped it, today. Main
 * thread.
 */
void
way_meters_add_history (WayMeters *meters, const WayRecord *record)
{
  g_return_if_fail (WAY_IS_METERS (meters));
  g_return_if_fail (record != NULL);

  if (is_stopped (record) && record->started_at_us >= meters->day_start_us &&
      record->started_at_us < meters->day_end_us)
    meters->totals[TOTAL_STOPPED]++;
}

/**
 * way_meters_add:
 * @meters: meters
 * @record: a finished request
 * @counted_tokens: how many of its tokens way_meters_add_tokens() was told of
 *
 * Counts one request: into today if it began today, as the ledger does, and into the rates at the
 * second it ended, with the tokens that are not counted yet. Unknown tokens add nothing; an unknown
 * cost is counted as unknown. Nobody is notified before way_meters_tick(). Main thread.
 */
void
way_meters_add (WayMeters *meters, const WayRecord *record, gint64 counted_tokens)
{
  gint64 end_us = 0;

  g_return_if_fail (WAY_IS_METERS (meters));
  g_return_if_fail (record != NULL);

  end_us = record->started_at_us + MAX (record->duration_us, 0);
  if (end_us / G_USEC_PER_SEC > meters->now_s)
    advance (meters, end_us);
  add_to_rings (meters, record, MAX (counted_tokens, 0));
  if (record->started_at_us >= meters->day_start_us && record->started_at_us < meters->day_end_us)
    add_to_totals (meters, record);
}

/**
 * way_meters_add_tokens:
 * @meters: meters
 * @tokens: that came since the last time, for a request in flight
 * @now_wall_us: wall clock
 *
 * Counts tokens into their rate when they come: what was drawn once is never drawn anew. Today's
 * totals take them when the request has ended. Main thread.
 */
void
way_meters_add_tokens (WayMeters *meters, gint64 tokens, gint64 now_wall_us)
{
  gint64 second = 0;

  g_return_if_fail (WAY_IS_METERS (meters));

  if (now_wall_us / G_USEC_PER_SEC > meters->now_s)
    advance (meters, now_wall_us);
  second = MIN (now_wall_us / G_USEC_PER_SEC, meters->now_s);
  if (tokens > 0 && is_in_rings (meters, second))
    meters->tokens[second % WAY_METERS_SECONDS] += (double)tokens;
}

/**
 * way_meters_tick:
 * @meters: meters
 * @now_wall_us: wall clock
 *
 * Moves the meters to @now_wall_us and notifies what changed since the last tick. Past midnight
 * today's totals start anew. Called after each batch and once a second while somebody watches, or
 * the rates would stand still when the traffic does. Main thread.
 */
void
way_meters_tick (WayMeters *meters, gint64 now_wall_us)
{
  g_return_if_fail (WAY_IS_METERS (meters));
  g_return_if_fail (now_wall_us >= (gint64)WAY_METERS_SECONDS * G_USEC_PER_SEC);

  advance (meters, now_wall_us);

  g_object_freeze_notify (G_OBJECT (meters));
  for (guint i = 0; i < N_TOTALS; i++)
    {
      if (meters->told[i] != meters->totals[i])
        g_object_notify_by_pspec (G_OBJECT (meters), properties[i + 1]);
      meters->told[i] = meters->totals[i];
    }
  set_rate (meters, &meters->requests_per_minute,
            sum_of_last (meters, meters->requests, REQUEST_RATE_SECONDS), PROP_REQUESTS_PER_MINUTE);
  set_rate (meters, &meters->tokens_per_second,
            sum_of_last (meters, meters->tokens, TOKEN_RATE_SECONDS) / TOKEN_RATE_SECONDS,
            PROP_TOKENS_PER_SECOND);
  g_object_thaw_notify (G_OBJECT (meters));
}

/**
 * way_meters_get_series:
 * @meters: meters
 * @ret_requests: (out caller-allocates) (array length=max): requests that ended in each second
 * @ret_tokens: (out caller-allocates) (array length=max): tokens that came in each second
 * @max: how many seconds fit; more than %WAY_METERS_SECONDS are never given
 *
 * The last seconds up to the last tick, oldest first. Main thread.
 *
 * Returns: how many seconds were written
 */
gsize
way_meters_get_series (WayMeters *meters, double *ret_requests, double *ret_tokens, gsize max)
{
  const gsize n = MIN (max, WAY_METERS_SECONDS);

  g_return_val_if_fail (WAY_IS_METERS (meters), 0);
  g_return_val_if_fail (ret_requests != NULL && ret_tokens != NULL, 0);

  for (gsize i = 0; i < n; i++)
    {
      const gint64 second = meters->now_s - (gint64)n + 1 + (gint64)i;

      ret_requests[i] = meters->requests[second % WAY_METERS_SECONDS];
      ret_tokens[i] = meters->tokens[second % WAY_METERS_SECONDS];
    }
  return n;
}

/**
 * way_meters_get_paces:
 * @meters: meters
 * @ret_paces: (out caller-allocates) (array length=max): requests that ended in the minute up to
 *   each second
 * @max: how many seconds fit; a minute less than %WAY_METERS_SECONDS at most
 *
 * What "requests-per-minute" was at each of the last seconds, oldest first. Main thread.
 *
 * Returns: how many seconds were written
 */
gsize
way_meters_get_paces (WayMeters *meters, double *ret_paces, gsize max)
{
  const gsize n = MIN (max, WAY_METERS_SECONDS - REQUEST_RATE_SECONDS);
  double sum = 0;

  g_return_val_if_fail (WAY_IS_METERS (meters), 0);
  g_return_val_if_fail (ret_paces != NULL, 0);

  for (gint64 i = 1 - REQUEST_RATE_SECONDS; i < (gint64)n; i++)
    {
      const gint64 second = meters->now_s - (gint64)n + 1 + i;

      sum += meters->requests[second % WAY_METERS_SECONDS];
      if (i < 0)
        continue;
      ret_paces[i] = sum;
      sum -= meters->requests[(second + 1 - REQUEST_RATE_SECONDS) % WAY_METERS_SECONDS];
    }
  return n;
}
