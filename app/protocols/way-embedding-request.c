/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the dialects' requests for embeddings have in common: one text or an array of them. Pure. */

#include "way-embedding.h"

#include "way-json.h"
#include "way-skim.h"

/* A token takes the place of the four bytes that an estimate counts for one. */
#define BYTES_A_TOKEN 4

static void
weigh_items (const WayJsonSpan *array, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  way_json_scan_begin (&cursor, array);
  while (way_json_scan_next (&cursor, NULL, &item))
    volume->text_bytes +=
      item.type == WAY_JSON_NUMBER ? BYTES_A_TOKEN : way_span_get_string_bytes (&item);
}

/* Texts, tokens, or arrays of tokens. */
static void
weigh_input (const WayJsonSpan *input, WayVolume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  volume->text_bytes += way_span_get_string_bytes (input);
  if (input->type != WAY_JSON_ARRAY)
    return;
  weigh_items (input, volume);
  way_json_scan_begin (&cursor, input);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (item.type == WAY_JSON_ARRAY)
      weigh_items (&item, volume);
}

/**
 * way_embedding_skim_request:
 * @member: name of the member that holds the texts
 *
 * Reads the facts of a request for embeddings, as #WayDialect's skim_request.
 */
gboolean
way_embedding_skim_request (
  const char *data, gsize length, const char *member, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayJsonSpan root;
  WayJsonSpan model = { 0 };
  WayJsonSpan input = { 0 };
  WayVolume volume = { 0 };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &model }, { member, &input });
  if (!way_skim_model (&model, &facts.model, error))
    return FALSE;
  weigh_input (&input, &volume);
  facts.max_output_tokens = WAY_UNKNOWN;
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

/**
 * way_embedding_read_inputs:
 * @root: of the request
 * @member: name of the member that holds the texts
 *
 * Reads the text or texts. Tokens mean another text to every model and cannot be read.
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST if there is no text
 */
gboolean
way_embedding_read_inputs (WayEmbedding *embedding,
                           const WayJsonSpan *root,
                           const char *member,
                           GError **error)
{
  WayJsonSpan input = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan item;

  WAY_JSON_COLLECT (root, { member, &input });
  embedding->is_single = input.type == WAY_JSON_STRING;
  if (embedding->is_single)
    g_ptr_array_add (embedding->inputs, way_json_span_dup_string (&input));
  if (input.type == WAY_JSON_ARRAY)
    {
      way_json_scan_begin (&cursor, &input);
      while (way_json_scan_next (&cursor, NULL, &item))
        {
          if (item.type != WAY_JSON_STRING)
            return way_refuse_request (error, "Texts to embed must be strings: tokens mean "
                                              "something to one model only");
          g_ptr_array_add (embedding->inputs, way_json_span_dup_string (&item));
        }
    }
  if (embedding->inputs->len > 0)
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
               "\"%s\" must be a text or an array of at least one text", member);
  return FALSE;
}

/**
 * way_embedding_ignore_others:
 * @root: of the request
 * @known: (array zero-terminated=1): members that are read
 *
 * Notes each other member that is not null as one without neutral words.
 */
void
way_embedding_ignore_others (WayEmbedding *embedding,
                             const WayJsonSpan *root,
                             const char *const *known)
{
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;

  way_json_scan_begin (&cursor, root);
  while (way_json_scan_next (&cursor, &name, &value))
    {
      g_autofree char *text = way_json_span_dup_string (&name);

      if (value.type != WAY_JSON_NULL && !g_strv_contains (known, text))
        g_ptr_array_add (embedding->ignored, g_steal_pointer (&text));
    }
}

/**
 * way_embedding_append_inputs:
 *
 * Appends the texts as the client sent them: one alone, or an array.
 */
void
way_embedding_append_inputs (const WayEmbedding *embedding, GString *out)
{
  if (embedding->is_single && embedding->inputs->len == 1)
    {
      way_json_append_string (out, embedding->inputs->pdata[0]);
      return;
    }
  g_string_append_c (out, '[');
  for (guint i = 0; i < embedding->inputs->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      way_json_append_string (out, embedding->inputs->pdata[i]);
    }
  g_string_append_c (out, ']');
}
