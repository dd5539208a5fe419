/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the pages have alike: the service they show, and what is to be cancelled when they go. */

#pragma once

#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_PAGE (way_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (WayPage, way_page, WAY, PAGE, AdwBin)

/**
 * WayPageClass:
 * @bind: binds the page to a service, which it is given once its template is there
 *
 * Property: "service" (WayService), nullable.
 */
struct _WayPageClass
{
  AdwBinClass parent_class;

  void (*bind) (WayPage *page, WayService *service);
};

WayService *way_page_get_service (gpointer page);
GCancellable *way_page_get_cancellable (gpointer page);

G_END_DECLS
