/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Asks for a provider's key and hands it to the keyring. */

#pragma once

#include "way-service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void way_key_dialog_present (GtkWidget *from, WayService *service, const char *provider_id);

G_END_DECLS
