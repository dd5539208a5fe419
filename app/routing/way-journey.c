/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The rules of failing over and trying again. Pure: time and chance come in. */

#include "way-journey.h"

static gboolean
has_money (const WayPlan *plan, const WayEvidence *evidence, const WayCandidate *candidate)
{
  const WaySpender spender = { plan->app != NULL ? plan->app->id : NULL, candidate->provider->id,
                               candidate->model };

  return candidate->reserve_nano_usd == 0 ||
         way_budgets_find_exceeded (evidence->budgets, &spender, candidate->reserve_nano_usd) ==
           NULL;
}

static const WayTargetTraffic *
get_traffic (const WayEvidence *evidence, const WayCandidate *candidate)
{
  return way_traffic_get (evidence->traffic, candidate->provider->id, candidate->model);
}

/* What has come in the way of one more attempt at @candidate since the plan was made, as a
 * predicate, or NULL. */
static char *
find_objection (const WayPlan *plan,
                const WayEvidence *evidence,
                const WayCandidate *candidate,
                gint64 now_us)
{
  const WayProvider *provider = candidate->provider;
  const WayTargetTraffic *target = get_traffic (evidence, candidate);
  gint64 free_at_us;

  if (evidence->cloud_is_off && provider->locality != WAY_LOCALITY_LOCAL)
    return g_strdup ("is not on this machine, and Local only is on by now");
  if (!way_traffic_allows_extra (evidence->traffic, provider->id, &plan->snapshot->retry, now_us))
    return g_strdup ("has had its share of extra attempts for this minute");
  if (!has_money (plan, evidence, candidate))
    return g_strdup ("may cost more than a budget has left by now");
  if (target != NULL && target->breaker.cool_until_us > now_us)
    return g_strdup ("asked to be left alone meanwhile");
  if (target != NULL && target->breaker.trial_runs)
    return g_strdup ("is being tried by another request");
  return way_rates_describe_limit (evidence->rates, WAY_RATED_PROVIDER, provider->id,
                                   &provider->limits, candidate->input_tokens, now_us, &free_at_us);
}

/* Whether it is known to take no more than the one for which the conversation was too long. */
static gboolean
takes_no_more (const WayCandidate *candidate, const WayCandidate *full)
{
  return candidate->takes_tokens > 0 && full->takes_tokens > 0 &&
         candidate->takes_tokens <= full->takes_tokens;
}

static gboolean
find_next (WayJourney *journey,
           const WayPlan *plan,
           const WayEvidence *evidence,
           const WayFailure *failure,
           gint64 now_us)
{
  const WayCandidate *full =
    failure != NULL && failure->code == WAY_ERROR_CONTEXT_TOO_LONG ? journey->current : NULL;

  while (journey->next < plan->candidates->len)
    {
      WayCandidate *candidate = g_ptr_array_index (plan->candidates, journey->next++);
      if (!candidate->usable)
        continue;
      g_autofree char *objection = NULL;
      if (full != NULL && takes_no_more (candidate, full))
        objection = g_strdup ("takes no longer conversation");
      else if (journey->n_attempts > 0)
        objection = find_objection (plan, evidence, candidate, now_us);
      if (objection != NULL)
        {
          way_candidate_refuse (candidate, objection); /* its words stay with it */
          journey->n_passed_over++;
          continue;
        }
      journey->current = candidate;
      journey->n_repeats = 0;
      return TRUE;
    }
  return FALSE;
}

/**
 * way_journey_step:
 * @failure: (nullable): of the last attempt, already noted in @evidence; %NULL for the first step
 * @chance: evenly from 0 up to 1, for the jitter
 * @left_us: until the deadline of the whole request
 * @ret_wait_us: how long to wait, where the step says so
 *
 * What to do next. A failure that is the target's own leads to the next target at once; only when
 * none is left the last one is asked again, if its failure may pass, after a back-off with full
 * jitter and if way_journey_may_repeat() still says so then. Both count against the retry budget of
 * who is asked, and end with the deadline.
 */
WayStep
way_journey_step (WayJourney *journey,
                  const WayPlan *plan,
                  const WayEvidence *evidence,
                  const WayFailure *failure,
                  double chance,
                  gint64 now_us,
                  gint64 left_us,
                  gint64 *ret_wait_us)
{
  if (failure != NULL && (failure->is_callers_fault || left_us <= 0))
    return WAY_STEP_STOP;
  if (find_next (journey, plan, evidence, failure, now_us))
    {
      journey->n_attempts++;
      return WAY_STEP_TRY;
    }
  if (failure == NULL || journey->n_repeats >= plan->snapshot->retry.attempts ||
      !way_retry_may_pass (failure->code, failure->status) ||
      !way_journey_may_repeat (journey, plan, evidence, now_us))
    return WAY_STEP_STOP;

  gint64 wait_us = way_retry_get_backoff_us (journey->n_repeats, chance);
  if (wait_us >= left_us)
    return WAY_STEP_STOP;
  journey->n_repeats++;
  journey->n_attempts++;
  *ret_wait_us = wait_us;
  return WAY_STEP_REPEAT;
}

/**
 * way_journey_may_repeat:
 *
 * To be asked again when the wait of %WAY_STEP_REPEAT is over: meanwhile others may have learned
 * that the target wants to be left alone, or taken what room and money there was.
 *
 * Returns: whether the current candidate may be asked again now
 */
gboolean
way_journey_may_repeat (const WayJourney *journey,
                        const WayPlan *plan,
                        const WayEvidence *evidence,
                        gint64 now_us)
{
  const WayTargetTraffic *target = get_traffic (evidence, journey->current);

  if (target != NULL && !way_breaker_lets_pass (&target->breaker, now_us))
    return FALSE;
  g_autofree char *objection = find_objection (plan, evidence, journey->current, now_us);
  return objection == NULL;
}

/**
 * way_journey_count_left:
 *
 * Returns: how many could be asked after the current candidate
 */
guint
way_journey_count_left (const WayJourney *journey, const WayPlan *plan)
{
  guint n_left = 0;

  for (guint i = journey->next; i < plan->candidates->len; i++)
    if (((const WayCandidate *)g_ptr_array_index (plan->candidates, i))->usable)
      n_left++;
  return n_left;
}

/**
 * way_journey_pass_over:
 *
 * The request cannot be said to the current candidate, which was not asked: moves on to the next.
 *
 * Returns: whether there is one
 */
gboolean
way_journey_pass_over (WayJourney *journey, const WayPlan *plan)
{
  journey->n_attempts--;
  return way_journey_count_left (journey, plan) > 0;
}
