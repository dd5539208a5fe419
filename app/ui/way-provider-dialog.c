/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Two steps: a preset is found in the list and fills the form in; what counts is what the form says
 * when it is sent. Main thread. */

#include "way-provider-dialog.h"

#include "way-closures.h"
#include "way-dialogs.h"
#include "way-preset-words.h"
#include "way-template.h"

#include <glib/gi18n-lib.h>

struct _WayProviderDialog
{
  AdwWindow parent_instance;

  WayService *service;     /* owned */
  const WayPreset *preset; /* borrowed: what was chosen */
  WayLocality locality;    /* of the address as it stands */

  /* borrowed from the template */
  AdwLeaflet *leaflet;
  GtkWidget *choice;
  GtkWidget *form;
  GtkSearchEntry *search;
  GtkListBox *presets;
  AdwWindowTitle *form_title;
  AdwPreferencesGroup *address_group;
  AdwEntryRow *id_row;
  AdwEntryRow *url_row;
  AdwActionRow *policy_row;
  GtkLinkButton *policy_link;
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

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* The built-in demo is the one provider that has no address. */
static gboolean
needs_address (WayProviderDialog *self)
{
  return self->preset->kind != WAY_KIND_DEMO;
}

/* Adding under a name that is taken would replace who has it. */
static gboolean
is_taken (WayProviderDialog *self, const char *id)
{
  g_autoptr (JsonObject) provider =
    way_config_dup_provider (way_service_get_config (self->service), id);

  return provider != NULL;
}

static char *
find_free_id (WayProviderDialog *self, const char *id)
{
  g_autofree char *free_id = g_strdup (id);

  for (guint n = 2; is_taken (self, free_id); n++)
    {
      g_free (free_id);
      free_id = g_strdup_printf ("%s-%u", id, n);
    }
  return g_steal_pointer (&free_id);
}

static void
set_error_look (GtkWidget *widget, gboolean is_wrong)
{
  if (is_wrong)
    gtk_widget_add_css_class (widget, "error");
  else
    gtk_widget_remove_css_class (widget, "error");
}

/* What becomes of the words that are sent there, while there is still a choice. */
static void
show_policy (WayProviderDialog *self)
{
  const char *words = way_preset_policy (self->preset, self->locality);
  const gboolean is_link = words == self->preset->data_policy_url;

  adw_action_row_set_subtitle (self->policy_row, words);
  gtk_widget_set_visible (GTK_WIDGET (self->policy_link), is_link);
  gtk_link_button_set_uri (self->policy_link, is_link ? words : "");
}

static void
on_changed (WayProviderDialog *self)
{
  const char *id = get_text (self->id_row);
  const gboolean taken = is_taken (self, id);
  const gboolean complete =
    *id != '\0' && (!needs_address (self) || *get_text (self->url_row) != '\0');

  set_error_look (GTK_WIDGET (self->id_row), taken);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->id_row),
                                 taken ? _ ("Name in Wayfare (taken)") : _ ("Name in Wayfare"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", complete && !taken);
  self->locality =
    needs_address (self) ? way_locality_of_url (get_text (self->url_row)) : WAY_LOCALITY_LOCAL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCALITY]);
  show_policy (self);
}

static void
on_entry_activated (WayProviderDialog *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "dialog.add", NULL);
}

static void
choose (WayProviderDialog *self, const WayPreset *preset)
{
  g_autofree char *id = find_free_id (self, preset->id);

  self->preset = preset;
  gtk_editable_set_text (GTK_EDITABLE (self->id_row), id);
  gtk_editable_set_text (GTK_EDITABLE (self->url_row), preset->base_url);
  gtk_widget_set_visible (GTK_WIDGET (self->url_row), needs_address (self));
  gtk_switch_set_active (self->needs_key, preset->needs_key);
  adw_window_title_set_title (self->form_title, preset->title);
  adw_preferences_group_set_description (self->address_group, way_preset_address_hint (preset));
  on_changed (self);
  adw_leaflet_set_visible_child (self->leaflet, self->form);
}

/* Rows are in the order of the table, those that are not shown included. */
static void
on_preset_activated (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);
  const int index = gtk_list_box_row_get_index (row);

  g_return_if_fail (index >= 0 && (gsize)index < n_presets);
  choose (WAY_PROVIDER_DIALOG (user_data), &presets[index]);
}

static gboolean
is_shown (GtkListBoxRow *row, gpointer user_data)
{
  WayProviderDialog *self = user_data;
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  return way_preset_matches (&presets[gtk_list_box_row_get_index (row)],
                             gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
on_search_changed (WayProviderDialog *self)
{
  gtk_list_box_invalidate_filter (self->presets);
}

/* Enter takes the first that matches. */
static void
on_search_activated (WayProviderDialog *self)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  for (gsize i = 0; i < n_presets; i++)
    {
      if (way_preset_matches (&presets[i], gtk_editable_get_text (GTK_EDITABLE (self->search))))
        {
          choose (self, &presets[i]);
          return;
        }
    }
}

static void
on_search_stopped (WayProviderDialog *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* The cursor is where the next thing is to be typed. */
static void
on_step_changed (WayProviderDialog *self)
{
  GtkWidget *next = GTK_WIDGET (self->id_row);

  if (adw_leaflet_get_visible_child (self->leaflet) == self->choice)
    next = GTK_WIDGET (self->search);
  else if (*get_text (self->url_row) == '\0' && needs_address (self))
    next = GTK_WIDGET (self->url_row);
  gtk_widget_grab_focus (next);
}

static void
back_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProviderDialog *self = WAY_PROVIDER_DIALOG (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->choice);
}

/* One step back, as everywhere. */
static void
escape_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  WayProviderDialog *self = WAY_PROVIDER_DIALOG (widget);

  if (adw_leaflet_get_visible_child (self->leaflet) == self->form)
    back_action (widget, NULL, NULL);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static JsonObject *
create_provider (WayProviderDialog *self)
{
  const WayPreset *preset = self->preset;
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
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, leaflet);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, choice);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, form);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, search);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, presets);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, form_title);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, address_group);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, id_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, url_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, needs_key);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, policy_row);
  gtk_widget_class_bind_template_child (widget_class, WayProviderDialog, policy_link);
  gtk_widget_class_bind_template_callback (widget_class, on_preset_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);
  gtk_widget_class_bind_template_callback (widget_class, on_step_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activated);
  gtk_widget_class_install_action (widget_class, "dialog.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "dialog.escape", NULL, escape_action);
  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
}

static GtkWidget *
create_preset_row (const WayPreset *preset)
{
  GtkWidget *row =
    g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "activatable", TRUE, NULL);
  g_autofree char *subtitle = way_preset_subtitle (preset);
  g_autofree char *icon_name = way_locality_icon (NULL, way_preset_locality (preset));

  g_object_set (row, "title", preset->title, "subtitle", subtitle, "subtitle-lines", 1, NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_name));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  return row;
}

static void
way_provider_dialog_init (WayProviderDialog *self)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  self->preset = &presets[0];
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < n_presets; i++)
    gtk_list_box_append (self->presets, create_preset_row (&presets[i]));
  gtk_list_box_set_filter_func (self->presets, is_shown, self, NULL);
  gtk_search_entry_set_key_capture_widget (self->search, self->choice);
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
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
