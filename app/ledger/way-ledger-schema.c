/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The ledger's file and the shape of its tables: an ordered list of steps, of which a file has
 * taken the first user_version. Runs on the opener's thread, before the ledger thread exists. */

#include "way-ledger-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Unknown is NULL everywhere. A column that names a text holds text.id; a reason may also be the
 * text itself, as a blob, and that of an attempt 0 for the same as the request's.
 *
 * request.at is the start in µs times WAY_LEDGER_SLOTS_PER_US plus a count of those that started in
 * the same µs: the order of time is the order of the table, so that pages, "since" and retention
 * are ranges of the primary key and every index on another column comes sorted by time. */
static const char create_tables[] =
  "CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE);"
  "CREATE TABLE request ("
  "  at INTEGER PRIMARY KEY,"
  "  id NOT NULL UNIQUE," /* 16 bytes, or the text of an id that does not fit them */
  "  app INTEGER, path INTEGER, dialect INTEGER, route INTEGER,"
  "  requested_model INTEGER, answered_model INTEGER, provider INTEGER,"
  "  error_code INTEGER, reason INTEGER, tag TEXT,"
  "  locality INTEGER NOT NULL, outcome INTEGER NOT NULL, status INTEGER NOT NULL,"
  "  streamed INTEGER NOT NULL, substituted INTEGER NOT NULL,"
  "  first_token_us INTEGER, duration_us INTEGER,"
  "  request_bytes INTEGER, response_bytes INTEGER,"
  "  price_input INTEGER, price_cache_read INTEGER, price_cache_write_5m INTEGER,"
  "  price_cache_write_1h INTEGER, price_output INTEGER, price_reasoning INTEGER,"
  "  price_as_of INTEGER NOT NULL,"
  "  input_tokens INTEGER, cache_read_tokens INTEGER, cache_write_5m_tokens INTEGER,"
  "  cache_write_1h_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER,"
  "  reported_cost_nano_usd INTEGER, estimated INTEGER NOT NULL, cost_nano_usd INTEGER);"
  "CREATE TABLE attempt ("
  "  request INTEGER NOT NULL, n INTEGER NOT NULL,"
  "  provider INTEGER, model INTEGER, reason INTEGER,"
  "  locality INTEGER NOT NULL, verdict INTEGER NOT NULL, status INTEGER NOT NULL,"
  "  started_us INTEGER, connect_us INTEGER, first_byte_us INTEGER, duration_us INTEGER,"
  "  input_tokens INTEGER, cache_read_tokens INTEGER, cache_write_5m_tokens INTEGER,"
  "  cache_write_1h_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER,"
  "  reported_cost_nano_usd INTEGER, estimated INTEGER NOT NULL, cost_nano_usd INTEGER,"
  "  PRIMARY KEY (request, n)) WITHOUT ROWID;"
  /* A primary key of several columns takes no NULL: 0 stands for no app, provider or model. */
  "CREATE TABLE total ("
  "  day INTEGER NOT NULL, app INTEGER NOT NULL, provider INTEGER NOT NULL,"
  "  model INTEGER NOT NULL,"
  "  requests INTEGER NOT NULL, failed INTEGER NOT NULL, local_requests INTEGER NOT NULL,"
  "  fallbacks INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,"
  "  output_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,"
  "  unknown_cost_requests INTEGER NOT NULL, unknown_token_requests INTEGER NOT NULL,"
  "  PRIMARY KEY (day, app, provider, model)) WITHOUT ROWID;";

/* Partial where most rows would be dead weight: nearly all requests are done (outcome 1) and are
 * answered by the model they asked for. */
static const char create_indexes[] =
  "CREATE INDEX request_by_app ON request (app) WHERE app IS NOT NULL;"
  "CREATE INDEX request_by_provider ON request (provider) WHERE provider IS NOT NULL;"
  "CREATE INDEX request_by_requested_model ON request (requested_model)"
  "  WHERE requested_model IS NOT NULL;"
  "CREATE INDEX request_by_answered_model ON request (answered_model)"
  "  WHERE answered_model IS NOT requested_model;"
  "CREATE INDEX request_by_outcome ON request (outcome) WHERE outcome <> 1;";

G_STATIC_ASSERT (WAY_OUTCOME_DONE == 1);

/* What the provider could not be told, when the request was translated. */
static const char add_dropped[] = "ALTER TABLE request ADD COLUMN dropped INTEGER;";

/* Answers that were given again without asking a provider. None were before this step. */
static const char add_cache[] =
  "ALTER TABLE request ADD COLUMN cache_hit INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE request ADD COLUMN saved_nano_usd INTEGER;"
  "ALTER TABLE total ADD COLUMN cache_hits INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE total ADD COLUMN saved_nano_usd INTEGER NOT NULL DEFAULT 0;";

/* Most requests have no tag and got 200. */
static const char index_tag_and_status[] =
  "CREATE INDEX request_by_tag ON request (tag) WHERE tag IS NOT NULL;"
  "CREATE INDEX request_by_status ON request (status) WHERE status <> 200;";

