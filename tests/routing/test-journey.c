/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* From one attempt to the next. A row tells how the attempts of a request fail, one after another,
 * what happens meanwhile, and the steps that are taken, as text. */

#include "way-journey.h"

#include "routing-fixture.h"

#define MAX_FAILURES 6

static const char config[] =
  "{\"version\":1,"
  "\"providers\":["
  "{\"id\":\"a\",\"kind\":\"openai\",\"base_url\":\"https://a.example.com/v1\"},"
  "{\"id\":\"b\",\"kind\":\"openai\",\"base_url\":\"https://b.example.com/v1\","
  "\"limits\":{\"parallel\":3},\"budget\":{\"usd\":\"0.01\",\"on_exceed\":\"refuse\"}}"
  "],"
  "\"models\":[{\"model\":\"*\",\"price\":{\"input\":\"1\",\"output\":\"1\"}}],"
  "\"routes\":["
  "{\"model\":\"one\",\"targets\":[{\"provider\":\"b\",\"model\":\"m\"}]},"
  "{\"model\":\"two\",\"targets\":[{\"provider\":\"a\",\"model\":\"m\"},"
  "{\"provider\":\"b\",\"model\":\"m\"}]}"
  "]}";

typedef struct
{
  WaySnapshot *snapshot;
  WayHealth *health;
  WayTraffic *traffic;
  WayRates *rates;
  WayBudgets *budgets;
  gboolean cloud_is_off;
} World;

static void
set_up (World *world, gconstpointer data)
{
  world->snapshot = read_snapshot (config);
  world->health = way_health_new ();
  world->traffic = way_traffic_new ();
  world->rates = way_rates_new ();
  world->budgets = way_budgets_new ();
  way_budgets_apply (world->budgets, world->snapshot, NOW);
  way_budget_load (g_ptr_array_index (way_budgets_get_all (world->budgets), 0), 0);
}

static void
tear_down (World *world, gconstpointer data)
{
  way_snapshot_unref (world->snapshot);
  way_health_free (world->health);
  way_traffic_free (world->traffic);
  way_rates_free (world->rates);
  way_budgets_free (world->budgets);
}

static WayEvidence
get_evidence (const World *world)
{
  return (WayEvidence){
    .health = world->health,
    .traffic = world->traffic,
    .rates = world->rates,
    .budgets = world->budgets,
    .cloud_is_off = world->cloud_is_off,
  };
}

static WayPlan *
make_plan (const World *world, const char *model)
{
  /* 0.002 USD at most, with the prices above. */
  const WayRequestFacts facts = { .input_tokens_estimate = 1000, .max_output_tokens = 1000 };
  const WayRouteQuery query = { .model = model, .facts = &facts };
  const WayEvidence evidence = get_evidence (world);

  return way_router_plan (world->snapshot, &query, &evidence, NOW);
}

/* Meanwhile */

static WayBreaker *
get_breaker (World *world, const char *provider)
{
  return &way_traffic_ensure (world->traffic, provider, "m", NOW)->breaker;
}

static void
spend_extras (World *world)
{
  for (guint i = 0; i < 10; i++)
    way_traffic_count (world->traffic, "b", TRUE, NOW);
}

static void
run_trial (World *world)
{
  way_breaker_fail (get_breaker (world, "b"), WAY_BLAME_OPENS, "failed", NOW - 10 * SECOND,
                    NOW - 10 * SECOND);
  way_breaker_begin (get_breaker (world, "b"), NOW);
}

static void
spend_money (World *world)
{
  const WaySpender spender = { NULL, "b", "other" };

  way_budgets_reserve (world->budgets, &spender, USD / 100 - 1);
}

static void
ask_for_a_wait (World *world)
{
  way_breaker_cool (get_breaker (world, "b"), "limits the rate", NOW + 30 * SECOND, NOW);
}

static void
fill_up (World *world)
{
  for (guint i = 0; i < 3; i++)
    way_rates_begin (world->rates, WAY_RATED_PROVIDER, "b", 10, NOW);
}

static void
open_breaker (World *world)
{
  way_breaker_fail (get_breaker (world, "b"), WAY_BLAME_OPENS, "failed", NOW, NOW);
}

static void
switch_cloud_off (World *world)
{
  world->cloud_is_off = TRUE;
}

