/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The desktop's proxy is used for the cloud and for nothing else. */

#include "fixture.h"
#include "way-upstream-private.h"

#include <string.h>

/* The desktop's settings, as GIO would ask for them; answers from the loop's next turn on. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GObject)

struct _TestResolver
{
  GObject parent;
};

static char *answer; /* a proxy URL, or NULL for an error */
static guint n_lookups;

static gboolean
is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
lookup (GProxyResolver *resolver, const char *uri, GCancellable *cancellable, GError **error)
{
  const char *all[] = { answer, NULL };

  if (answer == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no settings");
  return answer == NULL ? NULL : g_strdupv ((char **)all);
}

static void
lookup_async (GProxyResolver *resolver,
              const char *uri,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GError *error = NULL;
  char **proxies = lookup (resolver, uri, cancellable, &error);

  n_lookups++;
  if (proxies != NULL)
    g_task_return_pointer (task, proxies, (GDestroyNotify)g_strfreev);
  else
    g_task_return_error (task, error);
}

static char **
lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
implement_resolver (GProxyResolverInterface *iface)
{
  iface->is_supported = is_supported;
  iface->lookup = lookup;
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestResolver,
                               test_resolver,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, implement_resolver))

static void
test_resolver_init (TestResolver *resolver)
{
}

static void
test_resolver_class_init (TestResolverClass *class)
{
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture, data);
  mock_upstream_answer (fixture->mock, "", 200, "text/plain", NULL, "ok");
  answer = mock_upstream_dup_url (fixture->mock);
  n_lookups = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture, data);
  g_clear_pointer (&answer, g_free);
}

static void
complete (Fixture *fixture, const WayCallRequest *request)
{
  Caller caller = { 0 };

  caller_send (&caller, fixture, request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_no_error (caller.error);
  caller_clear (&caller);
}

/* Asked once a minute, not once a call. */
static void
test_cloud (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://api.example/v1", "");
  WayCallRequest request = request_to (fixture, snapshot, "/models");

  complete (fixture, &request);
  complete (fixture, &request);
  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_true (g_str_has_prefix (sent, "GET http://api.example/v1/models HTTP/1.1\r\n"));
  g_assert_cmpuint (mock_upstream_get_n_requests (fixture->mock), ==, 2);
  g_assert_cmpuint (n_lookups, ==, 1);
}

/* Neither the desktop's proxy nor that of the environment sees what is near. */
static void
test_near (Fixture *fixture, gconstpointer data)
{
  static const char *const localities[] = { ",\"locality\":\"local\"", ",\"locality\":\"lan\"" };
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);

  g_free (answer);
  answer = g_strdup_printf ("http://127.0.0.1:%u", mock_closed_port ());
  g_setenv ("http_proxy", answer, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (localities); i++)
    {
      g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, localities[i]);
      WayCallRequest request = request_to (fixture, snapshot, "/x");
      complete (fixture, &request);
    }
  g_autoptr (WaySnapshot) cloud = snapshot_for_url ("openai", url, ",\"locality\":\"cloud\"");
  WayCallRequest request = request_to (fixture, cloud, "/x");
  request.local_only = TRUE;
  complete (fixture, &request);
  g_unsetenv ("http_proxy");
  g_assert_cmpuint (n_lookups, ==, 0);
}

/* No settings to be had: libcurl's own way, the environment. */
static void
test_environment (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://api.example/v1", "");
  WayCallRequest request = request_to (fixture, snapshot, "/models");

  g_setenv ("http_proxy", answer, TRUE);
  g_clear_pointer (&answer, g_free);
  complete (fixture, &request);
  g_unsetenv ("http_proxy");
  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_true (g_str_has_prefix (sent, "GET http://api.example/v1/models HTTP/1.1\r\n"));
}

static void
test_direct (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, ",\"locality\":\"cloud\"");
  WayCallRequest request = request_to (fixture, snapshot, "/x");

  g_free (answer);
  answer = g_strdup ("direct://");
  complete (fixture, &request);
  g_autofree char *sent = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_true (g_str_has_prefix (sent, "GET /x HTTP/1.1\r\n"));
  g_assert_cmpuint (n_lookups, ==, 1);
}

/* A proxy that is not there is named as the reason. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://api.example/v1", "");
  WayCallRequest request = request_to (fixture, snapshot, "/models");
  Caller caller = { 0 };

  g_free (answer);
  answer = g_strdup_printf ("http://127.0.0.1:%u", mock_closed_port ());
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_UPSTREAM_UNREACHABLE);
  g_assert_nonnull (strstr (caller.error->message, "the system's proxy"));
  caller_clear (&caller);
}

/* Calls end as they should while their proxy is being asked for. */
static void
test_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://api.example/v1", "");
  WayCallRequest request = request_to (fixture, snapshot, "/models");
  Caller callers[3] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    caller_send (&callers[i], fixture, &request);
  g_assert_cmpuint (mock_upstream_get_n_requests (fixture->mock), ==, 0);
  way_call_cancel (g_steal_pointer (&callers[1].call));
  WAIT_UNTIL (fixture, callers[0].n_done + callers[2].n_done == 2);
  g_assert_no_error (callers[0].error);
  g_assert_no_error (callers[2].error);
  g_assert_cmpuint (callers[1].n_done, ==, 0);
  g_assert_cmpuint (n_lookups, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    caller_clear (&callers[i]);
}

/* The upstream goes while the look-up is under way. */
static void
test_freed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://api.example/v1", "");
  WayCallRequest request = request_to (fixture, snapshot, "/models");
  Caller caller = { 0 };

  caller_send (&caller, fixture, &request);
  way_upstream_free (fixture->upstream);
  caller.call = NULL;
  fixture_settle (fixture, 20);
  g_assert_cmpuint (caller.n_done, ==, 0);
  caller_clear (&caller);
  fixture->upstream = way_upstream_new (fixture->context, fixture->poller);
}

#define ADD(path, func) g_test_add ("/upstream/proxy/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Registers the extension point, then goes before whatever the desktop has. */
  GIOExtensionPoint *point = g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_assert_nonnull (point);
  g_assert_nonnull (g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                                    TEST_TYPE_RESOLVER, "test", 1000));
  g_assert_true (TEST_IS_RESOLVER (g_proxy_resolver_get_default ()));

  ADD ("cloud", test_cloud);
  ADD ("near", test_near);
  ADD ("environment", test_environment);
  ADD ("direct", test_direct);
  ADD ("refused", test_refused);
  ADD ("waiting", test_waiting);
  ADD ("freed", test_freed);
  return g_test_run ();
}
