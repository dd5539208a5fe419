/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The server against clients that cut, pipeline, dawdle and leave: real sockets, one thread. */

#include "raw-client.h"
#include "way-json.h"
#include "way-server.h"

#include <string.h>
#include <sys/resource.h>

typedef struct
{
  WayPoller *poller;
  WayServer *server;
  WaySnapshot *snapshot;
  guint port;
  guint n_requests;
  GString *seen;      /* "METHOD path body\n" of each request */
  GString *details;   /* and what else was read of it */
  gsize answer_bytes; /* 0: a short answer at once */
  gboolean hold;      /* do not answer */
  WayRequest *held;
  guint n_gone;
  guint n_drained;
} Fixture;

static void
on_gone (WayConnection *connection, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_gone++;
  g_clear_pointer (&f->held, way_request_unref);
}

static void
on_drained (WayConnection *connection, gpointer user_data)
{
  ((Fixture *)user_data)->n_drained++;
}

static const WayConnectionAnswer answer = { .on_gone = on_gone, .on_drained = on_drained };

static void
append_header (const char *name, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, " %s=%s", name, value);
}

static void
on_request (WayRequest *request, gpointer user_data)
{
  Fixture *f = user_data;
  gsize length;
  const char *body = g_bytes_get_data (request->body, &length);

  f->n_requests++;
  g_string_append_printf (f->seen, "%s %s %.*s\n", request->method, request->path,
                          (int)MIN (length, 64), body ? body : "");
  g_string_append_printf (f->details, "query=%s length=%zu keep=%d chunked=%d",
                          request->query ? request->query : "(none)", length, request->keep_alive,
                          request->chunked);
  soup_message_headers_foreach (request->headers, append_header, f->details);
  if (!way_connection_begin_answer (request->connection, &answer, f))
    return;
  if (f->hold)
    f->held = way_request_ref (request);
  else if (f->answer_bytes > 0)
    {
      g_autofree char *big = g_strnfill (f->answer_bytes, 'x');

      way_reply_begin_stream (request, way_reply_begin (request, 200), "text/plain");
      way_reply_send_piece (request, big, f->answer_bytes);
      f->held = way_request_ref (request);
    }
  else
    way_reply_send_json (request, 200, g_string_new ("{\"ok\":true}"));
}

static void
setup (Fixture *f, gconstpointer data)
{
  static const char config[] = "{\"version\":1}";
  g_autoptr (JsonNode) root = way_json_parse (config, strlen (config), NULL);
  g_autoptr (GError) error = NULL;
  int fd;

  g_main_context_push_thread_default (g_main_context_default ());
  f->seen = g_string_new (NULL);
  f->details = g_string_new (NULL);
  f->snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);
  f->poller = way_poller_new (g_main_context_default ());
  f->server = way_server_new (f->poller, f->snapshot, on_request, f);
  fd = way_listen_tcp ("127.0.0.1", 0, &f->port, &error);
  g_assert_no_error (error);
  way_listener_set_tcp (way_server_get_listener (f->server), fd);
}

static void
teardown (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->held, way_request_unref);
  way_server_free (f->server);
  way_poller_free (f->poller);
  way_snapshot_unref (f->snapshot);
  g_string_free (f->seen, TRUE);
  g_string_free (f->details, TRUE);
  g_main_context_pop_thread_default (g_main_context_default ());
}

#define POST(body_length)                                                                          \
  "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"    \
  "Content-Length: " #body_length "\r\n\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void
test_keep_alive (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  for (guint i = 1; i <= 3; i++)
    {
      g_string_truncate (client->received, 0);
      raw_client_say (client, POST (5) "{\"a\"}");
      raw_client_await_text (client, "{\"ok\":true}");
      g_assert_cmpuint (f->n_requests, ==, i);
    }
  g_assert_cmpuint (way_listener_get_n_connections (way_server_get_listener (f->server)), ==, 1);
}

static void
test_pipelined (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, POST (3) "one" POST (3) "two" GET ("/three"));
  while (raw_client_count (client, "{\"ok\":true}") < 3)
    raw_client_await_text (client, "{\"ok\":true}"), g_main_context_iteration (NULL, FALSE),
      raw_client_read (client);
  g_assert_cmpstr (f->seen->str, ==,
                   "POST /v1/chat/completions one\nPOST /v1/chat/completions two\nGET /three \n");
}

