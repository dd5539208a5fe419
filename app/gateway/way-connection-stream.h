/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The GIOStream that SoupServer sees of a WayConnection: pollable, never blocking. It has no file
 * descriptor of its own to poll; it is ready when the connection's watch says so. Gateway thread.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the stream asks of its connection. Each returns a count, or -1 with an error. */
typedef struct
{
  gssize (*read) (gpointer connection, void *buffer, gsize count, GError **error);
  gssize (*write) (gpointer connection, const void *buffer, gsize count, GError **error);
  gboolean (*is_readable) (gpointer connection);
  gboolean (*is_writable) (gpointer connection);
  void (*close) (gpointer connection);
} WayConnectionStreamFuncs;

#define WAY_TYPE_CONNECTION_STREAM (way_connection_stream_get_type ())
G_DECLARE_FINAL_TYPE (WayConnectionStream, way_connection_stream, WAY, CONNECTION_STREAM, GIOStream)

GIOStream *way_connection_stream_new (const WayConnectionStreamFuncs *funcs, gpointer connection);
gpointer way_connection_stream_get_connection (WayConnectionStream *stream);
void way_connection_stream_detach (WayConnectionStream *stream);

G_END_DECLS
