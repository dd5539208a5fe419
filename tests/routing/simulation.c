/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The driver: takes a request through plan and journey and keeps the books in the order in which
 * the gateway does. */

#include "simulation.h"

#include "routing-fixture.h"

/* What is noted when an attempt begins. */
typedef struct
{
  WayTargetTraffic *traffic;
  gint64 began_at_us;
  WayReservation reservation;
  gboolean was_blamed;
} Books;

/* How an attempt will end, as its peer knows at once. */
typedef struct
{
  gboolean is_answer;
  WayFailure failure;
  gint64 after_us;
  gint64 first_token_us;
  gint64 wait_us; /* Retry-After, 0 for none */
} Ending;

struct _Request
{
  guint number;
  gint64 arrived_us;
  Ask ask;
  char *session;
  WayRequestFacts facts;
  WayPlan *plan;
  WayJourney journey;
  Books books;
  Ending ending;
  guint peer;
  gint64 began_us;
  Fate fate;
};

typedef void (*Step) (Simulation *self, Request *request);

typedef struct
{
  gint64 at_us;
  guint64 serial;
  Request *request;
  Step step;
} Event;

static int
compare_events (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Event *x = a;
  const Event *y = b;

  if (x->at_us != y->at_us)
    return x->at_us < y->at_us ? -1 : 1;
  return x->serial < y->serial ? -1 : 1;
}

static void
schedule (Simulation *self, gint64 at_us, Request *request, Step step)
{
  Event *event = g_new0 (Event, 1);

  *event = (Event){ at_us, self->serial++, request, step };
  g_sequence_insert_sorted (self->events, event, compare_events, NULL);
}

static gint64
get_wall_us (const Simulation *self)
{
  return NOW + self->now_us;
}

static gboolean
is_in (Span span, gint64 at_us)
{
  return at_us >= span.from_us && at_us < span.to_us;
}

static WayEvidence
get_evidence (const Simulation *self)
{
  return (WayEvidence){
    .health = self->health,
    .traffic = self->traffic,
    .rates = self->rates,
    .budgets = self->budgets,
    .pricing = self->pricing,
  };
}

/* Peers */

static guint
find_peer (const Simulation *self, const char *id)
{
  for (guint i = 0; i < self->n_peers; i++)
    if (g_str_equal (self->peers[i].id, id))
      return i;
  g_assert_not_reached ();
}

/* Whether @peer has had enough in this window; counts the request. */
static gboolean
is_over_limit (Peer *peer, gint64 now_us)
{
  if (peer->window_requests == 0)
    return FALSE;
  if (now_us >= peer->window_begin_us + peer->window_us)
    {
      peer->window_begin_us = now_us - now_us % peer->window_us;
      peer->n_in_window = 0;
    }
  return ++peer->n_in_window > peer->window_requests;
}

static Ending
ask_peer (Simulation *self, Peer *peer)
{
  gint64 usual_us =
    is_in (peer->slow, self->now_us) ? peer->slow_first_token_us : peer->first_token_us;
  gint64 first_token_us = (gint64)((double)usual_us * g_rand_double_range (self->rand, 0.7, 1.3));

  peer->n_attempts++;
  if (self->now_us < peer->alone_until_us)
    peer->n_early++;
  if (is_in (peer->out, self->now_us))
    return (Ending){ .failure = peer->out_failure, .after_us = peer->out_after_us };
  if (is_over_limit (peer, self->now_us))
    return (Ending){ .failure = { WAY_ERROR_RATE_LIMITED, 429, FALSE },
                     .after_us = 20 * 1000,
                     .wait_us = peer->window_begin_us + peer->window_us - self->now_us };

  if (g_rand_int_range (self->rand, 0, 100) < peer->error_percent)
    return (Ending){ .failure = { WAY_ERROR_UPSTREAM, 503, FALSE }, .after_us = first_token_us };
  const Ending answer = { .is_answer = TRUE,
                          .after_us = 2 * first_token_us,
                          .first_token_us = first_token_us };
  return answer;
}

/* Books */

static void
open_books (Simulation *self, Request *request)
{
  const WayCandidate *candidate = request->journey.current;
  const char *provider = candidate->provider->id;
  const WaySpender spender = { NULL, provider, candidate->model };
  gint64 now_us = get_wall_us (self);

  request->books = (Books){
    .traffic = way_traffic_ensure (self->traffic, provider, candidate->model, now_us),
    .began_at_us = now_us,
    .reservation =
      way_budgets_reserve (self->budgets, &spender, MAX (candidate->reserve_nano_usd, 0)),
  };
  request->books.traffic->in_flight++;
  request->books.traffic->begun_at_us = now_us;
  way_breaker_begin (&request->books.traffic->breaker, now_us);
  way_traffic_count (self->traffic, provider, request->journey.n_attempts > 1, now_us);
  way_rates_begin (self->rates, WAY_RATED_PROVIDER, provider, candidate->input_tokens, now_us);
}

