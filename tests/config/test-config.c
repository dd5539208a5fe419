/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Loading, editing and writing the config file. */

#include "config-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void
put_provider (ConfigFixture *fixture, const char *json)
{
  g_autoptr (JsonObject) provider = config_fixture_object (json);
  g_autoptr (GError) error = NULL;
  way_config_put_provider (fixture->config, provider, &error);
  g_assert_no_error (error);
}

static const WayProvider *
find_provider (ConfigFixture *fixture, const char *id)
{
  return way_snapshot_find_provider (way_config_get_snapshot (fixture->config), id);
}

static void
test_defaults_without_file (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (way_config_load (fixture->config, &error));
  g_assert_no_error (error);
  g_assert_null (way_config_get_problem (fixture->config));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  WaySnapshot *snapshot = way_config_get_snapshot (fixture->config);
  g_assert_cmpuint (snapshot->providers->len, ==, 2);
  g_assert_cmpint (find_provider (fixture, "demo")->kind, ==, WAY_KIND_DEMO);
  g_assert_cmpstr (find_provider (fixture, "ollama")->base_url, ==, "http://127.0.0.1:11434");
  g_assert_cmpuint (snapshot->routes->len, ==, 0);
  g_assert_true (snapshot->cloud_enabled);
  g_assert_false (snapshot->require_token);
}

