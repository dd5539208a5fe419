/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* How routing behaves over minutes and thousands of requests: what it promises under outages,
 * limits and load, in figures. Each figure is printed; run with --verbose to read them. */

#include "simulation.h"

#include "routing-fixture.h"

#define SEED 20261123
#define MS G_GINT64_CONSTANT (1000)

#define PROVIDER(id)                                                                               \
  "{\"id\":\"" id "\",\"kind\":\"openai\",\"base_url\":\"https://" id ".example.com\"}"
#define TARGET(id) "{\"provider\":\"" id "\",\"model\":\"m\"}"
#define WEIGHTED(id, weight) "{\"provider\":\"" id "\",\"model\":\"m\",\"weight\":" weight "}"
#define ROUTE(strategy, targets)                                                                   \
  "\"routes\":[{\"model\":\"r\",\"strategy\":\"" strategy "\",\"targets\":[" targets "]}]"

#define TWO                                                                                        \
  "{\"version\":1,\"providers\":[" PROVIDER ("a") "," PROVIDER ("b") "]," ROUTE (                  \
    "ordered", TARGET ("a") "," TARGET ("b")) "}"
#define ALONE                                                                                      \
  "{\"version\":1,\"providers\":[" PROVIDER ("a") "]," ROUTE ("ordered", TARGET ("a")) "}"
#define FASTEST                                                                                    \
  "{\"version\":1,\"providers\":[" PROVIDER ("a") "," PROVIDER ("b") "]," ROUTE (                  \
    "fastest", TARGET ("a") "," TARGET ("b")) "}"
#define THREE "\"providers\":[" PROVIDER ("a") "," PROVIDER ("b") "," PROVIDER ("c") "],"
#define SHARES                                                                                     \
  "{\"version\":1," THREE ROUTE (                                                                  \
    "weighted", WEIGHTED ("a", "1") "," WEIGHTED ("b", "3") "," WEIGHTED ("c", "6")) "}"
#define TURNS                                                                                      \
  "{\"version\":1," THREE ROUTE ("round-robin", TARGET ("a") "," TARGET ("b") "," TARGET ("c")) "}"
#define STICKY                                                                                     \
  "{\"version\":1," THREE ROUTE ("sticky", TARGET ("a") "," TARGET ("b") "," TARGET ("c")) "}"
#define BUDGET                                                                                     \
  "{\"version\":1,\"providers\":[" PROVIDER (                                                      \
    "a") "],"                                                                                      \
         "\"models\":[{\"model\":\"*\",\"price\":{\"input\":\"3\",\"output\":\"15\"}}],"           \
         "\"budget\":{\"usd\":\"1\",\"period\":\"month\"}," ROUTE ("ordered", TARGET ("a")) "}"

static const Ask plain_ask = { .model = "r",
                               .estimated_tokens = 1000,
                               .input_tokens = 1000,
                               .max_output_tokens = 500,
                               .output_tokens = 200 };

static double
share (guint part, guint whole)
{
  return whole == 0 ? 0 : (double)part / (double)whole;
}

/* Outages */

static const Span outage = { 60 * SECOND, 180 * SECOND };

#define ERRORS                                                                                     \
  {                                                                                                \
    WAY_ERROR_UPSTREAM, 503, FALSE                                                                 \
  }
#define REFUSES                                                                                    \
  {                                                                                                \
    WAY_ERROR_UPSTREAM_REFUSED, 0, FALSE                                                           \
  }
#define SILENT                                                                                     \
  {                                                                                                \
    WAY_ERROR_UPSTREAM_TIMEOUT, 0, FALSE                                                           \
  }
#define CUTS                                                                                       \
  {                                                                                                \
    WAY_ERROR_UPSTREAM_CUT, 0, FALSE                                                               \
  }

/* @least_answered: the share of the requests of the outage that are answered all the same. */
static const struct
{
  const char *what;
  const char *config;
  WayFailure failure;
  gint64 after_us;
  gboolean all;
  double least_answered;
} outages[] = {
  { "one of two answers 503", TWO, ERRORS, 100 * MS, FALSE, 0.99 },
  { "one of two refuses connections", TWO, REFUSES, 1 * MS, FALSE, 0.99 },
  { "one of two breaks connections", TWO, CUTS, 100 * MS, FALSE, 0.99 },
  { "one of two is silent for 5 s", TWO, SILENT, 5 * SECOND, FALSE, 0.9 },
  { "all answer 503", TWO, ERRORS, 100 * MS, TRUE, 0 },
  { "all refuse connections", TWO, REFUSES, 1 * MS, TRUE, 0 },
  { "all break connections", TWO, CUTS, 100 * MS, TRUE, 0 },
  { "all are silent for 5 s", TWO, SILENT, 5 * SECOND, TRUE, 0 },
  { "the only one answers 503", ALONE, ERRORS, 100 * MS, TRUE, 0 },
  { "the only one breaks connections", ALONE, CUTS, 100 * MS, TRUE, 0 },
};

