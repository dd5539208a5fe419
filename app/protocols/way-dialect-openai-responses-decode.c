/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of servers that speak OpenAI's Responses API → deltas, streamed or whole. Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-limits.h"
#include "way-skim.h"

#include <string.h>

typedef struct
{
  WayJsonSpan root;
  WayJsonSpan type;
  WayJsonSpan response;
  WayJsonSpan item;
  WayJsonSpan delta;
  WayJsonSpan logprobs;
  WayJsonSpan arguments;
  WayJsonSpan output_index;
  WayJsonSpan summary_index;
  WayJsonSpan error;
  WayJsonSpan message;
} Event;

static guint
read_index (const WayJsonSpan *number)
{
  gint64 index = 0;

  if (number->type == WAY_JSON_NUMBER)
    way_json_span_get_int (number, 0, WAY_LIMIT_TOOL_CALLS, &index);
  return (guint)index;
}

static void
give_usage (WayDecoder *decoder, const WayJsonSpan *object)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayJsonSpan input = { 0 };
  WayJsonSpan input_details = { 0 };
  WayJsonSpan cached = { 0 };
  WayJsonSpan output = { 0 };
  WayJsonSpan output_details = { 0 };
  WayJsonSpan reasoning = { 0 };

  WAY_JSON_COLLECT (object, { "input_tokens", &input }, { "input_tokens_details", &input_details },
                    { "output_tokens", &output }, { "output_tokens_details", &output_details });
  WAY_JSON_COLLECT (&input_details, { "cached_tokens", &cached });
  WAY_JSON_COLLECT (&output_details, { "reasoning_tokens", &reasoning });
  usage.input_tokens = way_span_get_tokens (&input);
  usage.cache_read_tokens = way_span_get_tokens (&cached);
  usage.output_tokens = way_span_get_tokens (&output);
  usage.reasoning_tokens = way_span_get_tokens (&reasoning);
  if (usage.input_tokens == WAY_UNKNOWN && usage.output_tokens == WAY_UNKNOWN)
    return;
  if (usage.cache_read_tokens != WAY_UNKNOWN && usage.cache_read_tokens <= usage.input_tokens)
    usage.input_tokens -= usage.cache_read_tokens;
  way_decoder_give_usage (decoder, &usage);
}

/* Items */

typedef struct
{
  WayJsonSpan type;
  WayJsonSpan id;
  WayJsonSpan call_id;
  WayJsonSpan name;
  WayJsonSpan arguments;
  WayJsonSpan input;
  WayJsonSpan summary;
  WayJsonSpan content;
  WayJsonSpan encrypted_content;
} Item;

static Item
collect_item (const WayJsonSpan *span)
{
  Item item = { 0 };

  WAY_JSON_COLLECT (span, { "type", &item.type }, { "id", &item.id }, { "call_id", &item.call_id },
                    { "name", &item.name }, { "arguments", &item.arguments },
                    { "input", &item.input }, { "summary", &item.summary },
                    { "content", &item.content }, { "encrypted_content", &item.encrypted_content });
  return item;
}

/* The id of the item goes back with what only the provider can read. */
static void
give_signature (WayDecoder *decoder, const Item *item)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_SIGNATURE);

  if (!way_span_has_text (&item->encrypted_content))
    return;
  g_string_truncate (decoder->scratch, 0);
  if (item->id.type == WAY_JSON_STRING)
    way_json_span_append_string (&item->id, decoder->scratch);
  g_string_append_c (decoder->scratch, ':');
  way_decoder_unescape (decoder, &item->encrypted_content);
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  way_decoder_give (decoder, &delta);
}

