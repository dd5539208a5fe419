/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → OpenAI's shapes, and back again through the decoder. */

#include "delta-text.h"
#include "way-dialect.h"
#include "way-sse.h"

#include <string.h>

#define CHUNK                                                                                      \
  "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1762000000,"      \
  "\"model\":\"m\\\"1\",\"choices\":"
#define CHOICE(delta) CHUNK "[{\"index\":0,\"delta\":{" delta "},\"logprobs\":null,"

static const WayReplyHead head = { .id = "1", .model = "m\"1", .created_s = 1762000000 };

typedef struct
{
  WayDelta delta;
  const char *encoded;
} DeltaRow;

static const DeltaRow deltas[] = {
  { { .type = WAY_DELTA_BEGIN, .text = "", .length = 0 },
    CHOICE ("\"role\":\"assistant\",\"content\":\"\"") "\"finish_reason\":null}]}\n\n" },
  { { .type = WAY_DELTA_TEXT, .text = "a\n\"b\"", .length = 5 },
    CHOICE ("\"content\":\"a\\n\\\"b\\\"\"") "\"finish_reason\":null}]}\n\n" },
  { { .type = WAY_DELTA_REASONING, .text = "hm", .length = 2 },
    CHOICE ("\"reasoning_content\":\"hm\"") "\"finish_reason\":null}]}\n\n" },
  { { .type = WAY_DELTA_REFUSAL, .text = "no", .length = 2 },
    CHOICE ("\"refusal\":\"no\"") "\"finish_reason\":null}]}\n\n" },
  { { .type = WAY_DELTA_TOOL_CALL, .tool = 1, .text = "", .tool_id = "c1", .tool_name = "f" },
    CHOICE ("\"tool_calls\":[{\"index\":1,\"id\":\"c1\",\"type\":\"function\",\"function\":{"
            "\"name\":\"f\",\"arguments\":\"\"}}]") "\"finish_reason\":null}]}\n\n" },
  { { .type = WAY_DELTA_TOOL_CALL, .text = "{\"x\"", .length = 4 },
    CHOICE (
      "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\"\"}}]") "\"finish_"
                                                                                    "reason\":null}"
                                                                                    "]}\n\n" },
  { { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_STOP, .text = "stop", .length = 4 },
    CHOICE ("") "\"finish_reason\":\"stop\"}]}\n\n" },
  { { .type = WAY_DELTA_USAGE, .text = "" }, "" },
  { { .type = WAY_DELTA_ERROR, .text = "gone", .length = 4 },
    "data: {\"error\":{\"message\":\"gone\",\"type\":\"api_error\",\"param\":null,\"code\":"
    "\"upstream_error\"}}\n\n" },
  { { .type = WAY_DELTA_END, .text = "" }, "data: [DONE]\n\n" },
};

static void
test_deltas (void)
{
  gpointer encoder = way_dialect_openai_chat.encoder_new (&head);

  for (gsize i = 0; i < G_N_ELEMENTS (deltas); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      way_dialect_openai_chat.encode_delta (encoder, out, &deltas[i].delta);
      g_assert_cmpstr (out->str, ==, deltas[i].encoded);
    }
  way_dialect_openai_chat.encoder_free (encoder);
}

typedef struct
{
  WayUsage usage;
  const char *json;
} UsageRow;

static const UsageRow usages[] = {
  { { 10, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, 5, WAY_UNKNOWN, WAY_UNKNOWN, FALSE },
    "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}" },
  { { 10, 90, WAY_UNKNOWN, WAY_UNKNOWN, 5, 3, WAY_UNKNOWN, FALSE },
    "{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":105,"
    "\"prompt_tokens_details\":{\"cached_tokens\":90},"
    "\"completion_tokens_details\":{\"reasoning_tokens\":3}}" },
  { { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, 5, WAY_UNKNOWN, WAY_UNKNOWN, FALSE },
    "{\"prompt_tokens\":null,\"completion_tokens\":5,\"total_tokens\":null}" },
};

