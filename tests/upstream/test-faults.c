/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Each way in which a provider can misbehave, and what the caller is told. */

#include "fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  const char *name;
  MockReply reply;
  int code; /* -1: the answer is complete */
  const char *words;
  const char *body;
  WayDeadlines deadlines;
  gboolean awaits_token;
} Row;

static const Row rows[] = {
  { "whole", { .bytes = OK "Content-Length: 5\r\n\r\nhello" }, -1, NULL, "hello" },
  { "chunked", { .bytes = CHUNKED "5\r\nhello\r\n0\r\n\r\n" }, -1, NULL, "hello" },
  { "trailers", { .bytes = CHUNKED "2\r\nhi\r\n0\r\nX-After: 1\r\n\r\n" }, -1, NULL, "hi" },
  { "until-close", { .bytes = OK "\r\nbye", .then = MOCK_THEN_CLOSE }, -1, NULL, "bye" },
  { "interim",
    { .bytes = "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n" OK "Content-Length: 2\r\n\r\nok" },
    -1,
    NULL,
    "ok" },
  { "drip", { .bytes = OK "Content-Length: 3\r\n\r\nabc", .drip_ms = 1 }, -1, NULL, "abc" },
  { "no-body", { .bytes = "HTTP/1.1 204 No Content\r\n\r\n" }, -1, NULL, "" },
  { "closed",
    { .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "ended the connection without an answer",
    "" },
  { "reset",
    { .then = MOCK_THEN_RESET },
    WAY_ERROR_UPSTREAM_CUT,
    "ended the connection without an answer",
    "" },
  { "half-a-head",
    { .bytes = "HTTP/1.1 200 OK\r\nConte", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "ended the connection without an answer",
    "" },
  { "cut-by-length",
    { .bytes = OK "Content-Length: 9\r\n\r\nhel", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "in the middle of its answer",
    "hel" },
  { "cut-chunk",
    { .bytes = CHUNKED "5\r\nhello\r\n5\r\nwo", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "in the middle of its answer",
    "hellowo" },
  { "no-last-chunk",
    { .bytes = CHUNKED "5\r\nhello\r\n", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "in the middle of its answer",
    "hello" },
  { "cut-after-head",
    { .bytes = OK "Content-Length: 9\r\n\r\n", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM_CUT,
    "after the head of its answer",
    "" },
  { "broken-chunk",
    { .bytes = CHUNKED "5\r\nhello\r\nzz\r\n", .then = MOCK_THEN_STALL },
    WAY_ERROR_UPSTREAM_CUT,
    "in the middle of its answer",
    "hello" },
  { "garbage",
    { .bytes = "220 smtp.example ESMTP\r\n", .then = MOCK_THEN_CLOSE },
    WAY_ERROR_UPSTREAM,
    "not HTTP",
    "" },
  { "redirect",
    { .bytes = "HTTP/1.1 307 Go\r\nLocation: https://else.example/v1?q=1\r\n"
               "Content-Length: 0\r\n\r\n" },
    WAY_ERROR_UPSTREAM,
    "answered with a redirect (307) to else.example, which is not followed",
    "" },
  { "stall",
    { .then = MOCK_THEN_STALL },
    WAY_ERROR_UPSTREAM_TIMEOUT,
    "peer gave no answer within 0.03 s",
    "",
    { .first_token_ms = 30 } },
  { "stall-after-head",
    { .bytes = CHUNKED, .then = MOCK_THEN_STALL },
    WAY_ERROR_UPSTREAM_TIMEOUT,
    "peer sent no first token within 0.03 s",
    "",
    { .first_token_ms = 30, .idle_ms = 5 } },
  { "stall-in-body",
    { .bytes = CHUNKED "5\r\nhello\r\n", .then = MOCK_THEN_STALL },
    WAY_ERROR_UPSTREAM_TIMEOUT,
    "peer sent nothing for 0.03 s",
    "hello",
    { .first_token_ms = 5000, .idle_ms = 30 } },
  { "comments",
    { .bytes = OK "\r\n", .then = MOCK_THEN_REPEAT, .tail = ": keep\n" },
    WAY_ERROR_UPSTREAM_TIMEOUT,
    "peer sent no first token within 0.03 s",
    NULL,
    { .first_token_ms = 30, .idle_ms = 5000 },
    TRUE },
  { "endless",
    { .bytes = OK "\r\n", .then = MOCK_THEN_REPEAT, .tail = "x" },
    WAY_ERROR_UPSTREAM_TIMEOUT,
    "peer was not done within 0.05 s",
    NULL,
    { .first_token_ms = 5000, .idle_ms = 5000, .total_ms = 50 } },
};

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x", &row->reply);
  request.deadlines = row->deadlines;
  request.awaits_token = row->awaits_token;
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  if (row->code < 0)
    g_assert_no_error (caller.error);
  else
    {
      g_assert_error (caller.error, WAY_ERROR, row->code);
      g_assert_nonnull (strstr (caller.error->message, "peer"));
      g_assert_nonnull (strstr (caller.error->message, row->words));
    }
  if (row->body != NULL)
    g_assert_cmpstr (caller.body->str, ==, row->body);
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 0);
  g_assert_cmpint (caller.timing.total_us, >, 0);
  caller_clear (&caller);
}

/* A single header beyond the limit, and many small ones. */
static void
test_large_head (Fixture *fixture, gconstpointer data)
{
  gboolean is_single = GPOINTER_TO_INT (data);
  g_autoptr (GString) bytes = g_string_new (OK);
  Caller caller = { 0 };

  if (is_single)
    g_string_append (bytes, "X-Long: ");
  for (guint i = 0; bytes->len < 400 * 1024; i++)
    g_string_append_printf (bytes, is_single ? "%08u" : "X-%u: 0123456789\r\n", i);
  g_string_append (bytes, "\r\n\r\n");
  mock_upstream_script (fixture->mock, "/x", &(MockReply){ .bytes = bytes->str });
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM);
  g_assert_nonnull (strstr (caller.error->message, "headers larger than 64 KiB"));
  g_assert_cmpuint (caller.n_heads, ==, 0);
  caller_clear (&caller);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  guint port = mock_closed_port ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autofree char *words = g_strdup_printf ("peer refused the connection at 127.0.0.1:%u", port);
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, "");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  gint64 begin_us = g_get_monotonic_time ();
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM_REFUSED);
  g_assert_true (g_str_has_prefix (caller.error->message, words));
  g_assert_cmpint (caller.timing.first_byte_us, ==, WAY_UNKNOWN);
  /* The next target is tried within milliseconds; a loaded machine gets some more. */
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, G_USEC_PER_SEC / 2);
  caller_clear (&caller);
}

