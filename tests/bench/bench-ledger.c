/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the ledger costs when it is full: writing, every question of the window and of the API, and
 * retention while writes go on. Prints a table; exit 1 when a figure misses its target. */

#include "ledger-data.h"

#include "way-clock.h"
#include "way-ledger.h"

#include <glib/gstdio.h>

#include <stdlib.h>
#include <sys/resource.h>

#define N_DAYS 400
#define GROUP 100000  /* requests a figure of writing is for */
#define PORTION 10000 /* requests given at once: they are made outside the measured time */
#define REPEATS 9
#define MAX_BYTES_A_REQUEST 300
#define MAX_QUESTION_MS 50.0
#define MAX_STALL_MS 50.0
/* Of the last group over the first. */
#define MAX_SLOWDOWN 1.5
#define WATCHED_WRITES 300

typedef struct
{
  GRand *rand;
  char *path;
  WayLedger *ledger;
  gint64 n_requests;
  gint64 begin_us; /* of the first request */
  char *middle_id;
  gboolean missed;
} Bench;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
flush (Bench *bench)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_flush_async (bench->ledger, on_answer, &result);
  if (!way_ledger_flush_finish (bench->ledger, wait_for (&result), &error))
    g_error ("%s", error->message);
}

static double
get_cpu_ms (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static void
check (Bench *bench, const char *what, double value, double maximum)
{
  if (value <= maximum)
    return;
  g_print ("MISSED  %s: %.1f, the target is %.1f\n", what, value, maximum);
  bench->missed = TRUE;
}

static void
open_ledger (Bench *bench)
{
  g_autoptr (GError) error = NULL;
  bench->ledger = way_ledger_new (bench->path, &error);
  if (!bench->ledger)
    g_error ("%s", error->message);
}

/* Requests are spread evenly over the days, the last one now. */
static gint64
get_time_us (const Bench *bench, gint64 n)
{
  return bench->begin_us +
         (gint64)((double)n / (double)bench->n_requests * N_DAYS * (double)G_TIME_SPAN_DAY);
}

/* Writes one portion; adds what it took. */
static void
write_portion (Bench *bench, gint64 first, double *wall_ms, double *cpu_ms)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  for (gint64 n = first; n < MIN (first + PORTION, bench->n_requests); n++)
    g_ptr_array_add (records, data_make_record (bench->rand, get_time_us (bench, n)));
  if (!bench->middle_id && first >= bench->n_requests / 2)
    bench->middle_id = g_strdup (((WayRecord *)records->pdata[0])->id);

  gint64 began_us = way_clock_get_monotonic_us ();
  double began_cpu_ms = get_cpu_ms ();
  for (guint i = 0; i < records->len; i++)
    way_ledger_record (bench->ledger, records->pdata[i]);
  flush (bench);
  *cpu_ms += get_cpu_ms () - began_cpu_ms;
  *wall_ms += (double)(way_clock_get_monotonic_us () - began_us) / 1000;
}

static void
write_all (Bench *bench)
{
  double first_ms = 0, last_ms = 0;
  gint64 group = MIN (GROUP, bench->n_requests);
  gint64 n_groups = bench->n_requests / group;
  g_print ("%-44s %12s %12s\n", "writing, a group of requests", "CPU ms", "wall ms");
  for (gint64 i = 0; i < n_groups; i++)
    {
      double wall_ms = 0, cpu_ms = 0;
      for (gint64 n = i * group; n < (i + 1) * group; n += PORTION)
        write_portion (bench, n, &wall_ms, &cpu_ms);
      first_ms = i == 0 ? cpu_ms : first_ms;
      last_ms = cpu_ms;
      if (i % MAX (n_groups / 10, 1) == 0 || i + 1 == n_groups)
        g_print ("  %'-42" G_GINT64_FORMAT " %12.0f %12.0f\n", (i + 1) * group, cpu_ms, wall_ms);
    }
  check (bench, "the last group over the first", last_ms / first_ms, MAX_SLOWDOWN);
}

