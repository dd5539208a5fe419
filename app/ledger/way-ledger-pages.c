/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One page of requests, newest first: from the place of the last one seen, never by offset, so that
 * a page costs the same however far back it is. The ledger thread's. */

#include "way-ledger-private.h"

#include <time.h>

#define DEFAULT_LIMIT 100
#define MAX_LIMIT 1000

#define USUAL_STATUS 200 /* which the index on it leaves out */

/* A walk down an index of so few takes no time worth saving. */
#define PROBE_ROWS 256

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

/* The place of the first day of a month (YYYYMM), @slack_us later. */
static gint64
get_month_at (gint64 month, gint64 slack_us)
{
  struct tm first = {
    .tm_year = (int)(month / 100) - 1900,
    .tm_mon = (int)(month % 100) - 1,
    .tm_mday = 1,
    .tm_isdst = -1,
  };
  gint64 us = (gint64)mktime (&first) * G_USEC_PER_SEC + slack_us;
  return CLAMP (us, 0, LAST_US) * WAY_LEDGER_SLOTS_PER_US;
}

/* That an app never was at a provider, or not since long, is a question that no index answers when
 * both are common; the totals know the months in which they met. A month is that of the time zone
 * in which a request was written, hence the days of slack. */
static gboolean
narrow_to_months (WayLedgerDb *db, Page *page, GError **error)
{
  g_autoptr (WayStatement) find = way_ledger_db_prepare (
    db, "SELECT min (month), max (month) FROM month_total WHERE app = ? AND provider = ?", error);
  if (!find)
    return FALSE;
  sqlite3_bind_int64 (find, 1, page->app);
  sqlite3_bind_int64 (find, 2, page->provider);
  if (sqlite3_step (find) != SQLITE_ROW)
    {
      way_ledger_db_fail (db, error);
      return FALSE;
    }
  if (sqlite3_column_type (find, 0) == SQLITE_NULL)
    {
      page->none = TRUE;
      return TRUE;
    }
  gint64 first_at = get_month_at (sqlite3_column_int64 (find, 0), -2 * G_TIME_SPAN_DAY);
  gint64 end_at = get_month_at (sqlite3_column_int64 (find, 1) + 1, 2 * G_TIME_SPAN_DAY);
  page->since_at = MAX (page->since_at, first_at);
  page->before_at = MIN (page->before_at, end_at);
  return TRUE;
}

static gboolean
resolve_names (WayLedgerDb *db, const WayLedgerFilter *filter, Page *page, GError **error)
{
  if (!find_name (db, filter->app, &page->app, page, error) ||
      !find_name (db, filter->provider, &page->provider, page, error) ||
      !find_name (db, filter->model, &page->model, page, error))
    return FALSE;
  return page->app == 0 || page->provider == 0 || narrow_to_months (db, page, error);
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

  if (filter->before_id && !resolve_before (db, filter->before_id, page, error))
    return FALSE;
  return resolve_names (db, filter, page, error);
}

/* What a walk can restrict. The index on it has none of the usual value, which most requests have,
 * so that a condition on that value has no index. */
typedef struct
{
  const char *index;
  const char *condition;
  const char *not_usual; /* nullable: says the same to SQLite, which knows no parameter's value */
} Member;

static const Member app_member = { "request_by_app", "app = :app", NULL };
static const Member provider_member = { "request_by_provider", "provider = :provider", NULL };
static const Member outcome_member = { "request_by_outcome", "outcome = :outcome", "outcome <> 1" };
static const Member done_member = { NULL, "outcome = :outcome", NULL };
static const Member status_member = { "request_by_status", "status = :status", "status <> 200" };
static const Member usual_status_member = { NULL, "status = :status", NULL };
static const Member tag_member = { "request_by_tag", "tag = :tag", NULL };
static const Member requested_member = { "request_by_requested_model", "requested_model = :model",
                                         NULL };
static const Member answered_member = { "request_by_answered_model", "answered_model = :model",
                                        "answered_model IS NOT requested_model" };

#define MAX_MEMBERS 6

/* One walk down an index, or down the table. */
typedef struct
{
  const Member *members[MAX_MEMBERS];
  guint n_members;
  const Member *along; /* nullable: the member whose index it goes down */
} Walk;

static void
add_member (Walk *walk, const Member *member, gboolean is_asked)
{
  g_assert (walk->n_members < MAX_MEMBERS);
  if (is_asked)
    walk->members[walk->n_members++] = member;
}

