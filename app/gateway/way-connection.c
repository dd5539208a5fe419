/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One client's socket: its life, and what is sent. Gateway thread. */

#include "way-connection-private.h"

#include "way-clock.h"
#include "way-connection-stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void
way_connection_close (WayConnection *self)
{
  if (self->phase == WAY_PHASE_CLOSED)
    return;
  self->phase = WAY_PHASE_CLOSED;
  g_clear_pointer (&self->watch, way_watch_remove);
  close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->out, g_byte_array_unref);
  if (self->stream)
    way_connection_stream_detach (WAY_CONNECTION_STREAM (self->stream));
  self->host->on_closed (self, self->host_data);
}

static void
start_lingering (WayConnection *self)
{
  /* Closing with unread input resets the connection, and the reset can overtake the answer. */
  self->phase = WAY_PHASE_LINGERING;
  self->active_at_us = way_clock_get_monotonic_us ();
  shutdown (self->fd, SHUT_WR);
  way_connection_process_input (self);
}

static void
finish_flushed (WayConnection *self)
{
  self->answer = (WayConnectionAnswer){ NULL, NULL };
  if (self->keep_alive && !self->peer_left)
    {
      self->phase = WAY_PHASE_IDLE;
      self->active_at_us = way_clock_get_monotonic_us ();
      if (self->in && self->in->len == 0)
        g_clear_pointer (&self->in, g_byte_array_unref);
      if (self->in || self->readable)
        way_connection_process_input (self);
    }
  else if (self->body_left > 0 && !self->peer_left)
    start_lingering (self);
  else
    way_connection_close (self);
}

static void
flush (WayConnection *self)
{
  while (self->out && self->out_sent < self->out->len)
    {
      gssize n = send (self->fd, self->out->data + self->out_sent, self->out->len - self->out_sent,
                       MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          self->writable = FALSE;
          return; /* full, or broken: then the poller reports that the client left */
        }
      self->out_sent += n;
      self->active_at_us = way_clock_get_monotonic_us ();
    }
  if (!self->out)
    return;
  g_clear_pointer (&self->out, g_byte_array_unref);
  self->out_sent = 0;
  if (self->phase == WAY_PHASE_FLUSHING)
    finish_flushed (self);
  else if (self->phase == WAY_PHASE_ANSWERING && self->answer.on_drained)
    self->answer.on_drained (self, self->answer_data);
}

static void
report_gone (WayConnection *self)
{
  WayConnectionAnswer answer = self->answer;

  self->answer = (WayConnectionAnswer){ NULL, NULL };
  if (self->phase == WAY_PHASE_ANSWERING && answer.on_gone)
    answer.on_gone (self, self->answer_data);
  way_connection_close (self);
}

static void
on_watch (guint32 events, gpointer user_data)
{
  WayConnection *self = user_data;

  way_connection_ref (self);
  if (events & EPOLLIN)
    self->readable = TRUE;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    self->peer_left = TRUE;
  if (events & EPOLLOUT)
    {
      self->writable = TRUE;
      if (self->out)
        flush (self);
    }
  switch (self->phase)
    {
    case WAY_PHASE_IDLE:
    case WAY_PHASE_LINGERING:
      way_connection_process_input (self);
      break;
    case WAY_PHASE_ANSWERING:
    case WAY_PHASE_FLUSHING:
      if (self->peer_left)
        report_gone (self);
      break;
    case WAY_PHASE_PARSING: /* the stream's source sees the flags in this turn of the loop */
    case WAY_PHASE_CLOSED:
      break;
    }
  way_connection_unref (self);
}

/* SoupServer writes "100 Continue" and, before it closes, what it refuses by itself: a status
 * without a body. That one gets the shape of an error. */
static char *
dup_refusal (const char *head, gsize length)
{
  const char *status = length > 12 ? head + strlen ("HTTP/1.1 ") : NULL;
  const char *end = status ? memchr (status, '\r', length - (status - head)) : NULL;
  g_autofree char *text = end ? g_strndup (status, end - status) : NULL;

  if (!text || text[0] < '4')
    return NULL;
  return way_connection_dup_refusal (
    text, g_str_has_prefix (text, "404") ? "not_found" : "bad_request",
    "This is no request that can be read: it takes HTTP/1.1, a path, a Host header, and no Expect "
    "but 100-continue");
}

