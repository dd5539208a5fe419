/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Costs worked out by hand from the providers' price lists. */

#include "way-price.h"

#define UNKNOWN WAY_UNKNOWN
#define PLAIN 1000000 /* the factor that changes nothing */

/* Claude Sonnet 4.5: USD 3 and 15, cache 0.30, 3.75 and 6 for a million tokens. */
#define SONNET                                                                                     \
  {                                                                                                \
    3000000, 300000, 3750000, 6000000, 15000000, UNKNOWN, 20260801                                 \
  }
/* Qwen Plus: USD 0.40 and 1.20, and 4.00 for reasoning. */
#define QWEN                                                                                       \
  {                                                                                                \
    400000, UNKNOWN, UNKNOWN, UNKNOWN, 1200000, 4000000, 20260801                                  \
  }
/* One pico-USD a token. */
#define PICO                                                                                       \
  {                                                                                                \
    1, UNKNOWN, UNKNOWN, UNKNOWN, 1, UNKNOWN, 0                                                    \
  }

static const struct
{
  const char *name;
  WayPrice price;
  WayUsage usage; /* input, read, written 5 min, 1 h, output, reasoning, reported */
  gint64 factor_ppm;
  gint64 cost_nano_usd;
} cases[] = {
  { "input and output: 1000 × 3 µUSD + 500 × 15 µUSD",
    SONNET,
    { 1000, 0, 0, 0, 500, 0, UNKNOWN },
    PLAIN,
    10500000 },
  { "every kind: 1000 × 3 + 20000 × 0.3 + 4000 × 3.75 + 2000 × 6 + 500 × 15",
    SONNET,
    { 1000, 20000, 4000, 2000, 500, 0, UNKNOWN },
    PLAIN,
    43500000 },
  { "kinds nobody reported are none",
    SONNET,
    { 1000, UNKNOWN, UNKNOWN, UNKNOWN, 500, UNKNOWN, UNKNOWN },
    PLAIN,
    10500000 },
  { "reasoning without a price of its own is output",
    SONNET,
    { 1000, 0, 0, 0, 500, 400, UNKNOWN },
    PLAIN,
    10500000 },
  { "reasoning with one: 1000 × 0.4 + 100 × 1.2 + 400 × 4",
    QWEN,
    { 1000, 0, 0, 0, 500, 400, UNKNOWN },
    PLAIN,
    2120000 },
  { "reasoning beyond the output is all of it: 500 × 4",
    QWEN,
    { 0, 0, 0, 0, 500, 900, UNKNOWN },
    PLAIN,
    2000000 },
  { "unreported reasoning is none", QWEN, { 0, 0, 0, 0, 500, UNKNOWN, UNKNOWN }, PLAIN, 600000 },
  { "a cache without a price is read at the input's: 1500 × 0.4",
    QWEN,
    { 1000, 500, 0, 0, 0, 0, UNKNOWN },
    PLAIN,
    600000 },
  { "but not written", QWEN, { 1000, 0, 1, 0, 500, 0, UNKNOWN }, PLAIN, UNKNOWN },
  { "nor written for an hour",
    { 3000000, 300000, 3750000, UNKNOWN, 15000000, UNKNOWN, 0 },
    { 1000, 0, 10, 1, 500, 0, UNKNOWN },
    PLAIN,
    UNKNOWN },
  { "input unknown", SONNET, { UNKNOWN, 0, 0, 0, 500, 0, UNKNOWN }, PLAIN, UNKNOWN },
  { "output unknown", SONNET, { 1000, 0, 0, 0, UNKNOWN, 0, UNKNOWN }, PLAIN, UNKNOWN },
  { "no price at all",
    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0 },
    { 1000, 0, 0, 0, 500, 0, UNKNOWN },
    PLAIN,
    UNKNOWN },
  { "no output price, and none needed: an embedding of 1000 × 0.1",
    { 100000, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0 },
    { 1000, 0, 0, 0, 0, 0, UNKNOWN },
    PLAIN,
    100000 },
  { "a free model costs nothing, which is known",
    { 0, 0, 0, 0, 0, UNKNOWN, 0 },
    { 1000, 50, 50, 50, 500, 100, UNKNOWN },
    PLAIN,
    0 },
  { "no tokens cost nothing", SONNET, { 0, 0, 0, 0, 0, 0, UNKNOWN }, PLAIN, 0 },
  { "half a nano-USD is one", PICO, { 500, 0, 0, 0, 0, 0, UNKNOWN }, PLAIN, 1 },
  { "less is none", PICO, { 499, 0, 0, 0, 0, 0, UNKNOWN }, PLAIN, 0 },
  { "rounded once, over the sum", PICO, { 250, 0, 0, 0, 250, 0, UNKNOWN }, PLAIN, 1 },
  { "rounded after the factor: 417 × 1.2 = 500.4",
    PICO,
    { 417, 0, 0, 0, 0, 0, UNKNOWN },
    1200000,
    1 },
  { "a reseller's fifth on top", SONNET, { 1000, 0, 0, 0, 500, 0, UNKNOWN }, 1200000, 12600000 },
  { "a factor of nothing", SONNET, { 1000, 0, 0, 0, 500, 0, UNKNOWN }, 0, 0 },
  { "the provider's own word is final", SONNET, { 1000, 0, 0, 0, 500, 0, 4200 }, 2000000, 4200 },
  { "even without tokens and prices",
    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0 },
    { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0 },
    PLAIN,
    0 },
  { "a billion tokens at USD 600",
    { 600000000, UNKNOWN, UNKNOWN, UNKNOWN, 0, UNKNOWN, 0 },
    { 1000000000, 0, 0, 0, 0, 0, UNKNOWN },
    PLAIN,
    G_GINT64_CONSTANT (600000000000000) },
  { "more than can be told is unknown, not wrong",
    { G_MAXINT64, UNKNOWN, UNKNOWN, UNKNOWN, 0, UNKNOWN, 0 },
    { G_MAXINT64, 0, 0, 0, 0, 0, UNKNOWN },
    PLAIN,
    UNKNOWN },
  { "and so is what fits no 64 bits",
    { G_GINT64_CONSTANT (1000000000000), UNKNOWN, UNKNOWN, UNKNOWN, 0, UNKNOWN, 0 },
    { G_GINT64_CONSTANT (1000000000000), 0, 0, 0, 0, 0, UNKNOWN },
    1000000000,
    UNKNOWN },
};

