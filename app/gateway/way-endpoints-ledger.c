/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of /wayfare/v1 that the ledger answers: requests and spend. A question that holds
 * anything unknown is refused: passed over, it would give an answer to another question. Gateway
 * thread; the ledger's answers come back to it. */

#include "way-endpoints-waiting.h"
#include "way-exchange.h"
#include "way-record-json.h"

#include <string.h>

#define MAX_PAGE_ROWS 1000

static void
on_requests (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, &error);
  GString *text = g_string_new ("{\"requests\":[");

  for (guint i = 0; records && i < records->len; i++)
    way_record_append_json (text, records->pdata[i]);
  g_string_append (text, "]}");
  way_waiting_send (waiting, text, error);
}

/* The query of a request: each parameter is one of @known and has a value. (transfer full)
 * (nullable): name → value */
static GHashTable *
read_query (const WayRequest *request, const char *const *known, GError **error)
{
  g_autoptr (GHashTable) query = NULL;
  g_autoptr (GError) malformed = NULL;
  GHashTableIter iter;
  gpointer name, value;

  query = g_uri_parse_params (request->query ? request->query : "", -1, "&", G_URI_PARAMS_WWW_FORM,
                              &malformed);
  if (!query)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "The query \"%s\" is malformed: %s",
                   request->query, malformed->message);
      return NULL;
    }
  g_hash_table_iter_init (&iter, query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *names = g_strjoinv (", ", (char **)known);

      if (!g_strv_contains (known, name))
        g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                     "There is no parameter \"%s\": there are %s", (char *)name, names);
      else if (*(char *)value == '\0')
        g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "The parameter %s has no value",
                     (char *)name);
      else
        continue;
      return NULL;
    }
  return g_steal_pointer (&query);
}

static gboolean
refuse_value (GHashTable *query, const char *name, const char *wanted, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "%s is \"%s\", which is not %s", name,
               (const char *)g_hash_table_lookup (query, name), wanted);
  return FALSE;
}

/* A day or a time; 0 when it is not given. */
static gboolean
read_since (GHashTable *query, gint64 *ret_since_us, GError **error)
{
  const char *text = g_hash_table_lookup (query, "since");
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *padded = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (!text)
    return TRUE;
  padded = strlen (text) == 10 ? g_strdup_printf ("%sT00:00:00", text) : g_strdup (text);
  time = g_date_time_new_from_iso8601 (padded, local);
  if (!time)
    return refuse_value (query, "since", "a day (2026-01-31) or a time (2026-01-31T12:00:00Z)",
                         error);
  *ret_since_us = MAX (g_date_time_to_unix (time), 0) * G_USEC_PER_SEC;
  return TRUE;
}

/* A number; 0 when it is not given. */
static gboolean
read_number (GHashTable *query,
             const char *name,
             guint minimum,
             guint maximum,
             guint *ret_number,
             GError **error)
{
  const char *text = g_hash_table_lookup (query, name);
  g_autofree char *wanted = NULL;
  guint64 number = 0;

  if (text && !g_ascii_string_to_unsigned (text, 10, minimum, maximum, &number, NULL))
    {
      wanted = g_strdup_printf ("a number from %u to %u", minimum, maximum);
      return refuse_value (query, name, wanted, error);
    }
  *ret_number = (guint)number;
  return TRUE;
}

static gboolean
check_outcome (GHashTable *query, GError **error)
{
  const char *text = g_hash_table_lookup (query, "outcome");
  g_autoptr (GString) wanted = NULL;
  WayOutcome outcome;

  if (!text || way_outcome_from_name (text, &outcome))
    return TRUE;
  wanted = g_string_new ("one of");
  for (outcome = WAY_OUTCOME_DONE; outcome <= WAY_OUTCOME_SHUTDOWN; outcome++)
    g_string_append_printf (wanted, "%s %s", outcome > WAY_OUTCOME_DONE ? "," : "",
                            way_outcome_get_name (outcome));
  return refuse_value (query, "outcome", wanted->str, error);
}

