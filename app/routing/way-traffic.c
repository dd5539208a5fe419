/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The books of live traffic. Gateway thread; the time comes in. */

#include "way-traffic.h"

#include <stdlib.h>

#define PPM G_GINT64_CONSTANT (1000000)
/* Clients may name any model: beyond so many targets those at rest are forgotten. */
#define MAX_TARGETS 1024
#define REST_US (600 * G_USEC_PER_SEC)
/* Extra attempts a minute that a provider gets whatever its traffic, so that few requests can fail
 * over too. */
#define FREE_EXTRAS 10
/* An estimate is not believed to be off by more than this factor. */
#define MAX_RATIO 8
/* Share of the newest report in a running mean. */
#define NEWEST_SHARE 8

typedef struct
{
  WayMinute firsts;
  WayMinute extras;
} Provider;

struct _WayTraffic
{
  GHashTable *targets;   /* owned: "provider/model" → WayTargetTraffic */
  GHashTable *providers; /* owned: id → Provider */
  GHashTable *turns;     /* owned: "route\nprovider/model" → gint64 */
};

static void
target_free (gpointer data)
{
  WayTargetTraffic *target = data;

  way_breaker_clear (&target->breaker);
  g_free (target->provider);
  g_free (target->model);
  g_free (target);
}

/**
 * way_traffic_new:
 *
 * Returns: (transfer full): nothing has happened yet; for one thread
 */
WayTraffic *
way_traffic_new (void)
{
  WayTraffic *traffic = g_new0 (WayTraffic, 1);

  traffic->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, target_free);
  traffic->providers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  traffic->turns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return traffic;
}

/**
 * way_traffic_free:
 * @traffic: (nullable) (transfer full): forgets everything
 */
void
way_traffic_free (WayTraffic *traffic)
{
  if (traffic == NULL)
    return;
  g_hash_table_unref (traffic->targets);
  g_hash_table_unref (traffic->providers);
  g_hash_table_unref (traffic->turns);
  g_free (traffic);
}

static gboolean
is_at_rest (gpointer key, gpointer value, gpointer user_data)
{
  const WayTargetTraffic *target = value;
  const gint64 *now_us = user_data;

  return target->in_flight == 0 && target->begun_at_us < *now_us - REST_US;
}

/**
 * way_traffic_ensure:
 * @model: as the provider is asked for it
 *
 * Returns: (transfer none): the target, valid while it has attempts in flight; else until the next
 *   call
 */
WayTargetTraffic *
way_traffic_ensure (WayTraffic *traffic, const char *provider, const char *model, gint64 now_us)
{
  g_autofree char *key = g_strconcat (provider, "/", model, NULL);
  WayTargetTraffic *target = g_hash_table_lookup (traffic->targets, key);

  if (target != NULL)
    return target;
  if (g_hash_table_size (traffic->targets) >= MAX_TARGETS)
    g_hash_table_foreach_remove (traffic->targets, is_at_rest, &now_us);
  target = g_new0 (WayTargetTraffic, 1);
  target->provider = g_strdup (provider);
  target->model = g_strdup (model);
  target->input_ratio_ppm = PPM;
  g_hash_table_insert (traffic->targets, g_steal_pointer (&key), target);
  return target;
}

/**
 * way_traffic_get:
 * @traffic: (nullable)
 *
 * Returns: (transfer none) (nullable): %NULL when nothing is known of it
 */
const WayTargetTraffic *
way_traffic_get (const WayTraffic *traffic, const char *provider, const char *model)
{
  if (traffic == NULL)
    return NULL;

  g_autofree char *key = g_strconcat (provider, "/", model, NULL);
  return g_hash_table_lookup (traffic->targets, key);
}

/**
 * way_traffic_foreach:
 * @func: (scope call): called for each target that was asked lately
 */
void
way_traffic_foreach (const WayTraffic *traffic, WayTrafficFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer target;

  g_hash_table_iter_init (&iter, traffic->targets);
  while (g_hash_table_iter_next (&iter, NULL, &target))
    func (target, user_data);
}

/**
 * way_traffic_reset:
 * @provider: whose breakers to close and whose waits to forget, by the user's wish
 */
void
way_traffic_reset (WayTraffic *traffic, const char *provider)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, traffic->targets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      WayTargetTraffic *target = value;
      if (g_str_equal (target->provider, provider))
        way_breaker_reset (&target->breaker);
    }
}

/* Speed */

/**
 * way_target_note_first_token:
 * @first_token_us: from the sending of the request to the first generated token
 */
void
way_target_note_first_token (WayTargetTraffic *target, gint64 first_token_us, gint64 now_us)
{
  target->samples[target->next_sample].at_us = now_us;
  target->samples[target->next_sample].first_token_us = first_token_us;
  target->next_sample = (target->next_sample + 1) % WAY_TRAFFIC_SAMPLES;
}

static int
compare (const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a;
  gint64 y = *(const gint64 *)b;

  return (x > y) - (x < y);
}

/**
 * way_target_get_first_token_us:
 * @target: (nullable)
 *
 * Returns: the median time to the first token over the last minute, of the last
 *   %WAY_TRAFFIC_SAMPLES answers at most, or %WAY_UNKNOWN
 */
