/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-activity.h"

#include "way-clock.h"

/* A list and what it told its viewers. */
typedef struct
{
  WayActivity *activity;
  GPtrArray *events;
  GString *changes; /* "position-removed+added " for each emission */
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_string_append_printf (user_data, "%u-%u+%u ", position, removed, added);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const guint max_rows = GPOINTER_TO_UINT (data);

  fixture->activity = way_activity_new (max_rows);
  fixture->events = g_ptr_array_new_with_free_func ((GDestroyNotify)way_event_free);
  fixture->changes = g_string_new (NULL);
  g_signal_connect (fixture->activity, "items-changed", G_CALLBACK (on_items_changed),
                    fixture->changes);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->events);
  g_assert_finalize_object (fixture->activity);
  g_string_free (fixture->changes, TRUE);
}

static WayRecord *
push (Fixture *fixture, WayEventType type, const char *id)
{
  WayRecord *record = way_record_new (id, "/v1/chat/completions", way_clock_get_wall_us ());

  if (type == WAY_EVENT_FINISHED)
    {
      record->outcome = WAY_OUTCOME_DONE;
      record->duration_us = 1000;
    }
  g_ptr_array_add (fixture->events, way_event_new_request (type, record));
  return record;
}

static void
take (Fixture *fixture)
{
  way_activity_take_batch (fixture->activity, fixture->events);
  g_ptr_array_set_size (fixture->events, 0);
}

static char *
list_ids (GListModel *model)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (WayRequestItem) item = g_list_model_get_item (model, i);

      g_string_append (ids, way_request_item_get_record (item)->id);
    }
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

static void
assert_ids (gpointer model, const char *expected)
{
  g_autofree char *ids = list_ids (G_LIST_MODEL (model));

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_newest_first_one_emission (Fixture *fixture, gconstpointer data)
{
  push (fixture, WAY_EVENT_STARTED, "a");
  push (fixture, WAY_EVENT_STARTED, "b");
  push (fixture, WAY_EVENT_FINISHED, "c");
  take (fixture);
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+3 ");
  assert_ids (fixture->activity, "cba");

  push (fixture, WAY_EVENT_STARTED, "d");
  take (fixture);
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+3 0-0+1 ");
  assert_ids (fixture->activity, "dcba");
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->activity), 4));
}

static void
test_updates_in_place (Fixture *fixture, gconstpointer data)
{
  WayRequestItem *item = NULL;

  push (fixture, WAY_EVENT_STARTED, "a");
  push (fixture, WAY_EVENT_STARTED, "b");
  take (fixture);
  item = way_activity_find (fixture->activity, "a");
  push (fixture, WAY_EVENT_ROUTED, "a")->provider = g_strdup ("demo");
  take (fixture);

  g_assert_cmpstr (fixture->changes->str, ==, "0-0+2 ");
  g_assert_true (way_activity_find (fixture->activity, "a") == item);
  g_assert_cmpstr (way_request_item_get_record (item)->provider, ==, "demo");
  g_assert_null (way_activity_find (fixture->activity, "z"));
}

static void
test_two_events_of_one_in_a_batch (Fixture *fixture, gconstpointer data)
{
  push (fixture, WAY_EVENT_STARTED, "a");
  push (fixture, WAY_EVENT_FINISHED, "a");
  take (fixture);

  assert_ids (fixture->activity, "a");
  assert_ids (way_activity_get_running (fixture->activity), "");
  g_assert_cmpint (
    way_request_item_get_record (way_activity_find (fixture->activity, "a"))->outcome, ==,
    WAY_OUTCOME_DONE);
}

static void
test_running (Fixture *fixture, gconstpointer data)
{
  GListModel *running = way_activity_get_running (fixture->activity);
  g_autoptr (GString) changes = g_string_new (NULL);
  guint n_running = 0;

  push (fixture, WAY_EVENT_STARTED, "a");
  push (fixture, WAY_EVENT_STARTED, "b");
  push (fixture, WAY_EVENT_STARTED, "c");
  push (fixture, WAY_EVENT_STARTED, "d");
  take (fixture);
  g_object_get (fixture->activity, "running", &n_running, NULL);
  g_assert_cmpuint (n_running, ==, 4);

  g_signal_connect (running, "items-changed", G_CALLBACK (on_items_changed), changes);
  push (fixture, WAY_EVENT_FINISHED, "a");
  push (fixture, WAY_EVENT_FINISHED, "c");
  push (fixture, WAY_EVENT_FINISHED, "d");
  take (fixture);
  g_object_get (fixture->activity, "running", &n_running, NULL);
  g_assert_cmpuint (n_running, ==, 1);
  assert_ids (running, "b");
  g_assert_cmpstr (changes->str, ==, "3-1+0 0-2+0 ");
  g_signal_handlers_disconnect_by_data (running, changes);
}

