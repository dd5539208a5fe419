/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One model call from its arrival to its only exit. Gateway thread. */

#include "way-exchange-private.h"

#include "way-clock.h"
#include "way-id.h"

#include <string.h>

gint64
way_exchange_get_elapsed_us (WayExchange *self)
{
  return way_clock_get_monotonic_us () - self->request->arrived_us;
}

/* Tells followers and the window. The record goes on changing here, so they get a copy of it until
 * it is sealed. */
void
way_exchange_tell (WayExchange *self, WayEventType type)
{
  WayCore *core = self->core;

  if (way_feed_has_followers (core->feed) && type != WAY_EVENT_PROGRESS)
    way_feed_send (core->feed, type == WAY_EVENT_FINISHED ? "finished" : "routed", self->record);
  if (!way_event_queue_is_interested (core->events))
    return;
  way_event_queue_push (core->events,
                        way_event_new_request (type, type == WAY_EVENT_FINISHED
                                                       ? way_record_ref (self->record)
                                                       : way_record_copy (self->record)));
}

static void
stop_repeat (WayExchange *self)
{
  if (!self->repeat)
    return;
  g_source_destroy (self->repeat);
  g_clear_pointer (&self->repeat, g_source_unref);
  g_clear_error (&self->repeat_cause);
}

/**
 * way_exchange_seal:
 *
 * The first half of the only exit: seals the record, and gives it to the ledger and to those who
 * watch. Comes before the last bytes to the client: who has its answer can rely on its being
 * recorded, whatever becomes of this process.
 */
void
way_exchange_seal (WayExchange *self, const WayEnding *ending)
{
  WayRecord *record = self->record;

  g_assert (!self->sealed);
  self->sealed = TRUE;
  way_attempt_stop (self);
  stop_repeat (self);
  way_queue_remove (self->core->queue, self);
  way_exchange_dismiss (self);
  record->outcome = ending->outcome;
  record->status = ending->status;
  record->error_code = g_strdup (ending->code);
  record->duration_us = way_exchange_get_elapsed_us (self);
  record->cost_nano_usd = way_record_sum_cost_nano_usd (record);
  g_hash_table_remove (self->core->running, record->id);
  way_metrics_note (self->core->metrics, record);
  way_exchange_tell (self, WAY_EVENT_FINISHED);
  way_ledger_record (self->core->ledger, way_record_ref (record));
  way_answer_capture (self);
}

/**
 * way_exchange_free:
 *
 * The second half of the only exit.
 */
void
way_exchange_free (WayExchange *self)
{
  g_assert (self->sealed);
  way_request_unref (self->request);
  way_record_unref (self->record);
  g_clear_pointer (&self->plan, way_plan_free);
  way_request_facts_clear (&self->facts);
  way_tally_clear (&self->tally);
  g_clear_pointer (&self->pump, way_pump_free);
  g_clear_pointer (&self->body, g_byte_array_unref);
  way_attempt_forget_refusal (self);
  g_clear_pointer (&self->translation, way_translation_free);
  g_clear_pointer (&self->kept, g_byte_array_unref);
  if (self->heard)
    g_string_free (self->heard, TRUE);
  g_free (self->cache_key);
  g_free (self);
}

/**
 * way_exchange_finish:
 *
 * Both halves of the exit, where the client gets no more bytes.
 */
void
way_exchange_finish (WayExchange *self, const WayEnding *ending)
{
  way_exchange_seal (self, ending);
  way_exchange_free (self);
}

static const WayEnding client_left = { WAY_OUTCOME_CLIENT_GONE, 0, "client_gone" };

/**
 * way_exchange_cancel:
 * @outcome: %WAY_OUTCOME_SHUTDOWN when the user or the end of the program stops it,
 *   %WAY_OUTCOME_CLIENT_GONE when the client did
 *
 * Ends the exchange now: upstream is cancelled at once, and a client that is still there gets an
 * error or, if its answer has begun, a cut.
 */
