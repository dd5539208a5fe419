/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* mock-fast [RATE]: an upstream that costs little, for the bench. Speaks OpenAI chat on a free port
 * of loopback, which it prints. A plain request is answered at once with 1 KB; a streamed one with
 * RATE events a second (50), as many as its `max_tokens`. Each event carries its number and the
 * time it was sent, µs of CLOCK_MONOTONIC, so that the receiver knows how long it took.
 *
 * One thread, one epoll. One timer ticks every millisecond for all streams: each belongs to one of
 * the ticks of its period, so a thousand streams are spread and cost a thousand sends, no more. */

#include "bench-wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MAX_EVENTS 512
#define TICKS_A_SECOND 1000
/* A receiver that leaves more than this unread is cut off: the bench is about ones that keep up. */
#define MAX_PENDING_BYTES (256 * 1024)

typedef struct
{
  int fd;
  BenchReader reader;
  GString *body;
  GString *pending; /* what the socket did not take */
  guint n_sent;     /* events of the stream */
  guint n_wanted;   /* 0: no stream */
  guint slot;
} Client;

typedef struct
{
  int epoll;
  int listener;
  int timer;
  guint n_slots;
  guint tick;
  guint next_slot;
  guint n_streams;
  GPtrArray **slots; /* (element-type Client): the streams of each tick */
  GPtrArray *gone;   /* (element-type Client): closed, freed after the batch */
  char *answer;
} Mock;

static void
client_free (gpointer data)
{
  Client *client = data;

  g_string_free (client->body, TRUE);
  g_string_free (client->pending, TRUE);
  g_free (client);
}

/* The clock stands still while nobody streams. */
static void
set_clock (Mock *mock, gboolean runs)
{
  const long period_ns = runs ? 1000000000 / TICKS_A_SECOND : 0;
  const struct itimerspec ticks = {
    .it_interval.tv_nsec = period_ns,
    .it_value.tv_nsec = period_ns,
  };

  timerfd_settime (mock->timer, 0, &ticks, NULL);
}

static void
leave_slot (Mock *mock, Client *client)
{
  if (client->n_wanted == 0)
    return;
  client->n_wanted = 0;
  g_ptr_array_remove_fast (mock->slots[client->slot], client);
  if (--mock->n_streams == 0)
    set_clock (mock, FALSE);
}

static void
client_close (Mock *mock, Client *client)
{
  if (client->fd < 0)
    return;
  leave_slot (mock, client);
  close (client->fd);
  client->fd = -1;
  g_ptr_array_add (mock->gone, client);
}

static void
client_send (Mock *mock, Client *client, const char *data, gsize length)
{
  gssize sent = 0;

  if (client->pending->len == 0)
    sent = send (client->fd, data, length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN)
    {
      client_close (mock, client);
      return;
    }
  sent = MAX (sent, 0);
  if ((gsize)sent == length)
    return;
  if (client->pending->len > MAX_PENDING_BYTES)
    {
      client_close (mock, client);
      return;
    }
  g_string_append_len (client->pending, data + sent, (gssize)length - sent);
  bench_watch (mock->epoll, client->fd, EPOLLIN | EPOLLOUT, client, FALSE);
}

static void
client_flush (Mock *mock, Client *client)
{
  const gssize sent = send (client->fd, client->pending->str, client->pending->len, MSG_NOSIGNAL);

  if (sent > 0)
    g_string_erase (client->pending, 0, sent);
  else if (errno != EAGAIN)
    client_close (mock, client);
  if (client->fd >= 0 && client->pending->len == 0)
    bench_watch (mock->epoll, client->fd, EPOLLIN, client, FALSE);
}

static void
send_chunk (Mock *mock, Client *client, const char *data, int length)
{
  char chunk[512];
  const int total = g_snprintf (chunk, sizeof chunk, "%x\r\n%s\r\n", (guint)length, data);

  client_send (mock, client, chunk, (gsize)total);
}

static void
end_stream (Mock *mock, Client *client)
{
  char usage[320];
  const int length = g_snprintf (
    usage, sizeof usage,
    "data: "
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
    "\"choices\":[],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":%u,"
    "\"total_tokens\":%u}}\n\ndata: [DONE]\n\n",
    client->n_sent, client->n_sent + 200);

  leave_slot (mock, client);
  send_chunk (mock, client, usage, length);
  if (client->fd >= 0)
    client_send (mock, client, "0\r\n\r\n", strlen ("0\r\n\r\n"));
}

static void
send_event (Mock *mock, Client *client)
{
  char event[320];
  const int length = g_snprintf (
    event, sizeof event,
    "data: "
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
    "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"#%u@%" G_GINT64_FORMAT "#\"},"
    "\"finish_reason\":null}]}\n\n",
    client->n_sent, g_get_monotonic_time ());

  client->n_sent++;
  send_chunk (mock, client, event, length);
  if (client->fd >= 0 && client->n_sent == client->n_wanted)
    end_stream (mock, client);
}

