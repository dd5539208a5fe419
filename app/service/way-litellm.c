/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The sections of a LiteLLM config, and what becomes of each. Any thread. The format is that of
 * docs.litellm.ai, "proxy config.yaml". */

#include "way-litellm-private.h"

#include "way-error.h"

#include <string.h>

#define RETRIES_MAX 10
/* Names and accounts are compared each with each. */
#define DEPLOYMENTS_MAX 1000
#define CACHE_TTL_MAX_S (366.0 * 24 * 3600)

static const struct
{
  const char *litellm;
  const char *strategy;
} strategies[] = {
  { "simple-shuffle", "weighted" },
  { "least-busy", "least-busy" },
  { "latency-based-routing", "fastest" },
  { "cost-based-routing", "cheapest" },
};

static const char *const root_members[] = {
  "model_list",       "router_settings",       "litellm_settings",
  "general_settings", "environment_variables", NULL
};
static const char *const router_members[] = {
  "routing_strategy",  "model_group_alias", "fallbacks", "context_window_fallbacks",
  "default_fallbacks", "num_retries",       NULL
};
static const char *const litellm_members[] = { "fallbacks",   "context_window_fallbacks",
                                               "cache",       "default_fallbacks",
                                               "num_retries", "cache_params",
                                               NULL };
static const char *const general_members[] = { "master_key", NULL };
static const char *const cache_members[] = { "ttl", NULL };

static void
note_clear (gpointer data)
{
  g_free (((WayLitellmNote *)data)->text);
}

static void
provider_free (gpointer data)
{
  WayLitellmProvider *provider = data;

  g_free (provider->id);
  g_free (provider->base_url);
  g_free (provider->api_version);
  g_free (provider->key);
  g_free (provider->variable);
  g_free (provider);
}

static void
group_free (gpointer data)
{
  WayLitellmGroup *group = data;

  g_free (group->name);
  g_ptr_array_unref (group->targets);
  g_ptr_array_unref (group->fallbacks);
  g_free (group);
}

static void
read_strategy (WayLitellmImport *import, const WayLitellmPlace *place, const WayYamlNode *router)
{
  const char *name = way_litellm_get_text (router, "routing_strategy");

  import->strategy = "weighted";
  if (name == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (strategies); i++)
    if (g_str_equal (strategies[i].litellm, name))
      {
        import->strategy = strategies[i].strategy;
        return;
      }
  way_litellm_note (
    place, way_yaml_find (router, "routing_strategy"),
    "there is no such strategy; \"weighted\" by weight, rpm or tpm takes its place");
}

static void
read_retries (WayLitellmImport *import, const WayLitellmPlace *place, const WayYamlNode *settings)
{
  double retries = 0;

  if (way_litellm_get_number (place, settings, "num_retries", 0, RETRIES_MAX, &retries))
    import->retries = (gint64)retries;
}

static void
read_cache (WayLitellmImport *import, const WayLitellmPlace *place, const WayYamlNode *settings)
{
  const WayYamlItem *cache = way_yaml_find (settings, "cache");
  const WayYamlItem *params = way_yaml_find (settings, "cache_params");
  double ttl_s = 0;

  import->has_cache = cache != NULL && way_litellm_is_true (cache->node);
  if (params == NULL)
    return;
  g_autofree char *path = g_strconcat (place->path, ".cache_params", NULL);
  const WayLitellmPlace inner = { path, place->notes };
  if (way_litellm_get_number (&inner, params->node, "ttl", 1, CACHE_TTL_MAX_S, &ttl_s))
    import->cache_ttl_s = (gint64)ttl_s;
  way_litellm_note_others (&inner, params->node, cache_members);
}

static void
read_general (WayLitellmImport *import, const WayYamlNode *general)
{
  const WayLitellmPlace place = { "general_settings", import->notes };
  const WayYamlItem *master = way_yaml_find (general, "master_key");

  way_litellm_note_others (&place, general, general_members);
  if (master == NULL || way_yaml_is_null (master->node))
    return;
  import->has_master_key = TRUE;
  way_litellm_note (&place, master,
                    "is not copied; tokens are required, so make one for each app: \"wayfare app "
                    "add NAME\"");
}

static void
read_environment (const WayLitellmImport *import, const WayYamlNode *variables)
{
  const WayLitellmPlace place = { "environment_variables", import->notes };

  for (guint i = 0; i < way_yaml_get_length (variables); i++)
    way_litellm_note (&place, way_yaml_get_item (variables, i),
                      "is not copied; a key belongs into the keyring, anything else into the "
                      "environment of the router");
}

static const WayYamlNode *
get_section (const WayLitellmImport *import, const WayYamlNode *root, const char *name)
{
  const WayLitellmPlace place = { "", import->notes };
  const WayYamlItem *item = way_yaml_find (root, name);

  if (item == NULL || way_yaml_is_null (item->node))
    return NULL;
  if (item->node->type == WAY_YAML_MAPPING)
    return item->node;
  way_litellm_note (&place, item, "must be a mapping");
  return NULL;
}

