/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Kept bodies: in a file of their own that is there only once there is something to keep, within
 * its days and size, and gone from the disk when they are forgotten. */

#include "ledger-fixture.h"

#include "way-capture.h"
#include "way-clock.h"
#include "way-error.h"

#include <string.h>
#include <sys/stat.h>

#define KIB 1024

static char *
dup_capture_path (const Fixture *fixture)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);

  return g_build_filename (folder, "capture.sqlite", NULL);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
keep (Fixture *fixture, const char *id, gint64 at_us, const char *request, const char *answer)
{
  WayBodies *bodies = g_new0 (WayBodies, 1);

  bodies->at_us = at_us;
  bodies->request = g_bytes_new (request, strlen (request));
  bodies->answer = g_bytes_new (answer, strlen (answer));
  bodies->request_bytes = 7;
  bodies->answer_bytes = 9;
  bodies->masked = TRUE;
  way_ledger_capture (fixture->ledger, id, bodies);
}

static WayBodies *
look_up (Fixture *fixture, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  way_ledger_bodies_async (fixture->ledger, id, on_result, &result);
  return way_ledger_bodies_finish (fixture->ledger, wait_result (&result), error);
}

static WayCaptured *
count (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  way_ledger_captured_async (fixture->ledger, on_result, &result);
  WayCaptured *captured =
    way_ledger_captured_finish (fixture->ledger, wait_result (&result), &error);
  g_assert_no_error (error);
  return captured;
}

static void
forget (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  way_ledger_forget_bodies_async (fixture->ledger, on_result, &result);
  way_ledger_forget_bodies_finish (fixture->ledger, wait_result (&result), &error);
  g_assert_no_error (error);
}

static void
test_nothing_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = dup_capture_path (fixture);
  g_autoptr (GError) error = NULL;
  WayCaptureLimits limits = { 7, 1024 * KIB };

  way_ledger_set_capture (fixture->ledger, &limits);
  g_assert_null (look_up (fixture, "r1", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND);
  forget (fixture);
  g_autofree WayCaptured *captured = count (fixture);
  g_assert_cmpint (captured->n_requests, ==, 0);
  g_assert_cmpint (captured->since_us, ==, WAY_UNKNOWN);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_kept (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = dup_capture_path (fixture);
  g_autoptr (GError) error = NULL;
  gint64 now_us = way_clock_get_wall_us ();
  struct stat status;

  keep (fixture, "r1", now_us, "a question", "an answer");
  keep (fixture, "r2", now_us + 1, "", "");
  g_autoptr (WayBodies) bodies = look_up (fixture, "r1", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bodies->request, NULL), g_bytes_get_size (bodies->request),
                   "a question", 10);
  g_assert_cmpmem (g_bytes_get_data (bodies->answer, NULL), g_bytes_get_size (bodies->answer),
                   "an answer", 9);
  g_assert_cmpint (bodies->request_bytes, ==, 7);
  g_assert_cmpint (bodies->answer_bytes, ==, 9);
  g_assert_cmpint (bodies->at_us, ==, now_us);
  g_assert_true (bodies->masked);

  g_autofree WayCaptured *captured = count (fixture);
  g_assert_cmpint (captured->n_requests, ==, 2);
  g_assert_cmpint (captured->since_us, ==, now_us);
  g_assert_cmpint (captured->file_bytes, >, 0);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
test_days (Fixture *fixture, gconstpointer user_data)
{
  WayCaptureLimits limits = { 2, 1024 * KIB };
  gint64 now_us = way_clock_get_wall_us ();

  way_ledger_set_capture (fixture->ledger, &limits);
  keep (fixture, "old", now_us - 3 * G_TIME_SPAN_DAY, "a", "b");
  keep (fixture, "new", now_us - 1 * G_TIME_SPAN_DAY, "a", "b");
  g_autofree WayCaptured *captured = count (fixture);
  g_assert_cmpint (captured->n_requests, ==, 1);

  limits.keep_days = 1;
  keep (fixture, "newest", now_us, "a", "b");
  way_ledger_set_capture (fixture->ledger, &limits);
  g_autofree WayCaptured *fewer = count (fixture);
  g_assert_cmpint (fewer->n_requests, ==, 1);
  g_assert_cmpint (fewer->since_us, ==, now_us);
}

static void
test_size (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *long_text = g_strnfill (50 * KIB, 'x');
  g_autoptr (GError) error = NULL;
  WayCaptureLimits limits = { 7, 512 * KIB };
  gint64 now_us = way_clock_get_wall_us ();

  way_ledger_set_capture (fixture->ledger, &limits);
  for (int i = 0; i < 30; i++)
    {
      g_autofree char *id = g_strdup_printf ("r%d", i);
      keep (fixture, id, now_us + i, long_text, long_text);
    }
  g_autofree WayCaptured *captured = count (fixture);
  g_assert_cmpint (captured->file_bytes, <=, limits.max_bytes);
  g_assert_cmpint (captured->n_requests, >=, 3);
  g_autoptr (WayBodies) last = look_up (fixture, "r29", &error);
  g_assert_no_error (error);
  g_assert_nonnull (last);
  g_assert_null (look_up (fixture, "r0", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND);

  limits.max_bytes = 64 * KIB; /* not even one */
  way_ledger_set_capture (fixture->ledger, &limits);
  g_autofree WayCaptured *none = count (fixture);
  g_assert_cmpint (none->n_requests, ==, 0);
  g_assert_cmpint (none->file_bytes, <=, limits.max_bytes);
}

static gboolean
file_holds (const char *path, const char *suffix, const char *words)
{
  g_autofree char *name = g_strconcat (path, suffix, NULL);
  g_autofree char *data = NULL;
  gsize length;

  return g_file_get_contents (name, &data, &length, NULL) &&
         memmem (data, length, words, strlen (words)) != NULL;
}

/* Neither the file nor its log holds the words afterwards. */
static void
test_forgotten (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = dup_capture_path (fixture);
  WayCaptureLimits limits = { 7, 1024 * KIB };

  way_ledger_set_capture (fixture->ledger, &limits);
  keep (fixture, "r1", way_clock_get_wall_us (), "the quick brown fox", "jumped over");
  g_autofree WayCaptured *before = count (fixture);
  g_assert_cmpint (before->n_requests, ==, 1);
  g_assert_true (file_holds (path, "", "brown") || file_holds (path, "-wal", "brown"));
  forget (fixture);
  g_autofree WayCaptured *after = count (fixture);
  g_assert_cmpint (after->n_requests, ==, 0);
  g_assert_false (file_holds (path, "", "brown") || file_holds (path, "-wal", "brown"));
}

/* A file that is none of ours costs the bodies, not the records. */
static void
test_broken_file (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *path = dup_capture_path (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "this is no database, not at all", -1, NULL));
  keep (fixture, "r1", way_clock_get_wall_us (), "a", "b");
  way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_true (ledger_flush (fixture->ledger, &error));
  g_assert_no_error (error);
  g_assert_null (look_up (fixture, "r1", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_LEDGER);
  g_assert_true (file_holds (path, "", "this is no database"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/ledger/capture/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("nothing-kept", test_nothing_kept);
  ADD ("kept", test_kept);
  ADD ("days", test_days);
  ADD ("size", test_size);
  ADD ("forgotten", test_forgotten);
  ADD ("broken-file", test_broken_file);
#undef ADD
  return g_test_run ();
}
