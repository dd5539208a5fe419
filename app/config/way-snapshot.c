/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The sealed configuration: life time, copies and look-ups. Any thread: nothing changes after
 * construction, and the count is atomic. */

#include "way-snapshot-private.h"

#include "way-id.h"
#include "way-provider-table.h"

#include <string.h>

#define PRICE_FACTOR_ONE_PPM 1000000

/* The count stays out of the public struct: who reads a snapshot has no business with it. */
typedef struct
{
  WaySnapshot snapshot;
  gatomicrefcount refs;
} CountedSnapshot;

G_STATIC_ASSERT (G_STRUCT_OFFSET (CountedSnapshot, snapshot) == 0);

WayProvider *
way_provider_new (const char *id, WayKind kind)
{
  WayProvider *provider = g_new0 (WayProvider, 1);
  provider->id = g_strdup (id);
  provider->kind = kind;
  provider->enabled = TRUE;
  provider->locality = WAY_LOCALITY_LOCAL;
  provider->price_factor_ppm = PRICE_FACTOR_ONE_PPM;
  return provider;
}

void
way_provider_free (gpointer data)
{
  WayProvider *provider = data;
  g_free (provider->id);
  g_free (provider->base_url);
  g_free (provider->key_name);
  g_free (provider->data_policy);
  g_strfreev (provider->dialects);
  g_free (provider->api_version);
  g_clear_pointer (&provider->key_header, way_key_unref);
  g_free (provider->key_problem);
  g_free (provider);
}

void
way_target_free (gpointer data)
{
  WayTarget *target = data;
  g_free (target->provider_id);
  g_free (target->model);
  g_clear_pointer (&target->when, way_conditions_unref);
  g_free (target);
}

void
way_route_free (gpointer data)
{
  WayRoute *route = data;
  g_free (route->pattern);
  g_clear_pointer (&route->targets, g_ptr_array_unref);
  g_free (route);
}

void
way_app_free (gpointer data)
{
  WayApp *app = data;
  g_free (app->id);
  g_free (app->token_sha256);
  g_strfreev (app->models);
  g_free (app);
}

static void
model_terms_free (gpointer data)
{
  WayModelTerms *terms = data;
  g_free (terms->provider_id);
  g_free (terms->pattern);
  g_strfreev (terms->capabilities);
  g_free (terms);
}

static void
tag_terms_free (gpointer data)
{
  WayTagTerms *terms = data;
  g_free (terms->tag);
  g_free (terms);
}

static WayModelTerms *
model_terms_copy (const WayModelTerms *source)
{
  WayModelTerms *terms = g_memdup2 (source, sizeof *source);
  terms->provider_id = g_strdup (source->provider_id);
  terms->pattern = g_strdup (source->pattern);
  terms->capabilities = g_strdupv (source->capabilities);
  return terms;
}

static WayTagTerms *
tag_terms_copy (const WayTagTerms *source)
{
  WayTagTerms *terms = g_memdup2 (source, sizeof *source);
  terms->tag = g_strdup (source->tag);
  return terms;
}

static void
take_key (WayProvider *provider, const WayKeyEntry *entry)
{
  const char *prefix = way_kind_row (provider->kind)->key_prefix;
  g_autoptr (GError) error = NULL;

  provider->key_header = NULL;
  provider->key_problem = g_strdup (entry->problem);
  if (entry->key == NULL || prefix == NULL)
    return;
  provider->key_header = way_key_new_header (prefix, entry->key, &error);
  if (provider->key_header == NULL)
    provider->key_problem = g_strdup (error->message);
}

static WayProvider *
provider_copy_with_key (const WayProvider *source, const WayKeyEntry *entry)
{
  static const WayKeyEntry no_entry = { NULL, NULL };
  WayProvider *provider = g_memdup2 (source, sizeof *source);
  provider->id = g_strdup (source->id);
  provider->base_url = g_strdup (source->base_url);
  provider->key_name = g_strdup (source->key_name);
  provider->data_policy = g_strdup (source->data_policy);
  provider->dialects = g_strdupv (source->dialects);
  provider->api_version = g_strdup (source->api_version);
  take_key (provider, entry == NULL ? &no_entry : entry);
  return provider;
}

