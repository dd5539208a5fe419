/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* /wayfare/v1/events: the requests as they happen, as server-sent events, to whoever follows.
 * Gateway thread. */

#pragma once

#include "way-request.h"

G_BEGIN_DECLS

/* The last line of a stream that ends: a breakdown looks like the end to libsoup 3.2.3, which takes
 * a lost connection between two chunks for it. */
#define WAY_FEED_END ": end"

typedef struct _WayFeed WayFeed;

WayFeed *way_feed_new (void);
void way_feed_free (WayFeed *feed);
void way_feed_end (WayFeed *feed);
void way_feed_add_follower (WayFeed *feed, WayRequest *request);
gboolean way_feed_has_followers (WayFeed *feed);
void way_feed_send (WayFeed *feed, const char *event, const WayRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayFeed, way_feed_free)

G_END_DECLS
