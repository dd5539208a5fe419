/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The config file as it is edited: main thread only. The JSON tree is the truth, so members this
 * version does not know survive a write; the snapshot is what a strict reader makes of it. */

#pragma once

#include "way-snapshot.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_CONFIG (way_config_get_type ())
G_DECLARE_FINAL_TYPE (WayConfig, way_config, WAY, CONFIG, GObject)

/* Properties: "local-only" (gboolean, rw: the reverse of cloud.enabled), "problem" (string,
 * nullable: why the file on disk is not in use). Signal: "changed" (a new snapshot is in force). */

WayConfig *way_config_new (const char *path);
const char *way_config_get_path (WayConfig *config);
void way_config_override_listen (WayConfig *config, const char *address, int port);
gboolean way_config_load (WayConfig *config, GError **error);
gboolean way_config_reload (WayConfig *config, GError **error);
void way_config_watch (WayConfig *config);
WaySnapshot *way_config_get_snapshot (WayConfig *config);
GPtrArray *way_config_get_warnings (WayConfig *config);
const char *way_config_get_problem (WayConfig *config);

/* Edits: validated as a whole, written by atomic replace, then in force. A refused edit changes
 * neither the file nor the snapshot. */
gboolean way_config_set_cloud_enabled (WayConfig *config, gboolean enabled, GError **error);
gboolean way_config_put_provider (WayConfig *config, JsonObject *provider, GError **error);
gboolean way_config_remove_provider (WayConfig *config, const char *id, GError **error);
gboolean way_config_put_route (WayConfig *config, JsonObject *route, GError **error);
gboolean way_config_put_app (WayConfig *config, JsonObject *app, GError **error);
gboolean way_config_remove_app (WayConfig *config, const char *id, GError **error);
JsonObject *way_config_dup_provider (WayConfig *config, const char *id);
JsonObject *way_config_dup_app (WayConfig *config, const char *id);

/* wayfare check FILE: every fault, each with its JSON path. */
gboolean way_config_check_file (const char *path, GPtrArray *ret_faults, GPtrArray *ret_warnings);

G_END_DECLS
