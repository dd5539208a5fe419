/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The connection to the Secret Service (freedesktop.org's D-Bus API) and the state that follows
 * from it. What is done over the connection is in way-keyring-secrets.c. Main thread. */

#include "way-keyring-libsecret.h"

#include "way-keyring-private.h"
#include "way-log.h"

#define QUICK_DEADLINE_MS 5000
#define PROMPT_DEADLINE_MS 25000

/* One attempt to connect. It outlives its being given up, since GIO reports that later. */
typedef struct
{
  WayKeyringLibsecret *keyring; /* owned */
  GCancellable *cancellable;    /* owned */
} Attempt;

G_DEFINE_FINAL_TYPE_WITH_CODE (WayKeyringLibsecret,
                               way_keyring_libsecret,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WAY_TYPE_KEYRING,
                                                      way_keyring_libsecret_init_interface))

void
way_keyring_libsecret_set_state (WayKeyringLibsecret *self, WayKeyringState state)
{
  if (self->state == state)
    return;
  self->state = state;
  way_keyring_emit_changed (WAY_KEYRING (self));
}

static void
update_state (WayKeyringLibsecret *self)
{
  gboolean locked = self->collection != NULL && secret_collection_get_locked (self->collection);
  way_keyring_libsecret_set_state (self, locked ? WAY_KEYRING_LOCKED : WAY_KEYRING_READY);
}

static void
on_locked_changed (SecretCollection *collection, GParamSpec *pspec, gpointer user_data)
{
  update_state (user_data);
}

/* Forgets the connection, made or in the making, so that the next call makes a new one. Calls under
 * way keep their own references. */
static void
disconnect (WayKeyringLibsecret *self)
{
  if (self->connecting != NULL)
    g_cancellable_cancel (self->connecting);
  g_clear_object (&self->connecting);
  if (self->collection != NULL)
    g_signal_handlers_disconnect_by_data (self->collection, self);
  g_clear_object (&self->collection);
  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->service);
}

static void
on_owner_changed (SecretService *service, GParamSpec *pspec, gpointer user_data)
{
  WayKeyringLibsecret *self = user_data;
  g_autofree char *owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (service));
  /* While the connection is being made, the call under way reports it. */
  if (owner != NULL || self->connecting != NULL)
    return;

  way_log_debug ("the secret service left the bus");
  disconnect (self);
  way_keyring_libsecret_set_state (self, WAY_KEYRING_UNKNOWN);
}

/* Ends @call with @error in Wayfare's words, and notes what it says of the keyring. */
void
way_keyring_libsecret_fail (WayKeyringLibsecret *self, WayKeyringCall *call, const GError *error)
{
  g_autoptr (GError) translated = way_keyring_error_translate (error, call->deadline_ms);
  if (way_error_is (translated, WAY_ERROR_KEYRING_MISSING))
    {
      way_keyring_libsecret_reconnect (self);
      way_keyring_libsecret_set_state (self, WAY_KEYRING_MISSING);
    }
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    way_keyring_libsecret_set_state (self, WAY_KEYRING_DENIED);
  way_keyring_call_return_error (call, g_steal_pointer (&translated));
}

/* The connection attempt has ended: well if @error is NULL. */
static void
finish_connecting (WayKeyringLibsecret *self, const GError *error)
{
  g_autoptr (GPtrArray) calls = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)way_keyring_call_unref);
  g_clear_object (&self->connecting);

  if (error == NULL)
    update_state (self);
  else
    disconnect (self);
  for (guint i = 0; i < calls->len; i++)
    {
      WayKeyringCall *call = g_ptr_array_index (calls, i);
      if (error != NULL)
        way_keyring_libsecret_fail (self, call, error);
      else if (!call->ended)
        way_keyring_libsecret_run (self, call);
    }
}

