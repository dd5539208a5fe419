/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare spend`: the ledger's sums, asked of the running instance. */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-json.h"
#include "way-ledger.h"

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
    way_cli_table_add (user_data, way_cli_print_member (json_node_get_object (node), members[j]));
}

int
way_cli_spend (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *by = NULL;
  g_autofree char *since = NULL;
  gboolean as_csv = FALSE;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, "Sum by this", "app|provider|model|target|day" },
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
  WaySpendBy by_what = WAY_SPEND_BY_DAY;
  JsonArray *rows = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (by != NULL && !way_spend_by_from_name (by, &by_what))
    return way_cli_fail_usage (verb,
                               "--by is \"app\", \"provider\", \"model\", \"target\" or \"day\"");
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