static void
test_forgets_oldest_ended (Fixture *fixture, gconstpointer data)
{
  push (fixture, WAY_EVENT_FINISHED, "a");
  push (fixture, WAY_EVENT_STARTED, "b");
  push (fixture, WAY_EVENT_FINISHED, "c");
  take (fixture);
  g_string_truncate (fixture->changes, 0);

  /* Room for three: two must go, but not the one in flight. */
  push (fixture, WAY_EVENT_FINISHED, "d");
  push (fixture, WAY_EVENT_FINISHED, "e");
  take (fixture);

  assert_ids (fixture->activity, "edb");
  g_assert_cmpstr (fixture->changes->str, ==, "0-0+2 4-1+0 2-1+0 ");
  g_assert_null (way_activity_find (fixture->activity, "a"));
  g_assert_null (way_activity_find (fixture->activity, "c"));
  g_assert_nonnull (way_activity_find (fixture->activity, "b"));
}

static void
add_tried (WayRecord *record, WayVerdict verdict)
{
  const char *model = record->attempts->len == 0 ? "first" : "second";

  way_record_add_attempt (record, "p", model, WAY_LOCALITY_LOCAL)->verdict = verdict;
}

static void
test_fallbacks (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *id;
    WayOutcome outcome;
    WayVerdict first;
    WayVerdict second;
    gboolean listed;
  } cases[] = {
    { "a", WAY_OUTCOME_DONE, WAY_VERDICT_ANSWERED, WAY_VERDICT_SKIPPED, FALSE },
    { "b", WAY_OUTCOME_DONE, WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED, TRUE },
    { "c", WAY_OUTCOME_UPSTREAM_ERROR, WAY_VERDICT_FAILED, WAY_VERDICT_FAILED, TRUE },
    { "d", WAY_OUTCOME_DEADLINE, WAY_VERDICT_FAILED, WAY_VERDICT_SKIPPED, TRUE },
    { "e", WAY_OUTCOME_REFUSED, WAY_VERDICT_SKIPPED, WAY_VERDICT_SKIPPED, FALSE },
    { "f", WAY_OUTCOME_CLIENT_GONE, WAY_VERDICT_FAILED, WAY_VERDICT_TRYING, FALSE },
    { "g", WAY_OUTCOME_CLIENT_GONE, WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WayRecord *record = push (fixture, WAY_EVENT_FINISHED, cases[i].id);
      GListModel *fallbacks = way_activity_get_fallbacks (fixture->activity);
      const guint n_before = g_list_model_get_n_items (fallbacks);

      record->outcome = cases[i].outcome;
      add_tried (record, cases[i].first);
      add_tried (record, cases[i].second);
      take (fixture);
      g_assert_cmpuint (g_list_model_get_n_items (fallbacks) - n_before, ==, cases[i].listed);
    }
  assert_ids (way_activity_get_fallbacks (fixture->activity), "gdcb");
}

static void
test_fallbacks_are_bounded (Fixture *fixture, gconstpointer data)
{
  GListModel *fallbacks = way_activity_get_fallbacks (fixture->activity);
  g_autoptr (WayRequestItem) newest = NULL;

  for (int i = 0; i < 70; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d", i);
      WayRecord *record = push (fixture, WAY_EVENT_FINISHED, id);

      add_tried (record, WAY_VERDICT_FAILED);
      add_tried (record, WAY_VERDICT_ANSWERED);
    }
  take (fixture);

  g_assert_cmpuint (g_list_model_get_n_items (fallbacks), ==, 50);
  newest = g_list_model_get_item (fallbacks, 0);
  g_assert_cmpstr (way_request_item_get_record (newest)->id, ==, "69");
}

static WayRecord *
old_record (const char *id)
{
  WayRecord *record = way_record_new (id, "/v1/chat/completions", 1000);

  record->outcome = WAY_OUTCOME_DONE;
  return record;
}

static void
test_history_comes_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  gint64 requests_today = -1;

  push (fixture, WAY_EVENT_STARTED, "d");
  take (fixture);
  push (fixture, WAY_EVENT_STARTED, "c");
  take (fixture);
  g_ptr_array_add (records, old_record ("c"));
  g_ptr_array_add (records, old_record ("b"));
  g_ptr_array_add (records, old_record ("a"));
  g_string_truncate (fixture->changes, 0);

  way_activity_prepend_history (fixture->activity, records);

  assert_ids (fixture->activity, "cdba");
  g_assert_cmpstr (fixture->changes->str, ==, "2-0+2 ");
  g_object_get (way_activity_get_meters (fixture->activity), "requests-today", &requests_today,
                NULL);
  g_assert_cmpint (requests_today, ==, 0);
}

