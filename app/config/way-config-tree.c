/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Edits of the config's JSON tree: what is not named by an edit keeps its place and its value.
 * Pure but for the tree. */

#include "way-config-tree.h"

#include "way-error.h"
#include "way-json.h"

/* A copy that may be changed, all the way down; json_node_copy() shares objects and arrays. */
JsonNode *
way_config_tree_copy (JsonNode *root)
{
  g_autofree char *text = way_json_print (root, FALSE);
  g_autoptr (JsonParser) parser = json_parser_new ();
  gboolean read_back = json_parser_load_from_data (parser, text, -1, NULL);
  g_assert (read_back);
  return json_parser_steal_root (parser);
}

static const char *
get_key (JsonNode *element, const WayConfigList *list)
{
  return JSON_NODE_HOLDS_OBJECT (element)
           ? way_json_get_string (json_node_get_object (element), list->key)
           : NULL;
}

/* The object of that key, borrowed from the tree, or NULL. */
JsonObject *
way_config_tree_find (JsonObject *root, const WayConfigList *list, const char *key)
{
  JsonArray *array = way_json_get_array (root, list->member);
  guint length = array == NULL ? 0 : json_array_get_length (array);
  for (guint i = 0; i < length; i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      if (g_strcmp0 (get_key (element, list), key) == 0)
        return json_node_get_object (element);
    }
  return NULL;
}

/* @newer in the order of @older, with those members of @older that nobody here understands. */
static JsonNode *
merge (JsonObject *older, JsonObject *newer, const char *const *known)
{
  JsonObject *merged = json_object_new ();
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  json_object_iter_init_ordered (&iter, older);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      JsonNode *replacement = json_object_get_member (newer, name);
      if (replacement != NULL)
        json_object_set_member (merged, name, json_node_copy (replacement));
      else if (!g_strv_contains (known, name))
        json_object_set_member (merged, name, json_node_copy (value));
    }
  json_object_iter_init_ordered (&iter, newer);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    if (!json_object_has_member (merged, name))
      json_object_set_member (merged, name, json_node_copy (value));

  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, merged);
  return node;
}

static JsonNode *
wrap (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

/* Replaces the object with the same key, in its place, or appends. */
gboolean
way_config_tree_put (JsonObject *root,
                     const WayConfigList *list,
                     JsonObject *object,
                     GError **error)
{
  const char *key = way_json_get_string (object, list->key);
  if (key == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG, "%s: is required", list->key);
      return FALSE;
    }

  JsonArray *old = way_json_get_array (root, list->member);
  guint length = old == NULL ? 0 : json_array_get_length (old);
  JsonArray *array = json_array_new ();
  gboolean replaced = FALSE;
  for (guint i = 0; i < length; i++)
    {
      JsonNode *element = json_array_get_element (old, i);
      if (g_strcmp0 (get_key (element, list), key) != 0)
        {
          json_array_add_element (array, json_node_copy (element));
          continue;
        }
      json_array_add_element (array, merge (json_node_get_object (element), object, list->known));
      replaced = TRUE;
    }
  if (!replaced)
    json_array_add_element (array, wrap (object));
  json_object_set_array_member (root, list->member, array);
  return TRUE;
}

gboolean
way_config_tree_remove (JsonObject *root,
                        const WayConfigList *list,
                        const char *key,
                        GError **error)
{
  JsonArray *array = way_json_get_array (root, list->member);
  guint length = array == NULL ? 0 : json_array_get_length (array);
  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (get_key (json_array_get_element (array, i), list), key) == 0)
      {
        json_array_remove_element (array, i);
        return TRUE;
      }
  g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND, "no %.*s is called \"%s\"",
               (int)strlen (list->member) - 1, list->member, key); /* without its plural s */
  return FALSE;
}

void
way_config_tree_set_cloud (JsonObject *root, gboolean enabled)
{
  JsonObject *cloud = way_json_get_object (root, "cloud");
  if (cloud == NULL)
    {
      cloud = json_object_new ();
      json_object_set_object_member (root, "cloud", cloud);
    }
  json_object_set_boolean_member (cloud, "enabled", enabled);
}
