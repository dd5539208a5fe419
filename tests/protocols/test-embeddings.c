/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests for embeddings and their answers, from each dialect into the others. */

#include "way-dialect.h"

#include <string.h>

#define OPENAI &way_dialect_openai_embeddings
#define EMBED &way_dialect_ollama_embed
#define EMBEDDINGS &way_dialect_ollama_embeddings
#define GEMINI &way_dialect_gemini_embed
#define GEMINI_ONE &way_dialect_gemini_embed_one
#define TEXT(text) "\"content\":{\"parts\":[{\"text\":\"" text "\"}]}"
/* Gemini's dialect names the model there, the others in the body. */
#define PATH "/v1beta/models/m:embedContent"

static const struct
{
  const WayDialect *dialect;
  const char *body;
  gint64 input_tokens_estimate; /* -1: refused */
} facts_rows[] = {
  { OPENAI, "{\"model\":\"m\",\"input\":\"12345678\"}", 2 },
  { OPENAI, "{\"model\":\"m\",\"input\":[\"1234\",\"1234\"]}", 2 },
  { OPENAI, "{\"model\":\"m\",\"input\":[17,18,19]}", 3 },
  { OPENAI, "{\"model\":\"m\",\"input\":[[17,18],[19]]}", 3 },
  { EMBED, "{\"model\":\"m\"}", 0 },
  { EMBEDDINGS, "{\"model\":\"m\",\"prompt\":\"1234\"}", 1 },
  { GEMINI, "{\"requests\":[{" TEXT ("1234") "},{" TEXT ("5678") "}]}", 2 },
  { GEMINI_ONE, "{" TEXT ("12345678") "}", 2 },
  { GEMINI, "{\"requests\":[]}", -1 },
  { OPENAI, "{\"input\":\"a\"}", -1 },
  { EMBED, "[]", -1 },
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
      facts_rows[i].dialect->skim_request (PATH, body, strlen (body), &facts, &error);
      if (facts_rows[i].input_tokens_estimate < 0)
        {
          g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (facts.model, ==, "m");
      g_assert_false (facts.stream);
      g_assert_cmpint (facts.max_output_tokens, ==, WAY_UNKNOWN);
      g_assert_cmpint (facts.input_tokens_estimate, ==, facts_rows[i].input_tokens_estimate);
    }
}

/* A whole exchange: what the client asks, what the provider is asked, what it answers, what the
 * client gets. */
typedef struct
{
  const char *name;
  const WayDialect *face;
  const WayDialect *back;
  const char *asked;
  const char *sent;
  const char *dropped;
  const char *answered;
  const char *given; /* NULL: the answer is refused */
} Row;

