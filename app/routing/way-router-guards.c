/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is checked before a target is asked: the conditions it takes part under, what its model can
 * do and take, what there is money and room for. A target that fails is left out with its reason,
 * never tried and truncated. Pure. */

#include "way-price.h"
#include "way-router-private.h"

#include <time.h>

/* Expected of an answer where neither the request nor the past says more. */
#define USUAL_OUTPUT_TOKENS 1000
#define DAYS_PER_WEEK 7
#define MINUTES_PER_HOUR 60

static void
leave_out (WayCandidate *candidate, char *reason)
{
  way_candidate_leave_out (candidate, WAY_ERROR_NO_TARGET, reason);
}

static WayOperation
get_operation (const WayDecision *decision)
{
  const WayDialect *face = decision->query->dialect;

  return face != NULL ? face->operation : WAY_OPERATION_CHAT;
}

static WaySpender
get_spender (const WayDecision *decision, const WayCandidate *candidate)
{
  const WayApp *app = decision->query->app;

  return (WaySpender){ app != NULL ? app->id : NULL, candidate->provider->id, candidate->model };
}

/* Conditions */

static char *
check_size (const WayConditions *when, gint64 tokens)
{
  if (when->min_input_tokens > 0 && tokens < when->min_input_tokens)
    return g_strdup_printf ("takes part from %" G_GINT64_FORMAT
                            " input tokens on; these are about %" G_GINT64_FORMAT,
                            when->min_input_tokens, tokens);
  if (when->max_input_tokens > 0 && tokens > when->max_input_tokens)
    return g_strdup_printf ("takes part up to %" G_GINT64_FORMAT
                            " input tokens; these are about %" G_GINT64_FORMAT,
                            when->max_input_tokens, tokens);
  return NULL;
}

static char *
check_demand (WayDemand demand, gboolean has, const char *what)
{
  if (demand == WAY_DEMAND_WITH && !has)
    return g_strdup_printf ("takes part only in requests with %s", what);
  if (demand == WAY_DEMAND_WITHOUT && has)
    return g_strdup_printf ("takes no part in requests with %s", what);
  return NULL;
}

static char *
check_name (char **names, const char *name, const char *what)
{
  if (names == NULL || (name != NULL && g_strv_contains ((const char *const *)names, name)))
    return NULL;
  g_autofree char *list = g_strjoinv (", ", names);
  return g_strdup_printf ("takes part only for the %s %s", what, list);
}

