/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is given to the ledger comes back: whole, once, and with unknown still unknown. */

#include "ledger-fixture.h"

#include <gio/gio.h>

static void
test_round_trip (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) record = make_record (RECORD_BASE_US + 123);
  WayAttempt *skipped = way_record_add_attempt (record, "openai", NULL, WAY_LOCALITY_CLOUD);
  skipped->reason = g_strdup ("the cloud is off");

  way_ledger_record (fixture->ledger, way_record_ref (record));
  g_autoptr (WayRecord) kept = ledger_get (fixture->ledger, record->id, &error);

  g_assert_no_error (error);
  assert_records_equal (kept, record);
}

/* Everything that may be unknown is, and then everything is zero: neither becomes the other. */
static void
test_unknown_is_not_zero (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) unknown = way_record_new ("req_unknown", "/v1/models", RECORD_BASE_US);
  unknown->request_bytes = WAY_UNKNOWN;
  unknown->response_bytes = WAY_UNKNOWN;
  way_record_add_attempt (unknown, "p", "m", WAY_LOCALITY_LAN);
  g_autoptr (WayRecord) zero = way_record_new ("req_zero", "/v1/models", RECORD_BASE_US);
  zero->usage = (WayUsage){ 0 };
  zero->price = (WayPrice){ 0 };
  zero->cost_nano_usd = zero->first_token_us = zero->duration_us = 0;
  zero->cache_hit = TRUE;
  zero->saved_nano_usd = 0;

  way_ledger_record (fixture->ledger, way_record_ref (unknown));
  way_ledger_record (fixture->ledger, way_record_ref (zero));
  g_autoptr (WayRecord) kept_unknown = ledger_get (fixture->ledger, "req_unknown", &error);
  g_assert_no_error (error);
  g_autoptr (WayRecord) kept_zero = ledger_get (fixture->ledger, "req_zero", &error);
  g_assert_no_error (error);

  assert_records_equal (kept_unknown, unknown);
  assert_records_equal (kept_zero, zero);
  g_assert_cmpint (read_file_int (fixture->path,
                                  "SELECT count(*) FROM request WHERE "
                                  "cost_nano_usd IS NULL AND price_input IS NULL "
                                  "AND output_tokens IS NULL AND saved_nano_usd IS NULL"),
                   ==, 1);
}

/* Only what comes again is worth a place among the texts; all of it comes back. */
static void
test_reasons (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *reason;
    guint times;
    gboolean is_text;
  } cases[] = {
    { "may cost $0.0123, and notes has $0.01 left", 1, FALSE },
    { "503", 1, FALSE },
    { "", 1, FALSE },
    { "503", 2, TRUE },
    { "refused the connection", 3, TRUE },
    { "größer als der Kontext", 1, FALSE },
  };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint j = 0; j < cases[i].times; j++)
        {
          g_autoptr (WayRecord) record = make_record (RECORD_BASE_US);
          g_free (record->reason);
          record->reason = g_strdup (cases[i].reason);
          way_ledger_record (fixture->ledger, way_record_ref (record));
          g_autoptr (WayRecord) kept = ledger_get (fixture->ledger, record->id, &error);
          g_assert_no_error (error);
          assert_records_equal (kept, record);
        }
      g_autofree char *sql =
        g_strdup_printf ("SELECT count(*) FROM text WHERE value = '%s'", cases[i].reason);
      g_assert_cmpint (read_file_int (fixture->path, sql), ==, cases[i].is_text);
    }
}

/* Also not when there are more than are remembered. */
static void
test_reasons_do_not_pile_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_true (ledger_flush (fixture->ledger, &error));
  gint64 n_texts = read_file_int (fixture->path, "SELECT count(*) FROM text");
  for (guint i = 0; i < 10000; i++)
    {
      WayRecord *record = make_record (RECORD_BASE_US + i);
      g_free (record->reason);
      record->reason = g_strdup_printf ("may cost $0.%06u", i);
      WayAttempt *attempt =
        way_record_add_attempt (record, "ollama", "qwen3:14b", WAY_LOCALITY_LOCAL);
      attempt->reason = g_strdup (record->reason);
      way_ledger_record (fixture->ledger, record);
    }
  g_assert_true (ledger_flush (fixture->ledger, &error));
  /* That of the attempts has come again. */
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM text"), ==, n_texts + 1);
}

