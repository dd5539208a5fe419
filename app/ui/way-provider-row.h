/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One configured provider: what it is and the last evidence of how it does. */

#pragma once

#include "way-provider-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_PROVIDER_ROW (way_provider_row_get_type ())
G_DECLARE_FINAL_TYPE (WayProviderRow, way_provider_row, WAY, PROVIDER_ROW, AdwExpanderRow)

/* Property: "item" (WayProviderItem, construct only). Asks for providers.test, providers.remove and
 * providers.set-enabled with the provider's id. */

GtkWidget *way_provider_row_new (WayProviderItem *item);

G_END_DECLS
