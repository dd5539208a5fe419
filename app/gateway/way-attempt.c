/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One provider is asked: send, judge what comes back, and either commit to it or go on to the next.
 * Everything here happens before the client's first byte, but for the passing on of a stream.
 * Gateway thread. */

#include "way-clock.h"
#include "way-exchange-private.h"
#include "way-limits.h"
#include "way-price.h"
#include "way-provider-table.h"
#include "way-retry.h"

#include <string.h>

#define PROGRESS_INTERVAL_US (250 * 1000)

static WayPrice
find_price (WayExchange *self, const WayUsage *usage)
{
  WayModel model;

  if (way_provider_is_free (self->candidate->provider))
    return WAY_PRICE_FREE;
  return way_attempt_find_model (self, &model) ? way_price_for_usage (&model, usage)
                                               : WAY_PRICE_UNKNOWN;
}

static const WayTally *
get_tally (WayExchange *self)
{
  return self->pump ? way_pump_get_tally (self->pump) : &self->tally;
}

/* What the attempt cost. Providers charge for what they generate: an attempt that was refused, or
 * answered with an error status, is known to cost nothing; one that fell silent is not. */
static void
settle_cost (WayExchange *self, gboolean was_asked)
{
  WayAttempt *attempt = self->attempt;
  const WayTally *tally = get_tally (self);
  WayPrice price;

  if (self->request->dialect->operation == WAY_OPERATION_COUNT)
    {
      attempt->cost_nano_usd = 0; /* to count what would be sent is free everywhere */
      return;
    }
  attempt->usage = way_tally_settle (tally, self->facts.input_tokens_estimate);
  price = find_price (self, &attempt->usage);
  if (way_provider_is_free (self->candidate->provider) || !was_asked || self->status >= 400)
    attempt->cost_nano_usd = 0;
  else
    attempt->cost_nano_usd = way_price_cost_nano_usd (&price, &attempt->usage,
                                                      self->candidate->provider->price_factor_ppm);
  if (attempt->verdict == WAY_VERDICT_ANSWERED || tally->saw_words)
    {
      self->record->usage = attempt->usage;
      self->record->price = price;
    }
}

/**
 * way_attempt_settle:
 * @reason: (nullable): in words; NULL keeps the candidate's own
 *
 * Closes the books of the running attempt.
 */
void
way_attempt_settle (WayExchange *self, WayVerdict verdict, const char *reason)
{
  WayAttempt *attempt = self->attempt;
  gboolean was_asked = TRUE;

  attempt->verdict = verdict;
  attempt->duration_us = way_clock_get_monotonic_us () - self->sent_us;
  attempt->status = self->status;
  if (self->call)
    {
      WayCallTiming timing = way_call_get_timing (self->call);

      attempt->connect_us = timing.connect_us;
      attempt->first_byte_us = timing.first_byte_us;
      was_asked = timing.connect_us != WAY_UNKNOWN;
    }
  if (reason)
    {
      g_free (attempt->reason);
      attempt->reason = g_strdup (reason);
    }
  settle_cost (self, was_asked);
  way_attempt_close_books (self);
}

/**
 * way_attempt_stop:
 *
 * Lets go of the running call, if there is one: its connection closes, and what was being generated
 * is generated no more.
 */
void
way_attempt_stop (WayExchange *self)
{
  if (self->call)
    way_call_cancel (g_steal_pointer (&self->call));
}

static gboolean
is_type (WayCall *call, const char *type)
{
  const char *value = way_call_get_header (call, "content-type");

  return value && g_ascii_strncasecmp (value, type, strlen (type)) == 0;
}

/* The attempt failed before the client got a byte: the next target, or an error. */
static void
fail_attempt (WayExchange *self, const GError *error, WayNext next)
{
  const WayFailure failure = { (WayErrorCode)error->code, self->status, next == WAY_NEXT_STOP };

  if (failure.is_callers_fault)
    way_attempt_note_success (self);
  else
    way_attempt_note_failure (self, error);
  way_attempt_settle (self, WAY_VERDICT_FAILED, error->message);
  way_exchange_go_on (self, &failure, error);
}

