/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Pages: every request that a filter lets through comes exactly once, newest first, and each walk
 * goes down an index instead of over the whole table. */

#include "ledger-fixture.h"

#include <string.h>

/* Enough that members are common, so that it matters which index a page goes down. */
#define N_RECORDS 2000

/* Distinct starts would hide what happens at equal ones: three requests begin at each time. */
static GPtrArray *
fill (Fixture *fixture, guint32 seed, gint64 step_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  for (guint i = 0; i < N_RECORDS; i++)
    {
      WayRecord *record = make_random_record (rand);
      record->started_at_us = RECORD_BASE_US + i / 3 * step_us;
      g_ptr_array_add (records, record);
      way_ledger_record (fixture->ledger, way_record_ref (record));
    }
  g_assert_true (ledger_flush (fixture->ledger, &error));
  return records;
}

static gboolean
is_let_through (const WayRecord *record, const WayLedgerFilter *filter)
{
  if (filter->app && g_strcmp0 (record->app, filter->app) != 0)
    return FALSE;
  if (filter->provider && g_strcmp0 (record->provider, filter->provider) != 0)
    return FALSE;
  if (filter->model && g_strcmp0 (record->requested_model, filter->model) != 0 &&
      g_strcmp0 (record->answered_model, filter->model) != 0)
    return FALSE;
  if (filter->outcome && strcmp (way_outcome_get_name (record->outcome), filter->outcome) != 0)
    return FALSE;
  if (filter->tag && g_strcmp0 (record->tag, filter->tag) != 0)
    return FALSE;
  if (filter->status > 0 && record->status != filter->status)
    return FALSE;
  return record->started_at_us >= filter->since_us;
}

static const WayLedgerFilter filters[] = {
  { NULL },
  { .limit = 1000 },
  { .app = "app-1", .limit = 7 },
  { .provider = "provider-2", .limit = 7 },
  { .model = "model-3", .limit = 7 },
  { .outcome = "done", .limit = 7 },
  { .outcome = "upstream_error", .limit = 7 },
  { .since_us = RECORD_BASE_US + 150, .limit = 7 },
  { .tag = "tag-2", .limit = 7 },
  { .status = 200, .limit = 7 },
  { .status = 503, .limit = 7 },
  { .tag = "tag-0", .status = 429, .model = "model-2", .limit = 3 },
  { .app = "app-0", .provider = "provider-1", .limit = 3 },
  { .app = "app-1", .status = 503, .limit = 50 },
  { .provider = "provider-1", .tag = "tag-1", .outcome = "done", .status = 200, .limit = 10 },
  { .app = "app-0", .model = "model-1", .outcome = "done", .limit = 3 },
  { .provider = "provider-0",
    .model = "model-5",
    .outcome = "refused",
    .since_us = RECORD_BASE_US + 20,
    .limit = 1 },
  { .app = "nobody" },
  { .tag = "none" },
  { .status = 418 },
  { .outcome = "no such outcome" },
  { .since_us = G_MAXINT64 },
};

/* Takes every page of @filter off @expected, from its end. */
static void
walk (Fixture *fixture, const WayLedgerFilter *filter, GPtrArray *expected)
{
  WayLedgerFilter page = *filter;
  g_autofree char *before_id = NULL;
  guint limit = filter->limit > 0 ? filter->limit : 100;
  for (;;)
    {
      g_autoptr (GPtrArray) records = ledger_query (fixture->ledger, &page);
      g_assert_cmpuint (records->len, ==, MIN (limit, expected->len));
      if (records->len == 0)
        return;
      for (guint i = 0; i < records->len; i++)
        {
          const WayRecord *record = records->pdata[i];
          assert_records_equal (record, expected->pdata[expected->len - 1]);
          g_ptr_array_set_size (expected, (gint)expected->len - 1);
          g_free (before_id);
          before_id = g_strdup (record->id);
        }
      page.before_id = before_id;
    }
}

static void
test_all_once (Fixture *fixture, gconstpointer user_data)
{
  const gint64 *step_us = user_data;
  g_autoptr (GPtrArray) records = fill (fixture, 42, *step_us);
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (GPtrArray) expected = g_ptr_array_new ();
      for (guint j = 0; j < records->len; j++)
        if (is_let_through (records->pdata[j], &filters[i]))
          g_ptr_array_add (expected, records->pdata[j]);
      walk (fixture, &filters[i], expected);
    }
}

/* Each has requests, also in the same months, and there is none of both until there is. */
static void
test_never_together (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *app;
    const char *provider;
    guint n_found;
  } cases[] = {
    { "editor", "openai", 0 }, { "notes", "openai", 1 }, { "notes", "ollama", 0 },
    { "editor", "ollama", 1 }, { "notes", "ollama", 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WayLedgerFilter filter = { .app = cases[i].app, .provider = cases[i].provider };
      if (cases[i].n_found > 0)
        {
          WayRecord *record = make_record (RECORD_BASE_US + i);
          g_free (record->app);
          g_free (record->provider);
          record->app = g_strdup (cases[i].app);
          record->provider = g_strdup (cases[i].provider);
          way_ledger_record (fixture->ledger, record);
        }
      g_autoptr (GPtrArray) records = ledger_query (fixture->ledger, &filter);
      g_assert_cmpuint (records->len, ==, cases[i].n_found);
    }
}

static void
test_limit_is_bounded (Fixture *fixture, gconstpointer user_data)
{
  for (gint64 i = 0; i < 1100; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US + i));
  WayLedgerFilter filter = { .limit = G_MAXUINT };
  g_autoptr (GPtrArray) records = ledger_query (fixture->ledger, &filter);
  g_assert_cmpuint (records->len, ==, 1000);
}

/* The page before a request that still runs is found by the time in its id. */
static void
test_before_unknown_id (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (WayRecord) running = make_record (RECORD_BASE_US + 10 * G_TIME_SPAN_SECOND);
  for (gint64 i = 0; i < 20; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US + i * G_TIME_SPAN_SECOND));

  WayLedgerFilter filter = { .before_id = running->id };
  g_autoptr (GPtrArray) records = ledger_query (fixture->ledger, &filter);
  g_assert_cmpuint (records->len, ==, 11); /* with that of the same millisecond */

  WayLedgerFilter nonsense = { .before_id = "yesterday" };
  g_autoptr (GPtrArray) none = ledger_query (fixture->ledger, &nonsense);
  g_assert_cmpuint (none->len, ==, 0);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/ledger/pages/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  static const gint64 microsecond = 1;
  static const gint64 half_day = 12 * G_TIME_SPAN_HOUR;
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ledger/pages/all-once-in-a-millisecond", Fixture, &microsecond, fixture_set_up,
              test_all_once, fixture_tear_down);
  g_test_add ("/ledger/pages/all-once-in-a-year", Fixture, &half_day, fixture_set_up, test_all_once,
              fixture_tear_down);
  ADD ("never-together", test_never_together);
  ADD ("limit-is-bounded", test_limit_is_bounded);
  ADD ("before-unknown-id", test_before_unknown_id);
  return g_test_run ();
}
