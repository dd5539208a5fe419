/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "config-fixture.h"

#include "way-json.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static void
on_changed (WayConfig *config, gpointer user_data)
{
  ConfigFixture *fixture = user_data;
  fixture->changes++;
}

static void
on_local_only (WayConfig *config, GParamSpec *pspec, gpointer user_data)
{
  ConfigFixture *fixture = user_data;
  fixture->local_only_notifications++;
}

void
config_fixture_set_up (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->directory = g_dir_make_tmp ("wayfare-config-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->directory, "config.json", NULL);
  fixture->config = way_config_new (fixture->path);
  g_signal_connect (fixture->config, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect (fixture->config, "notify::local-only", G_CALLBACK (on_local_only), fixture);
}

static void
remove_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
      const char *name = NULL;
      while ((name = g_dir_read_name (directory)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);
          remove_tree (child);
        }
    }
  g_remove (path);
}

void
config_fixture_tear_down (ConfigFixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->config, fixture);
  g_object_unref (fixture->config);
  remove_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->path);
}

/* In place, as an editor that does not rename. By hand: g_file_set_contents_full() without
 * CONSISTENT does not truncate in GLib 2.74. */
void
config_fixture_write (ConfigFixture *fixture, const char *text)
{
  FILE *file = g_fopen (fixture->path, "we");
  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

void
config_fixture_load (ConfigFixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  config_fixture_write (fixture, text);
  way_config_load (fixture->config, &error);
  g_assert_no_error (error);
}

char *
config_fixture_read (ConfigFixture *fixture)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (fixture->path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

void
config_fixture_assert_file (ConfigFixture *fixture, const char *text)
{
  g_autofree char *found = config_fixture_read (fixture);
  g_assert_cmpstr (found, ==, text);
}

JsonObject *
config_fixture_object (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = way_json_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return json_node_dup_object (node);
}