static Attempt *
attempt_new (WayKeyringLibsecret *self)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  attempt->keyring = g_object_ref (self);
  attempt->cancellable = g_object_ref (self->connecting);
  return attempt;
}

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->keyring);
  g_object_unref (attempt->cancellable);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static gboolean
is_abandoned (const Attempt *attempt)
{
  return attempt->keyring->connecting != attempt->cancellable;
}

static void
on_collection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  WayKeyringLibsecret *self = attempt->keyring;
  if (is_abandoned (attempt))
    return;

  if (collection != NULL)
    g_signal_connect (collection, "notify::locked", G_CALLBACK (on_locked_changed), self);
  self->collection = g_steal_pointer (&collection);
  finish_connecting (self, error);
}

static void
on_service (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_open_finish (result, &error);
  WayKeyringLibsecret *self = attempt->keyring;
  if (is_abandoned (attempt))
    return;
  if (service == NULL)
    {
      finish_connecting (self, error);
      return;
    }

  self->service = g_steal_pointer (&service);
  g_signal_connect (self->service, "notify::g-name-owner", G_CALLBACK (on_owner_changed), self);
  secret_collection_for_alias (self->service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                               attempt->cancellable, on_collection, attempt_new (self));
}

static void
start_connecting (WayKeyringLibsecret *self)
{
  self->connecting = g_cancellable_new ();
  /* Not secret_service_get(): its instance is the process's, and stays after the service left. */
  secret_service_open (SECRET_TYPE_SERVICE, NULL, SECRET_SERVICE_NONE, self->connecting, on_service,
                       attempt_new (self));
}

/* Runs @call over the connection, which is made first if there is none. */
void
way_keyring_libsecret_run (WayKeyringLibsecret *self, WayKeyringCall *call)
{
  if (self->service != NULL && self->connecting == NULL)
    {
      call->run (call);
      return;
    }
  g_ptr_array_add (self->waiting, way_keyring_call_ref (call));
  if (self->connecting == NULL)
    start_connecting (self);
}

/* A service that let a call wait too long gets a new connection; so do the calls that still wait
 * for the old one to be made. */
void
way_keyring_libsecret_reconnect (gpointer keyring)
{
  WayKeyringLibsecret *self = keyring;
  disconnect (self);
  for (guint i = 0; i < self->waiting->len; i++)
    {
      WayKeyringCall *call = g_ptr_array_index (self->waiting, i);
      if (!call->ended)
        {
          start_connecting (self);
          return;
        }
    }
  g_ptr_array_set_size (self->waiting, 0);
}

static void
way_keyring_libsecret_dispose (GObject *object)
{
  WayKeyringLibsecret *self = WAY_KEYRING_LIBSECRET (object);
  disconnect (self);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  G_OBJECT_CLASS (way_keyring_libsecret_parent_class)->dispose (object);
}

static void
way_keyring_libsecret_class_init (WayKeyringLibsecretClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = way_keyring_libsecret_dispose;
}

static void
way_keyring_libsecret_init (WayKeyringLibsecret *self)
{
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)way_keyring_call_unref);
}

/**
 * way_keyring_libsecret_new:
 *
 * The user's keyring, by way of the Secret Service: GNOME Keyring, KWallet, KeePassXC. Nothing is
 * asked of it before the first call. Main thread.
 *
 * Returns: (transfer full): the keyring
 */
WayKeyring *
way_keyring_libsecret_new (void)
{
  return way_keyring_libsecret_new_with_deadlines (QUICK_DEADLINE_MS, PROMPT_DEADLINE_MS);
}

/* For tests, which do not want to wait as long as a person may. */
WayKeyring *
way_keyring_libsecret_new_with_deadlines (guint quick_ms, guint prompt_ms)
{
  WayKeyringLibsecret *self = g_object_new (WAY_TYPE_KEYRING_LIBSECRET, NULL);
  self->quick_ms = quick_ms;
  self->prompt_ms = prompt_ms;
  return WAY_KEYRING (self);
}
