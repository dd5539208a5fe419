/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers as Gemini's generateContent gives them, streamed or whole, and errors in its
 * shape. Pure. */

#include "way-dialect-gemini-private.h"

#include "way-json.h"
#include "way-message.h"
#include "way-signature.h"

#include <string.h>

/* One streamed answer. Calls are told when they are whole, as Gemini does. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  WayMessage *calls;        /* owned: tool calls and ends, gathered */
  WayUsage usage;
  gboolean is_array;
  guint n_elements; /* of the array so far */
} Encoder;

/* As Google puts it between the elements of a streamed array. */
#define ARRAY_SEPARATOR "\n,\r\n"

static const char *
get_finish_reason (WayFinish finish)
{
  switch (finish)
    {
    case WAY_FINISH_LENGTH:
    case WAY_FINISH_CONTEXT:
      return "MAX_TOKENS";
    case WAY_FINISH_REFUSAL:
      return "SAFETY";
    case WAY_FINISH_OTHER:
    case WAY_FINISH_STOP:
    case WAY_FINISH_STOP_SEQUENCE:
    case WAY_FINISH_TOOL_CALLS:
    case WAY_FINISH_PAUSE:
      return "STOP";
    }
  g_return_val_if_reached ("STOP");
}

/* Unknown counts are left out. */
static void
append_usage (GString *out, const WayUsage *usage)
{
  gint64 prompt = way_usage_get_prompt_tokens (usage);
  gint64 thoughts = MAX (usage->reasoning_tokens, 0);

  g_string_append (out, ",\"usageMetadata\":{");
  if (prompt != WAY_UNKNOWN)
    g_string_append_printf (out, "\"promptTokenCount\":%" G_GINT64_FORMAT, prompt);
  if (prompt != WAY_UNKNOWN && usage->cache_read_tokens > 0)
    g_string_append_printf (out, ",\"cachedContentTokenCount\":%" G_GINT64_FORMAT,
                            usage->cache_read_tokens);
  if (prompt != WAY_UNKNOWN && usage->output_tokens != WAY_UNKNOWN)
    g_string_append_printf (
      out,
      ",\"candidatesTokenCount\":%" G_GINT64_FORMAT ",\"thoughtsTokenCount\":%" G_GINT64_FORMAT
      ",\"totalTokenCount\":%" G_GINT64_FORMAT,
      MAX (usage->output_tokens - thoughts, 0), thoughts, prompt + usage->output_tokens);
  g_string_append_c (out, '}');
}

/* The API's type is bytes: what is not Gemini's own base64 becomes such. */
static void
append_signature (GString *out, const WayReplyHead *head, const char *raw)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *base64 = NULL;

  way_signature_append (text, raw, head->back, WAY_GEMINI_NAME);
  if (g_strcmp0 (head->back, WAY_GEMINI_NAME) != 0)
    base64 = g_base64_encode ((const guchar *)text->str, text->len);
  g_string_append (out, ",\"thoughtSignature\":");
  way_json_append_string (out, base64 ? base64 : text->str);
}

static void
append_call (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  g_string_append (out, "{\"functionCall\":{\"id\":");
  if (delta->tool_id)
    way_json_append_string (out, delta->tool_id);
  else
    g_string_append_printf (out, "\"call_%s_%u\"", head->id, delta->tool);
  g_string_append (out, ",\"name\":");
  way_json_append_string (out, delta->tool_name ? delta->tool_name : "");
  g_string_append (out, ",\"args\":");
  way_tool_append_arguments (out, delta->text, delta->length);
  g_string_append_c (out, '}');
  if (delta->signature)
    append_signature (out, head, delta->signature);
  g_string_append_c (out, '}');
}

static void
append_part (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  gboolean is_thought = delta->type == WAY_DELTA_REASONING || delta->type == WAY_DELTA_SIGNATURE;

  if (delta->type == WAY_DELTA_TOOL_CALL)
    {
      append_call (out, head, delta);
      return;
    }
  g_string_append (out, "{\"text\":");
  if (delta->type == WAY_DELTA_SIGNATURE)
    g_string_append (out, "\"\"");
  else
    way_json_append_string_len (out, delta->text, delta->length);
  if (is_thought)
    g_string_append (out, ",\"thought\":true");
  if (delta->type == WAY_DELTA_SIGNATURE)
    append_signature (out, head, delta->text);
  g_string_append_c (out, '}');
}

static void
append_tail (GString *out, const WayReplyHead *head, const WayUsage *usage)
{
  if (usage)
    append_usage (out, usage);
  g_string_append (out, ",\"modelVersion\":");
  way_json_append_string (out, head->model);
  g_string_append_printf (out, ",\"responseId\":\"%s\"}", head->id);
}

/* Streams */

static void
begin_event (Encoder *encoder, GString *out)
{
  if (!encoder->is_array)
    g_string_append (out, "data: ");
  else
    g_string_append (out, encoder->n_elements++ == 0 ? "[" : ARRAY_SEPARATOR);
}

static void
end_event (Encoder *encoder, GString *out)
{
  if (!encoder->is_array)
    g_string_append (out, "\n\n");
}

static void
append_words (Encoder *encoder, GString *out, const WayDelta *delta)
{
  begin_event (encoder, out);
  g_string_append (out, "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[");
  append_part (out, encoder->head, delta);
  g_string_append (out, "]}");
  way_gemini_append_logprobs (out, delta, 1, delta->choice);
  g_string_append_printf (out, ",\"index\":%u}]", delta->choice);
  append_tail (out, encoder->head, NULL);
  end_event (encoder, out);
}

