/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Reads models.json: strict with each entry, so that no price is read that nobody wrote, forgiving
 * with the list, so that one bad entry is left out alone. */

#include "way-catalog-private.h"

#include "way-json.h"
#include "way-limits.h"
#include "way-log.h"

#include <string.h>

#define CATALOG_VERSION 1
#define CATALOG_UNIT "micro-USD per million tokens"

/* A million USD for a million tokens: beyond any price, and far from overflow. */
#define MAX_PRICE (G_GINT64_CONSTANT (1000000) * 1000000)
#define MAX_TOKENS (G_GINT64_CONSTANT (1000000) * 1000000)
#define MAX_TIERS 16

static const struct
{
  const char *name;
  WayCapabilities capability;
} capabilities[] = {
  { "tools", WAY_CAPABILITY_TOOLS },
  { "vision", WAY_CAPABILITY_VISION },
  { "reasoning", WAY_CAPABILITY_REASONING },
  { "json_schema", WAY_CAPABILITY_JSON_SCHEMA },
  { "prompt_cache", WAY_CAPABILITY_PROMPT_CACHE },
  { "pdf", WAY_CAPABILITY_PDF },
  { "audio_input", WAY_CAPABILITY_AUDIO },
};

void
way_catalog_model_free (gpointer data)
{
  WayModel *model = data;
  g_free (model->tiers); /* the strings are the catalogue's */
  g_free (model);
}

/* An absent member is unknown; FALSE for one that is there and is no number from 0 to @maximum. */
static gboolean
read_known (JsonObject *object, const char *name, gint64 maximum, gint64 *ret_value)
{
  gint64 value = way_json_get_int (object, name, 0, maximum, WAY_UNKNOWN);
  if (value == WAY_UNKNOWN && json_object_has_member (object, name))
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static gboolean
read_price (JsonObject *object, guint32 as_of, WayPrice *price)
{
  price->as_of = as_of;
  return read_known (object, "input", MAX_PRICE, &price->input) &&
         read_known (object, "output", MAX_PRICE, &price->output) &&
         read_known (object, "cache_read", MAX_PRICE, &price->cache_read) &&
         read_known (object, "cache_write", MAX_PRICE, &price->cache_write_5m) &&
         read_known (object, "cache_write_1h", MAX_PRICE, &price->cache_write_1h) &&
         read_known (object, "reasoning", MAX_PRICE, &price->reasoning);
}

static gboolean
read_tier (JsonNode *node, guint32 as_of, WayPriceTier *tier)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  JsonObject *object = json_node_get_object (node);
  return read_known (object, "above_tokens", MAX_TOKENS, &tier->above_tokens) &&
         tier->above_tokens != WAY_UNKNOWN && read_price (object, as_of, &tier->price);
}

static gboolean
read_tiers (JsonObject *entry, guint32 as_of, WayModel *model)
{
  if (!json_object_has_member (entry, "tiers"))
    return TRUE;
  JsonArray *tiers = way_json_get_array (entry, "tiers");
  guint n_tiers = tiers ? json_array_get_length (tiers) : 0;
  if (!tiers || n_tiers > MAX_TIERS)
    return FALSE;

  model->tiers = g_new0 (WayPriceTier, n_tiers);
  model->n_tiers = n_tiers;
  for (guint i = 0; i < n_tiers; i++)
    if (!read_tier (json_array_get_element (tiers, i), as_of, &model->tiers[i]) ||
        (i > 0 && model->tiers[i].above_tokens <= model->tiers[i - 1].above_tokens))
      return FALSE;
  return TRUE;
}

static gboolean
read_prices (JsonObject *entry, guint32 as_of, WayModel *model)
{
  model->price = WAY_PRICE_UNKNOWN;
  if (!json_object_has_member (entry, "price"))
    return !json_object_has_member (entry, "tiers");
  JsonObject *price = way_json_get_object (entry, "price");
  return price && read_price (price, as_of, &model->price) && read_tiers (entry, as_of, model);
}

/* Capabilities that no decision depends on are passed over. */
static gboolean
read_capabilities (JsonObject *entry, WayModel *model)
{
  if (!json_object_has_member (entry, "capabilities"))
    return TRUE;
  JsonArray *names = way_json_get_array (entry, "capabilities");
  if (!names)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      const char *name = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      if (!name)
        return FALSE;
      for (guint j = 0; j < G_N_ELEMENTS (capabilities); j++)
        if (strcmp (name, capabilities[j].name) == 0)
          model->capabilities |= capabilities[j].capability;
    }
  return TRUE;
}