static void
forbid_repeating (World *world)
{
  world->snapshot->retry.attempts = 0;
}

/* Walks through the failures of @failures until the journey stops or they are over. */
static char *
walk (World *world, const WayPlan *plan, const WayFailure *failures, gint64 left_us)
{
  const WayEvidence evidence = get_evidence (world);
  g_autoptr (GString) text = g_string_new (NULL);
  WayJourney journey = { 0 };

  for (guint i = 0; i < MAX_FAILURES; i++)
    {
      const WayFailure *failure = i > 0 && failures[i - 1].code != 0 ? &failures[i - 1] : NULL;
      gint64 wait_us = 0;

      if (i > 0 && failure == NULL)
        return g_string_free (g_steal_pointer (&text), FALSE);
      switch (way_journey_step (&journey, plan, &evidence, failure, 0.5, NOW, left_us, &wait_us))
        {
        case WAY_STEP_TRY:
          g_string_append_printf (text, "try %s, ", journey.current->provider->id);
          break;
        case WAY_STEP_REPEAT:
          g_string_append_printf (text, "repeat %s in %d ms, ", journey.current->provider->id,
                                  (int)(wait_us / 1000));
          break;
        case WAY_STEP_STOP:
          g_string_append (text, "stop");
          return g_string_free (g_steal_pointer (&text), FALSE);
        }
      g_assert_cmpuint (journey.n_attempts, ==, i + 1);
    }
  g_assert_not_reached ();
}

#define STATUS(status)                                                                             \
  {                                                                                                \
    WAY_ERROR_UPSTREAM, status, FALSE                                                              \
  }
#define BROKE(code)                                                                                \
  {                                                                                                \
    code, 0, FALSE                                                                                 \
  }

static const struct
{
  const char *what;
  const char *model;
  void (*meanwhile) (World *world); /* nullable: after the plan is made */
  gint64 left_us;
  WayFailure failures[MAX_FAILURES];
  const char *steps;
  const char *reason; /* nullable: of the last candidate */
} rows[] = {
  { "no failure", "two", NULL, HOUR, { { 0 } }, "try a, ", NULL },
  { "a server's errors",
    "two",
    NULL,
    HOUR,
    { STATUS (500), STATUS (500), STATUS (503), STATUS (502) },
    "try a, try b, repeat b in 250 ms, repeat b in 500 ms, stop",
    NULL },
  { "the caller's fault",
    "two",
    NULL,
    HOUR,
    { { WAY_ERROR_UPSTREAM, 400, TRUE } },
    "try a, stop",
    NULL },
  { "refused keys", "two", NULL, HOUR, { STATUS (401), STATUS (401) }, "try a, try b, stop", NULL },
  { "limits", "two", NULL, HOUR, { STATUS (429), STATUS (429) }, "try a, try b, stop", NULL },
  { "broken connections",
    "one",
    NULL,
    HOUR,
    { BROKE (WAY_ERROR_UPSTREAM_CUT), BROKE (WAY_ERROR_UPSTREAM_REFUSED) },
    "try b, repeat b in 250 ms, stop",
    NULL },
  { "nobody listens",
    "two",
    NULL,
    HOUR,
    { BROKE (WAY_ERROR_UPSTREAM_REFUSED), BROKE (WAY_ERROR_UPSTREAM_UNREACHABLE) },
    "try a, try b, stop",
    NULL },
  { "silence",
    "two",
    NULL,
    HOUR,
    { BROKE (WAY_ERROR_UPSTREAM_TIMEOUT), BROKE (WAY_ERROR_UPSTREAM_TIMEOUT) },
    "try a, try b, stop",
    NULL },
  { "no time is left", "two", NULL, 0, { STATUS (500) }, "try a, stop", NULL },
  { "no time for the wait",
    "two",
    NULL,
    250 * 1000,
    { STATUS (500), STATUS (500) },
    "try a, try b, stop",
    NULL },
  { "time for one wait",
    "two",
    NULL,
    251 * 1000,
    { STATUS (500), STATUS (500), STATUS (500) },
    "try a, try b, repeat b in 250 ms, stop",
    NULL },
  { "no repeating is wanted",
    "two",
    forbid_repeating,
    HOUR,
    { STATUS (500), STATUS (500) },
    "try a, try b, stop",
    NULL },
  /* The next target has become impossible since the plan was made: the last one is asked again. */
  { "no more extra attempts",
    "two",
    spend_extras,
    HOUR,
    { STATUS (500) },
    "try a, repeat a in 250 ms, ",
    "has had its share of extra attempts for this minute" },
  { "another request tries it",
    "two",
    run_trial,
    HOUR,
    { STATUS (401) },
    "try a, stop",
    "is being tried by another request" },
  { "the money is gone",
    "two",
    spend_money,
    HOUR,
    { STATUS (500) },
    "try a, repeat a in 250 ms, ",
    "may cost more than a budget has left by now" },
  { "it asked for a wait",
    "two",
    ask_for_a_wait,
    HOUR,
    { STATUS (401) },
    "try a, stop",
    "asked to be left alone meanwhile" },
  { "its room is taken",
    "two",
    fill_up,
    HOUR,
    { STATUS (401) },
    "try a, stop",
    "is at its limit of 3 calls at once" },
  { "the cloud is switched off",
    "two",
    switch_cloud_off,
    HOUR,
    { STATUS (500) },
    "try a, stop",
    "is not on this machine, and Local only is on by now" },
  /* The same of who would be asked again. */
  { "no more extra attempts at the last",
    "one",
    spend_extras,
    HOUR,
    { STATUS (500) },
    "try b, stop",
    "first target of one" },
  { "its breaker opened", "one", open_breaker, HOUR, { STATUS (500) }, "try b, stop", NULL },
  { "it stated a wait", "one", ask_for_a_wait, HOUR, { STATUS (503) }, "try b, stop", NULL },
  { "no money to repeat", "one", spend_money, HOUR, { STATUS (500) }, "try b, stop", NULL },
  { "no room to repeat", "one", fill_up, HOUR, { STATUS (500) }, "try b, stop", NULL },
};

