/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What speaks against a catalogue. Nobody can check a price against a provider's list from here, so
 * these are the slips that price lists are known for: a wrong unit, a lost or invented zero, an
 * unknown written as 0, a tier with the columns swapped.
 *
 * Of the whole: it has no day, one in the future or one before that of the catalogue in use; more
 * than half of the models are gone. Of a price, in the base and in each tier:
 *
 *   - above 10,000 USD for a million tokens
 *   - more than ten times, or less than a tenth of, what it was
 *   - 0 where it was something else or unknown; or, of a new model, 0 for input, or for output if
 *     it generates any. Who gives it away says "free" in the model's name; what nobody knows is
 *     left out, not 0
 *   - tokens read from the cache dearer than fresh ones, or than generated ones: no list has that
 *   - in a tier, lower than the base price, or without input or output where the base has it
 *
 * Pure. */

#include "way-catalog-private.h"

#include "way-price.h"

#include <string.h>

#define ABSURD_PRICE (G_GINT64_CONSTANT (10000) * 1000000)
#define ABSURD_FACTOR 10
#define NANO_USD_PER_MICRO_USD 1000

/* One price of a model: the base or a tier. */
typedef struct
{
  WayCatalogDiff *diff;
  const WayModel *old_model; /* nullable */
  const WayModel *model;
  gint64 above_tokens; /* WAY_UNKNOWN for the base */
  WayPrice old_price;
  WayPrice price;
} Judged;

G_GNUC_PRINTF (2, 3)
static void
object (WayCatalogDiff *diff, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_ptr_array_add (diff->objections, g_strdup_vprintf (format, args));
  va_end (args);
}

static char *
format_price (gint64 price)
{
  return way_price_format_usd (price < 0 ? WAY_UNKNOWN : price * NANO_USD_PER_MICRO_USD);
}

/* Names the model and the price, and says what is odd about it. */
static void
object_to (const Judged *judged, guint kind, const char *words)
{
  gint64 value = way_price_get_kind (&judged->price, kind);
  g_autofree char *price = format_price (value);
  g_autofree char *where =
    judged->above_tokens == WAY_UNKNOWN
      ? g_strdup ("")
      : g_strdup_printf (" above %" G_GINT64_FORMAT " tokens", judged->above_tokens);
  object (judged->diff, "%s/%s: %s%s%s%s %s", judged->model->provider, judged->model->model,
          way_price_kind_get_name (kind), where, value < 0 ? "" : " at ", value < 0 ? "" : price,
          words);
}

/* "free" as a word of its own: "qwen3:free", "free-model", not "freesolo". */
static gboolean
says_free (const char *name)
{
  gsize length = strlen ("free");
  for (const char *at = name; *at; at++)
    if (g_ascii_strncasecmp (at, "free", length) == 0 && !g_ascii_isalnum (at[length]) &&
        (at == name || !g_ascii_isalnum (at[-1])))
      return TRUE;
  return FALSE;
}

static gboolean
generates (const WayModel *model)
{
  return strcmp (model->mode, "embedding") != 0 && strcmp (model->mode, "rerank") != 0;
}

static void
judge_zero (const Judged *judged, guint kind, gint64 old_value)
{
  gboolean is_needless = kind == WAY_PRICE_KIND_OUTPUT && !generates (judged->model);
  if (is_needless || says_free (judged->model->model))
    return;
  if (judged->old_model && old_value > 0)
    {
      g_autofree char *old_text = format_price (old_value);
      g_autofree char *words =
        g_strdup_printf ("was %s, and nothing says that it is free now", old_text);
      object_to (judged, kind, words);
    }
  else if (judged->old_model && old_value < 0)
    object_to (judged, kind, "was unknown, which is not 0");
  else if (!judged->old_model && kind <= WAY_PRICE_KIND_OUTPUT)
    object_to (judged, kind, "is new: what is unknown is left out, not 0");
}

static void
judge_change (const Judged *judged, guint kind, gint64 old_value, gint64 value)
{
  if (old_value <= 0 || value <= 0 ||
      (value <= old_value * ABSURD_FACTOR && old_value <= value * ABSURD_FACTOR))
    return;
  g_autofree char *old_text = format_price (old_value);
  g_autofree char *words =
    g_strdup_printf ("was %s: a change by more than a factor of %d", old_text, ABSURD_FACTOR);
  object_to (judged, kind, words);
}

static void
judge_kind (const Judged *judged, guint kind)
{
  gint64 old_value = way_price_get_kind (&judged->old_price, kind);
  gint64 value = way_price_get_kind (&judged->price, kind);
  gint64 base = way_price_get_kind (&judged->model->price, kind);

  if (value > ABSURD_PRICE)
    object_to (judged, kind, "a million tokens is beyond any price");
  if (value == 0 && old_value != 0)
    judge_zero (judged, kind, old_value);
  judge_change (judged, kind, old_value, value);
  if (value >= 0 && value < base)
    object_to (judged, kind, "is below the base price");
  else if (value < 0 && base >= 0 && kind <= WAY_PRICE_KIND_OUTPUT)
    object_to (judged, kind,
               "has no price though the base has one, so the cost of such calls would be unknown");
}

static void
judge_price (const Judged *judged)
{
  const WayPrice *price = &judged->price;

  for (guint kind = 0; kind < WAY_N_PRICE_KINDS; kind++)
    judge_kind (judged, kind);
  if (price->input >= 0 && price->cache_read > price->input)
    object_to (judged, WAY_PRICE_KIND_CACHE_READ, "is dearer than input");
  if (generates (judged->model) && price->output >= 0 && price->cache_read > price->output)
    object_to (judged, WAY_PRICE_KIND_CACHE_READ, "is dearer than output");
}

/* Judges the prices of @model, which are new or not those of @old. */
void
way_catalog_judge_model (WayCatalogDiff *diff, const WayModel *old, const WayModel *model)
{
  Judged judged = { .diff = diff,
                    .old_model = old,
                    .model = model,
                    .above_tokens = WAY_UNKNOWN,
                    .old_price = old ? old->price : WAY_PRICE_UNKNOWN,
                    .price = model->price };
  judge_price (&judged);
  for (gsize i = 0; i < model->n_tiers; i++)
    {
      judged.above_tokens = model->tiers[i].above_tokens;
      judged.old_price =
        old ? way_model_get_tier_price (old, judged.above_tokens) : WAY_PRICE_UNKNOWN;
      judged.price = model->tiers[i].price;
      judge_price (&judged);
    }
}

static char *
format_day (guint32 day)
{
  return g_strdup_printf ("%04u-%02u-%02u", day / 10000, day / 100 % 100, day % 100);
}

/* Judges what is said of all models at once. */
void
way_catalog_judge_head (WayCatalogDiff *diff, guint n_removed, guint32 today)
{
  guint n_models = way_catalog_get_n_models (diff->in_use);
  g_autofree char *day = format_day (diff->proposed->as_of);
  g_autofree char *day_in_use = format_day (diff->in_use->as_of);

  if (diff->proposed->as_of == 0)
    object (diff, "it does not say of which day its prices are (\"as_of\")");
  else if (diff->proposed->as_of > today)
    object (diff, "its prices are of %s, which is in the future", day);
  else if (diff->proposed->as_of < diff->in_use->as_of)
    object (diff, "its prices are of %s, older than those in use, of %s", day, day_in_use);
  if (n_removed > n_models / 2)
    object (diff, "%u of %u models would be gone", n_removed, n_models);
}
