/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The keyring's calls for tests: each iterates the main context until it has ended, and aborts the
 * test if that takes longer than a minute. */

#pragma once

#include "way-keyring.h"

G_BEGIN_DECLS

WayKey *sync_lookup (WayKeyring *keyring, WaySecretKind kind, const char *name, GError **error);
gboolean sync_store (
  WayKeyring *keyring, WaySecretKind kind, const char *name, const char *value, GError **error);
gboolean sync_delete (WayKeyring *keyring, WaySecretKind kind, const char *name, GError **error);
GPtrArray *sync_list (WayKeyring *keyring, GError **error);
gboolean sync_unlock (WayKeyring *keyring, GCancellable *cancellable, GError **error);
void sync_until_state (WayKeyring *keyring, WayKeyringState state);

G_END_DECLS
