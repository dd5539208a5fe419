/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Draws up to a minute of one number a second, newest at the right. The scale grows in round steps
 * so that the line does not breathe with every value. Main thread. */

#include "way-graph.h"

#include "way-closures.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

struct _WayGraph
{
  GtkWidget parent_instance;

  double values[WAY_GRAPH_SECONDS];
  gsize n_values;
};

G_DEFINE_FINAL_TYPE (WayGraph, way_graph, GTK_TYPE_WIDGET)

/* 1, 2 or 5 times a power of ten, at least @value and at least 1. */
static double
get_ceiling (double value)
{
  double step = 1;

  if (value <= 1)
    return 1;
  step = pow (10, floor (log10 (value)));
  if (value <= step)
    return step;
  if (value <= 2 * step)
    return 2 * step;
  return value <= 5 * step ? 5 * step : 10 * step;
}

static double
get_peak (WayGraph *self)
{
  double peak = 0;

  for (gsize i = 0; i < self->n_values; i++)
    peak = MAX (peak, self->values[i]);
  return peak;
}

static void
trace (WayGraph *self, cairo_t *cr, double width, double height)
{
  const double ceiling = get_ceiling (get_peak (self));
  const double step = width / (WAY_GRAPH_SECONDS - 1);
  const double first = width - step * (double)(self->n_values - 1);

  for (gsize i = 0; i < self->n_values; i++)
    cairo_line_to (cr, first + step * (double)i,
                   height - 1 - self->values[i] / ceiling * (height - 2));
}

static void
draw_grid (cairo_t *cr, const GdkRGBA *color, double width, double height)
{
  GdkRGBA faint = *color;

  faint.alpha *= 0.15f;
  gdk_cairo_set_source_rgba (cr, &faint);
  cairo_set_line_width (cr, 1);
  for (int i = 0; i <= 2; i++)
    {
      const double y = floor ((height - 1) * i / 2) + 0.5;

      cairo_move_to (cr, 0, y);
      cairo_line_to (cr, width, y);
    }
  cairo_stroke (cr);
}

/* What the top of the graph stands for. */
static void
draw_scale (WayGraph *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *text = way_format_count (NULL, (gint64)get_ceiling (get_peak (self)));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget), 2, 2, layout);
}

static void
way_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WayGraph *self = WAY_GRAPH (widget);
  const double width = gtk_widget_get_width (widget);
  const double height = gtk_widget_get_height (widget);
  GdkRGBA color;
  cairo_t *cr = NULL;

  if (width < 2 || height < 2)
    return;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  draw_grid (cr, &color, width, height);
  if (self->n_values > 1)
    {
      GdkRGBA fill = color;

      fill.alpha *= 0.2f;
      trace (self, cr, width, height);
      cairo_line_to (cr, width, height);
      cairo_line_to (cr, width - width / (WAY_GRAPH_SECONDS - 1) * (double)(self->n_values - 1),
                     height);
      gdk_cairo_set_source_rgba (cr, &fill);
      cairo_fill (cr);
      trace (self, cr, width, height);
      gdk_cairo_set_source_rgba (cr, &color);
      cairo_set_line_width (cr, 2);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
  draw_scale (self, snapshot);
}

static void
way_graph_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 72;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 280 : 72;
}

static void
way_graph_class_init (WayGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = way_graph_snapshot;
  widget_class->measure = way_graph_measure;
  gtk_widget_class_set_css_name (widget_class, "waygraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
way_graph_init (WayGraph *self)
{
}

/**
 * way_graph_set_values:
 * @graph: a graph
 * @values: (array length=n_values): one number a second, oldest first; copied
 * @n_values: how many; only the last %WAY_GRAPH_SECONDS are kept
 *
 * Replaces what is drawn and described. Main thread.
 */
void
way_graph_set_values (WayGraph *graph, const double *values, gsize n_values)
{
  const gsize n_kept = MIN (n_values, WAY_GRAPH_SECONDS);
  g_autofree char *peak = NULL;
  g_autofree char *description = NULL;

  g_return_if_fail (WAY_IS_GRAPH (graph));
  g_return_if_fail (values != NULL);

  values += n_values - n_kept;
  /* Most ticks bring nothing new: neither a frame nor a word for the screen reader then. */
  if (graph->n_values == n_kept && memcmp (graph->values, values, n_kept * sizeof *values) == 0)
    return;
  graph->n_values = n_kept;
  memcpy (graph->values, values, n_kept * sizeof *values);

  peak = way_format_rate (NULL, get_peak (graph));
  description = g_strdup_printf (_ ("At most %s in the last minute"), peak);
  gtk_accessible_update_property (GTK_ACCESSIBLE (graph), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (graph));
}
