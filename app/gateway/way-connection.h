/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One client's socket. A request that is here as a whole is taken as it is; any other SoupServer
 * reads through a GIOStream. The answer is written here, in one system call where it fits. Between
 * requests the socket belongs to nobody but the poller, so an idle client costs nothing. Gateway
 * thread. */

#pragma once

#include "way-poller.h"

#include <gio/gio.h>
#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _WayConnection WayConnection;

/**
 * WayConnectionHost:
 * @on_request: the first bytes of a request wait; hand way_connection_get_stream() to the parser
 * @on_closed: the socket is closed and the caller's reference is the last thing to drop
 *
 * The listener that owns the connection.
 */
typedef struct
{
  void (*on_request) (WayConnection *connection, gpointer user_data);
  void (*on_closed) (WayConnection *connection, gpointer user_data);
} WayConnectionHost;

/**
 * WayConnectionAnswer:
 * @on_drained: everything given to way_connection_send() has left; called only after it had to wait
 * @on_gone: the client left before the answer ended; nothing can be sent any more. The answer must
 *   let go: no further call for this answer follows
 *
 * Whoever writes the answer.
 */
typedef struct
{
  void (*on_drained) (WayConnection *connection, gpointer user_data);
  void (*on_gone) (WayConnection *connection, gpointer user_data);
} WayConnectionAnswer;

WayConnection *way_connection_new (WayPoller *poller,
                                   int fd,
                                   gboolean is_control,
                                   const WayConnectionHost *host,
                                   gpointer host_data);
WayConnection *way_connection_ref (WayConnection *connection);
void way_connection_unref (WayConnection *connection);

const char *
way_connection_peek_request (WayConnection *connection, gsize *ret_length, gsize *ret_head_length);
GBytes *way_connection_take_request (WayConnection *connection);
GIOStream *way_connection_get_stream (WayConnection *connection);
WayConnection *way_connection_from_stream (GIOStream *stream);
gboolean way_connection_is_control (WayConnection *connection);
gboolean way_connection_is_idle (WayConnection *connection);
gint64 way_connection_get_active_at_us (WayConnection *connection);
gboolean way_connection_is_awaiting_client (WayConnection *connection);

gboolean way_connection_begin_answer (WayConnection *connection,
                                      const WayConnectionAnswer *answer,
                                      gpointer user_data);
void way_connection_send (WayConnection *connection, const struct iovec *parts, int n_parts);
gboolean way_connection_may_stay (const WayConnection *connection);
gsize way_connection_get_pending (WayConnection *connection);
void way_connection_end_answer (WayConnection *connection, gboolean keep_alive);
void way_connection_cut_answer (WayConnection *connection);
void way_connection_retire (WayConnection *connection);
void way_connection_drop (WayConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayConnection, way_connection_unref)

G_END_DECLS