static void
measure_file (Bench *bench)
{
  gint64 began_us = way_clock_get_monotonic_us ();
  g_clear_pointer (&bench->ledger, way_ledger_close);
  gint64 closed_us = way_clock_get_monotonic_us ();
  open_ledger (bench);
  gint64 opened_us = way_clock_get_monotonic_us ();

  GStatBuf status;
  if (g_stat (bench->path, &status) != 0)
    g_error ("%s is gone", bench->path);
  double bytes = (double)status.st_size / (double)bench->n_requests;
  g_print ("\n%-44s %12.1f\n", "file, bytes a request", bytes);
  g_print ("%-44s %12.1f\n", "closing, ms", (double)(closed_us - began_us) / 1000);
  g_print ("%-44s %12.1f\n", "opening, ms", (double)(opened_us - closed_us) / 1000);
  check (bench, "bytes a request", bytes, MAX_BYTES_A_REQUEST);
}

/* --- Questions --- */

typedef guint (*AskFunc) (Bench *bench, gconstpointer question);

static guint
ask_page (Bench *bench, gconstpointer question)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_query_async (bench->ledger, question, NULL, on_answer, &result);
  g_autoptr (GPtrArray) records =
    way_ledger_query_finish (bench->ledger, wait_for (&result), &error);
  if (!records)
    g_error ("%s", error->message);
  return records->len;
}

static guint
ask_one (Bench *bench, gconstpointer question)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_get_async (bench->ledger, question, NULL, on_answer, &result);
  g_autoptr (WayRecord) record = way_ledger_get_finish (bench->ledger, wait_for (&result), &error);
  if (!record)
    g_error ("%s", error->message);
  return 1;
}

typedef struct
{
  WaySpendBy by;
  gint64 since_us;
} Spend;

static guint
ask_spend (Bench *bench, gconstpointer question)
{
  const Spend *spend = question;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  way_ledger_spend_async (bench->ledger, spend->by, spend->since_us, NULL, on_answer, &result);
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (bench->ledger, wait_for (&result), &error);
  if (!rows)
    g_error ("%s", error->message);
  return rows->len;
}

static guint
ask_spent (Bench *bench, gconstpointer question)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const WaySpentQuestion scopes[] = {
    { WAY_SPENT_BY_ALL, NULL, 0 },
    { WAY_SPENT_BY_APP, DATA_APP, 0 },
    { WAY_SPENT_BY_PROVIDER, DATA_PROVIDER, 0 },
    { WAY_SPENT_BY_MODEL, DATA_MODEL, 0 },
  };
  way_ledger_spent_async (bench->ledger, scopes, G_N_ELEMENTS (scopes), NULL, on_answer, &result);
  g_autoptr (GArray) sums = way_ledger_spent_finish (bench->ledger, wait_for (&result), &error);
  if (!sums)
    g_error ("%s", error->message);
  return sums->len;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void
measure (Bench *bench, const char *what, AskFunc ask, gconstpointer question, double maximum_ms)
{
  double spans_ms[REPEATS];
  guint n_rows = 0;
  for (guint i = 0; i < REPEATS; i++)
    {
      gint64 began_us = way_clock_get_monotonic_us ();
      n_rows = ask (bench, question);
      spans_ms[i] = (double)(way_clock_get_monotonic_us () - began_us) / 1000;
    }
  double first_ms = spans_ms[0];
  qsort (spans_ms, REPEATS, sizeof spans_ms[0], compare_doubles);
  g_print ("  %-42s %12.2f %12.2f %8u\n", what, spans_ms[REPEATS / 2], first_ms, n_rows);
  check (bench, what, spans_ms[REPEATS / 2], maximum_ms);
}

