/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A line of the last seconds. What it shows is also in the table behind it and in its accessible
 * description. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WAY_TYPE_GRAPH (way_graph_get_type ())
G_DECLARE_FINAL_TYPE (WayGraph, way_graph, WAY, GRAPH, GtkWidget)

#define WAY_GRAPH_SECONDS 60

void way_graph_set_values (WayGraph *graph, const double *values, gsize n_values);

G_END_DECLS
