/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The other end of the control socket. Blocks; for a process of its own. */

#include "way-control-client.h"

#include "way-feed.h"
#include "way-json.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>

/* soup wants a host; the socket decides where it goes */
#define BASE_URL "http://localhost/wayfare/v1"

/**
 * way_control_client_dup_socket_path:
 *
 * In a Flatpak the runtime folder belongs to one instance of the sandbox; only its app/ID folder is
 * shared by all of them, and with the host.
 *
 * Returns: (transfer full): $XDG_RUNTIME_DIR/wayfare.sock, or in a Flatpak
 *   $XDG_RUNTIME_DIR/app/$FLATPAK_ID/wayfare.sock
 */
char *
way_control_client_dup_socket_path (void)
{
  const char *flatpak_id = g_getenv ("FLATPAK_ID");

  if (flatpak_id != NULL)
    return g_build_filename (g_get_user_runtime_dir (), "app", flatpak_id, "wayfare.sock", NULL);
  return g_build_filename (g_get_user_runtime_dir (), "wayfare.sock", NULL);
}

static SoupSession *
open_session (const char *socket_path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);

  return soup_session_new_with_options ("remote-connectable", address, "timeout", 0, NULL);
}

static GBytes *
print_body (JsonNode *body)
{
  g_autofree char *text = way_json_print (body, FALSE);

  return g_bytes_new (text, strlen (text));
}

static void
say_not_running (const GError *cause, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_RUNNING,
               "No Wayfare is running for this user (%s): start \"wayfare\" or \"wayfare serve\"",
               cause->message);
}

/* The message of an error answer, whose shape is {"error":{"message","code"}}. */
static void
read_error (GBytes *answer, guint status, GError **error)
{
  g_autoptr (JsonNode) node =
    way_json_parse (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), NULL);
  JsonObject *root = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObject *said = root ? way_json_get_object (root, "error") : NULL;
  const char *message = said ? way_json_get_string (said, "message") : NULL;

  if (message)
    g_set_error_literal (error, WAY_ERROR,
                         status == 404 ? WAY_ERROR_NOT_FOUND : WAY_ERROR_BAD_REQUEST, message);
  else
    g_set_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM, "Wayfare answered with status %u", status);
}

/* (transfer full) (nullable): the bytes of a good answer */
static GBytes *
ask (const char *socket_path, const char *method, const char *path, GBytes *body, GError **error)
{
  g_autoptr (SoupSession) session = open_session (socket_path);
  g_autofree char *url = g_strconcat (BASE_URL, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) answer = NULL;
  guint status;

  if (body)
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  answer = soup_session_send_and_read (session, message, NULL, &failure);
  if (!answer)
    {
      say_not_running (failure, error);
      return NULL;
    }
  status = soup_message_get_status (message);
  if (status >= 200 && status < 300)
    return g_steal_pointer (&answer);
  read_error (answer, status, error);
  return NULL;
}

/**
 * way_control_client_call:
 * @path: below /wayfare/v1, with its slash, e.g. "/status"
 * @body: (nullable): sent as JSON
 *
 * Asks the running instance and waits.
 *
 * Returns: (transfer full): its answer; else %WAY_ERROR_NOT_RUNNING or the error it answered with
 */
JsonNode *
way_control_client_call (
  const char *socket_path, const char *method, const char *path, JsonNode *body, GError **error)
{
  g_autoptr (GBytes) sent = body ? print_body (body) : NULL;
  g_autoptr (GBytes) answer = ask (socket_path, method, path, sent, error);

  if (!answer)
    return NULL;
  return way_json_parse (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), error);
}

/**
 * way_control_client_fetch:
 * @path: below /wayfare/v1, with its slash, e.g. "/requests"
 *
 * Asks the running instance and waits. For who passes the answer on: parsed and printed again, a
 * number may get other digits.
 *
 * Returns: (transfer full): its answer as it came; else %WAY_ERROR_NOT_RUNNING or the error it
 *   answered with
 */
GBytes *
way_control_client_fetch (const char *socket_path, const char *path, GError **error)
{
  return ask (socket_path, "GET", path, NULL, error);
}

/**
 * way_control_client_follow:
 * @path: of a stream of events, "/events"
 * @func: gets the data of each event
 *
 * Follows until @func returns %FALSE or the instance ends its stream.
 *
 * Returns: %FALSE with %WAY_ERROR_NOT_RUNNING if there is no instance to follow,
 *   %WAY_ERROR_UPSTREAM_CUT if the stream broke off
 */
gboolean
way_control_client_follow (const char *socket_path,
                           const char *path,
                           WayControlLineFunc func,
                           gpointer user_data,
                           GError **error)
{
  g_autoptr (SoupSession) session = open_session (socket_path);
  g_autofree char *url = g_strconcat (BASE_URL, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GInputStream) stream = soup_session_send (session, message, NULL, &failure);
  g_autoptr (GDataInputStream) lines = NULL;
  gboolean ended = FALSE;
  char *line;

  if (!stream)
    {
      say_not_running (failure, error);
      return FALSE;
    }
  lines = g_data_input_stream_new (stream);
  while (!ended && (line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)))
    {
      g_autofree char *owned = line;

      ended = g_str_equal (owned, WAY_FEED_END);
      if (g_str_has_prefix (owned, "data: ") && !func (owned + strlen ("data: "), user_data))
        return TRUE;
    }
  if (!ended)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM_CUT,
                         "Wayfare broke off: it was killed, or told more than was read of it");
  return ended;
}
