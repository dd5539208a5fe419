/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Holds the pages together and knows none of their insides: what a page can do it installs as an
 * action of its own, and the window's keys lead there. Main thread. */

#include "way-window.h"

#include "way-apps-page.h"
#include "way-closures.h"
#include "way-keys-page.h"
#include "way-now-page.h"
#include "way-providers-page.h"
#include "way-requests-page.h"
#include "way-template.h"

struct _WayWindow
{
  AdwApplicationWindow parent_instance;

  /* owned */
  WayService *service;

  /* borrowed from the template */
  AdwLeaflet *leaflet;
  GtkListBox *sidebar;
  AdwViewStack *pages;
  AdwViewStackPage *now_stack_page;
  AdwWindowTitle *title;
  WayRequestsPage *requests_page;
};

enum
{
  PROP_0,
  PROP_SERVICE,
  PROP_FAULTS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayWindow, way_window, ADW_TYPE_APPLICATION_WINDOW)

static GtkWidget *
create_sidebar_row (gpointer item, gpointer user_data)
{
  AdwViewStackPage *page = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (adw_view_stack_page_get_icon_name (page));
  GtkWidget *label = gtk_label_new (adw_view_stack_page_get_title (page));
  GtkWidget *badge = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (badge, "numeric");
  gtk_widget_add_css_class (badge, "way-badge");
  g_object_bind_property (page, "badge-number", badge, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (page, "badge-number", badge, "visible", G_BINDING_SYNC_CREATE);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), badge);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_view_stack_page_get_title (page), -1);
  return row;
}

/* A row that is only reached with the keys is selected: its page is shown then, so that both agree;
 * where there is room for one of them alone, the sidebar stays. */
static void
on_row_selected (GtkListBox *sidebar, GtkListBoxRow *row, gpointer user_data)
{
  WayWindow *self = user_data;
  g_autoptr (GtkSelectionModel) model = adw_view_stack_get_pages (self->pages);

  if (row != NULL)
    gtk_selection_model_select_item (model, (guint)gtk_list_box_row_get_index (row), TRUE);
}

static void
on_row_activated (GtkListBox *sidebar, GtkListBoxRow *row, gpointer user_data)
{
  adw_leaflet_navigate (WAY_WINDOW (user_data)->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
on_page_changed (WayWindow *self)
{
  g_autoptr (GtkSelectionModel) model = adw_view_stack_get_pages (self->pages);
  GtkWidget *child = adw_view_stack_get_visible_child (self->pages);
  AdwViewStackPage *page = NULL;

  if (child == NULL)
    return;
  page = adw_view_stack_get_page (self->pages, child);
  adw_window_title_set_title (self->title, adw_view_stack_page_get_title (page));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    {
      if (gtk_selection_model_is_selected (model, i))
        gtk_list_box_select_row (self->sidebar,
                                 gtk_list_box_get_row_at_index (self->sidebar, (int)i));
    }
}

static void
show_page (WayWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->pages, name);
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_FORWARD);
}

static void
page_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  show_page (WAY_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
find_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayWindow *self = WAY_WINDOW (widget);

  show_page (self, "requests");
  way_requests_page_focus_filter (self->requests_page);
}

static void
show_requests_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayWindow *self = WAY_WINDOW (widget);

  show_page (self, "requests");
  way_requests_page_set_filter (self->requests_page, g_variant_get_string (parameter, NULL));
}

static void
show_request_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayWindow *self = WAY_WINDOW (widget);

  show_page (self, "requests");
  way_requests_page_show (self->requests_page, g_variant_get_string (parameter, NULL));
}

/* What "new" means is the page's affair; on a page that makes nothing the key does nothing. */
static void
new_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayWindow *self = WAY_WINDOW (widget);

  gtk_widget_activate_action (adw_view_stack_get_visible_child (self->pages), "page.new", NULL);
}

static void
back_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayWindow *self = WAY_WINDOW (widget);
  GtkWidget *page = adw_view_stack_get_visible_child (self->pages);

  /* A request that lies over its list goes before the page does. */
  if (page == GTK_WIDGET (self->requests_page) && way_requests_page_go_back (self->requests_page))
    return;
  adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/* Without a router there are no pages, and their keys do nothing that nobody sees. */
