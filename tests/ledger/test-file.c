/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The file: who may read it, how it grows with the program, and what is refused and left alone. */

#include "ledger-fixture.h"

#include "way-ledger-private.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static guint
get_mode (const char *path, const char *suffix)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  struct stat status;
  g_assert_cmpint (stat (name, &status), ==, 0);
  return status.st_mode & 0777;
}

/* Nobody else may read, whatever the umask, also while it is open. */
static void
test_mode (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  mode_t umask_before = umask (0);
  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_true (ledger_flush (fixture->ledger, &error));
  umask (umask_before);

  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_assert_cmpuint (get_mode (folder, ""), ==, 0700);
  g_assert_cmpuint (get_mode (fixture->path, ""), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->path, "-wal"), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->path, "-shm"), ==, 0600);
}

static void
test_mode_is_narrowed (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  fixture_close (fixture);
  g_assert_cmpint (chmod (fixture->path, 0644), ==, 0);

  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_mode (fixture->path, ""), ==, 0600);
}

static void
test_reopen (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) record = make_record (RECORD_BASE_US);
  for (guint i = 0; i < 3; i++)
    {
      fixture->ledger = way_ledger_new (fixture->path, &error);
      g_assert_no_error (error);
      way_ledger_record (fixture->ledger, way_record_ref (record));
      g_autoptr (WayRecord) kept = ledger_get (fixture->ledger, record->id, &error);
      g_assert_no_error (error);
      assert_records_equal (kept, record);
      fixture_close (fixture);
    }
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 1);
}

/* The schema as its first version made it, spelled out: a copy, so that a change of the program's
 * own step shows. */
static const char version_1[] =
  "CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE);"
  "CREATE TABLE request (at INTEGER PRIMARY KEY, id NOT NULL UNIQUE, app INTEGER, path INTEGER,"
  " dialect INTEGER, route INTEGER, requested_model INTEGER, answered_model INTEGER,"
  " provider INTEGER, error_code INTEGER, reason INTEGER, tag TEXT, locality INTEGER NOT NULL,"
  " outcome INTEGER NOT NULL, status INTEGER NOT NULL, streamed INTEGER NOT NULL,"
  " substituted INTEGER NOT NULL, first_token_us INTEGER, duration_us INTEGER,"
  " request_bytes INTEGER, response_bytes INTEGER, price_input INTEGER,"
  " price_cache_read INTEGER, price_cache_write_5m INTEGER, price_cache_write_1h INTEGER,"
  " price_output INTEGER, price_reasoning INTEGER, price_as_of INTEGER NOT NULL,"
  " input_tokens INTEGER, cache_read_tokens INTEGER, cache_write_5m_tokens INTEGER,"
  " cache_write_1h_tokens INTEGER, output_tokens INTEGER, reasoning_tokens INTEGER,"
  " reported_cost_nano_usd INTEGER, estimated INTEGER NOT NULL, cost_nano_usd INTEGER);"
  "CREATE TABLE attempt (request INTEGER NOT NULL, n INTEGER NOT NULL, provider INTEGER,"
  " model INTEGER, reason INTEGER, locality INTEGER NOT NULL, verdict INTEGER NOT NULL,"
  " status INTEGER NOT NULL, started_us INTEGER, connect_us INTEGER, first_byte_us INTEGER,"
  " duration_us INTEGER, input_tokens INTEGER, cache_read_tokens INTEGER,"
  " cache_write_5m_tokens INTEGER, cache_write_1h_tokens INTEGER, output_tokens INTEGER,"
  " reasoning_tokens INTEGER, reported_cost_nano_usd INTEGER, estimated INTEGER NOT NULL,"
  " cost_nano_usd INTEGER, PRIMARY KEY (request, n)) WITHOUT ROWID;"
  "CREATE TABLE total (day INTEGER NOT NULL, app INTEGER NOT NULL, provider INTEGER NOT NULL,"
  " model INTEGER NOT NULL, requests INTEGER NOT NULL, failed INTEGER NOT NULL,"
  " local_requests INTEGER NOT NULL, fallbacks INTEGER NOT NULL, input_tokens INTEGER NOT NULL,"
  " cached_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,"
  " cost_nano_usd INTEGER NOT NULL, unknown_cost_requests INTEGER NOT NULL,"
  " unknown_token_requests INTEGER NOT NULL,"
  " PRIMARY KEY (day, app, provider, model)) WITHOUT ROWID;"
  "INSERT INTO text VALUES (1, '/v1/chat/completions'), (2, 'coder'), (3, 'ollama');"
  "INSERT INTO request (at, id, path, requested_model, answered_model, provider, locality,"
  " outcome, status, streamed, substituted, price_as_of, estimated, cost_nano_usd)"
  " VALUES (1790000000000000 * 1024, 'req_old', 1, 2, 2, 3, 0, 1, 200, 0, 0, 0, 0, 77);"
  "INSERT INTO attempt (request, n, provider, model, locality, verdict, status, estimated,"
  " cost_nano_usd) VALUES (1790000000000000 * 1024, 0, 3, 2, 0, 3, 200, 0, 77);"
  "INSERT INTO total VALUES (20260921, 0, 3, 2, 1, 0, 1, 0, 0, 0, 0, 77, 0, 1);"
  "PRAGMA user_version = 1;";

