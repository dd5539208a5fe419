/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* SoupServer fed with our own connections. Gateway thread.
 *
 * SoupServer only reads: for each request it is given the connection, and the connection is taken
 * back from it ("stolen") once the request is complete or refused. So the answer is one system
 * call, a kept-alive connection costs nothing between requests, and libsoup 3.2.3's leak of idle
 * connections that the client closes cannot happen.
 *
 * A connection and a message of SoupServer's cost 130,000 instructions, as much as libcurl and all
 * of routing together, and its parser of heads 9,000. So the usual request, which is here as a
 * whole and says how long it is, goes through that parser alone; whatever is unusual about a
 * request is left to SoupServer. */

#include "way-server.h"

#include "way-clock.h"
#include "way-limits.h"

#include <string.h>

struct _WayServer
{
  SoupServer *soup;        /* owned */
  WayListener *listener;   /* owned */
  WaySnapshot *snapshot;   /* owned */
  GSocketAddress *address; /* owned: soup wants one for each connection and is not asked for it */
  WayConnection *incoming; /* borrowed, while soup accepts it */
  WayServerFunc func;
  gpointer user_data;
};

/* What goes with a message while soup reads it. */
typedef struct
{
  WayConnection *connection; /* owned */
  WaySnapshot *snapshot;  /* owned, from the head on: a request keeps the settings it began with */
  WayAdmission admission; /* borrowed from message, snapshot and path */
  gsize received_bytes;
  char *path; /* owned, from the head on */
} Incoming;

static GQuark incoming_quark;

/* An answer that is given at once has nobody to tell that the client left. */
static const WayConnectionAnswer immediate_answer = { NULL, NULL };

static void
incoming_free (gpointer data)
{
  Incoming *incoming = data;

  way_connection_unref (incoming->connection);
  g_clear_pointer (&incoming->snapshot, way_snapshot_unref);
  g_free (incoming->path);
  g_free (incoming);
}

static Incoming *
get_incoming (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (message), incoming_quark);
}

/* What is refused is nobody's. */
static WayRequest *
create_refused (WayServer *self, const WayReceived *received, WayConnection *connection)
{
  WayAdmission nobody = { .path = way_guard_skip_token (received->path) };

  return way_request_new (received, connection, self->snapshot, &nobody);
}

static void
refuse (WayRequest *request, const GError *reason)
{
  if (!way_connection_begin_answer (request->connection, &immediate_answer, NULL))
    return;
  g_debug ("refused %s %s: %s", request->method, request->path, reason->message);
  way_reply_send_error (request, reason);
}

/* What SoupServer reads */

static void
take_back (SoupServerMessage *message)
{
  g_object_unref (soup_server_message_steal_connection (message));
}

static WayReceived
get_received (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);

  return (WayReceived){
    .method = soup_server_message_get_method (message),
    .path = get_incoming (message)->path,
    .query = g_uri_get_query (uri),
    .headers = soup_server_message_get_request_headers (message),
    .version = soup_server_message_get_http_version (message),
  };
}

static void
refuse_message (WayServer *self, SoupServerMessage *message, const GError *reason)
{
  WayReceived received = get_received (message);
  g_autoptr (WayRequest) request =
    create_refused (self, &received, get_incoming (message)->connection);

  take_back (message);
  refuse (request, reason);
}

/* The size of a body that does not state it is known only as it comes. */
static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  WayServer *self = user_data;
  Incoming *incoming = get_incoming (message);
  g_autoptr (GError) error = NULL;

  incoming->received_bytes += g_bytes_get_size (chunk);
  if (incoming->received_bytes <= WAY_LIMIT_REQUEST_BODY_BYTES)
    return;
  error = g_error_new (WAY_ERROR, WAY_ERROR_REQUEST_TOO_LARGE,
                       "The request's body has more than %d bytes", WAY_LIMIT_REQUEST_BODY_BYTES);
  refuse_message (self, message, error);
}

static void
on_head (SoupServer *soup,
         SoupServerMessage *message,
         const char *path,
         GHashTable *query,
         gpointer user_data)
{
  WayServer *self = user_data;
  Incoming *incoming = get_incoming (message);
  g_autoptr (GError) error = NULL;
  WayReceived received;
  WayRequestHead head;

  incoming->path = g_strdup (g_uri_get_path (soup_server_message_get_uri (message)));
  way_path_tidy (incoming->path);
  received = get_received (message);
  incoming->snapshot = way_snapshot_ref (self->snapshot);
  way_request_fill_head (&received, way_connection_is_control (incoming->connection), &head);
  if (!way_guard_admit (incoming->snapshot, &head, &incoming->admission, &error))
    refuse_message (self, message, error);
  else if (soup_message_headers_get_encoding (received.headers) == SOUP_ENCODING_CHUNKED)
    g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), self);
}

static void
on_whole (SoupServer *soup,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  WayServer *self = user_data;
  Incoming *incoming = get_incoming (message);
  WayReceived received = get_received (message);
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (WayRequest) request = NULL;

  received.body = body;
  request =
    way_request_new (&received, incoming->connection, incoming->snapshot, &incoming->admission);
  take_back (message);
  self->func (request, self->user_data);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  WayServer *self = user_data;
  Incoming *incoming;

  if (!self->incoming)
    return;
  incoming = g_new0 (Incoming, 1);
  incoming->connection = way_connection_ref (self->incoming);
  g_object_set_qdata_full (G_OBJECT (message), incoming_quark, incoming, incoming_free);
}

