/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the gemini dialect; nobody else includes it. */

#pragma once

#include "way-dialect.h"
#include "way-skim.h"

G_BEGIN_DECLS

#define WAY_GEMINI_NAME "gemini"

char *way_gemini_dup_model (const char *path);
gboolean way_gemini_is_streamed (const char *path);
void way_gemini_weigh_content (const WayJsonSpan *content, WayVolume *volume);
gsize way_gemini_plan_model (const WayJsonSpan *object,
                             const char *path,
                             const WayRequestTarget *target,
                             GPtrArray *arena,
                             WayJsonEdit *ret_edit);

WayChat *
way_gemini_decode_request (const char *path, const char *data, gsize length, GError **error);
gboolean way_gemini_encode_request (const WayChat *chat,
                                    const WayRequestTarget *target,
                                    GString *out,
                                    GPtrArray *dropped,
                                    GError **error);
gboolean way_gemini_encode_count_request (const WayChat *chat,
                                          const WayRequestTarget *target,
                                          GString *out,
                                          GPtrArray *dropped,
                                          GError **error);

gboolean way_gemini_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error);
gboolean
way_gemini_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error);
gboolean
way_gemini_decode_count (WayDecoder *decoder, const char *data, gsize length, GError **error);
char *way_gemini_decode_error (const char *data, gsize length);

char *way_gemini_dup_openai_logprobs (const WayJsonSpan *result);
void
way_gemini_append_logprobs (GString *out, const WayDelta *deltas, gsize n_deltas, guint choice);

gpointer way_gemini_encoder_new (const WayReplyHead *head);
gpointer way_gemini_array_encoder_new (const WayReplyHead *head);
void way_gemini_encoder_free (gpointer encoder);
void way_gemini_encode_delta (gpointer encoder, GString *out, const WayDelta *delta);
void way_gemini_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void way_gemini_encode_count (GString *out, const WayReplyHead *head, GArray *deltas);
void way_gemini_encode_error (GString *out, WayErrorCode code, guint status, const char *message);
void way_gemini_encode_stream_error (GString *out, WayErrorCode code, const char *message);
void way_gemini_array_encode_stream_error (GString *out, WayErrorCode code, const char *message);

G_END_DECLS
