/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the client of an exchange gets: an answer, a stream, or an error, each with the headers that
 * say who answered and why. Gateway thread. */

#include "way-clock.h"
#include "way-exchange-private.h"
#include "way-json.h"
#include "way-retry.h"

#include <string.h>

const WayEnding way_ending_done = { WAY_OUTCOME_DONE, 200, NULL };

static void
note_sent (WayExchange *self, const char *data, gsize length)
{
  way_answer_overhear (self, data, length);
  self->record->response_bytes += (gint64)length;
}

/**
 * way_answer_end:
 * @head: (transfer full)
 *
 * Sends an answer that is not streamed, and ends the exchange.
 */
void
way_answer_end (WayExchange *self,
                const WayEnding *ending,
                GString *head,
                const char *type,
                const char *body,
                gsize length)
{
  note_sent (self, body, length);
  way_exchange_seal (self, ending);
  way_reply_send (self->request, head, type, body, length);
  way_exchange_free (self);
}

/**
 * way_answer_end_pieces:
 * @data: the last piece of a stream
 *
 * Sends it and the end of the stream, a clean one unless @ending says that something went wrong,
 * and ends the exchange.
 */
void
way_answer_end_pieces (WayExchange *self, const WayEnding *ending, const char *data, gsize length)
{
  note_sent (self, data, length);
  way_exchange_seal (self, ending);
  way_reply_send_piece (self->request, data, length);
  if (ending->outcome == WAY_OUTCOME_DONE)
    way_reply_end_stream (self->request);
  else
    way_connection_cut_answer (self->request->connection);
  way_exchange_free (self);
}

/* What became of the candidates before the one that was asked last, in words: "ollama refused the
 * connection in 2 ms → ". */
static GString *
tell_trail (WayExchange *self)
{
  GString *trail = g_string_new (NULL);

  for (guint i = 0; self->record->attempts->pdata[i] != self->attempt; i++)
    {
      const WayAttempt *earlier = self->record->attempts->pdata[i];

      if (earlier->verdict == WAY_VERDICT_FAILED)
        g_string_append_printf (trail, "%s in %.0f ms", earlier->reason,
                                earlier->duration_us / 1000.0);
      else /* a reason of the router, whose subject is the provider */
        g_string_append_printf (trail, "%s %s", earlier->provider, earlier->reason);
      g_string_append (trail, " → ");
    }
  return trail;
}

/* Why the one that answers was asked: the contract's "last decision, in words". */
static void
set_reason (WayExchange *self)
{
  const WayCandidate *candidate = self->candidate;
  GString *reason = tell_trail (self);

  if (reason->len > 0)
    g_string_append_printf (reason, "%s %s, ", candidate->provider->id, candidate->model);
  g_string_append (reason, candidate->reason);
  g_free (self->record->reason);
  self->record->reason = g_string_free (reason, FALSE);
}

static void
name_answerer (WayExchange *self)
{
  WayRecord *record = self->record;
  const WayCandidate *candidate = self->candidate;

  g_free (record->answered_model);
  record->answered_model = g_strdup (candidate->model);
  g_free (record->provider);
  record->provider = g_strdup (candidate->provider->id);
  record->locality = candidate->provider->locality;
  record->substituted = candidate->substituted;
  g_free (record->dropped);
  record->dropped = self->is_translated ? way_translation_dup_dropped (self->translation) : NULL;
  set_reason (self);
}

/**
 * way_answer_add_headers:
 *
 * Adds the headers that say who answered and why.
 */
void
way_answer_add_headers (WayExchange *self, GString *head)
{
  const WayRecord *record = self->record;
  g_autofree char *attempts = g_strdup_printf ("%u", way_record_count_tried (record));

  way_reply_add_header (head, "x-wayfare-request-id", record->id);
  way_reply_add_header (head, "x-wayfare-requested-model", record->requested_model);
  way_reply_add_header (head, "x-wayfare-attempts", attempts);
  way_reply_add_header (head, "x-wayfare-substituted", record->substituted ? "true" : "false");
  way_reply_add_header (head, "x-wayfare-reason", record->reason);
  way_reply_add_header (head, "x-wayfare-cache", record->cache_hit ? "hit" : "miss");
  way_reply_add_header (head, "x-wayfare-dropped", record->dropped);
  if (!record->provider)
    return;
  way_reply_add_header (head, "x-wayfare-model", record->answered_model);
  way_reply_add_header (head, "x-wayfare-provider", record->provider);
  way_reply_add_header (head, "x-wayfare-locality", way_locality_get_name (record->locality));
}

