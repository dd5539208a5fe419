/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* SoupServer fed with our own connections: parses, guards, and hands on whole requests. Gateway
 * thread. */

#pragma once

#include "way-listener.h"
#include "way-request.h"

G_BEGIN_DECLS

typedef struct _WayServer WayServer;

/**
 * WayServerFunc:
 * @request: (transfer none): admitted and complete. Begin the answer with
 *   way_connection_begin_answer() before this returns, and send it now or later
 */
typedef void (*WayServerFunc) (WayRequest *request, gpointer user_data);

WayServer *
way_server_new (WayPoller *poller, WaySnapshot *snapshot, WayServerFunc func, gpointer user_data);
void way_server_free (WayServer *server);
void way_server_apply (WayServer *server, WaySnapshot *snapshot);
WayListener *way_server_get_listener (WayServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayServer, way_server_free)

G_END_DECLS
