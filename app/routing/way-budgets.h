/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What may still be spent: the budgets of everything, of apps, providers and models, each over a
 * calendar period. What an attempt may cost is reserved before it is sent and settled after, so
 * that parallel calls cannot overrun together. Plain data on the gateway thread. */

#pragma once

#include "way-snapshot.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_BUDGET_OF_EVERYTHING,
  WAY_BUDGET_OF_APP,
  WAY_BUDGET_OF_PROVIDER,
  WAY_BUDGET_OF_MODEL,
} WayBudgetScope;

/**
 * WayBudget:
 * @name: (nullable): of the app or provider, or the pattern of the model
 * @provider_id: (nullable): whose model
 * @since_day: first local day of the period that runs, YYYYMMDD
 * @spent_nano_usd: settled in it
 * @reserved_nano_usd: of attempts that run
 * @first_reservation: earlier ones were made before it came, and are not in it
 * @is_loaded: what was spent before this program started is counted
 * @told_percent: the highest share that was told of in this period
 */
typedef struct
{
  WayBudgetScope scope;
  char *name;
  char *provider_id;
  WayBudgetTerms terms;
  guint32 since_day;
  gint64 spent_nano_usd;
  gint64 reserved_nano_usd;
  guint64 first_reservation;
  gboolean is_loaded;
  guint told_percent;
} WayBudget;

/* Whose money: all borrowed. */
typedef struct
{
  const char *app; /* nullable */
  const char *provider;
  const char *model;
} WaySpender;

/* What one attempt may cost, held back in the budgets there were when it began. */
typedef struct
{
  guint64 number;
  gint64 nano_usd;
} WayReservation;

typedef struct _WayBudgets WayBudgets;

WayBudgets *way_budgets_new (void);
void way_budgets_free (WayBudgets *budgets);
void way_budgets_apply (WayBudgets *budgets, const WaySnapshot *snapshot, gint64 now_us);
void way_budgets_advance (WayBudgets *budgets, gint64 now_us);
const GPtrArray *way_budgets_get_all (const WayBudgets *budgets);
void way_budget_load (WayBudget *budget, gint64 spent_before_nano_usd);
gint64 way_budget_get_left (const WayBudget *budget);
const char *way_budget_scope_get_name (WayBudgetScope scope);
char *way_budget_describe (const WayBudget *budget);
guint way_budget_take_news (WayBudget *budget);

const WayBudget *
way_budgets_find_exceeded (const WayBudgets *budgets, const WaySpender *spender, gint64 cost);
const WayBudget *way_budgets_find_spent (const WayBudgets *budgets, const char *app);
gint64 way_budgets_get_left (const WayBudgets *budgets, const WaySpender *spender);
WayReservation
way_budgets_reserve (WayBudgets *budgets, const WaySpender *spender, gint64 nano_usd);
void way_budgets_settle (WayBudgets *budgets,
                         const WaySpender *spender,
                         WayReservation reservation,
                         gint64 spent_nano_usd,
                         gint64 began_at_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayBudgets, way_budgets_free)

G_END_DECLS
