/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is read of Ollama's requests, what is changed in them on their way through, and what becomes
 * of them in another dialect and of other dialects' requests in Ollama's. */

#include "way-dialect.h"

#include <string.h>

#define USER(text) "{\"role\":\"user\",\"content\":\"" text "\"}"
#define CALL(id, name, arguments)                                                                  \
  "{\"id\":\"" id "\",\"function\":{\"name\":\"" name "\",\"arguments\":" arguments "}}"
#define OPENAI_CALL(id, name, arguments)                                                           \
  "{\"type\":\"function\",\"id\":\"" id "\",\"function\":{\"name\":\"" name                        \
  "\",\"arguments\":\"" arguments "\"}}"
#define TOOL(name)                                                                                 \
  "{\"type\":\"function\",\"function\":{\"name\":\"" name                                          \
  "\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}}"

typedef struct
{
  const WayDialect *dialect;
  const char *body;
  const char *flags; /* those that are set; NULL: refused */
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} FactsRow;

static const FactsRow facts_rows[] = {
  { &way_dialect_ollama, "{\"model\":\"m\",\"messages\":[" USER ("12345678") "]}", "stream", -1,
    2 },
  { &way_dialect_ollama, "{\"model\":\"m\",\"stream\":false,\"messages\":[]}", "", -1, 0 },
  { &way_dialect_ollama, "{\"model\":\"m\"}", "stream", -1, 0 },
  { &way_dialect_ollama,
    "{\"model\":\"m\",\"messages\":[{\"images\":[\"AA\",\"BB\"]}],\"tools\":[{}],\"format\":{},"
    "\"options\":{\"num_predict\":7}}",
    "stream tools images schema", 7, 1531 },
  { &way_dialect_ollama, "{\"model\":\"m\",\"format\":\"json\",\"options\":{\"num_predict\":-1}}",
    "stream", -1, 0 },
  { &way_dialect_ollama_generate,
    "{\"model\":\"m\",\"prompt\":\"1234\",\"system\":\"5678\",\"images\":[\"AA\"]}",
    "stream images", -1, 767 },
  { &way_dialect_ollama, "{\"messages\":[]}", NULL, 0, 0 },
  { &way_dialect_ollama, "{\"model\":\"m\",\"messages\":{}}", NULL, 0, 0 },
  { &way_dialect_ollama, "{\"model\":\"m\",\"stream\":1}", NULL, 0, 0 },
  { &way_dialect_ollama, "[]", NULL, 0, 0 },
};

static char *
describe_flags (const WayRequestFacts *facts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append (text, facts->stream ? "stream " : "");
  g_string_append (text, facts->has_tools ? "tools " : "");
  g_string_append (text, facts->has_images ? "images " : "");
  g_string_append (text, facts->wants_json_schema ? "schema " : "");
  return g_strchomp (g_string_free (g_steal_pointer (&text), FALSE));
}

static void
test_facts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (facts_rows); i++)
    {
      const FactsRow *row = &facts_rows[i];
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", row->body);
      gboolean ok = row->dialect->skim_request ("/", row->body, strlen (row->body), &facts, &error);
      if (row->flags == NULL)
        {
          g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (ok && facts.wants_usage);
      g_autofree char *flags = describe_flags (&facts);
      g_assert_cmpstr (flags, ==, row->flags);
      g_assert_cmpint (facts.max_output_tokens, ==, row->max_output_tokens);
      g_assert_cmpint (facts.input_tokens_estimate, ==, row->input_tokens_estimate);
    }
}

