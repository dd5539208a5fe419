/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Helpers of the ledger's tests. What is on disk is looked at with a connection of the test's own.
 */

#include "ledger-fixture.h"

#include "way-id.h"

#include <glib/gstdio.h>

#define DEADLINE_SECONDS 20

void
fixture_set_up_closed (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  fixture->folder = g_dir_make_tmp ("wayfare-ledger-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "data", "ledger.sqlite", NULL);
}

void
fixture_set_up (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  fixture_set_up_closed (fixture, user_data);
  fixture->ledger = way_ledger_new (fixture->path, &error);
  g_assert_no_error (error);
}

void
fixture_close (Fixture *fixture)
{
  g_clear_pointer (&fixture->ledger, way_ledger_close);
}

/* With what SQLite puts beside it. */
static void
remove_database (const char *folder, const char *name)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", ".unwritten" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s%s", folder, name, suffixes[i]);
      g_unlink (path);
    }
}

void
fixture_tear_down (Fixture *fixture, gconstpointer user_data)
{
  fixture_close (fixture);
  g_autofree char *data = g_path_get_dirname (fixture->path);
  g_autofree char *name = g_path_get_basename (fixture->path);
  remove_database (data, name);
  remove_database (data, "capture.sqlite");
  g_rmdir (data);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* A request that a local model answered at the first try, with every member set. */
WayRecord *
make_record (gint64 started_at_us)
{
  char id[WAY_ID_BYTES];
  way_id_new_request (started_at_us, id);
  WayRecord *record = way_record_new (id, "/v1/chat/completions", started_at_us);
  record->app = g_strdup ("editor");
  record->dialect = g_strdup ("openai-chat");
  record->route = g_strdup ("coder");
  record->tag = g_strdup ("nightly");
  record->requested_model = g_strdup ("coder");
  record->answered_model = g_strdup ("qwen3:14b");
  record->provider = g_strdup ("ollama");
  record->reason = g_strdup ("first target of coder");
  record->dropped = g_strdup ("seed, logprobs");
  record->outcome = WAY_OUTCOME_DONE;
  record->status = 200;
  record->streamed = TRUE;
  record->substituted = TRUE;
  record->first_token_us = 150000;
  record->duration_us = 2000000;
  record->request_bytes = 1100;
  record->response_bytes = 5400;
  record->usage = (WayUsage){ 900, 100, 0, WAY_UNKNOWN, 250, 50, WAY_UNKNOWN, TRUE };
  record->price =
    (WayPrice){ 3000000, 300000, 3750000, WAY_UNKNOWN, 15000000, WAY_UNKNOWN, 20260801 };
  record->cost_nano_usd = 6480000;

  WayAttempt *attempt = way_record_add_attempt (record, "ollama", "qwen3:14b", WAY_LOCALITY_LOCAL);
  attempt->reason = g_strdup ("first target of coder");
  attempt->verdict = WAY_VERDICT_ANSWERED;
  attempt->status = 200;
  attempt->started_us = 40;
  attempt->connect_us = 0;
  attempt->first_byte_us = 140000;
  attempt->duration_us = 1990000;
  attempt->usage = record->usage;
  attempt->cost_nano_usd = record->cost_nano_usd;
  return record;
}

static gint64
random_known (GRand *rand, gint32 end)
{
  return g_rand_int_range (rand, 0, 4) == 0 ? WAY_UNKNOWN : g_rand_int_range (rand, 0, end);
}

static char *
random_name (GRand *rand, const char *stem, gint32 n_names)
{
  gint32 n = g_rand_int_range (rand, 0, n_names + 1);
  return n == n_names ? NULL : g_strdup_printf ("%s-%d", stem, n);
}

static void
add_random_attempt (GRand *rand, WayRecord *record)
{
  g_autofree char *provider = random_name (rand, "provider", 4);
  WayAttempt *attempt =
    way_record_add_attempt (record, provider, "model", g_rand_int_range (rand, 0, 3));
  attempt->reason = random_name (rand, "reason", 9);
  attempt->verdict = g_rand_int_range (rand, 0, 4);
  attempt->status = g_rand_int_range (rand, 0, 600);
  attempt->duration_us = random_known (rand, 5000000);
  attempt->usage.output_tokens = random_known (rand, 2000);
  attempt->cost_nano_usd = random_known (rand, 2000000000);
}

/* Any mix of known and unknown, spread over a month. */
WayRecord *
make_random_record (GRand *rand)
{
  static const guint statuses[] = { 200, 429, 503, 0 };
  gint64 minute = g_rand_int_range (rand, 0, 30 * 24 * 60);
  WayRecord *record = make_record (RECORD_BASE_US + minute * G_TIME_SPAN_MINUTE);
  g_free (record->app);
  g_free (record->provider);
  g_free (record->requested_model);
  g_free (record->answered_model);
  record->app = random_name (rand, "app", 3);
  record->provider = random_name (rand, "provider", 4);
  record->requested_model = random_name (rand, "model", 6);
  record->answered_model = random_name (rand, "model", 6);
  record->locality = g_rand_int_range (rand, 0, 3);
  g_free (record->tag);
  record->tag = random_name (rand, "tag", 3);
  record->status = statuses[g_rand_int_range (rand, 0, G_N_ELEMENTS (statuses))];
  record->outcome = g_rand_int_range (rand, WAY_OUTCOME_DONE, WAY_OUTCOME_SHUTDOWN + 1);
  record->usage.input_tokens = random_known (rand, 100000);
  record->usage.cache_read_tokens = random_known (rand, 100000);
  record->usage.output_tokens = random_known (rand, 10000);
  record->cache_hit = g_rand_boolean (rand);
  if (record->cache_hit)
    record->saved_nano_usd = random_known (rand, 2000000000);

  g_ptr_array_set_size (record->attempts, 0);
  for (gint32 n = g_rand_int_range (rand, 0, 4); n > 0; n--)
    add_random_attempt (rand, record);
  record->cost_nano_usd = way_record_sum_cost_nano_usd (record);
  return record;
}

static void
assert_usages_equal (const WayUsage *a, const WayUsage *b)
{
  g_assert_cmpint (a->input_tokens, ==, b->input_tokens);
  g_assert_cmpint (a->cache_read_tokens, ==, b->cache_read_tokens);
  g_assert_cmpint (a->cache_write_5m_tokens, ==, b->cache_write_5m_tokens);
  g_assert_cmpint (a->cache_write_1h_tokens, ==, b->cache_write_1h_tokens);
  g_assert_cmpint (a->output_tokens, ==, b->output_tokens);
  g_assert_cmpint (a->reasoning_tokens, ==, b->reasoning_tokens);
  g_assert_cmpint (a->reported_cost_nano_usd, ==, b->reported_cost_nano_usd);
  g_assert_cmpint (a->estimated, ==, b->estimated);
}

static void
assert_attempts_equal (const WayAttempt *a, const WayAttempt *b)
{
  g_assert_cmpstr (a->provider, ==, b->provider);
  g_assert_cmpstr (a->model, ==, b->model);
  g_assert_cmpstr (a->reason, ==, b->reason);
  g_assert_cmpint (a->locality, ==, b->locality);
  g_assert_cmpint (a->verdict, ==, b->verdict);
  g_assert_cmpuint (a->status, ==, b->status);
  g_assert_cmpint (a->started_us, ==, b->started_us);
  g_assert_cmpint (a->connect_us, ==, b->connect_us);
  g_assert_cmpint (a->first_byte_us, ==, b->first_byte_us);
  g_assert_cmpint (a->duration_us, ==, b->duration_us);
  assert_usages_equal (&a->usage, &b->usage);
  g_assert_cmpint (a->cost_nano_usd, ==, b->cost_nano_usd);
}

void
assert_records_equal (const WayRecord *a, const WayRecord *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->app, ==, b->app);
  g_assert_cmpstr (a->path, ==, b->path);
  g_assert_cmpstr (a->dialect, ==, b->dialect);
  g_assert_cmpstr (a->route, ==, b->route);
  g_assert_cmpstr (a->tag, ==, b->tag);
  g_assert_cmpstr (a->requested_model, ==, b->requested_model);
  g_assert_cmpstr (a->answered_model, ==, b->answered_model);
  g_assert_cmpstr (a->provider, ==, b->provider);
  g_assert_cmpstr (a->error_code, ==, b->error_code);
  g_assert_cmpstr (a->reason, ==, b->reason);
  g_assert_cmpstr (a->dropped, ==, b->dropped);
  g_assert_cmpint (a->locality, ==, b->locality);
  g_assert_cmpint (a->outcome, ==, b->outcome);
  g_assert_cmpuint (a->status, ==, b->status);
  g_assert_cmpint (a->streamed, ==, b->streamed);
  g_assert_cmpint (a->substituted, ==, b->substituted);
  g_assert_cmpint (a->cache_hit, ==, b->cache_hit);
  g_assert_cmpint (a->saved_nano_usd, ==, b->saved_nano_usd);
  g_assert_cmpint (a->started_at_us, ==, b->started_at_us);
  g_assert_cmpint (a->first_token_us, ==, b->first_token_us);
  g_assert_cmpint (a->duration_us, ==, b->duration_us);
  g_assert_cmpint (a->request_bytes, ==, b->request_bytes);
  g_assert_cmpint (a->response_bytes, ==, b->response_bytes);
  assert_usages_equal (&a->usage, &b->usage);
  g_assert_cmpmem (&a->price, sizeof a->price, &b->price, sizeof b->price);
  g_assert_cmpint (a->cost_nano_usd, ==, b->cost_nano_usd);
  g_assert_cmpuint (a->attempts->len, ==, b->attempts->len);
  for (guint i = 0; i < a->attempts->len; i++)
    assert_attempts_equal (a->attempts->pdata[i], b->attempts->pdata[i]);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **ret_result = user_data;
  *ret_result = g_object_ref (result);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("no answer from the ledger in %d s", DEADLINE_SECONDS);
  return G_SOURCE_REMOVE;
}