static void
note_failure (Simulation *self, Request *request)
{
  const WayCandidate *candidate = request->journey.current;
  const WayFailure *failure = &request->ending.failure;
  WayBreaker *breaker = &request->books.traffic->breaker;
  gint64 now_us = get_wall_us (self);
  gint64 cool_until_us = request->ending.wait_us > 0 ? now_us + request->ending.wait_us : 0;

  way_health_note_failure (self->health, candidate->provider->id, failure->code, "failed",
                           cool_until_us, now_us);
  request->books.was_blamed = TRUE;
  if (cool_until_us > 0)
    way_breaker_cool (breaker, "failed", cool_until_us, now_us);
  if (cool_until_us == 0 || failure->status != 429)
    way_breaker_fail (breaker, way_blame_for (failure->code, failure->status), "failed",
                      request->books.began_at_us, now_us);
  else
    way_breaker_abandon (breaker, request->books.began_at_us);
}

static void
note_success (Simulation *self, Request *request)
{
  gint64 now_us = get_wall_us (self);

  way_health_note_success (self->health, request->journey.current->provider->id,
                           request->ending.first_token_us, now_us);
  request->books.was_blamed = TRUE;
  way_breaker_succeed (&request->books.traffic->breaker, request->books.began_at_us, now_us);
}

static void
close_books (Simulation *self, Request *request)
{
  const WayCandidate *candidate = request->journey.current;
  const WaySpender spender = { NULL, candidate->provider->id, candidate->model };
  WayTargetTraffic *traffic = request->books.traffic;
  WayUsage usage = WAY_USAGE_INIT;
  gint64 cost_nano_usd = WAY_UNKNOWN;

  traffic->in_flight--;
  if (request->ending.is_answer)
    {
      usage.input_tokens = request->ask.input_tokens;
      usage.output_tokens = request->ask.output_tokens;
      way_target_note_usage (traffic, request->ask.estimated_tokens, &usage);
      way_target_note_first_token (traffic, request->ending.first_token_us, get_wall_us (self));
      cost_nano_usd =
        way_pricing_estimate (self->pricing, self->snapshot, candidate->provider, candidate->model,
                              usage.input_tokens, usage.output_tokens);
    }
  if (!request->books.was_blamed)
    way_breaker_abandon (&traffic->breaker, request->books.began_at_us);
  way_rates_end (self->rates, WAY_RATED_PROVIDER, spender.provider,
                 MAX (usage.input_tokens, 0) + MAX (usage.output_tokens, 0) -
                   candidate->input_tokens,
                 request->books.began_at_us);
  way_budgets_settle (self->budgets, &spender, request->books.reservation, cost_nano_usd,
                      request->books.began_at_us);
}

/* Requests */

static void go_on (Simulation *self, Request *request, const WayFailure *failure);

static void
end_attempt (Simulation *self, Request *request)
{
  Peer *peer = &self->peers[request->peer];
  const Try done = { request->number,   request->peer, request->journey.n_attempts,
                     request->began_us, self->now_us,  request->ending.is_answer };

  g_array_append_val (self->tries, done);
  if (request->ending.wait_us > 0)
    peer->alone_until_us = MAX (peer->alone_until_us, self->now_us + request->ending.wait_us);
  if (request->ending.is_answer)
    {
      note_success (self, request);
      close_books (self, request);
      request->fate = FATE_ANSWERED;
      return;
    }
  note_failure (self, request);
  close_books (self, request);
  go_on (self, request, &request->ending.failure);
}

static void
start_attempt (Simulation *self, Request *request)
{
  const WayCandidate *candidate = request->journey.current;

  if (request->journey.n_attempts == 1)
    way_plan_take_turn (request->plan, candidate, self->traffic);
  open_books (self, request);
  request->peer = find_peer (self, candidate->provider->id);
  request->began_us = self->now_us;
  request->ending = ask_peer (self, &self->peers[request->peer]);
  schedule (self, self->now_us + request->ending.after_us, request, end_attempt);
}

static void
repeat_attempt (Simulation *self, Request *request)
{
  const WayEvidence evidence = get_evidence (self);

  if (way_journey_may_repeat (&request->journey, request->plan, &evidence, get_wall_us (self)))
    start_attempt (self, request);
  else
    request->fate = FATE_FAILED;
}

static void
go_on (Simulation *self, Request *request, const WayFailure *failure)
{
  const WayEvidence evidence = get_evidence (self);
  gint64 left_us = request->plan->deadlines.total_ms * 1000 - (self->now_us - request->arrived_us);
  gint64 wait_us = 0;

  switch (way_journey_step (&request->journey, request->plan, &evidence, failure,
                            g_rand_double (self->rand), get_wall_us (self), left_us, &wait_us))
    {
    case WAY_STEP_TRY:
      start_attempt (self, request);
      return;
    case WAY_STEP_REPEAT:
      schedule (self, self->now_us + wait_us, request, repeat_attempt);
      return;
    case WAY_STEP_STOP:
      request->fate = FATE_FAILED;
      return;
    }
  g_assert_not_reached ();
}

