/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* JSON: scanned, spliced, read through bounds and written, by table and by chance. */

#include "way-error.h"
#include "way-json-scan.h"
#include "way-json-splice.h"
#include "way-json.h"
#include "way-limits.h"

#include <string.h>

static void
test_validity (void)
{
  static const char *const valid[] = {
    "{}",
    "[]",
    "0",
    "-0",
    "1e400",
    "-1.5E+3",
    "\"\"",
    "true",
    "null",
    " [1 , 2 ] \r\n",
    "{\"a\":{\"b\":[{}]}}",
    "\"\\u00e9\\\"\\/\\ud800\"",
    "\"caf\xc3\xa9 \xf0\x9f\x8c\x8d\"",
    "{\"a\":1,\"a\":2}",
  };
  static const char *const invalid[] = {
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "0x1",
    "NaN",
    "tru",
    "nulll",
    "\"",
    "\"\\x\"",
    "\"\\u12g4\"",
    "\"\\",
    "\"a\nb\"",
    "\"\xff\"",
    "\"\xc3\"",
    "\"\xed\xa0\x80\"",
    "[]]",
    "{}{}",
    "\xef\xbb\xbf{}",
    "[1}",
    "{\"a\":1]",
    "//x\n1",
  };
  WayJsonSpan root;

  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    if (!way_json_scan_document (valid[i], strlen (valid[i]), &root))
      g_error ("refused: %s", valid[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (invalid); i++)
    if (way_json_scan_document (invalid[i], strlen (invalid[i]), &root))
      g_error ("accepted: %s", invalid[i]);
}

static void
test_depth (void)
{
  g_autofree char *open = g_strnfill (WAY_LIMIT_JSON_DEPTH + 1, '[');
  g_autofree char *close = g_strnfill (WAY_LIMIT_JSON_DEPTH + 1, ']');
  g_autofree char *deeper = g_strconcat (open, close, NULL);
  g_autofree char *deepest = g_strdup_printf ("%s%s", open + 1, close + 1);
  g_autoptr (GError) error = NULL;
  WayJsonSpan root;

  g_assert_true (way_json_scan_document (deepest, strlen (deepest), &root));
  g_assert_false (way_json_scan_document (deeper, strlen (deeper), &root));
  g_assert_null (way_json_parse (deeper, strlen (deeper), &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
}

/* Cut short anywhere, a document is never valid and never read beyond its end. */
static void
test_truncation (void)
{
  static const char whole[] = "{\"a\":[1.5e3,\"\\u00e9x\",{\"b\":null}],\"c\":\"caf\xc3\xa9\"}";
  WayJsonSpan root;

  g_assert_true (way_json_scan_document (whole, sizeof whole - 1, &root));
  for (gsize length = 0; length < sizeof whole - 1; length++)
    {
      g_autofree char *part = g_memdup2 (whole, length);

      g_assert_false (way_json_scan_document (part, length, &root));
      g_assert_cmpint (way_json_scan_find_fault (part, length) - part, <=, (gssize)length);
    }
}

static void
test_fault (void)
{
  static const struct
  {
    const char *before;
    const char *from; /* what cannot be there, and what follows */
  } rows[] = {
    { "", "" },
    { "", "\xef\xbb\xbf{}" },
    { "{\"a\":1", "" },
    { " {\"a\" ", "1}" },
    { "{\"a\":1", "\"b\":2}" },
    { "{\"a\":1, ", "// b\n}" },
    { "{\"a\":1,", "}" },
    { "{\"a\": 0", "1}" },
    { "{\"a\":", "-}" },
    { "{\"a\":[", "nul]}" },
    { "{\"a\":\"b", "\n\"}" },
    { "{\"a\":\"b", "\\x\"}" },
    { "{\"a", "\xff\":1}" },
    { "{} ", "{}" },
    { "{} ", "" }, /* all is well */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (rows[i].before, rows[i].from, NULL);

      g_assert_cmpstr (way_json_scan_find_fault (text, strlen (text)), ==, rows[i].from);
    }
}

static WayJsonSpan
scan (const char *text)
{
  WayJsonSpan root;

  g_assert_true (way_json_scan_document (text, strlen (text), &root));
  return root;
}

static void
test_members (void)
{
  WayJsonSpan root = scan ("{\"x\":[1,\"}\",{}],\"\\u006dodel\":\"first\",\"model\" : \"last\"}");
  WayJsonSpan model = way_json_scan_member (&root, "model");
  WayJsonSpan list = way_json_scan_member (&root, "x");
  WayJsonSpan absent = way_json_scan_member (&root, "y");
  WayJsonSpan element;
  WayJsonCursor cursor;
  guint n = 0;

  g_assert_true (way_json_span_is (&model, "last"));
  g_assert_cmpint (absent.type, ==, WAY_JSON_NONE);
  way_json_scan_begin (&cursor, &list);
  while (way_json_scan_next (&cursor, NULL, &element))
    n++;
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpint (element.type, ==, WAY_JSON_OBJECT);
}

/* Strings are read in words: any byte at any place of any length must count alike. */
static void
test_bytes (void)
{
  static const guchar bytes[] = {
    0x00, 0x01, 0x1f, ' ', '!', '"', '#', '[', '\\', ']', 0x7f, 0x80
  };

  for (gsize length = 1; length <= 24; length++)
    for (gsize at = 0; at < length; at++)
      for (gsize i = 0; i < sizeof bytes; i++)
        {
          g_autofree char *text = g_strnfill (length + 2, 'a');
          gboolean plain = bytes[i] >= ' ' && bytes[i] < 0x80 && !strchr ("\"\\", bytes[i]);
          WayJsonSpan root = { 0 };

          text[0] = text[length + 1] = '"';
          text[at + 1] = (char)bytes[i];
          g_assert_cmpint (way_json_scan_document (text, length + 2, &root), ==, plain);
          g_assert_cmpuint (root.length, ==, plain ? length + 2 : 0);
        }
}

/* What is compared without unescaping: lengths that differ, and escapes that look alike. */
static void
test_is (void)
{
  static const struct
  {
    const char *json;
    const char *text;
    gboolean is;
  } rows[] = {
    { "\"model\"", "model", TRUE },
    { "\"model\"", "mode", FALSE },
    { "\"model\"", "models", FALSE },
    { "\"model\"", "modal", FALSE },
    { "\"\\u006dodel\"", "model", TRUE },
    { "\"mode\\u006c\"", "models", FALSE },
    { "\"a\\nb\"", "a\\nb", FALSE },
    { "\"a\\nb\"", "a\nb", TRUE },
    { "\"a\\\\b\"", "a\\b", TRUE },
    { "\"\"", "", TRUE },
    { "17", "17", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WayJsonSpan span = scan (rows[i].json);

      g_assert_cmpint (way_json_span_is (&span, rows[i].text), ==, rows[i].is);
    }
}

static void
test_strings (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } rows[] = {
    { "\"plain\"", "plain" },
    { "\"\\b\\f\\n\\r\\t\\\"\\/\\\\\"", "\b\f\n\r\t\"/\\" },
    { "\"\\u00e9\"", "\xc3\xa9" },
    { "\"\\ud83c\\udf0d!\"", "\xf0\x9f\x8c\x8d!" },
    { "\"\\ud83c\"", "\xef\xbf\xbd" },
    { "\"\\udf0d\\ud83c\"", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\"a\\u0000b\"", "a\xef\xbf\xbd"
                       "b" },
    { "12", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WayJsonSpan span = scan (rows[i].json);
      g_autofree char *text = way_json_span_dup_string (&span);

      g_assert_cmpstr (text, ==, rows[i].text);
      if (rows[i].text)
        g_assert_true (way_json_span_is (&span, rows[i].text));
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *json;
    gboolean fits;
    gint64 nano;
  } rows[] = {
    { "0.00123", TRUE, 1230000 },
    { "1.2e-5", TRUE, 12000 },
    { "-0.5", TRUE, -500000000 },
    { "1e9", TRUE, G_GINT64_CONSTANT (1000000000000000000) },
    { "1e10", FALSE, 0 },
    { "1e400", FALSE, 0 },
    { "1e-400", TRUE, 0 },
    { "0e999999999999", TRUE, 0 },
    { "0.0000000005", TRUE, 1 },
    { "0.0000000004999", TRUE, 0 },
    { "99999999999999999999999999999999999999999", FALSE, 0 },
    { "0.33333333333333333333333333333333333333333333", TRUE, 333333333 },
    { "\"1\"", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WayJsonSpan span = scan (rows[i].json);
      gint64 nano = 7;

      g_assert_cmpint (way_json_span_get_decimal (&span, 9, &nano), ==, rows[i].fits);
      g_assert_cmpint (nano, ==, rows[i].fits ? rows[i].nano : 7);
    }
}

static void
test_integers (void)
{
  static const struct
  {
    const char *json;
    gboolean fits;
  } rows[] = {
    { "0", TRUE },    { "100", TRUE },  { "101", FALSE },  { "-1", FALSE },
    { "1.0", FALSE }, { "1e1", FALSE }, { "null", FALSE }, { "9223372036854775808", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WayJsonSpan span = scan (rows[i].json);
      gint64 value = -7;

      g_assert_cmpint (way_json_span_get_int (&span, 0, 100, &value), ==, rows[i].fits);
      g_assert_cmpint (value == -7, ==, !rows[i].fits);
    }
}

typedef struct
{
  const char *before;
  WayJsonEdit edits[2];
  const char *after;
} Splice;

static const Splice splices[] = {
  { "{ \"a\" : 1.10,\"model\":\"x\",\"b\":1e400 , \"c\":-0.0}",
    { { "model", "\"y\"" } },
    "{ \"a\" : 1.10,\"model\":\"y\",\"b\":1e400 , \"c\":-0.0}" },
  { "{\"\\u006dodel\":1,\"x\":\"\\/\",\"model\":2}",
    { { "model", "\"y\"" } },
    "{\"\\u006dodel\":\"y\",\"x\":\"\\/\",\"model\":\"y\"}" },
  { "{}", { { "model", "1" } }, "{\"model\":1}" },
  { "{\n}", { { "a", "1" }, { "b", "2" } }, "{\n\"a\":1,\"b\":2}" },
  { "{\"a\":1}", { { "b.c", "true" } }, "{\"a\":1,\"b\":{\"c\":true}}" },
  { "{\"b\":null}", { { "b.c", "true" } }, "{\"b\":{\"c\":true}}" },
  { "{\"b\":{\"d\":1}}", { { "b.c", "true" } }, "{\"b\":{\"d\":1,\"c\":true}}" },
  { "{\"b\":{\"c\":false}}", { { "b.c", "true" } }, "{\"b\":{\"c\":true}}" },
  { "{\"a\":1,\"b\":2,\"c\":3}", { { "a", NULL } }, "{\"b\":2,\"c\":3}" },
  { "{\"a\":1,\"b\":2,\"c\":3}", { { "b", NULL } }, "{\"a\":1,\"c\":3}" },
  { "{\"a\":1,\"b\":2 , \"c\":3 }", { { "c", NULL } }, "{\"a\":1,\"b\":2 }" },
  { "{\"a\":1,\"b\":2}", { { "a", NULL }, { "b", NULL } }, "{}" },
  { "{\"a\":1}", { { "a", NULL }, { "b", "2" } }, "{\"b\":2}" },
  { "{\"a\":1}", { { "z", NULL } }, "{\"a\":1}" },
  { "{\"a\":1,\"a\":2, \"b\":3}", { { "a", NULL } }, "{\"b\":3}" },
  { "{\"b\":3,\"a\":1,\"a\":2}", { { "a", NULL } }, "{\"b\":3}" },
  { "{\"a\":1,\"b\":2,\"c\":3}", { { "a", NULL }, { "b", NULL } }, "{\"c\":3}" },
  { "{\"a\":1,\"b\":2,\"c\":3}", { { "b", NULL }, { "c", NULL } }, "{\"a\":1}" },
  { "{\"b\":{\"c\":1}}", { { "b.c", NULL }, { "b.d", "2" } }, "{\"b\":{\"d\":2}}" },
  { "{}", { { "b.c", "1" }, { "b.d", "2" } }, "{\"b\":{\"c\":1,\"d\":2}}" },
};

static void
test_splice (gconstpointer data)
{
  const Splice *row = data;
  g_autoptr (GBytes) before = g_bytes_new_static (row->before, strlen (row->before));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) after =
    way_json_splice (before, row->edits, row->edits[1].path ? 2 : 1, &error);
  g_autoptr (GBytes) same = way_json_splice_valid (before, row->edits, row->edits[1].path ? 2 : 1);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (same, after));
  text = g_strndup (g_bytes_get_data (after, NULL), g_bytes_get_size (after));
  g_assert_cmpstr (text, ==, row->after);
}

static void
test_splice_refuses (void)
{
  static const char *const rows[] = { "", "[]", "\"x\"", "{", "{\"a\":1}x" };
  const WayJsonEdit edit = { "model", "1" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (rows[i], strlen (rows[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (way_json_splice (body, &edit, 1, &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
    }
}

static void
add_random_value (GString *text, guint depth)
{
  static const char *const scalars[] = {
    "1.10", "-0.0", "1e400", "12345678901234567890", "\"a\\\"}\"", "\"\\u00e9\"", "null", "[ ]",
  };

  if (depth == 0 || g_test_rand_int_range (0, 3) > 0)
    g_string_append (text, scalars[g_test_rand_int_range (0, G_N_ELEMENTS (scalars))]);
  else
    {
      g_string_append (text, "{ \"model\": ");
      add_random_value (text, depth - 1);
      g_string_append (text, ",\"n\":[");
      add_random_value (text, depth - 1);
      g_string_append (text, "]}");
    }
}

/* Whatever the document: after a splice every other member is the same bytes, in the same order. */
static void
test_splice_keeps_the_rest (void)
{
  const WayJsonEdit edit = { "model", "\"new\"" };

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GString) text = g_string_new ("{");
      g_autoptr (GString) rest_before = g_string_new (NULL);
      g_autoptr (GString) rest_after = g_string_new (NULL);
      g_autoptr (GBytes) before = NULL;
      g_autoptr (GBytes) after = NULL;
      GString *rests[] = { rest_before, rest_after };
      GBytes *bodies[2];

      for (gint i = g_test_rand_int_range (1, 6); i > 0; i--)
        {
          g_string_append_printf (text,
                                  "\"%s\" :", g_test_rand_int_range (0, 3) ? "other" : "model");
          add_random_value (text, 3);
          g_string_append (text, i > 1 ? " ," : "\n");
        }
      g_string_append_c (text, '}');
      before = g_bytes_new (text->str, text->len);
      after = way_json_splice (before, &edit, 1, NULL);
      g_assert_nonnull (after);
      bodies[0] = before;
      bodies[1] = after;
      for (int i = 0; i < 2; i++)
        {
          WayJsonSpan root, name, value;
          WayJsonCursor cursor;

          g_assert_true (way_json_scan_document (g_bytes_get_data (bodies[i], NULL),
                                                 g_bytes_get_size (bodies[i]), &root));
          way_json_scan_begin (&cursor, &root);
          while (way_json_scan_next (&cursor, &name, &value))
            if (!way_json_span_is (&name, "model"))
              g_string_append_len (rests[i], value.data, value.length);
            else if (i == 1)
              g_assert_true (way_json_span_is (&value, "new"));
        }
      g_assert_cmpstr (rest_before->str, ==, rest_after->str);
    }
}

static void
test_append (void)
{
  static const struct
  {
    const char *text;
    const char *json;
  } rows[] = {
    { "plain", "\"plain\"" },
    { "\"\\\n\t\x01", "\"\\\"\\\\\\n\\t\\u0001\"" },
    { "\xe2\x80\xa8", "\"\xe2\x80\xa8\"" },
    { "a\xff", "\"a\xef\xbf\xbd\"" },
    { "", "\"\"" },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_string_truncate (text, 0);
      way_json_append_string (text, rows[i].text);
      g_assert_cmpstr (text->str, ==, rows[i].json);
    }
  g_string_truncate (text, 0);
  way_json_append_nullable (text, NULL);
  g_assert_cmpstr (text->str, ==, "null");
}

static void
test_append_decimal (void)
{
  static const struct
  {
    gint64 value;
    guint digits;
    const char *text;
  } rows[] = {
    { 1234500, 9, "0.0012345" }, { 0, 9, "0" }, { 5000000000, 9, "5" },
    { -1, 2, "-0.01" },          { 7, 0, "7" }, { G_MININT64, 2, "-92233720368547758.08" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      way_json_append_decimal (text, rows[i].value, rows[i].digits);
      g_assert_cmpstr (text->str, ==, rows[i].text);
    }
}

static void
test_getters (void)
{
  static const char json[] =
    "{\"s\":\"x\",\"i\":5,\"d\":1.5,\"b\":true,\"o\":{},\"a\":[],\"n\":null}";
  g_autoptr (JsonNode) root = way_json_parse (json, strlen (json), NULL);
  JsonObject *object = json_node_get_object (root);

  g_assert_cmpstr (way_json_get_string (object, "s"), ==, "x");
  g_assert_null (way_json_get_string (object, "i"));
  g_assert_null (way_json_get_string (object, "n"));
  g_assert_null (way_json_get_string (object, "absent"));
  g_assert_cmpint (way_json_get_int (object, "i", 0, 10, -1), ==, 5);
  g_assert_cmpint (way_json_get_int (object, "i", 0, 4, -1), ==, -1);
  g_assert_cmpint (way_json_get_int (object, "d", 0, 10, -1), ==, -1);
  g_assert_true (way_json_get_boolean (object, "b", FALSE));
  g_assert_true (way_json_get_boolean (object, "s", TRUE));
  g_assert_nonnull (way_json_get_object (object, "o"));
  g_assert_null (way_json_get_object (object, "a"));
  g_assert_nonnull (way_json_get_array (object, "a"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json-scan/validity", test_validity);
  g_test_add_func ("/base/json-scan/depth", test_depth);
  g_test_add_func ("/base/json-scan/truncation", test_truncation);
  g_test_add_func ("/base/json-scan/fault", test_fault);
  g_test_add_func ("/base/json-scan/members", test_members);
  g_test_add_func ("/base/json-scan/bytes", test_bytes);
  g_test_add_func ("/base/json-scan/is", test_is);
  g_test_add_func ("/base/json-scan/strings", test_strings);
  g_test_add_func ("/base/json-scan/numbers", test_numbers);
  g_test_add_func ("/base/json-scan/integers", test_integers);
  for (gsize i = 0; i < G_N_ELEMENTS (splices); i++)
    {
      g_autofree char *path = g_strdup_printf ("/base/json-splice/%zu", i);

      g_test_add_data_func (path, &splices[i], test_splice);
    }
  g_test_add_func ("/base/json-splice/refuses", test_splice_refuses);
  g_test_add_func ("/base/json-splice/keeps-the-rest", test_splice_keeps_the_rest);
  g_test_add_func ("/base/json/append", test_append);
  g_test_add_func ("/base/json/append-decimal", test_append_decimal);
  g_test_add_func ("/base/json/getters", test_getters);
  return g_test_run ();
}
