/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Keys from the environment and from systemd's credentials directory. */

#include "way-keyring.h"
#include "way-limits.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define VALUE "sk-credential-0123456789"

typedef struct
{
  char *root;      /* holds "outside" and the directory */
  char *directory; /* $CREDENTIALS_DIRECTORY */
} Fixture;

static void
write_file (const char *directory, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->root = g_dir_make_tmp ("wayfare-credential-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->directory = g_build_filename (fixture->root, "credentials", NULL);
  g_assert_cmpint (g_mkdir (fixture->directory, 0700), ==, 0);
  write_file (fixture->root, "outside", "sk-outside-0123456789");
  write_file (fixture->directory, "openai", VALUE "\n");
  write_file (fixture->directory, "empty", "\n");
  g_setenv ("CREDENTIALS_DIRECTORY", fixture->directory, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "credentials/openai", "credentials/empty", "credentials/huge", "credentials/fifo",
    "credentials/folder", "credentials",       "outside",          "."
  };
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_canonicalize_filename (names[i], fixture->root);
      g_remove (path);
    }
  g_free (fixture->directory);
  g_free (fixture->root);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = way_credential_from_file ("openai", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (way_key_reveal (key), ==, VALUE);
}

static void
test_file_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    WayErrorCode code;
  } rows[] = {
    { "../outside", WAY_ERROR_BAD_REQUEST },
    { "/etc/hostname", WAY_ERROR_BAD_REQUEST },
    { "..", WAY_ERROR_BAD_REQUEST },
    { ".", WAY_ERROR_BAD_REQUEST },
    { "", WAY_ERROR_BAD_REQUEST },
    { "a\nb", WAY_ERROR_BAD_REQUEST },
    { "absent", WAY_ERROR_KEY_MISSING },
    { "empty", WAY_ERROR_BAD_REQUEST },
    { "huge", WAY_ERROR_REQUEST_TOO_LARGE },
    { "folder", WAY_ERROR_IO },
    { "fifo", WAY_ERROR_IO },
  };
  g_autofree char *huge = g_strnfill (3 * WAY_LIMIT_KEY_BYTES, 'k');
  write_file (fixture->directory, "huge", huge);
  g_autofree char *folder = g_build_filename (fixture->directory, "folder", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_autofree char *fifo = g_build_filename (fixture->directory, "fifo", NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (way_credential_from_file (rows[i].name, &error));
      g_assert_error (error, WAY_ERROR, (int)rows[i].code);
    }
}

static void
test_file_without_directory (Fixture *fixture, gconstpointer data)
{
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_autoptr (GError) error = NULL;
  g_assert_null (way_credential_from_file ("openai", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING);
  g_assert_nonnull (strstr (error->message, "LoadCredential="));
}

static void
test_env (void)
{
  g_setenv ("WAYFARE_TEST_KEY", VALUE, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = way_credential_from_env ("WAYFARE_TEST_KEY", &error);
  g_unsetenv ("WAYFARE_TEST_KEY");
  g_assert_no_error (error);
  g_assert_cmpstr (way_key_reveal (key), ==, VALUE);
}

static void
test_env_refused (void)
{
  static const struct
  {
    const char *variable;
    WayErrorCode code;
  } rows[] = {
    { "", WAY_ERROR_BAD_REQUEST },
    { "1ST", WAY_ERROR_BAD_REQUEST },
    { "A=B", WAY_ERROR_BAD_REQUEST },
    { "A-B", WAY_ERROR_BAD_REQUEST },
    { "WAYFARE_TEST_UNSET", WAY_ERROR_KEY_MISSING },
    { "WAYFARE_TEST_BAD", WAY_ERROR_BAD_REQUEST },
  };
  g_setenv ("WAYFARE_TEST_BAD", "sk-hidden\x01", TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (way_credential_from_env (rows[i].variable, &error));
      g_assert_error (error, WAY_ERROR, (int)rows[i].code);
      g_assert_null (strstr (error->message, "hidden"));
    }
  g_unsetenv ("WAYFARE_TEST_BAD");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/keys/credential/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/keys/credential/file-refused", Fixture, NULL, set_up, test_file_refused, tear_down);
  g_test_add ("/keys/credential/file-without-directory", Fixture, NULL, set_up,
              test_file_without_directory, tear_down);
  g_test_add_func ("/keys/credential/env", test_env);
  g_test_add_func ("/keys/credential/env-refused", test_env_refused);
  return g_test_run ();
}
