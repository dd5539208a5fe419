/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Asking: the running instance over its socket, and whatever answers asynchronously. */

#include "way-cli-private.h"

#include "way-json.h"

/**
 * way_cli_ask:
 * @method: HTTP method
 * @path: below /wayfare/v1
 * @body: (transfer full) (nullable): what to send
 * @error: return location for an error
 *
 * Asks the running instance and waits for its answer.
 *
 * Returns: (transfer full) (nullable): the answer, or %NULL with @error set;
 *   %WAY_ERROR_NOT_RUNNING if there is no instance
 */
JsonObject *
way_cli_ask (const char *method, const char *path, JsonObject *body, GError **error)
{
  g_autofree char *socket_path = way_control_client_dup_socket_path ();
  g_autoptr (JsonNode) request = NULL;
  g_autoptr (JsonNode) answer = NULL;

  if (body != NULL)
    {
      request = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (request, body);
    }
  answer = way_control_client_call (socket_path, method, path, request, error);
  if (answer == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (answer))
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                           "the running instance answered with something else than an object; is "
                           "it of the same version?");
      return NULL;
    }
  return json_object_ref (json_node_get_object (answer));
}

/**
 * way_cli_add_query:
 * @path: a path, possibly with a query
 * @name: of a parameter
 * @value: (nullable): its value
 *
 * Returns: (transfer full): the path with the parameter, or as it was if @value is %NULL
 */
char *
way_cli_add_query (const char *path, const char *name, const char *value)
{
  g_autofree char *escaped = value != NULL ? g_uri_escape_string (value, NULL, FALSE) : NULL;

  if (escaped == NULL)
    return g_strdup (path);
  return g_strdup_printf ("%s%c%s=%s", path, strchr (path, '?') != NULL ? '&' : '?', name, escaped);
}

/**
 * way_cli_print_member:
 * @object: (nullable): an object of an answer
 * @name: of a member
 *
 * Money is printed with all its digits, and what is unknown is nothing, never 0.
 *
 * Returns: (transfer full): the member's value as the text of a cell
 */
char *
way_cli_print_member (JsonObject *object, const char *name)
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

/**
 * way_cli_print_json:
 * @object: what to print
 *
 * Prints JSON for a program to read.
 */
void
way_cli_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = way_json_print (node, TRUE);
  g_print ("%s\n", text);
}

/**
 * way_cli_dup_config_path:
 *
 * Returns: (transfer full): the user's config file
 */
char *
way_cli_dup_config_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "wayfare", "config.json", NULL);
}

/* An asynchronous call that the process has nothing to do but wait for. */
struct _WayCliWait
{
  GMainLoop *loop;
  GAsyncResult *result;
};

/**
 * way_cli_wait_new:
 *
 * Returns: (transfer full): something to wait with, given to one call as the user data of
 *   way_cli_on_done()
 */
WayCliWait *
way_cli_wait_new (void)
{
  WayCliWait *wait = g_new0 (WayCliWait, 1);

  wait->loop = g_main_loop_new (NULL, FALSE);
  return wait;
}

/**
 * way_cli_wait_free:
 * @wait: (transfer full): what was waited with
 */
void
way_cli_wait_free (WayCliWait *wait)
{
  g_main_loop_unref (wait->loop);
  g_clear_object (&wait->result);
  g_free (wait);
}

/**
 * way_cli_on_done:
 * @source: (nullable): whose call it was
 * @result: its result
 * @user_data: the #WayCliWait
 *
 * A #GAsyncReadyCallback that ends the waiting.
 */
void
way_cli_on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WayCliWait *wait = user_data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

/**
 * way_cli_wait_run:
 * @wait: what a call was begun with
 *
 * Waits until the call has ended.
 *
 * Returns: (transfer none): its result
 */
GAsyncResult *
way_cli_wait_run (WayCliWait *wait)
{
  if (wait->result == NULL)
    g_main_loop_run (wait->loop);
  return wait->result;
}
