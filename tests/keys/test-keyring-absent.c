/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the keyring says where there is no Secret Service, or a dead one: on a private bus that
 * knows no services, and (with the argument "no-bus") where no bus is. */

#include "keyring-sync.h"
#include "way-keyring-private.h"

#include <string.h>

#define DEADLINE_MS 500
#define PATIENT_MS 20000

static void
assert_missing (WayKeyring *keyring)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sync_lookup (keyring, WAY_SECRET_PROVIDER_KEY, "openai", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEYRING_MISSING);
  g_assert_nonnull (strstr (error->message, "install or start one"));
  g_assert_cmpint (way_keyring_get_state (keyring), ==, WAY_KEYRING_MISSING);
}

static void
test_missing (void)
{
  g_autoptr (WayKeyring) keyring =
    way_keyring_libsecret_new_with_deadlines (PATIENT_MS, PATIENT_MS);
  assert_missing (keyring);

  g_autoptr (GError) error = NULL;
  g_assert_false (sync_store (keyring, WAY_SECRET_PROVIDER_KEY, "openai", "sk-0123", &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEYRING_MISSING);
  g_clear_error (&error);
  g_assert_false (sync_unlock (keyring, NULL, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_KEYRING_MISSING);
}

/* Swallows what the fake service is asked, so that no reply is ever sent. Runs on GIO's thread. */
static GDBusMessage *
swallow_calls (GDBusConnection *connection,
               GDBusMessage *message,
               gboolean incoming,
               gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  g_object_unref (message);
  return NULL;
}

static GDBusConnection *
own_name_and_never_answer (const char *address)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_add_filter (connection, swallow_calls, NULL, NULL);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
    "RequestName", g_variant_new ("(su)", "org.freedesktop.secrets", 0), G_VARIANT_TYPE ("(u)"),
    G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  guint32 outcome = 0;
  g_variant_get (reply, "(u)", &outcome);
  g_assert_cmpuint (outcome, ==, 1); /* the primary owner */
  return connection;
}

static void
test_never_answers (gconstpointer data)
{
  GTestDBus *bus = (GTestDBus *)data;
  g_autoptr (GDBusConnection) service =
    own_name_and_never_answer (g_test_dbus_get_bus_address (bus));
  g_autoptr (WayKeyring) keyring =
    way_keyring_libsecret_new_with_deadlines (DEADLINE_MS, DEADLINE_MS);

  /* Twice: a call after one that timed out starts anew. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 started_us = g_get_monotonic_time ();
      g_assert_null (sync_lookup (keyring, WAY_SECRET_PROVIDER_KEY, "openai", &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_KEYRING_TIMEOUT);
      g_assert_cmpint (g_get_monotonic_time () - started_us, >=, DEADLINE_MS * 1000);
    }
  g_dbus_connection_close_sync (service, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc > 1 && g_str_equal (argv[1], "no-bus"))
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      g_test_add_func ("/keys/keyring-absent/no-bus", test_missing);
      return g_test_run ();
    }

  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_test_add_func ("/keys/keyring-absent/no-service", test_missing);
  g_test_add_data_func ("/keys/keyring-absent/never-answers", bus, test_never_answers);
  int status = g_test_run ();
  g_test_dbus_stop (bus);
  return status;
}