static const Row rows[] = {
  { "one-text-openai-to-ollama", OPENAI, EMBED, "{\"model\":\"m\",\"input\":\"a\"}",
    "{\"model\":\"t\",\"input\":\"a\",\"options\":{\"num_ctx\":512}}", "",
    "{\"model\":\"t\",\"embeddings\":[[1,-2.50]],\"total_duration\":9,\"prompt_eval_count\":3}",
    "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":[1,-2.50],\"index\":0}]"
    ",\"model\":\"p\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}" },
  { "base64-openai-to-ollama", OPENAI, EMBED,
    "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"encoding_format\":\"base64\",\"dimensions\":1,"
    "\"user\":\"me\"}",
    "{\"model\":\"t\",\"input\":[\"a\",\"b\"],\"dimensions\":1,\"options\":{\"num_ctx\":512}}",
    "user", "{\"embeddings\":[[1],[-2.5]]}",
    "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":\"AACAPw==\",\"index\":"
    "0},{\"object\":\"embedding\",\"embedding\":\"AAAgwA==\",\"index\":1}],\"model\":\"p\","
    "\"usage\":{\"prompt_tokens\":null,\"total_tokens\":null}}" },
  { "ollama-to-openai-out-of-order", EMBED, OPENAI,
    "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"truncate\":true,\"keep_alive\":\"5m\"}",
    "{\"model\":\"t\",\"input\":[\"a\",\"b\"]}", "truncate keep_alive",
    "{\"data\":[{\"index\":1,\"embedding\":[2]},{\"index\":0,\"embedding\":\"AACAPw==\"}],"
    "\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}",
    "{\"model\":\"p\",\"embeddings\":[[1],[2]],\"prompt_eval_count\":4}" },
  { "older-ollama-to-openai", EMBEDDINGS, OPENAI, "{\"model\":\"m\",\"prompt\":\"a\"}",
    "{\"model\":\"t\",\"input\":\"a\"}", "", "{\"data\":[{\"embedding\":[1,2]}]}",
    "{\"embedding\":[1,2]}" },
  { "openai-to-gemini", OPENAI, GEMINI,
    "{\"model\":\"m\",\"input\":[\"a\",\"b\"],\"dimensions\":2}",
    "{\"requests\":[{\"model\":\"models/t\"," TEXT ("a") ",\"outputDimensionality\":2},"
                                                         "{\"model\":\"models/t\"," TEXT (
                                                           "b") ",\"outputDimensionality\":2}]}",
    "",
    "{\"embeddings\":[{\"values\":[1,-2.50]},{\"values\":[3,4]}],"
    "\"usageMetadata\":{\"promptTokenCount\":2}}",
    "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":[1,-2.50],\"index\":0}"
    ",{\"object\":\"embedding\",\"embedding\":[3,4],\"index\":1}],\"model\":\"p\","
    "\"usage\":{\"prompt_tokens\":2,\"total_tokens\":2}}" },
  { "gemini-to-ollama", GEMINI, EMBED,
    "{\"requests\":[{\"model\":\"models/m\"," TEXT ("a") ",\"taskType\":\"X\"},{" TEXT (
      "b") ",\"taskType\":\"X\",\"title\":null}]}",
    "{\"model\":\"t\",\"input\":[\"a\",\"b\"],\"options\":{\"num_ctx\":512}}", "taskType",
    "{\"embeddings\":[[1],[2]],\"prompt_eval_count\":4}",
    "{\"embeddings\":[{\"values\":[1]},{\"values\":[2]}],\"usageMetadata\":{\"promptTokenCount\":4}"
    "}" },
  { "one-gemini-to-openai", GEMINI_ONE, OPENAI,
    "{\"content\":{\"parts\":[{\"text\":\"a\"},{\"text\":\"b\"}]},\"output_dimensionality\":1}",
    "{\"model\":\"t\",\"input\":\"ab\",\"dimensions\":1}", "", "{\"data\":[{\"embedding\":[1]}]}",
    "{\"embedding\":{\"values\":[1]}}" },
  { "gemini-gives-one-alone", OPENAI, GEMINI, "{\"input\":\"a\"}",
    "{\"requests\":[{\"model\":\"models/t\"," TEXT ("a") "}]}", "",
    "{\"embedding\":{\"values\":[1]}}", NULL },
  { "gemini-gives-no-numbers", OPENAI, GEMINI, "{\"input\":\"a\"}",
    "{\"requests\":[{\"model\":\"models/t\"," TEXT ("a") "}]}", "",
    "{\"embeddings\":[{\"values\":\"AACAPw==\"}]}", NULL },
  { "too-few", OPENAI, EMBED, "{\"input\":[\"a\",\"b\"]}",
    "{\"model\":\"t\",\"input\":[\"a\",\"b\"],\"options\":{\"num_ctx\":512}}", "",
    "{\"embeddings\":[[1]]}", NULL },
  { "no-numbers", OPENAI, EMBED, "{\"input\":\"a\"}",
    "{\"model\":\"t\",\"input\":\"a\",\"options\":{\"num_ctx\":512}}", "",
    "{\"embeddings\":[[\"x\"]]}", NULL },
  { "same-index", EMBED, OPENAI, "{\"input\":[\"a\",\"b\"]}",
    "{\"model\":\"t\",\"input\":[\"a\",\"b\"]}", "",
    "{\"data\":[{\"index\":1,\"embedding\":[2]},{\"index\":1,\"embedding\":[2]}]}", NULL },
  { "index-out-of-range", EMBED, OPENAI, "{\"input\":\"a\"}", "{\"model\":\"t\",\"input\":\"a\"}",
    "", "{\"data\":[{\"index\":7,\"embedding\":[2]}]}", NULL },
  { "too-many", EMBED, OPENAI, "{\"input\":\"a\"}", "{\"model\":\"t\",\"input\":\"a\"}", "",
    "{\"data\":[{\"embedding\":[2]},{\"embedding\":[3]}]}", NULL },
  { "no-data", EMBED, OPENAI, "{\"input\":\"a\"}", "{\"model\":\"t\",\"input\":\"a\"}", "", "{}",
    NULL },
};

static void
append_names (GString *names, const GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? " " : "", (const char *)more->pdata[i]);
}

static void
check_row (const Row *row)
{
  WayRequestTarget target = { .model = "t", .context_tokens = 512 };
  WayReplyHead head = { .id = "1", .model = "p" };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WayEmbedding) embedding =
    row->face->decode_embed ("/", row->asked, strlen (row->asked), &error);

  g_test_message ("%s", row->name);
  g_assert_no_error (error);
  row->back->encode_embed (embedding, &target, out, dropped);
  g_assert_cmpstr (out->str, ==, row->sent);
  append_names (names, dropped);
  append_names (names, embedding->ignored);
  g_assert_cmpstr (names->str, ==, row->dropped);

  gboolean ok =
    row->back->decode_vectors (embedding, row->answered, strlen (row->answered), &error);
  g_assert_cmpint (ok, ==, row->given != NULL);
  if (!ok)
    {
      g_assert_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM);
      return;
    }
  g_string_truncate (out, 0);
  row->face->encode_vectors (out, &head, embedding);
  g_assert_cmpstr (out->str, ==, row->given);
}

