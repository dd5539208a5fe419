/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One row of the app list: a token's name and what it has done. Main thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_APP_ITEM (way_app_item_get_type ())
G_DECLARE_FINAL_TYPE (WayAppItem, way_app_item, WAY, APP_ITEM, GObject)

/* Read-only: "id" (string), "models-text" (string: allowed models), "local-only" (gboolean),
 * "last-seen-us" (gint64 wall, 0 never: "waiting for its first request…"), "requests-today"
 * (gint64), "cost-today-nano-usd" (gint64, known part), "unknown-cost-today" (gint64). */

WayAppItem *way_app_item_new (const char *id);
void way_app_item_set_config (WayAppItem *item, const char *models_text, gboolean local_only);
void way_app_item_begin_day (WayAppItem *item, gint64 day_start_us);
void way_app_item_add_request (WayAppItem *item,
                               gint64 started_at_us,
                               gint64 cost_nano_usd,
                               gboolean cost_known);
void way_app_item_set_base (WayAppItem *item,
                            gint64 last_seen_us,
                            gint64 requests,
                            gint64 cost_nano_usd,
                            gint64 unknown_cost);
const char *way_app_item_get_id (WayAppItem *item);

G_END_DECLS
