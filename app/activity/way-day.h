/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What "today" is: from one local midnight to the next. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void way_day_get_bounds (gint64 wall_us, gint64 *ret_start_us, gint64 *ret_end_us);

G_END_DECLS
