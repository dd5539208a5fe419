/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Edits of the config's JSON tree that leave everything else as it is. Main thread. */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * WayConfigList:
 * @member: of the root: "providers"
 * @key: member by which its objects are told apart: "id"
 * @known: members this version understands; others survive a replacement
 */
typedef struct
{
  const char *member;
  const char *key;
  const char *const *known;
} WayConfigList;

JsonNode *way_config_tree_copy (JsonNode *root);
JsonObject *way_config_tree_find (JsonObject *root, const WayConfigList *list, const char *key);
gboolean way_config_tree_put (JsonObject *root,
                              const WayConfigList *list,
                              JsonObject *object,
                              GError **error);
gboolean way_config_tree_remove (JsonObject *root,
                                 const WayConfigList *list,
                                 const char *key,
                                 GError **error);
void way_config_tree_set_cloud (JsonObject *root, gboolean enabled);

G_END_DECLS
