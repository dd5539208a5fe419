/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the catalogue's reader fills and its look-up reads. */

#pragma once

#include "way-catalog-diff.h"

G_BEGIN_DECLS

struct _WayCatalog
{
  gatomicrefcount refs;
  guint32 as_of;
  GHashTable *models;  /* owned: set of WayModel by provider and model */
  GStringChunk *texts; /* owned: the models' strings */
};

/* way-catalog-read.c */
gboolean way_catalog_read (
  WayCatalog *catalog, GBytes *content, const char *name, GPtrArray *faults, GError **error);
void way_catalog_model_free (gpointer model);

/* way-catalog-diff.c: the kinds of tokens that have a price, by number */
enum
{
  WAY_PRICE_KIND_INPUT,
  WAY_PRICE_KIND_OUTPUT,
  WAY_PRICE_KIND_CACHE_READ,
  WAY_PRICE_KIND_CACHE_WRITE_5M,
  WAY_PRICE_KIND_CACHE_WRITE_1H,
  WAY_PRICE_KIND_REASONING,
  WAY_N_PRICE_KINDS,
};
const char *way_price_kind_get_name (guint kind);
gint64 way_price_get_kind (const WayPrice *price, guint kind);
WayPrice way_model_get_tier_price (const WayModel *model, gint64 above_tokens);
gboolean way_model_has_prices_of (const WayModel *model, const WayModel *other);

/* way-catalog-judge.c */
void way_catalog_judge_head (WayCatalogDiff *diff, guint n_removed, guint32 today);
void way_catalog_judge_model (WayCatalogDiff *diff, const WayModel *old, const WayModel *model);

G_END_DECLS
