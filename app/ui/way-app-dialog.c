/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The token lives as long as the dialog; it is on the screen only while the user wants to see it.
 * Main thread. */

#include "way-app-dialog.h"

#include "way-closures.h"
#include "way-dialogs.h"
#include "way-snippets.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

/* Answers by itself, so the first request works before any provider does. */
#define SNIPPET_MODEL "demo"

struct _WayAppDialog
{
  AdwWindow parent_instance;

  /* owned */
  WayService *service;
  GCancellable *cancellable;
  WayAppItem *item;
  char *name;
  char *token;
  const WaySnippet *snippet; /* borrowed */
  gboolean revealed;

  /* borrowed from the template */
  GtkStack *stack;
  AdwEntryRow *name_row;
  GtkLabel *name_problem;
  AdwComboRow *tool_row;
  AdwComboRow *snippet_row;
  GtkSwitch *local_only;
  GtkToggleButton *reveal;
  GtkWidget *unkept_row;
};

enum
{
  PROP_0,
  PROP_ITEM,
  PROP_SNIPPET,
  PROP_WHERE,
  PROP_NAME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayAppDialog, way_app_dialog, ADW_TYPE_WINDOW)

static char *
fill_snippet (WayAppDialog *self, gboolean revealed)
{
  const char *address = self->service != NULL ? way_service_get_address (self->service) : NULL;
  g_autofree char *mask = NULL;

  if (self->token == NULL)
    return g_strdup ("");
  mask = way_snippet_mask (self->token);
  return way_snippet_fill (self->snippet,
                           &(WaySnippetFacts){ .address = address != NULL ? address : "—",
                                               .app = self->name,
                                               .token = revealed ? self->token : mask,
                                               .model = SNIPPET_MODEL });
}

static void
on_snippet_changed (WayAppDialog *self)
{
  gsize n_snippets = 0;
  const WaySnippet *snippets = way_snippets (&n_snippets);
  const guint selected = adw_combo_row_get_selected (self->snippet_row);

  self->snippet = &snippets[selected < n_snippets ? selected : 0];
  self->revealed = gtk_toggle_button_get_active (self->reveal);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SNIPPET]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WHERE]);
}

/* The row of the app appears when the config with it is in force. */
static void
on_apps_changed (WayAppDialog *self)
{
  GListModel *apps = way_service_get_apps (self->service);

  if (self->name == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (apps); i++)
    {
      g_autoptr (WayAppItem) item = g_list_model_get_item (apps, i);

      if (g_str_equal (way_app_item_get_id (item), self->name) && g_set_object (&self->item, item))
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
    }
}

static void
show_token (WayAppDialog *self, const char *name, const char *token)
{
  self->name = g_strdup (name);
  self->token = g_strdup (token);
  gtk_stack_set_visible_child_name (self->stack, "token");
  gtk_window_set_title (GTK_WINDOW (self), name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  on_snippet_changed (self);
  on_apps_changed (self);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayAppDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = TRUE;
  g_autofree char *token =
    way_service_add_app_finish (WAY_SERVICE (source), result, &stored, &error);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", TRUE);
  gtk_widget_set_visible (self->unkept_row, !stored);
  if (token == NULL)
    way_show_error (GTK_WIDGET (self), _ ("The App Was Not Added"), error);
  else
    show_token (self, gtk_editable_get_text (GTK_EDITABLE (self->name_row)), token);
}

static void
add_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayAppDialog *self = WAY_APP_DIALOG (widget);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", FALSE);
  way_service_add_app_async (self->service, gtk_editable_get_text (GTK_EDITABLE (self->name_row)),
                             gtk_switch_get_active (self->local_only), self->cancellable, on_added,
                             g_object_ref (self));
}

static void
copy_token_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  way_copy (GTK_WIDGET (WAY_APP_DIALOG (widget)->stack), WAY_APP_DIALOG (widget)->token,
            _ ("Token copied"));
}

static void
copy_snippet_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayAppDialog *self = WAY_APP_DIALOG (widget);
  g_autofree char *text = fill_snippet (self, TRUE);

  way_copy (GTK_WIDGET (self->stack), text, _ ("Snippet copied, with the token in it"));
}

