/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of Ollama's dialects; nobody else includes it. */

#pragma once

#include "way-dialect.h"
#include "way-json-scan.h"

G_BEGIN_DECLS

gsize way_ollama_plan_edits (const WayRequestFacts *facts,
                             const WayRequestTarget *target,
                             const char *data,
                             gsize length,
                             GPtrArray *arena,
                             WayJsonEdit *ret_edits);

WayChat *way_ollama_decode_chat (const char *path, const char *data, gsize length, GError **error);
WayChat *
way_ollama_decode_generate (const char *path, const char *data, gsize length, GError **error);
gboolean way_ollama_encode_chat (const WayChat *chat,
                                 const WayRequestTarget *target,
                                 GString *out,
                                 GPtrArray *dropped,
                                 GError **error);
gboolean way_ollama_encode_generate (const WayChat *chat,
                                     const WayRequestTarget *target,
                                     GString *out,
                                     GPtrArray *dropped,
                                     GError **error);

gboolean way_ollama_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error);
gboolean
way_ollama_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error);
char *way_ollama_decode_error (const char *data, gsize length);

gpointer way_ollama_chat_encoder_new (const WayReplyHead *head);
gpointer way_ollama_generate_encoder_new (const WayReplyHead *head);
void way_ollama_encoder_free (gpointer encoder);
void way_ollama_encode_delta (gpointer encoder, GString *out, const WayDelta *delta);
void way_ollama_encode_chat_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void way_ollama_encode_generate_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void way_ollama_encode_error (GString *out, WayErrorCode code, guint status, const char *message);
void way_ollama_encode_stream_error (GString *out, WayErrorCode code, const char *message);

G_END_DECLS
