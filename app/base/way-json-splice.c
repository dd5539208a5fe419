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

/* Adds at the end, so that what the client wrote comes first. */
static void
add_member (GArray *patches, const WayJsonSpan *object, const char *name, const char *json)
{
  const char *bracket = object->data + object->length - 1;

  add_patch (patches, bracket, bracket, g_strdup_printf ("\"%s\":%s", name, json));
}

/* The edits of one object: of the root, or of the members behind one dot. */
typedef struct
{
  const WayJsonEdit *edits;
  gsize n_edits;
  const char *outer; /* (nullable): name of the object, NULL for the root */
} Scope;

/* The name @edit gives to a member of the scope's own object, or NULL. */
static const char *
get_name_in_scope (const Scope *scope, const WayJsonEdit *edit)
{
  const char *dot = strchr (edit->path, '.');

  if (!scope->outer)
    return dot ? NULL : edit->path;
  if (!dot || strncmp (edit->path, scope->outer, dot - edit->path) != 0 ||
      scope->outer[dot - edit->path] != '\0')
    return NULL;
  return dot + 1;
}

static gboolean
is_removed (const Scope *scope, const WayJsonSpan *key)
{
  for (gsize i = 0; i < scope->n_edits; i++)
    {
      const char *name = get_name_in_scope (scope, &scope->edits[i]);

      if (name && !scope->edits[i].json && way_json_span_is (key, name))
        return TRUE;
    }
  return FALSE;
}

/* With each removed member goes what is between it and the last one that stays; of those at the
 * front, what is between them and the first one that stays. So as many commas go as members. */
static void
remove_members (GArray *patches, const WayJsonSpan *object, const Scope *scope)
{
  const char *kept_end = NULL;
  const char *front_start = NULL;
  const char *front_end = NULL;
  WayJsonSpan key, value;
  WayJsonCursor cursor;

  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &key, &value))
    {
      const char *end = value.data + value.length;

      if (!is_removed (scope, &key))
        {
          if (front_start)
            add_patch (patches, g_steal_pointer (&front_start), key.data, g_strdup (""));
          kept_end = end;
        }
      else if (kept_end)
        add_patch (patches, kept_end, end, g_strdup (""));
      else
        {
          front_start = front_start ? front_start : key.data;
          front_end = end;
        }
    }
  if (front_start)
    add_patch (patches, front_start, front_end, g_strdup (""));
}

/* Every occurrence is changed, since parsers disagree on which one counts. */
static void
set_member (GArray *patches, const WayJsonSpan *object, const char *name, const char *json)
{
  WayJsonSpan key, value;
  WayJsonCursor cursor;
  gboolean found = FALSE;

  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &key, &value))
    if (way_json_span_is (&key, name))
      {
        found = TRUE;
        add_patch (patches, value.data, value.data + value.length, g_strdup (json));
      }
  if (!found)
    add_member (patches, object, name, json);
}

static void
edit_object (GArray *patches, const WayJsonSpan *object, const Scope *scope)
{
  remove_members (patches, object, scope);
  for (gsize i = 0; i < scope->n_edits; i++)
    {
      const char *name = get_name_in_scope (scope, &scope->edits[i]);

      if (name && scope->edits[i].json)
        set_member (patches, object, name, scope->edits[i].json);
    }
}

/* What stands for an object that is not there yet; NULL if nothing is to be set in it. */
static char *
make_object (const Scope *scope)
{
  g_autoptr (GString) text = g_string_new ("{");

  for (gsize i = 0; i < scope->n_edits; i++)
    {
      const char *name = get_name_in_scope (scope, &scope->edits[i]);

      if (name && scope->edits[i].json)
        g_string_append_printf (text, "%s\"%s\":%s", text->len > 1 ? "," : "", name,
                                scope->edits[i].json);
    }
  return text->len > 1 ? g_strconcat (text->str, "}", NULL) : NULL;
}

static void
edit_nested (GArray *patches, const WayJsonSpan *root, const Scope *scope)
{
  g_autofree char *made = make_object (scope);
  WayJsonSpan key, value;
  WayJsonCursor cursor;
  gboolean found = FALSE;

  way_json_scan_begin (&cursor, root);
  while (way_json_scan_next (&cursor, &key, &value))
    {
      if (!way_json_span_is (&key, scope->outer))
        continue;
      found = TRUE;
      if (value.type == WAY_JSON_OBJECT)
        edit_object (patches, &value, scope);
      else if (made)
        add_patch (patches, value.data, value.data + value.length, g_strdup (made));
    }
  if (!found && made)
    add_member (patches, root, scope->outer, made);
}

/* Each object behind a dot once, by the first edit that names it. */
static void
edit_all_nested (GArray *patches, const WayJsonSpan *root, const WayJsonEdit *edits, gsize n_edits)
{
  for (gsize i = 0; i < n_edits; i++)
    {
      const char *dot = strchr (edits[i].path, '.');
      g_autofree char *outer = dot ? g_strndup (edits[i].path, dot - edits[i].path) : NULL;
      const Scope scope = { edits, n_edits, outer };
      gsize first = 0;

      if (!outer)
        continue;
      while (!get_name_in_scope (&scope, &edits[first]))
        first++;
      if (first == i)
        edit_nested (patches, root, &scope);
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

static GBytes *
splice (GBytes *body, const WayJsonSpan *root, const WayJsonEdit *edits, gsize n_edits)
{
  g_autoptr (GArray) patches = g_array_new (FALSE, FALSE, sizeof (Patch));

  g_array_set_clear_func (patches, patch_clear);
  edit_object (patches, root, &(const Scope){ edits, n_edits, NULL });
  edit_all_nested (patches, root, edits, n_edits);
  return apply_patches (body, patches);
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
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  WayJsonSpan root;

  if (!data || !way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                           "The request's body is not a JSON object");
      return NULL;
    }
  return splice (body, &root, edits, n_edits);
}

/**
 * way_json_splice_valid:
 * @body: a JSON object that was validated before
 * @edits: (array length=n_edits): each of another member
 *
 * As way_json_splice(), without a second look at every byte.
 *
 * Returns: (transfer full): @body with the edits
 */
GBytes *
way_json_splice_valid (GBytes *body, const WayJsonEdit *edits, gsize n_edits)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  WayJsonSpan root = way_json_scan_root (data, length);

  g_return_val_if_fail (root.type == WAY_JSON_OBJECT, g_bytes_ref (body));
  return splice (body, &root, edits, n_edits);
}
