/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The administration verbs of the control socket that the main thread answers. */

#pragma once

#include "way-gateway.h"

G_BEGIN_DECLS

void way_control_handle (
  WayControlCall *call, const char *method, const char *path, JsonObject *body, gpointer user_data);

G_END_DECLS
