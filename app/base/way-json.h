/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* json-glib behind bounds: getters that check type and range, and text that is valid JSON. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *way_json_parse (const char *data, gsize length, GError **error);
const char *way_json_get_string (JsonObject *object, const char *name);
gint64 way_json_get_int (
  JsonObject *object, const char *name, gint64 minimum, gint64 maximum, gint64 fallback);
gboolean way_json_get_boolean (JsonObject *object, const char *name, gboolean fallback);
JsonObject *way_json_get_object (JsonObject *object, const char *name);
JsonArray *way_json_get_array (JsonObject *object, const char *name);
char *way_json_print (JsonNode *node, gboolean pretty);

void way_json_append_string (GString *text, const char *value);
void way_json_append_string_len (GString *text, const char *value, gsize length);
void way_json_append_nullable (GString *text, const char *value);
void way_json_append_member (GString *text, const char *name, const char *json);
void way_json_append_string_member (GString *text, const char *name, const char *value);
void way_json_append_decimal (GString *text, gint64 value, guint fraction_digits);

G_END_DECLS
