/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "stream-fixture.h"

#include "delta-text.h"
#include "way-ndjson.h"
#include "way-sse.h"

#include <string.h>

/* One file of one dialect. */
typedef struct
{
  const WayDialect *dialect;
  char *name; /* without suffix */
} Fixture;

/* What a stream became: the lines of its deltas and its own bytes. */
typedef struct
{
  const WayDialect *dialect;
  WayDecoder decoder;
  GString *deltas;
  GString *raw;
} Decoded;

static void
decoded_free (Decoded *decoded)
{
  way_decoder_clear (&decoded->decoder);
  g_string_free (decoded->deltas, TRUE);
  g_string_free (decoded->raw, TRUE);
  g_free (decoded);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Decoded, decoded_free)

static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  Decoded *decoded = user_data;
  g_autoptr (GError) error = NULL;

  g_string_append_len (decoded->raw, raw, (gssize)raw_length);
  if (data == NULL)
    return;
  gboolean ok = decoded->dialect->decode_event (&decoded->decoder, event, data, length, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

typedef gboolean (*Feed) (
  gpointer framer, const char *bytes, gsize length, WaySseFunc func, gpointer user_data);

static gboolean
feed_sse (gpointer framer, const char *bytes, gsize length, WaySseFunc func, gpointer user_data)
{
  return way_sse_feed (framer, bytes, length, func, user_data);
}

static gboolean
feed_ndjson (gpointer framer, const char *bytes, gsize length, WaySseFunc func, gpointer user_data)
{
  return way_ndjson_feed (framer, bytes, length, func, user_data);
}

/* Decodes @stream given in pieces of @head bytes first and then of at most @piece bytes. */
static Decoded *
decode_stream (const WayDialect *dialect, const char *stream, gsize length, gsize head, gsize piece)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  gboolean is_sse = dialect->framing == WAY_FRAMING_SSE;
  gpointer framer = is_sse ? (gpointer)sse : (gpointer)ndjson;
  Feed feed = is_sse ? feed_sse : feed_ndjson;
  g_autoptr (Decoded) decoded = g_new0 (Decoded, 1);

  decoded->dialect = dialect;
  decoded->deltas = g_string_new (NULL);
  decoded->raw = g_string_new (NULL);
  way_decoder_init (&decoded->decoder, delta_text_append, decoded->deltas);
  g_assert_true (feed (framer, stream, head, on_event, decoded));
  for (gsize at = head; at < length; at += piece)
    g_assert_true (feed (framer, stream + at, MIN (piece, length - at), on_event, decoded));
  g_assert_cmpuint (way_sse_get_pending (sse) + way_ndjson_get_pending (ndjson), ==, 0);
  g_assert_cmpmem (decoded->raw->str, decoded->raw->len, stream, length);
  return g_steal_pointer (&decoded);
}

static const char *
get_suffix (const WayDialect *dialect)
{
  return dialect->framing == WAY_FRAMING_SSE ? ".sse" : ".ndjson";
}

static char *
read_file (const Fixture *fixture, const char *suffix, gsize *ret_length)
{
  g_autofree char *file = g_strconcat (fixture->name, suffix, NULL);
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "fixtures", fixture->dialect->name, file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, ret_length, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_whole (gconstpointer data)
{
  const Fixture *fixture = data;
  gsize length;
  g_autofree char *stream = read_file (fixture, get_suffix (fixture->dialect), &length);
  g_autofree char *expected = read_file (fixture, ".deltas", NULL);

  g_autoptr (Decoded) decoded = decode_stream (fixture->dialect, stream, length, length, 1);
  g_assert_cmpstr (decoded->deltas->str, ==, expected);
}

static void
test_cut_anywhere (gconstpointer data)
{
  const Fixture *fixture = data;
  gsize length;
  g_autofree char *stream = read_file (fixture, get_suffix (fixture->dialect), &length);
  g_autofree char *expected = read_file (fixture, ".deltas", NULL);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (Decoded) decoded = decode_stream (fixture->dialect, stream, length, cut, length);
      g_assert_cmpstr (decoded->deltas->str, ==, expected);
    }
  g_autoptr (Decoded) by_byte = decode_stream (fixture->dialect, stream, length, 0, 1);
  g_assert_cmpstr (by_byte->deltas->str, ==, expected);
}

static void
fixture_free (gpointer data)
{
  Fixture *fixture = data;

  g_free (fixture->name);
  g_free (fixture);
}

static void
add_fixture (const WayDialect *dialect, const char *file)
{
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (get_suffix (dialect)));
  g_autofree char *whole = g_strdup_printf ("/protocols/%s/fixture/%s", dialect->name, name);
  g_autofree char *cut = g_strdup_printf ("/protocols/%s/cut-anywhere/%s", dialect->name, name);
  Fixture row = { .dialect = dialect, .name = name };

  Fixture *first = g_memdup2 (&row, sizeof row);
  first->name = g_strdup (name);
  g_test_add_data_func_full (whole, first, test_whole, fixture_free);
  Fixture *second = g_memdup2 (&row, sizeof row);
  second->name = g_strdup (name);
  g_test_add_data_func_full (cut, second, test_cut_anywhere, fixture_free);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

void
stream_fixture_add_tests (const WayDialect *dialect)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", dialect->name, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  g_assert_nonnull (dir);
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    if (g_str_has_suffix (file, get_suffix (dialect)))
      g_ptr_array_add (files, g_strdup (file));
  g_assert_cmpuint (files->len, >, 0);
  g_ptr_array_sort (files, compare_names);
  for (guint i = 0; i < files->len; i++)
    add_fixture (dialect, g_ptr_array_index (files, i));
}
