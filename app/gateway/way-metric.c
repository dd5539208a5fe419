/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One Prometheus metric. The format is the text exposition format 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Gateway thread. */

#include "way-metric.h"

#include <string.h>

#define OTHER "other"

/* Label values in the order of the spec; those beyond its labels are NULL. */
typedef struct
{
  const char *values[WAY_METRIC_MAX_LABELS];
  gsize lengths[WAY_METRIC_MAX_LABELS];
} Key;

typedef struct
{
  Key key; /* owned values */
  guint64 count;
  gint64 sum;
  guint64 buckets[]; /* each for itself; they are added up in the text */
} Series;

struct _WayMetric
{
  const WayMetricSpec *spec; /* borrowed */
  GPtrArray *series;         /* owned, in order of appearance */
  GHashTable *by_key;        /* Key inside the series → Series, both borrowed */
};

/* FNV-1a by words instead of bytes: a request has some forty labels, most of them names of models.
 * An unlucky or spiteful choice of names costs no more than a walk along the capped series. */
static guint
key_hash (gconstpointer data)
{
  const Key *key = data;
  guint64 hash = 14695981039346656037u;

  for (guint i = 0; i < WAY_METRIC_MAX_LABELS && key->values[i]; i++)
    {
      gsize length = key->lengths[i];

      hash = (hash ^ length) * 1099511628211u;
      for (gsize at = 0; at < length; at += sizeof (guint64))
        {
          guint64 word = 0;

          memcpy (&word, key->values[i] + at, MIN (sizeof word, length - at));
          hash = (hash ^ word) * 1099511628211u;
          hash ^= hash >> 32; /* else high bytes of a word never reach the low bits */
        }
    }
  return (guint)hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *left = a;
  const Key *right = b;

  for (guint i = 0; i < WAY_METRIC_MAX_LABELS && left->values[i]; i++)
    if (left->lengths[i] != right->lengths[i] ||
        memcmp (left->values[i], right->values[i], left->lengths[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Borrows @value. */
static void
key_set (Key *key, guint i, const char *value)
{
  key->values[i] = value;
  key->lengths[i] = strlen (value);
}

static void
series_free (gpointer data)
{
  Series *series = data;

  for (guint i = 0; i < WAY_METRIC_MAX_LABELS; i++)
    g_free ((char *)series->key.values[i]);
  g_free (series);
}

static Series *
add_series (WayMetric *self, const Key *key)
{
  Series *series = g_malloc0 (sizeof *series + (self->spec->n_bounds + 1) * sizeof (guint64));

  for (guint i = 0; i < self->spec->n_labels; i++)
    key_set (&series->key, i, g_strdup (key->values[i]));
  g_ptr_array_add (self->series, series);
  g_hash_table_insert (self->by_key, &series->key, series);
  return series;
}

/* Beyond the cap only those with "other" in every open label are still made: as many as the fixed
 * labels have combinations. */
static Series *
find_series (WayMetric *self, Key *key)
{
  Series *series = g_hash_table_lookup (self->by_key, key);

  if (series || self->series->len < WAY_METRIC_MAX_SERIES)
    return series ? series : add_series (self, key);
  for (guint i = 0; i < self->spec->n_open; i++)
    key_set (key, i, OTHER);
  series = g_hash_table_lookup (self->by_key, key);
  return series ? series : add_series (self, key);
}

/**
 * way_metric_new:
 * @spec: borrowed; must outlive the metric
 *
 * Returns: (transfer full): a metric without series; a counter without labels is 0 from the start
 */
WayMetric *
way_metric_new (const WayMetricSpec *spec)
{
  WayMetric *self = g_new0 (WayMetric, 1);
  static const Key none = { 0 };

  self->spec = spec;
  self->series = g_ptr_array_new_with_free_func (series_free);
  self->by_key = g_hash_table_new (key_hash, key_equal);
  if (spec->n_labels == 0)
    add_series (self, &none);
  return self;
}

void
way_metric_free (WayMetric *self)
{
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->series);
  g_free (self);
}

/**
 * way_metric_add:
 * @values: (nullable): one for each label of the spec; a %NULL among them is an empty label, which
 *   Prometheus takes for one that is not there. %NULL for a metric without labels
 * @amount: not negative; how much a counter grows, or what a histogram observes
 *
 * Beyond %WAY_METRIC_MAX_SERIES series a new combination is counted with "other" in its open
 * labels, and so is at once a value longer than %WAY_METRIC_MAX_VALUE_BYTES.
 */
void
way_metric_add (WayMetric *self, const char *const *values, gint64 amount)
{
  const WayMetricSpec *spec = self->spec;
  Key key = { 0 };
  Series *series;
  guint bucket = 0;

  g_return_if_fail (amount >= 0);

  for (guint i = 0; i < spec->n_labels; i++)
    {
      key_set (&key, i, values[i] ? values[i] : "");
      if (i < spec->n_open && key.lengths[i] > WAY_METRIC_MAX_VALUE_BYTES)
        key_set (&key, i, OTHER);
    }
  series = find_series (self, &key);
  series->count++;
  series->sum += amount;
  while (bucket < spec->n_bounds && amount > spec->bounds[bucket])
    bucket++;
  series->buckets[bucket]++;
}

/* Text */

static void
append_escaped (GString *text, const char *value)
{
  for (const char *p = value; *p; p++)
    {
      if (*p == '\\' || *p == '"' || *p == '\n')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p == '\n' ? 'n' : *p);
    }
}

static void
append_label (GString *text, const char *name, const char *value, gboolean is_first)
{
  g_string_append_c (text, is_first ? '{' : ',');
  g_string_append (text, name);
  g_string_append (text, "=\"");
  append_escaped (text, value);
  g_string_append_c (text, '"');
}

static void
append_value (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (text, g_ascii_formatd (buffer, sizeof buffer, "%.15g", value));
  g_string_append_c (text, '\n');
}

/* Name and labels of one sample; @le is the bucket's bound or NULL. */
static void
append_series_name (GString *text,
                    const WayMetricSpec *spec,
                    const Series *series,
                    const char *suffix,
                    const char *le)
{
  gboolean is_first = TRUE;

  g_string_append (text, spec->name);
  g_string_append (text, suffix);
  for (guint i = 0; i < spec->n_labels; i++)
    {
      append_label (text, spec->labels[i], series->key.values[i], is_first);
      is_first = FALSE;
    }
  if (le)
    append_label (text, "le", le, is_first);
  g_string_append (text, le || !is_first ? "} " : " ");
}

static void
append_histogram (GString *text, const WayMetricSpec *spec, const Series *series)
{
  char bound[G_ASCII_DTOSTR_BUF_SIZE];
  guint64 below = 0;

  for (guint i = 0; i < spec->n_bounds; i++)
    {
      below += series->buckets[i];
      g_ascii_formatd (bound, sizeof bound, "%.15g", (double)spec->bounds[i] * spec->scale);
      append_series_name (text, spec, series, "_bucket", bound);
      append_value (text, (double)below);
    }
  append_series_name (text, spec, series, "_bucket", "+Inf");
  append_value (text, (double)series->count);
  append_series_name (text, spec, series, "_sum", NULL);
  append_value (text, (double)series->sum * spec->scale);
  append_series_name (text, spec, series, "_count", NULL);
  append_value (text, (double)series->count);
}

/**
 * way_metric_append_text:
 *
 * Appends the head and every series of the metric.
 */
void
way_metric_append_text (const WayMetric *self, GString *text)
{
  const WayMetricSpec *spec = self->spec;

  way_metric_append_head (text, spec->name, spec->bounds ? "histogram" : "counter", spec->help);
  for (guint i = 0; i < self->series->len; i++)
    {
      const Series *series = self->series->pdata[i];

      if (spec->bounds)
        {
          append_histogram (text, spec, series);
          continue;
        }
      append_series_name (text, spec, series, "", NULL);
      append_value (text, (double)series->sum * spec->scale);
    }
}

/**
 * way_metric_append_head:
 * @type: "gauge", "counter" or "histogram"
 * @help: without backslash or line end, which would need an escape
 */
void
way_metric_append_head (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/**
 * way_metric_append_labelled:
 * @labels: (array length=n_labels): at least one, with their values
 */
void
way_metric_append_labelled (
  GString *text, const char *name, const WayMetricLabel *labels, gsize n_labels, double value)
{
  g_string_append (text, name);
  for (gsize i = 0; i < n_labels; i++)
    append_label (text, labels[i].name, labels[i].value, i == 0);
  g_string_append (text, "} ");
  append_value (text, value);
}

/**
 * way_metric_append_sample:
 * @label: (nullable): name of the only label, %NULL for a sample without labels
 * @label_value: (nullable): %NULL only together with @label
 */
void
way_metric_append_sample (
  GString *text, const char *name, const char *label, const char *label_value, double value)
{
  g_string_append (text, name);
  if (label)
    append_label (text, label, label_value, TRUE);
  g_string_append (text, label ? "} " : " ");
  append_value (text, value);
}
