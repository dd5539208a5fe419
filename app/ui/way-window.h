/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The window: a sidebar of pages over one router, and the Local only switch over every page. */

#pragma once

#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_WINDOW (way_window_get_type ())
G_DECLARE_FINAL_TYPE (WayWindow, way_window, WAY, WINDOW, AdwApplicationWindow)

/* Property: "service" (WayService, construct only). Actions: win.page('now'…), win.local-only,
 * win.find, win.new, win.show-request('req_…'). */

WayWindow *way_window_new (GtkApplication *application, WayService *service, GSettings *settings);

G_END_DECLS
