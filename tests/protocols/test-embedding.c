/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The two spellings of a vector, each into the other. */

#include "way-embedding.h"

#include <string.h>

static const struct
{
  const char *vector;  /* as a provider sends it */
  const char *numbers; /* NULL: refused */
  const char *base64;
} rows[] = {
  { "[1,-2.5,0]", "[1,-2.5,0]", "AACAPwAAIMAAAAAA" },
  { "[ 1.00, 1e-1 ]", "[ 1.00, 1e-1 ]", "AACAP83MzD0=" },
  { "[]", "[]", "" },
  { "\"AACAPwAAIMAAAAAA\"", "[1,-2.5,0]", "AACAPwAAIMAAAAAA" },
  { "\"zczMPQ==\"", "[0.100000001]", "zczMPQ==" },
  { "\"AACAfw==\"", NULL, NULL }, /* infinite */
  { "\"AADAfw==\"", NULL, NULL }, /* no number */
  { "\"AACA\"", NULL, NULL },
  { "\"\"", NULL, NULL },
  { "[1,\"2\"]", NULL, NULL },
  { "[[1]]", NULL, NULL },
  { "{}", NULL, NULL },
  { "1", NULL, NULL },
  { "null", NULL, NULL },
};

static void
check_row (gsize row)
{
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  g_autoptr (GString) base64 = g_string_new (NULL);
  WayJsonSpan vector;

  g_assert_true (way_json_scan_document (rows[row].vector, strlen (rows[row].vector), &vector));
  g_assert_cmpint (way_embedding_add_vector (embedding, &vector), ==, rows[row].numbers != NULL);
  g_assert_cmpuint (embedding->vectors->len, ==, rows[row].numbers != NULL ? 1 : 0);
  if (rows[row].numbers == NULL)
    return;

  GBytes *numbers = embedding->vectors->pdata[0];
  g_assert_cmpmem (g_bytes_get_data (numbers, NULL), g_bytes_get_size (numbers), rows[row].numbers,
                   strlen (rows[row].numbers));
  g_assert_true (way_embedding_append_base64 (base64, numbers));
  g_assert_cmpstr (base64->str, ==, rows[row].base64);
}

static void
test_spellings (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].vector);
      check_row (i);
    }
}

static void
test_not_numbers (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{}", 2);
  g_autoptr (GString) base64 = g_string_new (NULL);

  g_assert_false (way_embedding_append_base64 (base64, bytes));
  g_assert_cmpuint (base64->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/embedding/spellings", test_spellings);
  g_test_add_func ("/protocols/embedding/not-numbers", test_not_numbers);
  return g_test_run ();
}
