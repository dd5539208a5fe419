/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The kept bodies: one table in a file that exists only once something was kept. A trouble with it
 * is logged and never keeps a request from the ledger. The functions that take a WayLedgerDb are
 * the ledger thread's, the others any thread's. */

#include "way-capture.h"

#include "way-clock.h"
#include "way-ledger-private.h"
#include "way-log.h"

/* Of bodies that wait for the thread so much is held; others are let go. */
#define WAITING_MAX_BYTES (32 * 1024 * 1024)

/* Deleted words are overwritten, and freed pages given back at each commit. */
static const char setup[] =
  "PRAGMA auto_vacuum = FULL; PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL;"
  "PRAGMA synchronous = NORMAL;"
  "CREATE TABLE IF NOT EXISTS body (id TEXT PRIMARY KEY, at INTEGER NOT NULL,"
  "  request BLOB NOT NULL, answer BLOB NOT NULL, request_bytes INTEGER NOT NULL,"
  "  answer_bytes INTEGER NOT NULL, masked INTEGER NOT NULL);"
  "CREATE INDEX IF NOT EXISTS body_by_at ON body (at);";

static const char insert[] =
  "INSERT OR REPLACE INTO body (id, at, request, answer, request_bytes, answer_bytes, masked)"
  " VALUES (?, ?, ?, ?, ?, ?, ?)";
static const char look_up[] =
  "SELECT at, request, answer, request_bytes, answer_bytes, masked FROM body WHERE id = ?";
static const char delete_before[] = "DELETE FROM body WHERE at < ?";
static const char delete_oldest[] =
  "DELETE FROM body WHERE id IN (SELECT id FROM body ORDER BY at LIMIT ?)";
static const char count[] = "SELECT count(*), min(at) FROM body";
/* What was deleted is in the log until that is emptied. */
static const char empty_log[] = "PRAGMA wal_checkpoint (TRUNCATE)";

static gint waiting_bytes; /* atomic */

typedef sqlite3_stmt Statement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, sqlite3_finalize)

typedef struct
{
  char *id;
  WayBodies *bodies;
} Entry;

/**
 * way_bodies_free:
 * @bodies: (transfer full)
 */
void
way_bodies_free (WayBodies *bodies)
{
  g_bytes_unref (bodies->request);
  g_bytes_unref (bodies->answer);
  g_free (bodies);
}

static gint
count_bytes (const WayBodies *bodies)
{
  return (gint)(g_bytes_get_size (bodies->request) + g_bytes_get_size (bodies->answer));
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_atomic_int_add (&waiting_bytes, -count_bytes (entry->bodies));
  g_free (entry->id);
  way_bodies_free (entry->bodies);
  g_free (entry);
}

/* --- The ledger thread --- */

static gboolean
fail (WayLedgerDb *db, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER, "the kept bodies %s: %s", db->capture_path,
               db->capture ? sqlite3_errmsg (db->capture) : "cannot be opened");
  return FALSE;
}

/* Opens the file; makes it only if @may_make. FALSE without an error: there is none. */
static gboolean
open_file (WayLedgerDb *db, gboolean may_make, GError **error)
{
  if (db->capture)
    return TRUE;
  if (!may_make && !g_file_test (db->capture_path, G_FILE_TEST_EXISTS))
    return FALSE;
  if (!way_ledger_schema_create_file (db->capture_path, error))
    return FALSE;
  if (sqlite3_open_v2 (db->capture_path, &db->capture, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                       NULL) == SQLITE_OK &&
      sqlite3_exec (db->capture, setup, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  fail (db, error);
  sqlite3_close (g_steal_pointer (&db->capture));
  return FALSE;
}

static Statement *
prepare (WayLedgerDb *db, const char *sql, GError **error)
{
  Statement *statement = NULL;

  if (sqlite3_prepare_v2 (db->capture, sql, -1, &statement, NULL) != SQLITE_OK)
    fail (db, error);
  return statement;
}

static gboolean
run_with_int (WayLedgerDb *db, const char *sql, gint64 value, GError **error)
{
  g_autoptr (Statement) statement = prepare (db, sql, error);

  if (!statement)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, value);
  return sqlite3_step (statement) == SQLITE_DONE || fail (db, error);
}

static gboolean
run (WayLedgerDb *db, const char *sql, GError **error)
{
  return sqlite3_exec (db->capture, sql, NULL, NULL, NULL) == SQLITE_OK || fail (db, error);
}

static gint64
get_int (WayLedgerDb *db, const char *sql)
{
  g_autoptr (Statement) statement = prepare (db, sql, NULL);

  return statement && sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0)
                                                             : 0;
}

