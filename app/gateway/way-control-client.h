/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The other end of the control socket: what the command line speaks to the running instance.
 * Blocks; for a process that has nothing else to do. */

#pragma once

#include "way-error.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WayControlLineFunc:
 * @line: one event of /events as JSON, borrowed
 *
 * Returns: %FALSE to stop
 */
typedef gboolean (*WayControlLineFunc) (const char *line, gpointer user_data);

char *way_control_client_dup_socket_path (void);
JsonNode *way_control_client_call (
  const char *socket_path, const char *method, const char *path, JsonNode *body, GError **error);
GBytes *way_control_client_fetch (const char *socket_path, const char *path, GError **error);
gboolean way_control_client_follow (const char *socket_path,
                                    const char *path,
                                    WayControlLineFunc func,
                                    gpointer user_data,
                                    GError **error);

G_END_DECLS
