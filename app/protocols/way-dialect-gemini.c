/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of Gemini's generateContent: its rows, and what is read of a request. The path names
 * the model and whether the answer is streamed, so nothing is changed in the body. Pure. */

#include "way-dialect-gemini-private.h"

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

const WayDialect way_dialect_gemini = {
  .name = WAY_GEMINI_NAME,
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_gemini_decode_request,
  .encode_request = way_gemini_encode_request,
  .decode_event = way_gemini_decode_event,
  .decode_reply = way_gemini_decode_reply,
  .decode_error = way_gemini_decode_error,
  .encoder_new = way_gemini_encoder_new,
  .encoder_free = way_gemini_encoder_free,
  .encode_delta = way_gemini_encode_delta,
  .encode_reply = way_gemini_encode_reply,
  .encode_error = way_gemini_encode_error,
  .encode_stream_error = way_gemini_encode_stream_error,
};

const WayDialect way_dialect_gemini_count = {
  .name = "gemini-count",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_COUNT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_gemini_decode_request,
  .encode_request = way_gemini_encode_count_request,
  .decode_event = way_gemini_decode_event,
  .decode_reply = way_gemini_decode_count,
  .decode_error = way_gemini_decode_error,
  .encoder_new = way_gemini_encoder_new,
  .encoder_free = way_gemini_encoder_free,
  .encode_delta = way_gemini_encode_delta,
  .encode_reply = way_gemini_encode_count,
  .encode_error = way_gemini_encode_error,
  .encode_stream_error = way_gemini_encode_stream_error,
};

/**
 * way_gemini_dup_model:
 * @path: "/v1beta/models/MODEL:operation", with MODEL perhaps escaped
 *
 * Returns: (transfer full) (nullable): the model's name; it may hold slashes and colons of its own
 */
char *
way_gemini_dup_model (const char *path)
{
  static const char mark[] = "/models/";
  const char *model = strstr (path, mark);
  const char *colon = model ? strrchr (model, ':') : NULL;
  g_autofree char *escaped = NULL;

  if (!colon)
    return NULL;
  model += strlen (mark);
  escaped = g_strndup (model, (gsize)(colon - model));
  return g_uri_unescape_string (escaped, NULL);
}

static gboolean
weigh_parts (const WayJsonSpan *parts, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (parts->type != WAY_JSON_ARRAY)
    return FALSE;
  way_json_scan_begin (&cursor, parts);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan text = { 0 };
      WayJsonSpan data = { 0 };
      WayJsonSpan call = { 0 };

      WAY_JSON_COLLECT (&part, { "text", &text }, { "inlineData", &data }, { "inline_data", &data },
                        { "functionCall", &call }, { "functionResponse", &call });
      volume->text_bytes += way_span_get_string_bytes (&text) + call.length;
      volume->n_images += data.type == WAY_JSON_OBJECT;
    }
  return TRUE;
}

static void
weigh_content (const WayJsonSpan *content, WayVolume *volume)
{
  WayJsonSpan parts = { 0 };

  WAY_JSON_COLLECT (content, { "parts", &parts });
  volume->text_bytes += way_span_get_string_bytes (content);
  weigh_parts (&parts, volume);
}

static gboolean
weigh_contents (const WayJsonSpan *contents, WayVolume *volume, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan content;

  if (contents->type == WAY_JSON_OBJECT || contents->type == WAY_JSON_STRING)
    {
      weigh_content (contents, volume);
      return TRUE;
    }
  if (!way_span_has_items (contents))
    return way_refuse_request (error, "\"contents\" must be an array of at least one content");
  way_json_scan_begin (&cursor, contents);
  while (way_json_scan_next (&cursor, NULL, &content))
    weigh_content (&content, volume);
  return TRUE;
}

static void
fill_facts (const WayJsonSpan *config, WayRequestFacts *facts)
{
  WayJsonSpan schema = { 0 };
  WayJsonSpan max_tokens = { 0 };

  WAY_JSON_COLLECT (config, { "responseSchema", &schema }, { "responseJsonSchema", &schema },
                    { "response_schema", &schema }, { "response_json_schema", &schema },
                    { "maxOutputTokens", &max_tokens }, { "max_output_tokens", &max_tokens });
  facts->wants_usage = TRUE;
  facts->wants_json_schema = schema.type == WAY_JSON_OBJECT;
  facts->max_output_tokens = way_span_get_tokens (&max_tokens);
}

static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayVolume volume = { 0 };
  WayJsonSpan root;
  WayJsonSpan whole = { 0 };
  WayJsonSpan contents = { 0 };
  WayJsonSpan system = { 0 };
  WayJsonSpan tools = { 0 };
  WayJsonSpan config = { 0 };

  facts.model = way_gemini_dup_model (path);
  if (!way_check_model_name (facts.model ? facts.model : "", error) ||
      !way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "generateContentRequest", &whole });
  if (whole.type == WAY_JSON_OBJECT)
    root = whole;
  WAY_JSON_COLLECT (&root, { "contents", &contents }, { "systemInstruction", &system },
                    { "system_instruction", &system }, { "tools", &tools },
                    { "generationConfig", &config }, { "generation_config", &config });
  if (!weigh_contents (&contents, &volume, error))
    return FALSE;

  weigh_content (&system, &volume);
  fill_facts (&config, &facts);
  facts.stream = strstr (path, ":streamGenerateContent") != NULL;
  facts.has_tools = way_span_has_items (&tools);
  facts.has_images = volume.n_images > 0;
  if (facts.has_tools)
    volume.text_bytes += tools.length;
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
  return 0;
}
