/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The keyring interface: wrappers over the implementation's functions, and what all implementations
 * share. Main thread. */

#include "way-keyring-private.h"

#include <string.h>

G_DEFINE_INTERFACE (WayKeyring, way_keyring, G_TYPE_OBJECT)

static guint changed_signal;

static void
way_keyring_default_init (WayKeyringInterface *iface)
{
  /**
   * WayKeyring::changed:
   *
   * way_keyring_get_state() has another answer, or a secret was stored or deleted through this
   * object: what was looked up before may be out of date.
   */
  changed_signal = g_signal_new ("changed", WAY_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

/**
 * way_keyring_lookup_async:
 * @keyring: a keyring
 * @kind: what kind of secret
 * @name: its name
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread when done
 * @user_data: for @callback
 *
 * Fetches one secret. Never asks the user anything: a locked keyring is an error.
 */
void
way_keyring_lookup_async (WayKeyring *keyring,
                          WaySecretKind kind,
                          const char *name,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));
  g_return_if_fail (name != NULL && name[0] != '\0');

  WAY_KEYRING_GET_IFACE (keyring)->lookup_async (keyring, kind, name, cancellable, callback,
                                                 user_data);
}

/**
 * way_keyring_lookup_finish:
 * @keyring: a keyring
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Errors: %WAY_ERROR_KEY_MISSING, %WAY_ERROR_KEYRING_LOCKED, %WAY_ERROR_KEYRING_MISSING,
 * %WAY_ERROR_KEYRING_DENIED, %WAY_ERROR_KEYRING_TIMEOUT, %G_IO_ERROR_CANCELLED, and those of
 * way_key_new() when another program stored something that is no key.
 *
 * Returns: (transfer full) (nullable): the secret, or %NULL with @error set
 */
WayKey *
way_keyring_lookup_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), NULL);

  return WAY_KEYRING_GET_IFACE (keyring)->lookup_finish (keyring, result, error);
}

/**
 * way_keyring_store_async:
 * @keyring: a keyring
 * @kind: what kind of secret
 * @name: its name
 * @key: the secret; a reference is held until the call ends
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread when done
 * @user_data: for @callback
 *
 * Stores a secret, replacing one of the same kind and name. May ask the user to unlock the keyring.
 */
void
way_keyring_store_async (WayKeyring *keyring,
                         WaySecretKind kind,
                         const char *name,
                         WayKey *key,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));
  g_return_if_fail (name != NULL && name[0] != '\0');
  g_return_if_fail (key != NULL);

  WAY_KEYRING_GET_IFACE (keyring)->store_async (keyring, kind, name, key, cancellable, callback,
                                                user_data);
}

/**
 * way_keyring_store_finish:
 * @keyring: a keyring
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Errors: the keyring ones of way_keyring_lookup_finish(). After a failure the old secret, if there
 * was one, is still stored; after %WAY_ERROR_KEYRING_TIMEOUT or a cancellation either may be.
 *
 * Returns: %TRUE if the secret is stored
 */
gboolean
way_keyring_store_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), FALSE);

  return WAY_KEYRING_GET_IFACE (keyring)->store_finish (keyring, result, error);
}

/**
 * way_keyring_delete_async:
 * @keyring: a keyring
 * @kind: what kind of secret
 * @name: its name
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread when done
 * @user_data: for @callback
 *
 * Deletes one secret. Never asks the user anything: a locked keyring is an error.
 */
void
way_keyring_delete_async (WayKeyring *keyring,
                          WaySecretKind kind,
                          const char *name,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));
  g_return_if_fail (name != NULL && name[0] != '\0');

  WAY_KEYRING_GET_IFACE (keyring)->delete_async (keyring, kind, name, cancellable, callback,
                                                 user_data);
}

/**
 * way_keyring_delete_finish:
 * @keyring: a keyring
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Errors: as for way_keyring_lookup_finish().
 *
 * Returns: %TRUE if the secret was there and is gone
 */
gboolean
way_keyring_delete_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), FALSE);

  return WAY_KEYRING_GET_IFACE (keyring)->delete_finish (keyring, result, error);
}

/**
 * way_keyring_list_async:
 * @keyring: a keyring
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread when done
 * @user_data: for @callback
 *
 * Lists all of Wayfare's secrets without their values. Never asks the user anything: what a locked
 * keyring holds is listed as locked and without a hint.
 */
void
way_keyring_list_async (WayKeyring *keyring,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));

  WAY_KEYRING_GET_IFACE (keyring)->list_async (keyring, cancellable, callback, user_data);
}

