/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Takes what looks like a secret out of a text that is to be kept. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WAY_MASK "•••"

GString *way_mask_secrets (const char *text, gsize length);

G_END_DECLS
