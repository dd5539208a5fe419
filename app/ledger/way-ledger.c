/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The ledger's door and its thread: records and questions go into one queue, the thread writes what
 * has gathered in one transaction and answers between transactions. The public functions may be
 * called from any thread; everything static below "The ledger thread" runs on that thread only. */

#include "way-ledger-private.h"

#include "way-clock.h"
#include "way-limits.h"
#include "way-log.h"
#include "way-unwritten.h"

#include <time.h>

#define MAX_TRANSACTION_RECORDS 512

/* Under load one commit in this time: each costs some 50 µs of writes however small it is, and a
 * giver wakes the thread only when it waits. A lone record does not wait. */
#define COMMIT_PACE_US (10 * 1000)

#define RETRY_US (2 * G_USEC_PER_SEC)

#define RETENTION_BATCH 500
#define RETENTION_PERIOD_US (G_TIME_SPAN_HOUR)

typedef enum
{
  JOB_RECORD,
  JOB_QUESTION,
  JOB_RETENTION,
  JOB_CLOSE,
} JobType;

typedef struct
{
  JobType type;
  WayRecord *record;      /* owned, JOB_RECORD */
  GTask *task;            /* owned, JOB_QUESTION */
  WayLedgerAnswer answer; /* JOB_QUESTION */
  gint64 retention_days;  /* JOB_RETENTION */
} Job;

struct _WayLedger
{
  /* any thread */
  GAsyncQueue *jobs;
  GThread *thread;
  gint n_waiting; /* atomic: records in memory, queued or pending */
  gint warn_at;   /* atomic: how many of them the log is told of next */

  WayUnwritten *unwritten; /* nullable; under the queue's lock */

  /* the ledger thread */
  WayLedgerDb *db;
  GPtrArray *pending;  /* records taken from the queue, not yet on disk */
  GHashTable *surplus; /* the totals of those for which there was no more room */
  guint n_surplus;     /* how many those are */
  GError *failure;     /* why they are not, NULL while all goes well */
  guint n_turned;      /* records that are to be on disk before the unwritten turn again */
  gint64 committed_us; /* monotonic, last commit */
  gint64 retry_us;     /* monotonic, when to try again after a failure */
  gint64 retention_us; /* monotonic, when to look for requests that are too old */
  gint64 retention_days;
};

static void
job_free (Job *job)
{
  g_clear_pointer (&job->record, way_record_unref);
  g_clear_object (&job->task);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Job, job_free)

/* --- The ledger thread --- */

static gboolean
insert_all (WayLedgerDb *db, GPtrArray *records, guint n_records, GError **error)
{
  for (guint i = 0; i < n_records; i++)
    if (!way_ledger_requests_insert (db, g_ptr_array_index (records, i), error))
      return FALSE;
  return TRUE;
}

