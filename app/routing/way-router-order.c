/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Puts the usable targets of a route in the order its strategy wants. Those left out keep their
 * places. Pure. */

#include "way-price.h"
#include "way-router-private.h"

/* A target and where its strategy ranks it: the lowest first, equal ones as written. */
typedef struct
{
  WayCandidate *candidate;
  guint64 rank;
  guint place;
} Ranked;

#define LAST G_MAXUINT64

/* Takes @words. */
static void
add_words (WayCandidate *candidate, char *words)
{
  char *reason = g_strdup_printf ("%s, %s", candidate->reason, words);

  g_free (candidate->reason);
  g_free (words);
  candidate->reason = reason;
}

static char *
dup_name (const WayCandidate *candidate)
{
  return g_strconcat (candidate->provider->id, "/", candidate->model, NULL);
}

static const WayTargetTraffic *
get_traffic (const WayDecision *decision, const WayCandidate *candidate)
{
  return way_traffic_get (decision->evidence->traffic, candidate->provider->id, candidate->model);
}

/* An unknown price is neither free nor endless: it comes last. */
static guint64
rank_by_cost (const WayDecision *decision, WayCandidate *candidate)
{
  gint64 cost = candidate->cost_nano_usd;

  if (cost == WAY_UNKNOWN)
    {
      add_words (candidate, g_strdup ("last because its price is unknown"));
      return LAST;
    }
  g_autofree char *money = way_price_format_usd (cost);
  add_words (candidate,
             cost == 0 ? g_strdup ("free") : g_strdup_printf ("about %s for this request", money));
  return (guint64)cost;
}

/* What was not measured lately is tried first, once: who was slow may have become fast. */
static guint64
rank_by_speed (const WayDecision *decision, WayCandidate *candidate)
{
  const WayTargetTraffic *traffic = get_traffic (decision, candidate);
  gint64 first_token_us = way_target_get_first_token_us (traffic, decision->now_us);

  if (first_token_us != WAY_UNKNOWN)
    {
      add_words (candidate,
                 g_strdup_printf ("first token in %.0f ms lately", (double)first_token_us / 1000));
      return 1 + (guint64)first_token_us;
    }
  if (traffic != NULL && traffic->begun_at_us > decision->now_us - WAY_TRAFFIC_SAMPLE_SPAN_US)
    {
      add_words (candidate, g_strdup ("being measured"));
      return LAST;
    }
  add_words (candidate, g_strdup ("to measure how fast it is now"));
  return 0;
}

static guint64
rank_by_load (const WayDecision *decision, WayCandidate *candidate)
{
  const WayTargetTraffic *traffic = get_traffic (decision, candidate);
  guint in_flight = traffic != NULL ? traffic->in_flight : 0;

  add_words (candidate, g_strdup_printf ("%u in flight there", in_flight));
  return in_flight;
}

static guint
get_weight (const WayPlan *plan, const WayCandidate *candidate)
{
  gboolean is_even = plan->route->strategy == WAY_STRATEGY_ROUND_ROBIN;

  return candidate->target == NULL || is_even ? 1 : candidate->target->weight;
}

/* Smooth weighted round robin: who is most behind its share goes first. */
static guint64
rank_by_turn (const WayDecision *decision, WayCandidate *candidate)
{
  const WayPlan *plan = decision->plan;
  g_autofree char *name = dup_name (candidate);
  guint weight = get_weight (plan, candidate);
  gint64 turn =
    way_traffic_get_turn (decision->evidence->traffic, plan->route->pattern, name) + weight;

  add_words (candidate, plan->route->strategy == WAY_STRATEGY_ROUND_ROBIN
                          ? g_strdup ("in turn")
                          : g_strdup_printf ("weight %u", weight));
  return (guint64)(G_MAXINT64 / 2 - turn);
}