static Simulation *
run_outage (gsize row, Peer *peers)
{
  guint n_peers = g_str_equal (outages[row].config, ALONE) ? 1 : 2;

  for (guint i = 0; i < 2; i++)
    {
      peers[i] = (Peer){ .id = i == 0 ? "a" : "b", .first_token_us = 300 * MS };
      peers[i].out_failure = outages[row].failure;
      peers[i].out_after_us = outages[row].after_us;
      if (i == 0 || outages[row].all)
        peers[i].out = outage;
    }
  Simulation *simulation = simulation_new (outages[row].config, peers, n_peers, SEED);
  simulation_add_stream (simulation, (Span){ 0, 300 * SECOND }, 20, &plain_ask);
  simulation_run (simulation);
  return simulation;
}

/* The breakers' learning is part of the outage. */
static void
test_no_storm (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (outages); i++)
    {
      Peer peers[2];
      g_autoptr (Simulation) simulation = run_outage (i, peers);
      guint requests = simulation_count_requests (simulation, outage);
      guint tries = simulation_count_tries (simulation, outage);
      double answered =
        share (simulation_count_fates (simulation, outage, FATE_ANSWERED), requests);

      g_test_message ("%s: %u requests, %u attempts (%.3f each), %.1f %% answered", outages[i].what,
                      requests, tries, share (tries, requests), 100 * answered);
      g_assert_cmpuint (requests, >, 2000);
      g_assert_cmpfloat (share (tries, requests), <=, 1.2);
      g_assert_cmpfloat (answered, >=, outages[i].least_answered);
    }
}

/* The first of two fails now and then, at random: its breaker opens under load from about a third
 * on, although what was under way before goes on to be answered. */
static void
test_flaky (void)
{
  static const struct
  {
    int error_percent;
    double least_answered;
  } cases[] = { { 10, 0.99 }, { 20, 0.95 }, { 40, 0.9 }, { 50, 0.98 }, { 60, 0.98 }, { 90, 0.98 } };
  const Span span = { 0, 300 * SECOND };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer peers[] = {
        { .id = "a", .first_token_us = 300 * MS, .error_percent = cases[i].error_percent },
        { .id = "b", .first_token_us = 300 * MS },
      };
      g_autoptr (Simulation) simulation = simulation_new (TWO, peers, 2, SEED);

      simulation_add_stream (simulation, span, 20, &plain_ask);
      simulation_run (simulation);
      double answered =
        share (simulation_count_fates (simulation, span, FATE_ANSWERED), simulation->requests->len);
      double tries = share (simulation->tries->len, simulation->requests->len);
      g_test_message ("%d %% errors: %.3f attempts a request, %.1f %% answered",
                      cases[i].error_percent, tries, 100 * answered);
      /* The few extra attempts that are free come on top of the fifth. */
      g_assert_cmpfloat (tries, <=, 1.22);
      g_assert_cmpfloat (answered, >=, cases[i].least_answered);
    }
}

/* When the outage is over, the first target has its traffic again within one breaker interval. */
static void
test_recovery (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (outages); i++)
    {
      Peer peers[2];
      g_autoptr (Simulation) simulation = run_outage (i, peers);
      gint64 back_us = G_MAXINT64;
      const Span after = { outage.to_us + MINUTE, 300 * SECOND };

      for (guint n = 0; n < simulation->tries->len; n++)
        {
          const Try *done = &g_array_index (simulation->tries, Try, n);
          if (done->peer == 0 && done->answered && done->began_us >= outage.to_us)
            back_us = MIN (back_us, done->began_us - outage.to_us);
        }
      double first = share (simulation_count_firsts (simulation, after, 0),
                            simulation_count_requests (simulation, after));
      g_test_message ("%s: back after %.1f s; a minute later %.1f %% go there first",
                      outages[i].what, (double)back_us / SECOND, 100 * first);
      g_assert_cmpint (back_us, <=, MINUTE);
      g_assert_cmpfloat (first, ==, 1);
    }
}

