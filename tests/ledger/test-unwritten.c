/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a killed process leaves of the requests that were not in the ledger yet. */

#include "ledger-fixture.h"

#include "way-unwritten.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up_closed (fixture, data);
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
}

static WayUnwritten *
open_unwritten (Fixture *fixture, guint n_left)
{
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  g_autoptr (GError) error = NULL;
  WayUnwritten *unwritten = way_unwritten_open (fixture->path, left, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, n_left);
  return unwritten;
}

static void
leave (Fixture *fixture, WayRecord **records, guint n_records, guint turn_before)
{
  WayUnwritten *unwritten = open_unwritten (fixture, 0);

  g_assert_true (way_unwritten_start (unwritten));
  for (guint i = 0; i < n_records; i++)
    {
      if (i == turn_before)
        way_unwritten_turn (unwritten);
      way_unwritten_add (unwritten, records[i]);
    }
  way_unwritten_close (unwritten, FALSE);
}

typedef struct
{
  WayRecord *records[4];
} Records;

static Records
make_records (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  Records made;

  for (guint i = 0; i < G_N_ELEMENTS (made.records); i++)
    made.records[i] = make_random_record (rand);
  return made;
}

static void
free_records (Records *made)
{
  for (guint i = 0; i < G_N_ELEMENTS (made->records); i++)
    way_record_unref (made->records[i]);
}

static void
test_left (Fixture *fixture, gconstpointer data)
{
  Records made = make_records ();
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  struct stat status;

  leave (fixture, made.records, 4, GPOINTER_TO_UINT (data));
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  WayUnwritten *unwritten = way_unwritten_open (fixture->path, left, NULL);
  g_assert_cmpuint (left->len, ==, 4);
  for (guint i = 0; i < left->len; i++)
    {
      WayRecord *found = g_ptr_array_index (left, i);
      guint n_equal = 0;

      for (guint j = 0; j < left->len; j++)
        if (strcmp (found->id, made.records[j]->id) == 0)
          {
            assert_records_equal (found, made.records[j]);
            n_equal++;
          }
      g_assert_cmpuint (n_equal, ==, 1);
    }
  way_unwritten_close (unwritten, TRUE);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  free_records (&made);
}

/* A write that the kill cut, at each byte. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  Records made = make_records ();
  g_autofree char *whole = NULL;
  gsize length;
  gsize length_of_three;

  leave (fixture, made.records, 3, 4);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &length_of_three, NULL));
  g_clear_pointer (&whole, g_free);
  way_unwritten_close (open_unwritten (fixture, 3), TRUE);
  leave (fixture, made.records, 4, 4);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &length, NULL));
  for (gsize cut = length_of_three; cut < length; cut++)
    {
      g_assert_true (g_file_set_contents (fixture->path, whole, (gssize)cut, NULL));
      way_unwritten_close (open_unwritten (fixture, 3), FALSE);
    }
  g_assert_true (g_file_set_contents (fixture->path, whole, (gssize)length, NULL));
  way_unwritten_close (open_unwritten (fixture, 4), TRUE);
  free_records (&made);
}

/* Entries of an earlier turn lie behind those of this one, whole, and are not read. */
static void
test_earlier_turn (Fixture *fixture, gconstpointer data)
{
  Records made = make_records ();
  WayUnwritten *unwritten = open_unwritten (fixture, 0);

  g_assert_true (way_unwritten_start (unwritten));
  for (guint i = 0; i < 3; i++)
    way_unwritten_add (unwritten, made.records[0]); /* all of one length */
  way_unwritten_turn (unwritten);
  way_unwritten_turn (unwritten);
  way_unwritten_add (unwritten, made.records[0]);
  way_unwritten_close (unwritten, FALSE);
  way_unwritten_close (open_unwritten (fixture, 1), TRUE);
  free_records (&made);
}

static void
test_other_version (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = g_strnfill (200, 'x');

  g_assert_true (g_file_set_contents (fixture->path, other, 200, NULL));
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*another version*");
  way_unwritten_close (open_unwritten (fixture, 0), TRUE);
  g_test_assert_expected_messages ();
}

static void
test_other_process (Fixture *fixture, gconstpointer data)
{
  WayUnwritten *unwritten = open_unwritten (fixture, 0);
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (way_unwritten_open (fixture->path, left, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_ALREADY_RUNNING);
  way_unwritten_close (unwritten, TRUE);
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/ledger/unwritten/" name, Fixture, data, set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("left", GUINT_TO_POINTER (4), test_left);
  ADD ("left-in-both-halves", GUINT_TO_POINTER (2), test_left);
  ADD ("cut", NULL, test_cut);
  ADD ("earlier-turn", NULL, test_earlier_turn);
  ADD ("other-version", NULL, test_other_version);
  ADD ("other-process", NULL, test_other_process);
  return g_test_run ();
}
