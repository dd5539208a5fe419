/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Records in, text out; and what a client's names cannot do to it. */

#include "way-metric.h"
#include "way-metrics.h"

#include <string.h>

#define UNKNOWN WAY_UNKNOWN
#define MAX_ATTEMPTS 3
#define MAX_LINES 8

typedef struct
{
  const char *provider;
  const char *model;
  WayVerdict verdict;
  gint64 cost_nano_usd;
} AttemptRow;

typedef struct
{
  const char *name;
  const char *dialect;
  const char *app;
  const char *requested_model;
  WayOutcome outcome;
  const char *error_code;
  gint64 first_token_us;
  gint64 cost_nano_usd;
  WayUsage usage;
  AttemptRow attempts[MAX_ATTEMPTS];
  const char *lines[MAX_LINES];  /* each is one whole line of the text */
  const char *absent[MAX_LINES]; /* none is anywhere in it */
} Row;

#define USAGE(input, cached, output)                                                               \
  {                                                                                                \
    input, cached, UNKNOWN, UNKNOWN, output, UNKNOWN, UNKNOWN, FALSE                               \
  }
#define NO_USAGE USAGE (UNKNOWN, UNKNOWN, UNKNOWN)

#define LABELS(model)                                                                              \
  "gen_ai_provider_name=\"near\",gen_ai_request_model=\"coder\","                                  \
  "gen_ai_response_model=\"" model "\",gen_ai_operation_name=\"chat\""

static const Row rows[] = {
  { "answered",
    "openai-chat",
    "editor",
    "coder",
    WAY_OUTCOME_DONE,
    NULL,
    30000,
    1500000000,
    USAGE (100, 28, 7),
    { { "near", "qwen", WAY_VERDICT_ANSWERED, 1500000000 } },
    { "wayfare_requests_total{provider=\"near\",model=\"qwen\",app=\"editor\",outcome=\"done\"} 1",
      "wayfare_attempts_total{provider=\"near\",model=\"qwen\",verdict=\"answered\"} 1",
      "wayfare_cost_usd_total{provider=\"near\",model=\"qwen\",app=\"editor\"} 1.5",
      "wayfare_cached_tokens_total{provider=\"near\",model=\"qwen\"} 28",
      "gen_ai_client_token_usage_sum{" LABELS ("qwen") ",gen_ai_token_type=\"input\"} 128",
      "gen_ai_client_token_usage_sum{" LABELS ("qwen") ",gen_ai_token_type=\"output\"} 7",
      "gen_ai_server_time_to_first_token_seconds_sum{" LABELS ("qwen") "} 0.03",
      "gen_ai_server_request_duration_seconds_sum{" LABELS ("qwen") ",error_type=\"\"} 0.25" },
    { "wayfare_unknown_cost_requests_total{" } },
  { "nobody-knows-the-fare",
    "openai-chat",
    NULL,
    "coder",
    WAY_OUTCOME_DONE,
    NULL,
    UNKNOWN,
    UNKNOWN,
    NO_USAGE,
    { { "near", "qwen", WAY_VERDICT_ANSWERED, UNKNOWN } },
    { "wayfare_unknown_cost_requests_total{provider=\"near\",model=\"qwen\",app=\"\"} 1",
      "wayfare_fallbacks_total 0" },
    { "wayfare_cost_usd_total{", "wayfare_cached_tokens_total{", "gen_ai_client_token_usage_sum{",
      "time_to_first_token_seconds_sum{" } },
  { "fell-back",
    "openai-chat",
    NULL,
    "coder",
    WAY_OUTCOME_DONE,
    NULL,
    UNKNOWN,
    2000,
    NO_USAGE,
    { { "away", "left-out", WAY_VERDICT_SKIPPED, UNKNOWN },
      { "far", "big", WAY_VERDICT_FAILED, 2000 },
      { "near", "qwen", WAY_VERDICT_ANSWERED, 0 } },
    { "wayfare_fallbacks_total 1",
      "wayfare_attempts_total{provider=\"far\",model=\"big\",verdict=\"failed\"} 1",
      "wayfare_attempts_total{provider=\"near\",model=\"qwen\",verdict=\"answered\"} 1",
      "wayfare_cost_usd_total{provider=\"far\",model=\"big\",app=\"\"} 2e-06",
      "wayfare_cost_usd_total{provider=\"near\",model=\"qwen\",app=\"\"} 0" },
    { "left-out" } },
  { "failed",
    "openai-chat",
    NULL,
    "coder",
    WAY_OUTCOME_UPSTREAM_ERROR,
    "upstream_error",
    40000,
    0,
    NO_USAGE,
    { { "near", "qwen", WAY_VERDICT_FAILED, 0 } },
    { "wayfare_requests_total{provider=\"near\",model=\"qwen\",app=\"\",outcome=\"upstream_error\"}"
      " 1",
      "gen_ai_server_request_duration_seconds_count{" LABELS ("") ",error_type=\"upstream_error\"} "
                                                                  "1" },
    { "time_to_first_token_seconds_sum{" } },
  { "refused-leaves-no-name",
    "openai-chat",
    "editor",
    "made-up-by-the-client",
    WAY_OUTCOME_REFUSED,
    "model_not_found",
    UNKNOWN,
    0,
    NO_USAGE,
    { { "near", "qwen", WAY_VERDICT_SKIPPED, UNKNOWN } },
    { "wayfare_requests_total{provider=\"\",model=\"\",app=\"editor\",outcome=\"refused\"} 1" },
    { "made-up", "qwen", "gen_ai_server_request_duration_seconds_sum",
      "wayfare_cost_usd_total{" } },
  { "estimate-is-no-report",
    "openai-chat",
    NULL,
    "coder",
    WAY_OUTCOME_DONE,
    NULL,
    UNKNOWN,
    0,
    { 5, UNKNOWN, UNKNOWN, UNKNOWN, 5, UNKNOWN, UNKNOWN, TRUE },
    { { "near", "qwen", WAY_VERDICT_ANSWERED, 0 } },
    { "wayfare_cost_usd_total{provider=\"near\",model=\"qwen\",app=\"\"} 0" },
    { "gen_ai_client_token_usage_sum" } },
  { "escaped",
    "openai-chat",
    NULL,
    "a\"b\\c\nd",
    WAY_OUTCOME_DONE,
    NULL,
    UNKNOWN,
    0,
    NO_USAGE,
    { { "near", "é\"\n", WAY_VERDICT_ANSWERED, 0 } },
    { "wayfare_attempts_total{provider=\"near\",model=\"é\\\"\\n\",verdict=\"answered\"} 1" },
    { "c\nd" } },
};

