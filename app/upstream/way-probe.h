/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One question to one server: a short GET whose whole body is wanted. Gateway thread. */

#pragma once

#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct _WayProbe WayProbe;

/**
 * WayProbeFunc:
 * @status: HTTP status, 0 if @error is set
 * @body: borrowed
 * @latency_us: of the whole answer
 * @error: (nullable): what went wrong on the way
 *
 * Runs once unless the probe is freed before. It may free the probe.
 */
typedef void (*WayProbeFunc) (
  guint status, GString *body, gint64 latency_us, const GError *error, gpointer user_data);

WayProbe *way_probe_new (WayUpstream *upstream,
                         const WayCallRequest *request,
                         WayProbeFunc func,
                         gpointer user_data);
void way_probe_free (WayProbe *probe);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayProbe, way_probe_free)

G_END_DECLS
