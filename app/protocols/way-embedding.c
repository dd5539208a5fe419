/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Life of a request for embeddings, and the two spellings of a vector. Pure. */

#include "way-embedding.h"

#include <math.h>
#include <string.h>

/**
 * way_embedding_new:
 *
 * Returns: (transfer full): a request without texts
 */
WayEmbedding *
way_embedding_new (void)
{
  WayEmbedding *embedding = g_new0 (WayEmbedding, 1);

  embedding->inputs = g_ptr_array_new_with_free_func (g_free);
  embedding->vectors = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  embedding->ignored = g_ptr_array_new_with_free_func (g_free);
  embedding->dimensions = WAY_UNKNOWN;
  embedding->truncate = -1;
  embedding->usage = WAY_USAGE_INIT;
  return embedding;
}

void
way_embedding_free (WayEmbedding *embedding)
{
  g_ptr_array_unref (embedding->inputs);
  g_ptr_array_unref (embedding->vectors);
  g_ptr_array_unref (embedding->ignored);
  g_free (embedding);
}

static gboolean
is_numbers (const WayJsonSpan *array)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (array->type != WAY_JSON_ARRAY)
    return FALSE;
  way_json_scan_begin (&cursor, array);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (item.type != WAY_JSON_NUMBER)
      return FALSE;
  return TRUE;
}

/* Four bytes a number, little-endian, as NumPy and the SDKs read them. */
static GBytes *
numbers_from_base64 (const WayJsonSpan *string)
{
  g_autofree char *base64 = way_json_span_dup_string (string);
  gsize length = 0;
  g_autofree guchar *bytes = g_base64_decode (base64, &length);
  g_autoptr (GString) numbers = g_string_new ("[");

  if (length == 0 || length % sizeof (float) != 0)
    return NULL;
  for (gsize at = 0; at < length; at += sizeof (float))
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      guint32 bits;
      float number;

      memcpy (&bits, bytes + at, sizeof bits);
      bits = GUINT32_FROM_LE (bits);
      memcpy (&number, &bits, sizeof number);
      if (!isfinite (number)) /* JSON has no word for it */
        return NULL;
      /* Nine digits tell every float from every other. */
      g_ascii_formatd (text, sizeof text, "%.9g", (double)number);
      g_string_append_printf (numbers, "%s%s", at > 0 ? "," : "", text);
    }
  g_string_append_c (numbers, ']');
  return g_string_free_to_bytes (g_steal_pointer (&numbers));
}

/**
 * way_embedding_add_vector:
 * @vector: an array of numbers, or its base64
 *
 * Adds the vector of the next text.
 *
 * Returns: %FALSE if @vector is neither
 */
gboolean
way_embedding_add_vector (WayEmbedding *embedding, const WayJsonSpan *vector)
{
  GBytes *numbers = NULL;

  if (is_numbers (vector))
    numbers = g_bytes_new (vector->data, vector->length);
  else if (vector->type == WAY_JSON_STRING)
    numbers = numbers_from_base64 (vector);
  if (!numbers)
    return FALSE;
  g_ptr_array_add (embedding->vectors, numbers);
  return TRUE;
}

/**
 * way_embedding_append_base64:
 * @vector: of a #WayEmbedding
 *
 * Appends the numbers of @vector as little-endian 32-bit floats in base64, without quotes.
 *
 * Returns: %FALSE if @vector is not an array of numbers; nothing is appended then
 */
gboolean
way_embedding_append_base64 (GString *out, GBytes *vector)
{
  g_autoptr (GByteArray) floats = g_byte_array_new ();
  g_autofree char *base64 = NULL;
  gsize length;
  const char *data = g_bytes_get_data (vector, &length);
  WayJsonSpan root;
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (!way_json_scan_document (data, length, &root) || !is_numbers (&root))
    return FALSE;
  way_json_scan_begin (&cursor, &root);
  while (way_json_scan_next (&cursor, NULL, &item))
    {
      g_autofree char *text = g_strndup (item.data, item.length);
      float number = (float)g_ascii_strtod (text, NULL);
      guint32 bits;

      memcpy (&bits, &number, sizeof bits);
      bits = GUINT32_TO_LE (bits);
      g_byte_array_append (floats, (const guint8 *)&bits, sizeof bits);
    }
  base64 = g_base64_encode (floats->data, floats->len);
  g_string_append (out, base64);
  return TRUE;
}
