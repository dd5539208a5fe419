/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The framer of server-sent events: the grammar by table, and that cuts change nothing. */

#include "way-sse.h"

#include "way-limits.h"

#include <string.h>

/* Everything that came out of a framer: "type|data;" for each event, and all raw bytes. */
typedef struct
{
  GString *events;
  GString *raw;
  guint n_blocks;
} Collected;

static Collected *
collected_new (void)
{
  Collected *collected = g_new0 (Collected, 1);

  collected->events = g_string_new (NULL);
  collected->raw = g_string_new (NULL);
  return collected;
}

static void
collected_free (Collected *collected)
{
  g_string_free (collected->events, TRUE);
  g_string_free (collected->raw, TRUE);
  g_free (collected);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Collected, collected_free)

static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  Collected *collected = user_data;

  collected->n_blocks++;
  g_string_append_len (collected->raw, raw, (gssize)raw_length);
  if (data == NULL)
    return;
  g_assert_cmpuint (data[length], ==, '\0');
  g_string_append_printf (collected->events, "%s|", event);
  g_string_append_len (collected->events, data, (gssize)length);
  g_string_append_c (collected->events, ';');
}

/* Feeds @stream cut at @cut, and asserts that no byte is lost. */
static Collected *
feed_in_two (const char *stream, gsize length, gsize cut)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();

  /* Copies of exact size: reading past a piece is then seen by the sanitizer. */
  g_autofree char *head = g_memdup2 (stream, cut);
  g_autofree char *tail = g_memdup2 (stream + cut, length - cut);
  g_assert_true (way_sse_feed (sse, head != NULL ? head : "", cut, on_event, collected));
  g_assert_true (way_sse_feed (sse, tail != NULL ? tail : "", length - cut, on_event, collected));

  g_assert_cmpuint (collected->raw->len + way_sse_get_pending (sse), ==, length);
  g_assert_cmpmem (collected->raw->str, collected->raw->len, stream, collected->raw->len);
  return g_steal_pointer (&collected);
}

static Collected *
feed_by_byte (const char *stream, gsize length)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();

  for (gsize i = 0; i < length; i++)
    g_assert_true (way_sse_feed (sse, stream + i, 1, on_event, collected));
  g_assert_cmpuint (collected->raw->len + way_sse_get_pending (sse), ==, length);
  g_assert_cmpmem (collected->raw->str, collected->raw->len, stream, collected->raw->len);
  return g_steal_pointer (&collected);
}

typedef struct
{
  const char *name;
  const char *stream;
  const char *events;
  gsize pending; /* bytes of the unfinished event at the end */
} GrammarRow;

static const GrammarRow grammar[] = {
  { "one", "data: x\n\n", "|x;", 0 },
  { "two", "data: x\n\ndata: y\n\n", "|x;|y;", 0 },
  { "crlf", "data: x\r\n\r\ndata: y\r\n\r\n", "|x;|y;", 0 },
  { "cr", "data: x\r\rdata: y\r\r", "|x;|y;", 0 },
  { "mixed-ends", "event: a\rdata: x\r\ndata: y\n\r\n", "a|x\ny;", 0 },
  { "no-space", "data:x\n\n", "|x;", 0 },
  { "one-space-only", "data:  x\n\n", "| x;", 0 },
  { "lines-joined", "data: x\ndata:\ndata: y\n\n", "|x\n\ny;", 0 },
  { "data-without-colon", "data\n\n", "|;", 0 },
  { "data-empty", "data:\n\n", "|;", 0 },
  { "data-twice-empty", "data\ndata\n\n", "|\n;", 0 },
  { "type", "event: ping\ndata: x\n\ndata: y\n\n", "ping|x;|y;", 0 },
  { "type-last-wins", "event: a\nevent: b\ndata: x\n\n", "b|x;", 0 },
  { "type-without-data", "event: a\n\ndata: x\n\n", "|x;", 0 },
  { "comment", ": PROCESSING\n\ndata: x\n\n", "|x;", 0 },
  { "comment-inside", "data: x\n:data: z\ndata: y\n\n", "|x\ny;", 0 },
  { "unknown-field", "id: 1\nretry: 9\nfoo: bar\ndata: x\n\n", "|x;", 0 },
  { "name-is-exact", "Data: x\ndata : y\n data: z\ndata: w\n\n", "|w;", 0 },
  { "blank-lines", "\n\n\ndata: x\n\n\n", "|x;", 0 },
  { "byte-order-mark",
    "\xef\xbb\xbf"
    "data: x\n\n",
    "|x;", 0 },
  { "byte-order-mark-once",
    "data: x\n\n\xef\xbb\xbf"
    "data: y\n\n",
    "|x;", 0 },
  { "colon-in-value", "data: a: b\n\n", "|a: b;", 0 },
  { "utf-8", "data: \xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82\n\n",
    "|\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82;", 0 },
  { "unfinished", "data: x\n\ndata: y\n", "|x;", 8 },
  { "unfinished-line", "data: x\n\ndata", "|x;", 4 },
  { "empty", "", "", 0 },
};

