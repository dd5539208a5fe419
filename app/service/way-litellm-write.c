/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of the LiteLLM import that writes: what was read as a config of Wayfare. */

#include "way-litellm-private.h"

#include <math.h>
#include <string.h>

#define CONFIG_VERSION 1
#define WEIGHT_MAX 1e6
#define FRACTION_SCALE 1000 /* weights are whole numbers: 0.25 becomes 250 */

static const char *const limit_members[WAY_LITELLM_LIMITS] = { "rpm", "tpm", "parallel" };

static void
add_object (JsonArray *array, JsonObject *object)
{
  json_array_add_object_element (array, object);
}

/* LiteLLM limits each deployment, Wayfare each provider. */
static JsonObject *
make_limits (const WayLitellmImport *import, const WayLitellmProvider *provider)
{
  const WayLitellmPlace place = { "model_list", import->notes };
  const WayYamlItem at = { NULL, NULL, provider->limit_line };
  JsonObject *limits = json_object_new ();

  for (guint i = 0; i < WAY_LITELLM_LIMITS; i++)
    {
      if (provider->n_limited[i] == 0)
        continue;
      if (provider->n_limited[i] < provider->n_deployments)
        {
          way_litellm_note (&place, &at,
                            "%s is left out: limits are of a provider, and not every model of "
                            "\"%s\" has one",
                            way_litellm_limit_names[i], provider->id);
          continue;
        }
      json_object_set_int_member (limits, limit_members[i], provider->limits[i]);
      if (provider->n_deployments > 1)
        way_litellm_note (&place, &at,
                          "%s of the models of \"%s\" are added up: limits are of a provider",
                          way_litellm_limit_names[i], provider->id);
    }
  return limits;
}

static JsonObject *
make_provider (const WayLitellmImport *import, const WayLitellmProvider *provider)
{
  JsonObject *object = json_object_new ();
  JsonObject *limits = make_limits (import, provider);

  json_object_set_string_member (object, "id", provider->id);
  json_object_set_string_member (object, "kind", way_kind_get_name (provider->kind));
  json_object_set_string_member (object, "base_url", provider->base_url);
  if (provider->api_version != NULL)
    json_object_set_string_member (object, "api_version", provider->api_version);
  if (provider->key != NULL)
    {
      JsonObject *key = json_object_new ();

      json_object_set_string_member (key, "keyring", provider->id);
      json_object_set_object_member (object, "key", key);
    }
  if (json_object_get_size (limits) > 0)
    json_object_set_object_member (object, "limits", limits);
  else
    json_object_unref (limits);
  return object;
}

/* What simple-shuffle goes by: weight, else rpm, else tpm, if a deployment of the group has it. */
static double
get_share (const WayLitellmTarget *target, guint which)
{
  switch (which)
    {
    case 0:
      return target->weight;
    case 1:
      return (double)target->limits[0];
    case 2:
      return (double)target->limits[1];
    }
  return 1;
}

/* Whole weights of the group's targets; all 1 if it has none. */
static void
find_weights (const WayLitellmGroup *group, guint *ret_weights)
{
  double largest = 0;
  double scale = 1;
  guint which = 0;

  for (; largest == 0; which++)
    for (guint i = 0; i < group->targets->len; i++)
      largest = MAX (largest, get_share (g_ptr_array_index (group->targets, i), which));
  which--;
  for (guint i = 0; i < group->targets->len; i++)
    {
      double share = get_share (g_ptr_array_index (group->targets, i), which);

      if (share != floor (share))
        scale = FRACTION_SCALE;
    }
  scale = MIN (scale, WEIGHT_MAX / largest);
  for (guint i = 0; i < group->targets->len; i++)
    {
      double share = get_share (g_ptr_array_index (group->targets, i), which);

      ret_weights[i] = (guint)MAX (1, round (share * scale));
    }
}

static JsonObject *
make_target (const WayLitellmTarget *target)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "provider", target->provider->id);
  json_object_set_string_member (object, "model", target->model);
  if (target->context_tokens > 0)
    json_object_set_int_member (object, "context_tokens", target->context_tokens);
  return object;
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  const WayLitellmTarget *first = *(WayLitellmTarget *const *)a;
  const WayLitellmTarget *second = *(WayLitellmTarget *const *)b;

  return (first->order > second->order) - (first->order < second->order);
}

/* The strategy for a group, or NULL for "in their order". An order or fallbacks rule out the
 * others, which would mix all targets. */
static const char *
find_strategy (const WayLitellmImport *import, const WayLitellmGroup *group)
{
  const WayLitellmPlace place = { "", import->notes };
  const WayYamlItem at = { group->name, NULL, group->line };
  gboolean has_order = FALSE;

  if (group->targets->len < 2)
    return NULL;
  for (guint i = 1; i < group->targets->len; i++)
    {
      const WayLitellmTarget *first = g_ptr_array_index (group->targets, 0);
      const WayLitellmTarget *other = g_ptr_array_index (group->targets, i);

      has_order = has_order || first->order != other->order;
    }
  if (!has_order && group->fallbacks->len == 0)
    return import->strategy;
  way_litellm_note (&place, &at,
                    "its %u deployments are tried in their order, not by a strategy, which would "
                    "mix them with %s",
                    group->targets->len,
                    has_order ? "those of another \"order\"" : "the fallbacks");
  return NULL;
}

