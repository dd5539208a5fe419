/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Cost arithmetic, in integers: tokens times pico-USD a token, rounded once to nano-USD. */

#pragma once

#include "way-catalog.h"

G_BEGIN_DECLS

WayPrice way_price_for_usage (const WayModel *model, const WayUsage *usage);
gint64
way_price_cost_nano_usd (const WayPrice *price, const WayUsage *usage, gint64 price_factor_ppm);
char *way_price_format_usd (gint64 nano_usd);

G_END_DECLS