static void
fail_transport (WayExchange *self, const GError *error)
{
  if (self->committed)
    {
      way_attempt_note_failure (self, error);
      way_attempt_settle (self, WAY_VERDICT_FAILED, error->message);
      way_answer_cut_stream (self, error);
    }
  else
    fail_attempt (self, error, way_retry_after_error (error->code));
}

/* What of a refusal's head goes on with it, if it does: by then its call may be gone. */
static void
keep_refusal (WayExchange *self)
{
  static const char *const passed[] = { "retry-after", "retry-after-ms", "x-request-id" };
  const char *type = way_call_get_header (self->call, "content-type");

  self->refusal = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (passed); i++)
    way_reply_add_header (self->refusal, passed[i], way_call_get_header (self->call, passed[i]));
  self->refusal_is_json = self->body->len > 0 && type && strstr (type, "json");
}

void
way_attempt_forget_refusal (WayExchange *self)
{
  if (self->refusal)
    g_string_free (g_steal_pointer (&self->refusal), TRUE);
  self->refusal_is_json = FALSE;
}

/* What a refusal says, in the dialect or in plain text; NULL for a page of a proxy in between. */
static char *
read_refusal (WayExchange *self, const char *body)
{
  char *said = self->candidate->dialect->decode_error (body, self->body->len);

  if (!said && self->body->len > 0 && is_type (self->call, "text/plain"))
    said = g_utf8_make_valid (body, (gssize)self->body->len);
  return said ? g_strstrip (said) : NULL;
}

/* A status that is an error, with its whole body read. */
static void
fail_status (WayExchange *self)
{
  const char *body = self->body->data ? (const char *)self->body->data : "";
  WayErrorCode code = way_retry_read_refusal (self->status, body, self->body->len);
  WayNext next = way_retry_after_status (self->status);
  g_autofree char *said = read_refusal (self, body);
  g_autoptr (GError) error =
    g_error_new (WAY_ERROR, code, "%s answered %u%s%.300s", self->candidate->provider->id,
                 self->status, said ? ": " : "", said ? said : "");

  if (code != WAY_ERROR_UPSTREAM)
    next = WAY_NEXT_TARGET;
  keep_refusal (self);
  fail_attempt (self, error, next);
}

/* What came is no answer; @what says so of the provider: "sent a body that does not end". */
static void
fail_no_answer (WayExchange *self, const char *what)
{
  g_autoptr (GError) error =
    g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM, "%s %s", self->candidate->provider->id, what);

  fail_transport (self, error);
}

/* An error that came in place of an answer, or inside one, under the status of success. */
static void
fail_reported (WayExchange *self, const char *message)
{
  g_autofree char *what = g_strdup_printf ("reported: %s", message);

  fail_no_answer (self, what);
}

/* What the provider sends */

static void
on_head (WayCall *call, guint status, gpointer user_data)
{
  WayExchange *self = user_data;
  const WayDialect *dialect = self->candidate->dialect;
  WayTranslation *translation = self->is_translated ? self->translation : NULL;

  self->status = status;
  if (status == 200 && self->facts.stream && is_type (call, dialect->stream_type))
    self->pump = way_pump_new (dialect, translation, !self->facts.wants_usage);
  else
    self->body = g_byte_array_new ();
}

static void
note_words (WayExchange *self, const WayTally *tally)
{
  gint64 now_us;

  if (!tally->saw_words)
    return;
  now_us = way_clock_get_monotonic_us ();
  if (self->first_token_us == WAY_UNKNOWN)
    self->first_token_us = now_us - self->sent_us;
  if (self->record->first_token_us == WAY_UNKNOWN)
    self->record->first_token_us = now_us - self->request->arrived_us;
  if (now_us - self->progress_us < PROGRESS_INTERVAL_US)
    return;
  self->progress_us = now_us;
  self->record->usage = way_tally_settle (tally, self->facts.input_tokens_estimate);
  way_exchange_tell (self, WAY_EVENT_PROGRESS);
}