/* In the user's time zone. A span over midnight belongs to the day it begins on. */
static char *
check_time (const WayConditions *when, gint64 wall_us)
{
  time_t seconds = (time_t)(wall_us / G_USEC_PER_SEC);
  struct tm local = { 0 };

  localtime_r (&seconds, &local);
  int minute = local.tm_hour * MINUTES_PER_HOUR + local.tm_min;
  int day = (local.tm_wday + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK;
  if (when->from_minute >= 0)
    {
      gboolean over_midnight = when->to_minute < when->from_minute;
      gboolean before_end = minute < when->to_minute;
      gboolean after_begin = minute >= when->from_minute;
      if (over_midnight ? !(after_begin || before_end) : !(after_begin && before_end))
        return g_strdup_printf (
          "takes part only from %02d:%02d to %02d:%02d", when->from_minute / MINUTES_PER_HOUR,
          when->from_minute % MINUTES_PER_HOUR, when->to_minute / MINUTES_PER_HOUR,
          when->to_minute % MINUTES_PER_HOUR);
      if (over_midnight && before_end)
        day = (day + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK;
    }
  return when->days == 0 || (when->days & 1u << day) != 0
           ? NULL
           : g_strdup ("takes no part on this day of the week");
}

static char *
check_money (const WayDecision *decision, const WayCandidate *candidate)
{
  gint64 wanted = candidate->target->when->min_budget_left_nano_usd;
  WaySpender spender = get_spender (decision, candidate);

  if (wanted == WAY_UNKNOWN)
    return NULL;
  gint64 left = way_budgets_get_left (decision->evidence->budgets, &spender);
  if (left == WAY_UNKNOWN || left >= wanted)
    return NULL;
  g_autofree char *limit = way_price_format_usd (wanted);
  return g_strdup_printf ("takes part while a budget has %s left", limit);
}

static void
guard_conditions (const WayDecision *decision, WayCandidate *candidate)
{
  static const WayRequestFacts nothing;
  const WayConditions *when = candidate->target != NULL ? candidate->target->when : NULL;
  const WayRouteQuery *query = decision->query;
  const WayRequestFacts *facts = query->facts != NULL ? query->facts : &nothing;

  if (when == NULL)
    return;
  char *objection = check_size (when, candidate->input_tokens);
  if (objection == NULL)
    objection = check_demand (when->tools, facts->has_tools, "tools");
  if (objection == NULL)
    objection = check_demand (when->images, facts->has_images, "images");
  if (objection == NULL)
    objection = check_name (when->apps, query->app != NULL ? query->app->id : NULL, "apps");
  if (objection == NULL)
    objection = check_name (when->tags, query->tag, "tags");
  if (objection == NULL)
    objection = check_time (when, decision->now_us);
  if (objection == NULL)
    objection = check_money (decision, candidate);
  candidate->stands_aside = objection != NULL;
  if (objection != NULL)
    leave_out (candidate, objection);
}

/* The model */

static void
estimate (const WayDecision *decision, WayCandidate *candidate, const WayModel *model)
{
  const WayRequestFacts *facts = decision->query->facts;
  const WayTargetTraffic *past =
    way_traffic_get (decision->evidence->traffic, candidate->provider->id, candidate->model);
  gint64 most = USUAL_OUTPUT_TOKENS;

  if (facts == NULL)
    return;
  candidate->input_tokens =
    way_target_correct_estimate (past, MAX (facts->input_tokens_estimate, 0));
  if (facts->max_output_tokens > 0)
    most = facts->max_output_tokens;
  else if (past != NULL && past->output_tokens > 0)
    most = MAX (most, 2 * past->output_tokens);
  if (model->max_output_tokens > 0)
    most = MIN (most, model->max_output_tokens);
  if (get_operation (decision) == WAY_OPERATION_EMBED)
    most = 0;
  gint64 usual =
    past != NULL && past->output_tokens > 0 ? past->output_tokens : USUAL_OUTPUT_TOKENS;
  const WayPricing *pricing = decision->evidence->pricing;
  const WaySnapshot *snapshot = decision->plan->snapshot;
  candidate->cost_nano_usd =
    way_pricing_estimate (pricing, snapshot, candidate->provider, candidate->model,
                          candidate->input_tokens, MIN (usual, most));
  candidate->reserve_nano_usd = way_pricing_estimate (
    pricing, snapshot, candidate->provider, candidate->model, candidate->input_tokens, most);
}

static void
guard_abilities (const WayDecision *decision, WayCandidate *candidate, const WayModel *model)
{
  const WayRequestFacts *facts = decision->query->facts;
  const char *lack = NULL;

  if (facts->has_tools && !(model->capabilities & WAY_CAPABILITY_TOOLS))
    lack = "call tools";
  else if (facts->has_images && !(model->capabilities & WAY_CAPABILITY_VISION))
    lack = "see images";
  if (lack != NULL)
    leave_out (candidate, g_strdup_printf ("cannot %s, as far as is known", lack));
}

static void
guard_context (WayCandidate *candidate)
{
  if (candidate->takes_tokens == 0 || candidate->input_tokens <= candidate->takes_tokens)
    return;
  way_candidate_leave_out (candidate, WAY_ERROR_CONTEXT_TOO_LONG,
                           g_strdup_printf ("takes %" G_GINT64_FORMAT
                                            " tokens, and the prompt is about %" G_GINT64_FORMAT,
                                            candidate->takes_tokens, candidate->input_tokens));
}

static void
guard_budgets (const WayDecision *decision, WayCandidate *candidate)
{
  WaySpender spender = get_spender (decision, candidate);
  const WayBudget *budget;

  if (candidate->reserve_nano_usd == 0)
    return;
  budget =
    way_budgets_find_exceeded (decision->evidence->budgets, &spender, candidate->reserve_nano_usd);
  if (budget == NULL)
    return;
  g_autofree char *words = way_budget_describe (budget);
  g_autofree char *cost = way_price_format_usd (candidate->reserve_nano_usd);
  g_autofree char *left = way_price_format_usd (way_budget_get_left (budget));
  char *reason;
  if (!budget->is_loaded)
    decision->plan->waits_for_room = TRUE;
  if (!budget->is_loaded)
    reason = g_strdup_printf ("costs money, and %s, is still being added up", words);
  else if (candidate->reserve_nano_usd == WAY_UNKNOWN)
    reason =
      g_strdup_printf ("has no known price to keep within %s; set one under \"models\"", words);
  else
    reason = g_strdup_printf ("may cost %s, and %s, has %s left", cost, words, left);
  way_candidate_leave_out (candidate, WAY_ERROR_BUDGET_EXCEEDED, reason);
}

/* The guards of @candidate; the first objection is the one that is told. */
void
way_decision_guard (WayDecision *decision, WayCandidate *candidate)
{
  WayModel model;
  gboolean is_known = way_pricing_find (decision->evidence->pricing, decision->plan->snapshot,
                                        candidate->provider, candidate->model, &model);

  candidate->takes_tokens =
    candidate->context_tokens > 0 ? candidate->context_tokens : MAX (model.context_tokens, 0);
  estimate (decision, candidate, &model);
  guard_conditions (decision, candidate);
  if (!candidate->usable || decision->query->facts == NULL ||
      get_operation (decision) == WAY_OPERATION_COUNT)
    return;
  if (is_known && model.capabilities != 0 && get_operation (decision) == WAY_OPERATION_CHAT)
    guard_abilities (decision, candidate, &model);
  if (candidate->usable && get_operation (decision) == WAY_OPERATION_CHAT)
    guard_context (candidate);
  if (candidate->usable)
    guard_budgets (decision, candidate);
}

/* Room */

/* @free_at_us: %WAY_UNKNOWN where it depends on when others end */
static void
wait_for_room (WayDecision *decision, gint64 free_at_us)
{
  if (free_at_us == WAY_UNKNOWN)
    decision->plan->waits_for_room = TRUE;
  else
    way_decision_wait_until (decision, free_at_us);
}

/* Leaves @candidate out while its provider is at a limit the user set. */
void
way_decision_guard_room (WayDecision *decision, WayCandidate *candidate)
{
  const WayProvider *provider = candidate->provider;
  gint64 free_at_us;
  char *limit = way_rates_describe_limit (decision->evidence->rates, WAY_RATED_PROVIDER,
                                          provider->id, &provider->limits, candidate->input_tokens,
                                          decision->now_us, &free_at_us);

  if (limit == NULL)
    return;
  way_candidate_leave_out (candidate, WAY_ERROR_RATE_LIMITED, limit);
  wait_for_room (decision, free_at_us);
}

/* Sets the plan's error while the app is at a limit the user set. */
gboolean
way_decision_app_has_room (WayDecision *decision)
{
  const WayApp *app = decision->query->app;
  const WayRequestFacts *facts = decision->query->facts;
  gint64 free_at_us;

  if (app == NULL)
    return TRUE;
  g_autofree char *limit = way_rates_describe_limit (
    decision->evidence->rates, WAY_RATED_APP, app->id, &app->limits,
    facts != NULL ? facts->input_tokens_estimate : 0, decision->now_us, &free_at_us);
  if (limit == NULL)
    return TRUE;
  wait_for_room (decision, free_at_us);
  g_autofree char *wait = free_at_us == WAY_UNKNOWN
                            ? g_strdup ("a moment")
                            : way_decision_describe_span (free_at_us - decision->now_us);
  decision->plan->error = g_error_new (WAY_ERROR, WAY_ERROR_RATE_LIMITED,
                                       "The app \"%s\" %s; try again in %s", app->id, limit, wait);
  return FALSE;
}

/* Preference */

/* What @candidate would do worse than others may, as a predicate, or NULL. */
static char *
describe_weakness (const WayDecision *decision, const WayCandidate *candidate)
{
  const WayRequestFacts *facts = decision->query->facts;
  WayModel model;
  gboolean is_known = way_pricing_find (decision->evidence->pricing, decision->plan->snapshot,
                                        candidate->provider, candidate->model, &model);
  gint64 context_tokens = candidate->takes_tokens;

  if (is_known && model.capabilities != 0)
    {
      if (facts->wants_json_schema && !(model.capabilities & WAY_CAPABILITY_JSON_SCHEMA))
        return g_strdup ("keeps to no JSON schema, as far as is known, and another target may");
      if (facts->wants_reasoning && !(model.capabilities & WAY_CAPABILITY_REASONING))
        return g_strdup ("does not reason, as far as is known, and another target may");
    }
  if (context_tokens > 0 && facts->max_output_tokens > 0 &&
      candidate->input_tokens + facts->max_output_tokens > context_tokens)
    return g_strdup_printf ("takes %" G_GINT64_FORMAT
                            " tokens, which may cut short an answer of %" G_GINT64_FORMAT
                            ", and another target may take more",
                            context_tokens, facts->max_output_tokens);
  return NULL;
}

/* A target that could answer, but not all that was asked for, is left out where another can. */
void
way_decision_prefer_able (WayDecision *decision)
{
  GPtrArray *candidates = decision->plan->candidates;
  gboolean somebody_is_able = FALSE;

  if (decision->query->facts == NULL || get_operation (decision) != WAY_OPERATION_CHAT)
    return;
  g_autoptr (GPtrArray) weaknesses = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < candidates->len; i++)
    {
      const WayCandidate *candidate = g_ptr_array_index (candidates, i);
      char *weakness = candidate->usable ? describe_weakness (decision, candidate) : NULL;
      somebody_is_able = somebody_is_able || (candidate->usable && weakness == NULL);
      g_ptr_array_add (weaknesses, weakness);
    }
  for (guint i = 0; somebody_is_able && i < candidates->len; i++)
    if (g_ptr_array_index (weaknesses, i) != NULL)
      leave_out (g_ptr_array_index (candidates, i),
                 g_steal_pointer (&g_ptr_array_index (weaknesses, i)));
}
