/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Finds who may answer a model's name: a route's targets, the provider it addresses, or those whose
 * inventory has it. Who of them is usable is judged in way-router-judge.c. Pure. */

#include "way-router-private.h"

#include "way-near-names.h"

#include <string.h>

#define DEMO_MODEL "demo"
#define MAX_NEAR_NAMES 5
#define MAX_CANDIDATES 64

static void
candidate_free (gpointer data)
{
  WayCandidate *candidate = data;

  g_free (candidate->model);
  g_free (candidate->reason);
  g_free (candidate);
}

/* Takes @reason. */
static WayCandidate *
add_candidate (WayDecision *decision, const WayProvider *provider, const char *model, char *reason)
{
  WayCandidate *candidate = g_new0 (WayCandidate, 1);

  candidate->provider = provider;
  candidate->model = g_strdup (model);
  candidate->reason = reason;
  candidate->usable = TRUE;
  candidate->cost_nano_usd = WAY_UNKNOWN;
  g_ptr_array_add (decision->plan->candidates, candidate);
  return candidate;
}

static gboolean
serves (const WayDecision *decision, const WayProvider *provider, const char *model)
{
  if (provider->kind == WAY_KIND_DEMO)
    return g_str_equal (model, DEMO_MODEL);
  return way_health_serves (decision->evidence->health, provider->id, model);
}

static gboolean
is_served_by_anybody (const WayDecision *decision, const char *model)
{
  const GPtrArray *providers = decision->plan->snapshot->providers;

  for (guint i = 0; i < providers->len; i++)
    if (serves (decision, g_ptr_array_index (providers, i), model))
      return TRUE;
  return FALSE;
}

/* Whether one name is the other behind a provider's prefix: "openai/gpt-5" and "gpt-5". */
static gboolean
is_same_model (const char *a, const char *b)
{
  gsize length_a = strlen (a);
  gsize length_b = strlen (b);

  if (length_a < length_b)
    return is_same_model (b, a);
  const char *tail = a + (length_a - length_b);
  return g_str_equal (tail, b) && (length_a == length_b || tail[-1] == '/');
}

/* An alias is a name the route made up: nobody serves a model of that name, and the first target
 * does not bear it either. A name that only a pattern caught was meant as a model's own. */
static gboolean
is_alias (const WayDecision *decision, const char *first_model)
{
  const char *requested = decision->query->model;

  return g_str_equal (decision->plan->route->pattern, requested) &&
         !is_same_model (requested, first_model) && !is_served_by_anybody (decision, requested);
}

static char *
describe_place (const char *pattern, guint place)
{
  static const char *const ordinals[] = { "first", "second",  "third",  "fourth", "fifth",
                                          "sixth", "seventh", "eighth", "ninth" };

  if (place < G_N_ELEMENTS (ordinals))
    return g_strdup_printf ("%s target of %s", ordinals[place], pattern);
  return g_strdup_printf ("target %u of %s", place + 1, pattern);
}

static void
add_route_targets (WayDecision *decision)
{
  const WayRoute *route = decision->plan->route;
  const char *requested = decision->query->model;

  for (guint i = 0; i < route->targets->len; i++)
    {
      const WayTarget *target = g_ptr_array_index (route->targets, i);
      const char *model = g_str_equal (target->model, "*") ? requested : target->model;
      WayCandidate *candidate =
        add_candidate (decision, target->provider, model, describe_place (route->pattern, i));
      candidate->target = target;
      candidate->context_tokens = target->context_tokens;
    }
}

static void
mark_substitutions (WayDecision *decision)
{
  GPtrArray *candidates = decision->plan->candidates;
  const char *wanted = decision->query->model;
  const WayCandidate *first = g_ptr_array_index (candidates, 0);

  /* Who asks for an alias asks for what its first target is. */
  if (is_alias (decision, first->model))
    wanted = first->model;
  for (guint i = 0; i < candidates->len; i++)
    {
      WayCandidate *candidate = g_ptr_array_index (candidates, i);
      candidate->substituted = !is_same_model (wanted, candidate->model);
    }
}

/* Before any route: who addresses a provider gets no other. */
static gboolean
add_addressed (WayDecision *decision)
{
  const char *model;
  const WayProvider *provider =
    way_snapshot_find_addressed (decision->plan->snapshot, decision->query->model, &model);

  if (provider != NULL)
    add_candidate (decision, provider, model, g_strdup ("addressed directly"));
  return provider != NULL;
}

