/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One app: a token's name and what it has done. */

#pragma once

#include "way-app-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_APP_ROW (way_app_row_get_type ())
G_DECLARE_FINAL_TYPE (WayAppRow, way_app_row, WAY, APP_ROW, AdwExpanderRow)

/* Property: "item" (WayAppItem, construct only). Asks for apps.connect, apps.revoke and
 * apps.set-local-only with the app's name. */

GtkWidget *way_app_row_new (WayAppItem *item);

G_END_DECLS
