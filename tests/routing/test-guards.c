/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Who is left out before anybody is asked, and why: conditions, abilities, context, money, limits
 * and what stays on this machine. */

#include "plan-world.h"

#include "routing-fixture.h"

static void
use_limit_up (World *world)
{
  for (guint i = 0; i < 2; i++)
    way_rates_begin (world->rates, WAY_RATED_PROVIDER, "two", 10, NOW - 20 * SECOND);
}

static void
run_one (World *world)
{
  way_rates_begin (world->rates, WAY_RATED_APP, "busy", 10, NOW);
}

static void
spend_most (World *world)
{
  static const char *const apps[] = { "spender", "careful" };

  for (guint i = 0; i < G_N_ELEMENTS (apps); i++)
    {
      const WaySpender spender = { apps[i], "one", "m" };
      way_budgets_settle (world->budgets, &spender, (WayReservation){ 0 }, USD - USD / 200, NOW);
    }
}

static void
spend_all (World *world)
{
  const WaySpender spender = { "careful", "one", "m" };

  way_budgets_settle (world->budgets, &spender, (WayReservation){ 0 }, USD, NOW);
}

static const PlanRow condition_rows[] = {
  { .what = "few tokens",
    .model = "size",
    .facts = { .input_tokens_estimate = 500 },
    .plan = "one/m use: first target of size\n"
            "two/m no_target: takes part from 501 input tokens on; these are about 500\n"
            "three/m no_target: takes part from 1501 input tokens on; these are about 500\n" },
  { .what = "some tokens",
    .model = "size",
    .facts = { .input_tokens_estimate = 501 },
    .plan = "one/m no_target: takes part up to 500 input tokens; these are about 501\n"
            "two/m use: second target of size\n"
            "three/m no_target: takes part from 1501 input tokens on; these are about 501\n" },
  { .what = "the first that takes part, or none",
    .model = "size",
    .no_fallback = TRUE,
    .facts = { .input_tokens_estimate = 501 },
    .plan = "one/m no_target: takes part up to 500 input tokens; these are about 501\n"
            "two/m use: second target of size\n"
            "three/m no_target: takes part from 1501 input tokens on; these are about 501\n" },
  { .what = "many tokens",
    .model = "size",
    .facts = { .input_tokens_estimate = 1501 },
    .plan = "one/m no_target: takes part up to 500 input tokens; these are about 1501\n"
            "two/m no_target: takes part up to 1500 input tokens; these are about 1501\n"
            "three/m use: third target of size\n" },
  { .what = "plain",
    .model = "demands",
    .plan = "three/1 no_target: takes part only in requests with tools\n"
            "three/2 use: second target of demands\n"
            "three/3 no_target: takes part only in requests with images\n"
            "three/4 use: fourth target of demands\n" },
  { .what = "tools",
    .model = "demands",
    .facts = { .has_tools = TRUE },
    .plan = "three/1 use: first target of demands\n"
            "three/2 no_target: takes no part in requests with tools\n"
            "three/3 no_target: takes part only in requests with images\n"
            "three/4 use: fourth target of demands\n" },
  { .what = "images",
    .model = "demands",
    .facts = { .has_images = TRUE },
    .plan = "three/1 no_target: takes part only in requests with tools\n"
            "three/2 use: second target of demands\n"
            "three/3 use: third target of demands\n"
            "three/4 no_target: takes no part in requests with images\n" },
  { .what = "no app, no tag",
    .model = "names",
    .plan = "one/m no_target: takes part only for the apps editor, shell\n"
            "three/m no_target: takes part only for the tags batch\n"
            "home/m use: third target of names\n" },
  { .what = "its app",
    .model = "names",
    .app = "editor",
    .plan = "one/m use: first target of names\n"
            "three/m no_target: takes part only for the tags batch\n"
            "home/m use: third target of names\n" },
  { .what = "another app, its tag",
    .model = "names",
    .app = "busy",
    .tag = "batch",
    .plan = "one/m no_target: takes part only for the apps editor, shell\n"
            "three/m use: second target of names\n"
            "home/m use: third target of names\n" },
  { .what = "Saturday noon",
    .model = "times",
    .plan = "one/m use: first target of times\n"
            "two/m no_target: takes part only from 22:00 to 06:00\n"
            "three/m use: third target of times\n" },
  { .what = "Saturday at six in the evening",
    .model = "times",
    .later_us = 5 * HOUR + 34 * MINUTE,
    .plan = "one/m no_target: takes part only from 08:30 to 18:00\n"
            "two/m no_target: takes part only from 22:00 to 06:00\n"
            "three/m use: third target of times\n" },
  /* The night of Friday goes on in the small hours of Saturday, not of Friday. */
  { .what = "Saturday at five",
    .model = "times",
    .later_us = -7 * HOUR,
    .plan = "one/m no_target: takes part only from 08:30 to 18:00\n"
            "two/m use: second target of times\n"
            "three/m use: third target of times\n" },
  { .what = "Friday at five",
    .model = "times",
    .later_us = -31 * HOUR,
    .plan = "one/m no_target: takes part only from 08:30 to 18:00\n"
            "two/m no_target: takes no part on this day of the week\n"
            "three/m no_target: takes no part on this day of the week\n"
            "= no_target\n" },
  { .what = "Friday at eleven in the evening",
    .model = "times",
    .later_us = -13 * HOUR - 26 * MINUTE,
    .plan = "one/m no_target: takes part only from 08:30 to 18:00\n"
            "two/m use: second target of times\n"
            "three/m no_target: takes no part on this day of the week\n" },
  { .what = "a budget with enough left",
    .model = "money",
    .app = "spender",
    .plan = "one/m use: first target of money\n"
            "home/m use: second target of money\n" },
  { .what = "a budget with little left",
    .model = "money",
    .app = "spender",
    .before = spend_most,
    .plan = "one/m no_target: takes part while a budget has $0.50 left\n"
            "home/m use: second target of money\n" },
  { .what = "no budget",
    .model = "money",
    .app = "editor",
    .before = spend_most,
    .plan = "one/m use: first target of money\n"
            "home/m use: second target of money\n" },
  { NULL },
};