static void
test_grammar (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (grammar); i++)
    {
      const GrammarRow *row = &grammar[i];
      gsize length = strlen (row->stream);
      g_test_message ("%s", row->name);
      g_autoptr (Collected) collected = feed_in_two (row->stream, length, length);
      g_assert_cmpstr (collected->events->str, ==, row->events);
      g_assert_cmpuint (length - collected->raw->len, ==, row->pending);
    }
}

static void
test_cut_anywhere (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (grammar); i++)
    {
      const GrammarRow *row = &grammar[i];
      gsize length = strlen (row->stream);
      g_test_message ("%s", row->name);
      for (gsize cut = 0; cut <= length; cut++)
        {
          g_autoptr (Collected) collected = feed_in_two (row->stream, length, cut);
          g_assert_cmpstr (collected->events->str, ==, row->events);
          g_assert_cmpuint (length - collected->raw->len, ==, row->pending);
        }
      g_autoptr (Collected) by_byte = feed_by_byte (row->stream, length);
      g_assert_cmpstr (by_byte->events->str, ==, row->events);
      g_assert_cmpuint (length - by_byte->raw->len, ==, row->pending);
    }
}

static void
test_nul_bytes (void)
{
  static const char stream[] = "data: a\0b\n\n";
  g_autoptr (Collected) collected = feed_in_two (stream, sizeof stream - 1, 3);

  g_assert_cmpmem (collected->events->str, collected->events->len, "|a\0b;", 5);
}

/* An event that ends with CR is given before the next byte is known, and a LF that follows does not
 * end a second one. */
static void
test_event_is_given_at_its_cr (void)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();

  g_assert_true (way_sse_feed (sse, "data: x\r\n\r", 10, on_event, collected));
  g_assert_cmpstr (collected->events->str, ==, "|x;");
  g_assert_cmpuint (way_sse_get_pending (sse), ==, 0);

  g_assert_true (way_sse_feed (sse, "\n", 1, on_event, collected));
  g_assert_cmpuint (way_sse_get_pending (sse), ==, 0);
  g_assert_cmpstr (collected->raw->str, ==, "data: x\r\n\r\n");
  g_assert_cmpstr (collected->events->str, ==, "|x;");
}

/* The raw bytes of an event are its own: what came before and after it is in other blocks. */
static void
test_raw_belongs_to_its_event (void)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();

  g_assert_true (way_sse_feed (sse, ": hello\n\ndata: x\n\ndata:", 23, on_event, collected));
  g_assert_cmpuint (collected->n_blocks, ==, 2);
  g_assert_cmpstr (collected->raw->str, ==, ": hello\n\ndata: x\n\n");
  g_assert_cmpuint (way_sse_get_pending (sse), ==, 5);
}

static void
test_event_within_limit (void)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();
  g_autofree char *event = g_malloc (WAY_LIMIT_STREAM_EVENT_BYTES);

  memset (event, 'x', WAY_LIMIT_STREAM_EVENT_BYTES);
  memcpy (event, "data: ", 6);
  memcpy (event + WAY_LIMIT_STREAM_EVENT_BYTES - 2, "\n\n", 2);
  g_assert_true (way_sse_feed (sse, event, WAY_LIMIT_STREAM_EVENT_BYTES, on_event, collected));
  g_assert_cmpuint (collected->raw->len, ==, WAY_LIMIT_STREAM_EVENT_BYTES);
}

static void
test_event_over_limit (void)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Collected) collected = collected_new ();
  g_autofree char *piece = g_malloc (64 * 1024);
  gsize fed = 0;

  memset (piece, 'x', 64 * 1024);
  g_assert_true (way_sse_feed (sse, "data: y\n\n", 9, on_event, collected));
  while (way_sse_feed (sse, piece, 64 * 1024, on_event, collected))
    fed += 64 * 1024;
  g_assert_cmpuint (fed, ==, WAY_LIMIT_STREAM_EVENT_BYTES);
  g_assert_cmpuint (way_sse_get_pending (sse), <=, WAY_LIMIT_STREAM_EVENT_BYTES);

  g_assert_false (way_sse_feed (sse, "\n\ndata: z\n\n", 11, on_event, collected));
  g_assert_cmpstr (collected->events->str, ==, "|y;");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/sse/grammar", test_grammar);
  g_test_add_func ("/protocols/sse/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/protocols/sse/nul-bytes", test_nul_bytes);
  g_test_add_func ("/protocols/sse/event-is-given-at-its-cr", test_event_is_given_at_its_cr);
  g_test_add_func ("/protocols/sse/raw-belongs-to-its-event", test_raw_belongs_to_its_event);
  g_test_add_func ("/protocols/sse/event-within-limit", test_event_within_limit);
  g_test_add_func ("/protocols/sse/event-over-limit", test_event_over_limit);
  return g_test_run ();
}
