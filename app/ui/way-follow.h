/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Keeps a list view in its place: new rows come into sight at the top, and nowhere else does it
 * move by itself. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define WAY_TYPE_FOLLOW (way_follow_get_type ())
G_DECLARE_FINAL_TYPE (WayFollow, way_follow, WAY, FOLLOW, GObject)

/* Properties: "away" (gboolean, read-only, notify: somebody scrolled away from the top). */

WayFollow *way_follow_new (GtkScrolledWindow *scrolled, GListModel *model);
gboolean way_follow_get_away (WayFollow *follow);
void way_follow_go_up (WayFollow *follow);

G_END_DECLS
