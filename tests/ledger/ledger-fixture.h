/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A ledger in a folder of its own, records to put into it, and questions answered on the spot. */

#pragma once

#include "way-ledger.h"

#include <sqlite3.h>

typedef struct
{
  char *folder;
  char *path;
  WayLedger *ledger;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer user_data);
void fixture_set_up_closed (Fixture *fixture, gconstpointer user_data);
void fixture_tear_down (Fixture *fixture, gconstpointer user_data);
void fixture_close (Fixture *fixture);

#define RECORD_BASE_US G_GINT64_CONSTANT (1790000000000000)

WayRecord *make_record (gint64 started_at_us);
WayRecord *make_random_record (GRand *rand);
void assert_records_equal (const WayRecord *a, const WayRecord *b);

gboolean ledger_flush (WayLedger *ledger, GError **error);
GPtrArray *ledger_query (WayLedger *ledger, const WayLedgerFilter *filter);
WayRecord *ledger_get (WayLedger *ledger, const char *id, GError **error);
GPtrArray *ledger_spend (WayLedger *ledger, WaySpendBy by, gint64 since_us);
GArray *ledger_spent (WayLedger *ledger, const WaySpentQuestion *questions, guint n_questions);

gint64 read_file_int (const char *path, const char *sql);
void run_file_sql (const char *path, const char *sql);
void assert_totals_are_sums (const char *path);
