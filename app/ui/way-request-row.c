/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* All it shows is bound in its template. Main thread. */

#include "way-request-row.h"

#include "way-template.h"
#include "way-time-label.h"

struct _WayRequestRow
{
  AdwActionRow parent_instance;

  WayRequestItem *item; /* owned */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayRequestRow, way_request_row, ADW_TYPE_ACTION_ROW)

static void
way_request_row_activate (AdwActionRow *row)
{
  WayRequestRow *self = WAY_REQUEST_ROW (row);

  gtk_widget_activate_action (GTK_WIDGET (row), "win.show-request", "s",
                              way_request_item_get_record (self->item)->id);
}

static void
way_request_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, WAY_REQUEST_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_request_row_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      WAY_REQUEST_ROW (object)->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_request_row_dispose (GObject *object)
{
  g_clear_object (&WAY_REQUEST_ROW (object)->item);
  G_OBJECT_CLASS (way_request_row_parent_class)->dispose (object);
}

static void
way_request_row_class_init (WayRequestRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_request_row_get_property;
  object_class->set_property = way_request_row_set_property;
  object_class->dispose = way_request_row_dispose;
  ADW_ACTION_ROW_CLASS (klass)->activate = way_request_row_activate;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, WAY_TYPE_REQUEST_ITEM,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (WAY_TYPE_TIME_LABEL);
  way_template_set (GTK_WIDGET_CLASS (klass), "way-request-row");
}

static void
way_request_row_init (WayRequestRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * way_request_row_new:
 * @item: the request
 *
 * Returns: (transfer floating): a row that follows the request
 */
GtkWidget *
way_request_row_new (WayRequestItem *item)
{
  return g_object_new (WAY_TYPE_REQUEST_ROW, "item", item, NULL);
}
