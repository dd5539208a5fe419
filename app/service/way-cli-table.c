/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Rows of text. Pure. */

#include "way-cli-table.h"

#include <string.h>

struct _WayCliTable
{
  const WayCliColumn *columns; /* borrowed */
  gsize n_columns;
  GPtrArray *cells; /* owned: row after row */
};

/**
 * way_cli_table_new:
 * @columns: (array length=n_columns): borrowed for the life of the table
 * @n_columns: how many there are
 *
 * Returns: (transfer full): a table without rows
 */
WayCliTable *
way_cli_table_new (const WayCliColumn *columns, gsize n_columns)
{
  WayCliTable *table = g_new0 (WayCliTable, 1);

  table->columns = columns;
  table->n_columns = n_columns;
  table->cells = g_ptr_array_new_with_free_func (g_free);
  return table;
}

/**
 * way_cli_table_free:
 * @table: (transfer full): a table
 */
void
way_cli_table_free (WayCliTable *table)
{
  g_ptr_array_unref (table->cells);
  g_free (table);
}

/**
 * way_cli_table_add:
 * @table: a table
 * @cell: (transfer full) (nullable): the text of the next cell, from left to right and from top to
 *   bottom; %NULL for an empty one
 */
void
way_cli_table_add (WayCliTable *table, char *cell)
{
  g_ptr_array_add (table->cells, cell != NULL ? cell : g_strdup (""));
}

static gsize
n_rows (const WayCliTable *table)
{
  return table->cells->len / table->n_columns;
}

static const char *
get_cell (const WayCliTable *table, gsize row, gsize column)
{
  return g_ptr_array_index (table->cells, row * table->n_columns + column);
}

/* Columns of a terminal that a text takes. */
static gsize
get_width (const char *text)
{
  gsize width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
append_padding (GString *text, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

static void
append_cell (GString *line, const WayCliColumn *column, const char *cell, gsize width)
{
  const gsize padding = width - get_width (cell);

  if (line->len > 0)
    g_string_append (line, "  ");
  if (column->is_number)
    append_padding (line, padding);
  g_string_append (line, cell);
  if (!column->is_number)
    append_padding (line, padding);
}

static void
append_line (GString *text, GString *line)
{
  gsize length = line->len;

  while (length > 0 && line->str[length - 1] == ' ')
    length--;
  g_string_append_len (text, line->str, (gssize)length);
  g_string_append_c (text, '\n');
  g_string_truncate (line, 0);
}

/**
 * way_cli_table_to_text:
 * @table: a table
 *
 * Lays the table out in aligned columns under their headings.
 *
 * Returns: (transfer full): the lines
 */
char *
way_cli_table_to_text (const WayCliTable *table)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree gsize *widths = g_new (gsize, table->n_columns);

  for (gsize column = 0; column < table->n_columns; column++)
    {
      widths[column] = get_width (table->columns[column].title);
      for (gsize row = 0; row < n_rows (table); row++)
        widths[column] = MAX (widths[column], get_width (get_cell (table, row, column)));
      append_cell (line, &table->columns[column], table->columns[column].title, widths[column]);
    }
  append_line (text, line);

  for (gsize row = 0; row < n_rows (table); row++)
    {
      for (gsize column = 0; column < table->n_columns; column++)
        append_cell (line, &table->columns[column], get_cell (table, row, column), widths[column]);
      append_line (text, line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * way_cli_csv_append_field:
 * @text: a line of CSV
 * @field: a value
 *
 * Appends the value as one field: RFC 4180, section 2, has quotes around what holds a comma, a
 * quote or a line end, and quotes in it doubled.
 */
void
way_cli_csv_append_field (GString *text, const char *field)
{
  if (strpbrk (field, ",\"\r\n") == NULL)
    {
      g_string_append (text, field);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *at = field; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *at);
    }
  g_string_append_c (text, '"');
}

/**
 * way_cli_table_to_csv:
 * @table: a table
 *
 * Writes the table as CSV (RFC 4180) with a heading line.
 *
 * Returns: (transfer full): the lines
 */
char *
way_cli_table_to_csv (const WayCliTable *table)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize column = 0; column < table->n_columns; column++)
    {
      g_string_append (text, column > 0 ? "," : "");
      way_cli_csv_append_field (text, table->columns[column].title);
    }
  g_string_append (text, "\r\n");
  for (gsize i = 0; i < n_rows (table) * table->n_columns; i++)
    {
      way_cli_csv_append_field (text, g_ptr_array_index (table->cells, i));
      g_string_append (text, (i + 1) % table->n_columns == 0 ? "\r\n" : ",");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