static gboolean
has_seen_two (gpointer data)
{
  Fixture *f = data;
  const char *first = strchr (f->seen->str, '\n');

  return first && strchr (first + 1, '\n');
}

/* A request cut at every byte is the same request. */
static void
test_cut_anywhere (Fixture *f, gconstpointer data)
{
  static const char request[] = POST (7) "{\"a\":1}" GET ("/next");

  for (gsize cut = 1; cut < sizeof request - 1; cut++)
    {
      g_autoptr (RawClient) client = raw_client_connect (f->port);

      g_string_truncate (f->seen, 0);
      raw_client_say_len (client, request, cut);
      for (int i = 0; i < 3; i++)
        g_main_context_iteration (NULL, FALSE);
      raw_client_say (client, request + cut);
      raw_spin_until (has_seen_two, f);
      g_assert_cmpstr (f->seen->str, ==, "POST /v1/chat/completions {\"a\":1}\nGET /next \n");
    }
}

#define ODD(line, headers) line "\r\nHost: localhost\r\n" headers "\r\n\r\n{}"
#define ODD_TARGET(target) ODD ("POST " target " HTTP/1.1", "Content-Length: 2")
#define ODD_HEADERS(headers) ODD ("POST /x HTTP/1.1", headers)

static const char *const odd_requests[] = {
  ODD_TARGET ("/v1/models/ollama%2Fqwen3%3A14b"),
  ODD_TARGET ("/v1/messages?beta=true&a=%20b"),
  ODD_TARGET ("/v1/messages?a=%2"),
  ODD_TARGET ("/v1/messages?"),
  ODD_TARGET ("/a%41%7e%c3%a9%FF"),
  ODD_TARGET ("/v1/messages?a?b"),
  ODD_TARGET ("/a%2"),
  ODD_TARGET ("/a%zz"),
  ODD_TARGET ("/a%00b"),
  ODD_TARGET ("/a/./b/../c"),
  ODD_TARGET ("//a//b"),
  ODD_TARGET ("/a#b"),
  ODD_TARGET ("/a b"),
  ODD_TARGET ("/a\\b[c]{d}|e^f`\""),
  ODD_TARGET ("/\xc3\xa9"),
  ODD_TARGET ("/\xff"),
  ODD_TARGET ("*"),
  ODD_TARGET ("x"),
  ODD_TARGET (""),
  ODD_TARGET ("http://localhost/a?b"),
  ODD_TARGET ("http://other.example/a"),
  ODD ("post /x HTTP/1.1", "Content-Length: 2"),
  ODD ("GET /x HTTP/1.1", "Content-Length: 2"),
  ODD ("DELETE /x HTTP/1.1", "Content-Length: 2"),
  ODD ("POST /x HTTP/1.0", "Content-Length: 2"),
  ODD ("POST /x HTTP/1.2", "Content-Length: 2"),
  ODD ("POST /x HTTP/2.0", "Content-Length: 2"),
  ODD ("POST /x", "Content-Length: 2"),
  ODD ("POST  /x  HTTP/1.1", "Content-Length: 2"),
  ODD_HEADERS ("content-length: 2"),
  ODD_HEADERS ("Content-Length:2"),
  ODD_HEADERS ("Content-Length : 2"),
  ODD_HEADERS ("Content-Length: +2"),
  ODD_HEADERS ("Content-Length: -2"),
  ODD_HEADERS ("Content-Length: 0x2"),
  ODD_HEADERS ("Content-Length: 2a"),
  ODD_HEADERS ("Content-Length: 2, 2"),
  ODD_HEADERS ("Content-Length: 2\r\nContent-Length: 2"),
  ODD_HEADERS ("Content-Length: 1\r\nContent-Length: 2"),
  ODD_HEADERS ("Content-Length: 2\r\nContent-Length: 1"),
  ODD_HEADERS ("Content-Length: 2\r\nHost: evil.example"),
  ODD_HEADERS ("Content-Length: 2\r\nConnection: close"),
  ODD_HEADERS ("Content-Length: 2\r\nExpect: 100-continue"),
  ODD_HEADERS ("Content-Length: 2\r\nUpgrade: websocket\r\nConnection: upgrade"),
  ODD_HEADERS ("Content-Length: 2\r\nTransfer-Encoding: gzip"),
  ODD_HEADERS ("Content-Length: 2\r\nno colon"),
  ODD_HEADERS ("Content-Length: 2\r\nX-Folded: a\r\n b"),
  ODD_HEADERS ("Content-Length: 2\r\nX-Empty:\r\nX-Twice: a\r\nX-Twice: b"),
  ODD_HEADERS ("Content-Length: 2\r\n: no name"),
  ODD_HEADERS ("Content-Length: 2\r\nX-Latin: \xe9"),
  "POST /x HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n{}",
  "POST /x HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
};