gint64
way_target_get_first_token_us (const WayTargetTraffic *target, gint64 now_us)
{
  gint64 fresh[WAY_TRAFFIC_SAMPLES];
  gsize n = 0;

  for (guint i = 0; target != NULL && i < WAY_TRAFFIC_SAMPLES; i++)
    if (target->samples[i].at_us != 0 &&
        target->samples[i].at_us > now_us - WAY_TRAFFIC_SAMPLE_SPAN_US)
      fresh[n++] = target->samples[i].first_token_us;
  if (n == 0)
    return WAY_UNKNOWN;
  qsort (fresh, n, sizeof *fresh, compare);
  return fresh[n / 2];
}

/* Tokens */

static gint64
move_mean (gint64 mean, gint64 newest)
{
  return mean + (newest - mean) / NEWEST_SHARE;
}

/**
 * way_target_note_usage:
 * @input_tokens_estimate: what the request was estimated at, uncorrected
 * @usage: what the provider reported; what it did not report teaches nothing
 *
 * Learns how far the estimates are off for this model, and how long its answers are.
 */
void
way_target_note_usage (WayTargetTraffic *target,
                       gint64 input_tokens_estimate,
                       const WayUsage *usage)
{
  gint64 prompt_tokens = way_usage_get_prompt_tokens (usage);

  if (usage->estimated)
    return;
  if (prompt_tokens > 0 && input_tokens_estimate > 0)
    {
      gint64 ratio_ppm = prompt_tokens * PPM / input_tokens_estimate;
      target->input_ratio_ppm =
        move_mean (target->input_ratio_ppm, CLAMP (ratio_ppm, PPM / MAX_RATIO, PPM * MAX_RATIO));
    }
  if (usage->output_tokens > 0)
    target->output_tokens = target->output_tokens == 0
                              ? usage->output_tokens
                              : move_mean (target->output_tokens, usage->output_tokens);
}

/**
 * way_target_correct_estimate:
 * @target: (nullable)
 *
 * Returns: the estimate as this model's own counts have taught to read it
 */
gint64
way_target_correct_estimate (const WayTargetTraffic *target, gint64 input_tokens_estimate)
{
  if (target == NULL)
    return input_tokens_estimate;
  return (gint64)((__int128)input_tokens_estimate * target->input_ratio_ppm / PPM);
}

/* Extra attempts */

/**
 * way_traffic_count:
 * @extra: whether it was not the first attempt of its request
 *
 * Counts an attempt at @provider.
 */
void
way_traffic_count (WayTraffic *traffic, const char *provider, gboolean extra, gint64 now_us)
{
  Provider *counts = g_hash_table_lookup (traffic->providers, provider);

  if (counts == NULL)
    {
      counts = g_new0 (Provider, 1);
      g_hash_table_insert (traffic->providers, g_strdup (provider), counts);
    }
  way_minute_add (extra ? &counts->extras : &counts->firsts, now_us, 1);
}

/**
 * way_traffic_allows_extra:
 * @traffic: (nullable)
 *
 * The retry budget: whether @provider may get one more attempt that is not the first of its
 * request. A few a minute are free; beyond them only a share of the first attempts it got in that
 * minute, so that an outage cannot become a storm.
 */
gboolean
way_traffic_allows_extra (const WayTraffic *traffic,
                          const char *provider,
                          const WayRetryTerms *terms,
                          gint64 now_us)
{
  const Provider *counts =
    traffic != NULL ? g_hash_table_lookup (traffic->providers, provider) : NULL;

  if (counts == NULL)
    return TRUE;
  gint64 extras = way_minute_sum (&counts->extras, now_us);
  return extras < FREE_EXTRAS ||
         100 * extras < terms->extra_percent * way_minute_sum (&counts->firsts, now_us);
}

/* Turns */

/**
 * way_traffic_get_turn:
 * @traffic: (nullable)
 * @target: "provider/model"
 *
 * Returns: how much @target is ahead of its share of @route's requests (negative) or behind it
 */
gint64
way_traffic_get_turn (const WayTraffic *traffic, const char *route, const char *target)
{
  if (traffic == NULL)
    return 0;

  g_autofree char *key = g_strconcat (route, "\n", target, NULL);
  const gint64 *turn = g_hash_table_lookup (traffic->turns, key);
  return turn != NULL ? *turn : 0;
}

void
way_traffic_add_turn (WayTraffic *traffic, const char *route, const char *target, gint64 amount)
{
  g_autofree char *key = g_strconcat (route, "\n", target, NULL);
  gint64 *turn = g_hash_table_lookup (traffic->turns, key);

  if (turn == NULL)
    {
      turn = g_new0 (gint64, 1);
      g_hash_table_insert (traffic->turns, g_steal_pointer (&key), turn);
    }
  *turn += amount;
}

/**
 * way_traffic_forget_turns:
 *
 * For a changed configuration: shares begin anew.
 */
void
way_traffic_forget_turns (WayTraffic *traffic)
{
  g_hash_table_remove_all (traffic->turns);
}
