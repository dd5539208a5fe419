/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Plans of one configuration with prices, as the tests state them: as text. Local time is UTC. */

#pragma once

#include "way-router.h"

G_BEGIN_DECLS

/* All that a plan is made of. */
typedef struct
{
  WaySnapshot *snapshot;
  WayHealth *health;
  WayTraffic *traffic;
  WayRates *rates;
  WayBudgets *budgets;
  WayPricing *pricing;
} World;

/**
 * PlanRow:
 * @before: (nullable): what was before
 * @facts: a thousand tokens where none are stated
 * @later_us: than NOW, which is Saturday, 12:26
 * @plan: a line for each candidate and its reason, then the error if nobody may answer
 */
typedef struct
{
  const char *what;
  const char *model;
  const char *app;
  const char *tag;
  const char *session;
  gboolean no_fallback;
  void (*before) (World *world);
  WayRequestFacts facts;
  gint64 later_us;
  gboolean expect_local_only;
  const char *plan;
} PlanRow;

void world_set_up (World *world);
void world_tear_down (World *world);
WayTargetTraffic *world_get_target (World *world, const char *provider);
WayPlan *world_make_plan (World *world, const PlanRow *row);
void world_assert_rows (gconstpointer rows);
void world_use_utc (void);

G_END_DECLS
