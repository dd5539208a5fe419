/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One SQLite connection: prepared statements, transactions, and the texts that repeat (names of
 * apps, models, reasons), each stored once and remembered in memory. The ledger thread's. */

#include "way-ledger-private.h"

/* Another process may look into the file with the sqlite3 tool; wait that long for its lock. */
#define BUSY_TIMEOUT_MS 2000

/* Apps, models and reasons in use at one time are tens to hundreds. */
#define MAX_REMEMBERED_TEXTS 4096

/* Says in @error what SQLite refused last. */
void
way_ledger_db_fail (WayLedgerDb *db, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER, "the ledger %s: %s",
               sqlite3_db_filename (db->handle, "main"), sqlite3_errmsg (db->handle));
}

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

WayLedgerDb *
way_ledger_db_open (const char *path, GError **error)
{
  if (!way_ledger_schema_create_file (path, error))
    return NULL;

  sqlite3 *handle = NULL;
  /* NOMUTEX: one thread at a time is the ledger's own rule. */
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  gboolean opened = sqlite3_open_v2 (path, &handle, flags, NULL) == SQLITE_OK;
  if (!opened)
    g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER, "cannot open the ledger %s: %s", path,
                 handle ? sqlite3_errmsg (handle) : "out of memory");
  if (opened)
    {
      sqlite3_busy_timeout (handle, BUSY_TIMEOUT_MS);
      /* A file that is refused must not even be checkpointed when it is closed. */
      sqlite3_db_config (handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
      opened = way_ledger_schema_migrate (handle, path, error);
    }
  if (!opened)
    {
      sqlite3_close (handle);
      return NULL;
    }
  sqlite3_db_config (handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);

  WayLedgerDb *db = g_new0 (WayLedgerDb, 1);
  db->handle = handle;
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize);
  db->text_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  db->text_values = g_hash_table_new (NULL, NULL);
  db->seen_once = g_hash_table_new (NULL, NULL);
  db->totals = way_ledger_totals_new ();
  g_autofree char *folder = g_path_get_dirname (path);
  db->capture_path = g_build_filename (folder, "capture.sqlite", NULL);
  return db;
}

