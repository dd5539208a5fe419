/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* How the window is drawn: on the graphics processor, or plainly where there is none. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean way_drawing_has_gpu (const char *device_folder);
void way_drawing_prepare (const char *device_folder);

G_END_DECLS
