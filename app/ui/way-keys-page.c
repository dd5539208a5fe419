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
  AdwBin parent_instance;

  /* owned */
  WayService *service;
  GCancellable *cancellable;

  /* borrowed from the template */
  GtkListBox *list;
};

enum
{
  PROP_0,
  PROP_SERVICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayKeysPage, way_keys_page, ADW_TYPE_BIN)

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return way_row_new ("way-key-row", item);
}

static void
set_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayKeysPage *self = WAY_KEYS_PAGE (widget);

  way_key_dialog_present (widget, self->service, g_variant_get_string (parameter, NULL));
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

  way_service_delete_key_async (self->service, provider_id, self->cancellable, on_deleted,
                                g_object_ref (self));
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

  way_service_unlock_keyring_async (self->service, self->cancellable, on_unlocked,
                                    g_object_ref (self));
}

static void
set_service (WayKeysPage *self, WayService *service)
{
  if (!g_set_object (&self->service, service))
    return;
  if (service != NULL)
    {
      gtk_list_box_bind_model (self->list, way_service_get_keys (service), create_row, NULL, NULL);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVICE]);
}

static void
way_keys_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      g_value_set_object (value, WAY_KEYS_PAGE (object)->service);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_keys_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      set_service (WAY_KEYS_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_keys_page_dispose (GObject *object)
{
  WayKeysPage *self = WAY_KEYS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (way_keys_page_parent_class)->dispose (object);
}

static void
way_keys_page_class_init (WayKeysPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_keys_page_get_property;
  object_class->set_property = way_keys_page_set_property;
  object_class->dispose = way_keys_page_dispose;

  properties[PROP_SERVICE] =
    g_param_spec_object ("service", NULL, NULL, WAY_TYPE_SERVICE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  way_template_set (widget_class, "way-keys-page");
  gtk_widget_class_bind_template_child (widget_class, WayKeysPage, list);
  gtk_widget_class_install_action (widget_class, "keys.set", "s", set_action);
  gtk_widget_class_install_action (widget_class, "keys.delete", "s", delete_action);
  gtk_widget_class_install_action (widget_class, "keys.unlock", NULL, unlock_action);
}

static void
way_keys_page_init (WayKeysPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
