/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Local days. Asked of the calendar, never computed as 24 h: two days a year are not. Any thread.
 */

#include "way-day.h"

/* Midnight does not exist on a day that starts at 1:00 because the clocks go forward; then GLib
 * gives the first moment that does. */
static GDateTime *
midnight_of (GDateTime *time)
{
  return g_date_time_new_local (g_date_time_get_year (time), g_date_time_get_month (time),
                                g_date_time_get_day_of_month (time), 0, 0, 0);
}

/**
 * way_day_get_bounds:
 * @wall_us: wall clock
 * @ret_start_us: (out): the midnight before, or at, @wall_us
 * @ret_end_us: (out): the next midnight
 *
 * The local day that @wall_us is in.
 */
void
way_day_get_bounds (gint64 wall_us, gint64 *ret_start_us, gint64 *ret_end_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (wall_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GDateTime) next_day = NULL;
  g_autoptr (GDateTime) end = NULL;

  g_return_if_fail (time != NULL);

  start = midnight_of (time);
  next_day = g_date_time_add_days (start, 1);
  end = midnight_of (next_day);
  *ret_start_us = g_date_time_to_unix (start) * G_USEC_PER_SEC;
  *ret_end_us = g_date_time_to_unix (end) * G_USEC_PER_SEC;
}
