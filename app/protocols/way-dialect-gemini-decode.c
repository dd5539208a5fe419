/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of Gemini's generateContent → deltas, streamed or whole: an event of a stream is a whole
 * answer with less in it. Pure. */

#include "way-dialect-gemini-private.h"

#include "way-limits.h"

#include <string.h>

static gboolean
read_usage (const WayJsonSpan *object, WayUsage *ret_usage)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayJsonSpan prompt = { 0 };
  WayJsonSpan cached = { 0 };
  WayJsonSpan candidates = { 0 };
  WayJsonSpan thoughts = { 0 };
  WayJsonSpan tools = { 0 };

  WAY_JSON_COLLECT (object, { "promptTokenCount", &prompt }, { "cachedContentTokenCount", &cached },
                    { "candidatesTokenCount", &candidates }, { "thoughtsTokenCount", &thoughts },
                    { "toolUsePromptTokenCount", &tools });
  usage.input_tokens = way_span_get_tokens (&prompt);
  usage.cache_read_tokens = way_span_get_tokens (&cached);
  usage.output_tokens = way_span_get_tokens (&candidates);
  usage.reasoning_tokens = way_span_get_tokens (&thoughts);
  if (usage.input_tokens == WAY_UNKNOWN && usage.output_tokens == WAY_UNKNOWN)
    return FALSE;
  /* The prompt includes what the cache gave, the answer does not include the thoughts. */
  if (usage.cache_read_tokens != WAY_UNKNOWN && usage.cache_read_tokens <= usage.input_tokens)
    usage.input_tokens -= usage.cache_read_tokens;
  if (way_span_get_tokens (&tools) > 0 && usage.input_tokens != WAY_UNKNOWN)
    usage.input_tokens += way_span_get_tokens (&tools);
  if (usage.reasoning_tokens > 0)
    usage.output_tokens = MAX (usage.output_tokens, 0) + usage.reasoning_tokens;
  *ret_usage = usage;
  return TRUE;
}

static WayFinish
read_finish (const WayDecoder *decoder, const WayJsonSpan *word)
{
  static const struct
  {
    const char *word;
    WayFinish finish;
  } words[] = {
    { "MAX_TOKENS", WAY_FINISH_LENGTH },          { "SAFETY", WAY_FINISH_REFUSAL },
    { "RECITATION", WAY_FINISH_REFUSAL },         { "BLOCKLIST", WAY_FINISH_REFUSAL },
    { "PROHIBITED_CONTENT", WAY_FINISH_REFUSAL }, { "SPII", WAY_FINISH_REFUSAL },
    { "IMAGE_SAFETY", WAY_FINISH_REFUSAL },       { "LANGUAGE", WAY_FINISH_REFUSAL },
  };

  /* A call of tools is a stop like any other. */
  if (way_json_span_is (word, "STOP"))
    return decoder->n_tools > 0 ? WAY_FINISH_TOOL_CALLS : WAY_FINISH_STOP;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (way_json_span_is (word, words[i].word))
      return words[i].finish;
  return WAY_FINISH_OTHER;
}

static void
give_signature (WayDecoder *decoder, guint choice, const WayJsonSpan *signature)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_SIGNATURE);

  if (!way_span_has_text (signature))
    return;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, signature);
  delta.choice = choice;
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  way_decoder_give (decoder, &delta);
}

