/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas as lines of text, so that a test compares them with what a file beside the fixture says.
 */

#pragma once

#include "way-chat.h"

G_BEGIN_DECLS

/* A WayDeltaFunc: appends a line to the GString that is @user_data. */
void delta_text_append (const WayDelta *delta, gpointer user_data);

G_END_DECLS
