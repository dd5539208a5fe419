/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The command line: every verb but the window. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean way_cli_wants (int argc, char **argv);
int way_cli_run (int argc, char **argv);

G_END_DECLS
