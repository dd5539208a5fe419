/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Ollama's dialects of embeddings: /api/embed, and the older /api/embeddings for one text. Pure. */

#include "way-dialect-ollama-private.h"

#include "way-json.h"
#include "way-skim.h"

static gboolean
skim_embed (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  return way_embedding_skim_request (data, length, "input", ret_facts, error);
}

static gboolean
skim_embeddings (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  return way_embedding_skim_request (data, length, "prompt", ret_facts, error);
}

static WayEmbedding *
decode_embed (const char *path, const char *data, gsize length, GError **error)
{
  static const char *const known[] = { "model", "input", "truncate", "dimensions", NULL };
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  WayJsonSpan root;
  WayJsonSpan truncate = { 0 };
  WayJsonSpan dimensions = { 0 };

  if (!way_skim_root (data, length, &root, error) ||
      !way_embedding_read_inputs (embedding, &root, "input", error))
    return NULL;
  WAY_JSON_COLLECT (&root, { "truncate", &truncate }, { "dimensions", &dimensions });
  if (truncate.type == WAY_JSON_TRUE || truncate.type == WAY_JSON_FALSE)
    embedding->truncate = truncate.type == WAY_JSON_TRUE;
  embedding->dimensions = way_span_get_tokens (&dimensions);
  way_embedding_ignore_others (embedding, &root, known);
  return g_steal_pointer (&embedding);
}

static WayEmbedding *
decode_embeddings (const char *path, const char *data, gsize length, GError **error)
{
  static const char *const known[] = { "model", "prompt", NULL };
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error) ||
      !way_embedding_read_inputs (embedding, &root, "prompt", error))
    return NULL;
  if (embedding->inputs->len != 1)
    {
      way_refuse_request (error, "\"prompt\" must be one text");
      return NULL;
    }
  way_embedding_ignore_others (embedding, &root, known);
  return g_steal_pointer (&embedding);
}

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
  if (embedding->truncate >= 0)
    g_string_append (out, embedding->truncate ? ",\"truncate\":true" : ",\"truncate\":false");
  if (embedding->dimensions != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"dimensions\":%" G_GINT64_FORMAT, embedding->dimensions);
  if (target->context_tokens > 0)
    g_string_append_printf (out, ",\"options\":{\"num_ctx\":%" G_GINT64_FORMAT "}",
                            target->context_tokens);
  g_string_append_c (out, '}');
}

static gboolean
refuse_answer (GError **error, const char *message)
{
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM, message);
  return FALSE;
}

static gboolean
read_vectors (WayEmbedding *embedding, const WayJsonSpan *vectors, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan vector;

  if (vectors->type != WAY_JSON_ARRAY)
    return refuse_answer (error, "sent one embedding where several can be asked for");
  way_json_scan_begin (&cursor, vectors);
  while (way_json_scan_next (&cursor, NULL, &vector))
    if (!way_embedding_add_vector (embedding, &vector))
      return refuse_answer (error, "sent an embedding that is no array of numbers");
  if (embedding->vectors->len != embedding->inputs->len)
    return refuse_answer (error, "sent another number of embeddings than it was asked for");
  return TRUE;
}

/* Both answers: what is there tells which it is. Nothing is generated, so the output is known. */
static gboolean
decode_vectors (WayEmbedding *embedding, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  WayJsonSpan vectors = { 0 };
  WayJsonSpan vector = { 0 };
  WayJsonSpan count = { 0 };

  if (!way_json_scan_document (data, length, &root) || root.type != WAY_JSON_OBJECT)
    return refuse_answer (error, "sent something that is no JSON object");
  WAY_JSON_COLLECT (&root, { "embeddings", &vectors }, { "embedding", &vector },
                    { "prompt_eval_count", &count });
  if (vectors.type != WAY_JSON_ARRAY && vector.type != WAY_JSON_ARRAY)
    return refuse_answer (error, "sent an answer without embeddings");
  embedding->usage = WAY_USAGE_INIT;
  g_ptr_array_set_size (embedding->vectors, 0); /* of an attempt that failed */
  embedding->usage.input_tokens = way_span_get_tokens (&count);
  if (embedding->usage.input_tokens != WAY_UNKNOWN)
    embedding->usage.output_tokens = 0;
  if (embedding->inputs->len == 0)
    return TRUE;
  return read_vectors (embedding, &vectors, error);
}

static void
append_vector (GString *out, GBytes *vector)
{
  gsize length;
  const char *numbers = g_bytes_get_data (vector, &length);

  g_string_append_len (out, numbers, (gssize)length);
}

static void
encode_embed_vectors (GString *out, const WayReplyHead *head, const WayEmbedding *embedding)
{
  gint64 count = way_usage_get_prompt_tokens (&embedding->usage);

  g_string_append (out, "{\"model\":");
  way_json_append_string (out, head->model);
  g_string_append (out, ",\"embeddings\":[");
  for (guint i = 0; i < embedding->vectors->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_vector (out, embedding->vectors->pdata[i]);
    }
  g_string_append_c (out, ']');
  if (count != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"prompt_eval_count\":%" G_GINT64_FORMAT, count);
  g_string_append_c (out, '}');
}

static void
encode_embeddings_vector (GString *out, const WayReplyHead *head, const WayEmbedding *embedding)
{
  g_string_append (out, "{\"embedding\":");
  append_vector (out, embedding->vectors->pdata[0]);
  g_string_append_c (out, '}');
}

const WayDialect way_dialect_ollama_embed = {
  .name = "ollama-embed",
  .stream_type = "application/x-ndjson",
  .operation = WAY_OPERATION_EMBED,
  .framing = WAY_FRAMING_NDJSON,
  .skim_request = skim_embed,
  .plan_edits = way_ollama_plan_edits,
  .decode_error = way_ollama_decode_error,
  .encode_error = way_ollama_encode_error,
  .encode_stream_error = way_ollama_encode_stream_error,
  .decode_embed = decode_embed,
  .encode_embed = encode_embed,
  .decode_vectors = decode_vectors,
  .encode_vectors = encode_embed_vectors,
};

/* Takes one text only, so that nothing is translated into it. */
const WayDialect way_dialect_ollama_embeddings = {
  .name = "ollama-embeddings",
  .stream_type = "application/x-ndjson",
  .operation = WAY_OPERATION_EMBED,
  .framing = WAY_FRAMING_NDJSON,
  .skim_request = skim_embeddings,
  .plan_edits = way_ollama_plan_edits,
  .decode_error = way_ollama_decode_error,
  .encode_error = way_ollama_encode_error,
  .encode_stream_error = way_ollama_encode_stream_error,
  .decode_embed = decode_embeddings,
  .decode_vectors = decode_vectors,
  .encode_vectors = encode_embeddings_vector,
};
