/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Who sells at which address, in the catalogue's names. Pure. */

#include "way-catalog.h"

#include <string.h>

/* A host that begins with a dot stands for every name below it. Left out on purpose: the mainland
 * addresses of Moonshot, MiniMax, Zhipu and DashScope, which charge in yuan, and OpenAI's regional
 * ones, which charge more. */
static const struct
{
  const char *host;
  const char *provider;
} hosts[] = {
  { "api.anthropic.com", "anthropic" },
  { "api.cerebras.ai", "cerebras" },
  { ".cognitiveservices.azure.com", "azure" },
  { ".openai.azure.com", "azure" },
  { ".services.ai.azure.com", "azure" },
  { "api.cohere.ai", "cohere" },
  { "api.cohere.com", "cohere" },
  { "dashscope-intl.aliyuncs.com", "dashscope" },
  { "api.deepinfra.com", "deepinfra" },
  { "api.deepseek.com", "deepseek" },
  { "api.fireworks.ai", "fireworks" },
  { "generativelanguage.googleapis.com", "gemini" },
  { "api.groq.com", "groq" },
  { "api.hyperbolic.xyz", "hyperbolic" },
  { "api.minimax.io", "minimax" },
  { "api.mistral.ai", "mistral" },
  { "codestral.mistral.ai", "mistral" },
  { "api.moonshot.ai", "moonshot" },
  { "api.studio.nebius.ai", "nebius" },
  { "api.studio.nebius.com", "nebius" },
  { "api.tokenfactory.nebius.com", "nebius" },
  { "api.novita.ai", "novita" },
  { "api.openai.com", "openai" },
  { "openrouter.ai", "openrouter" },
  { "api.perplexity.ai", "perplexity" },
  { "api.sambanova.ai", "sambanova" },
  { "api.together.ai", "together" },
  { "api.together.xyz", "together" },
  { "api.voyageai.com", "voyage" },
  { "api.x.ai", "xai" },
  { "api.z.ai", "zai" },
};

static gboolean
host_is (const char *host, const char *pattern)
{
  gsize length = strlen (host);
  gsize pattern_length = strlen (pattern);
  if (*pattern != '.')
    return g_ascii_strcasecmp (host, pattern) == 0;
  return length > pattern_length &&
         g_ascii_strcasecmp (host + length - pattern_length, pattern) == 0;
}

/**
 * way_catalog_provider_for_url:
 * @base_url: of a configured provider
 *
 * Any thread.
 *
 * Returns: (nullable) (transfer none): the catalogue's name of who sells there; %NULL for an
 * address it does not know, which may sell the same models at other prices
 */
const char *
way_catalog_provider_for_url (const char *base_url)
{
  g_return_val_if_fail (base_url != NULL, NULL);

  g_autoptr (GUri) uri = g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  if (!host)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (host_is (host, hosts[i].host))
      return hosts[i].provider;
  return NULL;
}
