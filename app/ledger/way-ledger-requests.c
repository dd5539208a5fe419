/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests and their attempts as rows: written, found by id, read back, deleted when too old. The
 * ledger thread's. */

#include "way-ledger-private.h"

#include <string.h>

#define USAGE_COLUMNS                                                                              \
  "input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, " \
  "reasoning_tokens, reported_cost_nano_usd, estimated, cost_nano_usd"

/* In the order in which put_request() and take_request() go through them. */
#define REQUEST_COLUMNS                                                                            \
  "at, id, app, path, dialect, route, requested_model, answered_model, provider, error_code, "     \
  "reason, dropped, tag, locality, outcome, status, streamed, substituted, cache_hit, "            \
  "saved_nano_usd, first_token_us, duration_us, "                                                  \
  "request_bytes, response_bytes, price_input, price_cache_read, price_cache_write_5m, "           \
  "price_cache_write_1h, price_output, price_reasoning, price_as_of, " USAGE_COLUMNS

#define ATTEMPT_COLUMNS                                                                            \
  "request, n, provider, model, reason, locality, verdict, status, started_us, connect_us, "       \
  "first_byte_us, duration_us, " USAGE_COLUMNS

/* Where the next value of a row goes to or comes from, so that no column needs a number. */
typedef struct
{
  WayLedgerDb *db;
  WayStatement *statement;
  int column;
  GError **error;
  gboolean failed;
} Row;

static void
put_int (Row *row, gint64 value)
{
  sqlite3_bind_int64 (row->statement, ++row->column, value);
}

/* Unknown is NULL on disk. */
static void
put_known (Row *row, gint64 value)
{
  if (value < 0)
    sqlite3_bind_null (row->statement, ++row->column);
  else
    put_int (row, value);
}

static void
put_text (Row *row, const char *text)
{
  gint64 id = 0;
  if (!row->failed && !way_ledger_db_intern (row->db, text, &id, row->error))
    row->failed = TRUE;
  if (id == 0)
    sqlite3_bind_null (row->statement, ++row->column);
  else
    put_int (row, id);
}

/* What is said of one request alone stays in its row: as a blob, since the column would make an
 * integer, and so an id, of a text that looks like one. */
static void
put_reason (Row *row, const char *reason)
{
  gint64 id = 0;
  if (!row->failed && !way_ledger_db_intern_repeated (row->db, reason, &id, row->error))
    row->failed = TRUE;
  if (id > 0)
    put_int (row, id);
  else
    sqlite3_bind_blob (row->statement, ++row->column, reason, reason ? (int)strlen (reason) : 0,
                       SQLITE_STATIC);
}

static void
put_usage (Row *row, const WayUsage *usage, gint64 cost_nano_usd)
{
  put_known (row, usage->input_tokens);
  put_known (row, usage->cache_read_tokens);
  put_known (row, usage->cache_write_5m_tokens);
  put_known (row, usage->cache_write_1h_tokens);
  put_known (row, usage->output_tokens);
  put_known (row, usage->reasoning_tokens);
  put_known (row, usage->reported_cost_nano_usd);
  put_int (row, usage->estimated != FALSE);
  put_known (row, cost_nano_usd);
}

static void
put_price (Row *row, const WayPrice *price)
{
  put_known (row, price->input);
  put_known (row, price->cache_read);
  put_known (row, price->cache_write_5m);
  put_known (row, price->cache_write_1h);
  put_known (row, price->output);
  put_known (row, price->reasoning);
  put_int (row, price->as_of);
}

/* Binds @id in the form it has on disk; @bytes must outlive the step. */
static void
bind_id (WayStatement *statement, int column, const char *id, guint8 bytes[WAY_LEDGER_ID_BYTES])
{
  if (way_ledger_id_pack (id, bytes))
    sqlite3_bind_blob (statement, column, bytes, WAY_LEDGER_ID_BYTES, SQLITE_STATIC);
  else
    sqlite3_bind_text (statement, column, id, -1, SQLITE_STATIC);
}

static void
put_request (Row *row, const WayRecord *record)
{
  put_text (row, record->app);
  put_text (row, record->path);
  put_text (row, record->dialect);
  put_text (row, record->route);
  put_text (row, record->requested_model);
  put_text (row, record->answered_model);
  put_text (row, record->provider);
  put_text (row, record->error_code);
  put_reason (row, record->reason);
  put_text (row, record->dropped);
  /* A tag may differ in every request: remembering it as a text would only grow that table. */
  sqlite3_bind_text (row->statement, ++row->column, record->tag, -1, SQLITE_STATIC);
  put_int (row, record->locality);
  put_int (row, record->outcome);
  put_int (row, record->status);
  put_int (row, record->streamed != FALSE);
  put_int (row, record->substituted != FALSE);
  put_int (row, record->cache_hit != FALSE);
  put_known (row, record->saved_nano_usd);
  put_known (row, record->first_token_us);
  put_known (row, record->duration_us);
  put_known (row, record->request_bytes);
  put_known (row, record->response_bytes);
  put_price (row, &record->price);
  put_usage (row, &record->usage, record->cost_nano_usd);
}

