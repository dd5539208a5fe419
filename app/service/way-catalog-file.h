/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Which list of models and prices is in use: the one the user accepted, or the installed one. */

#pragma once

#include "way-catalog.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_CATALOG_NONE,
  WAY_CATALOG_INSTALLED,
  WAY_CATALOG_ACCEPTED,
} WayCatalogOrigin;

/**
 * WayCatalogFile:
 * @catalog: what is in use; empty if there is none
 * @origin: where it comes from
 * @installed_as_of: day of the installed one as YYYYMMDD, 0 when unknown
 * @remark: (nullable): why it is not the one that might be expected, in words
 */
typedef struct
{
  WayCatalog *catalog; /* owned */
  char *remark;        /* owned */
  WayCatalogOrigin origin;
  guint32 installed_as_of;
} WayCatalogFile;

WayCatalogFile *way_catalog_file_open (const char *data_dir);
void way_catalog_file_free (WayCatalogFile *file);
gboolean way_catalog_file_accept (const char *data_dir, GBytes *content, GError **error);
gboolean way_catalog_file_reset (const char *data_dir, gboolean *ret_was_there, GError **error);
const char *way_catalog_origin_get_name (WayCatalogOrigin origin);
char *way_catalog_format_day (guint32 day);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCatalogFile, way_catalog_file_free)

G_END_DECLS
