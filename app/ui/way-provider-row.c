/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Knows no config: the page above carries out what is asked. Main thread. */

#include "way-provider-row.h"

#include "way-template.h"
#include "way-time-label.h"

struct _WayProviderRow
{
  AdwExpanderRow parent_instance;

  WayProviderItem *item; /* owned */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayProviderRow, way_provider_row, ADW_TYPE_EXPANDER_ROW)

static char *
dup_id (WayProviderRow *self)
{
  char *id = NULL;

  g_object_get (self->item, "id", &id, NULL);
  return id;
}

static void
ask_for (WayProviderRow *self, const char *action_name)
{
  g_autofree char *id = dup_id (self);

  gtk_widget_activate_action (GTK_WIDGET (self), action_name, "s", id);
}

static void
on_test_clicked (WayProviderRow *self)
{
  ask_for (self, "providers.test");
}

static void
on_remove_clicked (WayProviderRow *self)
{
  ask_for (self, "providers.remove");
}

static gboolean
is_enabled (WayProviderRow *self)
{
  gboolean now = FALSE;

  g_object_get (self->item, "enabled", &now, NULL);
  return now;
}

/* The switch follows the config: where the edit is refused it goes back. */
static gboolean
on_enabled_set (WayProviderRow *self, gboolean enabled, GtkSwitch *toggle)
{
  g_autofree char *id = dup_id (self);

  if (is_enabled (self) == enabled)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), "providers.set-enabled", "(sb)", id, enabled);
  gtk_switch_set_active (toggle, is_enabled (self));
  return is_enabled (self) != enabled;
}

static void
way_provider_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, WAY_PROVIDER_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_provider_row_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      WAY_PROVIDER_ROW (object)->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_provider_row_dispose (GObject *object)
{
  g_clear_object (&WAY_PROVIDER_ROW (object)->item);
  G_OBJECT_CLASS (way_provider_row_parent_class)->dispose (object);
}

static void
way_provider_row_class_init (WayProviderRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_provider_row_get_property;
  object_class->set_property = way_provider_row_set_property;
  object_class->dispose = way_provider_row_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, WAY_TYPE_PROVIDER_ITEM,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (widget_class, "way-provider-row");
  gtk_widget_class_bind_template_callback (widget_class, on_test_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_remove_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_enabled_set);
}

static void
way_provider_row_init (WayProviderRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_provider_row_new:
 * @item: what the row shows
 *
 * Returns: (transfer floating): a row that follows the item
 */
GtkWidget *
way_provider_row_new (WayProviderItem *item)
{
  return g_object_new (WAY_TYPE_PROVIDER_ROW, "item", item, NULL);
}
