/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What each local day cost, by app, provider and model: added to in the transaction that writes the
 * requests, so that spend is read without touching requests and outlives them. Many requests of one
 * transaction go into the same row, so they are summed here first. The same sums are kept for whole
 * months, and for whole days: years of days by dozens of models would take too long to add up when
 * they are asked for. The ledger thread's. */

#include "way-ledger-private.h"

#include <string.h>
#include <time.h>

#define N_NAMES 3
#define N_SUMS 12
#define SUM_COST 7

/* A row by its names, or what is to be added to it; the sums in the order of their columns. */
typedef struct
{
  gint64 day;
  const char *names[N_NAMES]; /* app, provider, model: owned in a table, each nullable */
  gint64 sums[N_SUMS];
} Total;

static guint
total_hash (gconstpointer data)
{
  const Total *total = data;
  guint hash = (guint)total->day;
  for (guint i = 0; i < N_NAMES; i++)
    hash = hash * 31 + (total->names[i] ? g_str_hash (total->names[i]) : 0);
  return hash;
}

static gboolean
total_equal (gconstpointer a, gconstpointer b)
{
  const Total *one = a, *other = b;
  for (guint i = 0; i < N_NAMES; i++)
    if (g_strcmp0 (one->names[i], other->names[i]) != 0)
      return FALSE;
  return one->day == other->day;
}

static void
total_free (gpointer data)
{
  Total *total = data;
  for (guint i = 0; i < N_NAMES; i++)
    g_free ((char *)total->names[i]);
  g_free (total);
}

/* (transfer full): no totals yet. */
GHashTable *
way_ledger_totals_new (void)
{
  return g_hash_table_new_full (total_hash, total_equal, total_free, NULL);
}

static void
add_up (GHashTable *totals, const Total *part)
{
  Total *total = g_hash_table_lookup (totals, part);
  if (!total)
    {
      total = g_memdup2 (part, sizeof *part);
      for (guint i = 0; i < N_NAMES; i++)
        total->names[i] = g_strdup (part->names[i]);
      g_hash_table_add (totals, total);
      return;
    }
  for (guint i = 0; i < N_SUMS; i++)
    total->sums[i] += part->sums[i];
}

/* YYYYMMDD of the machine's time zone. */
static gint64
get_local_day (gint64 wall_us)
{
  time_t seconds = (time_t)(wall_us / G_USEC_PER_SEC);
  struct tm local;
  if (!localtime_r (&seconds, &local))
    return 0;
  return (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
}

/* Whether something was asked of a provider. What was refused before has no tokens and no cost to
 * be unknown. */
static gboolean
was_tried (const WayRecord *record)
{
  return way_record_count_tried (record) > 0;
}

static gint64
known_or_zero (gint64 value)
{
  return MAX (value, 0);
}

/* Money goes to the target that charged it, as in the budgets, whoever answered in the end. */
static void
add_costs (GHashTable *totals, const WayRecord *record, gint64 day)
{
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = g_ptr_array_index (record->attempts, i);
      if (attempt->verdict != WAY_VERDICT_SKIPPED && attempt->cost_nano_usd > 0)
        add_up (totals, &(const Total){
                          .day = day,
                          .names = { record->app, attempt->provider, attempt->model },
                          .sums = { [SUM_COST] = attempt->cost_nano_usd },
                        });
    }
}

/* Adds one request to @totals, which way_ledger_totals_write() puts into the tables. Pure. */
void
way_ledger_totals_add (GHashTable *totals, const WayRecord *record)
{
  const WayUsage *usage = &record->usage;
  const char *model = record->answered_model ? record->answered_model : record->requested_model;
  gboolean tried = was_tried (record);
  gboolean unknown_tokens = usage->input_tokens < 0 || usage->output_tokens < 0;
  const Total part = {
    .day = get_local_day (record->started_at_us),
    .names = { record->app, record->provider, model },
    .sums = {
      1,
      way_record_has_failed (record),
      tried && !way_record_has_failed (record) && record->locality == WAY_LOCALITY_LOCAL,
      way_record_is_fallback (record),
      known_or_zero (usage->input_tokens),
      known_or_zero (usage->cache_read_tokens),
      known_or_zero (usage->output_tokens),
      0, /* the cost: see add_costs() */
      tried && record->cost_nano_usd < 0,
      tried && unknown_tokens,
      record->cache_hit != FALSE,
      known_or_zero (record->saved_nano_usd),
    },
  };
  add_up (totals, &part);
  add_costs (totals, record, part.day);
}

#define KEY_COLUMNS "app, provider, model"

#define SUM_COLUMNS                                                                                \
  "requests, failed, local_requests, fallbacks, input_tokens, cached_tokens, output_tokens, "      \
  "cost_nano_usd, unknown_cost_requests, unknown_token_requests, cache_hits, saved_nano_usd"

