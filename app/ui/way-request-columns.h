/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The columns of the table of requests: which of them there is room for, and where their titles
 * stand. Main thread. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _WayRequestColumns WayRequestColumns;

WayRequestColumns *way_request_columns_new (GtkColumnView *table);
void way_request_columns_free (WayRequestColumns *columns);
void way_request_columns_fit (WayRequestColumns *columns, int width);

G_END_DECLS
