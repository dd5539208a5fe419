/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A row of the budgets. Main thread. */

#pragma once

#include "way-event.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define WAY_TYPE_BUDGET_ITEM (way_budget_item_get_type ())
G_DECLARE_FINAL_TYPE (WayBudgetItem, way_budget_item, WAY, BUDGET_ITEM, GObject)

/* Properties (notify): "id" (string, the budget in words), "spent-nano-usd" and "limit-nano-usd"
 * (gint64), "percent" (guint, the highest share that was told of). */

WayBudgetItem *way_budget_item_new (const WayBudgetNews *news);
gboolean way_budget_item_update (WayBudgetItem *item, const WayBudgetNews *news);

G_END_DECLS
