/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The state of one answer that is being decoded, and the small steps that every dialect's decoder
 * takes. Pure. */

#pragma once

#include "way-delta.h"
#include "way-json-scan.h"

G_BEGIN_DECLS

/* A number that stands for a tool call in a provider's stream and the neutral number it has. */
typedef struct
{
  guint key;
  guint tool;
  gboolean has_text; /* some of its arguments have come; for dialects that may say them twice */
} WayToolNumber;

/**
 * WayDecoder:
 * @scratch: the unescaped texts of the delta in hand; no text is longer than its JSON spelling
 * @tools: (element-type WayToolNumber): the calls seen so far
 * @n_tools: number of the next new tool call
 * @n_usages: how often usage was given
 * @block: for dialects that send one block at a time: the type of the one that is open, in the
 *   dialect's own numbering
 * @finish: what the answer said of its end before the dialect's own end mark
 * @began: a %WAY_DELTA_BEGIN was given
 * @finished: a %WAY_DELTA_FINISH was given
 * @failed: a %WAY_DELTA_ERROR was given; for dialects that say one twice
 *
 * One for each answer. A plain struct: dialects read and set the members they need.
 */
typedef struct
{
  WayDeltaFunc func;  /* borrowed */
  gpointer user_data; /* borrowed */
  GString *scratch;   /* owned */
  GArray *tools;      /* owned */
  guint n_tools;
  guint n_usages;
  guint block;
  WayFinish finish;
  gboolean began;
  gboolean finished;
  gboolean failed;
} WayDecoder;

void way_decoder_init (WayDecoder *decoder, WayDeltaFunc func, gpointer user_data);
void way_decoder_clear (WayDecoder *decoder);

gboolean way_span_has_text (const WayJsonSpan *string);
gint64 way_span_get_tokens (const WayJsonSpan *number);
gsize way_decoder_unescape (WayDecoder *decoder, const WayJsonSpan *string);
void way_decoder_give (WayDecoder *decoder, const WayDelta *delta);
void way_decoder_give_begin (WayDecoder *decoder, const WayJsonSpan *model);
void way_decoder_give_string (WayDecoder *decoder,
                              WayDeltaType type,
                              guint choice,
                              const WayJsonSpan *string);
void way_decoder_give_text (WayDecoder *decoder, WayDeltaType type, guint choice, const char *text);
void way_decoder_give_finish (WayDecoder *decoder,
                              guint choice,
                              WayFinish finish,
                              const WayJsonSpan *word);
void way_decoder_give_usage (WayDecoder *decoder, const WayUsage *usage);
void way_decoder_give_end (WayDecoder *decoder);
guint way_decoder_number_tool (WayDecoder *decoder, guint key, gboolean *ret_is_new);
WayToolNumber *way_decoder_get_tool (WayDecoder *decoder, guint tool);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WayDecoder, way_decoder_clear)

G_END_DECLS
