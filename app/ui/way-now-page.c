/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Totals are bound in the template; what is left here are the short lists and, four times a second
 * while the page is on the screen, the pace of the meters, the graphs and their table. Nothing is
 * counted out for a page that nobody sees. Main thread. */

#include "way-now-page.h"

#include "way-clock.h"
#include "way-closures.h"
#include "way-dialogs.h"
#include "way-graph.h"
#include "way-row.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

#define TICK_INTERVAL_MS 250
#define MAX_ROWS 8
#define TABLE_STEP_S 10
#define TABLE_ROWS (WAY_GRAPH_SECONDS / TABLE_STEP_S)

struct _WayNowPage
{
  WayPage parent_instance;

  /* owned */
  GtkSliceListModel *running;
  GtkSliceListModel *fallbacks;
  guint timeout_id;

  /* borrowed from the template */
  GtkListBox *running_list;
  GtkListBox *budget_list;
  GtkWidget *budget_group;
  GtkListBox *fallback_list;
  WayGraph *requests_graph;
  WayGraph *tokens_graph;
  GtkGrid *table;
  GtkLabel *table_cells[TABLE_ROWS][2];
};

enum
{
  PROP_0,
  PROP_METERS,
  PROP_ACTIVITY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayNowPage, way_now_page, WAY_TYPE_PAGE)

static void
show_table (WayNowPage *self, const double *requests, const double *tokens, gsize n_seconds)
{
  for (gsize row = 0; row < TABLE_ROWS; row++)
    {
      double sums[2] = { 0, 0 };

      for (gsize i = 0; i < TABLE_STEP_S && row * TABLE_STEP_S + i < n_seconds; i++)
        {
          const gsize second = n_seconds - 1 - (row * TABLE_STEP_S + i);

          sums[0] += requests[second];
          sums[1] += tokens[second];
        }
      for (int column = 0; column < 2; column++)
        {
          g_autofree char *text = way_format_count (NULL, (gint64)sums[column]);

          gtk_label_set_text (self->table_cells[row][column], text);
        }
    }
}

static gboolean
on_tick (gpointer user_data)
{
  WayNowPage *self = user_data;
  double requests[WAY_GRAPH_SECONDS];
  double paces[WAY_GRAPH_SECONDS];
  double tokens[WAY_GRAPH_SECONDS];
  WayMeters *meters = NULL;
  gsize n_seconds = 0;

  if (way_page_get_service (self) == NULL)
    return G_SOURCE_CONTINUE;
  meters = way_activity_get_meters (way_service_get_activity (way_page_get_service (self)));
  way_meters_tick (meters, way_clock_get_wall_us ());
  n_seconds = way_meters_get_series (meters, requests, tokens, WAY_GRAPH_SECONDS);
  way_graph_set_values (self->requests_graph, paces,
                        way_meters_get_paces (meters, paces, WAY_GRAPH_SECONDS));
  way_graph_set_values (self->tokens_graph, tokens, n_seconds);
  show_table (self, requests, tokens, n_seconds);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
create_request_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-request-row", item);
}

/* The newest few: the whole list has a page of its own. */
static GtkSliceListModel *
bind_list (GtkListBox *list, GListModel *model)
{
  GtkSliceListModel *slice = gtk_slice_list_model_new (g_object_ref (model), 0, 0);

  way_rows_bind (list, G_LIST_MODEL (slice), create_request_row);
  return slice;
}

/* Rows are made only for a page that is seen. */
static void
update_lists (WayNowPage *self)
{
  const guint n_rows = gtk_widget_get_mapped (GTK_WIDGET (self)) ? MAX_ROWS : 0;

  if (self->running != NULL)
    gtk_slice_list_model_set_size (self->running, n_rows);
  if (self->fallbacks != NULL)
    gtk_slice_list_model_set_size (self->fallbacks, n_rows);
}

static void
way_now_page_map (GtkWidget *widget)
{
  WayNowPage *self = WAY_NOW_PAGE (widget);

  GTK_WIDGET_CLASS (way_now_page_parent_class)->map (widget);
  update_lists (self);
  on_tick (self);
  self->timeout_id = g_timeout_add (TICK_INTERVAL_MS, on_tick, self);
}

