/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare app …` and `wayfare token`. */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-clock.h"
#include "way-json.h"
#include "way-price.h"
#include "way-token.h"

/* What is wrong with the options of `app add`, or NULL; the config's reader judges the rest. */
static const char *
find_fault (const char *locality, const char *budget_usd, const char *period)
{
  static const char *const localities[] = { "local", "any", NULL };
  static const char *const periods[] = { "day", "week", "month", NULL };

  if (locality != NULL && !g_strv_contains (localities, locality))
    return "--locality is \"local\" or \"any\"";
  if (budget_usd != NULL && !g_regex_match_simple ("^[0-9]+(\\.[0-9]{1,6})?$", budget_usd, 0, 0))
    return "--budget-usd is an amount such as 20 or 0.5, with at most six decimals";
  if (period != NULL && !g_strv_contains (periods, period))
    return "--period is \"day\", \"week\" or \"month\"";
  if (period != NULL && budget_usd == NULL)
    return "--period is that of a budget: give --budget-usd too";
  return NULL;
}

static void
add_budget (JsonObject *app, const char *budget_usd, const char *period)
{
  JsonObject *budget = json_object_new ();

  json_object_set_string_member (budget, "usd", budget_usd);
  json_object_set_string_member (budget, "period", period != NULL ? period : "month");
  json_object_set_object_member (app, "budget", budget);
}

int
way_cli_app_add (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *locality = NULL;
  g_autofree char *budget_usd = NULL;
  g_autofree char *period = NULL;
  const GOptionEntry entries[] = {
    { "locality", 0, 0, G_OPTION_ARG_STRING, &locality, "Where its requests may go", "local|any" },
    { "budget-usd", 0, 0, G_OPTION_ARG_STRING, &budget_usd, "What it may spend", "N" },
    { "period", 0, 0, G_OPTION_ARG_STRING, &period, "In which time; month if not given",
      "day|week|month" },
    { NULL },
  };
  const char *fault = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  JsonObject *body = NULL;
  const char *note = NULL;

  if (!way_cli_parse (verb, entries, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!way_token_check_app_id (argv[1], &error))
    return way_cli_fail_usage (verb, error->message);
  fault = find_fault (locality, budget_usd, period);
  if (fault != NULL)
    return way_cli_fail_usage (verb, fault);

  body = json_object_new ();
  json_object_set_string_member (body, "name", argv[1]);
  json_object_set_string_member (body, "locality", locality != NULL ? locality : "any");
  if (budget_usd != NULL)
    add_budget (body, budget_usd, period);
  answer = way_cli_ask ("POST", "/apps", body, &error);
  if (answer == NULL)
    return way_cli_fail (error);

  g_print ("%s\n", json_object_get_string_member_with_default (answer, "token", ""));
  note = way_json_get_string (answer, "note");
  if (note != NULL)
    g_printerr ("wayfare: %s\n", note);
  return WAY_EXIT_DONE;
}

static char *
join_strings (JsonArray *array)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            json_array_get_string_element (array, i));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_cost (JsonObject *app)
{
  const gint64 unknown = way_json_get_int (app, "unknown_cost_today", 0, G_MAXINT64, 0);
  g_autofree char *known = way_price_format_usd (
    way_json_get_int (app, "cost_today_nano_usd", 0, G_MAXINT64, WAY_UNKNOWN));

  if (unknown == 0)
    return g_steal_pointer (&known);
  return g_strdup_printf ("%s + %" G_GINT64_FORMAT " unknown", known, unknown);
}

static void
add_app_row (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  WayCliTable *table = user_data;
  JsonObject *app = json_node_get_object (node);
  const char *last_seen = way_json_get_string (app, "last_seen");
  const gint64 requests = way_json_get_int (app, "requests_today", 0, G_MAXINT64, 0);

  way_cli_table_add (table, g_strdup (way_json_get_string (app, "id")));
  way_cli_table_add (table, g_strdup (way_json_get_string (app, "locality")));
  way_cli_table_add (table, join_strings (way_json_get_array (app, "models")));
  way_cli_table_add (table, g_strdup (last_seen != NULL ? last_seen : "never"));
  way_cli_table_add (table, g_strdup_printf ("%" G_GINT64_FORMAT, requests));
  way_cli_table_add (table, format_cost (app));
}

int
way_cli_app_list (const WayCliVerb *verb, int argc, char **argv)
{
  static const WayCliColumn columns[] = {
    { "APP", FALSE },       { "LOCALITY", FALSE },      { "MODELS", FALSE },
    { "LAST SEEN", FALSE }, { "REQUESTS TODAY", TRUE }, { "COST TODAY", TRUE },
  };
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (WayCliTable) table = NULL;
  g_autofree char *text = NULL;
  JsonArray *apps = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  answer = way_cli_ask ("GET", "/apps", NULL, &error);
  if (answer == NULL)
    return way_cli_fail (error);
  if (as_json)
    {
      way_cli_print_json (answer);
      return WAY_EXIT_DONE;
    }
  table = way_cli_table_new (columns, G_N_ELEMENTS (columns));
  apps = way_json_get_array (answer, "apps");
  if (apps != NULL)
    json_array_foreach_element (apps, add_app_row, table);
  text = way_cli_table_to_text (table);
  g_print ("%s", text);
  return WAY_EXIT_DONE;
}

int
way_cli_app_revoke (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  name = g_uri_escape_string (argv[1], NULL, FALSE);
  path = g_strconcat ("/apps/", name, NULL);
  answer = way_cli_ask ("DELETE", path, NULL, &error);
  return answer != NULL ? WAY_EXIT_DONE : way_cli_fail (error);
}

/* Straight to the keyring: tools run this for every request they make. */
int
way_cli_token (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (WayCliWait) wait = NULL;
  g_autoptr (WayKeyring) keyring = NULL;
  g_autoptr (WayKey) token = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  wait = way_cli_wait_new ();
  keyring = way_keyring_libsecret_new ();
  way_keyring_lookup_async (keyring, WAY_SECRET_APP_TOKEN, argv[1], NULL, way_cli_on_done, wait);
  token = way_keyring_lookup_finish (keyring, way_cli_wait_run (wait), &error);
  if (token == NULL)
    return way_cli_fail (error);
  text = way_token_dup_text (token);
  g_print ("%s\n", text);
  return WAY_EXIT_DONE;
}
