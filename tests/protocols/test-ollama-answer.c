/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of Ollama that no stream fixture shows, and deltas in its shapes, streamed and whole. */

#include "delta-text.h"
#include "way-dialect.h"
#include "way-message.h"
#include "way-ndjson.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *body;
  const char *deltas; /* NULL: refused */
} BodyRow;

static const BodyRow replies[] = {
  { "chat",
    "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00.5Z\",\"message\":{\"role\":"
    "\"assistant\","
    "\"content\":\"Hello\",\"thinking\":\"hm\"},\"done\":true,\"done_reason\":\"stop\","
    "\"prompt_eval_count\":9,\"eval_count\":2}",
    "begin \"m\"\nreasoning 0 \"hm\"\ntext 0 \"Hello\"\nfinish 0 stop \"stop\"\nusage input=9 "
    "output=2\nend\n" },
  { "generate",
    "{\"model\":\"m\",\"response\":\"Hello\",\"thinking\":\"hm\",\"done\":true,\"context\":[1]}",
    "begin \"m\"\nreasoning 0 \"hm\"\ntext 0 \"Hello\"\nfinish 0 other \"\"\nend\n" },
  { "calls-of-an-imitator",
    "{\"message\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":"
    "\"{\\\"x\\\":1}\"}},{\"id\":\"b\",\"function\":{\"name\":\"g\"}}]},\"done\":true,"
    "\"done_reason\":\"length\"}",
    "tool 0.0 id=a name=f \"{\\\"x\\\":1}\"\ntool 0.1 id=b name=g \"{}\"\nfinish 0 length "
    "\"length\"\nend\n" },
  { "done-not-said", "{\"response\":\"a\"}", "text 0 \"a\"\nend\n" },
  { "error-under-200", "{\"error\":\"no slot\"}", "error \"no slot\"\n" },
  { "error-without-message", "{\"error\":{\"code\":7}}", "error \"{\\\"code\\\":7}\"\n" },
  { "counts-out-of-range",
    "{\"response\":\"\",\"done\":true,\"prompt_eval_count\":-4,\"eval_count\":1e40}",
    "finish 0 other \"\"\nend\n" },
  { "wrong-types",
    "{\"model\":7,\"message\":{\"content\":[],\"thinking\":{},\"tool_calls\":[5,{\"function\":3},{"
    "\"function\":{\"name\":\"\"}}]},\"logprobs\":[7],\"done\":\"yes\"}",
    "end\n" },
  { "odds-of-nothing", "{\"response\":\"a\",\"logprobs\":[{},{\"token\":\"a\"}]}",
    "text 0 \"a\" logprobs=[]\nend\n" },
  { "nothing", "{}", NULL },
  { "status", "{\"status\":\"success\"}", NULL },
  { "array", "[]", NULL },
  { "html", "<html>502</html>", NULL },
  { "empty", "", NULL },
  { "cut", "{\"message\":{\"content\":\"a", NULL },
};

static void
test_replies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      const BodyRow *row = &replies[i];
      g_autoptr (GString) deltas = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_auto (WayDecoder) decoder = { 0 };

      g_test_message ("%s", row->name);
      way_decoder_init (&decoder, delta_text_append, deltas);
      gboolean ok =
        way_dialect_ollama.decode_reply (&decoder, row->body, strlen (row->body), &error);
      g_assert_cmpint (ok, ==, row->deltas != NULL);
      g_assert_cmpstr (deltas->str, ==, row->deltas != NULL ? row->deltas : "");
      if (!ok)
        g_assert_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM);
      else
        g_assert_no_error (error);
    }
}

/* More calls than an answer can have are not kept. */
static void
test_too_many_calls (void)
{
  g_autoptr (GString) body = g_string_new ("{\"message\":{\"tool_calls\":[{}");
  g_autoptr (WayMessage) message = way_message_new ();
  g_auto (WayDecoder) decoder = { 0 };

  for (int i = 0; i < 2000; i++)
    g_string_append (body, ",{\"id\":\"a\",\"function\":{\"name\":\"f\"}}");
  g_string_append (body, "]}}");
  way_decoder_init (&decoder, way_message_add, message);
  g_assert_true (way_dialect_ollama.decode_reply (&decoder, body->str, body->len, NULL));
  /* with the beginning and the end */
  g_assert_cmpuint (way_message_get_deltas (message)->len, ==, 1024 + 2);
}

