/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Models as the world publishes them: prices, limits, capabilities. Read once, then immutable. */

#pragma once

#include "way-error.h"
#include "way-usage.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_CAPABILITY_TOOLS = 1 << 0,
  WAY_CAPABILITY_VISION = 1 << 1,
  WAY_CAPABILITY_REASONING = 1 << 2,
  WAY_CAPABILITY_JSON_SCHEMA = 1 << 3,
  WAY_CAPABILITY_PROMPT_CACHE = 1 << 4,
  WAY_CAPABILITY_PDF = 1 << 5,
  WAY_CAPABILITY_AUDIO = 1 << 6,
} WayCapabilities;

/* Prices of a call whose whole prompt is longer than @above_tokens: all its tokens take them. */
typedef struct
{
  gint64 above_tokens;
  WayPrice price;
} WayPriceTier;

typedef struct
{
  char *provider;
  char *model;
  char *mode; /* "chat", "embedding" … */
  WayPrice price;
  WayPriceTier *tiers; /* ascending */
  gsize n_tiers;
  gint64 context_tokens;    /* or WAY_UNKNOWN */
  gint64 max_output_tokens; /* or WAY_UNKNOWN */
  WayCapabilities capabilities;
} WayModel;

typedef struct _WayCatalog WayCatalog;

WayCatalog *way_catalog_new_from_file (const char *path, GError **error);
WayCatalog *
way_catalog_new_from_bytes (GBytes *content, const char *name, GPtrArray *faults, GError **error);
GBytes *way_catalog_load_file (const char *path, GError **error);
WayCatalog *way_catalog_new_empty (void);
WayCatalog *way_catalog_ref (WayCatalog *catalog);
void way_catalog_unref (WayCatalog *catalog);
guint way_catalog_get_n_models (const WayCatalog *catalog);
guint32 way_catalog_get_as_of (const WayCatalog *catalog);
const WayModel *
way_catalog_find (const WayCatalog *catalog, const char *provider, const char *model);
const char *way_catalog_provider_for_url (const char *base_url);
WayCapabilities way_capabilities_from_names (const char *const *names);
const char *way_capability_get_name (WayCapabilities capability);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCatalog, way_catalog_unref)

G_END_DECLS
