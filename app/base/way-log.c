/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Log lines. Any thread. */

#include "way-log.h"

/**
 * way_log_init:
 * @verbose: also debug lines
 *
 * Sends log lines to standard error, or to the journal where that is what standard error is. Main
 * thread, before any other.
 */
void
way_log_init (gboolean verbose)
{
  g_log_set_writer_func (g_log_writer_default, NULL, NULL);
  g_log_writer_default_set_use_stderr (TRUE);
  if (verbose)
    g_log_set_debug_enabled (TRUE);
}