static void
test_first_edit_writes (ConfigFixture *fixture, gconstpointer data)
{
  g_autofree char *nested = g_build_filename (fixture->directory, "a", "b", "config.json", NULL);
  g_autoptr (WayConfig) config = way_config_new (nested);
  g_autoptr (GError) error = NULL;
  g_assert_true (way_config_set_cloud_enabled (config, FALSE, &error));
  g_assert_no_error (error);

  struct stat status;
  g_assert_cmpint (stat (nested, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (nested, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "{\n  \"version\" : 1,\n  \"listen\" : {\n    \""));
  g_assert_true (g_str_has_suffix (text, "}\n"));
  g_assert_nonnull (strstr (text, "\"enabled\" : false"));
  g_assert_nonnull (strstr (text, "\"ollama\""));
}

/* What this version does not know survives in its place. */
static void
test_keeps_unknown_members (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  put_provider (fixture, "{\"data_policy\":\"none\",\"base_url\":\"https://other.example/v1\","
                         "\"kind\":\"openai\",\"id\":\"first\"}");

  config_fixture_assert_file (fixture, "{\n"
                                       "  \"x-note\" : \"keep me\",\n"
                                       "  \"version\" : 1,\n"
                                       "  \"providers\" : [\n"
                                       "    {\n"
                                       "      \"id\" : \"first\",\n"
                                       "      \"x-colour\" : [\n"
                                       "        1,\n"
                                       "        2.5,\n"
                                       "        null\n"
                                       "      ],\n"
                                       "      \"kind\" : \"openai\",\n"
                                       "      \"base_url\" : \"https://other.example/v1\",\n"
                                       "      \"data_policy\" : \"none\"\n"
                                       "    },\n"
                                       "    {\n"
                                       "      \"id\" : \"second\",\n"
                                       "      \"kind\" : \"ollama\",\n"
                                       "      \"base_url\" : \"http://127.0.0.1:1\"\n"
                                       "    }\n"
                                       "  ],\n"
                                       "  \"routes\" : [\n"
                                       "    {\n"
                                       "      \"model\" : \"coder\",\n"
                                       "      \"targets\" : [\n"
                                       "        {\n"
                                       "          \"provider\" : \"second\",\n"
                                       "          \"model\" : \"*\"\n"
                                       "        }\n"
                                       "      ]\n"
                                       "    }\n"
                                       "  ]\n"
                                       "}\n");
  g_assert_cmpstr (find_provider (fixture, "first")->base_url, ==, "https://other.example/v1");
  g_assert_cmpuint (way_config_get_warnings (fixture->config)->len, ==, 2);
  g_assert_cmpuint (fixture->changes, ==, 2);
}

static void
test_put_and_remove (ConfigFixture *fixture, gconstpointer data)
{
  static const char app[] = "{\"id\":\"cli\",\"token_sha256\":"
                            "\"0123456789abcdef0123456789abcdef"
                            "0123456789abcdef0123456789abcdef\"}";
  g_autoptr (GError) error = NULL;
  config_fixture_load (fixture, CONFIG_SAMPLE);
  put_provider (fixture, "{\"id\":\"third\",\"kind\":\"demo\"}");
  g_autoptr (JsonObject) route = config_fixture_object (
    "{\"model\":\"coder\",\"targets\":[{\"provider\":\"third\",\"model\":\"*\"}]}");
  g_autoptr (JsonObject) token = config_fixture_object (app);
  g_assert_true (way_config_put_route (fixture->config, route, &error));
  g_assert_true (way_config_put_app (fixture->config, token, &error));
  g_assert_no_error (error);

  /* A second config sees on disk what the first has in force. */
  g_autoptr (WayConfig) other = way_config_new (fixture->path);
  g_assert_true (way_config_load (other, &error));
  WaySnapshot *snapshot = way_config_get_snapshot (other);
  g_assert_cmpuint (snapshot->providers->len, ==, 3);
  g_assert_cmpuint (snapshot->routes->len, ==, 1);
  const WayRoute *found = way_snapshot_find_route (snapshot, "coder");
  const WayTarget *target = g_ptr_array_index (found->targets, 0);
  g_assert_cmpstr (target->provider->id, ==, "third");
  g_assert_nonnull (way_snapshot_find_app (snapshot, "cli"));

  g_assert_true (way_config_remove_app (fixture->config, "cli", &error));
  g_assert_true (way_config_remove_provider (fixture->config, "second", &error));
  g_assert_no_error (error);
  g_assert_null (way_snapshot_find_app (way_config_get_snapshot (fixture->config), "cli"));
  g_assert_null (find_provider (fixture, "second"));
}

static void
test_remove_demo_disables (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_assert_true (find_provider (fixture, "demo")->enabled);
  g_assert_true (way_config_remove_provider (fixture->config, "demo", &error));
  g_assert_no_error (error);
  g_assert_false (find_provider (fixture, "demo")->enabled);
}

/* Asserts that the edit failed with @code and that nothing is other than before. */
static void
assert_refused (ConfigFixture *fixture,
                WaySnapshot *before,
                const char *text,
                const GError *error,
                WayErrorCode code)
{
  g_assert_error (error, WAY_ERROR, (int)code);
  g_assert_true (way_config_get_snapshot (fixture->config) == before);
  config_fixture_assert_file (fixture, text);
}

static void
test_refused_edit_changes_nothing (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  WaySnapshot *before = way_config_get_snapshot (fixture->config);
  g_autoptr (GError) error = NULL;

  g_autoptr (JsonObject) bad = config_fixture_object (
    "{\"id\":\"third\",\"kind\":\"openai\",\"base_url\":\"x\",\"key\":\"sk-hidden\"}");
  g_assert_false (way_config_put_provider (fixture->config, bad, &error));
  g_assert_true (g_str_has_prefix (error->message, "providers[2].base_url: "));
  g_assert_null (strstr (error->message, "hidden"));
  assert_refused (fixture, before, CONFIG_SAMPLE, error, WAY_ERROR_CONFIG);
  g_clear_error (&error);

  g_autoptr (JsonObject) nameless = config_fixture_object ("{\"kind\":\"demo\"}");
  g_assert_false (way_config_put_provider (fixture->config, nameless, &error));
  assert_refused (fixture, before, CONFIG_SAMPLE, error, WAY_ERROR_CONFIG);
  g_clear_error (&error);

  g_assert_false (way_config_remove_provider (fixture->config, "second", &error));
  g_assert_true (g_str_has_prefix (error->message, "routes[0].targets[0].provider: "));
  assert_refused (fixture, before, CONFIG_SAMPLE, error, WAY_ERROR_CONFIG);
  g_clear_error (&error);

  g_assert_false (way_config_remove_app (fixture->config, "nobody", &error));
  assert_refused (fixture, before, CONFIG_SAMPLE, error, WAY_ERROR_NOT_FOUND);
  g_assert_cmpuint (fixture->changes, ==, 1);
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint count = 0;
  while (g_dir_read_name (directory) != NULL)
    count++;
  return count;
}

/* A disk that is full in the middle of writing. */
static void
test_failing_write_changes_nothing (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  WaySnapshot *before = way_config_get_snapshot (fixture->config);
  struct rlimit limit;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  struct rlimit tiny = { 16, limit.rlim_max };
  struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct sigaction handled;
  g_assert_cmpint (sigaction (SIGXFSZ, &ignore, &handled), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tiny), ==, 0);

  g_autoptr (GError) error = NULL;
  gboolean done = way_config_set_cloud_enabled (fixture->config, FALSE, &error);
  g_object_set (fixture->config, "local-only", TRUE, NULL);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_cmpint (sigaction (SIGXFSZ, &handled, NULL), ==, 0);
  g_assert_false (done);
  assert_refused (fixture, before, CONFIG_SAMPLE, error, WAY_ERROR_IO);
  g_assert_cmpuint (count_files (fixture->directory), ==, 1);
  /* The property has moved back, and says so. */
  gboolean local_only = TRUE;
  g_object_get (fixture->config, "local-only", &local_only, NULL);
  g_assert_false (local_only);
  g_assert_cmpuint (fixture->local_only_notifications, ==, 1);
}

