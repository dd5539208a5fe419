/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The program: a verb of the command line, or the window. The window is a program of its own, since
 * a router without one should neither load a toolkit nor wait for it: `wayfare token` is run for
 * every request that some tools make. */

#include "way-cli.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#define WINDOW_NAME "wayfare-window"

/* Beside this program in a build folder, else where it was installed. */
static char *
dup_window_path (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *sibling = folder != NULL ? g_build_filename (folder, WINDOW_NAME, NULL) : NULL;

  if (sibling != NULL && g_file_test (sibling, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&sibling);
  return g_build_filename (LIBEXECDIR, WINDOW_NAME, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *window_path = NULL;

  setlocale (LC_ALL, "");
  if (way_cli_wants (argc, argv))
    return way_cli_run (argc, argv);

  window_path = dup_window_path ();
  execv (window_path, argv);
  g_printerr ("wayfare: the window cannot be opened: %s: %s; run \"wayfare serve\" without one\n",
              window_path, g_strerror (errno));
  return EXIT_FAILURE;
}
