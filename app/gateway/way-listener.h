/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The listening sockets and every client connection: accept, limits, idle connections. SoupServer's
 * own listener stops for good after one failed accept and has a backlog of 10. Gateway thread, but
 * for way_listen_tcp(), its like, and way_listen_unix(). */

#pragma once

#include "way-connection.h"
#include "way-error.h"

G_BEGIN_DECLS

typedef struct _WayListener WayListener;

int way_listen_tcp (const char *address, guint port, guint *ret_port, GError **error);
int way_listen_tcp_instead (
  int old_fd, const char *address, guint port, guint *ret_port, GError **error);
int way_listen_unix (const char *path, GError **error);

WayListener *
way_listener_new (WayPoller *poller, void (*func) (WayConnection *, gpointer), gpointer data);
void way_listener_free (WayListener *listener);
void way_listener_set_tcp (WayListener *listener, int fd);
void way_listener_set_control (WayListener *listener, int fd);
void way_listener_stop_accepting (WayListener *listener);
guint way_listener_get_n_connections (WayListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayListener, way_listener_free)

G_END_DECLS
