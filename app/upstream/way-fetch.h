/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One file from one address, for a command that has nothing else to do. Blocks. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean way_fetch_check_url (const char *url, GError **error);
GBytes *way_fetch (const char *url, GError **error);

G_END_DECLS
