/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Apps page: who may call, what each has done, and how to connect another tool. */

#pragma once

#include "way-page.h"

G_BEGIN_DECLS

#define WAY_TYPE_APPS_PAGE (way_apps_page_get_type ())
G_DECLARE_FINAL_TYPE (WayAppsPage, way_apps_page, WAY, APPS_PAGE, WayPage)

/* Property: "service" (WayService). Actions: page.new, apps.connect(name), apps.revoke(name),
 * apps.set-local-only((name, local only)). */

G_END_DECLS