/* Spreads the bits of @x; the finalizer of MurmurHash3. */
static guint64
mix (guint64 x)
{
  x ^= x >> 33;
  x *= G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  x ^= x >> 33;
  x *= G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  return x ^ x >> 33;
}

/* Rendezvous hashing: when a target comes or goes only its own sessions move. */
static guint64
rank_by_session (const WayDecision *decision, WayCandidate *candidate)
{
  const char *session = decision->query->session;
  g_autofree char *name = dup_name (candidate);

  if (session == NULL)
    {
      add_words (candidate, g_strdup ("the request names no session"));
      return 0;
    }
  add_words (candidate, g_strdup ("by its session"));
  return mix ((guint64)g_str_hash (session) << 32 | g_str_hash (name)) - 1;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a;
  const Ranked *y = b;

  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return x->place < y->place ? -1 : 1;
}

typedef guint64 (*Rank) (const WayDecision *decision, WayCandidate *candidate);

static Rank
get_rank (WayStrategy strategy)
{
  switch (strategy)
    {
    case WAY_STRATEGY_ORDERED:
      return NULL;
    case WAY_STRATEGY_CHEAPEST:
      return rank_by_cost;
    case WAY_STRATEGY_FASTEST:
      return rank_by_speed;
    case WAY_STRATEGY_LEAST_BUSY:
      return rank_by_load;
    case WAY_STRATEGY_WEIGHTED:
    case WAY_STRATEGY_ROUND_ROBIN:
      return rank_by_turn;
    case WAY_STRATEGY_STICKY:
      return rank_by_session;
    }
  g_assert_not_reached ();
}

/* Declared targets before those that only "any model may answer" brought in. */
static guint64
rank_candidate (const WayDecision *decision, WayCandidate *candidate, Rank rank)
{
  return candidate->target == NULL ? LAST : rank (decision, candidate);
}

void
way_decision_order (WayDecision *decision)
{
  GPtrArray *candidates = decision->plan->candidates;
  const WayRoute *route = decision->plan->route;
  Rank rank = route != NULL ? get_rank (route->strategy) : NULL;
  g_autoptr (GArray) usable = g_array_new (FALSE, FALSE, sizeof (Ranked));
  guint next = 0;

  if (rank == NULL)
    return;
  for (guint i = 0; i < candidates->len; i++)
    {
      WayCandidate *candidate = g_ptr_array_index (candidates, i);
      Ranked ranked = { candidate, 0, i };
      if (!candidate->usable)
        continue;
      ranked.rank = rank_candidate (decision, candidate, rank);
      g_array_append_val (usable, ranked);
    }
  g_array_sort (usable, compare);
  for (guint i = 0; i < candidates->len; i++)
    if (((WayCandidate *)g_ptr_array_index (candidates, i))->usable)
      {
        /* Only slots of usable ones are written, and those further on are read from @usable. */
        g_ptr_array_index (candidates, i) = g_array_index (usable, Ranked, next).candidate;
        next++;
      }
}

/**
 * way_plan_take_turn:
 * @taken: the first that is asked
 *
 * Notes who had its turn, where a route gives each target its share.
 */
void
way_plan_take_turn (const WayPlan *plan, const WayCandidate *taken, WayTraffic *traffic)
{
  const WayRoute *route = plan->route;
  gint64 sum = 0;

  if (route == NULL ||
      (route->strategy != WAY_STRATEGY_WEIGHTED && route->strategy != WAY_STRATEGY_ROUND_ROBIN))
    return;
  for (guint i = 0; i < plan->candidates->len; i++)
    {
      const WayCandidate *candidate = g_ptr_array_index (plan->candidates, i);
      if (!candidate->usable || candidate->target == NULL)
        continue;
      g_autofree char *name = dup_name (candidate);
      guint weight = get_weight (plan, candidate);
      way_traffic_add_turn (traffic, route->pattern, name, weight);
      sum += weight;
    }
  g_autofree char *name = dup_name (taken);
  way_traffic_add_turn (traffic, route->pattern, name, -sum);
}
