/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a call sends, and its life: reuse, cancel, pause and resume. */

#include "fixture.h"
#include "way-upstream-private.h"

#include <string.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define SECRET "sk-very-secret-0123456789"

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = strstr (text, part); at != NULL; at = strstr (at + 1, part))
    n++;
  return n;
}

/* Sends one call to its end. */
static void
complete (Fixture *fixture, const WayCallRequest *request)
{
  Caller caller = { 0 };

  caller_send (&caller, fixture, request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_no_error (caller.error);
  caller_clear (&caller);
}

/* The bytes on the wire: the body as it is, the client's headers but for those that are the call's
 * own, and nothing that libcurl would add by itself. */
static void
test_sends (Fixture *fixture, gconstpointer data)
{
  static const WayHeader headers[] = {
    { "anthropic-beta", "a,b" },
    { "user-agent", "client/1" },
    { "Authorization", "Bearer of-the-app" },
    { "X-Api-Key", "of-the-app" },
    { "Content-Type", "text/plain" },
    { "Host", "elsewhere" },
    { "X-Split", "a\r\nX-Injected: b" },
    { "X-Empty", "" },
    { "Accept-Encoding", "br" },
  };
  static const char *const absent[] = { "of-the-app", "Injected", "Expect", "Encoding", "Wayfare" };
  g_autofree char *text = g_strnfill (2 * 1024 * 1024, 'b');
  g_autoptr (GBytes) body = g_bytes_new_static (text, 2 * 1024 * 1024);
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/chat?x=1");

  mock_upstream_answer (fixture->mock, "/chat", 200, "text/plain", NULL, "ok");
  request.method = "POST";
  request.body = body;
  request.headers = headers;
  request.n_headers = G_N_ELEMENTS (headers);
  complete (fixture, &request);

  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_autofree char *head = g_strndup (sent, strstr (sent, "\r\n\r\n") + 2 - sent);
  g_autofree char *host =
    g_strdup_printf ("\r\nHost: 127.0.0.1:%u\r\n", mock_upstream_get_port (fixture->mock));
  g_assert_true (g_str_has_prefix (head, "POST /chat?x=1 HTTP/1.1\r\n"));
  g_assert_cmpuint (count (head, host), ==, 1);
  g_assert_cmpuint (count (head, "\r\nContent-Type: application/json\r\n"), ==, 1);
  g_assert_cmpuint (count (head, "\r\nContent-Length: 2097152\r\n"), ==, 1);
  g_assert_cmpuint (count (head, "\r\nanthropic-beta: a,b\r\n"), ==, 1);
  g_assert_cmpuint (count (head, "\r\nuser-agent: client/1\r\n"), ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (absent); i++)
    g_assert_cmpuint (count (head, absent[i]), ==, 0);
  g_assert_cmpstr (strstr (sent, "\r\n\r\n") + 4, ==, text);
}

typedef struct
{
  const char *kind;
  const char *header;
} AuthRow;

static const AuthRow auth_rows[] = {
  { "openai", "\r\nAuthorization: Bearer " SECRET "\r\n" },
  { "ollama", "\r\nAuthorization: Bearer " SECRET "\r\n" },
  { "azure-openai", "\r\napi-key: " SECRET "\r\n" },
};

static gboolean
sends_from (const WayCall *call, const char *text)
{
  const struct curl_slist *node = call->request_headers;

  while (node != NULL && node->data != text)
    node = node->next;
  return node != NULL;
}

/* The key is in one header of one request, which is sent from the key's own memory. */
static void
test_key (Fixture *fixture, gconstpointer data)
{
  const AuthRow *row = data;
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  g_autoptr (WaySnapshot) plain = snapshot_for_url (row->kind, url, ",\"locality\":\"local\"");
  g_autoptr (WaySnapshot) snapshot = snapshot_with_key (plain, SECRET);
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = OK "\r\nbegun", .then = MOCK_THEN_STALL });
  caller_send (&caller, fixture, &request);
  g_assert_true (sends_from (caller.call, way_key_reveal (request.provider->key_header)));
  WAIT_UNTIL (fixture, caller.body->len > 0);

  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_cmpuint (count (sent, row->header), ==, 1);
  g_assert_cmpuint (count (sent, SECRET), ==, 1);
  caller_clear (&caller);
}

static void
test_no_key (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  complete (fixture, &request);
  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_cmpuint (count (sent, "uthorization"), ==, 0);
  g_assert_cmpuint (count (sent, "\r\nUser-Agent: Wayfare\r\n"), ==, 1);
}