/* @filter borrows from @query. */
static gboolean
read_filter (GHashTable *query, WayLedgerFilter *filter, GError **error)
{
  *filter = (WayLedgerFilter){
    .app = g_hash_table_lookup (query, "app"),
    .provider = g_hash_table_lookup (query, "provider"),
    .model = g_hash_table_lookup (query, "model"),
    .outcome = g_hash_table_lookup (query, "outcome"),
    .tag = g_hash_table_lookup (query, "tag"),
    .before_id = g_hash_table_lookup (query, "before"),
  };
  if (filter->before_id && !g_str_has_prefix (filter->before_id, "req_"))
    return refuse_value (query, "before", "the id of a request (req_…)", error);
  return check_outcome (query, error) && read_since (query, &filter->since_us, error) &&
         read_number (query, "status", 100, 599, &filter->status, error) &&
         read_number (query, "limit", 1, MAX_PAGE_ROWS, &filter->limit, error);
}

static void
refuse (WayRequest *request, const GError *error)
{
  if (way_endpoints_begin (request))
    way_reply_send_error (request, error);
}

/**
 * way_endpoints_requests:
 *
 * GET /wayfare/v1/requests?app=&provider=&model=&outcome=&status=&tag=&since=&before=&limit=:
 * finished requests, newest first; "before" takes the last id of one page and gives the next.
 */
void
way_endpoints_requests (WayEndpoints *self, WayRequest *request, const char *rest)
{
  static const char *const known[] = { "app", "provider", "model",  "outcome", "status",
                                       "tag", "since",    "before", "limit",   NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) query = read_query (request, known, &error);
  WayLedgerFilter filter;
  WayWaiting *waiting;

  if (!query || !read_filter (query, &filter, &error))
    {
      refuse (request, error);
      return;
    }
  waiting = way_waiting_new (request);
  if (waiting)
    way_ledger_query_async (way_endpoints_get_core (self)->ledger, &filter, NULL, on_requests,
                            waiting);
}

static void
on_one_request (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) record = way_ledger_get_finish (NULL, result, &error);
  GString *text = g_string_new (NULL);

  if (record)
    way_record_append_json (text, record);
  way_waiting_send (waiting, text, error);
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
  WayWaiting *waiting;

  if (running && way_endpoints_begin (request))
    {
      GString *text = g_string_new (NULL);

      way_record_append_json (text, way_exchange_get_record (running));
      way_reply_send_json (request, 200, text);
    }
  if (running)
    return;
  waiting = way_waiting_new (request);
  if (waiting)
    way_ledger_get_async (core->ledger, id, NULL, on_one_request, waiting);
}

static void
on_spend (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, &error);
  GString *text = g_string_new ("{\"rows\":[");

  for (guint i = 0; rows && i < rows->len; i++)
    way_spend_row_append_json (text, rows->pdata[i]);
  g_string_append (text, "]}");
  way_waiting_send (waiting, text, error);
}

static gboolean
read_by (GHashTable *query, WaySpendBy *ret_by, GError **error)
{
  const char *name = g_hash_table_lookup (query, "by");

  if (name && !way_spend_by_from_name (name, ret_by))
    return refuse_value (query, "by", "one of day, app, provider, model, target", error);
  return TRUE;
}

/**
 * way_endpoints_spend:
 *
 * GET /wayfare/v1/spend?by=day|app|provider|model|target&since=: sums of the ledger.
 */
void
way_endpoints_spend (WayEndpoints *self, WayRequest *request, const char *rest)
{
  static const char *const known[] = { "by", "since", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) query = read_query (request, known, &error);
  WaySpendBy by = WAY_SPEND_BY_DAY;
  gint64 since_us = 0;
  WayWaiting *waiting;

  if (!query || !read_by (query, &by, &error) || !read_since (query, &since_us, &error))
    {
      refuse (request, error);
      return;
    }
  waiting = way_waiting_new (request);
  if (waiting)
    way_ledger_spend_async (way_endpoints_get_core (self)->ledger, by, since_us, NULL, on_spend,
                            waiting);
}
