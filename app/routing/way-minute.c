/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Sixty slots in a ring, one a second. Pure: the time comes in. */

#include "way-minute.h"

static gint64 *
get_slot (const WayMinute *minute, gint64 second)
{
  return (gint64 *)&minute->slots[second % WAY_MINUTE_SECONDS];
}

/* Nothing of the minute is left; or the clock was set back by more than it, and what was counted
 * before would stay until the clock is there again. */
static gboolean
is_over (const WayMinute *minute, gint64 second)
{
  return ABS (second - minute->newest_s) >= WAY_MINUTE_SECONDS;
}

/**
 * way_minute_add:
 * @now_us: wall clock
 * @amount: not negative
 *
 * Adds to the second that is now. A clock that is set back adds to a second that counts still; if
 * it is set back by more than a minute, counting begins anew.
 */
void
way_minute_add (WayMinute *minute, gint64 now_us, gint64 amount)
{
  gint64 second = now_us / G_USEC_PER_SEC;

  if (is_over (minute, second))
    *minute = (WayMinute){ .newest_s = second };
  for (gint64 passed = minute->newest_s + 1; passed <= second; passed++)
    *get_slot (minute, passed) = 0;
  minute->newest_s = MAX (minute->newest_s, second);
  *get_slot (minute, second) += amount;
}

/**
 * way_minute_correct:
 * @added_at_us: wall clock when it was added
 * @amount: what was added too little, or negative
 *
 * Corrects what was added; it leaves the minute together with it, and is of no matter when that has
 * left already.
 */
void
way_minute_correct (WayMinute *minute, gint64 added_at_us, gint64 amount)
{
  gint64 second = added_at_us / G_USEC_PER_SEC;

  if (second <= minute->newest_s && !is_over (minute, second))
    *get_slot (minute, second) += amount;
}

/**
 * way_minute_sum:
 *
 * Returns: what was added in the last minute
 */
gint64
way_minute_sum (const WayMinute *minute, gint64 now_us)
{
  gint64 oldest = MAX (now_us / G_USEC_PER_SEC, minute->newest_s) - WAY_MINUTE_SECONDS + 1;
  gint64 sum = 0;

  if (is_over (minute, now_us / G_USEC_PER_SEC))
    return 0;
  for (gint64 second = oldest; second <= minute->newest_s; second++)
    sum += *get_slot (minute, second);
  return MAX (sum, 0);
}

/**
 * way_minute_get_wait_us:
 * @limit: the most the minute may hold
 * @amount: what is to be added; more than @limit counts as @limit
 *
 * Returns: how long until @amount fits, 0 if it does now
 */
gint64
way_minute_get_wait_us (const WayMinute *minute, gint64 now_us, gint64 limit, gint64 amount)
{
  gint64 excess = way_minute_sum (minute, now_us) + MIN (amount, limit) - limit;
  gint64 now_s = MAX (now_us / G_USEC_PER_SEC, minute->newest_s);

  if (excess <= 0)
    return 0;
  for (gint64 second = now_s - WAY_MINUTE_SECONDS + 1; second <= minute->newest_s; second++)
    {
      excess -= *get_slot (minute, second);
      if (excess <= 0)
        return MAX ((second + WAY_MINUTE_SECONDS) * G_USEC_PER_SEC - now_us, 1);
    }
  return WAY_MINUTE_SECONDS * G_USEC_PER_SEC;
}
