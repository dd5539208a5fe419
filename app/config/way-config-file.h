/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The config file as bytes: bounded reading, atomic replacing, and a watch that notices both
 * writing in place and editors that rename. Main thread. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean way_config_file_read (const char *path, GBytes **ret_content, GError **error);
JsonNode *way_config_file_parse (const char *path, GBytes *content, GError **error);
gboolean way_config_file_replace (const char *path, GBytes *content, GError **error);
char *way_config_file_resolve (const char *path);

typedef struct _WayConfigWatch WayConfigWatch;

typedef void (*WayConfigWatchFunc) (gpointer user_data);

WayConfigWatch *
way_config_watch_new (const char *path, WayConfigWatchFunc func, gpointer user_data);
void way_config_watch_free (WayConfigWatch *watch);

G_END_DECLS
