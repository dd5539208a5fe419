/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Time as text. Any thread. */

#include "way-clock.h"

#include <stdio.h>
#include <string.h>

/**
 * way_clock_format_iso8601:
 * @wall_us: µs since 1970
 *
 * Returns: (transfer full): UTC with milliseconds: "2026-01-31T12:00:00.123Z"
 */
char *
way_clock_format_iso8601 (gint64 wall_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (wall_us / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, (int)(wall_us % G_USEC_PER_SEC / 1000));
}

/**
 * way_clock_parse_http_date:
 * @text: an IMF-fixdate (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT"
 * @ret_wall_us: µs since 1970
 *
 * Returns: %FALSE if @text is no such date
 */
gboolean
way_clock_parse_http_date (const char *text, gint64 *ret_wall_us)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  g_autoptr (GDateTime) time = NULL;
  int day, year, hour, minute, second, used = 0;
  char month[4];
  const char *found;

  if (sscanf (text, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
              &second, &used) != 6 ||
      used == 0 || text[used] != '\0' || strlen (month) != 3)
    return FALSE;
  found = strstr (months, month);
  if (!found || (found - months) % 3 != 0)
    return FALSE;
  time = g_date_time_new_utc (year, (found - months) / 3 + 1, day, hour, minute, second);
  if (!time)
    return FALSE;
  *ret_wall_us = g_date_time_to_unix (time) * G_USEC_PER_SEC;
  return TRUE;
}