/* A call as it begins, or whole; the arguments that are in it count only if none have come yet. */
static void
give_call (WayDecoder *decoder, const Item *item, guint key, gboolean is_whole)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  gboolean is_new;
  guint tool = way_decoder_number_tool (decoder, key, &is_new);
  WayToolNumber *number = way_decoder_get_tool (decoder, tool);
  gboolean takes_text = is_whole && !number->has_text;
  gsize id_at;
  gsize name_at;
  gsize text_at;

  if (!is_new && !(takes_text && way_span_has_text (&item->arguments)))
    return;
  number->has_text |= takes_text;
  g_string_truncate (decoder->scratch, 0);
  id_at = way_decoder_unescape (decoder, &item->call_id);
  name_at = way_decoder_unescape (decoder, &item->name);
  text_at = way_decoder_unescape (decoder, takes_text ? &item->arguments : &(WayJsonSpan){ 0 });
  delta.tool = tool;
  if (is_new)
    {
      delta.tool_id = way_span_has_text (&item->call_id) ? decoder->scratch->str + id_at : NULL;
      delta.tool_name = way_span_has_text (&item->name) ? decoder->scratch->str + name_at : NULL;
    }
  delta.text = decoder->scratch->str + text_at;
  delta.length = decoder->scratch->len - 1 - text_at;
  way_decoder_give (decoder, &delta);
}

/* The free text that a custom tool is given: as the "input" of a function, like in requests. */
static void
give_custom_call (WayDecoder *decoder, const Item *item, guint key)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  gsize id_at;
  gsize name_at;
  gsize text_at;

  if (!way_span_has_text (&item->call_id) || !way_span_has_text (&item->name) ||
      item->input.type != WAY_JSON_STRING)
    return;
  g_string_truncate (decoder->scratch, 0);
  id_at = way_decoder_unescape (decoder, &item->call_id);
  name_at = way_decoder_unescape (decoder, &item->name);
  text_at = decoder->scratch->len;
  g_string_append (decoder->scratch, "{\"input\":");
  g_string_append_len (decoder->scratch, item->input.data, (gssize)item->input.length);
  g_string_append_c (decoder->scratch, '}');
  delta.tool = way_decoder_number_tool (decoder, key, NULL);
  delta.tool_id = decoder->scratch->str + id_at;
  delta.tool_name = decoder->scratch->str + name_at;
  delta.text = decoder->scratch->str + text_at;
  delta.length = decoder->scratch->len - text_at;
  way_decoder_give (decoder, &delta);
}

static void
on_item_added (WayDecoder *decoder, const Event *event)
{
  Item item = collect_item (&event->item);

  if (way_json_span_is (&item.type, "function_call"))
    give_call (decoder, &item, read_index (&event->output_index), FALSE);
}

static void
on_item_done (WayDecoder *decoder, const Event *event)
{
  Item item = collect_item (&event->item);

  if (way_json_span_is (&item.type, "function_call"))
    give_call (decoder, &item, read_index (&event->output_index), TRUE);
  else if (way_json_span_is (&item.type, "custom_tool_call"))
    give_custom_call (decoder, &item, read_index (&event->output_index));
  else if (way_json_span_is (&item.type, "reasoning"))
    give_signature (decoder, &item);
}

static void
on_arguments_delta (WayDecoder *decoder, const Event *event)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);

  if (!way_span_has_text (&event->delta))
    return;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, &event->delta);
  delta.tool = way_decoder_number_tool (decoder, read_index (&event->output_index), NULL);
  way_decoder_get_tool (decoder, delta.tool)->has_text = TRUE;
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  way_decoder_give (decoder, &delta);
}

/* Some servers send arguments only here. */
static void
on_arguments_done (WayDecoder *decoder, const Event *event)
{
  Item item = { .arguments = event->arguments };

  give_call (decoder, &item, read_index (&event->output_index), TRUE);
}

static void
on_text (WayDecoder *decoder, const Event *event)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TEXT);

  if (!way_span_has_text (&event->delta))
    return;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, &event->delta);
  delta.length = decoder->scratch->len - 1;
  if (way_span_has_items (&event->logprobs))
    g_string_append_len (decoder->scratch, event->logprobs.data, (gssize)event->logprobs.length);
  delta.text = decoder->scratch->str;
  delta.logprobs = decoder->scratch->len > delta.length + 1 ? delta.text + delta.length + 1 : NULL;
  way_decoder_give (decoder, &delta);
}

static void
on_refusal (WayDecoder *decoder, const Event *event)
{
  way_decoder_give_string (decoder, WAY_DELTA_REFUSAL, 0, &event->delta);
}

