/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A call to the thread of a main context. Any thread. */

#include "way-context.h"

/**
 * way_context_post:
 * @func: runs on the thread that runs @context, at its next turn and before what else is ready
 *   there; returns %G_SOURCE_REMOVE
 * @destroy: (nullable): for @user_data
 *
 * Unlike g_main_context_invoke(), which runs @func on the caller's thread while nobody owns
 * @context: before its thread has taken it, or between two runs of a loop.
 */
void
way_context_post (GMainContext *context,
                  GSourceFunc func,
                  gpointer user_data,
                  GDestroyNotify destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, func, user_data, destroy);
  g_source_attach (source, context);
}
