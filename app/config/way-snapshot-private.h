/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the parts of config/ share; no other layer includes this. */

#pragma once

#include "way-reader.h"
#include "way-snapshot.h"

G_BEGIN_DECLS

#define WAY_DEMO_PROVIDER_ID "demo"

/* Ends with NULL, like the other lists of names here. */
extern const char *const way_kind_names[];
extern const char *const way_strategy_names[];
extern const char *const way_provider_members[];
extern const char *const way_route_members[];
extern const char *const way_app_members[];

WaySnapshot *way_snapshot_new_empty (void);
WaySnapshot *way_snapshot_read (JsonNode *root, GPtrArray *faults, GPtrArray *warnings);

WayProvider *way_provider_new (const char *id, WayKind kind);
void way_provider_free (gpointer data);
void way_target_free (gpointer data);
void way_route_free (gpointer data);
void way_app_free (gpointer data);

void way_snapshot_read_providers (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);
void way_snapshot_read_routes (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);
void way_snapshot_read_apps (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);
void way_snapshot_read_limits (WayReader *reader, JsonObject *object, WayRateLimits *ret_limits);
void way_snapshot_read_budget (WayReader *reader, JsonObject *object, WayBudgetTerms *ret_terms);
const WayConditions *way_snapshot_read_conditions (WayReader *reader, JsonObject *target);
void way_snapshot_read_models (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);
void way_snapshot_read_tags (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);
void way_snapshot_read_retry (WayReader *reader, JsonObject *root, WaySnapshot *snapshot);

const WayConditions *way_conditions_ref (const WayConditions *conditions);
void way_conditions_unref (const WayConditions *conditions);

gboolean way_reader_check_name (WayReader *reader, const char *member, const char *name);
gboolean way_reader_check_pattern (WayReader *reader, const char *member, const char *pattern);

G_END_DECLS
