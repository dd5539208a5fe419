/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of one request: filled by the gateway, kept by the ledger, shown by the window. */

#pragma once

#include "way-error.h"
#include "way-usage.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_LOCALITY_LOCAL, /* loopback: never leaves this machine */
  WAY_LOCALITY_LAN,   /* private address */
  WAY_LOCALITY_CLOUD, /* anything else */
} WayLocality;

/* How a request ended; the one exit names one of these. */
typedef enum
{
  WAY_OUTCOME_RUNNING, /* not ended yet */
  WAY_OUTCOME_DONE,
  WAY_OUTCOME_REFUSED,        /* by Wayfare: guard, policy, no target */
  WAY_OUTCOME_UPSTREAM_ERROR, /* a provider's fault */
  WAY_OUTCOME_CLIENT_GONE,
  WAY_OUTCOME_DEADLINE,
  WAY_OUTCOME_SHUTDOWN,
} WayOutcome;

typedef enum
{
  WAY_VERDICT_SKIPPED, /* a candidate that was never tried; reason says why */
  WAY_VERDICT_TRYING,
  WAY_VERDICT_FAILED,
  WAY_VERDICT_ANSWERED,
} WayVerdict;

/**
 * WayAttempt:
 * @reason: in words, for a person: "refused the connection", "second target of coder"
 * @status: HTTP status the provider gave, 0 if none came
 * @started_us: since the request began
 * @connect_us: name look-up, TCP and TLS; 0 on a reused connection, %WAY_UNKNOWN if not connected
 * @first_byte_us: from send to the first byte of the answer, or %WAY_UNKNOWN
 * @duration_us: of the whole attempt, or %WAY_UNKNOWN while it runs or if it never started
 *
 * One candidate of the *Way*: tried, or left out with its reason.
 */
typedef struct
{
  char *provider; /* owned */
  char *model;    /* owned */
  char *reason;   /* owned, nullable */
  WayLocality locality;
  WayVerdict verdict;
  guint status;
  gint64 started_us;
  gint64 connect_us;
  gint64 first_byte_us;
  gint64 duration_us;
  WayUsage usage;
  gint64 cost_nano_usd;
} WayAttempt;

/**
 * WayRecord:
 * @id: "req_" and 26 characters, sorts by time
 * @started_at_us: wall clock, µs since 1970
 * @first_token_us: from the request's arrival to the first generated token, or %WAY_UNKNOWN
 * @duration_us: arrival to last byte, or %WAY_UNKNOWN while it runs
 * @cost_nano_usd: of all attempts together, or %WAY_UNKNOWN if that of one is
 * @cache_hit: answered from the answers kept here, and no provider was asked
 * @saved_nano_usd: what a hit would have cost, or %WAY_UNKNOWN without a hit or without a price
 * @price: what @cost_nano_usd was computed with
 * @attempts: (element-type WayAttempt): every candidate in order
 *
 * One request. The gateway thread owns and fills it; once it has been given to the ledger or put
 * into an event it is sealed: nobody changes it, any thread may read it and drop its reference.
 */
typedef struct
{
  gatomicrefcount refs;
  gboolean is_compact; /* its strings but the id are shared; see way_record_copy_compact() */
  char *id;            /* owned, like every string here; nullable but for id and path */
  char *app;           /* null: no token was needed and none was sent */
  char *path;          /* of the HTTP request, without query */
  char *dialect;       /* "openai-chat" … */
  char *route;         /* pattern of the route, null when the model was addressed directly */
  char *tag;           /* x-wayfare-tag */
  char *requested_model;
  char *answered_model; /* what the target was asked for */
  char *provider;
  char *error_code; /* contract name: "no_target" … */
  char *reason;     /* of the last decision, in words */
  char *dropped;    /* what the provider could not be told, null if nothing */
  WayLocality locality;
  WayOutcome outcome;
  guint status; /* HTTP status the client got, 0 if none */
  gboolean streamed;
  gboolean substituted;
  gboolean cache_hit;
  gint64 started_at_us;
  gint64 first_token_us;
  gint64 duration_us;
  gint64 request_bytes;
  gint64 response_bytes;
  WayUsage usage;
  WayPrice price;
  gint64 cost_nano_usd;
  gint64 saved_nano_usd;
  GPtrArray *attempts;
} WayRecord;

WayRecord *way_record_new (const char *id, const char *path, gint64 started_at_us);
WayRecord *way_record_ref (WayRecord *record);
void way_record_unref (WayRecord *record);
WayRecord *way_record_copy (const WayRecord *record);
WayRecord *way_record_copy_compact (const WayRecord *record);
WayAttempt *way_record_add_attempt (WayRecord *record,
                                    const char *provider,
                                    const char *model,
                                    WayLocality locality);
guint way_record_count_tried (const WayRecord *record);
const WayAttempt *way_record_get_asked (const WayRecord *record);
gboolean way_record_has_answer (const WayRecord *record);
gboolean way_record_is_fallback (const WayRecord *record);
gboolean way_record_has_failed (const WayRecord *record);
gint64 way_record_sum_cost_nano_usd (const WayRecord *record);
gint64 way_record_get_known_cost_nano_usd (const WayRecord *record);

const char *way_locality_get_name (WayLocality locality);
gboolean way_locality_from_name (const char *name, WayLocality *ret_locality);
const char *way_outcome_get_name (WayOutcome outcome);
gboolean way_outcome_from_name (const char *name, WayOutcome *ret_outcome);
const char *way_verdict_get_name (WayVerdict verdict);
gboolean way_verdict_from_name (const char *name, WayVerdict *ret_verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayRecord, way_record_unref)

G_END_DECLS
