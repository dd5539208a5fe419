/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Model lists as providers give them. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char **way_model_list_parse (const char *data, gsize length, GError **error);
gboolean way_model_list_is_ollama_version (const char *data, gsize length);

G_END_DECLS
