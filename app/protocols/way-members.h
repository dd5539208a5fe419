/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* How a request becomes a WayChat: by its members, most of which several dialects have alike. Pure.
 */

#pragma once

#include "way-chat.h"

G_BEGIN_DECLS

/* Reads one member of a request, or one element of an array, into @chat. */
typedef gboolean (*WayMemberFunc) (WayChat *chat, const WayJsonSpan *value, GError **error);

typedef struct
{
  const char *name;
  WayMemberFunc func;
} WayMemberReader;

gboolean way_read_members (WayChat *chat,
                           const WayJsonSpan *object,
                           const WayMemberReader *readers,
                           gsize n_readers,
                           GError **error);
gboolean way_read_elements (
  WayChat *chat, const WayJsonSpan *array, WayMemberFunc func, const char *refusal, GError **error);

/* Each is a WayMemberFunc for the member of that name, however the dialect spells it. */
gboolean way_read_frequency_penalty (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_min_p (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_parallel_tool_calls (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_presence_penalty (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_seed (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_stop (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_stream (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_stream_options (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_temperature (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_top_k (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_top_logprobs (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_top_p (WayChat *chat, const WayJsonSpan *value, GError **error);
gboolean way_read_user (WayChat *chat, const WayJsonSpan *value, GError **error);

G_END_DECLS