/* The first @n_records that are pending, and all of the surplus. */
static gboolean
write_transaction (WayLedger *ledger, guint n_records, GError **error)
{
  WayLedgerDb *db = ledger->db;
  if (!way_ledger_db_run (db, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!insert_all (db, ledger->pending, n_records, error) ||
      !way_ledger_totals_write (db, db->totals, error) ||
      !way_ledger_totals_write (db, ledger->surplus, error) ||
      !way_ledger_db_run (db, "COMMIT", error))
    {
      way_ledger_db_rollback (db);
      return FALSE;
    }
  g_hash_table_remove_all (db->totals);
  g_hash_table_remove_all (ledger->surplus);
  return TRUE;
}

/* @n_records of those that wait are on disk or given up. */
static void
leave_memory (WayLedger *ledger, guint n_records)
{
  gint n_waiting = g_atomic_int_add (&ledger->n_waiting, -(gint)n_records) - (gint)n_records;
  if (n_waiting < WAY_LEDGER_CROWDED_RECORDS / 2)
    g_atomic_int_set (&ledger->warn_at, WAY_LEDGER_CROWDED_RECORDS);
}

static void
note_surplus (WayLedger *ledger)
{
  if (ledger->n_surplus > 0)
    way_log_notice ("%u requests are only in the totals of the ledger: memory had no room for them",
                    ledger->n_surplus);
  ledger->n_surplus = 0;
}

static void
note_failure (WayLedger *ledger, GError *failure)
{
  if (!ledger->failure)
    way_log_notice ("%s; requests stay in memory and are written when it works again",
                    failure->message);
  g_clear_error (&ledger->failure);
  ledger->failure = failure;
  ledger->retry_us = way_clock_get_monotonic_us () + RETRY_US;
}

/* Writes all that is pending. What cannot be written stays, so that the next try has it. */
static void
write_pending (WayLedger *ledger)
{
  tzset (); /* the day of a request is that of the time zone of now */
  while (ledger->pending->len > 0)
    {
      guint n_records = MIN (ledger->pending->len, MAX_TRANSACTION_RECORDS);
      GError *failure = NULL;
      if (!write_transaction (ledger, n_records, &failure))
        {
          note_failure (ledger, failure);
          return;
        }
      g_ptr_array_remove_range (ledger->pending, 0, n_records);
      ledger->n_turned -= MIN (ledger->n_turned, n_records);
      leave_memory (ledger, n_records);
      note_surplus (ledger);
      ledger->committed_us = way_clock_get_monotonic_us ();
    }
  if (ledger->failure)
    way_log_notice ("the ledger can be written again");
  g_clear_error (&ledger->failure);
}

static void
apply_retention (WayLedger *ledger)
{
  g_autoptr (GError) error = NULL;
  gint64 before_us =
    way_clock_get_wall_us () - CLAMP (ledger->retention_days, 1, 100000) * G_TIME_SPAN_DAY;
  guint deleted = 0;
  if (!way_ledger_requests_delete (ledger->db, before_us, RETENTION_BATCH, &deleted, &error))
    way_log_notice ("old requests were not deleted, next try in an hour: %s", error->message);
  way_capture_trim (ledger->db);
  ledger->retention_us =
    way_clock_get_monotonic_us () + (deleted == RETENTION_BATCH ? 0 : RETENTION_PERIOD_US);
}

/* When the thread must act though nobody asks, 0 for never. */
static gint64
get_deadline_us (const WayLedger *ledger)
{
  gint64 deadline_us = ledger->failure ? ledger->retry_us : 0;
  if (ledger->retention_days > 0 && (deadline_us == 0 || ledger->retention_us < deadline_us))
    deadline_us = ledger->retention_us;
  return deadline_us;
}

/* (nullable): the next job, %NULL when a deadline came first. */
static Job *
wait_for_job (WayLedger *ledger)
{
  gint64 deadline_us = get_deadline_us (ledger);
  if (deadline_us == 0)
    return g_async_queue_pop (ledger->jobs);
  gint64 wait_us = deadline_us - way_clock_get_monotonic_us ();
  if (wait_us <= 0)
    return g_async_queue_try_pop (ledger->jobs);
  return g_async_queue_timeout_pop (ledger->jobs, (guint64)wait_us);
}

/* Lets records gather while the last commit is young. Not in the queue's own wait, which every
 * giver would have to end. */
static void
keep_pace (const WayLedger *ledger)
{
  gint64 wait_us = ledger->committed_us + COMMIT_PACE_US - way_clock_get_monotonic_us ();
  if (ledger->committed_us > 0 && wait_us > 0)
    {
      struct timespec span = { .tv_nsec = MIN (wait_us, COMMIT_PACE_US) * 1000 };
      clock_nanosleep (CLOCK_MONOTONIC, 0, &span, NULL);
    }
}

/* What is given from now on goes to the other half of the unwritten, if all of that is on disk. */
static void
turn_unwritten (WayLedger *ledger)
{
  if (!ledger->unwritten || ledger->n_turned > 0 || ledger->pending->len > 0)
    return;
  g_async_queue_lock (ledger->jobs);
  way_unwritten_turn (ledger->unwritten);
  ledger->n_turned = (guint)g_atomic_int_get (&ledger->n_waiting);
  g_async_queue_unlock (ledger->jobs);
}

/* Past the limit a request keeps its part of the totals, and loses its row. */
static void
keep_record (WayLedger *ledger, WayRecord *record)
{
  if (ledger->pending->len < WAY_LIMIT_LEDGER_WAITING_RECORDS)
    {
      g_ptr_array_add (ledger->pending, record);
      return;
    }
  if (ledger->n_surplus++ == 0)
    way_log_notice ("%d requests wait in memory for the ledger, and there is no room for more: "
                    "further ones will be only in the totals",
                    WAY_LIMIT_LEDGER_WAITING_RECORDS);
  way_ledger_totals_add (ledger->surplus, record);
  way_record_unref (record);
  leave_memory (ledger, 1);
}

/* Takes the records at the head of the queue. (nullable): the first job that is none. */
static Job *
gather_records (WayLedger *ledger, Job *first)
{
  guint n_taken = 0;

  turn_unwritten (ledger);
  for (Job *job = first; job; job = g_async_queue_try_pop (ledger->jobs))
    {
      if (job->type != JOB_RECORD)
        return job;
      keep_record (ledger, g_steal_pointer (&job->record));
      job_free (job);
      if (++n_taken == MAX_TRANSACTION_RECORDS)
        return NULL;
    }
  return NULL;
}

/* FALSE when the ledger is to be closed. */
static gboolean
run_job (WayLedger *ledger, Job *job)
{
  switch (job->type)
    {
    case JOB_RECORD:
      break;
    case JOB_QUESTION:
      if (!g_task_return_error_if_cancelled (job->task))
        job->answer (ledger->db, ledger->failure, job->task);
      break;
    case JOB_RETENTION:
      ledger->retention_days = job->retention_days;
      ledger->retention_us = 0;
      break;
    case JOB_CLOSE:
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_once (WayLedger *ledger)
{
  Job *first = wait_for_job (ledger);
  if (first && first->type == JOB_RECORD)
    keep_pace (ledger);
  g_autoptr (Job) job = gather_records (ledger, first);

  /* A question sees every record given before it, so it is worth a try before its time. */
  gint64 now_us = way_clock_get_monotonic_us ();
  if (ledger->pending->len > 0 && (job || !ledger->failure || now_us >= ledger->retry_us))
    write_pending (ledger);
  if (job && !run_job (ledger, job))
    return FALSE;
  if (ledger->retention_days > 0 && way_clock_get_monotonic_us () >= ledger->retention_us)
    apply_retention (ledger);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  WayLedger *ledger = data;

  ledger->db->thread = g_thread_self ();
  while (run_once (ledger))
    continue;
  if (ledger->pending->len > 0)
    way_log_notice ("%u requests could not be written before the ledger was closed: %s",
                    ledger->pending->len + ledger->n_surplus, ledger->failure->message);
  way_ledger_db_close (ledger->db);
  return NULL;
}

/* --- The door --- */

/* Writes what a process that was killed has left, and begins to keep what this one would leave. The
 * opener's thread is the ledger's until that has begun. */
static void
recover (WayLedger *ledger, const char *path)
{
  g_autofree char *unwritten_path = g_strconcat (path, ".unwritten", NULL);
  g_autoptr (GError) error = NULL;

  ledger->db->thread = g_thread_self ();
  ledger->unwritten = way_unwritten_open (unwritten_path, ledger->pending, &error);
  if (!ledger->unwritten)
    {
      if (!g_error_matches (error, WAY_ERROR, WAY_ERROR_ALREADY_RUNNING))
        way_log_notice ("%s; a crash may lose the requests of its last moment", error->message);
      return;
    }
  ledger->n_waiting = (gint)ledger->pending->len;
  write_pending (ledger);
  /* What cannot be written now stays as it is for the next time. */
  if (ledger->pending->len > 0 || !way_unwritten_start (ledger->unwritten))
    way_unwritten_close (g_steal_pointer (&ledger->unwritten), FALSE);
}

/* Has @answer called on the ledger thread, after all that was given before. Takes @task. */
void
way_ledger_ask (WayLedger *ledger, GTask *task, WayLedgerAnswer answer)
{
  Job *job = g_new0 (Job, 1);
  job->type = JOB_QUESTION;
  job->task = task;
  job->answer = answer;
  g_async_queue_push (ledger->jobs, job);
}

/**
 * way_ledger_new:
 * @path: (type filename): the file; it and its folder are made (0600, 0700) when they are missing
 * @error: return location
 *
 * Opens the ledger, brings its tables up to date and starts its thread. Blocks for the opening.
 *
 * Returns: (nullable) (transfer full): the ledger, to be given to way_ledger_close(), or %NULL with
 *   %WAY_ERROR_IO (the file cannot be made) or %WAY_ERROR_LEDGER (damaged, another program's, of a
 *   newer Wayfare, or locked). A refused file is left as it was and is never moved or deleted.
 */
WayLedger *
way_ledger_new (const char *path, GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  WayLedgerDb *db = way_ledger_db_open (path, error);
  if (!db)
    return NULL;

  WayLedger *ledger = g_new0 (WayLedger, 1);
  ledger->db = db;
  ledger->jobs = g_async_queue_new_full ((GDestroyNotify)job_free);
  ledger->warn_at = WAY_LEDGER_CROWDED_RECORDS;
  ledger->pending = g_ptr_array_new_with_free_func ((GDestroyNotify)way_record_unref);
  ledger->surplus = way_ledger_totals_new ();
  recover (ledger, path);
  ledger->thread = g_thread_new ("ledger", run, ledger);
  return ledger;
}

/**
 * way_ledger_close:
 * @ledger: (transfer full) (nullable): a ledger
 *
 * Writes every record given, answers every question asked, folds the log into the file, ends the
 * thread and frees the ledger. Blocks until then. No other call may run at the same time or later,
 * except that answers on their way may still be taken with the _finish functions, which do not look
 * at the ledger. Of records that the disk refuses to the end the log says how many; those that
 * way_unwritten_add() could keep are there when the ledger is opened again.
 */
void
way_ledger_close (WayLedger *ledger)
{
  if (!ledger)
    return;

  Job *job = g_new0 (Job, 1);
  job->type = JOB_CLOSE;
  g_async_queue_push (ledger->jobs, job);
  g_thread_join (ledger->thread);
  way_unwritten_close (ledger->unwritten, ledger->pending->len == 0);
  g_async_queue_unref (ledger->jobs);
  g_ptr_array_unref (ledger->pending);
  g_hash_table_unref (ledger->surplus);
  g_clear_error (&ledger->failure);
  g_free (ledger);
}

/**
 * way_ledger_record:
 * @ledger: a ledger
 * @record: (transfer full): a sealed record of a request that has ended
 *
 * Has the request written. Returns at once and never fails: while the disk refuses, records wait in
 * memory and are tried again. Past %WAY_LIMIT_LEDGER_WAITING_RECORDS they only go into the totals,
 * so that what was spent is never lost. When this returns the record outlives the process, however
 * that ends. A request whose id the ledger has already is passed over, so that each is there once.
 * Any thread.
 */
void
way_ledger_record (WayLedger *ledger, WayRecord *record)
{
  g_return_if_fail (ledger != NULL);
  g_return_if_fail (record != NULL);

  Job *job = g_new0 (Job, 1);
  job->type = JOB_RECORD;
  job->record = record;
  g_async_queue_lock (ledger->jobs);
  if (ledger->unwritten)
    way_unwritten_add (ledger->unwritten, record);
  gint n_waiting = g_atomic_int_add (&ledger->n_waiting, 1) + 1;
  g_async_queue_push_unlocked (ledger->jobs, job);
  g_async_queue_unlock (ledger->jobs);

  gint warn_at = g_atomic_int_get (&ledger->warn_at);
  if (n_waiting >= warn_at &&
      g_atomic_int_compare_and_exchange (&ledger->warn_at, warn_at, 2 * warn_at))
    way_log_notice ("the ledger is %d requests behind; they wait in memory", n_waiting);
}

/**
 * way_ledger_set_retention:
 * @ledger: a ledger
 * @days: how long requests are kept, 0 or less for ever
 *
 * Has requests that began more than @days ago deleted, now and every hour, few at a time between
 * records. The totals of their days stay. Returns at once. Any thread.
 */
void
way_ledger_set_retention (WayLedger *ledger, gint64 days)
{
  g_return_if_fail (ledger != NULL);

  Job *job = g_new0 (Job, 1);
  job->type = JOB_RETENTION;
  job->retention_days = days;
  g_async_queue_push (ledger->jobs, job);
}