/* Errors */

/* When every target asked to be left alone for a while: how long until the first one is free. */
static void
add_retry_after (WayExchange *self, GString *head, const GError *error)
{
  gint64 wait_us = self->plan ? self->plan->retry_at_us - way_clock_get_wall_us () : 0;
  gboolean waits_for_room = self->plan && self->plan->waits_for_room;
  g_autofree char *seconds = NULL;

  if (error->code != WAY_ERROR_RATE_LIMITED || (wait_us <= 0 && !waits_for_room))
    return;
  wait_us = MAX (wait_us, 0);
  seconds = g_strdup_printf ("%" G_GINT64_FORMAT, wait_us / G_USEC_PER_SEC + 1);
  way_reply_add_header (head, "retry-after", seconds);
}

/**
 * way_answer_with_error:
 * @error: Wayfare's own, in #WAY_ERROR
 *
 * Answers with @error in the dialect of the client and ends the exchange. The client is told not to
 * try again by itself: Wayfare has tried what could be tried.
 */
void
way_answer_with_error (WayExchange *self, WayOutcome outcome, const GError *error)
{
  guint status = way_error_code_get_status (error->code);
  GString *head = way_reply_begin (self->request, status);
  g_autoptr (GString) body = g_string_new (NULL);

  g_free (self->record->reason);
  self->record->reason = g_strdup (error->message);
  way_answer_add_headers (self, head);
  way_reply_add_header (head, "x-should-retry", "false");
  add_retry_after (self, head, error);
  self->request->dialect->encode_error (body, error->code, status, error->message);
  way_answer_end (self, &(WayEnding){ outcome, status, way_error_code_get_name (error->code) },
                  head, "application/json", body->str, body->len);
}

/* Anthropic's word for "overloaded" means nothing to other clients. */
static guint
get_face_status (WayExchange *self)
{
  gboolean is_known =
    self->status != 529 || g_str_has_prefix (self->request->dialect->name, "anthropic");

  return is_known ? self->status : 503;
}

/* In the client's dialect the provider's own words, unchanged: agents match on them. In another, or
 * where they are no JSON, what it said, in the client's shape and under the same status. */
static void
pass_provider_error (WayExchange *self, const GError *error, gboolean is_exhausted)
{
  guint status = self->is_translated ? get_face_status (self) : self->status;
  const WayEnding ending = { WAY_OUTCOME_UPSTREAM_ERROR, status,
                             way_error_code_get_name (error->code) };
  GString *head = way_reply_begin (self->request, status);
  g_autoptr (GString) body = g_string_new (NULL);

  if (self->is_translated || !self->refusal_is_json)
    self->request->dialect->encode_error (body, error->code, status, error->message);
  else
    g_string_append_len (body, (const char *)self->body->data, self->body->len);
  way_answer_add_headers (self, head);
  g_string_append_len (head, self->refusal->str, (gssize)self->refusal->len);
  if (is_exhausted)
    way_reply_add_header (head, "x-should-retry", "false");
  way_answer_end (self, &ending, head, "application/json", body->str, body->len);
}

/* Asking one target again and again is no other story than asking it once. */
static gboolean
has_tried_several (const WayRecord *record)
{
  const WayAttempt *first = NULL;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict == WAY_VERDICT_SKIPPED)
        continue;
      if (first && (!g_str_equal (first->provider, attempt->provider) ||
                    !g_str_equal (first->model, attempt->model)))
        return TRUE;
      first = attempt;
    }
  return FALSE;
}

static GError *
sum_up_failures (WayExchange *self)
{
  g_autoptr (GString) text = g_string_new ("No target answered:");

  for (guint i = 0; i < self->record->attempts->len; i++)
    {
      const WayAttempt *attempt = self->record->attempts->pdata[i];

      g_string_append_printf (text, "%s %s %s: %s", i ? ";" : "", attempt->provider, attempt->model,
                              attempt->reason);
    }
  return g_error_new_literal (WAY_ERROR, WAY_ERROR_NO_TARGET, text->str);
}

/* @error, and why nobody was asked after the last. */
static GError *
add_passed_over (WayExchange *self, const GError *error)
{
  g_autoptr (GString) text = g_string_new (error->message);
  guint last = 0;

  g_ptr_array_find (self->record->attempts, self->attempt, &last);
  for (guint i = last + 1; i < self->journey.next; i++)
    {
      const WayAttempt *passed = self->record->attempts->pdata[i];

      g_string_append_printf (text, "; %s %s %s", passed->provider, passed->model, passed->reason);
    }
  return g_error_new_literal (error->domain, error->code, text->str);
}

