/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the router: one finds the candidates, the other judges them. */

#pragma once

#include "way-router.h"

G_BEGIN_DECLS

/* A plan in the making, and what it is made from. */
typedef struct
{
  WayPlan *plan;               /* borrowed */
  const WayRouteQuery *query;  /* borrowed */
  const WayEvidence *evidence; /* borrowed */
  gint64 now_us;               /* wall clock */
} WayDecision;

const WayDialect *way_router_choose_dialect (const WayProvider *provider,
                                             const WayDialect *face,
                                             gint64 context_tokens);
void way_decision_judge (WayDecision *decision);
void way_decision_order (WayDecision *decision);
void way_candidate_leave_out (WayCandidate *candidate, WayErrorCode refusal, char *reason);
void way_decision_wait_until (WayDecision *decision, gint64 wall_us);
char *way_decision_describe_span (gint64 span_us);

/* way-router-guards.c */
void way_decision_guard (WayDecision *decision, WayCandidate *candidate);
void way_decision_guard_room (WayDecision *decision, WayCandidate *candidate);
gboolean way_decision_app_has_room (WayDecision *decision);
void way_decision_prefer_able (WayDecision *decision);
void way_decision_find_local_only (WayDecision *decision);

G_END_DECLS