static void
test_steps (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      World world = { 0 };
      set_up (&world, NULL);
      g_autoptr (WayPlan) plan = make_plan (&world, rows[i].model);

      g_test_message ("%s", rows[i].what);
      g_assert_no_error (plan->error);
      if (rows[i].meanwhile != NULL)
        rows[i].meanwhile (&world);
      g_autofree char *steps = walk (&world, plan, rows[i].failures, rows[i].left_us);
      g_assert_cmpstr (steps, ==, rows[i].steps);
      const WayCandidate *last = g_ptr_array_index (plan->candidates, plan->candidates->len - 1);
      if (rows[i].reason != NULL)
        g_assert_cmpstr (last->reason, ==, rows[i].reason);
      tear_down (&world, NULL);
    }
}

/* Who was left out is not asked, neither first nor next. */
static void
test_left_out (World *world, gconstpointer data)
{
  const WayFailure failures[MAX_FAILURES] = { STATUS (401) };

  open_breaker (world);
  g_autoptr (WayPlan) plan = make_plan (world, "two");
  g_autofree char *steps = walk (world, plan, failures, HOUR);
  g_assert_cmpstr (steps, ==, "try a, stop");
}

/* Who cannot be asked for reasons of its dialect costs no attempt. */
static void
test_pass_over (World *world, gconstpointer data)
{
  const WayEvidence evidence = get_evidence (world);
  WayJourney journey = { 0 };
  gint64 wait_us;
  g_autoptr (WayPlan) plan = make_plan (world, "two");

  g_assert_cmpint (way_journey_step (&journey, plan, &evidence, NULL, 0, NOW, HOUR, &wait_us), ==,
                   WAY_STEP_TRY);
  g_assert_true (way_journey_pass_over (&journey, plan));
  g_assert_cmpint (way_journey_step (&journey, plan, &evidence, NULL, 0, NOW, HOUR, &wait_us), ==,
                   WAY_STEP_TRY);
  g_assert_cmpstr (journey.current->provider->id, ==, "b");
  g_assert_cmpuint (journey.n_attempts, ==, 1);
  g_assert_false (way_journey_pass_over (&journey, plan));
  g_assert_cmpint (way_journey_step (&journey, plan, &evidence, NULL, 0, NOW, HOUR, &wait_us), ==,
                   WAY_STEP_STOP);
}

#define ADD(name, func) g_test_add ("/routing/journey/" name, World, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/journey/steps", test_steps);
  ADD ("left-out", test_left_out);
  ADD ("pass-over", test_pass_over);
  return g_test_run ();
}
