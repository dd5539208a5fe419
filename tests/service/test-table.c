/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-cli-table.h"

static const WayCliColumn columns[] = { { "NAME", FALSE }, { "N", TRUE } };

static WayCliTable *
make_table (const char *const *cells, gsize n_cells)
{
  WayCliTable *table = way_cli_table_new (columns, G_N_ELEMENTS (columns));

  for (gsize i = 0; i < n_cells; i++)
    way_cli_table_add (table, g_strdup (cells[i]));
  return table;
}

static const struct
{
  const char *what;
  const char *cells[4];
  gsize n_cells;
  const char *text;
  const char *csv;
} cases[] = {
  { "empty", { NULL }, 0, "NAME  N\n", "NAME,N\r\n" },
  { "plain",
    { "a", "1", "longer", "10" },
    4,
    "NAME     N\na        1\nlonger  10\n",
    "NAME,N\r\na,1\r\nlonger,10\r\n" },
  { "null", { NULL, "1" }, 2, "NAME  N\n      1\n", "NAME,N\r\n,1\r\n" },
  { "quoted",
    { "a,b", "1", "say \"x\"", "2" },
    4,
    "NAME     N\na,b      1\nsay \"x\"  2\n",
    "NAME,N\r\n\"a,b\",1\r\n\"say \"\"x\"\"\",2\r\n" },
  { "wide", { "模型ab", "1" }, 2, "NAME    N\n模型ab  1\n", "NAME,N\r\n模型ab,1\r\n" },
  { "accents", { "é", "1" }, 2, "NAME  N\né     1\n", "NAME,N\r\né,1\r\n" },
};

static void
test_layout (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayCliTable) table = make_table (cases[i].cells, cases[i].n_cells);
      g_autofree char *text = way_cli_table_to_text (table);
      g_autofree char *csv = way_cli_table_to_csv (table);

      g_test_message ("%s", cases[i].what);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (csv, ==, cases[i].csv);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service/table/layout", test_layout);
  return g_test_run ();
}
