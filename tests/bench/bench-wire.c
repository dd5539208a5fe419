/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the mock upstream and the load generator share: sockets on loopback and a reader of HTTP/1.1
 * messages that costs next to nothing. One thread. */

#include "bench-wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

/* Returns: the value of a header, up to its line's end, or NULL. @name is ": "-less. */
static const char *
find_header (const BenchReader *reader, const char *name)
{
  const gsize length = strlen (name);

  for (const char *line = strstr (reader->head, "\r\n"); line != NULL; line = strstr (line, "\r\n"))
    {
      line += 2;
      if (g_ascii_strncasecmp (line, name, length) == 0 && line[length] == ':')
        return line + length + 1 + strspn (line + length + 1, " ");
    }
  return NULL;
}

static void
begin_body (BenchReader *reader)
{
  const char *length = find_header (reader, "content-length");
  const char *coding = find_header (reader, "transfer-encoding");

  if (coding != NULL && g_ascii_strncasecmp (coding, "chunked", strlen ("chunked")) == 0)
    reader->state = BENCH_READER_CHUNK_SIZE;
  else if (length != NULL && (reader->left = g_ascii_strtoull (length, NULL, 10)) > 0)
    reader->state = BENCH_READER_LENGTH;
  else
    reader->state = BENCH_READER_DONE;
  reader->line_length = 0;
}

static gsize
feed_head (BenchReader *reader, const char *data, gsize length)
{
  const gsize before = reader->head_length;
  const gsize taken = MIN (length, BENCH_HEAD_BYTES - 1 - before);
  const gsize from = before > 3 ? before - 3 : 0;
  const char *end;

  memcpy (reader->head + before, data, taken);
  end = memmem (reader->head + from, before + taken - from, "\r\n\r\n", 4);
  if (end == NULL)
    {
      reader->head_length = before + taken;
      reader->head[reader->head_length] = '\0';
      if (reader->head_length == BENCH_HEAD_BYTES - 1)
        reader->state = BENCH_READER_BROKEN;
      return taken;
    }
  reader->head_length = (gsize)(end - reader->head) + 4;
  reader->head[reader->head_length] = '\0';
  begin_body (reader);
  return reader->head_length - before;
}

static gsize
feed_body (
  BenchReader *reader, const char *data, gsize length, BenchBodyFunc on_body, gpointer user_data)
{
  const gsize taken = MIN (length, reader->left);

  if (on_body != NULL)
    on_body (data, taken, user_data);
  reader->left -= taken;
  if (reader->left == 0)
    reader->state =
      reader->state == BENCH_READER_LENGTH ? BENCH_READER_DONE : BENCH_READER_CHUNK_END;
  return taken;
}

/* A line of the chunked coding (RFC 9112, 7.1) has ended. */
static void
end_line (BenchReader *reader)
{
  if (reader->state == BENCH_READER_CHUNK_END)
    reader->state = BENCH_READER_CHUNK_SIZE;
  else if (reader->state == BENCH_READER_TRAILER)
    reader->state = reader->line_length == 0 ? BENCH_READER_DONE : BENCH_READER_TRAILER;
  else
    reader->state = reader->left > 0 ? BENCH_READER_CHUNK_DATA : BENCH_READER_TRAILER;
  reader->line_length = 0;
}

static void
feed_line (BenchReader *reader, char c)
{
  if (c == '\n')
    {
      end_line (reader);
      return;
    }
  if (c == '\r')
    return;
  if (reader->state == BENCH_READER_CHUNK_SIZE)
    {
      if (reader->line_length == 0)
        reader->left = 0;
      if (!g_ascii_isxdigit (c))
        {
          reader->state = BENCH_READER_BROKEN;
          return;
        }
      reader->left = reader->left * 16 + (guint64)g_ascii_xdigit_value (c);
    }
  reader->line_length++;
}

/**
 * bench_reader_reset:
 * @reader: a reader
 *
 * Makes it ready for the next message.
 */
void
bench_reader_reset (BenchReader *reader)
{
  reader->state = BENCH_READER_HEAD;
  reader->left = 0;
  reader->line_length = 0;
  reader->head_length = 0;
  reader->head[0] = '\0';
}

/**
 * bench_reader_feed:
 * @reader: a reader
 * @data: what came
 * @length: how many bytes
 * @on_body: (nullable): told of the body's bytes, without their coding
 * @user_data: for @on_body
 *
 * Reads up to the end of the message; then the state is `BENCH_READER_DONE`.
 *
 * Returns: how many bytes were part of the message
 */
gsize
bench_reader_feed (
  BenchReader *reader, const char *data, gsize length, BenchBodyFunc on_body, gpointer user_data)
{
  gsize used = 0;

  while (used < length && reader->state < BENCH_READER_DONE)
    {
      if (reader->state == BENCH_READER_HEAD)
        used += feed_head (reader, data + used, length - used);
      else if (reader->state == BENCH_READER_LENGTH || reader->state == BENCH_READER_CHUNK_DATA)
        used += feed_body (reader, data + used, length - used, on_body, user_data);
      else
        feed_line (reader, data[used++]);
    }
  return used;
}

/**
 * bench_reader_get_status:
 * @reader: a reader that is past the head of a response
 *
 * Returns: its status code, 0 if it has none
 */
int
bench_reader_get_status (const BenchReader *reader)
{
  if (!g_str_has_prefix (reader->head, "HTTP/1.1 "))
    return 0;
  return (int)g_ascii_strtoull (reader->head + strlen ("HTTP/1.1 "), NULL, 10);
}

/**
 * bench_raise_fd_limit:
 *
 * Allows as many file descriptors as the system does.
 */
void
bench_raise_fd_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static struct sockaddr_in
loopback (guint16 port)
{
  return (struct sockaddr_in){
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
}

/**
 * bench_listen:
 * @ret_port: (out): the port the system chose
 *
 * Returns: a listening socket that does not block
 */
int
bench_listen (guint16 *ret_port)
{
  struct sockaddr_in address = loopback (0);
  socklen_t length = sizeof address;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (bind (fd, (struct sockaddr *)&address, length) != 0 || listen (fd, BACKLOG) != 0 ||
      getsockname (fd, (struct sockaddr *)&address, &length) != 0)
    g_error ("cannot listen on loopback: %s", g_strerror (errno));
  *ret_port = ntohs (address.sin_port);
  return fd;
}

/**
 * bench_connect:
 * @port: a port on loopback
 *
 * Returns: a socket that is being connected, or -1 with `errno` set
 */
int
bench_connect (guint16 port)
{
  const struct sockaddr_in address = loopback (port);
  const int on = 1;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return -1;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (fd, (const struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
    {
      const int reason = errno;

      close (fd);
      errno = reason;
      return -1;
    }
  return fd;
}

/**
 * bench_watch:
 * @epoll: an epoll
 * @fd: a file descriptor
 * @events: what to wait for
 * @data: given back with the events
 * @is_new: whether @fd is new to @epoll
 */
void
bench_watch (int epoll, int fd, guint32 events, gpointer data, gboolean is_new)
{
  struct epoll_event event = { .events = events, .data.ptr = data };

  if (epoll_ctl (epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) != 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}
