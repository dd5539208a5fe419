/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What would change if another catalogue were accepted, and what speaks against it. */

#pragma once

#include "way-catalog.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_CHANGE_ADDED,
  WAY_CHANGE_REMOVED,
  WAY_CHANGE_MODE,
  WAY_CHANGE_PRICE,
  WAY_CHANGE_LIMIT,
  WAY_CHANGE_CAPABILITY,
} WayChangeType;

/**
 * WayCatalogChange:
 * @old_model: (nullable): %NULL if it is added
 * @new_model: (nullable): %NULL if it is removed
 * @what: (nullable): which price, limit or capability, in words
 * @above_tokens: threshold of the tier whose price it is, %WAY_UNKNOWN for the base price
 * @old_value: micro-USD per million tokens, tokens, or whether it has the capability; may be
 *   %WAY_UNKNOWN
 * @new_value: likewise
 *
 * One value that differs. Models borrowed from the catalogues.
 */
typedef struct
{
  WayChangeType type;
  const WayModel *old_model;
  const WayModel *new_model;
  const char *what;
  gint64 above_tokens;
  gint64 old_value;
  gint64 new_value;
} WayCatalogChange;

/**
 * WayCatalogDiff:
 * @changes: (element-type WayCatalogChange): by provider, then model
 * @objections: (element-type utf8): what a person should look at before it is accepted, in words
 */
typedef struct
{
  WayCatalog *in_use;    /* owned */
  WayCatalog *proposed;  /* owned */
  GPtrArray *changes;    /* owned */
  GPtrArray *objections; /* owned */
} WayCatalogDiff;

WayCatalogDiff *way_catalog_diff_new (WayCatalog *in_use,
                                      WayCatalog *proposed,
                                      const GPtrArray *faults,
                                      guint32 today);
void way_catalog_diff_free (WayCatalogDiff *diff);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCatalogDiff, way_catalog_diff_free)

G_END_DECLS