static gssize
stream_write (gpointer connection, const void *buffer, gsize count, GError **error)
{
  WayConnection *self = connection;
  g_autofree char *refusal = dup_refusal (buffer, count);
  const void *data = refusal ? refusal : buffer;
  gssize n = send (self->fd, data, refusal ? strlen (refusal) : count, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n >= 0)
    return refusal ? (gssize)count : n; /* the first bytes on a socket: there is room for all */
  self->writable = FALSE;
  g_set_error_literal (error, G_IO_ERROR,
                       errno == EAGAIN ? G_IO_ERROR_WOULD_BLOCK : G_IO_ERROR_CONNECTION_CLOSED,
                       g_strerror (errno));
  return -1;
}

static gboolean
stream_is_readable (gpointer connection)
{
  WayConnection *self = connection;

  return self->readable || self->peer_left || (self->in && self->in->len > 0);
}

static gboolean
stream_is_writable (gpointer connection)
{
  WayConnection *self = connection;

  return self->writable || self->peer_left;
}

static void
stream_close (gpointer connection)
{
  WayConnection *self = connection;

  if (self->phase != WAY_PHASE_PARSING)
    return; /* taken back from the parser: closing is no longer its business */
  if (self->peer_left)
    way_connection_close (self);
  else
    start_lingering (self);
}

static const WayConnectionStreamFuncs stream_funcs = {
  .read = way_connection_read_request,
  .write = stream_write,
  .is_readable = stream_is_readable,
  .is_writable = stream_is_writable,
  .close = stream_close,
};

/**
 * way_connection_new:
 * @fd: a connected, non-blocking stream socket; owned from now on
 * @is_control: it came over the control socket: its user is the owner of the router
 * @host: static
 *
 * Returns: (transfer full): a connection that waits for its first request
 */
WayConnection *
way_connection_new (
  WayPoller *poller, int fd, gboolean is_control, const WayConnectionHost *host, gpointer host_data)
{
  WayConnection *self = g_new0 (WayConnection, 1);

  g_ref_count_init (&self->refs);
  self->fd = fd;
  self->is_control = is_control;
  self->host = host;
  self->host_data = host_data;
  self->active_at_us = way_clock_get_monotonic_us ();
  self->writable = TRUE;
  self->watch =
    way_poller_add (poller, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, on_watch, self);
  return self;
}

