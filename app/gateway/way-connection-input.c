/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a client sends. Gateway thread.
 *
 * A request's head is gathered here until it is complete, so a slow or endless one never reaches
 * the HTTP parser, and the parser is never given a byte beyond its request, which it would buffer
 * and lose when the connection is taken back from it. */

#include "way-connection-private.h"

#include "way-clock.h"
#include "way-limits.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define READ_BYTES (16 * 1024)
/* What may still come after an answer that did not wait for the whole body. */
#define LINGER_BYTES (4 * WAY_LIMIT_REQUEST_BODY_BYTES)

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

/* What a header says, from behind its colon to the end of its line. */
static char *
dup_value (const char *value)
{
  return g_strstrip (g_strndup (value, strcspn (value, "\r\n")));
}

/* A length is digits: soup believes a minus, and leaks what it does not understand. */
static gint64
read_length (const char *value)
{
  g_autofree char *text = dup_value (value);
  guint64 length;

  return g_ascii_string_to_unsigned (text, 10, 0, WAY_BODY_UNTIL_CLOSE - 1, &length, NULL)
           ? (gint64)length
           : -1;
}

static gboolean
is_chunked (const char *value)
{
  g_autofree char *text = dup_value (value);

  return g_ascii_strcasecmp (text, "chunked") == 0;
}

/* How long the body behind a head is, or -1 if that cannot be told. Soup judges whether the head is
 * valid otherwise; this only decides how many bytes soup may be given. Lengths that differ are none
 * (RFC 9112 §6.3): whoever is before us may have believed the other one. */
static gint64
measure_body (const char *head, gsize length)
{
  const char *end = head + length;
  const char *line = head;
  gint64 body = -1;

  while ((line = memchr (line, '\n', end - line)) && ++line < end)
    {
      if (g_ascii_strncasecmp (line, "transfer-encoding:", 18) == 0)
        return is_chunked (line + 18) ? WAY_BODY_UNTIL_CLOSE : -1;
      if (g_ascii_strncasecmp (line, "content-length:", 15) == 0)
        {
          gint64 stated = read_length (line + 15);

          if (stated < 0 || (body >= 0 && stated != body))
            return -1;
          body = stated;
        }
    }
  return MAX (body, 0);
}

/* An answer before there is a request that could be refused in its dialect. */
char *
way_connection_dup_refusal (const char *status, const char *code, const char *message)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":{\"message\":\"%s\","
                                           "\"type\":\"invalid_request_error\",\"param\":null,"
                                           "\"code\":\"%s\"}}",
                                           message, code);

  return g_strdup_printf ("HTTP/1.1 %s\r\n"
                          "Content-Type: application/json\r\n"
                          "Connection: close\r\n"
                          "Content-Length: %zu\r\n\r\n%s",
                          status, strlen (body), body);
}

static void
refuse_head (WayConnection *self, const char *status, const char *code, const char *message)
{
  g_autofree char *refusal = way_connection_dup_refusal (status, code, message);
  struct iovec part = { refusal, strlen (refusal) };

  self->phase = WAY_PHASE_ANSWERING;
  self->body_left = WAY_BODY_UNTIL_CLOSE;
  way_connection_send (self, &part, 1);
  way_connection_end_answer (self, FALSE);
}

static void
start_parsing (WayConnection *self, gsize head_end)
{
  gint64 body = measure_body ((const char *)self->in->data, head_end);

  if (body < 0)
    {
      refuse_head (self, "400 Bad Request", "bad_request",
                   "the length of the request's body cannot be told: send one Content-Length, or "
                   "Transfer-Encoding: chunked");
      return;
    }
  self->phase = WAY_PHASE_PARSING;
  self->head_length = head_end;
  self->head_seen = 0;
  /* head and body leave @in the same way */
  self->body_left =
    body < WAY_BODY_UNTIL_CLOSE - (gint64)head_end ? body + (gint64)head_end : WAY_BODY_UNTIL_CLOSE;
  self->host->on_request (self, self->host_data);
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
          way_connection_close (self);
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
    refuse_head (self, "431 Request Header Fields Too Large", "request_too_large",
                 "the headers of the request are longer than " G_STRINGIFY (
                   WAY_LIMIT_REQUEST_HEAD_BYTES) " bytes");
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
          way_connection_close (self);
          return;
        }
    }
}

/**
 * way_connection_process_input:
 *
 * Reads what waits between requests, and hands each request that has begun to the host.
 */
void
way_connection_process_input (WayConnection *self)
{
  if (self->in_input)
    return; /* an answer ended inside the loop below, which goes on with the next request */
  self->in_input = TRUE;
  way_connection_ref (self);
  while (self->phase == WAY_PHASE_IDLE && gather_head (self))
    ;
  if (self->phase == WAY_PHASE_LINGERING)
    discard_input (self);
  self->in_input = FALSE;
  way_connection_unref (self);
}

/**
 * way_connection_peek_request:
 * @ret_length: (out): bytes of head and body
 * @ret_head_length: (out): bytes of the head, with the empty line that ends it
 *
 * Looks at the request that has begun.
 *
 * Returns: (transfer none) (nullable): its bytes, %NULL unless all of them are here
 */
const char *
way_connection_peek_request (WayConnection *self, gsize *ret_length, gsize *ret_head_length)
{
  g_return_val_if_fail (self->phase == WAY_PHASE_PARSING, NULL);

  if (self->body_left > (gint64)self->in->len)
    return NULL;
  *ret_length = (gsize)self->body_left;
  *ret_head_length = self->head_length;
  return (const char *)self->in->data;
}

/**
 * way_connection_take_request:
 *
 * Takes what way_connection_peek_request() has shown.
 *
 * Returns: (transfer full): the bytes of the request
 */
GBytes *
way_connection_take_request (WayConnection *self)
{
  gsize length = (gsize)self->body_left;
  GBytes *request;

  g_return_val_if_fail (self->phase == WAY_PHASE_PARSING && self->in->len >= length, NULL);

  self->body_left = 0;
  if (self->in->len == length)
    return g_byte_array_free_to_bytes (g_steal_pointer (&self->in));
  request = g_bytes_new (self->in->data, length);
  g_byte_array_remove_range (self->in, 0, length);
  return request;
}

/**
 * way_connection_read_request:
 *
 * What the parser reads: the bytes of the request that has begun, and then the end.
 */
gssize
way_connection_read_request (gpointer connection, void *buffer, gsize count, GError **error)
{
  WayConnection *self = connection;
  gssize n;

  if (self->phase != WAY_PHASE_PARSING || self->body_left == 0)
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
  if (self->body_left != WAY_BODY_UNTIL_CLOSE)
    self->body_left -= n;
  self->active_at_us = way_clock_get_monotonic_us ();
  return n;
}
