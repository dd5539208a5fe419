/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare status`, `tail` and `route`: what the running instance says of itself. */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-json.h"
#include "way-record.h"

static const char *
get_text (JsonObject *object, const char *name, const char *if_null)
{
  const char *value = way_json_get_string (object, name);

  return value != NULL ? value : if_null;
}

static gint64
get_count (JsonObject *object, const char *name)
{
  return way_json_get_int (object, name, 0, G_MAXINT64, WAY_UNKNOWN);
}

static char *
format_count (JsonObject *object, const char *name)
{
  const gint64 count = object != NULL ? get_count (object, name) : WAY_UNKNOWN;

  return count == WAY_UNKNOWN ? g_strdup ("?") : g_strdup_printf ("%" G_GINT64_FORMAT, count);
}

static char *
format_span (JsonObject *object, const char *name)
{
  const gint64 span_us = get_count (object, name);

  if (span_us == WAY_UNKNOWN)
    return g_strdup ("?");
  if (span_us < G_USEC_PER_SEC)
    return g_strdup_printf ("%.1f ms", (double)span_us / 1000);
  return g_strdup_printf ("%.2f s", (double)span_us / G_USEC_PER_SEC);
}

/* status */

static void
add_provider_row (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  WayCliTable *table = user_data;
  JsonObject *provider = json_node_get_object (node);
  JsonArray *models = way_json_get_array (provider, "models");

  way_cli_table_add (table, g_strdup (get_text (provider, "id", "?")));
  way_cli_table_add (table, g_strdup (get_text (provider, "kind", "?")));
  way_cli_table_add (table, g_strdup (get_text (provider, "reach", "?")));
  way_cli_table_add (table, models != NULL ? g_strdup_printf ("%u", json_array_get_length (models))
                                           : g_strdup ("?"));
  way_cli_table_add (table, g_strdup (get_text (provider, "reason", "")));
}

static void
print_breaker (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  JsonObject *target = json_node_get_object (node);
  const char *state = get_text (target, "breaker", "closed");

  if (!g_str_equal (state, "closed") || json_object_has_member (target, "cool_until"))
    {
      const char *until = get_text (target, "cool_until", get_text (target, "open_until", NULL));
      if (until != NULL)
        g_print ("%s/%s is left alone until %s: %s\n", get_text (target, "provider", "?"),
                 get_text (target, "model", "?"), until, get_text (target, "reason", "it failed"));
    }
}

static void
print_budget (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  JsonObject *budget = json_node_get_object (node);
  const char *name = get_text (budget, "name", NULL);

  g_print ("budget of %s%s%s: %.4f of %.2f USD spent this %s\n", get_text (budget, "of", "?"),
           name != NULL ? " " : "", name != NULL ? name : "",
           json_object_get_double_member_with_default (budget, "spent_usd", 0),
           json_object_get_double_member_with_default (budget, "usd", 0),
           get_text (budget, "period", "?"));
}

static void
print_status (JsonObject *status)
{
  static const WayCliColumn columns[] = {
    { "PROVIDER", FALSE }, { "KIND", FALSE },   { "STATE", FALSE },
    { "MODELS", TRUE },    { "REASON", FALSE },
  };
  g_autoptr (WayCliTable) table = way_cli_table_new (columns, G_N_ELEMENTS (columns));
  g_autofree char *requests = format_count (status, "requests");
  g_autofree char *running = format_count (status, "running");
  g_autofree char *text = NULL;
  JsonArray *providers = way_json_get_array (status, "providers");

  g_print ("wayfare %s at %s, since %s\n", get_text (status, "version", "?"),
           get_text (status, "address", "?"), get_text (status, "started_at", "?"));
  if (way_json_get_string (status, "problem") != NULL)
    g_print ("problem: %s\n", way_json_get_string (status, "problem"));
  g_print ("%s requests, %s in flight; the cloud is %s\n\n", requests, running,
           way_json_get_boolean (status, "cloud_enabled", TRUE) ? "allowed" : "off: local only");
  if (providers != NULL)
    json_array_foreach_element (providers, add_provider_row, table);
  text = way_cli_table_to_text (table);
  g_print ("%s", text);
  if (way_json_get_array (status, "targets") != NULL)
    json_array_foreach_element (way_json_get_array (status, "targets"), print_breaker, NULL);
  if (way_json_get_array (status, "budgets") != NULL)
    json_array_foreach_element (way_json_get_array (status, "budgets"), print_budget, NULL);
}

int
way_cli_status (const WayCliVerb *verb, int argc, char **argv)
{
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) status = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  status = way_cli_ask ("GET", "/status", NULL, &error);
  if (status == NULL)
    return way_cli_fail (error);
  if (as_json)
    way_cli_print_json (status);
  else
    print_status (status);
  return WAY_EXIT_DONE;
}

/* tail */

static void
print_request (JsonObject *request)
{
  JsonObject *usage = way_json_get_object (request, "usage");
  g_autofree char *duration = format_span (request, "duration_us");
  g_autofree char *input = format_count (usage, "input_tokens");
  g_autofree char *output = format_count (usage, "output_tokens");
  g_autofree char *status = format_count (request, "status");

  g_print ("%s  %-12s  %s → %s at %s  %s %s  %s  %s+%s tokens  %s\n",
           get_text (request, "started_at", "?"), get_text (request, "app", "-"),
           get_text (request, "requested_model", "?"),
           get_text (request, "answered_model", "nobody"), get_text (request, "provider", "-"),
           status, get_text (request, "outcome", "?"), duration, input, output,
           get_text (request, "reason", ""));
}

typedef struct
{
  gboolean as_json;
  GError *error; /* owned, nullable: why no more can be written */
} Follow;

static gboolean
on_event (const char *line, gpointer user_data)
{
  Follow *follow = user_data;
  g_autoptr (JsonNode) node = NULL;

  if (follow->as_json)
    {
      g_print ("%s\n", line);
    }
  else
    {
      const char *running = way_outcome_get_name (WAY_OUTCOME_RUNNING);

      node = way_json_parse (line, strlen (line), NULL);
      if (node != NULL && JSON_NODE_HOLDS_OBJECT (node) &&
          g_strcmp0 (way_json_get_string (json_node_get_object (node), "outcome"), running) != 0)
        print_request (json_node_get_object (node));
    }
  return way_cli_flush (&follow->error);
}

int
way_cli_tail (const WayCliVerb *verb, int argc, char **argv)
{
  Follow follow = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &follow.as_json, "Print each event as a line of JSON",
      NULL },
    { NULL },
  };
  g_autofree char *socket_path = way_control_client_dup_socket_path ();
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  way_control_client_follow (socket_path, "/events", on_event, &follow, &error);
  if (error == NULL)
    error = follow.error;
  return error != NULL ? way_cli_fail (error) : WAY_EXIT_DONE;
}

/* route */

/* What a dry run is asked for. */
typedef struct
{
  char *model;
  char *app;
  gint64 input_tokens;
  gboolean tools;
  gboolean vision;
  gboolean as_json;
} RouteOptions;

static void
add_candidate_row (JsonArray *array, guint i, JsonNode *node, gpointer user_data)
{
  WayCliTable *table = user_data;
  JsonObject *candidate = json_node_get_object (node);
  const gboolean usable = way_json_get_boolean (candidate, "usable", FALSE);

  way_cli_table_add (table, g_strdup_printf ("%u", i + 1));
  way_cli_table_add (table, g_strdup (get_text (candidate, "provider", "?")));
  way_cli_table_add (table, g_strdup (get_text (candidate, "model", "?")));
  way_cli_table_add (table, g_strdup (get_text (candidate, "locality", "?")));
  way_cli_table_add (table, g_strdup (usable ? "would try" : "left out"));
  way_cli_table_add (table, g_strdup (get_text (candidate, "reason", "")));
}

static void
print_plan (JsonObject *plan)
{
  static const WayCliColumn columns[] = {
    { "#", TRUE },         { "PROVIDER", FALSE }, { "MODEL", FALSE },
    { "LOCALITY", FALSE }, { "VERDICT", FALSE },  { "REASON", FALSE },
  };
  g_autoptr (WayCliTable) table = way_cli_table_new (columns, G_N_ELEMENTS (columns));
  g_autofree char *text = NULL;
  const char *route = way_json_get_string (plan, "route");
  JsonArray *candidates = way_json_get_array (plan, "candidates");

  if (route != NULL)
    g_print ("route %s\n", route);
  if (candidates != NULL)
    json_array_foreach_element (candidates, add_candidate_row, table);
  text = way_cli_table_to_text (table);
  g_print ("%s", text);
}

static int
dry_run (const RouteOptions *options)
{
  JsonObject *body = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) plan = NULL;
  const char *refusal = NULL;

  json_object_set_string_member (body, "model", options->model);
  if (options->app != NULL)
    json_object_set_string_member (body, "app", options->app);
  if (options->input_tokens >= 0)
    json_object_set_int_member (body, "input_tokens", options->input_tokens);
  json_object_set_boolean_member (body, "tools", options->tools);
  json_object_set_boolean_member (body, "vision", options->vision);
  plan = way_cli_ask ("POST", "/route", body, &error);
  if (plan == NULL)
    return way_cli_fail (error);

  if (options->as_json)
    way_cli_print_json (plan);
  else
    print_plan (plan);
  refusal = way_json_get_string (plan, "error");
  if (refusal == NULL)
    return WAY_EXIT_DONE;
  g_printerr ("wayfare: such a request would be refused: %s\n", refusal);
  return WAY_EXIT_FAILED;
}

int
way_cli_route (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *model = NULL;
  g_autofree char *app = NULL;
  RouteOptions options = { .input_tokens = -1 };
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_STRING, &model, "Model as a tool would ask for it", "M" },
    { "app", 0, 0, G_OPTION_ARG_STRING, &app, "App that would ask", "A" },
    { "input-tokens", 0, 0, G_OPTION_ARG_INT64, &options.input_tokens, "Prompt length", "N" },
    { "tools", 0, 0, G_OPTION_ARG_NONE, &options.tools, "The request has tools", NULL },
    { "vision", 0, 0, G_OPTION_ARG_NONE, &options.vision, "The request has images", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.as_json, "Print JSON", NULL },
    { NULL },
  };

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (model == NULL)
    return way_cli_fail_usage (verb, "--model is missing");
  if (options.input_tokens < -1 || options.input_tokens > G_MAXINT32)
    return way_cli_fail_usage (verb, "--input-tokens is out of range");
  options.model = model;
  options.app = app;
  return dry_run (&options);
}
