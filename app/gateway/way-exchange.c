/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One model call from its arrival to its only exit. Gateway thread. */

#include "way-exchange-private.h"

#include "way-clock.h"
#include "way-id.h"

#include <string.h>

static void
exchange_free (WayExchange *self)
{
  way_request_unref (self->request);
  way_record_unref (self->record);
  g_clear_pointer (&self->plan, way_plan_free);
  way_request_facts_clear (&self->facts);
  way_tally_clear (&self->tally);
  g_clear_pointer (&self->pump, way_pump_free);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_pointer (&self->translation, way_translation_free);
  g_free (self);
}

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

/* Adds up what the attempts cost. A failed one that may have been charged without saying so makes
 * the sum unknown, never smaller. */
static void
add_up_costs (WayRecord *record)
{
  gint64 sum = 0;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict == WAY_VERDICT_SKIPPED)
        continue;
      if (attempt->cost_nano_usd == WAY_UNKNOWN)
        {
          record->cost_nano_usd = WAY_UNKNOWN;
          return;
        }
      sum += attempt->cost_nano_usd;
    }
  record->cost_nano_usd = sum;
}

/**
 * way_exchange_finish:
 * @status: what the client got, 0 if nothing
 * @code: (nullable): the contract's name of the error
 *
 * The only exit: seals the record, gives it to the ledger and to those who watch, and frees @self.
 */
void
way_exchange_finish (WayExchange *self, WayOutcome outcome, guint status, const char *code)
{
  WayRecord *record = self->record;

  g_assert (!self->finished);
  self->finished = TRUE;
  way_attempt_stop (self);
  record->outcome = outcome;
  record->status = status;
  record->error_code = g_strdup (code);
  record->duration_us = way_exchange_get_elapsed_us (self);
  add_up_costs (record);
  g_hash_table_remove (self->core->running, record->id);
  way_exchange_tell (self, WAY_EVENT_FINISHED);
  way_ledger_record (self->core->ledger, way_record_ref (record));
  exchange_free (self);
}

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
    way_exchange_finish (self, outcome, 0, "client_gone");
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
header_is_set (const WayRequest *request, const char *name)
{
  const char *value = way_request_get_header (request, name);

  return value && (strcmp (value, "1") == 0 || g_ascii_strcasecmp (value, "true") == 0);
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

static void
make_plan (WayExchange *self)
{
  WayRequest *request = self->request;
  WayRouteQuery query = {
    .model = self->facts.model,
    .app = request->app,
    .facts = &self->facts,
    .dialect = request->dialect,
    .local_only = header_is_set (request, "x-wayfare-local-only"),
    .no_fallback = header_is_set (request, "x-wayfare-no-fallback"),
  };

  self->plan =
    way_router_plan (request->snapshot, &query, self->core->health, way_clock_get_wall_us ());
  if (self->plan->route)
    self->record->route = g_strdup (self->plan->route->pattern);
  for (guint i = 0; i < self->plan->candidates->len; i++)
    {
      const WayCandidate *candidate = self->plan->candidates->pdata[i];
      WayAttempt *attempt = way_record_add_attempt (
        self->record, candidate->provider->id, candidate->model, candidate->provider->locality);

      attempt->reason = g_strdup (candidate->reason);
    }
}

/**
 * way_exchange_try_next:
 *
 * Asks the next usable candidate; the caller has made sure there is one.
 */
void
way_exchange_try_next (WayExchange *self)
{
  const WayCandidate *candidate;
  guint at;

  do
    {
      at = self->next++;
      candidate = self->plan->candidates->pdata[at];
    }
  while (!candidate->usable);
  way_attempt_start (self, candidate, self->record->attempts->pdata[at]);
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
      way_exchange_finish (self, WAY_OUTCOME_CLIENT_GONE, 0, "client_gone");
      return;
    }
  if (!read_request (self, &error))
    {
      way_answer_with_error (self, WAY_OUTCOME_REFUSED, error);
      return;
    }
  make_plan (self);
  if (self->plan->error)
    way_answer_with_error (self, WAY_OUTCOME_REFUSED, self->plan->error);
  else
    way_exchange_try_next (self);
}