void
way_exchange_cancel (WayExchange *self, WayOutcome outcome, const char *reason)
{
  g_autoptr (GError) error = g_error_new_literal (WAY_ERROR, WAY_ERROR_SHUTDOWN, reason);

  if (self->attempt && self->attempt->verdict == WAY_VERDICT_TRYING)
    way_attempt_settle (self, WAY_VERDICT_FAILED, reason);
  if (outcome == WAY_OUTCOME_CLIENT_GONE)
    way_exchange_finish (self, &client_left);
  else if (self->committed)
    way_answer_cut_stream (self, error);
  else
    way_answer_with_error (self, outcome, error);
}

const WayRecord *
way_exchange_get_record (WayExchange *self)
{
  return self->record;
}

static void
on_gone (WayConnection *connection, gpointer user_data)
{
  if (!way_answer_was_taken (user_data))
    way_exchange_cancel (user_data, WAY_OUTCOME_CLIENT_GONE, "the client left");
}

static void
on_drained (WayConnection *connection, gpointer user_data)
{
  WayExchange *self = user_data;

  if (self->paused && self->call)
    {
      self->paused = FALSE;
      way_call_resume (self->call);
    }
}

static const WayConnectionAnswer answer = { .on_drained = on_drained, .on_gone = on_gone };

static gboolean
is_one_of (const char *value, const char *const *words)
{
  for (; *words; words++)
    if (g_ascii_strcasecmp (value, *words) == 0)
      return TRUE;
  return FALSE;
}

/**
 * way_exchange_header_is_set:
 *
 * Returns: whether the request has the header @name with the value of a yes
 */
gboolean
way_exchange_header_is_set (WayExchange *self, const char *name)
{
  static const char *const yes[] = { "1", "true", "yes", "on", NULL };
  const char *value = way_request_get_header (self->request, name);

  return value && is_one_of (value, yes);
}

/**
 * way_exchange_is_local_only:
 *
 * Returns: whether the request has the header that keeps it on this machine, with any value but a
 *   clear no: what is misspelled must not leave it
 */
gboolean
way_exchange_is_local_only (WayExchange *self)
{
  static const char *const no[] = { "0", "false", "no", "", NULL };
  const char *value =
    soup_message_headers_get_list (self->request->headers, "x-wayfare-local-only");

  return value && !is_one_of (value, no);
}

static gboolean
read_request (WayExchange *self, GError **error)
{
  WayRequest *request = self->request;
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);

  if (!request->dialect->skim_request (request->path, data ? data : "", length, &self->facts,
                                       error))
    return FALSE;
  self->record->requested_model = g_strdup (self->facts.model);
  self->record->streamed = self->facts.stream;
  return TRUE;
}

/* What the client calls its conversation, or NULL. */
static const char *
find_session (WayExchange *self)
{
  static const char *const names[] = { "x-claude-code-session-id", "session-id", "session_id",
                                       "x-session-id", "x-session-affinity" };
  const char *session = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && !session; i++)
    session = way_request_get_header (self->request, names[i]);
  return session;
}

static void
fill_attempts (WayExchange *self)
{
  g_ptr_array_set_size (self->record->attempts, 0);
  for (guint i = 0; i < self->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = self->plan->candidates->pdata[i];
      WayAttempt *attempt = way_record_add_attempt (
        self->record, candidate->provider->id, candidate->model, candidate->provider->locality);

      attempt->reason = g_strdup (candidate->reason);
    }
}

