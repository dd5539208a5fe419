/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of OpenAI's embeddings. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-json.h"
#include "way-skim.h"

static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  return way_embedding_skim_request (data, length, "input", ret_facts, error);
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

static WayEmbedding *
decode_embed (const char *path, const char *data, gsize length, GError **error)
{
  static const char *const known[] = { "model", "input", "dimensions", "encoding_format", NULL };
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  WayJsonSpan root;
  WayJsonSpan dimensions = { 0 };
  WayJsonSpan format = { 0 };

  if (!way_skim_root (data, length, &root, error) ||
      !way_embedding_read_inputs (embedding, &root, "input", error))
    return NULL;
  WAY_JSON_COLLECT (&root, { "dimensions", &dimensions }, { "encoding_format", &format });
  embedding->dimensions = way_span_get_tokens (&dimensions);
  embedding->wants_base64 = way_json_span_is (&format, "base64");
  way_embedding_ignore_others (embedding, &root, known);
  return g_steal_pointer (&embedding);
}

/* Numbers are asked for whatever the client wants: not every server knows base64. Too long a text
 * is an error here, and nothing can be said about it. */
static void
encode_embed (const WayEmbedding *embedding,
              const WayRequestTarget *target,
              GString *out,
              GPtrArray *dropped)
{
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  g_string_append (out, ",\"input\":");
  way_embedding_append_inputs (embedding, out);
  if (embedding->dimensions != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"dimensions\":%" G_GINT64_FORMAT, embedding->dimensions);
  g_string_append_c (out, '}');
  if (embedding->truncate == TRUE)
    g_ptr_array_add (dropped, (gpointer) "truncate");
}

static gboolean
refuse_answer (GError **error, const char *message)
{
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM, message);
  return FALSE;
}

/* Puts each vector at its index: the specification promises no order. */
static gboolean
sort_vectors (const WayJsonSpan *data, WayJsonSpan *vectors, guint n_vectors)
{
  WayJsonCursor cursor;
  WayJsonSpan item;
  guint place = 0;

  way_json_scan_begin (&cursor, data);
  for (; way_json_scan_next (&cursor, NULL, &item); place++)
    {
      WayJsonSpan vector = { 0 };
      WayJsonSpan number = { 0 };
      gint64 index = place;

      WAY_JSON_COLLECT (&item, { "embedding", &vector }, { "index", &number });
      if (place >= n_vectors || (number.type == WAY_JSON_NUMBER &&
                                 !way_json_span_get_int (&number, 0, n_vectors - 1, &index)))
        return FALSE;
      vectors[index] = vector;
    }
  return place == n_vectors;
}

static gboolean
read_vectors (WayEmbedding *embedding, const WayJsonSpan *data, GError **error)
{
  guint n_vectors = embedding->inputs->len;
  g_autofree WayJsonSpan *vectors = g_new0 (WayJsonSpan, n_vectors);

  if (!sort_vectors (data, vectors, n_vectors))
    return refuse_answer (error, "sent other embeddings than it was asked for");
  for (guint i = 0; i < n_vectors; i++)
    if (!way_embedding_add_vector (embedding, &vectors[i]))
      return refuse_answer (error, "sent an embedding that is no array of numbers");
  return TRUE;
}

/* Nothing is generated, so the output is known. */
static gboolean
decode_vectors (WayEmbedding *embedding, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  WayJsonSpan items = { 0 };
  WayJsonSpan usage = { 0 };

  if (!way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    return refuse_answer (error, "sent something that is no JSON object");
  WAY_JSON_COLLECT (&root, { "data", &items }, { "usage", &usage });
  if (items.type != WAY_JSON_ARRAY)
    return refuse_answer (error, "sent an answer without embeddings");
  embedding->usage = WAY_USAGE_INIT;
  g_ptr_array_set_size (embedding->vectors, 0); /* of an attempt that failed */
  if (way_openai_read_usage (&usage, &embedding->usage))
    embedding->usage.output_tokens = 0;
  if (embedding->inputs->len == 0)
    return TRUE;
  return read_vectors (embedding, &items, error);
}

static void
append_vector (GString *out, const WayEmbedding *embedding, guint index)
{
  GBytes *vector = embedding->vectors->pdata[index];
  gsize length;
  const char *numbers = g_bytes_get_data (vector, &length);

  g_string_append (out, "{\"object\":\"embedding\",\"embedding\":");
  if (embedding->wants_base64)
    {
      g_string_append_c (out, '"');
      way_embedding_append_base64 (out, vector);
      g_string_append_c (out, '"');
    }
  else
    g_string_append_len (out, numbers, (gssize)length);
  g_string_append_printf (out, ",\"index\":%u}", index);
}

static void
encode_vectors (GString *out, const WayReplyHead *head, const WayEmbedding *embedding)
{
  gint64 prompt = way_usage_get_prompt_tokens (&embedding->usage);
  g_autofree char *count =
    prompt == WAY_UNKNOWN ? g_strdup ("null") : g_strdup_printf ("%" G_GINT64_FORMAT, prompt);

  g_string_append (out, "{\"object\":\"list\",\"data\":[");
  for (guint i = 0; i < embedding->vectors->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_vector (out, embedding, i);
    }
  g_string_append (out, "],\"model\":");
  way_json_append_string (out, head->model);
  g_string_append_printf (out, ",\"usage\":{\"prompt_tokens\":%s,\"total_tokens\":%s}}", count,
                          count);
}

const WayDialect way_dialect_openai_embeddings = {
  .name = "openai-embeddings",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_EMBED,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = plan_edits,
  .decode_error = way_openai_chat_decode_error,
  .encode_error = way_openai_chat_encode_error,
  .encode_stream_error = way_openai_chat_encode_stream_error,
  .decode_embed = decode_embed,
  .encode_embed = encode_embed,
  .decode_vectors = decode_vectors,
  .encode_vectors = encode_vectors,
};
