/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Asks the ledger what was spent of each budget before this program, or the budget, began. Gateway
 * thread. */

#pragma once

#include "way-budgets.h"
#include "way-ledger.h"

G_BEGIN_DECLS

typedef struct _WayBudgetLoader WayBudgetLoader;

typedef void (*WayBudgetLoaderFunc) (gpointer user_data);

WayBudgetLoader *way_budget_loader_new (WayBudgets *budgets,
                                        WayLedger *ledger,
                                        WayBudgetLoaderFunc on_loaded,
                                        gpointer user_data);
void way_budget_loader_free (WayBudgetLoader *loader);
void way_budget_loader_load (WayBudgetLoader *loader);

G_END_DECLS
