/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A label that tells time: how long something has been running, or how long ago it was. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_TIME_LABEL (way_time_label_get_type ())
G_DECLARE_FINAL_TYPE (WayTimeLabel, way_time_label, WAY, TIME_LABEL, AdwBin)

/* Properties: "since-us" (gint64 wall clock, 0 never), "duration-us" (gint64, -1 while it lasts),
 * "ago" (gboolean: say how long ago instead of how long), "xalign" (gfloat). */

G_END_DECLS
