/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The words of an answer on their way through: framed, counted, passed on as they came. No I/O, so
 * that it is tested by bytes alone. */

#pragma once

#include "way-ndjson.h"
#include "way-sse.h"
#include "way-translation.h"

G_BEGIN_DECLS

/**
 * WayTally:
 * @usage: as reported so far
 * @text_bytes: of generated text, for an estimate where nothing was reported
 * @saw_words: a token has been generated
 * @finished: the model ended its turn, in the dialect's words
 * @error: (nullable): owned: an error in place of an answer, or in the middle of one
 */
typedef struct
{
  WayUsage usage;
  gsize text_bytes;
  gboolean saw_words;
  gboolean finished;
  char *error;
} WayTally;

void way_tally_init (WayTally *tally);
void way_tally_clear (WayTally *tally);
void way_tally_add (const WayDelta *delta, gpointer tally);
WayUsage way_tally_settle (const WayTally *tally, gint64 input_tokens_estimate);

typedef struct _WayPump WayPump;

WayPump *way_pump_new (const WayDialect *dialect, WayTranslation *translation, gboolean hide_usage);
void way_pump_free (WayPump *pump);
gboolean way_pump_feed (WayPump *pump, const char *data, gsize length, GError **error);
void way_pump_end (WayPump *pump);
GString *way_pump_get_output (WayPump *pump);
const WayTally *way_pump_get_tally (WayPump *pump);
gboolean way_pump_has_answer (WayPump *pump);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayPump, way_pump_free)

G_END_DECLS
