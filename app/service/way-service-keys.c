/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The providers' keys: where each comes from, what was found, and the verbs that change it. A key
 * that was found stays in force while the keyring is locked or away; only a keyring that answers
 * can say that a key is gone. Main thread. */

#include "way-service-private.h"

#include "way-log.h"

/* What is known of one provider's key. */
typedef struct
{
  WayKeySource source;
  char *name;    /* owned */
  WayKey *key;   /* owned, nullable */
  char *problem; /* owned, nullable: of the last look-up */
  gboolean locked;
} KeySlot;

static void
key_slot_free (gpointer data)
{
  KeySlot *slot = data;

  g_free (slot->name);
  g_clear_pointer (&slot->key, way_key_unref);
  g_free (slot->problem);
  g_free (slot);
}

static const char *
source_name (WayKeySource source)
{
  switch (source)
    {
    case WAY_KEY_SOURCE_NONE:
      return "none";
    case WAY_KEY_SOURCE_KEYRING:
      return "keyring";
    case WAY_KEY_SOURCE_ENV:
      return "env";
    case WAY_KEY_SOURCE_CREDENTIAL:
      return "credential";
    }
  g_assert_not_reached ();
}

/* Shows in the list what the slot holds. */
static void
show_slot (WayService *self, const char *provider_id, const KeySlot *slot)
{
  WayKeyItem *item = way_service_find_item (self->keys, "provider-id", provider_id);
  g_autofree char *hint = slot->key != NULL ? way_key_dup_hint (slot->key) : NULL;

  if (item != NULL)
    way_key_item_set (item, slot->name, source_name (slot->source), hint, slot->problem,
                      slot->key != NULL, slot->locked);
}

/* Takes the outcome of one look-up. */
static void
fill_slot (KeySlot *slot, WayKey *key, const GError *error)
{
  g_clear_pointer (&slot->problem, g_free);
  slot->locked = way_error_is (error, WAY_ERROR_KEYRING_LOCKED);
  if (error != NULL)
    slot->problem = g_strdup (error->message);
  if (key == NULL && way_error_is_keyring (error))
    return;
  g_clear_pointer (&slot->key, way_key_unref);
  slot->key = key != NULL ? way_key_ref (key) : NULL;
}

/* A look-up that is under way; the service may go before it ends. */
typedef struct
{
  GWeakRef service;
  char *provider_id;
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  g_weak_ref_clear (&lookup->service);
  g_free (lookup->provider_id);
  g_free (lookup);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lookup, lookup_free)

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Lookup) lookup = user_data;
  g_autoptr (WayService) self = g_weak_ref_get (&lookup->service);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = way_keyring_lookup_finish (WAY_KEYRING (source), result, &error);
  KeySlot *slot = NULL;

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));

  slot = g_hash_table_lookup (self->key_slots, lookup->provider_id);
  if (slot == NULL)
    return;
  fill_slot (slot, key, error);
  show_slot (self, lookup->provider_id, slot);
  way_service_queue_apply (self);
}

static void
look_up (WayService *self, const char *provider_id, KeySlot *slot)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = NULL;
  Lookup *lookup = NULL;

  switch (slot->source)
    {
    case WAY_KEY_SOURCE_NONE:
      break;
    case WAY_KEY_SOURCE_ENV:
      key = way_credential_from_env (slot->name, &error);
      fill_slot (slot, key, error);
      break;
    case WAY_KEY_SOURCE_CREDENTIAL:
      key = way_credential_from_file (slot->name, &error);
      fill_slot (slot, key, error);
      break;
    case WAY_KEY_SOURCE_KEYRING:
      lookup = g_new0 (Lookup, 1);
      g_weak_ref_init (&lookup->service, self);
      lookup->provider_id = g_strdup (provider_id);
      way_keyring_lookup_async (self->keyring, WAY_SECRET_PROVIDER_KEY, slot->name, self->resolving,
                                on_looked_up, lookup);
      break;
    }
}

