/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One request in a short list of the Now page: in flight, or fallen back. */

#pragma once

#include "way-request-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_REQUEST_ROW (way_request_row_get_type ())
G_DECLARE_FINAL_TYPE (WayRequestRow, way_request_row, WAY, REQUEST_ROW, AdwActionRow)

/* Property: "item" (WayRequestItem, construct only). Activating it shows the request. */

GtkWidget *way_request_row_new (WayRequestItem *item);

G_END_DECLS
