/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Replace members of a JSON object in the caller's own bytes. Any thread. */

#include "way-json-splice.h"

#include "way-error.h"
#include "way-json-scan.h"

#include <string.h>

/* A stretch of the body and what takes its place; an addition takes none, and a comma if it needs
 * one. */
typedef struct
{
  const char *start;
  const char *end;
  char *text; /* owned */
} Patch;

static void
patch_clear (gpointer data)
{
  g_free (((Patch *)data)->text);
}

static void
add_patch (GArray *patches, const char *start, const char *end, char *text)
{
  Patch patch = { start, end, text };

  g_array_append_val (patches, patch);
}

/* Removes a member and one of its commas: the one before it or, for the first, the one behind it.
 */
static void
remove_member (GArray *patches,
               const WayJsonSpan *object,
               const WayJsonSpan *name,
               const WayJsonSpan *value)
{
  const char *start = name->data;
  const char *end = value->data + value->length;
  const char *before = start - 1;
  const char *behind = end;

  while (strchr (" \t\r\n", *before))
    before--;
  if (*before == ',')
    {
      add_patch (patches, before, end, g_strdup (""));
      return;
    }
  while (behind < object->data + object->length && strchr (" \t\r\n", *behind))
    behind++;
  add_patch (patches, start, *behind == ',' ? behind + 1 : end, g_strdup (""));
}

/* Adds at the end, so that what the client wrote comes first. */
static void
add_member (GArray *patches, const WayJsonSpan *object, const char *name, const char *json)
{
  const char *bracket = object->data + object->length - 1;

  add_patch (patches, bracket, bracket, g_strdup_printf ("\"%s\":%s", name, json));
}

/* Every occurrence is changed, since parsers disagree on which one counts. */
static void
edit_object (GArray *patches, const WayJsonSpan *object, const char *name, const char *json)
{
  WayJsonSpan key, value;
  WayJsonCursor cursor;
  gboolean found = FALSE;

  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &key, &value))
    {
      if (!way_json_span_is (&key, name))
        continue;
      found = TRUE;
      if (json)
        add_patch (patches, value.data, value.data + value.length, g_strdup (json));
      else
        remove_member (patches, object, &key, &value);
    }
  if (!found && json)
    add_member (patches, object, name, json);
}

static void
edit_nested (GArray *patches, const WayJsonSpan *root, const char *path, const char *json)
{
  const char *dot = strchr (path, '.');
  g_autofree char *outer = g_strndup (path, dot - path);
  WayJsonSpan key, value;
  WayJsonCursor cursor;
  gboolean found = FALSE;

  way_json_scan_begin (&cursor, root);
  while (way_json_scan_next (&cursor, &key, &value))
    {
      if (!way_json_span_is (&key, outer))
        continue;
      found = TRUE;
      if (value.type == WAY_JSON_OBJECT)
        edit_object (patches, &value, dot + 1, json);
      else if (json)
        add_patch (patches, value.data, value.data + value.length,
                   g_strdup_printf ("{\"%s\":%s}", dot + 1, json));
    }
  if (!found && json)
    {
      g_autofree char *object = g_strdup_printf ("{\"%s\":%s}", dot + 1, json);

      add_member (patches, root, outer, object);
    }
}

static int
compare_patches (gconstpointer a, gconstpointer b)
{
  const Patch *first = a;
  const Patch *second = b;

  return (first->start > second->start) - (first->start < second->start);
}

static gboolean
follows_member (const GString *text)
{
  gsize at = text->len;

  while (strchr (" \t\r\n", text->str[at - 1]))
    at--;
  return text->str[at - 1] != '{' && text->str[at - 1] != ',';
}

static GBytes *
apply_patches (GBytes *body, GArray *patches)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  const char *end = data + length;
  GString *result = g_string_sized_new (length + 64 * patches->len);

  g_array_sort (patches, compare_patches);
  for (guint i = 0; i < patches->len; i++)
    {
      const Patch *patch = &g_array_index (patches, Patch, i);

      const char *start = MAX (patch->start, data); /* two removals may share a comma */

      g_string_append_len (result, data, start - data);
      if (patch->start == patch->end && follows_member (result))
        g_string_append_c (result, ',');
      g_string_append (result, patch->text);
      data = MAX (patch->end, data);
    }
  g_string_append_len (result, data, end - data);
  return g_string_free_to_bytes (result);
}

/**
 * way_json_splice:
 * @body: a JSON object
 * @edits: (array length=n_edits): each of another member
 *
 * Any thread. Returns: (transfer full): @body with the edits, all other bytes as they were; else
 *   %WAY_ERROR_BAD_REQUEST if @body is no JSON object
 */
GBytes *
way_json_splice (GBytes *body, const WayJsonEdit *edits, gsize n_edits, GError **error)
{
  g_autoptr (GArray) patches = g_array_new (FALSE, FALSE, sizeof (Patch));
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  WayJsonSpan root;

  if (!data || !way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                           "The request's body is not a JSON object");
      return NULL;
    }
  g_array_set_clear_func (patches, patch_clear);
  for (gsize i = 0; i < n_edits; i++)
    if (strchr (edits[i].path, '.'))
      edit_nested (patches, &root, edits[i].path, edits[i].json);
    else
      edit_object (patches, &root, edits[i].path, edits[i].json);
  return apply_patches (body, patches);
}
