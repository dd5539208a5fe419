/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The misbehaving provider. One thread polls the listener and all connections; the test's thread
 * reads counters and sets scripts under the lock. */

#include "mock-upstream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 512
#define POLL_MS 1000

typedef struct
{
  GBytes *bytes;
  GBytes *tail; /* nullable */
  MockThen then;
  guint delay_ms;
  guint drip_ms;
  gboolean close_if_reused;
} Script;

typedef struct
{
  GString *received;
  GBytes *sending; /* nullable: what is being sent */
  Script *script;  /* borrowed: that of the running request */
  gsize n_sent;
  gint64 send_at_us; /* the next dripped byte */
  guint n_answered;
  int fd;
} Connection;

struct _MockUpstream
{
  GThread *thread;
  GPtrArray *connections; /* (element-type Connection): the thread's own */
  int listener;
  int stop_fds[2];
  guint port;
  GMutex lock; /* of all below */
  GHashTable *scripts;
  GPtrArray *old_scripts; /* replaced ones, perhaps still running */
  GPtrArray *requests;
  guint n_connections;
  guint n_open;
  guint64 bytes_sent;
};

static void
script_free (gpointer data)
{
  Script *script = data;

  g_bytes_unref (script->bytes);
  g_clear_pointer (&script->tail, g_bytes_unref);
  g_free (script);
}

static void
connection_free (gpointer data)
{
  Connection *connection = data;

  close (connection->fd);
  g_string_free (connection->received, TRUE);
  g_clear_pointer (&connection->sending, g_bytes_unref);
  g_free (connection);
}

static void
drop (MockUpstream *mock, Connection *connection, gboolean with_reset)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (with_reset)
    setsockopt (connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_ptr_array_remove_fast (mock->connections, connection); /* frees it */
  g_mutex_lock (&mock->lock);
  mock->n_open--;
  g_mutex_unlock (&mock->lock);
}

static void
accept_one (MockUpstream *mock)
{
  int fd = accept4 (mock->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  int one = 1;

  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  Connection *connection = g_new0 (Connection, 1);
  connection->fd = fd;
  connection->received = g_string_new (NULL);
  g_ptr_array_add (mock->connections, connection);
  g_mutex_lock (&mock->lock);
  mock->n_connections++;
  mock->n_open++;
  g_mutex_unlock (&mock->lock);
}

/* Length of the first whole request in @text, or 0. */
static gsize
measure_request (const GString *text)
{
  const char *end = strstr (text->str, "\r\n\r\n");

  if (end == NULL)
    return 0;
  gsize length = (gsize)(end - text->str) + 4;
  const char *field = strcasestr (text->str, "\r\nContent-Length:");
  if (field != NULL && field < end)
    length += g_ascii_strtoull (field + strlen ("\r\nContent-Length:"), NULL, 10);
  return length <= text->len ? length : 0;
}

/* The script of a request's path, without its query; that of "" if the path has none. */
static Script *
find_script (MockUpstream *mock, const char *request)
{
  g_auto (GStrv) words = g_strsplit_set (request, " \r\n?", 3);
  Script *script =
    words[0] == NULL || words[1] == NULL ? NULL : g_hash_table_lookup (mock->scripts, words[1]);

  return script != NULL ? script : g_hash_table_lookup (mock->scripts, "");
}

/* Whether the connection lives on. */
static gboolean
begin_reply (MockUpstream *mock, Connection *connection)
{
  gsize length = measure_request (connection->received);

  if (connection->sending != NULL || length == 0)
    return TRUE;
  g_mutex_lock (&mock->lock);
  Script *script = find_script (mock, connection->received->str);
  g_ptr_array_add (mock->requests, g_strndup (connection->received->str, length));
  g_mutex_unlock (&mock->lock);
  g_string_erase (connection->received, 0, (gssize)length);
  if (script == NULL || (script->close_if_reused && connection->n_answered > 0))
    {
      drop (mock, connection, FALSE);
      return FALSE;
    }
  connection->script = script;
  connection->sending = g_bytes_ref (script->bytes);
  connection->n_sent = 0;
  connection->send_at_us = g_get_monotonic_time () + script->delay_ms * 1000;
  return TRUE;
}

/* All bytes are out. Whether the connection lives on. */
static gboolean
end_reply (MockUpstream *mock, Connection *connection)
{
  switch (connection->script->then)
    {
    case MOCK_THEN_KEEP:
      g_clear_pointer (&connection->sending, g_bytes_unref);
      connection->n_answered++;
      return begin_reply (mock, connection);
    case MOCK_THEN_CLOSE:
    case MOCK_THEN_RESET:
      drop (mock, connection, connection->script->then == MOCK_THEN_RESET);
      return FALSE;
    case MOCK_THEN_STALL:
      return TRUE;
    case MOCK_THEN_REPEAT:
      g_bytes_unref (connection->sending);
      connection->sending = g_bytes_ref (connection->script->tail);
      connection->n_sent = 0;
      return TRUE;
    }
  g_assert_not_reached ();
}

static gboolean
has_more (const Connection *connection)
{
  return connection->sending != NULL && connection->n_sent < g_bytes_get_size (connection->sending);
}

static void
send_some (MockUpstream *mock, Connection *connection)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (connection->sending, &size);
  gsize length = connection->script->drip_ms > 0 ? 1 : size - connection->n_sent;

  if (has_more (connection))
    {
      if (g_get_monotonic_time () < connection->send_at_us)
        return;
      ssize_t n = send (connection->fd, data + connection->n_sent, length, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0)
        {
          drop (mock, connection, FALSE);
          return;
        }
      connection->n_sent += (gsize)n;
      connection->send_at_us = g_get_monotonic_time () + connection->script->drip_ms * 1000;
      g_mutex_lock (&mock->lock);
      mock->bytes_sent += (guint64)n;
      g_mutex_unlock (&mock->lock);
    }
  if (!has_more (connection))
    end_reply (mock, connection);
}