static void
test_usage (void)
{
  WayReplyHead asking = head;

  asking.wants_usage = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (usages); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *expected =
        g_strconcat (CHUNK "[],\"usage\":", usages[i].json, "}\n\ndata: [DONE]\n\n", NULL);
      WayDelta delta = { .type = WAY_DELTA_USAGE, .usage = usages[i].usage };
      WayDelta end = { .type = WAY_DELTA_END };
      gpointer encoder = way_dialect_openai_chat.encoder_new (&asking);
      way_dialect_openai_chat.encode_delta (encoder, out, &delta);
      g_assert_cmpuint (out->len, ==, 0);
      way_dialect_openai_chat.encode_delta (encoder, out, &end);
      way_dialect_openai_chat.encoder_free (encoder);
      g_assert_cmpstr (out->str, ==, expected);
    }
}

/* Who asked for usage sees the member in every chunk. */
static void
test_usage_is_null_before_the_end (void)
{
  WayReplyHead asking = head;
  WayDelta begin = { .type = WAY_DELTA_BEGIN };
  WayDelta delta = { .type = WAY_DELTA_TEXT, .text = "a", .length = 1 };
  g_autoptr (GString) out = g_string_new (NULL);
  gpointer encoder = way_dialect_openai_chat.encoder_new (&asking);

  asking.wants_usage = TRUE;
  way_dialect_openai_chat.encode_delta (encoder, out, &begin);
  g_string_truncate (out, 0);
  way_dialect_openai_chat.encode_delta (encoder, out, &delta);
  way_dialect_openai_chat.encoder_free (encoder);
  g_assert_cmpstr (out->str, ==,
                   CHOICE ("\"content\":\"a\"") "\"finish_reason\":null}],\"usage\":null}\n\n");
}

static void
append_line (
  const char *event, const char *data, gsize length, const char *raw, gsize n, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  way_dialect_openai_chat.decode_event (user_data, event, data, length, &error);
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
    { .type = WAY_DELTA_TOOL_CALL, .text = "", .tool_id = "c1", .tool_name = "f" },
    { .type = WAY_DELTA_TOOL_CALL, .text = "{}", .length = 2 },
    { .type = WAY_DELTA_FINISH,
      .finish = WAY_FINISH_TOOL_CALLS,
      .text = "tool_calls",
      .length = 10 },
    { .type = WAY_DELTA_USAGE, .text = "", .usage = { 10, 90, -1, -1, 5, 3, -1, FALSE } },
    { .type = WAY_DELTA_END, .text = "" },
  };
  WayReplyHead asking = head;
  g_autoptr (GString) stream = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) decoded = g_string_new (NULL);
  g_autoptr (WaySse) sse = way_sse_new ();
  g_auto (WayDecoder) decoder = { 0 };
  gpointer encoder = way_dialect_openai_chat.encoder_new (&asking);

  asking.wants_usage = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    {
      way_dialect_openai_chat.encode_delta (encoder, stream, &said[i]);
      delta_text_append (&said[i], expected);
    }
  way_dialect_openai_chat.encoder_free (encoder);
  way_decoder_init (&decoder, delta_text_append, decoded);
  g_assert_true (way_sse_feed (sse, stream->str, stream->len, append_line, &decoder));
  g_assert_cmpstr (decoded->str, ==, expected->str);
}

static GArray *
make_reply (void)
{
  static const WayDelta reply[] = {
    { .type = WAY_DELTA_REASONING, .text = "hm", .length = 2 },
    { .type = WAY_DELTA_TOOL_CALL, .text = "{}", .length = 2, .tool_id = "c0", .tool_name = "f" },
    { .type = WAY_DELTA_TOOL_CALL,
      .tool = 1,
      .text = "{}",
      .length = 2,
      .tool_id = "c1",
      .tool_name = "g" },
    { .type = WAY_DELTA_FINISH,
      .finish = WAY_FINISH_TOOL_CALLS,
      .text = "tool_calls",
      .length = 10 },
    { .type = WAY_DELTA_TEXT, .choice = 1, .text = "b", .length = 1 },
    { .type = WAY_DELTA_FINISH,
      .finish = WAY_FINISH_STOP,
      .choice = 1,
      .text = "stop",
      .length = 4 },
    { .type = WAY_DELTA_USAGE, .text = "", .usage = { 1, 2, -1, -1, 3, -1, -1, FALSE } },
    { .type = WAY_DELTA_END, .text = "" },
  };
  GArray *array = g_array_new (FALSE, FALSE, sizeof (WayDelta));

  return g_array_append_vals (array, reply, G_N_ELEMENTS (reply));
}