/* A failure repeats no key, whatever libcurl would say of it. */
static void
test_key_not_in_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_with_key (fixture->snapshot, SECRET);
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = "echo " SECRET "\r\n", .then = MOCK_THEN_CLOSE });
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_nonnull (caller.error);
  g_assert_null (strstr (caller.error->message, SECRET));
  caller_clear (&caller);
}

/* Headers are lent out by name in any case; those of an interim answer are not among them. */
static void
test_headers (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = "HTTP/1.1 103 Hints\r\nX-Early: 1\r\n\r\n"
                                               "HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\n"
                                               "X-None:\r\nX: 1\r\nX: 2\r\n\r\nbegun",
                                      .then = MOCK_THEN_STALL });
  caller_send (&caller, fixture, &request);
  g_assert_null (way_call_get_header (caller.call, "x"));
  WAIT_UNTIL (fixture, caller.body->len > 0);

  g_assert_cmpuint (caller.status, ==, 429);
  g_assert_cmpstr (way_call_get_header (caller.call, "retry-after"), ==, "7");
  g_assert_cmpstr (way_call_get_header (caller.call, "X-NONE"), ==, "");
  g_assert_cmpstr (way_call_get_header (caller.call, "x"), ==, "1");
  g_assert_null (way_call_get_header (caller.call, "x-early"));
  g_assert_null (way_call_get_header (caller.call, "7"));
  caller_clear (&caller);
}

typedef struct
{
  const char *base; /* below the mock's address */
  const char *path;
  const char *target;
} TargetRow;

static const TargetRow target_rows[] = {
  { "", "/models", "/models" },
  { "/v1", "/models?limit=1", "/v1/models?limit=1" },
  { "/a/../v1", "/chat", "/v1/chat" },
  { "/\xc3\xa9", "/chat", "/%c3%a9/chat" },
  { "", "", "/" },
};

/* What the request line names, and that nothing of a handle's last call is left in the next. */
static void
test_targets (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = mock_upstream_dup_url (fixture->mock);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  mock_upstream_answer (fixture->mock, "", 200, "text/plain", NULL, "ok");
  for (guint i = 0; i < 2 * G_N_ELEMENTS (target_rows); i++)
    {
      const TargetRow *row = &target_rows[i / 2];
      gboolean is_post = i % 2 == 0;
      g_autofree char *base = g_strconcat (address, row->base, NULL);
      g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", base, "");
      WayCallRequest request = request_to (fixture, snapshot, row->path);
      g_autofree char *line =
        g_strdup_printf ("%s %s HTTP/1.1\r\n", is_post ? "POST" : "GET", row->target);

      request.method = is_post ? "POST" : "GET";
      request.body = is_post ? body : NULL;
      complete (fixture, &request);
      g_autofree char *sent = mock_upstream_dup_request (fixture->mock, i);
      g_assert_true (g_str_has_prefix (sent, line));
      g_assert_true (is_post == (strstr (sent, "Content-Length: 2\r\n") != NULL));
      g_assert_true (is_post == g_str_has_suffix (sent, "\r\n\r\n{}"));
    }
}

/* A thousand calls, one connection, one handle. */
static void
test_reuse (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  request.method = "POST";
  request.body = body;
  for (guint i = 0; i < 1000; i++)
    complete (fixture, &request);

  g_assert_cmpuint (mock_upstream_get_n_requests (fixture->mock), ==, 1000);
  g_assert_cmpuint (mock_upstream_get_n_connections (fixture->mock), ==, 1);
  g_assert_cmpuint (fixture->upstream->n_opened, ==, 1);
  g_assert_cmpuint (fixture->upstream->n_handles, ==, 1);
}

/* Many at once: each is answered, and no more handles are kept than the pool may hold. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N = 300
  };
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  g_autofree Caller *callers = g_new0 (Caller, N);
  guint n_done = 0;

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  for (guint i = 0; i < N; i++)
    caller_send (&callers[i], fixture, &request);
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, N);
  WAIT_UNTIL (fixture, way_upstream_get_n_calls (fixture->upstream) == 0);

  for (guint i = 0; i < N; i++)
    {
      g_assert_no_error (callers[i].error);
      g_assert_cmpstr (callers[i].body->str, ==, "ok");
      n_done += callers[i].n_done;
      caller_clear (&callers[i]);
    }
  g_assert_cmpuint (n_done, ==, N);
  g_assert_cmpuint (fixture->upstream->n_handles, <=, 256);
}

/* One that it ended before: what libcurl no longer waits for is not watched for ever. */
static void
test_closed_in_pool (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_script (
    fixture->mock, "/x",
    &(MockReply){ .bytes = OK "Content-Length: 2\r\n\r\nok", .then = MOCK_THEN_CLOSE });
  for (guint i = 1; i <= 3; i++)
    {
      complete (fixture, &request);
      WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
      while (g_main_context_iteration (fixture->context, FALSE))
        ; /* ends, so nothing is ready again and again */
      g_assert_cmpuint (mock_upstream_get_n_connections (fixture->mock), ==, i);
      g_assert_cmpuint (g_hash_table_size (fixture->upstream->sockets), ==, 1);
    }
}

