/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of the LiteLLM import that reads model_list: deployments, grouped by name. */

#include "way-litellm-private.h"

#include <string.h>

#define TOKENS_PER_PRICE 1e6 /* LiteLLM's prices are of one token, ours of a million */
#define PRICE_MAX_USD 1e6
#define LIMIT_MAX 1e9
#define CONTEXT_TOKENS_MAX 1e8
#define WEIGHT_MAX 1e6

const char *const way_litellm_limit_names[WAY_LITELLM_LIMITS] = { "rpm", "tpm",
                                                                  "max_parallel_requests" };

static const char *const entry_members[] = { "model_name", "litellm_params", "model_info", NULL };
static const char *const param_members[] = {
  "model",
  "custom_llm_provider",
  "api_base",
  "rpm",
  "base_url",
  "api_key",
  "tpm",
  "api_version",
  "max_parallel_requests",
  "weight",
  "order",
  "input_cost_per_token",
  "output_cost_per_token",
  NULL,
};
static const char *const info_members[] = { "input_cost_per_token", "output_cost_per_token",
                                            "max_input_tokens", NULL };

static void
target_free (gpointer data)
{
  WayLitellmTarget *target = data;

  g_free (target->model);
  g_free (target->input_usd);
  g_free (target->output_usd);
  g_free (target);
}

static WayLitellmGroup *
ensure_group (WayLitellmImport *import, const char *name, guint line)
{
  WayLitellmGroup *group = way_litellm_find_group (import, name);

  if (group != NULL)
    return group;
  group = g_new0 (WayLitellmGroup, 1);
  group->name = g_strdup (name);
  group->line = line;
  group->targets = g_ptr_array_new_with_free_func (target_free);
  group->fallbacks = g_ptr_array_new ();
  g_ptr_array_add (import->groups, group);
  return group;
}

/* A price a token as a decimal of USD a million tokens, as the config writes it. */
static char *
dup_price (const WayLitellmPlace *place, const WayYamlNode *node, const char *name)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE + 32];
  double price = 0;

  if (!way_litellm_get_number (place, node, name, 0, PRICE_MAX_USD / TOKENS_PER_PRICE, &price))
    return NULL;
  g_ascii_formatd (digits, sizeof digits, "%.6f", price * TOKENS_PER_PRICE);
  gsize length = strlen (digits);
  while (digits[length - 1] == '0')
    length--;
  if (digits[length - 1] == '.')
    length--;
  return g_strndup (digits, length);
}

static void
read_numbers (const WayLitellmPlace *place, const WayYamlNode *params, WayLitellmTarget *target)
{
  double number = 0;

  for (guint i = 0; i < WAY_LITELLM_LIMITS; i++)
    if (way_litellm_get_number (place, params, way_litellm_limit_names[i], 1, LIMIT_MAX, &number))
      target->limits[i] = (gint64)number;
  if (way_litellm_get_number (place, params, "order", 0, LIMIT_MAX, &number))
    target->order = (gint64)number;
  way_litellm_get_number (place, params, "weight", 0, WEIGHT_MAX, &target->weight);
  target->input_usd = dup_price (place, params, "input_cost_per_token");
  target->output_usd = dup_price (place, params, "output_cost_per_token");
}

static void
read_info (const WayLitellmImport *import,
           const char *path,
           const WayYamlNode *info,
           WayLitellmTarget *target)
{
  g_autofree char *inner = g_strconcat (path, ".model_info", NULL);
  const WayLitellmPlace place = { inner, import->notes };
  double tokens = 0;

  if (target->input_usd == NULL)
    target->input_usd = dup_price (&place, info, "input_cost_per_token");
  if (target->output_usd == NULL)
    target->output_usd = dup_price (&place, info, "output_cost_per_token");
  if (way_litellm_get_number (&place, info, "max_input_tokens", 1, CONTEXT_TOKENS_MAX, &tokens))
    target->context_tokens = (gint64)tokens;
  way_litellm_note_others (&place, info, info_members);
}

static void
drop_half_price (const WayLitellmPlace *place, const WayYamlItem *params, WayLitellmTarget *target)
{
  if ((target->input_usd == NULL) == (target->output_usd == NULL))
    return;
  g_clear_pointer (&target->input_usd, g_free);
  g_clear_pointer (&target->output_usd, g_free);
  way_litellm_note (place, params,
                    "its price is left out: it must be of both, input and output tokens");
}