static void
test_history_respects_room (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);

  push (fixture, WAY_EVENT_STARTED, "z");
  take (fixture);
  g_ptr_array_add (records, old_record ("d"));
  g_ptr_array_add (records, old_record ("c"));
  g_ptr_array_add (records, old_record ("b"));
  way_activity_prepend_history (fixture->activity, records);

  assert_ids (fixture->activity, "zdc");
}

static void
test_meters_see_finished_once (Fixture *fixture, gconstpointer data)
{
  gint64 requests = -1;

  push (fixture, WAY_EVENT_STARTED, "a");
  push (fixture, WAY_EVENT_FINISHED, "a");
  take (fixture);
  push (fixture, WAY_EVENT_FINISHED, "a");
  take (fixture);

  g_object_get (way_activity_get_meters (fixture->activity), "requests-today", &requests, NULL);
  g_assert_cmpint (requests, ==, 1);
}

static void
on_meters_notify (WayMeters *meters, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *)user_data)++;
}

/* Batches may come ten times a second; the meters speak when who watches them asks. */
static void
test_meters_wait_for_the_tick (Fixture *fixture, gconstpointer data)
{
  WayMeters *meters = way_activity_get_meters (fixture->activity);
  guint n_notified = 0;

  g_signal_connect (meters, "notify::requests-today", G_CALLBACK (on_meters_notify), &n_notified);
  push (fixture, WAY_EVENT_FINISHED, "a");
  take (fixture);
  push (fixture, WAY_EVENT_FINISHED, "b");
  take (fixture);
  g_assert_cmpuint (n_notified, ==, 0);

  way_meters_tick (meters, g_get_real_time ());
  g_assert_cmpuint (n_notified, ==, 1);
  g_signal_handlers_disconnect_by_data (meters, &n_notified);
}

static void
test_stays_ordered_while_turning (Fixture *fixture, gconstpointer data)
{
  /* Far more requests than room, so that the ring wraps many times over one that never ends. */
  push (fixture, WAY_EVENT_STARTED, "long");
  take (fixture);
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d,", i);

      push (fixture, WAY_EVENT_FINISHED, id);
      if (i % 7 == 0)
        take (fixture);
    }
  take (fixture);

  assert_ids (fixture->activity, "999,998,long");
}

/* Ten thousand events in full batches: the list keeps the newest, in order, and no more. */
static void
test_full_batches (Fixture *fixture, gconstpointer data)
{
  const int n_batches = 50;
  const int batch_size = 200;

  for (int batch = 0; batch < n_batches; batch++)
    {
      for (int i = 0; i < batch_size; i++)
        {
          g_autofree char *id = g_strdup_printf ("req_%08d", batch * batch_size + i);

          push (fixture, WAY_EVENT_FINISHED, id);
        }
      take (fixture);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->activity)), ==, 1000);
  g_assert_nonnull (way_activity_find (fixture->activity, "req_00009999"));
  g_assert_nonnull (way_activity_find (fixture->activity, "req_00009000"));
  g_assert_null (way_activity_find (fixture->activity, "req_00008999"));
}

#define ADD(name, max_rows, func)                                                                  \
  g_test_add ("/activity/activity/" name, Fixture, GUINT_TO_POINTER (max_rows), set_up, func,      \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("newest-first-one-emission", 0, test_newest_first_one_emission);
  ADD ("updates-in-place", 0, test_updates_in_place);
  ADD ("two-events-of-one-in-a-batch", 0, test_two_events_of_one_in_a_batch);
  ADD ("running", 0, test_running);
  ADD ("forgets-oldest-ended", 3, test_forgets_oldest_ended);
  ADD ("fallbacks", 0, test_fallbacks);
  ADD ("fallbacks-are-bounded", 0, test_fallbacks_are_bounded);
  ADD ("history-comes-after", 0, test_history_comes_after);
  ADD ("history-respects-room", 3, test_history_respects_room);
  ADD ("meters-see-finished-once", 0, test_meters_see_finished_once);
  ADD ("meters-wait-for-the-tick", 0, test_meters_wait_for_the_tick);
  ADD ("stays-ordered-while-turning", 3, test_stays_ordered_while_turning);
  ADD ("full-batches", 1000, test_full_batches);
  return g_test_run ();
}
