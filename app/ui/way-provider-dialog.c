/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A preset fills the form in; what counts is what the form says when it is sent. Main thread. */

#include "way-provider-dialog.h"

#include "way-dialogs.h"
#include "way-provider-table.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayProviderDialog
{
  AdwWindow parent_instance;

  WayService *service;  /* owned */
  WayLocality locality; /* of the address as it stands */

  /* borrowed from the template */
  AdwComboRow *preset_row;
  AdwEntryRow *id_row;
  AdwEntryRow *url_row;
  GtkSwitch *needs_key;
};

enum
{
  PROP_0,
  PROP_LOCALITY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayProviderDialog, way_provider_dialog, ADW_TYPE_WINDOW)

static const WayPreset *
get_preset (WayProviderDialog *self)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);
  const guint selected = adw_combo_row_get_selected (self->preset_row);

  return selected < n_presets ? &presets[selected] : &presets[0];
}

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* The built-in demo is the one provider that has no address. */
static gboolean
needs_address (WayProviderDialog *self)
{
  return get_preset (self)->kind != WAY_KIND_DEMO;
}

static void
on_changed (WayProviderDialog *self)
{
  const gboolean complete = *get_text (self->id_row) != '\0' &&
                            (!needs_address (self) || *get_text (self->url_row) != '\0');
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", complete);
  self->locality =
    needs_address (self) ? way_locality_of_url (get_text (self->url_row)) : WAY_LOCALITY_LOCAL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCALITY]);
}

static void
on_preset_changed (WayProviderDialog *self)
{
  const WayPreset *preset = get_preset (self);

  gtk_editable_set_text (GTK_EDITABLE (self->id_row), preset->id);
  gtk_editable_set_text (GTK_EDITABLE (self->url_row), preset->base_url);
  gtk_widget_set_visible (GTK_WIDGET (self->url_row), needs_address (self));
  gtk_switch_set_active (self->needs_key, preset->needs_key);
  on_changed (self);
}

static JsonObject *
create_provider (WayProviderDialog *self)
{
  const WayPreset *preset = get_preset (self);
  const char *id = get_text (self->id_row);
  JsonObject *provider = json_object_new ();

  json_object_set_string_member (provider, "id", id);
  json_object_set_string_member (provider, "kind", way_kind_get_name (preset->kind));
  if (needs_address (self))
    json_object_set_string_member (provider, "base_url", get_text (self->url_row));
  if (gtk_switch_get_active (self->needs_key))
    {
      JsonObject *key = json_object_new ();

      json_object_set_string_member (key, "keyring", id);
      json_object_set_object_member (provider, "key", key);
    }
  if (preset->data_policy_url != NULL)
    json_object_set_string_member (provider, "data_policy", preset->data_policy_url);
  return provider;
}

static void
add_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProviderDialog *self = WAY_PROVIDER_DIALOG (widget);
  g_autoptr (JsonObject) provider = create_provider (self);
  g_autoptr (GError) error = NULL;

  if (way_service_put_provider (self->service, provider, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    way_show_error (widget, _ ("The Provider Was Not Added"), error);
}

static void
way_provider_dialog_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayProviderDialog *self = WAY_PROVIDER_DIALOG (object);

  switch (prop_id)
    {
    case PROP_LOCALITY:
      g_value_set_uint (value, self->locality);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_provider_dialog_dispose (GObject *object)
{
  g_clear_object (&WAY_PROVIDER_DIALOG (object)->service);
  G_OBJECT_CLASS (way_provider_dialog_parent_class)->dispose (object);
}

static void
way_provider_dialog_class_init (WayProviderDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_provider_dialog_get_property;
  object_class->dispose = way_provider_dialog_dispose;

  properties[PROP_LOCALITY] =
    g_param_spec_uint ("locality", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  way_template_set (widget_class, "way-provider-dialog");
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, preset_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, id_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, needs_key);
  gtk_widget_class_bind_template_callback (widget_class, on_preset_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
}

static void
way_provider_dialog_init (WayProviderDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < n_presets; i++)
    gtk_string_list_append (titles, presets[i].title);
  adw_combo_row_set_model (self->preset_row, G_LIST_MODEL (titles));
  on_preset_changed (self);
}

/**
 * way_provider_dialog_present:
 * @parent: the window it belongs to
 * @service: where the provider is added
 *
 * Asks for a provider and adds it; what the config refuses is said in words and can be corrected.
 * Main thread.
 */
void
way_provider_dialog_present (GtkWindow *parent, WayService *service)
{
  WayProviderDialog *self = g_object_new (WAY_TYPE_PROVIDER_DIALOG, "transient-for", parent, NULL);

  self->service = g_object_ref (service);
  gtk_window_present (GTK_WINDOW (self));
}