/* Money */

static const struct
{
  const char *what;
  gint64 estimated_tokens;
  gint64 output_tokens;
  double most_errors; /* how many requests' errors of estimate the budget may be exceeded by */
} budget_rows[] = {
  { "estimated well, short answers", 2000, 300, 0 },
  { "estimated well, all say as much as they may", 2000, 1000, 0 },
  { "estimated a fifth too low, short answers", 1600, 300, 1 },
  { "estimated at half, short answers", 1000, 300, 1 },
  /* The worst that can be: nothing is left over of what is reserved, and none of the fifty that
   * run at once has taught anything yet. */
  { "estimated a fifth too low, all say as much as they may", 1600, 1000, 50 },
};

static void
test_budget (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (budget_rows); i++)
    {
      Peer peers[] = { { .id = "a", .first_token_us = 4 * SECOND } };
      const Span span = { 0, 120 * SECOND };
      const Ask ask = { .model = "r",
                        .estimated_tokens = budget_rows[i].estimated_tokens,
                        .input_tokens = 2000,
                        .max_output_tokens = 1000,
                        .output_tokens = budget_rows[i].output_tokens };
      g_autoptr (Simulation) simulation = simulation_new (BUDGET, peers, 1, SEED);
      const WayBudget *budget = g_ptr_array_index (way_budgets_get_all (simulation->budgets), 0);
      gint64 error = (ask.input_tokens - ask.estimated_tokens) * 3000;

      simulation_add_stream (simulation, span, 20, &ask);
      simulation_run (simulation);
      guint answered = simulation_count_fates (simulation, span, FATE_ANSWERED);
      gint64 over = budget->spent_nano_usd - budget->terms.limit_nano_usd;
      g_test_message ("%s: %u of %u answered, $%.4f of $1 spent, one error is $%.4f",
                      budget_rows[i].what, answered, simulation->requests->len,
                      (double)budget->spent_nano_usd / USD, (double)error / USD);
      g_assert_cmpint (budget->reserved_nano_usd, ==, 0);
      g_assert_cmpfloat ((double)over, <=, budget_rows[i].most_errors * (double)error);
      /* It is used, too: no more is left than two requests may cost. */
      g_assert_cmpint (-over, <, 2 * (2000 * 3000 + 1000 * 15000));
    }
}

/* Speed */

/* The first moment from which at least four of five requests in five seconds go to @peer. */
static gint64
find_shift (const Simulation *simulation, gint64 from_us, guint peer, gint64 window_us)
{
  for (gint64 at_us = from_us; at_us < from_us + 10 * MINUTE; at_us += SECOND)
    {
      const Span window = { at_us, at_us + window_us };
      guint firsts = simulation_count_firsts (simulation, window, peer);
      if (firsts > 0 && share (firsts, simulation_count_requests (simulation, window)) >= 0.8)
        return at_us - from_us;
    }
  return G_MAXINT64;
}

static void
test_fastest (void)
{
  static const struct
  {
    double per_second;
    gint64 window_us;
  } loads[] = { { 20, 5 * SECOND }, { 2, 10 * SECOND }, { 0.5, 30 * SECOND } };
  const Span slow = { 120 * SECOND, 420 * SECOND };

  for (gsize i = 0; i < G_N_ELEMENTS (loads); i++)
    {
      Peer peers[] = {
        { .id = "a", .first_token_us = 300 * MS, .slow = slow, .slow_first_token_us = 3 * SECOND },
        { .id = "b", .first_token_us = 800 * MS },
      };
      const Span before = { 30 * SECOND, 120 * SECOND };
      g_autoptr (Simulation) simulation = simulation_new (FASTEST, peers, 2, SEED);

      simulation_add_stream (simulation, (Span){ 0, 720 * SECOND }, loads[i].per_second,
                             &plain_ask);
      simulation_run (simulation);
      double fast = share (simulation_count_firsts (simulation, before, 0),
                           simulation_count_requests (simulation, before));
      gint64 away_us = find_shift (simulation, slow.from_us, 1, loads[i].window_us);
      gint64 back_us = find_shift (simulation, slow.to_us, 0, loads[i].window_us);
      g_test_message ("%.1f requests a second: %.1f %% to the fast one; when it becomes slow, "
                      "away after %.0f s; when it is fast again, back after %.0f s",
                      loads[i].per_second, 100 * fast, (double)away_us / SECOND,
                      (double)back_us / SECOND);
      g_assert_cmpfloat (fast, >=, 0.9);
      g_assert_cmpint (away_us, <=, MINUTE);
      g_assert_cmpint (back_us, <=, 2 * MINUTE);
    }
}

