/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the openai-chat dialect and of its two older relatives, completions and
 * embeddings; nobody else includes it. */

#pragma once

#include "way-dialect.h"
#include "way-json-scan.h"

G_BEGIN_DECLS

gboolean way_openai_read_usage (const WayJsonSpan *object, WayUsage *ret_usage);

gboolean way_openai_chat_skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error);
gsize way_openai_chat_plan_edits (const WayRequestFacts *facts,
                                  const WayRequestTarget *target,
                                  const char *data,
                                  gsize length,
                                  GPtrArray *arena,
                                  WayJsonEdit *ret_edits);
WayChat *
way_openai_chat_decode_request (const char *path, const char *data, gsize length, GError **error);
gboolean way_openai_chat_encode_request (const WayChat *chat,
                                         const WayRequestTarget *target,
                                         GString *out,
                                         GPtrArray *dropped,
                                         GError **error);

gboolean way_openai_chat_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error);
gboolean
way_openai_chat_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error);
gboolean way_openai_chat_event_is_surplus (const char *data, gsize length);
char *way_openai_chat_decode_error (const char *data, gsize length);

void way_openai_append_usage (GString *out, const WayUsage *usage);
gpointer way_openai_chat_encoder_new (const WayReplyHead *head);
void way_openai_chat_encode_delta (gpointer encoder, GString *out, const WayDelta *delta);
void way_openai_chat_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void
way_openai_chat_encode_error (GString *out, WayErrorCode code, guint status, const char *message);
void way_openai_chat_encode_stream_error (GString *out, WayErrorCode code, const char *message);

G_END_DECLS
