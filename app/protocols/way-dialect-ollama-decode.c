/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of Ollama → deltas. A line of a stream and a whole answer have the same members, and
 * those of /api/generate are those of /api/chat with the message's texts at the top. Pure. */

#include "way-dialect-ollama-private.h"

#include "way-limits.h"

#include <string.h>

/* Enough of a digest that no two answers of a conversation share it. */
#define ID_DIGEST_CHARS 12

/* What a line may hold. */
typedef struct
{
  WayJsonSpan root;
  WayJsonSpan model;
  WayJsonSpan message;
  WayJsonSpan content;
  WayJsonSpan thinking;
  WayJsonSpan tool_calls;
  WayJsonSpan logprobs;
  WayJsonSpan done;
  WayJsonSpan done_reason;
  WayJsonSpan prompt_eval_count;
  WayJsonSpan eval_count;
  WayJsonSpan error;
} Line;

static gboolean
read_line (const char *data, gsize length, Line *ret, GError **error)
{
  Line line = { 0 };

  if (!way_json_scan_document (data, length, &line.root) || line.root.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent something that is no JSON object");
      return FALSE;
    }
  WAY_JSON_COLLECT (&line.root, { "model", &line.model }, { "message", &line.message },
                    { "response", &line.content }, { "thinking", &line.thinking },
                    { "logprobs", &line.logprobs }, { "done", &line.done },
                    { "done_reason", &line.done_reason },
                    { "prompt_eval_count", &line.prompt_eval_count },
                    { "eval_count", &line.eval_count }, { "error", &line.error });
  WAY_JSON_COLLECT (&line.message, { "content", &line.content }, { "thinking", &line.thinking },
                    { "tool_calls", &line.tool_calls });
  *ret = line;
  return TRUE;
}

/* Odds of tokens: Ollama leaves out what is empty, OpenAI's clients want each member. */

static gboolean
append_token (GString *out, const WayJsonSpan *object, WayJsonSpan *ret_alternatives)
{
  WayJsonSpan token = { 0 };
  WayJsonSpan logprob = { 0 };
  WayJsonSpan bytes = { 0 };

  WAY_JSON_COLLECT (object, { "token", &token }, { "logprob", &logprob }, { "bytes", &bytes },
                    { "top_logprobs", ret_alternatives });
  if (token.type != WAY_JSON_STRING || logprob.type != WAY_JSON_NUMBER)
    return FALSE;
  g_string_append (out, out->str[out->len - 1] == '[' ? "{\"token\":" : ",{\"token\":");
  g_string_append_len (out, token.data, (gssize)token.length);
  g_string_append (out, ",\"logprob\":");
  g_string_append_len (out, logprob.data, (gssize)logprob.length);
  g_string_append (out, ",\"bytes\":");
  if (bytes.type == WAY_JSON_ARRAY)
    g_string_append_len (out, bytes.data, (gssize)bytes.length);
  else
    g_string_append (out, "null");
  return TRUE;
}

static void
append_alternatives (GString *out, const WayJsonSpan *alternatives)
{
  WayJsonCursor cursor;
  WayJsonSpan item;
  WayJsonSpan none = { 0 };

  if (alternatives->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, alternatives);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (append_token (out, &item, &none))
      g_string_append_c (out, '}');
}

static void
append_logprobs (GString *out, const WayJsonSpan *logprobs)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  g_string_append_c (out, '[');
  way_json_scan_begin (&cursor, logprobs);
  while (way_json_scan_next (&cursor, NULL, &item))
    {
      WayJsonSpan alternatives = { 0 };

      if (!append_token (out, &item, &alternatives))
        continue;
      g_string_append (out, ",\"top_logprobs\":[");
      append_alternatives (out, &alternatives);
      g_string_append (out, "]}");
    }
  g_string_append_c (out, ']');
}

static void
give_content (WayDecoder *decoder, const Line *line)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TEXT);
  g_autoptr (GString) logprobs = NULL;

  if (!way_span_has_text (&line->content))
    return;
  if (line->logprobs.type == WAY_JSON_ARRAY)
    {
      logprobs = g_string_new (NULL);
      append_logprobs (logprobs, &line->logprobs);
      delta.logprobs = logprobs->str;
    }
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, &line->content);
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  way_decoder_give (decoder, &delta);
}

/* Tool calls come whole */

/* Older servers give calls no id. Whoever reads the conversation later must tell the calls of all
 * its answers apart, so the id is made of the answer's own bytes, in which the time has
 * nanoseconds, and the call's number. */
static void
append_made_id (GString *out, const WayJsonSpan *root, guint number)
{
  g_autofree char *digest =
    g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)root->data, root->length);

  g_string_append_printf (out, "call_%.*s_%u", ID_DIGEST_CHARS, digest, number);
}

/* The arguments are an object; servers that imitate Ollama send its text. */
static void
append_arguments (GString *out, const WayJsonSpan *arguments)
{
  if (arguments->type == WAY_JSON_OBJECT)
    g_string_append_len (out, arguments->data, (gssize)arguments->length);
  else if (way_span_has_text (arguments))
    way_json_span_append_string (arguments, out);
  else
    g_string_append (out, "{}");
}

