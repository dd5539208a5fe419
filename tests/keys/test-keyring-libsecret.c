/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The keyring against a real GNOME Keyring; runs under tests/support/with-keyring.sh, where nobody
 * can answer a question. Each test has its own names, and the last ones leave the keyring locked.
 */

#include "keyring-sync.h"
#include "way-keyring-private.h"

#include <string.h>

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define COLLECTION_ALIAS "/org/freedesktop/secrets/aliases/default"

#define FIRST "sk-real-first-0123456789"
#define SECOND "sk-real-second-0123456789"

/* The keyring's own deadline has to pass in two tests; nothing else comes near it. */
#define QUICK_MS 20000
#define PROMPT_MS 1500

typedef struct
{
  WayKeyring *keyring;
  guint changes;
} Fixture;

static void
on_changed (WayKeyring *keyring, gpointer user_data)
{
  Fixture *fixture = user_data;
  fixture->changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->keyring = way_keyring_libsecret_new_with_deadlines (QUICK_MS, PROMPT_MS);
  g_signal_connect (fixture->keyring, "changed", G_CALLBACK (on_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->keyring, fixture);
  g_object_unref (fixture->keyring);
}

static void
store (Fixture *fixture, WaySecretKind kind, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  sync_store (fixture->keyring, kind, name, value, &error);
  g_assert_no_error (error);
}

static void
assert_value (Fixture *fixture, WaySecretKind kind, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = sync_lookup (fixture->keyring, kind, name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (way_key_reveal (key), ==, value);
}

static void
assert_lookup_fails (Fixture *fixture, const char *name, WayErrorCode code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sync_lookup (fixture->keyring, WAY_SECRET_PROVIDER_KEY, name, &error));
  g_assert_error (error, WAY_ERROR, (int)code);
}

/* What Seahorse does when the user locks the login keyring. */
static void
lock_collection (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  const char *paths[] = { COLLECTION_ALIAS, NULL };
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    bus, SERVICE_NAME, SERVICE_PATH, "org.freedesktop.Secret.Service", "Lock",
    g_variant_new ("(^ao)", paths), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

static void
test_store_replace_delete (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (way_keyring_get_state (fixture->keyring), ==, WAY_KEYRING_UNKNOWN);
  assert_lookup_fails (fixture, "replaced", WAY_ERROR_KEY_MISSING);
  g_assert_cmpint (way_keyring_get_state (fixture->keyring), ==, WAY_KEYRING_READY);
  g_assert_cmpuint (fixture->changes, ==, 1);

  store (fixture, WAY_SECRET_PROVIDER_KEY, "replaced", FIRST);
  assert_value (fixture, WAY_SECRET_PROVIDER_KEY, "replaced", FIRST);
  store (fixture, WAY_SECRET_PROVIDER_KEY, "replaced", SECOND);
  assert_value (fixture, WAY_SECRET_PROVIDER_KEY, "replaced", SECOND);
  g_assert_cmpuint (fixture->changes, ==, 3);

  g_autoptr (GError) error = NULL;
  sync_delete (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "replaced", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->changes, ==, 4);
  assert_lookup_fails (fixture, "replaced", WAY_ERROR_KEY_MISSING);
}

static void
test_delete_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sync_delete (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "never", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING);
}

static void
test_kinds_are_apart (Fixture *fixture, gconstpointer data)
{
  store (fixture, WAY_SECRET_PROVIDER_KEY, "same", FIRST);
  store (fixture, WAY_SECRET_APP_TOKEN, "same", SECOND);
  assert_value (fixture, WAY_SECRET_PROVIDER_KEY, "same", FIRST);
  assert_value (fixture, WAY_SECRET_APP_TOKEN, "same", SECOND);
}

static const WaySecretInfo *
find_info (GPtrArray *infos, WaySecretKind kind, const char *name)
{
  for (guint i = 0; i < infos->len; i++)
    {
      const WaySecretInfo *info = g_ptr_array_index (infos, i);
      if (info->kind == kind && g_str_equal (info->name, name))
        return info;
    }
  return NULL;
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  store (fixture, WAY_SECRET_PROVIDER_KEY, "listed", FIRST);
  store (fixture, WAY_SECRET_APP_TOKEN, "listed", "short");

  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = sync_list (fixture->keyring, &error);
  g_assert_no_error (error);
  const WaySecretInfo *key = find_info (infos, WAY_SECRET_PROVIDER_KEY, "listed");
  g_assert_nonnull (key);
  g_assert_cmpstr (key->hint, ==, "…6789");
  g_assert_false (key->locked);
  g_assert_cmpint (ABS (g_get_real_time () - key->modified_at_us), <, 60 * G_USEC_PER_SEC);
  const WaySecretInfo *token = find_info (infos, WAY_SECRET_APP_TOKEN, "listed");
  g_assert_nonnull (token);
  g_assert_cmpstr (token->hint, ==, "…");
}

static void
on_finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayKey) key = way_keyring_lookup_finish (WAY_KEYRING (source), result, NULL);
  guint *found = user_data;
  if (key != NULL)
    (*found)++;
}

