/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One row of the provider list: configuration and last evidence together. Main thread. */

#pragma once

#include "way-event.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_PROVIDER_ITEM (way_provider_item_get_type ())
G_DECLARE_FINAL_TYPE (WayProviderItem, way_provider_item, WAY, PROVIDER_ITEM, GObject)

/* Read-only properties, notified on change: "id" "kind" "base-url" "reason" "models-text"
 * "data-policy" "key-name" (nullable strings); "locality" (guint, WayLocality); "reach" (guint,
 * WayReach); "n-models" (gint64, -1 never listed); "checked-at-us" "last-success-at-us" (gint64,
 * 0 none); "latency-us" (gint64, -1 unknown); "enabled" (gboolean); "configured" (gboolean, FALSE
 * for a found server that is only offered). */

WayProviderItem *way_provider_item_new (const char *id, const char *kind, gboolean configured);
void way_provider_item_set_config (WayProviderItem *item,
                                   const char *base_url,
                                   WayLocality locality,
                                   gboolean enabled,
                                   const char *key_name,
                                   const char *data_policy);
void way_provider_item_set_state (WayProviderItem *item, const WayProviderState *state);
const WayProviderState *way_provider_item_get_state (WayProviderItem *item);

G_END_DECLS
