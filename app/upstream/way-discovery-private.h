/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The scan for local servers that nobody configured, apart from the schedule. Gateway thread. */

#pragma once

#include "way-discovery.h"
#include "way-model-list.h"
#include "way-probe.h"
#include "way-provider-table.h"

G_BEGIN_DECLS

typedef struct _WayScan WayScan;

/**
 * WayScanFunc:
 * @state: of a found server, or of one that was found before and is gone
 */
typedef void (*WayScanFunc) (const WayProviderState *state, gpointer user_data);

WayScan *way_scan_new (WayUpstream *upstream, WayScanFunc func, gpointer user_data);
void way_scan_free (WayScan *scan);
void way_scan_set_servers (WayScan *scan, const WayLocalServer *servers, gsize n_servers);
void way_scan_run (WayScan *scan, WaySnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayScan, way_scan_free)

G_END_DECLS
