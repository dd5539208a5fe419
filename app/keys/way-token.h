/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* App tokens: the secrets that Wayfare itself gives out. */

#pragma once

#include "way-key.h"

G_BEGIN_DECLS

gboolean way_token_check_app_id (const char *id, GError **error);
char *way_token_dup_text (const WayKey *token);

G_END_DECLS
