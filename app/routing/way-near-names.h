/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Names like the one somebody asked for. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GPtrArray *way_near_names (const char *wanted, GPtrArray *names, guint max_names);

G_END_DECLS
