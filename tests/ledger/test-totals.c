/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The totals are the sum of the requests, stay when those go, and keep unknown apart from zero. */

#include "ledger-fixture.h"

#include "way-ledger-private.h"
#include "way-limits.h"

#include <glib/gstdio.h>

#include <string.h>
#include <time.h>

static void
give_random (Fixture *fixture, guint32 seed, guint n_records)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  for (guint i = 0; i < n_records; i++)
    way_ledger_record (fixture->ledger, make_random_record (rand));
  g_assert_true (ledger_flush (fixture->ledger, &error));
}

static void
test_are_sums (Fixture *fixture, gconstpointer user_data)
{
  static const guint32 seeds[] = { 1, 20, 300, 4000 };
  for (guint i = 0; i < G_N_ELEMENTS (seeds); i++)
    {
      give_random (fixture, seeds[i], 500);
      assert_totals_are_sums (fixture->path);
    }
  g_assert_cmpint (read_file_int (fixture->path, "SELECT sum (requests) FROM total"), ==, 2000);
}

static const WaySpendRow *
find_row (GPtrArray *rows, const char *key)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const WaySpendRow *row = rows->pdata[i];
      if (strcmp (row->key, key) == 0)
        return row;
    }
  return NULL;
}

/* Whatever it is summed by, it is the same sum. */
static void
test_ways_to_sum (Fixture *fixture, gconstpointer user_data)
{
  give_random (fixture, 7, 1000);
  gint64 cost =
    read_file_int (fixture->path, "SELECT sum (cost_nano_usd) FROM attempt WHERE verdict <> 0");
  for (WaySpendBy by = WAY_SPEND_BY_DAY; by <= WAY_SPEND_BY_TARGET; by++)
    {
      g_autoptr (GPtrArray) rows = ledger_spend (fixture->ledger, by, 0);
      gint64 sum = 0, requests = 0;
      for (guint i = 0; i < rows->len; i++)
        {
          const WaySpendRow *row = rows->pdata[i];
          sum += row->cost_nano_usd;
          requests += row->requests;
        }
      g_assert_cmpint (sum, ==, cost);
      g_assert_cmpint (requests, ==, 1000);
    }
  g_autoptr (GPtrArray) apps = ledger_spend (fixture->ledger, WAY_SPEND_BY_APP, 0);
  g_assert_cmpuint (apps->len, ==, 4); /* three apps, and none */
  g_assert_nonnull (find_row (apps, ""));
}

