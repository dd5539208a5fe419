/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Newline-delimited JSON, framed from pieces cut anywhere. Pure. */

#pragma once

#include "way-sse.h"

G_BEGIN_DECLS

typedef struct _WayNdjson WayNdjson;

WayNdjson *way_ndjson_new (void);
void way_ndjson_free (WayNdjson *ndjson);
gboolean way_ndjson_feed (
  WayNdjson *ndjson, const char *bytes, gsize length, WaySseFunc func, gpointer user_data);
gsize way_ndjson_get_pending (WayNdjson *ndjson);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayNdjson, way_ndjson_free)

G_END_DECLS
