/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* After a failure: may another target answer, and how long should this one be left alone. Pure. */

#pragma once

#include "way-error.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_NEXT_STOP,   /* the caller's own fault: every target would say the same; pass the answer on */
  WAY_NEXT_TARGET, /* this target's fault: try the next */
} WayNext;

/* Returns the value of a header of the failed answer, or NULL. */
typedef const char *(*WayHeaderFunc) (const char *name, gpointer user_data);

WayNext way_retry_after_status (guint status);
WayNext way_retry_after_error (WayErrorCode code);
WayErrorCode way_retry_read_refusal (guint status, const char *body, gsize length);
gboolean way_retry_may_pass (WayErrorCode code, guint status);
gint64 way_retry_get_backoff_us (guint n_repeats, double chance);
gint64
way_retry_cool_until (guint status, WayHeaderFunc header, gpointer user_data, gint64 now_wall_us);
gint64 way_retry_exhausted_until (WayHeaderFunc header, gpointer user_data, gint64 now_wall_us);
gint64 way_retry_read_delay_us (const char *body, gsize length);

G_END_DECLS