/* The first month counts from a day on, the next one whole: what is added up is the same. */
static void
test_since (Fixture *fixture, gconstpointer user_data)
{
  static const gint64 days[] = { -40, 0, 1, 9, 10, 11, 29, 30, 31, 70 };
  give_random (fixture, 11, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    {
      gint64 since_us = RECORD_BASE_US + days[i] * G_TIME_SPAN_DAY;
      g_autofree char *sql = g_strdup_printf (
        "SELECT count(*) FROM request WHERE datetime (at / 1024000000, 'unixepoch', 'localtime')"
        " >= date (%" G_GINT64_FORMAT ", 'unixepoch', 'localtime')",
        since_us / G_USEC_PER_SEC);
      gint64 expected = read_file_int (fixture->path, sql);
      for (WaySpendBy by = WAY_SPEND_BY_DAY; by <= WAY_SPEND_BY_TARGET; by++)
        {
          g_autoptr (GPtrArray) rows = ledger_spend (fixture->ledger, by, since_us);
          gint64 requests = 0;
          for (guint j = 0; j < rows->len; j++)
            requests += ((const WaySpendRow *)rows->pdata[j])->requests;
          g_assert_cmpint (requests, ==, expected);
        }
    }
}

static WayRecord *
make_record_of (const char *app)
{
  WayRecord *record = make_record (RECORD_BASE_US);
  g_free (record->app);
  record->app = g_strdup (app);
  return record;
}

/* The first attempt failed and cost @first_cost_nano_usd; another one answered. */
static void
answer_second (WayRecord *record,
               gint64 first_cost_nano_usd,
               const char *provider,
               const char *model)
{
  WayAttempt *first = record->attempts->pdata[0];
  WayAttempt *second = way_record_add_attempt (record, provider, model, WAY_LOCALITY_CLOUD);
  second->verdict = WAY_VERDICT_ANSWERED;
  second->cost_nano_usd = first->cost_nano_usd;
  first->verdict = WAY_VERDICT_FAILED;
  first->cost_nano_usd = first_cost_nano_usd;
  record->cost_nano_usd = way_record_sum_cost_nano_usd (record);
}

/* Nobody was asked, nothing was paid. */
static WayRecord *
make_cached (const char *app, gint64 saved_nano_usd)
{
  WayRecord *record = make_record_of (app);
  g_ptr_array_set_size (record->attempts, 0);
  record->cache_hit = TRUE;
  record->cost_nano_usd = 0;
  record->saved_nano_usd = saved_nano_usd;
  return record;
}

static void
test_what_counts (Fixture *fixture, gconstpointer user_data)
{
  WayRecord *record = make_record_of ("plain");
  way_ledger_record (fixture->ledger, record);

  record = make_record_of ("unknown");
  record->usage = WAY_USAGE_INIT;
  record->cost_nano_usd = WAY_UNKNOWN;
  ((WayAttempt *)record->attempts->pdata[0])->cost_nano_usd = WAY_UNKNOWN;
  way_ledger_record (fixture->ledger, record);

  record = make_record_of ("partly");
  answer_second (record, WAY_UNKNOWN, "openai", "gpt-5");
  g_assert_cmpint (record->cost_nano_usd, ==, WAY_UNKNOWN);
  way_ledger_record (fixture->ledger, record);

  record = make_record_of ("fallback");
  answer_second (record, 20000, "openai", "gpt-5");
  record->locality = WAY_LOCALITY_CLOUD;
  way_ledger_record (fixture->ledger, record);

  record = make_record_of ("again");
  answer_second (record, 0, "ollama", "qwen3:14b");
  way_ledger_record (fixture->ledger, record);

  /* Refused before anybody was asked: no tokens and no cost to be unknown. */
  record = make_record_of ("refused");
  g_ptr_array_set_size (record->attempts, 0);
  way_record_add_attempt (record, "openai", "gpt-5", WAY_LOCALITY_CLOUD);
  record->outcome = WAY_OUTCOME_REFUSED;
  record->usage = WAY_USAGE_INIT;
  record->cost_nano_usd = WAY_UNKNOWN;
  way_ledger_record (fixture->ledger, record);

  record = make_record_of ("left");
  record->outcome = WAY_OUTCOME_CLIENT_GONE;
  way_ledger_record (fixture->ledger, record);

  way_ledger_record (fixture->ledger, make_cached ("cached", 6480000));
  way_ledger_record (fixture->ledger, make_cached ("cached-unpriced", WAY_UNKNOWN));

  static const struct
  {
    const char *app;
    WaySpendRow row; /* but for its key */
  } expected[] = {
    { "plain", { NULL, 1, 0, 1, 0, 900, 100, 250, 6480000, 0, 0, 0, 0 } },
    { "unknown", { NULL, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0 } },
    { "partly", { NULL, 1, 0, 1, 1, 900, 100, 250, 6480000, 1, 0, 0, 0 } },
    { "fallback", { NULL, 1, 0, 0, 1, 900, 100, 250, 6500000, 0, 0, 0, 0 } },
    { "again", { NULL, 1, 0, 1, 0, 900, 100, 250, 6480000, 0, 0, 0, 0 } },
    { "refused", { NULL, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } },
    { "left", { NULL, 1, 0, 1, 0, 900, 100, 250, 6480000, 0, 0, 0, 0 } },
    { "cached", { NULL, 1, 0, 0, 0, 900, 100, 250, 0, 0, 0, 1, 6480000 } },
    { "cached-unpriced", { NULL, 1, 0, 0, 0, 900, 100, 250, 0, 0, 0, 1, 0 } },
  };
  g_autoptr (GPtrArray) rows = ledger_spend (fixture->ledger, WAY_SPEND_BY_APP, 0);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const WaySpendRow *row = find_row (rows, expected[i].app);
      g_assert_nonnull (row);
      g_assert_cmpmem (&row->requests, sizeof *row - G_STRUCT_OFFSET (WaySpendRow, requests),
                       &expected[i].row.requests,
                       sizeof *row - G_STRUCT_OFFSET (WaySpendRow, requests));
    }
}

