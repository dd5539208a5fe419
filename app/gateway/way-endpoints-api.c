/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of /wayfare/v1 that the gateway answers by itself: status and dry run. Gateway thread.
 */

#include "way-clock.h"
#include "way-endpoints.h"
#include "way-json.h"
#include "way-record-json.h"
#include "way-router.h"

#include <unistd.h>

/* A #WayTrafficFunc. */
static void
append_target (const WayTargetTraffic *target, gpointer user_data)
{
  GString *text = user_data;
  gint64 now_us = way_clock_get_wall_us ();
  const WayBreaker *breaker = &target->breaker;

  way_member_open (text, NULL, '{');
  way_member_string (text, "provider", target->provider);
  way_member_string (text, "model", target->model);
  way_member_string (text, "breaker",
                     way_breaker_state_get_name (way_breaker_get_state (breaker, now_us)));
  way_member_string (text, "reason", breaker->reason);
  way_member_time (text, "open_until", breaker->open_until_us);
  way_member_time (text, "cool_until",
                   breaker->cool_until_us > now_us ? breaker->cool_until_us : 0);
  way_member_int (text, "in_flight", target->in_flight);
  way_member_int (text, "first_token_us", way_target_get_first_token_us (target, now_us));
  g_string_append_c (text, '}');
}

static void
append_budgets (GString *text, const WayCore *core)
{
  const GPtrArray *budgets = way_budgets_get_all (core->budgets);

  way_budgets_advance (core->budgets, way_clock_get_wall_us ());
  way_member_open (text, "budgets", '[');
  for (guint i = 0; i < budgets->len; i++)
    {
      const WayBudget *budget = budgets->pdata[i];

      way_member_open (text, NULL, '{');
      way_member_string (text, "of", way_budget_scope_get_name (budget->scope));
      way_member_string (text, "name", budget->name);
      way_member_string (text, "provider", budget->provider_id);
      way_member_string (text, "period", way_period_get_name (budget->terms.period));
      way_member_decimal (text, "usd", budget->terms.limit_nano_usd, 9);
      way_member_decimal (text, "spent_usd", budget->spent_nano_usd, 9);
      way_member_decimal (text, "reserved_usd", budget->reserved_nano_usd, 9);
      way_member_int (text, "since_day", budget->since_day);
      way_member_boolean (text, "loaded", budget->is_loaded);
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
}

/**
 * way_endpoints_status:
 *
 * GET /wayfare/v1/status: what runs, for how long, with which providers in which state.
 */
void
way_endpoints_status (WayEndpoints *self, WayRequest *request, const char *rest)
{
  WayCore *core = way_endpoints_get_core (self);
  const WaySnapshot *snapshot = request->snapshot;
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  text = g_string_new ("{");
  way_member_string (text, "version", WAY_VERSION);
  way_member_int (text, "pid", getpid ());
  way_member_string (text, "address", core->address);
  way_member_string (text, "problem", core->problem);
  way_member_time (text, "started_at", core->started_at_us);
  way_member_boolean (text, "cloud_enabled", snapshot->cloud_enabled);
  way_member_boolean (text, "require_token", snapshot->require_token);
  way_member_int (text, "requests", core->n_requests);
  way_member_int (text, "running", g_hash_table_size (core->running));
  way_member_int (text, "apps", snapshot->apps->len);
  way_member_int (text, "routes", snapshot->routes->len);
  way_member_open (text, "providers", '[');
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = snapshot->providers->pdata[i];
      const WayProviderState *known = way_health_get (core->health, provider->id);
      WayProviderState state = { 0 };

      if (known)
        state = *known;
      else
        state.latency_us = WAY_UNKNOWN;
      state.id = provider->id;
      state.kind = (char *)way_kind_get_name (provider->kind);
      state.base_url = provider->base_url;
      way_provider_state_append_json (text, &state); /* every string borrowed */
    }
  g_string_append_c (text, ']');
  way_member_open (text, "targets", '[');
  way_traffic_foreach (core->traffic, append_target, text);
  g_string_append_c (text, ']');
  append_budgets (text, core);
  way_member_int (text, "queued", way_queue_get_length (core->queue));
  way_member_int (text, "cache_bytes", (gint64)way_cache_get_size (core->cache));
  g_string_append_c (text, '}');
  way_reply_send_json (request, 200, text);
}

static gboolean
read_dry_run (WayRequest *request,
              JsonObject *asked,
              WayRequestFacts *facts,
              WayRouteQuery *query,
              GError **error)
{
  const char *model = way_json_get_string (asked, "model");
  const char *app = way_json_get_string (asked, "app");

  if (!model)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                           "\"model\" is missing: name the model to route");
      return FALSE;
    }
  *facts = (WayRequestFacts){
    .model = g_strdup (model),
    .has_tools = way_json_get_boolean (asked, "tools", FALSE),
    .has_images = way_json_get_boolean (asked, "vision", FALSE),
    .max_output_tokens = WAY_UNKNOWN,
    .input_tokens_estimate = way_json_get_int (asked, "input_tokens", 0, G_MAXINT32, WAY_UNKNOWN),
  };
  *query = (WayRouteQuery){
    .model = facts->model,
    .app = app ? way_snapshot_find_app (request->snapshot, app) : NULL,
    .facts = facts,
    .dialect = &way_dialect_openai_chat,
    .local_only = way_json_get_boolean (asked, "local_only", FALSE),
  };
  if (app && !query->app)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND, "There is no app named \"%s\"", app);
      return FALSE;
    }
  return TRUE;
}

/**
 * way_endpoints_route:
 *
 * POST /wayfare/v1/route {"model", "app"?, "input_tokens"?, "tools"?, "vision"?, "local_only"?}:
 * what would happen to such a request, from the same function that decides for real ones.
 */
void
way_endpoints_route (WayEndpoints *self, WayRequest *request, const char *rest)
{
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (data ? data : "", length, &error);
  g_auto (WayRequestFacts) facts = { 0 };
  g_autoptr (WayPlan) plan = NULL;
  WayRouteQuery query;
  WayEvidence evidence;
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  if (root && !JSON_NODE_HOLDS_OBJECT (root))
    g_set_error_literal (&error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "The body is not a JSON object");
  if (error || !read_dry_run (request, json_node_get_object (root), &facts, &query, &error))
    {
      way_reply_send_error (request, error);
      return;
    }
  evidence = way_core_get_evidence (way_endpoints_get_core (self));
  plan = way_router_plan (request->snapshot, &query, &evidence, way_clock_get_wall_us ());
  text = g_string_new (NULL);
  way_plan_append_json (text, plan);
  way_reply_send_json (request, 200, text);
}
