/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a provider wants back unread on the next turn, carried through clients that speak another
 * dialect: as the client's own kind of signature, or inside the id of a tool call. Pure. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void way_signature_append (GString *out, const char *raw, const char *origin, const char *face);
void
way_signature_split (const char *text, const char *face, const char **ret_raw, char **ret_origin);
void way_tool_id_append (GString *out, const char *id, const char *signature, const char *origin);
char *way_tool_id_split (const char *text, char **ret_signature, char **ret_origin);
gboolean way_signature_is_tagged (const char *text, gsize length);
gboolean way_signature_is_foreign (const char *data, gsize length);

G_END_DECLS
