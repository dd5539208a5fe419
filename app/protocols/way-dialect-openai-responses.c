/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of OpenAI's Responses API: its row, and what is read of a request and changed in it.
 * Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-skim.h"

#include <string.h>

/* The text of a message or of a tool's output: a string, or parts of which some are images. */
static void
weigh_content (const WayJsonSpan *content, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  volume->text_bytes += way_span_get_string_bytes (content);
  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan type = { 0 };
      WayJsonSpan text = { 0 };

      WAY_JSON_COLLECT (&part, { "type", &type }, { "text", &text });
      volume->text_bytes += way_span_get_string_bytes (&text);
      if (way_json_span_is (&type, "input_image"))
        volume->n_images++;
    }
}

static gboolean
weigh_item (const WayJsonSpan *item, WayVolume *volume)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan output = { 0 };
  WayJsonSpan arguments = { 0 };
  WayJsonSpan input = { 0 };
  WayJsonSpan tools = { 0 };

  WAY_JSON_COLLECT (item, { "content", &content }, { "output", &output },
                    { "arguments", &arguments }, { "input", &input }, { "tools", &tools });
  weigh_content (&content, volume);
  weigh_content (&output, volume);
  volume->text_bytes +=
    way_span_get_string_bytes (&arguments) + way_span_get_string_bytes (&input) + tools.length;
  return way_span_has_items (&tools);
}

static gboolean
weigh_input (const WayJsonSpan *input, WayVolume *volume, gboolean *ret_has_tools, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (input->type == WAY_JSON_STRING)
    {
      volume->text_bytes += way_span_get_string_bytes (input);
      return TRUE;
    }
  if (input->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "\"input\" must be a string or an array of items");
  way_json_scan_begin (&cursor, input);
  while (way_json_scan_next (&cursor, NULL, &item))
    *ret_has_tools |= weigh_item (&item, volume);
  return TRUE;
}

static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayVolume volume = { 0 };
  WayJsonSpan root;
  WayJsonSpan model = { 0 };
  WayJsonSpan input = { 0 };
  WayJsonSpan instructions = { 0 };
  WayJsonSpan stream = { 0 };
  WayJsonSpan tools = { 0 };
  WayJsonSpan text = { 0 };
  WayJsonSpan format = { 0 };
  WayJsonSpan type = { 0 };
  WayJsonSpan max_tokens = { 0 };
  WayJsonSpan reasoning = { 0 };
  WayJsonSpan effort = { 0 };
  WayJsonSpan temperature = { 0 };
  static const char *const refusals[] = { "none", NULL };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &model }, { "input", &input },
                    { "instructions", &instructions }, { "stream", &stream }, { "tools", &tools },
                    { "text", &text }, { "max_output_tokens", &max_tokens },
                    { "reasoning", &reasoning }, { "temperature", &temperature });
  if (!way_skim_model (&model, &facts.model, error) ||
      !weigh_input (&input, &volume, &facts.has_tools, error) ||
      !way_skim_flag (&stream, "stream", FALSE, &facts.stream, error))
    return FALSE;

  WAY_JSON_COLLECT (&text, { "format", &format });
  WAY_JSON_COLLECT (&format, { "type", &type });
  WAY_JSON_COLLECT (&reasoning, { "effort", &effort });
  volume.text_bytes += way_span_get_string_bytes (&instructions);
  if (way_span_has_items (&tools))
    {
      facts.has_tools = TRUE;
      volume.text_bytes += tools.length;
    }
  facts.wants_usage = TRUE;
  facts.has_images = volume.n_images > 0;
  facts.wants_json_schema = way_json_span_is (&type, "json_schema");
  facts.wants_reasoning = way_span_asks_for (&effort, refusals);
  facts.is_deterministic = way_span_is_zero (&temperature);
  facts.max_output_tokens = way_span_get_tokens (&max_tokens);
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

static gsize
plan_edits (const WayRequestFacts *facts,
            const WayRequestTarget *target,
            const char *data,
            gsize length,
            GPtrArray *arena,
            WayJsonEdit *ret_edits)
{
  return way_plan_model_edit (facts, target->model, arena, ret_edits);
}

/* Errors outside a stream have the shape that all of OpenAI's APIs share. */
static char *
decode_error (const char *data, gsize length)
{
  return way_dialect_openai_chat.decode_error (data, length);
}

static void
encode_error (GString *out, WayErrorCode code, guint status, const char *message)
{
  way_dialect_openai_chat.encode_error (out, code, status, message);
}

const WayDialect way_dialect_openai_responses = {
  .name = WAY_RESPONSES_NAME,
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_responses_decode_request,
  .encode_request = way_responses_encode_request,
  .decode_event = way_responses_decode_event,
  .decode_reply = way_responses_decode_reply,
  .decode_error = decode_error,
  .encoder_new = way_responses_encoder_new,
  .encoder_free = way_responses_encoder_free,
  .encode_delta = way_responses_encode_delta,
  .encode_reply = way_responses_encode_reply,
  .encode_error = encode_error,
  .encode_stream_error = way_responses_encode_stream_error,
};
