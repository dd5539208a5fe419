/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The crossing gateway → main: many events in, few wake-ups out. */

#pragma once

#include "way-event.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WayEventQueue WayEventQueue;

/**
 * WayEventBatchFunc:
 * @events: (element-type WayEvent): in order of first appearance, at most one for each key unless
 *   a *finished* one follows; valid during the call
 */
typedef void (*WayEventBatchFunc) (GPtrArray *events, gpointer user_data);

WayEventQueue *way_event_queue_new (GMainContext *target,
                                    guint interval_ms,
                                    WayEventBatchFunc func,
                                    gpointer user_data);
void way_event_queue_free (WayEventQueue *queue);
void way_event_queue_push (WayEventQueue *queue, WayEvent *event);
void way_event_queue_set_interested (WayEventQueue *queue, gboolean interested);
gboolean way_event_queue_is_interested (WayEventQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayEventQueue, way_event_queue_free)

G_END_DECLS