static gboolean
is_answered (gpointer data)
{
  RawClient *client = data;

  raw_client_read (client);
  return client->closed || strstr (client->received->str, "{\"ok\":true}") ||
         strstr (client->received->str, "\"code\":");
}

/* What became of a request that was said up to @cut and then to its end. */
static char *
dup_outcome (Fixture *f, const char *request, gsize cut)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);
  gsize status_length;

  g_string_truncate (f->seen, 0);
  g_string_truncate (f->details, 0);
  raw_client_say_len (client, request, cut);
  for (int i = 0; i < 5; i++)
    g_main_context_iteration (NULL, FALSE);
  if (request[cut] != '\0')
    raw_client_say (client, request + cut);
  raw_spin_until (is_answered, client);
  status_length = strcspn (client->received->str, "\r");
  return g_strdup_printf ("%.*s %s%s", (int)status_length, client->received->str, f->seen->str,
                          f->details->str);
}

/* A request that is here as a whole is read without SoupServer, and is the same. */
static void
test_whole_or_in_parts (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (odd_requests); i++)
    {
      gsize length = strlen (odd_requests[i]);

      g_test_message ("%s", odd_requests[i]);
      g_autofree char *whole = dup_outcome (f, odd_requests[i], length);
      g_autofree char *parts = dup_outcome (f, odd_requests[i], length - 1);

      g_assert_cmpstr (whole, ==, parts);
    }
}

/* Clients join a base URL and a path as they like. What belongs to a model's name stays. */
static void
test_tidy_paths (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *sent;
    const char *path;
  } rows[] = {
    { "/", "/" },
    { "//", "/" },
    { "/v1/chat/completions/", "/v1/chat/completions" },
    { "//v1//chat///completions//", "/v1/chat/completions" },
    { "/v1//messages?a=b//c/", "/v1/messages" },
    { "/v1/models/", "/v1/models" },
    { "/v1//models//org//m/", "/v1/models/org//m" },
    { "/v1beta/models/org//m:generateContent/", "/v1beta/models/org//m:generateContent" },
    { "//a//token//v1//chat/completions/", "/v1/chat/completions" },
    { "/a/token/", "/" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request = g_strdup_printf (ODD_TARGET ("%s"), rows[i].sent);
      gsize length = strlen (request);
      g_autofree char *seen = g_strdup_printf ("POST %s {}\n", rows[i].path);

      for (gsize missing = 0; missing < 2; missing++)
        {
          g_autofree char *outcome = dup_outcome (f, request, length - missing);

          g_assert_nonnull (outcome);
          g_assert_cmpstr (f->seen->str, ==, seen);
        }
    }
}

static void
test_chunked_body (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  raw_client_await_text (client, "{\"ok\":true}");
  g_assert_cmpstr (f->seen->str, ==, "POST /v1/chat/completions abcde\n");
  g_assert_nonnull (strstr (client->received->str, "Connection: close\r\n"));
  raw_client_await_close (client);
}

static void
test_chunked_body_streamed (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  f->answer_bytes = 1;
  raw_client_say (client, "POST /x HTTP/1.1\r\nHost: localhost\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  raw_client_await_text (client, "\r\n\r\n");
  g_assert_nonnull (strstr (client->received->str, "Connection: close\r\n"));
  way_reply_end_stream (f->held);
  raw_client_await_close (client);
}

static void
test_expect_continue (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                          "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  raw_client_await_text (client, "100 Continue");
  raw_client_say (client, "abc");
  raw_client_await_text (client, "{\"ok\":true}");
  g_assert_cmpstr (f->seen->str, ==, "POST /v1/chat/completions abc\n");
}

static void
test_http_1_0 (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, "GET /old HTTP/1.0\r\nHost: localhost\r\n\r\n");
  raw_client_await_close (client);
  g_assert_cmpuint (raw_client_count (client, "{\"ok\":true}"), ==, 1);
}

