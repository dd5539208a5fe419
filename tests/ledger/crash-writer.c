/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* crash-writer FILE SEED: gives requests to a ledger for ever and names each on standard output
 * once the ledger has it, on disk or not. Made to be killed. */

#include "ledger-fixture.h"

#include <stdlib.h>
#include <unistd.h>

/* So that all names of a batch fit one atomic write into a pipe (PIPE_BUF, 4096 bytes). */
#define MAX_BATCH 120

static void
write_batch (WayLedger *ledger, GRand *rand)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  for (gint32 n = g_rand_int_range (rand, 1, MAX_BATCH); n > 0; n--)
    {
      WayRecord *record = make_random_record (rand);
      g_string_append_printf (ids, "%s\n", record->id);
      way_ledger_record (ledger, record);
    }
  if (write (STDOUT_FILENO, ids->str, ids->len) != (gssize)ids->len)
    exit (1);
  g_autoptr (GError) error = NULL;
  if (!ledger_flush (ledger, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, ==, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32)strtoul (argv[2], NULL, 10));
  WayLedger *ledger = way_ledger_new (argv[1], &error);
  if (!ledger)
    g_error ("%s", error->message);
  for (;;)
    write_batch (ledger, rand);
}