static void
count_limits (WayLitellmProvider *provider, const WayLitellmTarget *target, guint line)
{
  provider->n_deployments++;
  for (guint i = 0; i < WAY_LITELLM_LIMITS; i++)
    {
      if (target->limits[i] == 0)
        continue;
      provider->n_limited[i]++;
      provider->limits[i] = MIN (provider->limits[i] + target->limits[i], (gint64)LIMIT_MAX);
      if (provider->limit_line == 0)
        provider->limit_line = line;
    }
}

/* All models of a provider under its own name need no route: "provider/model" addresses it anyway.
 */
static gboolean
is_direct (const char *name, const WayLitellmProvider *provider, const char *model)
{
  g_autofree char *direct = g_strconcat (provider->id, "/*", NULL);

  return g_str_equal (model, "*") && g_str_equal (name, direct);
}

/* Our only pattern for what a target is asked for is "as it came". */
static gboolean
check_wildcard (const WayLitellmPlace *place,
                const WayYamlItem *item,
                const char *name,
                char **model)
{
  if (strchr (*model, '*') == NULL)
    return TRUE;
  if (!g_str_equal (*model, name))
    {
      way_litellm_note (place, item,
                        "is left out: a route with \"*\" hands the requested name on as it came");
      return FALSE;
    }
  g_free (*model);
  *model = g_strdup ("*");
  return TRUE;
}

static void
read_deployment (WayLitellmImport *import,
                 const WayLitellmPlace *place,
                 const WayYamlItem *entry,
                 const WayYamlItem *name)
{
  const WayYamlItem *params = way_yaml_find (entry->node, "litellm_params");
  const WayYamlItem *info = way_yaml_find (entry->node, "model_info");
  g_autofree char *path = g_strconcat (place->path, ".litellm_params", NULL);
  const WayLitellmPlace inner = { path, place->notes };
  const WayYamlItem *item = way_yaml_find (params->node, "model");
  g_autofree char *model = NULL;

  WayLitellmProvider *provider = way_litellm_find_provider (import, &inner, params->node, &model);
  if (provider == NULL)
    return;
  const gboolean is_addressed = is_direct (name->node->text, provider, model);
  if (!is_addressed && !check_wildcard (&inner, item, name->node->text, &model))
    return;

  WayLitellmTarget *target = g_new0 (WayLitellmTarget, 1);
  target->provider = provider;
  target->model = g_steal_pointer (&model);
  read_numbers (&inner, params->node, target);
  way_litellm_note_others (&inner, params->node, param_members);
  if (info != NULL)
    read_info (import, place->path, info->node, target);
  drop_half_price (place, params, target);
  count_limits (provider, target, params->line);
  if (is_addressed)
    target_free (target);
  else
    g_ptr_array_add (ensure_group (import, name->node->text, name->line)->targets, target);
}

static void
read_entry (WayLitellmImport *import, const WayYamlItem *entry, guint index)
{
  g_autofree char *path = g_strdup_printf ("model_list[%u]", index);
  const WayLitellmPlace place = { path, import->notes };
  const WayYamlItem *name = way_yaml_find (entry->node, "model_name");
  const WayYamlItem *params = way_yaml_find (entry->node, "litellm_params");
  const char *model = params == NULL ? NULL : way_litellm_get_text (params->node, "model");

  if (way_litellm_get_text (entry->node, "model_name") == NULL || model == NULL)
    {
      way_litellm_note (&place, entry, "is left out: it needs model_name and litellm_params.model");
      return;
    }
  way_litellm_note_others (&place, entry->node, entry_members);
  if (way_litellm_is_name (name->node->text) && way_litellm_is_name (model))
    read_deployment (import, &place, entry, name);
  else
    way_litellm_note (&place, name,
                      "is left out: names have at most 256 bytes and one \"*\", and no control "
                      "characters");
}

/* Reads every deployment; those that cannot be carried over are noted. */
void
way_litellm_read_models (WayLitellmImport *import, const WayYamlItem *list)
{
  const WayLitellmPlace root = { "", import->notes };

  if (list->node->type != WAY_YAML_SEQUENCE)
    {
      way_litellm_note (&root, list, "must be a list");
      return;
    }
  for (guint i = 0; i < way_yaml_get_length (list->node); i++)
    read_entry (import, way_yaml_get_item (list->node, i), i);
}
