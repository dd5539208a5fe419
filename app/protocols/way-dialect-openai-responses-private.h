/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the openai-responses dialect; nobody else includes it. */

#pragma once

#include "way-dialect.h"

G_BEGIN_DECLS

#define WAY_RESPONSES_NAME "openai-responses"

WayChat *
way_responses_decode_request (const char *path, const char *data, gsize length, GError **error);
gboolean way_responses_encode_request (const WayChat *chat,
                                       const WayRequestTarget *target,
                                       GString *out,
                                       GPtrArray *dropped,
                                       GError **error);

gboolean way_responses_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error);
gboolean
way_responses_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error);

gpointer way_responses_encoder_new (const WayReplyHead *head);
void way_responses_encoder_free (gpointer encoder);
void way_responses_encode_delta (gpointer encoder, GString *out, const WayDelta *delta);
void way_responses_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas);
void way_responses_encode_stream_error (GString *out, WayErrorCode code, const char *message);

char *way_responses_dup_tool_name (const char *space, const char *name);

/* One item of "output", as it is or as it grows. */
typedef enum
{
  WAY_RESPONSES_MESSAGE,
  WAY_RESPONSES_REFUSAL,
  WAY_RESPONSES_REASONING,
  WAY_RESPONSES_CALL,
} WayResponsesItemType;

typedef struct
{
  WayResponsesItemType type;
  guint index;             /* of the output */
  guint tool;              /* of a call */
  const WayTool *function; /* (nullable): of a call: borrowed from the request */
  char *call_id;           /* owned */
  char *name;              /* owned */
  GString *text;           /* owned: words, or arguments as they come */
  char *encrypted_content; /* (nullable): owned */
  GString *logprobs;       /* (nullable): owned: a JSON array */
  gboolean is_cut;         /* the answer ended in the middle of it */
} WayResponsesItem;

WayResponsesItem *
way_responses_item_new (const WayReplyHead *head, guint index, const WayDelta *delta);
void way_responses_item_free (gpointer item);
void
way_responses_item_add (WayResponsesItem *item, const WayReplyHead *head, const WayDelta *delta);
gboolean way_responses_item_is_custom (const WayResponsesItem *item);
const char *way_responses_item_get_name (const WayResponsesItem *item);
char *way_responses_item_dup_input (const WayResponsesItem *item);
void
way_responses_item_append_id (GString *out, const WayReplyHead *head, const WayResponsesItem *item);
void way_responses_item_append (GString *out,
                                const WayReplyHead *head,
                                const WayResponsesItem *item,
                                gboolean is_done);
void way_responses_item_append_part (GString *out, const WayResponsesItem *item, gboolean is_done);
gboolean way_responses_is_cut (WayFinish finish);
void way_responses_append_response (GString *out,
                                    const WayReplyHead *head,
                                    const GPtrArray *items,
                                    WayFinish finish,
                                    const WayUsage *usage,
                                    gboolean is_done);

G_END_DECLS