/* The first free place after all that started in the same µs as @at. */
static gboolean
find_free_at (WayLedgerDb *db, gint64 at, gint64 *ret_at, GError **error)
{
  g_autoptr (WayStatement) find = way_ledger_db_prepare (
    db, "SELECT max (at) FROM request WHERE at BETWEEN ?1 AND ?1 + ?2", error);
  if (!find)
    return FALSE;
  sqlite3_bind_int64 (find, 1, at);
  sqlite3_bind_int64 (find, 2, WAY_LEDGER_SLOTS_PER_US - at % WAY_LEDGER_SLOTS_PER_US - 1);
  if (sqlite3_step (find) != SQLITE_ROW)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  *ret_at = sqlite3_column_int64 (find, 0) + 1;
  return TRUE;
}

/* Steps the insertion until a place is free; @ret_at is 0 if the ledger has the request already. */
static gboolean
step_insertion (WayLedgerDb *db, WayStatement *insert, gint64 at, gint64 *ret_at, GError **error)
{
  for (;;)
    {
      sqlite3_bind_int64 (insert, 1, at);
      int code = sqlite3_step (insert);
      if (code == SQLITE_CONSTRAINT_UNIQUE)
        at = 0;
      if (code == SQLITE_DONE || code == SQLITE_CONSTRAINT_UNIQUE)
        {
          *ret_at = at;
          return TRUE;
        }
      if (code != SQLITE_CONSTRAINT_PRIMARYKEY)
        {
          way_ledger_db_fail (db, error);
          return FALSE;
        }
      sqlite3_reset (insert);
      if (!find_free_at (db, at, &at, error))
        return FALSE;
    }
}

static gboolean
insert_request (WayLedgerDb *db, const WayRecord *record, gint64 *ret_at, GError **error)
{
  g_autoptr (WayStatement) insert =
    way_ledger_db_prepare (db,
                           "INSERT INTO request (" REQUEST_COLUMNS ") VALUES ("
                           "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                           "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           error);
  if (!insert)
    return FALSE;

  guint8 id[WAY_LEDGER_ID_BYTES];
  bind_id (insert, 2, record->id, id);
  Row row = { db, insert, 2, error, FALSE };
  put_request (&row, record);
  if (row.failed)
    return FALSE;

  gint64 last_us = G_MAXINT64 / WAY_LEDGER_SLOTS_PER_US - 1;
  gint64 at = CLAMP (record->started_at_us, 1, last_us) * WAY_LEDGER_SLOTS_PER_US;
  return step_insertion (db, insert, at, ret_at, error);
}

/* Mostly it is the reason of the request as well, which 0 then stands for. */
static void
put_attempt_reason (Row *row, const WayRecord *record, const WayAttempt *attempt)
{
  if (attempt->reason && g_strcmp0 (attempt->reason, record->reason) == 0)
    put_int (row, 0);
  else
    put_reason (row, attempt->reason);
}

