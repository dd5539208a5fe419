/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the openai-chat dialect; nobody else includes it. */

#pragma once

#include "way-dialect.h"
#include "way-json-scan.h"

G_BEGIN_DECLS

/* A count beyond this is a fault, not a count. */
#define WAY_OPENAI_MAX_TOKENS G_GINT64_CONSTANT (1000000000000)

/* A member somebody looks for and where its value goes. */
typedef struct
{
  const char *name;
  WayJsonSpan *ret_value;
} WayOpenaiMember;

/* Finds several members in one walk: { "name", &span }, … */
#define WAY_OPENAI_COLLECT(object, ...)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const WayOpenaiMember collected[] = { __VA_ARGS__ };                                           \
    way_openai_collect ((object), collected, G_N_ELEMENTS (collected));                            \
  }                                                                                                \
  G_STMT_END

void
way_openai_collect (const WayJsonSpan *object, const WayOpenaiMember *members, gsize n_members);
gint64 way_openai_read_tokens (const WayJsonSpan *number);
gboolean way_openai_read_usage (const WayJsonSpan *object, WayUsage *ret_usage);

gboolean way_openai_chat_skim_request (const char *data,
                                       gsize length,
                                       WayRequestFacts *ret_facts,
                                       GError **error);
gsize way_openai_chat_plan_edits (const WayRequestFacts *facts,
                                  const char *model,
                                  GPtrArray *arena,
                                  WayJsonEdit *ret_edits);

gboolean way_openai_chat_decode_event (
  const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error);
gboolean way_openai_chat_decode_reply (
  const char *data, gsize length, WayDeltaFunc func, gpointer user_data, GError **error);
gboolean way_openai_chat_event_is_surplus (const char *data, gsize length);
char *way_openai_chat_decode_error (const char *data, gsize length);

void way_openai_chat_encode_delta (GString *out, const WayReplyHead *head, const WayDelta *delta);
void way_openai_chat_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void way_openai_chat_encode_error (GString *out, WayErrorCode code, const char *message);
void way_openai_chat_encode_stream_error (GString *out, WayErrorCode code, const char *message);

G_END_DECLS
