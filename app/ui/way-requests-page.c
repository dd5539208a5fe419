/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* activity → pause → filter → selection → two views of the same rows: a table where there is room,
 * a compact list where there is not. Main thread. */

#include "way-requests-page.h"

#include "way-closures.h"
#include "way-follow.h"
#include "way-pause-model.h"
#include "way-request-columns.h"
#include "way-request-detail.h"
#include "way-request-filter.h"
#include "way-template.h"
#include "way-time-label.h"

#include <glib/gi18n-lib.h>

/* A row's fate can change after it was filtered, so a filter is looked at again now and then. */
#define REFILTER_INTERVAL_MS 1000

struct _WayRequestsPage
{
  WayPage parent_instance;

  /* owned */
  WayPauseModel *pause_model;
  WayRequestFilter *filter;
  WayFollow *table_follow;
  WayFollow *compact_follow;
  WayRequestColumns *columns; /* of the table */
  guint timeout_id;
  guint update_id;

  /* borrowed from the template */
  AdwLeaflet *leaflet;
  GtkWidget *list_side;
  GtkStack *stack;
  AdwStatusPage *no_match;
  GtkSearchEntry *filter_entry;
  GtkLabel *filter_problem;
  GtkToggleButton *pause_button;
  AdwSqueezer *squeezer;
  GtkFilterListModel *filter_model;
  GtkCustomFilter *custom_filter;
  GtkSingleSelection *selection;
  GtkScrolledWindow *table_window;
  GtkScrolledWindow *compact_window;
  GtkColumnView *table;
  GtkListView *compact;
  WayRequestDetail *detail;
};

enum
{
  PROP_0,
  PROP_PAUSE_MODEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayRequestsPage, way_requests_page, WAY_TYPE_PAGE)

static gboolean
matches (gpointer item, gpointer user_data)
{
  WayRequestsPage *self = user_data;

  return self->filter == NULL ||
         way_request_filter_matches (self->filter, way_request_item_get_record (item));
}

static gboolean
has_filter (WayRequestsPage *self)
{
  return self->filter != NULL && !way_request_filter_is_empty (self->filter);
}

static gboolean
on_refilter (gpointer user_data)
{
  WayRequestsPage *self = user_data;

  if (has_filter (self) && !way_pause_model_get_paused (self->pause_model))
    gtk_filter_changed (GTK_FILTER (self->custom_filter), GTK_FILTER_CHANGE_DIFFERENT);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_table_shown (WayRequestsPage *self)
{
  return adw_squeezer_get_visible_child (self->squeezer) == GTK_WIDGET (self->table_window);
}

static WayFollow *
get_follow (WayRequestsPage *self)
{
  return is_table_shown (self) ? self->table_follow : self->compact_follow;
}

/* A list view keeps two hundred rows up to date whether or not it is on the screen; held still it
 * costs nothing, and goes on from its place. Who reads further down is not disturbed either. */
static void
update_paused (WayRequestsPage *self)
{
  if (self->pause_model != NULL)
    way_pause_model_set_paused (self->pause_model,
                                gtk_toggle_button_get_active (self->pause_button) ||
                                  !gtk_widget_get_mapped (GTK_WIDGET (self)) ||
                                  way_follow_get_away (get_follow (self)));
}

static gboolean
on_update (gpointer user_data)
{
  WayRequestsPage *self = user_data;

  self->update_id = 0;
  if (is_table_shown (self))
    way_request_columns_fit (self->columns, gtk_widget_get_width (GTK_WIDGET (self->table_window)));
  update_paused (self);
  return G_SOURCE_REMOVE;
}

/* Places change while sizes are given out, when no row may come or go. */
static void
queue_update (WayRequestsPage *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add (on_update, self);
}

/* Of the two views only the one that fits has rows. */
static void
on_squeezed (WayRequestsPage *self)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (self->selection);
  const gboolean is_table = is_table_shown (self);

  gtk_column_view_set_model (self->table, is_table ? model : NULL);
  gtk_list_view_set_model (self->compact, is_table ? NULL : model);
  queue_update (self);
}

/* The list has the newest requests, not all. */
static void
say_how_far (WayRequestsPage *self)
{
  GListModel *rows = G_LIST_MODEL (self->pause_model);
  const guint n_rows = g_list_model_get_n_items (rows);
  g_autoptr (WayRequestItem) oldest = g_list_model_get_item (rows, n_rows - 1);
  g_autofree char *words =
    way_no_match_words (n_rows, way_request_item_get_record (oldest)->started_at_us);

  adw_status_page_set_description (self->no_match, words);
}

static void
update_stack (WayRequestsPage *self)
{
  const char *name = "list";

  if (self->pause_model == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->pause_model)) == 0)
    name = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->filter_model)) == 0)
    {
      name = "no-match";
      say_how_far (self);
    }
  gtk_stack_set_visible_child_name (self->stack, name);
}