static const struct
{
  const char *body;
  const char *message; /* NULL: none */
} errors[] = {
  { "{\"error\":\"model 'x' not found\"}", "model 'x' not found" },
  { "{\"error\":{\"message\":\"no\",\"type\":\"t\"}}", "no" },
  { "{\"error\":null}", NULL },
  { "{\"error\":\"\"}", NULL },
  { "{\"message\":{\"content\":\"a\"}}", NULL },
  { "[]", NULL },
  { "", NULL },
};

static void
test_error_bodies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autofree char *message =
        way_dialect_ollama.decode_error (errors[i].body, strlen (errors[i].body));

      g_assert_cmpstr (message, ==, errors[i].message);
    }
}

/* What is said to clients */

#define HEAD "{\"model\":\"m\\\"1\",\"created_at\":\"2025-11-01T12:26:40.000000Z\","
#define SAYS "\"message\":{\"role\":\"assistant\",\"content\":"
#define MORE ",\"done\":false}\n"
#define USAGE(input, cached, output)                                                               \
  {                                                                                                \
    input, cached, -1, -1, output, -1, -1, FALSE                                                   \
  }

static const WayReplyHead head = {
  .id = "1", .model = "m\"1", .created_s = 1762000000, .back = "gemini"
};

typedef struct
{
  const char *name;
  WayDelta deltas[6]; /* up to one whose type is WAY_DELTA_END */
  const char *chat;
  const char *generate;
  const char *whole; /* of /api/chat */
} DeltaRow;

static const DeltaRow says[] = {
  { "words",
    { { .type = WAY_DELTA_TEXT, .text = "a\n\"b\"", .length = 5 },
      { .type = WAY_DELTA_TEXT, .text = "c", .length = 1 },
      { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_STOP_SEQUENCE, .text = "" },
      { .type = WAY_DELTA_USAGE, .text = "", .usage = USAGE (10, 90, 5) },
      { .type = WAY_DELTA_END, .text = "" } },
    HEAD SAYS "\"a\\n\\\"b\\\"\"}" MORE HEAD SAYS "\"c\"}" MORE HEAD SAYS
              "\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":100,"
              "\"eval_count\":5}\n",
    HEAD "\"response\":\"a\\n\\\"b\\\"\"" MORE HEAD "\"response\":\"c\"" MORE HEAD
         "\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":100,"
         "\"eval_count\":5}\n",
    HEAD SAYS "\"a\\n\\\"b\\\"c\"},\"done\":true,\"done_reason\":\"stop\","
              "\"prompt_eval_count\":100,\"eval_count\":5}" },
  { "thoughts-and-unknown-usage",
    { { .type = WAY_DELTA_REASONING, .text = "hm", .length = 2 },
      { .type = WAY_DELTA_SIGNATURE, .text = "sig", .length = 3 },
      { .type = WAY_DELTA_REFUSAL, .text = "no", .length = 2 },
      { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_CONTEXT, .text = "" },
      { .type = WAY_DELTA_USAGE, .text = "", .usage = USAGE (-1, -1, 5) },
      { .type = WAY_DELTA_END, .text = "" } },
    HEAD SAYS "\"\",\"thinking\":\"hm\"}" MORE HEAD SAYS "\"no\"}" MORE HEAD SAYS
              "\"\"},\"done\":true,\"done_reason\":\"length\",\"eval_count\":5}\n",
    HEAD "\"response\":\"\",\"thinking\":\"hm\"" MORE HEAD "\"response\":\"no\"" MORE HEAD
         "\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"eval_count\":5}\n",
    HEAD SAYS "\"no\",\"thinking\":\"hm\"},\"done\":true,\"done_reason\":\"length\","
              "\"eval_count\":5}" },
  { "odds",
    { { .type = WAY_DELTA_TEXT, .text = "a", .length = 1, .logprobs = "[{}]" },
      { .type = WAY_DELTA_END, .text = "" } },
    HEAD SAYS "\"a\"},\"logprobs\":[{}]" MORE HEAD SAYS
              "\"\"},\"done\":true,\"done_reason\":\"stop\"}\n",
    HEAD "\"response\":\"a\",\"logprobs\":[{}]" MORE HEAD
         "\"response\":\"\",\"done\":true,\"done_reason\":\"stop\"}\n",
    HEAD SAYS "\"a\"},\"logprobs\":[{}],\"done\":true,\"done_reason\":\"stop\"}" },
};

