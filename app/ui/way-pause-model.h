/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A list that can be held still while its source goes on. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_PAUSE_MODEL (way_pause_model_get_type ())
G_DECLARE_FINAL_TYPE (WayPauseModel, way_pause_model, WAY, PAUSE_MODEL, GObject)

/* Properties: "paused" (gboolean, rw), "held" (guint: rows that wait for the end of the pause). */

WayPauseModel *way_pause_model_new (GListModel *source);
gboolean way_pause_model_get_paused (WayPauseModel *model);
void way_pause_model_set_paused (WayPauseModel *model, gboolean paused);

G_END_DECLS
