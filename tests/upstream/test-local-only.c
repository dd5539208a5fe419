/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Local only means local: what is refused, in which words, and that no socket was opened for it. */

#include "fixture.h"
#include "way-upstream-private.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  const char *address;
  WayLocality locality;
} AddressRow;

static const AddressRow address_rows[] = {
  { "127.0.0.1", WAY_LOCALITY_LOCAL },
  { "127.255.255.254", WAY_LOCALITY_LOCAL },
  { "::1", WAY_LOCALITY_LOCAL },
  { "::ffff:127.0.0.1", WAY_LOCALITY_LOCAL },
  { "10.0.0.1", WAY_LOCALITY_LAN },
  { "172.16.0.1", WAY_LOCALITY_LAN },
  { "172.31.255.255", WAY_LOCALITY_LAN },
  { "192.168.1.1", WAY_LOCALITY_LAN },
  { "169.254.1.1", WAY_LOCALITY_LAN },
  { "100.64.0.1", WAY_LOCALITY_LAN },
  { "::ffff:10.0.0.1", WAY_LOCALITY_LAN },
  { "fd00::1", WAY_LOCALITY_LAN },
  { "fe80::1", WAY_LOCALITY_LAN },
  { "fe80::1%eth0", WAY_LOCALITY_LAN },
  { "0.0.0.0", WAY_LOCALITY_CLOUD },
  { "::", WAY_LOCALITY_CLOUD },
  { "126.255.255.255", WAY_LOCALITY_CLOUD },
  { "128.0.0.1", WAY_LOCALITY_CLOUD },
  { "172.15.0.1", WAY_LOCALITY_CLOUD },
  { "172.32.0.1", WAY_LOCALITY_CLOUD },
  { "192.169.0.1", WAY_LOCALITY_CLOUD },
  { "100.128.0.1", WAY_LOCALITY_CLOUD },
  { "192.0.2.1", WAY_LOCALITY_CLOUD },
  { "2001:db8::1", WAY_LOCALITY_CLOUD },
  { "::ffff:8.8.8.8", WAY_LOCALITY_CLOUD },
  { "::127.0.0.1", WAY_LOCALITY_CLOUD },
  { "localhost", WAY_LOCALITY_CLOUD },
  { "", WAY_LOCALITY_CLOUD },
};

static void
test_addresses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (address_rows); i++)
    {
      g_test_message ("%s", address_rows[i].address);
      g_assert_cmpint (way_locality_of_address (address_rows[i].address), ==,
                       address_rows[i].locality);
    }
}

#define HOSTS                                                                                      \
  "# comment\n127.0.0.1 localhost\n10.0.0.9 nas box\n::1\tsix # 127.0.0.1 hidden\n"                \
  "10.0.0.9 both\n127.0.0.2\tboth\n127.0.0.1 OLLAMA.home\n192.0.2.7 away\n127.0.0.9\n"

static const struct
{
  const char *name;
  const char *address;
} hosts_rows[] = {
  { "nas", "10.0.0.9" },
  { "box", "10.0.0.9" },
  { "six", "::1" },
  { "both", "127.0.0.2" },
  { "ollama.HOME", "127.0.0.1" },
  { "hidden", NULL },
  { "comment", NULL },
  { "na", NULL },
  { "127.0.0.9", NULL },
};

static char *
write_hosts (void)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("way-hosts-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents (path, HOSTS, -1, NULL));
  return path;
}

static void
test_hosts (void)
{
  g_autofree char *path = write_hosts ();

  for (gsize i = 0; i < G_N_ELEMENTS (hosts_rows); i++)
    {
      g_autofree char *address = way_hosts_lookup (path, hosts_rows[i].name);
      g_assert_cmpstr (address, ==, hosts_rows[i].address);
    }
  g_assert_null (way_hosts_lookup ("/nonexistent/hosts", "nas"));
  g_remove (path);
}

/* A call of one kind to one address. PORT is the mock's. */
typedef struct
{
  const char *name;
  const char *base_url;
  const char *locality;
  gboolean local_only;
  gboolean cloud_off;
  const char *words; /* NULL: it is answered */
} Row;

