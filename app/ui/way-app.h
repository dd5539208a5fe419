/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The desktop application: single instance, actions, lifecycle. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

int way_app_run (int argc, char **argv);

G_END_DECLS
