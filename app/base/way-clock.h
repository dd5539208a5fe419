/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Time: monotonic µs for spans, wall µs for storage. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

static inline gint64
way_clock_get_monotonic_us (void)
{
  return g_get_monotonic_time ();
}

static inline gint64
way_clock_get_wall_us (void)
{
  return g_get_real_time ();
}

char *way_clock_format_iso8601 (gint64 wall_us);
gboolean way_clock_parse_http_date (const char *text, gint64 *ret_wall_us);

G_END_DECLS
