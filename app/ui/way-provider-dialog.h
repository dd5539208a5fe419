/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Adding a provider: one that is known by name, or any address. */

#pragma once

#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_PROVIDER_DIALOG (way_provider_dialog_get_type ())
G_DECLARE_FINAL_TYPE (WayProviderDialog, way_provider_dialog, WAY, PROVIDER_DIALOG, AdwWindow)

/* Property, read-only: "locality" (guint, WayLocality of the address as it stands). */

void way_provider_dialog_present (GtkWindow *parent, WayService *service);

G_END_DECLS
