/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Reads models.json: strict with each entry, so that no price is read that nobody wrote, forgiving
 * with the list, so that one bad entry is left out alone. The file is scanned where it lies: a tree
 * of it takes several times as long at every start. */

#include "way-catalog-private.h"

#include "way-json-scan.h"
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

/**
 * way_capabilities_from_names:
 * @names: (array zero-terminated=1): as the catalogue spells them; others are passed over
 *
 * Any thread.
 */
WayCapabilities
way_capabilities_from_names (const char *const *names)
{
  WayCapabilities found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    if (g_strv_contains (names, capabilities[i].name))
      found |= capabilities[i].capability;
  return found;
}

/**
 * way_capability_get_name:
 * @capability: one bit
 *
 * Any thread.
 *
 * Returns: (nullable) (transfer none): as the catalogue spells it, or %NULL for a bit it has not
 */
const char *
way_capability_get_name (WayCapabilities capability)
{
  for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
    if (capabilities[i].capability == capability)
      return capabilities[i].name;
  return NULL;
}

void
way_catalog_model_free (gpointer data)
{
  WayModel *model = data;
  g_free (model->tiers); /* the strings are the catalogue's */
  g_free (model);
}

enum
{
  HEAD_VERSION,
  HEAD_UNIT,
  HEAD_AS_OF,
  HEAD_MODELS,
  N_HEAD,
};
static const char *const head_names[N_HEAD] = { "version", "price_unit", "as_of", "models" };

enum
{
  ENTRY_PROVIDER,
  ENTRY_MODEL,
  ENTRY_MODE,
  ENTRY_PRICE,
  ENTRY_TIERS,
  ENTRY_CONTEXT,
  ENTRY_MAX_OUTPUT,
  ENTRY_CAPABILITIES,
  N_ENTRY,
};
static const char *const entry_names[N_ENTRY] = {
  "provider",          "model",        "mode", "price", "tiers", "context_tokens",
  "max_output_tokens", "capabilities",
};

/* A tier is a price with a threshold. */
enum
{
  PRICE_INPUT,
  PRICE_OUTPUT,
  PRICE_CACHE_READ,
  PRICE_CACHE_WRITE_5M,
  PRICE_CACHE_WRITE_1H,
  PRICE_REASONING,
  PRICE_ABOVE_TOKENS,
  N_PRICE,
};
static const char *const price_names[N_PRICE] = {
  "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "above_tokens",
};

/* Finds the members of @object in one pass; absent ones are WAY_JSON_NONE. */
static void
find_members (const WayJsonSpan *object,
              const char *const *names,
              guint n_names,
              WayJsonSpan *ret_members)
{
  for (guint i = 0; i < n_names; i++)
    ret_members[i] = (WayJsonSpan){ NULL, 0, WAY_JSON_NONE };

  WayJsonCursor cursor;
  WayJsonSpan name, value;
  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &name, &value))
    for (guint i = 0; i < n_names; i++)
      if (way_json_span_is (&name, names[i]))
        {
          ret_members[i] = value;
          break;
        }
}

/* An absent member is unknown; FALSE for one that is there and is no number from 0 to @maximum. */
static gboolean
read_known (const WayJsonSpan *member, gint64 maximum, gint64 *ret_value)
{
  gint64 value = WAY_UNKNOWN;
  if (member->type != WAY_JSON_NONE && !way_json_span_get_int (member, 0, maximum, &value))
    return FALSE;
  *ret_value = value;
  return TRUE;
}

static gboolean
read_price (const WayJsonSpan *members, guint32 as_of, WayPrice *price)
{
  price->as_of = as_of;
  return read_known (&members[PRICE_INPUT], MAX_PRICE, &price->input) &&
         read_known (&members[PRICE_OUTPUT], MAX_PRICE, &price->output) &&
         read_known (&members[PRICE_CACHE_READ], MAX_PRICE, &price->cache_read) &&
         read_known (&members[PRICE_CACHE_WRITE_5M], MAX_PRICE, &price->cache_write_5m) &&
         read_known (&members[PRICE_CACHE_WRITE_1H], MAX_PRICE, &price->cache_write_1h) &&
         read_known (&members[PRICE_REASONING], MAX_PRICE, &price->reasoning);
}

