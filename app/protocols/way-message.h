/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The deltas of an answer joined to a whole message. Pure. */

#pragma once

#include "way-delta.h"

G_BEGIN_DECLS

typedef struct _WayMessage WayMessage;

WayMessage *way_message_new (void);
void way_message_free (WayMessage *message);
void way_message_add (const WayDelta *delta, gpointer message);
GArray *way_message_get_deltas (WayMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayMessage, way_message_free)

G_END_DECLS
