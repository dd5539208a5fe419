/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A call to the thread of a main context. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void way_context_post (GMainContext *context,
                       GSourceFunc func,
                       gpointer user_data,
                       GDestroyNotify destroy);

G_END_DECLS
