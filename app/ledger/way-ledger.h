/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The book of every request: SQLite on a thread of its own. A record is given away (with the
 * caller's reference) and forgotten; questions are asked asynchronously and answered on the asker's
 * context. */

#pragma once

#include "way-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WayLedger WayLedger;

/* Which requests: unset members do not restrict. */
typedef struct
{
  const char *app;
  const char *provider;
  const char *model;   /* requested or answered */
  const char *outcome; /* way_outcome_get_name() */
  const char *tag;
  const char *before_id; /* only older ones: the page after this id */
  gint64 since_us;       /* wall clock, 0 for none */
  guint status;          /* HTTP status the client got, 0 for any */
  guint limit;           /* 0: 100; at most 1,000 */
} WayLedgerFilter;

typedef enum
{
  WAY_SPEND_BY_DAY,
  WAY_SPEND_BY_APP,
  WAY_SPEND_BY_PROVIDER,
  WAY_SPEND_BY_MODEL,
  WAY_SPEND_BY_TARGET,
} WaySpendBy;

/**
 * WaySpendRow:
 * @cost_nano_usd: what attempts are known to have cost, at the target that charged them, which may
 *   be one that answered no request
 * @unknown_cost_requests: how many had an attempt of unknown cost, which is not in that sum
 * @unknown_token_requests: how many have unknown tokens, which are not in the sums
 * @cache_hits: how many were answered without asking a provider
 * @saved_nano_usd: sum of what those would have cost, where that is known
 */
typedef struct
{
  char *key; /* day YYYY-MM-DD in local time, app, provider, model, or "provider/model" */
  gint64 requests;
  gint64 failed;
  gint64 local_requests; /* answered on this machine */
  gint64 fallbacks;      /* answered, but not by the first attempt */
  gint64 input_tokens;   /* uncached */
  gint64 cached_tokens;  /* read from cache */
  gint64 output_tokens;
  gint64 cost_nano_usd;
  gint64 unknown_cost_requests;
  gint64 unknown_token_requests;
  gint64 cache_hits;
  gint64 saved_nano_usd;
} WaySpendRow;

typedef enum
{
  WAY_SPENT_BY_ALL,
  WAY_SPENT_BY_APP,
  WAY_SPENT_BY_PROVIDER,
  WAY_SPENT_BY_MODEL,
} WaySpentScope;

/**
 * WaySpentQuestion:
 * @scope: whose spend
 * @name: (nullable): of the app, provider or model; "" for requests that have none, %NULL for all
 * @since_day: YYYYMMDD, the first local day that counts; 0 for all
 */
typedef struct
{
  WaySpentScope scope;
  const char *name;
  gint64 since_day;
} WaySpentQuestion;

WayLedger *way_ledger_new (const char *path, GError **error);
void way_ledger_close (WayLedger *ledger);
void way_ledger_record (WayLedger *ledger, WayRecord *record);
void way_ledger_set_retention (WayLedger *ledger, gint64 days);

void way_ledger_query_async (WayLedger *ledger,
                             const WayLedgerFilter *filter,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *way_ledger_query_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void way_ledger_get_async (WayLedger *ledger,
                           const char *id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
WayRecord *way_ledger_get_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void way_ledger_spend_async (WayLedger *ledger,
                             WaySpendBy by,
                             gint64 since_us,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GPtrArray *way_ledger_spend_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void way_ledger_spent_async (WayLedger *ledger,
                             const WaySpentQuestion *questions,
                             guint n_questions,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GArray *way_ledger_spent_finish (WayLedger *ledger, GAsyncResult *result, GError **error);
void way_ledger_flush_async (WayLedger *ledger, GAsyncReadyCallback callback, gpointer user_data);
gboolean way_ledger_flush_finish (WayLedger *ledger, GAsyncResult *result, GError **error);

void way_spend_row_free (WaySpendRow *row);
gboolean way_spend_by_from_name (const char *name, WaySpendBy *ret_by);

G_END_DECLS