static WayRecord *
make_record (const Row *row)
{
  WayRecord *record = way_record_new ("req_1", "/v1/chat/completions", 1);

  record->dialect = g_strdup (row->dialect);
  record->app = g_strdup (row->app);
  record->requested_model = g_strdup (row->requested_model);
  record->error_code = g_strdup (row->error_code);
  record->outcome = row->outcome;
  record->first_token_us = row->first_token_us;
  record->duration_us = 250000;
  record->cost_nano_usd = row->cost_nano_usd;
  record->usage = row->usage;
  for (guint i = 0; i < MAX_ATTEMPTS && row->attempts[i].provider; i++)
    {
      const AttemptRow *from = &row->attempts[i];
      WayAttempt *attempt =
        way_record_add_attempt (record, from->provider, from->model, WAY_LOCALITY_LOCAL);

      attempt->verdict = from->verdict;
      attempt->cost_nano_usd = from->cost_nano_usd;
    }
  return record;
}

static gboolean
has_line (const char *text, const char *line)
{
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

  return strstr (text, whole) != NULL;
}

static char *
dup_text (const WayMetrics *metrics)
{
  GString *text = g_string_new (NULL);

  way_metrics_append_text (metrics, text);
  return g_string_free (text, FALSE);
}

static void
test_record (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (WayMetrics) metrics = way_metrics_new ();
  g_autoptr (WayRecord) record = make_record (row);
  g_autofree char *text = NULL;

  way_metrics_note (metrics, record);
  text = dup_text (metrics);
  for (guint i = 0; i < MAX_LINES && row->lines[i]; i++)
    if (!has_line (text, row->lines[i]))
      g_error ("no line %s in\n%s", row->lines[i], text);
  for (guint i = 0; i < MAX_LINES && row->absent[i]; i++)
    if (strstr (text, row->absent[i]))
      g_error ("%s is in\n%s", row->absent[i], text);
}