/* Shares */

static void
assert_shares (const Simulation *simulation, Span span, const guint *weights)
{
  guint all = weights[0] + weights[1] + weights[2];
  guint requests = simulation_count_requests (simulation, span);

  for (guint i = 0; i < 3; i++)
    {
      double wanted = share (weights[i], all);
      double got = share (simulation_count_firsts (simulation, span, i), requests);
      g_test_message ("%.0f to %.0f s: %s has %.2f %%, of %.2f %%", (double)span.from_us / SECOND,
                      (double)span.to_us / SECOND, simulation->peers[i].id, 100 * got,
                      100 * wanted);
      g_assert_cmpfloat (got, >=, wanted - 0.02);
      g_assert_cmpfloat (got, <=, wanted + 0.02);
    }
}

static const struct
{
  const char *config;
  guint weights[3];
} share_rows[] = {
  { SHARES, { 1, 3, 6 } },
  { TURNS, { 1, 1, 1 } },
};

static void
test_shares (void)
{
  const Span whole = { 0, 1000 * SECOND };

  for (gsize i = 0; i < G_N_ELEMENTS (share_rows); i++)
    {
      Peer peers[] = { { .id = "a", .first_token_us = 300 * MS },
                       { .id = "b", .first_token_us = 900 * MS },
                       { .id = "c", .first_token_us = 100 * MS } };
      g_autoptr (Simulation) simulation =
        simulation_new (share_rows[i].config, peers, G_N_ELEMENTS (peers), SEED);

      simulation_add_stream (simulation, whole, 10, &plain_ask);
      simulation_run (simulation);
      g_assert_cmpuint (simulation->requests->len, >, 9500);
      assert_shares (simulation, whole, share_rows[i].weights);
    }
}

/* While one is out the others share its part as they share the rest; when it is back it has its
 * share and no more. */
static void
test_shares_with_one_out (void)
{
  const Span out = { 300 * SECOND, 600 * SECOND };

  for (gsize i = 0; i < G_N_ELEMENTS (share_rows); i++)
    {
      const guint *weights = share_rows[i].weights;
      const guint without[] = { weights[0], 0, weights[2] };
      Peer peers[] = {
        { .id = "a", .first_token_us = 300 * MS },
        { .id = "b", .first_token_us = 300 * MS, .out = out, .out_failure = ERRORS },
        { .id = "c", .first_token_us = 300 * MS },
      };
      peers[1].out_after_us = 50 * MS;
      g_autoptr (Simulation) simulation =
        simulation_new (share_rows[i].config, peers, G_N_ELEMENTS (peers), SEED);

      simulation_add_stream (simulation, (Span){ 0, 1000 * SECOND }, 10, &plain_ask);
      simulation_run (simulation);
      assert_shares (simulation, (Span){ 0, out.from_us }, weights);
      assert_shares (simulation, out, without);
      assert_shares (simulation, (Span){ out.to_us + MINUTE, 1000 * SECOND }, weights);
    }
}

/* Limits of a provider's own */

static const struct
{
  const char *what;
  const char *config;
  int error_percent;
  double least_answered;
} limit_rows[] = {
  { "with another target", TWO, 0, 0.95 },
  { "alone", ALONE, 0, 0.2 },
  { "alone, with errors that are asked again after", ALONE, 20, 0.1 },
};

static void
test_stated_waits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (limit_rows); i++)
    {
      const Span span = { 0, 300 * SECOND };
      Peer peers[] = { { .id = "a",
                         .first_token_us = 300 * MS,
                         .error_percent = limit_rows[i].error_percent,
                         .window_requests = 50,
                         .window_us = 20 * SECOND },
                       { .id = "b", .first_token_us = 300 * MS } };
      guint n_peers = g_str_equal (limit_rows[i].config, ALONE) ? 1 : 2;
      g_autoptr (Simulation) simulation =
        simulation_new (limit_rows[i].config, peers, n_peers, SEED);

      simulation_add_stream (simulation, span, 10, &plain_ask);
      simulation_run (simulation);
      double answered =
        share (simulation_count_fates (simulation, span, FATE_ANSWERED), simulation->requests->len);
      g_test_message ("%s: %u attempts, %u before the wait was over, %.1f %% answered",
                      limit_rows[i].what, peers[0].n_attempts, peers[0].n_early, 100 * answered);
      g_assert_cmpuint (peers[0].n_attempts, >=, 15 * 50);
      g_assert_cmpuint (peers[0].n_early, ==, 0);
      g_assert_cmpfloat (answered, >=, limit_rows[i].least_answered);
    }
}