/* Each target has what it charged; the request is the one's that answered. */
static void
test_who_charged (Fixture *fixture, gconstpointer user_data)
{
  static const WaySpentQuestion questions[] = {
    { WAY_SPENT_BY_ALL, NULL, 0 },          { WAY_SPENT_BY_APP, "editor", 0 },
    { WAY_SPENT_BY_PROVIDER, "ollama", 0 }, { WAY_SPENT_BY_PROVIDER, "openai", 0 },
    { WAY_SPENT_BY_MODEL, "qwen3:14b", 0 }, { WAY_SPENT_BY_MODEL, "gpt-5", 0 },
  };
  static const gint64 sums[] = { 6500000, 6500000, 20000, 6480000, 20000, 6480000 };
  WayRecord *record = make_record (RECORD_BASE_US);
  answer_second (record, 20000, "openai", "gpt-5");
  way_record_add_attempt (record, "other", "m", WAY_LOCALITY_CLOUD)->verdict = WAY_VERDICT_FAILED;
  g_free (record->provider);
  g_free (record->answered_model);
  record->provider = g_strdup ("openai");
  record->answered_model = g_strdup ("gpt-5");
  record->cost_nano_usd = way_record_sum_cost_nano_usd (record);
  way_ledger_record (fixture->ledger, record);

  g_autoptr (GArray) spent = ledger_spent (fixture->ledger, questions, G_N_ELEMENTS (questions));
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    g_assert_cmpint (g_array_index (spent, gint64, i), ==, sums[i]);

  g_autoptr (GPtrArray) rows = ledger_spend (fixture->ledger, WAY_SPEND_BY_TARGET, 0);
  g_assert_cmpuint (rows->len, ==, 2);
  const WaySpendRow *answered = find_row (rows, "openai/gpt-5");
  const WaySpendRow *charged = find_row (rows, "ollama/qwen3:14b");
  g_assert_cmpint (answered->requests, ==, 1);
  g_assert_cmpint (answered->cost_nano_usd, ==, 6480000);
  g_assert_cmpint (answered->unknown_cost_requests, ==, 1);
  g_assert_cmpint (charged->requests, ==, 0);
  g_assert_cmpint (charged->cost_nano_usd, ==, 20000);
  assert_totals_are_sums (fixture->path);
}

/* 9:00 and 11:00 UTC are 23:00 and 1:00 of the next day there. */
static void
test_local_day (Fixture *fixture, gconstpointer user_data)
{
  struct tm local = { .tm_year = 126, .tm_mon = 2, .tm_mday = 14, .tm_hour = 9 };
  gint64 utc_us = (gint64)timegm (&local) * G_USEC_PER_SEC;
  way_ledger_record (fixture->ledger, make_record (utc_us));
  way_ledger_record (fixture->ledger, make_record (utc_us + 2 * G_TIME_SPAN_HOUR));

  g_autoptr (GPtrArray) days = ledger_spend (fixture->ledger, WAY_SPEND_BY_DAY, 0);
  g_assert_cmpuint (days->len, ==, 2);
  g_assert_cmpstr (((WaySpendRow *)days->pdata[0])->key, ==, "2026-03-14");
  g_assert_cmpstr (((WaySpendRow *)days->pdata[1])->key, ==, "2026-03-15");

  gint64 next_noon_us = utc_us + 15 * G_TIME_SPAN_HOUR;
  g_autoptr (GPtrArray) since = ledger_spend (fixture->ledger, WAY_SPEND_BY_DAY, next_noon_us);
  g_assert_cmpuint (since->len, ==, 1);
  g_assert_cmpstr (((WaySpendRow *)since->pdata[0])->key, ==, "2026-03-15");
}

