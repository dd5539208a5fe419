/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare export requests`: the ledger's rows, asked of the running instance page by page, each of
 * which is written and forgotten before the next, so that any number of rows takes the same memory.
 */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-json.h"
#include "way-record.h"

/* Enough that the asking costs little, few enough that a page is no load for the router. */
#define PAGE_ROWS 500

/* Members of a request, or of the object in it that @object names. */
static const struct
{
  const char *object; /* nullable */
  const char *name;
} columns[] = {
  { NULL, "id" },
  { NULL, "started_at" },
  { NULL, "app" },
  { NULL, "path" },
  { NULL, "dialect" },
  { NULL, "route" },
  { NULL, "tag" },
  { NULL, "requested_model" },
  { NULL, "answered_model" },
  { NULL, "provider" },
  { NULL, "locality" },
  { NULL, "outcome" },
  { NULL, "status" },
  { NULL, "error_code" },
  { NULL, "reason" },
  { NULL, "dropped" },
  { NULL, "streamed" },
  { NULL, "substituted" },
  { NULL, "cache_hit" },
  { NULL, "first_token_us" },
  { NULL, "duration_us" },
  { NULL, "request_bytes" },
  { NULL, "response_bytes" },
  { NULL, "cost_usd" },
  { NULL, "saved_usd" },
  { "usage", "input_tokens" },
  { "usage", "cache_read_tokens" },
  { "usage", "cache_write_5m_tokens" },
  { "usage", "cache_write_1h_tokens" },
  { "usage", "output_tokens" },
  { "usage", "reasoning_tokens" },
  { "usage", "estimated" },
};

static void
append_head (GString *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", columns[i].name);
  g_string_append (text, "\r\n");
}

static void
append_row (JsonArray *array, guint n, JsonNode *node, gpointer user_data)
{
  GString *text = user_data;
  JsonObject *request = json_node_get_object (node);

  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      JsonObject *object =
        columns[i].object != NULL ? way_json_get_object (request, columns[i].object) : request;
      g_autofree char *value = way_cli_print_member (object, columns[i].name);

      g_string_append (text, i > 0 ? "," : "");
      way_cli_csv_append_field (text, value);
    }
  g_string_append (text, "\r\n");
}

/* A page is an object with one array; what is in the arrays of all pages is made one such object,
 * with every number in the digits it came with. */
static void
append_json (GString *text, GBytes *page, gboolean is_first, gboolean is_last)
{
  gsize length;
  const char *data = g_bytes_get_data (page, &length);
  const char *begin = (const char *)memchr (data, '[', length) + 1;
  const char *end = memrchr (data, ']', length);

  if (is_first)
    g_string_append (text, "{\"requests\":[");
  else if (end > begin)
    g_string_append (text, ",\n");
  g_string_append_len (text, begin, end - begin);
  if (is_last)
    g_string_append (text, "]}\n");
}

/* (transfer none) (nullable): the requests in @answer */
static JsonArray *
get_requests (JsonNode *answer, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (answer) ? json_node_get_object (answer) : NULL;
  JsonArray *requests = object != NULL ? way_json_get_array (object, "requests") : NULL;

  if (requests == NULL)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                         "the running instance did not answer with requests; is it of the same "
                         "version?");
  return requests;
}

/* Writes the page after *@before, which then is the id of its last request; NULL is before the
 * first page and after the last. */
static gboolean
export_page (const char *path, gboolean as_json, char **before, GError **error)
{
  const gboolean is_first = *before == NULL;
  g_autofree char *socket_path = way_control_client_dup_socket_path ();
  g_autofree char *page_path = way_cli_add_query (path, "before", *before);
  g_autoptr (GBytes) page = way_control_client_fetch (socket_path, page_path, error);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  JsonArray *requests = NULL;
  guint n_requests = 0;

  if (page == NULL)
    return FALSE;
  answer = way_json_parse (g_bytes_get_data (page, NULL), g_bytes_get_size (page), error);
  requests = answer != NULL ? get_requests (answer, error) : NULL;
  if (requests == NULL)
    return FALSE;

  n_requests = json_array_get_length (requests);
  g_clear_pointer (before, g_free);
  if (n_requests == PAGE_ROWS)
    *before = g_strdup (
      way_json_get_string (json_array_get_object_element (requests, n_requests - 1), "id"));
  if (as_json)
    append_json (text, page, is_first, *before == NULL);
  else
    {
      if (is_first)
        append_head (text);
      json_array_foreach_element (requests, append_row, text);
    }
  g_print ("%s", text->str);
  return way_cli_flush (error);
}

static int
export_pages (const char *path, gboolean as_json)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;

  do
    {
      if (!export_page (path, as_json, &before, &error))
        return way_cli_fail (error);
    }
  while (before != NULL);
  return WAY_EXIT_DONE;
}

int
way_cli_export_requests (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *since = NULL, *app = NULL, *provider = NULL, *model = NULL, *outcome = NULL;
  gboolean as_csv = FALSE;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "csv", 0, 0, G_OPTION_ARG_NONE, &as_csv, "Print CSV, which is the default", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "Only from this day on", "YYYY-MM-DD" },
    { "app", 0, 0, G_OPTION_ARG_STRING, &app, "Only of this app", "A" },
    { "provider", 0, 0, G_OPTION_ARG_STRING, &provider, "Only of this provider", "P" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &model, "Only asked for or answered by this", "M" },
    { "outcome", 0, 0, G_OPTION_ARG_STRING, &outcome, "Only that ended so", "O" },
    { NULL },
  };
  const struct
  {
    const char *name;
    char **value;
  } filters[] = {
    { "since", &since }, { "app", &app },         { "provider", &provider },
    { "model", &model }, { "outcome", &outcome },
  };
  g_autofree char *path = g_strdup_printf ("/requests?limit=%d", PAGE_ROWS);

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (as_csv && as_json)
    return way_cli_fail_usage (verb, "--csv and --json exclude each other");
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autofree char *shorter = g_steal_pointer (&path);

      path = way_cli_add_query (shorter, filters[i].name, *filters[i].value);
    }
  return export_pages (path, as_json);
}
