/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* SoupServer fed with our own connections. Gateway thread.
 *
 * SoupServer only reads: for each request it is given the connection, and the connection is taken
 * back from it ("stolen") once the request is complete or refused. So the answer is one system
 * call, a kept-alive connection costs nothing between requests, and libsoup 3.2.3's leak of idle
 * connections that the client closes cannot happen. */

#include "way-server.h"

#include "way-clock.h"
#include "way-limits.h"

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
  WayAdmission admission; /* borrowed from message and snapshot */
  gsize received_bytes;
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
  g_free (incoming);
}

static Incoming *
get_incoming (SoupServerMessage *message)
{
  return g_object_get_qdata (G_OBJECT (message), incoming_quark);
}

static void
take_back (SoupServerMessage *message)
{
  g_object_unref (soup_server_message_steal_connection (message));
}

static void
refuse (WayServer *self, SoupServerMessage *message, const GError *reason)
{
  g_autoptr (WayConnection) connection = way_connection_ref (get_incoming (message)->connection);
  WayAdmission nobody = { .path = g_uri_get_path (soup_server_message_get_uri (message)) };
  g_autoptr (WayRequest) request = way_request_new (message, connection, self->snapshot, &nobody);

  take_back (message);
  if (!way_connection_begin_answer (connection, &immediate_answer, NULL))
    return;
  g_debug ("refused %s %s: %s", request->method, request->path, reason->message);
  way_reply_send_error (request, reason);
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
  refuse (self, message, error);
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
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GError) error = NULL;
  WayRequestHead head;

  incoming->snapshot = way_snapshot_ref (self->snapshot);
  way_request_fill_head (message, way_connection_is_control (incoming->connection), &head);
  if (!way_guard_admit (incoming->snapshot, &head, &incoming->admission, &error))
    refuse (self, message, error);
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED)
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
  g_autoptr (WayRequest) request =
    way_request_new (message, incoming->connection, incoming->snapshot, &incoming->admission);

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

static void
on_request (WayConnection *connection, gpointer user_data)
{
  WayServer *self = user_data;

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
