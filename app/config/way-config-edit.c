/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Edits of the config: each takes what is on disk, changes a copy, and has it validated, written
 * and put in force as a whole. Main thread, but for way_config_check_file(). */

#include "way-config.h"

#include "way-config-file.h"
#include "way-config-private.h"
#include "way-config-tree.h"
#include "way-snapshot-private.h"

static const WayConfigList provider_list = { "providers", "id", way_provider_members };
static const WayConfigList route_list = { "routes", "model", way_route_members };
static const WayConfigList app_list = { "apps", "id", way_app_members };

static gboolean
put (WayConfig *config, const WayConfigList *list, JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) edited = way_config_begin_edit (config, error);
  return edited != NULL &&
         way_config_tree_put (json_node_get_object (edited), list, object, error) &&
         way_config_commit_edit (config, edited, error);
}

static gboolean
take_away (WayConfig *config, const WayConfigList *list, const char *key, GError **error)
{
  g_autoptr (JsonNode) edited = way_config_begin_edit (config, error);
  return edited != NULL &&
         way_config_tree_remove (json_node_get_object (edited), list, key, error) &&
         way_config_commit_edit (config, edited, error);
}

/**
 * way_config_set_cloud_enabled:
 * @config: a config
 * @enabled: whether requests may leave for the cloud
 * @error: return location for an error
 *
 * Errors of this and every other edit: %WAY_ERROR_CONFIG if the result would be at fault, or if the
 * file on disk is broken and has to be mended first; %WAY_ERROR_IO if it cannot be written. After a
 * failure file and snapshot are what they were.
 *
 * Returns: %TRUE if it is so now, on disk too
 */
gboolean
way_config_set_cloud_enabled (WayConfig *config, gboolean enabled, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), FALSE);

  g_autoptr (JsonNode) edited = way_config_begin_edit (config, error);
  if (edited == NULL)
    return FALSE;
  if (way_config_get_snapshot (config)->cloud_enabled == !!enabled)
    return TRUE;
  way_config_tree_set_cloud (json_node_get_object (edited), enabled);
  return way_config_commit_edit (config, edited, error);
}

/**
 * way_config_put_provider:
 * @config: a config
 * @provider: as it is to stand in the file; not changed
 * @error: return location for an error
 *
 * Replaces the provider with the same `id` in its place, or adds one. Members of the old one that
 * this version does not know stay. Errors: as for way_config_set_cloud_enabled().
 *
 * Returns: %TRUE if it is in force and on disk
 */
gboolean
way_config_put_provider (WayConfig *config, JsonObject *provider, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && provider != NULL, FALSE);

  return put (config, &provider_list, provider, error);
}

/**
 * way_config_remove_provider:
 * @config: a config
 * @id: of a provider
 * @error: return location for an error
 *
 * Removes a provider that no route refers to. The demo, which needs no entry to be there, gets one
 * that disables it. Errors: %WAY_ERROR_NOT_FOUND, and as for way_config_set_cloud_enabled().
 *
 * Returns: %TRUE if it is gone, on disk too
 */
gboolean
way_config_remove_provider (WayConfig *config, const char *id, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && id != NULL, FALSE);

  const WayProvider *provider = way_snapshot_find_provider (way_config_get_snapshot (config), id);
  if (provider == NULL || provider->kind != WAY_KIND_DEMO)
    return take_away (config, &provider_list, id, error);
  g_autoptr (JsonObject) demo = way_config_dup_provider (config, id);
  json_object_set_boolean_member (demo, "enabled", FALSE);
  return put (config, &provider_list, demo, error);
}

/**
 * way_config_put_route:
 * @config: a config
 * @route: as it is to stand in the file; not changed
 * @error: return location for an error
 *
 * Replaces the route with the same `model` in its place, or adds one; otherwise like
 * way_config_put_provider().
 *
 * Returns: %TRUE if it is in force and on disk
 */
gboolean
way_config_put_route (WayConfig *config, JsonObject *route, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && route != NULL, FALSE);

  return put (config, &route_list, route, error);
}

/**
 * way_config_put_app:
 * @config: a config
 * @app: as it is to stand in the file, with `token_sha256` and never a token; not changed
 * @error: return location for an error
 *
 * Replaces the app with the same `id` in its place, or adds one; otherwise like
 * way_config_put_provider().
 *
 * Returns: %TRUE if it is in force and on disk
 */
gboolean
way_config_put_app (WayConfig *config, JsonObject *app, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && app != NULL, FALSE);

  return put (config, &app_list, app, error);
}

/**
 * way_config_remove_app:
 * @config: a config
 * @id: of an app
 * @error: return location for an error
 *
 * Errors: %WAY_ERROR_NOT_FOUND, and as for way_config_set_cloud_enabled().
 *
 * Returns: %TRUE if its token is worth nothing any more
 */
gboolean
way_config_remove_app (WayConfig *config, const char *id, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && id != NULL, FALSE);

  return take_away (config, &app_list, id, error);
}

/**
 * way_config_dup_provider:
 * @config: a config
 * @id: of a provider
 *
 * Returns: (transfer full) (nullable): a copy of the provider as it stands in the file, unknown
 *   members included, to be changed and put back; %NULL if there is none
 */
JsonObject *
way_config_dup_provider (WayConfig *config, const char *id)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && id != NULL, NULL);

  g_autoptr (JsonNode) copy = way_config_dup_tree (config);
  JsonObject *found = way_config_tree_find (json_node_get_object (copy), &provider_list, id);
  if (found != NULL)
    return json_object_ref (found);

  /* The demo is there without being listed. */
  const WayProvider *provider = way_snapshot_find_provider (way_config_get_snapshot (config), id);
  if (provider == NULL)
    return NULL;
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "id", provider->id);
  json_object_set_string_member (object, "kind", way_kind_get_name (provider->kind));
  return object;
}

/**
 * way_config_dup_app:
 * @config: a config
 * @id: of an app
 *
 * Returns: (transfer full) (nullable): a copy of the app as it stands in the file, unknown members
 *   included, to be changed and put back; %NULL if there is none
 */
JsonObject *
way_config_dup_app (WayConfig *config, const char *id)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config) && id != NULL, NULL);

  g_autoptr (JsonNode) copy = way_config_dup_tree (config);
  JsonObject *found = way_config_tree_find (json_node_get_object (copy), &app_list, id);

  return found != NULL ? json_object_ref (found) : NULL;
}

/**
 * way_config_check_file:
 * @path: a config file
 * @ret_faults: (element-type utf8): every fault is added here, with its JSON path or line
 * @ret_warnings: (element-type utf8): everything that would be read over is added here
 *
 * Reads a file without using it. Any thread.
 *
 * Returns: %TRUE if the file could be used
 */
gboolean
way_config_check_file (const char *path, GPtrArray *ret_faults, GPtrArray *ret_warnings)
{
  g_return_val_if_fail (path != NULL && ret_faults != NULL && ret_warnings != NULL, FALSE);

  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  if (way_config_file_read (path, &content, &error) && content != NULL)
    root = way_config_file_parse (path, content, &error);
  if (root == NULL)
    {
      g_ptr_array_add (ret_faults, error == NULL
                                     ? g_strdup_printf ("%s: there is no such file", path)
                                     : g_strdup (error->message));
      return FALSE;
    }
  g_autoptr (WaySnapshot) snapshot = way_snapshot_read (root, ret_faults, ret_warnings);
  return snapshot != NULL;
}