static const PlanRow guard_rows[] = {
  { .what = "all fit",
    .model = "abilities",
    .plan = "one/m use: first target of abilities\n"
            "two/m use: second target of abilities\n"
            "one/deep use: third target of abilities\n"
            "home/m use: fourth target of abilities\n" },
  { .what = "tools",
    .model = "abilities",
    .facts = { .has_tools = TRUE },
    .plan = "one/m use: first target of abilities\n"
            "two/m no_target: cannot call tools, as far as is known\n"
            "one/deep use: third target of abilities\n"
            "home/m use: fourth target of abilities\n" },
  { .what = "images",
    .model = "abilities",
    .facts = { .has_images = TRUE },
    .plan = "one/m no_target: cannot see images, as far as is known\n"
            "two/m use: second target of abilities\n"
            "one/deep use: third target of abilities\n"
            "home/m use: fourth target of abilities\n" },
  { .what = "a schema is preferred",
    .model = "abilities",
    .facts = { .wants_json_schema = TRUE },
    .plan = "one/m use: first target of abilities\n"
            "two/m no_target: keeps to no JSON schema, as far as is known, and another target may\n"
            "one/deep use: third target of abilities\n"
            "home/m use: fourth target of abilities\n" },
  { .what = "reasoning is preferred",
    .model = "abilities",
    .facts = { .wants_reasoning = TRUE },
    .plan = "one/m no_target: does not reason, as far as is known, and another target may\n"
            "two/m no_target: does not reason, as far as is known, and another target may\n"
            "one/deep use: third target of abilities\n"
            "home/m use: fourth target of abilities\n" },
  { .what = "only a preference",
    .model = "ordered",
    .facts = { .wants_reasoning = TRUE },
    .plan = "one/m no_target: does not reason, as far as is known, and another target may\n"
            "two/m no_target: does not reason, as far as is known, and another target may\n"
            "three/m use: third target of ordered\n" },
  { .what = "it just fits",
    .model = "context",
    .facts = { .input_tokens_estimate = 2000 },
    .plan = "two/m use: first target of context\n"
            "home/m use: second target of context\n"
            "one/m use: third target of context\n" },
  { .what = "too long for one",
    .model = "context",
    .facts = { .input_tokens_estimate = 2001 },
    .plan = "two/m context_too_long: takes 2000 tokens, and the prompt is about 2001\n"
            "home/m use: second target of context\n"
            "one/m use: third target of context\n" },
  { .what = "too long for two, by what the target states",
    .model = "context",
    .facts = { .input_tokens_estimate = 4097 },
    .plan = "two/m context_too_long: takes 2000 tokens, and the prompt is about 4097\n"
            "home/m context_too_long: takes 4096 tokens, and the prompt is about 4097\n"
            "one/m use: third target of context\n" },
  { .what = "too long for all",
    .model = "context",
    .facts = { .input_tokens_estimate = 8001 },
    .plan = "two/m context_too_long: takes 2000 tokens, and the prompt is about 8001\n"
            "home/m context_too_long: takes 4096 tokens, and the prompt is about 8001\n"
            "one/m context_too_long: takes 8000 tokens, and the prompt is about 8001\n"
            "= context_too_long\n" },
  { .what = "its answer would be cut",
    .model = "context",
    .facts = { .input_tokens_estimate = 1500, .max_output_tokens = 1000 },
    .plan = "two/m no_target: takes 2000 tokens, which may cut short an answer of 1000, and "
            "another target may take more\n"
            "home/m use: second target of context\n"
            "one/m use: third target of context\n" },
  { .what = "its answer would be cut everywhere",
    .model = "context",
    .facts = { .input_tokens_estimate = 1500, .max_output_tokens = 9000 },
    .plan = "two/m use: first target of context\n"
            "home/m use: second target of context\n"
            "one/m use: third target of context\n" },
  { NULL },
};

