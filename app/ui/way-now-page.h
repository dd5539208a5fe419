/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Now page: where to point a tool, what is in flight, what today has been like. */

#pragma once

#include "way-page.h"

G_BEGIN_DECLS

#define WAY_TYPE_NOW_PAGE (way_now_page_get_type ())
G_DECLARE_FINAL_TYPE (WayNowPage, way_now_page, WAY, NOW_PAGE, WayPage)

/* Properties: "service" (WayService), "meters" (WayMeters, read-only), "activity" (WayActivity,
 * read-only). Action: now.copy-address. */

G_END_DECLS
