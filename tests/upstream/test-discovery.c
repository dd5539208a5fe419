/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What discovery says of providers and of local servers, and what it asks for that. */

#include "fixture.h"
#include "way-discovery-private.h"

#include <string.h>

#define LIST "{\"object\":\"list\",\"data\":[{\"id\":\"one\"},{\"id\":\"two\"}]}"
#define KEY "\"key\":{\"keyring\":\"peer\"}"

typedef struct
{
  GPtrArray *states; /* (element-type WayProviderState): of configured providers, in order */
  GPtrArray *found;  /* likewise, of found servers */
} Log;

static void
log_init (Log *log)
{
  log->states = g_ptr_array_new_with_free_func ((GDestroyNotify)way_provider_state_free);
  log->found = g_ptr_array_new_with_free_func ((GDestroyNotify)way_provider_state_free);
}

static void
log_clear (Log *log)
{
  g_ptr_array_unref (log->states);
  g_ptr_array_unref (log->found);
}

static void
on_state (const WayProviderState *state, gboolean configured, gpointer user_data)
{
  Log *log = user_data;

  if (g_str_equal (state->id, "demo"))
    return; /* in every snapshot */
  g_ptr_array_add (configured ? log->states : log->found, way_provider_state_copy (state));
}

static void
on_found (const WayProviderState *state, gpointer user_data)
{
  on_state (state, FALSE, user_data);
}

static const WayProviderState *
last_of (GPtrArray *states)
{
  return g_ptr_array_index (states, states->len - 1);
}

typedef struct
{
  const char *name;
  guint status; /* 0: the connection is closed instead */
  const char *body;
  WayReach reach;
  const char *words;
  guint n_models; /* G_MAXUINT: never listed */
} StatusRow;

static const StatusRow status_rows[] = {
  { "up", 200, LIST, WAY_REACH_UP, "answers, with 2 models", 2 },
  { "no-list", 200, "{}", WAY_REACH_DOWN, "no list of models", G_MAXUINT },
  { "wants-key", 401, "{}", WAY_REACH_NO_KEY, "wants a key (401)", G_MAXUINT },
  { "forbidden", 403, "{}", WAY_REACH_NO_KEY, "wants a key (403)", G_MAXUINT },
  { "not-listed", 404, "{}", WAY_REACH_UP, "lists no models", G_MAXUINT },
  { "limited", 429, "{}", WAY_REACH_UP, "limits how often", G_MAXUINT },
  { "loading", 503, "{}", WAY_REACH_DOWN, "answered 503", G_MAXUINT },
  { "closed", 0, NULL, WAY_REACH_DOWN, "without an answer", G_MAXUINT },
};

static void
test_status (Fixture *fixture, gconstpointer data)
{
  const StatusRow *row = data;
  Log log;

  log_init (&log);
  if (row->status > 0)
    mock_upstream_answer (fixture->mock, "/models", row->status, "application/json", NULL,
                          row->body);
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, fixture->snapshot);
  WAIT_UNTIL (fixture, log.states->len > 0);

  const WayProviderState *state = last_of (log.states);
  g_assert_cmpstr (state->id, ==, "peer");
  g_assert_cmpstr (state->kind, ==, "openai");
  g_assert_cmpint (state->reach, ==, row->reach);
  g_assert_nonnull (strstr (state->reason, row->words));
  g_assert_cmpint (state->checked_at_us, >, 0);
  g_assert_cmpint (state->last_success_at_us > 0, ==, row->reach == WAY_REACH_UP);
  if (row->n_models == G_MAXUINT)
    g_assert_null (state->models);
  else
    g_assert_cmpuint (g_strv_length (state->models), ==, row->n_models);
  g_autofree char *request = mock_upstream_dup_request (fixture->mock, 0);
  g_assert_true (g_str_has_prefix (request, "GET /models HTTP/1.1\r\n"));
  log_clear (&log);
}

typedef struct
{
  const char *name;
  const char *json;
  WayReach reach;
  const char *words;
} ObstacleRow;

#define CONFIG(cloud, members)                                                                     \
  "{\"version\":1,\"cloud\":{\"enabled\":" cloud "},\"providers\":[{\"id\":\"peer\","              \
  "\"kind\":\"openai\",\"base_url\":\"https://192.0.2.1/v1\"" members "}]}"

static const ObstacleRow obstacle_rows[] = {
  { "cloud-off", CONFIG ("false", "," KEY), WAY_REACH_UNKNOWN, "Local Only is on" },
  { "cloud-off-lan", CONFIG ("false", ",\"locality\":\"lan\""), WAY_REACH_UNKNOWN,
    "Local Only is on" },
  { "key-missing", CONFIG ("true", "," KEY), WAY_REACH_NO_KEY, "its key is missing" },
  { "no-key-set", CONFIG ("true", ""), WAY_REACH_UNKNOWN, "no key is set" },
};