/* A pooled connection that the server ends just as it is used again is no error. */
static void
test_stale (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_script (
    fixture->mock, "/x",
    &(MockReply){ .bytes = OK "Content-Length: 2\r\n\r\nok", .close_if_reused = TRUE });
  request.method = "POST";
  request.body = body;
  complete (fixture, &request);
  complete (fixture, &request);
  g_assert_cmpuint (mock_upstream_get_n_requests (fixture->mock), ==, 3);
  g_assert_cmpuint (mock_upstream_get_n_connections (fixture->mock), ==, 2);
}

/* Cancelled from outside: the server sees the end of the connection, the caller nothing more. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = OK "\r\nbegun", .then = MOCK_THEN_STALL });
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.body->len > 0);
  way_call_cancel (g_steal_pointer (&caller.call));
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 0);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
  g_assert_cmpuint (caller.n_done, ==, 0);
  caller_clear (&caller);
}

/* Cancelled before anything was sent. */
static void
test_cancel_at_once (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { 0 };

  caller_send (&caller, fixture, &request);
  way_call_cancel (g_steal_pointer (&caller.call));
  fixture_settle (fixture, 20);
  g_assert_cmpuint (caller.n_heads + caller.n_done, ==, 0);
  g_assert_cmpuint (mock_upstream_get_n_requests (fixture->mock), ==, 0);
  caller_clear (&caller);
}

/* Cancelled by its own handler, in on_head or in on_data. */
static void
test_cancel_inside (Fixture *fixture, gconstpointer data)
{
  gboolean in_head = GPOINTER_TO_INT (data);
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { .cancel_head = in_head, .cancel_data = !in_head };

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = OK "\r\n", .then = MOCK_THEN_REPEAT, .tail = "x" });
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.call == NULL);
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 0);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
  g_assert_cmpuint (caller.n_heads, ==, 1);
  g_assert_cmpuint (caller.n_done, ==, 0);
  caller_clear (&caller);
}

/* Cancelled by another call's handler. */
static void
test_cancel_other (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/stall");
  Caller victim = { 0 };
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/stall", &(MockReply){ .then = MOCK_THEN_STALL });
  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  caller_send (&victim, fixture, &request);
  caller.victim = g_steal_pointer (&victim.call);
  request.path = "/x";
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  g_assert_no_error (caller.error);
  g_assert_cmpuint (victim.n_done, ==, 0);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) <= 1);
  caller_clear (&caller);
  caller_clear (&victim);
}

/* A caller that takes nothing stops the provider: the sockets' buffers fill, and no more is read.
 */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  g_autofree char *tail = g_strnfill (65536, 'x');
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { .take_bytes = 100000 };
  guint64 sent = 0;

  mock_upstream_script (fixture->mock, "/x",
                        &(MockReply){ .bytes = OK "\r\n", .then = MOCK_THEN_REPEAT, .tail = tail });
  request.deadlines.idle_ms = 40; /* does not run while the caller is what is slow */
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_refused > 0);
  do
    {
      sent = mock_upstream_get_bytes_sent (fixture->mock);
      fixture_settle (fixture, 60);
    }
  while (sent != mock_upstream_get_bytes_sent (fixture->mock));

  g_assert_cmpuint (sent, <, 32 * 1024 * 1024);
  g_assert_cmpuint (caller.n_refused, ==, 1);
  g_assert_cmpuint (caller.n_done, ==, 0);

  caller.take_bytes = 10 * 1000 * 1000;
  way_call_resume (caller.call);
  g_assert_cmpuint (caller.body->len, <=, 100000); /* no handler runs from inside */
  WAIT_UNTIL (fixture, caller.n_refused == 2);
  g_assert_cmpuint (caller.body->len, >, 100000);
  for (gsize i = 0; i < caller.body->len; i++)
    g_assert_cmpint (caller.body->str[i], ==, 'x');
  caller_clear (&caller);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
}

