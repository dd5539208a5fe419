/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* GTK's lists hold on to the row that is at their top, so rows that come in above are out of sight;
 * that is right for a list that was scrolled and wrong for one that was not. Main thread. */

#include "way-follow.h"

/* The rows of a column view are a list view inside it. */
static GtkWidget *
find_list (GtkWidget *widget)
{
  if (GTK_IS_LIST_VIEW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_LIST_VIEW (child))
        return child;
    }
  return NULL;
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  GtkScrolledWindow *scrolled = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  GtkWidget *list = NULL;

  if (position > 0 || added == 0 || gtk_adjustment_get_value (adjustment) > 0)
    return;
  list = find_list (gtk_scrolled_window_get_child (scrolled));
  if (list != NULL)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", 0);
}

/**
 * way_follow_top:
 * @scrolled: around a list view or a column view
 * @model: what the view shows; set on the view already
 *
 * From now on rows added at the top come into sight if the top was in sight, and move nothing if it
 * was not. Main thread.
 */
void
way_follow_top (GtkScrolledWindow *scrolled, GListModel *model)
{
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), scrolled,
                           G_CONNECT_AFTER);
}