static void
test_retention (Fixture *fixture, gconstpointer user_data)
{
  enum
  {
    N_OLD = 1200,
    N_NEW = 30
  };
  g_autoptr (GError) error = NULL;
  gint64 now_us = g_get_real_time ();
  for (gint64 i = 0; i < N_OLD; i++)
    way_ledger_record (fixture->ledger, make_record (now_us - 31 * G_TIME_SPAN_DAY + i));
  for (gint64 i = 0; i < N_NEW; i++)
    way_ledger_record (fixture->ledger, make_record (now_us - 29 * G_TIME_SPAN_DAY + i));

  way_ledger_set_retention (fixture->ledger, 30);
  gint64 left = N_OLD + N_NEW;
  for (guint i = 0; i < 100 && left > N_NEW; i++)
    {
      g_assert_true (ledger_flush (fixture->ledger, &error));
      left = read_file_int (fixture->path, "SELECT count(*) FROM request");
    }

  g_assert_cmpint (left, ==, N_NEW);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM attempt"), ==, N_NEW);
  g_assert_cmpint (read_file_int (fixture->path, "SELECT sum (requests) FROM total"), ==,
                   N_OLD + N_NEW);
}

/* One request, by the names that its total has. */
static void
give_cost (Fixture *fixture,
           gint64 started_at_us,
           const char *app,
           const char *provider,
           const char *model,
           gint64 cost_nano_usd)
{
  WayRecord *record = make_record (started_at_us);
  g_free (record->app);
  g_free (record->provider);
  g_free (record->answered_model);
  record->app = g_strdup (app);
  record->provider = g_strdup (provider);
  record->answered_model = g_strdup (model);
  record->cost_nano_usd = cost_nano_usd;
  g_ptr_array_set_size (record->attempts, 0);
  WayAttempt *attempt = way_record_add_attempt (record, provider, model, WAY_LOCALITY_CLOUD);
  attempt->verdict = WAY_VERDICT_ANSWERED;
  attempt->cost_nano_usd = cost_nano_usd;
  way_ledger_record (fixture->ledger, record);
}

static const struct
{
  WaySpentQuestion question;
  gint64 sum;
} spent_cases[] = {
  { { WAY_SPENT_BY_ALL, NULL, 0 }, 1111110 },
  { { WAY_SPENT_BY_ALL, NULL, 20260315 }, 1111100 },
  { { WAY_SPENT_BY_ALL, NULL, 20260316 }, 1111000 },
  { { WAY_SPENT_BY_ALL, NULL, 20260317 }, 0 },
  { { WAY_SPENT_BY_ALL, NULL, 20260228 }, 1111110 }, /* whole months later */
  { { WAY_SPENT_BY_ALL, NULL, 20251231 }, 1111110 },
  { { WAY_SPENT_BY_ALL, NULL, 20260301 }, 1111110 },
  { { WAY_SPENT_BY_ALL, NULL, 20260331 }, 0 },
  { { WAY_SPENT_BY_ALL, NULL, 20260401 }, 0 },
  { { WAY_SPENT_BY_APP, "a", 20260215 }, 10110 },
  { { WAY_SPENT_BY_ALL, "a", 20260316 }, 1111000 },
  { { WAY_SPENT_BY_APP, NULL, 20260316 }, 1111000 },
  { { WAY_SPENT_BY_APP, "a", 0 }, 10110 },
  { { WAY_SPENT_BY_APP, "a", 20260315 }, 10100 },
  { { WAY_SPENT_BY_APP, "b", 0 }, 101000 },
  { { WAY_SPENT_BY_APP, "", 0 }, 1000000 },
  { { WAY_SPENT_BY_APP, "p", 0 }, 0 }, /* known, but no app */
  { { WAY_SPENT_BY_APP, "nobody", 0 }, 0 },
  { { WAY_SPENT_BY_PROVIDER, "p", 0 }, 1001110 },
  { { WAY_SPENT_BY_PROVIDER, "q", 0 }, 110000 },
  { { WAY_SPENT_BY_MODEL, "m", 0 }, 1010 },
  { { WAY_SPENT_BY_MODEL, "n", 20260316 }, 1110000 },
};

