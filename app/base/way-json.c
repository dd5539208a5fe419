/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* json-glib behind bounds. Any thread. */

#include "way-json.h"

#include "way-error.h"
#include "way-limits.h"

#include <string.h>

/* json-glib's parser recurses, so depth is bounded before it starts. Brackets in strings do not
 * count. */
static gboolean
depth_is_bounded (const char *data, gsize length)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++)
    if (in_string && data[i] == '\\')
      i++;
    else if (data[i] == '"')
      in_string = !in_string;
    else if (!in_string && (data[i] == '{' || data[i] == '['))
      {
        if (++depth > WAY_LIMIT_JSON_DEPTH)
          return FALSE;
      }
    else if (!in_string && (data[i] == '}' || data[i] == ']') && depth > 0)
      depth--;
  return TRUE;
}

/**
 * way_json_parse:
 * @length: in bytes
 *
 * Returns: (transfer full): the root; else %WAY_ERROR_BAD_REQUEST with line and column
 */
JsonNode *
way_json_parse (const char *data, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) failure = NULL;
  JsonNode *root;

  if (!depth_is_bounded (data, length))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "The JSON is nested deeper than %d levels", WAY_LIMIT_JSON_DEPTH);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, data, length, &failure))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "This is not JSON: %s",
                   failure->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (!root)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "This is not JSON: it is empty");
  return root;
}

static JsonNode *
get_typed (JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node
                                                                                         : NULL;
}

/**
 * way_json_get_string:
 *
 * Returns: (transfer none) (nullable): the member if it is a string
 */
const char *
way_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_typed (object, name, G_TYPE_STRING);

  return node ? json_node_get_string (node) : NULL;
}

/**
 * way_json_get_int:
 *
 * Returns: the member if it is a whole number between @minimum and @maximum, else @fallback
 */
gint64
way_json_get_int (
  JsonObject *object, const char *name, gint64 minimum, gint64 maximum, gint64 fallback)
{
  JsonNode *node = get_typed (object, name, G_TYPE_INT64);
  gint64 value = node ? json_node_get_int (node) : fallback;

  return node && value >= minimum && value <= maximum ? value : fallback;
}

gboolean
way_json_get_boolean (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = get_typed (object, name, G_TYPE_BOOLEAN);

  return node ? json_node_get_boolean (node) : fallback;
}

/**
 * way_json_get_object:
 *
 * Returns: (transfer none) (nullable): the member if it is an object
 */
JsonObject *
way_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * way_json_get_array:
 *
 * Returns: (transfer none) (nullable): the member if it is an array
 */
JsonArray *
way_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * way_json_print:
 * @pretty: two spaces a level
 *
 * Returns: (transfer full): @node as text
 */
char *
way_json_print (JsonNode *node, gboolean pretty)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();

  json_generator_set_root (generator, node);
  json_generator_set_pretty (generator, pretty);
  json_generator_set_indent (generator, 2);
  return json_generator_to_data (generator, NULL);
}

static void
append_escaped (GString *text, guchar c)
{
  static const char escapes[] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
  };

  if (c < sizeof escapes && escapes[c])
    {
      g_string_append_c (text, '\\');
      g_string_append_c (text, escapes[c]);
    }
  else
    g_string_append_printf (text, "\\u%04x", c);
}

/**
 * way_json_append_string_len:
 * @value: UTF-8; what is not valid becomes U+FFFD
 * @length: in bytes
 *
 * Appends a JSON string, escaping what RFC 8259 §7 demands and nothing else.
 */
void
way_json_append_string_len (GString *text, const char *value, gsize length)
{
  g_autofree char *valid = NULL;
  gsize start = 0;

  if (!g_utf8_validate_len (value, length, NULL))
    {
      valid = g_utf8_make_valid (value, length);
      value = valid;
      length = strlen (valid);
    }
  g_string_append_c (text, '"');
  for (gsize i = 0; i < length; i++)
    {
      guchar c = value[i];

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (text, value + start, i - start);
      append_escaped (text, c);
      start = i + 1;
    }
  g_string_append_len (text, value + start, length - start);
  g_string_append_c (text, '"');
}

void
way_json_append_string (GString *text, const char *value)
{
  way_json_append_string_len (text, value, strlen (value));
}

/**
 * way_json_append_nullable:
 * @value: (nullable): NULL appends null
 */
void
way_json_append_nullable (GString *text, const char *value)
{
  if (value)
    way_json_append_string (text, value);
  else
    g_string_append (text, "null");
}

/**
 * way_json_append_member:
 * @name: needs no escaping
 * @json: of the value
 *
 * Appends one more member, with the comma before it.
 */
void
way_json_append_member (GString *text, const char *name, const char *json)
{
  g_string_append_printf (text, ",\"%s\":%s", name, json);
}

/**
 * way_json_append_string_member:
 * @name: needs no escaping
 * @value: (nullable): NULL is as ""
 *
 * As way_json_append_member(), of a string.
 */
void
way_json_append_string_member (GString *text, const char *name, const char *value)
{
  way_json_append_member (text, name, "");
  way_json_append_string (text, value ? value : "");
}

/**
 * way_json_append_decimal:
 * @value: in units of 10^-@fraction_digits
 *
 * Appends @value exactly and without trailing zeros: 1234500 with 9 digits is 0.0012345.
 */
void
way_json_append_decimal (GString *text, gint64 value, guint fraction_digits)
{
  guint64 magnitude = value < 0 ? -(guint64)value : (guint64)value;
  guint64 unit = 1;

  for (guint i = 0; i < fraction_digits; i++)
    unit *= 10;
  g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, value < 0 ? "-" : "", magnitude / unit);
  if (magnitude % unit == 0)
    return;
  g_string_append_printf (text, ".%0*" G_GUINT64_FORMAT, (int)fraction_digits, magnitude % unit);
  while (text->str[text->len - 1] == '0')
    g_string_truncate (text, text->len - 1);
}