static void
on_reasoning (WayDecoder *decoder, const Event *event)
{
  way_decoder_give_string (decoder, WAY_DELTA_REASONING, 0, &event->delta);
}

/* A summary has parts where others have paragraphs. */
static void
on_summary_part (WayDecoder *decoder, const Event *event)
{
  if (read_index (&event->summary_index) > 0)
    way_decoder_give_text (decoder, WAY_DELTA_REASONING, 0, "\n\n");
}

/* Responses */

typedef struct
{
  WayJsonSpan model;
  WayJsonSpan status;
  WayJsonSpan output;
  WayJsonSpan usage;
  WayJsonSpan error;
  WayJsonSpan incomplete_details;
} Response;

static Response
collect_response (const WayJsonSpan *span)
{
  Response response = { 0 };

  WAY_JSON_COLLECT (span, { "model", &response.model }, { "status", &response.status },
                    { "output", &response.output }, { "usage", &response.usage },
                    { "error", &response.error },
                    { "incomplete_details", &response.incomplete_details });
  return response;
}

static void
on_created (WayDecoder *decoder, const Event *event)
{
  Response response = collect_response (&event->response);

  way_decoder_give_begin (decoder, &response.model);
}

static void
give_finish (WayDecoder *decoder, const Response *response)
{
  WayFinish whole = decoder->n_tools > 0 ? WAY_FINISH_TOOL_CALLS : WAY_FINISH_STOP;
  WayJsonSpan reason = { 0 };
  gboolean is_filtered;

  if (!way_json_span_is (&response->status, "incomplete"))
    {
      way_decoder_give_finish (decoder, 0, whole, &response->status);
      return;
    }
  WAY_JSON_COLLECT (&response->incomplete_details, { "reason", &reason });
  is_filtered = way_json_span_is (&reason, "content_filter");
  way_decoder_give_finish (decoder, 0, is_filtered ? WAY_FINISH_REFUSAL : WAY_FINISH_LENGTH,
                           &reason);
}

/* @error: {"message"}, or the text itself. OpenAI says it twice, first as an event of its own and
 * then in the response that failed. */
static void
give_error (WayDecoder *decoder, const WayJsonSpan *error)
{
  WayJsonSpan message = *error;

  if (decoder->failed)
    return;
  decoder->failed = TRUE;
  WAY_JSON_COLLECT (error, { "message", &message });
  if (way_span_has_text (&message))
    way_decoder_give_string (decoder, WAY_DELTA_ERROR, 0, &message);
  else
    way_decoder_give_text (decoder, WAY_DELTA_ERROR, 0, "an error without a message");
}

static void
give_end_of (WayDecoder *decoder, const Response *response)
{
  give_usage (decoder, &response->usage);
  give_finish (decoder, response);
  way_decoder_give_end (decoder);
}

static void
on_completed (WayDecoder *decoder, const Event *event)
{
  Response response = collect_response (&event->response);

  give_end_of (decoder, &response);
}

static void
on_failed (WayDecoder *decoder, const Event *event)
{
  Response response = collect_response (&event->response);

  give_usage (decoder, &response.usage);
  give_error (decoder, &response.error);
}

static gboolean
is_error (const WayJsonSpan *error)
{
  return error->type == WAY_JSON_OBJECT || error->type == WAY_JSON_STRING;
}

/* Flat by the specification, nested as it is recorded. */
static void
on_error (WayDecoder *decoder, const Event *event)
{
  give_error (decoder, is_error (&event->error) ? &event->error : &event->message);
}

static gboolean
read_root (const char *data, gsize length, WayJsonSpan *ret_root, GError **error)
{
  if (way_json_scan_document (data, length, ret_root) && ret_root->type == WAY_JSON_OBJECT)
    return TRUE;
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                       "sent something that is no JSON object");
  return FALSE;
}

