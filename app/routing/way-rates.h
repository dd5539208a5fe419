/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Wayfare's own limits: requests and tokens a minute and calls at once, of a provider or an app.
 * Plain data on the gateway thread. */

#pragma once

#include "way-policy.h"
#include "way-minute.h"

G_BEGIN_DECLS

typedef struct _WayRates WayRates;

typedef enum
{
  WAY_RATED_APP,
  WAY_RATED_PROVIDER,
} WayRated;

WayRates *way_rates_new (void);
void way_rates_free (WayRates *rates);
char *way_rates_describe_limit (const WayRates *rates,
                                WayRated rated,
                                const char *id,
                                const WayRateLimits *limits,
                                gint64 tokens,
                                gint64 now_us,
                                gint64 *ret_free_at_us);
void
way_rates_begin (WayRates *rates, WayRated rated, const char *id, gint64 tokens, gint64 now_us);
void way_rates_end (
  WayRates *rates, WayRated rated, const char *id, gint64 correction, gint64 began_at_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayRates, way_rates_free)

G_END_DECLS
