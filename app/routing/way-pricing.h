/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of a model where it is sold, and what a request would cost there: the catalogue,
 * with what the user knows better laid over it. Gateway thread. */

#pragma once

#include "way-catalog.h"
#include "way-snapshot.h"

G_BEGIN_DECLS

typedef struct _WayPricing WayPricing;

WayPricing *way_pricing_new (WayCatalog *catalog);
WayPricing *way_pricing_ref (WayPricing *pricing);
void way_pricing_unref (WayPricing *pricing);
gboolean way_pricing_find (const WayPricing *pricing,
                           const WaySnapshot *snapshot,
                           const WayProvider *provider,
                           const char *model,
                           WayModel *ret_model);
gboolean way_provider_is_free (const WayProvider *provider);
gint64 way_pricing_estimate (const WayPricing *pricing,
                             const WaySnapshot *snapshot,
                             const WayProvider *provider,
                             const char *model,
                             gint64 input_tokens,
                             gint64 output_tokens);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayPricing, way_pricing_unref)

G_END_DECLS
