/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of OpenAI-compatible servers → deltas, streamed or whole, with what each provider does in
 * its own way. Reads the bytes where they lie; the one buffer holds the unescaped texts of one
 * delta. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-limits.h"

#include <string.h>

/* A text that is a string, or Mistral's array of parts: {"type":"text","text":…} and
 * {"type":"thinking","thinking":[…]}. */
static void
give_parts (WayDecoder *decoder, WayDeltaType type, guint choice, const WayJsonSpan *content)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  way_decoder_give_string (decoder, type, choice, content);
  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan text = { 0 };
      WayJsonSpan thinking = { 0 };
      WAY_JSON_COLLECT (&part, { "text", &text }, { "thinking", &thinking });
      /* Thinking has parts, but its parts have none: no recursion that a peer could deepen. */
      if (type == WAY_DELTA_TEXT)
        give_parts (decoder, WAY_DELTA_REASONING, choice, &thinking);
      way_decoder_give_string (decoder, type, choice, &text);
    }
}

static guint
read_index (const WayJsonSpan *number, gint64 maximum, guint fallback)
{
  gint64 index = fallback;

  if (number->type == WAY_JSON_NUMBER)
    way_json_span_get_int (number, 0, maximum, &index);
  return (guint)index;
}

static void
give_function (
  WayDecoder *decoder, guint choice, guint tool, const WayJsonSpan *id, const WayJsonSpan *function)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };

  WAY_JSON_COLLECT (function, { "name", &name }, { "arguments", &arguments });
  if (!way_span_has_text (id) && !way_span_has_text (&name) && !way_span_has_text (&arguments))
    return;

  g_string_truncate (decoder->scratch, 0);
  gsize id_at = way_decoder_unescape (decoder, id);
  gsize name_at = way_decoder_unescape (decoder, &name);
  gsize text_at = way_decoder_unescape (decoder, &arguments);
  const char *texts = decoder->scratch->str;
  delta.choice = choice;
  /* Gateways in front of Claude begin at 1. Calls are numbered anew for the first choice only: who
   * asks for several answers gets them from OpenAI, which counts from 0. */
  delta.tool = choice == 0 ? way_decoder_number_tool (decoder, tool, NULL) : tool;
  delta.tool_id = way_span_has_text (id) ? texts + id_at : NULL;
  delta.tool_name = way_span_has_text (&name) ? texts + name_at : NULL;
  delta.text = texts + text_at;
  delta.length = decoder->scratch->len - 1 - text_at;
  way_decoder_give (decoder, &delta);
}

/* Mistral numbers no tool call: its place in the array is its index. */
static void
give_tool_calls (WayDecoder *decoder, guint choice, const WayJsonSpan *tool_calls)
{
  WayJsonCursor cursor;
  WayJsonSpan tool_call;
  guint place = 0;

  if (tool_calls->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, tool_calls);
  while (way_json_scan_next (&cursor, NULL, &tool_call))
    {
      WayJsonSpan index = { 0 };
      WayJsonSpan id = { 0 };
      WayJsonSpan function = { 0 };
      WAY_JSON_COLLECT (&tool_call, { "index", &index }, { "id", &id }, { "function", &function });
      give_function (decoder, choice, read_index (&index, WAY_LIMIT_TOOL_CALLS, place), &id,
                     &function);
      place++;
    }
}

/* The words of a choice with the odds of their tokens, which OpenAI gives beside them. */
static void
give_content (WayDecoder *decoder,
              guint choice,
              const WayJsonSpan *content,
              const WayJsonSpan *logprobs)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TEXT);
  WayJsonSpan odds = { 0 };

  WAY_JSON_COLLECT (logprobs, { "content", &odds });
  if (odds.type != WAY_JSON_ARRAY || !way_span_has_text (content))
    {
      give_parts (decoder, WAY_DELTA_TEXT, choice, content);
      return;
    }
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, content);
  delta.choice = choice;
  delta.length = decoder->scratch->len - 1;
  g_string_append_len (decoder->scratch, odds.data, (gssize)odds.length);
  delta.text = decoder->scratch->str;
  delta.logprobs = decoder->scratch->str + delta.length + 1;
  way_decoder_give (decoder, &delta);
}

