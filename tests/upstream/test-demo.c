/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The built-in model answers as a provider would. */

#include "fixture.h"
#include "way-dialect.h"
#include "way-sse.h"

#include <string.h>

#define HELLO "{\"role\":\"user\",\"content\":\"Hello there\"}"
#define REPLY "This is Wayfare's built-in demo model. You said: "

/* What the decoder of the dialect reads of an answer. */
typedef struct
{
  GString *text;
  char *finish;
  WayUsage usage;
  guint n_texts;
  guint n_usages;
  gboolean has_end;
} Heard;

static void
on_delta (const WayDelta *delta, gpointer user_data)
{
  Heard *heard = user_data;

  if (delta->type == WAY_DELTA_TEXT && delta->length > 0)
    {
      g_string_append_len (heard->text, delta->text, (gssize)delta->length);
      heard->n_texts++;
    }
  if (delta->type == WAY_DELTA_FINISH)
    heard->finish = g_strdup (delta->text);
  if (delta->type == WAY_DELTA_USAGE)
    {
      heard->usage = delta->usage;
      heard->n_usages++;
    }
  if (delta->type == WAY_DELTA_END)
    heard->has_end = TRUE;
}

static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (data != NULL)
    g_assert_true (way_dialect_openai_chat.decode_event (user_data, event, data, length, &error));
  g_assert_no_error (error);
}

static void
hear (Heard *heard, const GString *body, gboolean is_stream)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (GError) error = NULL;

  g_auto (WayDecoder) decoder = { 0 };

  *heard = (Heard){ .text = g_string_new (NULL), .usage = WAY_USAGE_INIT };
  way_decoder_init (&decoder, on_delta, heard);
  if (is_stream)
    g_assert_true (way_sse_feed (sse, body->str, body->len, on_event, &decoder));
  else
    g_assert_true (way_dialect_openai_chat.decode_reply (&decoder, body->str, body->len, &error));
  g_assert_no_error (error);
}

static void
heard_clear (Heard *heard)
{
  g_string_free (heard->text, TRUE);
  g_free (heard->finish);
}

static void
send_body (Caller *caller, Fixture *fixture, const char *method, const char *path, const char *text)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("demo", NULL, "");
  g_autoptr (GBytes) body = text == NULL ? NULL : g_bytes_new (text, strlen (text));
  WayCallRequest request = request_to (fixture, snapshot, path);

  request.method = method;
  request.body = body;
  request.local_only = TRUE;
  caller_send (caller, fixture, &request);
}

typedef struct
{
  const char *name;
  const char *body;
  const char *text;
  const char *finish;
  gint64 n_in;
  gint64 n_out;
  gboolean is_stream;
  gboolean has_usage;
} Row;

static const Row rows[] = {
  { "whole", "{\"model\":\"demo\",\"messages\":[" HELLO "]}", REPLY "Hello there", "stop", 2, 10,
    FALSE, TRUE },
  { "streamed", "{\"stream\":true,\"messages\":[" HELLO "]}", REPLY "Hello there", "stop", 2, 10,
    TRUE, FALSE },
  { "streamed-usage",
    "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[" HELLO "]}",
    REPLY "Hello there", "stop", 2, 10, TRUE, TRUE },
  { "cut", "{\"max_tokens\":3,\"messages\":[" HELLO "]}", "This is Wayfare's", "length", 2, 3,
    FALSE, TRUE },
  { "cut-by-the-new-name",
    "{\"stream\":true,\"stream_options\":{\"include_usage\":true},"
    "\"max_completion_tokens\":2,\"messages\":[" HELLO "]}",
    "This is", "length", 2, 2, TRUE, TRUE },
  { "last-user",
    "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"}," HELLO
    ",{\"role\":\"assistant\",\"content\":\"Hi\"},{\"role\":\"user\",\"content\":[{\"type\":"
    "\"text\",\"text\":\"One\"},{\"type\":\"image_url\"},{\"type\":\"text\",\"text\":\"\\\"two\\\" "
    "\xc3\xa9\"}]}]}",
    REPLY "One \"two\" \xc3\xa9", "stop", 8, 11, FALSE, TRUE },
  { "nothing", "{\"messages\":[]}", "This is Wayfare's built-in demo model. You said nothing yet.",
    "stop", 0, 10, FALSE, TRUE },
};

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  Caller caller = { 0 };
  Heard heard;

  send_body (&caller, fixture, "POST", "/chat/completions", row->body);
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 1);
  WAIT_UNTIL (fixture, caller.n_heads > 0);
  g_assert_cmpstr (way_call_get_header (caller.call, "content-type"), ==,
                   row->is_stream ? "text/event-stream" : "application/json");
  WAIT_UNTIL (fixture, caller.n_done > 0);

  g_assert_no_error (caller.error);
  g_assert_cmpuint (caller.status, ==, 200);
  hear (&heard, caller.body, row->is_stream);
  g_assert_cmpstr (heard.text->str, ==, row->text);
  g_assert_cmpstr (heard.finish, ==, row->finish);
  g_assert_cmpuint (heard.n_usages, ==, row->has_usage ? 1 : 0);
  g_assert_cmpint (heard.usage.input_tokens, ==, row->has_usage ? row->n_in : WAY_UNKNOWN);
  g_assert_cmpint (heard.usage.output_tokens, ==, row->has_usage ? row->n_out : WAY_UNKNOWN);
  if (row->is_stream)
    g_assert_true (heard.has_end);
  if (row->is_stream) /* a piece a word */
    g_assert_cmpint (heard.n_texts, ==, row->n_out);
  heard_clear (&heard);
  caller_clear (&caller);
}