static void
begin_stream (Mock *mock, Client *client)
{
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";
  const char *limit = strstr (client->body->str, "\"max_tokens\":");

  client->n_sent = 0;
  client->n_wanted =
    limit == NULL ? 0 : (guint)g_ascii_strtoull (limit + strlen ("\"max_tokens\":"), NULL, 10);
  client->n_wanted = MAX (client->n_wanted, 1);
  client->slot = mock->next_slot;
  mock->next_slot = (mock->next_slot + 1) % mock->n_slots;
  g_ptr_array_add (mock->slots[client->slot], client);
  if (mock->n_streams++ == 0)
    set_clock (mock, TRUE);
  client_send (mock, client, head, strlen (head));
}

static void
on_body (const char *data, gsize length, gpointer user_data)
{
  Client *client = user_data;

  g_string_append_len (client->body, data, (gssize)length);
}

static void
answer (Mock *mock, Client *client)
{
  if (strstr (client->body->str, "\"stream\":true") != NULL)
    begin_stream (mock, client);
  else
    client_send (mock, client, mock->answer, strlen (mock->answer));
  g_string_truncate (client->body, 0);
  bench_reader_reset (&client->reader);
}

static void
client_read (Mock *mock, Client *client)
{
  static char data[64 * 1024];
  const gssize length = recv (client->fd, data, sizeof data, 0);

  if (length <= 0)
    {
      if (length == 0 || errno != EAGAIN)
        client_close (mock, client);
      return;
    }
  for (gsize used = 0; used < (gsize)length && client->fd >= 0;)
    {
      used +=
        bench_reader_feed (&client->reader, data + used, (gsize)length - used, on_body, client);
      if (client->reader.state == BENCH_READER_DONE)
        answer (mock, client);
      else if (client->reader.state == BENCH_READER_BROKEN)
        client_close (mock, client);
    }
}

static void
accept_clients (Mock *mock)
{
  const int on = 1;
  int fd;

  while ((fd = accept4 (mock->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      Client *client = g_new0 (Client, 1);

      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      client->fd = fd;
      client->body = g_string_new (NULL);
      client->pending = g_string_new (NULL);
      bench_reader_reset (&client->reader);
      bench_watch (mock->epoll, fd, EPOLLIN, client, TRUE);
    }
}

/* Ticks that were missed are made up for: the rate holds even if the machine is busy. */
static void
run_ticks (Mock *mock)
{
  guint64 n_ticks = 0;

  if (read (mock->timer, &n_ticks, sizeof n_ticks) != sizeof n_ticks)
    return;
  for (; n_ticks > 0; n_ticks--)
    {
      GPtrArray *streams = mock->slots[mock->tick];

      mock->tick = (mock->tick + 1) % mock->n_slots;
      /* Backwards: a stream that ends leaves its place to the last one. */
      for (guint i = streams->len; i > 0; i--)
        send_event (mock, g_ptr_array_index (streams, i - 1));
    }
}

static void
dispatch (Mock *mock, const struct epoll_event *event)
{
  Client *client = event->data.ptr;

  if (event->data.ptr == &mock->listener)
    accept_clients (mock);
  else if (event->data.ptr == &mock->timer)
    run_ticks (mock);
  else
    {
      if (client->fd >= 0 && (event->events & EPOLLOUT) != 0)
        client_flush (mock, client);
      if (client->fd >= 0 && (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        client_read (mock, client);
    }
}

static char *
make_answer (void)
{
  g_autofree char *words = g_strnfill (780, 'w');
  g_autofree char *body = g_strdup_printf (
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
    "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":100,"
    "\"total_tokens\":300}}",
    words);

  return g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          strlen (body), body);
}

static void
mock_init (Mock *mock, guint rate)
{
  guint16 port;

  mock->epoll = epoll_create1 (EPOLL_CLOEXEC);
  mock->listener = bench_listen (&port);
  mock->timer = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  mock->n_slots = TICKS_A_SECOND / rate;
  mock->slots = g_new0 (GPtrArray *, mock->n_slots);
  for (guint i = 0; i < mock->n_slots; i++)
    mock->slots[i] = g_ptr_array_new ();
  mock->gone = g_ptr_array_new_with_free_func (client_free);
  mock->answer = make_answer ();
  bench_watch (mock->epoll, mock->listener, EPOLLIN, &mock->listener, TRUE);
  bench_watch (mock->epoll, mock->timer, EPOLLIN, &mock->timer, TRUE);
  printf ("%u\n", port);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  struct epoll_event events[MAX_EVENTS];
  const guint64 rate = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 50;
  Mock mock = { 0 };

  if (rate < 1 || rate > TICKS_A_SECOND)
    {
      fprintf (stderr, "usage: mock-fast [RATE], 1 to %d events a second\n", TICKS_A_SECOND);
      return 2;
    }
  bench_raise_fd_limit ();
  mock_init (&mock, (guint)rate);
  for (;;)
    {
      const int n_events = epoll_wait (mock.epoll, events, MAX_EVENTS, -1);

      for (int i = 0; i < n_events; i++)
        dispatch (&mock, &events[i]);
      g_ptr_array_set_size (mock.gone, 0);
    }
}
