/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Whatever the bytes and wherever they are cut: the same events come out, and no byte is lost. The
 * first byte of the input says where to cut the rest. Seeds: tests/fixtures/openai-chat. */

#include "way-sse.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length);

typedef struct
{
  GString *events;
  GString *raw;
} Collected;

static void
on_event (const char *event,
          const char *data,
          gsize length,
          const char *raw,
          gsize raw_length,
          gpointer user_data)
{
  Collected *collected = user_data;

  g_string_append_len (collected->raw, raw, (gssize)raw_length);
  if (data == NULL)
    return;
  g_assert_cmpuint (data[length], ==, '\0');
  g_string_append (collected->events, event);
  g_string_append_c (collected->events, '|');
  g_string_append_len (collected->events, data, (gssize)length);
  g_string_append_c (collected->events, '\0');
}

static void
feed (Collected *collected, const char *stream, gsize length, gsize cut)
{
  g_autoptr (WaySse) sse = way_sse_new ();

  collected->events = g_string_new (NULL);
  collected->raw = g_string_new (NULL);
  g_assert_true (way_sse_feed (sse, stream, cut, on_event, collected));
  g_assert_true (way_sse_feed (sse, stream + cut, length - cut, on_event, collected));
  g_assert_cmpuint (collected->raw->len + way_sse_get_pending (sse), ==, length);
  g_assert_cmpmem (collected->raw->str, collected->raw->len, stream, collected->raw->len);
}

static void
clear (Collected *collected)
{
  g_string_free (collected->events, TRUE);
  g_string_free (collected->raw, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  Collected whole;
  Collected cut;

  if (length == 0)
    return 0;
  const char *stream = (const char *)bytes + 1;
  gsize stream_length = length - 1;
  feed (&whole, stream, stream_length, 0);
  feed (&cut, stream, stream_length, stream_length * bytes[0] / G_MAXUINT8);
  g_assert_cmpmem (whole.events->str, whole.events->len, cut.events->str, cut.events->len);
  clear (&whole);
  clear (&cut);
  return 0;
}
