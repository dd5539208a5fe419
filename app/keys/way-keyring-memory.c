/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A keyring that forgets everything with the process: for tests of what stands above it. It
 * completes its calls from the main loop like a real one. Main thread. */

#include "way-keyring-private.h"

#define WAY_TYPE_KEYRING_MEMORY (way_keyring_memory_get_type ())
G_DECLARE_FINAL_TYPE (WayKeyringMemory, way_keyring_memory, WAY, KEYRING_MEMORY, GObject)

typedef struct
{
  WaySecretInfo *info; /* owned */
  WayKey *key;         /* owned */
} Secret;

struct _WayKeyringMemory
{
  GObject parent_instance;

  /* owned */
  GHashTable *secrets; /* "kind/name" → Secret */
};

static void
secret_free (gpointer data)
{
  Secret *secret = data;
  way_secret_info_free (secret->info);
  way_key_unref (secret->key);
  g_free (secret);
}

static char *
dup_id (WaySecretKind kind, const char *name)
{
  return g_strconcat (way_secret_kind_get_name (kind), "/", name, NULL);
}

static void
memory_lookup_async (WayKeyring *keyring,
                     WaySecretKind kind,
                     const char *name,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  WayKeyringMemory *self = WAY_KEYRING_MEMORY (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = dup_id (kind, name);
  Secret *secret = g_hash_table_lookup (self->secrets, id);

  if (secret == NULL)
    g_task_return_error (task, way_keyring_error_key_missing (kind, name));
  else
    g_task_return_pointer (task, way_key_ref (secret->key), (GDestroyNotify)way_key_unref);
}

static WayKey *
memory_lookup_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
memory_store_async (WayKeyring *keyring,
                    WaySecretKind kind,
                    const char *name,
                    WayKey *key,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  WayKeyringMemory *self = WAY_KEYRING_MEMORY (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  Secret *secret = g_new0 (Secret, 1);
  secret->info = way_secret_info_new (kind, name);
  secret->info->hint = way_key_dup_hint (key);
  secret->info->modified_at_us = g_get_real_time ();
  secret->key = way_key_ref (key);
  g_hash_table_replace (self->secrets, dup_id (kind, name), secret);

  way_keyring_emit_changed (keyring);
  g_task_return_boolean (task, TRUE);
}

static gboolean
memory_boolean_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
memory_delete_async (WayKeyring *keyring,
                     WaySecretKind kind,
                     const char *name,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  WayKeyringMemory *self = WAY_KEYRING_MEMORY (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = dup_id (kind, name);

  if (!g_hash_table_remove (self->secrets, id))
    {
      g_task_return_error (task, way_keyring_error_key_missing (kind, name));
      return;
    }
  way_keyring_emit_changed (keyring);
  g_task_return_boolean (task, TRUE);
}

static void
memory_list_async (WayKeyring *keyring,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  WayKeyringMemory *self = WAY_KEYRING_MEMORY (keyring);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) infos =
    g_ptr_array_new_with_free_func ((GDestroyNotify)way_secret_info_free);

  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const WaySecretInfo *known = ((Secret *)value)->info;
      WaySecretInfo *info = way_secret_info_new (known->kind, known->name);
      info->hint = g_strdup (known->hint);
      info->modified_at_us = known->modified_at_us;
      g_ptr_array_add (infos, info);
    }
  g_ptr_array_sort (infos, way_secret_info_compare);
  g_task_return_pointer (task, g_steal_pointer (&infos), (GDestroyNotify)g_ptr_array_unref);
}

static GPtrArray *
memory_list_finish (WayKeyring *keyring, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
memory_unlock_async (WayKeyring *keyring,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  g_task_return_boolean (task, TRUE);
}

static WayKeyringState
memory_get_state (WayKeyring *keyring)
{
  return WAY_KEYRING_READY;
}

static void
keyring_iface_init (WayKeyringInterface *iface)
{
  iface->lookup_async = memory_lookup_async;
  iface->lookup_finish = memory_lookup_finish;
  iface->store_async = memory_store_async;
  iface->store_finish = memory_boolean_finish;
  iface->delete_async = memory_delete_async;
  iface->delete_finish = memory_boolean_finish;
  iface->list_async = memory_list_async;
  iface->list_finish = memory_list_finish;
  iface->unlock_async = memory_unlock_async;
  iface->unlock_finish = memory_boolean_finish;
  iface->get_state = memory_get_state;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayKeyringMemory,
                               way_keyring_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WAY_TYPE_KEYRING, keyring_iface_init))

static void
way_keyring_memory_finalize (GObject *object)
{
  WayKeyringMemory *self = WAY_KEYRING_MEMORY (object);
  g_hash_table_unref (self->secrets);
  G_OBJECT_CLASS (way_keyring_memory_parent_class)->finalize (object);
}

static void
way_keyring_memory_class_init (WayKeyringMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = way_keyring_memory_finalize;
}

static void
way_keyring_memory_init (WayKeyringMemory *self)
{
  self->secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, secret_free);
}

/**
 * way_keyring_memory_new:
 *
 * Returns: (transfer full): an empty keyring that is always unlocked and keeps nothing on disk
 */
WayKeyring *
way_keyring_memory_new (void)
{
  return g_object_new (WAY_TYPE_KEYRING_MEMORY, NULL);
}
