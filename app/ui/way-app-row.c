/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Knows no config: the page above carries out what is asked. Main thread. */

#include "way-app-row.h"

#include "way-template.h"
#include "way-time-label.h"

struct _WayAppRow
{
  AdwExpanderRow parent_instance;

  WayAppItem *item; /* owned */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayAppRow, way_app_row, ADW_TYPE_EXPANDER_ROW)

static void
on_connect_clicked (WayAppRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "apps.connect", "s",
                              way_app_item_get_id (self->item));
}

static void
on_revoke_clicked (WayAppRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "apps.revoke", "s",
                              way_app_item_get_id (self->item));
}

static gboolean
is_local_only (WayAppRow *self)
{
  gboolean now = FALSE;

  g_object_get (self->item, "local-only", &now, NULL);
  return now;
}

/* The switch follows the config: where the edit is refused it goes back. */
static gboolean
on_local_only_set (WayAppRow *self, gboolean local_only, GtkSwitch *toggle)
{
  if (is_local_only (self) == local_only)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), "apps.set-local-only", "(sb)",
                              way_app_item_get_id (self->item), local_only);
  gtk_switch_set_active (toggle, is_local_only (self));
  return is_local_only (self) != local_only;
}

static void
way_app_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, WAY_APP_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_app_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      WAY_APP_ROW (object)->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_app_row_dispose (GObject *object)
{
  g_clear_object (&WAY_APP_ROW (object)->item);
  G_OBJECT_CLASS (way_app_row_parent_class)->dispose (object);
}

static void
way_app_row_class_init (WayAppRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = way_app_row_get_property;
  object_class->set_property = way_app_row_set_property;
  object_class->dispose = way_app_row_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, WAY_TYPE_APP_ITEM,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (widget_class, "way-app-row");
  gtk_widget_class_bind_template_callback (widget_class, on_connect_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_revoke_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_local_only_set);
}

static void
way_app_row_init (WayAppRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_app_row_new:
 * @item: what the row shows
 *
 * Returns: (transfer floating): a row that follows the item
 */
GtkWidget *
way_app_row_new (WayAppItem *item)
{
  return g_object_new (WAY_TYPE_APP_ROW, "item", item, NULL);
}
