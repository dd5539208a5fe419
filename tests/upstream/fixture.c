/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "fixture.h"

#include "way-json.h"

#include <string.h>

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->poller = way_poller_new (fixture->context);
  fixture->upstream = way_upstream_new (fixture->context, fixture->poller);
  fixture->mock = mock_upstream_new ();
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  fixture->snapshot = snapshot_for_url ("openai", url, "");
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  way_upstream_free (fixture->upstream);
  way_poller_free (fixture->poller);
  mock_upstream_free (fixture->mock);
  way_snapshot_unref (fixture->snapshot);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* One turn of the loop; a wait for another thread's doing ends after 2 ms at the latest. */
void
fixture_iterate (Fixture *fixture)
{
  g_autoptr (GSource) tick = g_timeout_source_new (2);

  g_source_set_callback (tick, on_tick, NULL, NULL);
  g_source_attach (tick, fixture->context);
  g_main_context_iteration (fixture->context, TRUE);
  g_source_destroy (tick);
}

/* Iterates for a while, to show that something does not happen. */
void
fixture_settle (Fixture *fixture, guint span_ms)
{
  gint64 end_us = g_get_monotonic_time () + (gint64)span_ms * 1000;

  while (g_get_monotonic_time () < end_us)
    fixture_iterate (fixture);
}

WaySnapshot *
snapshot_from_json (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (json, strlen (json), &error);

  g_assert_no_error (error);
  WaySnapshot *snapshot = way_snapshot_new_from_json (root, NULL, &error);
  g_assert_no_error (error);
  return snapshot;
}

/* One provider, "peer"; @more: further members of it, each after a comma. */
WaySnapshot *
snapshot_for_url (const char *kind, const char *base_url, const char *more)
{
  g_autofree char *url =
    base_url == NULL ? g_strdup ("") : g_strdup_printf (",\"base_url\":\"%s\"", base_url);
  g_autofree char *json = g_strdup_printf (
    "{\"version\":1,\"providers\":[{\"id\":\"peer\",\"kind\":\"%s\"%s%s}]}", kind, url, more);

  return snapshot_from_json (json);
}

/* The same with a key. */
WaySnapshot *
snapshot_with_key (WaySnapshot *snapshot, const char *value)
{
  g_autoptr (GHashTable) keys =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)way_key_entry_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = way_key_new (value, strlen (value), &error);

  g_assert_no_error (error);
  g_hash_table_insert (keys, (gpointer) "peer", way_key_entry_new (key, NULL));
  return way_snapshot_with_keys (snapshot, keys);
}

/* A GET without deadlines. */
WayCallRequest
request_to (Fixture *fixture, WaySnapshot *snapshot, const char *path)
{
  return (WayCallRequest){
    .snapshot = snapshot,
    .provider = way_snapshot_find_provider (snapshot, "peer"),
    .method = "GET",
    .path = path,
  };
}

static void
on_head (WayCall *call, guint status, gpointer user_data)
{
  Caller *caller = user_data;

  caller->n_heads++;
  caller->status = status;
  if (caller->cancel_head)
    way_call_cancel (g_steal_pointer (&caller->call));
}

static gboolean
on_data (WayCall *call, const char *data, gsize length, gpointer user_data)
{
  Caller *caller = user_data;

  g_assert_cmpuint (caller->n_heads, ==, 1);
  g_assert_cmpuint (caller->n_done, ==, 0);
  if (caller->take_bytes > 0 && caller->body->len + length > caller->take_bytes)
    {
      caller->n_refused++;
      return FALSE;
    }
  g_string_append_len (caller->body, data, (gssize)length);
  if (caller->victim != NULL)
    way_call_cancel (g_steal_pointer (&caller->victim));
  if (caller->cancel_data)
    way_call_cancel (g_steal_pointer (&caller->call));
  return TRUE;
}

static void
on_done (WayCall *call, const GError *error, const WayCallTiming *timing, gpointer user_data)
{
  Caller *caller = user_data;

  caller->n_done++;
  caller->call = NULL;
  caller->timing = *timing;
  caller->error = error == NULL ? NULL : g_error_copy (error);
}

const WayCallHandlers caller_handlers = { on_head, on_data, on_done };

void
caller_send (Caller *caller, Fixture *fixture, const WayCallRequest *request)
{
  caller->body = g_string_new (NULL);
  caller->call = way_upstream_send (fixture->upstream, request, &caller_handlers, caller);
  g_assert_nonnull (caller->call);
  /* No handler runs from inside. */
  g_assert_cmpuint (caller->n_heads + caller->n_done, ==, 0);
}

void
caller_clear (Caller *caller)
{
  if (caller->call != NULL)
    way_call_cancel (caller->call);
  if (caller->body != NULL)
    g_string_free (caller->body, TRUE);
  g_clear_error (&caller->error);
  *caller = (Caller){ 0 };
}
