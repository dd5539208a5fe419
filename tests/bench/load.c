/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* load MODE --port N [OPTION…]: a client that costs little, for the bench. Sends OpenAI chats of
 * 1 KB to loopback and prints one JSON object of what it saw. One thread, one epoll; a connection
 * has at most one request. */

#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 512
#define READ_BYTES (64 * 1024)
/* A target that loses this many connections is not worth waiting for. */
#define MAX_LOST 5000

static const LoadMode *const modes[] = { &load_chat, &load_pace, &load_stream, &load_connect,
                                         &load_churn };

/**
 * load_open:
 * @load: a load
 *
 * Opens a connection and sends a request as soon as it is there.
 *
 * Returns: (nullable): the connection; %NULL is counted as lost
 */
LoadConnection *
load_open (Load *load)
{
  const int fd = bench_connect ((guint16)load->port);
  LoadConnection *connection;

  if (fd < 0)
    {
      load->over = load->over || ++load->n_lost > MAX_LOST;
      return NULL;
    }
  connection = g_new0 (LoadConnection, 1);
  connection->fd = fd;
  connection->load = load;
  connection->began_us = g_get_monotonic_time ();
  bench_reader_reset (&connection->reader);
  bench_watch (load->epoll, fd, EPOLLOUT, connection, TRUE);
  load->n_open++;
  return connection;
}

/**
 * load_close:
 * @load: a load
 * @connection: (transfer full): one of its connections
 */
void
load_close (Load *load, LoadConnection *connection)
{
  close (connection->fd);
  if (connection->line != NULL)
    g_string_free (connection->line, TRUE);
  g_free (connection);
  load->n_open--;
}

static void
lose (Load *load, LoadConnection *connection)
{
  load->n_lost++;
  if (load->n_lost > MAX_LOST)
    load->over = TRUE;
  load->mode->lost (load, connection);
  load_close (load, connection);
}

static void
continue_sending (Load *load, LoadConnection *connection)
{
  const gssize sent = send (connection->fd, load->request + connection->n_sent,
                            load->request_length - connection->n_sent, MSG_NOSIGNAL);

  if (sent < 0 && errno != EAGAIN)
    {
      lose (load, connection);
      return;
    }
  connection->n_sent += (gsize)MAX (sent, 0);
  if (connection->n_sent < load->request_length)
    bench_watch (load->epoll, connection->fd, EPOLLIN | EPOLLOUT, connection, FALSE);
  else if (!connection->is_connected)
    {
      connection->is_connected = TRUE;
      bench_watch (load->epoll, connection->fd, EPOLLIN, connection, FALSE);
    }
}

/**
 * load_send:
 * @load: a load
 * @connection: a connection whose last request was answered
 *
 * Sends the next request. The connection may be gone after this.
 */
void
load_send (Load *load, LoadConnection *connection)
{
  connection->n_sent = 0;
  connection->began_us = g_get_monotonic_time ();
  bench_reader_reset (&connection->reader);
  continue_sending (load, connection);
}

/**
 * load_sample:
 * @load: a load
 * @us: a latency
 */
