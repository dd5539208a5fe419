/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One request: its overview, its Way and its Fare. */

#pragma once

#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_REQUEST_DETAIL (way_request_detail_get_type ())
G_DECLARE_FINAL_TYPE (WayRequestDetail, way_request_detail, WAY, REQUEST_DETAIL, AdwBin)

/* Properties: "item" (WayRequestItem, nullable, read-only), "folded" (gboolean: it lies over the
 * list, so it has a way back instead of a way out). Actions: detail.cancel, detail.copy-curl. */

void way_request_detail_set_service (WayRequestDetail *detail, WayService *service);
void way_request_detail_set_item (WayRequestDetail *detail, WayRequestItem *item);

G_END_DECLS
