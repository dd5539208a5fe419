/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of OpenAI-compatible servers → deltas: each fixture against the deltas written beside it,
 * cut at every byte; whole answers, errors and surplus events by table. */

#include "delta-text.h"
#include "way-dialect.h"
#include "way-sse.h"

#include <string.h>

/* What a stream became: the lines of its deltas and its own bytes. */
typedef struct
{
  GString *deltas;
  GString *raw;
} Decoded;

static void
decoded_free (Decoded *decoded)
{
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
  gboolean ok =
    way_dialect_openai_chat.decode_event (data, length, delta_text_append, decoded->deltas, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
}

/* Decodes @stream given in pieces of @head bytes first and then of at most @piece bytes. */
static Decoded *
decode_stream (const char *stream, gsize length, gsize head, gsize piece)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (Decoded) decoded = g_new0 (Decoded, 1);

  decoded->deltas = g_string_new (NULL);
  decoded->raw = g_string_new (NULL);
  g_assert_true (way_sse_feed (sse, stream, head, on_event, decoded));
  for (gsize at = head; at < length; at += piece)
    g_assert_true (way_sse_feed (sse, stream + at, MIN (piece, length - at), on_event, decoded));
  g_assert_cmpuint (way_sse_get_pending (sse), ==, 0);
  g_assert_cmpmem (decoded->raw->str, decoded->raw->len, stream, length);
  return g_steal_pointer (&decoded);
}

static char *
read_fixture (const char *name, const char *suffix, gsize *ret_length)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "fixtures", "openai-chat", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, ret_length, &error);
  g_assert_no_error (error);
  return text;
}

static void
test_fixture (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *stream = read_fixture (name, ".sse", &length);
  g_autofree char *expected = read_fixture (name, ".deltas", NULL);

  g_autoptr (Decoded) decoded = decode_stream (stream, length, length, 1);
  g_assert_cmpstr (decoded->deltas->str, ==, expected);
}

static void
test_fixture_cut_anywhere (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *stream = read_fixture (name, ".sse", &length);
  g_autofree char *expected = read_fixture (name, ".deltas", NULL);

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autoptr (Decoded) decoded = decode_stream (stream, length, cut, length);
      g_assert_cmpstr (decoded->deltas->str, ==, expected);
    }
  g_autoptr (Decoded) by_byte = decode_stream (stream, length, 0, 1);
  g_assert_cmpstr (by_byte->deltas->str, ==, expected);
}

typedef struct
{
  const char *name;
  const char *body;
  const char *deltas; /* NULL: refused */
} BodyRow;

static const BodyRow replies[] = {
  { "text",
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{"
    "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello \\u00e9\",\"refusal\":"
    "null},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,"
    "\"total_tokens\":11}}",
    "text 0 \"Hello \xc3\xa9\"\nfinish 0 \"stop\"\nusage input=9 output=2\nend\n" },
  { "reasoning-and-tools",
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,"
    "\"reasoning_content\":\"hm\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":"
    "{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"b\",\"type\":\"function\",\"function\":{"
    "\"name\":\"g\",\"arguments\":\"{\\\"x\\\":1}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
    "reasoning 0 \"hm\"\ntool 0.0 id=a name=f \"{}\"\ntool 0.1 id=b name=g \"{\\\"x\\\":1}\"\n"
    "finish 0 \"tool_calls\"\nend\n" },
  { "mistral-parts",
    "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":"
    "\"text\",\"text\":\"hm\"}]},{\"type\":\"text\",\"text\":\"so\"}]},\"finish_reason\":\"stop\"}]"
    "}",
    "reasoning 0 \"hm\"\ntext 0 \"so\"\nfinish 0 \"stop\"\nend\n" },
  { "two-choices-without-index",
    "{\"choices\":[{\"message\":{\"content\":\"a\"}},{\"message\":{\"content\":\"b\"}}]}",
    "text 0 \"a\"\ntext 1 \"b\"\nend\n" },
  { "error-under-200", "{\"error\":{\"message\":\"no slot\",\"code\":503}}",
    "error \"no slot\"\n" },
  { "quote-in-text", "{\"choices\":[{\"message\":{\"content\":\"\\\"\"}}],\"error\":null}",
    "text 0 \"\\\"\"\nend\n" },
  { "counts-out-of-range",
    "{\"choices\":[],\"usage\":{\"prompt_tokens\":-4,\"completion_tokens\":1e40,\"cost\":-1}}",
    "end\n" },
  { "cached-beyond-prompt",
    "{\"choices\":[],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1,"
    "\"prompt_tokens_details\":{\"cached_tokens\":10}}}",
    "usage input=4 cached=10 output=1\nend\n" },
  { "wrong-types",
    "{\"choices\":[7,null,{\"index\":\"x\",\"message\":[],\"finish_reason\":{}},{\"index\":-3,"
    "\"message\":{\"content\":7,\"tool_calls\":[5,{\"function\":3}]}}],\"usage\":[]}",
    "end\n" },
  { "nothing", "{}", NULL },
  { "choices-no-array", "{\"choices\":{}}", NULL },
  { "array", "[]", NULL },
  { "html", "<html>502</html>", NULL },
  { "empty", "", NULL },
  { "cut", "{\"choices\":[{\"message\":{\"content\":\"a", NULL },
};

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      const BodyRow *row = &replies[i];
      g_autoptr (GString) deltas = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", row->name);
      gboolean ok = way_dialect_openai_chat.decode_reply (row->body, strlen (row->body),
                                                          delta_text_append, deltas, &error);
      if (row->deltas == NULL)
        {
          g_assert_false (ok);
          g_assert_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM);
          g_assert_cmpstr (deltas->str, ==, "");
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_cmpstr (deltas->str, ==, row->deltas);
    }
}

