/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Names that are made, not given: request ids and app tokens. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WAY_ID_BYTES 32 /* of a request id, terminator included */

void way_id_new_request (gint64 wall_us, char ret_id[WAY_ID_BYTES]);
char *way_id_new_token (void);
char *way_id_hash_token (const char *token);
gboolean way_id_equal_constant_time (const char *a, const char *b);

G_END_DECLS
