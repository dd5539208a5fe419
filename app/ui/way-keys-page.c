/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Values pass through here once, on their way from the entry to the keyring. Main thread. */

#include "way-keys-page.h"

#include "way-dialogs.h"
#include "way-key-dialog.h"
#include "way-row.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayKeysPage
{
  WayPage parent_instance;

  /* borrowed from the template */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (WayKeysPage, way_keys_page, WAY_TYPE_PAGE)

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-key-row", item);
}

static void
set_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayKeysPage *self = WAY_KEYS_PAGE (widget);

  way_key_dialog_present (widget, way_page_get_service (self),
                          g_variant_get_string (parameter, NULL));
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeysPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (way_service_delete_key_finish (WAY_SERVICE (source), result, &error))
    way_say (GTK_WIDGET (self), _ ("Key deleted"));
  else
    way_show_error (GTK_WIDGET (self), _ ("The Key Was Not Deleted"), error);
}

static void
on_delete_confirmed (GtkWidget *widget, const char *provider_id)
{
  WayKeysPage *self = WAY_KEYS_PAGE (widget);

  way_service_delete_key_async (way_page_get_service (self), provider_id,
                                way_page_get_cancellable (self), on_deleted, g_object_ref (self));
}

static void
delete_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  const char *provider_id = g_variant_get_string (parameter, NULL);
  g_autofree char *heading = g_strdup_printf (_ ("Delete the Key of %s?"), provider_id);

  way_confirm (widget, heading,
               _ ("It is removed from the keyring. Calls to the provider fail until there is "
                  "another one."),
               _ ("_Delete"), provider_id, on_delete_confirmed);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeysPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!way_service_unlock_keyring_finish (WAY_SERVICE (source), result, &error))
    way_show_error (GTK_WIDGET (self), _ ("The Keyring Was Not Unlocked"), error);
}

static void
unlock_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayKeysPage *self = WAY_KEYS_PAGE (widget);

  way_service_unlock_keyring_async (way_page_get_service (self), way_page_get_cancellable (self),
                                    on_unlocked, g_object_ref (self));
}

static void
way_keys_page_bind (WayPage *page, WayService *service)
{
  way_rows_bind (WAY_KEYS_PAGE (page)->list, way_service_get_keys (service), create_row);
}

static void
way_keys_page_class_init (WayKeysPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  WAY_PAGE_CLASS (klass)->bind = way_keys_page_bind;
  way_template_set (widget_class, "way-keys-page");
  gtk_widget_class_bind_template_child (widget_class, WayKeysPage, list);
  gtk_widget_class_install_action (widget_class, "keys.set", "s", set_action);
  gtk_widget_class_install_action (widget_class, "keys.delete", "s", delete_action);
  gtk_widget_class_install_action (widget_class, "keys.unlock", NULL, unlock_action);
}

static void
way_keys_page_init (WayKeysPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