static JsonObject *
make_route (const WayLitellmImport *import, const WayLitellmGroup *group)
{
  JsonObject *route = json_object_new ();
  JsonArray *targets = json_array_new ();
  const char *strategy = find_strategy (import, group);
  g_autofree guint *weights = g_new0 (guint, group->targets->len);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new (); /* g_ptr_array_copy() would own them too */

  g_ptr_array_extend (sorted, group->targets, NULL, NULL);
  find_weights (group, weights);
  if (strategy == NULL)
    g_ptr_array_sort (sorted, compare_order);
  for (guint i = 0; i < sorted->len; i++)
    {
      JsonObject *target = make_target (g_ptr_array_index (sorted, i));

      if (g_strcmp0 (strategy, "weighted") == 0)
        json_object_set_int_member (target, "weight", weights[i]);
      add_object (targets, target);
    }
  for (guint i = 0; i < group->fallbacks->len; i++)
    add_object (targets, make_target (g_ptr_array_index (group->fallbacks, i)));

  json_object_set_string_member (route, "model", group->name);
  if (strategy != NULL)
    json_object_set_string_member (route, "strategy", strategy);
  json_object_set_array_member (route, "targets", targets);
  return route;
}

/* What stands behind the provider's prefix in @name; NULL if it does not begin with it. */
static const char *
skip_prefix (const char *name, const WayLitellmProvider *provider)
{
  const gsize length = strlen (provider->id);

  return g_str_has_prefix (name, provider->id) && name[length] == '/' && name[length + 1] != '\0'
           ? name + length + 1
           : NULL;
}

static gboolean
does_the_same (const WayLitellmGroup *group, const WayLitellmProvider *provider, const char *model)
{
  const WayLitellmTarget *target = g_ptr_array_index (group->targets, 0);

  return group->targets->len == 1 && group->fallbacks->len == 0 && target->provider == provider &&
         target->context_tokens == 0 && g_str_equal (target->model, model);
}

/* "provider/model" addresses the provider, so a route of that name would never be used. */
static gboolean
is_addressed (const WayLitellmImport *import, const WayLitellmGroup *group)
{
  const WayLitellmPlace place = { "", import->notes };
  const WayYamlItem at = { group->name, NULL, group->line };

  for (guint i = 0; i < import->providers->len; i++)
    {
      const WayLitellmProvider *provider = g_ptr_array_index (import->providers, i);
      const char *model = skip_prefix (group->name, provider);

      if (model == NULL)
        continue;
      if (!does_the_same (group, provider, model))
        way_litellm_note (&place, &at,
                          "is left out: its name addresses the provider \"%s\" directly; give it "
                          "one without that prefix",
                          provider->id);
      return TRUE;
    }
  return FALSE;
}

static void
add_routes (const WayLitellmImport *import, JsonObject *root)
{
  JsonArray *routes = json_array_new ();

  for (guint i = 0; i < import->groups->len; i++)
    {
      const WayLitellmGroup *group = g_ptr_array_index (import->groups, i);

      if (!is_addressed (import, group))
        add_object (routes, make_route (import, group));
    }
  json_object_set_array_member (root, "routes", routes);
}

static void
add_price (JsonArray *models, const WayLitellmTarget *target, GHashTable *seen)
{
  if (target->input_usd == NULL ||
      !g_hash_table_add (seen, g_strconcat (target->provider->id, "/", target->model, NULL)))
    return;
  JsonObject *model = json_object_new ();
  JsonObject *price = json_object_new ();
  json_object_set_string_member (price, "input", target->input_usd);
  json_object_set_string_member (price, "output", target->output_usd);
  json_object_set_string_member (model, "provider", target->provider->id);
  json_object_set_string_member (model, "model", target->model);
  json_object_set_object_member (model, "price", price);
  add_object (models, model);
}

static void
add_models (const WayLitellmImport *import, JsonObject *root)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *models = json_array_new ();

  for (guint i = 0; i < import->groups->len; i++)
    {
      const WayLitellmGroup *group = g_ptr_array_index (import->groups, i);

      for (guint j = 0; j < group->targets->len; j++)
        add_price (models, g_ptr_array_index (group->targets, j), seen);
    }
  if (json_array_get_length (models) > 0)
    json_object_set_array_member (root, "models", models);
  else
    json_array_unref (models);
}

static void
add_settings (const WayLitellmImport *import, JsonObject *root)
{
  if (import->retries >= 0)
    {
      JsonObject *retry = json_object_new ();

      json_object_set_int_member (retry, "attempts", import->retries);
      json_object_set_object_member (root, "retry", retry);
    }
  if (import->has_cache)
    {
      JsonObject *cache = json_object_new ();

      json_object_set_boolean_member (cache, "enabled", TRUE);
      if (import->cache_ttl_s > 0)
        json_object_set_int_member (cache, "ttl_s", import->cache_ttl_s);
      json_object_set_object_member (root, "cache", cache);
    }
}

/* The config that does what was read; adds remarks about what it does otherwise. */
JsonNode *
way_litellm_write (WayLitellmImport *import)
{
  g_autoptr (JsonObject) root = json_object_new ();
  JsonArray *providers = json_array_new ();

  json_object_set_int_member (root, "version", CONFIG_VERSION);
  if (import->has_master_key)
    {
      JsonObject *listen = json_object_new ();

      json_object_set_boolean_member (listen, "require_token", TRUE);
      json_object_set_object_member (root, "listen", listen);
    }
  for (guint i = 0; i < import->providers->len; i++)
    add_object (providers, make_provider (import, g_ptr_array_index (import->providers, i)));
  json_object_set_array_member (root, "providers", providers);
  add_routes (import, root);
  add_models (import, root);
  add_settings (import, root);

  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, root);
  return node;
}
