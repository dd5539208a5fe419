/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One row of the key list: what may be shown of a key, never its value. Main thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_KEY_ITEM (way_key_item_get_type ())
G_DECLARE_FINAL_TYPE (WayKeyItem, way_key_item, WAY, KEY_ITEM, GObject)

/* Read-only: "provider-id" "key-name" "source" ("keyring", "env", "credential") "hint" ("…" and the
 * last four, nullable) "problem" (nullable, in words), "present" "locked" (gboolean),
 * "last-used-us" (gint64 wall, 0 never). */

WayKeyItem *way_key_item_new (const char *provider_id);
void way_key_item_set (WayKeyItem *item,
                       const char *key_name,
                       const char *source,
                       const char *hint,
                       const char *problem,
                       gboolean present,
                       gboolean locked);
void way_key_item_set_last_used (WayKeyItem *item, gint64 wall_us);
const char *way_key_item_get_provider_id (WayKeyItem *item);

G_END_DECLS
