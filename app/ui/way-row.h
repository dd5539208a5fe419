/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A row of a list, made from a .ui file that knows its item by the name "item". */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *way_row_new (const char *name, gpointer item);
void way_rows_bind (GtkListBox *list, GListModel *model, GtkListBoxCreateWidgetFunc create_row);

G_END_DECLS
