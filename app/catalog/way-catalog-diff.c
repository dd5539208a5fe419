/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Compares two catalogues, value by value. Pure. */

#include "way-catalog-private.h"

#include <string.h>

static const struct
{
  const char *name;
  gsize offset;
} price_kinds[WAY_N_PRICE_KINDS] = {
  [WAY_PRICE_KIND_INPUT] = { "input", G_STRUCT_OFFSET (WayPrice, input) },
  [WAY_PRICE_KIND_OUTPUT] = { "output", G_STRUCT_OFFSET (WayPrice, output) },
  [WAY_PRICE_KIND_CACHE_READ] = { "cache read", G_STRUCT_OFFSET (WayPrice, cache_read) },
  [WAY_PRICE_KIND_CACHE_WRITE_5M] = { "cache write", G_STRUCT_OFFSET (WayPrice, cache_write_5m) },
  [WAY_PRICE_KIND_CACHE_WRITE_1H] = { "cache write for an hour",
                                      G_STRUCT_OFFSET (WayPrice, cache_write_1h) },
  [WAY_PRICE_KIND_REASONING] = { "reasoning", G_STRUCT_OFFSET (WayPrice, reasoning) },
};

const char *
way_price_kind_get_name (guint kind)
{
  return price_kinds[kind].name;
}

gint64
way_price_get_kind (const WayPrice *price, guint kind)
{
  return G_STRUCT_MEMBER (gint64, price, price_kinds[kind].offset);
}

/* (nullable): of exactly this threshold. */
static const WayPriceTier *
find_tier (const WayModel *model, gint64 above_tokens)
{
  for (gsize i = 0; i < model->n_tiers; i++)
    if (model->tiers[i].above_tokens == above_tokens)
      return &model->tiers[i];
  return NULL;
}

/* All unknown if @model has no tier of this threshold; WAY_UNKNOWN means the base price. */
WayPrice
way_model_get_tier_price (const WayModel *model, gint64 above_tokens)
{
  if (above_tokens == WAY_UNKNOWN)
    return model->price;
  const WayPriceTier *tier = find_tier (model, above_tokens);
  return tier ? tier->price : WAY_PRICE_UNKNOWN;
}

static gboolean
is_same_price (const WayPrice *one, const WayPrice *other)
{
  for (guint kind = 0; kind < WAY_N_PRICE_KINDS; kind++)
    if (way_price_get_kind (one, kind) != way_price_get_kind (other, kind))
      return FALSE;
  return TRUE;
}

/* Whether both cost the same in every tier; the day of the prices does not matter. */
gboolean
way_model_has_prices_of (const WayModel *model, const WayModel *other)
{
  if (model->n_tiers != other->n_tiers || !is_same_price (&model->price, &other->price))
    return FALSE;
  for (gsize i = 0; i < model->n_tiers; i++)
    if (model->tiers[i].above_tokens != other->tiers[i].above_tokens ||
        !is_same_price (&model->tiers[i].price, &other->tiers[i].price))
      return FALSE;
  return TRUE;
}

static void
add_change (WayCatalogDiff *diff, WayCatalogChange change)
{
  g_ptr_array_add (diff->changes, g_memdup2 (&change, sizeof change));
}

static void
add_value (WayCatalogDiff *diff, WayCatalogChange change, gint64 old_value, gint64 new_value)
{
  if (old_value == new_value)
    return;
  change.old_value = old_value;
  change.new_value = new_value;
  add_change (diff, change);
}

static void
compare_price (WayCatalogDiff *diff, WayCatalogChange change)
{
  WayPrice old_price = way_model_get_tier_price (change.old_model, change.above_tokens);
  WayPrice new_price = way_model_get_tier_price (change.new_model, change.above_tokens);
  for (guint kind = 0; kind < WAY_N_PRICE_KINDS; kind++)
    {
      change.what = way_price_kind_get_name (kind);
      add_value (diff, change, way_price_get_kind (&old_price, kind),
                 way_price_get_kind (&new_price, kind));
    }
}

static void
compare_prices (WayCatalogDiff *diff, WayCatalogChange change)
{
  change.type = WAY_CHANGE_PRICE;
  compare_price (diff, change);
  for (gsize i = 0; i < change.old_model->n_tiers; i++)
    {
      change.above_tokens = change.old_model->tiers[i].above_tokens;
      compare_price (diff, change);
    }
  for (gsize i = 0; i < change.new_model->n_tiers; i++)
    {
      change.above_tokens = change.new_model->tiers[i].above_tokens;
      if (!find_tier (change.old_model, change.above_tokens))
        compare_price (diff, change);
    }
}

static void
compare_limits (WayCatalogDiff *diff, WayCatalogChange change)
{
  change.type = WAY_CHANGE_LIMIT;
  change.what = "context";
  add_value (diff, change, change.old_model->context_tokens, change.new_model->context_tokens);
  change.what = "longest answer";
  add_value (diff, change, change.old_model->max_output_tokens,
             change.new_model->max_output_tokens);
}

