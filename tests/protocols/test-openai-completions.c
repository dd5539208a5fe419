/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* OpenAI's completions as a face and as a back. */

#include "way-dialect.h"
#include "way-message.h"

#include <string.h>

#define COMPLETIONS &way_dialect_openai_completions
#define CHAT &way_dialect_openai_chat
#define USER(text) "\"messages\":[{\"role\":\"user\",\"content\":\"" text "\"}]"
#define ONE "Only one \"prompt\", as a text, can be translated"
#define TOKENS "\"prompt\" must be a text: tokens mean something to one model only"

static const struct
{
  const char *body;
  gboolean stream;
  gboolean wants_usage;
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} facts_rows[] = {
  { "{\"model\":\"m\",\"prompt\":\"12345678\",\"max_tokens\":5}", FALSE, FALSE, 5, 2 },
  { "{\"model\":\"m\",\"prompt\":[\"1234\",\"1234\"],\"stream\":true}", TRUE, FALSE, -1, 2 },
  { "{\"model\":\"m\",\"prompt\":[1,2,3],\"stream_options\":{\"include_usage\":true}}", FALSE, TRUE,
    -1, 3 },
  { "{\"model\":\"m\",\"prompt\":[[12,34],{},null]}", FALSE, FALSE, -1, 2 },
  { "{\"model\":\"m\"}", FALSE, FALSE, -1, 0 },
};

static void
test_facts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (facts_rows); i++)
    {
      const char *body = facts_rows[i].body;
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", body);
      way_dialect_openai_completions.skim_request ("/", body, strlen (body), &facts, &error);
      g_assert_no_error (error);
      g_assert_cmpint (facts.stream, ==, facts_rows[i].stream);
      g_assert_cmpint (facts.wants_usage, ==, facts_rows[i].wants_usage);
      g_assert_cmpint (facts.max_output_tokens, ==, facts_rows[i].max_output_tokens);
      g_assert_cmpint (facts.input_tokens_estimate, ==, facts_rows[i].input_tokens_estimate);
    }
}

typedef struct
{
  const WayDialect *face;
  const WayDialect *back;
  const char *body;
  const char *sent; /* or, with @refused, why not */
  const char *dropped;
  gboolean refused;
} Row;

static const Row rows[] = {
  { COMPLETIONS, CHAT,
    "{\"model\":\"m\",\"prompt\":[\"u\"],\"max_tokens\":5,\"temperature\":0.50,\"n\":2,\"stop\":"
    "\"x\",\"logprobs\":3,\"echo\":false,\"best_of\":1,\"suffix\":null,\"stream\":true,"
    "\"stream_options\":{\"include_usage\":true},\"user\":\"me\"}",
    "{\"model\":\"t\"," USER ("u") ",\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                   "\"max_completion_tokens\":5,\"n\":2,\"temperature\":0.50,"
                                   "\"stop\":[\"x\"],\"user\":\"me\"}",
    "logprobs" },
  { COMPLETIONS, CHAT, "{\"prompt\":[\"a\",\"b\"]}", ONE, "", TRUE },
  { COMPLETIONS, CHAT, "{\"prompt\":[1]}", TOKENS, "", TRUE },
  { COMPLETIONS, CHAT, "{\"prompt\":[]}", TOKENS, "", TRUE },
  { COMPLETIONS, CHAT, "{}", "The request must have one \"prompt\"", "", TRUE },
  { COMPLETIONS, CHAT, "{\"prompt\":\"a\",\"suffix\":\"b\"}",
    "\"suffix\" cannot be translated: chats have no text behind the answer", "", TRUE },
  { COMPLETIONS, CHAT, "{\"prompt\":\"a\",\"echo\":true}",
    "\"echo\" cannot be translated: chats do not repeat the prompt", "", TRUE },
  { COMPLETIONS, CHAT, "{\"prompt\":\"a\",\"best_of\":2}",
    "\"best_of\" cannot be translated: chats do not choose among several answers", "", TRUE },
  { CHAT, COMPLETIONS,
    "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}],"
    "\"max_tokens\":5,\"seed\":1,\"stop\":[\"x\",\"y\"],\"top_k\":4,\"logprobs\":true,"
    "\"reasoning_effort\":\"low\",\"stream\":true}",
    "{\"model\":\"t\",\"prompt\":\"s\\n\\nu\",\"stream\":true,\"stream_options\":{"
    "\"include_usage\":true},\"max_tokens\":5,\"seed\":1,\"stop\":[\"x\",\"y\"]}",
    "top_k logprobs reasoning" },
  { CHAT, COMPLETIONS,
    "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":"
    "\"a\"}]}",
    "takes one prompt, no conversation and no tools", "", TRUE },
  { CHAT, COMPLETIONS,
    "{" USER ("u") ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}",
    "takes one prompt, no conversation and no tools", "", TRUE },
  { CHAT, COMPLETIONS, "{" USER ("u") ",\"response_format\":{\"type\":\"json_object\"}}",
    "cannot be held to JSON", "", TRUE },
};

