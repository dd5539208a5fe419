/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One client's socket. Gateway thread.
 *
 * A request's head is gathered here until it is complete, so a slow or endless one never reaches
 * the HTTP parser, and the parser is never given a byte beyond its request, which it would buffer
 * and lose when the connection is taken back from it. */

#include "way-connection.h"

#include "way-clock.h"
#include "way-connection-stream.h"
#include "way-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (16 * 1024)
/* What may still come after an answer that did not wait for the whole body. */
#define LINGER_BYTES (4 * WAY_LIMIT_REQUEST_BODY_BYTES)
#define BODY_UNTIL_CLOSE G_MAXINT64

typedef enum
{
  PHASE_IDLE,      /* between requests, or in the middle of a head: only the poller holds it */
  PHASE_PARSING,   /* SoupServer reads */
  PHASE_ANSWERING, /* an answer is being made and sent */
  PHASE_FLUSHING,  /* the answer is complete, the client still takes it */
  PHASE_LINGERING, /* our side is shut; what the client still sends is thrown away */
  PHASE_CLOSED,
} Phase;

struct _WayConnection
{
  grefcount refs;
  int fd;
  WayWatch *watch;   /* owned */
  GIOStream *stream; /* owned, made at the first request */
  GByteArray *in;    /* owned, nullable: received, not yet given to the parser */
  GByteArray *out;   /* owned, nullable: to be sent */
  gsize out_sent;
  gsize head_seen;  /* bytes of @in already searched for the end of the head */
  gint64 body_left; /* bytes of the request's body that @in and the socket still owe */
  gint64 discarded;
  gint64 active_at_us;
  const WayConnectionHost *host;
  gpointer host_data;
  WayConnectionAnswer answer;
  gpointer answer_data;
  Phase phase;
  gboolean is_control;
  gboolean readable;
  gboolean writable;
  gboolean peer_left;
  gboolean keep_alive;
  gboolean in_input;
};

static void process_input (WayConnection *self);

static void
close_now (WayConnection *self)
{
  if (self->phase == PHASE_CLOSED)
    return;
  self->phase = PHASE_CLOSED;
  g_clear_pointer (&self->watch, way_watch_remove);
  close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->out, g_byte_array_unref);
  if (self->stream)
    way_connection_stream_detach (WAY_CONNECTION_STREAM (self->stream));
  self->host->on_closed (self, self->host_data);
}

/* Receive into @buffer. Returns a count, 0 at the end, -1 with errno. A short read empties an
 * edge-triggered stream socket (epoll(7)), which saves the call that would say EAGAIN. */
static gssize
receive (WayConnection *self, void *buffer, gsize count)
{
  gssize n;

  do
    n = recv (self->fd, buffer, count, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0 || ((gsize)n < count && !self->peer_left))
    self->readable = FALSE;
  return n;
}

/* Where the head in @in ends, or 0. Bare line feeds count, as RFC 9112 §2.2 allows. */
static gsize
find_head_end (WayConnection *self)
{
  const char *data = (const char *)self->in->data;
  gsize length = self->in->len;
  gsize at = self->head_seen > 3 ? self->head_seen - 3 : 0;

  for (;;)
    {
      const char *feed = memchr (data + at, '\n', length - at);

      if (!feed)
        break;
      at = feed - data + 1;
      if (at < length && data[at] == '\n')
        return at + 1;
      if (at + 1 < length && data[at] == '\r' && data[at + 1] == '\n')
        return at + 2;
    }
  self->head_seen = length;
  return 0;
}

/* How long the body behind a head is. Soup judges whether the head is valid; this only decides how
 * many bytes soup may be given, so of two answers the longer one is taken. */
static gint64
measure_body (const char *head, gsize length)
{
  const char *end = head + length;
  const char *line = head;
  gint64 body = 0;

  while ((line = memchr (line, '\n', end - line)) && ++line < end)
    {
      if (g_ascii_strncasecmp (line, "transfer-encoding:", 18) == 0)
        return BODY_UNTIL_CLOSE;
      if (g_ascii_strncasecmp (line, "content-length:", 15) == 0)
        body = MAX (body, g_ascii_strtoll (line + 15, NULL, 10));
    }
  return body;
}

