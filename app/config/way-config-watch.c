/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Notices that the config file was written, renamed into place or removed. What is watched is the
 * directory, since most editors replace the file; with a symbolic link also the directory it leads
 * to. Main thread. */

#include "way-config-file.h"

#include "way-log.h"

/* Long enough for an editor to finish, short enough to feel immediate. */
#define DEBOUNCE_MS 200

struct _WayConfigWatch
{
  WayConfigWatchFunc func;
  gpointer user_data;
  guint debounce_id;
  /* owned */
  char *path;
  char *target;               /* where path leads */
  GFileMonitor *path_monitor; /* null if it cannot be watched, like the next */
  GFileMonitor *target_monitor;
};

static void watch_target (WayConfigWatch *watch);

static gboolean
on_settled (gpointer user_data)
{
  WayConfigWatch *watch = user_data;
  watch->debounce_id = 0;
  watch_target (watch);
  watch->func (watch->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
concerns (WayConfigWatch *watch, GFile *file)
{
  if (file == NULL)
    return FALSE;
  const char *path = g_file_peek_path (file);
  return g_strcmp0 (path, watch->path) == 0 || g_strcmp0 (path, watch->target) == 0;
}

static void
on_event (
  GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  WayConfigWatch *watch = user_data;
  if (!concerns (watch, file) && !concerns (watch, other))
    return;
  g_clear_handle_id (&watch->debounce_id, g_source_remove);
  watch->debounce_id = g_timeout_add (DEBOUNCE_MS, on_settled, watch);
}

static GFileMonitor *
watch_directory_of (WayConfigWatch *watch, const char *path)
{
  g_autofree char *name = g_path_get_dirname (path);
  g_autoptr (GFile) directory = g_file_new_for_path (name);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor =
    g_file_monitor_directory (directory, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (monitor == NULL)
    {
      way_log_notice ("changes of %s will not be noticed: %s", path, error->message);
      return NULL;
    }
  g_file_monitor_set_rate_limit (monitor, DEBOUNCE_MS);
  g_signal_connect (monitor, "changed", G_CALLBACK (on_event), watch);
  return monitor;
}

static void
drop_monitor (WayConfigWatch *watch, GFileMonitor **monitor)
{
  if (*monitor != NULL)
    g_signal_handlers_disconnect_by_data (*monitor, watch);
  g_clear_object (monitor);
}

/* The link may lead elsewhere than before. */
static void
watch_target (WayConfigWatch *watch)
{
  g_autofree char *target = way_config_file_resolve (watch->path);
  if (g_strcmp0 (target, watch->target) == 0)
    return;
  g_free (watch->target);
  watch->target = g_steal_pointer (&target);

  drop_monitor (watch, &watch->target_monitor);
  g_autofree char *path_directory = g_path_get_dirname (watch->path);
  g_autofree char *target_directory = g_path_get_dirname (watch->target);
  if (!g_str_equal (path_directory, target_directory))
    watch->target_monitor = watch_directory_of (watch, watch->target);
}

/* Calls @func once each time @path has changed and then been quiet for 200 ms. */
WayConfigWatch *
way_config_watch_new (const char *path, WayConfigWatchFunc func, gpointer user_data)
{
  WayConfigWatch *watch = g_new0 (WayConfigWatch, 1);
  watch->func = func;
  watch->user_data = user_data;
  watch->path = g_canonicalize_filename (path, NULL);
  watch->path_monitor = watch_directory_of (watch, watch->path);
  watch_target (watch);
  return watch;
}

void
way_config_watch_free (WayConfigWatch *watch)
{
  g_clear_handle_id (&watch->debounce_id, g_source_remove);
  drop_monitor (watch, &watch->path_monitor);
  drop_monitor (watch, &watch->target_monitor);
  g_free (watch->path);
  g_free (watch->target);
  g_free (watch);
}