/* Calls arrive whole. */
static void
give_call (WayDecoder *decoder, guint choice, const WayJsonSpan *call, const WayJsonSpan *signature)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  WayJsonSpan id = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };
  gsize id_at;
  gsize name_at;
  gsize signature_at;
  gsize text_at;

  if (decoder->n_tools >= WAY_LIMIT_TOOL_CALLS)
    return;
  WAY_JSON_COLLECT (call, { "id", &id }, { "name", &name }, { "args", &arguments });
  g_string_truncate (decoder->scratch, 0);
  id_at = way_decoder_unescape (decoder, &id);
  name_at = way_decoder_unescape (decoder, &name);
  signature_at = way_decoder_unescape (decoder, signature);
  text_at = decoder->scratch->len;
  if (arguments.type == WAY_JSON_OBJECT)
    g_string_append_len (decoder->scratch, arguments.data, (gssize)arguments.length);
  else
    g_string_append (decoder->scratch, "{}");
  delta.choice = choice;
  delta.tool = way_decoder_number_tool (decoder, decoder->n_tools, NULL);
  delta.tool_id = way_span_has_text (&id) ? decoder->scratch->str + id_at : NULL;
  delta.tool_name = way_span_has_text (&name) ? decoder->scratch->str + name_at : NULL;
  delta.signature = way_span_has_text (signature) ? decoder->scratch->str + signature_at : NULL;
  delta.text = decoder->scratch->str + text_at;
  delta.length = decoder->scratch->len - text_at;
  way_decoder_give (decoder, &delta);
}

static void
give_text (WayDecoder *decoder, guint choice, const WayJsonSpan *text, const char *logprobs)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TEXT);

  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, text);
  delta.choice = choice;
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  delta.logprobs = logprobs;
  way_decoder_give (decoder, &delta);
}

/* The odds are of the candidate's whole text and go with its first part. A signature on words that
 * are no thoughts is only advice, which nobody misses. */
static void
give_part (WayDecoder *decoder, guint choice, const WayJsonSpan *part, const char **logprobs)
{
  WayJsonSpan text = { 0 };
  WayJsonSpan thought = { 0 };
  WayJsonSpan call = { 0 };
  WayJsonSpan signature = { 0 };

  WAY_JSON_COLLECT (part, { "text", &text }, { "thought", &thought }, { "functionCall", &call },
                    { "thoughtSignature", &signature });
  if (call.type == WAY_JSON_OBJECT)
    {
      give_call (decoder, choice, &call, &signature);
      return;
    }
  if (thought.type != WAY_JSON_TRUE)
    {
      if (way_span_has_text (&text))
        {
          give_text (decoder, choice, &text, *logprobs);
          *logprobs = NULL;
        }
      return;
    }
  way_decoder_give_string (decoder, WAY_DELTA_REASONING, choice, &text);
  give_signature (decoder, choice, &signature);
}

static void
give_candidate (WayDecoder *decoder, const WayJsonSpan *candidate)
{
  WayJsonSpan index = { 0 };
  WayJsonSpan content = { 0 };
  WayJsonSpan parts = { 0 };
  WayJsonSpan reason = { 0 };
  WayJsonSpan odds = { 0 };
  g_autofree char *logprobs = NULL;
  const char *left;
  WayJsonCursor cursor;
  WayJsonSpan part;
  gint64 choice = 0;

  WAY_JSON_COLLECT (candidate, { "index", &index }, { "content", &content },
                    { "finishReason", &reason }, { "logprobsResult", &odds });
  WAY_JSON_COLLECT (&content, { "parts", &parts });
  if (index.type == WAY_JSON_NUMBER)
    way_json_span_get_int (&index, 0, WAY_LIMIT_CHOICES, &choice);
  if (parts.type == WAY_JSON_ARRAY)
    {
      logprobs = way_gemini_dup_openai_logprobs (&odds);
      left = logprobs;
      way_json_scan_begin (&cursor, &parts);
      while (way_json_scan_next (&cursor, NULL, &part))
        give_part (decoder, (guint)choice, &part, &left);
    }
  if (way_span_has_text (&reason))
    way_decoder_give_finish (decoder, (guint)choice, read_finish (decoder, &reason), &reason);
}

/* What every event and every answer may have. */
typedef struct
{
  WayJsonSpan candidates;
  WayJsonSpan usage;
  WayJsonSpan model;
  WayJsonSpan feedback;
  WayJsonSpan error;
} Answer;