static void
test_large_event (void)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *event =
    g_strdup_printf ("{\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}", text);
  g_autofree char *expected = g_strdup_printf ("text 0 \"%s\"\n", text);
  g_autoptr (GString) deltas = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  way_dialect_openai_chat.decode_event (event, strlen (event), delta_text_append, deltas, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (deltas->str, ==, expected);
}

static void
test_bad_events (void)
{
  static const char *const bad[] = { "", "[DONE", "DONE", "{", "[]", "7", "{\"a\":1}x", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) deltas = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", bad[i]);
      g_assert_false (way_dialect_openai_chat.decode_event (bad[i], strlen (bad[i]),
                                                            delta_text_append, deltas, &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM);
      g_assert_cmpstr (deltas->str, ==, "");
    }
}

static const struct
{
  const char *event;
  gboolean surplus;
} surpluses[] = {
  { "{\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}", TRUE },
  { "{\"choices\":[],\"usage\":{\"prompt_tokens\":1},\"timings\":{\"prompt_n\":1}}", TRUE },
  { "{\"choices\":[],\"usage\":null}", FALSE },
  { "{\"choices\":[],\"prompt_filter_results\":[]}", FALSE },
  { "{\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":1}}", FALSE },
  { "{\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\"\"}}]}", FALSE },
  { "{\"choices\":[],\"usage\":{},\"error\":{\"message\":\"m\"}}", FALSE },
  { "{\"usage\":{\"prompt_tokens\":1}}", FALSE },
  { "\"usage\"", FALSE },
  { "[DONE]", FALSE },
};

static void
test_surplus_events (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (surpluses); i++)
    {
      const char *event = surpluses[i].event;
      g_test_message ("%s", event);
      g_assert_cmpint (way_dialect_openai_chat.event_is_surplus (event, strlen (event)), ==,
                       surpluses[i].surplus);
    }
}

static const struct
{
  const char *body;
  const char *message; /* NULL: none */
} errors[] = {
  { "{\"error\":{\"message\":\"Incorrect API key\",\"type\":\"invalid_request_error\"}}",
    "Incorrect API key" },
  { "{\"error\":{\"code\":404,\"message\":\"no \\\"m\\\"\"}}", "no \"m\"" },
  { "{\"error\":\"model 'x' not found\"}", "model 'x' not found" },
  { "{\"object\":\"error\",\"message\":\"too long\",\"code\":400}", "too long" },
  { "{\"message\":\"Unauthorized\",\"request_id\":\"1\"}", "Unauthorized" },
  { "{\"detail\":\"Not Found\"}", "Not Found" },
  { "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"Field required\"}]}", "Field required" },
  { "{\"error\":{\"code\":500}}", NULL },
  { "{\"error\":null}", NULL },
  { "{\"detail\":[]}", NULL },
  { "[]", NULL },
  { "<html>", NULL },
  { "", NULL },
};

static void
test_error_bodies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *message =
        way_dialect_openai_chat.decode_error (errors[i].body, strlen (errors[i].body));
      g_assert_cmpstr (message, ==, errors[i].message);
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of the fixtures, without suffix. */
static GPtrArray *
list_fixtures (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "openai-chat", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  g_assert_nonnull (dir);
  for (const char *file = g_dir_read_name (dir); file != NULL; file = g_dir_read_name (dir))
    if (g_str_has_suffix (file, ".sse"))
      g_ptr_array_add (names, g_strndup (file, strlen (file) - strlen (".sse")));
  g_assert_cmpuint (names->len, >, 0);
  g_ptr_array_sort (names, compare_names);
  return names;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_autoptr (GPtrArray) names = list_fixtures ();
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *whole = g_strconcat ("/protocols/openai-chat/fixture/", name, NULL);
      g_autofree char *cut = g_strconcat ("/protocols/openai-chat/cut-anywhere/", name, NULL);
      g_test_add_data_func (whole, name, test_fixture);
      g_test_add_data_func (cut, name, test_fixture_cut_anywhere);
    }
  g_test_add_func ("/protocols/openai-chat/replies", test_replies);
  g_test_add_func ("/protocols/openai-chat/large-event", test_large_event);
  g_test_add_func ("/protocols/openai-chat/bad-events", test_bad_events);
  g_test_add_func ("/protocols/openai-chat/surplus-events", test_surplus_events);
  g_test_add_func ("/protocols/openai-chat/error-bodies", test_error_bodies);
  return g_test_run ();
}
