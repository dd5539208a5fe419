/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Everything that reads bytes of strangers in the openai-chat dialect: as a request, as an event,
 * as an answer, as an error, and as a stream of events. Seeds: tests/fixtures/openai-chat. */

#include "way-dialect.h"
#include "way-sse.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

/* Each text is what it says it is: terminated UTF-8 of its length. */
static void
on_delta (const WayDelta *delta, gpointer user_data)
{
  g_assert_nonnull (delta->text);
  g_assert_cmpuint (delta->text[delta->length], ==, '\0');
  g_assert_true (delta->length == 0 || g_utf8_validate_len (delta->text, delta->length, NULL));
  g_assert_true (delta->tool_id == NULL || *delta->tool_id != '\0');
  g_assert_true (delta->tool_name == NULL || *delta->tool_name != '\0');
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

  if (data == NULL)
    return;
  gboolean ok = way_dialect_openai_chat.decode_event (data, length, on_delta, NULL, &error);
  g_assert_true (ok == (error == NULL));
  way_dialect_openai_chat.event_is_surplus (data, length);
}

static void
read_as_request (const char *text, gsize length)
{
  g_auto (WayRequestFacts) facts = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) arena = g_ptr_array_new_with_free_func (g_free);
  WayJsonEdit edits[WAY_DIALECT_MAX_EDITS];

  gboolean ok = way_dialect_openai_chat.skim_request (text, length, &facts, &error);
  g_assert_true (ok == (error == NULL));
  if (!ok)
    return;

  g_assert_cmpuint (strlen (facts.model), >, 0);
  g_assert_cmpint (facts.input_tokens_estimate, >=, 0);
  gsize n_edits = way_dialect_openai_chat.plan_edits (&facts, "other", arena, edits);
  g_autoptr (GBytes) body = g_bytes_new_static (text, length);
  g_autoptr (GBytes) spliced = way_json_splice (body, edits, n_edits, NULL);
  if (spliced == NULL)
    return;

  /* What is sent on asks for the target's model. */
  g_auto (WayRequestFacts) sent = { 0 };
  ok = way_dialect_openai_chat.skim_request (g_bytes_get_data (spliced, NULL),
                                             g_bytes_get_size (spliced), &sent, NULL);
  g_assert_true (ok);
  g_assert_cmpstr (sent.model, ==, "other");
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (WaySse) sse = way_sse_new ();
  g_autoptr (GError) error = NULL;
  const char *text = (const char *)bytes;

  read_as_request (text, length);
  on_event ("", text, length, text, length, NULL);
  gboolean ok = way_dialect_openai_chat.decode_reply (text, length, on_delta, NULL, &error);
  g_assert_true (ok == (error == NULL));
  g_autofree char *message = way_dialect_openai_chat.decode_error (text, length);
  g_assert_true (message == NULL || g_utf8_validate (message, -1, NULL));
  way_sse_feed (sse, text, length, on_event, NULL);
  return 0;
}
