/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the gateway tells the main thread: requests as they go, providers as they are seen. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_EVENT_STARTED,  /* record: a partial copy */
  WAY_EVENT_ROUTED,   /* record: a partial copy with provider, model and attempts so far */
  WAY_EVENT_PROGRESS, /* record: a partial copy; latest wins */
  WAY_EVENT_FINISHED, /* record: the sealed record itself */
  WAY_EVENT_PROVIDER, /* provider: state of one configured provider */
  WAY_EVENT_FOUND,    /* provider: a local server that is not configured */
  WAY_EVENT_BUDGET,   /* budget: what is spent of it */
} WayEventType;

typedef enum
{
  WAY_REACH_UNKNOWN, /* never probed, never used: neither green nor red */
  WAY_REACH_UP,
  WAY_REACH_DOWN,    /* refused, unreachable, or broken */
  WAY_REACH_COOLING, /* told us to wait */
  WAY_REACH_NO_KEY,  /* needs a key and has none, or the keyring is locked */
} WayReach;

/**
 * WayProviderState:
 * @id: of the provider; of a found server the kind and port, e.g. "ollama-11434"
 * @kind: config kind
 * @reason: in words, why @reach is what it is
 * @models: (nullable) (array zero-terminated=1): ids it serves, NULL when never listed
 * @is_unreachable: nobody took the last connection, so that no request can be answered; any other
 *   trouble with a probe says nothing about requests
 * @checked_at_us: wall clock of the last evidence, 0 for none
 * @last_success_at_us: wall clock of the last good answer, 0 for none
 * @latency_us: of the last good probe or first byte, or %WAY_UNKNOWN
 *
 * Sealed once in an event.
 */
typedef struct
{
  char *id;
  char *kind;
  char *base_url;
  char *reason;
  char **models;
  WayReach reach;
  gboolean is_unreachable;
  gint64 checked_at_us;
  gint64 last_success_at_us;
  gint64 latency_us;
} WayProviderState;

/**
 * WayBudgetNews:
 * @budget: in words: "the budget of the app \"codex\", $20.00 a month"
 * @percent: the highest share that was passed: that of the warning, 100, or 0
 *
 * Sealed once in an event.
 */
typedef struct
{
  char *budget;
  guint percent;
  gint64 spent_nano_usd;
  gint64 limit_nano_usd;
} WayBudgetNews;

typedef struct
{
  WayEventType type;
  WayRecord *record;          /* owned, for request events */
  WayProviderState *provider; /* owned, for provider events */
  WayBudgetNews *budget;      /* owned, for budget events */
} WayEvent;

WayEvent *way_event_new_request (WayEventType type, WayRecord *record);
WayEvent *way_event_new_provider (WayEventType type, WayProviderState *provider);
WayEvent *way_event_new_budget (const char *budget,
                                guint percent,
                                gint64 spent_nano_usd,
                                gint64 limit_nano_usd);
void way_event_free (WayEvent *event);
const char *way_event_get_key (const WayEvent *event);

WayProviderState *way_provider_state_new (const char *id, const char *kind, const char *base_url);
WayProviderState *way_provider_state_copy (const WayProviderState *state);
void way_provider_state_free (WayProviderState *state);
const char *way_reach_get_name (WayReach reach);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayEvent, way_event_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayProviderState, way_provider_state_free)

G_END_DECLS
