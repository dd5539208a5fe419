/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the gateway tells the main thread. Sealed once made; any thread may free. */

#include "way-event.h"

static const char *const reach_names[] = { "unknown", "up", "down", "cooling", "no_key" };

/**
 * way_event_new_request:
 * @record: (transfer full)
 *
 * Returns: (transfer full): an event about a request
 */
WayEvent *
way_event_new_request (WayEventType type, WayRecord *record)
{
  WayEvent *event = g_new0 (WayEvent, 1);

  event->type = type;
  event->record = record;
  return event;
}

/**
 * way_event_new_provider:
 * @provider: (transfer full)
 *
 * Returns: (transfer full): an event about a provider
 */
WayEvent *
way_event_new_provider (WayEventType type, WayProviderState *provider)
{
  WayEvent *event = g_new0 (WayEvent, 1);

  event->type = type;
  event->provider = provider;
  return event;
}

/**
 * way_event_new_budget:
 * @budget: in words
 *
 * Returns: (transfer full): an event about a budget
 */
WayEvent *
way_event_new_budget (const char *budget,
                      guint percent,
                      gint64 spent_nano_usd,
                      gint64 limit_nano_usd)
{
  const WayBudgetNews news = { g_strdup (budget), percent, spent_nano_usd, limit_nano_usd };
  WayEvent *event = g_new0 (WayEvent, 1);

  event->type = WAY_EVENT_BUDGET;
  event->budget = g_memdup2 (&news, sizeof news);
  return event;
}

static void
budget_news_free (WayBudgetNews *news)
{
  g_free (news->budget);
  g_free (news);
}

void
way_event_free (WayEvent *event)
{
  g_clear_pointer (&event->budget, budget_news_free);
  g_clear_pointer (&event->record, way_record_unref);
  g_clear_pointer (&event->provider, way_provider_state_free);
  g_free (event);
}

/**
 * way_event_get_key:
 *
 * Returns: (transfer none): what events are merged by: the request's or the provider's id, or the
 *   budget in words
 */
const char *
way_event_get_key (const WayEvent *event)
{
  if (event->budget)
    return event->budget->budget;
  return event->record ? event->record->id : event->provider->id;
}

/**
 * way_provider_state_new:
 *
 * Returns: (transfer full): the state of a provider of which nothing is known
 */
WayProviderState *
way_provider_state_new (const char *id, const char *kind, const char *base_url)
{
  WayProviderState *state = g_new0 (WayProviderState, 1);

  state->id = g_strdup (id);
  state->kind = g_strdup (kind);
  state->base_url = g_strdup (base_url);
  state->latency_us = WAY_UNKNOWN;
  return state;
}

WayProviderState *
way_provider_state_copy (const WayProviderState *state)
{
  WayProviderState *copy = g_memdup2 (state, sizeof *state);

  copy->id = g_strdup (state->id);
  copy->kind = g_strdup (state->kind);
  copy->base_url = g_strdup (state->base_url);
  copy->reason = g_strdup (state->reason);
  copy->models = g_strdupv (state->models);
  return copy;
}

void
way_provider_state_free (WayProviderState *state)
{
  g_free (state->id);
  g_free (state->kind);
  g_free (state->base_url);
  g_free (state->reason);
  g_strfreev (state->models);
  g_free (state);
}

const char *
way_reach_get_name (WayReach reach)
{
  return reach_names[reach];
}