/* A client of HTTP/1.0 that asks for it is told that it may stay, where the answer has a length. */
static void
test_http_1_0_keep_alive (Fixture *f, gconstpointer data)
{
#define GET_OLD "GET /old HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, GET_OLD);
  raw_client_await_text (client, "{\"ok\":true}");
  g_assert_nonnull (strstr (client->received->str, "Connection: keep-alive\r\n"));
  f->answer_bytes = 1;
  g_string_truncate (client->received, 0);
  raw_client_say (client, GET_OLD);
  raw_client_await_text (client, "\r\n\r\nx");
  g_assert_nonnull (strstr (client->received->str, "Connection: close\r\n"));
  way_reply_end_stream (f->held);
  raw_client_await_close (client);
#undef GET_OLD
}

static void
test_head_has_no_body (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, "HEAD /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  raw_client_await_close (client);
  g_assert_nonnull (strstr (client->received->str, "Content-Length: 11\r\n"));
  g_assert_true (g_str_has_suffix (client->received->str, "\r\n\r\n"));
}

typedef struct
{
  const char *name;
  const char *head;
  const char *status;
  const char *code;
  gboolean closes;
} Refusal;

static const Refusal refusals[] = {
  { "rebound-host", "GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\n", "HTTP/1.1 403 ",
    "forbidden_host" },
  { "too-large", "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{",
    "HTTP/1.1 413 ", "request_too_large", TRUE },
  { "negative-length", "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n{}",
    "HTTP/1.1 400 ", "bad_request", TRUE },
  { "two-lengths",
    "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "HTTP/1.1 400 ", "bad_request", TRUE },
  { "two-lengths-longer-first",
    "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 0\r\n\r\n{}",
    "HTTP/1.1 400 ", "bad_request", TRUE },
  { "no-host", "GET /x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "bad_request", TRUE },
  { "bad-escape", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 400 ", "bad_request",
    TRUE },
  { "no-path", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "HTTP/1.1 404 ", "not_found",
    TRUE },
  { "expectation", "GET /x HTTP/1.1\r\nHost: localhost\r\nExpect: foo\r\n\r\n", "HTTP/1.1 417 ",
    "bad_request", TRUE },
  { "version", "GET /x HTTP/2.0\r\nHost: localhost\r\n\r\n", "HTTP/1.1 505 ", "bad_request", TRUE },
  { "content-type",
    "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\n{",
    "HTTP/1.1 400 ", "bad_request" },
  { "content-type-before-the-body",
    "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{",
    "HTTP/1.1 400 ", "bad_request", TRUE },
};

static void
test_refusal (Fixture *f, gconstpointer data)
{
  const Refusal *row = data;
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, row->head);
  raw_client_await_text (client, row->code);
  g_assert_true (g_str_has_prefix (client->received->str, row->status));
  g_assert_cmpuint (f->n_requests, ==, 0);
  g_assert_cmpint (strstr (client->received->str, "Connection: close\r\n") != NULL, ==,
                   row->closes);
  if (row->closes)
    {
      raw_client_await_close (client);
      return;
    }
  raw_client_say (client, GET ("/next"));
  raw_client_await_text (client, "{\"ok\":true}");
}

/* A token in the path is for the guard alone, also when it is refused: whole or in parts. */
static void
test_refused_token (Fixture *f, gconstpointer data)
{
  static const char request[] = "GET /a/wf_secret/x HTTP/1.1\r\nHost: evil.example\r\n\r\n";

  for (gsize cut = sizeof request - 2; cut < sizeof request; cut++)
    {
      g_autoptr (RawClient) client = raw_client_connect (f->port);

      g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG, "refused GET /x: *");
      raw_client_say_len (client, request, cut);
      raw_client_say (client, request + cut);
      raw_client_await_text (client, "forbidden_host");
      g_test_assert_expected_messages ();
    }
}

static void
test_long_head (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);
  g_autofree char *value = g_strnfill (40000, 'v');

  raw_client_say (client, "GET /x HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
  raw_client_say (client, value);
  raw_client_await_text (client, "request_too_large");
  g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 431 "));
}

