/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* All that a decision may depend on besides the configuration and the request. */

#pragma once

#include "way-budgets.h"
#include "way-health.h"
#include "way-pricing.h"
#include "way-rates.h"
#include "way-traffic.h"

G_BEGIN_DECLS

/**
 * WayEvidence:
 * @cloud_is_off: by now, whatever the configuration says that the request began with
 * @probes: somebody looks every few seconds whether a server near by answers again, so that no
 *   user's call has to find out
 *
 * Borrowed; all but @health may be %NULL: then nothing of the kind is known or set.
 */
typedef struct
{
  const WayHealth *health;
  const WayTraffic *traffic;
  const WayRates *rates;
  const WayBudgets *budgets;
  WayPricing *pricing;
  gboolean cloud_is_off;
  gboolean probes;
} WayEvidence;

G_END_DECLS