static void
compare_capabilities (WayCatalogDiff *diff, WayCatalogChange change)
{
  guint differing = (guint)change.old_model->capabilities ^ (guint)change.new_model->capabilities;
  change.type = WAY_CHANGE_CAPABILITY;
  for (guint bit = 1; differing != 0; differing &= ~bit, bit <<= 1)
    {
      if ((differing & bit) == 0)
        continue;
      change.what = way_capability_get_name ((WayCapabilities)bit);
      add_value (diff, change, (change.old_model->capabilities & bit) != 0,
                 (change.new_model->capabilities & bit) != 0);
    }
}

static void
compare_models (WayCatalogDiff *diff, const WayModel *old_model, const WayModel *new_model)
{
  WayCatalogChange change = { .old_model = old_model,
                              .new_model = new_model,
                              .above_tokens = WAY_UNKNOWN,
                              .old_value = WAY_UNKNOWN,
                              .new_value = WAY_UNKNOWN };
  change.type = WAY_CHANGE_MODE;
  if (strcmp (old_model->mode, new_model->mode) != 0)
    add_change (diff, change);
  compare_prices (diff, change);
  compare_limits (diff, change);
  compare_capabilities (diff, change);
  if (!way_model_has_prices_of (new_model, old_model))
    way_catalog_judge_model (diff, old_model, new_model);
}

static void
add_whole (WayCatalogDiff *diff, const WayModel *old_model, const WayModel *new_model)
{
  WayCatalogChange change = { .type = new_model ? WAY_CHANGE_ADDED : WAY_CHANGE_REMOVED,
                              .old_model = old_model,
                              .new_model = new_model,
                              .above_tokens = WAY_UNKNOWN,
                              .old_value = WAY_UNKNOWN,
                              .new_value = WAY_UNKNOWN };
  add_change (diff, change);
  if (new_model)
    way_catalog_judge_model (diff, NULL, new_model);
}

static int
compare_names (const WayModel *one, const WayModel *other)
{
  int order = strcmp (one->provider, other->provider);
  return order != 0 ? order : strcmp (one->model, other->model);
}

static int
compare_elements (gconstpointer a, gconstpointer b)
{
  return compare_names (*(const WayModel *const *)a, *(const WayModel *const *)b);
}

static GPtrArray *
list_models (const WayCatalog *catalog)
{
  GPtrArray *models = g_ptr_array_sized_new (g_hash_table_size (catalog->models));
  GHashTableIter iter;
  gpointer model;
  g_hash_table_iter_init (&iter, catalog->models);
  while (g_hash_table_iter_next (&iter, &model, NULL))
    g_ptr_array_add (models, model);
  g_ptr_array_sort (models, compare_elements);
  return models;
}

/* Walks both lists side by side. Returns how many models are gone. */
static guint
compare_lists (WayCatalogDiff *diff, const GPtrArray *olds, const GPtrArray *news)
{
  guint n_removed = 0;
  for (guint i = 0, j = 0; i < olds->len || j < news->len;)
    {
      const WayModel *old_model = i < olds->len ? olds->pdata[i] : NULL;
      const WayModel *new_model = j < news->len ? news->pdata[j] : NULL;
      int order = !old_model ? 1 : !new_model ? -1 : compare_names (old_model, new_model);
      if (order == 0)
        compare_models (diff, old_model, new_model);
      else
        add_whole (diff, order < 0 ? old_model : NULL, order > 0 ? new_model : NULL);
      n_removed += order < 0;
      i += order <= 0;
      j += order >= 0;
    }
  return n_removed;
}

/**
 * way_catalog_diff_new:
 * @in_use: what prices are taken from now
 * @proposed: what they would be taken from
 * @faults: (nullable) (element-type utf8): what its reader left out, see
 *   way_catalog_new_from_bytes(); each is an objection
 * @today: as YYYYMMDD
 *
 * Compares two catalogues and judges the second one. Of its models only those are judged that are
 * new or cost something else than before: what was accepted once is not doubted again. The rules
 * are at the head of way-catalog-judge.c. Any thread.
 *
 * Returns: (transfer full): the difference; holds both catalogues
 */
WayCatalogDiff *
way_catalog_diff_new (WayCatalog *in_use,
                      WayCatalog *proposed,
                      const GPtrArray *faults,
                      guint32 today)
{
  g_return_val_if_fail (in_use != NULL && proposed != NULL, NULL);

  g_autoptr (GPtrArray) olds = list_models (in_use);
  g_autoptr (GPtrArray) news = list_models (proposed);
  WayCatalogDiff *diff = g_new0 (WayCatalogDiff, 1);
  diff->in_use = way_catalog_ref (in_use);
  diff->proposed = way_catalog_ref (proposed);
  diff->changes = g_ptr_array_new_with_free_func (g_free);
  diff->objections = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; faults && i < faults->len; i++)
    g_ptr_array_add (diff->objections, g_strdup (faults->pdata[i]));
  guint n_removed = compare_lists (diff, olds, news);
  way_catalog_judge_head (diff, n_removed, today);
  return diff;
}

/**
 * way_catalog_diff_free:
 * @diff: (transfer full): a difference
 */
void
way_catalog_diff_free (WayCatalogDiff *diff)
{
  way_catalog_unref (diff->in_use);
  way_catalog_unref (diff->proposed);
  g_ptr_array_unref (diff->changes);
  g_ptr_array_unref (diff->objections);
  g_free (diff);
}
