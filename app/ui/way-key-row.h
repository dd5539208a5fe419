/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One provider that needs a key. */

#pragma once

#include "way-key-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_KEY_ROW (way_key_row_get_type ())
G_DECLARE_FINAL_TYPE (WayKeyRow, way_key_row, WAY, KEY_ROW, AdwActionRow)

/* Property: "item" (WayKeyItem, construct only). Asks for keys.set and keys.delete with the
 * provider's id. */

GtkWidget *way_key_row_new (WayKeyItem *item);

G_END_DECLS
