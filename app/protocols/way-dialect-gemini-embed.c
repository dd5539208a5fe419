/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Embeddings as Gemini has them: batchEmbedContents, which its SDKs use and providers are asked by,
 * and embedContent for a single text. Each text of a batch names the model once more. Pure. */

#include "way-dialect-gemini-private.h"

#include "way-json.h"
#include "way-skim.h"

#include <string.h>

/* Names of members that nobody else knows are told to the client, not a whole body of them. */
#define MAX_IGNORED 16

typedef gboolean (*RequestFunc) (const WayJsonSpan *request, gpointer user_data, GError **error);

/* A batch has its requests in an array; embedContent is one of them alone. */
static gboolean
for_each_request (const WayJsonSpan *root, RequestFunc func, gpointer user_data, GError **error)
{
  WayJsonSpan requests = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan request;

  WAY_JSON_COLLECT (root, { "requests", &requests });
  if (requests.type == WAY_JSON_NONE)
    return func (root, user_data, error);
  if (!way_span_has_items (&requests))
    return way_refuse_request (error, "\"requests\" must be an array of at least one request");
  way_json_scan_begin (&cursor, &requests);
  while (way_json_scan_next (&cursor, NULL, &request))
    if (!func (&request, user_data, error))
      return FALSE;
  return TRUE;
}

static gboolean
weigh_request (const WayJsonSpan *request, gpointer volume, GError **error)
{
  WayJsonSpan model = { 0 };
  WayJsonSpan content = { 0 };

  WAY_JSON_COLLECT (request, { "model", &model }, { "content", &content });
  way_gemini_weigh_content (&content, volume);
  return way_check_one_model (&model, error);
}

static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayVolume volume = { 0 };
  WayJsonSpan root;

  facts.model = way_gemini_dup_model (path);
  if (!way_check_model_name (facts.model ? facts.model : "", error) ||
      !way_skim_root (data, length, &root, error) ||
      !for_each_request (&root, weigh_request, &volume, error))
    return FALSE;
  facts.max_output_tokens = WAY_UNKNOWN;
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

/* Same bytes, another model */

static void
append_span (GString *out, const WayJsonSpan *span)
{
  g_string_append_len (out, span->data, (gssize)span->length);
}

/* The request with the target's name in place of the client's; without a name as it is. */
static void
append_renamed (GString *out, const WayJsonSpan *request, const char *model)
{
  WayJsonSpan name = { 0 };

  WAY_JSON_COLLECT (request, { "model", &name });
  if (name.type == WAY_JSON_NONE)
    {
      append_span (out, request);
      return;
    }
  g_string_append_len (out, request->data, name.data - request->data);
  way_json_append_string (out, model);
  g_string_append_len (out, name.data + name.length,
                       request->data + request->length - (name.data + name.length));
}

static gsize
plan_edits (const WayRequestFacts *facts,
            const WayRequestTarget *target,
            const char *data,
            gsize length,
            GPtrArray *arena,
            WayJsonEdit *ret_edits)
{
  g_autofree char *model = g_strconcat ("models/", target->model, NULL);
  g_autoptr (GString) renamed = NULL;
  WayJsonSpan root;
  WayJsonSpan requests = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan request;

  if (!way_json_scan_document (data, length, &root))
    return 0;
  WAY_JSON_COLLECT (&root, { "requests", &requests });
  if (requests.type != WAY_JSON_ARRAY)
    return way_gemini_plan_model (&root, "model", target, arena, ret_edits);
  if (strcmp (facts->model, target->model) == 0)
    return 0;
  renamed = g_string_new (NULL);
  way_json_scan_begin (&cursor, &requests);
  while (way_json_scan_next (&cursor, NULL, &request))
    {
      g_string_append_c (renamed, renamed->len > 0 ? ',' : '[');
      append_renamed (renamed, &request, model);
    }
  g_string_append_c (renamed, ']');
  *ret_edits = (WayJsonEdit){ .path = "requests", .json = renamed->str };
  g_ptr_array_add (arena, g_string_free (g_steal_pointer (&renamed), FALSE));
  return 1;
}

