/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Main thread. */

#include "way-request-columns.h"

/* In the order of the template. */
enum
{
  COLUMN_STATE,
  COLUMN_TIME,
  COLUMN_APP,
  COLUMN_MODELS,
  COLUMN_PROVIDER,
  COLUMN_ATTEMPTS,
  COLUMN_FIRST_TOKEN,
  COLUMN_DURATION,
  COLUMN_INPUT,
  COLUMN_CACHED,
  COLUMN_OUTPUT,
  COLUMN_COST,
  N_COLUMNS
};

struct _WayRequestColumns
{
  GtkColumnView *table;                /* borrowed */
  GtkColumnViewColumn *all[N_COLUMNS]; /* owned: shown or not */
};

static GtkWidget *
find_label (GtkWidget *widget)
{
  while (widget != NULL && !GTK_IS_LABEL (widget))
    widget = gtk_widget_get_first_child (widget);
  return widget;
}

static gboolean
is_number_title (WayRequestColumns *self, const char *title)
{
  guint i = 0;

  while (i < N_COLUMNS && g_strcmp0 (gtk_column_view_column_get_title (self->all[i]), title) != 0)
    i++;
  return i == COLUMN_TIME || (i >= COLUMN_ATTEMPTS && i < N_COLUMNS);
}

/* The titles of numbers stand over the numbers. GTK has no property for that: the labels are found
 * in the header, in any order, and where a version has none there the titles stay at the left. */
static void
align_titles (WayRequestColumns *self)
{
  GtkWidget *title =
    gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (self->table)));

  for (; title != NULL; title = gtk_widget_get_next_sibling (title))
    {
      GtkWidget *label = find_label (title);

      if (label == NULL || !is_number_title (self, gtk_label_get_text (GTK_LABEL (label))))
        continue;
      gtk_widget_set_hexpand (label, TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 1);
    }
}

/**
 * way_request_columns_new:
 * @table: with all its columns; must outlive what is returned
 *
 * Returns: (transfer full): its columns
 */
WayRequestColumns *
way_request_columns_new (GtkColumnView *table)
{
  WayRequestColumns *self = g_new0 (WayRequestColumns, 1);

  self->table = table;
  for (guint i = 0; i < N_COLUMNS; i++)
    self->all[i] = g_list_model_get_item (gtk_column_view_get_columns (table), i);
  align_titles (self);
  return self;
}

/**
 * way_request_columns_free:
 * @columns: (transfer full)
 */
void
way_request_columns_free (WayRequestColumns *columns)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    g_object_unref (columns->all[i]);
  g_free (columns);
}

/**
 * way_request_columns_fit:
 * @width: that the table has, in px
 *
 * What the table can do without goes where it has no room, so that the models have some. A column
 * that is hidden leaves a gap at the end (GTK 4.8.3), so it is taken out.
 */
void
way_request_columns_fit (WayRequestColumns *columns, int width)
{
  static const int needed_px[N_COLUMNS] = {
    [COLUMN_APP] = 720,      [COLUMN_ATTEMPTS] = 1000, [COLUMN_FIRST_TOKEN] = 1060,
    [COLUMN_DURATION] = 720, [COLUMN_INPUT] = 900,     [COLUMN_CACHED] = 1180,
    [COLUMN_OUTPUT] = 900,
  };
  gboolean changed = FALSE;
  guint position = 0;

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkColumnViewColumn *column = columns->all[i];
      const gboolean is_wanted = width >= needed_px[i];

      if (is_wanted != (gtk_column_view_column_get_column_view (column) != NULL))
        {
          changed = TRUE;
          if (is_wanted)
            gtk_column_view_insert_column (columns->table, position, column);
          else
            gtk_column_view_remove_column (columns->table, column);
        }
      position += is_wanted;
    }
  if (changed)
    align_titles (columns);
}
