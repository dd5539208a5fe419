/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Wayfare's secrets in the Secret Service: look up, store, delete, list, unlock. Main thread.
 *
 * Searches neither unlock nor take a cancellable: the first would open a question nobody asked for,
 * the second makes libsecret 0.20 return its task twice when several items are being loaded. The
 * call's own deadline ends it, and D-Bus ends the search. */

#include "way-keyring-libsecret.h"
#include "way-keyring-private.h"

static const SecretSchema schema = {
  "org.wayfare.Key",
  SECRET_SCHEMA_NONE,
  {
    { "kind", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "name", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

typedef GList ItemList;

static void
item_list_free (ItemList *items)
{
  g_list_free_full (items, g_object_unref);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ItemList, item_list_free)

static WayKeyringLibsecret *
get_keyring (WayKeyringCall *call)
{
  return WAY_KEYRING_LIBSECRET (g_task_get_source_object (call->task));
}

static void
start (WayKeyring *keyring, WayKeyringCall *call, WaySecretKind kind, const char *name, WayKey *key)
{
  call->kind = kind;
  call->name = g_strdup (name);
  call->key = key == NULL ? NULL : way_key_ref (key);
  way_keyring_libsecret_run (WAY_KEYRING_LIBSECRET (keyring), call);
}

static void
search (WayKeyringCall *call, SecretSearchFlags flags, GAsyncReadyCallback callback)
{
  g_autoptr (GHashTable) attributes =
    call->name == NULL
      ? secret_attributes_build (&schema, NULL)
      : secret_attributes_build (&schema, "kind", way_secret_kind_get_name (call->kind), "name",
                                 call->name, NULL);
  secret_service_search (get_keyring (call)->service, &schema, attributes,
                         SECRET_SEARCH_ALL | flags, NULL, callback, way_keyring_call_ref (call));
}

/* Nothing can be used: is it locked away, or is it not there? Some services hide what is locked, so
 * nothing found in a locked keyring says nothing. */
static void
return_not_found (WayKeyringCall *call, gboolean found_locked)
{
  WayKeyringLibsecret *self = get_keyring (call);
  gboolean locked = self->collection != NULL && secret_collection_get_locked (self->collection);

  if (found_locked || locked)
    way_keyring_call_return_error (call, way_keyring_error_locked ());
  else
    way_keyring_call_return_error (call, way_keyring_error_key_missing (call->kind, call->name));
}

static WayKey *
key_of_item (SecretItem *item, GError **error)
{
  g_autoptr (SecretValue) value = secret_item_get_secret (item);
  if (value == NULL)
    {
      g_propagate_error (error, way_keyring_error_denied ("it did not give the secret out"));
      return NULL;
    }
  gsize length = 0;
  const char *text = secret_value_get (value, &length);
  return way_key_new (text, length, error);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ItemList) items =
    secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  if (error != NULL)
    {
      way_keyring_libsecret_fail (get_keyring (call), call, error);
      return;
    }

  for (GList *at = items; at != NULL; at = at->next)
    {
      if (secret_item_get_locked (at->data))
        continue;
      WayKey *key = key_of_item (at->data, &error);
      if (key == NULL)
        way_keyring_call_return_error (call, g_steal_pointer (&error));
      else
        way_keyring_call_return_pointer (call, key, (GDestroyNotify)way_key_unref);
      return;
    }
  return_not_found (call, items != NULL);
}

static void
run_lookup (WayKeyringCall *call)
{
  search (call, SECRET_SEARCH_LOAD_SECRETS, on_looked_up);
}

static void
lookup_async (WayKeyring *keyring,
              WaySecretKind kind,
              const char *name,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (WayKeyringCall) call =
    way_keyring_call_new (keyring, WAY_KEYRING_LIBSECRET (keyring)->quick_ms, run_lookup,
                          way_keyring_libsecret_reconnect, cancellable, callback, user_data);
  start (keyring, call, kind, name, NULL);
}

static WayKey *
lookup_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  WayKeyringLibsecret *self = get_keyring (call);
  g_autoptr (GError) error = NULL;
  if (!secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    {
      way_keyring_libsecret_fail (self, call, error);
      return;
    }

  /* The service may have made the default collection just now: look for it at the next call. */
  if (self->collection == NULL)
    way_keyring_libsecret_reconnect (self);
  way_keyring_libsecret_set_state (self, WAY_KEYRING_READY);
  way_keyring_emit_changed (WAY_KEYRING (self));
  way_keyring_call_return_true (call);
}

static void
store_unlocked (WayKeyringCall *call)
{
  const char *kind = way_secret_kind_get_name (call->kind);
  g_autofree char *label = call->kind == WAY_SECRET_APP_TOKEN
                             ? g_strdup_printf ("Wayfare: token of %s", call->name)
                             : g_strdup_printf ("Wayfare: key of %s", call->name);
  g_autoptr (GHashTable) attributes =
    secret_attributes_build (&schema, "kind", kind, "name", call->name, NULL);
  /* Copied into libsecret's own non-pageable memory, and sent encrypted. */
  g_autoptr (SecretValue) value = secret_value_new (way_key_reveal (call->key), -1, "text/plain");

  secret_service_store (get_keyring (call)->service, &schema, attributes, SECRET_COLLECTION_DEFAULT,
                        label, value, call->cancellable, on_stored, way_keyring_call_ref (call));
}

/* After the question for the password; FALSE if the call has ended by it. */
static gboolean
finish_unlock (WayKeyringCall *call, GObject *source, GAsyncResult *result)
{
  WayKeyringLibsecret *self = get_keyring (call);
  g_autoptr (GError) error = NULL;
  int unlocked = secret_service_unlock_finish (SECRET_SERVICE (source), result, NULL, &error);

  if (error != NULL)
    way_keyring_libsecret_fail (self, call, error);
  else if (unlocked == 0)
    way_keyring_call_return_error (call, way_keyring_error_denied ("its question was dismissed"));
  else
    way_keyring_libsecret_set_state (self, WAY_KEYRING_READY);
  return !call->ended;
}

static void
on_unlocked_for_store (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  if (!finish_unlock (call, source, result))
    return;
  /* The connection may have gone with the question; then this makes another. */
  call->run = store_unlocked;
  way_keyring_libsecret_run (get_keyring (call), call);
}

/* Asks for the password if the default collection is locked; FALSE if there is nothing to ask. */
static gboolean
ask_to_unlock (WayKeyringCall *call, GAsyncReadyCallback callback)
{
  WayKeyringLibsecret *self = get_keyring (call);
  if (self->collection == NULL || !secret_collection_get_locked (self->collection))
    return FALSE;

  GList objects = { .data = self->collection };
  secret_service_unlock (self->service, &objects, call->cancellable, callback,
                         way_keyring_call_ref (call));
  return TRUE;
}

static void
run_store (WayKeyringCall *call)
{
  if (!ask_to_unlock (call, on_unlocked_for_store))
    store_unlocked (call);
}

static void
store_async (WayKeyring *keyring,
             WaySecretKind kind,
             const char *name,
             WayKey *key,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (WayKeyringCall) call =
    way_keyring_call_new (keyring, WAY_KEYRING_LIBSECRET (keyring)->prompt_ms, run_store,
                          way_keyring_libsecret_reconnect, cancellable, callback, user_data);
  start (keyring, call, kind, name, key);
}

static gboolean
boolean_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  WayKeyringLibsecret *self = get_keyring (call);
  g_autoptr (GError) error = NULL;
  if (!secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    {
      way_keyring_libsecret_fail (self, call, error);
      return;
    }
  way_keyring_emit_changed (WAY_KEYRING (self));
  way_keyring_call_return_true (call);
}

static void
on_found_for_delete (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ItemList) items =
    secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  if (error != NULL)
    {
      way_keyring_libsecret_fail (get_keyring (call), call, error);
      return;
    }
  if (call->ended)
    return;
  /* One at most: a store replaces what has the same attributes. */
  if (items == NULL || secret_item_get_locked (items->data))
    {
      return_not_found (call, items != NULL);
      return;
    }
  secret_item_delete (items->data, call->cancellable, on_deleted, way_keyring_call_ref (call));
}

static void
run_delete (WayKeyringCall *call)
{
  search (call, SECRET_SEARCH_NONE, on_found_for_delete);
}

static void
delete_async (WayKeyring *keyring,
              WaySecretKind kind,
              const char *name,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (WayKeyringCall) call =
    way_keyring_call_new (keyring, WAY_KEYRING_LIBSECRET (keyring)->quick_ms, run_delete,
                          way_keyring_libsecret_reconnect, cancellable, callback, user_data);
  start (keyring, call, kind, name, NULL);
}

/* NULL for an item whose attributes are not ours. */
static WaySecretInfo *
describe_item (SecretItem *item)
{
  g_autoptr (GHashTable) attributes = secret_item_get_attributes (item);
  const char *name = g_hash_table_lookup (attributes, "name");
  WaySecretKind kind = WAY_SECRET_PROVIDER_KEY;
  if (name == NULL || !way_secret_kind_from_name (g_hash_table_lookup (attributes, "kind"), &kind))
    return NULL;

  WaySecretInfo *info = way_secret_info_new (kind, name);
  info->locked = secret_item_get_locked (item);
  info->modified_at_us = (gint64)secret_item_get_modified (item) * G_USEC_PER_SEC;
  g_autoptr (WayKey) key = info->locked ? NULL : key_of_item (item, NULL);
  info->hint = key == NULL ? NULL : way_key_dup_hint (key);
  return info;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ItemList) items =
    secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  if (error != NULL)
    {
      way_keyring_libsecret_fail (get_keyring (call), call, error);
      return;
    }

  GPtrArray *infos = g_ptr_array_new_with_free_func ((GDestroyNotify)way_secret_info_free);
  for (GList *at = items; at != NULL; at = at->next)
    {
      WaySecretInfo *info = describe_item (at->data);
      if (info != NULL)
        g_ptr_array_add (infos, info);
    }
  g_ptr_array_sort (infos, way_secret_info_compare);
  way_keyring_call_return_pointer (call, infos, (GDestroyNotify)g_ptr_array_unref);
}

