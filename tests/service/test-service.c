/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Starting, stopping, settings and what the lists show, with the real gateway and ledger. */

#include "service-fixture.h"
#include "way-service-private.h"

#include "way-app-item.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_starts_and_stops (Fixture *fixture, gconstpointer data)
{
  WayService *service = fixture->service;

  g_assert_false (way_service_get_running (service));
  g_assert_null (way_service_get_address (service));

  fixture_start (fixture);
  g_assert_true (way_service_get_running (service));
  g_assert_true (g_str_has_prefix (way_service_get_address (service), "http://127.0.0.1:"));

  way_service_stop (service, 0);
  g_assert_false (get_boolean (service, "running"));
  g_assert_null (way_service_get_address (service));

  fixture_start (fixture);
  g_assert_true (way_service_get_running (service));
}

static void
test_no_file_is_good (Fixture *fixture, gconstpointer data)
{
  g_autofree char *problem = NULL;

  g_clear_object (&fixture->service);
  fixture_make_service (fixture, 0);
  fixture_start (fixture);

  problem = get_string (fixture->service, "problem");
  g_assert_null (problem);
  g_assert_nonnull (find_in (way_service_get_providers (fixture->service), "id", "demo"));
}

static gboolean
runs (Fixture *fixture, gconstpointer data)
{
  return way_service_get_running (fixture->service);
}

static void
test_broken_file_then_mended (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;
  g_autofree char *problem_after = NULL;

  g_assert_false (way_service_start (fixture->service, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_CONFIG));
  problem = get_string (fixture->service, "problem");
  g_assert_cmpstr (problem, ==, error->message);
  g_assert_false (way_service_get_running (fixture->service));

  fixture_write_config (fixture, CONFIG ("", ""));
  fixture_wait (fixture, runs, NULL);
  problem_after = get_string (fixture->service, "problem");
  g_assert_null (problem_after);
}

static void
test_reload (Fixture *fixture, gconstpointer data)
{
  GListModel *providers = way_service_get_providers (fixture->service);
  g_autofree char *problem = NULL;
  gpointer demo = NULL;

  fixture_start (fixture);
  demo = find_in (providers, "id", "demo");
  g_assert_cmpuint (g_list_model_get_n_items (providers), ==, 1);

  fixture_write_config (fixture, CONFIG (", {\"id\": \"lm\", \"kind\": \"openai\", \"base_url\": "
                                         "\"http://127.0.0.1:9/v1\"}",
                                         ""));
  way_service_reload (fixture->service);
  g_assert_cmpuint (g_list_model_get_n_items (providers), ==, 2);
  g_assert_true (find_in (providers, "id", "demo") == demo);
  g_assert_nonnull (find_in (providers, "id", "lm"));

  fixture_write_config (fixture, "{\"version\": 1, \"providers\": 7}");
  way_service_reload (fixture->service);
  problem = get_string (fixture->service, "problem");
  g_assert_nonnull (problem);
  g_assert_nonnull (strstr (problem, "providers"));
  g_assert_true (way_service_get_running (fixture->service));
  g_assert_cmpuint (g_list_model_get_n_items (providers), ==, 2);
}

