/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What can be asked of the ledger: each question copies what it needs into a task, its answer runs
 * on the ledger thread, and the task brings the answer back to the context of who asked. */

#include "way-ledger-private.h"

#include <string.h>

static void
filter_free (WayLedgerFilter *filter)
{
  g_free ((char *)filter->app);
  g_free ((char *)filter->provider);
  g_free ((char *)filter->model);
  g_free ((char *)filter->outcome);
  g_free ((char *)filter->tag);
  g_free ((char *)filter->before_id);
  g_free (filter);
}

static WayLedgerFilter *
filter_copy (const WayLedgerFilter *filter)
{
  WayLedgerFilter *copy = g_new0 (WayLedgerFilter, 1);
  if (!filter)
    return copy;
  *copy = *filter;
  copy->app = g_strdup (filter->app);
  copy->provider = g_strdup (filter->provider);
  copy->model = g_strdup (filter->model);
  copy->outcome = g_strdup (filter->outcome);
  copy->tag = g_strdup (filter->tag);
  copy->before_id = g_strdup (filter->before_id);
  return copy;
}

static void
return_rows (GTask *task, GPtrArray *rows, GError *error)
{
  if (rows)
    g_task_return_pointer (task, rows, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
answer_query (WayLedgerDb *db, const GError *failure, GTask *task)
{
  GError *error = NULL;
  GPtrArray *records = way_ledger_pages_query (db, g_task_get_task_data (task), &error);
  return_rows (task, records, error);
}

static void
answer_get (WayLedgerDb *db, const GError *failure, GTask *task)
{
  const char *id = g_task_get_task_data (task);
  GError *error = NULL;
  gint64 at;
  if (!way_ledger_requests_find (db, id, &at, &error))
    g_task_return_error (task, error);
  else if (at == 0)
    g_task_return_new_error (task, WAY_ERROR, WAY_ERROR_NOT_FOUND, "the ledger has no request %s",
                             id);
  else
    {
      WayRecord *record = way_ledger_requests_load (db, at, &error);
      if (record)
        g_task_return_pointer (task, record, (GDestroyNotify)way_record_unref);
      else
        g_task_return_error (task, error);
    }
}

typedef struct
{
  WaySpendBy by;
  gint64 since_us;
} SpendQuestion;

static void
answer_spend (WayLedgerDb *db, const GError *failure, GTask *task)
{
  const SpendQuestion *question = g_task_get_task_data (task);
  GError *error = NULL;
  GPtrArray *rows = way_ledger_totals_query (db, question->by, question->since_us, &error);
  return_rows (task, rows, error);
}

static void
spent_question_clear (gpointer question)
{
  g_free ((char *)((WaySpentQuestion *)question)->name);
}

static void
answer_spent (WayLedgerDb *db, const GError *failure, GTask *task)
{
  const GArray *questions = g_task_get_task_data (task);
  g_autoptr (GArray) sums = g_array_sized_new (FALSE, FALSE, sizeof (gint64), questions->len);
  GError *error = NULL;
  for (guint i = 0; i < questions->len; i++)
    {
      gint64 sum;
      if (!way_ledger_totals_sum (db, &g_array_index (questions, WaySpentQuestion, i), &sum,
                                  &error))
        {
          g_task_return_error (task, error);
          return;
        }
      g_array_append_val (sums, sum);
    }
  g_task_return_pointer (task, g_steal_pointer (&sums), (GDestroyNotify)g_array_unref);
}

static void
answer_flush (WayLedgerDb *db, const GError *failure, GTask *task)
{
  if (failure)
    g_task_return_error (task, g_error_copy (failure));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * way_ledger_query_async:
 * @ledger: a ledger
 * @filter: (nullable): which requests; copied. %NULL for the newest 100
 * @cancellable: (nullable): to give the question up
 * @callback: called on the thread-default context of the caller
 * @user_data: for @callback
 *
 * Asks for one page of requests, newest start first, with every record given before. A name that no
 * request has gives an empty page. A @before_id that the ledger does not have (it still runs, or is
 * too old) counts by the time in it, to the millisecond.
 */
void
way_ledger_query_async (WayLedger *ledger,
                        const WayLedgerFilter *filter,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (ledger != NULL);

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_ledger_query_async);
  g_task_set_task_data (task, filter_copy (filter), (GDestroyNotify)filter_free);
  way_ledger_ask (ledger, task, answer_query);
}

/**
 * way_ledger_query_finish:
 * @ledger: the ledger that was asked, which may be closed by now
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (nullable) (transfer full) (element-type WayRecord): the requests with their attempts,
 *   or %NULL with %WAY_ERROR_LEDGER or %G_IO_ERROR_CANCELLED
 */
GPtrArray *
way_ledger_query_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, way_ledger_query_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_get_async:
 * @ledger: a ledger
 * @id: of a request
 * @cancellable: (nullable): to give the question up
 * @callback: called on the thread-default context of the caller
 * @user_data: for @callback
 *
 * Asks for one request.
 */
void
way_ledger_get_async (WayLedger *ledger,
                      const char *id,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (ledger != NULL);
  g_return_if_fail (id != NULL);

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_ledger_get_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  way_ledger_ask (ledger, task, answer_get);
}

/**
 * way_ledger_get_finish:
 * @ledger: the ledger that was asked, which may be closed by now
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (nullable) (transfer full): the request with its attempts, or %NULL with
 *   %WAY_ERROR_NOT_FOUND, %WAY_ERROR_LEDGER or %G_IO_ERROR_CANCELLED
 */
WayRecord *
way_ledger_get_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, way_ledger_get_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_spend_async:
 * @ledger: a ledger
 * @by: what to sum by
 * @since_us: wall clock; the whole local day it lies in counts. 0 for all
 * @cancellable: (nullable): to give the question up
 * @callback: called on the thread-default context of the caller
 * @user_data: for @callback
 *
 * Asks what was spent. The answer comes from the daily totals, so it costs the same whatever the
 * number of requests and covers those that retention has deleted. A request belongs to the local
 * day it began in, by the time zone the machine had when it was written.
 */
void
way_ledger_spend_async (WayLedger *ledger,
                        WaySpendBy by,
                        gint64 since_us,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (ledger != NULL);

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_ledger_spend_async);
  SpendQuestion *question = g_new0 (SpendQuestion, 1);
  *question = (SpendQuestion){ by, since_us };
  g_task_set_task_data (task, question, g_free);
  way_ledger_ask (ledger, task, answer_spend);
}

/**
 * way_ledger_spend_finish:
 * @ledger: the ledger that was asked, which may be closed by now
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (nullable) (transfer full) (element-type WaySpendRow): days oldest first, or the others
 *   dearest first; a key is "" for requests that have no such name. %NULL with %WAY_ERROR_LEDGER or
 *   %G_IO_ERROR_CANCELLED
 */
GPtrArray *
way_ledger_spend_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, way_ledger_spend_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_spent_async:
 * @ledger: a ledger
 * @questions: (array length=n_questions): whose spend since when; copied
 * @n_questions: how many there are
 * @cancellable: (nullable): to give the questions up
 * @callback: called on the thread-default context of the caller
 * @user_data: for @callback
 *
 * Asks for sums that a budget is held against, all at one moment. They come from the daily totals
 * as those of way_ledger_spend_async() do: costs that are unknown are not in them, and records that
 * the disk refuses for now are not either. Any thread.
 */
void
way_ledger_spent_async (WayLedger *ledger,
                        const WaySpentQuestion *questions,
                        guint n_questions,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (ledger != NULL);
  g_return_if_fail (questions != NULL || n_questions == 0);

  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_ledger_spent_async);
  GArray *copies = g_array_sized_new (FALSE, FALSE, sizeof (WaySpentQuestion), n_questions);
  g_array_set_clear_func (copies, spent_question_clear);
  for (guint i = 0; i < n_questions; i++)
    {
      WaySpentQuestion copy = questions[i];
      copy.name = g_strdup (copy.name);
      g_array_append_val (copies, copy);
    }
  g_task_set_task_data (task, copies, (GDestroyNotify)g_array_unref);
  way_ledger_ask (ledger, task, answer_spent);
}

