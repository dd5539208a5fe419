/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The crossings between the main thread and the gateway's: what new settings change, and what
 * becomes of requests under way. */

#include "gateway-fixture.h"
#include "way-listener.h"

#include <string.h>
#include <unistd.h>

#define JSON_ANSWER "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" REPLY

/* No request that begins later is judged by the old settings, however soon it comes. */
static void
test_apply (Fixture *f, gconstpointer data)
{
  fixture_start (f, mock_closed_port ());
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (WaySnapshot) snapshot = fixture_make_snapshot (f, mock_closed_port ());
      g_autoptr (RawClient) client = NULL;
      g_autoptr (GError) error = NULL;

      snapshot->require_token = i % 2 == 0;
      g_assert_true (way_gateway_apply (f->gateway, snapshot, &error));
      g_assert_no_error (error);
      client = fixture_ask (f, "{}");
      raw_client_await_close (client);
      g_assert_cmpint (g_str_has_prefix (client->received->str, "HTTP/1.1 401 "), ==, i % 2 == 0);
    }
}

/* The settings of the first provider, on another address but the same port. */
static WaySnapshot *
make_moved (Fixture *f, const char *address)
{
  WaySnapshot *snapshot = fixture_make_snapshot (f, mock_upstream_get_port (f->first));

  g_free (snapshot->listen_address);
  snapshot->listen_address = g_strdup (address);
  snapshot->listen_port = way_gateway_get_port (f->gateway);
  return snapshot;
}

static void
assert_first_answers (Fixture *f)
{
  g_autoptr (RawClient) client = fixture_ask (f, HI);

  raw_client_await_close (client);
  g_assert_nonnull (strstr (client->received->str, "x-wayfare-provider: first\r\n"));
}

/* Where it cannot be listened, the old address stays, and all other settings are in force. */
static void
test_taken_address (Fixture *f, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *old_address = NULL;
  g_autofree char *kept_address = NULL;
  g_autofree char *new_address = NULL;
  guint port = 0;
  int taken;

  fixture_start (f, mock_closed_port ());
  mock_upstream_answer (f->first, CHAT_PATH, 200, "application/json", NULL, REPLY);
  old_address = way_gateway_dup_address (f->gateway);
  taken = way_listen_tcp ("127.0.0.2", way_gateway_get_port (f->gateway), &port, &error);
  g_assert_no_error (error);
  snapshot = make_moved (f, "127.0.0.2");

  g_assert_false (way_gateway_apply (f->gateway, snapshot, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_ADDRESS_IN_USE));
  g_assert_nonnull (strstr (error->message, old_address));
  g_assert_nonnull (strstr (error->message, "127.0.0.2"));
  kept_address = way_gateway_dup_address (f->gateway);
  g_assert_cmpstr (kept_address, ==, old_address);
  assert_first_answers (f);

  /* Tried again with each change. */
  close (taken);
  g_clear_error (&error);
  g_assert_true (way_gateway_apply (f->gateway, snapshot, &error));
  g_assert_no_error (error);
  new_address = way_gateway_dup_address (f->gateway);
  g_assert_true (g_str_has_prefix (new_address, "http://127.0.0.2:"));
}

/* What is in the way of the new address is the gateway's own socket. */
static void
test_own_address (Fixture *f, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  fixture_start (f, mock_closed_port ());
  mock_upstream_answer (f->first, CHAT_PATH, 200, "application/json", NULL, REPLY);
  snapshot = make_moved (f, "localhost");
  g_assert_true (way_gateway_apply (f->gateway, snapshot, &error));
  g_assert_no_error (error);
  address = way_gateway_dup_address (f->gateway);
  g_assert_true (g_str_has_prefix (address, "http://localhost:"));
  assert_first_answers (f);
}

/* The second provider counts as one of the cloud, wherever it is. */
static WaySnapshot *
make_cloud_snapshot (Fixture *f, gboolean enabled)
{
  WaySnapshot *snapshot = fixture_make_snapshot (f, mock_upstream_get_port (f->first));
  WayProvider *second = snapshot->providers->pdata[1];

  second->locality = WAY_LOCALITY_CLOUD;
  second->limits.parallel = 1;
  snapshot->cloud_enabled = enabled;
  return snapshot;
}

static gboolean
first_was_asked (gpointer data)
{
  return mock_upstream_get_n_requests (((Fixture *)data)->first) > 0;
}

/* A request that began while the cloud was on does not go there once it is off. */
static void
test_cloud_off_before_failover (Fixture *f, gconstpointer data)
{
  const MockReply silence = { .then = MOCK_THEN_STALL };
  g_autoptr (WaySnapshot) on = make_cloud_snapshot (f, TRUE);
  g_autoptr (WaySnapshot) off = make_cloud_snapshot (f, FALSE);
  g_autoptr (RawClient) client = NULL;
  g_autoptr (WayRecord) record = NULL;
  const WayAttempt *passed;

  mock_upstream_script (f->first, CHAT_PATH, &silence);
  fixture_start_with (f, on);
  client = fixture_ask (f, HI);
  raw_spin_until (first_was_asked, f);
  g_assert_true (way_gateway_apply (f->gateway, off, NULL));
  raw_client_await_close (client);

  g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (client->received->str, "Local only is on by now"));
  g_assert_cmpuint (mock_upstream_get_n_connections (f->second), ==, 0);
  record = fixture_read_only_row (f);
  passed = record->attempts->pdata[1];
  g_assert_cmpint (passed->verdict, ==, WAY_VERDICT_SKIPPED);
  g_assert_cmpstr (passed->reason, ==, "is not on this machine, and Local only is on by now");
}

