/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The framer of newline-delimited JSON: lines by table, and that cuts change nothing. */

#include "way-ndjson.h"

#include "way-limits.h"

#include <string.h>

/* Everything that came out of a framer: "data;" for each line, and all raw bytes. */
typedef struct
{
  GString *lines;
  GString *raw;
} Collected;

static Collected *
collected_new (void)
{
  Collected *collected = g_new0 (Collected, 1);

  collected->lines = g_string_new (NULL);
  collected->raw = g_string_new (NULL);
  return collected;
}

static void
collected_free (Collected *collected)
{
  g_string_free (collected->lines, TRUE);
  g_string_free (collected->raw, TRUE);
  g_free (collected);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Collected, collected_free)

static void
on_line (const char *event,
         const char *data,
         gsize length,
         const char *raw,
         gsize raw_length,
         gpointer user_data)
{
  Collected *collected = user_data;

  g_assert_cmpstr (event, ==, "");
  g_string_append_len (collected->raw, raw, (gssize)raw_length);
  if (data == NULL)
    return;
  g_assert_cmpuint (data[length], ==, '\0');
  g_string_append_len (collected->lines, data, (gssize)length);
  g_string_append_c (collected->lines, ';');
}

static const struct
{
  const char *name;
  const char *stream;
  const char *lines;
  gsize pending;
} rows[] = {
  { "two", "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1};{\"b\":2};", 0 },
  { "crlf", "{}\r\n[]\r\n", "{};[];", 0 },
  { "blank", "\n{}\n \t\n\r\n{}\n", "{};{};", 0 },
  { "cut", "{}\n{\"a\":", "{};", 5 },
  { "no-end", "{}", "", 2 },
  { "utf8", "\"h\xc3\xa9\"\n", "\"h\xc3\xa9\";", 0 },
  { "lone-cr", "{}\r{}\n", "{}\r{};", 0 },
  { "empty", "", "", 0 },
};

/* Feeds @stream in pieces of @head bytes first and then of at most @piece bytes. */
static void
check_pieces (gsize row, gsize head, gsize piece)
{
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  g_autoptr (Collected) collected = collected_new ();
  gsize length = strlen (rows[row].stream);

  for (gsize at = 0; at < length; at += at == 0 && head > 0 ? head : piece)
    {
      gsize size = MIN (at == 0 && head > 0 ? head : piece, length - at);
      /* A copy of exact size: reading past a piece is then seen by the sanitizer. */
      g_autofree char *copy = g_memdup2 (rows[row].stream + at, size);
      g_assert_true (way_ndjson_feed (ndjson, copy, size, on_line, collected));
    }
  g_assert_cmpstr (collected->lines->str, ==, rows[row].lines);
  g_assert_cmpuint (way_ndjson_get_pending (ndjson), ==, rows[row].pending);
  g_assert_cmpmem (collected->raw->str, collected->raw->len, rows[row].stream,
                   length - rows[row].pending);
}

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].stream);

      g_test_message ("%s", rows[i].name);
      check_pieces (i, 0, 1);
      for (gsize cut = 1; cut <= length; cut++)
        check_pieces (i, cut, length);
    }
}

/* A NUL is no end: the reader of the line gets to refuse it. */
static void
test_nul (void)
{
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  g_autoptr (Collected) collected = collected_new ();

  g_assert_true (way_ndjson_feed (ndjson, "a\0b\n", 4, on_line, collected));
  g_assert_cmpmem (collected->lines->str, collected->lines->len, "a\0b;", 4);
}

static void
test_too_long (void)
{
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  g_autoptr (Collected) collected = collected_new ();
  g_autofree char *text = g_strnfill (WAY_LIMIT_STREAM_EVENT_BYTES, 'x');

  g_assert_true (way_ndjson_feed (ndjson, "{}\n", 3, on_line, collected));
  g_assert_true (way_ndjson_feed (ndjson, text, WAY_LIMIT_STREAM_EVENT_BYTES, on_line, collected));
  g_assert_false (way_ndjson_feed (ndjson, "\n", 1, on_line, collected));
  g_assert_false (way_ndjson_feed (ndjson, "{}\n", 3, on_line, collected));
  g_assert_cmpstr (collected->lines->str, ==, "{};");
}

static void
test_longest (void)
{
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  g_autoptr (Collected) collected = collected_new ();
  g_autofree char *text = g_strnfill (WAY_LIMIT_STREAM_EVENT_BYTES, 'x');

  text[WAY_LIMIT_STREAM_EVENT_BYTES - 1] = '\n';
  g_assert_true (way_ndjson_feed (ndjson, text, WAY_LIMIT_STREAM_EVENT_BYTES, on_line, collected));
  g_assert_cmpuint (collected->lines->len, ==, WAY_LIMIT_STREAM_EVENT_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/ndjson/lines", test_lines);
  g_test_add_func ("/protocols/ndjson/nul", test_nul);
  g_test_add_func ("/protocols/ndjson/too-long", test_too_long);
  g_test_add_func ("/protocols/ndjson/longest", test_longest);
  return g_test_run ();
}
