/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The demo model's whole answer, laid out before the first byte is given. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *pieces; /* (element-type GString): a streamed answer has one a word */
  guint status;
  gboolean is_stream;
} WayDemoAnswer;

void
way_demo_answer_init (WayDemoAnswer *answer, const char *method, const char *path, GBytes *body);
void way_demo_answer_clear (WayDemoAnswer *answer);

G_END_DECLS
