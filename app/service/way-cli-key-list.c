/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare key list`: what the config names, beside what there is. Needs no running instance. */

#include "way-cli-private.h"

#include "way-cli-table.h"
#include "way-config.h"

/* One key. */
typedef struct
{
  char *provider; /* NULL: no provider uses it */
  char *name;
  const char *source;
  char *hint;    /* NULL: not seen */
  char *problem; /* NULL: it is there */
} KeyRow;

static void
key_row_free (gpointer data)
{
  KeyRow *row = data;

  g_free (row->provider);
  g_free (row->name);
  g_free (row->hint);
  g_free (row->problem);
  g_free (row);
}

static GPtrArray *
list_keyring (GError **error)
{
  g_autoptr (WayCliWait) wait = way_cli_wait_new ();
  g_autoptr (WayKeyring) keyring = way_keyring_libsecret_new ();

  way_keyring_list_async (keyring, NULL, way_cli_on_done, wait);
  return way_keyring_list_finish (keyring, way_cli_wait_run (wait), error);
}

static const WaySecretInfo *
find_info (GPtrArray *infos, const char *name)
{
  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      const WaySecretInfo *info = g_ptr_array_index (infos, i);

      if (info->kind == WAY_SECRET_PROVIDER_KEY && g_str_equal (info->name, name))
        return info;
    }
  return NULL;
}

static void
fill_from_keyring (KeyRow *row, GPtrArray *infos, const GError *keyring_error)
{
  const WaySecretInfo *info = find_info (infos, row->name);

  row->source = "keyring";
  if (info != NULL)
    row->hint = g_strdup (info->hint);
  if (keyring_error != NULL)
    row->problem = g_strdup (keyring_error->message);
  else if (info == NULL)
    row->problem = g_strdup_printf ("not stored: wayfare key set %s", row->provider);
  else if (info->locked)
    row->problem = g_strdup ("the keyring is locked");
}

static void
fill_from_key (KeyRow *row, const char *source, WayKey *key, const GError *error)
{
  row->source = source;
  if (key != NULL)
    row->hint = way_key_dup_hint (key);
  else
    row->problem = g_strdup (error->message);
}

static KeyRow *
describe (const WayProvider *provider, GPtrArray *infos, const GError *keyring_error)
{
  KeyRow *row = g_new0 (KeyRow, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = NULL;

  row->provider = g_strdup (provider->id);
  row->name = g_strdup (provider->key_name);
  switch (provider->key_source)
    {
    case WAY_KEY_SOURCE_NONE:
      break;
    case WAY_KEY_SOURCE_KEYRING:
      fill_from_keyring (row, infos, keyring_error);
      break;
    case WAY_KEY_SOURCE_ENV:
      key = way_credential_from_env (provider->key_name, &error);
      fill_from_key (row, "env", key, error);
      break;
    case WAY_KEY_SOURCE_CREDENTIAL:
      key = way_credential_from_file (provider->key_name, &error);
      fill_from_key (row, "credential", key, error);
      break;
    }
  return row;
}

static gboolean
is_named (GPtrArray *rows, const char *name)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const KeyRow *row = g_ptr_array_index (rows, i);

      if (g_str_equal (row->source, "keyring") && g_str_equal (row->name, name))
        return TRUE;
    }
  return FALSE;
}

/* The keys that providers name, then those in the keyring that none does. */
static GPtrArray *
collect (const WaySnapshot *snapshot, GPtrArray *infos, const GError *keyring_error)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (key_row_free);

  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);

      if (provider->key_source != WAY_KEY_SOURCE_NONE)
        g_ptr_array_add (rows, describe (provider, infos, keyring_error));
    }
  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      const WaySecretInfo *info = g_ptr_array_index (infos, i);
      KeyRow *row = NULL;

      if (info->kind != WAY_SECRET_PROVIDER_KEY || is_named (rows, info->name))
        continue;
      row = g_new0 (KeyRow, 1);
      row->name = g_strdup (info->name);
      row->source = "keyring";
      row->hint = g_strdup (info->hint);
      row->problem = g_strdup ("no provider uses it");
      g_ptr_array_add (rows, row);
    }
  return rows;
}

static void
set_nullable (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static void
print_as_json (GPtrArray *rows)
{
  g_autoptr (JsonObject) answer = json_object_new ();
  JsonArray *keys = json_array_new ();

  for (guint i = 0; i < rows->len; i++)
    {
      const KeyRow *row = g_ptr_array_index (rows, i);
      JsonObject *object = json_object_new ();

      set_nullable (object, "provider", row->provider);
      set_nullable (object, "name", row->name);
      set_nullable (object, "source", row->source);
      set_nullable (object, "hint", row->hint);
      set_nullable (object, "problem", row->problem);
      json_array_add_object_element (keys, object);
    }
  json_object_set_array_member (answer, "keys", keys);
  way_cli_print_json (answer);
}

static void
print_as_text (GPtrArray *rows)
{
  static const WayCliColumn columns[] = {
    { "PROVIDER", FALSE }, { "NAME", FALSE },  { "SOURCE", FALSE },
    { "KEY", FALSE },      { "STATE", FALSE },
  };
  g_autoptr (WayCliTable) table = way_cli_table_new (columns, G_N_ELEMENTS (columns));
  g_autofree char *text = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      const KeyRow *row = g_ptr_array_index (rows, i);

      way_cli_table_add (table, g_strdup (row->provider != NULL ? row->provider : "-"));
      way_cli_table_add (table, g_strdup (row->name));
      way_cli_table_add (table, g_strdup (row->source));
      way_cli_table_add (table, g_strdup (row->hint != NULL ? row->hint : "-"));
      way_cli_table_add (table, g_strdup (row->problem != NULL ? row->problem : "there"));
    }
  text = way_cli_table_to_text (table);
  g_print ("%s", text);
}

int
way_cli_key_list (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *config_path = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &config_path, "Config file", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "Print JSON", NULL },
    { NULL },
  };
  g_autoptr (WayConfig) config = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) keyring_error = NULL;

  if (!way_cli_parse (verb, entries, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (config_path == NULL)
    config_path = way_cli_dup_config_path ();
  config = way_config_new (config_path);
  if (!way_config_load (config, &error))
    return way_cli_fail (error);

  infos = list_keyring (&keyring_error);
  rows = collect (way_config_get_snapshot (config), infos, keyring_error);
  if (as_json)
    print_as_json (rows);
  else
    print_as_text (rows);
  return WAY_EXIT_DONE;
}
