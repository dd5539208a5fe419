/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Counters and histograms over finished requests, each fed from the request's sealed record. Where
 * OpenTelemetry's conventions for generative AI have a metric, its name, attributes and bucket
 * bounds are theirs, https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/, in the
 * spelling of Prometheus. Gateway thread. */

#include "way-metrics.h"

#include "way-metric.h"

#include <string.h>

#define USD_PER_NANO 1e-9
#define SECONDS_PER_US 1e-6

static const gint64 token_bounds[] = { 1,     4,     16,     64,      256,     1024,     4096,
                                       16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864 };

static const gint64 duration_bounds_us[] = { 10000,    20000,    40000,    80000,   160000,
                                             320000,   640000,   1280000,  2560000, 5120000,
                                             10240000, 20480000, 40960000, 81920000 };

static const gint64 first_token_bounds_us[] = { 1000,    5000,    10000,   20000,   40000,  60000,
                                                80000,   100000,  250000,  500000,  750000, 1000000,
                                                2500000, 5000000, 7500000, 10000000 };

typedef enum
{
  REQUESTS,
  ATTEMPTS,
  FALLBACKS,
  COST,
  UNKNOWN_COST,
  CACHED_TOKENS,
  TOKEN_USAGE,
  REQUEST_DURATION,
  FIRST_TOKEN,
  N_METRICS,
} MetricId;

static const WayMetricSpec specs[N_METRICS] = {
  [REQUESTS] = { .name = "wayfare_requests_total",
                 .help = "Finished requests by the target asked last and how they ended.",
                 .labels = { "provider", "model", "app", "outcome" },
                 .n_labels = 4,
                 .n_open = 3,
                 .scale = 1 },
  [ATTEMPTS] = { .name = "wayfare_attempts_total",
                 .help = "Targets that were asked, and whether they answered.",
                 .labels = { "provider", "model", "verdict" },
                 .n_labels = 3,
                 .n_open = 2,
                 .scale = 1 },
  [FALLBACKS] = { .name = "wayfare_fallbacks_total",
                  .help = "Requests answered by another candidate than the first.",
                  .scale = 1 },
  [COST] = { .name = "wayfare_cost_usd_total",
             .help = "Money charged as far as it is known, failed attempts included.",
             .labels = { "provider", "model", "app" },
             .n_labels = 3,
             .n_open = 3,
             .scale = USD_PER_NANO },
  [UNKNOWN_COST] = { .name = "wayfare_unknown_cost_requests_total",
                     .help = "Requests of which at least one attempt cost nobody knows how much.",
                     .labels = { "provider", "model", "app" },
                     .n_labels = 3,
                     .n_open = 3,
                     .scale = 1 },
  [CACHED_TOKENS] = { .name = "wayfare_cached_tokens_total",
                      .help = "Prompt tokens that came from a provider's cache.",
                      .labels = { "provider", "model" },
                      .n_labels = 2,
                      .n_open = 2,
                      .scale = 1 },
  [TOKEN_USAGE] = { .name = "gen_ai_client_token_usage",
                    .help = "Tokens of a request as its provider reported them, cached included.",
                    .labels = { "gen_ai_provider_name", "gen_ai_request_model",
                                "gen_ai_response_model", "gen_ai_operation_name",
                                "gen_ai_token_type" },
                    .n_labels = 5,
                    .n_open = 3,
                    .scale = 1,
                    .bounds = token_bounds,
                    .n_bounds = G_N_ELEMENTS (token_bounds) },
  [REQUEST_DURATION] = { .name = "gen_ai_server_request_duration_seconds",
                         .help = "From a request's arrival to the last byte of its answer.",
                         .labels = { "gen_ai_provider_name", "gen_ai_request_model",
                                     "gen_ai_response_model", "gen_ai_operation_name",
                                     "error_type" },
                         .n_labels = 5,
                         .n_open = 3,
                         .scale = SECONDS_PER_US,
                         .bounds = duration_bounds_us,
                         .n_bounds = G_N_ELEMENTS (duration_bounds_us) },
  [FIRST_TOKEN] = { .name = "gen_ai_server_time_to_first_token_seconds",
                    .help = "From a request's arrival to the first token of a complete answer.",
                    .labels = { "gen_ai_provider_name", "gen_ai_request_model",
                                "gen_ai_response_model", "gen_ai_operation_name" },
                    .n_labels = 4,
                    .n_open = 3,
                    .scale = SECONDS_PER_US,
                    .bounds = first_token_bounds_us,
                    .n_bounds = G_N_ELEMENTS (first_token_bounds_us) },
};

struct _WayMetrics
{
  WayMetric *metrics[N_METRICS]; /* owned */
};

