/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* TLS against a real server with a certificate of its own: refused unless it is trusted; then
 * HTTP/2, where stopping and pausing mean the same as over HTTP/1.1. */

#include "fixture.h"
#include "way-upstream-private.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char server_config[] =
  "daemon off; master_process off; pid @DIR@/pid; error_log @DIR@/error.log;\n"
  "events { worker_connections 64; }\n"
  "http {\n"
  "  access_log off;\n"
  "  client_body_temp_path @DIR@; proxy_temp_path @DIR@; fastcgi_temp_path @DIR@;\n"
  "  uwsgi_temp_path @DIR@; scgi_temp_path @DIR@;\n"
  "  server {\n"
  "    listen 127.0.0.1:@PORT@ ssl http2;\n"
  "    ssl_certificate @DIR@/cert.pem; ssl_certificate_key @DIR@/key.pem;\n"
  "    proxy_buffering off;\n"
  "    location /slow { proxy_pass http://127.0.0.1:@BACKEND@; }\n"
  "    location /endless { proxy_pass http://127.0.0.1:@BACKEND@; }\n"
  "    location / { return 200 \"$server_protocol\"; }\n"
  "  }\n"
  "}\n";

static char *server_dir;
static guint server_port;
static MockUpstream *backend; /* behind it, of /slow and /endless */