static const struct
{
  const char *name;
  const char *method;
  const char *path;
  const char *body;
  guint status;
  const char *words;
} refusal_rows[] = {
  { "no-json", "POST", "/chat/completions", "{", 400, "\"message\":" },
  { "no-messages", "POST", "/chat/completions", "{}", 400, "messages" },
  { "no-object", "POST", "/chat/completions", "[1]", 400, "messages" },
  { "other-path", "POST", "/embeddings", "{}", 404, "only chats" },
  { "models", "GET", "/models", NULL, 200, "\"id\":\"demo\"" },
};

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusal_rows); i++)
    {
      Caller caller = { 0 };

      g_test_message ("%s", refusal_rows[i].name);
      send_body (&caller, fixture, refusal_rows[i].method, refusal_rows[i].path,
                 refusal_rows[i].body);
      WAIT_UNTIL (fixture, caller.n_done > 0);
      g_assert_no_error (caller.error);
      g_assert_cmpuint (caller.status, ==, refusal_rows[i].status);
      g_assert_nonnull (strstr (caller.body->str, refusal_rows[i].words));
      caller_clear (&caller);
    }
}

/* Words come one after the other, 20 ms apart, not in a heap. */
static void
test_pace (Fixture *fixture, gconstpointer data)
{
  Caller caller = { 0 };

  send_body (&caller, fixture, "POST", "/chat/completions",
             "{\"stream\":true,\"messages\":[" HELLO "]}");
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_cmpint (caller.timing.first_byte_us, <, caller.timing.total_us / 2);
  g_assert_cmpint (caller.timing.total_us, >=, 10 * 20 * 1000);
  caller_clear (&caller);
}

/* Cancelled between words, and by a handler of its own. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      Caller caller = { .cancel_head = i == 1, .cancel_data = i == 2 };

      send_body (&caller, fixture, "POST", "/chat/completions",
                 "{\"stream\":true,\"messages\":[" HELLO "]}");
      WAIT_UNTIL (fixture, caller.n_heads > 0);
      if (caller.call != NULL)
        way_call_cancel (g_steal_pointer (&caller.call));
      g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 0);
      gsize length = caller.body->len;
      fixture_settle (fixture, 50);
      g_assert_cmpuint (caller.body->len, ==, length);
      g_assert_cmpuint (caller.n_done, ==, 0);
      caller_clear (&caller);
    }
}

/* Paused, it waits; resumed, it repeats the word that was not taken. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  Caller caller = { .take_bytes = 1 };
  Heard heard;

  send_body (&caller, fixture, "POST", "/chat/completions",
             "{\"stream\":true,\"messages\":[" HELLO "]}");
  WAIT_UNTIL (fixture, caller.n_refused == 1);
  fixture_settle (fixture, 60);
  g_assert_cmpuint (caller.n_refused, ==, 1);
  caller.take_bytes = 0;
  way_call_resume (caller.call);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  hear (&heard, caller.body, TRUE);
  g_assert_cmpstr (heard.text->str, ==, REPLY "Hello there");
  heard_clear (&heard);
  caller_clear (&caller);
}

#define ADD(path, data, func)                                                                      \
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/demo/", rows[i].name, NULL);
      ADD (path, &rows[i], test_row);
    }
  ADD ("/upstream/demo/refusals", NULL, test_refusals);
  ADD ("/upstream/demo/pace", NULL, test_pace);
  ADD ("/upstream/demo/cancel", NULL, test_cancel);
  ADD ("/upstream/demo/pause", NULL, test_pause);
  return g_test_run ();
}
