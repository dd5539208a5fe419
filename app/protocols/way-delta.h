/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One step of an answer in neutral words: what every decoder gives and every encoder takes. */

#pragma once

#include "way-usage.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_DELTA_BEGIN, /* text: the model's name as the provider said it */
  WAY_DELTA_TEXT,
  WAY_DELTA_REASONING,
  WAY_DELTA_SIGNATURE, /* text: what the provider wants back with the reasoning before it */
  WAY_DELTA_REFUSAL,
  WAY_DELTA_TOOL_CALL, /* id and name when they are first known; text: a crumb of the arguments */
  WAY_DELTA_FINISH,    /* text: the reason in the dialect's own word; finish: in neutral words */
  WAY_DELTA_USAGE,
  WAY_DELTA_ERROR, /* text: the provider's message, mid-stream */
  WAY_DELTA_END,   /* the dialect's own end mark: [DONE], message_stop, done:true */
} WayDeltaType;

typedef enum
{
  WAY_FINISH_OTHER, /* none of these, or not said */
  WAY_FINISH_STOP,
  WAY_FINISH_STOP_SEQUENCE, /* one of the client's own; which one is in @stop_sequence if known */
  WAY_FINISH_LENGTH,
  WAY_FINISH_CONTEXT, /* the context window is full */
  WAY_FINISH_TOOL_CALLS,
  WAY_FINISH_REFUSAL, /* by the model or a content filter */
  WAY_FINISH_PAUSE,   /* the provider interrupts a long turn: send it back to go on */
} WayFinish;

/**
 * WayDelta:
 * @choice: which of n answers, from 0
 * @tool: number of the tool call within the answer, from 0, dense and ascending
 * @text: (nullable): unescaped UTF-8, terminated
 * @tool_id: (nullable): the provider's id of the call
 * @tool_name: (nullable): what is called
 * @signature: (nullable): of a %WAY_DELTA_TOOL_CALL: what the provider wants back with the call
 *   (Gemini's thoughtSignature)
 * @stop_sequence: (nullable): of a %WAY_DELTA_FINISH
 * @logprobs: (nullable): of a %WAY_DELTA_TEXT: a JSON array in OpenAI's shape, one object a token
 * @redacted: of a %WAY_DELTA_SIGNATURE: the reasoning itself is inside it, for the provider only
 *
 * Pointers are borrowed and valid until the callback returns.
 */
typedef struct
{
  WayDeltaType type;
  WayFinish finish;
  guint choice;
  guint tool;
  const char *text;
  gsize length;
  const char *tool_id;
  const char *tool_name;
  const char *signature;
  const char *stop_sequence;
  const char *logprobs;
  gboolean redacted;
  WayUsage usage;
} WayDelta;

typedef void (*WayDeltaFunc) (const WayDelta *delta, gpointer user_data);

#define WAY_DELTA_INIT(delta_type) ((WayDelta){ .type = (delta_type), .usage = WAY_USAGE_INIT })

G_END_DECLS
