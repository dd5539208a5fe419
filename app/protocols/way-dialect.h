/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A dialect is a row of pure functions. Callers never ask which one they hold. */

#pragma once

#include "way-chat.h"
#include "way-json-splice.h"

G_BEGIN_DECLS

#define WAY_DIALECT_MAX_EDITS 4

typedef struct _WayDialect WayDialect;

/* Who answers, for the encoders. Borrowed strings. */
typedef struct
{
  const char *id; /* of the answer, e.g. "chatcmpl-…" */
  const char *model;
  gint64 created_s; /* Unix seconds */
  gboolean wants_usage;
} WayReplyHead;

/**
 * WayDialect:
 * @name: as in the config and the ledger: "openai-chat"
 * @stream_type: media type of a streamed answer
 * @skim_request: reads the facts of a request; %WAY_ERROR_BAD_REQUEST names the member at fault
 * @plan_edits: the members to splice for @model, so that the provider understands the client's own
 *   bytes and reports usage; @ret_edits has room for %WAY_DIALECT_MAX_EDITS, the text of the edits
 * is owned by @arena (element-type utf8, with g_free)
 * @decode_event: one framed event of a stream → deltas; %FALSE with an error if it is no such event
 * @decode_reply: a whole answer → the same deltas
 * @event_is_surplus: whether a framed event holds nothing but usage the client did not ask for
 * @encode_delta: appends the framed event or events that say @delta; an empty %WAY_DELTA_TEXT opens
 *   a choice, before its first words
 * @encode_reply: appends a whole answer; @deltas is (element-type WayDelta), texts already joined
 * @encode_error: appends an error body
 * @encode_stream_error: appends an error as an event of a running stream, with no clean end after
 * it
 * @decode_error: the provider's message in an error body, or %NULL
 */
struct _WayDialect
{
  const char *name;
  const char *stream_type;
  gboolean (*skim_request) (const char *data,
                            gsize length,
                            WayRequestFacts *ret_facts,
                            GError **error);
  gsize (*plan_edits) (const WayRequestFacts *facts,
                       const char *model,
                       GPtrArray *arena,
                       WayJsonEdit *ret_edits);
  gboolean (*decode_event) (
    const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error);
  gboolean (*decode_reply) (
    const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error);
  gboolean (*event_is_surplus) (const char *data, gsize length);
  void (*encode_delta) (GString *out, const WayReplyHead *head, const WayDelta *delta);
  void (*encode_reply) (GString *out, const WayReplyHead *head, GArray *deltas);
  void (*encode_error) (GString *out, WayErrorCode code, const char *message);
  void (*encode_stream_error) (GString *out, WayErrorCode code, const char *message);
  char *(*decode_error) (const char *data, gsize length);
};

extern const WayDialect way_dialect_openai_chat;

const WayDialect *way_dialect_for_path (const char *path);
const WayDialect *way_dialect_by_name (const char *name);

G_END_DECLS