static void
append_names (GString *names, const GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", (const char *)more->pdata[i]);
}

static void
test_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const Row *row = &rows[i];
      WayRequestTarget target = { .model = "t", .max_output_tokens = WAY_UNKNOWN };
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GString) names = g_string_new (NULL);
      g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", row->body);
      g_autoptr (WayChat) chat =
        row->face->decode_request ("/", row->body, strlen (row->body), &error);
      gboolean ok = chat && row->back->encode_request (chat, &target, out, dropped, &error);
      g_assert_cmpint (ok, ==, !row->refused);
      g_assert_cmpstr (ok ? out->str : error->message, ==, row->sent);
      if (!ok)
        continue;
      append_names (names, dropped);
      append_names (names, chat->ignored);
      g_assert_cmpstr (names->str, ==, row->dropped);
    }
}

#define HEAD                                                                                       \
  "{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":7,\"model\":\"m\",\"choices\":["
#define CHOICE(text, index, finish)                                                                \
  "{\"text\":\"" text "\",\"index\":" index ",\"logprobs\":null,\"finish_reason\":" finish "}"
#define USAGE "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}"

static const WayDelta deltas[] = {
  { .type = WAY_DELTA_BEGIN, .text = "m", .length = 1 },
  { .type = WAY_DELTA_REASONING, .text = "hm", .length = 2 },
  { .type = WAY_DELTA_TEXT, .text = "a", .length = 1 },
  { .type = WAY_DELTA_TEXT, .text = "c", .length = 1, .choice = 1 },
  { .type = WAY_DELTA_TEXT, .text = "b", .length = 1 },
  { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_CONTEXT, .text = "x", .length = 1 },
  { .type = WAY_DELTA_FINISH, .finish = WAY_FINISH_STOP, .text = "", .choice = 1 },
  { .type = WAY_DELTA_USAGE, .text = "", .usage = { 3, -1, -1, -1, 2, -1, -1, FALSE } },
  { .type = WAY_DELTA_END, .text = "" },
};

static void
test_stream (void)
{
  WayReplyHead head = { .id = "1", .model = "m", .created_s = 7, .wants_usage = TRUE };
  gpointer encoder = way_dialect_openai_completions.encoder_new (&head);
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (deltas); i++)
    way_dialect_openai_completions.encode_delta (encoder, out, &deltas[i]);
  way_dialect_openai_completions.encoder_free (encoder);
#define DATA(choice) "data: " HEAD choice "],\"usage\":null}\n\n"
  g_assert_cmpstr (out->str, ==,
                   DATA (CHOICE ("a", "0", "null")) DATA (CHOICE ("c", "1", "null"))
                     DATA (CHOICE ("b", "0", "null")) DATA (CHOICE ("", "0", "\"length\""))
                       DATA (CHOICE ("", "1", "\"stop\"")) "data: " HEAD "]," USAGE
                                                           "}\n\ndata: [DONE]\n\n");
}

static void
test_whole (void)
{
  WayReplyHead head = { .id = "1", .model = "m", .created_s = 7 };
  g_autoptr (WayMessage) message = way_message_new ();
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (deltas); i++)
    way_message_add (&deltas[i], message);
  way_dialect_openai_completions.encode_reply (out, &head, way_message_get_deltas (message));
  g_assert_cmpstr (
    out->str, ==,
    HEAD CHOICE ("ab", "0", "\"length\"") "," CHOICE ("c", "1", "\"stop\"") "]," USAGE "}");
}

/* A stream that failed has no mark of its end. */
static void
test_no_clean_end (void)
{
  static const WayDelta error = { .type = WAY_DELTA_ERROR, .text = "gone", .length = 4 };
  WayReplyHead head = { .id = "1", .model = "m", .created_s = 7 };
  gpointer encoder = way_dialect_openai_completions.encoder_new (&head);
  g_autoptr (GString) out = g_string_new (NULL);

  way_dialect_openai_completions.encode_delta (encoder, out, &deltas[2]);
  way_dialect_openai_completions.encode_delta (encoder, out, &error);
  way_dialect_openai_completions.encoder_free (encoder);
  g_assert_true (g_str_has_prefix (out->str, "data: " HEAD CHOICE ("a", "0", "null")));
  g_assert_nonnull (strstr (out->str, "\"error\":{\"message\":\"gone\""));
  g_assert_null (strstr (out->str, "[DONE]"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/openai-completions/facts", test_facts);
  g_test_add_func ("/protocols/openai-completions/requests", test_requests);
  g_test_add_func ("/protocols/openai-completions/stream", test_stream);
  g_test_add_func ("/protocols/openai-completions/whole", test_whole);
  g_test_add_func ("/protocols/openai-completions/no-clean-end", test_no_clean_end);
  return g_test_run ();
}
