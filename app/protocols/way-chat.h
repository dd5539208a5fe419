/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What every dialect says in its own way, in neutral words: facts of a request, deltas of an
 * answer. Pure: bytes in, structs out. */

#pragma once

#include "way-error.h"
#include "way-usage.h"

G_BEGIN_DECLS

/**
 * WayRequestFacts:
 * @model: owned
 * @wants_usage: the client itself asked for usage at the end of the stream
 * @max_output_tokens: as requested, or %WAY_UNKNOWN
 * @input_tokens_estimate: from the length of the texts, a quarter token a byte, and a fixed figure
 *   for each image, whose bytes say nothing; stated as estimate
 *
 * What routing needs to know of a request, skimmed from its bytes without decoding it.
 */
typedef struct
{
  char *model;
  gboolean stream;
  gboolean wants_usage;
  gboolean has_tools;
  gboolean has_images;
  gboolean wants_json_schema;
  gint64 max_output_tokens;
  gint64 input_tokens_estimate;
} WayRequestFacts;

typedef enum
{
  WAY_DELTA_TEXT,
  WAY_DELTA_REASONING,
  WAY_DELTA_REFUSAL,
  WAY_DELTA_TOOL_CALL, /* id and name when they are first known; text: a crumb of the arguments */
  WAY_DELTA_FINISH,    /* text: the reason in the dialect's own word */
  WAY_DELTA_USAGE,
  WAY_DELTA_ERROR, /* text: the provider's message, mid-stream */
  WAY_DELTA_END,   /* the dialect's own end mark: [DONE], message_stop, done:true */
} WayDeltaType;

/* One step of an answer. Pointers are borrowed and valid until the callback returns. */
typedef struct
{
  WayDeltaType type;
  guint choice;
  guint tool;
  const char *text; /* unescaped UTF-8, terminated */
  gsize length;
  const char *tool_id;
  const char *tool_name;
  WayUsage usage;
} WayDelta;

typedef void (*WayDeltaFunc) (const WayDelta *delta, gpointer user_data);

void way_request_facts_clear (WayRequestFacts *facts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WayRequestFacts, way_request_facts_clear)

G_END_DECLS