static const Row rows[] = {
  { "address", "http://127.0.0.1:PORT", "local", TRUE, FALSE, NULL },
  { "localhost", "http://localhost:PORT", "local", TRUE, FALSE, NULL },
  { "localhost-with-a-dot", "http://LocalHost.:PORT", "local", TRUE, FALSE, NULL },
  { "below-localhost-with-a-dot", "http://ollama.localhost.:PORT", "local", TRUE, FALSE, NULL },
  { "below-localhost", "http://ollama.localhost:PORT", "local", TRUE, FALSE, NULL },
  { "mapped", "http://[::ffff:127.0.0.1]:PORT", "local", TRUE, FALSE, NULL },
  { "hosts-file", "http://ollama.home:PORT", "local", TRUE, FALSE, NULL },
  { "hosts-file-always", "http://ollama.home:PORT", "local", FALSE, FALSE, NULL },
  { "local-by-another-locality", "http://127.0.0.1:PORT", "cloud", TRUE, FALSE, NULL },
  { "lan-may-be-near", "http://127.0.0.1:PORT", "lan", FALSE, FALSE, NULL },
  { "cloud-address", "http://192.0.2.1:PORT", "cloud", TRUE, FALSE,
    "peer is at 192.0.2.1:PORT, which is not on this machine" },
  { "claims-to-be-local", "http://192.0.2.1:PORT", "local", FALSE, FALSE,
    "peer is at 192.0.2.1:PORT, which is not on this machine" },
  { "ipv6", "http://[2001:db8::1]:PORT", "cloud", TRUE, FALSE,
    "peer is at [2001:db8::1]:PORT, which is not on this machine" },
  { "any-address", "http://0.0.0.0:PORT", "local", FALSE, FALSE, "is not on this machine" },
  { "lan-address", "http://10.0.0.1:PORT", "lan", TRUE, FALSE, "is not on this machine" },
  { "lan-claims", "http://192.0.2.1:PORT", "lan", FALSE, FALSE,
    "which is not in the private network" },
  { "name-for-dns", "http://api.example:PORT", "cloud", TRUE, FALSE,
    "api.example:PORT, a name that only a name server could look up" },
  { "local-name-for-dns", "http://gpu.example:PORT", "local", FALSE, FALSE,
    "a name that only a name server could look up" },
  { "hosts-file-away", "http://away:PORT", "local", FALSE, FALSE,
    "peer is at away (192.0.2.7), which is not on this machine" },
  { "hosts-file-lan", "http://nas:PORT", "lan", TRUE, FALSE, "nas (10.0.0.9)" },
  { "localhost-with-two-dots", "http://localhost..:PORT", "local", TRUE, FALSE,
    "only a name server" },
  { "looks-like-localhost", "http://localhost.example:PORT", "local", FALSE, FALSE,
    "only a name server" },
  { "cloud-off", "http://127.0.0.1:PORT", "cloud", FALSE, TRUE, "the cloud is switched off" },
  { "cloud-off-lan", "http://127.0.0.1:PORT", "lan", FALSE, TRUE, "the cloud is switched off" },
};

static char *
with_port (const char *text, guint port)
{
  g_autofree char *digits = g_strdup_printf ("%u", port);
  g_auto (GStrv) parts = g_strsplit (text, "PORT", -1);

  return g_strjoinv (digits, parts);
}

static WaySnapshot *
snapshot_of_row (const Row *row, const char *url)
{
  g_autofree char *json =
    g_strdup_printf ("{\"version\":1,\"cloud\":{\"enabled\":%s},\"providers\":[{\"id\":\"peer\","
                     "\"kind\":\"openai\",\"base_url\":\"%s\",\"locality\":\"%s\"}]}",
                     row->cloud_off ? "false" : "true", url, row->locality);

  return snapshot_from_json (json);
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  guint port = mock_upstream_get_port (fixture->mock);
  g_autofree char *hosts_path = write_hosts ();
  g_autofree char *url = with_port (row->base_url, port);
  g_autoptr (WaySnapshot) snapshot = snapshot_of_row (row, url);
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  g_free (fixture->upstream->hosts_path);
  fixture->upstream->hosts_path = g_strdup (hosts_path);
  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  request.local_only = row->local_only;
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);

  if (row->words == NULL)
    {
      g_assert_no_error (caller.error);
      g_assert_cmpuint (fixture->upstream->n_opened, >, 0);
    }
  else
    {
      g_autofree char *words = with_port (row->words, port);
      g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY);
      g_assert_nonnull (strstr (caller.error->message, words));
      g_assert_cmpuint (fixture->upstream->n_opened, ==, 0);
    }
  g_remove (hosts_path);
  caller_clear (&caller);
}

