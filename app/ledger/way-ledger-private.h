/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the ledger's files share: one connection with its prepared statements and its texts. All of
 * it is used by one thread at a time: the opener's until the ledger thread starts, then only that.
 */

#pragma once

#include "way-capture.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* A prepared statement that is in use: leaving its scope resets it, which ends its transaction. */
typedef sqlite3_stmt WayStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayStatement, sqlite3_reset)

typedef struct
{
  GThread *thread; /* the only one that may use this; NULL while it is being opened */
  /* owned */
  sqlite3 *handle;
  GHashTable *statements;  /* SQL literal, by address → sqlite3_stmt */
  GHashTable *text_ids;    /* text → its id */
  GHashTable *text_values; /* id → text, borrowed from text_ids */
  GHashTable *seen_once;   /* hashes of texts that have come once and are not in the table */
  GHashTable *totals;      /* what the open transaction adds to the totals */
  char *capture_path;
  sqlite3 *capture; /* (nullable): opened when it is first needed */
  WayCaptureLimits capture_limits;
} WayLedgerDb;

/* Answers @task from the database; @failure says why given records are not there yet, if so. */
typedef void (*WayLedgerAnswer) (WayLedgerDb *db, const GError *failure, GTask *task);

/* way-ledger.c */
#define WAY_LEDGER_CROWDED_RECORDS 16384
void way_ledger_ask (WayLedger *ledger, GTask *task, WayLedgerAnswer answer);

/* way-ledger-db.c */
WayLedgerDb *way_ledger_db_open (const char *path, GError **error);
void way_ledger_db_close (WayLedgerDb *db);
WayStatement *way_ledger_db_prepare (WayLedgerDb *db, const char *sql_literal, GError **error);
gboolean way_ledger_db_step (WayLedgerDb *db, WayStatement *statement, GError **error);
gboolean way_ledger_db_run (WayLedgerDb *db, const char *sql_literal, GError **error);
void way_ledger_db_rollback (WayLedgerDb *db);
void way_ledger_db_fail (WayLedgerDb *db, GError **error);
gboolean way_ledger_db_intern (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error);
gboolean
way_ledger_db_intern_repeated (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error);
gboolean
way_ledger_db_find_text (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error);
const char *way_ledger_db_get_text (WayLedgerDb *db, gint64 id);

/* way-capture.c */
void way_capture_trim (WayLedgerDb *db);

/* way-ledger-id.c */
#define WAY_LEDGER_ID_BYTES 16
gboolean way_ledger_id_pack (const char *id, guint8 ret_bytes[WAY_LEDGER_ID_BYTES]);
gint64 way_ledger_id_get_time_us (const char *id);
char *way_ledger_id_unpack (const guint8 bytes[WAY_LEDGER_ID_BYTES]);

/* way-ledger-schema.c */
gboolean way_ledger_schema_create_file (const char *path, GError **error);
gboolean way_ledger_schema_migrate (sqlite3 *handle, const char *path, GError **error);

/* way-ledger-requests.c */
#define WAY_LEDGER_SLOTS_PER_US 1024
gboolean way_ledger_requests_insert (WayLedgerDb *db, const WayRecord *record, GError **error);
gboolean way_ledger_requests_find (WayLedgerDb *db, const char *id, gint64 *ret_at, GError **error);
WayRecord *way_ledger_requests_load (WayLedgerDb *db, gint64 at, GError **error);
gboolean way_ledger_requests_delete (
  WayLedgerDb *db, gint64 before_us, guint limit, guint *ret_deleted, GError **error);

/* way-ledger-pages.c */
GPtrArray *way_ledger_pages_query (WayLedgerDb *db, const WayLedgerFilter *filter, GError **error);

/* way-ledger-totals.c */
GHashTable *way_ledger_totals_new (void);
void way_ledger_totals_add (GHashTable *totals, const WayRecord *record);
gboolean way_ledger_totals_write (WayLedgerDb *db, GHashTable *totals, GError **error);
GPtrArray *
way_ledger_totals_query (WayLedgerDb *db, WaySpendBy by, gint64 since_us, GError **error);
gboolean way_ledger_totals_sum (WayLedgerDb *db,
                                const WaySpentQuestion *question,
                                gint64 *ret_nano_usd,
                                GError **error);

G_END_DECLS
