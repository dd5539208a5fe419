/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One page of requests, newest first: from the place of the last one seen, never by offset, so that
 * a page costs the same however far back it is. The ledger thread's. */

#include "way-ledger-private.h"

#define DEFAULT_LIMIT 100
#define MAX_LIMIT 1000

#define USUAL_STATUS 200 /* which the index on it leaves out */

/* The last time that has a place in the table. */
#define LAST_US (G_MAXINT64 / WAY_LEDGER_SLOTS_PER_US - 1000)

/* A filter with its names looked up. */
typedef struct
{
  gint64 before_at;
  gint64 since_at;
  gint64 app;
  gint64 provider;
  gint64 model;
  gint64 outcome;  /* -1: any */
  gint64 status;   /* 0: any */
  const char *tag; /* borrowed, nullable */
  guint limit;
  gboolean none; /* a name that no request ever had */
} Page;

static gboolean
find_name (WayLedgerDb *db, const char *name, gint64 *ret_id, Page *page, GError **error)
{
  if (!name)
    return TRUE;
  if (!way_ledger_db_find_text (db, name, ret_id, error))
    return FALSE;
  page->none = page->none || *ret_id == 0;
  return TRUE;
}

/* The ledger may not have the request: it still runs, or retention took it. Then the time in its id
 * says where it would be, to the millisecond, of which all come. */
static gboolean
resolve_before (WayLedgerDb *db, const char *id, Page *page, GError **error)
{
  if (!way_ledger_requests_find (db, id, &page->before_at, error))
    return FALSE;
  if (page->before_at > 0)
    return TRUE;
  gint64 time_us = way_ledger_id_get_time_us (id);
  page->none = page->none || time_us < 0 || time_us >= LAST_US;
  page->before_at = page->none ? 0 : (time_us + 1000) * WAY_LEDGER_SLOTS_PER_US;
  return TRUE;
}

static gboolean
resolve (WayLedgerDb *db, const WayLedgerFilter *filter, Page *page, GError **error)
{
  *page = (Page){ .before_at = G_MAXINT64, .outcome = -1 };
  page->since_at = CLAMP (filter->since_us, 0, LAST_US) * WAY_LEDGER_SLOTS_PER_US;
  page->status = filter->status;
  page->tag = filter->tag;
  page->limit = MIN (filter->limit > 0 ? filter->limit : DEFAULT_LIMIT, MAX_LIMIT);

  WayOutcome outcome;
  if (filter->outcome && way_outcome_from_name (filter->outcome, &outcome))
    page->outcome = outcome;
  else
    page->none = filter->outcome != NULL;

  if (!find_name (db, filter->app, &page->app, page, error) ||
      !find_name (db, filter->provider, &page->provider, page, error) ||
      !find_name (db, filter->model, &page->model, page, error))
    return FALSE;
  return !filter->before_id || resolve_before (db, filter->before_id, page, error);
}

/* One walk down an index. Each condition is written so that SQLite sees that the partial index of
 * its column holds all it asks for. */
static void
append_walk (GString *sql, const Page *page, const char *model_condition)
{
  g_string_append (sql, "SELECT at FROM request WHERE at < :before AND at >= :since");
  if (page->app > 0)
    g_string_append (sql, " AND app = :app");
  if (page->provider > 0)
    g_string_append (sql, " AND provider = :provider");
  if (page->outcome >= 0)
    g_string_append (sql, " AND outcome = :outcome");
  if (page->outcome >= 0 && page->outcome != WAY_OUTCOME_DONE)
    g_string_append (sql, " AND outcome <> 1");
  if (page->status > 0)
    g_string_append (sql, " AND status = :status");
  if (page->status > 0 && page->status != USUAL_STATUS)
    g_string_append (sql, " AND status <> 200");
  if (page->tag)
    g_string_append (sql, " AND tag = :tag");
  g_string_append (sql, model_condition);
  g_string_append (sql, " ORDER BY at DESC LIMIT :limit");
}

/* A model may be the one asked for or the one that answered: two walks, merged, each of which stops
 * at the limit. An OR in one walk would make SQLite collect and sort all that match. */
static char *
build_sql (const Page *page)
{
  GString *sql = g_string_new (NULL);
  if (page->model == 0)
    {
      append_walk (sql, page, "");
      return g_string_free (sql, FALSE);
    }
  g_string_append (sql, "SELECT at FROM (");
  append_walk (sql, page, " AND requested_model = :model");
  g_string_append (sql, ") UNION ALL SELECT at FROM (");
  append_walk (sql, page, " AND answered_model = :model AND answered_model IS NOT requested_model");
  g_string_append (sql, ") ORDER BY at DESC LIMIT :limit");
  return g_string_free (sql, FALSE);
}

static void
bind (WayStatement *statement, const char *name, gint64 value)
{
  int index = sqlite3_bind_parameter_index (statement, name);
  if (index > 0)
    sqlite3_bind_int64 (statement, index, value);
}

static gboolean
collect_places (WayLedgerDb *db, const Page *page, GArray *places, GError **error)
{
  g_autofree char *sql = build_sql (page);
  sqlite3_stmt *select = NULL;
  if (sqlite3_prepare_v2 (db->handle, sql, -1, &select, NULL) != SQLITE_OK)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  bind (select, ":before", page->before_at);
  bind (select, ":since", page->since_at);
  bind (select, ":app", page->app);
  bind (select, ":provider", page->provider);
  bind (select, ":model", page->model);
  bind (select, ":outcome", page->outcome);
  bind (select, ":status", page->status);
  bind (select, ":limit", page->limit);
  int tag = sqlite3_bind_parameter_index (select, ":tag");
  if (tag > 0)
    sqlite3_bind_text (select, tag, page->tag, -1, SQLITE_STATIC);

  int code;
  while ((code = sqlite3_step (select)) == SQLITE_ROW)
    {
      gint64 at = sqlite3_column_int64 (select, 0);
      g_array_append_val (places, at);
    }
  if (code != SQLITE_DONE)
    way_ledger_db_fail (db, error);
  sqlite3_finalize (select);
  return code == SQLITE_DONE;
}

/* (transfer full) (element-type WayRecord): the newest requests that @filter lets through. */
GPtrArray *
way_ledger_pages_query (WayLedgerDb *db, const WayLedgerFilter *filter, GError **error)
{
  Page page;
  if (!resolve (db, filter, &page, error))
    return NULL;

  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  if (page.none)
    return g_steal_pointer (&records);

  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (!collect_places (db, &page, places, error))
    return NULL;
  for (guint i = 0; i < places->len; i++)
    {
      WayRecord *record = way_ledger_requests_load (db, g_array_index (places, gint64, i), error);
      if (!record)
        return NULL;
      g_ptr_array_add (records, record);
    }
  return g_steal_pointer (&records);
}