static gboolean
insert_attempt (WayLedgerDb *db, gint64 request, guint n, const WayRecord *record, GError **error)
{
  const WayAttempt *attempt = g_ptr_array_index (record->attempts, n);
  g_autoptr (WayStatement) insert =
    way_ledger_db_prepare (db,
                           "INSERT INTO attempt (" ATTEMPT_COLUMNS ") VALUES ("
                           "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           error);
  if (!insert)
    return FALSE;

  Row row = { db, insert, 0, error, FALSE };
  put_int (&row, request);
  put_int (&row, n);
  put_text (&row, attempt->provider);
  put_text (&row, attempt->model);
  put_attempt_reason (&row, record, attempt);
  put_int (&row, attempt->locality);
  put_int (&row, attempt->verdict);
  put_int (&row, attempt->status);
  put_known (&row, attempt->started_us);
  put_known (&row, attempt->connect_us);
  put_known (&row, attempt->first_byte_us);
  put_known (&row, attempt->duration_us);
  put_usage (&row, &attempt->usage, attempt->cost_nano_usd);
  return !row.failed && way_ledger_db_step (db, insert, error);
}

/* Writes @record with its attempts and its part of the totals; one that is there already is passed
 * over. Within the caller's transaction, which a failure leaves to be rolled back. */
gboolean
way_ledger_requests_insert (WayLedgerDb *db, const WayRecord *record, GError **error)
{
  gint64 at;
  if (!insert_request (db, record, &at, error))
    return FALSE;
  if (at == 0)
    return TRUE;

  for (guint n = 0; n < record->attempts->len; n++)
    if (!insert_attempt (db, at, n, record, error))
      return FALSE;
  way_ledger_totals_add (db->totals, record);
  return TRUE;
}

/* Where the request @id lies, 0 when the ledger has none of that id. */
gboolean
way_ledger_requests_find (WayLedgerDb *db, const char *id, gint64 *ret_at, GError **error)
{
  g_autoptr (WayStatement) find =
    way_ledger_db_prepare (db, "SELECT at FROM request WHERE id = ?", error);
  if (!find)
    return FALSE;
  guint8 bytes[WAY_LEDGER_ID_BYTES];
  bind_id (find, 1, id, bytes);
  int code = sqlite3_step (find);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  *ret_at = code == SQLITE_ROW ? sqlite3_column_int64 (find, 0) : 0;
  return TRUE;
}

static gint64
take_int (Row *row)
{
  return sqlite3_column_int64 (row->statement, row->column++);
}

static gint64
take_known (Row *row)
{
  gboolean known = sqlite3_column_type (row->statement, row->column) != SQLITE_NULL;
  gint64 value = take_int (row);
  return known ? value : WAY_UNKNOWN;
}

static char *
take_text (Row *row)
{
  return g_strdup (way_ledger_db_get_text (row->db, take_int (row)));
}

static char *
take_reason (Row *row)
{
  if (sqlite3_column_type (row->statement, row->column) != SQLITE_BLOB)
    return take_text (row);
  int column = row->column++;
  const char *bytes = sqlite3_column_blob (row->statement, column);
  return g_strndup (bytes ? bytes : "", (gsize)sqlite3_column_bytes (row->statement, column));
}

/* A value outside the enum can only come from a damaged or edited file: take the first. */
static guint
take_enum (Row *row, guint last)
{
  gint64 value = take_int (row);
  return value >= 0 && value <= last ? (guint)value : 0;
}

static void
take_usage (Row *row, WayUsage *usage, gint64 *ret_cost_nano_usd)
{
  usage->input_tokens = take_known (row);
  usage->cache_read_tokens = take_known (row);
  usage->cache_write_5m_tokens = take_known (row);
  usage->cache_write_1h_tokens = take_known (row);
  usage->output_tokens = take_known (row);
  usage->reasoning_tokens = take_known (row);
  usage->reported_cost_nano_usd = take_known (row);
  usage->estimated = take_int (row) != 0;
  *ret_cost_nano_usd = take_known (row);
}

static void
take_price (Row *row, WayPrice *price)
{
  price->input = take_known (row);
  price->cache_read = take_known (row);
  price->cache_write_5m = take_known (row);
  price->cache_write_1h = take_known (row);
  price->output = take_known (row);
  price->reasoning = take_known (row);
  price->as_of = (guint32)take_int (row);
}

static char *
take_id (Row *row)
{
  int column = row->column++;
  if (sqlite3_column_type (row->statement, column) == SQLITE_BLOB &&
      sqlite3_column_bytes (row->statement, column) == WAY_LEDGER_ID_BYTES)
    return way_ledger_id_unpack (sqlite3_column_blob (row->statement, column));
  return g_strdup ((const char *)sqlite3_column_text (row->statement, column));
}

static WayRecord *
take_request (Row *row)
{
  gint64 started_at_us = take_int (row) / WAY_LEDGER_SLOTS_PER_US;
  g_autofree char *id = take_id (row);
  g_autofree char *app = take_text (row);
  g_autofree char *path = take_text (row);

  WayRecord *record = way_record_new (id ? id : "", path ? path : "", started_at_us);
  record->app = g_steal_pointer (&app);
  record->dialect = take_text (row);
  record->route = take_text (row);
  record->requested_model = take_text (row);
  record->answered_model = take_text (row);
  record->provider = take_text (row);
  record->error_code = take_text (row);
  record->reason = take_reason (row);
  record->dropped = take_text (row);
  record->tag = g_strdup ((const char *)sqlite3_column_text (row->statement, row->column++));
  record->locality = take_enum (row, WAY_LOCALITY_CLOUD);
  record->outcome = take_enum (row, WAY_OUTCOME_SHUTDOWN);
  record->status = (guint)take_int (row);
  record->streamed = take_int (row) != 0;
  record->substituted = take_int (row) != 0;
  record->cache_hit = take_int (row) != 0;
  record->saved_nano_usd = take_known (row);
  record->first_token_us = take_known (row);
  record->duration_us = take_known (row);
  record->request_bytes = take_known (row);
  record->response_bytes = take_known (row);
  take_price (row, &record->price);
  take_usage (row, &record->usage, &record->cost_nano_usd);
  return record;
}

static char *
take_attempt_reason (Row *row, const WayRecord *record)
{
  if (sqlite3_column_type (row->statement, row->column) != SQLITE_INTEGER ||
      sqlite3_column_int64 (row->statement, row->column) != 0)
    return take_reason (row);
  row->column++;
  return g_strdup (record->reason);
}

static void
take_attempt (Row *row, WayRecord *record)
{
  g_autofree char *provider = take_text (row);
  g_autofree char *model = take_text (row);
  g_autofree char *reason = take_attempt_reason (row, record);
  WayLocality locality = take_enum (row, WAY_LOCALITY_CLOUD);

  WayAttempt *attempt = way_record_add_attempt (record, provider, model, locality);
  attempt->reason = g_steal_pointer (&reason);
  attempt->verdict = take_enum (row, WAY_VERDICT_ANSWERED);
  attempt->status = (guint)take_int (row);
  attempt->started_us = take_known (row);
  attempt->connect_us = take_known (row);
  attempt->first_byte_us = take_known (row);
  attempt->duration_us = take_known (row);
  take_usage (row, &attempt->usage, &attempt->cost_nano_usd);
}

static gboolean
load_attempts (WayLedgerDb *db, gint64 at, WayRecord *record, GError **error)
{
  g_autoptr (WayStatement) load = way_ledger_db_prepare (
    db, "SELECT " ATTEMPT_COLUMNS " FROM attempt WHERE request = ? ORDER BY n", error);
  if (!load)
    return FALSE;
  sqlite3_bind_int64 (load, 1, at);
  int code;
  while ((code = sqlite3_step (load)) == SQLITE_ROW)
    {
      Row row = { db, load, 2, NULL, FALSE }; /* after request and n */
      take_attempt (&row, record);
    }
  if (code == SQLITE_DONE)
    return TRUE;
  way_ledger_db_fail (db, error);
  return FALSE;
}

/* (transfer full): the request at @at with its attempts. */
WayRecord *
way_ledger_requests_load (WayLedgerDb *db, gint64 at, GError **error)
{
  g_autoptr (WayStatement) load =
    way_ledger_db_prepare (db, "SELECT " REQUEST_COLUMNS " FROM request WHERE at = ?", error);
  if (!load)
    return NULL;
  sqlite3_bind_int64 (load, 1, at);
  if (sqlite3_step (load) != SQLITE_ROW)
    {
      way_ledger_db_fail (db, error);
      return NULL;
    }
  Row row = { db, load, 0, NULL, FALSE };
  g_autoptr (WayRecord) record = take_request (&row);
  if (!load_attempts (db, at, record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static gboolean
delete_oldest (WayLedgerDb *db, const char *sql, gint64 before_at, guint limit, GError **error)
{
  g_autoptr (WayStatement) delete = way_ledger_db_prepare (db, sql, error);
  if (!delete)
    return FALSE;
  sqlite3_bind_int64 (delete, 1, before_at);
  sqlite3_bind_int64 (delete, 2, limit);
  return way_ledger_db_step (db, delete, error);
}

/* Deletes at most @limit of the requests that started before @before_us, oldest first, with their
 * attempts, in a transaction of its own. The totals keep what they counted. */
gboolean
way_ledger_requests_delete (
  WayLedgerDb *db, gint64 before_us, guint limit, guint *ret_deleted, GError **error)
{
  static const char attempts[] = "DELETE FROM attempt WHERE request IN "
                                 "(SELECT at FROM request WHERE at < ? ORDER BY at LIMIT ?)";
  static const char requests[] = "DELETE FROM request WHERE at IN "
                                 "(SELECT at FROM request WHERE at < ? ORDER BY at LIMIT ?)";
  gint64 last_us = G_MAXINT64 / WAY_LEDGER_SLOTS_PER_US - 1;
  gint64 before_at = CLAMP (before_us, 0, last_us) * WAY_LEDGER_SLOTS_PER_US;

  if (!way_ledger_db_run (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!delete_oldest (db, attempts, before_at, limit, error) ||
      !delete_oldest (db, requests, before_at, limit, error))
    {
      way_ledger_db_rollback (db);
      return FALSE;
    }
  guint deleted = (guint)sqlite3_changes (db->handle);
  if (!way_ledger_db_run (db, "COMMIT", error))
    {
      way_ledger_db_rollback (db);
      return FALSE;
    }
  *ret_deleted = deleted;
  return TRUE;
}
