/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of /wayfare/v1 that the gateway and the ledger answer: status, requests, spend, dry run.
 * Gateway thread; the ledger's answers come back to it. */

#include "way-clock.h"
#include "way-endpoints.h"
#include "way-exchange.h"
#include "way-json.h"
#include "way-record-json.h"
#include "way-router.h"

#include <string.h>
#include <unistd.h>

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
  g_string_append (text, "]}");
  way_reply_send_json (request, 200, text);
}

/* An answer that waits for the ledger. If the client leaves meanwhile, nothing is sent. */
typedef struct
{
  WayRequest *request; /* owned */
  gboolean client_left;
} Waiting;

static void
on_waiting_gone (WayConnection *connection, gpointer user_data)
{
  ((Waiting *)user_data)->client_left = TRUE;
}

static const WayConnectionAnswer waiting_answer = { .on_gone = on_waiting_gone };

static Waiting *
wait_for_ledger (WayRequest *request)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  if (!way_connection_begin_answer (request->connection, &waiting_answer, waiting))
    {
      g_free (waiting);
      return NULL;
    }
  waiting->request = way_request_ref (request);
  return waiting;
}

static void
waiting_free (Waiting *waiting)
{
  way_request_unref (waiting->request);
  g_free (waiting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiting, waiting_free)

static void
send_waited (Waiting *waiting, GString *text, const GError *error)
{
  if (waiting->client_left)
    g_string_free (text, TRUE);
  else if (error)
    {
      g_string_free (text, TRUE);
      way_reply_send_error (waiting->request, error);
    }
  else
    way_reply_send_json (waiting->request, 200, text);
}

static void
on_requests (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, &error);
  GString *text = g_string_new ("{\"requests\":[");

  for (guint i = 0; records && i < records->len; i++)
    way_record_append_json (text, records->pdata[i]);
  g_string_append (text, "]}");
  send_waited (waiting, text, error);
}

static gint64
read_since (const char *text)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *padded = NULL;

  if (!text)
    return 0;
  padded = strlen (text) == 10 ? g_strdup_printf ("%sT00:00:00", text) : g_strdup (text);
  time = g_date_time_new_from_iso8601 (padded, local);
  return time ? g_date_time_to_unix (time) * G_USEC_PER_SEC : -1;
}

static gboolean
check_since (WayRequest *request, gint64 since_us)
{
  if (since_us >= 0)
    return TRUE;
  if (way_endpoints_begin (request))
    way_endpoints_fail (request, WAY_ERROR_BAD_REQUEST,
                        "since is neither a day (2026-01-31) nor a time (2026-01-31T12:00:00Z)");
  return FALSE;
}

/**
 * way_endpoints_requests:
 *
 * GET /wayfare/v1/requests?app=&provider=&model=&outcome=&since=&before=&limit=: finished requests,
 * newest first; "before" takes the last id of one page and gives the next.
 */
void
way_endpoints_requests (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_autofree char *app = way_request_dup_query_value (request, "app");
  g_autofree char *provider = way_request_dup_query_value (request, "provider");
  g_autofree char *model = way_request_dup_query_value (request, "model");
  g_autofree char *outcome = way_request_dup_query_value (request, "outcome");
  g_autofree char *before = way_request_dup_query_value (request, "before");
  g_autofree char *since = way_request_dup_query_value (request, "since");
  g_autofree char *limit = way_request_dup_query_value (request, "limit");
  WayLedgerFilter filter = {
    .app = app,
    .provider = provider,
    .model = model,
    .outcome = outcome,
    .before_id = before,
    .since_us = read_since (since),
    .limit = limit ? (guint)CLAMP (g_ascii_strtoll (limit, NULL, 10), 1, 1000) : 0,
  };
  Waiting *waiting;

  if (!check_since (request, filter.since_us))
    return;
  waiting = wait_for_ledger (request);
  if (waiting)
    way_ledger_query_async (way_endpoints_get_core (self)->ledger, &filter, NULL, on_requests,
                            waiting);
}

static void
on_one_request (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) record = way_ledger_get_finish (NULL, result, &error);
  GString *text = g_string_new (NULL);

  if (record)
    way_record_append_json (text, record);
  send_waited (waiting, text, error);
}

/**
 * way_endpoints_one_request:
 *
 * GET /wayfare/v1/requests/{id}: one request, running or finished.
 */
void
way_endpoints_one_request (WayEndpoints *self, WayRequest *request, const char *id)
{
  WayCore *core = way_endpoints_get_core (self);
  WayExchange *running = g_hash_table_lookup (core->running, id);
  Waiting *waiting;

  if (running && way_endpoints_begin (request))
    {
      GString *text = g_string_new (NULL);

      way_record_append_json (text, way_exchange_get_record (running));
      way_reply_send_json (request, 200, text);
    }
  if (running)
    return;
  waiting = wait_for_ledger (request);
  if (waiting)
    way_ledger_get_async (core->ledger, id, NULL, on_one_request, waiting);
}

static void
on_spend (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, &error);
  GString *text = g_string_new ("{\"rows\":[");

  for (guint i = 0; rows && i < rows->len; i++)
    way_spend_row_append_json (text, rows->pdata[i]);
  g_string_append (text, "]}");
  send_waited (waiting, text, error);
}

/**
 * way_endpoints_spend:
 *
 * GET /wayfare/v1/spend?by=day|app|provider|model&since=: sums of the ledger.
 */
void
way_endpoints_spend (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_autofree char *by_name = way_request_dup_query_value (request, "by");
  g_autofree char *since = way_request_dup_query_value (request, "since");
  gint64 since_us = read_since (since);
  WaySpendBy by = WAY_SPEND_BY_DAY;
  Waiting *waiting;

  if (!check_since (request, since_us))
    return;
  if (by_name && !way_spend_by_from_name (by_name, &by))
    {
      if (way_endpoints_begin (request))
        way_endpoints_fail (request, WAY_ERROR_BAD_REQUEST,
                            "by is one of day, app, provider, model");
      return;
    }
  waiting = wait_for_ledger (request);
  if (waiting)
    way_ledger_spend_async (way_endpoints_get_core (self)->ledger, by, since_us, NULL, on_spend,
                            waiting);
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
