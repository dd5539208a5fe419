/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-day.h"

#define HOUR_US (3600 * (gint64)G_USEC_PER_SEC)

static const struct
{
  int month;
  int day;
  int hours;
} days[] = {
  { 1, 15, 24 },
  { 3, 29, 23 },  /* the clocks go forward */
  { 10, 25, 25 }, /* and back */
  { 12, 31, 24 },
};

static void
test_bounds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_autoptr (GDateTime) midnight =
        g_date_time_new_local (2026, days[i].month, days[i].day, 0, 0, 0);
      const gint64 midnight_us = g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
      const gint64 moments[] = { 0, 12 * HOUR_US, days[i].hours * HOUR_US - 1 };

      for (gsize j = 0; j < G_N_ELEMENTS (moments); j++)
        {
          gint64 start_us = 0;
          gint64 end_us = 0;

          way_day_get_bounds (midnight_us + moments[j], &start_us, &end_us);
          g_assert_cmpint (start_us, ==, midnight_us);
          g_assert_cmpint (end_us - start_us, ==, days[i].hours * HOUR_US);
        }
    }
}

int
main (int argc, char **argv)
{
  /* Central European time, spelt out so that no zone files are needed. */
  g_setenv ("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/day/bounds", test_bounds);
  return g_test_run ();
}