static void
test_operation (void)
{
  static const struct
  {
    const char *dialect;
    const char *operation;
  } pairs[] = {
    { "openai-chat", "chat" },
    { "openai-responses", "chat" },
    { "anthropic", "chat" },
    { "ollama", "chat" },
    { "anthropic-count", "count_tokens" },
    { "gemini", "generate_content" },
    { "gemini-count", "count_tokens" },
    { "gemini-embed-one", "embeddings" },
    { "ollama-embeddings", "embeddings" },
    { "ollama-generate", "text_completion" },
    { "openai-completions", "text_completion" },
    { "openai-embeddings", "embeddings" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      Row row = rows[0];
      g_autoptr (WayMetrics) metrics = way_metrics_new ();
      g_autoptr (WayRecord) record = NULL;
      g_autofree char *text = NULL;
      g_autofree char *label = g_strdup_printf ("gen_ai_operation_name=\"%s\"", pairs[i].operation);

      row.dialect = pairs[i].dialect;
      record = make_record (&row);
      way_metrics_note (metrics, record);
      text = dup_text (metrics);
      g_assert_nonnull (strstr (text, label));
    }
}

/* One metric by itself */

static const gint64 bounds[] = { 10, 100 };

static const WayMetricSpec histogram = { .name = "h",
                                         .help = "H.",
                                         .labels = { "open", "fixed" },
                                         .n_labels = 2,
                                         .n_open = 1,
                                         .scale = 0.1,
                                         .bounds = bounds,
                                         .n_bounds = G_N_ELEMENTS (bounds) };

static void
test_histogram (void)
{
  static const gint64 observed[] = { 0, 10, 11, 100, 101, 5000 };
  static const char *const labels[] = { "a", "b" };
  g_autoptr (WayMetric) metric = way_metric_new (&histogram);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (observed); i++)
    way_metric_add (metric, labels, observed[i]);
  way_metric_append_text (metric, text);
  g_assert_cmpstr (text->str, ==,
                   "# HELP h H.\n"
                   "# TYPE h histogram\n"
                   "h_bucket{open=\"a\",fixed=\"b\",le=\"1\"} 2\n"
                   "h_bucket{open=\"a\",fixed=\"b\",le=\"10\"} 4\n"
                   "h_bucket{open=\"a\",fixed=\"b\",le=\"+Inf\"} 6\n"
                   "h_sum{open=\"a\",fixed=\"b\"} 522.2\n"
                   "h_count{open=\"a\",fixed=\"b\"} 6\n");
}

static const WayMetricSpec counter = {
  .name = "c", .help = "C.", .labels = { "open", "fixed" }, .n_labels = 2, .n_open = 1, .scale = 1
};

/* The cap holds, what is beyond it is counted, and what was there before goes on under its name. */
static void
test_cap (void)
{
  g_autoptr (WayMetric) metric = way_metric_new (&counter);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_lines = 0;

  for (guint i = 0; i < 2 * WAY_METRIC_MAX_SERIES; i++)
    {
      g_autofree char *name = g_strdup_printf ("model-%u", i);
      const char *labels[] = { name, i % 2 ? "odd" : "even" };

      way_metric_add (metric, labels, 1);
    }
  way_metric_add (metric, (const char *const[]){ "model-0", "even" }, 1);
  way_metric_append_text (metric, text);
  for (const char *p = strchr (text->str, '\n'); p; p = strchr (p + 1, '\n'))
    n_lines++;
  g_assert_cmpuint (n_lines, ==, 2 + WAY_METRIC_MAX_SERIES + 2);
  g_assert_true (has_line (text->str, "c{open=\"model-0\",fixed=\"even\"} 2"));
  g_assert_true (has_line (text->str, "c{open=\"other\",fixed=\"even\"} 500"));
  g_assert_true (has_line (text->str, "c{open=\"other\",fixed=\"odd\"} 500"));
}

static void
test_long_name (void)
{
  g_autoptr (WayMetric) metric = way_metric_new (&counter);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *longest = g_strnfill (WAY_METRIC_MAX_VALUE_BYTES, 'a');
  g_autofree char *longer = g_strnfill (WAY_METRIC_MAX_VALUE_BYTES + 1, 'b');

  way_metric_add (metric, (const char *const[]){ longest, "x" }, 1);
  way_metric_add (metric, (const char *const[]){ longer, "x" }, 1);
  way_metric_append_text (metric, text);
  g_assert_nonnull (strstr (text->str, longest));
  g_assert_null (strstr (text->str, "bbb"));
  g_assert_true (has_line (text->str, "c{open=\"other\",fixed=\"x\"} 1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/gateway/metrics/record/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_record);
    }
  g_test_add_func ("/gateway/metrics/operation", test_operation);
  g_test_add_func ("/gateway/metrics/histogram", test_histogram);
  g_test_add_func ("/gateway/metrics/cap", test_cap);
  g_test_add_func ("/gateway/metrics/long-name", test_long_name);
  return g_test_run ();
}