/* A streamed "delta" or a whole "message": they have the same members. */
static void
give_message (WayDecoder *decoder,
              guint choice,
              const WayJsonSpan *message,
              const WayJsonSpan *logprobs)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan reasoning_content = { 0 };
  WayJsonSpan reasoning = { 0 };
  WayJsonSpan refusal = { 0 };
  WayJsonSpan tool_calls = { 0 };
  WayJsonSpan function_call = { 0 };

  WAY_JSON_COLLECT (message, { "content", &content }, { "reasoning_content", &reasoning_content },
                    { "reasoning", &reasoning }, { "refusal", &refusal },
                    { "tool_calls", &tool_calls }, { "function_call", &function_call });

  /* Servers in transition send the same words under both names. */
  way_decoder_give_string (decoder, WAY_DELTA_REASONING, choice,
                           way_span_has_text (&reasoning_content) ? &reasoning_content
                                                                  : &reasoning);
  give_content (decoder, choice, &content, logprobs);
  way_decoder_give_string (decoder, WAY_DELTA_REFUSAL, choice, &refusal);
  give_tool_calls (decoder, choice, &tool_calls);
  if (function_call.type == WAY_JSON_OBJECT)
    give_function (decoder, choice, 0, &(WayJsonSpan){ 0 }, &function_call);
}

static gboolean
give_usage (WayDecoder *decoder, const WayJsonSpan *object)
{
  WayUsage usage;

  if (!way_openai_read_usage (object, &usage))
    return FALSE;
  way_decoder_give_usage (decoder, &usage);
  return TRUE;
}

static WayFinish
read_finish (const WayJsonSpan *word)
{
  static const struct
  {
    const char *word;
    WayFinish finish;
  } words[] = {
    { "stop", WAY_FINISH_STOP },
    { "length", WAY_FINISH_LENGTH },
    { "tool_calls", WAY_FINISH_TOOL_CALLS },
    { "function_call", WAY_FINISH_TOOL_CALLS },
    { "content_filter", WAY_FINISH_REFUSAL },
    { "model_length", WAY_FINISH_LENGTH }, /* Mistral */
    { "eos", WAY_FINISH_STOP },            /* Together */
    { "end_turn", WAY_FINISH_STOP },       /* gateways in front of Claude */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (way_json_span_is (word, words[i].word))
      return words[i].finish;
  return WAY_FINISH_OTHER;
}

/* What every event and every reply may have at its top level. */
typedef struct
{
  WayJsonSpan root;
  WayJsonSpan choices;
  WayJsonSpan usage;
  WayJsonSpan x_groq;
  WayJsonSpan error;
  WayJsonSpan object;
  WayJsonSpan message;
  WayJsonSpan detail;
  WayJsonSpan model;
} Answer;

static gboolean
give_choice (WayDecoder *decoder, const WayJsonSpan *choice, guint place)
{
  WayJsonSpan index = { 0 };
  WayJsonSpan message = { 0 };
  WayJsonSpan text = { 0 };
  WayJsonSpan logprobs = { 0 };
  WayJsonSpan finish_reason = { 0 };
  WayJsonSpan usage = { 0 };

  WAY_JSON_COLLECT (choice, { "index", &index }, { "delta", &message }, { "message", &message },
                    { "text", &text }, { "logprobs", &logprobs },
                    { "finish_reason", &finish_reason }, { "usage", &usage });
  guint number = read_index (&index, WAY_LIMIT_CHOICES, place);
  if (message.type == WAY_JSON_OBJECT)
    give_message (decoder, number, &message, &logprobs);
  else
    way_decoder_give_string (decoder, WAY_DELTA_TEXT, number, &text); /* a completion */
  if (way_span_has_text (&finish_reason))
    way_decoder_give_finish (decoder, number, read_finish (&finish_reason), &finish_reason);
  /* Moonshot's older API reports usage inside the choice that ends. */
  return give_usage (decoder, &usage);
}

static gboolean
give_choices (WayDecoder *decoder, const WayJsonSpan *choices)
{
  WayJsonCursor cursor;
  WayJsonSpan choice;
  guint place = 0;
  gboolean has_usage = FALSE;

  if (choices->type != WAY_JSON_ARRAY)
    return FALSE;
  way_json_scan_begin (&cursor, choices);
  while (way_json_scan_next (&cursor, NULL, &choice))
    has_usage |= give_choice (decoder, &choice, place++);
  return has_usage;
}

/* The message of an error in the shapes that servers use: {"error":{"message"}}, {"error":"…"}, and
 * without the wrapping {"object":"error","message"}. The whole error if it has no message; type
 * WAY_JSON_NONE if @answer is no error. */
static WayJsonSpan
find_error (const Answer *answer)
{
  const WayJsonSpan *error = &answer->error;
  WayJsonSpan message = { 0 };

  if (error->type == WAY_JSON_NONE && way_json_span_is (&answer->object, "error"))
    return way_span_has_text (&answer->message) ? answer->message : answer->root;
  if (error->type == WAY_JSON_NULL || error->type == WAY_JSON_FALSE)
    return message;
  if (error->type != WAY_JSON_OBJECT)
    return *error;

  WAY_JSON_COLLECT (error, { "message", &message });
  return way_span_has_text (&message) ? message : *error;
}

/* Tells of the error of @answer; an error without a message is told by its own JSON. */
static gboolean
give_error (WayDecoder *decoder, const Answer *answer)
{
  WayJsonSpan message = find_error (answer);

  if (message.type == WAY_JSON_NONE)
    return FALSE;
  if (way_span_has_text (&message))
    {
      way_decoder_give_string (decoder, WAY_DELTA_ERROR, 0, &message);
      return TRUE;
    }

  g_autofree char *json = g_strndup (message.data, message.length);
  way_decoder_give_text (decoder, WAY_DELTA_ERROR, 0, json);
  return TRUE;
}

/* Deltas in the order in which a client would see them; an error last, since it ends the answer. */
static gboolean
give_answer (WayDecoder *decoder, const Answer *answer)
{
  WayJsonSpan groq_usage = { 0 };

  if (answer->choices.type == WAY_JSON_ARRAY)
    way_decoder_give_begin (decoder, &answer->model);
  WAY_JSON_COLLECT (&answer->x_groq, { "usage", &groq_usage });
  if (!give_choices (decoder, &answer->choices) && !give_usage (decoder, &answer->usage))
    give_usage (decoder, &groq_usage);
  return give_error (decoder, answer);
}

static gboolean
read_answer (const char *data, gsize length, Answer *ret, GError **error)
{
  Answer answer = { 0 };

  if (!way_json_scan_document (data, length, &answer.root) || answer.root.type != WAY_JSON_OBJECT)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent something that is no JSON object");
      return FALSE;
    }
  WAY_JSON_COLLECT (&answer.root, { "choices", &answer.choices }, { "usage", &answer.usage },
                    { "x_groq", &answer.x_groq }, { "error", &answer.error },
                    { "object", &answer.object }, { "message", &answer.message },
                    { "detail", &answer.detail }, { "model", &answer.model });
  *ret = answer;
  return TRUE;
}

