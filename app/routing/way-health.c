/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The last evidence about each provider. Gateway thread. */

#include "way-health.h"

#include <string.h>

typedef struct
{
  WayProviderState *state; /* owned */
  gint64 cool_until_us;
} Entry;

struct _WayHealth
{
  GHashTable *entries; /* owned: provider id → Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  way_provider_state_free (entry->state);
  g_free (entry);
}

static Entry *
ensure_entry (WayHealth *health, const char *provider_id)
{
  Entry *entry = g_hash_table_lookup (health->entries, provider_id);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->state = way_provider_state_new (provider_id, NULL, NULL);
      g_hash_table_insert (health->entries, g_strdup (provider_id), entry);
    }
  return entry;
}

static void
set_reach (WayProviderState *state, WayReach reach, const char *reason)
{
  state->reach = reach;
  g_free (state->reason);
  state->reason = g_strdup (reason);
}

/**
 * way_health_new:
 *
 * Starts with no evidence about anybody.
 *
 * Returns: (transfer full): for one thread
 */
WayHealth *
way_health_new (void)
{
  WayHealth *health = g_new0 (WayHealth, 1);

  health->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  return health;
}

/**
 * way_health_free:
 * @health: (nullable) (transfer full): forgets everything
 */
void
way_health_free (WayHealth *health)
{
  if (health == NULL)
    return;
  g_hash_table_unref (health->entries);
  g_free (health);
}

/**
 * way_health_note_probe:
 * @health: the evidence
 * @state: what a probe found; copied
 *
 * Replaces what is known of a provider. A probe that got no list of models leaves the last one in
 * force, and one that got through does not end a wait the provider asked for: listing models is
 * not what it limits.
 */
void
way_health_note_probe (WayHealth *health, const WayProviderState *state)
{
  g_return_if_fail (health != NULL && state != NULL);

  Entry *entry = ensure_entry (health, state->id);
  WayProviderState *old = entry->state;
  WayProviderState *fresh = way_provider_state_copy (state);

  if (fresh->models == NULL)
    fresh->models = g_steal_pointer (&old->models);
  fresh->last_success_at_us = MAX (fresh->last_success_at_us, old->last_success_at_us);
  if (fresh->latency_us == WAY_UNKNOWN)
    fresh->latency_us = old->latency_us;
  if (fresh->reach == WAY_REACH_UP && entry->cool_until_us > fresh->checked_at_us)
    set_reach (fresh, old->reach, old->reason);
  else
    entry->cool_until_us = 0;

  entry->state = fresh;
  way_provider_state_free (old);
}

/**
 * way_health_note_success:
 * @health: the evidence
 * @provider_id: who answered
 * @first_byte_us: how long its first byte took, or %WAY_UNKNOWN
 * @wall_us: when, wall clock
 *
 * Notes a good answer of live traffic: the provider is up, and no wait is in force.
 */
void
way_health_note_success (WayHealth *health,
                         const char *provider_id,
                         gint64 first_byte_us,
                         gint64 wall_us)
{
  g_return_if_fail (health != NULL && provider_id != NULL);

  Entry *entry = ensure_entry (health, provider_id);
  if (entry->state->reach != WAY_REACH_UP)
    set_reach (entry->state, WAY_REACH_UP, "answered");
  entry->state->is_unreachable = FALSE;
  entry->state->checked_at_us = wall_us;
  entry->state->last_success_at_us = wall_us;
  if (first_byte_us != WAY_UNKNOWN)
    entry->state->latency_us = first_byte_us;
  entry->cool_until_us = 0;
}

/**
 * way_health_note_failure:
 * @health: the evidence
 * @provider_id: who failed
 * @code: how
 * @reason: in words, as the window shows it: "refused the connection"
 * @cool_until_us: wall clock until which the provider asked to be left alone, or 0
 * @wall_us: when it failed, wall clock
 *
 * Notes a failed attempt of live traffic. Who cannot be reached is down; who limits or asks for a
 * wait cools. Any other failure is of one request and says nothing about the next.
 */
void
way_health_note_failure (WayHealth *health,
                         const char *provider_id,
                         WayErrorCode code,
                         const char *reason,
                         gint64 cool_until_us,
                         gint64 wall_us)
{
  g_return_if_fail (health != NULL && provider_id != NULL && reason != NULL);

  gboolean unreachable =
    code == WAY_ERROR_UPSTREAM_REFUSED || code == WAY_ERROR_UPSTREAM_UNREACHABLE;
  gboolean cooling = code == WAY_ERROR_RATE_LIMITED || cool_until_us > 0;
  if (!unreachable && !cooling)
    return;

  Entry *entry = ensure_entry (health, provider_id);
  set_reach (entry->state, unreachable ? WAY_REACH_DOWN : WAY_REACH_COOLING, reason);
  entry->state->is_unreachable = unreachable;
  entry->state->checked_at_us = wall_us;
  entry->cool_until_us = cool_until_us;
}

/**
 * way_health_forget:
 * @health: the evidence
 * @provider_id: a provider that is configured no more, or differently
 *
 * Drops all that is known of it.
 */
void
way_health_forget (WayHealth *health, const char *provider_id)
{
  g_return_if_fail (health != NULL && provider_id != NULL);

  g_hash_table_remove (health->entries, provider_id);
}

static const Entry *
find_entry (const WayHealth *health, const char *provider_id)
{
  return g_hash_table_lookup (health->entries, provider_id);
}

/**
 * way_health_get:
 * @health: the evidence
 * @provider_id: a provider
 *
 * What is known of a provider.
 *
 * Returns: (transfer none) (nullable): valid until the next change; %NULL without any evidence
 */
const WayProviderState *
way_health_get (const WayHealth *health, const char *provider_id)
{
  g_return_val_if_fail (health != NULL && provider_id != NULL, NULL);

  const Entry *entry = find_entry (health, provider_id);
  return entry != NULL ? entry->state : NULL;
}

/**
 * way_health_get_cool_until:
 * @health: the evidence
 * @provider_id: a provider
 *
 * Until when a provider asked to be left alone.
 *
 * Returns: wall clock µs, possibly past; 0 if it asked for nothing
 */
gint64
way_health_get_cool_until (const WayHealth *health, const char *provider_id)
{
  g_return_val_if_fail (health != NULL && provider_id != NULL, 0);

  const Entry *entry = find_entry (health, provider_id);
  return entry != NULL ? entry->cool_until_us : 0;
}

/* Ollama calls a model without tag by the tag "latest"; its lists always show the tag. */
static gboolean
is_same_ollama_model (const char *listed, const char *model)
{
  gsize length = strlen (model);

  return strncmp (listed, model, length) == 0 && g_str_equal (listed + length, ":latest");
}

/**
 * way_health_serves:
 * @health: the evidence
 * @provider_id: a provider
 * @model: a model's name, spelled as the provider spells it; for Ollama ":latest" may be left out
 *
 * Whether the provider's last list of models has @model.
 *
 * Returns: %FALSE also when it was never listed
 */
gboolean
way_health_serves (const WayHealth *health, const char *provider_id, const char *model)
{
  g_return_val_if_fail (health != NULL && provider_id != NULL && model != NULL, FALSE);

  const WayProviderState *state = way_health_get (health, provider_id);
  if (state == NULL || state->models == NULL)
    return FALSE;

  gboolean is_ollama = g_strcmp0 (state->kind, "ollama") == 0;
  for (char **listed = state->models; *listed != NULL; listed++)
    if (g_str_equal (*listed, model) || (is_ollama && is_same_ollama_model (*listed, model)))
      return TRUE;
  return FALSE;
}