/* Both sections know fallbacks; what is for named models goes before what is for all. */
static void
read_settings (WayLitellmImport *import, const WayYamlNode *root)
{
  const WayLitellmPlace at_router = { "router_settings", import->notes };
  const WayLitellmPlace at_litellm = { "litellm_settings", import->notes };
  const WayYamlNode *router = get_section (import, root, "router_settings");
  const WayYamlNode *litellm = get_section (import, root, "litellm_settings");
  const WayYamlItem *aliases = way_yaml_find (router, "model_group_alias");

  read_strategy (import, &at_router, router);
  read_retries (import, &at_litellm, litellm);
  read_retries (import, &at_router, router);
  read_cache (import, &at_litellm, litellm);
  if (aliases != NULL)
    {
      const WayLitellmPlace place = { "router_settings.model_group_alias", import->notes };

      way_litellm_read_aliases (import, &place, aliases->node);
    }
  way_litellm_read_fallbacks (import, &at_router, router, "fallbacks");
  way_litellm_read_fallbacks (import, &at_litellm, litellm, "fallbacks");
  way_litellm_read_fallbacks (import, &at_router, router, "context_window_fallbacks");
  way_litellm_read_fallbacks (import, &at_litellm, litellm, "context_window_fallbacks");
  way_litellm_read_default_fallbacks (import, &at_router, router);
  way_litellm_read_default_fallbacks (import, &at_litellm, litellm);
  way_litellm_note_others (&at_router, router, router_members);
  way_litellm_note_others (&at_litellm, litellm, litellm_members);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const WayLitellmNote *first = a;
  const WayLitellmNote *second = b;

  return (first->line > second->line) - (first->line < second->line);
}

static void
hand_out (const WayLitellmImport *import, GPtrArray *ret_notes, GPtrArray *ret_prompts)
{
  g_array_sort (import->notes, compare_lines);
  for (guint i = 0; i < import->notes->len; i++)
    g_ptr_array_add (ret_notes, g_strdup (g_array_index (import->notes, WayLitellmNote, i).text));
  for (guint i = 0; i < import->providers->len; i++)
    {
      const WayLitellmProvider *provider = g_ptr_array_index (import->providers, i);

      if (provider->key == NULL)
        continue;
      g_autofree char *other =
        provider->variable == NULL
          ? g_strdup ("")
          : g_strdup_printf ("  # or, from the environment: \"key\": {\"env\": \"%s\"}",
                             provider->variable);
      g_ptr_array_add (ret_prompts, g_strdup_printf ("wayfare key set %s%s", provider->id, other));
    }
}

static gboolean
check_root (const WayYamlNode *root, GError **error)
{
  const WayYamlItem *list = way_yaml_find (root, "model_list");

  if (list != NULL && list->node->type == WAY_YAML_SEQUENCE)
    {
      if (way_yaml_get_length (list->node) <= DEPLOYMENTS_MAX)
        return TRUE;
      g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG,
                   "line %u: model_list has more than %d entries; split the file", list->line,
                   DEPLOYMENTS_MAX);
      return FALSE;
    }
  g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG,
               "it has no list \"model_list\", so it is no config of a LiteLLM proxy");
  return FALSE;
}

/**
 * way_litellm_convert:
 * @root: (nullable): the config.yaml of a LiteLLM proxy
 * @ret_notes: (element-type utf8): what could not be carried over is added here, a line each, in
 *   the order of the file, each with its line and path and never with a value
 * @ret_prompts: (element-type utf8): the calls that store the keys the config needs are added here
 * @error: return location for an error
 *
 * Makes a config of Wayfare that does the same as far as it can. Keys are not copied: a provider
 * with one names an entry of the keyring. Fails with %WAY_ERROR_CONFIG if @root is not LiteLLM's or
 * has more than 1000 deployments.
 * Any thread; no I/O.
 *
 * Returns: (transfer full) (nullable): the config, or %NULL with @error set
 */
JsonNode *
way_litellm_convert (const WayYamlNode *root,
                     GPtrArray *ret_notes,
                     GPtrArray *ret_prompts,
                     GError **error)
{
  g_return_val_if_fail (ret_notes != NULL && ret_prompts != NULL, NULL);

  if (!check_root (root, error))
    return NULL;
  g_autoptr (GArray) notes = g_array_new (FALSE, FALSE, sizeof (WayLitellmNote));
  g_array_set_clear_func (notes, note_clear);
  g_autoptr (GPtrArray) providers = g_ptr_array_new_with_free_func (provider_free);
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);
  WayLitellmImport import = {
    .notes = notes, .providers = providers, .groups = groups, .retries = -1
  };
  const WayLitellmPlace place = { "", notes };

  way_litellm_read_models (&import, way_yaml_find (root, "model_list"));
  read_settings (&import, root);
  read_general (&import, get_section (&import, root, "general_settings"));
  read_environment (&import, get_section (&import, root, "environment_variables"));
  way_litellm_note_others (&place, root, root_members);

  JsonNode *config = way_litellm_write (&import);
  hand_out (&import, ret_notes, ret_prompts);
  return config;
}