static char *
encode_stream (const WayDialect *dialect, const WayReplyHead *reply_head, const WayDelta *deltas)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gpointer encoder = dialect->encoder_new (reply_head);
  WayDelta begin = { .type = WAY_DELTA_BEGIN, .text = "" };

  dialect->encode_delta (encoder, out, &begin);
  for (gsize i = 0; i == 0 || deltas[i - 1].type != WAY_DELTA_END; i++)
    dialect->encode_delta (encoder, out, &deltas[i]);
  dialect->encoder_free (encoder);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static char *
encode_whole (const WayDialect *dialect, const WayReplyHead *reply_head, const WayDelta *deltas)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (WayMessage) message = way_message_new ();

  for (gsize i = 0; i == 0 || deltas[i - 1].type != WAY_DELTA_END; i++)
    way_message_add (&deltas[i], message);
  dialect->encode_reply (out, reply_head, way_message_get_deltas (message));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_deltas (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (says); i++)
    {
      const DeltaRow *row = &says[i];
      g_autofree char *chat = encode_stream (&way_dialect_ollama, &head, row->deltas);
      g_autofree char *generate = encode_stream (&way_dialect_ollama_generate, &head, row->deltas);
      g_autofree char *whole = encode_whole (&way_dialect_ollama, &head, row->deltas);

      g_test_message ("%s", row->name);
      g_assert_cmpstr (chat, ==, row->chat);
      g_assert_cmpstr (generate, ==, row->generate);
      g_assert_cmpstr (whole, ==, row->whole);
    }
}

/* Crumbs, also of two calls in turns, become whole objects. */
static void
test_calls (void)
{
  static const WayDelta deltas[] = {
    { .type = WAY_DELTA_TOOL_CALL, .text = "", .tool_id = "a", .tool_name = "f" },
    { .type = WAY_DELTA_TOOL_CALL, .text = "{\"x\"", .length = 4 },
    { .type = WAY_DELTA_TOOL_CALL,
      .tool = 1,
      .text = "",
      .tool_id = "b",
      .tool_name = "g",
      .signature = "s" },
    { .type = WAY_DELTA_TOOL_CALL, .text = ":1}", .length = 3 },
    { .type = WAY_DELTA_TOOL_CALL, .tool = 2, .text = "ls", .length = 2, .tool_name = "h" },
    { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_TOOL_CALLS, .text = "" },
    { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_LENGTH, .text = "" },
    { .type = WAY_DELTA_END, .text = "" },
  };
#define CALLS                                                                                      \
  "\"tool_calls\":[{\"id\":\"a\",\"function\":{\"index\":0,\"name\":\"f\",\"arguments\":"          \
  "{\"x\":1}}},{\"id\":\"b__wayfare_gemini_cw\",\"function\":{\"index\":1,\"name\":\"g\","         \
  "\"arguments\":{}}},{\"function\":{\"index\":2,\"name\":\"h\",\"arguments\":{\"input\":\"ls\"}}" \
  "}]}"
  g_autofree char *stream = encode_stream (&way_dialect_ollama, &head, deltas);
  g_autofree char *whole = encode_whole (&way_dialect_ollama, &head, deltas);

  g_assert_cmpstr (stream, ==,
                   HEAD SAYS "\"\"," CALLS MORE HEAD SAYS
                             "\"\"},\"done\":true,\"done_reason\":\"stop\"}\n");
  g_assert_cmpstr (whole, ==, HEAD SAYS "\"\"," CALLS ",\"done\":true,\"done_reason\":\"stop\"}");
}