static void
receive_some (MockUpstream *mock, Connection *connection)
{
  char buffer[65536];
  ssize_t n = recv (connection->fd, buffer, sizeof buffer, 0);

  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    {
      drop (mock, connection, FALSE);
      return;
    }
  g_string_append_len (connection->received, buffer, n);
  if (begin_reply (mock, connection) && connection->sending != NULL)
    send_some (mock, connection);
}

static int
prepare_poll (MockUpstream *mock, struct pollfd *fds)
{
  gint64 now_us = g_get_monotonic_time ();
  int timeout_ms = POLL_MS;

  fds[0] = (struct pollfd){ .fd = mock->stop_fds[0], .events = POLLIN };
  fds[1] = (struct pollfd){ .fd = mock->listener, .events = POLLIN };
  for (guint i = 0; i < mock->connections->len; i++)
    {
      Connection *connection = g_ptr_array_index (mock->connections, i);
      gint64 wait_us = has_more (connection) ? connection->send_at_us - now_us : G_MAXINT64;

      fds[i + 2] = (struct pollfd){ .fd = connection->fd, .events = POLLIN };
      if (wait_us <= 0)
        fds[i + 2].events |= POLLOUT;
      else if (wait_us < (gint64)timeout_ms * 1000)
        timeout_ms = (int)(wait_us / 1000) + 1;
    }
  return timeout_ms;
}

static gpointer
run (gpointer data)
{
  MockUpstream *mock = data;
  struct pollfd fds[MAX_CONNECTIONS + 2];

  for (;;)
    {
      guint n = mock->connections->len;
      int timeout_ms = prepare_poll (mock, fds);

      poll (fds, n + 2, timeout_ms);
      if (fds[0].revents != 0)
        return NULL;
      /* Backwards: a dropped connection is replaced by the last, which was seen already. */
      for (guint i = n; i-- > 0;)
        {
          Connection *connection = g_ptr_array_index (mock->connections, i);
          if (fds[i + 2].revents & (POLLIN | POLLHUP | POLLERR))
            receive_some (mock, connection);
          else if (fds[i + 2].revents & POLLOUT)
            send_some (mock, connection);
        }
      if (fds[1].revents != 0 && mock->connections->len < MAX_CONNECTIONS)
        accept_one (mock);
    }
}

static int
listen_on_loopback (guint *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (bind (fd, (struct sockaddr *)&address, sizeof address));
  g_assert_no_errno (listen (fd, 128));
  g_assert_no_errno (getsockname (fd, (struct sockaddr *)&address, &length));
  *ret_port = ntohs (address.sin_port);
  return fd;
}

