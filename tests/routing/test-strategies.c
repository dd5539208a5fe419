/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* In which order a route's targets are asked: each strategy, in words. */

#include "plan-world.h"

#include "routing-fixture.h"

static void
measure_all (World *world)
{
  way_target_note_first_token (world_get_target (world, "one"), 900 * 1000, NOW - SECOND);
  way_target_note_first_token (world_get_target (world, "two"), 200 * 1000, NOW - SECOND);
  way_target_note_first_token (world_get_target (world, "three"), 550 * 1000, NOW - SECOND);
}

static void
measure_all_and_use_up (World *world)
{
  measure_all (world);
  for (guint i = 0; i < 2; i++)
    way_rates_begin (world->rates, WAY_RATED_PROVIDER, "two", 10, NOW - 20 * SECOND);
}

static void
measure_one (World *world)
{
  way_target_note_first_token (world_get_target (world, "one"), 900 * 1000, NOW - SECOND);
  world_get_target (world, "two")->begun_at_us = NOW - SECOND;
}

static void
load_targets (World *world)
{
  world_get_target (world, "one")->in_flight = 2;
  world_get_target (world, "two")->in_flight = 1;
  world_get_target (world, "three")->in_flight = 1;
}

static void
let_one_be_ahead (World *world)
{
  way_traffic_add_turn (world->traffic, "round-robin", "one/m", -2);
  way_traffic_add_turn (world->traffic, "round-robin", "three/m", 1);
}

static void
learn_answers (World *world)
{
  world_get_target (world, "one")->output_tokens = 100;
  world_get_target (world, "one")->input_ratio_ppm = 2000000;
}

static const PlanRow strategy_rows[] = {
  { .what = "as written",
    .model = "ordered",
    .plan = "one/m use: first target of ordered\n"
            "two/m use: second target of ordered\n"
            "three/m use: third target of ordered\n" },
  { .what = "by price, the unknown one last",
    .model = "cheapest",
    .plan = "home/m use: fourth target of cheapest, free\n"
            "two/m use: third target of cheapest, about $0.0015 for this request\n"
            "one/m use: second target of cheapest, about $0.01 for this request\n"
            "three/m use: first target of cheapest, last because its price is unknown\n" },
  { .what = "by what was learned of answers and estimates",
    .model = "cheapest",
    .before = learn_answers,
    .plan = "home/m use: fourth target of cheapest, free\n"
            "two/m use: third target of cheapest, about $0.0015 for this request\n"
            "one/m use: second target of cheapest, about $0.0048 for this request\n"
            "three/m use: first target of cheapest, last because its price is unknown\n" },
  { .what = "by the answer's stated length",
    .model = "cheapest",
    .facts = { .max_output_tokens = 10 },
    .plan = "home/m use: fourth target of cheapest, free\n"
            "two/m use: third target of cheapest, about $0.00051 for this request\n"
            "one/m use: second target of cheapest, about $0.00208 for this request\n"
            "three/m use: first target of cheapest, last because its price is unknown\n" },
  { .what = "the cheapest, or none",
    .model = "cheapest",
    .no_fallback = TRUE,
    .tag = "secret",
    .expect_local_only = TRUE,
    .plan = "three/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "one/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "two/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "home/m use: fourth target of cheapest, free\n" },
  { .what = "the fastest, or none",
    .model = "fastest",
    .no_fallback = TRUE,
    .before = measure_all_and_use_up,
    .plan = "two/m rate_limited: is at its limit of 2 requests a minute\n"
            "three/m no_target: is not tried: no fallback was asked for\n"
            "one/m no_target: is not tried: no fallback was asked for\n"
            "= rate_limited\n" },
  { .what = "nobody was measured",
    .model = "fastest",
    .plan = "one/m use: first target of fastest, to measure how fast it is now\n"
            "two/m use: second target of fastest, to measure how fast it is now\n"
            "three/m use: third target of fastest, to measure how fast it is now\n" },
  { .what = "all were measured",
    .model = "fastest",
    .before = measure_all,
    .plan = "two/m use: second target of fastest, first token in 200 ms lately\n"
            "three/m use: third target of fastest, first token in 550 ms lately\n"
            "one/m use: first target of fastest, first token in 900 ms lately\n" },
  { .what = "one was, one is being",
    .model = "fastest",
    .before = measure_one,
    .plan = "three/m use: third target of fastest, to measure how fast it is now\n"
            "one/m use: first target of fastest, first token in 900 ms lately\n"
            "two/m use: second target of fastest, being measured\n" },
  { .what = "nobody has work",
    .model = "least-busy",
    .plan = "one/m use: first target of least-busy, 0 in flight there\n"
            "two/m use: second target of least-busy, 0 in flight there\n"
            "three/m use: third target of least-busy, 0 in flight there\n" },
  { .what = "the first has most",
    .model = "least-busy",
    .before = load_targets,
    .plan = "two/m use: second target of least-busy, 1 in flight there\n"
            "three/m use: third target of least-busy, 1 in flight there\n"
            "one/m use: first target of least-busy, 2 in flight there\n" },
  { .what = "the heaviest begins",
    .model = "weighted",
    .plan = "two/m use: second target of weighted, weight 3\n"
            "one/m use: first target of weighted, weight 1\n"
            "three/m use: third target of weighted, weight 1\n" },
  { .what = "the first begins",
    .model = "round-robin",
    .plan = "one/m use: first target of round-robin, in turn\n"
            "two/m use: second target of round-robin, in turn\n"
            "three/m use: third target of round-robin, in turn\n" },
  { .what = "who is behind goes first",
    .model = "round-robin",
    .before = let_one_be_ahead,
    .plan = "three/m use: third target of round-robin, in turn\n"
            "two/m use: second target of round-robin, in turn\n"
            "one/m use: first target of round-robin, in turn\n" },
  { .what = "without a session as written",
    .model = "sticky",
    .plan = "one/m use: first target of sticky, the request names no session\n"
            "two/m use: second target of sticky, the request names no session\n"
            "three/m use: third target of sticky, the request names no session\n" },
  { .what = "a session's own order",
    .model = "sticky",
    .session = "s-1",
    .plan = "one/m use: first target of sticky, by its session\n"
            "two/m use: second target of sticky, by its session\n"
            "three/m use: third target of sticky, by its session\n" },
  { .what = "another's",
    .model = "sticky",
    .session = "s-2",
    .plan = "two/m use: second target of sticky, by its session\n"
            "one/m use: first target of sticky, by its session\n"
            "three/m use: third target of sticky, by its session\n" },
  { .what = "all that is served comes after the declared",
    .model = "any",
    .plan = "two/m use: second target of any, about $0.0015 for this request\n"
            "one/m use: first target of any, about $0.01 for this request\n"
            "home/m use: any model may answer\n"
            "home/llama use: any model may answer\n"
            "two/gemma use: any model may answer\n" },
  { NULL },
};

int
main (int argc, char **argv)
{
  world_use_utc ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/routing/strategies/order", strategy_rows, world_assert_rows);
  return g_test_run ();
}
