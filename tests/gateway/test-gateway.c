/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The crossings between the main thread and the gateway's: what new settings change, and what
 * becomes of requests under way. */

#include "gateway-fixture.h"
#include "way-listener.h"

#include <string.h>
#include <unistd.h>

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

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/gateway/gateway/", name, NULL);

  g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("apply", test_apply);
  add ("taken-address", test_taken_address);
  add ("own-address", test_own_address);
  return g_test_run ();
}
