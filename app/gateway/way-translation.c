/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The client's words into the provider's, and the provider's answer back into the client's. Decoded
 * once for an exchange, written anew for each attempt. No I/O. */

#include "way-translation.h"

#include "way-message.h"

#include <string.h>

struct _WayTranslation
{
  const WayDialect *face;
  const WayDialect *back;  /* of the attempt that runs */
  WayChat *chat;           /* owned; of a chat, or of a count of its tokens */
  WayEmbedding *embedding; /* owned; of a request for embeddings */
  GPtrArray *dropped;      /* owned: (element-type utf8) what @back cannot carry */
  WayReplyHead head;       /* its texts owned by the three below */
  char *id;
  char *model;
  char *asked_model;

  /* a streamed answer */
  GString *output; /* borrowed */
  gpointer encoder;
  gboolean began;
  gboolean ended;

  WayMessage *message; /* owned: an answer that is not streamed */
};

/**
 * way_translation_new:
 * @face: the client's dialect
 * @path: as the client sent it
 * @head: its texts are copied; @model and @chat are filled in later
 *
 * Decodes the request.
 *
 * Returns: (transfer full) (nullable): %NULL with %WAY_ERROR_BAD_REQUEST, whose message says what
 *   cannot be said in another dialect
 */
WayTranslation *
way_translation_new (
  const WayDialect *face, const char *path, GBytes *body, const WayReplyHead *head, GError **error)
{
  g_autoptr (WayTranslation) self = g_new0 (WayTranslation, 1);
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  self->face = face;
  self->dropped = g_ptr_array_new ();
  self->message = way_message_new ();
  self->head = *head;
  self->id = g_strdup (head->id);
  self->head.id = self->id;
  if (face->operation == WAY_OPERATION_EMBED)
    self->embedding = face->decode_embed (path, data ? data : "", length, error);
  else
    self->chat = face->decode_request (path, data ? data : "", length, error);
  if (!self->embedding && !self->chat)
    return NULL;
  self->head.chat = self->chat;
  return g_steal_pointer (&self);
}

static void
free_encoder (WayTranslation *self)
{
  if (self->encoder && self->face->encoder_free)
    self->face->encoder_free (self->encoder);
  self->encoder = NULL;
}

void
way_translation_free (WayTranslation *self)
{
  free_encoder (self);
  g_clear_pointer (&self->chat, way_chat_free);
  g_clear_pointer (&self->embedding, way_embedding_free);
  g_ptr_array_unref (self->dropped);
  way_message_free (self->message);
  g_free (self->id);
  g_free (self->model);
  g_free (self->asked_model);
  g_free (self);
}

/**
 * way_translation_write_request:
 * @back: what the provider speaks
 *
 * Writes the request for one attempt.
 *
 * Returns: (transfer full) (nullable): the body; %NULL with %WAY_ERROR_BAD_REQUEST if leaving out
 *   what cannot be carried would change what the client asked for. The message is a predicate of
 * the provider: "cannot give 2 choices"
 */
GBytes *
way_translation_write_request (WayTranslation *self,
                               const WayDialect *back,
                               const WayRequestTarget *target,
                               GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  self->back = back;
  self->head.back = back->name;
  g_free (self->asked_model);
  self->asked_model = g_strdup (target->model);
  g_ptr_array_set_size (self->dropped, 0);
  way_message_free (self->message);
  self->message = way_message_new ();
  if (self->embedding)
    back->encode_embed (self->embedding, target, out, self->dropped);
  else if (!back->encode_request (self->chat, target, out, self->dropped, error))
    return NULL;
  return g_string_free_to_bytes (g_steal_pointer (&out));
}

/**
 * way_translation_asks_nothing:
 *
 * Returns: whether it is a chat without a single message
 */
gboolean
way_translation_asks_nothing (WayTranslation *self)
{
  return self->chat && self->chat->turns->len == 0;
}

static void
append_names (GString *list, const GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", (char *)names->pdata[i]);
}

/**
 * way_translation_dup_dropped:
 *
 * Returns: (transfer full) (nullable): what of the request the provider was not told, by name
 */
