/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Strict getters over a JSON tree. A getter returns FALSE or NULL both for an absent member and for
 * a faulty one; the fault list tells them apart. Any thread; nothing is shared. */

#include "way-reader.h"

#include <string.h>

#define PPM_DIGITS 6
#define CLIP_CHARACTERS 60

void
way_reader_init (WayReader *reader, GPtrArray *faults, GPtrArray *warnings)
{
  reader->faults = faults;
  reader->warnings = warnings;
  reader->path = g_string_new (NULL);
}

void
way_reader_clear (WayReader *reader)
{
  g_string_free (reader->path, TRUE);
  reader->path = NULL;
}

/* Descends into a member; give the result to way_reader_leave(). */
gsize
way_reader_enter (WayReader *reader, const char *member)
{
  gsize mark = reader->path->len;
  if (mark > 0)
    g_string_append_c (reader->path, '.');
  g_string_append (reader->path, member);
  return mark;
}

gsize
way_reader_enter_element (WayReader *reader, guint index)
{
  gsize mark = reader->path->len;
  g_string_append_printf (reader->path, "[%u]", index);
  return mark;
}

void
way_reader_leave (WayReader *reader, gsize mark)
{
  g_string_truncate (reader->path, mark);
}

static void
add_message (WayReader *reader, GPtrArray *list, const char *member, const char *text)
{
  g_autofree char *clipped = member == NULL ? NULL : way_text_clip (member);
  const char *dot = clipped != NULL && reader->path->len > 0 ? "." : "";
  const char *tail = clipped == NULL ? "" : clipped;
  const char *path = reader->path->len == 0 && clipped == NULL ? "$" : reader->path->str;

  g_ptr_array_add (list, g_strconcat (path, dot, tail, ": ", text, NULL));
}

/* Notes a fault of the place the reader is at, or of its @member (nullable). */
void
way_reader_fault (WayReader *reader, const char *member, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  add_message (reader, reader->faults, member, text);
}

void
way_reader_warn (WayReader *reader, const char *member, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  add_message (reader, reader->warnings, member, text);
}

static const char *
describe_node (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return "an object";
    case JSON_NODE_ARRAY:
      return "an array";
    case JSON_NODE_NULL:
      return "null";
    case JSON_NODE_VALUE:
      break;
    }

  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return "a string";
  if (type == G_TYPE_BOOLEAN)
    return "a boolean";
  return type == G_TYPE_INT64 ? "a number" : "a fraction";
}

static gboolean
holds (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* The member if it is there and passes @right, else NULL with a fault if it is there. */
static JsonNode *
get_value (
  WayReader *reader, JsonObject *object, const char *name, GType type, const char *expected)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL || holds (node, type))
    return node;
  way_reader_fault (reader, name, "must be %s, not %s", expected, describe_node (node));
  return NULL;
}

/* A non-empty string, borrowed from the tree. */
const char *
way_reader_get_string (WayReader *reader, JsonObject *object, const char *name, WayReaderNeed need)
{
  if (need == WAY_READER_REQUIRED && !json_object_has_member (object, name))
    {
      way_reader_fault (reader, name, "is required");
      return NULL;
    }
  JsonNode *node = get_value (reader, object, name, G_TYPE_STRING, "a string");
  if (node == NULL)
    return NULL;

  const char *text = json_node_get_string (node);
  if (text[0] != '\0')
    return text;
  way_reader_fault (reader, name, "must not be empty");
  return NULL;
}

