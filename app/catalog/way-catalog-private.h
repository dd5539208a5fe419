/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the catalogue's reader fills and its look-up reads. */

#pragma once

#include "way-catalog.h"

G_BEGIN_DECLS

struct _WayCatalog
{
  gatomicrefcount refs;
  guint32 as_of;
  GHashTable *models;  /* owned: set of WayModel by provider and model */
  GStringChunk *texts; /* owned: the models' strings */
};

/* way-catalog-read.c */
gboolean way_catalog_read (
  WayCatalog *catalog, const char *data, gsize length, const char *path, GError **error);
void way_catalog_model_free (gpointer model);

G_END_DECLS
