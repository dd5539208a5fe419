/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Finds the blank line that ends an event as the pieces come in, then reads the event's lines. Each
 * byte is searched once; an event that lies whole in one piece is read where it is, and only its
 * data is copied, because it is given terminated. Pure; lives wherever its caller does. */

#include "way-sse.h"

#include "way-limits.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct _WaySse
{
  GString *pending;      /* owned: the start of an event whose end has not come yet */
  GString *data;         /* owned: data lines of the event being given */
  GString *type;         /* owned: its type */
  gboolean after_cr;     /* the last byte was a CR, so that a LF belongs to it */
  gboolean line_is_open; /* the current line has at least one byte */
  gboolean begun;        /* the first event was given: no byte order mark any more */
  gboolean failed;       /* an event was too large; nothing after it can be trusted */
};

/* A piece and where its next line ends lie. The positions are kept, so that a stream with one kind
 * of line end is not searched to its end for the other kind at every line. */
typedef struct
{
  const char *at;
  const char *end;
  const char *next_lf;
  const char *next_cr;
} Piece;

static const char *
find_byte (const char *from, const char *end, char byte)
{
  const char *found = from < end ? memchr (from, byte, (gsize)(end - from)) : NULL;

  return found != NULL ? found : end;
}

static Piece
begin_piece (const char *bytes, gsize length)
{
  const char *end = bytes + length;

  return (Piece){ bytes, end, find_byte (bytes, end, '\n'), find_byte (bytes, end, '\r') };
}

/* Where the line at @piece->at ends: its CR or LF, or the end of the piece. */
static const char *
find_line_end (Piece *piece)
{
  if (piece->next_lf < piece->at)
    piece->next_lf = find_byte (piece->at, piece->end, '\n');
  if (piece->next_cr < piece->at)
    piece->next_cr = find_byte (piece->at, piece->end, '\r');

  return MIN (piece->next_lf, piece->next_cr);
}

/* Moves past the line end at @piece->at; of CR LF past both bytes if both are here. */
static void
skip_line_end (WaySse *sse, Piece *piece)
{
  sse->after_cr = FALSE;
  if (*piece->at++ != '\r')
    return;
  if (piece->at == piece->end)
    sse->after_cr = TRUE;
  else if (*piece->at == '\n')
    piece->at++;
}

/* Moves past the blank line that ends the event, or to the end of the piece if none is here. */
static gboolean
find_event_end (WaySse *sse, Piece *piece)
{
  while (piece->at < piece->end)
    {
      const char *line_end = find_line_end (piece);
      if (line_end > piece->at)
        {
          sse->line_is_open = TRUE;
          sse->after_cr = FALSE;
        }
      piece->at = line_end;
      if (line_end == piece->end)
        return FALSE;

      gboolean blank = !sse->line_is_open;
      skip_line_end (sse, piece);
      sse->line_is_open = FALSE;
      if (blank)
        return TRUE;
    }
  return FALSE;
}

static gboolean
name_is (const char *line, gsize name_length, const char *name)
{
  return name_length == strlen (name) && memcmp (line, name, name_length) == 0;
}

/* One line of an event; "id" and "retry" serve reconnection, which a proxied answer never does. */
static void
read_line (WaySse *sse, const char *line, gsize length, gboolean *has_data)
{
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize)(colon - line) : length;
  const char *value = line + length;
  if (colon != NULL)
    value = colon + (colon + 1 < line + length && colon[1] == ' ' ? 2 : 1);
  gsize value_length = (gsize)(line + length - value);

  if (name_is (line, name_length, "data"))
    {
      if (*has_data)
        g_string_append_c (sse->data, '\n');
      g_string_append_len (sse->data, value, (gssize)value_length);
      *has_data = TRUE;
    }
  else if (name_is (line, name_length, "event"))
    {
      g_string_truncate (sse->type, 0);
      g_string_append_len (sse->type, value, (gssize)value_length);
    }
}