static void
test_exchanges (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check_row (&rows[i]);
}

static const struct
{
  const WayDialect *dialect;
  const char *body;
} refused[] = {
  { OPENAI, "{\"model\":\"m\"}" },
  { OPENAI, "{\"model\":\"m\",\"input\":[]}" },
  { OPENAI, "{\"model\":\"m\",\"input\":[1,2]}" },
  { OPENAI, "{\"model\":\"m\",\"input\":[[1,2]]}" },
  { EMBED, "{\"model\":\"m\",\"input\":7}" },
  { EMBEDDINGS, "{\"model\":\"m\",\"input\":\"a\"}" },
  { EMBEDDINGS, "{\"model\":\"m\",\"prompt\":[\"a\",\"b\"]}" },
  { EMBED, "{" },
  { GEMINI, "{\"requests\":[{\"content\":{}}]}" },
  { GEMINI, "{\"requests\":{}}" },
  { GEMINI, "{\"requests\":[{\"content\":{\"parts\":[{\"inlineData\":{}}]}}]}" },
  { GEMINI, "{\"requests\":[{" TEXT ("a") "},{" TEXT ("b") ",\"outputDimensionality\":2}]}" },
  { GEMINI_ONE, "{\"requests\":[{" TEXT ("a") "},{" TEXT ("b") "}]}" },
};

static void
test_refused (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      const char *body = refused[i].body;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", body);
      g_assert_null (refused[i].dialect->decode_embed ("/", body, strlen (body), &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST);
    }
}

/* The bodies of Gemini's requests name the model again. */
static const struct
{
  const WayDialect *dialect;
  const char *body;
  const char *sent;
} edits_rows[] = {
  { GEMINI, "{\"requests\":[{\"model\":\"models/m\", \"x\":1.0}, {\"x\":2}]}",
    "{\"requests\":[{\"model\":\"models/t\", \"x\":1.0},{\"x\":2}]}" },
  { GEMINI_ONE, "{\"model\":\"models/m\", \"x\":1.0}", "{\"model\":\"models/t\", \"x\":1.0}" },
  { GEMINI_ONE, "{\"x\":1.0}", "{\"x\":1.0}" },
};

static void
test_edits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edits_rows); i++)
    {
      const char *body = edits_rows[i].body;
      WayRequestTarget target = { .model = "t" };
      WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
      g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));
      g_auto (WayRequestFacts) facts = { 0 };
      g_autoptr (GError) error = NULL;

      edits_rows[i].dialect->skim_request (PATH, body, strlen (body), &facts, &error);
      g_assert_no_error (error);
      gsize n =
        edits_rows[i].dialect->plan_edits (&facts, &target, body, strlen (body), arena, edits);
      g_autoptr (GBytes) sent = way_json_splice (bytes, edits, n, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (sent, NULL), g_bytes_get_size (sent), edits_rows[i].sent,
                       strlen (edits_rows[i].sent));
    }
}

/* An answer that goes through as it is is read for its usage; what it costs is known, since nothing
 * is generated. */
static void
test_usage_alone (void)
{
  static const char body[] =
    "{\"data\":[{\"embedding\":\"AACAPw==\"}],\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}";
  g_autoptr (WayEmbedding) embedding = way_embedding_new ();
  g_autoptr (GError) error = NULL;

  way_dialect_openai_embeddings.decode_vectors (embedding, body, strlen (body), &error);
  g_assert_no_error (error);
  g_assert_cmpint (embedding->usage.input_tokens, ==, 4);
  g_assert_cmpint (embedding->usage.output_tokens, ==, 0);
  g_assert_cmpuint (embedding->vectors->len, ==, 0);
}

/* A second attempt leaves nothing of the first. */
static void
test_again (void)
{
  static const char asked[] = "{\"input\":[\"a\",\"b\"]}";
  static const char bad[] = "{\"embeddings\":[[1],7],\"prompt_eval_count\":3}";
  static const char good[] = "{\"embeddings\":[[1],[2]]}";
  g_autoptr (WayEmbedding) embedding =
    way_dialect_openai_embeddings.decode_embed ("/", asked, strlen (asked), NULL);

  g_assert_false (way_dialect_ollama_embed.decode_vectors (embedding, bad, strlen (bad), NULL));
  g_assert_true (way_dialect_ollama_embed.decode_vectors (embedding, good, strlen (good), NULL));
  g_assert_cmpuint (embedding->vectors->len, ==, 2);
  g_assert_cmpint (embedding->usage.input_tokens, ==, WAY_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocols/embeddings/facts", test_facts);
  g_test_add_func ("/protocols/embeddings/exchanges", test_exchanges);
  g_test_add_func ("/protocols/embeddings/refused", test_refused);
  g_test_add_func ("/protocols/embeddings/edits", test_edits);
  g_test_add_func ("/protocols/embeddings/usage-alone", test_usage_alone);
  g_test_add_func ("/protocols/embeddings/again", test_again);
  return g_test_run ();
}