static void
count (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_local_only_is_kept (Fixture *fixture, gconstpointer data)
{
  guint n_notified = 0;
  g_autofree char *text = NULL;

  fixture_start (fixture);
  g_assert_false (way_service_get_local_only (fixture->service));
  g_signal_connect (fixture->service, "notify::local-only", G_CALLBACK (count), &n_notified);
  g_object_set (fixture->service, "local-only", TRUE, NULL);
  g_assert_true (way_service_get_local_only (fixture->service));
  g_assert_cmpuint (n_notified, ==, 1);

  text = fixture_read_config (fixture);
  g_assert_nonnull (strstr (text, "\"enabled\" : false"));
  g_clear_object (&fixture->service);
  fixture_make_service (fixture, -1);
  fixture_start (fixture);
  g_assert_true (way_service_get_local_only (fixture->service));
}

static void
test_local_only_that_cannot_be_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  guint n_notified = 0;
  g_autofree char *problem = NULL;

  fixture_start (fixture);
  fixture_write_config (fixture, "{broken");
  g_signal_connect (fixture->service, "notify::local-only", G_CALLBACK (count), &n_notified);
  way_service_set_local_only (fixture->service, TRUE);

  /* It holds all the same: in the window's eyes and for the requests that come. */
  g_assert_true (way_service_get_local_only (fixture->service));
  g_assert_cmpuint (n_notified, ==, 1);
  problem = get_string (fixture->service, "problem");
  g_assert_nonnull (problem);
  snapshot = way_service_make_snapshot (fixture->service);
  g_assert_false (snapshot->cloud_enabled);

  way_service_set_local_only (fixture->service, FALSE);
  g_assert_false (way_service_get_local_only (fixture->service));
  g_assert_cmpuint (n_notified, ==, 2);
}

/* Said as long as it is true, and not lost when the file is mended. */
static void
test_held_local_only_is_written_later (Fixture *fixture, gconstpointer data)
{
  g_autofree char *problem = NULL;
  g_autofree char *problem_after = NULL;
  g_autofree char *text = NULL;

  fixture_start (fixture);
  fixture_write_config (fixture, "{broken");
  way_service_set_local_only (fixture->service, TRUE);
  way_service_reload (fixture->service);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  problem = get_string (fixture->service, "problem");
  g_assert_true (g_str_has_prefix (problem, "Local Only is on until Wayfare ends: "));
  g_assert_nonnull (strstr (problem, fixture->config_path));

  fixture_write_config (fixture, CONFIG ("", ""));
  way_service_reload (fixture->service);
  g_assert_true (way_service_get_local_only (fixture->service));
  problem_after = get_string (fixture->service, "problem");
  g_assert_null (problem_after);
  text = fixture_read_config (fixture);
  g_assert_nonnull (strstr (text, "\"enabled\" : false"));
  way_service_set_local_only (fixture->service, FALSE);
  g_assert_false (way_service_get_local_only (fixture->service));
}

static void
test_port_in_use (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) taken = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;

  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &taken, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->service);
  fixture_make_service (fixture, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken)));

  g_assert_false (way_service_start (fixture->service, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_ADDRESS_IN_USE));
  problem = get_string (fixture->service, "problem");
  g_assert_cmpstr (problem, ==, error->message);

  /* It may be tried again once the port is free. */
  g_socket_listener_close (listener);
  fixture_start (fixture);
}

static void
test_second_instance (Fixture *fixture, gconstpointer data)
{
  Fixture second = { 0 };
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  fixture_set_up (&second, data);
  g_assert_false (way_service_start (second.service, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_ALREADY_RUNNING));
  fixture_tear_down (&second, data);
}

static void
test_data_dir_that_cannot_be (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->data_dir, "a file", -1, &error);
  g_assert_no_error (error);
  g_assert_false (way_service_start (fixture->service, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_IO));
  g_assert_nonnull (strstr (error->message, fixture->data_dir));
}

static gboolean
has_requests (Fixture *fixture, gconstpointer data)
{
  GListModel *activity = G_LIST_MODEL (way_service_get_activity (fixture->service));

  return g_list_model_get_n_items (activity) == GPOINTER_TO_UINT (data);
}

static gboolean
has_none_running (Fixture *fixture, gconstpointer data)
{
  guint n_running = 0;

  g_object_get (way_service_get_activity (fixture->service), "running", &n_running, NULL);
  return n_running == 0 && has_requests (fixture, data);
}

