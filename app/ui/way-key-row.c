/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Knows no keyring: the page above carries out what is asked. Main thread. */

#include "way-key-row.h"

#include "way-template.h"
#include "way-time-label.h"

struct _WayKeyRow
{
  AdwActionRow parent_instance;

  WayKeyItem *item; /* owned */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayKeyRow, way_key_row, ADW_TYPE_ACTION_ROW)

static void
on_set_clicked (WayKeyRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "keys.set", "s",
                              way_key_item_get_provider_id (self->item));
}

static void
on_delete_clicked (WayKeyRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "keys.delete", "s",
                              way_key_item_get_provider_id (self->item));
}

static void
way_key_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, WAY_KEY_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_key_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      WAY_KEY_ROW (object)->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_key_row_dispose (GObject *object)
{
  g_clear_object (&WAY_KEY_ROW (object)->item);
  G_OBJECT_CLASS (way_key_row_parent_class)->dispose (object);
}

static void
way_key_row_class_init (WayKeyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_key_row_get_property;
  object_class->set_property = way_key_row_set_property;
  object_class->dispose = way_key_row_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, WAY_TYPE_KEY_ITEM,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (widget_class, "way-key-row");
  gtk_widget_class_bind_template_callback (widget_class, on_set_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_clicked);
}

static void
way_key_row_init (WayKeyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_key_row_new:
 * @item: what the row shows
 *
 * Returns: (transfer floating): a row that follows the item
 */
GtkWidget *
way_key_row_new (WayKeyItem *item)
{
  return g_object_new (WAY_TYPE_KEY_ROW, "item", item, NULL);
}
