/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Providers page: who answers, how each does, and who else could. */

#pragma once

#include "way-page.h"

G_BEGIN_DECLS

#define WAY_TYPE_PROVIDERS_PAGE (way_providers_page_get_type ())
G_DECLARE_FINAL_TYPE (WayProvidersPage, way_providers_page, WAY, PROVIDERS_PAGE, WayPage)

/* Property: "service" (WayService). Actions: page.new, providers.test(id), providers.remove(id),
 * providers.set-enabled((id, enabled)), providers.add-found(id). */

G_END_DECLS