/* The check that holds when all others were deceived: the address is that of the socket. */
static void
test_socket (Fixture *fixture, gconstpointer data)
{
  guint port = mock_upstream_get_port (fixture->mock);
  g_autofree char *entry = g_strdup_printf ("gpu.local:%u:192.0.2.1", port);
  g_autofree char *url = g_strdup_printf ("http://gpu.local:%u", port);
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, ",\"locality\":\"lan\"");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  struct curl_slist *resolve = curl_slist_append (NULL, entry);
  Caller caller = { 0 };

  caller_send (&caller, fixture, &request);
  curl_easy_setopt (caller.call->easy, CURLOPT_RESOLVE, resolve);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY);
  g_assert_nonnull (strstr (caller.error->message, "peer is at 192.0.2.1, which is not in"));
  g_assert_cmpuint (fixture->upstream->n_opened, ==, 0);
  caller_clear (&caller);
  curl_slist_free_all (resolve);
}

/* A pooled connection is checked too, since it may have been opened for a call that may go
 * further: what is asked, and that it is asked each time. */
static void
test_reused_connection (Fixture *fixture, gconstpointer data)
{
  WayCallRequest request = request_to (fixture, fixture->snapshot, "/x");

  mock_upstream_answer (fixture->mock, "/x", 200, "text/plain", NULL, "ok");
  for (guint i = 1; i <= 3; i++)
    {
      Caller caller = { 0 };

      caller_send (&caller, fixture, &request);
      WAIT_UNTIL (fixture, caller.n_done > 0);
      g_assert_no_error (caller.error);
      g_assert_cmpuint (fixture->upstream->n_checked, ==, i);
      g_assert_cmpuint (fixture->upstream->n_opened, ==, 1);
      caller_clear (&caller);
    }

  Caller caller = { 0 };
  caller_send (&caller, fixture, &request);
  g_assert_true (way_upstream_check_peer (caller.call, "127.0.0.1"));
  g_assert_false (way_upstream_check_peer (caller.call, "192.0.2.1"));
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY);
  g_assert_nonnull (strstr (caller.error->message, "peer is at 192.0.2.1, which is not on"));
  caller_clear (&caller);
}

/* Nothing is sent any more under settings that still allow it, nor what was about to be. */
static void
test_switched_off (Fixture *fixture, gconstpointer data)
{
  gboolean is_under_way = GPOINTER_TO_INT (data);
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", "http://192.0.2.1:9", "");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  if (is_under_way)
    caller_send (&caller, fixture, &request);
  way_upstream_set_cloud_enabled (fixture->upstream, FALSE);
  if (!is_under_way)
    caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_error (caller.error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY);
  g_assert_cmpuint (fixture->upstream->n_opened, ==, 0);
  caller_clear (&caller);
}

static void
test_switched_off_while_it_answers (Fixture *fixture, gconstpointer data)
{
  const MockReply slow = { .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
                           .drip_ms = 1 };
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("openai", url, ",\"locality\":\"cloud\"");
  WayCallRequest request = request_to (fixture, snapshot, "/x");
  Caller caller = { 0 };

  mock_upstream_script (fixture->mock, "/x", &slow);
  caller_send (&caller, fixture, &request);
  WAIT_UNTIL (fixture, caller.n_heads > 0);
  way_upstream_set_cloud_enabled (fixture->upstream, FALSE);
  WAIT_UNTIL (fixture, caller.n_done > 0);
  g_assert_no_error (caller.error);
  g_assert_cmpstr (caller.body->str, ==, "whole");
  caller_clear (&caller);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upstream/local-only/addresses", test_addresses);
  g_test_add_func ("/upstream/local-only/hosts", test_hosts);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/local-only/", rows[i].name, NULL);
      g_test_add (path, Fixture, &rows[i], fixture_set_up, test_row, fixture_tear_down);
    }
  g_test_add ("/upstream/local-only/socket", Fixture, NULL, fixture_set_up, test_socket,
              fixture_tear_down);
  g_test_add ("/upstream/local-only/switched-off", Fixture, GINT_TO_POINTER (FALSE), fixture_set_up,
              test_switched_off, fixture_tear_down);
  g_test_add ("/upstream/local-only/switched-off-under-way", Fixture, GINT_TO_POINTER (TRUE),
              fixture_set_up, test_switched_off, fixture_tear_down);
  g_test_add ("/upstream/local-only/switched-off-while-it-answers", Fixture, NULL, fixture_set_up,
              test_switched_off_while_it_answers, fixture_tear_down);
  g_test_add ("/upstream/local-only/reused-connection", Fixture, NULL, fixture_set_up,
              test_reused_connection, fixture_tear_down);
  return g_test_run ();
}