static void
way_now_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&WAY_NOW_PAGE (widget)->timeout_id, g_source_remove);
  GTK_WIDGET_CLASS (way_now_page_parent_class)->unmap (widget);
  update_lists (WAY_NOW_PAGE (widget));
}

static void
copy_address_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayNowPage *self = WAY_NOW_PAGE (widget);
  g_autofree char *address =
    way_client_address (NULL, way_service_get_address (way_page_get_service (self)));

  way_copy (widget, address, _ ("Address copied"));
}

static GtkWidget *
create_budget_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-budget-row", item);
}

static void
on_budgets_changed (GListModel *budgets, guint position, guint removed, guint added, gpointer page)
{
  gtk_widget_set_visible (WAY_NOW_PAGE (page)->budget_group,
                          g_list_model_get_n_items (budgets) > 0);
}

static void
bind_budgets (WayNowPage *self, GListModel *budgets)
{
  gtk_list_box_bind_model (self->budget_list, budgets, create_budget_row, NULL, NULL);
  g_signal_connect_object (budgets, "items-changed", G_CALLBACK (on_budgets_changed), self, 0);
  on_budgets_changed (budgets, 0, 0, 0, self);
}

static void
way_now_page_bind (WayPage *page, WayService *service)
{
  WayNowPage *self = WAY_NOW_PAGE (page);
  WayActivity *activity = way_service_get_activity (service);

  g_clear_object (&self->running);
  g_clear_object (&self->fallbacks);
  self->running = bind_list (self->running_list, way_activity_get_running (activity));
  self->fallbacks = bind_list (self->fallback_list, way_activity_get_fallbacks (activity));
  bind_budgets (self, way_service_get_budgets (service));
  update_lists (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_METERS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVITY]);
}

static void
way_now_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayNowPage *self = WAY_NOW_PAGE (object);
  WayService *service = way_page_get_service (self);
  WayActivity *activity = service != NULL ? way_service_get_activity (service) : NULL;

  switch (prop_id)
    {
    case PROP_METERS:
      g_value_set_object (value, activity != NULL ? way_activity_get_meters (activity) : NULL);
      break;
    case PROP_ACTIVITY:
      g_value_set_object (value, activity);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_now_page_dispose (GObject *object)
{
  WayNowPage *self = WAY_NOW_PAGE (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->running);
  g_clear_object (&self->fallbacks);
  G_OBJECT_CLASS (way_now_page_parent_class)->dispose (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_METERS] =
    g_param_spec_object ("meters", NULL, NULL, WAY_TYPE_METERS, G_PARAM_READABLE | flags);
  properties[PROP_ACTIVITY] =
    g_param_spec_object ("activity", NULL, NULL, WAY_TYPE_ACTIVITY, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_now_page_class_init (WayNowPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_now_page_get_property;
  object_class->dispose = way_now_page_dispose;
  widget_class->map = way_now_page_map;
  widget_class->unmap = way_now_page_unmap;
  WAY_PAGE_CLASS (klass)->bind = way_now_page_bind;
  install_properties (object_class);

  g_type_ensure (WAY_TYPE_GRAPH);
  way_template_set (widget_class, "way-now-page");
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, running_list);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, fallback_list);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, budget_list);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, budget_group);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, requests_graph);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, tokens_graph);
  gtk_widget_class_bind_template_child (widget_class, WayNowPage, table);
  gtk_widget_class_install_action (widget_class, "now.copy-address", NULL, copy_address_action);
}

static void
add_table_row (WayNowPage *self, int row)
{
  g_autofree char *when =
    g_strdup_printf (_ ("%d to %d s ago"), row * TABLE_STEP_S, (row + 1) * TABLE_STEP_S);
  GtkWidget *label = gtk_label_new (when);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_grid_attach (self->table, label, 0, row + 1, 1, 1);
  for (int column = 0; column < 2; column++)
    {
      GtkWidget *cell = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (cell), 1);
      gtk_widget_add_css_class (cell, "numeric");
      gtk_grid_attach (self->table, cell, column + 1, row + 1, 1, 1);
      self->table_cells[row][column] = GTK_LABEL (cell);
    }
}

static void
way_now_page_init (WayNowPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int row = 0; row < TABLE_ROWS; row++)
    add_table_row (self, row);
}
