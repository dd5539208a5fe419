/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* From one attempt of a request to the next: whom to ask, whom to ask again and when to stop. The
 * live path and the simulation take the same steps. Pure. */

#pragma once

#include "way-retry.h"
#include "way-router.h"

G_BEGIN_DECLS

/**
 * WayJourney:
 * @next: index of the candidate to look at next
 * @current: (nullable): who was asked last, borrowed from the plan
 * @n_attempts: of the whole request
 * @n_repeats: of @current
 * @n_passed_over: candidates of the plan that were not asked when their turn came
 *
 * Starts as all zeroes.
 */
typedef struct
{
  guint next;
  const WayCandidate *current;
  guint n_attempts;
  guint n_repeats;
  guint n_passed_over;
} WayJourney;

typedef enum
{
  WAY_STEP_TRY,    /* ask @current */
  WAY_STEP_REPEAT, /* ask @current again after a wait */
  WAY_STEP_STOP,   /* nobody is left */
} WayStep;

/* How the last attempt ended. */
typedef struct
{
  WayErrorCode code;
  guint status; /* of its HTTP answer, 0 if it had none */
  gboolean is_callers_fault;
} WayFailure;

WayStep way_journey_step (WayJourney *journey,
                          const WayPlan *plan,
                          const WayEvidence *evidence,
                          const WayFailure *failure,
                          double chance,
                          gint64 now_us,
                          gint64 left_us,
                          gint64 *ret_wait_us);
gboolean way_journey_may_repeat (const WayJourney *journey,
                                 const WayPlan *plan,
                                 const WayEvidence *evidence,
                                 gint64 now_us);
guint way_journey_count_left (const WayJourney *journey, const WayPlan *plan);
gboolean way_journey_pass_over (WayJourney *journey, const WayPlan *plan);

G_END_DECLS
