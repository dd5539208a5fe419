/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of Gemini's generateContent: its rows, and what is read of a request. The path names
 * the model and whether the answer is streamed; some bodies name the model once more. Pure. */

#include "way-dialect-gemini-private.h"

#include "way-json.h"

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

/* How clients get a stream that did not ask for events: one JSON array, an element at a time. No
 * provider is asked for it, so no table has it. */
const WayDialect way_dialect_gemini_array = {
  .name = WAY_GEMINI_NAME,
  .stream_type = "application/json",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_request = way_gemini_decode_request,
  .encode_request = way_gemini_encode_request,
  .decode_event = way_gemini_decode_event,
  .decode_reply = way_gemini_decode_reply,
  .decode_error = way_gemini_decode_error,
  .encoder_new = way_gemini_array_encoder_new,
  .encoder_free = way_gemini_encoder_free,
  .encode_delta = way_gemini_encode_delta,
  .encode_reply = way_gemini_encode_reply,
  .encode_error = way_gemini_encode_error,
  .encode_stream_error = way_gemini_array_encode_stream_error,
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
 * @path: "/v1beta/models/MODEL:operation", with MODEL perhaps escaped, and perhaps with a query
 *
 * Returns: (transfer full) (nullable): the model's name; it may hold slashes and colons of its own
 */
char *
way_gemini_dup_model (const char *path)
{
  static const char mark[] = "/models/";
  g_autofree char *plain = g_strndup (path, strcspn (path, "?"));
  const char *model = strstr (plain, mark);
  char *colon = model ? strrchr (model, ':') : NULL;

  if (!colon)
    return NULL;
  *colon = '\0';
  return g_uri_unescape_string (model + strlen (mark), NULL);
}

/**
 * way_gemini_is_streamed:
 * @path: as for way_gemini_dup_model()
 *
 * Returns: whether the operation is the one that answers as a stream
 */
gboolean
way_gemini_is_streamed (const char *path)
{
  g_autofree char *plain = g_strndup (path, strcspn (path, "?"));

  return g_str_has_suffix (plain, ":streamGenerateContent");
}

static gboolean
is_image (const WayJsonSpan *data)
{
  static const char image[] = "\"image/";
  WayJsonSpan type = { 0 };

  WAY_JSON_COLLECT (data, { "mimeType", &type }, { "mime_type", &type });
  return type.type == WAY_JSON_STRING && type.length > strlen (image) &&
         memcmp (type.data, image, strlen (image)) == 0;
}

static void
weigh_part (const WayJsonSpan *part, WayVolume *volume)
{
  WayJsonSpan text = { 0 };
  WayJsonSpan data = { 0 };
  WayJsonSpan file = { 0 };
  WayJsonSpan call = { 0 };

  WAY_JSON_COLLECT (part, { "text", &text }, { "inlineData", &data }, { "inline_data", &data },
                    { "fileData", &file }, { "file_data", &file }, { "functionCall", &call },
                    { "function_call", &call }, { "functionResponse", &call },
                    { "function_response", &call });
  volume->text_bytes += way_span_get_string_bytes (&text) + call.length;
  volume->n_images += is_image (&data) + is_image (&file);
}

/**
 * way_gemini_weigh_content:
 * @content: of a request: an object with parts, or a text
 *
 * Adds what is in @content to @volume.
 */
void
way_gemini_weigh_content (const WayJsonSpan *content, WayVolume *volume)
{
  WayJsonSpan parts = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan part;

  WAY_JSON_COLLECT (content, { "parts", &parts });
  volume->text_bytes += way_span_get_string_bytes (content);
  if (parts.type == WAY_JSON_OBJECT)
    weigh_part (&parts, volume);
  if (parts.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &parts);
  while (way_json_scan_next (&cursor, NULL, &part))
    weigh_part (&part, volume);
}

static gboolean
weigh_contents (const WayJsonSpan *contents, WayVolume *volume, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan content;

  if (contents->type == WAY_JSON_OBJECT || contents->type == WAY_JSON_STRING)
    {
      way_gemini_weigh_content (contents, volume);
      return TRUE;
    }
  if (!way_span_has_items (contents))
    return way_refuse_request (error, "\"contents\" must be an array of at least one content");
  way_json_scan_begin (&cursor, contents);
  while (way_json_scan_next (&cursor, NULL, &content))
    way_gemini_weigh_content (&content, volume);
  return TRUE;
}

static void
fill_facts (const WayJsonSpan *config, WayRequestFacts *facts)
{
  WayJsonSpan schema = { 0 };
  WayJsonSpan max_tokens = { 0 };
  WayJsonSpan thinking = { 0 };
  WayJsonSpan temperature = { 0 };
  static const char *const refusals[] = { NULL };

  WAY_JSON_COLLECT (config, { "responseSchema", &schema }, { "responseJsonSchema", &schema },
                    { "response_schema", &schema }, { "response_json_schema", &schema },
                    { "maxOutputTokens", &max_tokens }, { "max_output_tokens", &max_tokens },
                    { "thinkingConfig", &thinking }, { "thinking_config", &thinking },
                    { "temperature", &temperature });
  facts->wants_usage = TRUE;
  facts->wants_json_schema = schema.type == WAY_JSON_OBJECT;
  facts->wants_reasoning = way_span_asks_for (&thinking, refusals);
  facts->is_deterministic = way_span_is_zero (&temperature);
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
  WayJsonSpan model = { 0 };
  WayJsonSpan inner_model = { 0 };
  WayJsonSpan contents = { 0 };
  WayJsonSpan system = { 0 };
  WayJsonSpan tools = { 0 };
  WayJsonSpan config = { 0 };

  facts.model = way_gemini_dup_model (path);
  if (!way_check_model_name (facts.model ? facts.model : "", error) ||
      !way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &model }, { "generateContentRequest", &whole },
                    { "generate_content_request", &whole });
  if (whole.type == WAY_JSON_OBJECT)
    root = whole;
  WAY_JSON_COLLECT (&root, { "model", &inner_model }, { "contents", &contents },
                    { "systemInstruction", &system }, { "system_instruction", &system },
                    { "tools", &tools }, { "generationConfig", &config },
                    { "generation_config", &config });
  if (!way_check_one_model (&model, error) || !way_check_one_model (&inner_model, error) ||
      !weigh_contents (&contents, &volume, error))
    return FALSE;

  way_gemini_weigh_content (&system, &volume);
  fill_facts (&config, &facts);
  facts.stream = way_gemini_is_streamed (path);
  facts.has_tools = way_span_has_items (&tools);
  facts.has_images = volume.n_images > 0;
  if (facts.has_tools)
    volume.text_bytes += tools.length;
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

/**
 * way_gemini_plan_model:
 * @object: of the request: its root or the object that @path leads into
 * @path: of its "model"
 *
 * Plans the edit of a "model" that says once more what the path says, if there is one.
 *
 * Returns: how many edits were written to @ret_edit: 0 or 1
 */
gsize
way_gemini_plan_model (const WayJsonSpan *object,
                       const char *path,
                       const WayRequestTarget *target,
                       GPtrArray *arena,
                       WayJsonEdit *ret_edit)
{
  g_autofree char *name = g_strconcat ("models/", target->model, NULL);
  WayJsonSpan model = { 0 };
  GString *json;

  WAY_JSON_COLLECT (object, { "model", &model });
  if (model.type == WAY_JSON_NONE || way_json_span_is (&model, name))
    return 0;
  json = g_string_new (NULL);
  way_json_append_string (json, name);
  *ret_edit = (WayJsonEdit){ .path = path, .json = json->str };
  g_ptr_array_add (arena, g_string_free (json, FALSE));
  return 1;
}

static gsize
plan_edits (const WayRequestFacts *facts,
            const WayRequestTarget *target,
            const char *data,
            gsize length,
            GPtrArray *arena,
            WayJsonEdit *ret_edits)
{
  WayJsonSpan root;
  WayJsonSpan camel = { 0 };
  WayJsonSpan snake = { 0 };
  gsize n = 0;

  if (!way_json_scan_document (data, length, &root))
    return 0;
  WAY_JSON_COLLECT (&root, { "generateContentRequest", &camel },
                    { "generate_content_request", &snake });
  n += way_gemini_plan_model (&root, "model", target, arena, ret_edits);
  n += way_gemini_plan_model (&camel, "generateContentRequest.model", target, arena, ret_edits + n);
  n +=
    way_gemini_plan_model (&snake, "generate_content_request.model", target, arena, ret_edits + n);
  return n;
}
