/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The words of requests and answers, kept only if the user turned that on: a file of its own beside
 * the ledger, bounded in days and size, on the ledger's thread. */

#pragma once

#include "way-ledger.h"

G_BEGIN_DECLS

/* Of each body at most so much is kept. */
#define WAY_CAPTURE_BODY_BYTES (1024 * 1024)

/**
 * WayCaptureLimits:
 * @keep_days: what is older goes
 * @max_bytes: of the file; the oldest go first
 */
typedef struct
{
  gint64 keep_days;
  gint64 max_bytes;
} WayCaptureLimits;

/**
 * WayBodies:
 * @request_bytes: of the whole, of which @request may be the beginning
 * @masked: what looked like a secret was taken out
 */
typedef struct
{
  GBytes *request;
  GBytes *answer;
  gint64 request_bytes;
  gint64 answer_bytes;
  gint64 at_us; /* wall clock */
  gboolean masked;
} WayBodies;

/* What is kept altogether. */
typedef struct
{
  gint64 n_requests;
  gint64 file_bytes;
  gint64 since_us; /* wall clock of the oldest, or WAY_UNKNOWN */
} WayCaptured;

void way_bodies_free (WayBodies *bodies);

void way_ledger_set_capture (WayLedger *ledger, const WayCaptureLimits *limits);
void way_ledger_capture (WayLedger *ledger, const char *id, WayBodies *bodies);
void way_ledger_bodies_async (WayLedger *ledger,
                              const char *id,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
WayBodies *way_ledger_bodies_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void
way_ledger_captured_async (WayLedger *ledger, GAsyncReadyCallback callback, gpointer user_data);
WayCaptured *way_ledger_captured_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void way_ledger_forget_bodies_async (WayLedger *ledger,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean way_ledger_forget_bodies_finish (WayLedger *ledger, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayBodies, way_bodies_free)

G_END_DECLS