static gboolean
read_tier (const WayJsonSpan *object, guint32 as_of, WayPriceTier *tier)
{
  WayJsonSpan members[N_PRICE];
  find_members (object, price_names, N_PRICE, members);
  return read_known (&members[PRICE_ABOVE_TOKENS], MAX_TOKENS, &tier->above_tokens) &&
         tier->above_tokens != WAY_UNKNOWN && read_price (members, as_of, &tier->price);
}

static gboolean
read_tiers (const WayJsonSpan *tiers, guint32 as_of, WayModel *model)
{
  WayPriceTier read[MAX_TIERS];
  gsize n_tiers = 0;
  WayJsonCursor cursor;
  WayJsonSpan name, element;
  way_json_scan_begin (&cursor, tiers);
  while (way_json_scan_next (&cursor, &name, &element))
    {
      if (n_tiers == MAX_TIERS || !read_tier (&element, as_of, &read[n_tiers]) ||
          (n_tiers > 0 && read[n_tiers].above_tokens <= read[n_tiers - 1].above_tokens))
        return FALSE;
      n_tiers++;
    }
  model->tiers = g_memdup2 (read, n_tiers * sizeof *read);
  model->n_tiers = n_tiers;
  return TRUE;
}

static gboolean
read_prices (const WayJsonSpan *members, guint32 as_of, WayModel *model)
{
  const WayJsonSpan *price = &members[ENTRY_PRICE];
  const WayJsonSpan *tiers = &members[ENTRY_TIERS];
  model->price = WAY_PRICE_UNKNOWN;
  if (price->type == WAY_JSON_NONE)
    return tiers->type == WAY_JSON_NONE;

  WayJsonSpan prices[N_PRICE];
  find_members (price, price_names, N_PRICE, prices);
  if (price->type != WAY_JSON_OBJECT || !read_price (prices, as_of, &model->price))
    return FALSE;
  return tiers->type == WAY_JSON_NONE ||
         (tiers->type == WAY_JSON_ARRAY && read_tiers (tiers, as_of, model));
}

/* Capabilities that no decision depends on are passed over. */
static gboolean
read_capabilities (const WayJsonSpan *names, WayModel *model)
{
  if (names->type == WAY_JSON_NONE)
    return TRUE;
  if (names->type != WAY_JSON_ARRAY)
    return FALSE;

  WayJsonCursor cursor;
  WayJsonSpan unused, name;
  way_json_scan_begin (&cursor, names);
  while (way_json_scan_next (&cursor, &unused, &name))
    {
      if (name.type != WAY_JSON_STRING)
        return FALSE;
      for (guint i = 0; i < G_N_ELEMENTS (capabilities); i++)
        if (way_json_span_is (&name, capabilities[i].name))
          model->capabilities |= capabilities[i].capability;
    }
  return TRUE;
}

static gboolean
read_name (WayCatalog *catalog, const WayJsonSpan *member, char **ret_name)
{
  g_autofree char *value = way_json_span_dup_string (member);
  if (!value || *value == '\0' || strlen (value) > WAY_LIMIT_NAME_BYTES)
    return FALSE;
  *ret_name = g_string_chunk_insert_const (catalog->texts, value);
  return TRUE;
}

/* (nullable): what is wrong with the entry. */
static const char *
read_model (WayCatalog *catalog, const WayJsonSpan *entry, WayModel *model)
{
  WayJsonSpan members[N_ENTRY];
  find_members (entry, entry_names, N_ENTRY, members);
  if (!read_name (catalog, &members[ENTRY_PROVIDER], &model->provider))
    return "provider";
  if (!read_name (catalog, &members[ENTRY_MODEL], &model->model))
    return "model";
  if (!read_name (catalog, &members[ENTRY_MODE], &model->mode))
    return "mode";
  if (!read_prices (members, catalog->as_of, model))
    return "price or tiers";
  if (!read_known (&members[ENTRY_CONTEXT], MAX_TOKENS, &model->context_tokens))
    return "context_tokens";
  if (!read_known (&members[ENTRY_MAX_OUTPUT], MAX_TOKENS, &model->max_output_tokens))
    return "max_output_tokens";
  if (!read_capabilities (&members[ENTRY_CAPABILITIES], model))
    return "capabilities";
  if (g_hash_table_contains (catalog->models, model))
    return "provider and model, which are there twice";
  return NULL;
}

