/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The two places a catalogue is read from, and the one it is written to. Any thread. */

#include "way-catalog-file.h"

#include "way-config-file.h"

#include <errno.h>
#include <glib/gstdio.h>

static char *
dup_installed_path (void)
{
  const char *data_dir = g_getenv ("WAYFARE_DATA_DIR");

  return g_build_filename (data_dir != NULL ? data_dir : PKGDATADIR, "catalog", "models.json",
                           NULL);
}

static char *
dup_accepted_path (const char *data_dir)
{
  return g_build_filename (data_dir, "models.json", NULL);
}

/* (transfer full) (nullable): the accepted one, unless the installed one is to be preferred. */
static WayCatalog *
open_accepted (WayCatalogFile *file, const char *data_dir)
{
  g_autofree char *path = dup_accepted_path (data_dir);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  g_autoptr (WayCatalog) accepted = way_catalog_new_from_file (path, &error);
  if (accepted == NULL)
    {
      file->remark = g_strdup_printf ("the accepted catalogue is not used: %s", error->message);
      return NULL;
    }
  const guint32 as_of = way_catalog_get_as_of (accepted);
  if (as_of != 0 && as_of < file->installed_as_of)
    {
      g_autofree char *day = way_catalog_format_day (as_of);
      g_autofree char *installed_day = way_catalog_format_day (file->installed_as_of);

      file->remark = g_strdup_printf ("the accepted catalogue %s is not used: it is of %s and the "
                                      "installed one, of %s, is newer",
                                      path, day, installed_day);
      return NULL;
    }
  return g_steal_pointer (&accepted);
}

/**
 * way_catalog_file_open:
 * @data_dir: the user's data folder
 *
 * Reads the catalogue that the user accepted, and where there is none, it cannot be read, or the
 * installed one is of a later day, the installed one. Never fails: without any catalogue every
 * price is unknown. Blocks.
 *
 * Returns: (transfer full): what is in use
 */
WayCatalogFile *
way_catalog_file_open (const char *data_dir)
{
  WayCatalogFile *file = g_new0 (WayCatalogFile, 1);
  g_autofree char *path = dup_installed_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WayCatalog) installed = way_catalog_new_from_file (path, &error);

  if (installed != NULL)
    file->installed_as_of = way_catalog_get_as_of (installed);
  file->catalog = open_accepted (file, data_dir);
  file->origin = WAY_CATALOG_ACCEPTED;
  if (file->catalog != NULL)
    return file;
  if (installed != NULL)
    {
      file->catalog = g_steal_pointer (&installed);
      file->origin = WAY_CATALOG_INSTALLED;
      return file;
    }
  g_autofree char *accepted_remark = g_steal_pointer (&file->remark);
  file->remark = g_strdup_printf ("no model catalogue, so every price is unknown: %s%s%s",
                                  error->message, accepted_remark != NULL ? "; " : "",
                                  accepted_remark != NULL ? accepted_remark : "");
  file->catalog = way_catalog_new_empty ();
  file->origin = WAY_CATALOG_NONE;
  return file;
}

/**
 * way_catalog_file_free:
 * @file: (transfer full): what was in use
 */
void
way_catalog_file_free (WayCatalogFile *file)
{
  way_catalog_unref (file->catalog);
  g_free (file->remark);
  g_free (file);
}

/**
 * way_catalog_file_accept:
 * @data_dir: the user's data folder, made if need be
 * @content: of a catalogue that was read and judged
 * @error: return location
 *
 * Writes @content where way_catalog_file_open() looks first: atomically, for the user alone.
 * Blocks.
 *
 * Returns: %FALSE with %WAY_ERROR_IO; then what was there is left as it was
 */
gboolean
way_catalog_file_accept (const char *data_dir, GBytes *content, GError **error)
{
  g_autofree char *path = dup_accepted_path (data_dir);

  return way_config_file_replace (path, content, error);
}

/**
 * way_catalog_file_reset:
 * @data_dir: the user's data folder
 * @ret_was_there: (out): whether a catalogue had been accepted
 * @error: return location
 *
 * Deletes the accepted catalogue, also one that cannot be read.
 *
 * Returns: %FALSE with %WAY_ERROR_IO; then it is left as it was
 */
gboolean
way_catalog_file_reset (const char *data_dir, gboolean *ret_was_there, GError **error)
{
  g_autofree char *path = dup_accepted_path (data_dir);
  const gboolean is_deleted = g_unlink (path) == 0;

  if (!is_deleted && errno != ENOENT)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "%s: it cannot be deleted: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  *ret_was_there = is_deleted;
  return TRUE;
}

/**
 * way_catalog_origin_get_name:
 * @origin: where a catalogue comes from
 *
 * Returns: (transfer none): "accepted", "installed" or "none"
 */
const char *
way_catalog_origin_get_name (WayCatalogOrigin origin)
{
  switch (origin)
    {
    case WAY_CATALOG_NONE:
      return "none";
    case WAY_CATALOG_INSTALLED:
      return "installed";
    case WAY_CATALOG_ACCEPTED:
      return "accepted";
    }
  g_assert_not_reached ();
}

/**
 * way_catalog_format_day:
 * @day: as YYYYMMDD, 0 when unknown
 *
 * Returns: (transfer full): "2026-08-01", or "an unknown day"
 */
char *
way_catalog_format_day (guint32 day)
{
  if (day == 0)
    return g_strdup ("an unknown day");
  return g_strdup_printf ("%04u-%02u-%02u", day / 10000, day / 100 % 100, day % 100);
}
