/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A sum over the last minute that slides with the clock, a second at a time. Plain value. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WAY_MINUTE_SECONDS 60

/* Starts as all zeroes. */
typedef struct
{
  gint64 newest_s;
  gint64 slots[WAY_MINUTE_SECONDS];
} WayMinute;

void way_minute_add (WayMinute *minute, gint64 now_us, gint64 amount);
void way_minute_correct (WayMinute *minute, gint64 added_at_us, gint64 amount);
gint64 way_minute_sum (const WayMinute *minute, gint64 now_us);
gint64 way_minute_get_wait_us (const WayMinute *minute, gint64 now_us, gint64 limit, gint64 amount);

G_END_DECLS