/* What must not be asked is not asked, and the state says why. */
static void
test_obstacle (Fixture *fixture, gconstpointer data)
{
  const ObstacleRow *row = data;
  g_autoptr (WaySnapshot) snapshot = snapshot_from_json (row->json);
  Log log;

  log_init (&log);
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, snapshot);
  WAIT_UNTIL (fixture, log.states->len > 0);

  g_assert_cmpint (last_of (log.states)->reach, ==, row->reach);
  g_assert_nonnull (strstr (last_of (log.states)->reason, row->words));
  g_assert_cmpint (last_of (log.states)->checked_at_us, ==, 0);
  log_clear (&log);
}

static void
test_demo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (WaySnapshot) snapshot = snapshot_for_url ("demo", NULL, "");
  Log log;

  log_init (&log);
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, snapshot);
  WAIT_UNTIL (fixture, log.states->len > 0);

  g_assert_cmpint (last_of (log.states)->reach, ==, WAY_REACH_UP);
  g_assert_cmpstr (last_of (log.states)->models[0], ==, "demo");
  log_clear (&log);
}

/* A list beyond the limit is an error, not memory. */
static void
test_endless_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *tail = g_strnfill (65536, ' ');
  Log log;

  log_init (&log);
  mock_upstream_script (
    fixture->mock, "/models",
    &(MockReply){ .bytes = "HTTP/1.1 200 OK\r\n\r\n", .then = MOCK_THEN_REPEAT, .tail = tail });
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, fixture->snapshot);
  WAIT_UNTIL (fixture, log.states->len > 0);

  g_assert_cmpint (last_of (log.states)->reach, ==, WAY_REACH_DOWN);
  g_assert_nonnull (strstr (last_of (log.states)->reason, "larger than 8 MiB"));
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) == 0);
  log_clear (&log);
}

/* Nobody calls, yet a server that comes back is noticed: within three seconds and a bit. Its models
 * stay known while it is gone. */
static void
test_comes_back (Fixture *fixture, gconstpointer data)
{
  Log log;

  log_init (&log);
  mock_upstream_answer (fixture->mock, "/models", 200, "application/json", NULL, LIST);
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, fixture->snapshot);
  WAIT_UNTIL (fixture, log.states->len == 1);
  mock_upstream_script (fixture->mock, "/models", &(MockReply){ .then = MOCK_THEN_CLOSE });
  way_discovery_probe (discovery, "peer");
  WAIT_UNTIL (fixture, log.states->len == 2);
  g_assert_cmpint (last_of (log.states)->reach, ==, WAY_REACH_DOWN);
  g_assert_cmpuint (g_strv_length (last_of (log.states)->models), ==, 2);

  mock_upstream_answer (fixture->mock, "/models", 200, "application/json", NULL, LIST);
  WAIT_UNTIL (fixture, log.states->len == 3);
  g_assert_cmpint (last_of (log.states)->reach, ==, WAY_REACH_UP);
  log_clear (&log);
}

/* Another snapshot while a probe is under way: the old one says nothing any more. */
static void
test_apply_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  g_autofree char *other_url = g_strconcat (url, "/other", NULL);
  g_autoptr (WaySnapshot) other = snapshot_for_url ("openai", other_url, "");
  Log log;

  log_init (&log);
  mock_upstream_script (fixture->mock, "/models", &(MockReply){ .then = MOCK_THEN_STALL });
  mock_upstream_answer (fixture->mock, "/other/models", 200, "application/json", NULL, LIST);
  g_autoptr (WayDiscovery) discovery = way_discovery_new (fixture->upstream, on_state, &log);
  way_discovery_apply (discovery, fixture->snapshot);
  WAIT_UNTIL (fixture, mock_upstream_get_n_requests (fixture->mock) == 1);
  way_discovery_apply (discovery, other);
  WAIT_UNTIL (fixture, log.states->len > 0);

  g_assert_cmpuint (log.states->len, ==, 1);
  g_assert_cmpstr (last_of (log.states)->base_url, ==, other_url);
  WAIT_UNTIL (fixture, mock_upstream_get_n_open (fixture->mock) <= 1);
  log_clear (&log);
}

typedef struct
{
  const char *name;
  const char *models;  /* body of /v1/models; NULL: no such path */
  const char *version; /* body of /api/version; NULL: no such path */
  WayKind usual;
  const char *kind; /* NULL: nothing is found */
  const char *url_end;
} ScanRow;

