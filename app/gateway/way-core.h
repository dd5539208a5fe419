/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the parts of the gateway share: one struct of borrowed parts, owned by the gateway. Gateway
 * thread. */

#pragma once

#include "way-cache.h"
#include "way-discovery.h"
#include "way-event-queue.h"
#include "way-evidence.h"
#include "way-feed.h"
#include "way-ledger.h"
#include "way-metrics.h"
#include "way-queue.h"
#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct
{
  WayUpstream *upstream;
  WayHealth *health;
  WayTraffic *traffic;
  WayRates *rates;
  WayBudgets *budgets;
  WayPricing *pricing;
  WayQueue *queue;
  WayCache *cache;
  WayDiscovery *discovery; /* (nullable): nobody probes without it */
  WayLedger *ledger;
  WayEventQueue *events;
  WayFeed *feed;
  WayMetrics *metrics;
  WaySnapshot *snapshot; /* the newest one; a request keeps the one it began with */
  GHashTable *running;   /* request id → WayExchange, both borrowed */
  char *address;         /* owned by the gateway: http://127.0.0.1:4114 */
  char *problem;         /* likewise, nullable: what is not as the user asked for */
  gint64 started_at_us;  /* wall */
  guint64 n_requests;
} WayCore;

void way_core_tell_budgets (WayCore *core);

/* What decisions of the router are made from. */
static inline WayEvidence
way_core_get_evidence (const WayCore *core)
{
  return (WayEvidence){
    .health = core->health,
    .traffic = core->traffic,
    .rates = core->rates,
    .budgets = core->budgets,
    .pricing = core->pricing,
    .cloud_is_off = !core->snapshot->cloud_enabled,
    .probes = core->discovery != NULL,
  };
}

G_END_DECLS