static WayRoute *
route_copy (const WayRoute *source, const WaySnapshot *owner)
{
  WayRoute *route = g_memdup2 (source, sizeof *source);
  route->pattern = g_strdup (source->pattern);
  route->targets = g_ptr_array_new_full (source->targets->len, way_target_free);
  for (guint i = 0; i < source->targets->len; i++)
    {
      const WayTarget *known = g_ptr_array_index (source->targets, i);
      WayTarget *target = g_memdup2 (known, sizeof *known);
      target->provider_id = g_strdup (known->provider_id);
      target->model = g_strdup (known->model);
      target->when = way_conditions_ref (known->when);
      target->provider = way_snapshot_find_provider (owner, known->provider_id);
      g_ptr_array_add (route->targets, target);
    }
  return route;
}

static WayApp *
app_copy (const WayApp *source)
{
  WayApp *app = g_memdup2 (source, sizeof *source);
  app->id = g_strdup (source->id);
  app->token_sha256 = g_strdup (source->token_sha256);
  app->models = g_strdupv (source->models);
  return app;
}

/* A snapshot to be filled by its maker, and sealed by handing it out. */
WaySnapshot *
way_snapshot_new_empty (void)
{
  CountedSnapshot *counted = g_new0 (CountedSnapshot, 1);
  g_atomic_ref_count_init (&counted->refs);
  counted->snapshot.providers = g_ptr_array_new_with_free_func (way_provider_free);
  counted->snapshot.routes = g_ptr_array_new_with_free_func (way_route_free);
  counted->snapshot.apps = g_ptr_array_new_with_free_func (way_app_free);
  counted->snapshot.models = g_ptr_array_new_with_free_func (model_terms_free);
  counted->snapshot.tags = g_ptr_array_new_with_free_func (tag_terms_free);
  return &counted->snapshot;
}

/**
 * way_snapshot_new_from_json:
 * @root: the parsed config file
 * @warnings: (nullable) (element-type utf8): what was read over is added here, one line each with
 *   its JSON path
 * @error: return location for an error
 *
 * Reads a configuration strictly: wrong types, values out of range, duplicates, unknown kinds and
 * references to nothing are refused; unknown members are warned about. The providers have no keys
 * yet. Fails with %WAY_ERROR_CONFIG; the message is the first fault with its JSON path, and how
 * many more there are. Any thread; @root is only read.
 *
 * Returns: (transfer full) (nullable): the snapshot, or %NULL with @error set
 */
WaySnapshot *
way_snapshot_new_from_json (JsonNode *root, GPtrArray *warnings, GError **error)
{
  g_return_val_if_fail (root != NULL, NULL);

  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ignored = g_ptr_array_new_with_free_func (g_free);
  WaySnapshot *snapshot = way_snapshot_read (root, faults, warnings == NULL ? ignored : warnings);
  if (snapshot != NULL)
    return snapshot;

  const char *first = g_ptr_array_index (faults, 0);
  guint more = faults->len - 1;
  if (more == 0)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_CONFIG, first);
  else
    g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG, "%s (and %u more %s)", first, more,
                 more == 1 ? "fault" : "faults");
  return NULL;
}

/**
 * way_snapshot_with_keys:
 * @snapshot: a snapshot
 * @keys_by_provider: (nullable) (element-type utf8 WayKeyEntry): what is known of the key of each
 *   provider, by provider id
 *
 * A copy that differs only in `key_header` and `key_problem` of its providers; they are those of
 * the table, and empty where the table says nothing. Deep, since targets borrow their providers and
 * a config is small. Any thread.
 *
 * Returns: (transfer full): the copy; it holds references to the keys
 */
WaySnapshot *
way_snapshot_with_keys (WaySnapshot *snapshot, GHashTable *keys_by_provider)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  WaySnapshot *copy = way_snapshot_new_empty ();
  copy->listen_address = g_strdup (snapshot->listen_address);
  copy->allowed_hosts = g_strdupv (snapshot->allowed_hosts);
  copy->allowed_origins = g_strdupv (snapshot->allowed_origins);
  copy->listen_port = snapshot->listen_port;
  copy->require_token = snapshot->require_token;
  copy->cloud_enabled = snapshot->cloud_enabled;
  copy->retention_days = snapshot->retention_days;
  copy->budget = snapshot->budget;
  copy->retry = snapshot->retry;
  copy->cache = snapshot->cache;
  copy->capture = snapshot->capture;
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      const WayKeyEntry *entry =
        keys_by_provider == NULL ? NULL : g_hash_table_lookup (keys_by_provider, provider->id);
      g_ptr_array_add (copy->providers, provider_copy_with_key (provider, entry));
    }
  for (guint i = 0; i < snapshot->routes->len; i++)
    g_ptr_array_add (copy->routes, route_copy (g_ptr_array_index (snapshot->routes, i), copy));
  for (guint i = 0; i < snapshot->apps->len; i++)
    g_ptr_array_add (copy->apps, app_copy (g_ptr_array_index (snapshot->apps, i)));
  for (guint i = 0; i < snapshot->models->len; i++)
    g_ptr_array_add (copy->models, model_terms_copy (g_ptr_array_index (snapshot->models, i)));
  for (guint i = 0; i < snapshot->tags->len; i++)
    g_ptr_array_add (copy->tags, tag_terms_copy (g_ptr_array_index (snapshot->tags, i)));
  return copy;
}