static void
give_error (WayDecoder *decoder, const WayJsonSpan *error)
{
  WayJsonSpan message = { 0 };

  WAY_JSON_COLLECT (error, { "message", &message });
  if (way_span_has_text (&message))
    way_decoder_give_string (decoder, WAY_DELTA_ERROR, 0, &message);
  else
    way_decoder_give_text (decoder, WAY_DELTA_ERROR, 0, "an error without a message");
}

static void
give_answer (WayDecoder *decoder, const Answer *answer)
{
  WayJsonSpan blocked = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan candidate;
  WayUsage usage;

  if (answer->error.type == WAY_JSON_OBJECT)
    {
      give_error (decoder, &answer->error);
      return;
    }
  way_decoder_give_begin (decoder, &answer->model);
  if (answer->candidates.type == WAY_JSON_ARRAY)
    {
      way_json_scan_begin (&cursor, &answer->candidates);
      while (way_json_scan_next (&cursor, NULL, &candidate))
        give_candidate (decoder, &candidate);
    }
  if (read_usage (&answer->usage, &usage))
    way_decoder_give_usage (decoder, &usage);
  WAY_JSON_COLLECT (&answer->feedback, { "blockReason", &blocked });
  if (way_span_has_text (&blocked))
    way_decoder_give_finish (decoder, 0, WAY_FINISH_REFUSAL, &blocked);
}

static gboolean
read_answer (const char *data, gsize length, Answer *ret, GError **error)
{
  Answer answer = { 0 };
  WayJsonSpan root;

  if (!way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent something that is no JSON object");
      return FALSE;
    }
  WAY_JSON_COLLECT (&root, { "candidates", &answer.candidates }, { "usageMetadata", &answer.usage },
                    { "modelVersion", &answer.model }, { "promptFeedback", &answer.feedback },
                    { "error", &answer.error });
  *ret = answer;
  return TRUE;
}

/* A stream has no mark for its end: the last finish reason is all there is. */
gboolean
way_gemini_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error)
{
  Answer answer;

  if (!read_answer (data, length, &answer, error))
    return FALSE;
  give_answer (decoder, &answer);
  return TRUE;
}

gboolean
way_gemini_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  Answer answer;

  if (!read_answer (data, length, &answer, error))
    return FALSE;
  if (answer.candidates.type != WAY_JSON_ARRAY && answer.feedback.type != WAY_JSON_OBJECT &&
      answer.error.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent an answer that has neither \"candidates\" nor an error");
      return FALSE;
    }
  give_answer (decoder, &answer);
  if (answer.error.type != WAY_JSON_OBJECT)
    way_decoder_give_end (decoder);
  return TRUE;
}

/* {"totalTokens": N}, the whole answer to a count. */
gboolean
way_gemini_decode_count (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayJsonSpan root;
  WayJsonSpan total = { 0 };

  if (way_json_scan_document (data, length, &root))
    WAY_JSON_COLLECT (&root, { "totalTokens", &total });
  usage.input_tokens = way_span_get_tokens (&total);
  if (usage.input_tokens == WAY_UNKNOWN)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM, "counted no \"totalTokens\"");
      return FALSE;
    }
  way_decoder_give_usage (decoder, &usage);
  way_decoder_give_end (decoder);
  return TRUE;
}

/* Of a stream that failed before it began the error is in an array. */
char *
way_gemini_decode_error (const char *data, gsize length)
{
  WayJsonSpan root;
  WayJsonSpan error = { 0 };
  WayJsonSpan message = { 0 };
  WayJsonCursor cursor;

  if (!way_json_scan_document (data, length, &root))
    return NULL;
  if (root.type == WAY_JSON_ARRAY)
    {
      WayJsonSpan array = root;

      way_json_scan_begin (&cursor, &array);
      if (!way_json_scan_next (&cursor, NULL, &root))
        return NULL;
    }
  WAY_JSON_COLLECT (&root, { "error", &error });
  WAY_JSON_COLLECT (&error, { "message", &message });
  return way_span_has_text (&message) ? way_json_span_dup_string (&message) : NULL;
}
