/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare check FILE`. */

#include "way-cli-private.h"

#include "way-config.h"

int
way_cli_check (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  gboolean is_good = FALSE;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;

  is_good = way_config_check_file (argv[1], faults, warnings);
  for (guint i = 0; i < faults->len; i++)
    g_print ("error: %s\n", (const char *)g_ptr_array_index (faults, i));
  for (guint i = 0; i < warnings->len; i++)
    g_print ("warning: %s\n", (const char *)g_ptr_array_index (warnings, i));
  if (is_good)
    {
      g_print ("%s: good\n", argv[1]);
      return WAY_EXIT_DONE;
    }
  g_printerr ("wayfare: %s cannot be used: put right what is listed above and check again\n",
              argv[1]);
  return WAY_EXIT_FAILED;
}
