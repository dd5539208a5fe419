/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the keyring implementations and their tests share; no other layer includes this. */

#pragma once

#include "way-keyring.h"

G_BEGIN_DECLS

WayKeyring *way_keyring_libsecret_new_with_deadlines (guint quick_ms, guint prompt_ms);

const char *way_secret_kind_get_name (WaySecretKind kind);
gboolean way_secret_kind_from_name (const char *name, WaySecretKind *ret_kind);
int way_secret_info_compare (gconstpointer a, gconstpointer b);
GError *way_keyring_error_key_missing (WaySecretKind kind, const char *name);

G_END_DECLS
