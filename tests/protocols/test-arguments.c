/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The arguments of a call as an object, by themselves and in the whole answers of the dialects
 * whose clients look into it. */

#include "way-chat.h"
#include "way-dialect.h"

#include <string.h>

static const struct
{
  const char *text;
  const char *object;
} rows[] = {
  { "", "{}" },
  { "{}", "{}" },
  { " {\"a\":1} ", "{\"a\":1}" },
  { "{\"a\":1", "{\"input\":\"{\\\"a\\\":1\"}" }, /* the model was stopped in the middle */
  { "{\"a\":1}}", "{\"input\":\"{\\\"a\\\":1}}\"}" },
  { "[1]", "{\"input\":\"[1]\"}" },
  { "null", "{\"input\":\"null\"}" },
  { "free text", "{\"input\":\"free text\"}" },
};

static void
test_arguments (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) json = g_string_new (NULL);

      way_tool_append_arguments (json, rows[i].text, strlen (rows[i].text));
      g_assert_cmpstr (json->str, ==, rows[i].object);
    }
}

static char *
dup_reply (const WayDialect *dialect, const char *arguments)
{
  const WayReplyHead head = { .id = "r", .model = "m" };
  g_autoptr (GArray) deltas = g_array_new (FALSE, FALSE, sizeof (WayDelta));
  GString *body = g_string_new (NULL);
  WayDelta call = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);

  call.tool_id = "c";
  call.tool_name = "f";
  call.text = arguments;
  call.length = strlen (arguments);
  g_array_append_val (deltas, call);
  dialect->encode_reply (body, &head, deltas);
  return g_string_free (body, FALSE);
}

static void
test_in_answers (void)
{
  static const char *const dialects[] = { "anthropic", "gemini", "ollama" };

  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (rows); j++)
      {
        g_autofree char *reply = dup_reply (way_dialect_by_name (dialects[i]), rows[j].text);

        g_test_message ("%s: %s", dialects[i], reply);
        g_assert_nonnull (strstr (reply, rows[j].object));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocols/arguments/object", test_arguments);
  g_test_add_func ("/protocols/arguments/in-answers", test_in_answers);
  return g_test_run ();
}
