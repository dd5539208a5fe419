/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare key set`, `delete` and `test`. They work on the keyring and the config file themselves,
 * so they need no running instance, and a key never travels over a socket; an instance that runs is
 * told to read both again. */

#include "way-cli-private.h"

#include "way-cli-secret.h"
#include "way-config.h"
#include "way-json.h"
#include "way-provider-table.h"

static const WayPreset *
find_preset (const char *id)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  for (gsize i = 0; i < n_presets; i++)
    {
      if (g_str_equal (presets[i].id, id) && presets[i].base_url[0] != '\0')
        return &presets[i];
    }
  return NULL;
}

/* The provider as the config has it, or as a new one of a name that everybody knows. */
static JsonObject *
dup_provider (WayConfig *config, const char *id, GError **error)
{
  JsonObject *provider = way_config_dup_provider (config, id);
  const WayPreset *preset = find_preset (id);

  if (provider != NULL)
    return provider;
  if (preset == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND,
                   "no provider is called \"%s\": add it to %s first", id,
                   way_config_get_path (config));
      return NULL;
    }
  provider = json_object_new ();
  json_object_set_string_member (provider, "id", preset->id);
  json_object_set_string_member (provider, "kind", way_kind_get_name (preset->kind));
  json_object_set_string_member (provider, "base_url", preset->base_url);
  return provider;
}

static gboolean
store_key (const char *name, WayKey *key, GError **error)
{
  g_autoptr (WayCliWait) wait = way_cli_wait_new ();
  g_autoptr (WayKeyring) keyring = way_keyring_libsecret_new ();

  way_keyring_store_async (keyring, WAY_SECRET_PROVIDER_KEY, name, key, NULL, way_cli_on_done,
                           wait);
  return way_keyring_store_finish (keyring, way_cli_wait_run (wait), error);
}

/* Makes the config name the key, unless it does. */
static gboolean
name_key (WayConfig *config, JsonObject *provider, const char *name, GError **error)
{
  JsonObject *key = json_object_new ();

  json_object_set_string_member (key, "keyring", name);
  json_object_set_object_member (provider, "key", key);
  return way_config_put_provider (config, provider, error);
}

/* A running instance reads the keyring again; none is as good. */
static gboolean
tell_instance (GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (JsonObject) answer = way_cli_ask ("POST", "/reload", NULL, &failure);

  if (answer != NULL || way_error_is (failure, WAY_ERROR_NOT_RUNNING))
    return TRUE;
  g_propagate_prefixed_error (
    error, g_steal_pointer (&failure),
    "it is done, but the running instance could not be told, so restart it: ");
  return FALSE;
}

static gboolean
set_key (const char *config_path, const char *id, GError **error)
{
  g_autoptr (WayConfig) config = way_config_new (config_path);
  g_autoptr (JsonObject) provider = NULL;
  g_autoptr (WayKey) key = NULL;
  const WayProvider *known = NULL;
  const char *name = id;

  if (!way_config_load (config, error))
    return FALSE;
  provider = dup_provider (config, id, error);
  if (provider == NULL)
    return FALSE;
  known = way_snapshot_find_provider (way_config_get_snapshot (config), id);
  if (known != NULL && known->kind == WAY_KIND_DEMO)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "\"%s\" answers by itself and takes no key: nothing was stored", id);
      return FALSE;
    }
  if (known != NULL && known->key_source == WAY_KEY_SOURCE_KEYRING)
    name = known->key_name;

  key = way_cli_read_secret (id, error);
  if (key == NULL || !store_key (name, key, error))
    return FALSE;
  if ((known == NULL || known->key_source != WAY_KEY_SOURCE_KEYRING) &&
      !name_key (config, provider, name, error))
    return FALSE;
  return tell_instance (error);
}

int
way_cli_key_set (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *config_path = NULL;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Config file", "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, entries, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (config_path == NULL)
    config_path = way_cli_dup_config_path ();
  if (!set_key (config_path, argv[1], &error))
    return way_cli_fail (error);
  g_print ("the key of %s is in the keyring\n", argv[1]);
  return WAY_EXIT_DONE;
}

static gboolean
delete_key (const char *config_path, const char *id, GError **error)
{
  g_autoptr (WayConfig) config = way_config_new (config_path);
  g_autoptr (WayCliWait) wait = way_cli_wait_new ();
  g_autoptr (WayKeyring) keyring = NULL;
  const WayProvider *provider = NULL;
  const char *name = id;

  if (!way_config_load (config, error))
    return FALSE;
  /* A key may have outlived its provider: then its name is all there is. */
  provider = way_snapshot_find_provider (way_config_get_snapshot (config), id);
  if (provider != NULL && provider->key_source == WAY_KEY_SOURCE_KEYRING)
    name = provider->key_name;

  keyring = way_keyring_libsecret_new ();
  way_keyring_delete_async (keyring, WAY_SECRET_PROVIDER_KEY, name, NULL, way_cli_on_done, wait);
  return way_keyring_delete_finish (keyring, way_cli_wait_run (wait), error) &&
         tell_instance (error);
}

int
way_cli_key_delete (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *config_path = NULL;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Config file", "FILE" },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, entries, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (config_path == NULL)
    config_path = way_cli_dup_config_path ();
  if (!delete_key (config_path, argv[1], &error))
    return way_cli_fail (error);
  return WAY_EXIT_DONE;
}
