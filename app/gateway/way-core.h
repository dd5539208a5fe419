/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the parts of the gateway share: one struct of borrowed parts, owned by the gateway. Gateway
 * thread. */

#pragma once

#include "way-catalog.h"
#include "way-event-queue.h"
#include "way-feed.h"
#include "way-health.h"
#include "way-ledger.h"
#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct
{
  WayUpstream *upstream;
  WayHealth *health;
  WayCatalog *catalog;
  WayLedger *ledger;
  WayEventQueue *events;
  WayFeed *feed;
  GHashTable *running;  /* request id → WayExchange, both borrowed */
  GHashTable *sellers;  /* base URL → the catalogue's name of who sells there, or NULL */
  char *address;        /* owned by the gateway: http://127.0.0.1:4114 */
  gint64 started_at_us; /* wall */
  guint64 n_requests;
} WayCore;

G_END_DECLS
