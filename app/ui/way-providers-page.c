/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Removing is undone by a button, since a provider is easily put back. Main thread. */

#include "way-providers-page.h"

#include "way-closures.h"
#include "way-dialogs.h"
#include "way-provider-dialog.h"
#include "way-row.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayProvidersPage
{
  WayPage parent_instance;

  /* borrowed from the template */
  GtkListBox *list;
  GtkListBox *found_list;
  AdwPreferencesGroup *found_group;
};

G_DEFINE_FINAL_TYPE (WayProvidersPage, way_providers_page, WAY_TYPE_PAGE)

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-provider-row", item);
}

static GtkWidget *
create_found_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Add"));
  g_autofree char *id = NULL;
  g_autofree char *base_url = NULL;

  g_object_get (item, "id", &id, "base-url", &base_url, NULL);
  g_object_set (row, "title", id, "subtitle", base_url, NULL);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "providers.add-found");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", id);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
new_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (widget);

  way_provider_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)),
                               way_page_get_service (self));
}

static WayProviderItem *
find_item (GListModel *items, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (WayProviderItem) item = g_list_model_get_item (items, i);
      g_autofree char *item_id = NULL;

      g_object_get (item, "id", &item_id, NULL);
      if (g_strcmp0 (item_id, id) == 0)
        return g_steal_pointer (&item);
    }
  return NULL;
}

/* The test has ended: its result takes the place of the toast that told of its beginning. */
static void
on_checked (WayProviderItem *item, GParamSpec *pspec, gpointer user_data)
{
  const WayProviderState *state = way_provider_item_get_state (item);
  g_autofree char *said =
    way_test_words (state->id, state->reach, state->reason, state->latency_us);

  g_signal_handlers_disconnect_by_func (item, on_checked, user_data);
  way_say (user_data, said);
}

static void
test_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  g_autofree char *said = g_strdup_printf (_ ("Asking “%s” for its models…"), id);
  g_autoptr (WayProviderItem) item =
    find_item (way_service_get_providers (way_page_get_service (self)), id);
  g_autoptr (GError) error = NULL;

  if (!way_service_test_provider (way_page_get_service (self), id, &error))
    {
      way_show_error (widget, _ ("The Provider Was Not Asked"), error);
      return;
    }
  way_say (widget, said);
  if (item == NULL)
    return;
  g_signal_handlers_disconnect_by_func (item, on_checked, self);
  g_signal_connect_object (item, "notify::checked-at-us", G_CALLBACK (on_checked), self, 0);
}

/* What a removed provider was, until its toast goes away. */
static void
on_undo (AdwToast *toast, gpointer user_data)
{
  GTask *task = user_data;
  WayProvidersPage *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (way_page_get_service (self) == NULL)
    return;
  if (!way_service_put_provider (way_page_get_service (self), g_task_get_task_data (task), &error))
    way_show_error (GTK_WIDGET (self), _ ("The Provider Was Not Put Back"), error);
}

static void
remove_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);
  g_autoptr (JsonObject) removed =
    way_config_dup_provider (way_service_get_config (way_page_get_service (self)), id);
  g_autofree char *said = g_strdup_printf (_ ("“%s” removed"), id);
  g_autoptr (GError) error = NULL;
  GTask *undo = NULL;

  if (!way_service_remove_provider (way_page_get_service (self), id, &error))
    {
      way_show_error (widget, _ ("The Provider Was Not Removed"), error);
      return;
    }
  undo = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (undo, g_steal_pointer (&removed), (GDestroyNotify)json_object_unref);
  way_say_with_undo (widget, said, G_CALLBACK (on_undo), undo);
}

static void
set_enabled_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (widget);
  g_autoptr (JsonObject) provider = NULL;
  g_autoptr (GError) error = NULL;
  const char *id = NULL;
  gboolean enabled = FALSE;

  g_variant_get (parameter, "(&sb)", &id, &enabled);
  provider = way_config_dup_provider (way_service_get_config (way_page_get_service (self)), id);
  if (provider == NULL)
    return;
  json_object_set_boolean_member (provider, "enabled", enabled);
  if (!way_service_put_provider (way_page_get_service (self), provider, &error))
    way_show_error (widget, _ ("The Provider Was Not Changed"), error);
}

static void
add_found_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (widget);
  g_autoptr (WayProviderItem) item = find_item (way_service_get_found (way_page_get_service (self)),
                                                g_variant_get_string (parameter, NULL));
  g_autoptr (JsonObject) provider = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *base_url = NULL;

  if (item == NULL)
    return;
  g_object_get (item, "id", &id, "kind", &kind, "base-url", &base_url, NULL);
  json_object_set_string_member (provider, "id", id);
  json_object_set_string_member (provider, "kind", kind);
  json_object_set_string_member (provider, "base_url", base_url);
  if (way_service_put_provider (way_page_get_service (self), provider, &error))
    way_say (widget, _ ("Provider added"));
  else
    way_show_error (widget, _ ("The Provider Was Not Added"), error);
}

static void
on_found_changed (WayProvidersPage *self)
{
  GListModel *found = way_service_get_found (way_page_get_service (self));

  gtk_widget_set_visible (GTK_WIDGET (self->found_group), g_list_model_get_n_items (found) > 0);
}

static void
way_providers_page_bind (WayPage *page, WayService *service)
{
  WayProvidersPage *self = WAY_PROVIDERS_PAGE (page);
  GListModel *found = way_service_get_found (service);

  way_rows_bind (self->list, way_service_get_providers (service), create_row);
  gtk_list_box_bind_model (self->found_list, found, create_found_row, NULL, NULL);
  g_signal_connect_object (found, "items-changed", G_CALLBACK (on_found_changed), self,
                           G_CONNECT_SWAPPED);
  on_found_changed (self);
}

static void
way_providers_page_class_init (WayProvidersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WAY_PAGE_CLASS (klass)->bind = way_providers_page_bind;
  way_template_set (widget_class, "way-providers-page");
  gtk_widget_class_bind_template_child (widget_class, WayProvidersPage, list);
  gtk_widget_class_bind_template_child (widget_class, WayProvidersPage, found_list);
  gtk_widget_class_bind_template_child (widget_class, WayProvidersPage, found_group);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "providers.test", "s", test_action);
  gtk_widget_class_install_action (widget_class, "providers.remove", "s", remove_action);
  gtk_widget_class_install_action (widget_class, "providers.set-enabled", "(sb)",
                                   set_enabled_action);
  gtk_widget_class_install_action (widget_class, "providers.add-found", "s", add_found_action);
}

static void
way_providers_page_init (WayProvidersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
