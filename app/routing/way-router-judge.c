/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Judges the candidates of a plan: policy first, then what is known of their health; each that is
 * left out gets its reason in words, with the provider as the subject. Pure. */

#include "way-router-private.h"

#include <string.h>

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)

/* How long a failure without a stated wait counts. Older evidence is as good as none: the next
 * request tries again, whether or not somebody probes. */
#define DOWN_COUNTS_US (60 * US_PER_SECOND)
#define COOLING_COUNTS_US (10 * US_PER_SECOND)

typedef enum
{
  FITNESS_FIT,
  FITNESS_ILL,     /* failed lately: only if nobody fit is left */
  FITNESS_WAITING, /* asked to be left alone until a time: never before it */
} Fitness;

/* Takes @reason. */
static void
leave_out (WayCandidate *candidate, WayErrorCode refusal, char *reason)
{
  g_free (candidate->reason);
  candidate->reason = reason;
  candidate->refusal = refusal;
  candidate->usable = FALSE;
}

static WayCandidate *
get_candidate (const WayDecision *decision, guint i)
{
  return g_ptr_array_index (decision->plan->candidates, i);
}

/* Who demands that the call stays on this machine, in words, or NULL. */
static char *
describe_local_only (const WayDecision *decision)
{
  const WayRouteQuery *query = decision->query;
  const WayRoute *route = decision->plan->route;

  if (!decision->plan->snapshot->cloud_enabled)
    return g_strdup ("Local only is on");
  if (query->local_only)
    return g_strdup ("the request is local-only");
  if (query->app != NULL && query->app->local_only)
    return g_strdup_printf ("the app \"%s\" is local-only", query->app->id);
  if (route != NULL && route->local_only)
    return g_strdup_printf ("the route \"%s\" is local-only", route->pattern);
  return NULL;
}

/**
 * way_decision_find_local_only:
 * @decision: with its route found
 *
 * Sets whether no socket to a non-local address may be opened for the request, whatever else is
 * decided.
 */
void
way_decision_find_local_only (WayDecision *decision)
{
  g_autofree char *why = describe_local_only (decision);

  decision->plan->local_only = why != NULL;
}

static void
judge_locality (WayDecision *decision, WayCandidate *candidate)
{
  const char *where = NULL;

  switch (candidate->provider->locality)
    {
    case WAY_LOCALITY_LOCAL:
      return;
    case WAY_LOCALITY_LAN:
      where = "is on the local network";
      break;
    case WAY_LOCALITY_CLOUD:
      where = "is a cloud provider";
      break;
    }

  g_autofree char *why = describe_local_only (decision);
  if (why == NULL)
    return;
  gboolean by_switch = !decision->plan->snapshot->cloud_enabled;
  leave_out (candidate, by_switch ? WAY_ERROR_CLOUD_DISABLED : WAY_ERROR_LOCAL_ONLY,
             g_strdup_printf ("%s and %s", where, why));
}

static void
judge_dialect (WayDecision *decision, WayCandidate *candidate)
{
  const WayDialect *face =
    decision->query->dialect != NULL ? decision->query->dialect : &way_dialect_openai_chat;

  candidate->dialect =
    way_router_choose_dialect (candidate->provider, face, candidate->context_tokens);
  if (candidate->dialect != NULL || face->operation == WAY_OPERATION_COUNT)
    return;
  leave_out (candidate, WAY_ERROR_NO_TARGET,
             face->operation == WAY_OPERATION_EMBED
               ? g_strdup ("makes no embeddings")
               : g_strdup_printf ("speaks no dialect that %s can be said in", face->name));
}

static void
judge_substitution (WayDecision *decision, WayCandidate *candidate)
{
  const WayRoute *route = decision->plan->route;
  const WayCandidate *first = get_candidate (decision, 0);

  if (route == NULL || route->substitution != WAY_SUBSTITUTION_NEVER)
    return;
  if (!g_str_equal (candidate->model, first->model))
    leave_out (candidate, WAY_ERROR_NO_TARGET,
               g_strdup_printf ("has another model than %s, and the route \"%s\" allows no "
                                "substitution",
                                first->model, route->pattern));
}

