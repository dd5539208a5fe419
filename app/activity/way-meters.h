/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Totals and rates for the *Now* page: what today has cost so far, and how fast it goes. */

#pragma once

#include "way-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_METERS (way_meters_get_type ())
G_DECLARE_FINAL_TYPE (WayMeters, way_meters, WAY, METERS, GObject)

/* Properties, read-only, notified by way_meters_tick() alone: "requests-today" "failed-today"
 * "local-today" "fallbacks-today" "cost-today-nano-usd" (sum of what is known)
 * "unknown-cost-today" "input-tokens-today" "output-tokens-today" "stopped-today" (by local-only,
 * as far as the list of requests reaches) (gint64), "requests-per-minute" (gdouble, over the last
 * 60 s) "tokens-per-second" (gdouble, over the last 5 s). "today" is the local day; the meters
 * start anew at midnight. */

#define WAY_METERS_SECONDS 600

WayMeters *way_meters_new (void);
void way_meters_set_base (WayMeters *meters,
                          gint64 requests,
                          gint64 failed,
                          gint64 local,
                          gint64 fallbacks,
                          gint64 cost_nano_usd,
                          gint64 unknown_cost,
                          gint64 input_tokens,
                          gint64 output_tokens);
void way_meters_add_history (WayMeters *meters, const WayRecord *record);
void way_meters_add (WayMeters *meters, const WayRecord *record, gint64 counted_tokens);
void way_meters_add_tokens (WayMeters *meters, gint64 tokens, gint64 now_wall_us);
void way_meters_tick (WayMeters *meters, gint64 now_wall_us);
gsize
way_meters_get_series (WayMeters *meters, double *ret_requests, double *ret_tokens, gsize max);
gsize way_meters_get_paces (WayMeters *meters, double *ret_paces, gsize max);

G_END_DECLS
