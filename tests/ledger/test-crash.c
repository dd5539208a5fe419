/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* kill -9 at any moment: the file opens, every request that was given is there once, none is there
 * by half, and the totals are the sum of the rows. */

#include "ledger-fixture.h"

#include "way-ledger-private.h"

#include <signal.h>
#include <string.h>

#define N_KILLS 200
#define MAX_LIFE_MS 160

/* Between these the next life finds what the one before has left. */
#define KILLS_A_LOOK 20

static gboolean
on_timeout (gpointer user_data)
{
  gboolean *passed = user_data;
  *passed = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean passed = FALSE;
  g_timeout_add (ms, on_timeout, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
}

/* One life of the writer, on the file that the life before left. Returns what it gave. */
static char *
run_and_kill (const char *path, GRand *rand)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *seed = g_strdup_printf ("%u", g_rand_int (rand));
  g_autoptr (GSubprocess) writer = g_subprocess_new (
    G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("WAY_TEST_CRASH_WRITER"), path, seed, NULL);
  g_assert_no_error (error);
  wait_ms ((guint)g_rand_int_range (rand, 1, MAX_LIFE_MS));
  g_subprocess_force_exit (writer);

  char *given = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (writer, NULL, NULL, &given, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (writer)); /* it did not end by itself */
  g_assert_cmpint (g_subprocess_get_term_sig (writer), ==, SIGKILL);
  return given;
}

static guint
count_lines (const char *text)
{
  guint n_lines = 0;
  for (; (text = strchr (text, '\n')); text++)
    n_lines++;
  return n_lines;
}

/* Looks with SQLite alone, so that the ledger's own reading proves nothing about its writing. */
static void
assert_present_once (const char *path, const char *ids)
{
  sqlite3 *handle = NULL;
  sqlite3_stmt *count = NULL;
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (
    sqlite3_prepare_v2 (handle, "SELECT count(*) FROM request WHERE id = ?", -1, &count, NULL), ==,
    SQLITE_OK);
  g_auto (GStrv) lines = g_strsplit (ids, "\n", -1);
  for (guint i = 0; lines[i] && lines[i + 1]; i++)
    {
      guint8 bytes[WAY_LEDGER_ID_BYTES];
      g_assert_true (way_ledger_id_pack (lines[i], bytes));
      sqlite3_bind_blob (count, 1, bytes, sizeof bytes, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
      g_assert_cmpint (sqlite3_column_int (count, 0), ==, 1);
      sqlite3_reset (count);
    }
  sqlite3_finalize (count);
  sqlite3_close (handle);
}

/* Opens the ledger once, and closes it. */
static void
look (Fixture *fixture, const char *ids)
{
  g_autoptr (GError) error = NULL;

  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
  fixture_close (fixture);
  assert_present_once (fixture->path, ids);
  assert_totals_are_sums (fixture->path);
}

static void
test_kill (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  g_autoptr (GString) given = g_string_new (NULL);
  for (guint i = 1; i <= N_KILLS; i++)
    {
      g_autofree char *ids = run_and_kill (fixture->path, rand);
      g_string_append (given, ids);
      if (i % KILLS_A_LOOK == 0)
        look (fixture, given->str);
    }

  guint n_given = count_lines (given->str);
  gint64 n_kept = read_file_int (fixture->path, "SELECT count(*) FROM request");
  g_test_message ("%u requests given, %u kept", n_given, (guint)n_kept);
  g_assert_cmpuint (n_given, >, N_KILLS);
  g_assert_cmpint (n_kept, >=, n_given);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM attempt WHERE request NOT IN"
                                                 " (SELECT at FROM request)"),
                   ==, 0);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM pragma_integrity_check"
                                                 " WHERE integrity_check <> 'ok'"),
                   ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ledger/crash/kill", Fixture, NULL, fixture_set_up_closed, test_kill,
              fixture_tear_down);
  return g_test_run ();
}
