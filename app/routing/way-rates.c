/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Sliding counts of who is limited. Gateway thread; the time comes in. */

#include "way-rates.h"

typedef struct
{
  WayMinute requests;
  WayMinute tokens;
  guint in_flight;
} Entry;

struct _WayRates
{
  GHashTable *entries[2]; /* owned: WayRated → id → Entry */
};

/**
 * way_rates_new:
 *
 * Returns: (transfer full): for one thread
 */
WayRates *
way_rates_new (void)
{
  WayRates *rates = g_new0 (WayRates, 1);

  for (guint i = 0; i < G_N_ELEMENTS (rates->entries); i++)
    rates->entries[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return rates;
}

/**
 * way_rates_free:
 * @rates: (nullable) (transfer full)
 */
void
way_rates_free (WayRates *rates)
{
  if (rates == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rates->entries); i++)
    g_hash_table_unref (rates->entries[i]);
  g_free (rates);
}

static gint64
later (gint64 free_at_us, gint64 wait_us, gint64 now_us)
{
  return wait_us > 0 ? MAX (free_at_us, now_us + wait_us) : free_at_us;
}

/**
 * way_rates_describe_limit:
 * @rates: (nullable): %NULL for no past
 * @tokens: the estimate of what the request would use
 * @ret_free_at_us: wall clock when it may go, %WAY_UNKNOWN where that depends on when others end;
 *   untouched if it may go now
 *
 * Whether a request must wait for a limit.
 *
 * Returns: (transfer full) (nullable): a predicate, "is at its limit of 60 requests a minute", or
 *   %NULL if it may go
 */
char *
way_rates_describe_limit (const WayRates *rates,
                          WayRated rated,
                          const char *id,
                          const WayRateLimits *limits,
                          gint64 tokens,
                          gint64 now_us,
                          gint64 *ret_free_at_us)
{
  const Entry *entry = rates != NULL ? g_hash_table_lookup (rates->entries[rated], id) : NULL;
  const char *kind = "requests a minute";
  gint64 limit = limits->rpm;
  gint64 free_at_us = 0;

  if (entry == NULL)
    return NULL;
  if (limits->rpm > 0)
    free_at_us =
      later (0, way_minute_get_wait_us (&entry->requests, now_us, limits->rpm, 1), now_us);
  gint64 wait_us =
    limits->tpm > 0 ? way_minute_get_wait_us (&entry->tokens, now_us, limits->tpm, tokens) : 0;
  if (later (free_at_us, wait_us, now_us) > free_at_us)
    {
      free_at_us = now_us + wait_us;
      kind = "tokens a minute";
      limit = limits->tpm;
    }
  if (limits->parallel > 0 && entry->in_flight >= limits->parallel && free_at_us == 0)
    {
      free_at_us = WAY_UNKNOWN;
      kind = "calls at once";
      limit = limits->parallel;
    }
  if (free_at_us == 0)
    return NULL;
  *ret_free_at_us = free_at_us;
  return g_strdup_printf ("is at its limit of %" G_GINT64_FORMAT " %s", limit, kind);
}

/**
 * way_rates_begin:
 * @tokens: what it is estimated to use
 *
 * Counts a request that goes out now.
 */
void
way_rates_begin (WayRates *rates, WayRated rated, const char *id, gint64 tokens, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (rates->entries[rated], id);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (rates->entries[rated], g_strdup (id), entry);
    }
  way_minute_add (&entry->requests, now_us, 1);
  way_minute_add (&entry->tokens, now_us, tokens);
  entry->in_flight++;
}

/**
 * way_rates_end:
 * @correction: tokens used beyond what way_rates_begin() was told, or negative
 * @began_at_us: wall clock of way_rates_begin()
 *
 * A request has ended.
 */
void
way_rates_end (
  WayRates *rates, WayRated rated, const char *id, gint64 correction, gint64 began_at_us)
{
  Entry *entry = g_hash_table_lookup (rates->entries[rated], id);

  g_return_if_fail (entry != NULL && entry->in_flight > 0);
  entry->in_flight--;
  way_minute_correct (&entry->tokens, began_at_us, correction);
}