static void
give_spent_cases (Fixture *fixture)
{
  struct tm noon = { .tm_year = 126, .tm_mon = 2, .tm_mday = 13, .tm_hour = 22 }; /* of the 14th */
  gint64 day_us = (gint64)timegm (&noon) * G_USEC_PER_SEC;
  give_cost (fixture, day_us, "a", "p", "m", 10);
  give_cost (fixture, day_us + G_TIME_SPAN_DAY, "a", "p", "n", 100);
  give_cost (fixture, day_us + 2 * G_TIME_SPAN_DAY, "b", "p", "m", 1000);
  give_cost (fixture, day_us + 2 * G_TIME_SPAN_DAY, "a", "q", "n", 10000);
  give_cost (fixture, day_us + 2 * G_TIME_SPAN_DAY, "b", "q", "n", 100000);
  give_cost (fixture, day_us + 2 * G_TIME_SPAN_DAY, NULL, "p", "n", 1000000);
  give_cost (fixture, day_us + 2 * G_TIME_SPAN_DAY, "a", "p", "n", WAY_UNKNOWN);
}

static gpointer
ask_spent (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  WaySpentQuestion questions[G_N_ELEMENTS (spent_cases)];
  for (guint i = 0; i < G_N_ELEMENTS (spent_cases); i++)
    questions[i] = spent_cases[i].question;
  GArray *sums = ledger_spent (fixture->ledger, questions, G_N_ELEMENTS (questions));
  g_main_context_pop_thread_default (context);
  return sums;
}