/* What versions 2 and 3 added, on top of it. */
static const char version_3[] =
  "CREATE INDEX request_by_app ON request (app) WHERE app IS NOT NULL;"
  "CREATE INDEX request_by_provider ON request (provider) WHERE provider IS NOT NULL;"
  "CREATE INDEX request_by_requested_model ON request (requested_model)"
  "  WHERE requested_model IS NOT NULL;"
  "CREATE INDEX request_by_answered_model ON request (answered_model)"
  "  WHERE answered_model IS NOT requested_model;"
  "CREATE INDEX request_by_outcome ON request (outcome) WHERE outcome <> 1;"
  "ALTER TABLE request ADD COLUMN dropped INTEGER;"
  "PRAGMA user_version = 3;";

static void
make_folder (Fixture *fixture)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
}

/* What has been migrated is what a new file is. */
static void
assert_like_new (Fixture *fixture)
{
  static const char *const facts[] = {
    "PRAGMA user_version",
    "SELECT count(*) FROM sqlite_schema WHERE type = 'index'",
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
    "SELECT count(*) FROM pragma_table_info ('request')",
    "SELECT count(*) FROM pragma_table_info ('total')",
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *other = g_build_filename (fixture->folder, "new.sqlite", NULL);
  WayLedger *new_ledger = way_ledger_new (other, &error);
  g_assert_no_error (error);
  way_ledger_close (new_ledger);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    g_assert_cmpint (read_file_int (fixture->path, facts[i]), ==, read_file_int (other, facts[i]));
  g_unlink (other);
}

/* @user_data: (nullable): what had been added to the first version. */
static void
test_migration (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  make_folder (fixture);
  run_file_sql (fixture->path, version_1);
  if (user_data)
    run_file_sql (fixture->path, user_data);

  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  WayRecord *hit = make_record (RECORD_BASE_US + 1);
  hit->cache_hit = TRUE;
  hit->saved_nano_usd = 5;
  way_ledger_record (fixture->ledger, hit);

  WayLedgerFilter filter = { .model = "coder" };
  g_autoptr (GPtrArray) records = ledger_query (fixture->ledger, &filter);
  g_assert_cmpuint (records->len, ==, 2);
  const WayRecord *old = records->pdata[1];
  g_assert_cmpstr (old->id, ==, "req_old");
  g_assert_cmpstr (old->provider, ==, "ollama");
  g_assert_cmpint (old->cost_nano_usd, ==, 77);
  g_assert_cmpint (old->usage.input_tokens, ==, WAY_UNKNOWN);
  g_assert_false (old->cache_hit);
  g_assert_cmpint (old->saved_nano_usd, ==, WAY_UNKNOWN);
  g_autoptr (GPtrArray) spend = ledger_spend (fixture->ledger, WAY_SPEND_BY_PROVIDER, 0);
  const WaySpendRow *row = spend->pdata[0];
  g_assert_cmpint (row->cost_nano_usd, ==, 77 + 6480000);
  g_assert_cmpint (row->cache_hits, ==, 1);
  g_assert_cmpint (row->saved_nano_usd, ==, 5);
  assert_totals_are_sums (fixture->path);
  assert_like_new (fixture);
}

/* Opening must fail with @words and leave every byte. */
static void
assert_refused (Fixture *fixture, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize length_before, length_after;
  g_assert_true (g_file_get_contents (fixture->path, &before, &length_before, NULL));

  g_assert_null (way_ledger_new (fixture->path, &error));

  g_assert_error (error, WAY_ERROR, WAY_ERROR_LEDGER);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_nonnull (strstr (error->message, words));
  g_assert_true (g_file_get_contents (fixture->path, &after, &length_after, NULL));
  g_assert_cmpmem (before, length_before, after, length_after);
}

static void
test_newer_schema (Fixture *fixture, gconstpointer user_data)
{
  make_folder (fixture);
  run_file_sql (fixture->path, "CREATE TABLE request (future); PRAGMA user_version = 1000");
  assert_refused (fixture, "newer Wayfare");
}

/* A newer program that still runs, or was killed, has part of its data in the log beside it. */
static void
test_newer_schema_with_log (Fixture *fixture, gconstpointer user_data)
{
  sqlite3 *newer = NULL;
  make_folder (fixture);
  g_assert_cmpint (sqlite3_open (fixture->path, &newer), ==, SQLITE_OK);
  sqlite3_db_config (newer, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  g_assert_cmpint (sqlite3_exec (newer,
                                 "PRAGMA journal_mode = WAL; CREATE TABLE request (future);"
                                 "PRAGMA user_version = 1000",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (newer);
  assert_refused (fixture, "newer Wayfare");
  g_assert_cmpint (read_file_int (fixture->path, "PRAGMA user_version"), ==, 1000);
}

static void
test_foreign_database (Fixture *fixture, gconstpointer user_data)
{
  make_folder (fixture);
  run_file_sql (fixture->path, "CREATE TABLE bookmarks (url)");
  assert_refused (fixture, "another program");
}

static void
test_no_database (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *text = g_strnfill (10000, 'x');
  make_folder (fixture);
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  assert_refused (fixture, "damaged");
}

static void
test_corrupt (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  fixture_close (fixture);
  g_autofree char *data = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (fixture->path, &data, &length, NULL));
  memset (data + 100, 0xa5, 2000); /* in the page of the schema, behind the header */
  g_assert_true (g_file_set_contents (fixture->path, data, (gssize)length, NULL));

  assert_refused (fixture, "damaged");
}

static void
test_no_place (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (way_ledger_new ("/dev/null/data/ledger.sqlite", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "/dev/null/data"));
  g_clear_error (&error);
  g_assert_null (way_ledger_new ("/", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
}

/* What fits 16 bytes is packed into them, what does not is kept as it is. */
static void
test_ids (void)
{
  static const struct
  {
    const char *id;
    gint64 time_us;
  } ids[] = {
    { "req_00000000000000000000000000", 0 },
    { "req_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", G_GINT64_CONSTANT (281474976710655000) },
    { "req_01ARZ3NDEKTSV4RRFFQ69G5FAV", G_GINT64_CONSTANT (1469922850259000) },
    { "req_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", WAY_UNKNOWN },
    { "req_01arz3ndektsv4rrffq69g5fav", WAY_UNKNOWN },
    { "req_01ARZ3NDEKTSV4RRFFQ69G5FA", WAY_UNKNOWN },
    { "req_01ARZ3NDEKTSV4RRFFQ69G5FAVX", WAY_UNKNOWN },
    { "REQ_01ARZ3NDEKTSV4RRFFQ69G5FAV", WAY_UNKNOWN },
    { "req_01ARZ3NDEKTSV4RRFFQ69G5FAU", WAY_UNKNOWN },
    { "", WAY_UNKNOWN },
  };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      guint8 bytes[WAY_LEDGER_ID_BYTES];
      gboolean packed = way_ledger_id_pack (ids[i].id, bytes);
      g_assert_cmpint (packed, ==, ids[i].time_us >= 0);
      g_assert_cmpint (way_ledger_id_get_time_us (ids[i].id), ==, ids[i].time_us);
      if (packed)
        {
          g_autofree char *id = way_ledger_id_unpack (bytes);
          g_assert_cmpstr (id, ==, ids[i].id);
        }
    }
}

#define ADD(path, test)                                                                            \
  g_test_add ("/ledger/file/" path, Fixture, NULL, fixture_set_up_closed, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("mode", test_mode);
  ADD ("mode-is-narrowed", test_mode_is_narrowed);
  ADD ("reopen", test_reopen);
  ADD ("migration-from-1", test_migration);
  g_test_add ("/ledger/file/migration-from-3", Fixture, version_3, fixture_set_up_closed,
              test_migration, fixture_tear_down);
  ADD ("newer-schema", test_newer_schema);
  ADD ("newer-schema-with-log", test_newer_schema_with_log);
  ADD ("foreign-database", test_foreign_database);
  ADD ("no-database", test_no_database);
  ADD ("corrupt", test_corrupt);
  g_test_add_func ("/ledger/file/no-place", test_no_place);
  g_test_add_func ("/ledger/file/ids", test_ids);
  return g_test_run ();
}