static gint64
get_file_bytes (WayLedgerDb *db)
{
  return get_int (db, "PRAGMA page_count") * get_int (db, "PRAGMA page_size");
}

static gboolean
trim (WayLedgerDb *db, GError **error)
{
  const WayCaptureLimits *limits = &db->capture_limits;
  gint64 before_us = way_clock_get_wall_us () - limits->keep_days * G_TIME_SPAN_DAY;

  if (limits->keep_days > 0 && !run_with_int (db, delete_before, before_us, error))
    return FALSE;
  /* More at a time while it is far too large, as after a smaller limit was set. */
  for (gint64 n = 1; limits->max_bytes > 0 && get_file_bytes (db) > limits->max_bytes; n *= 2)
    {
      if (get_int (db, count) == 0)
        break;
      if (!run_with_int (db, delete_oldest, n, error))
        return FALSE;
    }
  return TRUE;
}

/* Keeps the file within its limits, if there is one. */
void
way_capture_trim (WayLedgerDb *db)
{
  g_autoptr (GError) error = NULL;

  if (!open_file (db, FALSE, &error) || !trim (db, &error) || !run (db, empty_log, &error))
    if (error)
      way_log_notice ("%s; old bodies stay for now", error->message);
}

static void
answer_set (WayLedgerDb *db, const GError *failure, GTask *task)
{
  db->capture_limits = *(const WayCaptureLimits *)g_task_get_task_data (task);
  way_capture_trim (db);
  g_task_return_boolean (task, TRUE);
}

static void
bind_bytes (Statement *statement, int column, GBytes *bytes)
{
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  sqlite3_bind_blob64 (statement, column, data ? data : "", length, SQLITE_STATIC);
}

static gboolean
insert_entry (WayLedgerDb *db, const Entry *entry, GError **error)
{
  const WayBodies *bodies = entry->bodies;
  g_autoptr (Statement) statement = prepare (db, insert, error);

  if (!statement)
    return FALSE;
  sqlite3_bind_text (statement, 1, entry->id, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, bodies->at_us);
  bind_bytes (statement, 3, bodies->request);
  bind_bytes (statement, 4, bodies->answer);
  sqlite3_bind_int64 (statement, 5, bodies->request_bytes);
  sqlite3_bind_int64 (statement, 6, bodies->answer_bytes);
  sqlite3_bind_int (statement, 7, bodies->masked);
  return sqlite3_step (statement) == SQLITE_DONE || fail (db, error);
}

static void
answer_keep (WayLedgerDb *db, const GError *failure, GTask *task)
{
  g_autoptr (GError) error = NULL;

  if (!open_file (db, TRUE, &error) || !insert_entry (db, g_task_get_task_data (task), &error) ||
      !trim (db, &error))
    way_log_notice ("%s; bodies were not kept", error->message);
  g_task_return_boolean (task, TRUE);
}

static GBytes *
dup_column (Statement *statement, int column)
{
  return g_bytes_new (sqlite3_column_blob (statement, column),
                      (gsize)sqlite3_column_bytes (statement, column));
}

static WayBodies *
read_bodies (WayLedgerDb *db, const char *id, GError **error)
{
  g_autoptr (Statement) statement =
    open_file (db, FALSE, error) ? prepare (db, look_up, error) : NULL;
  if (statement)
    sqlite3_bind_text (statement, 1, id, -1, SQLITE_STATIC);
  if (!statement || sqlite3_step (statement) != SQLITE_ROW)
    {
      if (error && !*error)
        g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND,
                     "nothing was kept of request %s; \"capture\" in the config turns it on", id);
      return NULL;
    }

  WayBodies *bodies = g_new0 (WayBodies, 1);
  bodies->at_us = sqlite3_column_int64 (statement, 0);
  bodies->request = dup_column (statement, 1);
  bodies->answer = dup_column (statement, 2);
  bodies->request_bytes = sqlite3_column_int64 (statement, 3);
  bodies->answer_bytes = sqlite3_column_int64 (statement, 4);
  bodies->masked = sqlite3_column_int (statement, 5);
  return bodies;
}