/**
 * way_keyring_list_finish:
 * @keyring: a keyring
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Errors: as for way_keyring_lookup_finish(), but neither %WAY_ERROR_KEY_MISSING nor
 * %WAY_ERROR_KEYRING_LOCKED.
 *
 * Returns: (transfer full) (nullable) (element-type WaySecretInfo): by kind and name, possibly
 *   empty, or %NULL with @error set
 */
GPtrArray *
way_keyring_list_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), NULL);

  return WAY_KEYRING_GET_IFACE (keyring)->list_finish (keyring, result, error);
}

/**
 * way_keyring_unlock_async:
 * @keyring: a keyring
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread when done
 * @user_data: for @callback
 *
 * Unlocks the keyring, asking the user for its password if that is needed.
 */
void
way_keyring_unlock_async (WayKeyring *keyring,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));

  WAY_KEYRING_GET_IFACE (keyring)->unlock_async (keyring, cancellable, callback, user_data);
}

/**
 * way_keyring_unlock_finish:
 * @keyring: a keyring
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Errors: %WAY_ERROR_KEYRING_DENIED if the user dismissed the question, %WAY_ERROR_KEYRING_MISSING,
 * %WAY_ERROR_KEYRING_TIMEOUT, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if the keyring is unlocked now
 */
gboolean
way_keyring_unlock_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), FALSE);

  return WAY_KEYRING_GET_IFACE (keyring)->unlock_finish (keyring, result, error);
}

/**
 * way_keyring_get_state:
 * @keyring: a keyring
 *
 * What the last call or notification said. Nothing is asked, so it is %WAY_KEYRING_UNKNOWN before
 * the first call has ended.
 */
WayKeyringState
way_keyring_get_state (WayKeyring *keyring)
{
  g_return_val_if_fail (WAY_IS_KEYRING (keyring), WAY_KEYRING_UNKNOWN);

  return WAY_KEYRING_GET_IFACE (keyring)->get_state (keyring);
}

/**
 * way_keyring_emit_changed:
 * @keyring: a keyring
 *
 * For implementations: emits [signal@Keyring::changed].
 */
void
way_keyring_emit_changed (WayKeyring *keyring)
{
  g_return_if_fail (WAY_IS_KEYRING (keyring));

  g_signal_emit (keyring, changed_signal, 0);
}

/**
 * way_secret_info_new:
 * @kind: what kind of secret
 * @name: its name
 *
 * Returns: (transfer full): a description without hint, time or lock
 */
WaySecretInfo *
way_secret_info_new (WaySecretKind kind, const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  WaySecretInfo *info = g_new0 (WaySecretInfo, 1);
  info->kind = kind;
  info->name = g_strdup (name);
  return info;
}

/**
 * way_secret_info_free:
 * @info: (transfer full) (nullable): a description
 */
void
way_secret_info_free (WaySecretInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->name);
  g_free (info->hint);
  g_free (info);
}

/* The words under which secrets are stored; never change them, or stored keys are lost. */
const char *
way_secret_kind_get_name (WaySecretKind kind)
{
  switch (kind)
    {
    case WAY_SECRET_PROVIDER_KEY:
      return "provider-key";
    case WAY_SECRET_APP_TOKEN:
      return "app-token";
    }
  g_return_val_if_reached ("");
}

gboolean
way_secret_kind_from_name (const char *name, WaySecretKind *ret_kind)
{
  for (WaySecretKind kind = WAY_SECRET_PROVIDER_KEY; kind <= WAY_SECRET_APP_TOKEN; kind++)
    if (g_strcmp0 (name, way_secret_kind_get_name (kind)) == 0)
      {
        *ret_kind = kind;
        return TRUE;
      }
  return FALSE;
}

/* For g_ptr_array_sort(): by kind, then by name. */
int
way_secret_info_compare (gconstpointer a, gconstpointer b)
{
  const WaySecretInfo *left = *(WaySecretInfo *const *)a;
  const WaySecretInfo *right = *(WaySecretInfo *const *)b;

  if (left->kind != right->kind)
    return left->kind < right->kind ? -1 : 1;
  return strcmp (left->name, right->name);
}

GError *
way_keyring_error_key_missing (WaySecretKind kind, const char *name)
{
  switch (kind)
    {
    case WAY_SECRET_PROVIDER_KEY:
      return g_error_new (WAY_ERROR, WAY_ERROR_KEY_MISSING,
                          "the keyring has no key named \"%s\"; add one on the Keys page or with "
                          "\"wayfare key set\"",
                          name);
    case WAY_SECRET_APP_TOKEN:
      return g_error_new (WAY_ERROR, WAY_ERROR_KEY_MISSING,
                          "the keyring has no token of the app \"%s\"; add the app again to get a "
                          "new one",
                          name);
    }
  g_return_val_if_reached (NULL);
}
