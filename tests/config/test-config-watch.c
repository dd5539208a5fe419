/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Changes of the file by others take effect by themselves; our own do so once. */

#include "config-fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define DEADLINE_S 20

#define LOCAL_ONLY "{\"version\":1,\"cloud\":{\"enabled\":false}}"
#define CLOUD "{\"version\":1,\"cloud\":{\"enabled\":true}}"
#define BROKEN "{\"version\":1,"

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("the change was not noticed within %d s", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

/* Iterates until the settings in force have this switch, and the file this state. */
static void
wait_for (ConfigFixture *fixture, gboolean cloud_enabled, gboolean has_problem)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
  while (way_config_get_snapshot (fixture->config)->cloud_enabled != cloud_enabled ||
         (way_config_get_problem (fixture->config) != NULL) != has_problem)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

/* As most editors do. */
static void
write_by_rename (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other = g_strconcat (path, ".new", NULL);
  g_file_set_contents (other, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

static void
test_reloads (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CLOUD);
  way_config_watch (fixture->config);

  config_fixture_write (fixture, LOCAL_ONLY);
  wait_for (fixture, FALSE, FALSE);
  write_by_rename (fixture->path, CLOUD);
  wait_for (fixture, TRUE, FALSE);
  g_assert_cmpuint (fixture->changes, ==, 3);
  g_assert_cmpuint (fixture->local_only_notifications, ==, 2);
}

static void
test_notices_first_file (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (way_config_load (fixture->config, &error));
  way_config_watch (fixture->config);
  config_fixture_write (fixture, LOCAL_ONLY);
  wait_for (fixture, FALSE, FALSE);
}

static void
test_broken_and_mended (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, LOCAL_ONLY);
  way_config_watch (fixture->config);

  config_fixture_write (fixture, BROKEN);
  wait_for (fixture, FALSE, TRUE);
  config_fixture_assert_file (fixture, BROKEN);
  write_by_rename (fixture->path, CLOUD);
  wait_for (fixture, TRUE, FALSE);
}

static void
test_gone_and_back (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, LOCAL_ONLY);
  way_config_watch (fixture->config);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  wait_for (fixture, FALSE, TRUE);
  config_fixture_write (fixture, CLOUD);
  wait_for (fixture, TRUE, FALSE);
}

/* The event of our own write comes before that of the foreign one, so had it led to a reload, that
 * would have been counted. */
static void
test_own_write_is_no_change (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  config_fixture_load (fixture, CLOUD);
  way_config_watch (fixture->config);
  g_assert_true (way_config_set_cloud_enabled (fixture->config, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->changes, ==, 2);

  write_by_rename (fixture->path, CLOUD);
  wait_for (fixture, TRUE, FALSE);
  g_assert_cmpuint (fixture->changes, ==, 3);
}

static void
test_follows_links (ConfigFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->directory, "dotfiles", NULL);
  g_autofree char *target = g_build_filename (folder, "wayfare.json", NULL);
  g_autofree char *second = g_build_filename (folder, "second.json", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (target, CLOUD, -1, NULL));
  g_assert_cmpint (symlink (target, fixture->path), ==, 0);
  g_autoptr (GError) error = NULL;
  g_assert_true (way_config_load (fixture->config, &error));
  way_config_watch (fixture->config);

  write_by_rename (target, LOCAL_ONLY);
  wait_for (fixture, FALSE, FALSE);

  /* The link itself is turned elsewhere, and what it leads to then is watched. */
  g_assert_true (g_file_set_contents (second, CLOUD, -1, NULL));
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (symlink (second, fixture->path), ==, 0);
  wait_for (fixture, TRUE, FALSE);
  write_by_rename (second, LOCAL_ONLY);
  wait_for (fixture, FALSE, FALSE);
}

static void
add (const char *path, void (*test) (ConfigFixture *fixture, gconstpointer data))
{
  g_test_add (path, ConfigFixture, NULL, config_fixture_set_up, test, config_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/config/config-watch/reloads", test_reloads);
  add ("/config/config-watch/notices-first-file", test_notices_first_file);
  add ("/config/config-watch/broken-and-mended", test_broken_and_mended);
  add ("/config/config-watch/gone-and-back", test_gone_and_back);
  add ("/config/config-watch/own-write-is-no-change", test_own_write_is_no_change);
  add ("/config/config-watch/follows-links", test_follows_links);
  return g_test_run ();
}