static gboolean
read_name (WayCatalog *catalog, JsonObject *entry, const char *name, char **ret_name)
{
  const char *value = way_json_get_string (entry, name);
  if (!value || *value == '\0' || strlen (value) > WAY_LIMIT_NAME_BYTES)
    return FALSE;
  *ret_name = g_string_chunk_insert_const (catalog->texts, value);
  return TRUE;
}

/* (nullable): what is wrong with the entry. */
static const char *
read_model (WayCatalog *catalog, JsonObject *entry, WayModel *model)
{
  if (!read_name (catalog, entry, "provider", &model->provider))
    return "provider";
  if (!read_name (catalog, entry, "model", &model->model))
    return "model";
  if (!read_name (catalog, entry, "mode", &model->mode))
    return "mode";
  if (!read_prices (entry, catalog->as_of, model))
    return "price or tiers";
  if (!read_known (entry, "context_tokens", MAX_TOKENS, &model->context_tokens))
    return "context_tokens";
  if (!read_known (entry, "max_output_tokens", MAX_TOKENS, &model->max_output_tokens))
    return "max_output_tokens";
  if (!read_capabilities (entry, model))
    return "capabilities";
  if (g_hash_table_contains (catalog->models, model))
    return "provider and model, which are there twice";
  return NULL;
}

static gboolean
add_entry (WayCatalog *catalog, JsonNode *node, guint index)
{
  WayModel *model = g_new0 (WayModel, 1);
  const char *fault = "type: it is no object";
  if (JSON_NODE_HOLDS_OBJECT (node))
    fault = read_model (catalog, json_node_get_object (node), model);
  if (fault)
    {
      way_log_debug ("catalogue entry models[%u] is left out for its %s", index, fault);
      way_catalog_model_free (model);
      return FALSE;
    }
  g_hash_table_add (catalog->models, model);
  return TRUE;
}

/* "2026-08-01" → 20260801; absent → 0. */
static gboolean
read_as_of (JsonObject *root, guint32 *ret_as_of)
{
  *ret_as_of = 0;
  if (!json_object_has_member (root, "as_of"))
    return TRUE;
  const char *text = way_json_get_string (root, "as_of");
  if (!text || strlen (text) != strlen ("YYYY-MM-DD"))
    return FALSE;
  guint32 as_of = 0;
  for (guint i = 0; text[i]; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit (text[i]))
      return FALSE;
    else if (text[i] != '-')
      as_of = as_of * 10 + (guint32)g_ascii_digit_value (text[i]);
  if (!g_date_valid_dmy (as_of % 100, as_of / 100 % 100, as_of / 10000))
    return FALSE;
  *ret_as_of = as_of;
  return TRUE;
}

/* (nullable): what makes the whole file unusable. */
static const char *
check_head (WayCatalog *catalog, JsonObject *root)
{
  if (way_json_get_int (root, "version", 0, G_MAXINT, 0) != CATALOG_VERSION)
    return "\"version\" is not 1";
  const char *unit = way_json_get_string (root, "price_unit");
  if (!unit || !g_str_has_prefix (unit, CATALOG_UNIT))
    return "\"price_unit\" is not \"" CATALOG_UNIT "\"";
  if (!read_as_of (root, &catalog->as_of))
    return "\"as_of\" is not a day as YYYY-MM-DD";
  if (!way_json_get_array (root, "models"))
    return "\"models\" is not an array";
  return NULL;
}

/* Fills the empty @catalog from the @length bytes of the file @path. */
gboolean
way_catalog_read (
  WayCatalog *catalog, const char *data, gsize length, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (JsonNode) node = way_json_parse (data, length, &failure);
  if (!node)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s: %s", path,
                   failure->message);
      return FALSE;
    }
  JsonObject *root = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *fault = root ? check_head (catalog, root) : "it is not an object";
  if (fault)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s: %s", path, fault);
      return FALSE;
    }

  JsonArray *models = way_json_get_array (root, "models");
  guint n_entries = json_array_get_length (models);
  guint n_left_out = 0;
  for (guint i = 0; i < n_entries; i++)
    if (!add_entry (catalog, json_array_get_element (models, i), i))
      n_left_out++;
  if (n_left_out > 0)
    way_log_notice ("the model catalogue %s: %u of %u entries are left out", path, n_left_out,
                    n_entries);
  return TRUE;
}