gboolean
way_reader_get_boolean (WayReader *reader,
                        JsonObject *object,
                        const char *name,
                        gboolean *ret_value)
{
  JsonNode *node = get_value (reader, object, name, G_TYPE_BOOLEAN, "true or false");
  if (node == NULL)
    return FALSE;
  *ret_value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
way_reader_get_int (WayReader *reader,
                    JsonObject *object,
                    const char *name,
                    gint64 minimum,
                    gint64 maximum,
                    gint64 *ret_value)
{
  JsonNode *node = get_value (reader, object, name, G_TYPE_INT64, "a whole number");
  if (node == NULL)
    return FALSE;

  gint64 value = json_node_get_int (node);
  if (value < minimum || value > maximum)
    {
      way_reader_fault (reader, name, "must be from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                        minimum, maximum);
      return FALSE;
    }
  *ret_value = value;
  return TRUE;
}

/* Digits, a point, at most six digits; exact, in millionths. */
static gboolean
parse_decimal (const char *text, gint64 maximum_ppm, gint64 *ret_ppm)
{
  gint64 ppm = 0;
  guint fraction_digits = 0;
  gboolean in_fraction = FALSE;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '.' && !in_fraction)
        {
          in_fraction = TRUE;
          continue;
        }
      if (!g_ascii_isdigit (*c) || fraction_digits == PPM_DIGITS || ppm > maximum_ppm)
        return FALSE;
      fraction_digits += in_fraction ? 1 : 0;
      ppm = ppm * 10 + (*c - '0');
    }
  if (in_fraction && fraction_digits == 0)
    return FALSE;
  for (; fraction_digits < PPM_DIGITS && ppm <= maximum_ppm; fraction_digits++)
    ppm *= 10;
  if (ppm > maximum_ppm)
    return FALSE;
  *ret_ppm = ppm;
  return TRUE;
}

/* A decimal number in a string, since JSON numbers lose their spelling; from 0 to @maximum. */
gboolean
way_reader_get_decimal (
  WayReader *reader, JsonObject *object, const char *name, gint64 maximum, gint64 *ret_ppm)
{
  JsonNode *node =
    get_value (reader, object, name, G_TYPE_STRING, "a decimal number in a string (\"1.25\")");
  if (node == NULL)
    return FALSE;
  if (parse_decimal (json_node_get_string (node), maximum * G_USEC_PER_SEC, ret_ppm))
    return TRUE;
  way_reader_fault (reader, name,
                    "must be a decimal number in a string, from \"0\" to \"%" G_GINT64_FORMAT
                    "\" with at most six decimals",
                    maximum);
  return FALSE;
}

/* One word of a closed list; NULL ends @choices. */
static gboolean
find_choice (WayReader *reader,
             const char *name,
             const char *word,
             const char *const *choices,
             guint *ret_index)
{
  for (guint i = 0; choices[i] != NULL; i++)
    if (g_str_equal (choices[i], word))
      {
        *ret_index = i;
        return TRUE;
      }

  g_autofree char *known = g_strjoinv (", ", (char **)choices);
  g_autofree char *clipped = way_text_clip (word);
  g_autofree char *suggestion = way_text_suggest (word, choices);
  way_reader_fault (reader, name, "\"%s\" is unknown; known are %s%s", clipped, known,
                    suggestion == NULL ? "" : suggestion);
  return FALSE;
}

gboolean
way_reader_get_choice (WayReader *reader,
                       JsonObject *object,
                       const char *name,
                       const char *const *choices,
                       guint *ret_index)
{
  const char *word = way_reader_get_string (reader, object, name, WAY_READER_OPTIONAL);
  return word != NULL && find_choice (reader, name, word, choices, ret_index);
}

static const char *
get_text (WayReader *reader, JsonNode *node, const char *const *choices)
{
  guint index;

  if (!holds (node, G_TYPE_STRING))
    way_reader_fault (reader, NULL, "must be a string, not %s", describe_node (node));
  else if (json_node_get_string (node)[0] == '\0')
    way_reader_fault (reader, NULL, "must not be empty");
  else if (choices == NULL ||
           find_choice (reader, NULL, json_node_get_string (node), choices, &index))
    return json_node_get_string (node);
  return NULL;
}

/* An array of non-empty strings, each one of @choices (nullable); NULL when absent or no array,
 * without those at fault. Free with g_strfreev(). */
char **
way_reader_dup_strings (WayReader *reader,
                        JsonObject *object,
                        const char *name,
                        const char *const *choices)
{
  JsonArray *array = way_reader_get_array (reader, object, name);
  if (array == NULL)
    return NULL;

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gsize mark = way_reader_enter (reader, name);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      const char *text = get_text (reader, json_array_get_element (array, i), choices);
      if (text != NULL)
        g_strv_builder_add (builder, text);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
  return g_strv_builder_end (builder);
}