MockUpstream *
mock_upstream_new (void)
{
  MockUpstream *mock = g_new0 (MockUpstream, 1);

  g_mutex_init (&mock->lock);
  mock->connections = g_ptr_array_new_with_free_func (connection_free);
  mock->scripts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mock->old_scripts = g_ptr_array_new_with_free_func (script_free);
  mock->requests = g_ptr_array_new_with_free_func (g_free);
  mock->listener = listen_on_loopback (&mock->port);
  g_assert_no_errno (pipe2 (mock->stop_fds, O_CLOEXEC));
  mock->thread = g_thread_new ("mock-upstream", run, mock);
  return mock;
}

void
mock_upstream_free (MockUpstream *mock)
{
  g_assert_cmpint (write (mock->stop_fds[1], "", 1), ==, 1);
  g_thread_join (mock->thread);
  close (mock->stop_fds[0]);
  close (mock->stop_fds[1]);
  close (mock->listener);
  g_ptr_array_unref (mock->connections);
  g_hash_table_unref (mock->scripts);
  g_ptr_array_unref (mock->old_scripts);
  g_ptr_array_unref (mock->requests);
  g_mutex_clear (&mock->lock);
  g_free (mock);
}

guint
mock_upstream_get_port (MockUpstream *mock)
{
  return mock->port;
}

/* Without trailing slash, as a base URL. */
char *
mock_upstream_dup_url (MockUpstream *mock)
{
  return g_strdup_printf ("http://127.0.0.1:%u", mock->port);
}

/* What requests for @path get from now on; "" is for paths without a script of their own. A path
 * without any script is answered by closing the connection. */
void
mock_upstream_script (MockUpstream *mock, const char *path, const MockReply *reply)
{
  const char *bytes = reply->bytes == NULL ? "" : reply->bytes;
  Script *script = g_new0 (Script, 1);

  script->bytes = g_bytes_new (bytes, reply->length > 0 ? reply->length : strlen (bytes));
  script->tail = reply->tail == NULL ? NULL : g_bytes_new (reply->tail, strlen (reply->tail));
  script->then = reply->then;
  script->delay_ms = reply->delay_ms;
  script->drip_ms = reply->drip_ms;
  script->close_if_reused = reply->close_if_reused;
  g_mutex_lock (&mock->lock);
  g_hash_table_insert (mock->scripts, g_strdup (path), script);
  g_ptr_array_add (mock->old_scripts, script);
  g_mutex_unlock (&mock->lock);
}

/* A well-behaved answer. @headers: (nullable): more of them, each ended by CRLF. */
void
mock_upstream_answer (MockUpstream *mock,
                      const char *path,
                      guint status,
                      const char *content_type,
                      const char *headers,
                      const char *body)
{
  g_autofree char *bytes =
    g_strdup_printf ("HTTP/1.1 %u Mock\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n%s",
                     status, content_type, strlen (body), headers == NULL ? "" : headers, body);

  mock_upstream_script (mock, path, &(MockReply){ .bytes = bytes, .then = MOCK_THEN_KEEP });
}

/* How many connections were accepted, ever. */
guint
mock_upstream_get_n_connections (MockUpstream *mock)
{
  g_mutex_lock (&mock->lock);
  guint n = mock->n_connections;
  g_mutex_unlock (&mock->lock);
  return n;
}

/* How many are open now, as far as the server has noticed. */
guint
mock_upstream_get_n_open (MockUpstream *mock)
{
  g_mutex_lock (&mock->lock);
  guint n = mock->n_open;
  g_mutex_unlock (&mock->lock);
  return n;
}

guint
mock_upstream_get_n_requests (MockUpstream *mock)
{
  g_mutex_lock (&mock->lock);
  guint n = mock->requests->len;
  g_mutex_unlock (&mock->lock);
  return n;
}

guint64
mock_upstream_get_bytes_sent (MockUpstream *mock)
{
  g_mutex_lock (&mock->lock);
  guint64 n = mock->bytes_sent;
  g_mutex_unlock (&mock->lock);
  return n;
}

/* Head and body of request @index, from 0, as they came; %NULL if there were fewer. */
char *
mock_upstream_dup_request (MockUpstream *mock, guint index)
{
  g_mutex_lock (&mock->lock);
  char *request =
    index < mock->requests->len ? g_strdup (g_ptr_array_index (mock->requests, index)) : NULL;
  g_mutex_unlock (&mock->lock);
  return request;
}

/* A loopback port on which nobody listens. */
guint
mock_closed_port (void)
{
  guint port = 0;

  close (listen_on_loopback (&port));
  return port;
}