static const ScanRow scan_rows[] = {
  { "ollama", LIST, "{\"version\":\"0.6.4\"}", WAY_KIND_OLLAMA, "ollama", "" },
  { "openai", LIST, NULL, WAY_KIND_OPENAI, "openai", "/v1" },
  { "openai-on-ollamas-port", LIST, NULL, WAY_KIND_OLLAMA, "openai", "/v1" },
  { "ollama-on-anothers-port", LIST, "{\"version\":\"1\"}", WAY_KIND_OPENAI, "ollama", "" },
  { "web-server", "<html>", NULL, WAY_KIND_OPENAI, NULL, NULL },
  { "nothing", NULL, NULL, WAY_KIND_OPENAI, NULL, NULL },
};

static void
test_scan (Fixture *fixture, gconstpointer data)
{
  const ScanRow *row = data;
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  WayLocalServer server = { "usual", "Usual", url, row->usual };
  g_autoptr (WaySnapshot) nobody = snapshot_from_json ("{\"version\":1,\"providers\":[]}");
  Log log;

  log_init (&log);
  if (row->models != NULL)
    mock_upstream_answer (fixture->mock, "/v1/models", 200, "text/plain", NULL, row->models);
  if (row->version != NULL)
    mock_upstream_answer (fixture->mock, "/api/version", 200, "text/plain", NULL, row->version);
  mock_upstream_answer (fixture->mock, "", 404, "text/plain", NULL, "Not Found");
  g_autoptr (WayScan) scan = way_scan_new (fixture->upstream, on_found, &log);
  way_scan_set_servers (scan, &server, 1);
  way_scan_run (scan, nobody);
  WAIT_UNTIL (fixture, mock_upstream_get_n_requests (fixture->mock) > 0 &&
                         way_upstream_get_n_calls (fixture->upstream) == 0);

  g_assert_cmpuint (log.found->len, ==, row->kind == NULL ? 0 : 1);
  if (row->kind != NULL)
    {
      const WayProviderState *state = last_of (log.found);
      g_autofree char *expected = g_strconcat (url, row->url_end, NULL);
      g_assert_cmpint (state->reach, ==, WAY_REACH_UP);
      g_assert_cmpstr (state->kind, ==, row->kind);
      g_assert_cmpstr (state->base_url, ==, expected);
      g_assert_cmpuint (g_strv_length (state->models), ==, 2);
    }
  log_clear (&log);
}

/* A found server that is gone is said to be; a configured port is not scanned. */
static void
test_scan_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = mock_upstream_dup_url (fixture->mock);
  WayLocalServer server = { "usual", "Usual", url, WAY_KIND_OPENAI };
  g_autoptr (WaySnapshot) nobody = snapshot_from_json ("{\"version\":1,\"providers\":[]}");
  Log log;

  log_init (&log);
  mock_upstream_answer (fixture->mock, "/v1/models", 200, "text/plain", NULL, LIST);
  g_autoptr (WayScan) scan = way_scan_new (fixture->upstream, on_found, &log);
  way_scan_set_servers (scan, &server, 1);
  way_scan_run (scan, fixture->snapshot);
  g_assert_cmpuint (way_upstream_get_n_calls (fixture->upstream), ==, 0);
  way_scan_run (scan, nobody);
  WAIT_UNTIL (fixture, log.found->len == 1);
  mock_upstream_script (fixture->mock, "/v1/models", &(MockReply){ .then = MOCK_THEN_CLOSE });
  way_scan_run (scan, nobody);
  WAIT_UNTIL (fixture, log.found->len == 2);

  g_assert_cmpint (last_of (log.found)->reach, ==, WAY_REACH_DOWN);
  g_assert_cmpstr (last_of (log.found)->id, ==,
                   ((WayProviderState *)g_ptr_array_index (log.found, 0))->id);
  log_clear (&log);
}

#define ADD(path, data, func)                                                                      \
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (status_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/discovery/", status_rows[i].name, NULL);
      ADD (path, &status_rows[i], test_status);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (obstacle_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/discovery/", obstacle_rows[i].name, NULL);
      ADD (path, &obstacle_rows[i], test_obstacle);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (scan_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/scan/", scan_rows[i].name, NULL);
      ADD (path, &scan_rows[i], test_scan);
    }
  ADD ("/upstream/discovery/demo", NULL, test_demo);
  ADD ("/upstream/discovery/endless-list", NULL, test_endless_list);
  ADD ("/upstream/discovery/comes-back", NULL, test_comes_back);
  ADD ("/upstream/discovery/apply-again", NULL, test_apply_again);
  ADD ("/upstream/scan/again", NULL, test_scan_again);
  return g_test_run ();
}
