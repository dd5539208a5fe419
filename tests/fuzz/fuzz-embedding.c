/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests for embeddings and their answers, in every dialect that has them: what is read is said
 * again in each. */

#include "way-dialect.h"

#include <string.h>

/* Gemini's dialect names the model there. */
#define PATH "/v1beta/models/m:embedContent"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

static const WayReplyHead head = { .id = "1", .model = "m" };

static void
check_json (const GString *text)
{
  WayJsonSpan root;

  g_assert_true (way_json_scan_document (text->str, text->len, &root));
}

/* What is sent on is still a request. */
static void
check_edits (const WayDialect *face, const WayRequestFacts *facts, const char *text, gsize length)
{
  WayRequestTarget target = { .model = "other", .context_tokens = 512 };
  WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  gsize n_edits = face->plan_edits (facts, &target, text, length, arena, edits);
  g_autoptr (GBytes) body = g_bytes_new_static (text, length);
  g_autoptr (GBytes) spliced = way_json_splice (body, edits, n_edits, NULL);
  g_auto (WayRequestFacts) sent = { 0 };

  if (spliced != NULL)
    g_assert_true (face->skim_request (PATH, g_bytes_get_data (spliced, NULL),
                                       g_bytes_get_size (spliced), &sent, NULL));
}

/* The bytes as an answer to @embedding, told to a client of @face. */
static void
check_answer (const WayDialect *back,
              const WayDialect *face,
              WayEmbedding *embedding,
              const char *text,
              gsize length)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = back->decode_vectors (embedding, text, length, &error);

  g_assert_true (ok == (error == NULL));
  if (!ok)
    return;
  g_assert_cmpuint (embedding->vectors->len, ==, embedding->inputs->len);
  if (embedding->inputs->len == 0)
    return;
  face->encode_vectors (out, &head, embedding);
  check_json (out);
}

static void
check_pair (const WayDialect *face, const WayDialect *back, const char *text, gsize length)
{
  WayRequestTarget target = { .model = "other", .context_tokens = 512 };
  g_autoptr (WayEmbedding) embedding = face->decode_embed ("/", text, length, NULL);
  g_autoptr (WayEmbedding) nothing = way_embedding_new ();
  g_autoptr (WayEmbedding) two = way_embedding_new ();
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  if (embedding != NULL && back->encode_embed != NULL)
    {
      back->encode_embed (embedding, &target, out, dropped);
      check_json (out);
    }
  g_ptr_array_add (two->inputs, g_strdup ("a"));
  g_ptr_array_add (two->inputs, g_strdup ("b"));
  two->wants_base64 = length % 2 == 0;
  check_answer (back, face, two, text, length);
  check_answer (back, face, nothing, text, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  const char *text = (const char *)bytes;
  gsize n_dialects;
  const WayDialect *const *dialects = way_dialects (&n_dialects);

  for (gsize i = 0; i < n_dialects; i++)
    {
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      if (dialects[i]->operation != WAY_OPERATION_EMBED)
        continue;
      gboolean ok = dialects[i]->skim_request (PATH, text, length, &facts, &error);
      g_assert_true (ok == (error == NULL));
      if (ok)
        check_edits (dialects[i], &facts, text, length);
      for (gsize j = 0; j < n_dialects; j++)
        if (dialects[j]->operation == WAY_OPERATION_EMBED)
          check_pair (dialects[i], dialects[j], text, length);
    }
  return 0;
}