/* Requests in neutral words */

static char *
dup_text (const WayJsonSpan *content, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);
  WayJsonSpan parts = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan part;

  WAY_JSON_COLLECT (content, { "parts", &parts });
  if (!way_span_has_items (&parts))
    {
      way_refuse_request (error, "A request to embed has no \"content\" with \"parts\"");
      return NULL;
    }
  way_json_scan_begin (&cursor, &parts);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan text = { 0 };

      WAY_JSON_COLLECT (&part, { "text", &text });
      if (text.type != WAY_JSON_STRING)
        {
          way_refuse_request (error, "What is to be embedded must be text");
          return NULL;
        }
      way_json_span_append_string (&text, all);
    }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static gboolean
same_name (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b) == 0;
}

/* "taskType" and "title" mean something to Gemini's models only. */
static void
note_others (WayEmbedding *embedding, const WayJsonSpan *request)
{
  static const char *const known[] = { "model", "content", "outputDimensionality",
                                       "output_dimensionality", NULL };
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;

  way_json_scan_begin (&cursor, request);
  while (embedding->ignored->len < MAX_IGNORED && way_json_scan_next (&cursor, &name, &value))
    {
      g_autofree char *text = way_json_span_dup_string (&name);

      if (value.type != WAY_JSON_NULL && !g_strv_contains (known, text) &&
          !g_ptr_array_find_with_equal_func (embedding->ignored, text, same_name, NULL))
        g_ptr_array_add (embedding->ignored, g_steal_pointer (&text));
    }
}

static gboolean
read_request (const WayJsonSpan *request, gpointer user_data, GError **error)
{
  WayEmbedding *embedding = user_data;
  WayJsonSpan content = { 0 };
  WayJsonSpan dimensions = { 0 };
  char *text;

  WAY_JSON_COLLECT (request, { "content", &content }, { "outputDimensionality", &dimensions },
                    { "output_dimensionality", &dimensions });
  text = dup_text (&content, error);
  if (!text)
    return FALSE;
  g_ptr_array_add (embedding->inputs, text);
  if (embedding->inputs->len == 1)
    embedding->dimensions = way_span_get_tokens (&dimensions);
  else if (embedding->dimensions != way_span_get_tokens (&dimensions))
    return way_refuse_request (error, "\"outputDimensionality\" must be the same for each text");
  note_others (embedding, request);
  return TRUE;
}

static WayEmbedding *
decode_embed (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error) ||
      !for_each_request (&root, read_request, embedding, error))
    return NULL;
  embedding->is_single = embedding->inputs->len == 1;
  return g_steal_pointer (&embedding);
}

static WayEmbedding *
decode_one (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayEmbedding) embedding = decode_embed (path, data, length, error);

  if (embedding && embedding->inputs->len != 1)
    {
      way_refuse_request (error, "embedContent takes one \"content\"");
      return NULL;
    }
  return g_steal_pointer (&embedding);
}

static void
encode_embed (const WayEmbedding *embedding,
              const WayRequestTarget *target,
              GString *out,
              GPtrArray *dropped)
{
  g_autofree char *model = g_strconcat ("models/", target->model, NULL);

  g_string_append (out, "{\"requests\":[");
  for (guint i = 0; i < embedding->inputs->len; i++)
    {
      g_string_append (out, i > 0 ? ",{\"model\":" : "{\"model\":");
      way_json_append_string (out, model);
      g_string_append (out, ",\"content\":{\"parts\":[{\"text\":");
      way_json_append_string (out, embedding->inputs->pdata[i]);
      g_string_append (out, "}]}");
      if (embedding->dimensions != WAY_UNKNOWN)
        g_string_append_printf (out, ",\"outputDimensionality\":%" G_GINT64_FORMAT,
                                embedding->dimensions);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
  if (embedding->truncate >= 0)
    g_ptr_array_add (dropped, (gpointer) "truncate");
}

/* Answers */

static gboolean
refuse_answer (GError **error, const char *message)
{
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM, message);
  return FALSE;
}