#define ADD_SQL(table, keys, values)                                                               \
  "INSERT INTO " table " (" keys ", " SUM_COLUMNS ") VALUES (" values                              \
  ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (" keys ") DO UPDATE SET"                     \
  " requests = requests + excluded.requests,"                                                      \
  " failed = failed + excluded.failed,"                                                            \
  " local_requests = local_requests + excluded.local_requests,"                                    \
  " fallbacks = fallbacks + excluded.fallbacks,"                                                   \
  " input_tokens = input_tokens + excluded.input_tokens,"                                          \
  " cached_tokens = cached_tokens + excluded.cached_tokens,"                                       \
  " output_tokens = output_tokens + excluded.output_tokens,"                                       \
  " cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,"                                       \
  " unknown_cost_requests = unknown_cost_requests + excluded.unknown_cost_requests,"               \
  " unknown_token_requests = unknown_token_requests + excluded.unknown_token_requests,"            \
  " cache_hits = cache_hits + excluded.cache_hits,"                                                \
  " saved_nano_usd = saved_nano_usd + excluded.saved_nano_usd"

/* @keys: the @n_keys first columns. */
static gboolean
add_to (WayLedgerDb *db,
        const char *sql,
        const gint64 *keys,
        int n_keys,
        const Total *total,
        GError **error)
{
  g_autoptr (WayStatement) add = way_ledger_db_prepare (db, sql, error);
  if (!add)
    return FALSE;
  for (int i = 0; i < n_keys; i++)
    sqlite3_bind_int64 (add, 1 + i, keys[i]);
  for (int i = 0; i < N_SUMS; i++)
    sqlite3_bind_int64 (add, 1 + n_keys + i, total->sums[i]);
  return way_ledger_db_step (db, add, error);
}

static gboolean
write_total (WayLedgerDb *db, const Total *total, GError **error)
{
  static const char add_total[] = ADD_SQL ("total", "day, " KEY_COLUMNS, "?, ?, ?, ?");
  static const char add_month[] = ADD_SQL ("month_total", "month, " KEY_COLUMNS, "?, ?, ?, ?");
  static const char add_day[] = ADD_SQL ("day_total", "day", "?");
  gint64 keys[1 + N_NAMES] = { total->day };
  for (guint i = 0; i < N_NAMES; i++)
    if (!way_ledger_db_intern (db, total->names[i], &keys[1 + i], error))
      return FALSE;
  if (!add_to (db, add_total, keys, 1 + N_NAMES, total, error) ||
      !add_to (db, add_day, keys, 1, total, error))
    return FALSE;
  keys[0] /= 100;
  return add_to (db, add_month, keys, 1 + N_NAMES, total, error);
}

/* Adds @totals to the tables. Within the caller's transaction; who commits it empties them. */
gboolean
way_ledger_totals_write (WayLedgerDb *db, GHashTable *totals, GError **error)
{
  GHashTableIter iter;
  gpointer total;
  g_hash_table_iter_init (&iter, totals);
  while (g_hash_table_iter_next (&iter, &total, NULL))
    if (!write_total (db, total, error))
      return FALSE;
  return TRUE;
}

/* The rest of the month that ?1 lies in by days, what follows by months. With 0 that is all. */
#define DAYS_AND_MONTHS                                                                            \
  "(SELECT " KEY_COLUMNS ", " SUM_COLUMNS " FROM total"                                            \
  "  WHERE day >= ?1 AND day < (?1 / 100 + 1) * 100"                                               \
  " UNION ALL SELECT " KEY_COLUMNS ", " SUM_COLUMNS " FROM month_total WHERE month > ?1 / 100)"

#define SPEND_SQL(key, source, order)                                                              \
  "SELECT " key ", sum (requests), sum (failed), sum (local_requests), sum (fallbacks),"           \
  " sum (input_tokens), sum (cached_tokens), sum (output_tokens), sum (cost_nano_usd),"            \
  " sum (unknown_cost_requests), sum (unknown_token_requests), sum (cache_hits),"                  \
  " sum (saved_nano_usd) FROM " source " GROUP BY 1 ORDER BY " order

#define DEAREST_FIRST "9 DESC, 2 DESC, 1"

static const char *
get_spend_sql (WaySpendBy by)
{
  switch (by)
    {
    case WAY_SPEND_BY_DAY:
      return SPEND_SQL ("day", "day_total WHERE day >= ?1", "1");
    case WAY_SPEND_BY_APP:
      return SPEND_SQL ("app", DAYS_AND_MONTHS, DEAREST_FIRST);
    case WAY_SPEND_BY_PROVIDER:
      return SPEND_SQL ("provider", DAYS_AND_MONTHS, DEAREST_FIRST);
    case WAY_SPEND_BY_MODEL:
      return SPEND_SQL ("model", DAYS_AND_MONTHS, DEAREST_FIRST);
    case WAY_SPEND_BY_TARGET:
      return SPEND_SQL ("provider << 32 | model", DAYS_AND_MONTHS, DEAREST_FIRST);
    }
  g_assert_not_reached ();
}

