/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is accounted of a stream that ended in time, was cut, or never said what it used. */

#include "way-pump.h"

#include "way-dialect.h"

#include <string.h>

#define UNKNOWN WAY_UNKNOWN
#define PROMPT_ESTIMATE 30
#define WORDS "forty bytes, which is about ten tokens.."

#define ANTHROPIC(event) "data: {\"type\":" event "}\n\n"
#define ANTHROPIC_START                                                                            \
  ANTHROPIC ("\"message_start\",\"message\":{\"model\":\"m\",\"usage\":"                           \
             "{\"input_tokens\":12,\"output_tokens\":1}}")
#define ANTHROPIC_TEXT(text)                                                                       \
  ANTHROPIC ("\"content_block_delta\",\"index\":0,"                                                \
             "\"delta\":{\"type\":\"text_delta\",\"text\":\"" text "\"}")
#define ANTHROPIC_STOP                                                                             \
  ANTHROPIC ("\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"                         \
             "\"usage\":{\"output_tokens\":7}")                                                    \
  ANTHROPIC ("\"message_stop\"")

#define GEMINI(text, finish, count)                                                                \
  "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" text "\"}]}" finish "}],"         \
  "\"usageMetadata\":{\"promptTokenCount\":12,\"candidatesTokenCount\":" count "}}\n\n"

#define CHAT(delta, finish)                                                                        \
  "data: {\"choices\":[{\"index\":0,\"delta\":{" delta "},\"finish_reason\":" finish "}]}\n\n"

static const struct
{
  const char *what;
  const char *dialect;
  const char *stream;
  gint64 input_tokens;
  gint64 output_tokens;
  gboolean estimated;
} rows[] = {
  { "Anthropic to its end", "anthropic", ANTHROPIC_START ANTHROPIC_TEXT (WORDS) ANTHROPIC_STOP, 12,
    7, FALSE },
  { "Anthropic's first count is behind its words", "anthropic",
    ANTHROPIC_START ANTHROPIC_TEXT (WORDS), 12, 10, TRUE },
  { "Anthropic's first count is that of its words", "anthropic",
    ANTHROPIC_START ANTHROPIC_TEXT ("one"), 12, 1, FALSE },
  { "Anthropic without a word", "anthropic", ANTHROPIC_START, 12, 1, FALSE },
  { "Gemini to its end", "gemini", GEMINI (WORDS, ",\"finishReason\":\"STOP\"", "7"), 12, 7,
    FALSE },
  { "Gemini's count is behind its words", "gemini", GEMINI ("", "", "1") GEMINI (WORDS, "", "2"),
    12, 10, TRUE },
  { "Gemini's count is ahead of its words", "gemini", GEMINI (WORDS, "", "15"), 12, 15, FALSE },
  { "OpenAI is cut", "openai-chat", CHAT ("\"content\":\"" WORDS "\"", "null"), PROMPT_ESTIMATE, 10,
    TRUE },
  { "OpenAI is cut before its usage", "openai-chat",
    CHAT ("\"content\":\"" WORDS "\"", "null") CHAT ("", "\"stop\""), PROMPT_ESTIMATE, 10, TRUE },
  { "OpenAI without a word", "openai-chat", CHAT ("\"role\":\"assistant\"", "null"), UNKNOWN,
    UNKNOWN, FALSE },
};

static void
test_usage (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WayPump) pump = way_pump_new (way_dialect_by_name (rows[i].dialect), NULL, FALSE);
      g_autoptr (GError) error = NULL;
      WayUsage usage;

      g_test_message ("%s", rows[i].what);
      way_pump_feed (pump, rows[i].stream, strlen (rows[i].stream), &error);
      g_assert_no_error (error);
      usage = way_tally_settle (way_pump_get_tally (pump), PROMPT_ESTIMATE);
      g_assert_cmpint (usage.input_tokens, ==, rows[i].input_tokens);
      g_assert_cmpint (usage.output_tokens, ==, rows[i].output_tokens);
      g_assert_cmpint (usage.estimated, ==, rows[i].estimated);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/pump/usage", test_usage);
  return g_test_run ();
}
