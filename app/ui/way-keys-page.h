/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The Keys page: what may be shown of each provider's key, and the keyring's state. */

#pragma once

#include "way-page.h"

G_BEGIN_DECLS

#define WAY_TYPE_KEYS_PAGE (way_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (WayKeysPage, way_keys_page, WAY, KEYS_PAGE, WayPage)

/* Property: "service" (WayService). Actions: keys.set(provider), keys.delete(provider),
 * keys.unlock. */

G_END_DECLS
