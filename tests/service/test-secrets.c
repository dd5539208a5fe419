/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Apps, their tokens, and the providers' keys. */

#include "service-fixture.h"

#include "way-key-item.h"
#include "way-service-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define CLOUD(key)                                                                                 \
  ", {\"id\": \"cloud\", \"kind\": \"openai\", \"base_url\": \"http://127.0.0.1:9/v1\"" key "}"

static void
test_app_lives_and_dies (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  g_assert_cmpuint (fixture_chat (fixture, "wf_guess"), ==, 401);
  token = fixture_add_app (fixture, "editor");
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 200);
  g_assert_nonnull (find_in (way_service_get_apps (fixture->service), "id", "editor"));

  way_service_revoke_app_async (fixture->service, "editor", NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  g_assert_true (way_service_revoke_app_finish (fixture->service, result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 401);
  g_assert_null (find_in (way_service_get_apps (fixture->service), "id", "editor"));
}

static char *
get_token (Fixture *fixture, const char *name, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  way_service_get_token_async (fixture->service, name, NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  return way_service_get_token_finish (fixture->service, result, error);
}

static void
test_token_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  g_autofree char *found = NULL;
  g_autofree char *text = NULL;
  g_autofree char *none = NULL;
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  token = fixture_add_app (fixture, "editor");
  found = get_token (fixture, "editor", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, token);

  /* The file has its hash and not itself. */
  text = fixture_read_config (fixture);
  g_assert_nonnull (strstr (text, "token_sha256"));
  g_assert_null (strstr (text, token));

  none = get_token (fixture, "nobody", &error);
  g_assert_null (none);
  g_assert_true (way_error_is (error, WAY_ERROR_KEY_MISSING));
}

static void
test_token_is_rotated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *old = NULL;
  g_autofree char *new = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean stored = FALSE;

  fixture_start (fixture);
  way_service_add_app_async (fixture->service, "editor", TRUE, NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  old = way_service_add_app_finish (fixture->service, result, &stored, &error);
  g_assert_true (stored);
  g_clear_object (&result);

  way_service_rotate_token_async (fixture->service, "editor", NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  new = way_service_rotate_token_finish (fixture->service, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (new, !=, old);
  g_assert_cmpuint (fixture_chat (fixture, old), ==, 401);
  g_assert_cmpuint (fixture_chat (fixture, new), ==, 200);
  kept = get_token (fixture, "editor", NULL);
  g_assert_cmpstr (kept, ==, new);

  /* The rest of the app is what it was. */
  text = fixture_read_config (fixture);
  g_assert_nonnull (strstr (text, "\"local\""));
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    gboolean is_good;
  } cases[] = {
    { "a", TRUE },
    { "claude-code", TRUE },
    { "0.9_b", TRUE },
    { "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl", TRUE },
    { "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklm", FALSE },
    { "", FALSE },
    { "-a", FALSE },
    { ".a", FALSE },
    { "Editor", FALSE },
    { "a b", FALSE },
    { "a/b", FALSE },
    { "ä", FALSE },
    { "claude-code", FALSE }, /* taken by now */
  };

  fixture_start (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *token = NULL;

      g_assert_cmpint (way_service_check_app_name (fixture->service, cases[i].name, NULL), ==,
                       cases[i].is_good);
      way_service_add_app_async (fixture->service, cases[i].name, FALSE, NULL, fixture_on_done,
                                 fixture);
      result = fixture_take_done (fixture);
      token = way_service_add_app_finish (fixture->service, result, NULL, &error);
      g_assert_cmpint (token != NULL, ==, cases[i].is_good);
      g_assert_cmpint (way_error_is (error, WAY_ERROR_BAD_REQUEST), ==, !cases[i].is_good);
    }
}

static void
test_revoking_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  way_service_revoke_app_async (fixture->service, "nobody", NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  g_assert_false (way_service_revoke_app_finish (fixture->service, result, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_NOT_FOUND));
}

/* The session bus of this test leads nowhere, so the real keyring is missing. */
static void
test_no_keyring (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = NULL;
  guint state = WAY_KEYRING_UNKNOWN;

  g_clear_object (&fixture->service);
  g_clear_object (&fixture->keyring);
  fixture->keyring = way_keyring_libsecret_new ();
  fixture_make_service (fixture, -1);
  fixture_start (fixture);

  token = fixture_add_app (fixture, "editor");
  g_assert_cmpuint (fixture_chat (fixture, token), ==, 200);
  g_object_get (fixture->service, "keyring-state", &state, NULL);
  g_assert_cmpuint (state, ==, WAY_KEYRING_MISSING);
}

static gboolean
keyring_is (Fixture *fixture, gconstpointer data)
{
  guint state = WAY_KEYRING_UNKNOWN;

  g_object_get (fixture->service, "keyring-state", &state, NULL);
  return state == GPOINTER_TO_UINT (data);
}

static void
test_keyring_state (Fixture *fixture, gconstpointer data)
{
  fixture_start (fixture);
  fixture_wait (fixture, keyring_is, GUINT_TO_POINTER (WAY_KEYRING_READY));
}

/* Keys */

static gboolean
has_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = way_service_make_snapshot (fixture->service);

  return way_snapshot_find_provider (snapshot, data)->key_header != NULL;
}

static gboolean
has_no_key (Fixture *fixture, gconstpointer data)
{
  return !has_key (fixture, data);
}

static gboolean
set_key (Fixture *fixture, const char *provider_id, const char *value, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WayKey) key = way_key_new (value, strlen (value), NULL);

  way_service_set_key_async (fixture->service, provider_id, key, NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  return way_service_set_key_finish (fixture->service, result, error);
}

static void
test_key_is_set_and_deleted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *hint = NULL;
  g_autofree char *problem = NULL;
  WayKeyItem *item = NULL;

  fixture_start (fixture);
  g_assert_null (find_in (way_service_get_keys (fixture->service), "provider-id", "cloud"));
  g_assert_true (set_key (fixture, "cloud", "sk-secret-abcd", &error));
  g_assert_no_error (error);
  fixture_wait (fixture, has_key, "cloud");

  text = fixture_read_config (fixture);
  g_assert_nonnull (strstr (text, "\"keyring\" : \"cloud\""));
  g_assert_null (strstr (text, "sk-secret"));
  item = find_in (way_service_get_keys (fixture->service), "provider-id", "cloud");
  hint = get_string (item, "hint");
  g_assert_true (g_str_has_suffix (hint, "abcd"));
  g_assert_true (get_boolean (item, "present"));

  way_service_delete_key_async (fixture->service, "cloud", NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  g_assert_true (way_service_delete_key_finish (fixture->service, result, &error));
  g_assert_no_error (error);
  fixture_wait (fixture, has_no_key, "cloud");
  problem = get_string (item, "problem");
  g_assert_nonnull (problem);
  g_assert_false (get_boolean (item, "present"));
}

static void
test_key_is_replaced (Fixture *fixture, gconstpointer data)
{
  WayKeyItem *item = NULL;
  g_autofree char *hint = NULL;

  fixture_start (fixture);
  g_assert_true (set_key (fixture, "cloud", "sk-secret-abcd", NULL));
  fixture_wait (fixture, has_key, "cloud");
  g_assert_true (set_key (fixture, "cloud", "sk-secret-wxyz", NULL));
  item = find_in (way_service_get_keys (fixture->service), "provider-id", "cloud");
  for (;;)
    {
      g_free (hint);
      hint = get_string (item, "hint");
      if (g_str_has_suffix (hint, "wxyz"))
        break;
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_key_under_the_name_of_the_config (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (WayKey) found = NULL;
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  g_assert_true (set_key (fixture, "cloud", "sk-secret-abcd", &error));
  way_keyring_lookup_async (fixture->keyring, WAY_SECRET_PROVIDER_KEY, "work", NULL,
                            fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  found = way_keyring_lookup_finish (fixture->keyring, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);
}

static void
test_key_of_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture_start (fixture);
  g_assert_false (set_key (fixture, "nobody", "sk-secret-abcd", &error));
  g_assert_true (way_error_is (error, WAY_ERROR_NOT_FOUND));
}

static void
test_key_from_the_environment (Fixture *fixture, gconstpointer data)
{
  WayKeyItem *item = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  /* Known at once: nobody is asked. */
  fixture_start (fixture);
  g_assert_true (has_key (fixture, "cloud"));
  item = find_in (way_service_get_keys (fixture->service), "provider-id", "cloud");
  g_assert_true (get_boolean (item, "present"));

  way_service_delete_key_async (fixture->service, "cloud", NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  g_assert_false (way_service_delete_key_finish (fixture->service, result, &error));
  g_assert_true (way_error_is (error, WAY_ERROR_KEY_MISSING));
}

static void
test_key_that_is_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = NULL;

  fixture_start (fixture);
  snapshot = way_service_make_snapshot (fixture->service);
  g_assert_null (way_snapshot_find_provider (snapshot, "cloud")->key_header);
  g_assert_nonnull (way_snapshot_find_provider (snapshot, "cloud")->key_problem);
}

#define ADD(name, config, func)                                                                    \
  g_test_add ("/service/secrets/" name, Fixture, config, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *runtime_dir = g_dir_make_tmp ("wayfare-run-XXXXXX", NULL);
  int status = 0;

  g_setenv ("XDG_RUNTIME_DIR", runtime_dir, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_setenv ("WAYFARE_TEST_KEY", "sk-secret-abcd", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("app-lives-and-dies", CONFIG ("", ""), test_app_lives_and_dies);
  ADD ("token-is-kept", CONFIG ("", ""), test_token_is_kept);
  ADD ("token-is-rotated", CONFIG ("", ""), test_token_is_rotated);
  ADD ("names", CONFIG ("", ""), test_names);
  ADD ("revoking-nobody", CONFIG ("", ""), test_revoking_nobody);
  ADD ("keyring-state", CONFIG ("", ""), test_keyring_state);
  ADD ("no-keyring", CONFIG ("", ""), test_no_keyring);
  ADD ("key-is-set-and-deleted", CONFIG (CLOUD (""), ""), test_key_is_set_and_deleted);
  ADD ("key-is-replaced", CONFIG (CLOUD (""), ""), test_key_is_replaced);
  ADD ("key-under-the-name-of-the-config",
       CONFIG (CLOUD (", \"key\": {\"keyring\": \"work\"}"), ""),
       test_key_under_the_name_of_the_config);
  ADD ("key-of-nobody", CONFIG ("", ""), test_key_of_nobody);
  ADD ("key-from-the-environment",
       CONFIG (CLOUD (", \"key\": {\"env\": \"WAYFARE_TEST_KEY\"}"), ""),
       test_key_from_the_environment);
  ADD ("key-that-is-missing",
       CONFIG (CLOUD (", \"key\": {\"env\": \"WAYFARE_TEST_KEY_THAT_IS_NOT\"}"), ""),
       test_key_that_is_missing);
  status = g_test_run ();
  g_rmdir (runtime_dir);
  return status;
}