static void
run_list (WayKeyringCall *call)
{
  search (call, SECRET_SEARCH_LOAD_SECRETS, on_listed);
}

static void
list_async (WayKeyring *keyring,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (WayKeyringCall) call =
    way_keyring_call_new (keyring, WAY_KEYRING_LIBSECRET (keyring)->quick_ms, run_list,
                          way_keyring_libsecret_reconnect, cancellable, callback, user_data);
  start (keyring, call, WAY_SECRET_PROVIDER_KEY, NULL, NULL);
}

static GPtrArray *
list_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKeyringCall) call = user_data;
  if (finish_unlock (call, source, result))
    way_keyring_call_return_true (call);
}

static void
run_unlock (WayKeyringCall *call)
{
  if (!ask_to_unlock (call, on_unlocked))
    way_keyring_call_return_true (call);
}

static void
unlock_async (WayKeyring *keyring,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (WayKeyringCall) call =
    way_keyring_call_new (keyring, WAY_KEYRING_LIBSECRET (keyring)->prompt_ms, run_unlock,
                          way_keyring_libsecret_reconnect, cancellable, callback, user_data);
  start (keyring, call, WAY_SECRET_PROVIDER_KEY, NULL, NULL);
}

static WayKeyringState
get_state (WayKeyring *keyring)
{
  return WAY_KEYRING_LIBSECRET (keyring)->state;
}

void
way_keyring_libsecret_init_interface (WayKeyringInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = boolean_finish;
  iface->delete_async = delete_async;
  iface->delete_finish = boolean_finish;
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->unlock_async = unlock_async;
  iface->unlock_finish = boolean_finish;
  iface->get_state = get_state;
}