/* A filter that cannot be read leaves the last good one in force and says what is wrong. */
static void
on_filter_changed (WayRequestsPage *self)
{
  g_autoptr (GError) error = NULL;
  WayRequestFilter *filter =
    way_request_filter_parse (gtk_editable_get_text (GTK_EDITABLE (self->filter_entry)), &error);

  gtk_widget_set_visible (GTK_WIDGET (self->filter_problem), filter == NULL);
  if (filter == NULL)
    {
      gtk_label_set_text (self->filter_problem, error->message);
      gtk_widget_add_css_class (GTK_WIDGET (self->filter_entry), "error");
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->filter_entry), "error");
  g_clear_pointer (&self->filter, way_request_filter_free);
  self->filter = filter;
  gtk_filter_changed (GTK_FILTER (self->custom_filter), GTK_FILTER_CHANGE_DIFFERENT);
  way_follow_go_up (get_follow (self));
  update_stack (self);
}

static void
focus_list (WayRequestsPage *self)
{
  gtk_widget_grab_focus (is_table_shown (self) ? GTK_WIDGET (self->table)
                                               : GTK_WIDGET (self->compact));
}

static void
on_stop_search (WayRequestsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->filter_entry), "");
  focus_list (self);
}

/* To show a child of a leaflet is to give it the focus, which belongs to the list as long as that
 * is to be seen. */
static void
update_fold (WayRequestsPage *self)
{
  if (adw_leaflet_get_folded (self->leaflet) && gtk_widget_get_visible (GTK_WIDGET (self->detail)))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
}

static void
close_detail (WayRequestsPage *self)
{
  const gboolean has_focus =
    gtk_widget_get_focus_child (GTK_WIDGET (self->leaflet)) == GTK_WIDGET (self->detail);

  adw_leaflet_set_visible_child (self->leaflet, self->list_side);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), FALSE);
  way_request_detail_set_item (self->detail, NULL);
  if (has_focus)
    focus_list (self);
}

static void
open_detail (WayRequestsPage *self)
{
  WayRequestItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item == NULL)
    return;
  way_request_detail_set_item (self->detail, item);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), TRUE);
  update_fold (self);
}

/* Beside the list the detail follows the selection; over the list it waits to be opened. The row
 * that was opened may leave a filtered list: the detail then stays as it is. */
static void
on_selected (WayRequestsPage *self)
{
  if (gtk_single_selection_get_selected_item (self->selection) == NULL)
    return;
  if (!adw_leaflet_get_folded (self->leaflet) || gtk_widget_get_visible (GTK_WIDGET (self->detail)))
    open_detail (self);
}

static void
on_row_activated (WayRequestsPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  open_detail (self);
}

/* The list selects the row when the button goes down; this runs when it comes up. */
static void
on_list_released (WayRequestsPage *self, int n_press)
{
  if (n_press == 1)
    open_detail (self);
}

static void
close_detail_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  close_detail (WAY_REQUESTS_PAGE (widget));
}

static void
pause_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayRequestsPage *self = WAY_REQUESTS_PAGE (widget);

  gtk_toggle_button_set_active (self->pause_button,
                                !gtk_toggle_button_get_active (self->pause_button));
}

static void
go_up_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  way_follow_go_up (get_follow (WAY_REQUESTS_PAGE (widget)));
}

static void
way_requests_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (way_requests_page_parent_class)->map (widget);
  WAY_REQUESTS_PAGE (widget)->timeout_id =
    g_timeout_add (REFILTER_INTERVAL_MS, on_refilter, widget);
  update_paused (WAY_REQUESTS_PAGE (widget));
}

static void
way_requests_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&WAY_REQUESTS_PAGE (widget)->timeout_id, g_source_remove);
  GTK_WIDGET_CLASS (way_requests_page_parent_class)->unmap (widget);
  update_paused (WAY_REQUESTS_PAGE (widget));
}

static void
way_requests_page_bind (WayPage *page, WayService *service)
{
  WayRequestsPage *self = WAY_REQUESTS_PAGE (page);

  g_clear_object (&self->pause_model);
  self->pause_model = way_pause_model_new (G_LIST_MODEL (way_service_get_activity (service)));
  update_paused (self);
  gtk_filter_list_model_set_model (self->filter_model, G_LIST_MODEL (self->pause_model));
  way_request_detail_set_service (self->detail, service);
  update_stack (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSE_MODEL]);
}

