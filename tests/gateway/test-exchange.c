/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A whole gateway between a raw client and two providers, the first of which misbehaves: what the
 * client gets, who answered, and that the ledger has exactly one row of it. */

#include "gateway-fixture.h"

#include <string.h>

typedef struct
{
  const char *name;
  MockReply first; /* bytes NULL and MOCK_THEN_CLOSE: see @refuse */
  gboolean refuse; /* nobody listens at the first */
  gboolean streamed;
  const char *status;   /* of the answer */
  const char *contains; /* in head or body */
  const char *lacks;    /* nullable */
  guint n_tried;
  const char *provider; /* in the ledger */
  WayOutcome outcome;
} Row;

#define JSON_HEAD(status) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\n"
#define LIMIT_ERROR "{\"error\":{\"message\":\"slow down\",\"code\":\"rate\"}}"
#define FROM_SECOND "x-wayfare-provider: second\r\n"

static const Row rows[] = {
  { .name = "answers",
    .first = { .bytes = JSON_HEAD ("200 OK") "\r\n" REPLY, .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = "x-wayfare-cost-usd: 0\r\n",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "refuses",
    .refuse = TRUE,
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "resets",
    .first = { .then = MOCK_THEN_RESET },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "stalls-before-head",
    .first = { .then = MOCK_THEN_STALL },
    .streamed = TRUE,
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "sends-comments-only",
    .first = { .bytes = STREAM_HEAD, .then = MOCK_THEN_REPEAT, .tail = ": processing\n\n" },
    .streamed = TRUE,
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "takes-its-time", /* longer than a first token may take, since it is not streamed */
    .first = { .bytes = JSON_HEAD ("200 OK") "\r\n" REPLY,
               .then = MOCK_THEN_CLOSE,
               .delay_ms = 500 },
    .status = "200",
    .contains = "x-wayfare-provider: first\r\n",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "is-no-http",
    .first = { .bytes = "\x16\x03\x01 no http at all\r\n\r\n", .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "says-html",
    .first = { .bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                        "\r\n<h1>Hi!</h1>\n",
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "says-half-json",
    .first = { .bytes = JSON_HEAD ("200 OK") "Content-Length: 3\r\n\r\n{\"a" },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "truncates",
    .first = { .bytes = JSON_HEAD ("200 OK") "Content-Length: 500\r\n\r\n{\"a\":1,",
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "fails-with-html",
    .first = { .bytes = "HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\n"
                        "\r\n<h1>x",
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "is-overloaded",
    .first = { .bytes = JSON_HEAD ("529 Overloaded") "Content-Length: 2\r\n\r\n{}" },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "limits-the-rate",
    .first = { .bytes = JSON_HEAD ("429 Slow") "Retry-After: 7\r\n\r\n" LIMIT_ERROR,
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "finds-fault-with-the-request",
    .first = { .bytes = JSON_HEAD ("400 Bad") "\r\n" LIMIT_ERROR, .then = MOCK_THEN_CLOSE },
    .status = "400",
    .contains = LIMIT_ERROR,
    .lacks = "x-should-retry",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_UPSTREAM_ERROR },
  { .name = "streams",
    .streamed = TRUE,
    .first = { .bytes = STREAM_HEAD WORD STOP USAGE DONE, .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = DONE "\r\n0\r\n\r\n",
    .lacks = "\"choices\":[]",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "streams-an-error-first",
    .streamed = TRUE,
    .first = { .bytes =
                 STREAM_HEAD "data: {\"error\":{\"message\":\"no memory\",\"code\":500}}\n\n",
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
  { .name = "cuts-the-stream",
    .streamed = TRUE,
    .first = { .bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n1000\r\n" WORD,
               .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = "\"code\":\"upstream_error\"",
    .lacks = "\r\n0\r\n\r\n",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_UPSTREAM_ERROR },
  { .name = "ends-the-stream-too-early",
    .streamed = TRUE,
    .first = { .bytes = STREAM_HEAD WORD, .then = MOCK_THEN_CLOSE },
    .status = "200",
    .contains = "\"code\":\"upstream_error\"",
    .lacks = "[DONE]",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_UPSTREAM_ERROR },
  { .name = "falls-silent-in-the-stream",
    .streamed = TRUE,
    .first = { .bytes = STREAM_HEAD WORD, .then = MOCK_THEN_STALL },
    .status = "200",
    .contains = "\"code\":\"upstream_timeout\"",
    .lacks = "\r\n0\r\n\r\n",
    .n_tried = 1,
    .provider = "first",
    .outcome = WAY_OUTCOME_DEADLINE },
  { .name = "streams-garbage",
    .streamed = TRUE,
    .first = { .bytes = STREAM_HEAD "data: {not json\n\n", .then = MOCK_THEN_STALL },
    .status = "200",
    .contains = FROM_SECOND,
    .n_tried = 2,
    .provider = "second",
    .outcome = WAY_OUTCOME_DONE },
};

static void
test_row (Fixture *f, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (RawClient) client = NULL;
  g_autoptr (WayRecord) record = NULL;
  g_autofree char *status = g_strdup_printf ("HTTP/1.1 %s ", row->status);

  mock_upstream_script (f->first, CHAT_PATH, &row->first);
  fixture_start (f, row->refuse ? mock_closed_port () : mock_upstream_get_port (f->first));
  client = fixture_ask (f, row->streamed ? HI_STREAMED : HI);
  raw_client_await_close (client);

  g_assert_true (g_str_has_prefix (client->received->str, status));
  if (!strstr (client->received->str, row->contains))
    g_error ("\"%s\" is not in \"%s\"", row->contains, client->received->str);
  if (row->lacks && strstr (client->received->str, row->lacks))
    g_error ("\"%s\" is in \"%s\"", row->lacks, client->received->str);
  g_assert_nonnull (strstr (client->received->str, "x-wayfare-request-id: req_"));
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, row->outcome);
  g_assert_cmpuint (way_record_count_tried (record), ==, row->n_tried);
  g_assert_cmpstr (record->provider, ==, row->provider);
  g_assert_cmpstr (record->requested_model, ==, "coder");
  g_assert_cmpint (record->substituted, ==, row->n_tried > 1);
}

static void
test_all_fail (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = NULL;
  g_autoptr (WayRecord) record = NULL;
  const MockReply reset = { .then = MOCK_THEN_RESET };

  mock_upstream_script (f->second, CHAT_PATH, &reset);
  fixture_start (f, mock_closed_port ());
  client = fixture_ask (f, HI);
  raw_client_await_close (client);

  g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (client->received->str, "\"code\":\"no_target\""));
  g_assert_nonnull (strstr (client->received->str, "x-should-retry: false\r\n"));
  g_assert_nonnull (strstr (client->received->str, "first refused the connection"));
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, WAY_OUTCOME_UPSTREAM_ERROR);
  g_assert_cmpstr (record->error_code, ==, "no_target");
}

/* Everything but the model's name arrives as the client wrote it. */
static void
test_bytes_survive (Fixture *f, gconstpointer data)
{
#define SENT(model)                                                                                \
  "{ \"zeta\" : 1.10,\"model\":" model ", \"big\":12345678901234567890, \"e\":1e400,\n"            \
  "\"messages\":[{\"role\":\"user\",\"content\":\"caf\\u00e9 \\/ \"}],\"-\":-0.0,\"zeta\":[ ] }"
  g_autoptr (RawClient) client = NULL;
  g_autofree char *received = NULL;

  mock_upstream_answer (f->first, CHAT_PATH, 200, "application/json", NULL, REPLY);
  fixture_start (f, mock_upstream_get_port (f->first));
  client = fixture_ask (f, SENT ("\"coder\""));
  raw_client_await_close (client);
  received = mock_upstream_dup_request (f->first, 0);
  g_assert_cmpstr (strstr (received, "\r\n\r\n") + 4, ==, SENT ("\"m1\""));
  g_assert_true (g_str_has_suffix (client->received->str, REPLY));
#undef SENT
}

static gboolean
first_is_alone (gpointer data)
{
  return mock_upstream_get_n_open (((Fixture *)data)->first) == 0;
}

static RawClient *
start_endless_stream (Fixture *f)
{
  const MockReply endless = { .bytes = STREAM_HEAD WORD, .then = MOCK_THEN_STALL };
  RawClient *client;

  mock_upstream_script (f->first, CHAT_PATH, &endless);
  fixture_start (f, mock_upstream_get_port (f->first));
  client = fixture_ask (f, HI_STREAMED);
  raw_client_await_text (client, "hello");
  return client;
}

static void
test_client_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = start_endless_stream (f);
  g_autoptr (WayRecord) record = NULL;

  raw_client_leave (client);
  raw_spin_until (first_is_alone, f);
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, WAY_OUTCOME_CLIENT_GONE);
  g_assert_true (record->usage.estimated);
  g_assert_cmpint (record->usage.output_tokens, ==, 2);
}

/* Official SDKs close the connection when they have read the last event, whatever may follow it. */
static void
test_client_leaves_with_the_answer (Fixture *f, gconstpointer data)
{
  const MockReply whole = { .bytes = STREAM_HEAD WORD STOP USAGE DONE, .then = MOCK_THEN_STALL };
  g_autoptr (RawClient) client = NULL;
  g_autoptr (WayRecord) record = NULL;

  mock_upstream_script (f->first, CHAT_PATH, &whole);
  fixture_start (f, mock_upstream_get_port (f->first));
  client = fixture_ask (f, HI_STREAMED);
  raw_client_await_text (client, "[DONE]");
  raw_client_leave (client);
  raw_spin_until (first_is_alone, f);
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, WAY_OUTCOME_DONE);
  g_assert_cmpint (record->usage.output_tokens, ==, 5);
  g_assert_false (record->usage.estimated);
}

static void
test_user_cancels (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = start_endless_stream (f);
  const char *id = strstr (client->received->str, "req_");
  g_autofree char *request_id = g_strndup (id, 30);
  g_autoptr (WayRecord) record = NULL;

  way_gateway_cancel_request (f->gateway, request_id);
  raw_client_await_close (client);
  g_assert_nonnull (strstr (client->received->str, "cancelled by the user"));
  g_assert_null (strstr (client->received->str, "\r\n0\r\n\r\n"));
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, WAY_OUTCOME_SHUTDOWN);
}

/* Stopping ends what runs, and says so to client and ledger. */
static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autoptr (RawClient) client = start_endless_stream (f);
  g_autoptr (WayRecord) record = NULL;

  way_gateway_stop (f->gateway, 0);
  raw_client_await_close (client);
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, WAY_OUTCOME_SHUTDOWN);
}

static void
add (const char *name, gconstpointer data, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/gateway/exchange/", name, NULL);

  g_test_add (path, Fixture, data, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strconcat ("first-", rows[i].name, NULL);

      add (name, &rows[i], test_row);
    }
  add ("all-fail", NULL, test_all_fail);
  add ("bytes-survive", NULL, test_bytes_survive);
  add ("client-leaves", NULL, test_client_leaves);
  add ("client-leaves-with-the-answer", NULL, test_client_leaves_with_the_answer);
  add ("user-cancels", NULL, test_user_cancels);
  add ("stop", NULL, test_stop);
  return g_test_run ();
}
