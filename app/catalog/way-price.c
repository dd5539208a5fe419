/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a call cost. Every formula is the one of the providers' own price lists ("Pricing" of the
 * Anthropic, OpenAI, Gemini, xAI and DashScope documentation). Pure. */

#include "way-price.h"

#include <string.h>

/* Bounds within which the sum below, six kinds times the factor, stays under 2^127. */
#define MAX_TOKENS (G_GINT64_CONSTANT (1000000) * 1000000)
#define MAX_PRICE (G_GINT64_CONSTANT (1000000) * 1000000000)
#define MAX_FACTOR_PPM (G_GINT64_CONSTANT (10000) * 1000000)

#define PICO_USD_PER_NANO_USD 1000
#define PPM 1000000

#define NANO_USD_PER_USD G_GUINT64_CONSTANT (1000000000)
#define NANO_DIGITS 9

/**
 * way_price_for_usage:
 * @model: (nullable): what was called
 * @usage: its tokens
 *
 * Finds the price of a call. Above a tier's threshold all tokens of the call take the tier's
 * prices, not only those beyond it; the whole prompt counts, cached or not ("long context pricing"
 * at Anthropic, Gemini and xAI). While the prompt's length is unknown the first tier is taken. A
 * kind for which a tier has no price is unknown there: nobody said that the lower price goes on.
 * Any thread.
 *
 * Returns: the price, all unknown for no model
 */
WayPrice
way_price_for_usage (const WayModel *model, const WayUsage *usage)
{
  if (!model)
    return WAY_PRICE_UNKNOWN;

  gint64 prompt_tokens = way_usage_get_prompt_tokens (usage);
  WayPrice price = model->price;
  for (gsize i = 0; i < model->n_tiers && prompt_tokens > model->tiers[i].above_tokens; i++)
    price = model->tiers[i].price;
  return price;
}

/* Adds one kind of tokens. A count that was not reported counts as none; FALSE when tokens were
 * used for which there is no price. */
static gboolean
add (__int128 *sum, gint64 tokens, gint64 price)
{
  if (tokens <= 0)
    return TRUE;
  if (price < 0 || price > MAX_PRICE || tokens > MAX_TOKENS)
    return FALSE;
  *sum += (__int128)tokens * price;
  return TRUE;
}

/**
 * way_price_cost_nano_usd:
 * @price: from way_price_for_usage(), or of the user's own
 * @usage: the tokens of the call
 * @price_factor_ppm: what the provider adds on top, 1,000,000 for nothing
 *
 * Computes what the call cost:
 *
 *   input × uncached + cache_read × read + cache_write × written (5 min, 1 h apart)
 *   + output × (generated − reasoning) + reasoning × reasoning
 *
 * times the factor, rounded half up once. Where reasoning has no price of its own it costs what
 * other generated tokens cost (OpenAI, Anthropic); DashScope has two prices. Tokens read from a
 * cache that has no price of its own cost what uncached ones do: such a provider has no discount,
 * and none is dearer. No such rule holds for writing: without a price that cost is unknown.
 *
 * What the provider itself reports (OpenRouter's usage.cost) wins and is final, without factor. Any
 * thread.
 *
 * Returns: nano-USD, or %WAY_UNKNOWN when input or output tokens are unknown, or tokens were used
 *   that have no price; a free model costs 0, which is known
 */
gint64
way_price_cost_nano_usd (const WayPrice *price, const WayUsage *usage, gint64 price_factor_ppm)
{
  g_return_val_if_fail (price_factor_ppm >= 0 && price_factor_ppm <= MAX_FACTOR_PPM, WAY_UNKNOWN);

  if (usage->reported_cost_nano_usd >= 0)
    return usage->reported_cost_nano_usd;
  if (usage->input_tokens < 0 || usage->output_tokens < 0)
    return WAY_UNKNOWN;

  gint64 cache_read = price->cache_read >= 0 ? price->cache_read : price->input;
  gint64 reasoning_tokens = 0;
  if (price->reasoning >= 0)
    reasoning_tokens = CLAMP (usage->reasoning_tokens, 0, usage->output_tokens);

  __int128 sum = 0;
  if (!add (&sum, usage->input_tokens, price->input) ||
      !add (&sum, usage->cache_read_tokens, cache_read) ||
      !add (&sum, usage->cache_write_5m_tokens, price->cache_write_5m) ||
      !add (&sum, usage->cache_write_1h_tokens, price->cache_write_1h) ||
      !add (&sum, usage->output_tokens - reasoning_tokens, price->output) ||
      !add (&sum, reasoning_tokens, price->reasoning))
    return WAY_UNKNOWN;

  const __int128 unit = (__int128)PICO_USD_PER_NANO_USD * PPM;
  __int128 cost = (sum * price_factor_ppm + unit / 2) / unit;
  return cost <= G_MAXINT64 ? (gint64)cost : WAY_UNKNOWN;
}

/* Decimals that show three digits of an amount below one USD, but at least four of them. */
static guint
get_decimals (guint64 nano_usd)
{
  guint decimals = NANO_DIGITS;
  for (guint64 rest = nano_usd; rest >= 1000; rest /= 10)
    decimals--;
  return MAX (decimals, 4);
}

/**
 * way_price_format_usd:
 * @nano_usd: an amount, or %WAY_UNKNOWN
 *
 * Writes an amount for a person: cents from one USD on, and below it as many digits as a small
 * amount needs. Not translated and the same in every locale. Any thread.
 *
 * Returns: (transfer full): "$12.35", "$0.50", "$0.0123", "$0.000042", "$0" for exactly nothing, or
 *   "unknown"
 */
char *
way_price_format_usd (gint64 nano_usd)
{
  if (nano_usd < 0)
    return g_strdup ("unknown");
  if (nano_usd == 0)
    return g_strdup ("$0");

  guint64 amount = (guint64)nano_usd;
  guint decimals = amount >= NANO_USD_PER_USD ? 2 : get_decimals (amount);
  guint64 unit = 1;
  for (guint i = decimals; i < NANO_DIGITS; i++)
    unit *= 10;
  guint64 rounded = (amount + unit / 2) / unit * unit;

  char *text = g_strdup_printf ("$%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT,
                                rounded / NANO_USD_PER_USD, rounded % NANO_USD_PER_USD);
  char *point = strchr (text, '.');
  char *end = point + 1 + decimals;
  while (end > point + 3 && end[-1] == '0')
    end--;
  *end = '\0';
  return text;
}