void
load_sample (Load *load, gint64 us)
{
  g_array_append_val (load->samples, us);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 left = *(const gint64 *)a;
  const gint64 right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

/**
 * load_percentile:
 * @load: a load whose samples are sorted
 * @percent: 0 to 100
 *
 * Returns: the latency in µs that so many percent did not exceed, 0 without samples
 */
gint64
load_percentile (Load *load, guint percent)
{
  if (load->samples->len == 0)
    return 0;
  return g_array_index (load->samples, gint64, (load->samples->len - 1) * (gsize)percent / 100);
}

static void
on_body (const char *data, gsize length, gpointer user_data)
{
  LoadConnection *connection = user_data;

  if (connection->load->mode->body != NULL)
    connection->load->mode->body (connection, data, length);
}

static void
receive (Load *load, LoadConnection *connection)
{
  static char data[READ_BYTES];
  const gssize length = recv (connection->fd, data, sizeof data, 0);

  if (length < 0 && errno == EAGAIN)
    return;
  if (length <= 0)
    {
      lose (load, connection);
      return;
    }
  load->n_reads += !connection->is_idle;
  bench_reader_feed (&connection->reader, data, (gsize)length, on_body, connection);
  if (connection->reader.state < BENCH_READER_DONE)
    return;
  if (connection->reader.state == BENCH_READER_BROKEN ||
      bench_reader_get_status (&connection->reader) != 200)
    load->n_failed++;
  else
    load->n_answered += !connection->is_idle;
  load->mode->answered (load, connection);
}

static void
dispatch (Load *load, const struct epoll_event *event)
{
  LoadConnection *connection = event->data.ptr;

  if ((event->events & EPOLLOUT) != 0 && connection->n_sent < load->request_length)
    continue_sending (load, connection);
  else
    receive (load, connection);
}

static void
run (Load *load)
{
  struct epoll_event events[MAX_EVENTS];

  load->started_us = g_get_monotonic_time ();
  load->measured_from_us = load->started_us;
  load->end_us = load->started_us + (gint64)(load->seconds * G_USEC_PER_SEC);
  load->mode->start (load);
  while (!load->over)
    {
      const int n_events = epoll_wait (load->epoll, events, MAX_EVENTS, load->mode->tick ? 1 : 100);

      for (int i = 0; i < n_events && !load->over; i++)
        dispatch (load, &events[i]);
      if (load->mode->tick != NULL)
        load->mode->tick (load);
      if (g_get_monotonic_time () >= load->end_us)
        load->over = TRUE;
    }
}

static void
make_request (Load *load)
{
  g_autofree char *words = g_strnfill (880, 'q');
  g_autofree char *stream =
    load->mode != &load_stream
      ? g_strdup ("")
      : g_strdup_printf (",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                         "\"max_tokens\":%d",
                         load->n_requests);
  g_autofree char *body = g_strdup_printf (
    "{\"model\":\"bench\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}", words, stream);

  load->request = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\n"
                                   "Host: 127.0.0.1:%d\r\n"
                                   "Content-Type: application/json\r\n"
                                   "Accept: */*\r\n"
                                   "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                                   load->port, strlen (body), body);
  load->request_length = strlen (load->request);
}

static void
report (Load *load)
{
  const gint64 took_us = g_get_monotonic_time () - load->measured_from_us;

  g_array_sort (load->samples, compare);
  printf ("{\"answered\":%" G_GUINT64_FORMAT ",\"failed\":%" G_GUINT64_FORMAT
          ",\"lost\":%" G_GUINT64_FORMAT ",\"reads\":%" G_GUINT64_FORMAT ",\"seconds\":%.3f"
          ",\"samples\":%u,\"p50_us\":%" G_GINT64_FORMAT ",\"p99_us\":%" G_GINT64_FORMAT
          ",\"max_us\":%" G_GINT64_FORMAT,
          load->n_answered, load->n_failed, load->n_lost, load->n_reads,
          (double)took_us / G_USEC_PER_SEC, load->samples->len, load_percentile (load, 50),
          load_percentile (load, 99), load_percentile (load, 100));
  load->mode->report (load);
  printf ("}\n");
}

static gboolean
parse (Load *load, int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &load->port, "The target, on loopback", "N" },
    { "connections", 0, 0, G_OPTION_ARG_INT, &load->n_connections, "At a time (1)", "N" },
    { "idle", 0, 0, G_OPTION_ARG_INT, &load->n_idle, "Idle connections besides (0)", "N" },
    { "requests", 0, 0, G_OPTION_ARG_INT, &load->n_requests, "Requests in all, events", "N" },
    { "rate", 0, 0, G_OPTION_ARG_INT, &load->rate, "Events or requests a second (50)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &load->seconds, "At most (3)", "S" },
    { NULL },
  };
  g_autoptr (GString) summary = g_string_new ("Modes:");
  g_autoptr (GOptionContext) context = g_option_context_new ("MODE");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    g_string_append_printf (summary, "\n  %-8s %s", modes[i]->name, modes[i]->summary);
  g_option_context_set_summary (context, summary->str);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "load: %s\n", error->message);
      return FALSE;
    }
  for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (argv[1], modes[i]->name))
      load->mode = modes[i];
  if (load->mode == NULL || load->port <= 0)
    fprintf (stderr, "load: a mode and a port are needed; see --help\n");
  return load->mode != NULL && load->port > 0;
}

int
main (int argc, char **argv)
{
  Load load = { .n_connections = 1, .rate = 50, .seconds = 3 };

  if (!parse (&load, argc, argv))
    return 2;
  bench_raise_fd_limit ();
  load.epoll = epoll_create1 (EPOLL_CLOEXEC);
  load.samples = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (load.mode == &load_stream)
    load.n_requests = MAX (1, (int)(load.rate * load.seconds));
  make_request (&load);
  run (&load);
  report (&load);
  return 0;
}