/* The slot of @provider: the one there was, if it still is about the same key. */
static KeySlot *
take_slot (GHashTable *slots, const WayProvider *provider)
{
  g_autofree char *id = NULL;
  KeySlot *slot = NULL;

  if (g_hash_table_steal_extended (slots, provider->id, (gpointer *)&id, (gpointer *)&slot))
    {
      if (slot->source == provider->key_source && g_str_equal (slot->name, provider->key_name))
        return slot;
      key_slot_free (slot);
    }
  slot = g_new0 (KeySlot, 1);
  slot->source = provider->key_source;
  slot->name = g_strdup (provider->key_name);
  slot->problem = g_strdup ("its key has not been read yet");
  return slot;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GWeakRef *ref = user_data;
  g_autoptr (WayService) self = g_weak_ref_get (ref);
  g_autoptr (GPtrArray) infos G_GNUC_UNUSED =
    way_keyring_list_finish (WAY_KEYRING (source), result, NULL);

  if (self != NULL)
    way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  g_weak_ref_clear (ref);
  g_free (ref);
}

/* A window says how the keyring is, even while no provider needs it. */
void
way_service_ask_keyring_state (WayService *self)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, self);
  way_keyring_list_async (self->keyring, NULL, on_listed, ref);
}

static void
on_keyring_changed (WayKeyring *keyring, gpointer user_data)
{
  WayService *self = user_data;

  way_service_set_keyring_state (self, way_keyring_get_state (keyring));
  if (self->wanted || self->gateway != NULL)
    way_service_resolve_keys (self);
}

void
way_service_init_keys (WayService *self)
{
  self->key_slots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, key_slot_free);
  g_signal_connect (self->keyring, "changed", G_CALLBACK (on_keyring_changed), self);
}

/* Looks up the key of each provider that names one. What needs no waiting is known on return; the
 * keyring's answers come into force as they arrive. */
void
way_service_resolve_keys (WayService *self)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);
  g_autoptr (GHashTable) old = self->key_slots;

  g_cancellable_cancel (self->resolving);
  g_clear_object (&self->resolving);
  self->resolving = g_cancellable_new ();
  self->key_slots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, key_slot_free);

  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      KeySlot *slot = NULL;

      if (provider->key_source == WAY_KEY_SOURCE_NONE)
        continue;
      slot = take_slot (old, provider);
      g_hash_table_insert (self->key_slots, g_strdup (provider->id), slot);
      look_up (self, provider->id, slot);
      show_slot (self, provider->id, slot);
    }
}

/* The config's snapshot with the keys as known now. */
WaySnapshot *
way_service_make_snapshot (WayService *self)
{
  g_autoptr (GHashTable) entries =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)way_key_entry_free);
  WaySnapshot *snapshot = NULL;
  GHashTableIter iter;
  gpointer id = NULL;
  gpointer data = NULL;

  g_hash_table_iter_init (&iter, self->key_slots);
  while (g_hash_table_iter_next (&iter, &id, &data))
    {
      const KeySlot *slot = data;

      g_hash_table_insert (entries, id,
                           way_key_entry_new (slot->key, slot->key == NULL ? slot->problem : NULL));
    }

  snapshot = way_snapshot_with_keys (way_config_get_snapshot (self->config), entries);
  /* Nobody else has seen the copy yet: until it is handed out it may be written. */
  if (self->local_only_held)
    snapshot->cloud_enabled = FALSE;
  return snapshot;
}

/* The verbs */

static const WayProvider *
find_provider (WayService *self, const char *provider_id, GError **error)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);
  const WayProvider *provider = way_snapshot_find_provider (snapshot, provider_id);

  if (provider == NULL)
    g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND,
                 "no provider is called \"%s\": add it to the config first", provider_id);
  return provider;
}

static gboolean
point_at_keyring (WayService *self, const char *provider_id, const char *name, GError **error)
{
  g_autoptr (JsonObject) provider = way_config_dup_provider (self->config, provider_id);
  JsonObject *key = json_object_new ();

  json_object_set_string_member (key, "keyring", name);
  if (provider == NULL)
    {
      json_object_unref (key);
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND,
                   "the key is stored, but the provider \"%s\" has left the config meanwhile",
                   provider_id);
      return FALSE;
    }
  json_object_set_object_member (provider, "key", key);
  return way_config_put_provider (self->config, provider, error);
}