/* Sessions */

#define N_SESSIONS 1000

/* Who answered each session in a round. */
static void
read_homes (const Simulation *simulation, guint round, guint *homes)
{
  for (guint i = 0; i < simulation->tries->len; i++)
    {
      const Try *done = &g_array_index (simulation->tries, Try, i);
      if (done->answered && done->request / N_SESSIONS == round)
        homes[done->request % N_SESSIONS] = done->peer;
    }
}

static void
add_round (Simulation *simulation, gint64 from_us)
{
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      g_autofree char *session = g_strdup_printf ("session-%u", i);
      Ask ask = plain_ask;
      ask.session = session;
      simulation_add (simulation, from_us + i * 50 * MS, &ask);
    }
}

static guint
count_moved (const guint *from, const guint *to, guint peer, gboolean of_peer)
{
  guint n = 0;

  for (guint i = 0; i < N_SESSIONS; i++)
    if (from[i] != to[i] && (from[i] == peer) == of_peer)
      n++;
  return n;
}

/* Rounds: twice with all, in the outage of one, while it comes back, and with all again. */
static void
test_sticky (void)
{
  static const gint64 rounds_s[] = { 0, 60, 200, 270, 340 };
  const Span out = { 150 * SECOND, 260 * SECOND };
  Peer peers[] = { { .id = "a", .first_token_us = 300 * MS },
                   { .id = "b", .first_token_us = 300 * MS, .out = out, .out_failure = ERRORS },
                   { .id = "c", .first_token_us = 300 * MS } };
  guint homes[G_N_ELEMENTS (rounds_s)][N_SESSIONS] = { 0 };
  guint sizes[G_N_ELEMENTS (peers)] = { 0 };
  g_autoptr (Simulation) simulation = simulation_new (STICKY, peers, G_N_ELEMENTS (peers), SEED);

  for (guint round = 0; round < G_N_ELEMENTS (rounds_s); round++)
    add_round (simulation, rounds_s[round] * SECOND);
  simulation_run (simulation);
  g_assert_cmpuint (simulation_count_fates (simulation, (Span){ 0, G_MAXINT64 }, FATE_ANSWERED), ==,
                    simulation->requests->len);
  for (guint round = 0; round < G_N_ELEMENTS (rounds_s); round++)
    read_homes (simulation, round, homes[round]);
  for (guint i = 0; i < N_SESSIONS; i++)
    sizes[homes[0][i]]++;
  guint moved = count_moved (homes[1], homes[2], 1, TRUE);
  guint others = count_moved (homes[1], homes[2], 1, FALSE);
  g_test_message ("%u, %u and %u sessions; without the second %u of its own moved and %u others; "
                  "%u wait for its trial when it is back",
                  sizes[0], sizes[1], sizes[2], moved, others,
                  count_moved (homes[1], homes[3], 1, TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_cmpuint (sizes[i], >, 280);
  g_assert_cmpmem (homes[0], sizeof homes[0], homes[1], sizeof homes[1]);
  g_assert_cmpuint (moved, ==, sizes[1]);
  g_assert_cmpuint (others, ==, 0);
  g_assert_cmpuint (count_moved (homes[1], homes[3], 1, FALSE), ==, 0);
  g_assert_cmpmem (homes[1], sizeof homes[1], homes[4], sizeof homes[4]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/simulation/no-storm", test_no_storm);
  g_test_add_func ("/routing/simulation/flaky", test_flaky);
  g_test_add_func ("/routing/simulation/recovery", test_recovery);
  g_test_add_func ("/routing/simulation/budget", test_budget);
  g_test_add_func ("/routing/simulation/fastest", test_fastest);
  g_test_add_func ("/routing/simulation/shares", test_shares);
  g_test_add_func ("/routing/simulation/shares-with-one-out", test_shares_with_one_out);
  g_test_add_func ("/routing/simulation/stated-waits", test_stated_waits);
  g_test_add_func ("/routing/simulation/sticky", test_sticky);
  return g_test_run ();
}