static gboolean
pump_data (WayExchange *self, const char *data, gsize length)
{
  const WayTally *tally = way_pump_get_tally (self->pump);
  g_autoptr (GError) error = NULL;

  if (way_connection_get_pending (self->request->connection) > WAY_LIMIT_STREAM_PENDING_BYTES)
    {
      self->paused = TRUE;
      return FALSE;
    }
  if (!way_pump_feed (self->pump, data, length, &error))
    {
      if (self->committed)
        way_answer_pass_stream (self);
      fail_no_answer (self, error->message);
      return TRUE;
    }
  if (tally->error && !self->committed)
    {
      fail_reported (self, tally->error);
      return TRUE;
    }
  if (!self->committed && way_pump_has_answer (self->pump))
    {
      way_call_note_token (self->call);
      way_answer_begin_stream (self);
    }
  if (self->committed)
    {
      note_words (self, tally);
      way_answer_pass_stream (self);
    }
  return TRUE;
}

static gboolean
on_data (WayCall *call, const char *data, gsize length, gpointer user_data)
{
  WayExchange *self = user_data;
  gsize limit =
    self->status >= 400 ? WAY_LIMIT_UPSTREAM_ERROR_BYTES : WAY_LIMIT_UPSTREAM_BODY_BYTES;

  if (self->pump)
    return pump_data (self, data, length);
  way_call_note_token (call);
  if (self->body->len + length > limit)
    fail_no_answer (self, "sent a body that does not end");
  else
    g_byte_array_append (self->body, (const guint8 *)data, length);
  return TRUE;
}

static void
on_delta (const WayDelta *delta, gpointer user_data)
{
  WayExchange *self = user_data;

  way_tally_add (delta, &self->tally);
  if (self->is_translated)
    way_translation_collect (delta, self->translation);
}

static gboolean
read_vectors (WayExchange *self, const char *data, gsize length, GError **error)
{
  g_autoptr (WayEmbedding) embedding = NULL;

  if (self->is_translated)
    return way_translation_read_vectors (self->translation, data, length, &self->tally.usage,
                                         error);
  embedding = way_embedding_new ();
  if (!self->candidate->dialect->decode_vectors (embedding, data, length, error))
    return FALSE;
  self->tally.usage = embedding->usage;
  return TRUE;
}

static gboolean
read_answer (WayExchange *self, GError **error)
{
  const WayDialect *dialect = self->candidate->dialect;
  const char *data = self->body->data ? (const char *)self->body->data : "";
  g_auto (WayDecoder) decoder = { 0 };

  if (dialect->operation == WAY_OPERATION_EMBED)
    return read_vectors (self, data, self->body->len, error);
  way_decoder_init (&decoder, on_delta, self);
  return dialect->decode_reply (&decoder, data, self->body->len, error);
}

static void
accept_whole (WayExchange *self)
{
  g_autoptr (GError) error = NULL;

  if (self->status >= 400)
    fail_status (self);
  else if (self->status != 200)
    fail_no_answer (self, "answered with a status that is neither success nor error");
  else if (!is_type (self->call, "application/json"))
    fail_no_answer (self, "answered with something that is not JSON");
  else if (!read_answer (self, &error))
    fail_no_answer (self, error->message);
  else if (self->tally.error)
    fail_reported (self, self->tally.error);
  else
    way_answer_whole (self);
}

static void
accept_stream_end (WayExchange *self)
{
  const WayTally *tally = way_pump_get_tally (self->pump);
  g_autoptr (GError) error = NULL;

  if (tally->error)
    {
      fail_reported (self, tally->error);
      return;
    }
  if (tally->finished)
    {
      way_answer_end_stream (self);
      return;
    }
  error = g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM_CUT,
                       "%s ended the stream before the answer did", self->candidate->provider->id);
  fail_transport (self, error);
}

static void
on_done (WayCall *call, const GError *error, const WayCallTiming *timing, gpointer user_data)
{
  WayExchange *self = user_data;

  if (error)
    fail_transport (self, error);
  else if (self->pump)
    accept_stream_end (self);
  else
    accept_whole (self);
}

