/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Rows need no class of their own: everything in them is bound to the item, and what they ask for
 * are actions of the page above. Bindings of a template's own properties would do too, but GTK 4.8
 * complains when such a widget ends. Main thread. */

#include "way-row.h"

#include "way-app-item.h"
#include "way-provider-item.h"
#include "way-template.h"
#include "way-time-label.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

/* The switch follows the config: where the edit is refused it goes back. */
static gboolean
follow_config (
  GtkSwitch *toggle, gboolean wanted, gpointer item, const char *property, const char *action_name)
{
  g_autofree char *id = NULL;
  gboolean is = FALSE;

  g_object_get (item, "id", &id, property, &is, NULL);
  if (is == wanted)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (toggle), action_name, "(sb)", id, wanted);
  g_object_get (item, property, &is, NULL);
  gtk_switch_set_active (toggle, is);
  return is != wanted;
}

static gboolean
on_local_only_set (GtkSwitch *toggle, gboolean local_only, WayAppItem *item)
{
  return follow_config (toggle, local_only, item, "local-only", "apps.set-local-only");
}

static gboolean
on_enabled_set (GtkSwitch *toggle, gboolean enabled, WayProviderItem *item)
{
  return follow_config (toggle, enabled, item, "enabled", "providers.set-enabled");
}

/* Rows of a list are built alike: what tells one from the next is what it shows. */
static void
name_controls (GtkBuilder *builder, gpointer item)
{
  static const struct
  {
    const char *object;
    const char *format;
  } names[] = {
    { "row", "%s" },
    { "enabled_switch", N_ ("Use “%s”") },
    { "local_only", N_ ("Local only for “%s”") },
  };
  g_autofree char *id = NULL;

  g_object_get (item, "id", &id, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GObject *object = gtk_builder_get_object (builder, names[i].object);
      g_autoptr (GString) name = g_string_new (_ (names[i].format));

      g_string_replace (name, "%s", id, 1);
      if (object != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        name->str, -1);
    }
}

/**
 * way_row_new:
 * @name: of a .ui file, without folder and ending; it has an object "row"
 * @item: (type GObject): what the row shows
 *
 * Main thread.
 *
 * Returns: (transfer full): a row that follows the item
 */
GtkWidget *
way_row_new (const char *name, gpointer item)
{
  g_autofree char *path = g_strconcat (WAY_TEMPLATE_PREFIX, name, ".ui", NULL);
  g_autoptr (GtkBuilderScope) scope = gtk_builder_cscope_new ();
  g_autoptr (GtkBuilder) builder = gtk_builder_new ();
  g_autoptr (GError) error = NULL;

  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_lend_closures (GTK_BUILDER_CSCOPE (scope));
  gtk_builder_cscope_add_callback (scope, on_local_only_set);
  gtk_builder_cscope_add_callback (scope, on_enabled_set);
  gtk_builder_set_scope (builder, scope);
  gtk_builder_expose_object (builder, "item", item);
  gtk_builder_add_from_resource (builder, path, &error);
  g_assert (error == NULL);
  if (WAY_IS_PROVIDER_ITEM (item) || WAY_IS_APP_ITEM (item))
    name_controls (builder, item);
  return g_object_ref (GTK_WIDGET (gtk_builder_get_object (builder, "row")));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer list)
{
  gtk_widget_set_visible (gtk_widget_get_last_child (list), g_list_model_get_n_items (model) == 0);
}

/**
 * way_rows_bind:
 * @list: a list whose last child is its placeholder
 * @model: (transfer none): what it shows
 * @create_row: makes a row of an item
 *
 * Shows @model, and of the placeholder nothing at all while there are rows: GTK 4.8 keeps it behind
 * them, where the style sheet takes it for the last row. Main thread.
 */
void
way_rows_bind (GtkListBox *list, GListModel *model, GtkListBoxCreateWidgetFunc create_row)
{
  GtkWidget *placeholder = gtk_widget_get_last_child (GTK_WIDGET (list));

  gtk_list_box_bind_model (list, model, create_row, NULL, NULL);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), list, 0);
  gtk_widget_set_visible (placeholder, g_list_model_get_n_items (model) == 0);
}
