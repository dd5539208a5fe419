/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Many file descriptors behind one GSource: GLib polls one epoll fd, whatever the number of
 * sockets. GLib's own poll is O(fds): 500 idle connections would cost more than the traffic. */

#pragma once

#include <glib.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

typedef struct _WayPoller WayPoller;
typedef struct _WayWatch WayWatch;

/**
 * WayWatchFunc:
 * @events: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR as epoll_wait(2) gave them
 *
 * Runs on the poller's context. It may add and remove any watch, its own included.
 */
typedef void (*WayWatchFunc) (guint32 events, gpointer user_data);

/**
 * WayPollerTurnFunc:
 *
 * Runs once after all watches of a turn have.
 */
typedef void (*WayPollerTurnFunc) (gpointer user_data);

WayPoller *way_poller_new (GMainContext *context);
void way_poller_free (WayPoller *poller);
void way_poller_set_turn_func (WayPoller *poller, WayPollerTurnFunc func, gpointer user_data);
WayWatch *
way_poller_add (WayPoller *poller, int fd, guint32 events, WayWatchFunc func, gpointer user_data);
void way_watch_modify (WayWatch *watch, guint32 events);
void way_watch_remove (WayWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayPoller, way_poller_free)

G_END_DECLS
