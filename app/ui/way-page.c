/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The parent of all pages. Main thread. */

#include "way-page.h"

typedef struct
{
  /* owned */
  WayService *service;
  GCancellable *cancellable;
} WayPagePrivate;

enum
{
  PROP_0,
  PROP_SERVICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WayPage, way_page, ADW_TYPE_BIN)

static WayPagePrivate *
get_private (gpointer page)
{
  return way_page_get_instance_private (WAY_PAGE (page));
}

static void
set_service (WayPage *self, WayService *service)
{
  if (!g_set_object (&get_private (self)->service, service))
    return;
  if (service != NULL)
    WAY_PAGE_GET_CLASS (self)->bind (self, service);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVICE]);
}

static void
way_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      g_value_set_object (value, get_private (object)->service);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SERVICE:
      set_service (WAY_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_page_dispose (GObject *object)
{
  WayPagePrivate *private = get_private (object);

  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->service);
  G_OBJECT_CLASS (way_page_parent_class)->dispose (object);
}

static void
way_page_finalize (GObject *object)
{
  g_object_unref (get_private (object)->cancellable);
  G_OBJECT_CLASS (way_page_parent_class)->finalize (object);
}

static void
way_page_class_init (WayPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_page_get_property;
  object_class->set_property = way_page_set_property;
  object_class->dispose = way_page_dispose;
  object_class->finalize = way_page_finalize;

  properties[PROP_SERVICE] =
    g_param_spec_object ("service", NULL, NULL, WAY_TYPE_SERVICE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_page_init (WayPage *self)
{
  get_private (self)->cancellable = g_cancellable_new ();
}

/**
 * way_page_get_service:
 * @page: a #WayPage
 *
 * Returns: (transfer none) (nullable): what it shows; %NULL before, and once it is on its way out
 */
WayService *
way_page_get_service (gpointer page)
{
  return get_private (page)->service;
}

/**
 * way_page_get_cancellable:
 * @page: a #WayPage
 *
 * Returns: (transfer none): cancelled when the page goes away; for whatever it waits for
 */
GCancellable *
way_page_get_cancellable (gpointer page)
{
  return get_private (page)->cancellable;
}