static void
test_local_only_property (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_object_set (fixture->config, "local-only", TRUE, NULL);
  g_object_set (fixture->config, "local-only", TRUE, NULL);
  g_assert_false (way_config_get_snapshot (fixture->config)->cloud_enabled);
  g_assert_cmpuint (fixture->local_only_notifications, ==, 1);
  g_assert_cmpuint (fixture->changes, ==, 2);

  g_autofree char *text = config_fixture_read (fixture);
  g_assert_nonnull (strstr (text, "\"cloud\" : {\n    \"enabled\" : false\n  }"));
}

static void
test_broken_file (ConfigFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *place; /* after the path */
  } rows[] = {
    { "{\n  \"version\": 1,\n  \"cloud\": tru\n}\n", ":3:12: this is no value" },
    { "{\"version\":1,\"cloud\":{\"enabled\":2}}", ": cloud.enabled: must be" },
    { "", ":1:1: it is empty" },
    { "{\n", ":2:1: it ends before" },
    { "\xef\xbb\xbf{}", ":1:1: it begins with a byte order mark" },
    { "{\"caf\xc3\xa9\":\"\xe9\"}", ":1:10: this byte is not UTF-8" },
    { "{\xe2\x80\x9cversion\xe2\x80\x9d:1}", ":1:2: such a character" },
    { "{\"version\":1, /* mine */\"cloud\":{}}", ":1:15: JSON has no comments" },
    { "{\"version\":01}", ":1:13: JSON writes no number so" },
    { "{\"a\":\"b\nc\"}", ":1:8: in a string" },
    { "{\"a\":1\n\"b\":2}", ":2:1: before this a comma" },
    { "{\"version\":1,}", ":1:14: before this something is missing" },
    { "{\"version\":1,\"cloud\":{},\"x\":[{\"cloud\":0}],\"cl\\u006fud\":{}}",
      ":1:43: an object has two members named \"cloud\"" },
    { "{\"version\":1,\"x\":[[{\"a\":1,\"b\":2,\"a\":1}]]}",
      ":1:33: an object has two members named \"a\"" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      config_fixture_load (fixture, CONFIG_SAMPLE);
      WaySnapshot *before = way_config_get_snapshot (fixture->config);
      config_fixture_write (fixture, rows[i].text);

      g_autoptr (GError) error = NULL;
      g_autofree char *prefix = g_strconcat (fixture->path, rows[i].place, NULL);
      g_assert_false (way_config_reload (fixture->config, &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
      g_assert_true (g_str_has_prefix (error->message, prefix));
      g_assert_cmpstr (way_config_get_problem (fixture->config), ==, error->message);
      g_clear_error (&error);

      g_assert_false (way_config_set_cloud_enabled (fixture->config, FALSE, &error));
      assert_refused (fixture, before, rows[i].text, error, WAY_ERROR_CONFIG);
      g_assert_nonnull (strstr (error->message, "has to be mended first"));
      g_clear_error (&error);
    }

  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_assert_null (way_config_get_problem (fixture->config));
}

/* A broken file at the start leaves the defaults in force. */
static void
test_broken_at_start (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  config_fixture_write (fixture, "{");
  g_assert_false (way_config_load (fixture->config, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  g_assert_nonnull (find_provider (fixture, "ollama"));
}

static void
test_unreadable (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  g_assert_false (way_config_load (fixture->config, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
  g_assert_nonnull (way_config_get_problem (fixture->config));
}

/* The settings do not go with the file: the defaults would ask nobody for a token. */
static void
test_vanished_file (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_false (way_config_reload (fixture->config, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
  g_clear_error (&error);
  g_assert_nonnull (find_provider (fixture, "first"));
  g_assert_nonnull (way_config_get_problem (fixture->config));

  g_assert_true (way_config_set_cloud_enabled (fixture->config, FALSE, &error));
  g_assert_no_error (error);
  g_assert_null (way_config_get_problem (fixture->config));
  g_autofree char *text = config_fixture_read (fixture);
  g_assert_nonnull (strstr (text, "keep me"));
}

/* An edit starts from what a person wrote meanwhile, noticed or not. */
static void
test_edit_keeps_foreign_change (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  config_fixture_write (fixture, "{\"version\":1,\"x-new\":true}");
  put_provider (fixture, "{\"id\":\"third\",\"kind\":\"demo\"}");
  g_autofree char *text = config_fixture_read (fixture);
  g_assert_nonnull (strstr (text, "x-new"));
  g_assert_null (strstr (text, "keep me"));
}

static void
test_follows_links (ConfigFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->directory, "dotfiles", NULL);
  g_autofree char *target = g_build_filename (folder, "wayfare.json", NULL);
  g_assert_cmpint (symlink ("dotfiles/wayfare.json", fixture->path), ==, 0);

  /* First while it leads nowhere, then to a file. */
  put_provider (fixture, "{\"id\":\"third\",\"kind\":\"demo\"}");
  put_provider (fixture, "{\"id\":\"fourth\",\"kind\":\"demo\"}");
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (target, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "fourth"));
}

static void
test_dup_provider (ConfigFixture *fixture, gconstpointer data)
{
  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_autoptr (JsonObject) first = way_config_dup_provider (fixture->config, "first");
  g_assert_true (json_object_has_member (first, "x-colour"));
  json_object_set_boolean_member (first, "enabled", FALSE); /* a copy: nothing happens */
  g_assert_true (find_provider (fixture, "first")->enabled);

  g_autoptr (JsonObject) demo = way_config_dup_provider (fixture->config, "demo");
  g_assert_cmpstr (json_object_get_string_member (demo, "kind"), ==, "demo");
  g_assert_null (way_config_dup_provider (fixture->config, "nobody"));
}

static void
test_dup_app (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  config_fixture_load (fixture, CONFIG_SAMPLE);
  g_autoptr (JsonObject) app = json_object_new ();
  json_object_set_string_member (app, "id", "copied");
  json_object_set_string_member (app, "token_sha256",
                                 "0123456789abcdef0123456789abcdef"
                                 "0123456789abcdef0123456789abcdef");
  json_object_set_string_member (app, "x-colour", "blue");
  g_assert_true (way_config_put_app (fixture->config, app, &error));
  g_assert_no_error (error);

  g_autoptr (JsonObject) copy = way_config_dup_app (fixture->config, "copied");
  g_assert_cmpstr (json_object_get_string_member (copy, "x-colour"), ==, "blue");
  json_object_set_string_member (copy, "locality", "local"); /* a copy: nothing happens */
  g_assert_false (
    way_snapshot_find_app (way_config_get_snapshot (fixture->config), "copied")->local_only);
  g_assert_null (way_config_dup_app (fixture->config, "nobody"));
}

static void
test_check_file (ConfigFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text; /* nullable: no file */
    guint faults;
    guint warnings;
  } rows[] = {
    { NULL, 1, 0 },
    { "{", 1, 0 },
    { CONFIG_SAMPLE, 0, 2 },
    { "{\"version\":2,\"cloud\":1,\"x\":1}", 2, 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].text != NULL)
        config_fixture_write (fixture, rows[i].text);
      g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
      gboolean sound = way_config_check_file (fixture->path, faults, warnings);
      g_assert_cmpint (sound, ==, rows[i].faults == 0);
      g_assert_cmpuint (faults->len, ==, rows[i].faults);
      g_assert_cmpuint (warnings->len, ==, rows[i].warnings);
    }
}

/* The address of the command line is judged like the file's, and never written to it. */
static void
test_override_listen (ConfigFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  way_config_override_listen (fixture->config, "192.0.2.1", 5);
  g_assert_false (way_config_load (fixture->config, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, "require_token"));
  g_assert_cmpstr (way_config_get_problem (fixture->config), ==, error->message);

  config_fixture_load (fixture, "{\"version\":1,\"listen\":{\"require_token\":true}}");
  g_assert_true (way_config_set_cloud_enabled (fixture->config, FALSE, NULL));
  WaySnapshot *snapshot = way_config_get_snapshot (fixture->config);
  g_assert_cmpstr (snapshot->listen_address, ==, "192.0.2.1");
  g_assert_cmpuint (snapshot->listen_port, ==, 5);
  g_autofree char *text = config_fixture_read (fixture);
  g_assert_null (strstr (text, "192.0.2.1"));
}

static void
add (const char *path, void (*test) (ConfigFixture *fixture, gconstpointer data))
{
  g_test_add (path, ConfigFixture, NULL, config_fixture_set_up, test, config_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/config/config/defaults-without-file", test_defaults_without_file);
  add ("/config/config/first-edit-writes", test_first_edit_writes);
  add ("/config/config/keeps-unknown-members", test_keeps_unknown_members);
  add ("/config/config/put-and-remove", test_put_and_remove);
  add ("/config/config/remove-demo-disables", test_remove_demo_disables);
  add ("/config/config/refused-edit-changes-nothing", test_refused_edit_changes_nothing);
  add ("/config/config/failing-write-changes-nothing", test_failing_write_changes_nothing);
  add ("/config/config/local-only-property", test_local_only_property);
  add ("/config/config/broken-file", test_broken_file);
  add ("/config/config/broken-at-start", test_broken_at_start);
  add ("/config/config/unreadable", test_unreadable);
  add ("/config/config/vanished-file", test_vanished_file);
  add ("/config/config/edit-keeps-foreign-change", test_edit_keeps_foreign_change);
  add ("/config/config/follows-links", test_follows_links);
  add ("/config/config/dup-provider", test_dup_provider);
  add ("/config/config/dup-app", test_dup_app);
  add ("/config/config/check-file", test_check_file);
  add ("/config/config/override-listen", test_override_listen);
  return g_test_run ();
}