/* A listener whose queue is full leaves further connections unanswered. */
static void
test_connect_deadline (Fixture *fixture, gconstpointer data)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  int fillers[4];
  Caller caller = { 0 };

  g_assert_no_errno (bind (listener, (struct sockaddr *)&address, sizeof address));
  g_assert_no_errno (listen (listener, 0));
  g_assert_no_errno (getsockname (listener, (struct sockaddr *)&address, &length));
  for (gsize i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      int result = connect (fillers[i], (struct sockaddr *)&address, length);
      g_assert_true (result == 0 || errno == EINPROGRESS);
    }
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", ntohs (address.sin_port));
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, "");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  request.deadlines.connect_ms = 50;
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM_TIMEOUT);
  g_assert_nonnull (strstr (caller.error->message, "peer did not connect within 0.05 s"));
  g_assert_cmpint (caller.timing.connect_us, ==, WAY_UNKNOWN);
  caller_clear (&caller);
  for (gsize i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (listener);
}

/* A server that says nothing to TLS: the handshake is part of connecting. */
static void
test_silent_tls (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url =
    g_strdup_printf ("https://127.0.0.1:%u", mock_upstream_get_port (fixture->mock));
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, "");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  request.deadlines.connect_ms = 50;
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM_TIMEOUT);
  caller_clear (&caller);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/faults/", rows[i].name, NULL);
      g_test_add (path, Fixture, &rows[i], fixture_set_up, test_row, fixture_tear_down);
    }
  g_test_add ("/upstream/faults/one-large-header", Fixture, GINT_TO_POINTER (TRUE), fixture_set_up,
              test_large_head, fixture_tear_down);
  g_test_add ("/upstream/faults/many-headers", Fixture, GINT_TO_POINTER (FALSE), fixture_set_up,
              test_large_head, fixture_tear_down);
  g_test_add ("/upstream/faults/refused", Fixture, NULL, fixture_set_up, test_refused,
              fixture_tear_down);
  g_test_add ("/upstream/faults/connect-deadline", Fixture, NULL, fixture_set_up,
              test_connect_deadline, fixture_tear_down);
  g_test_add ("/upstream/faults/silent-tls", Fixture, NULL, fixture_set_up, test_silent_tls,
              fixture_tear_down);
  return g_test_run ();
}
