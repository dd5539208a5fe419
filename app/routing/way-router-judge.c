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

/* Of a server near by a fresh probe takes milliseconds: older evidence is worth one. */
#define STALE_PROBE_US (US_PER_SECOND / 4)

typedef enum
{
  FITNESS_FIT,
  FITNESS_ILL,     /* failed lately: only if nobody fit is left */
  FITNESS_DOWN,    /* a probe will tell when it is back */
  FITNESS_COOLING, /* asked to be left alone until a time: never before it */
} Fitness;

typedef struct
{
  Fitness fitness;
  char *words; /* owned, set unless it is fit */
} Judgement;

/* Takes @reason. */
void
way_candidate_leave_out (WayCandidate *candidate, WayErrorCode refusal, char *reason)
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

/* A budget that keeps everything on this machine once it is spent. */
static const WayBudget *
find_spent_budget (const WayDecision *decision)
{
  const WayApp *app = decision->query->app;

  return way_budgets_find_spent (decision->evidence->budgets, app != NULL ? app->id : NULL);
}

static gboolean
cloud_is_off (const WayDecision *decision)
{
  return decision->evidence->cloud_is_off || !decision->plan->snapshot->cloud_enabled;
}

/* Who demands that the call stays on this machine, in words, or NULL. */
static char *
describe_local_only (const WayDecision *decision)
{
  const WayRouteQuery *query = decision->query;
  const WayRoute *route = decision->plan->route;
  const WayBudget *spent = find_spent_budget (decision);

  if (cloud_is_off (decision))
    return g_strdup ("Local only is on");
  if (query->local_only)
    return g_strdup ("the request is local-only");
  if (way_snapshot_tag_is_local_only (decision->plan->snapshot, query->tag))
    return g_strdup_printf ("the tag \"%s\" is local-only", query->tag);
  if (query->app != NULL && query->app->local_only)
    return g_strdup_printf ("the app \"%s\" is local-only", query->app->id);
  if (route != NULL && route->local_only)
    return g_strdup_printf ("the route \"%s\" is local-only", route->pattern);
  if (spent != NULL)
    {
      g_autofree char *budget = way_budget_describe (spent);
      return g_strdup_printf ("%s, is spent", budget);
    }
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
  WayErrorCode code = WAY_ERROR_LOCAL_ONLY;
  if (cloud_is_off (decision))
    code = WAY_ERROR_CLOUD_DISABLED;
  else if (find_spent_budget (decision) != NULL)
    code = WAY_ERROR_BUDGET_EXCEEDED;
  way_candidate_leave_out (candidate, code, g_strdup_printf ("%s and %s", where, why));
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
  way_candidate_leave_out (
    candidate, WAY_ERROR_NO_TARGET,
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
    way_candidate_leave_out (
      candidate, WAY_ERROR_NO_TARGET,
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
    way_candidate_leave_out (candidate, WAY_ERROR_NO_TARGET, g_strdup ("is disabled"));
  if (candidate->usable)
    judge_dialect (decision, candidate);
  if (candidate->usable)
    judge_locality (decision, candidate);
  if (candidate->usable)
    judge_substitution (decision, candidate);
  if (candidate->usable && provider->key_problem != NULL)
    way_candidate_leave_out (candidate, WAY_ERROR_KEY_MISSING,
                             g_strdup_printf ("has no key: %s", provider->key_problem));
  if (candidate->usable)
    way_decision_guard (decision, candidate);
}

/* Somebody may be asked at @wall_us, if nobody is earlier. */
void
way_decision_wait_until (WayDecision *decision, gint64 wall_us)
{
  WayPlan *plan = decision->plan;

  plan->retry_at_us = plan->retry_at_us == 0 ? wall_us : MIN (plan->retry_at_us, wall_us);
}

/* "45 s", "3 min": rounded up. */
char *
way_decision_describe_span (gint64 span_us)
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
describe_illness (const char *id, const char *reason, gint64 age_us)
{
  g_autofree char *age = way_decision_describe_span (age_us);
  const char *words = reason != NULL ? skip_subject (reason, id) : "failed";
  const int length = (int)strcspn (words, ";");

  return age_us < US_PER_SECOND ? g_strdup_printf ("%.*s just now", length, words)
                                : g_strdup_printf ("%.*s %s ago", length, words, age);
}

/* Whether it can be reached at all, as probes and refused connections tell. One near by that is
 * probed is never asked to find out. A server that lists no models, or is too busy to, may answer
 * requests all the same. */
static void
judge_reach (const WayDecision *decision, const WayProvider *provider, Judgement *ret_judgement)
{
  const WayProviderState *state = way_health_get (decision->evidence->health, provider->id);

  if (state == NULL || provider->kind == WAY_KIND_DEMO || !state->is_unreachable)
    return;
  gint64 age_us = decision->now_us - state->checked_at_us;
  gboolean is_watched = decision->evidence->probes && provider->locality != WAY_LOCALITY_CLOUD;
  if (!is_watched && age_us >= DOWN_COUNTS_US)
    return;
  decision->plan->waits_for_probe |= is_watched && age_us >= STALE_PROBE_US;
  ret_judgement->fitness = is_watched ? FITNESS_DOWN : FITNESS_ILL;
  ret_judgement->words = describe_illness (provider->id, state->reason, age_us);
}

/* What live traffic tells of the target. */
static void
judge_breaker (WayDecision *decision, const WayCandidate *candidate, Judgement *ret_judgement)
{
  const WayTargetTraffic *target =
    way_traffic_get (decision->evidence->traffic, candidate->provider->id, candidate->model);
  const WayBreaker *breaker = target != NULL ? &target->breaker : NULL;
  gint64 now_us = decision->now_us;

  if (breaker == NULL ||
      (breaker->cool_until_us <= now_us && way_breaker_lets_pass (breaker, now_us)))
    return;
  g_autofree char *illness =
    describe_illness (candidate->provider->id, breaker->reason, now_us - breaker->failed_at_us);
  gboolean is_cooling = breaker->cool_until_us > now_us;
  gint64 until_us = is_cooling ? breaker->cool_until_us : breaker->open_until_us;
  g_autofree char *wait = way_decision_describe_span (until_us - now_us);

  ret_judgement->fitness = is_cooling ? FITNESS_COOLING : FITNESS_ILL;
  if (is_cooling)
    ret_judgement->words =
      g_strdup_printf ("%s and asked to be left alone for %s more", illness, wait);
  else if (until_us > now_us)
    ret_judgement->words = g_strdup_printf ("%s; its breaker is open for %s more", illness, wait);
  else
    ret_judgement->words = g_strdup_printf ("%s; another request is trying it", illness);
  if (is_cooling)
    way_decision_wait_until (decision, until_us);
}

static void
judge_fitness (WayDecision *decision, const WayCandidate *candidate, Judgement *ret_judgement)
{
  judge_reach (decision, candidate->provider, ret_judgement);
  if (ret_judgement->fitness == FITNESS_FIT)
    judge_breaker (decision, candidate, ret_judgement);
}

/* Evidence of a moment ago is no proof: with nobody fit left, those that failed are tried again
 * rather than refusing the request unseen. Takes the words. */
static void
apply_judgement (WayCandidate *candidate, const Judgement *judgement, gboolean somebody_is_fit)
{
  g_autofree char *place = NULL;

  switch (judgement->fitness)
    {
    case FITNESS_FIT:
      return;
    case FITNESS_ILL:
      if (somebody_is_fit)
        {
          way_candidate_leave_out (candidate, WAY_ERROR_NO_TARGET, judgement->words);
          return;
        }
      place = candidate->reason;
      candidate->reason =
        g_strdup_printf ("%s, as a last resort although it %s", place, judgement->words);
      g_free (judgement->words);
      return;
    case FITNESS_DOWN:
      way_candidate_leave_out (candidate, WAY_ERROR_NO_TARGET, judgement->words);
      return;
    case FITNESS_COOLING:
      way_candidate_leave_out (candidate, WAY_ERROR_RATE_LIMITED, judgement->words);
      return;
    }
  g_assert_not_reached ();
}

static void
judge_health (WayDecision *decision)
{
  guint n = decision->plan->candidates->len;
  g_autofree Judgement *judgements = g_new0 (Judgement, n);
  gboolean somebody_is_fit = FALSE;

  for (guint i = 0; i < n; i++)
    if (get_candidate (decision, i)->usable)
      {
        judge_fitness (decision, get_candidate (decision, i), &judgements[i]);
        somebody_is_fit = somebody_is_fit || judgements[i].fitness == FITNESS_FIT;
      }
  for (guint i = 0; i < n; i++)
    apply_judgement (get_candidate (decision, i), &judgements[i], somebody_is_fit);
}

/* Whom a request asks that wants no fallback, or NULL: in the order as written the first that takes
 * part, whatever speaks against it; by another strategy the first of those that may be asked. */
static const WayCandidate *
find_only (const WayDecision *decision)
{
  const WayRoute *route = decision->plan->route;
  gboolean is_as_written = route == NULL || route->strategy == WAY_STRATEGY_ORDERED;

  for (guint i = 0; i < decision->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = get_candidate (decision, i);
      if (candidate->usable || (is_as_written && !candidate->stands_aside))
        return candidate;
    }
  return NULL;
}

static void
leave_out_fallbacks (WayDecision *decision)
{
  const WayCandidate *only = find_only (decision);

  for (guint i = 0; only != NULL && i < decision->plan->candidates->len; i++)
    {
      WayCandidate *candidate = get_candidate (decision, i);
      if (candidate != only && candidate->usable)
        way_candidate_leave_out (candidate, only->usable ? WAY_ERROR_NO_TARGET : only->refusal,
                                 g_strdup ("is not tried: no fallback was asked for"));
    }
}

/* The code all share; waiting helps as soon as one asked for it; anything else is "no target". */
static WayErrorCode
find_shared_code (const WayDecision *decision)
{
  static const WayErrorCode telling[] = { WAY_ERROR_CLOUD_DISABLED, WAY_ERROR_LOCAL_ONLY,
                                          WAY_ERROR_BUDGET_EXCEEDED, WAY_ERROR_CONTEXT_TOO_LONG };
  WayErrorCode shared = get_candidate (decision, 0)->refusal;

  if (decision->plan->retry_at_us != 0 || decision->plan->waits_for_room)
    return WAY_ERROR_RATE_LIMITED;
  for (guint i = 1; i < decision->plan->candidates->len; i++)
    if (get_candidate (decision, i)->refusal != shared)
      return WAY_ERROR_NO_TARGET;
  for (guint i = 0; i < G_N_ELEMENTS (telling); i++)
    if (shared == telling[i])
      return shared;
  return WAY_ERROR_NO_TARGET;
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

static char *
advise (const WayDecision *decision, WayErrorCode code)
{
  g_autofree char *wait = NULL;

  switch ((int)code)
    {
    case WAY_ERROR_RATE_LIMITED:
      if (decision->plan->retry_at_us == 0)
        return g_strdup ("try again in a moment");
      wait = way_decision_describe_span (decision->plan->retry_at_us - decision->now_us);
      return g_strdup_printf ("try again in %s", wait);
    case WAY_ERROR_CLOUD_DISABLED:
      return g_strdup ("turn Local only off, or add a local target");
    case WAY_ERROR_LOCAL_ONLY:
      return g_strdup ("add a local target, or lift the restriction");
    case WAY_ERROR_BUDGET_EXCEEDED:
      return g_strdup ("raise the budget, wait for its next period, or add a local target");
    case WAY_ERROR_CONTEXT_TOO_LONG:
      return g_strdup ("shorten the conversation, or add a target with more context");
    }
  return g_strdup ("mend one of them, or add another target");
}

static void
refuse (WayDecision *decision)
{
  WayErrorCode code = find_shared_code (decision);
  g_autofree char *refusals = list_refusals (decision);
  g_autofree char *advice = advise (decision, code);

  decision->plan->error = g_error_new (WAY_ERROR, code, "No target may answer \"%s\": %s; %s",
                                       decision->query->model, refusals, advice);
}

/**
 * way_decision_judge:
 * @decision: with at least one candidate
 *
 * Leaves out who may not or cannot answer, puts the others in the order of the route's strategy,
 * and sets the plan's error if nobody is left. Without fallback the first is chosen before its
 * health is known: that it is ill is no reason to ask another.
 */
void
way_decision_judge (WayDecision *decision)
{
  GPtrArray *candidates = decision->plan->candidates;

  for (guint i = 0; i < candidates->len; i++)
    judge_policy (decision, get_candidate (decision, i));
  if (decision->query->no_fallback)
    {
      way_decision_order (decision);
      leave_out_fallbacks (decision);
    }
  judge_health (decision);
  for (guint i = 0; i < candidates->len; i++)
    if (get_candidate (decision, i)->usable)
      way_decision_guard_room (decision, get_candidate (decision, i));
  way_decision_prefer_able (decision);
  if (!decision->query->no_fallback)
    way_decision_order (decision);
  for (guint i = 0; i < candidates->len; i++)
    if (get_candidate (decision, i)->usable)
      return;
  refuse (decision);
}