/* Paused and resumed at each piece, an answer arrives whole and in order. */
static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller caller = { .take_bytes = 1 };

  while (text->len < 200000)
    g_string_append_printf (text, "%zu ", text->len);
  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, text->str);
  caller_send (&caller, fixture, &request);
  while (caller.n_done == 0)
    {
      guint n_refused = caller.n_refused;
      WAIT_UNTIL (fixture, caller.n_refused > n_refused || caller.n_done > 0);
      if (caller.n_done > 0)
        break;
      caller.take_bytes = caller.body->len + 20000;
      way_call_resume (caller.call);
    }
  g_assert_no_error (caller.error);
  g_assert_cmpstr (caller.body->str, ==, text->str);
  g_assert_cmpuint (caller.n_refused, >, 5);
  caller_clear (&caller);
}

/* Cancelled while paused, and resumed when it was not. */
static void
test_pause_corners (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller paused = { .take_bytes = 1 };
  Caller running = { 0 };

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "0123456789");
  caller_send (&paused, fixture, &request);
  WAIT_UNTIL (fixture, paused.n_refused == 1);
  way_call_resume (paused.call);
  way_call_cancel (g_steal_pointer (&paused.call));
  caller_send (&running, fixture, &request);
  way_call_resume (running.call);
  WAIT_UNTIL (fixture, running.n_done > 0);
  g_assert_cmpstr (running.body->str, ==, "0123456789");
  g_assert_cmpuint (paused.n_done, ==, 0);
  caller_clear (&paused);
  caller_clear (&running);
}

/* How long it took is known by phase; a pooled connection takes no time. */
static void
test_timing (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  for (guint i = 0; i < 2; i++)
    {
      Caller caller = { 0 };

      caller_send (&caller, fixture, &request);
      WAIT_UNTIL (fixture, caller.n_done > 0);
      if (i == 0)
        g_assert_cmpint (caller.timing.connect_us, >, 0);
      else
        g_assert_cmpint (caller.timing.connect_us, ==, 0);
      g_assert_cmpint (caller.timing.first_byte_us, >, caller.timing.connect_us);
      g_assert_cmpint (caller.timing.total_us, >=, caller.timing.first_byte_us);
      caller_clear (&caller);
    }
}

/* Freed with calls under way: they end in silence. */
static void
test_free (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");
  Caller callers[2] = { 0 };

  mock_upstream_script (fixture->mock, "/x", &(MockReply){ .then = MOCK_THEN_STALL });
  caller_send (&callers[0], fixture, &request);
  WAIT_UNTIL (fixture, mock_upstream_get_n_requests (fixture->mock) == 1);
  caller_send (&callers[1], fixture, &request);
  way_upstream_free (fixture->upstream);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (callers[i].n_done, ==, 0);
      callers[i].call = NULL;
      caller_clear (&callers[i]);
    }
  fixture->upstream = way_upstream_new (fixture->context, fixture->poller);
}

#define ADD(path, data, func)                                                                      \
  g_test_add ("/upstream/call/" path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sends", NULL, test_sends);
  ADD ("key/openai", &auth_rows[0], test_key);
  ADD ("key/ollama", &auth_rows[1], test_key);
  ADD ("key/azure", &auth_rows[2], test_key);
  ADD ("key/none", NULL, test_no_key);
  ADD ("key/not-in-errors", NULL, test_key_not_in_errors);
  ADD ("headers", NULL, test_headers);
  ADD ("targets", NULL, test_targets);
  ADD ("reuse", NULL, test_reuse);
  ADD ("many", NULL, test_many);
  ADD ("closed-in-pool", NULL, test_closed_in_pool);
  ADD ("stale", NULL, test_stale);
  ADD ("cancel", NULL, test_cancel);
  ADD ("cancel/at-once", NULL, test_cancel_at_once);
  ADD ("cancel/in-head", GINT_TO_POINTER (TRUE), test_cancel_inside);
  ADD ("cancel/in-data", GINT_TO_POINTER (FALSE), test_cancel_inside);
  ADD ("cancel/another", NULL, test_cancel_other);
  ADD ("pause", NULL, test_pause);
  ADD ("pause/resume", NULL, test_resume);
  ADD ("pause/corners", NULL, test_pause_corners);
  ADD ("timing", NULL, test_timing);
  ADD ("free", NULL, test_free);
  return g_test_run ();
}
