/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the router: one finds the candidates, the other judges them. */

#pragma once

#include "way-router.h"

G_BEGIN_DECLS

/* A plan in the making, and what it is made from. */
typedef struct
{
  WayPlan *plan;              /* borrowed */
  const WayRouteQuery *query; /* borrowed */
  const WayHealth *health;    /* borrowed */
  gint64 now_us;              /* wall clock */
} WayDecision;

const WayDialect *way_router_choose_dialect (const WayProvider *provider,
                                             const WayDialect *face,
                                             gint64 context_tokens);
void way_decision_judge (WayDecision *decision);
void way_decision_find_local_only (WayDecision *decision);

G_END_DECLS