static void
make_plan (WayExchange *self)
{
  WayRequest *request = self->request;
  WayEvidence evidence = way_core_get_evidence (self->core);
  gint64 now_us = way_clock_get_wall_us ();
  WayRouteQuery query = {
    .model = self->facts.model,
    .app = request->app,
    .facts = &self->facts,
    .dialect = request->dialect,
    .tag = self->record->tag,
    .session = find_session (self),
    .local_only = way_exchange_is_local_only (self),
    .no_fallback = way_exchange_header_is_set (self, "x-wayfare-no-fallback"),
  };

  way_budgets_advance (self->core->budgets, now_us);
  g_clear_pointer (&self->plan, way_plan_free);
  self->plan = way_router_plan (request->snapshot, &query, &evidence, now_us);
  g_free (self->record->route);
  self->record->route = self->plan->route ? g_strdup (self->plan->route->pattern) : NULL;
  fill_attempts (self);
}

/* Those passed over since the plan was made have a new reason. */
static void
note_passed_over (WayExchange *self)
{
  for (guint i = 0; i < self->journey.next; i++)
    {
      const WayCandidate *candidate = self->plan->candidates->pdata[i];
      WayAttempt *row = self->record->attempts->pdata[i];

      if (row->verdict == WAY_VERDICT_SKIPPED && !candidate->usable)
        {
          g_free (row->reason);
          row->reason = g_strdup (candidate->reason);
        }
    }
}

/* Asking again is a row of its own. */
static WayAttempt *
add_repeat (WayExchange *self)
{
  const WayCandidate *candidate = self->journey.current;
  WayAttempt *row = way_record_add_attempt (self->record, candidate->provider->id, candidate->model,
                                            candidate->provider->locality);

  row->reason = g_strdup ("again after its failure, since nobody else is left");
  return row;
}

static gboolean
on_repeat (gpointer user_data)
{
  WayExchange *self = user_data;
  WayEvidence evidence = way_core_get_evidence (self->core);
  g_autoptr (GError) cause = g_steal_pointer (&self->repeat_cause);

  stop_repeat (self);
  if (way_journey_may_repeat (&self->journey, self->plan, &evidence, way_clock_get_wall_us ()))
    way_attempt_start (self, self->journey.current, add_repeat (self));
  else
    way_answer_with_failure (self, cause);
  return G_SOURCE_REMOVE;
}

static void
repeat_after (WayExchange *self, const GError *cause, gint64 wait_us)
{
  self->repeat_cause = g_error_copy (cause);
  way_attempt_stop (self);
  self->repeat = g_timeout_source_new ((guint)(wait_us / 1000));
  g_source_set_callback (self->repeat, on_repeat, self, NULL);
  g_source_attach (self->repeat, g_main_context_get_thread_default ());
}

static gint64
get_time_left (WayExchange *self)
{
  gint64 total_us = self->plan->deadlines.total_ms * 1000;

  return total_us > 0 ? total_us - way_exchange_get_elapsed_us (self) : G_MAXINT64;
}

/**
 * way_exchange_go_on:
 * @failure: (nullable): of the attempt that has just ended; %NULL when none was sent since
 * @error: (nullable): the same in words
 *
 * Asks whoever is next; without anybody the client gets @error.
 */
void
way_exchange_go_on (WayExchange *self, const WayFailure *failure, const GError *error)
{
  WayEvidence evidence = way_core_get_evidence (self->core);
  gint64 wait_us = 0;
  WayStep step =
    way_journey_step (&self->journey, self->plan, &evidence, failure, g_random_double (),
                      way_clock_get_wall_us (), get_time_left (self), &wait_us);

  note_passed_over (self);
  switch (step)
    {
    case WAY_STEP_TRY:
      way_attempt_stop (self);
      way_attempt_start (self, self->journey.current,
                         self->record->attempts->pdata[self->journey.next - 1]);
      return;
    case WAY_STEP_REPEAT:
      repeat_after (self, error, wait_us);
      return;
    case WAY_STEP_STOP:
      way_answer_with_failure (self, error);
      return;
    }
  g_assert_not_reached ();
}

static void
begin_journey (WayExchange *self)
{
  way_exchange_admit (self);
  way_exchange_go_on (self, NULL, NULL);
}

/* Room */