/**
 * way_ledger_spent_finish:
 * @ledger: the ledger that was asked, which may be closed by now
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (nullable) (transfer full) (element-type gint64): nano-USD, one sum a question in their
 *   order; 0 for a name that no request has. %NULL with %WAY_ERROR_LEDGER or
 *   %G_IO_ERROR_CANCELLED
 */
GArray *
way_ledger_spent_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, way_ledger_spent_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * way_ledger_flush_async:
 * @ledger: a ledger
 * @callback: called on the thread-default context of the caller
 * @user_data: for @callback
 *
 * Asks to be told when every record given before is committed: it then outlives the process.
 */
void
way_ledger_flush_async (WayLedger *ledger, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (ledger != NULL);

  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, way_ledger_flush_async);
  way_ledger_ask (ledger, task, answer_flush);
}

/**
 * way_ledger_flush_finish:
 * @ledger: the ledger that was asked, which may be closed by now
 * @result: what the callback got
 * @error: return location
 *
 * Returns: %TRUE once all is on disk, %FALSE with %WAY_ERROR_LEDGER when the disk refuses; the
 *   records then wait in memory for the next try
 */
gboolean
way_ledger_flush_finish (WayLedger *ledger, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, way_ledger_flush_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * way_spend_row_free:
 * @row: (transfer full): a row of an answer
 *
 * Frees @row.
 */
void
way_spend_row_free (WaySpendRow *row)
{
  g_free (row->key);
  g_free (row);
}

/**
 * way_spend_by_from_name:
 * @name: "day", "app", "provider", "model" or "target"
 * @ret_by: (out): what it names
 *
 * Returns: %FALSE when @name is none of them; @ret_by is then untouched
 */
gboolean
way_spend_by_from_name (const char *name, WaySpendBy *ret_by)
{
  static const char *const names[] = {
    [WAY_SPEND_BY_DAY] = "day",           [WAY_SPEND_BY_APP] = "app",
    [WAY_SPEND_BY_PROVIDER] = "provider", [WAY_SPEND_BY_MODEL] = "model",
    [WAY_SPEND_BY_TARGET] = "target",
  };

  g_return_val_if_fail (name != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      {
        *ret_by = i;
        return TRUE;
      }
  return FALSE;
}