static void
start_parsing (WayConnection *self, gsize head_end)
{
  self->phase = PHASE_PARSING;
  self->head_seen = 0;
  self->body_left = measure_body ((const char *)self->in->data, head_end);
  if (self->body_left < BODY_UNTIL_CLOSE - (gint64)head_end)
    self->body_left += head_end; /* head and body leave @in the same way */
  else
    self->body_left = BODY_UNTIL_CLOSE;
  self->host->on_request (self, self->host_data);
}

static void
refuse_long_head (WayConnection *self)
{
  static const char body[] =
    "{\"error\":{\"message\":\"the headers of the request are longer than " G_STRINGIFY (
      WAY_LIMIT_REQUEST_HEAD_BYTES) " bytes\","
                                    "\"type\":\"invalid_request_error\",\"param\":null,"
                                    "\"code\":\"request_too_large\"}}";
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 431 Request Header Fields Too Large\r\n"
                                           "Content-Type: application/json\r\n"
                                           "Connection: close\r\n"
                                           "Content-Length: %zu\r\n\r\n",
                                           sizeof body - 1);
  struct iovec parts[] = { { head, strlen (head) }, { (void *)body, sizeof body - 1 } };

  self->phase = PHASE_ANSWERING;
  self->body_left = BODY_UNTIL_CLOSE;
  way_connection_send (self, parts, G_N_ELEMENTS (parts));
  way_connection_end_answer (self, FALSE);
}

/* Reads what waits while nobody else does. Returns whether there may be more to do. */
static gboolean
gather_head (WayConnection *self)
{
  guint8 buffer[READ_BYTES];
  gsize head_end;

  if (!self->in || self->in->len == self->head_seen)
    {
      gssize n;

      if (!self->readable && !self->peer_left)
        return FALSE;
      n = receive (self, buffer, sizeof buffer);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && !self->peer_left)
        return FALSE;
      if (n <= 0)
        {
          close_now (self);
          return FALSE;
        }
      if (!self->in)
        self->in = g_byte_array_sized_new (n);
      g_byte_array_append (self->in, buffer, n);
      self->active_at_us = way_clock_get_monotonic_us ();
    }
  while (self->in->len >= 2 && self->head_seen == 0 && memcmp (self->in->data, "\r\n", 2) == 0)
    g_byte_array_remove_range (self->in, 0, 2); /* RFC 9112 §2.2: empty lines before a request */
  head_end = self->in->len > 0 ? find_head_end (self) : 0;
  if (head_end > 0 && head_end <= WAY_LIMIT_REQUEST_HEAD_BYTES)
    start_parsing (self, head_end);
  else if (head_end > 0 || self->in->len > WAY_LIMIT_REQUEST_HEAD_BYTES)
    refuse_long_head (self);
  return TRUE;
}

static void
discard_input (WayConnection *self)
{
  guint8 buffer[READ_BYTES];
  gssize n;

  while (self->readable || self->peer_left)
    {
      n = receive (self, buffer, sizeof buffer);
      if (n < 0 && errno == EAGAIN && !self->peer_left)
        return;
      self->discarded += MAX (n, 0);
      if (n <= 0 || self->discarded > LINGER_BYTES)
        {
          close_now (self);
          return;
        }
    }
}

static void
process_input (WayConnection *self)
{
  if (self->in_input)
    return; /* an answer ended inside the loop below, which goes on with the next request */
  self->in_input = TRUE;
  way_connection_ref (self);
  while (self->phase == PHASE_IDLE && gather_head (self))
    ;
  if (self->phase == PHASE_LINGERING)
    discard_input (self);
  self->in_input = FALSE;
  way_connection_unref (self);
}

static void
start_lingering (WayConnection *self)
{
  /* Closing with unread input resets the connection, and the reset can overtake the answer. */
  self->phase = PHASE_LINGERING;
  self->active_at_us = way_clock_get_monotonic_us ();
  shutdown (self->fd, SHUT_WR);
  process_input (self);
}