static const WayCallHandlers handlers = {
  .on_head = on_head,
  .on_data = on_data,
  .on_done = on_done,
};

/* Asking */

/* An answer that is not streamed says nothing until it is whole, so that its silence is no sign of
 * a server that is stuck: it has its share of the time that is left, all of it where nobody else
 * could be asked. */
static WayDeadlines
get_deadlines (WayExchange *self)
{
  WayDeadlines deadlines = self->plan->deadlines;

  if (deadlines.total_ms > 0)
    deadlines.total_ms = MAX (1, deadlines.total_ms - way_exchange_get_elapsed_us (self) / 1000);
  if (!self->facts.stream && deadlines.first_token_ms > 0)
    {
      gint64 share_ms =
        deadlines.total_ms / (1 + way_journey_count_left (&self->journey, self->plan));

      deadlines.first_token_ms = share_ms > 0 ? MAX (deadlines.first_token_ms, share_ms) : 0;
    }
  return deadlines;
}

static void
reset_attempt (WayExchange *self)
{
  g_clear_pointer (&self->pump, way_pump_free);
  g_clear_pointer (&self->body, g_byte_array_unref);
  way_attempt_forget_refusal (self);
  way_tally_clear (&self->tally);
  way_tally_init (&self->tally);
  self->status = 0;
  self->is_translated = FALSE;
  self->paused = FALSE;
  self->sent_us = way_clock_get_monotonic_us ();
  self->first_token_us = WAY_UNKNOWN;
}

/* The request cannot be said to the candidate, which is nobody's failure. */
static void
pass_over (WayExchange *self, const GError *error)
{
  g_autoptr (GError) told = g_error_copy (error);

  self->attempt->verdict = WAY_VERDICT_SKIPPED;
  g_free (self->attempt->reason);
  self->attempt->reason = g_strdup (error->message);
  if (way_journey_pass_over (&self->journey, self->plan))
    {
      way_exchange_go_on (self, NULL, told);
      return;
    }
  g_prefix_error (&told, "%s ", self->candidate->provider->id);
  way_answer_with_error (self, WAY_OUTCOME_REFUSED, told);
}

static void
send_request (WayExchange *self, GBytes *body)
{
  const WayCandidate *candidate = self->candidate;
  WayHeader headers[WAY_ATTEMPT_MAX_HEADERS];
  g_autofree char *path = way_provider_dup_call_path (candidate->provider, candidate->dialect->name,
                                                      candidate->model, self->facts.stream);
  WayCallRequest call = {
    .snapshot = self->plan->snapshot,
    .provider = candidate->provider,
    .method = "POST",
    .path = path,
    .body = body,
    .headers = headers,
    .n_headers = way_attempt_collect_headers (self, headers),
    .awaits_token = self->facts.stream,
    .local_only = self->plan->local_only,
    .deadlines = get_deadlines (self),
  };

  if (self->journey.n_attempts == 1)
    way_plan_take_turn (self->plan, candidate, self->core->traffic);
  way_attempt_open_books (self);
  self->attempt->verdict = WAY_VERDICT_TRYING;
  self->attempt->started_us = way_exchange_get_elapsed_us (self);
  way_exchange_tell (self, WAY_EVENT_ROUTED);
  self->call = way_upstream_send (self->core->upstream, &call, &handlers, self);
}

/**
 * way_attempt_start:
 * @attempt: the row of @candidate in the record
 *
 * Sends the request to @candidate.
 */
void
way_attempt_start (WayExchange *self, const WayCandidate *candidate, WayAttempt *attempt)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  self->candidate = candidate;
  self->attempt = attempt;
  reset_attempt (self);
  if (!candidate->dialect)
    {
      way_answer_estimate (self);
      return;
    }
  body = way_attempt_write_body (self, &error);
  if (!body)
    pass_over (self, error);
  else if (self->is_translated && way_translation_asks_nothing (self->translation))
    way_answer_nothing (self);
  else
    send_request (self, body);
}