/* What the conventions call the call of a dialect; counting tokens has no name there yet. */
static const char *
get_operation (const char *dialect)
{
  if (!dialect)
    return "";
  if (strstr (dialect, "embed"))
    return "embeddings";
  if (g_str_has_suffix (dialect, "-count"))
    return "count_tokens";
  if (strcmp (dialect, "gemini") == 0)
    return "generate_content";
  if (strcmp (dialect, "openai-completions") == 0 || strcmp (dialect, "ollama-generate") == 0)
    return "text_completion";
  return "chat";
}

/* Who answered, else who was asked last; NULL if nobody was. */
static const WayAttempt *
find_target (const WayRecord *record)
{
  const WayAttempt *target = NULL;

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];

      if (attempt->verdict == WAY_VERDICT_ANSWERED)
        return attempt;
      if (attempt->verdict != WAY_VERDICT_SKIPPED)
        target = attempt;
    }
  return target;
}

static void
note_attempts (WayMetrics *self, const WayRecord *record)
{
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = record->attempts->pdata[i];
      const char *labels[] = { attempt->provider, attempt->model,
                               way_verdict_get_name (attempt->verdict) };

      if (attempt->verdict == WAY_VERDICT_SKIPPED)
        continue;
      way_metric_add (self->metrics[ATTEMPTS], labels, 1);
      if (attempt->cost_nano_usd != WAY_UNKNOWN)
        {
          labels[2] = record->app;
          way_metric_add (self->metrics[COST], labels, attempt->cost_nano_usd);
        }
    }
}

/* An estimate is not what a provider reported, and the conventions want only that. */
static void
note_tokens (WayMetrics *self, const WayRecord *record, const char *const *target_labels)
{
  const WayUsage *usage = &record->usage;
  gint64 n_input = way_usage_get_prompt_tokens (usage);
  const char *labels[] = { target_labels[0], target_labels[1], target_labels[2], target_labels[3],
                           "input" };

  if (usage->estimated)
    return;
  if (n_input != WAY_UNKNOWN)
    way_metric_add (self->metrics[TOKEN_USAGE], labels, n_input);
  labels[4] = "output";
  if (usage->output_tokens != WAY_UNKNOWN)
    way_metric_add (self->metrics[TOKEN_USAGE], labels, usage->output_tokens);
}

/* What only a request has that reached a target. */
static void
note_routed (WayMetrics *self, const WayRecord *record, const WayAttempt *target)
{
  gboolean is_done = record->outcome == WAY_OUTCOME_DONE;
  gboolean has_answer = target->verdict == WAY_VERDICT_ANSWERED;
  const char *ours[] = { target->provider, target->model, record->app };
  const char *labels[] = { target->provider, record->requested_model,
                           has_answer ? target->model : NULL, get_operation (record->dialect),
                           record->error_code };

  if (record->cost_nano_usd == WAY_UNKNOWN)
    way_metric_add (self->metrics[UNKNOWN_COST], ours, 1);
  if (record->usage.cache_read_tokens != WAY_UNKNOWN)
    way_metric_add (self->metrics[CACHED_TOKENS], ours, record->usage.cache_read_tokens);
  note_tokens (self, record, labels);
  if (record->duration_us != WAY_UNKNOWN)
    way_metric_add (self->metrics[REQUEST_DURATION], labels, record->duration_us);
  if (is_done && record->first_token_us != WAY_UNKNOWN)
    way_metric_add (self->metrics[FIRST_TOKEN], labels, record->first_token_us);
}

/**
 * way_metrics_new:
 *
 * Returns: (transfer full): metrics that have counted nothing yet
 */
WayMetrics *
way_metrics_new (void)
{
  WayMetrics *self = g_new0 (WayMetrics, 1);

  for (guint i = 0; i < N_METRICS; i++)
    self->metrics[i] = way_metric_new (&specs[i]);
  return self;
}

void
way_metrics_free (WayMetrics *self)
{
  for (guint i = 0; i < N_METRICS; i++)
    way_metric_free (self->metrics[i]);
  g_free (self);
}

/**
 * way_metrics_note:
 * @record: sealed
 *
 * Counts one finished request. The name of a model is taken from the client only if somebody was
 * asked for it: a request that was refused leaves no name behind.
 */
void
way_metrics_note (WayMetrics *self, const WayRecord *record)
{
  const WayAttempt *target = find_target (record);
  const char *labels[] = { target ? target->provider : NULL, target ? target->model : NULL,
                           record->app, way_outcome_get_name (record->outcome) };

  way_metric_add (self->metrics[REQUESTS], labels, 1);
  note_attempts (self, record);
  if (way_record_is_fallback (record))
    way_metric_add (self->metrics[FALLBACKS], NULL, 1);
  if (target)
    note_routed (self, record, target);
}

/**
 * way_metrics_append_text:
 *
 * Appends all of it in the text exposition format.
 */
void
way_metrics_append_text (const WayMetrics *self, GString *text)
{
  for (guint i = 0; i < N_METRICS; i++)
    way_metric_append_text (self->metrics[i], text);
}