static void
on_key_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  const char *provider_id = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  const WayProvider *provider = NULL;
  gboolean stored = way_keyring_store_finish (WAY_KEYRING (source), result, &error);

  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  provider = stored ? find_provider (self, provider_id, &error) : NULL;
  if (provider != NULL && provider->key_source != WAY_KEY_SOURCE_KEYRING)
    point_at_keyring (self, provider_id, provider_id, &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  way_service_resolve_keys (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * way_service_set_key_async:
 * @service: a service that was started
 * @provider_id: whose key it is
 * @key: the key
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores a key in the keyring, under the name that the provider's config gives it or else the
 * provider's id, and makes the config point there. In force with the next request. Main thread.
 */
void
way_service_set_key_async (WayService *service,
                           const char *provider_id,
                           WayKey *key,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  const WayProvider *provider = NULL;
  const char *name = provider_id;

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (provider_id != NULL && key != NULL);

  task = g_task_new (service, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_service_set_key_async);
  g_task_set_task_data (task, g_strdup (provider_id), g_free);
  provider = find_provider (service, provider_id, &error);
  if (provider == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (provider->key_source == WAY_KEY_SOURCE_KEYRING)
    name = provider->key_name;
  way_keyring_store_async (service->keyring, WAY_SECRET_PROVIDER_KEY, name, key, cancellable,
                           on_key_stored, g_steal_pointer (&task));
}

/**
 * way_service_set_key_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails with %WAY_ERROR_NOT_FOUND for an unknown provider, a keyring error, or %WAY_ERROR_CONFIG or
 * %WAY_ERROR_IO when the config could not be written; in the last two cases the key is stored.
 *
 * Returns: whether the key is stored and in use
 */
gboolean
way_service_set_key_finish (WayService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_key_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gboolean deleted = way_keyring_delete_finish (WAY_KEYRING (source), result, &error);

  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  way_service_resolve_keys (self);
  if (deleted)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * way_service_delete_key_async:
 * @service: a service that was started
 * @provider_id: whose key it is
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes a provider's key from the keyring. The config still names it, so the provider says that
 * its key is missing until another is stored. Main thread.
 */
void
way_service_delete_key_async (WayService *service,
                              const char *provider_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  const WayProvider *provider = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (provider_id != NULL);

  task = g_task_new (service, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_service_delete_key_async);
  provider = find_provider (service, provider_id, &error);
  if (provider != NULL && provider->key_source != WAY_KEY_SOURCE_KEYRING)
    g_set_error (&error, WAY_ERROR, WAY_ERROR_KEY_MISSING,
                 "the key of \"%s\" is not in the keyring: it comes from %s %s", provider_id,
                 source_name (provider->key_source),
                 provider->key_name != NULL ? provider->key_name : "at all");
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  way_keyring_delete_async (service->keyring, WAY_SECRET_PROVIDER_KEY, provider->key_name,
                            cancellable, on_key_deleted, g_steal_pointer (&task));
}

/**
 * way_service_delete_key_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails with %WAY_ERROR_NOT_FOUND for an unknown provider, %WAY_ERROR_KEY_MISSING when the keyring
 * has no key of it, or a keyring error.
 *
 * Returns: whether the key is gone
 */
gboolean
way_service_delete_key_finish (WayService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gboolean unlocked = way_keyring_unlock_finish (WAY_KEYRING (source), result, &error);

  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  if (!unlocked)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  way_service_resolve_keys (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * way_service_unlock_keyring_async:
 * @service: a service
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Has the desktop ask for the keyring's password, and reads the keys again. Main thread.
 */
void
way_service_unlock_keyring_async (WayService *service,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));

  task = g_task_new (service, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_service_unlock_keyring_async);
  way_keyring_unlock_async (service->keyring, cancellable, on_unlocked, task);
}

/**
 * way_service_unlock_keyring_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails with a keyring error; %WAY_ERROR_KEYRING_DENIED if the person dismissed the question.
 *
 * Returns: whether the keyring is unlocked
 */
gboolean
way_service_unlock_keyring_finish (WayService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