/* An answer to the request to load a model. */
static void
test_load (void)
{
  static const WayDelta deltas[] = { { .type = WAY_DELTA_END, .text = "" } };
  g_autoptr (WayChat) chat = way_chat_new ();
  WayReplyHead loading = head;

  loading.chat = chat;
  g_autofree char *stream = encode_stream (&way_dialect_ollama, &loading, deltas);
  g_autofree char *whole = encode_whole (&way_dialect_ollama_generate, &loading, deltas);
  g_assert_cmpstr (stream, ==, HEAD SAYS "\"\"},\"done\":true,\"done_reason\":\"load\"}\n");
  g_assert_cmpstr (whole, ==, HEAD "\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}");
}

/* A stream that is cut, or that failed, has no line that says done. */
static void
test_no_clean_end (void)
{
  static const WayDelta cut[] = {
    { .type = WAY_DELTA_TOOL_CALL, .text = "{\"x\"", .length = 4, .tool_name = "f" },
    { .type = WAY_DELTA_TEXT, .text = "a", .length = 1 },
    { .type = WAY_DELTA_USAGE, .text = "", .usage = USAGE (1, 2, 3) },
    { .type = WAY_DELTA_ERROR, .text = "gone", .length = 4 },
  };
  g_autoptr (GString) out = g_string_new (NULL);
  gpointer encoder = way_dialect_ollama.encoder_new (&head);

  for (gsize i = 0; i < G_N_ELEMENTS (cut); i++)
    way_dialect_ollama.encode_delta (encoder, out, &cut[i]);
  way_dialect_ollama.encoder_free (encoder);
  g_assert_cmpstr (out->str, ==,
                   HEAD SAYS "\"a\"}" MORE "{\"error\":\"gone\",\"code\":\"upstream_error\"}\n");
}

static void
test_errors (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  way_dialect_ollama.encode_error (out, WAY_ERROR_MODEL_NOT_FOUND, 404, "no \"m\"");
  g_assert_cmpstr (out->str, ==, "{\"error\":\"no \\\"m\\\"\",\"code\":\"model_not_found\"}");
  g_string_truncate (out, 0);
  way_dialect_ollama_generate.encode_stream_error (out, WAY_ERROR_UPSTREAM_CUT, "cut");
  g_assert_cmpstr (out->str, ==, "{\"error\":\"cut\",\"code\":\"upstream_error\"}\n");
}

static void
on_line (
  const char *event, const char *data, gsize length, const char *raw, gsize n, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  way_dialect_ollama.decode_event (user_data, event, data, length, &error);
  g_assert_no_error (error);
}

/* What is encoded decodes to the same deltas. */
static void
test_round_trip (void)
{
  static const WayDelta said[] = {
    { .type = WAY_DELTA_BEGIN, .text = "m\"1", .length = 3 },
    { .type = WAY_DELTA_REASONING, .text = "hm", .length = 2 },
    { .type = WAY_DELTA_TEXT, .text = "a\n\"b\"", .length = 5 },
    { .type = WAY_DELTA_TOOL_CALL, .text = "{}", .length = 2, .tool_id = "a", .tool_name = "f" },
    { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_TOOL_CALLS, .text = "stop", .length = 4 },
    { .type = WAY_DELTA_USAGE, .text = "", .usage = USAGE (10, -1, 5) },
    { .type = WAY_DELTA_END, .text = "" },
  };
  g_autofree char *stream = encode_stream (&way_dialect_ollama, &head, said + 1);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) decoded = g_string_new (NULL);
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();
  g_auto (WayDecoder) decoder = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    delta_text_append (&said[i], expected);
  way_decoder_init (&decoder, delta_text_append, decoded);
  g_assert_true (way_ndjson_feed (ndjson, stream, strlen (stream), on_line, &decoder));
  g_assert_cmpstr (decoded->str, ==, expected->str);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/ollama/replies", test_replies);
  g_test_add_func ("/protocols/ollama/too-many-calls", test_too_many_calls);
  g_test_add_func ("/protocols/ollama/error-bodies", test_error_bodies);
  g_test_add_func ("/protocols/ollama/deltas", test_deltas);
  g_test_add_func ("/protocols/ollama/calls", test_calls);
  g_test_add_func ("/protocols/ollama/load", test_load);
  g_test_add_func ("/protocols/ollama/no-clean-end", test_no_clean_end);
  g_test_add_func ("/protocols/ollama/errors", test_errors);
  g_test_add_func ("/protocols/ollama/round-trip", test_round_trip);
  return g_test_run ();
}
