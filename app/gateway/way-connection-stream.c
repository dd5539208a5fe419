/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The GIOStream that SoupServer sees of a WayConnection. Gateway thread. */

#include "way-connection-stream.h"

/* Shared by the three objects below; the connection leaves first, the objects when soup lets go. */
typedef struct
{
  grefcount refs;
  const WayConnectionStreamFuncs *funcs;
  gpointer connection; /* borrowed, NULL once it is gone */
} Link;

static Link *
link_ref (Link *link)
{
  g_ref_count_inc (&link->refs);
  return link;
}

static void
link_unref (Link *link)
{
  if (g_ref_count_dec (&link->refs))
    g_free (link);
}

static gboolean
link_is_ready (Link *link, gboolean to_write)
{
  if (!link->connection)
    return TRUE; /* the next read or write says what happened */
  if (to_write)
    return link->funcs->is_writable (link->connection);
  return link->funcs->is_readable (link->connection);
}

static gssize
fail_closed (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  return -1;
}

/* A source without a file descriptor: GLib asks prepare() in every turn of the loop, and the watch
 * of the connection has set the answer before that. */
typedef struct
{
  GSource source;
  Link *link;
  gboolean to_write;
} ReadySource;

static gboolean
ready_source_prepare (GSource *source, int *timeout)
{
  ReadySource *ready = (ReadySource *)source;

  *timeout = -1;
  return link_is_ready (ready->link, ready->to_write);
}

static gboolean
ready_source_check (GSource *source)
{
  ReadySource *ready = (ReadySource *)source;

  return link_is_ready (ready->link, ready->to_write);
}

static gboolean
ready_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback ? callback (user_data) : G_SOURCE_CONTINUE;
}

/* g_pollable_source_new_full() gives its child a closure that does nothing but say "go on". */
static gboolean
invoke_closure (gpointer closure)
{
  g_auto (GValue) result = G_VALUE_INIT;

  g_value_init (&result, G_TYPE_BOOLEAN);
  g_closure_invoke (closure, &result, 0, NULL, NULL);
  return g_value_get_boolean (&result);
}

static void
ready_source_finalize (GSource *source)
{
  link_unref (((ReadySource *)source)->link);
}

static GSourceFuncs ready_source_funcs = {
  .prepare = ready_source_prepare,
  .check = ready_source_check,
  .dispatch = ready_source_dispatch,
  .finalize = ready_source_finalize,
  .closure_callback = invoke_closure,
};

static GSource *
create_ready_source (GObject *stream, Link *link, gboolean to_write, GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_source_new (&ready_source_funcs, sizeof (ReadySource));
  ReadySource *ready = (ReadySource *)source;

  ready->link = link_ref (link);
  ready->to_write = to_write;
  return g_pollable_source_new_full (stream, source, cancellable);
}

/* Input */

#define WAY_TYPE_CONNECTION_INPUT (way_connection_input_get_type ())
G_DECLARE_FINAL_TYPE (WayConnectionInput, way_connection_input, WAY, CONNECTION_INPUT, GInputStream)

struct _WayConnectionInput
{
  GInputStream parent;
  Link *link;
};

static gssize
input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancel, GError **error)
{
  Link *link = WAY_CONNECTION_INPUT (stream)->link;

  if (!link->connection)
    return 0;
  return link->funcs->read (link->connection, buffer, count, error);
}

static gssize
input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  return input_read (G_INPUT_STREAM (stream), buffer, count, NULL, error);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  return link_is_ready (WAY_CONNECTION_INPUT (stream)->link, FALSE);
}

static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return create_ready_source (G_OBJECT (stream), WAY_CONNECTION_INPUT (stream)->link, FALSE,
                              cancellable);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
  iface->read_nonblocking = input_read_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayConnectionInput,
                               way_connection_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      input_pollable_init))

static void
way_connection_input_finalize (GObject *object)
{
  link_unref (WAY_CONNECTION_INPUT (object)->link);
  G_OBJECT_CLASS (way_connection_input_parent_class)->finalize (object);
}

static void
way_connection_input_class_init (WayConnectionInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = way_connection_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = input_read;
}

static void
way_connection_input_init (WayConnectionInput *self)
{
}

/* Output */

#define WAY_TYPE_CONNECTION_OUTPUT (way_connection_output_get_type ())
G_DECLARE_FINAL_TYPE (
  WayConnectionOutput, way_connection_output, WAY, CONNECTION_OUTPUT, GOutputStream)

struct _WayConnectionOutput
{
  GOutputStream parent;
  Link *link;
};

