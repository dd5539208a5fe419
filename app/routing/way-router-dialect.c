/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* In which dialect a provider is asked. Pure. */

#include "way-provider-table.h"
#include "way-router-private.h"

#include <string.h>

static gboolean
is_listed (const WayProvider *provider, const char *dialect)
{
  return provider->dialects != NULL &&
         g_strv_contains ((const char *const *)provider->dialects, dialect);
}

/* The config lists dialects of chats. What else a provider does, its kind tells. */
static gboolean
speaks (const WayProvider *provider, const WayDialect *dialect)
{
  if (is_listed (provider, dialect->name))
    return TRUE;
  if (provider->dialects != NULL && dialect->operation == WAY_OPERATION_CHAT)
    return FALSE;
  return way_provider_speaks (provider, dialect->name);
}

static gboolean
can_be_said_in (const WayDialect *dialect, const WayDialect *face)
{
  return dialect != NULL && dialect->operation == face->operation &&
         (dialect->encode_request != NULL || dialect->encode_embed != NULL);
}

/* The first that the config lists, else the first of the kind. */
static const WayDialect *
find_main_dialect (const WayProvider *provider, const WayDialect *face)
{
  const WayKindRow *row = way_kind_row (provider->kind);

  for (char **name = provider->dialects; name != NULL && *name != NULL; name++)
    {
      const WayDialect *dialect = way_dialect_by_name (*name);

      if (can_be_said_in (dialect, face))
        return dialect;
    }
  if (provider->dialects != NULL && face->operation == WAY_OPERATION_CHAT)
    return NULL;
  for (gsize i = 0; i < WAY_KIND_MAX_CALLS && row->calls[i].dialect != NULL; i++)
    {
      const WayDialect *dialect = way_dialect_by_name (row->calls[i].dialect);

      if (can_be_said_in (dialect, face))
        return dialect;
    }
  return NULL;
}

/**
 * way_router_choose_dialect:
 * @face: of the client
 * @context_tokens: as the target says, 0 when not set
 *
 * The client's own dialect where @provider speaks it, so that its bytes go through as they are
 * (unless it is a form of the dialect that only clients get, which providers have no name for);
 * else what the provider speaks best. Tokens are counted by the provider or, if it cannot, not
 * asked.
 *
 * Ollama cuts a prompt to its loaded context in silence, and only its own dialect can say how long
 * that is to be: with @context_tokens set, it is used.
 *
 * Returns: (transfer none) (nullable): the dialect to ask @provider in
 */
const WayDialect *
way_router_choose_dialect (const WayProvider *provider,
                           const WayDialect *face,
                           gint64 context_tokens)
{
  gboolean must_say_context = provider->kind == WAY_KIND_OLLAMA && context_tokens > 0 &&
                              g_str_has_prefix (face->name, "openai-");

  if (speaks (provider, face) && !must_say_context)
    return way_dialect_by_name (face->name);
  if (face->operation == WAY_OPERATION_COUNT)
    return NULL;
  return find_main_dialect (provider, face);
}
