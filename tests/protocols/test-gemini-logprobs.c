/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The odds of tokens between Gemini and OpenAI: asked for, and answered. */

#include "way-dialect.h"

#include <string.h>

#define GEMINI_PATH "/v1beta/models/m:generateContent"
#define GEMINI_QUESTION "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"generationConfig\":"
#define OPENAI_QUESTION "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]"

static char *
translate_request (const WayDialect *face,
                   const WayDialect *back,
                   const char *path,
                   const char *body)
{
  const WayRequestTarget target = { .model = "m", .max_output_tokens = WAY_UNKNOWN };
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WayChat) chat = face->decode_request (path, body, strlen (body), &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_true (back->encode_request (chat, &target, out, dropped, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (dropped->len, ==, 0);
  return g_string_free (out, FALSE);
}

static const struct
{
  const WayDialect *face;
  const WayDialect *back;
  const char *body;
  const char *said; /* %NULL: nothing of it */
} requests[] = {
  { &way_dialect_gemini, &way_dialect_openai_chat,
    GEMINI_QUESTION "{\"responseLogprobs\":true,\"logprobs\":3}}",
    "\"logprobs\":true,\"top_logprobs\":3" },
  { &way_dialect_gemini, &way_dialect_openai_chat, GEMINI_QUESTION "{\"responseLogprobs\":true}}",
    "\"logprobs\":true" },
  { &way_dialect_gemini, &way_dialect_openai_chat, GEMINI_QUESTION "{\"responseLogprobs\":false}}",
    NULL },
  { &way_dialect_openai_chat, &way_dialect_gemini,
    OPENAI_QUESTION ",\"logprobs\":true,\"top_logprobs\":3}",
    "\"responseLogprobs\":true,\"logprobs\":3" },
  { &way_dialect_openai_chat, &way_dialect_gemini,
    OPENAI_QUESTION ",\"logprobs\":true,\"top_logprobs\":0}", "\"responseLogprobs\":true" },
  { &way_dialect_openai_chat, &way_dialect_gemini, OPENAI_QUESTION ",\"logprobs\":false}", NULL },
};

static void
test_requests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *body =
        translate_request (requests[i].face, requests[i].back, GEMINI_PATH, requests[i].body);

      g_test_message ("%s", body);
      if (requests[i].said)
        g_assert_nonnull (strstr (body, requests[i].said));
      else
        g_assert_null (strstr (body, "ogprobs"));
    }
}

#define ODDS_HI                                                                                    \
  "{\"token\":\"Hi\",\"logprob\":-0.25,\"bytes\":null,\"top_logprobs\":["                          \
  "{\"token\":\"Hi\",\"logprob\":-0.25,\"bytes\":null},"                                           \
  "{\"token\":\"Yo\",\"logprob\":-1.5,\"bytes\":null}]}"
#define ODDS_END "{\"token\":\"\\n\",\"logprob\":-1e-05,\"bytes\":null,\"top_logprobs\":[]}"
#define GEMINI_ODDS                                                                                \
  "\"logprobsResult\":{\"topCandidates\":[{\"candidates\":["                                       \
  "{\"token\":\"Hi\",\"logProbability\":-0.25},{\"token\":\"Yo\",\"logProbability\":-1.5}]},"      \
  "{\"candidates\":[]}],\"chosenCandidates\":[{\"token\":\"Hi\",\"logProbability\":-0.25},"        \
  "{\"token\":\"\\n\",\"logProbability\":-1e-05}]}"

static WayDelta
make_text (const char *text, const char *logprobs)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TEXT);

  delta.text = text;
  delta.length = strlen (text);
  delta.logprobs = logprobs;
  return delta;
}

/* Words that a thought came between have the odds of both in one list. */
static void
test_whole_answer (void)
{
  const WayReplyHead head = { .id = "r", .model = "m" };
  const WayDelta deltas[] = { make_text ("Hi", "[" ODDS_HI "]"),
                              make_text ("\n", "[" ODDS_END "]") };
  g_autoptr (GArray) answer = g_array_new (FALSE, FALSE, sizeof (WayDelta));
  g_autoptr (GString) out = g_string_new (NULL);

  g_array_append_vals (answer, deltas, G_N_ELEMENTS (deltas));
  way_dialect_gemini.encode_reply (out, &head, answer);
  g_assert_nonnull (strstr (out->str, GEMINI_ODDS));
}

static void
test_streamed_answer (void)
{
  const WayReplyHead head = { .id = "r", .model = "m" };
  WayDelta delta = make_text ("Hi\n", "[" ODDS_HI "," ODDS_END "]");
  gpointer encoder = way_dialect_gemini.encoder_new (&head);
  g_autoptr (GString) out = g_string_new (NULL);

  way_dialect_gemini.encode_delta (encoder, out, &delta);
  g_assert_nonnull (strstr (out->str, GEMINI_ODDS));
  g_string_truncate (out, 0);
  delta.logprobs = "no json";
  way_dialect_gemini.encode_delta (encoder, out, &delta);
  g_assert_null (strstr (out->str, "logprobsResult"));
  way_dialect_gemini.encoder_free (encoder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocols/gemini-logprobs/requests", test_requests);
  g_test_add_func ("/protocols/gemini-logprobs/whole-answer", test_whole_answer);
  g_test_add_func ("/protocols/gemini-logprobs/streamed-answer", test_streamed_answer);
  return g_test_run ();
}
