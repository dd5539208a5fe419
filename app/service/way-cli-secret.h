/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A secret from standard input. */

#pragma once

#include "way-key.h"

G_BEGIN_DECLS

WayKey *way_cli_read_secret (const char *of_whom, GError **error);

G_END_DECLS
