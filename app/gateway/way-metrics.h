/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is counted of finished requests for GET /metrics. Gateway thread. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

typedef struct _WayMetrics WayMetrics;

WayMetrics *way_metrics_new (void);
void way_metrics_free (WayMetrics *metrics);
void way_metrics_note (WayMetrics *metrics, const WayRecord *record);
void way_metrics_append_text (const WayMetrics *metrics, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayMetrics, way_metrics_free)

G_END_DECLS
