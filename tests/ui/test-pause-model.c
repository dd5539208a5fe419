/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A list that is held still, and what it tells when it is let go. No display. */

#include "way-pause-model.h"

typedef struct
{
  GListStore *source;
  WayPauseModel *model;
  GString *told; /* "position -removed +added " of each emission */
} Fixture;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->told, "%u -%u +%u ", position, removed, added);
}

static void
push (Fixture *fixture, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = g_object_new (G_TYPE_OBJECT, NULL);

      g_list_store_insert (fixture->source, 0, item);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->source = g_list_store_new (G_TYPE_OBJECT);
  push (fixture, 4);
  fixture->model = way_pause_model_new (G_LIST_MODEL (fixture->source));
  fixture->told = g_string_new (NULL);
  g_signal_connect (fixture->model, "items-changed", G_CALLBACK (on_items_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->model);
  g_clear_object (&fixture->source);
  g_string_free (fixture->told, TRUE);
}

static guint
get_length (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->model));
}

static void
assert_same_as_source (Fixture *fixture)
{
  g_assert_cmpuint (get_length (fixture), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (fixture->source)));
  for (guint i = 0; i < get_length (fixture); i++)
    {
      g_autoptr (GObject) shown = g_list_model_get_item (G_LIST_MODEL (fixture->model), i);
      g_autoptr (GObject) real = g_list_model_get_item (G_LIST_MODEL (fixture->source), i);

      g_assert_true (shown == real);
    }
}

static void
test_shows_through (Fixture *fixture, gconstpointer data)
{
  push (fixture, 1);

  g_assert_cmpstr (fixture->told->str, ==, "0 -0 +1 ");
  assert_same_as_source (fixture);
}

static void
test_holds_still (Fixture *fixture, gconstpointer data)
{
  guint held = 0;

  way_pause_model_set_paused (fixture->model, TRUE);
  push (fixture, 3);
  g_list_store_remove (fixture->source, 6);

  g_assert_cmpstr (fixture->told->str, ==, "");
  g_assert_cmpuint (get_length (fixture), ==, 4);
  g_object_get (fixture->model, "held", &held, NULL);
  g_assert_cmpuint (held, ==, 3);
}

/* What comes and goes during a pause, and how it is told at its end. */
static void
test_tells_at_the_end (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint n_pushed;
    guint n_dropped; /* at the bottom */
    const char *told;
  } rows[] = {
    { 0, 0, "" },         { 3, 0, "0 -0 +3 " },
    { 0, 2, "2 -2 +0 " }, { 3, 2, "2 -2 +0 0 -0 +3 " },
    { 2, 6, "0 -4 +0 " }, { 7, 4, "0 -4 +0 0 -0 +7 " },
  };
  guint held = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture own;

      set_up (&own, NULL);
      way_pause_model_set_paused (own.model, TRUE);
      push (&own, rows[i].n_pushed);
      for (guint j = 0; j < rows[i].n_dropped; j++)
        g_list_store_remove (own.source, g_list_model_get_n_items (G_LIST_MODEL (own.source)) - 1);
      way_pause_model_set_paused (own.model, FALSE);

      g_assert_cmpstr (own.told->str, ==, rows[i].told);
      assert_same_as_source (&own);
      g_object_get (own.model, "held", &held, NULL);
      g_assert_cmpuint (held, ==, 0);
      tear_down (&own, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/pause-model/shows-through", Fixture, NULL, set_up, test_shows_through,
              tear_down);
  g_test_add ("/ui/pause-model/holds-still", Fixture, NULL, set_up, test_holds_still, tear_down);
  g_test_add ("/ui/pause-model/tells-at-the-end", Fixture, NULL, set_up, test_tells_at_the_end,
              tear_down);
  return g_test_run ();
}