/* What is here as a whole */

/* Cuts a target at its query. FALSE for one that soup would normalise or refuse. */
static gboolean
split_target (char *target, const char **ret_query)
{
  char *mark = strchr (target, '?');

  for (const char *at = target; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("/?&=-._~:+,@", *at))
      return FALSE;
  *ret_query = mark ? mark + 1 : NULL;
  if (mark)
    *mark = '\0';
  return target[0] == '/' && !strstr (target, "/.");
}

static const char *
find_method (const char *method)
{
  static const char *const known[] = { "POST", "GET", NULL };

  for (gsize i = 0; known[i]; i++)
    if (strcmp (method, known[i]) == 0)
      return known[i];
  return NULL;
}

/* Soup's own view of the length, which of two may be the other, must be that of the connection. */
static gboolean
is_usual (const WayReceived *received, gsize body_length)
{
  SoupEncoding encoding = soup_message_headers_get_encoding (received->headers);

  if (received->version != SOUP_HTTP_1_1 || !received->method ||
      !soup_message_headers_get_one (received->headers, "Host") ||
      soup_message_headers_get_one (received->headers, "Expect"))
    return FALSE;
  if (encoding == SOUP_ENCODING_CONTENT_LENGTH)
    return soup_message_headers_get_content_length (received->headers) == (goffset)body_length;
  return encoding == SOUP_ENCODING_NONE && body_length == 0;
}

static void
answer_received (WayServer *self,
                 WayReceived *received,
                 WayConnection *connection,
                 gsize head_length)
{
  g_autoptr (GBytes) whole = way_connection_take_request (connection);
  g_autoptr (WayRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  WayAdmission admission;
  WayRequestHead head;

  way_request_fill_head (received, way_connection_is_control (connection), &head);
  if (!way_guard_admit (self->snapshot, &head, &admission, &error))
    {
      request = create_refused (self, received, connection);
      refuse (request, error);
      return;
    }
  received->body =
    g_bytes_new_from_bytes (whole, head_length, g_bytes_get_size (whole) - head_length);
  request = way_request_new (received, connection, self->snapshot, &admission);
  g_bytes_unref (received->body);
  self->func (request, self->user_data);
}

/* Returns whether it was taken; else nothing is changed. */
static gboolean
take_whole (WayServer *self, WayConnection *connection)
{
  g_autoptr (SoupMessageHeaders) headers = NULL;
  g_autofree char *method = NULL;
  g_autofree char *target = NULL;
  WayReceived received = { 0 };
  gsize length;
  gsize head_length;
  gsize empty_line;
  const char *data = way_connection_peek_request (connection, &length, &head_length);

  if (!data)
    return FALSE;
  empty_line = data[head_length - 2] == '\r' ? 2 : 1;
  headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  if (soup_headers_parse_request (data, (int)(head_length - empty_line), headers, &method, &target,
                                  &received.version) != SOUP_STATUS_OK)
    return FALSE;
  received.method = find_method (method);
  received.headers = headers;
  if (!is_usual (&received, length - head_length) || !split_target (target, &received.query))
    return FALSE;
  way_path_tidy (target);
  received.path = target;
  answer_received (self, &received, connection, head_length);
  return TRUE;
}

static void
on_request (WayConnection *connection, gpointer user_data)
{
  WayServer *self = user_data;

  if (take_whole (self, connection))
    return;
  self->incoming = connection;
  soup_server_accept_iostream (self->soup, way_connection_get_stream (connection), self->address,
                               self->address, NULL);
  self->incoming = NULL;
}

/**
 * way_server_new:
 * @func: gets each admitted request
 *
 * Returns: (transfer full): a server without sockets, on the thread-default context
 */
WayServer *
way_server_new (WayPoller *poller, WaySnapshot *snapshot, WayServerFunc func, gpointer user_data)
{
  WayServer *self = g_new0 (WayServer, 1);

  incoming_quark = g_quark_from_static_string ("way-incoming");
  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  self->snapshot = way_snapshot_ref (snapshot);
  self->address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  self->func = func;
  self->user_data = user_data;
  self->listener = way_listener_new (poller, on_request, self);
  soup_server_add_early_handler (self->soup, NULL, on_head, self, NULL);
  soup_server_add_handler (self->soup, NULL, on_whole, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  return self;
}

void
way_server_free (WayServer *self)
{
  way_listener_free (self->listener);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_object_unref (self->address);
  way_snapshot_unref (self->snapshot);
  g_free (self);
}

/**
 * way_server_apply:
 *
 * Requests that begin from now on see @snapshot.
 */
void
way_server_apply (WayServer *self, WaySnapshot *snapshot)
{
  way_snapshot_ref (snapshot);
  way_snapshot_unref (self->snapshot);
  self->snapshot = snapshot;
}

WayListener *
way_server_get_listener (WayServer *self)
{
  return self->listener;
}