static guint
count_choices (GArray *deltas)
{
  guint n = 1;

  for (guint i = 0; i < deltas->len; i++)
    n = MAX (n, g_array_index (deltas, WayDelta, i).choice + 1);
  return n;
}

static gboolean
is_part (const WayDelta *delta, guint choice)
{
  if (delta->choice != choice)
    return FALSE;
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_REFUSAL:
      return delta->length > 0;
    case WAY_DELTA_SIGNATURE:
      return !delta->redacted;
    case WAY_DELTA_TOOL_CALL:
      return TRUE;
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_FINISH:
    case WAY_DELTA_USAGE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
append_candidate (GString *out, const WayReplyHead *head, GArray *deltas, guint choice)
{
  WayFinish finish = WAY_FINISH_STOP;
  guint n_parts = 0;

  g_string_append (out, "{\"content\":{\"role\":\"model\",\"parts\":[");
  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->type == WAY_DELTA_FINISH && delta->choice == choice)
        finish = delta->finish;
      if (!is_part (delta, choice))
        continue;
      if (n_parts++ > 0)
        g_string_append_c (out, ',');
      append_part (out, head, delta);
    }
  if (n_parts == 0)
    g_string_append (out, "{\"text\":\"\"}");
  g_string_append (out, "]}");
  way_gemini_append_logprobs (out, (const WayDelta *)deltas->data, deltas->len, choice);
  g_string_append_printf (out, ",\"finishReason\":\"%s\",\"index\":%u}", get_finish_reason (finish),
                          choice);
}

static void
append_candidates (GString *out, const WayReplyHead *head, GArray *deltas)
{
  guint n_choices = count_choices (deltas);

  g_string_append (out, "{\"candidates\":[");
  for (guint choice = 0; choice < n_choices; choice++)
    {
      if (choice > 0)
        g_string_append_c (out, ',');
      append_candidate (out, head, deltas, choice);
    }
  g_string_append_c (out, ']');
}

static void
append_end (Encoder *encoder, GString *out)
{
  begin_event (encoder, out);
  append_candidates (out, encoder->head, way_message_get_deltas (encoder->calls));
  append_tail (out, encoder->head, &encoder->usage);
  end_event (encoder, out);
  if (encoder->is_array)
    g_string_append (out, "\n]\n");
}

gpointer
way_gemini_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->calls = way_message_new ();
  encoder->usage = WAY_USAGE_INIT;
  return encoder;
}

gpointer
way_gemini_array_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = way_gemini_encoder_new (head);

  encoder->is_array = TRUE;
  return encoder;
}

void
way_gemini_encoder_free (gpointer data)
{
  Encoder *encoder = data;

  way_message_free (encoder->calls);
  g_free (encoder);
}

void
way_gemini_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;

  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      return;
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_REFUSAL:
    case WAY_DELTA_SIGNATURE:
      if (is_part (delta, delta->choice))
        append_words (encoder, out, delta);
      return;
    case WAY_DELTA_TOOL_CALL:
    case WAY_DELTA_FINISH:
      way_message_add (delta, encoder->calls);
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      return;
    case WAY_DELTA_ERROR:
      begin_event (encoder, out);
      way_gemini_encode_error (out, WAY_ERROR_UPSTREAM,
                               way_error_code_get_status (WAY_ERROR_UPSTREAM), delta->text);
      end_event (encoder, out);
      return;
    case WAY_DELTA_END:
      append_end (encoder, out);
      return;
    }
  g_assert_not_reached ();
}

/* Whole answers */

static WayUsage
find_usage (GArray *deltas)
{
  for (guint i = 0; i < deltas->len; i++)
    if (g_array_index (deltas, WayDelta, i).type == WAY_DELTA_USAGE)
      return g_array_index (deltas, WayDelta, i).usage;
  return WAY_USAGE_INIT;
}

void
way_gemini_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  WayUsage usage = find_usage (deltas);

  append_candidates (out, head, deltas);
  append_tail (out, head, &usage);
}

void
way_gemini_encode_count (GString *out, const WayReplyHead *head, GArray *deltas)
{
  WayUsage usage = find_usage (deltas);

  g_string_append_printf (out, "{\"totalTokens\":%" G_GINT64_FORMAT "}",
                          MAX (way_usage_get_prompt_tokens (&usage), 0));
}

/* Errors */

static const char *
get_status_word (guint status)
{
  static const struct
  {
    guint status;
    const char *word;
  } words[] = {
    { 401, "UNAUTHENTICATED" },    { 403, "PERMISSION_DENIED" }, { 404, "NOT_FOUND" },
    { 429, "RESOURCE_EXHAUSTED" }, { 503, "UNAVAILABLE" },       { 504, "DEADLINE_EXCEEDED" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i].status == status)
      return words[i].word;
  return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
}

/* Wayfare's stable code is the reason, where Google's own services have theirs. */
void
way_gemini_encode_error (GString *out, WayErrorCode code, guint status, const char *message)
{
  g_string_append_printf (out, "{\"error\":{\"code\":%u,\"message\":", status);
  way_json_append_string (out, message);
  g_string_append_printf (out,
                          ",\"status\":\"%s\",\"details\":[{\"@type\":\"type.googleapis.com/"
                          "google.rpc.ErrorInfo\",\"reason\":\"%s\",\"domain\":\"wayfare\"}]}}",
                          get_status_word (status), way_error_code_get_name (code));
}

void
way_gemini_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, "data: ");
  way_gemini_encode_error (out, code, way_error_code_get_status (code), message);
  g_string_append (out, "\n\n");
}

/* The array stays open, so that nobody takes what came for all there is. */
void
way_gemini_array_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, ARRAY_SEPARATOR);
  way_gemini_encode_error (out, code, way_error_code_get_status (code), message);
}