static Walk
make_walk (const Page *page, const Member *model_member)
{
  Walk walk = { 0 };
  add_member (&walk, &app_member, page->app > 0);
  add_member (&walk, &provider_member, page->provider > 0);
  add_member (&walk, page->outcome == WAY_OUTCOME_DONE ? &done_member : &outcome_member,
              page->outcome >= 0);
  add_member (&walk, page->status == USUAL_STATUS ? &usual_status_member : &status_member,
              page->status > 0);
  add_member (&walk, &tag_member, page->tag != NULL);
  add_member (&walk, model_member, model_member != NULL);
  return walk;
}

static void
append_condition (GString *sql, const Member *member)
{
  g_string_append_printf (sql, " AND %s", member->condition);
  if (member->not_usual)
    g_string_append_printf (sql, " AND %s", member->not_usual);
}

static void
append_range (GString *sql, const Member *along)
{
  g_string_append (sql, "SELECT at FROM request");
  if (along)
    g_string_append_printf (sql, " INDEXED BY %s", along->index);
  g_string_append (sql, " WHERE at < :before AND at >= :since");
}

static void
append_walk (GString *sql, const Walk *walk)
{
  append_range (sql, walk->along);
  for (guint i = 0; i < walk->n_members; i++)
    append_condition (sql, walk->members[i]);
  g_string_append (sql, " ORDER BY at DESC LIMIT :limit");
}

static void
bind (WayStatement *statement, const char *name, gint64 value)
{
  int index = sqlite3_bind_parameter_index (statement, name);
  if (index > 0)
    sqlite3_bind_int64 (statement, index, value);
}

/* (transfer full) (nullable): @sql, to be finalized */
static sqlite3_stmt *
prepare (WayLedgerDb *db, const char *sql, const Page *page, GError **error)
{
  sqlite3_stmt *select = NULL;
  if (sqlite3_prepare_v2 (db->handle, sql, -1, &select, NULL) != SQLITE_OK)
    {
      way_ledger_db_fail (db, error);
      return NULL;
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
  return select;
}

/* How far back the newest PROBE_ROWS requests of @member reach: 0 when there are fewer. */
static gboolean
probe (WayLedgerDb *db, const Page *page, const Member *member, gint64 *ret_at, GError **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT count(*), min (at) FROM (");
  append_range (sql, member);
  append_condition (sql, member);
  g_string_append_printf (sql, " ORDER BY at DESC LIMIT %d)", PROBE_ROWS);
  sqlite3_stmt *select = prepare (db, sql->str, page, error);
  if (!select)
    return FALSE;
  gboolean found = sqlite3_step (select) == SQLITE_ROW;
  if (found)
    *ret_at = sqlite3_column_int (select, 0) < PROBE_ROWS ? 0 : sqlite3_column_int64 (select, 1);
  else
    way_ledger_db_fail (db, error);
  sqlite3_finalize (select);
  return found;
}

/* Goes down the index of the rarest member. SQLite cannot know which that is: all of them are rare
 * or common by the value that is asked for, and where the page lies. */
static gboolean
choose_index (WayLedgerDb *db, const Page *page, Walk *walk, GError **error)
{
  gint64 rarest_at = G_MAXINT64;
  for (guint i = 0; i < walk->n_members; i++)
    {
      gint64 at = 0;
      if (!walk->members[i]->index)
        continue;
      if (walk->n_members > 1 && !probe (db, page, walk->members[i], &at, error))
        return FALSE;
      if (at >= rarest_at)
        continue;
      rarest_at = at;
      walk->along = walk->members[i];
    }
  return TRUE;
}

static gboolean
add_walk (
  WayLedgerDb *db, const Page *page, const Member *model_member, GString *sql, GError **error)
{
  Walk walk = make_walk (page, model_member);
  if (!choose_index (db, page, &walk, error))
    return FALSE;
  append_walk (sql, &walk);
  return TRUE;
}

/* A model may be the one asked for or the one that answered: two walks, merged, each of which stops
 * at the limit. An OR in one walk would make SQLite collect and sort all that match. (transfer
 * full) (nullable) */
static char *
build_sql (WayLedgerDb *db, const Page *page, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  if (page->model == 0)
    return add_walk (db, page, NULL, sql, error) ? g_strdup (sql->str) : NULL;
  g_string_append (sql, "SELECT at FROM (");
  if (!add_walk (db, page, &requested_member, sql, error))
    return NULL;
  g_string_append (sql, ") UNION ALL SELECT at FROM (");
  if (!add_walk (db, page, &answered_member, sql, error))
    return NULL;
  g_string_append (sql, ") ORDER BY at DESC LIMIT :limit");
  return g_strdup (sql->str);
}

static gboolean
collect_places (WayLedgerDb *db, const Page *page, GArray *places, GError **error)
{
  g_autofree char *sql = build_sql (db, page, error);
  sqlite3_stmt *select = sql ? prepare (db, sql, page, error) : NULL;
  if (!select)
    return FALSE;

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