static void
test_cost (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 cost = way_price_cost_nano_usd (&cases[i].price, &cases[i].usage, cases[i].factor_ppm);
      if (cost != cases[i].cost_nano_usd)
        g_test_message ("%s", cases[i].name);
      g_assert_cmpint (cost, ==, cases[i].cost_nano_usd);
    }
}

static void
test_tier (void)
{
  static const struct
  {
    WayUsage usage;
    gint64 input_price;
  } tier_cases[] = {
    { { 200000, 0, 0, 0, 10, 0, UNKNOWN }, 3000000 },
    { { 200001, 0, 0, 0, 10, 0, UNKNOWN }, 6000000 },
    { { 1, 200000, 0, 0, 10, 0, UNKNOWN }, 6000000 },
    { { 1, 100000, 50000, 50000, 10, 0, UNKNOWN }, 6000000 },
    { { 150000, 0, 0, 0, 100000, 0, UNKNOWN }, 3000000 }, /* output does not count */
    { { 500001, UNKNOWN, UNKNOWN, UNKNOWN, 10, 0, UNKNOWN }, 9000000 },
    { { UNKNOWN, 300000, 0, 0, 10, 0, UNKNOWN }, 3000000 },
  };
  WayPriceTier tiers[] = {
    { 200000, { 6000000, 600000, 7500000, UNKNOWN, 22500000, UNKNOWN, 0 } },
    { 500000, { 9000000, UNKNOWN, UNKNOWN, UNKNOWN, 30000000, UNKNOWN, 0 } },
  };
  WayModel model = { .price = SONNET, .tiers = tiers, .n_tiers = G_N_ELEMENTS (tiers) };
  for (guint i = 0; i < G_N_ELEMENTS (tier_cases); i++)
    {
      WayPrice price = way_price_for_usage (&model, &tier_cases[i].usage);
      g_assert_cmpint (price.input, ==, tier_cases[i].input_price);
    }
}

/* 150,000 × 6 + 100,000 × 0.6 + 1,000 × 22.5 µUSD: all of it at the tier's price. */
static void
test_tier_takes_all_tokens (void)
{
  WayPriceTier tier = { 200000, { 6000000, 600000, 7500000, UNKNOWN, 22500000, UNKNOWN, 0 } };
  WayModel model = { .price = SONNET, .tiers = &tier, .n_tiers = 1 };
  WayUsage usage = { 150000, 100000, 0, 0, 1000, 0, UNKNOWN };
  WayPrice price = way_price_for_usage (&model, &usage);
  g_assert_cmpint (way_price_cost_nano_usd (&price, &usage, PLAIN), ==, 982500000);
}

static void
test_no_model (void)
{
  WayUsage usage = { 10, 0, 0, 0, 10, 0, UNKNOWN };
  WayPrice price = way_price_for_usage (NULL, &usage);
  g_assert_cmpint (price.input, ==, WAY_UNKNOWN);
  g_assert_cmpint (way_price_cost_nano_usd (&price, &usage, PLAIN), ==, WAY_UNKNOWN);
}

static void
test_format (void)
{
  static const struct
  {
    gint64 nano_usd;
    const char *text;
  } amounts[] = {
    { WAY_UNKNOWN, "unknown" }, { 0, "$0" },
    { 1, "$0.000000001" },      { 999, "$0.000000999" },
    { 1234, "$0.00000123" },    { 42000, "$0.000042" },
    { 1234500, "$0.00123" },    { 1235000, "$0.00124" }, /* half up */
    { 12300000, "$0.0123" },    { 12345678, "$0.0123" },
    { 99960000, "$0.10" },      { 100000000, "$0.10" },
    { 123456789, "$0.1235" },   { 500000000, "$0.50" },
    { 999949999, "$0.9999" },   { 999950000, "$1.00" },
    { 1000000000, "$1.00" },    { 1005000000, "$1.01" },
    { 12345678901, "$12.35" },  { G_MAXINT64, "$9223372036.85" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *text = way_price_format_usd (amounts[i].nano_usd);
      g_assert_cmpstr (text, ==, amounts[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/price/cost", test_cost);
  g_test_add_func ("/catalog/price/tier", test_tier);
  g_test_add_func ("/catalog/price/tier-takes-all-tokens", test_tier_takes_all_tokens);
  g_test_add_func ("/catalog/price/no-model", test_no_model);
  g_test_add_func ("/catalog/price/format", test_format);
  return g_test_run ();
}
