/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests, time and providers that behave, with the routing code in between as it is. One thread;
 * nothing is random but what the seed says. */

#pragma once

#include "way-journey.h"

G_BEGIN_DECLS

/* Times are since the simulation began. */
typedef struct
{
  gint64 from_us;
  gint64 to_us;
} Span;

/**
 * Peer:
 * @id: of a provider in the configuration
 * @first_token_us: on average; an answer takes twice that
 * @out: while it fails
 * @out_failure: how, after @out_after_us
 * @slow: while its first token takes @slow_first_token_us
 * @error_percent: so many fail with 503 at any time, at random
 * @window_requests: who comes later in a window of @window_us gets a 429 with the rest of it as
 *   Retry-After; 0 for no limit
 * @n_attempts: that it got
 * @n_early: of them, before a wait that it stated was over
 */
typedef struct
{
  const char *id;
  gint64 first_token_us;
  Span out;
  WayFailure out_failure;
  gint64 out_after_us;
  Span slow;
  gint64 slow_first_token_us;
  int error_percent;
  guint window_requests;
  gint64 window_us;

  guint n_attempts;
  guint n_early;
  gint64 window_begin_us;
  guint n_in_window;
  gint64 alone_until_us;
} Peer;

/* What a client asks. */
typedef struct
{
  const char *model;
  const char *session; /* nullable */
  gint64 estimated_tokens;
  gint64 input_tokens;
  gint64 max_output_tokens;
  gint64 output_tokens;
} Ask;

/* An attempt, as it is logged when it ends. */
typedef struct
{
  guint request;
  guint peer;
  guint number; /* of its request, from 1 */
  gint64 began_us;
  gint64 ended_us;
  gboolean answered;
} Try;

typedef enum
{
  FATE_WAITS,
  FATE_ANSWERED,
  FATE_FAILED,  /* every attempt */
  FATE_REFUSED, /* nobody could be asked */
} Fate;

typedef struct _Request Request;

/**
 * Simulation:
 * @requests: (element-type Request): in the order of simulation_add()
 * @tries: (element-type Try): in the order of their ends
 */
typedef struct
{
  WaySnapshot *snapshot;
  WayHealth *health;
  WayTraffic *traffic;
  WayRates *rates;
  WayBudgets *budgets;
  WayPricing *pricing;
  GRand *rand;
  GSequence *events;
  GPtrArray *requests;
  GArray *tries;
  Peer *peers; /* borrowed */
  guint n_peers;
  gint64 now_us;
  guint64 serial;
} Simulation;

Simulation *simulation_new (const char *config, Peer *peers, guint n_peers, guint32 seed);
void simulation_free (Simulation *simulation);
void simulation_add (Simulation *simulation, gint64 at_us, const Ask *ask);
void simulation_add_stream (Simulation *simulation, Span span, double per_second, const Ask *ask);
void simulation_run (Simulation *simulation);

guint simulation_count_fates (const Simulation *simulation, Span span, Fate fate);
guint simulation_count_requests (const Simulation *simulation, Span span);
guint simulation_count_tries (const Simulation *simulation, Span span);
guint simulation_count_firsts (const Simulation *simulation, Span span, guint peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Simulation, simulation_free)

G_END_DECLS
