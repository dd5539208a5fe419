/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The sum over the last minute. Times in the rows are seconds after an arbitrary moment. */

#include "way-minute.h"

#include "routing-fixture.h"

#define MAX_ADDITIONS 4

typedef struct
{
  double at_s;
  gint64 amount;
} Addition;

static gint64
at (double seconds)
{
  return NOW + (gint64)(seconds * (double)SECOND);
}

static void
add_all (WayMinute *minute, const Addition *additions)
{
  for (guint i = 0; i < MAX_ADDITIONS; i++)
    if (additions[i].amount > 0)
      way_minute_add (minute, at (additions[i].at_s), additions[i].amount);
    else if (additions[i].amount < 0)
      way_minute_correct (minute, at (additions[i].at_s), additions[i].amount);
}

static const struct
{
  const char *what;
  Addition additions[MAX_ADDITIONS];
  double now_s;
  gint64 sum;
} sum_rows[] = {
  { "nothing", { { 0 } }, 0, 0 },
  { "one", { { 0, 5 } }, 0, 5 },
  { "one second adds up", { { 0, 5 }, { 0.9, 7 } }, 0.95, 12 },
  { "the last second of the minute", { { 0, 5 } }, 59.9, 5 },
  { "the minute is over", { { 0, 5 } }, 60, 0 },
  { "the older one has left", { { 0, 5 }, { 30, 7 } }, 75, 7 },
  { "a slot is used again", { { 0, 5 }, { 60, 7 } }, 60, 7 },
  { "a gap clears the slots it passed", { { 0, 5 }, { 10, 3 }, { 65, 7 } }, 65, 10 },
  { "a long gap clears all", { { 0, 5 }, { 30, 3 }, { 6000, 7 } }, 6000, 7 },
  { "a correction of an earlier second", { { 0, 500 }, { 20, 100 }, { 0, -300 } }, 20, 300 },
  { "it leaves with what it corrects", { { 0, 500 }, { 20, 100 }, { 0, -300 } }, 60, 100 },
  { "a correction never makes less than nothing", { { 0, 5 }, { 0, -9 } }, 0, 0 },
  { "a clock some seconds back", { { 30, 5 }, { 20, 7 } }, 20, 12 },
  { "what it added leaves first", { { 30, 5 }, { 20, 7 } }, 80, 5 },
};

static void
test_sum (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sum_rows); i++)
    {
      WayMinute minute = { 0 };
      g_test_message ("%s", sum_rows[i].what);
      add_all (&minute, sum_rows[i].additions);
      g_assert_cmpint (way_minute_sum (&minute, at (sum_rows[i].now_s)), ==, sum_rows[i].sum);
    }
}

static const struct
{
  const char *what;
  Addition additions[MAX_ADDITIONS];
  double now_s;
  gint64 limit;
  gint64 amount;
  double wait_s;
} wait_rows[] = {
  { "an empty minute", { { 0 } }, 0, 10, 1, 0 },
  { "room is left", { { 0, 9 } }, 0, 10, 1, 0 },
  { "full", { { 0, 10 } }, 0, 10, 1, 60 },
  { "full since half a minute", { { 0, 10 } }, 30.5, 10, 1, 29.5 },
  { "the first one is enough", { { 0, 4 }, { 20, 6 } }, 30, 10, 3, 30 },
  { "the first one is not", { { 0, 4 }, { 20, 6 } }, 30, 10, 5, 50 },
  { "more than the limit needs all of it", { { 0, 4 }, { 20, 6 } }, 30, 10, 99, 50 },
  { "more than the limit in an empty minute", { { 0 } }, 0, 10, 99, 0 },
  { "a lowered limit", { { 0, 10 }, { 10, 10 } }, 20, 5, 1, 50 },
  { "a correction made room", { { 0, 10 }, { 0, -4 } }, 5, 10, 4, 0 },
};

static void
test_wait (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wait_rows); i++)
    {
      WayMinute minute = { 0 };
      gint64 now_us = at (wait_rows[i].now_s);

      g_test_message ("%s", wait_rows[i].what);
      add_all (&minute, wait_rows[i].additions);
      gint64 wait_us =
        way_minute_get_wait_us (&minute, now_us, wait_rows[i].limit, wait_rows[i].amount);
      g_assert_cmpint (wait_us, ==, (gint64)(wait_rows[i].wait_s * (double)SECOND));
      g_assert_cmpint (
        way_minute_get_wait_us (&minute, now_us + wait_us, wait_rows[i].limit, wait_rows[i].amount),
        ==, 0);
    }
}

/* A clock that is set back by an hour must not hold what was counted before for that hour. */
static void
test_clock_set_back (void)
{
  WayMinute minute = { 0 };

  way_minute_add (&minute, at (3600), 10);
  g_assert_cmpint (way_minute_sum (&minute, at (0)), ==, 0);
  g_assert_cmpint (way_minute_get_wait_us (&minute, at (0), 10, 1), ==, 0);

  way_minute_add (&minute, at (0), 10);
  g_assert_cmpint (way_minute_sum (&minute, at (0)), ==, 10);
  g_assert_cmpint (way_minute_get_wait_us (&minute, at (0), 10, 1), ==, MINUTE);
  g_assert_cmpint (way_minute_sum (&minute, at (60)), ==, 0);
}

/* A call of several minutes is corrected when its minute is long over. */
static void
test_late_correction (void)
{
  WayMinute minute = { 0 };

  way_minute_add (&minute, at (0), 500);
  way_minute_add (&minute, at (300), 100);
  way_minute_correct (&minute, at (0), -400);
  g_assert_cmpint (way_minute_sum (&minute, at (300)), ==, 100);
  way_minute_correct (&minute, at (300), 40);
  g_assert_cmpint (way_minute_sum (&minute, at (300)), ==, 140);

  /* Begun before the clock was set back. */
  way_minute_add (&minute, at (0), 7);
  way_minute_correct (&minute, at (300), 40);
  g_assert_cmpint (way_minute_sum (&minute, at (0)), ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/minute/sum", test_sum);
  g_test_add_func ("/routing/minute/wait", test_wait);
  g_test_add_func ("/routing/minute/clock-set-back", test_clock_set_back);
  g_test_add_func ("/routing/minute/late-correction", test_late_correction);
  return g_test_run ();
}