/* Events of other types repeat what these say, or speak of tools that the provider runs itself. */
gboolean
way_responses_decode_event (
  WayDecoder *decoder, const char *event_type, const char *data, gsize length, GError **error)
{
  static const struct
  {
    const char *type;
    void (*func) (WayDecoder *decoder, const Event *event);
  } types[] = {
    { "response.output_text.delta", on_text },
    { "response.reasoning_summary_text.delta", on_reasoning },
    { "response.reasoning_text.delta", on_reasoning },
    { "response.function_call_arguments.delta", on_arguments_delta },
    { "response.function_call_arguments.done", on_arguments_done },
    { "response.output_item.added", on_item_added },
    { "response.output_item.done", on_item_done },
    { "response.reasoning_summary_part.added", on_summary_part },
    { "response.refusal.delta", on_refusal },
    { "response.created", on_created },
    { "response.in_progress", on_created },
    { "response.completed", on_completed },
    { "response.incomplete", on_completed },
    { "response.failed", on_failed },
    { "error", on_error },
  };
  Event event = { 0 };

  /* Compatible servers end with the mark of the older dialect. */
  if (length == strlen ("[DONE]") && memcmp (data, "[DONE]", length) == 0)
    return TRUE;
  if (!read_root (data, length, &event.root, error))
    return FALSE;
  WAY_JSON_COLLECT (
    &event.root, { "type", &event.type }, { "response", &event.response }, { "item", &event.item },
    { "delta", &event.delta }, { "logprobs", &event.logprobs }, { "arguments", &event.arguments },
    { "output_index", &event.output_index }, { "summary_index", &event.summary_index },
    { "error", &event.error }, { "message", &event.message });
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (way_json_span_is (&event.type, types[i].type))
      {
        types[i].func (decoder, &event);
        return TRUE;
      }
  /* Servers that fail under way do not always say what kind of event that is. */
  if (event.type.type == WAY_JSON_NONE && is_error (&event.error))
    on_error (decoder, &event);
  return TRUE;
}

/* Whole responses */

static void
give_content (WayDecoder *decoder, const WayJsonSpan *content)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      Event event = { 0 };
      WayJsonSpan refusal = { 0 };

      WAY_JSON_COLLECT (&part, { "text", &event.delta }, { "logprobs", &event.logprobs },
                        { "refusal", &refusal });
      on_text (decoder, &event);
      way_decoder_give_string (decoder, WAY_DELTA_REFUSAL, 0, &refusal);
    }
}

static void
give_thoughts (WayDecoder *decoder, const WayJsonSpan *parts)
{
  WayJsonCursor cursor;
  WayJsonSpan part;
  guint n = 0;

  if (parts->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, parts);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan text = { 0 };

      WAY_JSON_COLLECT (&part, { "text", &text });
      if (n++ > 0)
        way_decoder_give_text (decoder, WAY_DELTA_REASONING, 0, "\n\n");
      way_decoder_give_string (decoder, WAY_DELTA_REASONING, 0, &text);
    }
}

static void
give_item (WayDecoder *decoder, const WayJsonSpan *span, guint key)
{
  Item item = collect_item (span);

  if (way_json_span_is (&item.type, "message"))
    give_content (decoder, &item.content);
  else if (way_json_span_is (&item.type, "function_call"))
    give_call (decoder, &item, key, TRUE);
  else if (way_json_span_is (&item.type, "custom_tool_call"))
    give_custom_call (decoder, &item, key);
  else if (way_json_span_is (&item.type, "reasoning"))
    {
      give_thoughts (decoder, way_span_has_items (&item.summary) ? &item.summary : &item.content);
      give_signature (decoder, &item);
    }
}

gboolean
way_responses_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  Response response;
  WayJsonCursor cursor;
  WayJsonSpan item;
  guint key = 0;

  if (!read_root (data, length, &root, error))
    return FALSE;
  response = collect_response (&root);
  if (is_error (&response.error) || way_json_span_is (&response.status, "failed"))
    {
      give_error (decoder, &response.error);
      return TRUE;
    }
  if (response.output.type != WAY_JSON_ARRAY)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent an answer that has neither \"output\" nor an error");
      return FALSE;
    }
  way_decoder_give_begin (decoder, &response.model);
  way_json_scan_begin (&cursor, &response.output);
  while (key < WAY_LIMIT_TOOL_CALLS && way_json_scan_next (&cursor, NULL, &item))
    give_item (decoder, &item, key++);
  give_end_of (decoder, &response);
  return TRUE;
}