/* Of a wall clock as the monotonic clock has it. */
static gint64
get_retry_us (const WayPlan *plan)
{
  gint64 wait_us = plan->retry_at_us - way_clock_get_wall_us ();

  return plan->retry_at_us > 0 ? way_clock_get_monotonic_us () + MAX (wait_us, 0) : 0;
}

/* Whether a moment's wait may help: for room under a limit, for a short wait somebody asked for, or
 * for a fresh look at a server near by. */
static gboolean
may_wait (WayExchange *self)
{
  const WayPlan *plan = self->plan;
  gint64 give_up_us = self->request->arrived_us + WAY_QUEUE_LONGEST_US;

  return plan->waits_for_room || (plan->waits_for_probe && self->core->discovery) ||
         (plan->retry_at_us > 0 && get_retry_us (plan) < give_up_us);
}

static void
probe_those_down (WayExchange *self)
{
  if (!self->plan->waits_for_probe || !self->core->discovery)
    return;
  for (guint i = 0; i < self->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = self->plan->candidates->pdata[i];

      if (candidate->provider->locality != WAY_LOCALITY_CLOUD)
        way_discovery_probe (self->core->discovery, candidate->provider->id);
    }
}

static gboolean
wait_for_room (WayExchange *self)
{
  if (!may_wait (self) ||
      !way_queue_add (self->core->queue, self, self->request->arrived_us + WAY_QUEUE_LONGEST_US,
                      get_retry_us (self->plan)))
    return FALSE;
  self->queued_us = way_clock_get_monotonic_us ();
  probe_those_down (self);
  way_exchange_tell (self, WAY_EVENT_ROUTED);
  return TRUE;
}

/**
 * way_exchange_retry_queued:
 *
 * A #WayQueueFunc.
 */
gboolean
way_exchange_retry_queued (gpointer exchange, gboolean is_last, gint64 *ret_retry_us)
{
  WayExchange *self = exchange;

  make_plan (self);
  if (!self->plan->error)
    {
      begin_journey (self);
      return TRUE;
    }
  if (!is_last && may_wait (self))
    {
      probe_those_down (self);
      *ret_retry_us = get_retry_us (self->plan);
      return FALSE;
    }
  way_answer_with_error (self, WAY_OUTCOME_REFUSED, self->plan->error);
  return TRUE;
}

/**
 * way_exchange_start:
 * @request: of a path that belongs to a dialect
 *
 * Takes the request's connection and answers it, sooner or later. Each exchange leaves exactly one
 * row in the ledger, whatever becomes of it.
 */
void
way_exchange_start (WayCore *core, WayRequest *request)
{
  WayExchange *self = g_new0 (WayExchange, 1);
  g_autoptr (GError) error = NULL;
  char id[WAY_ID_BYTES];

  way_id_new_request (request->arrived_at_us, id);
  self->core = core;
  self->request = way_request_ref (request);
  self->record = way_record_new (id, request->path, request->arrived_at_us);
  self->record->dialect = g_strdup (request->dialect->name);
  self->record->app = request->app ? g_strdup (request->app->id) : NULL;
  self->record->tag = g_strdup (way_request_get_header (request, "x-wayfare-tag"));
  self->record->request_bytes = g_bytes_get_size (request->body);
  way_tally_init (&self->tally);
  core->n_requests++;
  g_hash_table_insert (core->running, self->record->id, self);

  if (!way_connection_begin_answer (request->connection, &answer, self))
    {
      way_exchange_finish (self, &client_left);
      return;
    }
  if (!read_request (self, &error))
    {
      way_answer_with_error (self, WAY_OUTCOME_REFUSED, error);
      return;
    }
  if (way_answer_from_cache (self))
    return;
  make_plan (self);
  if (!self->plan->error)
    begin_journey (self);
  else if (!wait_for_room (self))
    way_answer_with_error (self, WAY_OUTCOME_REFUSED, self->plan->error);
}
