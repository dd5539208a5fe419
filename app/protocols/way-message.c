/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → message: what a client of a stream would hold at its end, in the order in which each
 * piece began. Pure. */

#include "way-message.h"

#include <string.h>

/* A delta whose texts grow; @delta's own pointers are set when the message is read. */
typedef struct
{
  WayDelta delta;
  GString *text;
  GString *logprobs; /* null until there is one */
  char *tool_id;
  char *tool_name;
  char *signature;
  char *stop_sequence;
} Piece;

struct _WayMessage
{
  GPtrArray *pieces; /* (element-type Piece) owned */
  GArray *deltas;    /* owned: what was handed out */
};

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_string_free (piece->text, TRUE);
  if (piece->logprobs)
    g_string_free (piece->logprobs, TRUE);
  g_free (piece->tool_id);
  g_free (piece->tool_name);
  g_free (piece->signature);
  g_free (piece->stop_sequence);
  g_free (piece);
}

WayMessage *
way_message_new (void)
{
  WayMessage *message = g_new0 (WayMessage, 1);

  message->pieces = g_ptr_array_new_with_free_func (piece_free);
  message->deltas = g_array_new (FALSE, FALSE, sizeof (WayDelta));
  return message;
}

void
way_message_free (WayMessage *message)
{
  g_ptr_array_unref (message->pieces);
  g_array_unref (message->deltas);
  g_free (message);
}

static gboolean
is_answer_wide (const WayDelta *delta)
{
  return delta->type == WAY_DELTA_USAGE || delta->type == WAY_DELTA_BEGIN;
}

/* A text goes on until something else of its choice begins; a tool call, the end of a choice and
 * the usage are one whatever lies between. A signature belongs to what is right before it. */
static Piece *
find_open_piece (WayMessage *message, const WayDelta *delta)
{
  for (guint i = message->pieces->len; i > 0; i--)
    {
      Piece *piece = message->pieces->pdata[i - 1];
      gboolean is_same = piece->delta.type == delta->type && piece->delta.choice == delta->choice &&
                         piece->delta.tool == delta->tool;

      if (is_same && delta->type != WAY_DELTA_SIGNATURE)
        return piece;
      if (is_answer_wide (&piece->delta) || piece->delta.choice != delta->choice)
        continue;
      if (delta->type == WAY_DELTA_TEXT || delta->type == WAY_DELTA_REASONING ||
          delta->type == WAY_DELTA_SIGNATURE)
        return NULL;
    }
  return NULL;
}

static void
replace (char **text, const char *newer)
{
  if (!newer)
    return;
  g_free (*text);
  *text = g_strdup (newer);
}

/* Arrays are joined by leaving out the brackets between them. */
static void
append_logprobs (Piece *piece, const char *json)
{
  if (!json || strlen (json) <= strlen ("[]"))
    return;
  if (!piece->logprobs)
    {
      piece->logprobs = g_string_new (json);
      return;
    }
  piece->logprobs->str[piece->logprobs->len - 1] = ',';
  g_string_append (piece->logprobs, json + 1);
}

static Piece *
add_piece (WayMessage *message, const WayDelta *delta)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->delta = *delta;
  piece->text = g_string_new (NULL);
  g_ptr_array_add (message->pieces, piece);
  return piece;
}

/**
 * way_message_add:
 * @message: a #WayMessage
 *
 * Takes one step of an answer; a #WayDeltaFunc. Some servers say the end of a choice twice: the
 * first counts.
 */
void
way_message_add (const WayDelta *delta, gpointer user_data)
{
  WayMessage *message = user_data;
  Piece *piece = find_open_piece (message, delta);

  if (piece && delta->type == WAY_DELTA_FINISH)
    return;
  if (!piece)
    piece = add_piece (message, delta);
  else if (delta->type == WAY_DELTA_USAGE)
    way_usage_merge (&piece->delta.usage, &delta->usage);
  if (delta->text)
    g_string_append_len (piece->text, delta->text, (gssize)delta->length);
  append_logprobs (piece, delta->logprobs);
  replace (&piece->tool_id, delta->tool_id);
  replace (&piece->tool_name, delta->tool_name);
  replace (&piece->signature, delta->signature);
  replace (&piece->stop_sequence, delta->stop_sequence);
}

/**
 * way_message_get_deltas:
 *
 * Returns: (transfer none) (element-type WayDelta): the message; valid until the next delta is
 *   added
 */
GArray *
way_message_get_deltas (WayMessage *message)
{
  g_array_set_size (message->deltas, 0);
  for (guint i = 0; i < message->pieces->len; i++)
    {
      Piece *piece = message->pieces->pdata[i];
      WayDelta delta = piece->delta;

      delta.text = piece->text->str;
      delta.length = piece->text->len;
      delta.tool_id = piece->tool_id;
      delta.tool_name = piece->tool_name;
      delta.signature = piece->signature;
      delta.stop_sequence = piece->stop_sequence;
      delta.logprobs = piece->logprobs ? piece->logprobs->str : NULL;
      g_array_append_val (message->deltas, delta);
    }
  return message->deltas;
}
