/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Tokens of one call by kind. Pure. */

#include "way-usage.h"

static gint64
known_or_zero (gint64 tokens)
{
  return tokens == WAY_UNKNOWN ? 0 : tokens;
}

/**
 * way_usage_get_prompt_tokens:
 *
 * Returns: all tokens of the prompt, cached or not; %WAY_UNKNOWN if the uncached part is. A cache
 *   part nobody reported counts as none: providers without a cache report none.
 */
gint64
way_usage_get_prompt_tokens (const WayUsage *usage)
{
  if (usage->input_tokens == WAY_UNKNOWN)
    return WAY_UNKNOWN;
  return usage->input_tokens + known_or_zero (usage->cache_read_tokens) +
         known_or_zero (usage->cache_write_5m_tokens) +
         known_or_zero (usage->cache_write_1h_tokens);
}

static void
take_known (gint64 *member, gint64 newer)
{
  if (newer != WAY_UNKNOWN)
    *member = newer;
}

/**
 * way_usage_merge:
 * @newer: a later report of the same call
 *
 * Providers report cumulatively: what @newer knows replaces, what it does not know stays.
 */
void
way_usage_merge (WayUsage *usage, const WayUsage *newer)
{
  take_known (&usage->input_tokens, newer->input_tokens);
  take_known (&usage->cache_read_tokens, newer->cache_read_tokens);
  take_known (&usage->cache_write_5m_tokens, newer->cache_write_5m_tokens);
  take_known (&usage->cache_write_1h_tokens, newer->cache_write_1h_tokens);
  take_known (&usage->output_tokens, newer->output_tokens);
  take_known (&usage->reasoning_tokens, newer->reasoning_tokens);
  take_known (&usage->reported_cost_nano_usd, newer->reported_cost_nano_usd);
  usage->estimated = newer->estimated;
}