static const struct
{
  const char *body;
  gint64 context_tokens;
  const char *sent;
} edits_rows[] = {
  { "{\"model\":\"m\", \"x\":1.0}", 0, "{\"model\":\"t\", \"x\":1.0}" },
  { "{\"model\":\"t\"}", 0, "{\"model\":\"t\"}" },
  { "{\"model\":\"t\"}", 8192, "{\"model\":\"t\",\"options\":{\"num_ctx\":8192}}" },
  { "{\"model\":\"t\",\"options\":{\"seed\": 1}}", 8192,
    "{\"model\":\"t\",\"options\":{\"seed\": 1,\"num_ctx\":8192}}" },
  { "{\"model\":\"t\",\"options\":{\"num_ctx\":2048}}", 8192,
    "{\"model\":\"t\",\"options\":{\"num_ctx\":2048}}" },
  { "{\"model\":\"t\",\"options\":null}", 8192,
    "{\"model\":\"t\",\"options\":{\"num_ctx\":8192}}" },
};

static void
test_edits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edits_rows); i++)
    {
      const char *body = edits_rows[i].body;
      WayRequestTarget target = { .model = "t", .context_tokens = edits_rows[i].context_tokens };
      WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
      g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", body);
      g_assert_true (
        way_dialect_ollama.skim_request ("/api/chat", body, strlen (body), &facts, &error));
      gsize n_edits =
        way_dialect_ollama.plan_edits (&facts, &target, body, strlen (body), arena, edits);
      g_autoptr (GBytes) sent = way_json_splice (bytes, edits, n_edits, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (sent, NULL), g_bytes_get_size (sent), edits_rows[i].sent,
                       strlen (edits_rows[i].sent));
    }
}

/* Translations */

typedef struct
{
  const char *name;
  const WayDialect *face;
  const WayDialect *back;
  WayRequestTarget target;
  const char *body;
  const char *sent; /* starting with the messages; or why it is refused */
  const char *dropped;
  gboolean refused;
} TranslationRow;

#define TARGET                                                                                     \
  {                                                                                                \
    .model = "t", .max_output_tokens = -1                                                          \
  }
#define OLLAMA &way_dialect_ollama
#define GENERATE &way_dialect_ollama_generate
#define OPENAI &way_dialect_openai_chat

