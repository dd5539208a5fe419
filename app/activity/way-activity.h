/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The live list of requests, newest first, in bounded memory: a GListModel of WayRequestItem. Fed
 * by batches of the event queue. Main thread, no GTK. */

#pragma once

#include "way-event.h"
#include "way-meters.h"
#include "way-request-item.h"

G_BEGIN_DECLS

#define WAY_TYPE_ACTIVITY (way_activity_get_type ())
G_DECLARE_FINAL_TYPE (WayActivity, way_activity, WAY, ACTIVITY, GObject)

/* Property "running" (guint): requests in flight. */

WayActivity *way_activity_new (guint max_rows);
void way_activity_take_batch (WayActivity *activity, GPtrArray *events);
void way_activity_prepend_history (WayActivity *activity, GPtrArray *records);
WayRequestItem *way_activity_find (WayActivity *activity, const char *id);
GListModel *way_activity_get_running (WayActivity *activity);
GListModel *way_activity_get_fallbacks (WayActivity *activity);
WayMeters *way_activity_get_meters (WayActivity *activity);

G_END_DECLS