static void
measure_pages (Bench *bench)
{
  const struct
  {
    const char *what;
    WayLedgerFilter filter;
  } pages[] = {
    { "newest 100", { NULL } },
    { "newest 500 (window)", { .limit = 500 } },
    { "newest 1,000 (the most)", { .limit = 1000 } },
    { "app", { .app = DATA_APP } },
    { "app, rare", { .app = DATA_RARE_APP } },
    { "app, last seen (window)", { .app = DATA_RARE_APP, .limit = 1 } },
    { "provider", { .provider = DATA_PROVIDER } },
    { "provider, rare", { .provider = DATA_RARE_PROVIDER } },
    { "model, requested and answered", { .model = DATA_MODEL } },
    { "model, a route's pattern", { .model = DATA_ROUTE } },
    { "model, rare", { .model = DATA_RARE_MODEL } },
    { "outcome done", { .outcome = "done" } },
    { "outcome upstream_error", { .outcome = "upstream_error" } },
    { "outcome shutdown, rare", { .outcome = "shutdown" } },
    { "status 200", { .status = 200 } },
    { "status 429", { .status = 429 } },
    { "tag", { .tag = "nightly" } },
    { "tag, rare", { .tag = DATA_RARE_TAG } },
    { "tag, unknown", { .tag = "no such tag" } },
    { "since yesterday", { .since_us = way_clock_get_wall_us () - G_TIME_SPAN_DAY } },
    { "app and outcome", { .app = DATA_APP, .outcome = "upstream_error" } },
    { "app and provider that never meet", { .app = DATA_LOCAL_APP, .provider = DATA_PROVIDER } },
    { "app and provider, both rare", { .app = DATA_RARE_APP, .provider = DATA_RARE_PROVIDER } },
    { "app, provider rare", { .app = DATA_APP, .provider = DATA_RARE_PROVIDER } },
    { "app rare, provider", { .app = DATA_RARE_APP, .provider = DATA_PROVIDER } },
    { "app, model rare, outcome",
      { .app = DATA_APP, .model = DATA_RARE_MODEL, .outcome = "done" } },
    { "provider, outcome rare", { .provider = DATA_PROVIDER, .outcome = "shutdown" } },
    { "app and tag rare", { .app = DATA_APP, .tag = DATA_RARE_TAG } },
  };
  g_print ("\n%-44s %12s %12s %8s\n", "a page, ms", "median", "first", "rows");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      WayLedgerFilter filter = pages[i].filter;
      g_autofree char *middle = g_strdup_printf ("%s, middle", pages[i].what);
      measure (bench, pages[i].what, ask_page, &filter, MAX_QUESTION_MS);
      filter.before_id = bench->middle_id;
      measure (bench, middle, ask_page, &filter, MAX_QUESTION_MS);
    }
  measure (bench, "one by its id", ask_one, bench->middle_id, MAX_QUESTION_MS);
  /* Each is common, so there is no short walk to find that nothing is both: told, not judged. */
  WayLedgerFilter nothing = { .provider = "anthropic", .model = DATA_MODEL };
  measure (bench, "provider and model that never meet", ask_page, &nothing, G_MAXDOUBLE);
}

static void
measure_sums (Bench *bench)
{
  static const char *const names[] = { "day", "app", "provider", "model" };
  gint64 month_us = way_clock_get_wall_us () - 30 * G_TIME_SPAN_DAY;
  g_print ("\n%-44s %12s %12s %8s\n", "spend, ms", "median", "first", "rows");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *all = g_strdup_printf ("by %s, all days", names[i]);
      g_autofree char *month = g_strdup_printf ("by %s, 30 days", names[i]);
      measure (bench, all, ask_spend, &(Spend){ i, 0 }, MAX_QUESTION_MS);
      measure (bench, month, ask_spend, &(Spend){ i, month_us }, MAX_QUESTION_MS);
    }
  measure (bench, "four budgets, all days", ask_spent, NULL, MAX_QUESTION_MS);
}

