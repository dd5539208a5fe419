/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The catalogue as a request sees it. Gateway thread. */

#include "way-pricing.h"

#include "way-price.h"

struct _WayPricing
{
  guint refs;
  WayCatalog *catalog; /* owned */
  GHashTable *sellers; /* owned: base URL → the catalogue's name of who sells there, or NULL */
};

/**
 * way_pricing_new:
 *
 * Returns: (transfer full): for one thread
 */
WayPricing *
way_pricing_new (WayCatalog *catalog)
{
  WayPricing *pricing = g_new0 (WayPricing, 1);

  pricing->refs = 1;
  pricing->catalog = way_catalog_ref (catalog);
  pricing->sellers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return pricing;
}

/**
 * way_pricing_ref:
 * @pricing: (nullable): of this thread
 *
 * Returns: (nullable) (transfer full): @pricing
 */
WayPricing *
way_pricing_ref (WayPricing *pricing)
{
  if (pricing != NULL)
    pricing->refs++;
  return pricing;
}

/**
 * way_pricing_unref:
 * @pricing: (nullable) (transfer full)
 *
 * Frees it with the last reference, and with it what it holds of the catalogue.
 */
void
way_pricing_unref (WayPricing *pricing)
{
  if (pricing == NULL || --pricing->refs > 0)
    return;
  way_catalog_unref (pricing->catalog);
  g_hash_table_unref (pricing->sellers);
  g_free (pricing);
}

/* Looked up once for each base URL: the catalogue parses it. */
static const char *
find_seller (const WayPricing *pricing, const char *base_url)
{
  gpointer seller = NULL;

  if (base_url == NULL || g_hash_table_lookup_extended (pricing->sellers, base_url, NULL, &seller))
    return seller;
  seller = (gpointer)way_catalog_provider_for_url (base_url);
  g_hash_table_insert (pricing->sellers, g_strdup (base_url), seller);
  return seller;
}

/**
 * way_pricing_find:
 * @pricing: (nullable): %NULL for no knowledge
 * @ret_model: its texts are borrowed; all unknown when nothing is known
 *
 * Looks @model of @provider up. A price the user set takes the place of the catalogue's, tiers
 * included.
 *
 * Returns: whether the catalogue or the user says anything of the model
 */
gboolean
way_pricing_find (const WayPricing *pricing,
                  const WaySnapshot *snapshot,
                  const WayProvider *provider,
                  const char *model,
                  WayModel *ret_model)
{
  const WayModelTerms *terms = way_snapshot_find_model_terms (snapshot, provider->id, model);
  const WayModel *found = NULL;

  if (pricing != NULL)
    {
      const char *seller = find_seller (pricing, provider->base_url);
      found = way_catalog_find (pricing->catalog, seller != NULL ? seller : provider->id, model);
    }
  *ret_model = found != NULL ? *found
                             : (WayModel){ .price = WAY_PRICE_UNKNOWN,
                                           .context_tokens = WAY_UNKNOWN,
                                           .max_output_tokens = WAY_UNKNOWN };
  if (terms != NULL && terms->has_price)
    {
      ret_model->price = terms->price;
      ret_model->n_tiers = 0;
    }
  if (terms != NULL && terms->capabilities != NULL)
    ret_model->capabilities =
      way_capabilities_from_names ((const char *const *)terms->capabilities);
  if (terms != NULL && terms->context_tokens > 0)
    ret_model->context_tokens = terms->context_tokens;
  if (terms != NULL && terms->max_output_tokens > 0)
    ret_model->max_output_tokens = terms->max_output_tokens;
  return found != NULL || terms != NULL;
}

/**
 * way_provider_is_free:
 *
 * Returns: whether nobody charges for what it generates: it runs on a machine of the user's
 */
gboolean
way_provider_is_free (const WayProvider *provider)
{
  return provider->locality != WAY_LOCALITY_CLOUD || provider->kind == WAY_KIND_DEMO;
}

/**
 * way_pricing_estimate:
 * @pricing: (nullable)
 *
 * Returns: what a request of this size costs there, in nano-USD: 0 on a machine of the user's,
 *   %WAY_UNKNOWN without a price
 */
gint64
way_pricing_estimate (const WayPricing *pricing,
                      const WaySnapshot *snapshot,
                      const WayProvider *provider,
                      const char *model,
                      gint64 input_tokens,
                      gint64 output_tokens)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayModel known;

  if (way_provider_is_free (provider))
    return 0;
  if (!way_pricing_find (pricing, snapshot, provider, model, &known))
    return WAY_UNKNOWN;
  usage.input_tokens = input_tokens;
  usage.output_tokens = output_tokens;
  WayPrice price = way_price_for_usage (&known, &usage);
  return way_price_cost_nano_usd (&price, &usage, provider->price_factor_ppm);
}