static void
test_reply (void)
{
  g_autoptr (GArray) reply = make_reply ();
  g_autoptr (GString) out = g_string_new (NULL);

  way_dialect_openai_chat.encode_reply (out, &head, reply);
  g_assert_cmpstr (
    out->str, ==,
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1762000000,\"model\":"
    "\"m\\\"1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,"
    "\"reasoning_content\":\"hm\",\"refusal\":null,\"tool_calls\":[{\"id\":\"c0\",\"type\":"
    "\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"c1\",\"type\":"
    "\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},\"logprobs\":null,"
    "\"finish_reason\":\"tool_calls\"},{\"index\":1,\"message\":{\"role\":\"assistant\","
    "\"content\":\"b\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":"
    "{\"prompt_tokens\":3,\"completion_tokens\":3,\"total_tokens\":6,\"prompt_tokens_details\":{"
    "\"cached_tokens\":2}}}");
}

static void
test_reply_round_trip (void)
{
  g_autoptr (GArray) reply = make_reply ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) decoded = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (WayDecoder) decoder = { 0 };

  g_string_append (expected, "begin \"m\\\"1\"\n");
  for (guint i = 0; i < reply->len; i++)
    delta_text_append (&g_array_index (reply, WayDelta, i), expected);
  way_dialect_openai_chat.encode_reply (out, &head, reply);
  way_decoder_init (&decoder, delta_text_append, decoded);
  way_dialect_openai_chat.decode_reply (&decoder, out->str, out->len, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (decoded->str, ==, expected->str);
}

static const struct
{
  WayErrorCode code;
  const char *type;
} types[] = {
  { WAY_ERROR_UNAUTHORIZED, "authentication_error" },
  { WAY_ERROR_RATE_LIMITED, "rate_limit_error" },
  { WAY_ERROR_BAD_REQUEST, "invalid_request_error" },
  { WAY_ERROR_MODEL_NOT_FOUND, "invalid_request_error" },
  { WAY_ERROR_MODEL_NOT_ALLOWED, "invalid_request_error" },
  { WAY_ERROR_REQUEST_TOO_LARGE, "invalid_request_error" },
  { WAY_ERROR_UPSTREAM, "api_error" },
  { WAY_ERROR_UPSTREAM_TIMEOUT, "api_error" },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      g_autoptr (GString) event = g_string_new (NULL);
      const char *code = way_error_code_get_name (types[i].code);
      g_autofree char *expected =
        g_strdup_printf ("{\"error\":{\"message\":\"a \\\"b\\\"\\n\",\"type\":\"%s\",\"param\":"
                         "null,\"code\":\"%s\"}}",
                         types[i].type, code);
      g_autofree char *expected_event = g_strdup_printf ("data: %s\n\n", expected);

      way_dialect_openai_chat.encode_error (body, types[i].code,
                                            way_error_code_get_status (types[i].code), "a \"b\"\n");
      g_assert_cmpstr (body->str, ==, expected);
      way_dialect_openai_chat.encode_stream_error (event, types[i].code, "a \"b\"\n");
      g_assert_cmpstr (event->str, ==, expected_event);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-chat/encode-deltas", test_deltas);
  g_test_add_func ("/protocols/openai-chat/encode-usage", test_usage);
  g_test_add_func ("/protocols/openai-chat/usage-is-null-before-the-end",
                   test_usage_is_null_before_the_end);
  g_test_add_func ("/protocols/openai-chat/round-trip", test_round_trip);
  g_test_add_func ("/protocols/openai-chat/encode-reply", test_reply);
  g_test_add_func ("/protocols/openai-chat/reply-round-trip", test_reply_round_trip);
  g_test_add_func ("/protocols/openai-chat/encode-errors", test_errors);
  return g_test_run ();
}
