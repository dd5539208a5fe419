/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A whole gateway between raw clients and two providers. */

#include "gateway-fixture.h"

#include "way-json.h"

#include <glib/gstdio.h>
#include <string.h>

static void
on_batch (GPtrArray *events, gpointer user_data)
{
  ((Fixture *)user_data)->n_batches++;
}

WaySnapshot *
fixture_make_snapshot (Fixture *f, guint first_port)
{
  g_autofree char *text = g_strdup_printf (
    "{\"version\":1,\"listen\":{\"port\":0},\"providers\":["
    "{\"id\":\"first\",\"kind\":\"openai\",\"base_url\":\"http://127.0.0.1:%u/v1\"},"
    "{\"id\":\"second\",\"kind\":\"openai\",\"base_url\":\"http://127.0.0.1:%u/v1\"}],"
    "\"routes\":[{\"model\":\"coder\",\"targets\":[{\"provider\":\"first\",\"model\":\"m1\"},"
    "{\"provider\":\"second\",\"model\":\"m2\"}],"
    "\"deadline_ms\":{\"connect\":2000,\"first_token\":300,\"idle\":300,\"total\":5000}}]}",
    first_port, mock_upstream_get_port (f->second));
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (text, strlen (text), &error);
  WaySnapshot *snapshot;

  g_assert_no_error (error);
  snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);
  return snapshot;
}

void
fixture_start_with (Fixture *f, WaySnapshot *snapshot)
{
  g_autofree char *path = g_build_filename (f->folder, "ledger.sqlite", NULL);
  const WayGatewayOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  f->ledger = way_ledger_new (path, &error);
  g_assert_no_error (error);
  f->catalog = way_catalog_new_empty ();
  f->events = way_event_queue_new (NULL, 10, on_batch, f);
  f->gateway = way_gateway_new (snapshot, f->catalog, f->ledger, f->events, &options);
  g_assert_true (way_gateway_start (f->gateway, &error));
  g_assert_no_error (error);
}

void
fixture_start (Fixture *f, guint first_port)
{
  g_autoptr (WaySnapshot) snapshot = fixture_make_snapshot (f, first_port);

  fixture_start_with (f, snapshot);
}

void
fixture_set_up (Fixture *f, gconstpointer data)
{
  f->first = mock_upstream_new ();
  f->second = mock_upstream_new ();
  f->folder = g_dir_make_tmp ("wayfare-exchange-XXXXXX", NULL);
  mock_upstream_answer (f->second, CHAT_PATH, 200, "application/json", NULL, REPLY);
}

void
fixture_tear_down (Fixture *f, gconstpointer data)
{
  const char *names[] = { "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm" };

  g_clear_pointer (&f->gateway, way_gateway_free);
  g_clear_pointer (&f->ledger, way_ledger_close);
  way_catalog_unref (f->catalog);
  way_event_queue_free (f->events);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
  mock_upstream_free (f->first);
  mock_upstream_free (f->second);
}

RawClient *
fixture_ask (Fixture *f, const char *body)
{
  RawClient *client = raw_client_connect (way_gateway_get_port (f->gateway));
  g_autofree char *request = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\n"
                                              "Host: localhost\r\nConnection: close\r\n"
                                              "Content-Length: %zu\r\n\r\n%s",
                                              strlen (body), body);

  raw_client_say (client, request);
  return client;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *)data != NULL;
}

/* The one row of the ledger, after everything that was recorded is on disk. */
WayRecord *
fixture_read_only_row (Fixture *f)
{
  const WayLedgerFilter all = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  way_gateway_stop (f->gateway, 1000);
  way_ledger_query_async (f->ledger, &all, NULL, on_result, &result);
  raw_spin_until (is_set, &result);
  rows = way_ledger_query_finish (f->ledger, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  return way_record_ref (rows->pdata[0]);
}
