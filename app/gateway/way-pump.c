/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The words of an answer on their way through. No I/O. */

#include "way-pump.h"

#include "way-limits.h"

#define BYTES_A_TOKEN 4 /* the usual rule of thumb for English text */

struct _WayPump
{
  const WayDialect *dialect;   /* of the provider */
  WayTranslation *translation; /* (nullable): borrowed */
  WayDecoder decoder;
  WaySse *sse;       /* owned; the one of the two that fits @dialect */
  WayNdjson *ndjson; /* owned */
  GString *output;   /* owned: whole events that may go to the client */
  GError *error;     /* owned */
  WayTally tally;
  gboolean hide_usage;
  gboolean has_answer;
};

void
way_tally_init (WayTally *tally)
{
  *tally = (WayTally){ .usage = WAY_USAGE_INIT };
}

void
way_tally_clear (WayTally *tally)
{
  g_clear_pointer (&tally->error, g_free);
}

/**
 * way_tally_add:
 * @tally: a #WayTally
 *
 * Counts one step of an answer; a #WayDeltaFunc.
 */
void
way_tally_add (const WayDelta *delta, gpointer user_data)
{
  WayTally *tally = user_data;

  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_SIGNATURE:
      break;
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_REFUSAL:
    case WAY_DELTA_TOOL_CALL:
      tally->saw_words |= delta->length > 0 || delta->type == WAY_DELTA_TOOL_CALL;
      tally->text_bytes += delta->length;
      break;
    case WAY_DELTA_USAGE:
      way_usage_merge (&tally->usage, &delta->usage);
      break;
    case WAY_DELTA_ERROR:
      g_free (tally->error);
      tally->error = g_strdup (delta->text ? delta->text : "unknown error");
      break;
    case WAY_DELTA_FINISH:
    case WAY_DELTA_END:
      tally->finished = TRUE;
      break;
    }
}

/* Whether what was generated is more than what was reported. The count is final only once the
 * answer is: Anthropic begins with a count of 1, Gemini counts as it goes. */
static gboolean
has_output_unreported (const WayTally *tally, gint64 output_tokens)
{
  return tally->usage.output_tokens == WAY_UNKNOWN ||
         (!tally->finished && tally->usage.output_tokens < output_tokens);
}

/**
 * way_tally_settle:
 * @input_tokens_estimate: from the length of the prompt
 *
 * Returns: the usage to be accounted: what was reported, else an estimate that says so; of an
 *   answer that is not at its end, whichever says more. If nothing was reported and nothing
 *   generated it stays unknown.
 */
WayUsage
way_tally_settle (const WayTally *tally, gint64 input_tokens_estimate)
{
  WayUsage usage = tally->usage;
  gint64 n_generated = (gint64)(tally->text_bytes + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;

  if (!tally->saw_words)
    return usage;
  if (has_output_unreported (tally, n_generated))
    {
      usage.output_tokens = n_generated;
      usage.estimated = TRUE;
    }
  if (usage.input_tokens == WAY_UNKNOWN)
    {
      usage.input_tokens = input_tokens_estimate;
      usage.estimated = TRUE;
    }
  return usage;
}

static void
on_delta (const WayDelta *delta, gpointer user_data)
{
  WayPump *self = user_data;

  way_tally_add (delta, &self->tally);
  if (self->translation)
    way_translation_add (delta, self->translation);
}

/* Of a stream that is not translated the events go through as they came; only their meaning is
 * counted. */
static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  WayPump *self = user_data;

  if (self->error)
    return;
  if (data)
    {
      if (!self->dialect->decode_event (&self->decoder, event, data, length, &self->error))
        return;
      self->has_answer = TRUE;
      if (self->hide_usage && self->dialect->event_is_surplus (data, length))
        return;
    }
  if (!self->translation)
    g_string_append_len (self->output, raw, raw_length);
}

/**
 * way_pump_new:
 * @dialect: of the provider
 * @translation: (nullable): if the client speaks another; outlives the pump
 * @hide_usage: the client did not ask for the event that holds nothing but usage
 *
 * Returns: (transfer full): a pump for one streamed answer
 */
WayPump *
way_pump_new (const WayDialect *dialect, WayTranslation *translation, gboolean hide_usage)
{
  WayPump *self = g_new0 (WayPump, 1);

  self->dialect = dialect;
  self->translation = translation;
  if (dialect->framing == WAY_FRAMING_SSE)
    self->sse = way_sse_new ();
  else
    self->ndjson = way_ndjson_new ();
  self->output = g_string_new (NULL);
  self->hide_usage = hide_usage && !translation && dialect->event_is_surplus;
  way_tally_init (&self->tally);
  way_decoder_init (&self->decoder, on_delta, self);
  if (translation)
    way_translation_begin_stream (translation, self->output);
  return self;
}

void
way_pump_free (WayPump *self)
{
  way_decoder_clear (&self->decoder);
  g_clear_pointer (&self->sse, way_sse_free);
  g_clear_pointer (&self->ndjson, way_ndjson_free);
  g_string_free (self->output, TRUE);
  g_clear_error (&self->error);
  way_tally_clear (&self->tally);
  g_free (self);
}

static gboolean
feed_framer (WayPump *self, const char *data, gsize length)
{
  return self->sse ? way_sse_feed (self->sse, data, length, on_event, self)
                   : way_ndjson_feed (self->ndjson, data, length, on_event, self);
}

/**
 * way_pump_feed:
 *
 * Takes a piece of the provider's answer, cut anywhere. Whole events are counted and appended to
 * the output unchanged.
 *
 * Returns: %FALSE with %WAY_ERROR_UPSTREAM if this is no stream of the dialect; the output then
 * holds what came before
 */
gboolean
way_pump_feed (WayPump *self, const char *data, gsize length, GError **error)
{
  if (!self->error && !feed_framer (self, data, length))
    g_set_error (&self->error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                 "sent an event that is longer than %d bytes", WAY_LIMIT_STREAM_EVENT_BYTES);
  if (!self->error)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

/**
 * way_pump_end:
 *
 * The provider's stream is complete: what the client needs to see that is in the output now.
 */
void
way_pump_end (WayPump *self)
{
  if (self->translation)
    way_translation_end_stream (self->translation);
}

/**
 * way_pump_get_output:
 *
 * Returns: (transfer none): whole events to be sent; the caller truncates it once they are
 */
GString *
way_pump_get_output (WayPump *self)
{
  return self->output;
}

const WayTally *
way_pump_get_tally (WayPump *self)
{
  return &self->tally;
}

/**
 * way_pump_has_answer:
 *
 * Returns: whether an event of the dialect has come, so that the provider has really begun
 */
gboolean
way_pump_has_answer (WayPump *self)
{
  return self->has_answer;
}
