/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests that wait a moment for room under a limit, first come, first served. Gateway thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Nobody waits longer: a client is better off knowing. */
#define WAY_QUEUE_LONGEST_US (5 * G_USEC_PER_SEC)

typedef struct _WayQueue WayQueue;

/**
 * WayQueueFunc:
 * @is_last: the wait is over, whatever comes of it
 * @ret_retry_us: monotonic time at which another try is worth it, 0 to be woken only
 *
 * Tries to let @item go on.
 *
 * Returns: whether it went on; it must when @is_last
 */
typedef gboolean (*WayQueueFunc) (gpointer item, gboolean is_last, gint64 *ret_retry_us);

WayQueue *way_queue_new (GMainContext *context, WayQueueFunc func);
void way_queue_free (WayQueue *queue);
gboolean way_queue_add (WayQueue *queue, gpointer item, gint64 give_up_us, gint64 retry_us);
void way_queue_remove (WayQueue *queue, gpointer item);
void way_queue_wake (WayQueue *queue);
guint way_queue_get_length (const WayQueue *queue);

G_END_DECLS