static void
make_certificate (void)
{
  g_autofree char *key = g_build_filename (server_dir, "key.pem", NULL);
  g_autofree char *cert = g_build_filename (server_dir, "cert.pem", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) openssl = g_subprocess_new (
    G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "req", "-x509", "-newkey", "ec",
    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (openssl, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_listening (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((guint16)server_port) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  gboolean is_open = connect (fd, (struct sockaddr *)&address, sizeof address) == 0;

  close (fd);
  return is_open;
}

/* A test that fails aborts; its server must not stay behind. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
start_server (void)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (server_dir, "nginx.conf", NULL);
  g_autofree char *log = g_build_filename (server_dir, "error.log", NULL);
  g_autoptr (GString) config = g_string_new (server_config);
  g_autofree char *port = g_strdup_printf ("%u", server_port);
  g_autofree char *backend_port = g_strdup_printf ("%u", mock_upstream_get_port (backend));

  g_string_replace (config, "@DIR@", server_dir, 0);
  g_string_replace (config, "@PORT@", port, 0);
  g_string_replace (config, "@BACKEND@", backend_port, 0);
  g_assert_true (g_file_set_contents (path, config->str, -1, &error));
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  GSubprocess *server = g_subprocess_launcher_spawn (launcher, &error, NGINX, "-p", server_dir,
                                                     "-c", path, "-e", log, NULL);
  g_assert_no_error (error);
  return server;
}

static WaySnapshot *
snapshot_of_server (void)
{
  g_autofree char *url = g_strdup_printf ("https://localhost:%u", server_port);

  return snapshot_for_url ("openai", url, ",\"locality\":\"local\"");
}

static void
test_untrusted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_of_server ();
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM_UNREACHABLE);
  g_assert_nonnull (strstr (caller.error->message, "no sound TLS"));
  g_assert_nonnull (strstr (caller.error->message, "certificate"));
  caller_clear (&caller);
}

static void
set_up_trusting (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cert = g_build_filename (server_dir, "cert.pem", NULL);

  g_setenv ("SSL_CERT_FILE", cert, TRUE);
  fixture_set_up (fixture, data);
  g_unsetenv ("SSL_CERT_FILE");
}

static void
complete (Fixture *fixture, const WayCallRequest *request)
{
  Caller caller = { 0 };

  caller_send (&caller, fixture, request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_no_error (caller.error);
  g_assert_cmpuint (caller.status, ==, 200);
  g_assert_cmpstr (caller.body->str, ==, "HTTP/2.0");
  caller_clear (&caller);
}

/* One after the other, on one connection. */
static void
test_trusted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_of_server ();
  WayCallRequest request = request_to (fixture, snapshot, "/x");

  complete (fixture, &request);
  guint64 n_opened = fixture->upstream->n_opened;
  for (guint i = 0; i < 20; i++)
    complete (fixture, &request);
  g_assert_cmpuint (fixture->upstream->n_opened, ==, n_opened);
}

/* However a call ends early, the server behind the server sees it, with nothing else being sent. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  static const char *const ways[] = { "cancel", "cancel in on_data", "deadline" };
  g_autoptr (WaySnapshot) snapshot = snapshot_of_server ();
  WayCallRequest request = request_to (fixture, snapshot, "/slow");

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      Caller caller = { .cancel_data = i == 1 };

      g_test_message ("%s", ways[i]);
      request.deadlines.idle_ms = i == 2 ? 20 : 0;
      caller_send (&caller, fixture, &request);
      WAIT_UNTIL (fixture, caller.body->len > 0);
      if (i == 0)
        way_call_cancel (g_steal_pointer (&caller.call));
      WAIT_UNTIL (fixture, mock_upstream_get_n_open (backend) == 0);
      g_assert_cmpuint (caller.n_done, ==, i == 2 ? 1 : 0);
      caller_clear (&caller);
    }
}

/* One caller takes nothing; another call to the same server goes on. */
static void
test_pause (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_of_server ();
  WayCallRequest request = request_to (fixture, snapshot, "/endless");
  Caller slow = { .take_bytes = 1 };
  guint64 n_sent = 0;

  caller_send (&slow, fixture, &request);
  WAIT_UNTIL (fixture, slow.n_refused == 1);
  request.path = "/x";
  complete (fixture, &request);
  do
    {
      n_sent = mock_upstream_get_bytes_sent (backend);
      fixture_settle (fixture, 100);
    }
  while (n_sent != mock_upstream_get_bytes_sent (backend));
  g_assert_cmpuint (n_sent, <, 64 * 1024 * 1024);
  g_assert_cmpuint (slow.n_refused, ==, 1);

  slow.take_bytes = 20 * 1024 * 1024;
  way_call_resume (slow.call);
  WAIT_UNTIL (fixture, slow.n_refused == 2);
  caller_clear (&slow);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (backend) == 0);
}

static void
remove_dir (void)
{
  g_autoptr (GDir) dir = g_dir_open (server_dir, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (server_dir, name, NULL);
      g_remove (path);
    }
  g_rmdir (server_dir);
  g_clear_pointer (&server_dir, g_free);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  server_dir = g_dir_make_tmp ("way-tls-XXXXXX", &error);
  g_assert_no_error (error);
  server_port = mock_closed_port ();
  backend = mock_upstream_new ();
  mock_upstream_script (
    backend, "/slow",
    &(MockReply){ .bytes = "HTTP/1.1 200 OK\r\n\r\nbegun", .then = MOCK_THEN_STALL });
  g_autofree char *tail = g_strnfill (65536, 'x');
  mock_upstream_script (
    backend, "/endless",
    &(MockReply){ .bytes = "HTTP/1.1 200 OK\r\n\r\n", .then = MOCK_THEN_REPEAT, .tail = tail });
  make_certificate ();
  g_autoptr (GSubprocess) server = start_server ();
  for (gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC; !is_listening ();)
    g_assert_cmpint (g_get_monotonic_time (), <, end_us);

  g_test_add ("/upstream/tls/untrusted", Fixture, NULL, fixture_set_up, test_untrusted,
              fixture_tear_down);
  g_test_add ("/upstream/tls/trusted", Fixture, NULL, set_up_trusting, test_trusted,
              fixture_tear_down);
  g_test_add ("/upstream/tls/stop", Fixture, NULL, set_up_trusting, test_stop, fixture_tear_down);
  g_test_add ("/upstream/tls/pause", Fixture, NULL, set_up_trusting, test_pause, fixture_tear_down);
  int result = g_test_run ();

  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  mock_upstream_free (backend);
  remove_dir ();
  return result;
}