/* --- Retention --- */

static gint64
count_before (Bench *bench, gint64 before_us)
{
  char id[] = "req_00000000000000000000000000";
  WayLedgerFilter filter = { .before_id = id, .limit = 1 };
  guint64 time_ms = (guint64)before_us / 1000;
  for (int i = 13; i >= 4; i--, time_ms >>= 5)
    id[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[time_ms & 31];
  return ask_page (bench, &filter);
}

/* Writes one request after the other, each waited for. The longest wait, and that of half of them.
 */
static void
watch_writes (Bench *bench, const char *what, guint n_writes)
{
  g_autofree double *spans_ms = g_new (double, n_writes);
  for (guint i = 0; i < n_writes; i++)
    {
      WayRecord *record = data_make_record (bench->rand, way_clock_get_wall_us ());
      gint64 began_us = way_clock_get_monotonic_us ();
      way_ledger_record (bench->ledger, record);
      flush (bench);
      spans_ms[i] = (double)(way_clock_get_monotonic_us () - began_us) / 1000;
    }
  qsort (spans_ms, n_writes, sizeof spans_ms[0], compare_doubles);
  g_print ("  %-42s %12.2f %12.2f\n", what, spans_ms[n_writes / 2], spans_ms[n_writes - 1]);
  check (bench, what, spans_ms[n_writes - 1], MAX_STALL_MS);
}

static void
measure_retention (Bench *bench)
{
  g_print ("\n%-44s %12s %12s\n", "a write until it is on disk, ms", "median", "longest");
  watch_writes (bench, "nothing else going on", WATCHED_WRITES);
  gint64 kept_us = way_clock_get_wall_us () - (N_DAYS - 1) * G_TIME_SPAN_DAY;
  gint64 began_us = way_clock_get_monotonic_us ();
  way_ledger_set_retention (bench->ledger, N_DAYS - 1);
  watch_writes (bench, "while a day is deleted", WATCHED_WRITES);
  while (count_before (bench, kept_us) > 0)
    watch_writes (bench, "while a day is deleted, still", WATCHED_WRITES);
  double span_ms = (double)(way_clock_get_monotonic_us () - began_us) / 1000;
  g_print ("  %-42s %12.0f\n", "all writes and the day's deletion", span_ms);
}

static void
remove_files (const char *folder, const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);
      g_unlink (name);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  gint64 n_requests = 5000000;
  g_autofree char *kept = NULL;
  const GOptionEntry entries[] = {
    { "requests", 0, 0, G_OPTION_ARG_INT64, &n_requests, "How many, else 5,000,000", "N" },
    { "keep", 0, 0, G_OPTION_ARG_FILENAME, &kept, "Keep the ledger in this new file", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- how the ledger bears a load");
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1 || n_requests < PORTION)
    {
      g_printerr ("bench-ledger: %s\n", error ? error->message : "see --help");
      return 2;
    }

  n_requests -= n_requests > GROUP ? n_requests % GROUP : 0; /* whole groups */
  g_autofree char *folder = kept ? NULL : g_dir_make_tmp ("wayfare-bench-ledger-XXXXXX", NULL);
  Bench bench = {
    .rand = g_rand_new_with_seed (1),
    .path = kept ? g_strdup (kept) : g_build_filename (folder, "ledger.sqlite", NULL),
    .n_requests = n_requests,
    .begin_us = way_clock_get_wall_us () - N_DAYS * G_TIME_SPAN_DAY,
  };
  open_ledger (&bench);
  write_all (&bench);
  measure_file (&bench);
  measure_pages (&bench);
  measure_sums (&bench);
  measure_retention (&bench);
  way_ledger_close (bench.ledger);
  if (folder)
    remove_files (folder, bench.path);
  g_rand_free (bench.rand);
  g_free (bench.middle_id);
  g_free (bench.path);
  return bench.missed ? 1 : 0;
}