static void
way_requests_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayRequestsPage *self = WAY_REQUESTS_PAGE (object);

  switch (prop_id)
    {
    case PROP_PAUSE_MODEL:
      g_value_set_object (value, self->pause_model);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_requests_page_dispose (GObject *object)
{
  WayRequestsPage *self = WAY_REQUESTS_PAGE (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->table_follow);
  g_clear_object (&self->compact_follow);
  g_clear_pointer (&self->columns, way_request_columns_free);
  gtk_custom_filter_set_filter_func (self->custom_filter, NULL, NULL, NULL);
  g_clear_object (&self->pause_model);
  G_OBJECT_CLASS (way_requests_page_parent_class)->dispose (object);
}

static void
way_requests_page_finalize (GObject *object)
{
  g_clear_pointer (&WAY_REQUESTS_PAGE (object)->filter, way_request_filter_free);
  G_OBJECT_CLASS (way_requests_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, list_side);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, no_match);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, filter_entry);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, filter_problem);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, squeezer);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, filter_model);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, custom_filter);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, selection);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, table_window);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, compact_window);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, table);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, compact);
  gtk_widget_class_bind_template_child (widget_class, WayRequestsPage, detail);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_squeezed);
  gtk_widget_class_bind_template_callback (widget_class, update_fold);
  gtk_widget_class_bind_template_callback (widget_class, queue_update);
  gtk_widget_class_bind_template_callback (widget_class, update_paused);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_list_released);
}

static void
way_requests_page_class_init (WayRequestsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_requests_page_get_property;
  object_class->dispose = way_requests_page_dispose;
  object_class->finalize = way_requests_page_finalize;
  widget_class->map = way_requests_page_map;
  widget_class->unmap = way_requests_page_unmap;
  WAY_PAGE_CLASS (klass)->bind = way_requests_page_bind;

  properties[PROP_PAUSE_MODEL] =
    g_param_spec_object ("pause-model", NULL, NULL, WAY_TYPE_PAUSE_MODEL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_REQUEST_DETAIL);
  g_type_ensure (WAY_TYPE_REQUEST_ITEM);
  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (widget_class, "way-requests-page");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "requests.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "requests.go-up", NULL, go_up_action);
  gtk_widget_class_install_action (widget_class, "requests.close-detail", NULL,
                                   close_detail_action);
}

static WayFollow *
follow (WayRequestsPage *self, GtkScrolledWindow *scrolled)
{
  WayFollow *made = way_follow_new (scrolled, G_LIST_MODEL (self->selection));

  g_signal_connect_object (made, "notify::away", G_CALLBACK (queue_update), self,
                           G_CONNECT_SWAPPED);
  return made;
}

static void
way_requests_page_init (WayRequestsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->columns = way_request_columns_new (self->table);
  self->table_follow = follow (self, self->table_window);
  self->compact_follow = follow (self, self->compact_window);
  gtk_custom_filter_set_filter_func (self->custom_filter, matches, self, NULL);
  on_squeezed (self);
  g_signal_connect_object (self->filter_model, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED);
  update_stack (self);
}

/**
 * way_requests_page_focus_filter:
 * @page: the page
 *
 * Puts the cursor where words to find requests are typed. Main thread.
 */
void
way_requests_page_focus_filter (WayRequestsPage *page)
{
  g_return_if_fail (WAY_IS_REQUESTS_PAGE (page));

  gtk_widget_grab_focus (GTK_WIDGET (page->filter_entry));
}

/**
 * way_requests_page_set_filter:
 * @page: the page
 * @words: as a person would type them
 *
 * Shows the requests that fit. Main thread.
 */
void
way_requests_page_set_filter (WayRequestsPage *page, const char *words)
{
  g_return_if_fail (WAY_IS_REQUESTS_PAGE (page));

  gtk_editable_set_text (GTK_EDITABLE (page->filter_entry), words);
}

/**
 * way_requests_page_go_back:
 * @page: the page
 *
 * Closes a request that lies over the list. Main thread.
 *
 * Returns: %FALSE when none does
 */
gboolean
way_requests_page_go_back (WayRequestsPage *page)
{
  g_return_val_if_fail (WAY_IS_REQUESTS_PAGE (page), FALSE);

  if (!adw_leaflet_get_folded (page->leaflet) ||
      !gtk_widget_get_visible (GTK_WIDGET (page->detail)))
    return FALSE;
  close_detail (page);
  return TRUE;
}

/**
 * way_requests_page_show:
 * @page: the page
 * @request_id: of a request in the list
 *
 * Opens a request's detail; empties the filter if it hides the request. One that the list no longer
 * has is passed over. Main thread.
 */
void
way_requests_page_show (WayRequestsPage *page, const char *request_id)
{
  WayRequestItem *wanted = NULL;
  GListModel *rows = NULL;

  g_return_if_fail (WAY_IS_REQUESTS_PAGE (page));

  wanted = way_activity_find (way_service_get_activity (way_page_get_service (page)), request_id);
  if (wanted == NULL)
    return;
  if (!matches (wanted, page))
    {
      gtk_editable_set_text (GTK_EDITABLE (page->filter_entry), "");
      on_filter_changed (page);
    }
  rows = G_LIST_MODEL (page->selection);
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (WayRequestItem) item = g_list_model_get_item (rows, i);

      if (item == wanted)
        {
          on_row_activated (page, i);
          return;
        }
    }
}
