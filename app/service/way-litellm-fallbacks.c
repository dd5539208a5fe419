/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of the LiteLLM import that reads aliases and fallbacks: names of groups that stand for
 * other groups. */

#include "way-litellm-private.h"

#define ANY_MODEL "*"
#define FALLBACKS_MAX 64 /* of one route: beyond all use, and keeps what comes out in bounds */

/* The group of that name; NULL if there is none. */
WayLitellmGroup *
way_litellm_find_group (const WayLitellmImport *import, const char *name)
{
  for (guint i = 0; i < import->groups->len; i++)
    {
      WayLitellmGroup *group = g_ptr_array_index (import->groups, i);

      if (g_str_equal (group->name, name))
        return group;
    }
  return NULL;
}

static void
add_alias (WayLitellmImport *import, const WayLitellmPlace *place, const WayYamlItem *item)
{
  const char *name = item->node->type == WAY_YAML_SCALAR
                       ? item->node->text
                       : way_litellm_get_text (item->node, "model");
  const WayLitellmGroup *meant = name == NULL ? NULL : way_litellm_find_group (import, name);

  if (meant == NULL)
    {
      way_litellm_note (place, item, "is left out: it means no model of model_list that is kept");
      return;
    }
  if (!way_litellm_is_name (item->name) || way_litellm_find_group (import, item->name) != NULL)
    {
      way_litellm_note (place, item, "is left out: another model has this name, or it is none");
      return;
    }
  WayLitellmGroup *alias = g_new0 (WayLitellmGroup, 1);
  alias->name = g_strdup (item->name);
  alias->line = item->line;
  alias->targets = g_ptr_array_ref (meant->targets);
  alias->fallbacks = g_ptr_array_new ();
  g_ptr_array_add (import->groups, alias);
}

/* Makes a group of each alias; to be called before fallbacks are read. */
void
way_litellm_read_aliases (WayLitellmImport *import,
                          const WayLitellmPlace *place,
                          const WayYamlNode *node)
{
  for (guint i = 0; i < way_yaml_get_length (node); i++)
    if (way_yaml_get_item (node, i)->name != NULL)
      add_alias (import, place, way_yaml_get_item (node, i));
}

/* Returns whether there was room for all. */
static gboolean
add_targets (WayLitellmGroup *group, const WayLitellmGroup *from)
{
  /* A group and its aliases share their targets. */
  for (guint i = 0; from->targets != group->targets && i < from->targets->len; i++)
    {
      gpointer target = g_ptr_array_index (from->targets, i);

      if (group->fallbacks->len >= FALLBACKS_MAX)
        return FALSE;
      if (!g_ptr_array_find (group->fallbacks, target, NULL))
        g_ptr_array_add (group->fallbacks, target);
    }
  return TRUE;
}

/* @groups fall back to each model that @names lists. */
static void
add_fallbacks (WayLitellmImport *import,
               const WayLitellmPlace *place,
               const WayYamlItem *names,
               const GPtrArray *groups)
{
  const guint n_names =
    names->node->type == WAY_YAML_SEQUENCE ? way_yaml_get_length (names->node) : 0;

  for (guint i = 0; i < n_names; i++)
    {
      const WayYamlItem *item = way_yaml_get_item (names->node, i);
      const WayLitellmGroup *from = item->node->type == WAY_YAML_SCALAR
                                      ? way_litellm_find_group (import, item->node->text)
                                      : NULL;

      if (from == NULL)
        way_litellm_note (place, item, "is no model of model_list that is kept");
      gboolean fits = TRUE;
      for (guint j = 0; from != NULL && j < groups->len; j++)
        fits = add_targets (g_ptr_array_index (groups, j), from) && fits;
      if (!fits)
        way_litellm_note (place, item, "is left out where %d targets come before it",
                          FALLBACKS_MAX);
    }
  if (n_names == 0)
    way_litellm_note (place, names, "must be a list of models");
}

/* Groups that nothing else falls back for. */
static GPtrArray *
list_without_fallbacks (const WayLitellmImport *import)
{
  GPtrArray *groups = g_ptr_array_new ();

  for (guint i = 0; i < import->groups->len; i++)
    {
      WayLitellmGroup *group = g_ptr_array_index (import->groups, i);

      if (group->fallbacks->len == 0)
        g_ptr_array_add (groups, group);
    }
  return groups;
}

static void
read_fallback (WayLitellmImport *import, const WayLitellmPlace *place, const WayYamlItem *item)
{
  WayLitellmGroup *group = way_litellm_find_group (import, item->name);
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();

  if (group == NULL)
    {
      way_litellm_note (place, item, "is no model of model_list that is kept");
      return;
    }
  g_ptr_array_add (groups, group);
  add_fallbacks (import, place, item, groups);
}

/* Goes over [{"a": ["b"]}]: those for named models if not @only_any, else those for "*". */
static void
walk_fallbacks (WayLitellmImport *import,
                const WayLitellmPlace *place,
                const WayYamlNode *list,
                gboolean only_any)
{
  for (guint i = 0; i < way_yaml_get_length (list); i++)
    {
      const WayYamlNode *entry = way_yaml_get_item (list, i)->node;
      g_autofree char *path = g_strdup_printf ("%s[%u]", place->path, i);
      const WayLitellmPlace inner = { path, place->notes };

      for (guint j = 0; j < way_yaml_get_length (entry); j++)
        {
          const WayYamlItem *item = way_yaml_get_item (entry, j);

          if (item->name == NULL || g_str_equal (item->name, ANY_MODEL) != only_any)
            continue;
          g_autoptr (GPtrArray) rest = only_any ? list_without_fallbacks (import) : NULL;
          if (only_any)
            add_fallbacks (import, &inner, item, rest);
          else
            read_fallback (import, &inner, item);
        }
    }
}

/* Reads "fallbacks" or "context_window_fallbacks" of @settings: @name says which. */
void
way_litellm_read_fallbacks (WayLitellmImport *import,
                            const WayLitellmPlace *place,
                            const WayYamlNode *settings,
                            const char *name)
{
  const WayYamlItem *item = way_yaml_find (settings, name);
  if (item == NULL || way_yaml_is_null (item->node))
    return;

  g_autofree char *path = g_strconcat (place->path, ".", name, NULL);
  const WayLitellmPlace inner = { path, place->notes };
  if (item->node->type != WAY_YAML_SEQUENCE)
    {
      way_litellm_note (place, item, "must be a list");
      return;
    }
  walk_fallbacks (import, &inner, item->node, FALSE);
  walk_fallbacks (import, &inner, item->node, TRUE);
  if (g_str_equal (name, "context_window_fallbacks"))
    way_litellm_note (place, item,
                      "become fallbacks for every failure; a prompt that is too long for a model "
                      "goes on to the next by itself");
}

/* Reads "default_fallbacks" of @settings, for every model without others; to be called last. */
void
way_litellm_read_default_fallbacks (WayLitellmImport *import,
                                    const WayLitellmPlace *place,
                                    const WayYamlNode *settings)
{
  const WayYamlItem *item = way_yaml_find (settings, "default_fallbacks");
  if (item == NULL || way_yaml_is_null (item->node))
    return;

  g_autofree char *path = g_strconcat (place->path, ".default_fallbacks", NULL);
  const WayLitellmPlace inner = { path, place->notes };
  g_autoptr (GPtrArray) groups = list_without_fallbacks (import);
  add_fallbacks (import, &inner, item, groups);
}
