/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A dialect is a row of pure functions. Callers never ask which one they hold. */

#pragma once

#include "way-chat.h"
#include "way-decoder.h"
#include "way-embedding.h"
#include "way-json-splice.h"
#include "way-quirks.h"

G_BEGIN_DECLS

#define WAY_DIALECT_MAX_EDITS 4

typedef struct _WayDialect WayDialect;

typedef enum
{
  WAY_OPERATION_CHAT,
  WAY_OPERATION_EMBED,
  WAY_OPERATION_COUNT, /* of the tokens of a chat */
} WayOperation;

typedef enum
{
  WAY_FRAMING_SSE,
  WAY_FRAMING_NDJSON,
} WayFraming;

/**
 * WayRequestTarget:
 * @context_tokens: of the model as it is loaded there, 0 when not set
 * @max_output_tokens: the most the model can give, or %WAY_UNKNOWN
 * @can_reason: whether the model reasons, where that is known
 * @is_local: on this machine: what defeats its prefix cache is left out
 *
 * Whom a request is written for. Borrowed.
 */
typedef struct
{
  const char *model;
  gint64 context_tokens;
  gint64 max_output_tokens;
  WayTri can_reason;
  gboolean is_local;
  WayQuirks quirks;
} WayRequestTarget;

/**
 * WayReplyHead:
 * @id: of the answer, without the dialect's prefix
 * @model: what the provider said, else what it was asked for
 * @created_s: Unix seconds
 * @wants_usage: the client asked for usage at the end of a stream
 * @chat: (nullable): the request; always there when an answer is translated
 * @back: (nullable): name of the dialect that the answer came in: the origin of its signatures
 *
 * Who answers, and to what, for the encoders. Borrowed; lives as long as the encoder.
 */
typedef struct
{
  const char *id;
  const char *model;
  gint64 created_s;
  gboolean wants_usage;
  const WayChat *chat;
  const char *back;
} WayReplyHead;

/**
 * WayDialect:
 * @name: as in the config and the ledger: "openai-chat"
 * @stream_type: media type of a streamed answer
 *
 * @skim_request: reads the facts of a request; @path is as the client sent it, with its query
 * (Gemini names model and operation there); %WAY_ERROR_BAD_REQUEST names the member at fault
 * @plan_edits: the members to splice for @target, so that a provider of the same dialect
 * understands the client's own bytes and reports usage; @ret_edits has room for
 * %WAY_DIALECT_MAX_EDITS, the text of the edits is owned by @arena (element-type utf8, with g_free)
 * @decode_request: the whole request, or %WAY_ERROR_BAD_REQUEST
 * @encode_request: appends @chat in this dialect; adds to @dropped (element-type utf8, static or
 * kept by @chat) the neutral name of each thing it could not carry; %FALSE with
 * %WAY_ERROR_BAD_REQUEST where leaving it out would change the meaning: the message is a predicate,
 * "cannot give 2 choices"
 *
 * @decode_event: one framed event of a stream → deltas; @event is its type, "" if none; %FALSE with
 * an error if it is no such event
 * @decode_reply: a whole answer → the same deltas
 * @event_is_surplus: (nullable): whether a framed event holds nothing but usage the client did not
 * ask for
 * @decode_error: the provider's message in an error body, or %NULL
 *
 * @encoder_new: (nullable): the state of one streamed answer, freed by @encoder_free; a dialect
 *   without state has neither and gets the head itself as the encoder
 * @encode_delta: appends the framed event or events that say @delta. A stream begins with one
 *   %WAY_DELTA_BEGIN and ends with %WAY_DELTA_END; between them the deltas of the choices come in
 * any order that a provider may choose
 * @encode_reply: appends a whole answer; @deltas is (element-type WayDelta): joined as #WayMessage
 * joins them
 * @encode_error: appends an error body
 * @encode_stream_error: appends an error as an event of a running stream, with no clean end after
 * it
 *
 * @decode_embed: a request for embeddings; the four are there if @operation is
 * %WAY_OPERATION_EMBED, and then those for chats are not
 */
struct _WayDialect
{
  const char *name;
  const char *stream_type;
  WayOperation operation;
  WayFraming framing;

  gboolean (*skim_request) (
    const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error);
  gsize (*plan_edits) (const WayRequestFacts *facts,
                       const WayRequestTarget *target,
                       const char *data,
                       gsize length,
                       GPtrArray *arena,
                       WayJsonEdit *ret_edits);
  WayChat *(*decode_request) (const char *path, const char *data, gsize length, GError **error);
  gboolean (*encode_request) (const WayChat *chat,
                              const WayRequestTarget *target,
                              GString *out,
                              GPtrArray *dropped,
                              GError **error);

  gboolean (*decode_event) (
    WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error);
  gboolean (*decode_reply) (WayDecoder *decoder, const char *data, gsize length, GError **error);
  gboolean (*event_is_surplus) (const char *data, gsize length);
  char *(*decode_error) (const char *data, gsize length);

  gpointer (*encoder_new) (const WayReplyHead *head);
  void (*encoder_free) (gpointer encoder);
  void (*encode_delta) (gpointer encoder, GString *out, const WayDelta *delta);
  void (*encode_reply) (GString *out, const WayReplyHead *head, GArray *deltas);
  void (*encode_error) (GString *out, WayErrorCode code, guint status, const char *message);
  void (*encode_stream_error) (GString *out, WayErrorCode code, const char *message);

  WayEmbedding *(*decode_embed) (const char *path, const char *data, gsize length, GError **error);
  void (*encode_embed) (const WayEmbedding *embedding,
                        const WayRequestTarget *target,
                        GString *out,
                        GPtrArray *dropped);
  gboolean (*decode_vectors) (WayEmbedding *embedding,
                              const char *data,
                              gsize length,
                              GError **error);
  void (*encode_vectors) (GString *out, const WayReplyHead *head, const WayEmbedding *embedding);
};

extern const WayDialect way_dialect_openai_chat;
extern const WayDialect way_dialect_openai_responses;
extern const WayDialect way_dialect_ollama;
extern const WayDialect way_dialect_ollama_generate;
extern const WayDialect way_dialect_ollama_embed;
extern const WayDialect way_dialect_ollama_embeddings;
extern const WayDialect way_dialect_openai_completions;
extern const WayDialect way_dialect_openai_embeddings;
extern const WayDialect way_dialect_anthropic;
extern const WayDialect way_dialect_anthropic_count;
extern const WayDialect way_dialect_gemini;
extern const WayDialect way_dialect_gemini_array;
extern const WayDialect way_dialect_gemini_count;
extern const WayDialect way_dialect_gemini_embed;
extern const WayDialect way_dialect_gemini_embed_one;

const WayDialect *way_dialect_for_target (const char *path, const char *query);
const WayDialect *way_dialect_by_name (const char *name);
const WayDialect *const *way_dialects (gsize *ret_n_dialects);

G_END_DECLS