static void
answer_bodies (WayLedgerDb *db, const GError *failure, GTask *task)
{
  GError *error = NULL;
  WayBodies *bodies = read_bodies (db, g_task_get_task_data (task), &error);

  if (bodies)
    g_task_return_pointer (task, bodies, (GDestroyNotify)way_bodies_free);
  else
    g_task_return_error (task, error);
}

static void
answer_captured (WayLedgerDb *db, const GError *failure, GTask *task)
{
  WayCaptured captured = { .since_us = WAY_UNKNOWN };
  GError *error = NULL;

  if (open_file (db, FALSE, &error))
    {
      g_autoptr (Statement) statement = prepare (db, count, &error);
      if (statement && sqlite3_step (statement) == SQLITE_ROW)
        {
          captured.n_requests = sqlite3_column_int64 (statement, 0);
          captured.file_bytes = get_file_bytes (db);
          if (sqlite3_column_type (statement, 1) != SQLITE_NULL)
            captured.since_us = sqlite3_column_int64 (statement, 1);
        }
    }
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_memdup2 (&captured, sizeof captured), g_free);
}

static void
answer_forget (WayLedgerDb *db, const GError *failure, GTask *task)
{
  GError *error = NULL;

  if (open_file (db, FALSE, &error) && run_with_int (db, delete_before, G_MAXINT64, &error))
    run (db, empty_log, &error);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* --- The door --- */

static void
ask (WayLedger *ledger,
     WayLedgerAnswer answer,
     gpointer data,
     GDestroyNotify free_data,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, answer);
  g_task_set_task_data (task, data, free_data);
  way_ledger_ask (ledger, task, answer);
}

/**
 * way_ledger_set_capture:
 *
 * Sets the limits of what is kept and applies them to what is there.
 */
void
way_ledger_set_capture (WayLedger *ledger, const WayCaptureLimits *limits)
{
  ask (ledger, answer_set, g_memdup2 (limits, sizeof *limits), g_free, NULL, NULL);
}

/**
 * way_ledger_capture:
 * @id: of the request
 * @bodies: (transfer full)
 *
 * Has the bodies of a request kept. Returns at once; a failure is logged. When bodies come faster
 * than the disk takes them, some are let go rather than held in memory.
 */
void
way_ledger_capture (WayLedger *ledger, const char *id, WayBodies *bodies)
{
  gint n_bytes = count_bytes (bodies);

  if (g_atomic_int_add (&waiting_bytes, n_bytes) + n_bytes > WAITING_MAX_BYTES)
    {
      g_atomic_int_add (&waiting_bytes, -n_bytes);
      way_log_notice ("the bodies of request %s were not kept: the disk is too slow", id);
      way_bodies_free (bodies);
      return;
    }

  const Entry entry = { g_strdup (id), bodies };
  ask (ledger, answer_keep, g_memdup2 (&entry, sizeof entry), entry_free, NULL, NULL);
}

/**
 * way_ledger_bodies_async:
 * @callback: called on the thread-default context of the caller
 *
 * Asks for what was kept of the request @id.
 */
void
way_ledger_bodies_async (WayLedger *ledger,
                         const char *id,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  ask (ledger, answer_bodies, g_strdup (id), g_free, callback, user_data);
}

/**
 * way_ledger_bodies_finish:
 *
 * Returns: (transfer full): the bodies, or %NULL with %WAY_ERROR_NOT_FOUND or %WAY_ERROR_LEDGER
 */
WayBodies *
way_ledger_bodies_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, answer_bodies), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_captured_async:
 *
 * Asks how much is kept.
 */
void
way_ledger_captured_async (WayLedger *ledger, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (ledger, answer_captured, NULL, NULL, callback, user_data);
}

/**
 * way_ledger_captured_finish:
 *
 * Returns: (transfer full): freed with g_free(), or %NULL with %WAY_ERROR_LEDGER
 */
WayCaptured *
way_ledger_captured_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, answer_captured), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_forget_bodies_async:
 *
 * Asks to delete all that is kept; the words are overwritten on the disk.
 */
void
way_ledger_forget_bodies_async (WayLedger *ledger, GAsyncReadyCallback callback, gpointer user_data)
{
  ask (ledger, answer_forget, NULL, NULL, callback, user_data);
}

gboolean
way_ledger_forget_bodies_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, answer_forget), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
