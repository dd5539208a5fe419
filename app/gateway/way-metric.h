/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One Prometheus metric: its series by label values, counted or as a histogram, and its text. Plain
 * data of the gateway thread. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WAY_METRIC_MAX_LABELS 6

/* Series of one metric. Names of models come from clients, so there must be an end to them. */
#define WAY_METRIC_MAX_SERIES 1000

/* A longer label value is counted as "other". */
#define WAY_METRIC_MAX_VALUE_BYTES 200

/**
 * WayMetricSpec:
 * @labels: names; the first @n_open of them have values from outside, the others few and fixed
 * @scale: what one counted unit is in the unit of the name: 1e-6 for µs under "_seconds"
 * @bounds: (nullable): upper bounds of a histogram's buckets in counted units, ascending, without
 *   +Inf; %NULL for a counter
 *
 * Constant: a metric keeps the pointer.
 */
typedef struct
{
  const char *name;
  const char *help;
  const char *labels[WAY_METRIC_MAX_LABELS];
  guint n_labels;
  guint n_open;
  double scale;
  const gint64 *bounds;
  guint n_bounds;
} WayMetricSpec;

typedef struct
{
  const char *name;
  const char *value;
} WayMetricLabel;

typedef struct _WayMetric WayMetric;

WayMetric *way_metric_new (const WayMetricSpec *spec);
void way_metric_free (WayMetric *metric);
void way_metric_add (WayMetric *metric, const char *const *values, gint64 amount);
void way_metric_append_text (const WayMetric *metric, GString *text);

/* The format itself, for values that nobody keeps */
void way_metric_append_head (GString *text, const char *name, const char *type, const char *help);
void way_metric_append_labelled (
  GString *text, const char *name, const WayMetricLabel *labels, gsize n_labels, double value);
void way_metric_append_sample (
  GString *text, const char *name, const char *label, const char *label_value, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayMetric, way_metric_free)

G_END_DECLS