static void
test_requests_are_shown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (WayRequestItem) item = NULL;
  WayActivity *activity = way_service_get_activity (fixture->service);
  WayAppItem *app = NULL;

  fixture_start (fixture);
  token = fixture_add_app (fixture, "editor");
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 200);
  fixture_wait (fixture, has_none_running, GUINT_TO_POINTER (1));

  item = g_list_model_get_item (G_LIST_MODEL (activity), 0);
  g_assert_cmpstr (way_request_item_get_record (item)->provider, ==, "demo");
  g_assert_cmpstr (way_request_item_get_record (item)->app, ==, "editor");
  g_assert_cmpint (get_int64 (way_activity_get_meters (activity), "requests-today"), ==, 1);
  app = find_in (way_service_get_apps (fixture->service), "id", "editor");
  g_assert_cmpint (get_int64 (app, "requests-today"), ==, 1);
  g_assert_cmpint (get_int64 (app, "last-seen-us"), >, 0);
}

static gboolean
has_requests_today (Fixture *fixture, gconstpointer data)
{
  WayMeters *meters = way_activity_get_meters (way_service_get_activity (fixture->service));

  return get_int64 (meters, "requests-today") == GPOINTER_TO_INT (data);
}

static gboolean
app_was_seen (Fixture *fixture, gconstpointer data)
{
  WayAppItem *app = find_in (way_service_get_apps (fixture->service), "id", data);

  return get_int64 (app, "last-seen-us") > 0 && get_int64 (app, "requests-today") == 2;
}

static void
test_history_is_shown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;

  fixture_start (fixture);
  token = fixture_add_app (fixture, "editor");
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 200);
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 200);
  fixture_wait (fixture, has_none_running, GUINT_TO_POINTER (2));

  g_clear_object (&fixture->service);
  fixture_make_service (fixture, -1);
  fixture_start (fixture);
  fixture_wait (fixture, has_requests, GUINT_TO_POINTER (2));
  fixture_wait (fixture, has_requests_today, GINT_TO_POINTER (2));
  fixture_wait (fixture, app_was_seen, "editor");
}

static gboolean
provider_is_down (Fixture *fixture, gconstpointer data)
{
  WayProviderItem *item = find_in (way_service_get_providers (fixture->service), "id", data);

  return way_provider_item_get_state (item)->reach == WAY_REACH_DOWN;
}

static void
test_provider_state_is_shown (Fixture *fixture, gconstpointer data)
{
  /* Port 9 of this machine is "discard": nobody has listened there for decades. */
  fixture_start (fixture);
  fixture_wait (fixture, provider_is_down, "nobody");
}

#define ADD(name, config, func)                                                                    \
  g_test_add ("/service/service/" name, Fixture, config, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *runtime_dir = g_dir_make_tmp ("wayfare-run-XXXXXX", NULL);
  int status = 0;

  /* Before GLib looks: the control socket is nobody else's. */
  g_setenv ("XDG_RUNTIME_DIR", runtime_dir, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("starts-and-stops", CONFIG ("", ""), test_starts_and_stops);
  ADD ("no-file-is-good", NULL, test_no_file_is_good);
  ADD ("broken-file-then-mended", "{\"version\": 1,\n \"listen\": {", test_broken_file_then_mended);
  ADD ("reload", CONFIG ("", ""), test_reload);
  ADD ("local-only-is-kept", CONFIG ("", ""), test_local_only_is_kept);
  ADD ("local-only-that-cannot-be-written", CONFIG ("", ""),
       test_local_only_that_cannot_be_written);
  ADD ("held-local-only-is-written-later", CONFIG ("", ""), test_held_local_only_is_written_later);
  ADD ("port-in-use", CONFIG ("", ""), test_port_in_use);
  ADD ("second-instance", CONFIG ("", ""), test_second_instance);
  ADD ("data-dir-that-cannot-be", CONFIG ("", ""), test_data_dir_that_cannot_be);
  ADD ("requests-are-shown", CONFIG ("", ""), test_requests_are_shown);
  ADD ("history-is-shown", CONFIG ("", ""), test_history_is_shown);
  ADD (
    "provider-state-is-shown",
    CONFIG (", {\"id\": \"nobody\", \"kind\": \"openai\", \"base_url\": \"http://127.0.0.1:9/v1\"}",
            ""),
    test_provider_state_is_shown);
  status = g_test_run ();
  g_rmdir (runtime_dir);
  return status;
}
