/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* When a breaker opens and for how long. Pure: the time comes in. */

#include "way-breaker.h"

#define OPENS_AFTER_FAILURES 5
/* Or when half of at least so many requests of the last minute failed. */
#define OPENS_AFTER_REQUESTS 10
#define FIRST_OPEN_US (5 * G_USEC_PER_SEC)
#define LONGEST_OPEN_US (60 * G_USEC_PER_SEC)

/**
 * way_breaker_clear:
 *
 * Frees what @breaker owns; it is closed and has no past then.
 */
void
way_breaker_clear (WayBreaker *breaker)
{
  g_free (breaker->reason);
  *breaker = (WayBreaker){ 0 };
}

WayBreakerState
way_breaker_get_state (const WayBreaker *breaker, gint64 now_us)
{
  if (breaker->open_until_us == 0)
    return WAY_BREAKER_CLOSED;
  /* Longer than it can be: the clock was set back. */
  if (now_us < breaker->open_until_us - LONGEST_OPEN_US)
    return WAY_BREAKER_HALF_OPEN;
  return now_us < breaker->open_until_us ? WAY_BREAKER_OPEN : WAY_BREAKER_HALF_OPEN;
}

const char *
way_breaker_state_get_name (WayBreakerState state)
{
  static const char *const names[] = { "closed", "open", "half-open" };

  return names[state];
}

/**
 * way_breaker_lets_pass:
 *
 * Returns: whether a request may go to the target now; what it asked for itself
 *   (`cool_until_us`) is another matter
 */
gboolean
way_breaker_lets_pass (const WayBreaker *breaker, gint64 now_us)
{
  switch (way_breaker_get_state (breaker, now_us))
    {
    case WAY_BREAKER_CLOSED:
      return TRUE;
    case WAY_BREAKER_OPEN:
      return FALSE;
    case WAY_BREAKER_HALF_OPEN:
      return !breaker->trial_runs;
    }
  g_assert_not_reached ();
}

/**
 * way_breaker_begin:
 *
 * A request goes to the target; in the half-open state it is the trial.
 */
void
way_breaker_begin (WayBreaker *breaker, gint64 now_us)
{
  if (way_breaker_get_state (breaker, now_us) == WAY_BREAKER_HALF_OPEN)
    breaker->trial_runs = TRUE;
  /* By a clock that was set back it would seem to begin before the breaker opened. */
  breaker->opened_at_us = MIN (breaker->opened_at_us, now_us);
}

/* Whether a request went out before the breaker opened: how it ends is no news of the target since,
 * and under load there are many of them. */
static gboolean
is_old_news (const WayBreaker *breaker, gint64 began_at_us)
{
  return breaker->open_until_us != 0 && began_at_us < breaker->opened_at_us;
}

/**
 * way_breaker_abandon:
 * @began_at_us: wall clock of way_breaker_begin()
 *
 * A request ended without a verdict on the target, as when its client left: another may be the
 * trial.
 */
void
way_breaker_abandon (WayBreaker *breaker, gint64 began_at_us)
{
  if (!is_old_news (breaker, began_at_us))
    breaker->trial_runs = FALSE;
}

/**
 * way_breaker_succeed:
 * @began_at_us: wall clock of way_breaker_begin(); one from before the breaker opened does not
 * close it
 *
 * The target answered: the breaker closes, and counts anew if it was open. A wait the target asked
 * for goes on.
 */
void
way_breaker_succeed (WayBreaker *breaker, gint64 began_at_us, gint64 now_us)
{
  if (is_old_news (breaker, began_at_us))
    return;
  if (breaker->open_until_us != 0)
    breaker->all = breaker->failed = (WayMinute){ 0 };
  way_minute_add (&breaker->all, now_us, 1);
  breaker->failures = 0;
  breaker->openings = 0;
  breaker->open_until_us = 0;
  breaker->trial_runs = FALSE;
}