static void
on_name_changed (WayAppDialog *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;
  gboolean good = FALSE;

  /* An empty name is no mistake yet; it is just not enough. */
  if (self->service != NULL && *name != '\0')
    good = way_service_check_app_name (self->service, name, &error);
  problem = way_sentence (error != NULL ? error->message : "");
  gtk_label_set_text (self->name_problem, problem);
  gtk_widget_set_visible (GTK_WIDGET (self->name_problem), error != NULL);
  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->name_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name_row), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", good);
}

static void
on_name_activated (WayAppDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.add", NULL);
}

static void
way_app_dialog_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayAppDialog *self = WAY_APP_DIALOG (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_SNIPPET:
      g_value_take_string (value, fill_snippet (self, self->revealed));
      break;
    case PROP_WHERE:
      g_value_set_string (value, _ (self->snippet->where));
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_app_dialog_dispose (GObject *object)
{
  WayAppDialog *self = WAY_APP_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->item);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (way_app_dialog_parent_class)->dispose (object);
}

static void
way_app_dialog_finalize (GObject *object)
{
  WayAppDialog *self = WAY_APP_DIALOG (object);

  g_free (self->name);
  g_free (self->token);
  G_OBJECT_CLASS (way_app_dialog_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, WAY_TYPE_APP_ITEM, flags);
  properties[PROP_SNIPPET] = g_param_spec_string ("snippet", NULL, NULL, "", flags);
  properties[PROP_WHERE] = g_param_spec_string ("where", NULL, NULL, "", flags);
  properties[PROP_NAME] = g_param_spec_string ("app-name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_app_dialog_class_init (WayAppDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_app_dialog_get_property;
  object_class->dispose = way_app_dialog_dispose;
  object_class->finalize = way_app_dialog_finalize;
  install_properties (object_class);

  way_template_set (widget_class, "way-app-dialog");
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, name_problem);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, tool_row);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, snippet_row);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, local_only);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, reveal);
  gtk_widget_class_bind_template_child (widget_class, WayAppDialog, unkept_row);
  gtk_widget_class_bind_template_callback (widget_class, on_snippet_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_name_activated);
  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "dialog.copy-token", NULL, copy_token_action);
  gtk_widget_class_install_action (widget_class, "dialog.copy-snippet", NULL, copy_snippet_action);
}

static void
way_app_dialog_init (WayAppDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  gsize n_snippets = 0;
  const WaySnippet *snippets = way_snippets (&n_snippets);

  self->cancellable = g_cancellable_new ();
  self->snippet = &snippets[0];
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < n_snippets; i++)
    gtk_string_list_append (titles, _ (snippets[i].title));
  adw_combo_row_set_model (self->tool_row, G_LIST_MODEL (titles));
  adw_combo_row_set_model (self->snippet_row, G_LIST_MODEL (titles));
  on_name_changed (self);
}

static WayAppDialog *
create (GtkWindow *parent, WayService *service)
{
  WayAppDialog *self = g_object_new (WAY_TYPE_APP_DIALOG, "transient-for", parent, NULL);

  self->service = g_object_ref (service);
  g_signal_connect_object (way_service_get_apps (service), "items-changed",
                           G_CALLBACK (on_apps_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * way_app_dialog_present_new:
 * @parent: the window it belongs to
 * @service: where the app is added
 *
 * Asks for a name and a tool, adds the app, then shows its token once. Main thread.
 */
void
way_app_dialog_present_new (GtkWindow *parent, WayService *service)
{
  WayAppDialog *self = create (parent, service);

  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

/**
 * way_app_dialog_present_token:
 * @parent: the window it belongs to
 * @service: what the app calls
 * @name: the app
 * @token: its token
 *
 * Shows the token and the snippets of an app that is already there. Main thread.
 */
void
way_app_dialog_present_token (GtkWindow *parent,
                              WayService *service,
                              const char *name,
                              const char *token)
{
  WayAppDialog *self = create (parent, service);

  show_token (self, name, token);
  gtk_window_present (GTK_WINDOW (self));
}
