/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Rows of text for a terminal, or as CSV for a program. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WayCliTable WayCliTable;

/**
 * WayCliColumn:
 * @title: its heading
 * @is_number: aligned right
 */
typedef struct
{
  const char *title;
  gboolean is_number;
} WayCliColumn;

WayCliTable *way_cli_table_new (const WayCliColumn *columns, gsize n_columns);
void way_cli_table_free (WayCliTable *table);
void way_cli_table_add (WayCliTable *table, char *cell);
char *way_cli_table_to_text (const WayCliTable *table);
char *way_cli_table_to_csv (const WayCliTable *table);
void way_cli_csv_append_field (GString *text, const char *field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCliTable, way_cli_table_free)

G_END_DECLS