/* Asked all at once and by a thread that has a context of its own, as budgets ask. */
static void
test_spent (Fixture *fixture, gconstpointer user_data)
{
  give_spent_cases (fixture);
  g_autoptr (GArray) sums = g_thread_join (g_thread_new ("asker", ask_spent, fixture));
  g_assert_cmpuint (sums->len, ==, G_N_ELEMENTS (spent_cases));
  for (guint i = 0; i < sums->len; i++)
    g_assert_cmpint (g_array_index (sums, gint64, i), ==, spent_cases[i].sum);

  g_autoptr (GArray) none = ledger_spent (fixture->ledger, NULL, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
change_file (const char *path, const char *sql)
{
  sqlite3 *other = NULL;
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
}

/* What a transaction that failed had added is not added a second time by the one that succeeds. */
static void
test_failed_transaction (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  change_file (fixture->path, "CREATE TRIGGER refuse BEFORE INSERT ON total "
                              "BEGIN SELECT RAISE (ABORT, 'refused'); END");

  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*refused*stay in memory*");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*can be written again*");
  for (guint i = 0; i < 3; i++)
    way_ledger_record (fixture->ledger, make_record (RECORD_BASE_US));
  g_assert_false (ledger_flush (fixture->ledger, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_LEDGER);
  g_clear_error (&error);
  change_file (fixture->path, "DROP TRIGGER refuse");

  g_assert_true (ledger_flush (fixture->ledger, &error));
  g_assert_no_error (error);
  g_test_assert_expected_messages ();
  g_assert_cmpint (read_file_int (fixture->path, "SELECT sum (requests) FROM total"), ==, 3);
  assert_totals_are_sums (fixture->path);
}

static void
expect_crowding (guint until)
{
  for (guint n = WAY_LEDGER_CROWDED_RECORDS; n <= until; n *= 2)
    {
      g_autofree char *pattern = g_strdup_printf ("*is %u requests behind*", n);
      g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, pattern);
    }
}

static void
give (Fixture *fixture, const char *app, guint n_records)
{
  for (guint i = 0; i < n_records; i++)
    {
      WayRecord *record = make_record_of (app);
      record->started_at_us += i;
      way_ledger_record (fixture->ledger, record);
    }
}

static void
refuse (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  change_file (fixture->path, "CREATE TRIGGER refuse BEFORE INSERT ON total "
                              "BEGIN SELECT RAISE (ABORT, 'refused'); END");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*refused*stay in memory*");
  give (fixture, "early", 1);
  g_assert_false (ledger_flush (fixture->ledger, &error));
  g_test_assert_expected_messages ();
}

/* However long the disk refuses, memory has an end, money has none, and the log knows. */
static void
test_crowded (Fixture *fixture, gconstpointer user_data)
{
  enum
  {
    N_LATE = 1000
  };
  g_autoptr (GError) error = NULL;
  refuse (fixture);
  expect_crowding (WAY_LIMIT_LEDGER_WAITING_RECORDS);
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*no room for more*");
  give (fixture, "early", WAY_LIMIT_LEDGER_WAITING_RECORDS - 1);
  give (fixture, "late", N_LATE);
  g_assert_false (ledger_flush (fixture->ledger, &error));
  g_test_assert_expected_messages ();

  change_file (fixture->path, "DROP TRIGGER refuse");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "1000 requests are only in the totals*");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*written again*");
  g_clear_error (&error);
  g_assert_true (ledger_flush (fixture->ledger, &error));
  g_test_assert_expected_messages ();
  g_assert_cmpint (read_file_int (fixture->path, "SELECT count(*) FROM request"), ==,
                   WAY_LIMIT_LEDGER_WAITING_RECORDS);
  g_autoptr (GPtrArray) rows = ledger_spend (fixture->ledger, WAY_SPEND_BY_APP, 0);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (find_row (rows, "early")->requests, ==, WAY_LIMIT_LEDGER_WAITING_RECORDS);
  g_assert_cmpint (find_row (rows, "late")->requests, ==, N_LATE);
  g_assert_cmpint (find_row (rows, "late")->cost_nano_usd, ==,
                   N_LATE * G_GINT64_CONSTANT (6480000));

  /* The next time is told as the first was. */
  refuse (fixture);
  expect_crowding (WAY_LEDGER_CROWDED_RECORDS);
  give (fixture, "early", WAY_LEDGER_CROWDED_RECORDS);
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*requests could not be written before*");
  fixture_close (fixture);
  g_test_assert_expected_messages ();
}

static void
test_spend_by_name (void)
{
  static const struct
  {
    const char *name;
    gboolean known;
    WaySpendBy by;
  } names[] = {
    { "day", TRUE, WAY_SPEND_BY_DAY },
    { "app", TRUE, WAY_SPEND_BY_APP },
    { "provider", TRUE, WAY_SPEND_BY_PROVIDER },
    { "model", TRUE, WAY_SPEND_BY_MODEL },
    { "target", TRUE, WAY_SPEND_BY_TARGET },
    { "Day", FALSE, 99 },
    { "", FALSE, 99 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      WaySpendBy by = 99;
      g_assert_cmpint (way_spend_by_from_name (names[i].name, &by), ==, names[i].known);
      g_assert_cmpint (by, ==, names[i].by);
    }
}

#define ADD(path, test)                                                                            \
  g_test_add ("/ledger/totals/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  /* As far from UTC as it gets, and without need of a zone file. */
  g_setenv ("TZ", "<+14>-14", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("are-sums", test_are_sums);
  ADD ("ways-to-sum", test_ways_to_sum);
  ADD ("since", test_since);
  ADD ("what-counts", test_what_counts);
  ADD ("who-charged", test_who_charged);
  ADD ("local-day", test_local_day);
  ADD ("spent", test_spent);
  ADD ("retention", test_retention);
  ADD ("failed-transaction", test_failed_transaction);
  ADD ("crowded", test_crowded);
  g_test_add_func ("/ledger/totals/spend-by-name", test_spend_by_name);
  return g_test_run ();
}
