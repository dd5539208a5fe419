/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The service manager's notification protocol, see sd_notify(3). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void way_notify (const char *state);

G_END_DECLS
