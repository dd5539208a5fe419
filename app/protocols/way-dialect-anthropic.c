/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of Anthropic's Messages API: its rows, and what is read of a request and changed in
 * it. Pure. */

#include "way-dialect-anthropic-private.h"

#include "way-skim.h"

#include <string.h>

static gboolean skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error);
static gsize plan_edits (const WayRequestFacts *facts,
                         const WayRequestTarget *target,
                         const char *data,
                         gsize length,
                         GPtrArray *arena,
                         WayJsonEdit *ret_edits);

const WayDialect way_dialect_anthropic = {
  .name = "anthropic",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_anthropic_decode_request,
  .encode_request = way_anthropic_encode_request,
  .decode_event = way_anthropic_decode_event,
  .decode_reply = way_anthropic_decode_reply,
  .decode_error = way_anthropic_decode_error,
  .encoder_new = way_anthropic_encoder_new,
  .encoder_free = way_anthropic_encoder_free,
  .encode_delta = way_anthropic_encode_delta,
  .encode_reply = way_anthropic_encode_reply,
  .encode_error = way_anthropic_encode_error,
  .encode_stream_error = way_anthropic_encode_stream_error,
};

const WayDialect way_dialect_anthropic_count = {
  .name = "anthropic-count",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_COUNT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_anthropic_decode_request,
  .encode_request = way_anthropic_encode_count_request,
  .decode_event = way_anthropic_decode_event,
  .decode_reply = way_anthropic_decode_count,
  .decode_error = way_anthropic_decode_error,
  .encoder_new = way_anthropic_encoder_new,
  .encoder_free = way_anthropic_encoder_free,
  .encode_delta = way_anthropic_encode_delta,
  .encode_reply = way_anthropic_encode_count,
  .encode_error = way_anthropic_encode_error,
  .encode_stream_error = way_anthropic_encode_stream_error,
};

/**
 * way_anthropic_dup_tool_id:
 * @id: of any provider or client
 *
 * Returns: (transfer full): an id of letters, digits, '_' and '-', the same for the same @id
 */
char *
way_anthropic_dup_tool_id (const char *id)
{
  return g_strcanon (g_strdup (*id ? id : "_"), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
}

/**
 * way_anthropic_is_billing_block:
 *
 * Returns: whether @block is the one that Claude Code puts first into "system" and changes with
 * each request, which would keep a local server from ever finding the prompt in its cache
 */
gboolean
way_anthropic_is_billing_block (const WayJsonSpan *block)
{
  static const char mark[] = "\"x-anthropic-billing-header:";
  WayJsonSpan text = { 0 };

  WAY_JSON_COLLECT (block, { "text", &text });
  return text.length >= sizeof mark - 1 && memcmp (text.data, mark, sizeof mark - 1) == 0;
}

/* Blocks of a message, and those inside a tool's result: no deeper. */
static void
weigh_block (const WayJsonSpan *block, WayVolume *volume, gboolean is_inner)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan text = { 0 };
  WayJsonSpan input = { 0 };
  WayJsonSpan content = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan inner;

  WAY_JSON_COLLECT (block, { "type", &type }, { "text", &text }, { "input", &input },
                    { "content", &content });
  volume->text_bytes += way_span_get_string_bytes (&text) + input.length;
  if (way_json_span_is (&type, "image"))
    volume->n_images++;
  if (content.type == WAY_JSON_STRING)
    volume->text_bytes += way_span_get_string_bytes (&content);
  if (content.type != WAY_JSON_ARRAY || is_inner)
    return;
  way_json_scan_begin (&cursor, &content);
  while (way_json_scan_next (&cursor, NULL, &inner))
    weigh_block (&inner, volume, TRUE);
}

static void
weigh (const WayJsonSpan *content, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan block;

  volume->text_bytes += way_span_get_string_bytes (content);
  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &block))
    weigh_block (&block, volume, FALSE);
}

static gboolean
weigh_messages (const WayJsonSpan *messages, WayVolume *volume, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan message;

  if (!way_span_has_items (messages))
    return way_refuse_request (error, "\"messages\" must be an array of at least one message");
  way_json_scan_begin (&cursor, messages);
  while (way_json_scan_next (&cursor, NULL, &message))
    {
      WayJsonSpan content = { 0 };

      WAY_JSON_COLLECT (&message, { "content", &content });
      weigh (&content, volume);
    }
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
  WayJsonSpan messages = { 0 };
  WayJsonSpan system = { 0 };
  WayJsonSpan stream = { 0 };
  WayJsonSpan tools = { 0 };
  WayJsonSpan max_tokens = { 0 };
  WayJsonSpan output = { 0 };
  WayJsonSpan format = { 0 };
  WayJsonSpan thinking = { 0 };
  WayJsonSpan type = { 0 };
  WayJsonSpan temperature = { 0 };
  static const char *const refusals[] = { "disabled", NULL };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &model }, { "messages", &messages }, { "system", &system },
                    { "stream", &stream }, { "tools", &tools }, { "max_tokens", &max_tokens },
                    { "output_config", &output }, { "output_format", &format },
                    { "thinking", &thinking }, { "temperature", &temperature });
  if (!way_skim_model (&model, &facts.model, error) ||
      !weigh_messages (&messages, &volume, error) ||
      !way_skim_flag (&stream, "stream", FALSE, &facts.stream, error))
    return FALSE;

  WAY_JSON_COLLECT (&output, { "format", &format });
  WAY_JSON_COLLECT (&thinking, { "type", &type });
  weigh (&system, &volume);
  facts.wants_usage = TRUE;
  facts.has_tools = way_span_has_items (&tools);
  facts.has_images = volume.n_images > 0;
  facts.wants_json_schema = format.type == WAY_JSON_OBJECT;
  facts.wants_reasoning = way_span_asks_for (&type, refusals);
  facts.is_deterministic = way_span_is_zero (&temperature);
  facts.max_output_tokens = way_span_get_tokens (&max_tokens);
  if (facts.has_tools)
    volume.text_bytes += tools.length;
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

/* "system" without its billing block, or NULL if it has none. */
static char *
dup_plain_system (const char *data, gsize length)
{
  g_autoptr (GString) json = g_string_new ("[");
  WayJsonSpan root;
  WayJsonSpan system = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan block;
  gboolean has_billing = FALSE;

  if (!way_json_scan_document (data, length, &root))
    return NULL;
  WAY_JSON_COLLECT (&root, { "system", &system });
  if (system.type != WAY_JSON_ARRAY)
    return NULL;
  way_json_scan_begin (&cursor, &system);
  while (way_json_scan_next (&cursor, NULL, &block))
    {
      if (way_anthropic_is_billing_block (&block))
        {
          has_billing = TRUE;
          continue;
        }
      if (json->len > 1)
        g_string_append_c (json, ',');
      g_string_append_len (json, block.data, (gssize)block.length);
    }
  g_string_append_c (json, ']');
  return has_billing ? g_strdup (json->str) : NULL;
}

static gsize
plan_edits (const WayRequestFacts *facts,
            const WayRequestTarget *target,
            const char *data,
            gsize length,
            GPtrArray *arena,
            WayJsonEdit *ret_edits)
{
  gsize n_edits = way_plan_model_edit (facts, target->model, arena, ret_edits);
  char *system = target->is_local ? dup_plain_system (data, length) : NULL;

  if (system)
    {
      g_ptr_array_add (arena, system);
      ret_edits[n_edits++] = (WayJsonEdit){ .path = "system", .json = system };
    }
  return n_edits;
}
