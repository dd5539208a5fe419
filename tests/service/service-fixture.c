/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "service-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE_S 20

void
fixture_make_service (Fixture *fixture, int port)
{
  const WayServiceOptions options = {
    .config_path = fixture->config_path,
    .data_dir = fixture->data_dir,
    .listen_port = port,
    .keyring = fixture->keyring,
    .live = TRUE,
  };

  g_assert_null (fixture->service);
  fixture->service = way_service_new (&options);
}

/* @config: (nullable): text of the config file, NULL for no file */
void
fixture_set_up (Fixture *fixture, gconstpointer config)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("wayfare-service-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->config_path = g_build_filename (fixture->folder, "config.json", NULL);
  fixture->data_dir = g_build_filename (fixture->folder, "data", NULL);
  fixture->keyring = way_keyring_memory_new ();
  if (config != NULL)
    fixture_write_config (fixture, config);
  fixture_make_service (fixture, -1);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_remove (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer config)
{
  g_clear_object (&fixture->result);
  if (fixture->service != NULL)
    g_assert_finalize_object (fixture->service);
  g_clear_object (&fixture->keyring);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->config_path);
  g_free (fixture->data_dir);
}

void
fixture_start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  way_service_start (fixture->service, &error);
  g_assert_no_error (error);
}

void
fixture_write_config (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->config_path, text, -1, &error);
  g_assert_no_error (error);
}

char *
fixture_read_config (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (fixture->config_path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static gboolean
on_patience_lost (gpointer user_data)
{
  g_error ("what the test waits for did not happen within %d s", PATIENCE_S);
  return G_SOURCE_REMOVE;
}

void
fixture_wait (Fixture *fixture, Condition condition, gconstpointer data)
{
  const guint source = g_timeout_add_seconds (PATIENCE_S, on_patience_lost, NULL);

  while (!condition (fixture, data))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

void
fixture_on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

static gboolean
is_done (Fixture *fixture, gconstpointer data)
{
  return fixture->result != NULL;
}

/* (transfer full): the result of the call that was begun with fixture_on_done() */
GAsyncResult *
fixture_take_done (Fixture *fixture)
{
  fixture_wait (fixture, is_done, NULL);
  return g_steal_pointer (&fixture->result);
}

char *
fixture_add_app (Fixture *fixture, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *token = NULL;

  way_service_add_app_async (fixture->service, name, FALSE, NULL, fixture_on_done, fixture);
  result = fixture_take_done (fixture);
  token = way_service_add_app_finish (fixture->service, result, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (token);
  return token;
}

/* Asks the demo something over HTTP, as a tool would; gives the status. The gateway has a thread of
 * its own, so the test may block meanwhile. */
guint
fixture_chat (Fixture *fixture, const char *token)
{
  static const char body[] =
    "{\"model\": \"demo\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";
  g_autoptr (GUri) uri =
    g_uri_parse (way_service_get_address (fixture->service), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GDataInputStream) input = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofree char *request = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\n"
                                              "Host: 127.0.0.1\r\n"
                                              "Authorization: Bearer %s\r\n"
                                              "Content-Type: application/json\r\n"
                                              "Content-Length: %zu\r\n"
                                              "Connection: close\r\n\r\n%s",
                                              token, strlen (body), body);

  connection = g_socket_client_connect_to_host (client, g_uri_get_host (uri),
                                                (guint16)g_uri_get_port (uri), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                             strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  line = g_data_input_stream_read_line (input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (line, "HTTP/1.1 "));
  return (guint)g_ascii_strtoull (line + strlen ("HTTP/1.1 "), NULL, 10);
}

char *
get_string (gpointer object, const char *property)
{
  char *value = NULL;

  g_object_get (object, property, &value, NULL);
  return value;
}

gboolean
get_boolean (gpointer object, const char *property)
{
  gboolean value = FALSE;

  g_object_get (object, property, &value, NULL);
  return value;
}

gint64
get_int64 (gpointer object, const char *property)
{
  gint64 value = 0;

  g_object_get (object, property, &value, NULL);
  return value;
}

/* (transfer none) (nullable) */
gpointer
find_in (GListModel *list, const char *property, const char *value)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);
      g_autofree char *found = get_string (item, property);

      if (g_strcmp0 (found, value) == 0)
        return item;
    }
  return NULL;
}