static void
give_event (WaySse *sse, const char *raw, gsize raw_length, WaySseFunc func, gpointer user_data)
{
  Piece piece = begin_piece (raw, raw_length);
  gboolean has_data = FALSE;

  g_string_truncate (sse->data, 0);
  g_string_truncate (sse->type, 0);
  if (!sse->begun && raw_length >= 3 && memcmp (raw, BYTE_ORDER_MARK, 3) == 0)
    piece.at += 3;
  sse->begun = TRUE;

  while (piece.at < piece.end)
    {
      const char *line_end = find_line_end (&piece);
      if (line_end > piece.at)
        read_line (sse, piece.at, (gsize)(line_end - piece.at), &has_data);
      piece.at = line_end < piece.end ? line_end + 1 : line_end;
    }

  if (has_data)
    func (sse->type->str, sse->data->str, sse->data->len, raw, raw_length, user_data);
  else
    func ("", NULL, 0, raw, raw_length, user_data);
}

/**
 * way_sse_new:
 *
 * Makes a framer for one stream, at its start. It belongs to one thread at a time.
 *
 * Returns: (transfer full): the framer
 */
WaySse *
way_sse_new (void)
{
  WaySse *sse = g_new0 (WaySse, 1);

  sse->pending = g_string_new (NULL);
  sse->data = g_string_new (NULL);
  sse->type = g_string_new (NULL);
  return sse;
}

/**
 * way_sse_free:
 * @sse: (nullable) (transfer full): the framer; not while it is inside way_sse_feed()
 *
 * Frees @sse and whatever it still held of an unfinished event.
 */
void
way_sse_free (WaySse *sse)
{
  if (sse == NULL)
    return;
  g_string_free (sse->pending, TRUE);
  g_string_free (sse->data, TRUE);
  g_string_free (sse->type, TRUE);
  g_free (sse);
}

/* Gives the event that ends at @end and began at @start, or before it in the pending bytes. */
static void
finish_event (WaySse *sse, const char *start, const char *end, WaySseFunc func, gpointer user_data)
{
  if (sse->pending->len == 0)
    {
      give_event (sse, start, (gsize)(end - start), func, user_data);
      return;
    }
  g_string_append_len (sse->pending, start, (gssize)(end - start));
  give_event (sse, sse->pending->str, sse->pending->len, func, user_data);
  g_string_truncate (sse->pending, 0);
}

/**
 * way_sse_feed:
 * @sse: the framer
 * @bytes: (array length=length): the next piece of the stream, cut anywhere
 * @length: bytes in @bytes; 0 changes nothing
 * @func: (scope call): called for each event that ends in this piece, in order; it must not feed or
 *   free @sse
 * @user_data: for @func
 *
 * Frames the next piece. An event that ends with a lone CR at the end of a piece is given at once;
 * should a LF follow, it is given as a block of its own without data.
 *
 * Returns: %FALSE once an event is longer than %WAY_LIMIT_STREAM_EVENT_BYTES; the events before it
 *   were given, and @sse takes nothing more
 */
gboolean
way_sse_feed (WaySse *sse, const char *bytes, gsize length, WaySseFunc func, gpointer user_data)
{
  g_return_val_if_fail (sse != NULL && func != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  if (sse->failed || length == 0)
    return !sse->failed;

  Piece piece = begin_piece (bytes, length);
  const char *start = bytes;
  if (sse->after_cr && *bytes == '\n')
    {
      piece.at++;
      sse->after_cr = FALSE;
      if (sse->pending->len == 0)
        {
          finish_event (sse, start, piece.at, func, user_data);
          start = piece.at;
        }
    }

  while (piece.at < piece.end)
    {
      gboolean ended = find_event_end (sse, &piece);
      if (sse->pending->len + (gsize)(piece.at - start) > WAY_LIMIT_STREAM_EVENT_BYTES)
        {
          sse->failed = TRUE;
          return FALSE;
        }
      if (!ended)
        break;
      finish_event (sse, start, piece.at, func, user_data);
      start = piece.at;
    }
  g_string_append_len (sse->pending, start, (gssize)(piece.end - start));
  return TRUE;
}

/**
 * way_sse_get_pending:
 * @sse: the framer
 *
 * How many bytes of an unfinished event are held: more than 0 at the end of a stream means that it
 * was cut.
 *
 * Returns: bytes
 */
gsize
way_sse_get_pending (WaySse *sse)
{
  g_return_val_if_fail (sse != NULL, 0);

  return sse->pending->len;
}