/* The gateway has read what it was sent before, since it reads in the order of arrival. */
static void
await_health (Fixture *f)
{
  g_autoptr (RawClient) client = raw_client_connect (way_gateway_get_port (f->gateway));

  raw_client_say (client, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  raw_client_await_text (client, "{\"status\":\"ok\"}");
}

/* What waits for room is refused, and what streams goes on. */
static void
test_cloud_off_while_waiting (Fixture *f, gconstpointer data)
{
#define TO_SECOND                                                                                  \
  "{\"model\":\"second/m2\",\"stream\":true,"                                                      \
  "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
  const MockReply endless = { .bytes = STREAM_HEAD WORD, .tail = WORD, .then = MOCK_THEN_REPEAT };
  g_autoptr (WaySnapshot) on = make_cloud_snapshot (f, TRUE);
  g_autoptr (WaySnapshot) off = make_cloud_snapshot (f, FALSE);
  g_autoptr (RawClient) streaming = NULL;
  g_autoptr (RawClient) waiting = NULL;

  mock_upstream_script (f->second, CHAT_PATH, &endless);
  fixture_start_with (f, on);
  streaming = fixture_ask (f, TO_SECOND);
  raw_client_await_text (streaming, "hello");
  waiting = fixture_ask (f, TO_SECOND);
  await_health (f);
  g_assert_true (way_gateway_apply (f->gateway, off, NULL));
  raw_client_await_close (waiting);

  g_assert_nonnull (strstr (waiting->received->str, "\"code\":\"cloud_disabled\""));
  g_assert_cmpuint (mock_upstream_get_n_requests (f->second), ==, 1);
  g_string_truncate (streaming->received, 0);
  raw_client_await_text (streaming, "hello");
}

static WaySnapshot *
make_caching_snapshot (Fixture *f)
{
  WaySnapshot *snapshot = fixture_make_snapshot (f, mock_upstream_get_port (f->first));

  snapshot->cache = (WayCacheTerms){ .enabled = TRUE, .ttl_s = 60, .max_bytes = 1024 * 1024 };
  return snapshot;
}

/* An answer that began under old settings is not given to those who ask under the new ones. */
static void
test_cache_of_new_settings (Fixture *f, gconstpointer data)
{
#define SURELY                                                                                     \
  "{\"model\":\"coder\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
  const MockReply slow = { .bytes = JSON_ANSWER, .then = MOCK_THEN_CLOSE, .drip_ms = 1 };
  const char *const outcomes[] = { "miss", "miss", "hit" };
  g_autoptr (WaySnapshot) old = make_caching_snapshot (f);
  g_autoptr (WaySnapshot) new = make_caching_snapshot (f);

  mock_upstream_script (f->first, CHAT_PATH, &slow);
  fixture_start_with (f, old);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autofree char *outcome = g_strdup_printf ("x-wayfare-cache: %s\r\n", outcomes[i]);
      g_autoptr (RawClient) client = fixture_ask (f, SURELY);

      if (i == 0)
        {
          raw_spin_until (first_was_asked, f);
          g_assert_true (way_gateway_apply (f->gateway, new, NULL));
        }
      raw_client_await_close (client);
      g_assert_nonnull (strstr (client->received->str, outcome));
    }
}

typedef struct
{
  MockReply reply;
  guint drain_ms;
  const char *status;
  WayOutcome outcome;
} Stop;

static const Stop stop_now = { { .then = MOCK_THEN_STALL }, 0, "503", WAY_OUTCOME_SHUTDOWN };
static const Stop stop_drained = {
  { .bytes = JSON_ANSWER, .then = MOCK_THEN_CLOSE, .drip_ms = 1 },
  5000,
  "200",
  WAY_OUTCOME_DONE,
};

/* Of two requests sent at once, only the one that has begun is answered. */
static void
test_stop (Fixture *f, gconstpointer data)
{
  const Stop *stop = data;
  g_autofree char *status = g_strdup_printf ("HTTP/1.1 %s ", stop->status);
  g_autofree char *request = g_strdup_printf ("POST " CHAT_PATH " HTTP/1.1\r\nHost: localhost\r\n"
                                              "Content-Length: %zu\r\n\r\n" HI,
                                              strlen (HI));
  g_autofree char *requests = g_strconcat (request, request, NULL);
  g_autoptr (RawClient) client = NULL;
  g_autoptr (WayRecord) record = NULL;

  mock_upstream_script (f->first, CHAT_PATH, &stop->reply);
  fixture_start (f, mock_upstream_get_port (f->first));
  client = raw_client_connect (way_gateway_get_port (f->gateway));
  raw_client_say (client, requests);
  raw_spin_until (first_was_asked, f);
  way_gateway_stop (f->gateway, stop->drain_ms);
  raw_client_await_close (client);

  g_assert_true (g_str_has_prefix (client->received->str, status));
  g_assert_nonnull (strstr (client->received->str, "Connection: close\r\n"));
  g_assert_cmpuint (raw_client_count (client, "HTTP/1.1 "), ==, 1);
  record = fixture_read_only_row (f);
  g_assert_cmpint (record->outcome, ==, stop->outcome);
}

static void
add (const char *name, gconstpointer data, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/gateway/gateway/", name, NULL);

  g_test_add (path, Fixture, data, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("apply", NULL, test_apply);
  add ("taken-address", NULL, test_taken_address);
  add ("own-address", NULL, test_own_address);
  add ("cloud-off-before-failover", NULL, test_cloud_off_before_failover);
  add ("cloud-off-while-waiting", NULL, test_cloud_off_while_waiting);
  add ("cache-of-new-settings", NULL, test_cache_of_new_settings);
  add ("stop-now", &stop_now, test_stop);
  add ("stop-drained", &stop_drained, test_stop);
  return g_test_run ();
}
