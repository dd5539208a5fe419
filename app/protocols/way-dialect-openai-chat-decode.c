/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of OpenAI-compatible servers → deltas, streamed or whole, with what each provider does in
 * its own way. Reads the bytes where they lie; the one buffer holds the unescaped texts of one
 * delta. Pure. */

#include "way-dialect-openai-chat-private.h"

#include <string.h>

#define MAX_CHOICES 1024
#define MAX_TOOLS 1024

typedef struct
{
  WayDeltaFunc func;  /* borrowed */
  gpointer user_data; /* borrowed */
  GString *scratch;   /* borrowed: the unescaped texts of the delta in hand */
  gsize n_usages;
} Decoder;

static gboolean
has_text (const WayJsonSpan *string)
{
  return string->type == WAY_JSON_STRING && string->length > 2;
}

/* Puts @string, terminated, behind what the buffer holds already; returns where it begins, since
 * the buffer may move. */
static gsize
unescape (Decoder *decoder, const WayJsonSpan *string)
{
  gsize offset = decoder->scratch->len;

  if (string->type == WAY_JSON_STRING)
    way_json_span_append_string (string, decoder->scratch);
  g_string_append_c (decoder->scratch, '\0');
  return offset;
}

static void
give_text (Decoder *decoder, WayDeltaType type, guint choice, const WayJsonSpan *string)
{
  WayDelta delta = { .type = type, .choice = choice, .usage = WAY_USAGE_INIT };

  if (!has_text (string))
    return;
  g_string_truncate (decoder->scratch, 0);
  unescape (decoder, string);
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  decoder->func (&delta, decoder->user_data);
}

/* A text that is a string, or Mistral's array of parts: {"type":"text","text":…} and
 * {"type":"thinking","thinking":[…]}. */
static void
give_parts (Decoder *decoder, WayDeltaType type, guint choice, const WayJsonSpan *content)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  give_text (decoder, type, choice, content);
  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan text = { 0 };
      WayJsonSpan thinking = { 0 };
      WAY_OPENAI_COLLECT (&part, { "text", &text }, { "thinking", &thinking });
      /* Thinking has parts, but its parts have none: no recursion that a peer could deepen. */
      if (type == WAY_DELTA_TEXT)
        give_parts (decoder, WAY_DELTA_REASONING, choice, &thinking);
      give_text (decoder, type, choice, &text);
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
  Decoder *decoder, guint choice, guint tool, const WayJsonSpan *id, const WayJsonSpan *function)
{
  WayDelta delta = { .type = WAY_DELTA_TOOL_CALL, .choice = choice, .tool = tool };
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };

  delta.usage = WAY_USAGE_INIT;
  WAY_OPENAI_COLLECT (function, { "name", &name }, { "arguments", &arguments });
  if (!has_text (id) && !has_text (&name) && !has_text (&arguments))
    return;

  g_string_truncate (decoder->scratch, 0);
  gsize id_at = unescape (decoder, id);
  gsize name_at = unescape (decoder, &name);
  gsize text_at = unescape (decoder, &arguments);
  const char *texts = decoder->scratch->str;
  delta.tool_id = has_text (id) ? texts + id_at : NULL;
  delta.tool_name = has_text (&name) ? texts + name_at : NULL;
  delta.text = texts + text_at;
  delta.length = decoder->scratch->len - 1 - text_at;
  decoder->func (&delta, decoder->user_data);
}

/* Mistral numbers no tool call: its place in the array is its index. */
static void
give_tool_calls (Decoder *decoder, guint choice, const WayJsonSpan *tool_calls)
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
      WAY_OPENAI_COLLECT (&tool_call, { "index", &index }, { "id", &id },
                          { "function", &function });
      give_function (decoder, choice, read_index (&index, MAX_TOOLS, place), &id, &function);
      place++;
    }
}

/* A streamed "delta" or a whole "message": they have the same members. */
static void
give_message (Decoder *decoder, guint choice, const WayJsonSpan *message)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan reasoning_content = { 0 };
  WayJsonSpan reasoning = { 0 };
  WayJsonSpan refusal = { 0 };
  WayJsonSpan tool_calls = { 0 };
  WayJsonSpan function_call = { 0 };

  WAY_OPENAI_COLLECT (message, { "content", &content }, { "reasoning_content", &reasoning_content },
                      { "reasoning", &reasoning }, { "refusal", &refusal },
                      { "tool_calls", &tool_calls }, { "function_call", &function_call });

  /* Servers in transition send the same words under both names. */
  give_text (decoder, WAY_DELTA_REASONING, choice,
             has_text (&reasoning_content) ? &reasoning_content : &reasoning);
  give_parts (decoder, WAY_DELTA_TEXT, choice, &content);
  give_text (decoder, WAY_DELTA_REFUSAL, choice, &refusal);
  give_tool_calls (decoder, choice, &tool_calls);
  if (function_call.type == WAY_JSON_OBJECT)
    give_function (decoder, choice, 0, &(WayJsonSpan){ 0 }, &function_call);
}