static gboolean
is_done_mark (const char *data, gsize length)
{
  static const char mark[] = "[DONE]";

  while (length > 0 && g_ascii_isspace (data[length - 1]))
    length--;
  return length == sizeof mark - 1 && memcmp (data, mark, length) == 0;
}

gboolean
way_openai_chat_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error)
{
  Answer answer;

  if (is_done_mark (data, length))
    {
      way_decoder_give_end (decoder);
      return TRUE;
    }
  if (!read_answer (data, length, &answer, error))
    return FALSE;
  give_answer (decoder, &answer);
  return TRUE;
}

gboolean
way_openai_chat_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  Answer answer;

  if (!read_answer (data, length, &answer, error))
    return FALSE;

  WayJsonSpan message = find_error (&answer);
  if (answer.choices.type != WAY_JSON_ARRAY && message.type == WAY_JSON_NONE)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent an answer that has neither \"choices\" nor an error");
      return FALSE;
    }
  if (!give_answer (decoder, &answer))
    way_decoder_give_end (decoder);
  return TRUE;
}

gboolean
way_openai_chat_event_is_surplus (const char *data, gsize length)
{
  static const char usage_name[] = "\"usage\"";
  Answer answer;

  /* Nearly every event leaves here: it does not speak of usage at all. */
  if (memmem (data, length, usage_name, sizeof usage_name - 1) == NULL)
    return FALSE;
  if (!read_answer (data, length, &answer, NULL))
    return FALSE;
  if (answer.usage.type != WAY_JSON_OBJECT || answer.choices.type != WAY_JSON_ARRAY)
    return FALSE;

  WayJsonCursor cursor;
  WayJsonSpan choice;
  way_json_scan_begin (&cursor, &answer.choices);
  return !way_json_scan_next (&cursor, NULL, &choice) && find_error (&answer).type == WAY_JSON_NONE;
}

/* A text of an error body in FastAPI's shape, which vLLM and many small servers have:
 * {"detail":"…"} or {"detail":[{"msg":"…"}]}; or a bare {"message":"…"}. */
static WayJsonSpan
find_plain_message (const Answer *answer)
{
  WayJsonSpan detail = answer->detail;
  WayJsonSpan item;
  WayJsonCursor cursor;

  if (detail.type == WAY_JSON_ARRAY)
    {
      way_json_scan_begin (&cursor, &answer->detail);
      if (way_json_scan_next (&cursor, NULL, &item))
        WAY_JSON_COLLECT (&item, { "msg", &detail });
    }
  return way_span_has_text (&detail) ? detail : answer->message;
}

char *
way_openai_chat_decode_error (const char *data, gsize length)
{
  Answer answer;

  if (!read_answer (data, length, &answer, NULL))
    return NULL;
  WayJsonSpan message = find_error (&answer);
  if (message.type == WAY_JSON_NONE)
    message = find_plain_message (&answer);
  return way_span_has_text (&message) ? way_json_span_dup_string (&message) : NULL;
}