static const char *
get_text (WayLedgerDb *db, gint64 id)
{
  const char *text = way_ledger_db_get_text (db, id);
  return text ? text : "";
}

static char *
dup_key (WayLedgerDb *db, WaySpendBy by, gint64 key)
{
  if (by == WAY_SPEND_BY_DAY)
    return g_strdup_printf ("%04d-%02d-%02d", (int)(key / 10000), (int)(key / 100 % 100),
                            (int)(key % 100));
  if (by == WAY_SPEND_BY_TARGET)
    return g_strconcat (get_text (db, key >> 32), "/", get_text (db, key & G_MAXUINT32), NULL);
  return g_strdup (get_text (db, key));
}

static WaySpendRow *
read_row (WayLedgerDb *db, WaySpendBy by, WayStatement *select)
{
  WaySpendRow *row = g_new0 (WaySpendRow, 1);
  row->key = dup_key (db, by, sqlite3_column_int64 (select, 0));
  row->requests = sqlite3_column_int64 (select, 1);
  row->failed = sqlite3_column_int64 (select, 2);
  row->local_requests = sqlite3_column_int64 (select, 3);
  row->fallbacks = sqlite3_column_int64 (select, 4);
  row->input_tokens = sqlite3_column_int64 (select, 5);
  row->cached_tokens = sqlite3_column_int64 (select, 6);
  row->output_tokens = sqlite3_column_int64 (select, 7);
  row->cost_nano_usd = sqlite3_column_int64 (select, 8);
  row->unknown_cost_requests = sqlite3_column_int64 (select, 9);
  row->unknown_token_requests = sqlite3_column_int64 (select, 10);
  row->cache_hits = sqlite3_column_int64 (select, 11);
  row->saved_nano_usd = sqlite3_column_int64 (select, 12);
  return row;
}

/* (transfer full) (element-type WaySpendRow): the totals of the local day of @since_us and of later
 * ones, summed by @by. */
GPtrArray *
way_ledger_totals_query (WayLedgerDb *db, WaySpendBy by, gint64 since_us, GError **error)
{
  g_autoptr (WayStatement) select = way_ledger_db_prepare (db, get_spend_sql (by), error);
  if (!select)
    return NULL;
  sqlite3_bind_int64 (select, 1, since_us > 0 ? get_local_day (since_us) : 0);

  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)way_spend_row_free);
  int code;
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    g_ptr_array_add (rows, read_row (db, by, select));
  if (code != SQLITE_DONE)
    {
      way_ledger_db_fail (db, error);
      return NULL;
    }
  return g_steal_pointer (&rows);
}

/* Where a scope's column is among the parameters of the sum; 0 for none. */
static int
get_scope_parameter (WaySpentScope scope)
{
  switch (scope)
    {
    case WAY_SPENT_BY_ALL:
      return 0;
    case WAY_SPENT_BY_APP:
      return 2;
    case WAY_SPENT_BY_PROVIDER:
      return 3;
    case WAY_SPENT_BY_MODEL:
      return 4;
    }
  g_assert_not_reached ();
}

/* The known cost of what @question asks for. */
gboolean
way_ledger_totals_sum (WayLedgerDb *db,
                       const WaySpentQuestion *question,
                       gint64 *ret_nano_usd,
                       GError **error)
{
  int parameter = question->name ? get_scope_parameter (question->scope) : 0;
  gboolean is_named = parameter > 0 && question->name[0] != '\0';
  gint64 id = 0; /* that of no name, too */
  if (is_named && !way_ledger_db_find_text (db, question->name, &id, error))
    return FALSE;
  if (is_named && id == 0)
    {
      *ret_nano_usd = 0; /* a name that no request ever had */
      return TRUE;
    }

  g_autoptr (WayStatement) sum =
    way_ledger_db_prepare (db,
                           "SELECT ifnull (sum (cost_nano_usd), 0) FROM " DAYS_AND_MONTHS
                           " WHERE (?2 IS NULL OR app = ?2) AND (?3 IS NULL OR provider = ?3)"
                           " AND (?4 IS NULL OR model = ?4)",
                           error);
  if (!sum)
    return FALSE;
  sqlite3_clear_bindings (sum);
  sqlite3_bind_int64 (sum, 1, question->since_day);
  if (parameter > 0)
    sqlite3_bind_int64 (sum, parameter, id);
  if (sqlite3_step (sum) != SQLITE_ROW)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  *ret_nano_usd = sqlite3_column_int64 (sum, 0);
  return TRUE;
}