static gboolean
add_vector (WayEmbedding *embedding, const WayJsonSpan *item, GError **error)
{
  WayJsonSpan values = { 0 };

  WAY_JSON_COLLECT (item, { "values", &values });
  return (values.type == WAY_JSON_ARRAY && way_embedding_add_vector (embedding, &values)) ||
         refuse_answer (error, "sent an embedding that is no array of numbers");
}

static gboolean
read_vectors (WayEmbedding *embedding, const WayJsonSpan *items, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  way_json_scan_begin (&cursor, items);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (!add_vector (embedding, &item, error))
      return FALSE;
  if (embedding->vectors->len != embedding->inputs->len)
    return refuse_answer (error, "sent another number of embeddings than it was asked for");
  return TRUE;
}

/* Only newer models say how much they read. Nothing is generated, so the output is known. */
static gboolean
decode_vectors (WayEmbedding *embedding, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  WayJsonSpan items = { 0 };
  WayJsonSpan item = { 0 };
  WayJsonSpan usage = { 0 };
  WayJsonSpan count = { 0 };

  if (!way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    return refuse_answer (error, "sent something that is no JSON object");
  WAY_JSON_COLLECT (&root, { "embeddings", &items }, { "embedding", &item },
                    { "usageMetadata", &usage });
  if (items.type != WAY_JSON_ARRAY && item.type != WAY_JSON_OBJECT)
    return refuse_answer (error, "sent an answer without embeddings");
  WAY_JSON_COLLECT (&usage, { "promptTokenCount", &count });
  embedding->usage = WAY_USAGE_INIT;
  g_ptr_array_set_size (embedding->vectors, 0); /* of an attempt that failed */
  embedding->usage.input_tokens = way_span_get_tokens (&count);
  if (embedding->usage.input_tokens != WAY_UNKNOWN)
    embedding->usage.output_tokens = 0;
  if (embedding->inputs->len == 0)
    return TRUE;
  if (items.type != WAY_JSON_ARRAY)
    return refuse_answer (error, "sent one embedding where several can be asked for");
  return read_vectors (embedding, &items, error);
}

static void
append_vector (GString *out, GBytes *vector)
{
  gsize length;
  const char *numbers = g_bytes_get_data (vector, &length);

  g_string_append (out, "{\"values\":");
  g_string_append_len (out, numbers, (gssize)length);
  g_string_append_c (out, '}');
}

static void
append_usage (GString *out, const WayUsage *usage)
{
  gint64 count = way_usage_get_prompt_tokens (usage);

  if (count != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"usageMetadata\":{\"promptTokenCount\":%" G_GINT64_FORMAT "}",
                            count);
  g_string_append_c (out, '}');
}

static void
encode_batch (GString *out, const WayReplyHead *head, const WayEmbedding *embedding)
{
  g_string_append (out, "{\"embeddings\":[");
  for (guint i = 0; i < embedding->vectors->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_vector (out, embedding->vectors->pdata[i]);
    }
  g_string_append_c (out, ']');
  append_usage (out, &embedding->usage);
}

static void
encode_one (GString *out, const WayReplyHead *head, const WayEmbedding *embedding)
{
  g_string_append (out, "{\"embedding\":");
  append_vector (out, embedding->vectors->pdata[0]);
  append_usage (out, &embedding->usage);
}

const WayDialect way_dialect_gemini_embed = {
  .name = "gemini-embed",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_EMBED,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_error = way_gemini_decode_error,
  .encode_error = way_gemini_encode_error,
  .encode_stream_error = way_gemini_encode_stream_error,
  .decode_embed = decode_embed,
  .encode_embed = encode_embed,
  .decode_vectors = decode_vectors,
  .encode_vectors = encode_batch,
};

/* Takes one text only, so that nothing is translated into it. */
const WayDialect way_dialect_gemini_embed_one = {
  .name = "gemini-embed-one",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_EMBED,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_error = way_gemini_decode_error,
  .encode_error = way_gemini_encode_error,
  .encode_stream_error = way_gemini_encode_stream_error,
  .decode_embed = decode_one,
  .decode_vectors = decode_vectors,
  .encode_vectors = encode_one,
};