static void
test_same_id_once (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayRecord) record = make_record (RECORD_BASE_US);
  g_autoptr (WayRecord) later = way_record_copy (record);
  later->started_at_us += 10;

  way_ledger_record (fixture->ledger, way_record_ref (record));
  way_ledger_record (fixture->ledger, way_record_ref (record));
  way_ledger_record (fixture->ledger, way_record_ref (later));
  g_assert_true (ledger_flush (fixture->ledger, &error));

  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 1);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM attempt"), ==, 1);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT requests FROM total"), ==, 1);
}

/* More than fit into the places of one µs. */
static void
test_same_start (Fixture *fixture, gconstpointer user_data)
{
  enum
  {
    N_RECORDS = 1500
  };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < N_RECORDS; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_true (ledger_flush (fixture->ledger, &error));

  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, N_RECORDS);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count (DISTINCT request) FROM attempt"),
                   ==, N_RECORDS);
}

static void
test_flush_is_on_disk (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  for (gint64 i = 0; i < 2000; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US + i));
  g_assert_true (ledger_flush (fixture->ledger, &error));
  g_assert_no_error (error);

  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 2000);
}

static void
test_close_drains (Fixture *fixture, gconstpointer user_data)
{
  for (gint64 i = 0; i < 2000; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US + i));
  fixture_close (fixture);

  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  g_assert_false (g_file_test (log, G_FILE_TEST_EXISTS));
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 2000);
}

/* While somebody else holds the file, nothing is lost and a flush says why it cannot be done. */
static void
test_locked_file (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *other = NULL;
  g_assert_cmpint (sqlite3_open (fixture->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*locked*stay in memory*");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*can be written again*");
  way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_false (ledger_flush (fixture->ledger, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_LEDGER);
  g_clear_error (&error);
  sqlite3_close (other);

  g_assert_true (ledger_flush (fixture->ledger, &error));
  g_assert_no_error (error);
  g_test_assert_expected_messages ();
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 1);
}

static void
test_get_absent (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (ledger_get (fixture->ledger, "req_01ARZ3NDEKTSV4RRFFQ69G5FAV", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean *done = user_data;
  g_assert_null (way_ledger_query_finish (NULL, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *done = TRUE;
}

static void
test_cancel (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;
  way_ledger_query_async (fixture->ledger, NULL, cancellable, on_cancelled, &done);
  g_cancellable_cancel (cancellable);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* The answer to a question asked before the close arrives after it. */
static void
on_late_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  guint *n_records = user_data;
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, &error);
  g_assert_no_error (error);
  *n_records = records->len;
}

static void
test_answer_after_close (Fixture *fixture, gconstpointer user_data)
{
  guint n_records = 0;
  way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  way_ledger_query_async (fixture->ledger, NULL, NULL, on_late_answer, &n_records);
  fixture_close (fixture);
  while (n_records == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_records, ==, 1);
}

static gpointer
give_thousand (gpointer data)
{
  Fixture *fixture = data;
  for (gint64 i = 0; i < 1000; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US + i));
  return NULL;
}

static void
test_many_givers (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("giver", give_thousand, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_true (ledger_flush (fixture->ledger, &error));

  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==, 4000);
  assert_totals_are_sums (fixture->path);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/ledger/records/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("unknown-is-not-zero", test_unknown_is_not_zero);
  ADD ("reasons", test_reasons);
  ADD ("reasons-do-not-pile-up", test_reasons_do_not_pile_up);
  ADD ("same-id-once", test_same_id_once);
  ADD ("same-start", test_same_start);
  ADD ("flush-is-on-disk", test_flush_is_on_disk);
  ADD ("close-drains", test_close_drains);
  ADD ("locked-file", test_locked_file);
  ADD ("get-absent", test_get_absent);
  ADD ("cancel", test_cancel);
  ADD ("answer-after-close", test_answer_after_close);
  ADD ("many-givers", test_many_givers);
  return g_test_run ();
}
