/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Replace members of a JSON object in the caller's own bytes: everything else stays byte for byte,
 * number spelling, unknown members, order and white space included. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WayJsonEdit:
 * @path: member name at the top level, or two names joined by a dot, e.g.
 * "stream_options.include_usage"
 * @json: JSON text of the new value, or NULL to remove the member
 *
 * One change. A member that is not there is added at the end of its object; where a name occurs
 * more than once every occurrence is changed, since parsers disagree on which one counts.
 */
typedef struct
{
  const char *path;
  const char *json;
} WayJsonEdit;

GBytes *way_json_splice (GBytes *body, const WayJsonEdit *edits, gsize n_edits, GError **error);
GBytes *way_json_splice_valid (GBytes *body, const WayJsonEdit *edits, gsize n_edits);

G_END_DECLS