static const TranslationRow out_rows[] = {
  { "words", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"developer\",\"content\":\"s\"}," USER (
      "u") ",{\"role\":\"assistant\",\"content\":\"a\",\"reasoning_content\":\"r\"}]}",
    "\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER (
      "u") ",{\"role\":\"assistant\",\"content\":\"a\",\"thinking\":\"r\"}],\"stream\":false}",
    "" },
  { "image", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
    "\"u\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\","
    "\"detail\":\"low\"}}]}]}",
    "\"messages\":[{\"role\":\"user\",\"content\":\"u\",\"images\":[\"AAAA\"]}],\"stream\":false}",
    "detail" },
  { "image-by-url", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
    "\"image_url\":{\"url\":\"https://x.example/a.png\"}}]}]}",
    "cannot fetch an image by its URL", "", TRUE },
  { "document", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{"
    "\"file_data\":\"AAAA\"}}]}]}",
    "cannot read documents", "", TRUE },
  { "choices", OPENAI, OLLAMA, TARGET, "{\"model\":\"m\",\"n\":2,\"messages\":[" USER ("u") "]}",
    "cannot give 2 choices", "", TRUE },
  { "tools", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[" USER (
      "u") ",{\"role\":\"assistant\",\"content\":null,"
           "\"tool_calls\":[" OPENAI_CALL ("a", "f", "{\\\"x\\\": 1.0}") "," OPENAI_CALL (
             "b",
             "g",
             "") "]},{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"B\"},{\"role\":"
                 "\"tool\",\"tool_call_id\":\"a\",\"content\":\"A\"}],\"tools\":[" TOOL (
                   "f") "," TOOL ("g") "],\"tool_choice\":\"required\",\"parallel_tool_calls\":"
                                       "false}",
    "\"messages\":[" USER ("u") ",{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[" CALL (
      "a", "f", "{\"x\": 1.0}") "," CALL ("b",
                                          "g",
                                          "{}") "]},{\"role\":\"tool\",\"content\":\"B\","
                                                "\"tool_name\":\"g\",\"tool_call_id\":\"b\"},{"
                                                "\"role\":\"tool\",\"content\":\"A\","
                                                "\"tool_name\":\"f\",\"tool_call_id\":\"a\"}],"
                                                "\"tools\":[" TOOL ("f") "," TOOL (
                                                  "g") "],\"stream\":false}",
    "tool_choice parallel_tool_calls" },
  { "one-tool", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"tools\":[" TOOL ("f") "," TOOL (
      "g") "],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}}",
    "\"messages\":[],\"tools\":[" TOOL ("g") "],\"stream\":false}", "tool_choice" },
  { "no-tool", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"tools\":[" TOOL ("f") "],\"tool_choice\":\"none\"}",
    "\"messages\":[],\"stream\":false}", "" },
  { "settings",
    OPENAI,
    OLLAMA,
    { .model = "t", .context_tokens = 8192, .max_output_tokens = -1 },
    "{\"model\":\"m\",\"messages\":[],\"stream\":true,\"max_tokens\":9,\"temperature\":0.50,"
    "\"top_p\":1,\"top_k\":4,\"min_p\":0.1,\"frequency_penalty\":1,\"presence_penalty\":2,"
    "\"seed\":3,\"stop\":[\"x\",\"y\"],\"logprobs\":true,\"top_logprobs\":2,\"user\":\"me\","
    "\"response_format\":{\"type\":\"json_object\"},\"service_tier\":\"flex\"}",
    "\"messages\":[],\"stream\":true,\"format\":\"json\",\"logprobs\":true,\"top_logprobs\":2,"
    "\"options\":{\"num_ctx\":8192,\"num_predict\":9,\"temperature\":0.50,\"top_p\":1,\"top_k\":4,"
    "\"min_p\":0.1,\"frequency_penalty\":1,\"presence_penalty\":2,\"seed\":3,\"stop\":[\"x\","
    "\"y\"]}}",
    "user service_tier" },
  { "schema", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"response_format\":{\"type\":\"json_schema\","
    "\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\"}}}}",
    "\"messages\":[],\"stream\":false,\"format\":{\"type\":\"object\"}}", "" },
  { "effort-of-an-unknown-model", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"reasoning_effort\":\"high\"}",
    "\"messages\":[],\"stream\":false}", "reasoning" },
  { "effort-of-one-that-reasons",
    OPENAI,
    OLLAMA,
    { .model = "t", .can_reason = WAY_TRI_YES },
    "{\"model\":\"m\",\"messages\":[],\"reasoning_effort\":\"high\"}",
    "\"messages\":[],\"stream\":false,\"think\":true}",
    "" },
  { "effort-of-one-with-levels",
    OPENAI,
    OLLAMA,
    { .model = "gpt-oss:20b" },
    "{\"model\":\"m\",\"messages\":[],\"reasoning_effort\":\"minimal\"}",
    "\"messages\":[],\"stream\":false,\"think\":\"low\"}",
    "" },
  { "no-effort", OPENAI, OLLAMA, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"reasoning_effort\":\"none\"}",
    "\"messages\":[],\"stream\":false,\"think\":false}", "" },
  { "prompt", OPENAI, GENERATE, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER ("u") "]}",
    "\"system\":\"s\",\"prompt\":\"u\",\"stream\":false}", "" },
  { "no-prompt", OPENAI, GENERATE, TARGET,
    "{\"model\":\"m\",\"messages\":[" USER ("u") "," USER ("v") "]}",
    "takes one prompt, no conversation and no tools", "", TRUE },
};