/**
 * way_answer_with_failure:
 * @error: how the last attempt failed
 *
 * No target is left. The provider's own error goes through, unless it has no words and there were
 * others: then the client is told in Wayfare's what each target did, or why it was not asked when
 * its turn came.
 */
void
way_answer_with_failure (WayExchange *self, const GError *error)
{
  WayOutcome outcome =
    error->code == WAY_ERROR_UPSTREAM_TIMEOUT ? WAY_OUTCOME_DEADLINE : WAY_OUTCOME_UPSTREAM_ERROR;
  gboolean has_others = has_tried_several (self->record) || self->journey.n_passed_over > 0;
  g_autoptr (GError) summary = NULL;

  name_answerer (self);
  if (self->refusal && (self->refusal_is_json || !has_others))
    {
      GString *reason = tell_trail (self);

      summary = add_passed_over (self, error);
      g_string_append (reason, summary->message);
      g_free (self->record->reason);
      self->record->reason = g_string_free (reason, FALSE);
      pass_provider_error (self, summary, way_retry_after_status (self->status) == WAY_NEXT_TARGET);
      return;
    }
  if (has_others)
    summary = sum_up_failures (self);
  way_answer_with_error (self, outcome, summary ? summary : error);
}

/* Answers */

/* The answer to a client of another dialect; a provider that was asked for a stream may have sent a
 * whole answer, which is then a stream that comes at once. */
static const char *
translate_whole (WayExchange *self, GString *body)
{
  if (!self->facts.stream)
    {
      way_translation_write_reply (self->translation, body);
      return "application/json";
    }
  way_translation_stream_reply (self->translation, body);
  return self->request->dialect->stream_type;
}

static void
send_whole (WayExchange *self, GString *head)
{
  const WayEnding ending = { WAY_OUTCOME_DONE, self->status, NULL };
  const char *type = way_call_get_header (self->call, "content-type");
  g_autoptr (GString) body = NULL;

  if (!self->is_translated)
    {
      way_answer_collect (self, (const char *)self->body->data, self->body->len);
      way_answer_keep (self, type);
      way_answer_end (self, &ending, head, type, (const char *)self->body->data, self->body->len);
      return;
    }
  body = g_string_new (NULL);
  type = translate_whole (self, body);
  way_answer_collect (self, body->str, body->len);
  way_answer_keep (self, type);
  way_answer_end (self, &ending, head, type, body->str, body->len);
}

/* What the answer cost with all that was asked in vain for it; none where that is not known. */
static void
add_cost (const WayRecord *record, GString *head)
{
  gint64 cost_nano_usd = way_record_sum_cost_nano_usd (record);
  g_autoptr (GString) cost = g_string_new (NULL);

  if (cost_nano_usd == WAY_UNKNOWN)
    return;
  way_json_append_decimal (cost, cost_nano_usd, 9);
  way_reply_add_header (head, "x-wayfare-cost-usd", cost->str);
}

/**
 * way_answer_whole:
 *
 * Passes on an answer that was not streamed, in the same dialect byte for byte, with its cost, and
 * ends the exchange.
 */
void
way_answer_whole (WayExchange *self)
{
  WayRecord *record = self->record;
  GString *head = way_reply_begin (self->request, self->status);

  if (self->first_token_us == WAY_UNKNOWN)
    self->first_token_us = way_clock_get_monotonic_us () - self->sent_us;
  way_attempt_note_success (self);
  way_attempt_settle (self, WAY_VERDICT_ANSWERED, NULL);
  name_answerer (self);
  way_answer_add_headers (self, head);
  add_cost (record, head);
  record->first_token_us = way_exchange_get_elapsed_us (self);
  send_whole (self, head);
}

/* Without asking the candidate, which costs nothing. */
static void
answer_at_once (WayExchange *self, const char *type, const GString *body)
{
  GString *head = way_reply_begin (self->request, 200);

  self->attempt->verdict = WAY_VERDICT_ANSWERED;
  self->attempt->cost_nano_usd = 0;
  name_answerer (self);
  way_answer_add_headers (self, head);
  add_cost (self->record, head);
  way_answer_end (self, &way_ending_done, head, type, body->str, body->len);
}

/**
 * way_answer_nothing:
 *
 * Answers a request that asks for nothing, by which Ollama's clients have a model loaded and Codex
 * warms up: there is no such request in other dialects.
 */
