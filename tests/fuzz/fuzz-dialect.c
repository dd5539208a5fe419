/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Everything that reads bytes of strangers in one dialect, which the build names: as a request, as
 * an event, as an answer, as an error, and as a stream of events; and what was read is said again
 * in the same dialect and in OpenAI's. Seeds: tests/fixtures/NAME. */

#include "way-dialect.h"
#include "way-message.h"
#include "way-ndjson.h"
#include "way-sse.h"

#include <string.h>

#define FACE (&FUZZED_DIALECT)

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

static const WayReplyHead head = { .id = "1", .model = "m", .wants_usage = TRUE, .back = "other" };

/* Each text is what it says it is: terminated UTF-8 of its length. */
static void
check_delta (const WayDelta *delta)
{
  g_assert_nonnull (delta->text);
  g_assert_cmpuint (delta->text[delta->length], ==, '\0');
  g_assert_true (delta->length == 0 || g_utf8_validate_len (delta->text, delta->length, NULL));
  g_assert_true (delta->tool_id == NULL || *delta->tool_id != '\0');
  g_assert_true (delta->tool_name == NULL || *delta->tool_name != '\0');
}

/* An answer on its way to a client of each dialect that is tried. */
typedef struct
{
  WayDecoder decoder;
  WayMessage *message;
  gpointer encoder;
  GString *out;
  gboolean began;
} Answer;

static void
on_delta (const WayDelta *delta, gpointer user_data)
{
  static const WayDelta begin = { .type = WAY_DELTA_BEGIN, .text = "" };
  Answer *answer = user_data;

  check_delta (delta);
  way_message_add (delta, answer->message);
  if (!answer->began && delta->type != WAY_DELTA_BEGIN)
    FACE->encode_delta (answer->encoder, answer->out, &begin);
  answer->began = TRUE;
  FACE->encode_delta (answer->encoder, answer->out, delta);
}

static Answer *
answer_new (const WayReplyHead *reply_head)
{
  Answer *answer = g_new0 (Answer, 1);

  way_decoder_init (&answer->decoder, on_delta, answer);
  answer->message = way_message_new ();
  answer->encoder = FACE->encoder_new ? FACE->encoder_new (reply_head) : (gpointer)reply_head;
  answer->out = g_string_new (NULL);
  return answer;
}

static void
answer_free (Answer *answer, const WayReplyHead *reply_head)
{
  g_autoptr (GString) whole = g_string_new (NULL);

  FACE->encode_reply (whole, reply_head, way_message_get_deltas (answer->message));
  g_assert_true (g_utf8_validate_len (whole->str, whole->len, NULL));
  g_assert_true (g_utf8_validate_len (answer->out->str, answer->out->len, NULL));
  if (FACE->encoder_free)
    FACE->encoder_free (answer->encoder);
  way_message_free (answer->message);
  way_decoder_clear (&answer->decoder);
  g_string_free (answer->out, TRUE);
  g_free (answer);
}

static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;

  if (data == NULL)
    return;
  gboolean ok = FACE->decode_event (&answer->decoder, event, data, length, &error);
  g_assert_true (ok == (error == NULL));
  if (FACE->event_is_surplus != NULL)
    FACE->event_is_surplus (data, length);
}

static void
check_encoded (const WayChat *chat, const WayDialect *back)
{
  WayRequestTarget target = { .model = "other", .max_output_tokens = WAY_UNKNOWN };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  WayJsonSpan root;

  if (!back->encode_request (chat, &target, out, dropped, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (way_json_scan_document (out->str, out->len, &root));
}

static void
check_edits (const WayRequestFacts *facts, const char *text, gsize length)
{
  WayRequestTarget target = { .model = "other", .context_tokens = 4096, .is_local = TRUE };
  WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  gsize n_edits = FACE->plan_edits (facts, &target, text, length, arena, edits);
  g_autoptr (GBytes) body = g_bytes_new_static (text, length);
  g_autoptr (GBytes) spliced = way_json_splice (body, edits, n_edits, NULL);
  g_auto (WayRequestFacts) sent = { 0 };

  /* What is sent on is still a request. */
  if (spliced != NULL)
    g_assert_true (FACE->skim_request (FUZZED_PATH, g_bytes_get_data (spliced, NULL),
                                       g_bytes_get_size (spliced), &sent, NULL));
}

static WayChat *
read_as_request (const char *text, gsize length)
{
  g_auto (WayRequestFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok = FACE->skim_request (FUZZED_PATH, text, length, &facts, &error);

  g_assert_true (ok == (error == NULL));
  if (!ok)
    return NULL;
  g_assert_cmpuint (strlen (facts.model), >, 0);
  g_assert_cmpint (facts.input_tokens_estimate, >=, 0);
  check_edits (&facts, text, length);

  WayChat *chat = FACE->decode_request (FUZZED_PATH, text, length, &error);
  g_assert_true ((chat != NULL) == (error == NULL));
  if (chat == NULL)
    return NULL;
  check_encoded (chat, FACE);
  check_encoded (chat, &way_dialect_openai_chat);
  return chat;
}

static void
read_as_stream (Answer *answer, const char *text, gsize length)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (WayNdjson) ndjson = way_ndjson_new ();

  if (FACE->framing == WAY_FRAMING_SSE)
    way_sse_feed (sse, text, length, on_event, answer);
  else
    way_ndjson_feed (ndjson, text, length, on_event, answer);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  const char *text = (const char *)bytes;
  g_autoptr (WayChat) chat = read_as_request (text, length);
  g_autoptr (WayChat) nothing = way_chat_new ();
  WayReplyHead reply_head = head;

  reply_head.chat = chat != NULL ? chat : nothing;
  Answer *whole = answer_new (&reply_head);
  gboolean ok = FACE->decode_reply (&whole->decoder, text, length, &error);
  g_assert_true (ok == (error == NULL));
  answer_free (whole, &reply_head);

  Answer *stream = answer_new (&reply_head);
  read_as_stream (stream, text, length);
  on_event ("", text, length, text, length, stream);
  answer_free (stream, &reply_head);

  g_autofree char *message = FACE->decode_error (text, length);
  g_assert_true (message == NULL || g_utf8_validate (message, -1, NULL));
  return 0;
}
