/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Tokens of one call by kind, the price of one model, and the money that follows. Plain values. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Unknown is its own value: never 0, in tokens, prices, money and durations alike. */
#define WAY_UNKNOWN (G_GINT64_CONSTANT (-1))

/**
 * WayUsage:
 * @input_tokens: prompt tokens that no cache served
 * @cache_read_tokens: prompt tokens read from the provider's cache
 * @cache_write_5m_tokens: prompt tokens written to a cache that lives five minutes
 * @cache_write_1h_tokens: prompt tokens written to a cache that lives an hour
 * @output_tokens: generated tokens, reasoning included
 * @reasoning_tokens: how many of @output_tokens were reasoning
 * @reported_cost_nano_usd: what the provider says the call cost
 * @estimated: some count is Wayfare's estimate, not the provider's report
 *
 * Tokens of one call, normalised over the families: Anthropic's input excludes cache tokens,
 * OpenAI's and Gemini's include them; here they are always apart. Each is %WAY_UNKNOWN until known.
 */
typedef struct
{
  gint64 input_tokens;
  gint64 cache_read_tokens;
  gint64 cache_write_5m_tokens;
  gint64 cache_write_1h_tokens;
  gint64 output_tokens;
  gint64 reasoning_tokens;
  gint64 reported_cost_nano_usd;
  gboolean estimated;
} WayUsage;

#define WAY_USAGE_INIT                                                                             \
  ((WayUsage){ WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN,       \
               WAY_UNKNOWN, FALSE })

/**
 * WayPrice:
 * @input: uncached prompt tokens
 * @cache_read: prompt tokens read from cache
 * @cache_write_5m: prompt tokens written to the short cache
 * @cache_write_1h: prompt tokens written to the long cache
 * @output: generated tokens
 * @reasoning: reasoning tokens where they are priced apart, else %WAY_UNKNOWN
 * @as_of: day of the price as YYYYMMDD, 0 when unknown
 *
 * What a call is charged by: micro-USD per million tokens, which is pico-USD a token. Each is
 * %WAY_UNKNOWN where nobody published it; a model on this machine costs 0, which is known.
 */
typedef struct
{
  gint64 input;
  gint64 cache_read;
  gint64 cache_write_5m;
  gint64 cache_write_1h;
  gint64 output;
  gint64 reasoning;
  guint32 as_of;
} WayPrice;

#define WAY_PRICE_UNKNOWN                                                                          \
  ((WayPrice){ WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, 0 })
#define WAY_PRICE_FREE ((WayPrice){ 0, 0, 0, 0, 0, WAY_UNKNOWN, 0 })

gint64 way_usage_get_prompt_tokens (const WayUsage *usage);
void way_usage_merge (WayUsage *usage, const WayUsage *newer);

G_END_DECLS
