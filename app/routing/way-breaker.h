/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A circuit breaker: who fails again and again is left alone for a while, then tried by one request
 * alone. Plain value on the gateway thread. */

#pragma once

#include "way-error.h"
#include "way-minute.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_BREAKER_CLOSED,    /* requests pass */
  WAY_BREAKER_OPEN,      /* none pass */
  WAY_BREAKER_HALF_OPEN, /* one passes, and decides */
} WayBreakerState;

/**
 * WayBreaker:
 * @failures: one after another
 * @openings: one after another, without a success between
 * @opened_at_us: wall clock of the last opening
 * @open_until_us: wall clock, 0 while closed
 * @cool_until_us: wall clock until which the provider asked to be left alone, 0 for none
 * @failed_at_us: wall clock of the last failure
 * @trial_runs: the one request of the half-open state is under way
 * @reason: (nullable): of the last failure, owned
 *
 * Starts as all zeroes.
 */
typedef struct
{
  WayMinute all;
  WayMinute failed;
  guint failures;
  guint openings;
  gint64 opened_at_us;
  gint64 open_until_us;
  gint64 cool_until_us;
  gint64 failed_at_us;
  gboolean trial_runs;
  char *reason;
} WayBreaker;

/* What a failure says about the target's next request. */
typedef enum
{
  WAY_BLAME_NONE,  /* nothing: it was about this request */
  WAY_BLAME_SOME,  /* enough of them open the breaker */
  WAY_BLAME_OPENS, /* one is enough: the next request would fail alike */
} WayBlame;

void way_breaker_clear (WayBreaker *breaker);
WayBreakerState way_breaker_get_state (const WayBreaker *breaker, gint64 now_us);
const char *way_breaker_state_get_name (WayBreakerState state);
gboolean way_breaker_lets_pass (const WayBreaker *breaker, gint64 now_us);
void way_breaker_begin (WayBreaker *breaker, gint64 now_us);
void way_breaker_abandon (WayBreaker *breaker, gint64 began_at_us);
void way_breaker_succeed (WayBreaker *breaker, gint64 began_at_us, gint64 now_us);
void way_breaker_fail (
  WayBreaker *breaker, WayBlame blame, const char *reason, gint64 began_at_us, gint64 now_us);
void way_breaker_cool (WayBreaker *breaker, const char *reason, gint64 until_us, gint64 now_us);
void way_breaker_reset (WayBreaker *breaker);
WayBlame way_blame_for (WayErrorCode code, guint status);

G_END_DECLS
