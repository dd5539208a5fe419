/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* GTK's lists hold on to the row that is at their top, so rows that come in above are out of sight;
 * that is right for a list that was scrolled and wrong for one that was not. The next frame lays
 * the new rows out above, where nobody sees them; the one after that is scrolled up. Main thread.
 */

#include "way-follow.h"

/* What is known of one list while it goes up. */
typedef struct
{
  GtkWidget *scrolled; /* weak */
  guint tick_id;
  guint n_frames;
} Follow;

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Follow *follow = user_data;
  GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW (widget);

  if (follow->n_frames++ == 0)
    return G_SOURCE_CONTINUE;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (scrolled), 0);
  follow->tick_id = 0;
  return G_SOURCE_REMOVE;
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Follow *follow = user_data;
  GtkAdjustment *adjustment = NULL;

  if (follow->scrolled == NULL || position > 0 || added == 0)
    return;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (follow->scrolled));
  if (gtk_adjustment_get_value (adjustment) > 0 && follow->tick_id == 0)
    return;
  follow->n_frames = 0;
  if (follow->tick_id == 0)
    follow->tick_id = gtk_widget_add_tick_callback (follow->scrolled, on_tick, follow, NULL);
}

static void
follow_free (gpointer data, GClosure *closure)
{
  Follow *follow = data;

  g_clear_weak_pointer (&follow->scrolled);
  g_free (follow);
}

/**
 * way_follow_top:
 * @scrolled: around a list view or a column view
 * @model: what the view shows
 *
 * From now on rows added at the top come into sight if the top was in sight, and move nothing if it
 * was not. Main thread.
 */
void
way_follow_top (GtkScrolledWindow *scrolled, GListModel *model)
{
  Follow *follow = g_new0 (Follow, 1);

  g_set_weak_pointer (&follow->scrolled, GTK_WIDGET (scrolled));
  g_signal_connect_data (model, "items-changed", G_CALLBACK (on_items_changed), follow, follow_free,
                         G_CONNECT_AFTER);
}