/* Who stays on this machine answers before who does not; within, the config's order counts. */
static void
add_serving (WayDecision *decision)
{
  static const WayLocality nearest_first[] = { WAY_LOCALITY_LOCAL, WAY_LOCALITY_LAN,
                                               WAY_LOCALITY_CLOUD };
  const GPtrArray *providers = decision->plan->snapshot->providers;
  GPtrArray *candidates = decision->plan->candidates;

  for (guint n = 0; n < G_N_ELEMENTS (nearest_first); n++)
    for (guint i = 0; i < providers->len; i++)
      {
        const WayProvider *provider = g_ptr_array_index (providers, i);
        if (provider->enabled && provider->locality == nearest_first[n] &&
            serves (decision, provider, decision->query->model))
          add_candidate (decision, provider, decision->query->model, g_strdup ("also serves it"));
      }

  if (candidates->len == 0)
    return;
  WayCandidate *first = g_ptr_array_index (candidates, 0);
  g_free (first->reason);
  first->reason = candidates->len == 1
                    ? g_strdup ("the only provider that serves it")
                    : g_strdup_printf ("the first of %u providers that serve it", candidates->len);
}

static void
add_known_name (GPtrArray *names, const WayDecision *decision, const char *name)
{
  if (way_app_allows_model (decision->query->app, name))
    g_ptr_array_add (names, (gpointer)name);
}

/* What may be asked for: routes that name one model, and all models of the enabled providers. */
static GPtrArray *
list_known_names (const WayDecision *decision)
{
  const WaySnapshot *snapshot = decision->plan->snapshot;
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const WayRoute *route = g_ptr_array_index (snapshot->routes, i);
      if (strchr (route->pattern, '*') == NULL)
        add_known_name (names, decision, route->pattern);
    }
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      const WayProviderState *state = way_health_get (decision->evidence->health, provider->id);
      if (!provider->enabled)
        continue;
      if (provider->kind == WAY_KIND_DEMO)
        add_known_name (names, decision, DEMO_MODEL);
      for (char **model = state != NULL ? state->models : NULL; model != NULL && *model; model++)
        add_known_name (names, decision, *model);
    }
  return names;
}

static void
refuse_unknown_model (WayDecision *decision)
{
  const char *requested = decision->query->model;
  g_autoptr (GPtrArray) names = list_known_names (decision);
  g_autoptr (GPtrArray) near = way_near_names (requested, names, MAX_NEAR_NAMES);
  g_autoptr (GString) message = g_string_new (NULL);

  g_string_append_printf (message, "No route names the model \"%s\" and no provider serves it",
                          requested);
  for (guint i = 0; i < near->len; i++)
    g_string_append_printf (message, "%s\"%s\"", i == 0 ? "; near names: " : ", ",
                            (const char *)g_ptr_array_index (near, i));
  g_string_append (message,
                   "; ask GET /v1/models for all names, or address a target as \"provider/model\"");
  decision->plan->error = g_error_new_literal (WAY_ERROR, WAY_ERROR_MODEL_NOT_FOUND, message->str);
}

static void
refuse_forbidden_model (WayDecision *decision)
{
  const WayApp *app = decision->query->app;
  g_autofree char *allowed = g_strjoinv (", ", app->models);

  decision->plan->error =
    g_error_new (WAY_ERROR, WAY_ERROR_MODEL_NOT_ALLOWED,
                 "The app \"%s\" may not use the model \"%s\"; it may use: %s", app->id,
                 decision->query->model, *allowed != '\0' ? allowed : "none");
}

static gboolean
is_candidate (const WayDecision *decision, const WayProvider *provider, const char *model)
{
  const GPtrArray *candidates = decision->plan->candidates;

  for (guint i = 0; i < candidates->len; i++)
    {
      const WayCandidate *candidate = g_ptr_array_index (candidates, i);
      if (candidate->provider == provider && g_str_equal (candidate->model, model))
        return TRUE;
    }
  return FALSE;
}

