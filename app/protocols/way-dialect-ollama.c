/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Ollama's dialects of chats, /api/chat and /api/generate: their rows, and what is read of a
 * request and changed in it. Pure. */

#include "way-dialect-ollama-private.h"

#include "way-skim.h"

/* The members of a request that routing looks at. */
typedef struct
{
  WayJsonSpan model;
  WayJsonSpan messages;
  WayJsonSpan prompt;
  WayJsonSpan system;
  WayJsonSpan images;
  WayJsonSpan stream;
  WayJsonSpan tools;
  WayJsonSpan format;
  WayJsonSpan options;
  WayJsonSpan think;
} Members;

static void
weigh_images (const WayJsonSpan *images, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan image;

  if (images->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, images);
  while (way_json_scan_next (&cursor, NULL, &image))
    volume->n_images++;
}

static void
weigh_message (const WayJsonSpan *message, WayVolume *volume)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan images = { 0 };
  WayJsonSpan tool_calls = { 0 };

  WAY_JSON_COLLECT (message, { "content", &content }, { "images", &images },
                    { "tool_calls", &tool_calls });
  volume->text_bytes += way_span_get_string_bytes (&content);
  if (tool_calls.type == WAY_JSON_ARRAY)
    volume->text_bytes += tool_calls.length;
  weigh_images (&images, volume);
}

/* No messages, or an empty prompt, are a request too: to load the model. */
static gboolean
weigh (const Members *members, WayVolume *volume, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan message;

  volume->text_bytes += way_span_get_string_bytes (&members->prompt);
  volume->text_bytes += way_span_get_string_bytes (&members->system);
  weigh_images (&members->images, volume);
  if (members->messages.type == WAY_JSON_NONE || members->messages.type == WAY_JSON_NULL)
    return TRUE;
  if (members->messages.type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "\"messages\" must be an array");
  way_json_scan_begin (&cursor, &members->messages);
  while (way_json_scan_next (&cursor, NULL, &message))
    weigh_message (&message, volume);
  return TRUE;
}

/* Fills what no fault can come from; what the provider may refuse is the provider's to refuse. */
static void
fill_facts (const Members *members, WayVolume volume, WayRequestFacts *facts)
{
  static const char *const refusals[] = { NULL };
  WayJsonSpan num_predict = { 0 };
  WayJsonSpan temperature = { 0 };

  WAY_JSON_COLLECT (&members->options, { "num_predict", &num_predict },
                    { "temperature", &temperature });
  facts->wants_usage = TRUE; /* Ollama always tells */
  facts->wants_json_schema = members->format.type == WAY_JSON_OBJECT;
  facts->wants_reasoning = way_span_asks_for (&members->think, refusals);
  facts->is_deterministic = way_span_is_zero (&temperature);
  facts->has_tools = way_span_has_items (&members->tools);
  facts->has_images = volume.n_images > 0;
  facts->max_output_tokens = way_span_get_tokens (&num_predict);
  if (facts->has_tools)
    volume.text_bytes += members->tools.length;
  facts->input_tokens_estimate = way_volume_estimate_tokens (&volume);
}

/* Reads requests of both paths: neither has a member that the other would have in another sense. */
static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayJsonSpan root;
  Members members = { 0 };
  WayVolume volume = { 0 };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &members.model }, { "messages", &members.messages },
                    { "prompt", &members.prompt }, { "system", &members.system },
                    { "images", &members.images }, { "stream", &members.stream },
                    { "tools", &members.tools }, { "format", &members.format },
                    { "options", &members.options }, { "think", &members.think });
  if (!way_skim_model (&members.model, &facts.model, error) || !weigh (&members, &volume, error) ||
      !way_skim_flag (&members.stream, "stream", TRUE, &facts.stream, error))
    return FALSE;

  fill_facts (&members, volume, &facts);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

static gboolean
sets_context (const char *data, gsize length)
{
  WayJsonSpan root;
  WayJsonSpan options = { 0 };
  WayJsonSpan num_ctx = { 0 };

  if (!way_json_scan_document (data, length, &root))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "options", &options });
  WAY_JSON_COLLECT (&options, { "num_ctx", &num_ctx });
  return num_ctx.type != WAY_JSON_NONE && num_ctx.type != WAY_JSON_NULL;
}

/**
 * way_ollama_plan_edits:
 *
 * Plans the name of the model and the length of its context, which Ollama would take to be 4,096
 * tokens and cut the prompt to it in silence.
 *
 * Returns: how many edits were written to @ret_edits
 */
gsize
way_ollama_plan_edits (const WayRequestFacts *facts,
                       const WayRequestTarget *target,
                       const char *data,
                       gsize length,
                       GPtrArray *arena,
                       WayJsonEdit *ret_edits)
{
  gsize n_edits = way_plan_model_edit (facts, target->model, arena, ret_edits);
  char *json;

  if (target->context_tokens <= 0 || sets_context (data, length))
    return n_edits;
  json = g_strdup_printf ("%" G_GINT64_FORMAT, target->context_tokens);
  g_ptr_array_add (arena, json);
  ret_edits[n_edits++] = (WayJsonEdit){ .path = "options.num_ctx", .json = json };
  return n_edits;
}

const WayDialect way_dialect_ollama = {
  .name = "ollama",
  .stream_type = "application/x-ndjson",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_NDJSON,
  .skim_request = skim_request,
  .plan_edits = way_ollama_plan_edits,
  .decode_request = way_ollama_decode_chat,
  .encode_request = way_ollama_encode_chat,
  .decode_event = way_ollama_decode_event,
  .decode_reply = way_ollama_decode_reply,
  .decode_error = way_ollama_decode_error,
  .encoder_new = way_ollama_chat_encoder_new,
  .encoder_free = way_ollama_encoder_free,
  .encode_delta = way_ollama_encode_delta,
  .encode_reply = way_ollama_encode_chat_reply,
  .encode_error = way_ollama_encode_error,
  .encode_stream_error = way_ollama_encode_stream_error,
};

const WayDialect way_dialect_ollama_generate = {
  .name = "ollama-generate",
  .stream_type = "application/x-ndjson",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_NDJSON,
  .skim_request = skim_request,
  .plan_edits = way_ollama_plan_edits,
  .decode_request = way_ollama_decode_generate,
  .encode_request = way_ollama_encode_generate,
  .decode_event = way_ollama_decode_event,
  .decode_reply = way_ollama_decode_reply,
  .decode_error = way_ollama_decode_error,
  .encoder_new = way_ollama_generate_encoder_new,
  .encoder_free = way_ollama_encoder_free,
  .encode_delta = way_ollama_encode_delta,
  .encode_reply = way_ollama_encode_generate_reply,
  .encode_error = way_ollama_encode_error,
  .encode_stream_error = way_ollama_encode_stream_error,
};
