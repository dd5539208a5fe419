/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare spend` and `wayfare export requests`: the ledger, asked of the running instance. */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-json.h"
#include "way-usage.h"

#define PAGE_ROWS 1000

/* A number as it was sent: money keeps its digits, and null is nothing. */
static char *
print_member (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return g_strdup_printf ("%.9f", json_node_get_double (node));
  return way_json_print (node, FALSE);
}

static gboolean
check_by (const char *by)
{
  static const char *const names[] = { "day", "app", "provider", "model", NULL };

  return by == NULL || g_strv_contains (names, by);
}

/* spend */

static const WayCliColumn spend_columns[] = {
  { "KEY", FALSE },          { "REQUESTS", TRUE },       { "FAILED", TRUE },
  { "LOCAL", TRUE },         { "FALLBACKS", TRUE },      { "INPUT TOKENS", TRUE },
  { "CACHED TOKENS", TRUE }, { "OUTPUT TOKENS", TRUE },  { "COST USD", TRUE },
  { "UNKNOWN COST", TRUE },  { "UNKNOWN TOKENS", TRUE }, { "CACHE HITS", TRUE },
  { "SAVED USD", TRUE },
};

static void
add_spend_row (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  static const char *const members[] = {
    "key",
    "requests",
    "failed",
    "local_requests",
    "fallbacks",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "cost_usd",
    "unknown_cost_requests",
    "unknown_token_requests",
    "cache_hits",
    "saved_usd",
  };

  for (gsize j = 0; j < G_N_ELEMENTS (members); j++)
    way_cli_table_add (user_data, print_member (json_node_get_object (node), members[j]));
}

int
way_cli_spend (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *by = NULL;
  g_autofree char *since = NULL;
  gboolean as_csv = FALSE;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, "Sum by this", "app|provider|model|day" },
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "Only from this day on", "YYYY-MM-DD" },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &as_csv, "Print CSV", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (WayCliTable) table = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *path = NULL;
  g_autofree char *full_path = NULL;
  g_autofree char *text = NULL;
  JsonArray *rows = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!check_by (by))
    return way_cli_fail_usage (verb, "--by is \"app\", \"provider\", \"model\" or \"day\"");
  if (as_csv && as_json)
    return way_cli_fail_usage (verb, "--csv and --json exclude each other");

  path = way_cli_add_query ("/spend", "by", by);
  full_path = way_cli_add_query (path, "since", since);
  answer = way_cli_ask ("GET", full_path, NULL, &error);
  if (answer == NULL)
    return way_cli_fail (error);
  if (as_json)
    {
      way_cli_print_json (answer);
      return WAY_EXIT_DONE;
    }
  table = way_cli_table_new (spend_columns, G_N_ELEMENTS (spend_columns));
  rows = way_json_get_array (answer, "rows");
  if (rows != NULL)
    json_array_foreach_element (rows, add_spend_row, table);
  text = as_csv ? way_cli_table_to_csv (table) : way_cli_table_to_text (table);
  g_print ("%s", text);
  return WAY_EXIT_DONE;
}

/* export requests */

static const WayCliColumn request_columns[] = {
  { "id", FALSE },
  { "started_at", FALSE },
  { "app", FALSE },
  { "path", FALSE },
  { "route", FALSE },
  { "tag", FALSE },
  { "requested_model", FALSE },
  { "answered_model", FALSE },
  { "provider", FALSE },
  { "locality", FALSE },
  { "outcome", FALSE },
  { "status", TRUE },
  { "error_code", FALSE },
  { "reason", FALSE },
  { "streamed", FALSE },
  { "substituted", FALSE },
  { "cache_hit", FALSE },
  { "first_token_us", TRUE },
  { "duration_us", TRUE },
  { "request_bytes", TRUE },
  { "response_bytes", TRUE },
  { "cost_usd", TRUE },
  { "saved_usd", TRUE },
};

/* Members of "usage". */
static const WayCliColumn usage_columns[] = {
  { "input_tokens", TRUE },
  { "cache_read_tokens", TRUE },
  { "cache_write_5m_tokens", TRUE },
  { "cache_write_1h_tokens", TRUE },
  { "output_tokens", TRUE },
  { "reasoning_tokens", TRUE },
  { "estimated", FALSE },
};

static void
add_request_row (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  JsonObject *request = json_node_get_object (node);
  JsonObject *usage = way_json_get_object (request, "usage");

  for (gsize j = 0; j < G_N_ELEMENTS (request_columns); j++)
    way_cli_table_add (user_data, print_member (request, request_columns[j].title));
  for (gsize j = 0; j < G_N_ELEMENTS (usage_columns); j++)
    way_cli_table_add (user_data, print_member (usage, usage_columns[j].title));
}

/* Adds one page to @table. *@before is the id of its last request, or NULL after the last page. */
static gboolean
add_page (WayCliTable *table, const char *since, char **before, GError **error)
{
  g_autofree char *limited = g_strdup_printf ("/requests?limit=%d", PAGE_ROWS);
  g_autofree char *path = way_cli_add_query (limited, "since", since);
  g_autofree char *full_path = way_cli_add_query (path, "before", *before);
  g_autoptr (JsonObject) answer = way_cli_ask ("GET", full_path, NULL, error);
  JsonArray *requests = answer != NULL ? way_json_get_array (answer, "requests") : NULL;
  const guint n_requests = requests != NULL ? json_array_get_length (requests) : 0;

  if (answer == NULL)
    return FALSE;
  if (requests != NULL)
    json_array_foreach_element (requests, add_request_row, table);
  g_clear_pointer (before, g_free);
  if (n_requests == PAGE_ROWS)
    *before = g_strdup (
      way_json_get_string (json_array_get_object_element (requests, n_requests - 1), "id"));
  return TRUE;
}

static int
export_csv (const char *since)
{
  WayCliColumn columns[G_N_ELEMENTS (request_columns) + G_N_ELEMENTS (usage_columns)];
  g_autoptr (WayCliTable) table = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;

  memcpy (columns, request_columns, sizeof request_columns);
  memcpy (columns + G_N_ELEMENTS (request_columns), usage_columns, sizeof usage_columns);
  table = way_cli_table_new (columns, G_N_ELEMENTS (columns));
  do
    {
      if (!add_page (table, since, &before, &error))
        return way_cli_fail (error);
    }
  while (before != NULL);
  text = way_cli_table_to_csv (table);
  g_print ("%s", text);
  return WAY_EXIT_DONE;
}

int
way_cli_export_requests (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *since = NULL;
  gboolean as_csv = FALSE;
  const GOptionEntry entries[] = {
    { "csv", 0, 0, G_OPTION_ARG_NONE, &as_csv, "As CSV, the only format there is", NULL },
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "Only from this day on", "YYYY-MM-DD" },
    { NULL },
  };

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!as_csv)
    return way_cli_fail_usage (verb, "say in which format: --csv");
  return export_csv (since);
}