void
way_answer_nothing (WayExchange *self)
{
  g_autoptr (GString) body = g_string_new (NULL);

  answer_at_once (self, translate_whole (self, body), body);
}

/**
 * way_answer_estimate:
 *
 * Answers a request to count tokens for a provider that counts none: with the estimate that routing
 * goes by.
 */
void
way_answer_estimate (WayExchange *self)
{
  WayReplyHead reply_head = { .id = self->record->id, .model = self->candidate->model };
  WayDelta usage = WAY_DELTA_INIT (WAY_DELTA_USAGE);
  g_autoptr (GArray) deltas = g_array_new (FALSE, FALSE, sizeof (WayDelta));
  g_autoptr (GString) body = g_string_new (NULL);

  usage.text = "";
  usage.usage.input_tokens = self->facts.input_tokens_estimate;
  usage.usage.estimated = TRUE;
  g_array_append_val (deltas, usage);
  self->request->dialect->encode_reply (body, &reply_head, deltas);
  answer_at_once (self, "application/json", body);
}

static const char *
get_stream_type (WayExchange *self)
{
  return self->is_translated ? self->request->dialect->stream_type
                             : way_call_get_header (self->call, "content-type");
}

/**
 * way_answer_begin_stream:
 *
 * Commits to the running attempt: from here on no other target can answer.
 */
void
way_answer_begin_stream (WayExchange *self)
{
  GString *head = way_reply_begin (self->request, self->status);

  self->committed = TRUE;
  name_answerer (self);
  way_answer_add_headers (self, head);
  way_reply_begin_stream (self->request, head, get_stream_type (self));
}

/**
 * way_answer_pass_stream:
 *
 * Sends what the pump has let through since the last time.
 */
void
way_answer_pass_stream (WayExchange *self)
{
  GString *output = way_pump_get_output (self->pump);

  way_answer_collect (self, output->str, output->len);
  note_sent (self, output->str, output->len);
  way_reply_send_piece (self->request, output->str, output->len);
  g_string_truncate (output, 0);
}

/**
 * way_answer_end_stream:
 *
 * The provider's stream is complete, and so is the client's.
 */
void
way_answer_end_stream (WayExchange *self)
{
  const WayEnding ending = { WAY_OUTCOME_DONE, self->status, NULL };
  GString *output = way_pump_get_output (self->pump);

  way_attempt_note_success (self);
  way_attempt_settle (self, WAY_VERDICT_ANSWERED, NULL);
  way_pump_end (self->pump);
  way_answer_collect (self, output->str, output->len);
  way_answer_keep (self, get_stream_type (self));
  way_answer_end_pieces (self, &ending, output->str, output->len);
}

/**
 * way_answer_was_taken:
 *
 * For a client that has left. Some do with the last word of the answer, and do not wait for the
 * mark that ends the stream: nothing went wrong then, and the exchange is ended.
 *
 * Returns: whether it was
 */
gboolean
way_answer_was_taken (WayExchange *self)
{
  if (!self->committed || !way_pump_get_tally (self->pump)->finished ||
      way_connection_get_pending (self->request->connection) > 0)
    return FALSE;
  way_attempt_note_success (self);
  way_attempt_settle (self, WAY_VERDICT_ANSWERED, NULL);
  way_exchange_finish (self, &(WayEnding){ WAY_OUTCOME_DONE, self->status, NULL });
  return TRUE;
}

/**
 * way_answer_cut_stream:
 * @error: why there is no more
 *
 * The stream broke after the client had its first byte. It gets the error as an event of its
 * dialect and then a connection that closes without the mark of a clean end, so that no client
 * takes the fragment for a finished turn.
 */
void
way_answer_cut_stream (WayExchange *self, const GError *error)
{
  WayEnding ending = { WAY_OUTCOME_UPSTREAM_ERROR, self->status,
                       way_error_code_get_name (error->code) };
  g_autoptr (GString) event = g_string_new (NULL);

  if (error->code == WAY_ERROR_UPSTREAM_TIMEOUT)
    ending.outcome = WAY_OUTCOME_DEADLINE;
  if (error->code == WAY_ERROR_SHUTDOWN)
    ending.outcome = WAY_OUTCOME_SHUTDOWN;
  g_free (self->record->reason);
  self->record->reason = g_strdup (error->message);
  self->request->dialect->encode_stream_error (event, error->code, error->message);
  way_answer_end_pieces (self, &ending, event->str, event->len);
}