JsonObject *
way_reader_get_object (WayReader *reader, JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  way_reader_fault (reader, name, "must be an object, not %s", describe_node (node));
  return NULL;
}

JsonArray *
way_reader_get_array (WayReader *reader, JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  way_reader_fault (reader, name, "must be an array, not %s", describe_node (node));
  return NULL;
}

/* An element that is to be an object; the reader must have entered it already. */
JsonObject *
way_reader_get_element (WayReader *reader, JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  way_reader_fault (reader, NULL, "must be an object, not %s", describe_node (node));
  return NULL;
}

/* Whether a member of this name would hold a secret, in whatever spelling: api_key, apiKey … */
static gboolean
sounds_secret (const char *name)
{
  static const char *const words[] = {
    "key",         "apikey",        "apitoken",   "token",       "accesstoken", "authtoken",
    "bearertoken", "bearer",        "secret",     "apisecret",   "secretkey",   "accesskey",
    "password",    "authorization", "credential", "credentials", NULL,
  };
  g_autoptr (GString) bare = g_string_new (NULL);
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (bare, g_ascii_tolower (*c));
  return g_strv_contains (words, bare->str);
}

/* Warns of each member that is not in @known. One whose name says it holds a secret is a fault that
 * gives @secret_advice: it would be a secret in a plain file, and have no effect. */
void
way_reader_check_members (WayReader *reader,
                          JsonObject *object,
                          const char *const *known,
                          const char *secret_advice)
{
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *item = names; item != NULL; item = item->next)
    {
      const char *name = item->data;
      if (g_strv_contains (known, name))
        continue;
      g_autofree char *suggestion = way_text_suggest (name, known);
      if (sounds_secret (name))
        way_reader_fault (reader, name, "no secret is kept in this file; %s", secret_advice);
      else
        way_reader_warn (reader, name, "unknown member, left as it is%s",
                         suggestion == NULL ? "" : suggestion);
    }
}

/* At most 60 characters of @text without control characters, for a message; free with g_free(). */
char *
way_text_clip (const char *text)
{
  g_autoptr (GString) clipped = g_string_new (NULL);
  guint characters = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (characters++ == CLIP_CHARACTERS)
        {
          g_string_append (clipped, "…");
          break;
        }
      gunichar character = g_utf8_get_char (c);
      g_string_append_unichar (clipped, g_unichar_iscntrl (character) ? 0xfffd : character);
    }
  return g_string_free (g_steal_pointer (&clipped), FALSE);
}

/* Levenshtein's distance, by bytes, of two short words. */
static guint
edit_distance (const char *a, gsize a_length, const char *b, gsize b_length)
{
  guint row[CLIP_CHARACTERS + 1];
  for (guint j = 0; j <= b_length; j++)
    row[j] = j;

  for (guint i = 1; i <= a_length; i++)
    {
      guint diagonal = row[0];
      row[0] = i;
      for (guint j = 1; j <= b_length; j++)
        {
          guint replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
          diagonal = row[j];
          row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
        }
    }
  return row[b_length];
}

/* "; did you mean "ollama"?" if one of @candidates is close to @word, else NULL. */
char *
way_text_suggest (const char *word, const char *const *candidates)
{
  gsize length = strlen (word);
  if (length > CLIP_CHARACTERS)
    return NULL;

  /* A third of the word may be wrong, two letters at most: beyond that it is another word. */
  guint best = MIN (2, ((guint)length + 2) / 3) + 1;
  const char *nearest = NULL;
  for (guint i = 0; candidates[i] != NULL; i++)
    {
      gsize candidate_length = strlen (candidates[i]);
      if (candidate_length > CLIP_CHARACTERS)
        continue;
      guint distance = edit_distance (word, length, candidates[i], candidate_length);
      if (distance < best)
        {
          best = distance;
          nearest = candidates[i];
        }
    }
  return nearest == NULL ? NULL : g_strdup_printf ("; did you mean \"%s\"?", nearest);
}
