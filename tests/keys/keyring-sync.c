/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "keyring-sync.h"

#include <string.h>

#define DEADLINE_S 60

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("the keyring did not get there within %d s", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **ret_result = user_data;
  *ret_result = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

WayKey *
sync_lookup (WayKeyring *keyring, WaySecretKind kind, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_keyring_lookup_async (keyring, kind, name, NULL, on_done, &result);
  wait_for (&result);
  return way_keyring_lookup_finish (keyring, result, error);
}

gboolean
sync_store (
  WayKeyring *keyring, WaySecretKind kind, const char *name, const char *value, GError **error)
{
  g_autoptr (WayKey) key = way_key_new (value, strlen (value), error);
  if (key == NULL)
    return FALSE;
  g_autoptr (GAsyncResult) result = NULL;
  way_keyring_store_async (keyring, kind, name, key, NULL, on_done, &result);
  wait_for (&result);
  return way_keyring_store_finish (keyring, result, error);
}

gboolean
sync_delete (WayKeyring *keyring, WaySecretKind kind, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_keyring_delete_async (keyring, kind, name, NULL, on_done, &result);
  wait_for (&result);
  return way_keyring_delete_finish (keyring, result, error);
}

GPtrArray *
sync_list (WayKeyring *keyring, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_keyring_list_async (keyring, NULL, on_done, &result);
  wait_for (&result);
  return way_keyring_list_finish (keyring, result, error);
}

gboolean
sync_unlock (WayKeyring *keyring, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  way_keyring_unlock_async (keyring, cancellable, on_done, &result);
  wait_for (&result);
  return way_keyring_unlock_finish (keyring, result, error);
}

void
sync_until_state (WayKeyring *keyring, WayKeyringState state)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
  while (way_keyring_get_state (keyring) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}
