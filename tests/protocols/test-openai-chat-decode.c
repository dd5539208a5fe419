/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of OpenAI-compatible servers → deltas: each fixture against the deltas written beside it,
 * cut at every byte; whole answers, errors and surplus events by table. */

#include "delta-text.h"
#include "way-dialect.h"

#include <string.h>

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
    "begin \"m\"\ntext 0 \"Hello \xc3\xa9\"\nfinish 0 stop \"stop\"\nusage input=9 "
    "output=2\nend\n" },
  { "reasoning-and-tools",
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,"
    "\"reasoning_content\":\"hm\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":"
    "{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"b\",\"type\":\"function\",\"function\":{"
    "\"name\":\"g\",\"arguments\":\"{\\\"x\\\":1}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
    "reasoning 0 \"hm\"\ntool 0.0 id=a name=f \"{}\"\ntool 0.1 id=b name=g \"{\\\"x\\\":1}\"\n"
    "finish 0 tool-calls \"tool_calls\"\nend\n" },
  { "mistral-parts",
    "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":"
    "\"text\",\"text\":\"hm\"}]},{\"type\":\"text\",\"text\":\"so\"}]},\"finish_reason\":\"stop\"}]"
    "}",
    "reasoning 0 \"hm\"\ntext 0 \"so\"\nfinish 0 stop \"stop\"\nend\n" },
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
      g_auto (WayDecoder) decoder = { 0 };
      way_decoder_init (&decoder, delta_text_append, deltas);
      gboolean ok =
        way_dialect_openai_chat.decode_reply (&decoder, row->body, strlen (row->body), &error);
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

  g_auto (WayDecoder) decoder = { 0 };

  way_decoder_init (&decoder, delta_text_append, deltas);
  way_dialect_openai_chat.decode_event (&decoder, "", event, strlen (event), &error);
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
      g_auto (WayDecoder) decoder = { 0 };
      way_decoder_init (&decoder, delta_text_append, deltas);
      g_assert_false (
        way_dialect_openai_chat.decode_event (&decoder, "", bad[i], strlen (bad[i]), &error));
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-chat/replies", test_replies);
  g_test_add_func ("/protocols/openai-chat/large-event", test_large_event);
  g_test_add_func ("/protocols/openai-chat/bad-events", test_bad_events);
  g_test_add_func ("/protocols/openai-chat/surplus-events", test_surplus_events);
  g_test_add_func ("/protocols/openai-chat/error-bodies", test_error_bodies);
  return g_test_run ();
}
