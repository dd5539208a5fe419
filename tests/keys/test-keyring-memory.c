/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The keyring in memory keeps the promises of the interface that tests above it rely on. */

#include "keyring-sync.h"

static void
on_changed (WayKeyring *keyring, gpointer user_data)
{
  guint *count = user_data;
  (*count)++;
}

static void
test_store_look_up_delete (void)
{
  g_autoptr (WayKeyring) keyring = way_keyring_memory_new ();
  g_autoptr (GError) error = NULL;
  guint changes = 0;
  g_signal_connect (keyring, "changed", G_CALLBACK (on_changed), &changes);

  g_assert_true (
    sync_store (keyring, WAY_SECRET_PROVIDER_KEY, "openai", "sk-first-0123456789", &error));
  g_assert_true (
    sync_store (keyring, WAY_SECRET_PROVIDER_KEY, "openai", "sk-second-0123456789", &error));
  g_assert_no_error (error);
  g_autoptr (WayKey) key = sync_lookup (keyring, WAY_SECRET_PROVIDER_KEY, "openai", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (way_key_reveal (key), ==, "sk-second-0123456789");

  g_assert_true (sync_delete (keyring, WAY_SECRET_PROVIDER_KEY, "openai", &error));
  g_assert_cmpuint (changes, ==, 3);
  g_assert_null (sync_lookup (keyring, WAY_SECRET_PROVIDER_KEY, "openai", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING);
}

static void
test_kinds_are_apart (void)
{
  g_autoptr (WayKeyring) keyring = way_keyring_memory_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (sync_store (keyring, WAY_SECRET_APP_TOKEN, "same", "token-0123456789", &error));
  g_assert_false (sync_delete (keyring, WAY_SECRET_PROVIDER_KEY, "same", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEY_MISSING);
}

static void
test_list (void)
{
  g_autoptr (WayKeyring) keyring = way_keyring_memory_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (sync_store (keyring, WAY_SECRET_APP_TOKEN, "app", "token-0123456789", &error));
  g_assert_true (sync_store (keyring, WAY_SECRET_PROVIDER_KEY, "b", "sk-0123456789", &error));
  g_assert_true (sync_store (keyring, WAY_SECRET_PROVIDER_KEY, "a", "sk-0123456xyz", &error));

  g_autoptr (GPtrArray) infos = sync_list (keyring, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 3);
  const WaySecretInfo *first = g_ptr_array_index (infos, 0);
  g_assert_cmpstr (first->name, ==, "a");
  g_assert_cmpstr (first->hint, ==, "…6xyz");
  g_assert_cmpint (first->modified_at_us, >, 0);
  const WaySecretInfo *last = g_ptr_array_index (infos, 2);
  g_assert_cmpint (last->kind, ==, WAY_SECRET_APP_TOKEN);
}

static void
test_is_unlocked (void)
{
  g_autoptr (WayKeyring) keyring = way_keyring_memory_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (sync_unlock (keyring, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (way_keyring_get_state (keyring), ==, WAY_KEYRING_READY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/keyring-memory/store-look-up-delete", test_store_look_up_delete);
  g_test_add_func ("/keys/keyring-memory/kinds-are-apart", test_kinds_are_apart);
  g_test_add_func ("/keys/keyring-memory/list", test_list);
  g_test_add_func ("/keys/keyring-memory/is-unlocked", test_is_unlocked);
  return g_test_run ();
}
