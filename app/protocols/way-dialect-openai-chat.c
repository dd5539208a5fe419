/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of OpenAI's chat completions: its row, and what is read of a request and changed in
 * it. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-skim.h"

const WayDialect way_dialect_openai_chat = {
  .name = "openai-chat",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = way_openai_chat_skim_request,
  .plan_edits = way_openai_chat_plan_edits,
  .decode_request = way_openai_chat_decode_request,
  .encode_request = way_openai_chat_encode_request,
  .decode_event = way_openai_chat_decode_event,
  .decode_reply = way_openai_chat_decode_reply,
  .event_is_surplus = way_openai_chat_event_is_surplus,
  .encoder_new = way_openai_chat_encoder_new,
  .encoder_free = g_free,
  .encode_delta = way_openai_chat_encode_delta,
  .encode_reply = way_openai_chat_encode_reply,
  .encode_error = way_openai_chat_encode_error,
  .encode_stream_error = way_openai_chat_encode_stream_error,
  .decode_error = way_openai_chat_decode_error,
};

static void
weigh_part (const WayJsonSpan *part, WayVolume *volume)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan text = { 0 };

  WAY_JSON_COLLECT (part, { "type", &type }, { "text", &text });
  volume->text_bytes += way_span_get_string_bytes (&text);
  if (way_json_span_is (&type, "image_url") || way_json_span_is (&type, "input_image"))
    volume->n_images++;
}

static void
weigh_message (const WayJsonSpan *message, WayVolume *volume)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan tool_calls = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan part;

  WAY_JSON_COLLECT (message, { "content", &content }, { "tool_calls", &tool_calls });
  volume->text_bytes += way_span_get_string_bytes (&content);
  if (tool_calls.type == WAY_JSON_ARRAY)
    volume->text_bytes += tool_calls.length;
  if (content.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &content);
  while (way_json_scan_next (&cursor, NULL, &part))
    weigh_part (&part, volume);
}

static gsize
weigh_messages (const WayJsonSpan *messages, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan message;
  gsize n_messages = 0;

  way_json_scan_begin (&cursor, messages);
  while (way_json_scan_next (&cursor, NULL, &message))
    {
      weigh_message (&message, volume);
      n_messages++;
    }
  return n_messages;
}

static gboolean
read_messages (const WayJsonSpan *span, WayVolume *volume, GError **error)
{
  if (span->type == WAY_JSON_NONE)
    return way_refuse_request (
      error, "The request has no \"messages\": send an array of at least one message");
  if (span->type != WAY_JSON_ARRAY || weigh_messages (span, volume) == 0)
    return way_refuse_request (error, "\"messages\" must be an array of at least one message");
  return TRUE;
}

/* The members of a request that routing looks at. */
typedef struct
{
  WayJsonSpan model;
  WayJsonSpan messages;
  WayJsonSpan stream;
  WayJsonSpan stream_options;
  WayJsonSpan tools;
  WayJsonSpan functions;
  WayJsonSpan response_format;
  WayJsonSpan max_completion_tokens;
  WayJsonSpan max_tokens;
  WayJsonSpan reasoning_effort;
  WayJsonSpan temperature;
} Members;

static void
collect_members (const WayJsonSpan *root, Members *ret)
{
  const WayJsonMember members[] = {
    { "model", &ret->model },
    { "messages", &ret->messages },
    { "stream", &ret->stream },
    { "stream_options", &ret->stream_options },
    { "tools", &ret->tools },
    { "functions", &ret->functions },
    { "response_format", &ret->response_format },
    { "max_completion_tokens", &ret->max_completion_tokens },
    { "max_tokens", &ret->max_tokens },
    { "reasoning_effort", &ret->reasoning_effort },
    { "temperature", &ret->temperature },
  };

  *ret = (Members){ 0 };
  way_json_collect (root, members, G_N_ELEMENTS (members));
}

static WayJsonSpan
member_of (const WayJsonSpan *span, const char *name)
{
  return span->type == WAY_JSON_OBJECT ? way_json_scan_member (span, name) : (WayJsonSpan){ 0 };
}

/* Fills what no fault can come from; what the provider may refuse is the provider's to refuse. */
static void
fill_facts (const Members *members, WayVolume volume, WayRequestFacts *facts)
{
  WayJsonSpan include_usage = member_of (&members->stream_options, "include_usage");
  WayJsonSpan format = member_of (&members->response_format, "type");

  facts->wants_usage = include_usage.type == WAY_JSON_TRUE;
  facts->wants_json_schema = way_json_span_is (&format, "json_schema");
  static const char *const refusals[] = { "none", NULL };
  facts->wants_reasoning = way_span_asks_for (&members->reasoning_effort, refusals);
  facts->is_deterministic = way_span_is_zero (&members->temperature);
  facts->has_tools =
    way_span_has_items (&members->tools) || way_span_has_items (&members->functions);
  facts->has_images = volume.n_images > 0;
  facts->max_output_tokens = way_span_get_tokens (&members->max_completion_tokens);
  if (facts->max_output_tokens == WAY_UNKNOWN)
    facts->max_output_tokens = way_span_get_tokens (&members->max_tokens);

  if (facts->has_tools)
    volume.text_bytes += members->tools.length + members->functions.length;
  facts->input_tokens_estimate = way_volume_estimate_tokens (&volume);
}

gboolean
way_openai_chat_skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayJsonSpan root;
  Members members;
  WayVolume volume = { 0 };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  collect_members (&root, &members);
  if (!way_skim_model (&members.model, &facts.model, error) ||
      !read_messages (&members.messages, &volume, error) ||
      !way_skim_flag (&members.stream, "stream", FALSE, &facts.stream, error))
    return FALSE;

  fill_facts (&members, volume, &facts);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

gsize
way_openai_chat_plan_edits (const WayRequestFacts *facts,
                            const WayRequestTarget *target,
                            const char *data,
                            gsize length,
                            GPtrArray *arena,
                            WayJsonEdit *ret_edits)
{
  gsize n_edits = way_plan_model_edit (facts, target->model, arena, ret_edits);

  /* Without it a stream reports no usage, and the call could not be accounted. */
  if (facts->stream && !facts->wants_usage && !(target->quirks & WAY_QUIRK_NO_STREAM_OPTIONS))
    ret_edits[n_edits++] = (WayJsonEdit){ .path = "stream_options.include_usage", .json = "true" };
  return n_edits;
}