void
way_ledger_db_close (WayLedgerDb *db)
{
  g_hash_table_unref (db->statements);
  sqlite3_wal_checkpoint_v2 (db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  int code = sqlite3_close (db->handle);
  g_assert (code == SQLITE_OK); /* else a statement leaked */
  sqlite3_close (db->capture);
  g_free (db->capture_path);
  g_hash_table_unref (db->totals);
  g_hash_table_unref (db->seen_once);
  g_hash_table_unref (db->text_values);
  g_hash_table_unref (db->text_ids);
  g_free (db);
}

/* The statement of @sql_literal, compiled once: found again by the literal's address. */
WayStatement *
way_ledger_db_prepare (WayLedgerDb *db, const char *sql_literal, GError **error)
{
  g_assert (db->thread == g_thread_self ());

  WayStatement *statement = g_hash_table_lookup (db->statements, sql_literal);
  if (statement)
    return statement;
  if (sqlite3_prepare_v3 (db->handle, sql_literal, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                          NULL) != SQLITE_OK)
    {
      way_ledger_db_fail (db, error);
      return NULL;
    }
  g_hash_table_insert (db->statements, (gpointer)sql_literal, statement);
  return statement;
}

/* Steps a statement that gives no rows. */
gboolean
way_ledger_db_step (WayLedgerDb *db, WayStatement *statement, GError **error)
{
  if (sqlite3_step (statement) == SQLITE_DONE)
    return TRUE;
  way_ledger_db_fail (db, error);
  return FALSE;
}

/* Runs a statement that takes and gives nothing: BEGIN and the like. */
gboolean
way_ledger_db_run (WayLedgerDb *db, const char *sql_literal, GError **error)
{
  g_autoptr (WayStatement) statement = way_ledger_db_prepare (db, sql_literal, error);
  return statement && way_ledger_db_step (db, statement, error);
}

static void
forget_texts (WayLedgerDb *db)
{
  g_hash_table_remove_all (db->text_values);
  g_hash_table_remove_all (db->text_ids);
}

/* Undoes the transaction, if one is open, and with it the texts and totals it had added. */
void
way_ledger_db_rollback (WayLedgerDb *db)
{
  forget_texts (db);
  g_hash_table_remove_all (db->totals);
  /* Some errors (disk full, I/O) have rolled back already. */
  if (!sqlite3_get_autocommit (db->handle))
    way_ledger_db_run (db, "ROLLBACK", NULL);
}

static void
remember_text (WayLedgerDb *db, const char *text, gint64 id)
{
  if (g_hash_table_size (db->text_ids) >= MAX_REMEMBERED_TEXTS)
    forget_texts (db);
  char *value = g_strdup (text);
  g_hash_table_replace (db->text_ids, value, GSIZE_TO_POINTER ((gsize)id));
  g_hash_table_replace (db->text_values, GSIZE_TO_POINTER ((gsize)id), value);
}

/* The id of @text, 0 when the ledger has never seen it. */
gboolean
way_ledger_db_find_text (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error)
{
  gsize known = GPOINTER_TO_SIZE (g_hash_table_lookup (db->text_ids, text));
  if (known > 0)
    {
      *ret_id = (gint64)known;
      return TRUE;
    }

  g_autoptr (WayStatement) find =
    way_ledger_db_prepare (db, "SELECT id FROM text WHERE value = ?", error);
  if (!find)
    return FALSE;
  sqlite3_bind_text (find, 1, text, -1, SQLITE_STATIC);
  int code = sqlite3_step (find);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  gint64 id = code == SQLITE_ROW ? sqlite3_column_int64 (find, 0) : 0;
  if (id > 0)
    remember_text (db, text, id);
  *ret_id = id;
  return TRUE;
}

/* The id of @text, which is added when it is new; 0 for %NULL. Within a transaction. */
gboolean
way_ledger_db_intern (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error)
{
  gint64 id = 0;
  if (text && !way_ledger_db_find_text (db, text, &id, error))
    return FALSE;
  if (text && id == 0)
    {
      g_autoptr (WayStatement) add =
        way_ledger_db_prepare (db, "INSERT INTO text (value) VALUES (?)", error);
      if (!add)
        return FALSE;
      sqlite3_bind_text (add, 1, text, -1, SQLITE_STATIC);
      if (!way_ledger_db_step (db, add, error))
        return FALSE;
      id = sqlite3_last_insert_rowid (db->handle);
      remember_text (db, text, id);
    }
  *ret_id = id;
  return TRUE;
}

/* FALSE when @text comes for the first time since long, as far as a hash can tell. */
static gboolean
is_repeated (WayLedgerDb *db, const char *text)
{
  if (g_hash_table_size (db->seen_once) >= MAX_REMEMBERED_TEXTS)
    g_hash_table_remove_all (db->seen_once);
  return !g_hash_table_add (db->seen_once, GUINT_TO_POINTER (g_str_hash (text)));
}

/* As way_ledger_db_intern(), but 0 for a text that comes for the first time, too. One in which each
 * request has its own numbers would only grow the table, and make each insertion search it. */
gboolean
way_ledger_db_intern_repeated (WayLedgerDb *db, const char *text, gint64 *ret_id, GError **error)
{
  gint64 id = 0;
  if (text && !way_ledger_db_find_text (db, text, &id, error))
    return FALSE;
  *ret_id = id;
  return !text || id > 0 || !is_repeated (db, text) ||
         way_ledger_db_intern (db, text, ret_id, error);
}

/* (nullable): the text of @id, borrowed until the next text is looked up; %NULL for 0. */
const char *
way_ledger_db_get_text (WayLedgerDb *db, gint64 id)
{
  if (id == 0)
    return NULL;
  const char *known = g_hash_table_lookup (db->text_values, GSIZE_TO_POINTER ((gsize)id));
  if (known)
    return known;

  g_autoptr (WayStatement) find =
    way_ledger_db_prepare (db, "SELECT value FROM text WHERE id = ?", NULL);
  if (!find)
    return NULL;
  sqlite3_bind_int64 (find, 1, id);
  if (sqlite3_step (find) != SQLITE_ROW)
    return NULL;
  remember_text (db, (const char *)sqlite3_column_text (find, 0), id);
  return g_hash_table_lookup (db->text_values, GSIZE_TO_POINTER ((gsize)id));
}
