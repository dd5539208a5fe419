/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Model lists as providers give them. Any thread. */

#include "way-model-list.h"

#include "way-error.h"
#include "way-json.h"
#include "way-limits.h"

#include <string.h>

/* {"data": […]} as OpenAI and Anthropic have it, {"models": […]} of Gemini, or the bare array of
 * Together. An empty list may be null: Ollama
 * without models says so. */
static JsonArray *
find_list (JsonNode *root, gboolean *ret_is_empty)
{
  *ret_is_empty = FALSE;
  if (root != NULL && JSON_NODE_HOLDS_ARRAY (root))
    return json_node_get_array (root);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;

  JsonObject *object = json_node_get_object (root);
  JsonNode *data = json_object_get_member (object, "data");
  JsonArray *models = way_json_get_array (object, "models");
  if (data == NULL && models != NULL)
    return models;
  *ret_is_empty = data != NULL && JSON_NODE_HOLDS_NULL (data) &&
                  g_strcmp0 (way_json_get_string (object, "object"), "list") == 0;
  return way_json_get_array (object, "data");
}

/* OpenAI's "id", or Gemini's "name" below the collection. */
static const char *
get_id (JsonObject *model)
{
  static const char collection[] = "models/";
  const char *name = way_json_get_string (model, "name");

  if (name != NULL && g_str_has_prefix (name, collection))
    return name + strlen (collection);
  return way_json_get_string (model, "id");
}

/**
 * way_model_list_parse:
 * @data: the body of a provider's answer
 * @length: in bytes
 *
 * Reads the ids of a model list; entries without a sound id are left out.
 *
 * Returns: (transfer full) (array zero-terminated=1): the ids in the provider's order, perhaps
 *   none; or %NULL with %WAY_ERROR_UPSTREAM if @data is no model list
 */
char **
way_model_list_parse (const char *data, gsize length, GError **error)
{
  g_autoptr (JsonNode) root = way_json_parse (data, length, NULL);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean is_empty = FALSE;
  JsonArray *list = find_list (root, &is_empty);

  if (list == NULL && !is_empty)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "answered with something that is no list of models; is the base URL "
                           "right?");
      return NULL;
    }
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      const char *id = JSON_NODE_HOLDS_OBJECT (node) ? get_id (json_node_get_object (node)) : NULL;

      if (id != NULL && *id != '\0' && strlen (id) <= WAY_LIMIT_NAME_BYTES)
        g_ptr_array_add (ids, g_strdup (id));
    }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

/**
 * way_model_list_is_ollama_version:
 * @data: the body of an answer to GET /api/version
 * @length: in bytes
 *
 * Returns: whether it is what Ollama answers, {"version": "0.6.4"}
 */
gboolean
way_model_list_is_ollama_version (const char *data, gsize length)
{
  g_autoptr (JsonNode) root = way_json_parse (data, length, NULL);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) &&
         way_json_get_string (json_node_get_object (root), "version") != NULL;
}