static gssize
output_write (
  GOutputStream *stream, const void *buffer, gsize count, GCancellable *cancel, GError **error)
{
  Link *link = WAY_CONNECTION_OUTPUT (stream)->link;

  if (!link->connection)
    return fail_closed (error);
  return link->funcs->write (link->connection, buffer, count, error);
}

static gssize
output_write_nonblocking (GPollableOutputStream *stream,
                          const void *buffer,
                          gsize count,
                          GError **error)
{
  return output_write (G_OUTPUT_STREAM (stream), buffer, count, NULL, error);
}

static gboolean
output_is_writable (GPollableOutputStream *stream)
{
  return link_is_ready (WAY_CONNECTION_OUTPUT (stream)->link, TRUE);
}

static GSource *
output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return create_ready_source (G_OBJECT (stream), WAY_CONNECTION_OUTPUT (stream)->link, TRUE,
                              cancellable);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = output_is_writable;
  iface->create_source = output_create_source;
  iface->write_nonblocking = output_write_nonblocking;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayConnectionOutput,
                               way_connection_output,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      output_pollable_init))

static void
way_connection_output_finalize (GObject *object)
{
  link_unref (WAY_CONNECTION_OUTPUT (object)->link);
  G_OBJECT_CLASS (way_connection_output_parent_class)->finalize (object);
}

static void
way_connection_output_class_init (WayConnectionOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = way_connection_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = output_write;
}

static void
way_connection_output_init (WayConnectionOutput *self)
{
}

/* Both together */

struct _WayConnectionStream
{
  GIOStream parent;
  Link *link;
  GInputStream *input;   /* owned */
  GOutputStream *output; /* owned */
};

G_DEFINE_FINAL_TYPE (WayConnectionStream, way_connection_stream, G_TYPE_IO_STREAM)

static GInputStream *
get_input_stream (GIOStream *stream)
{
  return WAY_CONNECTION_STREAM (stream)->input;
}

static GOutputStream *
get_output_stream (GIOStream *stream)
{
  return WAY_CONNECTION_STREAM (stream)->output;
}

/* Soup closes what it gave up on: a request that is no HTTP, or a client that left in the middle.
 */
static gboolean
close_stream (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  Link *link = WAY_CONNECTION_STREAM (stream)->link;

  if (link->connection)
    link->funcs->close (link->connection);
  return TRUE;
}

static void
way_connection_stream_finalize (GObject *object)
{
  WayConnectionStream *self = WAY_CONNECTION_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  link_unref (self->link);
  G_OBJECT_CLASS (way_connection_stream_parent_class)->finalize (object);
}

static void
way_connection_stream_class_init (WayConnectionStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = way_connection_stream_finalize;
  stream_class->get_input_stream = get_input_stream;
  stream_class->get_output_stream = get_output_stream;
  stream_class->close_fn = close_stream;
}

static void
way_connection_stream_init (WayConnectionStream *self)
{
}

/**
 * way_connection_stream_new:
 * @funcs: what to call, static
 * @connection: given to each of @funcs; borrowed until way_connection_stream_detach()
 *
 * Returns: (transfer full): a stream for one connection
 */
GIOStream *
way_connection_stream_new (const WayConnectionStreamFuncs *funcs, gpointer connection)
{
  WayConnectionStream *self = g_object_new (WAY_TYPE_CONNECTION_STREAM, NULL);
  WayConnectionInput *input = g_object_new (WAY_TYPE_CONNECTION_INPUT, NULL);
  WayConnectionOutput *output = g_object_new (WAY_TYPE_CONNECTION_OUTPUT, NULL);

  self->link = g_new0 (Link, 1);
  g_ref_count_init (&self->link->refs);
  self->link->funcs = funcs;
  self->link->connection = connection;
  input->link = link_ref (self->link);
  output->link = link_ref (self->link);
  self->input = G_INPUT_STREAM (input);
  self->output = G_OUTPUT_STREAM (output);
  return G_IO_STREAM (self);
}

/**
 * way_connection_stream_get_connection:
 *
 * Returns: (transfer none) (nullable): what was given to way_connection_stream_new(), NULL once
 *   detached
 */
gpointer
way_connection_stream_get_connection (WayConnectionStream *self)
{
  return self->link->connection;
}

/**
 * way_connection_stream_detach:
 *
 * The connection is going: from now on reads see the end and writes fail.
 */
void
way_connection_stream_detach (WayConnectionStream *self)
{
  self->link->connection = NULL;
}
