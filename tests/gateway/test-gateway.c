/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The crossings between the main thread and the gateway's: what new settings change, and what
 * becomes of requests under way. */

#include "gateway-fixture.h"

#include <string.h>

/* New settings move the listening socket; requests that run go on under the old ones. */
static void
test_apply (Fixture *f, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  g_autoptr (RawClient) client = NULL;
  g_autoptr (GError) error = NULL;

  fixture_start (f, mock_closed_port ());
  snapshot = fixture_make_snapshot (f, mock_upstream_get_port (f->first));
  mock_upstream_answer (f->first, CHAT_PATH, 200, "application/json", NULL, REPLY);
  g_assert_true (way_gateway_apply (f->gateway, snapshot, &error));
  g_assert_no_error (error);
  client = fixture_ask (f, HI);
  raw_client_await_close (client);
  g_assert_nonnull (strstr (client->received->str, "x-wayfare-provider: first\r\n"));
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
  return g_test_run ();
}
