/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare import litellm FILE`. */

#include "way-cli-private.h"

#include "way-config-file.h"
#include "way-error.h"
#include "way-json.h"
#include "way-litellm.h"
#include "way-snapshot.h"

#include <string.h>

static JsonNode *
read_litellm (const char *path, GPtrArray *notes, GPtrArray *prompts, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  gsize length = 0;

  if (!way_config_file_read (path, &content, error))
    return NULL;
  if (content == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND, "%s: there is no such file", path);
      return NULL;
    }
  const char *data = g_bytes_get_data (content, &length);
  g_autoptr (WayYaml) yaml = way_yaml_parse (data, length, error);
  JsonNode *config =
    yaml == NULL ? NULL : way_litellm_convert (way_yaml_get_root (yaml), notes, prompts, error);
  if (config == NULL)
    g_prefix_error (error, "%s: ", path);
  return config;
}

/* A file that is there already stays, unless it is to be replaced. */
static gboolean
write_config (const char *path, const char *text, gboolean replaces, GError **error)
{
  g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

  if (!replaces && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO,
                   "%s is there already, and was left as it is; --force replaces it", path);
      return FALSE;
    }
  return way_config_file_replace (path, content, error);
}

static void
print_remarks (const char *path, const GPtrArray *notes, const GPtrArray *prompts)
{
  for (guint i = 0; i < notes->len; i++)
    g_printerr ("%s: %s\n", path, (const char *)g_ptr_array_index (notes, i));
  if (prompts->len > 0)
    g_printerr ("Keys are not copied; store them with:\n");
  for (guint i = 0; i < prompts->len; i++)
    g_printerr ("  %s\n", (const char *)g_ptr_array_index (prompts, i));
}

static void
print_next_step (const char *path, const char *output)
{
  g_autofree char *config = way_cli_dup_config_path ();

  if (g_file_test (config, G_FILE_TEST_EXISTS))
    return;
  g_printerr ("There is no config yet; to use this one:\n");
  if (output == NULL)
    g_printerr ("  wayfare import litellm %s --output %s\n", path, config);
  else
    g_printerr ("  wayfare serve --config %s\n", output);
}

int
way_cli_import_litellm (const WayCliVerb *verb, int argc, char **argv)
{
  g_autofree char *output = NULL;
  gboolean replaces = FALSE;
  const GOptionEntry entries[] = {
    { "output", 0, 0, G_OPTION_ARG_FILENAME, &output, "Write the config to OUT", "OUT" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &replaces, "Replace OUT if it is there already", NULL },
    { NULL },
  };
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, entries, 1, &argc, &argv))
    return WAY_EXIT_USAGE;

  g_autoptr (JsonNode) config = read_litellm (argv[1], notes, prompts, &error);
  if (config == NULL)
    return way_cli_fail (error);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (config, NULL, &error);
  if (snapshot == NULL)
    {
      g_prefix_error (&error, "%s gives no config that can be used: ", argv[1]);
      return way_cli_fail (error);
    }

  g_autofree char *json = way_json_print (config, TRUE);
  g_autofree char *text = g_strconcat (json, "\n", NULL);
  if (output == NULL)
    g_print ("%s", text);
  else if (!write_config (output, text, replaces, &error))
    return way_cli_fail (error);
  print_remarks (argv[1], notes, prompts);
  print_next_step (argv[1], output);
  return WAY_EXIT_DONE;
}
