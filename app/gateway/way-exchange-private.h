/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the files of an exchange share: -exchange (its life), -attempt (one provider), -answer (what
 * the client gets). Gateway thread. */

#pragma once

#include "way-exchange.h"
#include "way-journey.h"
#include "way-pump.h"

G_BEGIN_DECLS

/**
 * WayBooks:
 * @traffic: (nullable): borrowed: of the target; %NULL while nothing is open
 * @began_at_us: wall clock
 * @was_blamed: the breaker has its verdict
 *
 * What is open while an attempt runs.
 */
typedef struct
{
  WayTargetTraffic *traffic;
  gint64 began_at_us;
  WayReservation reservation;
  gboolean was_blamed;
} WayBooks;

/**
 * WayEnding:
 * @status: what the client gets, 0 if nothing
 * @code: (nullable): the contract's name of the error
 *
 * How an exchange ends.
 */
typedef struct
{
  WayOutcome outcome;
  guint status;
  const char *code;
} WayEnding;

extern const WayEnding way_ending_done; /* with 200 */

struct _WayExchange
{
  WayCore *core;       /* borrowed */
  WayRequest *request; /* owned */
  WayRecord *record;   /* owned */
  WayPlan *plan;       /* owned */
  WayRequestFacts facts;

  /* the attempt that runs */
  WayJourney journey;
  WayBooks books;
  const WayCandidate *candidate; /* borrowed from @plan */
  WayAttempt *attempt;           /* borrowed from @record */
  WayCall *call;                 /* borrowed from the upstream, NULL when none runs */
  WayPump *pump;                 /* owned, for a streamed answer */
  GByteArray *body;              /* owned, for any other */
  WayTranslation *translation;   /* (nullable): owned: the request decoded, for all attempts */
  gboolean is_translated;        /* this attempt is in another dialect than the client's */
  WayTally tally;                /* of an answer that was not streamed */
  gint64 sent_us;                /* monotonic */
  gint64 first_token_us;         /* of the attempt, since @sent_us */
  guint status;                  /* of the provider's answer */
  GString *refusal;              /* (nullable): owned: headers that go on with an error status */
  gboolean refusal_is_json;
  gboolean paused;

  GSource *repeat;       /* (nullable): owned: the wait before the target is asked again */
  GError *repeat_cause;  /* (nullable): owned: the failure that is waited after */
  gint64 admitted_at_us; /* wall: counted against the app's limits since, 0 if not */
  gint64 queued_us;      /* monotonic: waits for room since, 0 if it never did */

  char *cache_key;  /* (nullable): owned: the answer is to be kept under it */
  GByteArray *kept; /* (nullable): owned: what the client has got of it */
  GString *heard;   /* (nullable): owned: the beginning of what the client got, to be captured */

  gboolean committed; /* the client has got its first byte */
  gboolean sealed;
  gint64 progress_us; /* monotonic, when progress was last told */
};

/* way-exchange.c */
void way_exchange_go_on (WayExchange *self, const WayFailure *failure, const GError *error);
void way_exchange_seal (WayExchange *self, const WayEnding *ending);
void way_exchange_free (WayExchange *self);
void way_exchange_finish (WayExchange *self, const WayEnding *ending);
void way_exchange_tell (WayExchange *self, WayEventType type);
gint64 way_exchange_get_elapsed_us (WayExchange *self);
gboolean way_exchange_header_is_set (WayExchange *self, const char *name);
gboolean way_exchange_is_local_only (WayExchange *self);

/* way-attempt-request.c */
#define WAY_ATTEMPT_MAX_HEADERS 8
gsize way_attempt_collect_headers (WayExchange *self, WayHeader *ret_headers);
gboolean way_attempt_find_model (WayExchange *self, WayModel *ret_model);
GBytes *way_attempt_write_body (WayExchange *self, GError **error);

/* way-attempt.c */
void way_attempt_start (WayExchange *self, const WayCandidate *candidate, WayAttempt *attempt);
void way_attempt_stop (WayExchange *self);
void way_attempt_forget_refusal (WayExchange *self);
void way_attempt_settle (WayExchange *self, WayVerdict verdict, const char *reason);

/* way-attempt-books.c */
void way_attempt_open_books (WayExchange *self);
void way_attempt_close_books (WayExchange *self);
void way_attempt_note_failure (WayExchange *self, const GError *error);
void way_attempt_note_success (WayExchange *self);
void way_exchange_admit (WayExchange *self);
void way_exchange_dismiss (WayExchange *self);

/* way-answer.c */
void way_answer_end (WayExchange *self,
                     const WayEnding *ending,
                     GString *head,
                     const char *type,
                     const char *body,
                     gsize length);
void
way_answer_end_pieces (WayExchange *self, const WayEnding *ending, const char *data, gsize length);
void way_answer_with_error (WayExchange *self, WayOutcome outcome, const GError *error);
void way_answer_with_failure (WayExchange *self, const GError *error);
void way_answer_whole (WayExchange *self);
void way_answer_nothing (WayExchange *self);
void way_answer_estimate (WayExchange *self);
void way_answer_begin_stream (WayExchange *self);
void way_answer_pass_stream (WayExchange *self);
void way_answer_end_stream (WayExchange *self);
gboolean way_answer_was_taken (WayExchange *self);
void way_answer_cut_stream (WayExchange *self, const GError *error);
void way_answer_add_headers (WayExchange *self, GString *head);

/* way-answer-cache.c */
gboolean way_answer_from_cache (WayExchange *self);
void way_answer_collect (WayExchange *self, const char *data, gsize length);
void way_answer_keep (WayExchange *self, const char *type);

/* way-answer-capture.c */
void way_answer_overhear (WayExchange *self, const char *data, gsize length);
void way_answer_capture (WayExchange *self);

G_END_DECLS