char *
way_translation_dup_dropped (WayTranslation *self)
{
  g_autoptr (GString) list = g_string_new (NULL);

  append_names (list, self->dropped);
  append_names (list, self->embedding ? self->embedding->ignored : self->chat->ignored);
  return list->len > 0 ? g_strdup (list->str) : NULL;
}

/* Streamed answers */

/**
 * way_translation_begin_stream:
 * @output: gets the events for the client; outlives the stream
 *
 * Begins the answer of one attempt.
 */
void
way_translation_begin_stream (WayTranslation *self, GString *output)
{
  free_encoder (self);
  self->output = output;
  self->began = FALSE;
  self->ended = FALSE;
}

/* What the provider calls the model is what the client is told. */
static void
begin (WayTranslation *self, const char *model)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_BEGIN);

  self->began = TRUE;
  g_free (self->model);
  self->model = g_strdup (model && *model ? model : self->asked_model);
  self->head.model = self->model;
  self->encoder = self->face->encoder_new ? self->face->encoder_new (&self->head) : &self->head;
  delta.text = self->model;
  delta.length = strlen (self->model);
  self->face->encode_delta (self->encoder, self->output, &delta);
}

/**
 * way_translation_add:
 * @translation: a #WayTranslation whose stream has begun
 *
 * Says one step of the answer to the client; a #WayDeltaFunc. An error is left to the exchange,
 * which knows whether another target can answer instead.
 */
void
way_translation_add (const WayDelta *delta, gpointer translation)
{
  WayTranslation *self = translation;

  if (self->ended || delta->type == WAY_DELTA_ERROR)
    return;
  if (!self->began)
    begin (self, delta->type == WAY_DELTA_BEGIN ? delta->text : NULL);
  if (delta->type == WAY_DELTA_BEGIN)
    return;
  self->ended = delta->type == WAY_DELTA_END;
  self->face->encode_delta (self->encoder, self->output, delta);
}

/**
 * way_translation_end_stream:
 *
 * The provider's stream is complete: ends the client's, also where the provider's dialect has no
 * mark for the end.
 */
void
way_translation_end_stream (WayTranslation *self)
{
  WayDelta end = WAY_DELTA_INIT (WAY_DELTA_END);

  end.text = "";
  way_translation_add (&end, self);
}

/* Whole answers */

/**
 * way_translation_collect:
 * @translation: a #WayTranslation
 *
 * Takes one step of an answer that is not streamed; a #WayDeltaFunc.
 */
void
way_translation_collect (const WayDelta *delta, gpointer translation)
{
  WayTranslation *self = translation;

  way_message_add (delta, self->message);
}

/**
 * way_translation_read_vectors:
 * @ret_usage: (out): as the provider reported it
 *
 * Reads an answer to a request for embeddings.
 */
gboolean
way_translation_read_vectors (
  WayTranslation *self, const char *data, gsize length, WayUsage *ret_usage, GError **error)
{
  if (!self->back->decode_vectors (self->embedding, data, length, error))
    return FALSE;
  *ret_usage = self->embedding->usage;
  return TRUE;
}

static const char *
find_model (GArray *deltas)
{
  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->type == WAY_DELTA_BEGIN && delta->length > 0)
        return delta->text;
    }
  return NULL;
}

/**
 * way_translation_write_reply:
 * @out: gets the whole answer
 *
 * Says what was collected, or the vectors that were read, to the client.
 */
void
way_translation_write_reply (WayTranslation *self, GString *out)
{
  GArray *deltas = way_message_get_deltas (self->message);
  const char *model = find_model (deltas);

  self->head.model = model ? model : self->asked_model;
  if (self->embedding)
    self->face->encode_vectors (out, &self->head, self->embedding);
  else
    self->face->encode_reply (out, &self->head, deltas);
}

/**
 * way_translation_stream_reply:
 * @out: gets the events of the whole answer
 *
 * Says what was collected as a stream.
 */
void
way_translation_stream_reply (WayTranslation *self, GString *out)
{
  GArray *deltas = way_message_get_deltas (self->message);

  way_translation_begin_stream (self, out);
  for (guint i = 0; i < deltas->len; i++)
    way_translation_add (&g_array_index (deltas, WayDelta, i), self);
  way_translation_end_stream (self);
}