/* As at start-up: many keys are asked for before the connection is there. */
static void
test_many_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WayKeyring) fresh = way_keyring_libsecret_new_with_deadlines (QUICK_MS, PROMPT_MS);
  store (fixture, WAY_SECRET_PROVIDER_KEY, "many", FIRST);
  guint found = 0;
  for (guint i = 0; i < 20; i++)
    way_keyring_lookup_async (fresh, WAY_SECRET_PROVIDER_KEY, "many", NULL, on_finished, &found);
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  while (found < 20 && g_get_monotonic_time () < deadline_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (found, ==, 20);
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **ret_error = user_data;
  way_keyring_lookup_finish (WAY_KEYRING (source), result, ret_error);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  way_keyring_lookup_async (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "cancelled", cancellable,
                            on_cancelled, &error);
  g_cancellable_cancel (cancellable);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A lookup in a locked keyring ends at once: it asks nothing. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  store (fixture, WAY_SECRET_PROVIDER_KEY, "locked", FIRST);
  lock_collection ();
  sync_until_state (fixture->keyring, WAY_KEYRING_LOCKED);

  gint64 started_us = g_get_monotonic_time ();
  assert_lookup_fails (fixture, "locked", WAY_ERROR_KEYRING_LOCKED);
  assert_lookup_fails (fixture, "absent", WAY_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (g_get_monotonic_time () - started_us, <, QUICK_MS * 1000);

  g_autoptr (GError) error = NULL;
  g_assert_false (sync_delete (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "locked", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEYRING_LOCKED);
}

static void
test_locked_at_start (Fixture *fixture, gconstpointer data)
{
  assert_lookup_fails (fixture, "locked", WAY_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (way_keyring_get_state (fixture->keyring), ==, WAY_KEYRING_LOCKED);
}

static void
test_locked_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = sync_list (fixture->keyring, &error);
  g_assert_no_error (error);
  const WaySecretInfo *info = find_info (infos, WAY_SECRET_PROVIDER_KEY, "locked");
  g_assert_nonnull (info);
  g_assert_true (info->locked);
  g_assert_null (info->hint);
}

/* Nobody can answer the question: the call ends, and says why. */
static void
assert_nobody_answered (const GError *error)
{
  g_assert_true (way_error_is (error, WAY_ERROR_KEYRING_TIMEOUT) ||
                 way_error_is (error, WAY_ERROR_KEYRING_DENIED));
}

static void
test_unlock_unanswered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sync_unlock (fixture->keyring, NULL, &error));
  assert_nobody_answered (error);
  assert_lookup_fails (fixture, "locked", WAY_ERROR_KEYRING_LOCKED);
}

static void
test_store_unanswered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sync_store (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "locked", SECOND, &error));
  assert_nobody_answered (error);
  g_assert_null (strstr (error->message, "sk-real"));
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/keys/keyring-libsecret/store-replace-delete", test_store_replace_delete);
  add ("/keys/keyring-libsecret/delete-missing", test_delete_missing);
  add ("/keys/keyring-libsecret/kinds-are-apart", test_kinds_are_apart);
  add ("/keys/keyring-libsecret/list", test_list);
  add ("/keys/keyring-libsecret/many-at-once", test_many_at_once);
  add ("/keys/keyring-libsecret/cancel", test_cancel);
  add ("/keys/keyring-libsecret/locked", test_locked);
  add ("/keys/keyring-libsecret/locked-at-start", test_locked_at_start);
  add ("/keys/keyring-libsecret/locked-list", test_locked_list);
  add ("/keys/keyring-libsecret/unlock-unanswered", test_unlock_unanswered);
  add ("/keys/keyring-libsecret/store-unanswered", test_store_unanswered);
  return g_test_run ();
}