/* On the thread-default context: an answer must come to the asker's. */
static GAsyncResult *
wait_for (GAsyncResult **result)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (DEADLINE_SECONDS);
  g_source_set_callback (deadline, on_deadline, NULL, NULL);
  g_source_attach (deadline, context);
  while (!*result)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (deadline);
  return *result;
}

gboolean
ledger_flush (WayLedger *ledger, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_ledger_flush_async (ledger, on_answer, &result);
  return way_ledger_flush_finish (ledger, wait_for (&result), error);
}

GPtrArray *
ledger_query (WayLedger *ledger, const WayLedgerFilter *filter)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_query_async (ledger, filter, NULL, on_answer, &result);
  GPtrArray *records = way_ledger_query_finish (ledger, wait_for (&result), &error);
  g_assert_no_error (error);
  return records;
}

WayRecord *
ledger_get (WayLedger *ledger, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_ledger_get_async (ledger, id, NULL, on_answer, &result);
  return way_ledger_get_finish (ledger, wait_for (&result), error);
}

GPtrArray *
ledger_spend (WayLedger *ledger, WaySpendBy by, gint64 since_us)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_spend_async (ledger, by, since_us, NULL, on_answer, &result);
  GPtrArray *rows = way_ledger_spend_finish (ledger, wait_for (&result), &error);
  g_assert_no_error (error);
  return rows;
}