/**
 * way_snapshot_ref:
 * @snapshot: a snapshot
 *
 * Any thread.
 *
 * Returns: (transfer full): @snapshot
 */
WaySnapshot *
way_snapshot_ref (WaySnapshot *snapshot)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  g_atomic_ref_count_inc (&((CountedSnapshot *)snapshot)->refs);
  return snapshot;
}

/**
 * way_snapshot_unref:
 * @snapshot: (transfer full): a snapshot
 *
 * Any thread. With the last reference everything the snapshot owns goes, its keys included.
 */
void
way_snapshot_unref (WaySnapshot *snapshot)
{
  g_return_if_fail (snapshot != NULL);

  CountedSnapshot *counted = (CountedSnapshot *)snapshot;
  if (!g_atomic_ref_count_dec (&counted->refs))
    return;

  g_free (snapshot->listen_address);
  g_strfreev (snapshot->allowed_hosts);
  g_strfreev (snapshot->allowed_origins);
  g_ptr_array_unref (snapshot->routes);
  g_ptr_array_unref (snapshot->providers);
  g_ptr_array_unref (snapshot->apps);
  g_ptr_array_unref (snapshot->models);
  g_ptr_array_unref (snapshot->tags);
  g_free (counted);
}

/**
 * way_snapshot_find_provider:
 * @snapshot: a snapshot
 * @id: (nullable): a provider id
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the provider, disabled ones included; valid as long as
 *   @snapshot
 */
const WayProvider *
way_snapshot_find_provider (const WaySnapshot *snapshot, const char *id)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      if (g_strcmp0 (provider->id, id) == 0)
        return provider;
    }
  return NULL;
}

/**
 * way_snapshot_find_addressed:
 * @snapshot: a snapshot
 * @name: a model name as requested
 * @ret_model: (out) (transfer none): what stands behind the first slash, further slashes included
 *
 * Who is addressed by `"provider/model"`. No provider's id has a slash in it, so a name whose
 * prefix is nobody's id addresses nobody. Any thread.
 *
 * Returns: (transfer none) (nullable): the provider, disabled ones included; valid as long as
 *   @snapshot
 */
const WayProvider *
way_snapshot_find_addressed (const WaySnapshot *snapshot, const char *name, const char **ret_model)
{
  g_return_val_if_fail (snapshot != NULL && name != NULL, NULL);

  const char *slash = strchr (name, '/');
  if (slash == NULL || slash[1] == '\0')
    return NULL;
  g_autofree char *id = g_strndup (name, (gsize)(slash - name));
  const WayProvider *provider = way_snapshot_find_provider (snapshot, id);
  if (provider != NULL)
    *ret_model = slash + 1;
  return provider;
}

/**
 * way_snapshot_find_route:
 * @snapshot: a snapshot
 * @model: (nullable): a model name as requested
 *
 * The route of a model: the one that names it exactly, else the one with the longest pattern that
 * matches, the first of several as long. Any thread.
 *
 * Returns: (transfer none) (nullable): the route, valid as long as @snapshot
 */
const WayRoute *
way_snapshot_find_route (const WaySnapshot *snapshot, const char *model)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  if (model == NULL)
    return NULL;
  const WayRoute *matching = NULL;
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const WayRoute *route = g_ptr_array_index (snapshot->routes, i);
      if (g_str_equal (route->pattern, model))
        return route;
      if ((matching == NULL || strlen (route->pattern) > strlen (matching->pattern)) &&
          way_pattern_matches (route->pattern, model))
        matching = route;
    }
  return matching;
}

/**
 * way_snapshot_find_app:
 * @snapshot: a snapshot
 * @id: (nullable): an app id
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the app, valid as long as @snapshot
 */
const WayApp *
way_snapshot_find_app (const WaySnapshot *snapshot, const char *id)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      if (g_strcmp0 (app->id, id) == 0)
        return app;
    }
  return NULL;
}