/* What the configuration and the request demand; the first objection is the one that is told. */
static void
judge_policy (WayDecision *decision, WayCandidate *candidate)
{
  const WayProvider *provider = candidate->provider;

  if (!provider->enabled)
    leave_out (candidate, WAY_ERROR_NO_TARGET, g_strdup ("is disabled"));
  if (candidate->usable)
    judge_dialect (decision, candidate);
  if (candidate->usable)
    judge_locality (decision, candidate);
  if (candidate->usable)
    judge_substitution (decision, candidate);
  if (candidate->usable && provider->key_problem != NULL)
    leave_out (candidate, WAY_ERROR_KEY_MISSING,
               g_strdup_printf ("has no key: %s", provider->key_problem));
}

static char *
describe_span (gint64 span_us)
{
  gint64 seconds = MAX (span_us + US_PER_SECOND - 1, 0) / US_PER_SECOND;

  if (seconds < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", seconds);
  return g_strdup_printf ("%" G_GINT64_FORMAT " min", (seconds + 59) / 60);
}

/* Live traffic tells its failures with the provider's id in front, which is said already here. */
static const char *
skip_subject (const char *reason, const char *provider_id)
{
  gsize length = strlen (provider_id);

  if (strncmp (reason, provider_id, length) == 0 && reason[length] == ' ')
    return reason + length + 1;
  return reason;
}

/* What it did and when. The hint behind a semicolon is for who reads the error itself. */
static char *
describe_illness (const WayProviderState *state, gint64 age_us)
{
  g_autofree char *age = describe_span (age_us);
  const char *reason = state->reason != NULL ? skip_subject (state->reason, state->id) : "failed";
  const int length = (int)strcspn (reason, ";");

  return age_us < US_PER_SECOND ? g_strdup_printf ("%.*s just now", length, reason)
                                : g_strdup_printf ("%.*s %s ago", length, reason, age);
}

/* @ret_words: in words, unless it is fit. */
static Fitness
judge_fitness (const WayDecision *decision, const WayProvider *provider, char **ret_words)
{
  const WayProviderState *state = way_health_get (decision->health, provider->id);
  gint64 cool_until_us = way_health_get_cool_until (decision->health, provider->id);

  if (state == NULL || provider->kind == WAY_KIND_DEMO)
    return FITNESS_FIT;
  gint64 age_us = decision->now_us - state->checked_at_us;
  if (cool_until_us > decision->now_us)
    {
      g_autofree char *illness = describe_illness (state, age_us);
      g_autofree char *wait = describe_span (cool_until_us - decision->now_us);
      *ret_words = g_strdup_printf ("%s and asked to be left alone for %s more", illness, wait);
      return FITNESS_WAITING;
    }

  gboolean is_down = state->reach == WAY_REACH_DOWN && age_us < DOWN_COUNTS_US;
  gboolean is_cooling =
    state->reach == WAY_REACH_COOLING && cool_until_us == 0 && age_us < COOLING_COUNTS_US;
  if (!is_down && !is_cooling)
    return FITNESS_FIT;
  *ret_words = describe_illness (state, age_us);
  return FITNESS_ILL;
}

static gboolean
has_fit_candidate (const WayDecision *decision)
{
  for (guint i = 0; i < decision->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = get_candidate (decision, i);
      g_autofree char *words = NULL;
      if (candidate->usable && judge_fitness (decision, candidate->provider, &words) == FITNESS_FIT)
        return TRUE;
    }
  return FALSE;
}

/* Evidence of a moment ago is no proof: with nobody fit left, those that failed are tried again
 * rather than refusing the request unseen. */
static void
judge_health (WayDecision *decision, WayCandidate *candidate, gboolean somebody_is_fit)
{
  g_autofree char *words = NULL;
  WayPlan *plan = decision->plan;

  switch (judge_fitness (decision, candidate->provider, &words))
    {
    case FITNESS_FIT:
      return;
    case FITNESS_ILL:
      if (somebody_is_fit)
        leave_out (candidate, WAY_ERROR_NO_TARGET, g_steal_pointer (&words));
      else
        {
          g_autofree char *place = candidate->reason;
          candidate->reason = g_strdup_printf ("%s, as a last resort although it %s", place, words);
        }
      return;
    case FITNESS_WAITING:
      leave_out (candidate, WAY_ERROR_RATE_LIMITED, g_steal_pointer (&words));
      gint64 until_us = way_health_get_cool_until (decision->health, candidate->provider->id);
      plan->retry_at_us = plan->retry_at_us == 0 ? until_us : MIN (plan->retry_at_us, until_us);
      return;
    }
  g_assert_not_reached ();
}

static void
keep_first_usable (WayDecision *decision)
{
  gboolean found = FALSE;

  for (guint i = 0; i < decision->plan->candidates->len; i++)
    {
      WayCandidate *candidate = get_candidate (decision, i);
      if (candidate->usable && found)
        leave_out (candidate, WAY_ERROR_NO_TARGET,
                   g_strdup ("is not tried: no fallback was asked for"));
      found = found || candidate->usable;
    }
}

/* The code all share; waiting helps as soon as one asked for it; anything else is "no target". */
static WayErrorCode
find_shared_code (const WayDecision *decision)
{
  WayErrorCode shared = get_candidate (decision, 0)->refusal;

  if (decision->plan->retry_at_us != 0)
    return WAY_ERROR_RATE_LIMITED;
  for (guint i = 1; i < decision->plan->candidates->len; i++)
    if (get_candidate (decision, i)->refusal != shared)
      return WAY_ERROR_NO_TARGET;
  return shared == WAY_ERROR_CLOUD_DISABLED || shared == WAY_ERROR_LOCAL_ONLY ? shared
                                                                              : WAY_ERROR_NO_TARGET;
}

static char *
list_refusals (const WayDecision *decision)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < decision->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = get_candidate (decision, i);
      g_string_append_printf (list, "%s%s/%s %s", i == 0 ? "" : "; ", candidate->provider->id,
                              candidate->model, candidate->reason);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
refuse (WayDecision *decision)
{
  const char *model = decision->query->model;
  WayErrorCode code = find_shared_code (decision);
  g_autofree char *refusals = list_refusals (decision);
  g_autofree char *advice = NULL;

  if (code == WAY_ERROR_RATE_LIMITED)
    {
      g_autofree char *wait = describe_span (decision->plan->retry_at_us - decision->now_us);
      advice = g_strdup_printf ("try again in %s", wait);
    }
  else if (code == WAY_ERROR_CLOUD_DISABLED)
    advice = g_strdup ("turn Local only off, or add a local target");
  else if (code == WAY_ERROR_LOCAL_ONLY)
    advice = g_strdup ("add a local target, or lift the restriction");
  else
    advice = g_strdup ("mend one of them, or add another target");

  decision->plan->error =
    g_error_new (WAY_ERROR, code, "No target may answer \"%s\": %s; %s", model, refusals, advice);
}

/**
 * way_decision_judge:
 * @decision: with at least one candidate
 *
 * Leaves out who may not or cannot answer, and sets the plan's error if that is everybody.
 */
void
way_decision_judge (WayDecision *decision)
{
  GPtrArray *candidates = decision->plan->candidates;

  for (guint i = 0; i < candidates->len; i++)
    judge_policy (decision, get_candidate (decision, i));
  gboolean somebody_is_fit = has_fit_candidate (decision);
  for (guint i = 0; i < candidates->len; i++)
    if (get_candidate (decision, i)->usable)
      judge_health (decision, get_candidate (decision, i), somebody_is_fit);
  if (decision->query->no_fallback)
    keep_first_usable (decision);

  for (guint i = 0; i < candidates->len; i++)
    if (get_candidate (decision, i)->usable)
      return;
  refuse (decision);
}