static void
arrive (Simulation *self, Request *request)
{
  const WayEvidence evidence = get_evidence (self);
  const WayRouteQuery query = {
    .model = request->ask.model,
    .facts = &request->facts,
    .session = request->session,
  };

  way_budgets_advance (self->budgets, get_wall_us (self));
  request->plan = way_router_plan (self->snapshot, &query, &evidence, get_wall_us (self));
  if (request->plan->error == NULL)
    go_on (self, request, NULL);
  else
    request->fate = FATE_REFUSED;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  way_plan_free (request->plan);
  g_free (request->session);
  g_free (request);
}

/* The door */

Simulation *
simulation_new (const char *config, Peer *peers, guint n_peers, guint32 seed)
{
  Simulation *self = g_new0 (Simulation, 1);
  g_autoptr (WayCatalog) catalog = way_catalog_new_empty ();

  self->snapshot = read_snapshot (config);
  self->health = way_health_new ();
  self->traffic = way_traffic_new ();
  self->rates = way_rates_new ();
  self->budgets = way_budgets_new ();
  self->pricing = way_pricing_new (catalog);
  self->rand = g_rand_new_with_seed (seed);
  self->events = g_sequence_new (g_free);
  self->requests = g_ptr_array_new_with_free_func (request_free);
  self->tries = g_array_new (FALSE, FALSE, sizeof (Try));
  self->peers = peers;
  self->n_peers = n_peers;
  way_budgets_apply (self->budgets, self->snapshot, NOW);
  for (guint i = 0; i < way_budgets_get_all (self->budgets)->len; i++)
    way_budget_load (g_ptr_array_index (way_budgets_get_all (self->budgets), i), 0);
  return self;
}

void
simulation_free (Simulation *self)
{
  g_sequence_free (self->events);
  g_ptr_array_unref (self->requests);
  g_array_unref (self->tries);
  way_snapshot_unref (self->snapshot);
  way_health_free (self->health);
  way_traffic_free (self->traffic);
  way_rates_free (self->rates);
  way_budgets_free (self->budgets);
  way_pricing_unref (self->pricing);
  g_rand_free (self->rand);
  g_free (self);
}

void
simulation_add (Simulation *self, gint64 at_us, const Ask *ask)
{
  Request *request = g_new0 (Request, 1);

  request->number = self->requests->len;
  request->arrived_us = at_us;
  request->ask = *ask;
  request->session = g_strdup (ask->session);
  request->facts.input_tokens_estimate = ask->estimated_tokens;
  request->facts.max_output_tokens = ask->max_output_tokens;
  g_ptr_array_add (self->requests, request);
  schedule (self, at_us, request, arrive);
}

/* Arrivals evenly at random: about @per_second. */
void
simulation_add_stream (Simulation *self, Span span, double per_second, const Ask *ask)
{
  double gap_us = (double)SECOND / per_second;

  for (gint64 at_us = span.from_us; at_us < span.to_us;
       at_us += 1 + (gint64)(g_rand_double_range (self->rand, 0, 2) * gap_us))
    simulation_add (self, at_us, ask);
}

void
simulation_run (Simulation *self)
{
  while (!g_sequence_is_empty (self->events))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->events);
      const Event event = *(const Event *)g_sequence_get (first);

      g_sequence_remove (first);
      self->now_us = event.at_us;
      event.step (self, event.request);
    }
}

static guint
count_requests (const Simulation *self, Span span, const Fate *fate)
{
  guint n = 0;

  for (guint i = 0; i < self->requests->len; i++)
    {
      const Request *request = g_ptr_array_index (self->requests, i);
      if (is_in (span, request->arrived_us) && (fate == NULL || request->fate == *fate))
        n++;
    }
  return n;
}

/* Requests that arrived in @span. */
guint
simulation_count_requests (const Simulation *self, Span span)
{
  return count_requests (self, span, NULL);
}

/* Requests that arrived in @span and ended so. */
guint
simulation_count_fates (const Simulation *self, Span span, Fate fate)
{
  return count_requests (self, span, &fate);
}

/* Attempts that began in @span. */
guint
simulation_count_tries (const Simulation *self, Span span)
{
  guint n = 0;

  for (guint i = 0; i < self->tries->len; i++)
    if (is_in (span, g_array_index (self->tries, Try, i).began_us))
      n++;
  return n;
}

/* First attempts that began in @span and went to @peer. */
guint
simulation_count_firsts (const Simulation *self, Span span, guint peer)
{
  guint n = 0;

  for (guint i = 0; i < self->tries->len; i++)
    {
      const Try *done = &g_array_index (self->tries, Try, i);
      if (done->number == 1 && done->peer == peer && is_in (span, done->began_us))
        n++;
    }
  return n;
}
