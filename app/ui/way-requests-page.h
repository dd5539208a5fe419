/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Requests page: every request, as it happens, and one of them in detail. */

#pragma once

#include "way-page.h"

G_BEGIN_DECLS

#define WAY_TYPE_REQUESTS_PAGE (way_requests_page_get_type ())
G_DECLARE_FINAL_TYPE (WayRequestsPage, way_requests_page, WAY, REQUESTS_PAGE, WayPage)

/* Property: "service" (WayService). Actions: requests.pause, requests.close-detail. */

void way_requests_page_focus_filter (WayRequestsPage *page);
void way_requests_page_set_filter (WayRequestsPage *page, const char *words);
gboolean way_requests_page_go_back (WayRequestsPage *page);
void way_requests_page_show (WayRequestsPage *page, const char *request_id);

G_END_DECLS