GArray *
ledger_spent (WayLedger *ledger, const WaySpentQuestion *questions, guint n_questions)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_spent_async (ledger, questions, n_questions, NULL, on_answer, &result);
  GArray *sums = way_ledger_spent_finish (ledger, wait_for (&result), &error);
  g_assert_no_error (error);
  return sums;
}

static sqlite3 *
open_file (const char *path)
{
  sqlite3 *handle = NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  g_assert_cmpint (sqlite3_open_v2 (path, &handle, flags, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (handle, DEADLINE_SECONDS * 1000);
  return handle;
}

gint64
read_file_int (const char *path, const char *sql)
{
  sqlite3 *handle = open_file (path);
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL);
  if (code != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (handle));
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  gint64 value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
  return value;
}

void
run_file_sql (const char *path, const char *sql)
{
  sqlite3 *handle = open_file (path);
  if (sqlite3_exec (handle, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (handle));
  g_assert_cmpint (sqlite3_close (handle), ==, SQLITE_OK);
}

/* Computes the totals anew from the rows, in words of its own, and counts the lines that differ. */
void
assert_totals_are_sums (const char *path)
{
  static const char sums[] =
    "WITH fact AS (SELECT *,"
    "  (SELECT count(*) FROM attempt WHERE request = at AND verdict <> 0) AS tried,"
    "  ifnull ((SELECT a.provider IS NOT f.provider OR a.model IS NOT f.model"
    "    FROM attempt AS a, attempt AS f WHERE a.request = at AND a.verdict = 3 AND a.n > 0"
    "    AND f.request = at AND f.n = 0 ORDER BY a.n LIMIT 1), 0) AS fell_back"
    "  FROM request),"
    "part AS (SELECT at, app, provider, coalesce (answered_model, requested_model) AS model,"
    "  1 AS requests, outcome IN (2, 3, 5, 6) AS failed,"
    "  tried > 0 AND locality = 0 AND outcome NOT IN (2, 3, 5, 6) AS local,"
    "  fell_back, input_tokens, cache_read_tokens, output_tokens, 0 AS cost,"
    "  tried > 0 AND cost_nano_usd IS NULL AS unknown_cost,"
    "  tried > 0 AND (input_tokens IS NULL OR output_tokens IS NULL) AS unknown_tokens,"
    "  cache_hit, saved_nano_usd FROM fact"
    "  UNION ALL SELECT at, app, attempt.provider, attempt.model, 0, 0, 0, 0, 0, 0, 0,"
    "  attempt.cost_nano_usd, 0, 0, 0, 0 FROM attempt JOIN request ON at = request"
    "  WHERE verdict <> 0 AND attempt.cost_nano_usd > 0),"
    "summed AS (SELECT"
    "  CAST (strftime ('%Y%m%d', at / 1024000000, 'unixepoch', 'localtime') AS INTEGER),"
    "  ifnull (app, 0), ifnull (provider, 0), ifnull (model, 0), sum (requests), sum (failed),"
    "  sum (local), sum (fell_back), ifnull (sum (input_tokens), 0),"
    "  ifnull (sum (cache_read_tokens), 0), ifnull (sum (output_tokens), 0), sum (cost),"
    "  sum (unknown_cost), sum (unknown_tokens), sum (cache_hit), ifnull (sum (saved_nano_usd), 0)"
    "  FROM part GROUP BY 1, 2, 3, 4)"
    "SELECT (SELECT count(*) FROM (SELECT * FROM total EXCEPT SELECT * FROM summed))"
    " + (SELECT count(*) FROM (SELECT * FROM summed EXCEPT SELECT * FROM total))";
  static const char months[] =
    "WITH summed AS (SELECT day / 100, app, provider, model, sum (requests), sum (failed),"
    "  sum (local_requests), sum (fallbacks), sum (input_tokens), sum (cached_tokens),"
    "  sum (output_tokens), sum (cost_nano_usd), sum (unknown_cost_requests),"
    "  sum (unknown_token_requests), sum (cache_hits), sum (saved_nano_usd)"
    "  FROM total GROUP BY 1, 2, 3, 4)"
    "SELECT (SELECT count(*) FROM (SELECT * FROM month_total EXCEPT SELECT * FROM summed))"
    " + (SELECT count(*) FROM (SELECT * FROM summed EXCEPT SELECT * FROM month_total))";
  static const char days[] =
    "WITH summed AS (SELECT day, sum (requests), sum (failed), sum (local_requests),"
    "  sum (fallbacks), sum (input_tokens), sum (cached_tokens), sum (output_tokens),"
    "  sum (cost_nano_usd), sum (unknown_cost_requests), sum (unknown_token_requests),"
    "  sum (cache_hits), sum (saved_nano_usd) FROM total GROUP BY 1)"
    "SELECT (SELECT count(*) FROM (SELECT * FROM day_total EXCEPT SELECT * FROM summed))"
    " + (SELECT count(*) FROM (SELECT * FROM summed EXCEPT SELECT * FROM day_total))";
  g_assert_cmpint (read_file_int (path, sums), ==, 0);
  g_assert_cmpint (read_file_int (path, months), ==, 0);
  g_assert_cmpint (read_file_int (path, days), ==, 0);
}