static const TranslationRow in_rows[] = {
  { "words", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER (
      "u") ",{\"role\":\"assistant\",\"content\":\"a\",\"thinking\":\"r\"}],\"stream\":false}",
    "\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER (
      "u") ",{\"role\":\"assistant\",\"content\":\"a\"}]}",
    "" },
  { "stream-by-default", OLLAMA, OPENAI, TARGET, "{\"model\":\"m\",\"messages\":[" USER ("u") "]}",
    "\"messages\":[" USER ("u") "],\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
    "" },
  { "load", OLLAMA, OPENAI, TARGET, "{\"model\":\"m\",\"stream\":false,\"keep_alive\":0}",
    "\"messages\":[]}", "keep_alive" },
  { "images", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"u\","
    "\"images\":[\"/9j/AA\",\"UklGRA\"]}]}",
    "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\"},{\"type\":"
    "\"image_url\",\"image_url\":{\"url\":\"data:image/jpeg;base64,/9j/AA\"}},{\"type\":"
    "\"image_url\",\"image_url\":{\"url\":\"data:image/webp;base64,UklGRA\"}}]}]}",
    "" },
  { "calls-without-ids", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"stream\":false,\"messages\":[" USER (
      "u") ",{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":"
           "\"f\","
           "\"arguments\":{\"x\":1}}},{\"function\":{\"name\":\"f\",\"arguments\":{}}},{"
           "\"function\":{"
           "\"name\":\"g\"}}]},{\"role\":\"tool\",\"tool_name\":\"g\",\"content\":\"G\"},{\"role\":"
           "\"tool\",\"tool_name\":\"f\",\"content\":\"F0\"},{\"role\":\"tool\",\"tool_name\":"
           "\"f\","
           "\"content\":\"F1\"},{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{"
           "\"function\":{"
           "\"name\":\"f\",\"arguments\":{}}}]},{\"role\":\"tool\",\"content\":\"F2\"}]}",
    "\"messages\":[" USER (
      "u") ",{\"role\":\"assistant\",\"content\":null,\"tool_calls\":"
           "[" OPENAI_CALL ("call_2_1", "f", "{\\\"x\\\":1}") "," OPENAI_CALL (
             "call_2_2", "f", "{}") "," OPENAI_CALL ("call_2_3",
                                                     "g",
                                                     "{}") "]},{\"role\":\"tool\","
                                                           "\"tool_call_id\":\"call_2_3\","
                                                           "\"content\":\"G\"},{\"role\":"
                                                           "\"tool\",\"tool_call_id\":"
                                                           "\"call_2_1\",\"content\":\"F0\"},{"
                                                           "\"role\":\"tool\",\"tool_call_id\":"
                                                           "\"call_2_2\",\"content\":"
                                                           "\"F1\"},{\"role\":\"assistant\","
                                                           "\"content\":null,\"tool_calls\":"
                                                           "[" OPENAI_CALL (
                                                             "call_6_1",
                                                             "f",
                                                             "{}") "]},{\"role\":\"tool\","
                                                                   "\"tool_call_id\":\"call_6_"
                                                                   "1\",\"content\":"
                                                                   "\"F2\"}]}",
    "" },
  { "calls-with-ids", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"stream\":false,\"messages\":[{\"role\":\"assistant\",\"tool_calls\":"
    "[" CALL (
      "a", "f", "\"{}\"") "]},{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"A\"}]}",
    "\"messages\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" OPENAI_CALL (
      "a", "f", "{}") "]},{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"A\"}]}",
    "" },
  { "result-of-no-call", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"tool\",\"content\":\"A\"}]}",
    "A tool message has no \"tool_call_id\", and there is no call before it that it could be for",
    "", TRUE },
  { "settings", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"messages\":[],\"stream\":false,\"format\":{\"type\":\"object\"},\"think\":"
    "\"high\",\"tools\":[" TOOL ("f") "],\"logprobs\":true,\"top_logprobs\":2,\"options\":{"
                                      "\"num_ctx\":2048,\"num_predict\":9,\"temperature\":0.50,"
                                      "\"top_p\":1,\"seed\":3,\"stop\":"
                                      "\"x\",\"repeat_penalty\":1.1}}",
    "\"messages\":[],\"tools\":[" TOOL (
      "f") "],\"max_completion_tokens\":9,\"temperature\":0.50,"
           "\"top_p\":1,\"seed\":3,\"stop\":[\"x\"],\"response_format\":{\"type\":\"json_schema\","
           "\"json_schema\":{\"name\":\"answer\",\"schema\":{\"type\":\"object\"}}},\"logprobs\":"
           "true,"
           "\"top_logprobs\":2,\"reasoning_effort\":\"high\"}",
    "num_ctx repeat_penalty" },
  { "content-parts", OLLAMA, OPENAI, TARGET,
    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[]}]}",
    "\"content\" of a message must be a string", "", TRUE },
  { "generate", GENERATE, OPENAI, TARGET,
    "{\"model\":\"m\",\"prompt\":\"u\",\"system\":\"s\",\"stream\":false,\"raw\":false,\"suffix\":"
    "\"\",\"context\":[],\"format\":\"json\",\"think\":false}",
    "\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER (
      "u") "],\"response_format\":{\"type\":\"json_object\"}}",
    "" },
  { "generate-load", GENERATE, OPENAI, TARGET,
    "{\"model\":\"m\",\"prompt\":\"\",\"system\":\"s\",\"stream\":false}", "\"messages\":[]}", "" },
  { "generate-suffix", GENERATE, OPENAI, TARGET,
    "{\"model\":\"m\",\"prompt\":\"u\",\"suffix\":\"v\"}",
    "\"raw\", \"template\", \"suffix\" and \"context\" have a meaning for Ollama only", "", TRUE },
  { "generate-context", GENERATE, OPENAI, TARGET,
    "{\"model\":\"m\",\"prompt\":\"u\",\"context\":[1]}",
    "\"raw\", \"template\", \"suffix\" and \"context\" have a meaning for Ollama only", "", TRUE },
};

