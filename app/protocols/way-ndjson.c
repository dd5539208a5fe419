/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Finds the line feeds as the pieces come in. Each byte is searched once; a line that lies whole in
 * one piece is read where it is, and only its data is copied, because it is given terminated. Pure;
 * lives wherever its caller does. */

#include "way-ndjson.h"

#include "way-limits.h"

#include <string.h>

struct _WayNdjson
{
  GString *pending; /* owned: the start of a line whose end has not come yet */
  GString *data;    /* owned: the line being given */
  gboolean failed;  /* a line was too long; nothing after it can be trusted */
};

/**
 * way_ndjson_new:
 *
 * Makes a framer for one stream, at its start. It belongs to one thread at a time.
 *
 * Returns: (transfer full): the framer
 */
WayNdjson *
way_ndjson_new (void)
{
  WayNdjson *ndjson = g_new0 (WayNdjson, 1);

  ndjson->pending = g_string_new (NULL);
  ndjson->data = g_string_new (NULL);
  return ndjson;
}

/**
 * way_ndjson_free:
 * @ndjson: (nullable) (transfer full): the framer; not while it is inside way_ndjson_feed()
 *
 * Frees @ndjson and whatever it still held of an unfinished line.
 */
void
way_ndjson_free (WayNdjson *ndjson)
{
  if (ndjson == NULL)
    return;
  g_string_free (ndjson->pending, TRUE);
  g_string_free (ndjson->data, TRUE);
  g_free (ndjson);
}

static gboolean
is_blank (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (line[i]))
      return FALSE;
  return TRUE;
}

/* @raw ends with the line feed. The carriage return of a CR LF needs no care: it is white space to
 * JSON, but not to somebody who compares texts. */
static void
give_line (
  WayNdjson *ndjson, const char *raw, gsize raw_length, WaySseFunc func, gpointer user_data)
{
  gsize length = raw_length - 1;

  if (length > 0 && raw[length - 1] == '\r')
    length--;
  if (is_blank (raw, length))
    {
      func ("", NULL, 0, raw, raw_length, user_data);
      return;
    }
  g_string_truncate (ndjson->data, 0);
  g_string_append_len (ndjson->data, raw, (gssize)length);
  func ("", ndjson->data->str, ndjson->data->len, raw, raw_length, user_data);
}

/* Gives the line that ends at @end and began at @start, or before it in the pending bytes. */
static void
finish_line (
  WayNdjson *ndjson, const char *start, const char *end, WaySseFunc func, gpointer user_data)
{
  if (ndjson->pending->len == 0)
    {
      give_line (ndjson, start, (gsize)(end - start), func, user_data);
      return;
    }
  g_string_append_len (ndjson->pending, start, (gssize)(end - start));
  give_line (ndjson, ndjson->pending->str, ndjson->pending->len, func, user_data);
  g_string_truncate (ndjson->pending, 0);
}

/**
 * way_ndjson_feed:
 * @ndjson: the framer
 * @bytes: (array length=length): the next piece of the stream, cut anywhere
 * @length: bytes in @bytes; 0 changes nothing
 * @func: (scope call): called for each line that ends in this piece, in order, with "" as the type
 *   of the event; a blank line has no data. It must not feed or free @ndjson
 * @user_data: for @func
 *
 * Frames the next piece.
 *
 * Returns: %FALSE once a line is longer than %WAY_LIMIT_STREAM_EVENT_BYTES; the lines before it
 *   were given, and @ndjson takes nothing more
 */
gboolean
way_ndjson_feed (
  WayNdjson *ndjson, const char *bytes, gsize length, WaySseFunc func, gpointer user_data)
{
  g_return_val_if_fail (ndjson != NULL && func != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  const char *start = bytes;
  const char *end = length > 0 ? bytes + length : bytes;
  while (!ndjson->failed && start < end)
    {
      const char *feed = memchr (start, '\n', (gsize)(end - start));
      const char *stop = feed != NULL ? feed + 1 : end;

      ndjson->failed = ndjson->pending->len + (gsize)(stop - start) > WAY_LIMIT_STREAM_EVENT_BYTES;
      if (ndjson->failed)
        break;
      if (feed != NULL)
        finish_line (ndjson, start, stop, func, user_data);
      else
        g_string_append_len (ndjson->pending, start, (gssize)(stop - start));
      start = stop;
    }
  return !ndjson->failed;
}

/**
 * way_ndjson_get_pending:
 * @ndjson: the framer
 *
 * How many bytes of an unfinished line are held: more than 0 at the end of a stream means that it
 * was cut.
 *
 * Returns: bytes
 */
gsize
way_ndjson_get_pending (WayNdjson *ndjson)
{
  g_return_val_if_fail (ndjson != NULL, 0);

  return ndjson->pending->len;
}
