/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the files of an exchange share: -exchange (its life), -attempt (one provider), -answer (what
 * the client gets). Gateway thread. */

#pragma once

#include "way-exchange.h"
#include "way-pump.h"
#include "way-router.h"

G_BEGIN_DECLS

struct _WayExchange
{
  WayCore *core;       /* borrowed */
  WayRequest *request; /* owned */
  WayRecord *record;   /* owned */
  WayPlan *plan;       /* owned */
  WayRequestFacts facts;

  /* the attempt that runs */
  guint next;                    /* index of the candidate to try next */
  const WayCandidate *candidate; /* borrowed from @plan */
  WayAttempt *attempt;           /* borrowed from @record */
  WayCall *call;                 /* borrowed from the upstream, NULL when none runs */
  WayPump *pump;                 /* owned, for a streamed answer */
  GByteArray *body;              /* owned, for any other */
  WayTranslation *translation;   /* (nullable): owned: the request decoded, for all attempts */
  gboolean is_translated;        /* this attempt is in another dialect than the client's */
  WayTally tally;                /* of an answer that was not streamed */
  gint64 sent_us;                /* monotonic */
  guint status;                  /* of the provider's answer */
  gboolean paused;

  gboolean committed; /* the client has got its first byte */
  gboolean finished;
  gint64 progress_us; /* monotonic, when progress was last told */
};

/* way-exchange.c */
void way_exchange_try_next (WayExchange *self);
void way_exchange_finish (WayExchange *self, WayOutcome outcome, guint status, const char *code);
void way_exchange_tell (WayExchange *self, WayEventType type);
gint64 way_exchange_get_elapsed_us (WayExchange *self);

/* way-attempt-request.c */
#define WAY_ATTEMPT_MAX_HEADERS 8
gsize way_attempt_collect_headers (WayExchange *self, WayHeader *ret_headers);
const WayModel *way_attempt_find_model (WayExchange *self);
GBytes *way_attempt_write_body (WayExchange *self, GError **error);

/* way-attempt.c */
void way_attempt_start (WayExchange *self, const WayCandidate *candidate, WayAttempt *attempt);
void way_attempt_stop (WayExchange *self);
gboolean way_attempt_has_next (WayExchange *self);
void way_attempt_settle (WayExchange *self, WayVerdict verdict, const char *reason);

/* way-answer.c */
void way_answer_with_error (WayExchange *self, WayOutcome outcome, const GError *error);
void way_answer_with_failure (WayExchange *self, const GError *error);
void way_answer_whole (WayExchange *self);
void way_answer_nothing (WayExchange *self);
void way_answer_estimate (WayExchange *self);
void way_answer_begin_stream (WayExchange *self);
void way_answer_pass_stream (WayExchange *self);
void way_answer_end_stream (WayExchange *self);
void way_answer_cut_stream (WayExchange *self, const GError *error);

G_END_DECLS