WayConnection *
way_connection_ref (WayConnection *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

/**
 * way_connection_unref:
 *
 * Drops a reference. The listener holds one until the socket is closed.
 */
void
way_connection_unref (WayConnection *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_assert (self->phase == WAY_PHASE_CLOSED);
  g_clear_object (&self->stream);
  g_free (self);
}

/**
 * way_connection_get_stream:
 *
 * Returns: (transfer none): the face for the parser; the same one for every request
 */
GIOStream *
way_connection_get_stream (WayConnection *self)
{
  if (!self->stream)
    self->stream = way_connection_stream_new (&stream_funcs, self);
  return self->stream;
}

gboolean
way_connection_is_control (WayConnection *self)
{
  return self->is_control;
}

/**
 * way_connection_is_idle:
 *
 * Returns: whether no request has begun, not even with its first byte
 */
gboolean
way_connection_is_idle (WayConnection *self)
{
  return self->phase == WAY_PHASE_IDLE && !self->in;
}

/**
 * way_connection_is_awaiting_client:
 *
 * Returns: whether the next move is the client's: to send a request or the rest of one, to take the
 *   rest of an answer, or to close
 */
gboolean
way_connection_is_awaiting_client (WayConnection *self)
{
  return self->phase != WAY_PHASE_ANSWERING || self->out;
}

/**
 * way_connection_get_active_at_us:
 *
 * Returns: monotonic µs when bytes last moved either way
 */
gint64
way_connection_get_active_at_us (WayConnection *self)
{
  return self->active_at_us;
}

/**
 * way_connection_begin_answer:
 * @answer: copied
 *
 * Takes the connection back from the parser, whose request has been read or is not worth reading.
 *
 * Returns: %FALSE if the client has already left; the connection is then closed and @answer not
 * called
 */
gboolean
way_connection_begin_answer (WayConnection *self,
                             const WayConnectionAnswer *answer,
                             gpointer user_data)
{
  g_return_val_if_fail (self->phase == WAY_PHASE_PARSING || self->phase == WAY_PHASE_CLOSED, FALSE);

  if (self->phase == WAY_PHASE_CLOSED)
    return FALSE;
  self->phase = WAY_PHASE_ANSWERING;
  if (self->peer_left)
    {
      way_connection_close (self);
      return FALSE;
    }
  self->answer = *answer;
  self->answer_data = user_data;
  return TRUE;
}

static void
keep_unsent (WayConnection *self, const struct iovec *parts, int n_parts, gsize sent)
{
  if (!self->out)
    self->out = g_byte_array_new ();
  for (int i = 0; i < n_parts; i++)
    {
      gsize skip = MIN (sent, parts[i].iov_len);

      g_byte_array_append (self->out, (const guint8 *)parts[i].iov_base + skip,
                           parts[i].iov_len - skip);
      sent -= skip;
    }
}

/**
 * way_connection_send:
 * @parts: bytes to send, copied if they have to wait
 *
 * Sends as much as the socket takes, in one system call, and keeps the rest. A broken connection is
 * reported through on_gone, never from in here.
 */
void
way_connection_send (WayConnection *self, const struct iovec *parts, int n_parts)
{
  struct msghdr message = { .msg_iov = (struct iovec *)parts, .msg_iovlen = n_parts };
  gsize total = 0;
  gssize n = 0;

  g_return_if_fail (self->phase == WAY_PHASE_ANSWERING);

  for (int i = 0; i < n_parts; i++)
    total += parts[i].iov_len;
  if (!self->out)
    {
      do
        n = sendmsg (self->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      while (n < 0 && errno == EINTR);
    }
  if (n == (gssize)total)
    {
      self->active_at_us = way_clock_get_monotonic_us ();
      return;
    }
  self->writable = FALSE;
  keep_unsent (self, parts, n_parts, MAX (n, 0));
}

/**
 * way_connection_get_pending:
 *
 * Returns: bytes given to way_connection_send() that wait for the client
 */
gsize
way_connection_get_pending (WayConnection *self)
{
  return self->out ? self->out->len - self->out_sent : 0;
}

/**
 * way_connection_may_stay:
 *
 * Returns: whether another request can follow the answer that is being made: all of the request's
 *   body was read, it was known where it ends, and the connection is not retired
 */
gboolean
way_connection_may_stay (const WayConnection *self)
{
  return self->body_left == 0 && !self->is_retired;
}

/**
 * way_connection_end_answer:
 * @keep_alive: whether client and answer allow another request on this connection
 *
 * The answer is complete: once it is sent the connection waits for the next request or closes. None
 * of the answer's functions is called any more.
 */
void
way_connection_end_answer (WayConnection *self, gboolean keep_alive)
{
  if (self->phase == WAY_PHASE_CLOSED)
    return;
  g_return_if_fail (self->phase == WAY_PHASE_ANSWERING);

  self->phase = WAY_PHASE_FLUSHING;
  self->keep_alive = keep_alive && way_connection_may_stay (self);
  if (!self->out)
    finish_flushed (self);
}

/**
 * way_connection_cut_answer:
 *
 * The answer will not be completed: what was given to way_connection_send() still leaves, then the
 * connection closes, and the client sees that the answer was cut.
 */
void
way_connection_cut_answer (WayConnection *self)
{
  way_connection_end_answer (self, FALSE);
}

/**
 * way_connection_retire:
 *
 * No request is begun on it any more: it closes behind the answer to the one that has begun, or
 * now.
 */
void
way_connection_retire (WayConnection *self)
{
  self->is_retired = TRUE;
  self->keep_alive = FALSE; /* of an answer that the client still takes */
  if (self->phase == WAY_PHASE_IDLE)
    way_connection_close (self);
}

/**
 * way_connection_drop:
 *
 * The listener closes at once; whoever writes an answer is told that the client is gone.
 */
void
way_connection_drop (WayConnection *self)
{
  way_connection_ref (self);
  report_gone (self);
  way_connection_unref (self);
}

/**
 * way_connection_from_stream:
 *
 * Returns: (transfer none) (nullable): the connection behind a stream made here
 */
WayConnection *
way_connection_from_stream (GIOStream *stream)
{
  return way_connection_stream_get_connection (WAY_CONNECTION_STREAM (stream));
}