/**
 * way_snapshot_find_app_by_token:
 * @snapshot: a snapshot
 * @token: (nullable): a token as a client sent it
 *
 * The app a token belongs to. The token is hashed once and compared with every app in constant
 * time, so the time taken tells nothing about the tokens. Any thread.
 *
 * Returns: (transfer none) (nullable): the app, valid as long as @snapshot
 */
const WayApp *
way_snapshot_find_app_by_token (const WaySnapshot *snapshot, const char *token)
{
  g_return_val_if_fail (snapshot != NULL, NULL);

  if (token == NULL || token[0] == '\0')
    return NULL;
  g_autofree char *hash = way_id_hash_token (token);
  const WayApp *found = NULL;
  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      if (way_id_equal_constant_time (app->token_sha256, hash))
        found = app;
    }
  return found;
}

/**
 * way_snapshot_tag_is_local_only:
 * @tag: (nullable): x-wayfare-tag of a request
 *
 * Any thread.
 */
gboolean
way_snapshot_tag_is_local_only (const WaySnapshot *snapshot, const char *tag)
{
  g_return_val_if_fail (snapshot != NULL, FALSE);

  for (guint i = 0; tag != NULL && i < snapshot->tags->len; i++)
    {
      const WayTagTerms *terms = g_ptr_array_index (snapshot->tags, i);
      if (terms->local_only && g_str_equal (terms->tag, tag))
        return TRUE;
    }
  return FALSE;
}

/**
 * way_snapshot_find_model_terms:
 * @provider_id: who is asked
 * @model: as the provider is asked for it
 *
 * What the user set for a model there: the first entry that names both counts. Any thread.
 *
 * Returns: (transfer none) (nullable): valid as long as @snapshot
 */
const WayModelTerms *
way_snapshot_find_model_terms (const WaySnapshot *snapshot,
                               const char *provider_id,
                               const char *model)
{
  g_return_val_if_fail (snapshot != NULL && provider_id != NULL && model != NULL, NULL);

  for (guint i = 0; i < snapshot->models->len; i++)
    {
      const WayModelTerms *terms = g_ptr_array_index (snapshot->models, i);
      if ((terms->provider_id == NULL || g_str_equal (terms->provider_id, provider_id)) &&
          way_pattern_matches (terms->pattern, model))
        return terms;
    }
  return NULL;
}

/**
 * way_app_allows_model:
 * @app: (nullable): an app; %NULL for a caller without token, who is not restricted
 * @model: a model name as requested
 *
 * Any thread.
 */
gboolean
way_app_allows_model (const WayApp *app, const char *model)
{
  g_return_val_if_fail (model != NULL, FALSE);

  if (app == NULL)
    return TRUE;
  for (gsize i = 0; app->models[i] != NULL; i++)
    if (way_pattern_matches (app->models[i], model))
      return TRUE;
  return FALSE;
}

/**
 * way_pattern_matches:
 * @pattern: an exact name, or one with a single "*" that stands for any characters or none
 * @name: a name
 *
 * Case matters, as it does to providers. Any thread.
 */
gboolean
way_pattern_matches (const char *pattern, const char *name)
{
  g_return_val_if_fail (pattern != NULL && name != NULL, FALSE);

  const char *star = strchr (pattern, '*');
  if (star == NULL)
    return g_str_equal (pattern, name);

  gsize prefix = (gsize)(star - pattern);
  gsize suffix = strlen (star + 1);
  gsize length = strlen (name);
  return length >= prefix + suffix && memcmp (name, pattern, prefix) == 0 &&
         memcmp (name + length - suffix, star + 1, suffix) == 0;
}

/**
 * way_key_entry_new:
 * @key: (nullable): a key; a reference is taken
 * @problem: (nullable): why there is none, in words
 *
 * Returns: (transfer full): a value for the table of way_snapshot_with_keys()
 */
WayKeyEntry *
way_key_entry_new (WayKey *key, const char *problem)
{
  WayKeyEntry *entry = g_new0 (WayKeyEntry, 1);
  entry->key = key == NULL ? NULL : way_key_ref (key);
  entry->problem = g_strdup (problem);
  return entry;
}

/**
 * way_key_entry_free:
 * @entry: (transfer full) (nullable): an entry
 */
void
way_key_entry_free (WayKeyEntry *entry)
{
  if (entry == NULL)
    return;
  g_clear_pointer (&entry->key, way_key_unref);
  g_free (entry->problem);
  g_free (entry);
}
