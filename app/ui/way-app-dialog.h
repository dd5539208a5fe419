/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Connecting a tool: a name, then the token and a text to paste, then its first request. */

#pragma once

#include "way-app-item.h"
#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_APP_DIALOG (way_app_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WayAppDialog, way_app_dialog, WAY, APP_DIALOG, AdwWindow)

/* Properties, read-only: "item" (WayAppItem, nullable: the app once it is there), "snippet"
 * (string, the token masked unless it is revealed), "where" (string). */

void way_app_dialog_present_new (GtkWindow *parent, WayService *service);
void way_app_dialog_present_token (GtkWindow *parent,
                                   WayService *service,
                                   const char *name,
                                   const char *token);

G_END_DECLS
