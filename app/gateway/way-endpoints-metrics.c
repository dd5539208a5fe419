/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* GET /metrics: what was counted, and what holds just now. Gateway thread. */

#include "way-clock.h"
#include "way-endpoints.h"
#include "way-metric.h"
#include "way-metrics.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Gauges: read when asked. What is unknown has no sample, never a 0 nobody measured. */

typedef struct
{
  const char *name;
  const WayCore *core;
  const WaySnapshot *snapshot;
  GString *text;
} Collection;

static void
collect_build (const Collection *to)
{
  way_metric_append_sample (to->text, to->name, "version", WAY_VERSION, 1);
}

static void
collect_in_flight (const Collection *to)
{
  way_metric_append_sample (to->text, to->name, NULL, NULL, g_hash_table_size (to->core->running));
}

static void
collect_queued (const Collection *to)
{
  way_metric_append_sample (to->text, to->name, NULL, NULL, way_queue_get_length (to->core->queue));
}

/* Which state a breaker is in: 1 for that state, 0 for the others. */
static void
collect_breaker (const WayTargetTraffic *target, gpointer user_data)
{
  const Collection *to = user_data;
  WayBreakerState now = way_breaker_get_state (&target->breaker, way_clock_get_wall_us ());

  for (int state = WAY_BREAKER_CLOSED; state <= WAY_BREAKER_HALF_OPEN; state++)
    {
      const WayMetricLabel labels[] = {
        { "provider", target->provider },
        { "model", target->model },
        { "state", way_breaker_state_get_name ((WayBreakerState)state) },
      };

      way_metric_append_labelled (to->text, to->name, labels, G_N_ELEMENTS (labels),
                                  (int)now == state);
    }
}

static void
collect_breakers (const Collection *to)
{
  way_traffic_foreach (to->core->traffic, collect_breaker, (gpointer)to);
}

static void
collect_budgets (const Collection *to)
{
  const GPtrArray *budgets = way_budgets_get_all (to->core->budgets);

  for (guint i = 0; i < budgets->len; i++)
    {
      const WayBudget *budget = budgets->pdata[i];
      const WayMetricLabel labels[] = {
        { "of", way_budget_scope_get_name (budget->scope) },
        { "name", budget->name ? budget->name : "" },
        { "period", way_period_get_name (budget->terms.period) },
      };

      if (budget->is_loaded)
        way_metric_append_labelled (to->text, to->name, labels, G_N_ELEMENTS (labels),
                                    (double)way_budget_get_left (budget) * 1e-9);
    }
}

static void
collect_reach (const Collection *to)
{
  for (guint i = 0; i < to->snapshot->providers->len; i++)
    {
      const WayProvider *provider = to->snapshot->providers->pdata[i];
      const WayProviderState *state = way_health_get (to->core->health, provider->id);

      if (state && state->reach != WAY_REACH_UNKNOWN)
        way_metric_append_sample (to->text, to->name, "provider", provider->id,
                                  state->reach == WAY_REACH_UP);
    }
}

static void
collect_cpu (const Collection *to)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) == 0)
    way_metric_append_sample (to->text, to->name, NULL, NULL,
                              (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6);
}

/* Field 2 of /proc/self/statm, proc(5): resident pages. */
static void
collect_memory (const Collection *to)
{
  g_autofree char *statm = NULL;
  unsigned long n_pages;

  if (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL) &&
      sscanf (statm, "%*u %lu", &n_pages) == 1)
    way_metric_append_sample (to->text, to->name, NULL, NULL,
                              (double)n_pages * (double)sysconf (_SC_PAGESIZE));
}

static void
collect_descriptors (const Collection *to)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_open = 0;

  if (!folder)
    return;
  while (g_dir_read_name (folder))
    n_open++;
  way_metric_append_sample (to->text, to->name, NULL, NULL, n_open - 1); /* without the folder's */
}

/* proc(5): "btime" of /proc/stat is when the machine started, field 22 of /proc/self/stat how many
 * ticks later this process did. The name in field 2 may hold spaces, so fields are counted from the
 * parenthesis behind it, after which field 3 comes. */
static void
collect_start (const Collection *to)
{
  g_autofree char *machine = NULL;
  g_autofree char *process = NULL;
  const char *boot;
  const char *fields;
  unsigned long long boot_seconds;
  unsigned long long n_ticks;

  if (!g_file_get_contents ("/proc/stat", &machine, NULL, NULL) ||
      !g_file_get_contents ("/proc/self/stat", &process, NULL, NULL))
    return;
  boot = strstr (machine, "\nbtime ");
  fields = strrchr (process, ')');
  if (!boot || !fields || sscanf (boot, " btime %llu", &boot_seconds) != 1 ||
      sscanf (fields,
              ") %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
              &n_ticks) != 1)
    return;
  way_metric_append_sample (to->text, to->name, NULL, NULL,
                            (double)boot_seconds + (double)n_ticks / (double)sysconf (_SC_CLK_TCK));
}

/* One more is one row: a function that appends the samples it knows. */
static const struct
{
  const char *name;
  const char *type;
  const char *help;
  void (*collect) (const Collection *to);
} collectors[] = {
  { "wayfare_build_info", "gauge", "Always 1; the version is its label.", collect_build },
  { "wayfare_requests_in_flight", "gauge", "Requests not ended yet, those that wait included.",
    collect_in_flight },
  { "wayfare_requests_queued", "gauge", "Requests that wait for room at a target.",
    collect_queued },
  { "wayfare_provider_up", "gauge",
    "Whether a provider can be asked now: 0 if it is down, wants us to wait or lacks its key.",
    collect_reach },
  { "wayfare_breaker_state", "gauge", "1 for the state the breaker of a target is in.",
    collect_breakers },
  { "wayfare_budget_left_usd", "gauge", "What a budget has neither spent nor reserved.",
    collect_budgets },
  { "process_cpu_seconds_total", "counter", "Processor time of user and system.", collect_cpu },
  { "process_start_time_seconds", "gauge", "When the process started, since 1970.", collect_start },
  { "process_resident_memory_bytes", "gauge", "Resident memory.", collect_memory },
  { "process_open_fds", "gauge", "Open file descriptors.", collect_descriptors },
};

/**
 * way_endpoints_metrics:
 *
 * GET /metrics: counters, histograms and gauges for Prometheus.
 */
void
way_endpoints_metrics (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_autoptr (GString) text = NULL;
  Collection to = { .core = way_endpoints_get_core (self), .snapshot = request->snapshot };

  if (!way_endpoints_begin (request))
    return;
  text = g_string_new (NULL);
  to.text = text;
  for (gsize i = 0; i < G_N_ELEMENTS (collectors); i++)
    {
      to.name = collectors[i].name;
      way_metric_append_head (text, to.name, collectors[i].type, collectors[i].help);
      collectors[i].collect (&to);
    }
  way_metrics_append_text (to.core->metrics, text);
  way_reply_send (request, way_reply_begin (request, 200), CONTENT_TYPE, text->str, text->len);
}
