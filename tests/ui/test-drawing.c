/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Where there is a graphics processor, and what the window does where there is none. No display. */

#include "way-drawing.h"

#include <glib/gstdio.h>

/* A folder like /dev, with one file in it or none. */
typedef struct
{
  char *folder;
  char *sub_folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("way-drawing-XXXXXX", NULL);
  fixture->sub_folder = g_build_filename (fixture->folder, "dri", NULL);
  g_assert_nonnull (fixture->folder);
  g_assert_cmpint (g_mkdir (fixture->sub_folder, 0700), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unsetenv ("GDK_DISABLE");
  g_unsetenv ("GDK_DEBUG");
  g_unsetenv ("GSK_RENDERER");
  g_assert_cmpint (g_rmdir (fixture->sub_folder), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->sub_folder);
  g_free (fixture->folder);
}

static void
test_has_gpu (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *device;
    gboolean has_gpu;
  } rows[] = {
    { "null", FALSE },          { "dri/card0", FALSE }, { "dri/renderD128", TRUE },
    { "dri/renderD129", TRUE }, { "nvidiactl", TRUE },  { "dxg", TRUE },
    { "mali0", TRUE },          { "kgsl-3d0", TRUE },
  };

  g_assert_false (way_drawing_has_gpu (fixture->folder));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, rows[i].device, NULL);

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      g_test_message ("%s", rows[i].device);
      g_assert_cmpint (way_drawing_has_gpu (fixture->folder), ==, rows[i].has_gpu);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_false (way_drawing_has_gpu ("/nowhere/at/all"));
}

static void
test_plain_without_gpu (Fixture *fixture, gconstpointer data)
{
  way_drawing_prepare (fixture->folder);
  g_assert_cmpstr (g_getenv ("GDK_DISABLE"), ==, "gl,vulkan");
  g_assert_cmpstr (g_getenv ("GSK_RENDERER"), ==, "cairo");
}

static void
test_untouched_with_gpu (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->sub_folder, "renderD128", NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  way_drawing_prepare (fixture->folder);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (g_getenv ("GDK_DISABLE"));
  g_assert_null (g_getenv ("GDK_DEBUG"));
}

static void
test_obeys_the_user (Fixture *fixture, gconstpointer data)
{
  g_setenv ("GSK_RENDERER", "gl", TRUE);
  way_drawing_prepare (fixture->folder);
  g_assert_null (g_getenv ("GDK_DISABLE"));
  g_assert_null (g_getenv ("GDK_DEBUG"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* What the desktop of whoever runs the test says about drawing is not what is tested. */
  g_unsetenv ("GDK_DISABLE");
  g_unsetenv ("GDK_DEBUG");
  g_unsetenv ("GDK_GL");
  g_unsetenv ("GSK_RENDERER");
  g_test_add ("/ui/drawing/has-gpu", Fixture, NULL, set_up, test_has_gpu, tear_down);
  g_test_add ("/ui/drawing/plain-without-gpu", Fixture, NULL, set_up, test_plain_without_gpu,
              tear_down);
  g_test_add ("/ui/drawing/untouched-with-gpu", Fixture, NULL, set_up, test_untouched_with_gpu,
              tear_down);
  g_test_add ("/ui/drawing/obeys-the-user", Fixture, NULL, set_up, test_obeys_the_user, tear_down);
  return g_test_run ();
}