/* Where any model may answer, every other that is served comes last, nearest first. */
static void
add_any (WayDecision *decision)
{
  const GPtrArray *providers = decision->plan->snapshot->providers;

  for (int nearest = WAY_LOCALITY_LOCAL; nearest <= WAY_LOCALITY_CLOUD; nearest++)
    for (guint i = 0; i < providers->len; i++)
      {
        const WayProvider *provider = g_ptr_array_index (providers, i);
        const WayProviderState *state = way_health_get (decision->evidence->health, provider->id);
        char **models = state != NULL ? state->models : NULL;
        if (!provider->enabled || (int)provider->locality != nearest)
          continue;
        for (; models != NULL && *models != NULL; models++)
          if (decision->plan->candidates->len < MAX_CANDIDATES &&
              !is_candidate (decision, provider, *models))
            add_candidate (decision, provider, *models, g_strdup ("any model may answer"));
      }
}

static void
find_candidates (WayDecision *decision)
{
  WayPlan *plan = decision->plan;

  if (add_addressed (decision))
    return;
  plan->route = way_snapshot_find_route (plan->snapshot, decision->query->model);
  if (plan->route != NULL)
    {
      plan->deadlines = plan->route->deadlines;
      add_route_targets (decision);
      if (plan->route->substitution == WAY_SUBSTITUTION_ANY)
        add_any (decision);
      mark_substitutions (decision);
    }
  else
    add_serving (decision);
}

/**
 * way_router_skip_claude_prefix:
 * @model: as requested
 *
 * Returns: (transfer none): the name behind %WAY_ROUTER_CLAUDE_PREFIX, or @model
 */
const char *
way_router_skip_claude_prefix (const char *model)
{
  gsize length = strlen (WAY_ROUTER_CLAUDE_PREFIX);

  return strncmp (model, WAY_ROUTER_CLAUDE_PREFIX, length) == 0 && model[length] != '\0'
           ? model + length
           : model;
}

/**
 * way_router_plan:
 * @snapshot: the configuration; the plan keeps a reference
 * @query: what the request says
 * @evidence: what is known of providers, traffic, limits and money
 * @now_wall_us: wall clock, µs since 1970
 *
 * Decides who may answer, in which order and why. `"provider/model"` addresses one provider,
 * whatever routes there are. Else a route that names the model exactly wins over a pattern, the
 * longest pattern over shorter ones; without a route those answer whose inventory has the name,
 * nearest first. Those left out keep their place in the order, with their reason. Any thread;
 * nothing is kept but the reference.
 *
 * Returns: (transfer full): the plan; its error is set if nobody may answer
 */
WayPlan *
way_router_plan (WaySnapshot *snapshot,
                 const WayRouteQuery *query,
                 const WayEvidence *evidence,
                 gint64 now_wall_us)
{
  g_return_val_if_fail (snapshot != NULL && query != NULL && evidence != NULL, NULL);
  g_return_val_if_fail (query->model != NULL, NULL);

  WayPlan *plan = g_new0 (WayPlan, 1);
  WayRouteQuery plain = *query;
  WayDecision decision = { plan, &plain, evidence, now_wall_us };

  plain.model = way_router_skip_claude_prefix (query->model);

  plan->snapshot = way_snapshot_ref (snapshot);
  plan->pricing = way_pricing_ref (evidence->pricing);
  plan->app = query->app;
  plan->candidates = g_ptr_array_new_with_free_func (candidate_free);
  plan->deadlines = WAY_DEADLINES_DEFAULT;

  gboolean allowed = way_app_allows_model (query->app, plain.model);
  if (allowed)
    find_candidates (&decision);
  way_decision_find_local_only (&decision);
  if (!allowed)
    refuse_forbidden_model (&decision);
  else if (!way_decision_app_has_room (&decision))
    ; /* the plan has its error */
  else if (plan->candidates->len == 0)
    refuse_unknown_model (&decision);
  else
    way_decision_judge (&decision);
  return plan;
}

/**
 * way_candidate_refuse:
 * @reason: a predicate of the provider
 *
 * Leaves a candidate out after the plan was made, when its turn comes too late.
 */
void
way_candidate_refuse (WayCandidate *candidate, const char *reason)
{
  way_candidate_leave_out (candidate, WAY_ERROR_NO_TARGET, g_strdup (reason));
}

/**
 * way_plan_free:
 * @plan: (nullable) (transfer full): a plan
 *
 * Frees the plan and drops its references to the snapshot and the prices.
 */
void
way_plan_free (WayPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->candidates);
  g_clear_error (&plan->error);
  way_pricing_unref (plan->pricing);
  way_snapshot_unref (plan->snapshot);
  g_free (plan);
}
