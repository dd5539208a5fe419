/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Ranks names by how likely they are what was meant. Pure. */

#include "way-near-names.h"

#include "way-limits.h"

#include <string.h>

/* Distances from here on are no likeness. */
#define FAR G_MAXUINT

typedef struct
{
  const char *name; /* borrowed */
  guint distance;
} Ranked;

static guint
min3 (guint a, guint b, guint c)
{
  return MIN (MIN (a, b), c);
}

/* Levenshtein's edit distance over bytes, case aside. Both at most WAY_LIMIT_NAME_BYTES long. */
static guint
edit_distance (const char *a, const char *b)
{
  guint row[WAY_LIMIT_NAME_BYTES + 1];
  gsize length_b = strlen (b);

  for (guint j = 0; j <= length_b; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];
      row[0] = i;
      for (guint j = 1; j <= length_b; j++)
        {
          gboolean same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);
          guint next = min3 (row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1));
          diagonal = row[j];
          row[j] = next;
        }
    }
  return row[length_b];
}

/* A name that begins with the wanted one, or the other way round, is as near as one slip; others by
 * their edits, up to a third of the wanted name. */
static guint
rank (const char *wanted, const char *name)
{
  gsize length = strlen (wanted);
  gsize name_length = strlen (name);
  const char *base = strrchr (name, '/');

  if (length > WAY_LIMIT_NAME_BYTES || name_length > WAY_LIMIT_NAME_BYTES)
    return FAR;
  if (g_ascii_strncasecmp (wanted, name, MIN (length, name_length)) == 0)
    return 1;
  if (base != NULL && g_ascii_strncasecmp (wanted, base + 1, length) == 0)
    return 1;

  guint distance = edit_distance (wanted, name);
  return distance <= MAX (length / 3, 2) ? distance : FAR;
}

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *left = a;
  const Ranked *right = b;

  if (left->distance != right->distance)
    return left->distance < right->distance ? -1 : 1;
  return strcmp (left->name, right->name);
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_str_equal (g_ptr_array_index (names, i), name))
      return TRUE;
  return FALSE;
}

/**
 * way_near_names:
 * @wanted: the name that was not found
 * @names: (element-type utf8): the names there are, in any order, doubles allowed
 * @max_names: at most so many are returned
 *
 * Finds the names that may have been meant: same beginning or few edits away.
 *
 * Returns: (transfer container) (element-type utf8): nearest first, borrowed from @names
 */
GPtrArray *
way_near_names (const char *wanted, GPtrArray *names, guint max_names)
{
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));
  GPtrArray *near = g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      Ranked one = { name, rank (wanted, name) };
      if (one.distance != FAR)
        g_array_append_val (ranked, one);
    }
  g_array_sort (ranked, compare_ranked);

  for (guint i = 0; i < ranked->len && near->len < max_names; i++)
    {
      const char *name = g_array_index (ranked, Ranked, i).name;
      if (!holds (near, name))
        g_ptr_array_add (near, (gpointer)name);
    }
  return near;
}