static void
finish_flushed (WayConnection *self)
{
  gboolean body_unread = self->body_left > 0;

  self->answer = (WayConnectionAnswer){ NULL, NULL };
  if (self->keep_alive && !body_unread && !self->peer_left)
    {
      self->phase = PHASE_IDLE;
      self->active_at_us = way_clock_get_monotonic_us ();
      if (self->in && self->in->len == 0)
        g_clear_pointer (&self->in, g_byte_array_unref);
      if (self->in || self->readable)
        process_input (self);
    }
  else if (body_unread && !self->peer_left)
    start_lingering (self);
  else
    close_now (self);
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
  if (self->phase == PHASE_FLUSHING)
    finish_flushed (self);
  else if (self->phase == PHASE_ANSWERING && self->answer.on_drained)
    self->answer.on_drained (self, self->answer_data);
}

static void
report_gone (WayConnection *self)
{
  WayConnectionAnswer answer = self->answer;

  self->answer = (WayConnectionAnswer){ NULL, NULL };
  if (self->phase == PHASE_ANSWERING && answer.on_gone)
    answer.on_gone (self, self->answer_data);
  close_now (self);
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
    case PHASE_IDLE:
    case PHASE_LINGERING:
      process_input (self);
      break;
    case PHASE_ANSWERING:
    case PHASE_FLUSHING:
      if (self->peer_left)
        report_gone (self);
      break;
    case PHASE_PARSING: /* the stream's source sees the flags in this turn of the loop */
    case PHASE_CLOSED:
      break;
    }
  way_connection_unref (self);
}

/* What the parser sees */

static gssize
stream_read (gpointer connection, void *buffer, gsize count, GError **error)
{
  WayConnection *self = connection;
  gssize n;

  if (self->phase != PHASE_PARSING || self->body_left == 0)
    return 0;
  count = MIN (count, (guint64)self->body_left);
  if (self->in && self->in->len > 0)
    {
      n = MIN (count, self->in->len);
      memcpy (buffer, self->in->data, n);
      g_byte_array_remove_range (self->in, 0, n);
    }
  else
    n = receive (self, buffer, count);
  if (n < 0)
    {
      g_set_error_literal (error, G_IO_ERROR,
                           errno == EAGAIN ? G_IO_ERROR_WOULD_BLOCK : G_IO_ERROR_CONNECTION_CLOSED,
                           g_strerror (errno));
      return -1;
    }
  if (self->body_left != BODY_UNTIL_CLOSE)
    self->body_left -= n;
  self->active_at_us = way_clock_get_monotonic_us ();
  return n;
}

static gssize
stream_write (gpointer connection, const void *buffer, gsize count, GError **error)
{
  WayConnection *self = connection;
  gssize n = send (self->fd, buffer, count, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n >= 0)
    return n;
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

  if (self->phase != PHASE_PARSING)
    return; /* taken back from the parser: closing is no longer its business */
  if (self->peer_left)
    close_now (self);
  else
    start_lingering (self);
}

static const WayConnectionStreamFuncs stream_funcs = {
  .read = stream_read,
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
  g_assert (self->phase == PHASE_CLOSED);
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
  return self->phase == PHASE_IDLE && !self->in;
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
  return self->phase != PHASE_ANSWERING || self->out;
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
  g_return_val_if_fail (self->phase == PHASE_PARSING || self->phase == PHASE_CLOSED, FALSE);

  if (self->phase == PHASE_CLOSED)
    return FALSE;
  self->phase = PHASE_ANSWERING;
  if (self->peer_left)
    {
      close_now (self);
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

  g_return_if_fail (self->phase == PHASE_ANSWERING);

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
 * way_connection_end_answer:
 * @keep_alive: whether client and answer allow another request on this connection
 *
 * The answer is complete: once it is sent the connection waits for the next request or closes. None
 * of the answer's functions is called any more.
 */
void
way_connection_end_answer (WayConnection *self, gboolean keep_alive)
{
  if (self->phase == PHASE_CLOSED)
    return;
  g_return_if_fail (self->phase == PHASE_ANSWERING);

  self->phase = PHASE_FLUSHING;
  self->keep_alive = keep_alive && self->body_left != BODY_UNTIL_CLOSE;
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