static void
open_breaker (WayBreaker *breaker, gint64 now_us)
{
  gint64 span_us = FIRST_OPEN_US;

  for (guint i = 0; i < breaker->openings && span_us < LONGEST_OPEN_US; i++)
    span_us *= 2;
  breaker->openings++;
  breaker->opened_at_us = now_us;
  breaker->open_until_us = now_us + MIN (span_us, LONGEST_OPEN_US);
  breaker->trial_runs = FALSE;
}

static gboolean
has_failed_enough (const WayBreaker *breaker, gint64 now_us)
{
  gint64 all = way_minute_sum (&breaker->all, now_us);

  return breaker->failures >= OPENS_AFTER_FAILURES ||
         (all >= OPENS_AFTER_REQUESTS && 2 * way_minute_sum (&breaker->failed, now_us) >= all);
}

/**
 * way_breaker_fail:
 * @reason: in words, as the window shows it
 * @began_at_us: wall clock of way_breaker_begin(); one from before the breaker opened changes
 *   nothing
 *
 * The target failed. A failed trial opens the breaker again, for twice as long, at most a minute.
 */
void
way_breaker_fail (
  WayBreaker *breaker, WayBlame blame, const char *reason, gint64 began_at_us, gint64 now_us)
{
  if (is_old_news (breaker, began_at_us))
    return;

  gboolean was_trial = breaker->trial_runs;

  breaker->trial_runs = FALSE;
  if (blame == WAY_BLAME_NONE)
    return;
  way_minute_add (&breaker->all, now_us, 1);
  way_minute_add (&breaker->failed, now_us, 1);
  breaker->failures++;
  breaker->failed_at_us = now_us;
  g_free (breaker->reason);
  breaker->reason = g_strdup (reason);
  if (way_breaker_get_state (breaker, now_us) == WAY_BREAKER_OPEN)
    return;
  if (was_trial || blame == WAY_BLAME_OPENS || has_failed_enough (breaker, now_us))
    open_breaker (breaker, now_us);
}

/**
 * way_breaker_cool:
 * @until_us: wall clock
 *
 * The target asked to be left alone. A later, longer wait extends one in force; a shorter one does
 * not end it.
 */
void
way_breaker_cool (WayBreaker *breaker, const char *reason, gint64 until_us, gint64 now_us)
{
  if (until_us <= breaker->cool_until_us)
    return;
  breaker->cool_until_us = until_us;
  breaker->failed_at_us = now_us;
  g_free (breaker->reason);
  breaker->reason = g_strdup (reason);
}

/**
 * way_breaker_reset:
 *
 * Closes the breaker and forgets a wait, by the user's wish.
 */
void
way_breaker_reset (WayBreaker *breaker)
{
  way_breaker_clear (breaker);
}

/**
 * way_blame_for:
 * @code: of the failed attempt
 * @status: of its HTTP answer, 0 if it had none
 *
 * What a failure says about the next request. A key that is refused, a quota that is spent and a
 * model that is not there stay so for a while, and so does a limit (429) of which nobody said how
 * long it holds; a stated wait is for way_breaker_cool(). A server's error or a timeout may pass.
 */
WayBlame
way_blame_for (WayErrorCode code, guint status)
{
  if (code == WAY_ERROR_CONTEXT_TOO_LONG)
    return WAY_BLAME_NONE;
  if (code == WAY_ERROR_BUDGET_EXCEEDED || status == 401 || status == 402 || status == 403 ||
      status == 404 || status == 429)
    return WAY_BLAME_OPENS;
  if (status >= 500 || status == 408)
    return WAY_BLAME_SOME;
  if (status >= 300)
    return WAY_BLAME_NONE;
  if (code == WAY_ERROR_UPSTREAM || code == WAY_ERROR_UPSTREAM_CUT ||
      code == WAY_ERROR_UPSTREAM_TIMEOUT || code == WAY_ERROR_UPSTREAM_UNREACHABLE ||
      code == WAY_ERROR_UPSTREAM_REFUSED)
    return WAY_BLAME_SOME;
  return WAY_BLAME_NONE;
}
