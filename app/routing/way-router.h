/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The decision: snapshot + request + health → ordered candidates, each with its reason in words,
 * also those left out. Pure, so the dry run and the live path cannot differ. */

#pragma once

#include "way-dialect.h"
#include "way-evidence.h"

G_BEGIN_DECLS

/* In front of the names of models that clients for Claude alone would not offer. */
#define WAY_ROUTER_CLAUDE_PREFIX "claude-local/"

/* What the request says. All borrowed. */
typedef struct
{
  const char *model;            /* as requested */
  const WayApp *app;            /* nullable: no token was needed */
  const WayRequestFacts *facts; /* nullable in a dry run */
  const WayDialect *dialect;    /* of the client; NULL in a dry run means openai-chat */
  const char *tag;              /* nullable: x-wayfare-tag */
  const char *session;          /* nullable: what the client calls its conversation */
  gboolean local_only;          /* x-wayfare-local-only */
  gboolean no_fallback;         /* x-wayfare-no-fallback */
} WayRouteQuery;

/**
 * WayCandidate:
 * @target: (nullable): the route's, borrowed from the plan's snapshot
 * @takes_tokens: the context that is set or that the model is known to have, 0 when neither
 * @input_tokens: of the request as this model counts, estimated
 * @cost_nano_usd: what the request will probably cost here; 0 is free, or %WAY_UNKNOWN
 * @reserve_nano_usd: what it may cost at most, if its input is estimated well
 */
typedef struct
{
  const WayProvider *provider; /* borrowed from the plan's snapshot */
  const WayTarget *target;
  char *model;               /* owned: what to ask the provider for */
  const WayDialect *dialect; /* what to ask it in; NULL to count tokens: it is not asked at all */
  char *reason;              /* owned: why here in the order, or why left out */
  WayErrorCode refusal;      /* meaningful if !usable */
  gboolean usable;
  gboolean stands_aside; /* left out by the target's own conditions */
  gboolean substituted;  /* another model than the one asked for, by name */
  gint64 context_tokens; /* 0 when not set */
  gint64 takes_tokens;
  gint64 input_tokens;
  gint64 cost_nano_usd;
  gint64 reserve_nano_usd;
} WayCandidate;

/**
 * WayPlan:
 * @pricing: (nullable): owned: what the models cost when it was made, whatever is accepted later
 * @route: (nullable): borrowed from @snapshot; NULL when addressed directly or by inventory
 * @local_only: no socket to a non-local address may be opened for this request
 * @retry_at_us: wall clock: when the first target that must be left alone until a time is free
 *   again, 0 if there is none
 * @waits_for_room: a limit of Wayfare's own is in the way that is free whenever others end
 * @waits_for_probe: a target near by was down a while ago; a probe can tell whether it still is
 * @error: (nullable): set if no candidate is usable; its code is the contract's and its message
 * lists each target with its reason
 */
typedef struct
{
  WaySnapshot *snapshot;
  WayPricing *pricing;
  const WayRoute *route;
  const WayApp *app;     /* nullable: who asks */
  GPtrArray *candidates; /* (element-type WayCandidate) in order, left-out ones in their place */
  WayDeadlines deadlines;
  gboolean local_only;
  gint64 retry_at_us;
  gboolean waits_for_room;
  gboolean waits_for_probe;
  GError *error;
} WayPlan;

WayPlan *way_router_plan (WaySnapshot *snapshot,
                          const WayRouteQuery *query,
                          const WayEvidence *evidence,
                          gint64 now_wall_us);
void way_plan_free (WayPlan *plan);
void way_candidate_refuse (WayCandidate *candidate, const char *reason);
void way_plan_take_turn (const WayPlan *plan, const WayCandidate *taken, WayTraffic *traffic);
const char *way_router_skip_claude_prefix (const char *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayPlan, way_plan_free)

G_END_DECLS