static const PlanRow limit_rows[] = {
  { .what = "a price that is unknown fits no budget",
    .model = "unpriced",
    .plan = "four/m budget_exceeded: has no known price to keep within the budget of the provider "
            "\"four\", $1.00 a month; set one under \"models\"\n"
            "three/m use: second target of unpriced\n" },
  { .what = "enough is left",
    .model = "cheapest",
    .app = "spender",
    .plan = "three/m budget_exceeded: has no known price to keep within the budget of the app "
            "\"spender\", $1.00 a month; set one under \"models\"\n"
            "home/m use: fourth target of cheapest, free\n"
            "two/m use: third target of cheapest, about $0.0015 for this request\n"
            "one/m use: second target of cheapest, about $0.01 for this request\n" },
  { .what = "little is left",
    .model = "cheapest",
    .app = "spender",
    .before = spend_most,
    .plan = "three/m budget_exceeded: has no known price to keep within the budget of the app "
            "\"spender\", $1.00 a month; set one under \"models\"\n"
            "one/m budget_exceeded: may cost $0.01, and the budget of the app \"spender\", $1.00 a "
            "month, has $0.005 left\n"
            "home/m use: fourth target of cheapest, free\n"
            "two/m use: third target of cheapest, about $0.0015 for this request\n" },
  { .what = "little is left, and local only then",
    .model = "ordered",
    .app = "careful",
    .before = spend_most,
    .plan = "one/m budget_exceeded: may cost $0.01, and the budget of the app \"careful\", $1.00 a "
            "month, has $0.005 left\n"
            "two/m use: second target of ordered\n"
            "three/m budget_exceeded: has no known price to keep within the budget of the app "
            "\"careful\", $1.00 a month; set one under \"models\"\n" },
  { .what = "nothing is left, and local only then",
    .model = "cheapest",
    .app = "careful",
    .before = spend_all,
    .expect_local_only = TRUE,
    .plan = "three/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "one/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "two/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "home/m use: fourth target of cheapest, free\n" },
  { .what = "nothing is left, and nobody is local",
    .model = "ordered",
    .app = "careful",
    .before = spend_all,
    .expect_local_only = TRUE,
    .plan = "one/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "two/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "three/m budget_exceeded: is a cloud provider and the budget of the app \"careful\", "
            "$1.00 a month, is spent\n"
            "= budget_exceeded\n" },
  { .what = "a limit of a provider",
    .model = "ordered",
    .before = use_limit_up,
    .plan = "one/m use: first target of ordered\n"
            "two/m rate_limited: is at its limit of 2 requests a minute\n"
            "three/m use: third target of ordered\n" },
  { .what = "it is over",
    .model = "ordered",
    .before = use_limit_up,
    .later_us = 40 * SECOND,
    .plan = "one/m use: first target of ordered\n"
            "two/m use: second target of ordered\n"
            "three/m use: third target of ordered\n" },
  { .what = "a limit of an app",
    .model = "ordered",
    .app = "busy",
    .before = run_one,
    .plan = "one/m use: first target of ordered\n"
            "two/m use: second target of ordered\n"
            "three/m use: third target of ordered\n"
            "= rate_limited\n" },
  { .what = "of another app",
    .model = "ordered",
    .app = "editor",
    .before = run_one,
    .plan = "one/m use: first target of ordered\n"
            "two/m use: second target of ordered\n"
            "three/m use: third target of ordered\n" },
  { .what = "a tag that stays here",
    .model = "cheapest",
    .tag = "secret",
    .expect_local_only = TRUE,
    .plan = "three/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "one/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "two/m local_only: is a cloud provider and the tag \"secret\" is local-only\n"
            "home/m use: fourth target of cheapest, free\n" },
  { .what = "another tag",
    .model = "ordered",
    .tag = "batch",
    .plan = "one/m use: first target of ordered\n"
            "two/m use: second target of ordered\n"
            "three/m use: third target of ordered\n" },
  { NULL },
};

/* When who waits for room may go. */
static void
test_room_is_awaited (void)
{
  const PlanRow provider_row = { .model = "two/m", .before = use_limit_up };
  const PlanRow app_row = { .model = "one/m", .app = "busy", .before = run_one };
  World world;

  world_set_up (&world);
  use_limit_up (&world);
  run_one (&world);
  g_autoptr (WayPlan) of_provider = world_make_plan (&world, &provider_row);
  g_assert_error (of_provider->error, WAY_ERROR, WAY_ERROR_RATE_LIMITED);
  g_assert_false (of_provider->waits_for_room); /* its time is known */
  g_assert_cmpint (of_provider->retry_at_us, <=, NOW + 40 * SECOND);
  g_assert_cmpint (of_provider->retry_at_us, >, NOW + 39 * SECOND);

  /* Nobody knows when a call ends. */
  g_autoptr (WayPlan) of_app = world_make_plan (&world, &app_row);
  g_assert_error (of_app->error, WAY_ERROR, WAY_ERROR_RATE_LIMITED);
  g_assert_true (of_app->waits_for_room);
  g_assert_cmpint (of_app->retry_at_us, ==, 0);
  world_tear_down (&world);
}

int
main (int argc, char **argv)
{
  world_use_utc ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/routing/guards/conditions", condition_rows, world_assert_rows);
  g_test_add_data_func ("/routing/guards/abilities", guard_rows, world_assert_rows);
  g_test_add_data_func ("/routing/guards/limits", limit_rows, world_assert_rows);
  g_test_add_func ("/routing/guards/room-is-awaited", test_room_is_awaited);
  return g_test_run ();
}