/* Sums of the totals: of whole months (YYYYMM) with the same keys, and of whole days. */
static const char add_rollups[] =
  "CREATE TABLE month_total ("
  "  month INTEGER NOT NULL, app INTEGER NOT NULL, provider INTEGER NOT NULL,"
  "  model INTEGER NOT NULL,"
  "  requests INTEGER NOT NULL, failed INTEGER NOT NULL, local_requests INTEGER NOT NULL,"
  "  fallbacks INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,"
  "  output_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,"
  "  unknown_cost_requests INTEGER NOT NULL, unknown_token_requests INTEGER NOT NULL,"
  "  cache_hits INTEGER NOT NULL, saved_nano_usd INTEGER NOT NULL,"
  "  PRIMARY KEY (month, app, provider, model)) WITHOUT ROWID;"
  "INSERT INTO month_total SELECT day / 100, app, provider, model, sum (requests), sum (failed),"
  "  sum (local_requests), sum (fallbacks), sum (input_tokens), sum (cached_tokens),"
  "  sum (output_tokens), sum (cost_nano_usd), sum (unknown_cost_requests),"
  "  sum (unknown_token_requests), sum (cache_hits), sum (saved_nano_usd)"
  "  FROM total GROUP BY 1, 2, 3, 4;"
  "CREATE TABLE day_total ("
  "  day INTEGER PRIMARY KEY,"
  "  requests INTEGER NOT NULL, failed INTEGER NOT NULL, local_requests INTEGER NOT NULL,"
  "  fallbacks INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL,"
  "  output_tokens INTEGER NOT NULL, cost_nano_usd INTEGER NOT NULL,"
  "  unknown_cost_requests INTEGER NOT NULL, unknown_token_requests INTEGER NOT NULL,"
  "  cache_hits INTEGER NOT NULL, saved_nano_usd INTEGER NOT NULL);"
  "INSERT INTO day_total SELECT day, sum (requests), sum (failed), sum (local_requests),"
  "  sum (fallbacks), sum (input_tokens), sum (cached_tokens), sum (output_tokens),"
  "  sum (cost_nano_usd), sum (unknown_cost_requests), sum (unknown_token_requests),"
  "  sum (cache_hits), sum (saved_nano_usd) FROM total GROUP BY 1;";

/* Appended to, never edited: files out there have taken these steps. */
static const char *const steps[] = {
  create_tables, create_indexes, add_dropped, add_cache, index_tag_and_status, add_rollups,
};

#define LATEST_VERSION ((int)G_N_ELEMENTS (steps))

/* Makes the folder (0700) and the file (0600) before SQLite would make it with the umask's mode.
 * SQLite gives the -wal and -shm files the mode of the file itself. */
gboolean
way_ledger_schema_create_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "cannot make the folder %s for the ledger: %s",
                   folder, g_strerror (errno));
      return FALSE;
    }

  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gboolean made = fd >= 0 && fchmod (fd, 0600) == 0;
  int reason = errno;
  if (fd >= 0)
    close (fd);
  if (!made)
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "cannot open the ledger %s for writing: %s", path,
                 g_strerror (reason));
  return made;
}

static void
fail (sqlite3 *handle, const char *path, GError **error)
{
  int code = sqlite3_errcode (handle) & 0xff;
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
    g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER,
                 "the ledger %s is damaged or no ledger (%s); it was left as it is: move it aside "
                 "to start a new one",
                 path, sqlite3_errmsg (handle));
  else
    g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER, "cannot open the ledger %s: %s", path,
                 sqlite3_errmsg (handle));
}

static gboolean
execute (sqlite3 *handle, const char *sql, const char *path, GError **error)
{
  if (sqlite3_exec (handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  fail (handle, path, error);
  return FALSE;
}

static gboolean
read_int (sqlite3 *handle, const char *sql, const char *path, int *ret_value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean read = sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) == SQLITE_OK &&
                  sqlite3_step (statement) == SQLITE_ROW;
  if (read)
    *ret_value = sqlite3_column_int (statement, 0);
  else
    fail (handle, path, error);
  sqlite3_finalize (statement);
  return read;
}

/* Refuses what this program must not write to, before anything is written. */
static gboolean
check_version (sqlite3 *handle, const char *path, GError **error)
{
  int version, n_tables;
  if (!read_int (handle, "PRAGMA user_version", path, &version, error) ||
      !read_int (handle, "SELECT count(*) FROM sqlite_schema", path, &n_tables, error))
    return FALSE;
  if (version > LATEST_VERSION)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER,
                   "the ledger %s was written by a newer Wayfare (schema %d, this one knows %d); "
                   "it was left as it is: update Wayfare or move the file aside",
                   path, version, LATEST_VERSION);
      return FALSE;
    }
  if (version < 0 || (version == 0 && n_tables > 0))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_LEDGER,
                   "%s is a database of another program; it was left as it is: choose another path "
                   "for the ledger",
                   path);
      return FALSE;
    }
  return TRUE;
}

/* One transaction a step. The version is read inside it: another process may have been faster. */
static gboolean
take_step (sqlite3 *handle, const char *path, gboolean *ret_latest, GError **error)
{
  int version;
  if (!execute (handle, "BEGIN IMMEDIATE", path, error))
    return FALSE;
  if (!read_int (handle, "PRAGMA user_version", path, &version, error))
    return FALSE;
  if (version >= LATEST_VERSION)
    {
      *ret_latest = TRUE;
      return execute (handle, "COMMIT", path, error);
    }

  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %d", version + 1);
  return execute (handle, steps[version], path, error) && execute (handle, mark, path, error) &&
         execute (handle, "COMMIT", path, error);
}

/* Sets the connection up and brings the tables to the latest version. On failure the caller closes
 * @handle, which rolls an unfinished step back.
 *
 * synchronous=NORMAL: in WAL mode a commit then is a write to the log without waiting for the disk.
 * A killed process loses nothing by it, since what it wrote is in the kernel's pages; a power cut
 * can lose the last seconds but leaves a sound file (sqlite.org, "Write-Ahead Logging", 3.4). */
gboolean
way_ledger_schema_migrate (sqlite3 *handle, const char *path, GError **error)
{
  if (!check_version (handle, path, error) ||
      !execute (handle, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", path, error))
    return FALSE;

  gboolean latest = FALSE;
  while (!latest)
    if (!take_step (handle, path, &latest, error))
      return FALSE;
  return TRUE;
}
