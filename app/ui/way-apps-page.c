/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Adding is a dialog; everything else happens in the rows. Main thread. */

#include "way-apps-page.h"

#include "way-app-dialog.h"
#include "way-row.h"
#include "way-dialogs.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayAppsPage
{
  WayPage parent_instance;

  /* borrowed from the template */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (WayAppsPage, way_apps_page, WAY_TYPE_PAGE)

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-app-row", item);
}

static void
new_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayAppsPage *self = WAY_APPS_PAGE (widget);

  way_app_dialog_present_new (GTK_WINDOW (gtk_widget_get_root (widget)),
                              way_page_get_service (self));
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WayService *service = WAY_SERVICE (source);
  g_autoptr (GTask) task = user_data;
  WayAppsPage *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = way_service_get_token_finish (service, result, &error);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (token == NULL)
    way_show_error (GTK_WIDGET (self), _ ("The Token Cannot Be Shown"), error);
  else if (root != NULL)
    way_app_dialog_present_token (GTK_WINDOW (root), service, g_task_get_task_data (task), token);
}

static void
connect_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayAppsPage *self = WAY_APPS_PAGE (widget);
  const char *name = g_variant_get_string (parameter, NULL);
  GTask *task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (task, g_strdup (name), g_free);
  way_service_get_token_async (way_page_get_service (self), name, way_page_get_cancellable (self),
                               on_token, task);
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayAppsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (way_service_revoke_app_finish (WAY_SERVICE (source), result, &error))
    way_say (GTK_WIDGET (self), _ ("Token revoked"));
  else
    way_show_error (GTK_WIDGET (self), _ ("The Token Was Not Revoked"), error);
}

static void
on_revoke_confirmed (GtkWidget *widget, const char *name)
{
  WayAppsPage *self = WAY_APPS_PAGE (widget);

  way_service_revoke_app_async (way_page_get_service (self), name, way_page_get_cancellable (self),
                                on_revoked, g_object_ref (self));
}

static void
revoke_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  const char *name = g_variant_get_string (parameter, NULL);
  g_autofree char *heading = g_strdup_printf (_ ("Revoke the Token of %s?"), name);

  way_confirm (widget, heading,
               _ ("Every tool that uses it is refused from then on. What it has done so far stays "
                  "in the list of requests."),
               _ ("_Revoke"), name, on_revoke_confirmed);
}

static void
set_local_only_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayAppsPage *self = WAY_APPS_PAGE (widget);
  WayConfig *config = way_service_get_config (way_page_get_service (self));
  g_autoptr (JsonObject) app = NULL;
  g_autoptr (GError) error = NULL;
  const char *name = NULL;
  gboolean local_only = FALSE;

  g_variant_get (parameter, "(&sb)", &name, &local_only);
  app = way_config_dup_app (config, name);
  if (app == NULL)
    return;
  json_object_set_string_member (app, "locality", local_only ? "local" : "any");
  if (!way_config_put_app (config, app, &error))
    way_show_error (widget, _ ("The App Was Not Changed"), error);
}

static void
way_apps_page_bind (WayPage *page, WayService *service)
{
  way_rows_bind (WAY_APPS_PAGE (page)->list, way_service_get_apps (service), create_row);
}

static void
way_apps_page_class_init (WayAppsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WAY_PAGE_CLASS (klass)->bind = way_apps_page_bind;
  way_template_set (widget_class, "way-apps-page");
  gtk_widget_class_bind_template_child (widget_class, WayAppsPage, list);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "apps.connect", "s", connect_action);
  gtk_widget_class_install_action (widget_class, "apps.revoke", "s", revoke_action);
  gtk_widget_class_install_action (widget_class, "apps.set-local-only", "(sb)",
                                   set_local_only_action);
}

static void
way_apps_page_init (WayAppsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