static void
test_chunked_too_large (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);
  g_autofree char *megabyte = g_strnfill (1024 * 1024, 'x');

  raw_client_say (client,
                  "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 66; i++)
    {
      raw_client_say (client, "100000\r\n");
      raw_client_say_len (client, megabyte, 1024 * 1024);
      raw_client_say (client, "\r\n");
    }
  raw_client_await_text (client, "request_too_large");
  g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 413 "));
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static void
test_not_http (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  raw_client_say (client, "\x16\x03\x01 hello\r\n\r\n");
  raw_client_await_text (client, "400 Bad Request");
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static gboolean
is_held (gpointer data)
{
  return ((Fixture *)data)->held != NULL;
}

static gboolean
has_gone (gpointer data)
{
  return ((Fixture *)data)->n_gone == 1;
}

static void
test_client_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  f->hold = TRUE;
  raw_client_say (client, POST (3) "abc");
  raw_spin_until (is_held, f);
  raw_client_leave (client);
  raw_spin_until (has_gone, f);
  g_assert_cmpuint (way_listener_get_n_connections (way_server_get_listener (f->server)), ==, 0);
}

/* What a slow client does not take stays in bounds that the writer can see. */
static void
test_slow_client (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = raw_client_connect (f->port);

  f->answer_bytes = 32 * 1024 * 1024;
  raw_client_say (client, POST (3) "abc");
  raw_spin_until (is_held, f);
  g_assert_cmpuint (way_connection_get_pending (f->held->connection), >, 0);
  g_assert_cmpuint (f->n_drained, ==, 0);
  while (f->n_drained == 0)
    {
      g_main_context_iteration (NULL, FALSE);
      raw_client_read (client);
    }
  g_assert_cmpuint (way_connection_get_pending (f->held->connection), ==, 0);
  way_reply_end_stream (f->held);
  raw_client_await_text (client, "\r\n0\r\n\r\n");
}

static gboolean
nobody_is_connected (gpointer data)
{
  Fixture *f = data;

  return way_listener_get_n_connections (way_server_get_listener (f->server)) == 0;
}

/* A keep-alive client that closes while idle leaves nothing behind. */
static void
test_idle_close (Fixture *f, gconstpointer data)
{
  for (int i = 0; i < 500; i++)
    {
      g_autoptr (RawClient) client = raw_client_connect (f->port);

      raw_client_say (client, GET ("/x"));
      raw_client_await_text (client, "{\"ok\":true}");
    }
  raw_spin_until (nobody_is_connected, f);
  g_assert_cmpuint (f->n_requests, ==, 500);
}

/* Out of file descriptors, idle clients make room and nobody is turned away for good. */
static void
test_out_of_fds (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) idle = g_ptr_array_new_with_free_func ((GDestroyNotify)raw_client_free);
  g_autoptr (RawClient) late = NULL;
  struct rlimit saved, tight;

  getrlimit (RLIMIT_NOFILE, &saved);
  for (int i = 0; i < 40; i++)
    {
      g_ptr_array_add (idle, raw_client_connect (f->port));
      g_main_context_iteration (NULL, FALSE);
    }
  late = raw_client_connect (f->port);
  tight = saved;
  tight.rlim_cur = late->fd + 1; /* not one more */
  setrlimit (RLIMIT_NOFILE, &tight);
  raw_client_say (late, GET ("/late"));
  raw_client_await_text (late, "{\"ok\":true}");
  setrlimit (RLIMIT_NOFILE, &saved);
}

static void
add (const char *name, gconstpointer data, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/gateway/server/", name, NULL);

  g_test_add (path, Fixture, data, setup, test, teardown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("keep-alive", NULL, test_keep_alive);
  add ("pipelined", NULL, test_pipelined);
  add ("cut-anywhere", NULL, test_cut_anywhere);
  add ("whole-or-in-parts", NULL, test_whole_or_in_parts);
  add ("tidy-paths", NULL, test_tidy_paths);
  add ("chunked-body", NULL, test_chunked_body);
  add ("chunked-body-streamed", NULL, test_chunked_body_streamed);
  add ("expect-continue", NULL, test_expect_continue);
  add ("http-1.0", NULL, test_http_1_0);
  add ("http-1.0-keep-alive", NULL, test_http_1_0_keep_alive);
  add ("head-has-no-body", NULL, test_head_has_no_body);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *name = g_strconcat ("refuses-", refusals[i].name, NULL);

      add (name, &refusals[i], test_refusal);
    }
  add ("refused-token", NULL, test_refused_token);
  add ("long-head", NULL, test_long_head);
  add ("chunked-too-large", NULL, test_chunked_too_large);
  add ("not-http", NULL, test_not_http);
  add ("client-leaves", NULL, test_client_leaves);
  add ("slow-client", NULL, test_slow_client);
  add ("idle-close", NULL, test_idle_close);
  add ("out-of-fds", NULL, test_out_of_fds);
  return g_test_run ();
}
