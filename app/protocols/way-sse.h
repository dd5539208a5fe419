/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Server-sent events, framed from pieces cut anywhere (WHATWG HTML, "Parsing an event stream").
 * Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WaySse WaySse;

/**
 * WaySseFunc:
 * @event: the event's type, "" when the stream named none
 * @data: its data lines joined by newlines, terminated; borrowed
 * @raw: the bytes of the whole event as they came, end mark included; borrowed
 *
 * A block without data (comments, keep-alives) is given too, with @data %NULL, so that @raw of all
 * calls and the rest of way_sse_get_pending() are together exactly the bytes that came in.
 */
typedef void (*WaySseFunc) (const char *event,
                            const char *data,
                            gsize length,
                            const char *raw,
                            gsize raw_length,
                            gpointer user_data);

WaySse *way_sse_new (void);
void way_sse_free (WaySse *sse);
gboolean
way_sse_feed (WaySse *sse, const char *bytes, gsize length, WaySseFunc func, gpointer user_data);
gsize way_sse_get_pending (WaySse *sse);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaySse, way_sse_free)

G_END_DECLS