static gboolean
add_entry (WayCatalog *catalog, const WayJsonSpan *entry, guint index, GPtrArray *faults)
{
  WayModel *model = g_new0 (WayModel, 1);
  const char *fault = read_model (catalog, entry, model);
  if (fault)
    {
      way_log_debug ("catalogue entry models[%u] is left out for its %s", index, fault);
      if (faults)
        g_ptr_array_add (faults,
                         g_strdup_printf ("models[%u], %s%s%s, is left out for its %s", index,
                                          model->provider ? model->provider : "nobody",
                                          model->model ? "/" : "", model->model ? model->model : "",
                                          fault));
      way_catalog_model_free (model);
      return FALSE;
    }
  g_hash_table_add (catalog->models, model);
  return TRUE;
}

/* "2026-08-01" → 20260801; absent → 0. */
static gboolean
read_as_of (const WayJsonSpan *member, guint32 *ret_as_of)
{
  if (member->type == WAY_JSON_NONE)
    return TRUE;
  g_autofree char *text = way_json_span_dup_string (member);
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
check_head (WayCatalog *catalog, const WayJsonSpan *members)
{
  gint64 version;
  if (!read_known (&members[HEAD_VERSION], G_MAXINT, &version) || version != CATALOG_VERSION)
    return "\"version\" is not 1";
  g_autofree char *unit = way_json_span_dup_string (&members[HEAD_UNIT]);
  if (!unit || !g_str_has_prefix (unit, CATALOG_UNIT))
    return "\"price_unit\" is not \"" CATALOG_UNIT "\"";
  if (!read_as_of (&members[HEAD_AS_OF], &catalog->as_of))
    return "\"as_of\" is not a day as YYYY-MM-DD";
  if (members[HEAD_MODELS].type != WAY_JSON_ARRAY)
    return "\"models\" is not an array";
  return NULL;
}

static void
read_models (WayCatalog *catalog, const WayJsonSpan *models, const char *name, GPtrArray *faults)
{
  WayJsonCursor cursor;
  WayJsonSpan unused, entry;
  guint n_entries = 0, n_left_out = 0;
  way_json_scan_begin (&cursor, models);
  for (; way_json_scan_next (&cursor, &unused, &entry); n_entries++)
    if (!add_entry (catalog, &entry, n_entries, faults))
      n_left_out++;
  if (n_left_out > 0 && !faults)
    way_log_notice ("the model catalogue %s: %u of %u entries are left out", name, n_left_out,
                    n_entries);
}

/* The scanner says only that it is no JSON; the parser says where. */
static void
fail_parse (const char *data, gsize length, const char *name, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (JsonNode) node = way_json_parse (data, length, &failure);
  g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s: %s", name,
               node ? "This is not strict JSON" : failure->message);
}

/* Fills the empty @catalog from @content, which messages call @name. What is left out is told in
 * @faults, in words, or logged when that is NULL. */
gboolean
way_catalog_read (
  WayCatalog *catalog, GBytes *content, const char *name, GPtrArray *faults, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (content, &length);
  WayJsonSpan root;
  if (!way_json_scan_document (data, length, &root))
    {
      fail_parse (data, length, name, error);
      return FALSE;
    }
  WayJsonSpan members[N_HEAD];
  find_members (&root, head_names, N_HEAD, members);
  const char *fault = check_head (catalog, members);
  if (fault)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "the model catalogue %s: %s", name, fault);
      return FALSE;
    }
  read_models (catalog, &members[HEAD_MODELS], name, faults);
  return TRUE;
}