static char *
join_names (const GPtrArray *dropped, const GPtrArray *ignored)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < dropped->len; i++)
    g_string_append_printf (names, "%s ", (const char *)dropped->pdata[i]);
  for (guint i = 0; i < ignored->len; i++)
    g_string_append_printf (names, "%s ", (const char *)ignored->pdata[i]);
  return g_strchomp (g_string_free (g_steal_pointer (&names), FALSE));
}

static void
check_translation (const TranslationRow *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autofree char *sent = g_strdup_printf ("{\"model\":\"%s\",%s", row->target.model, row->sent);
  g_autoptr (WayChat) chat = row->face->decode_request ("/", row->body, strlen (row->body), &error);
  gboolean ok = chat && row->back->encode_request (chat, &row->target, out, dropped, &error);

  g_test_message ("%s", row->name);
  if (row->refused)
    {
      g_assert_false (ok);
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
      g_assert_cmpstr (error->message, ==, row->sent);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, sent);
  g_autofree char *names = join_names (dropped, chat->ignored);
  g_assert_cmpstr (names, ==, row->dropped);
}

static void
test_out (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (out_rows); i++)
    check_translation (&out_rows[i]);
}

static void
test_in (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (in_rows); i++)
    check_translation (&in_rows[i]);
}

/* A signature that came to the client inside an id goes back beside it. */
static void
test_signature (void)
{
  static const char body[] =
    "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[" CALL (
      "b__wayfare_gemini_cw", "g", "{}") "]},{\"role\":\"tool\",\"content\":\"A\"}]}";
  g_autoptr (WayChat) chat = way_dialect_ollama.decode_request ("/", body, strlen (body), NULL);

  g_assert_nonnull (chat);
  const WayPart *call = way_chat_find_call (chat, "b");
  g_assert_nonnull (call);
  g_assert_cmpstr (call->signature, ==, "s");
  g_assert_cmpstr (call->signature_origin, ==, "gemini");
  const WayTurn *turn = chat->turns->pdata[1];
  const WayPart *result = turn->parts->pdata[0];
  g_assert_cmpstr (result->id, ==, "b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/ollama-request/facts", test_facts);
  g_test_add_func ("/protocols/ollama-request/edits", test_edits);
  g_test_add_func ("/protocols/ollama-request/out", test_out);
  g_test_add_func ("/protocols/ollama-request/in", test_in);
  g_test_add_func ("/protocols/ollama-request/signature", test_signature);
  return g_test_run ();
}