static void
give_usage (Decoder *decoder, const WayJsonSpan *object)
{
  WayDelta delta = { .type = WAY_DELTA_USAGE, .text = "", .usage = WAY_USAGE_INIT };

  if (!way_openai_read_usage (object, &delta.usage))
    return;
  decoder->n_usages++;
  decoder->func (&delta, decoder->user_data);
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
} Answer;

static void
give_choices (Decoder *decoder, const WayJsonSpan *choices)
{
  WayJsonCursor cursor;
  WayJsonSpan choice;
  guint place = 0;

  way_json_scan_begin (&cursor, choices);
  while (way_json_scan_next (&cursor, NULL, &choice))
    {
      WayJsonSpan index = { 0 };
      WayJsonSpan message = { 0 };
      WayJsonSpan finish_reason = { 0 };
      WayJsonSpan usage = { 0 };
      WAY_OPENAI_COLLECT (&choice, { "index", &index }, { "delta", &message },
                          { "message", &message }, { "finish_reason", &finish_reason },
                          { "usage", &usage });
      guint number = read_index (&index, MAX_CHOICES, place);
      give_message (decoder, number, &message);
      give_text (decoder, WAY_DELTA_FINISH, number, &finish_reason);
      /* Moonshot's older API reports usage inside the choice that ends. */
      give_usage (decoder, &usage);
      place++;
    }
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
    return has_text (&answer->message) ? answer->message : answer->root;
  if (error->type == WAY_JSON_NULL || error->type == WAY_JSON_FALSE)
    return message;
  if (error->type != WAY_JSON_OBJECT)
    return *error;

  WAY_OPENAI_COLLECT (error, { "message", &message });
  return has_text (&message) ? message : *error;
}

/* Tells of the error of @answer; an error without a message is told by its own JSON. */
static gboolean
give_error (Decoder *decoder, const Answer *answer)
{
  WayJsonSpan message = find_error (answer);

  if (message.type == WAY_JSON_NONE)
    return FALSE;
  if (has_text (&message))
    {
      give_text (decoder, WAY_DELTA_ERROR, 0, &message);
      return TRUE;
    }

  g_autofree char *json = g_strndup (message.data, message.length);
  WayDelta delta = { .type = WAY_DELTA_ERROR, .text = json, .length = strlen (json) };
  delta.usage = WAY_USAGE_INIT;
  decoder->func (&delta, decoder->user_data);
  return TRUE;
}

/* Deltas in the order in which a client would see them; an error last, since it ends the answer. */
static gboolean
give_answer (Decoder *decoder, const Answer *answer)
{
  if (answer->choices.type == WAY_JSON_ARRAY)
    give_choices (decoder, &answer->choices);
  if (decoder->n_usages == 0)
    give_usage (decoder, &answer->usage);
  if (decoder->n_usages == 0)
    {
      WayJsonSpan usage = { 0 };
      WAY_OPENAI_COLLECT (&answer->x_groq, { "usage", &usage });
      give_usage (decoder, &usage);
    }
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
  WAY_OPENAI_COLLECT (&answer.root, { "choices", &answer.choices }, { "usage", &answer.usage },
                      { "x_groq", &answer.x_groq }, { "error", &answer.error },
                      { "object", &answer.object }, { "message", &answer.message },
                      { "detail", &answer.detail });
  *ret = answer;
  return TRUE;
}

/* No text is longer than its JSON spelling, so the buffer is allocated once. */
static gboolean
give_answer_with_scratch (const Answer *answer, gsize length, WayDeltaFunc func, gpointer user_data)
{
  g_autoptr (GString) scratch = g_string_sized_new (length);
  Decoder decoder = { .func = func, .user_data = user_data, .scratch = scratch };

  return give_answer (&decoder, answer);
}

static void
give_end (WayDeltaFunc func, gpointer user_data)
{
  WayDelta delta = { .type = WAY_DELTA_END, .text = "", .usage = WAY_USAGE_INIT };

  func (&delta, user_data);
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
  const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error)
{
  Answer answer;

  if (is_done_mark (data, length))
    {
      give_end (func, user_data);
      return TRUE;
    }
  if (!read_answer (data, length, &answer, error))
    return FALSE;
  give_answer_with_scratch (&answer, length, func, user_data);
  return TRUE;
}

gboolean
way_openai_chat_decode_reply (
  const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error)
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
  if (!give_answer_with_scratch (&answer, length, func, user_data))
    give_end (func, user_data);
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
        WAY_OPENAI_COLLECT (&item, { "msg", &detail });
    }
  return has_text (&detail) ? detail : answer->message;
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
  return has_text (&message) ? way_json_span_dup_string (&message) : NULL;
}
