/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One row of the request list: a record with the properties a view binds to. Main thread. */

#pragma once

#include "way-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_REQUEST_ITEM (way_request_item_get_type ())
G_DECLARE_FINAL_TYPE (WayRequestItem, way_request_item, WAY, REQUEST_ITEM, GObject)

/* Read-only properties, each notified when an update changes it:
 * "id" "app" "requested-model" "answered-model" "provider" "reason" "dropped" "error-code" "path"
 * "route" (nullable strings); "outcome" (guint, WayOutcome); "locality" (guint); "status" (guint);
 * "attempts" (guint, those tried); "answered" "substituted" "estimated" "streamed" "running"
 * (gboolean); "started-at-us" "first-token-us" "duration-us" "input-tokens" (the whole prompt)
 * "cached-tokens" "output-tokens" "cost-nano-usd" (gint64, -1 for unknown). Provider, locality and
 * reason are of who is asked while nobody has answered. Presentation is the view's, through pure
 * closures. */

WayRequestItem *way_request_item_new (WayRecord *record);
void way_request_item_update (WayRequestItem *item, WayRecord *record);
const WayRecord *way_request_item_get_record (WayRequestItem *item);

G_END_DECLS