static void
give_call (WayDecoder *decoder, const WayJsonSpan *root, const WayJsonSpan *call)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  GString *scratch = decoder->scratch;
  WayJsonSpan id = { 0 };
  WayJsonSpan function = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };
  gsize name_at;
  gsize text_at;

  WAY_JSON_COLLECT (call, { "id", &id }, { "function", &function });
  WAY_JSON_COLLECT (&function, { "name", &name }, { "arguments", &arguments });
  if (!way_span_has_text (&name) || decoder->n_tools >= WAY_LIMIT_TOOL_CALLS)
    return;

  delta.tool = decoder->n_tools++;
  g_string_truncate (scratch, 0);
  if (way_span_has_text (&id))
    way_json_span_append_string (&id, scratch);
  else
    append_made_id (scratch, root, delta.tool);
  g_string_append_c (scratch, '\0');
  name_at = way_decoder_unescape (decoder, &name);
  text_at = scratch->len;
  append_arguments (scratch, &arguments);
  delta.tool_id = scratch->str;
  delta.tool_name = scratch->str + name_at;
  delta.text = scratch->str + text_at;
  delta.length = scratch->len - text_at;
  way_decoder_give (decoder, &delta);
}

static void
give_calls (WayDecoder *decoder, const Line *line)
{
  WayJsonCursor cursor;
  WayJsonSpan call;

  if (line->tool_calls.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &line->tool_calls);
  while (way_json_scan_next (&cursor, NULL, &call))
    give_call (decoder, &line->root, &call);
}

/* The end */

/* Ollama says "stop" also of an answer that ends with calls. */
static WayFinish
read_finish (const WayDecoder *decoder, const WayJsonSpan *word)
{
  if (way_json_span_is (word, "length"))
    return WAY_FINISH_LENGTH;
  if (decoder->n_tools > 0)
    return WAY_FINISH_TOOL_CALLS;
  return way_json_span_is (word, "stop") ? WAY_FINISH_STOP : WAY_FINISH_OTHER;
}

/* A count that is not there may have been 0 or not counted: it stays unknown. */
static void
give_usage (WayDecoder *decoder, const Line *line)
{
  WayUsage usage = WAY_USAGE_INIT;

  usage.input_tokens = way_span_get_tokens (&line->prompt_eval_count);
  usage.output_tokens = way_span_get_tokens (&line->eval_count);
  if (usage.input_tokens != WAY_UNKNOWN || usage.output_tokens != WAY_UNKNOWN)
    way_decoder_give_usage (decoder, &usage);
}

/* {"error":"…"}; servers that imitate Ollama send an object, with the message in it or told by its
 * own JSON. */
static WayJsonSpan
find_error (const Line *line)
{
  WayJsonSpan message = { 0 };

  if (line->error.type != WAY_JSON_OBJECT)
    return way_span_has_text (&line->error) ? line->error : message;
  WAY_JSON_COLLECT (&line->error, { "message", &message });
  return way_span_has_text (&message) ? message : line->error;
}

static char *
dup_error (const Line *line)
{
  WayJsonSpan message = find_error (line);

  if (message.type == WAY_JSON_OBJECT)
    return g_strndup (message.data, message.length);
  return message.type == WAY_JSON_STRING ? way_json_span_dup_string (&message) : NULL;
}

static gboolean
is_answer (const Line *line)
{
  return line->message.type == WAY_JSON_OBJECT || line->content.type == WAY_JSON_STRING;
}

/* Deltas in the order in which a client would see them. Returns whether the answer goes on. */
static gboolean
give_line (WayDecoder *decoder, const Line *line)
{
  g_autofree char *message = dup_error (line);

  if (is_answer (line))
    way_decoder_give_begin (decoder, &line->model);
  way_decoder_give_string (decoder, WAY_DELTA_REASONING, 0, &line->thinking);
  give_content (decoder, line);
  give_calls (decoder, line);
  if (message)
    {
      way_decoder_give_text (decoder, WAY_DELTA_ERROR, 0, message);
      return FALSE;
    }
  if (line->done.type != WAY_JSON_TRUE)
    return TRUE;
  way_decoder_give_finish (decoder, 0, read_finish (decoder, &line->done_reason),
                           &line->done_reason);
  give_usage (decoder, line);
  way_decoder_give_end (decoder);
  return FALSE;
}

gboolean
way_ollama_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error)
{
  Line line;

  if (!read_line (data, length, &line, error))
    return FALSE;
  give_line (decoder, &line);
  return TRUE;
}

gboolean
way_ollama_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  Line line;

  if (!read_line (data, length, &line, error))
    return FALSE;
  if (!is_answer (&line) && find_error (&line).type == WAY_JSON_NONE)
    {
      g_set_error_literal (
        error, WAY_ERROR, WAY_ERROR_UPSTREAM,
        "sent an answer that has neither \"message\", \"response\" nor an error");
      return FALSE;
    }
  if (give_line (decoder, &line))
    way_decoder_give_end (decoder);
  return TRUE;
}

char *
way_ollama_decode_error (const char *data, gsize length)
{
  Line line;

  return read_line (data, length, &line, NULL) ? dup_error (&line) : NULL;
}