static void
on_running_changed (WayWindow *self)
{
  static const char *const page_actions[] = { "win.page", "win.find", "win.new", "win.show-request",
                                              "win.show-requests" };
  const gboolean running = way_service_get_running (self->service);
  g_autoptr (GPropertyAction) local_only =
    g_property_action_new ("local-only", self->service, "local-only");

  for (gsize i = 0; i < G_N_ELEMENTS (page_actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), page_actions[i], running);
  if (running)
    g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (local_only));
  else
    g_action_map_remove_action (G_ACTION_MAP (self), "local-only");
}

/* The file is read once more: what is not in force tells its first fault alone. */
static char *
dup_faults (WayWindow *self)
{
  /* The template asks before there is a service. */
  WayConfig *config = self->service != NULL ? way_service_get_config (self->service) : NULL;
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);

  if (config == NULL || way_config_get_problem (config) == NULL)
    return g_strdup ("");
  way_config_check_file (way_config_get_path (config), faults, warnings);
  return way_faults_words (faults, way_config_get_path (config));
}

static void
on_problem_changed (WayWindow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAULTS]);
}

static void
way_window_constructed (GObject *object)
{
  WayWindow *self = WAY_WINDOW (object);

  G_OBJECT_CLASS (way_window_parent_class)->constructed (object);
  g_signal_connect_object (self->service, "notify::running", G_CALLBACK (on_running_changed), self,
                           G_CONNECT_SWAPPED);
  on_running_changed (self);
  g_signal_connect_object (self->service, "notify::problem", G_CALLBACK (on_problem_changed), self,
                           G_CONNECT_SWAPPED);
  on_problem_changed (self);
  g_object_bind_property (way_service_get_activity (self->service), "running", self->now_stack_page,
                          "badge-number", G_BINDING_SYNC_CREATE);
}

static void
way_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      g_value_set_object (value, WAY_WINDOW (object)->service);
      break;
    case PROP_FAULTS:
      g_value_take_string (value, dup_faults (WAY_WINDOW (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      WAY_WINDOW (object)->service = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_window_dispose (GObject *object)
{
  g_clear_object (&WAY_WINDOW (object)->service);
  G_OBJECT_CLASS (way_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.page", "s", page_action);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_action);
  gtk_widget_class_install_action (widget_class, "win.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.show-request", "s", show_request_action);
  gtk_widget_class_install_action (widget_class, "win.show-requests", "s", show_requests_action);
}

static void
way_window_class_init (WayWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = way_window_constructed;
  object_class->get_property = way_window_get_property;
  object_class->set_property = way_window_set_property;
  object_class->dispose = way_window_dispose;

  properties[PROP_SERVICE] =
    g_param_spec_object ("service", NULL, NULL, WAY_TYPE_SERVICE,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FAULTS] = g_param_spec_string (
    "faults", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_NOW_PAGE);
  g_type_ensure (WAY_TYPE_REQUESTS_PAGE);
  g_type_ensure (WAY_TYPE_PROVIDERS_PAGE);
  g_type_ensure (WAY_TYPE_KEYS_PAGE);
  g_type_ensure (WAY_TYPE_APPS_PAGE);
  way_template_set (widget_class, "way-window");
  gtk_widget_class_bind_template_child (widget_class, WayWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WayWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WayWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WayWindow, now_stack_page);
  gtk_widget_class_bind_template_child (widget_class, WayWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WayWindow, requests_page);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  install_actions (widget_class);
}

static void
way_window_init (WayWindow *self)
{
  g_autoptr (GtkSelectionModel) model = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  model = adw_view_stack_get_pages (self->pages);
  gtk_list_box_bind_model (self->sidebar, G_LIST_MODEL (model), create_sidebar_row, NULL, NULL);
  g_signal_connect_object (self->pages, "notify::visible-child", G_CALLBACK (on_page_changed), self,
                           G_CONNECT_SWAPPED);
  on_page_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->sidebar));
}

/**
 * way_window_new:
 * @application: the application it belongs to
 * @service: what it shows
 * @settings: (nullable): where its size is kept; %NULL keeps it nowhere
 *
 * A window that is not shown yet. Main thread.
 *
 * Returns: (transfer none): a new window, owned by GTK
 */
WayWindow *
way_window_new (GtkApplication *application, WayService *service, GSettings *settings)
{
  WayWindow *self =
    g_object_new (WAY_TYPE_WINDOW, "application", application, "service", service, NULL);

  if (settings != NULL)
    {
      g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (settings, "page", self->pages, "visible-child-name",
                       G_SETTINGS_BIND_DEFAULT);
    }
  return self;
}
