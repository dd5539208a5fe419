/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The words one types to find requests: app:codex status:error cost:>0.01 and any text. Pure. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

typedef struct _WayRequestFilter WayRequestFilter;

WayRequestFilter *way_request_filter_parse (const char *text, GError **error);
gboolean way_request_filter_is_empty (const WayRequestFilter *filter);
gboolean way_request_filter_matches (const WayRequestFilter *filter, const WayRecord *record);
void way_request_filter_free (WayRequestFilter *filter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayRequestFilter, way_request_filter_free)

G_END_DECLS
