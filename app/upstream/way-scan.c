/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Looks for model servers on their usual local ports. A port counts only if it lists models; that
 * it is Ollama is told by /api/version, which no other server has. Gateway thread. */

#include "way-clock.h"
#include "way-discovery-private.h"
#include "way-json.h"

#include <string.h>

#define DEADLINE_MS 2000
#define MODELS_PATH "/v1/models"
#define VERSION_PATH "/api/version"

/* One usual port. */
typedef struct
{
  WayScan *scan;               /* borrowed */
  const WayLocalServer *usual; /* static: who is expected there */
  const WayProvider *root;     /* borrowed from the scan's snapshot: http://127.0.0.1:PORT */
  WayProbe *probe;             /* owned, nullable: under way */
  WayProviderState *state;     /* owned, nullable: of the server found last */
  char **models;               /* owned, nullable: while its version is asked */
  gint64 latency_us;
  int port;
} Spot;

struct _WayScan
{
  WayUpstream *upstream; /* borrowed */
  WayScanFunc func;
  gpointer user_data;
  WaySnapshot *snapshot; /* owned: each port as a provider */
  GPtrArray *spots;      /* (element-type Spot) */
};

static void
spot_free (gpointer data)
{
  Spot *spot = data;

  g_clear_pointer (&spot->probe, way_probe_free);
  g_clear_pointer (&spot->state, way_provider_state_free);
  g_strfreev (spot->models);
  g_free (spot);
}

static int
port_of (const char *base_url)
{
  g_autoptr (GUri) uri = base_url == NULL ? NULL : g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);

  return uri == NULL ? -1 : g_uri_get_port (uri);
}

static void
ask (Spot *spot, const char *path, WayProbeFunc func)
{
  WayCallRequest request = {
    .snapshot = spot->scan->snapshot,
    .provider = spot->root,
    .method = "GET",
    .path = path,
    .local_only = TRUE,
    .deadlines = { DEADLINE_MS, DEADLINE_MS, DEADLINE_MS, DEADLINE_MS },
  };

  spot->probe = way_probe_new (spot->scan->upstream, &request, func, spot);
}

/* Nothing there: worth a word only if something was. */
static void
report_gone (Spot *spot, const char *reason)
{
  g_autoptr (WayProviderState) state = g_steal_pointer (&spot->state);

  if (state == NULL)
    return;
  state->reach = WAY_REACH_DOWN;
  state->checked_at_us = way_clock_get_wall_us ();
  g_free (state->reason);
  state->reason = g_strdup (reason);
  spot->scan->func (state, spot->scan->user_data);
}

static void
report_found (Spot *spot, gboolean is_ollama)
{
  WayKind kind = is_ollama ? WAY_KIND_OLLAMA : WAY_KIND_OPENAI;
  gboolean is_usual = spot->usual->kind == kind;
  g_autofree char *id =
    g_strdup_printf ("%s-%d", is_usual ? spot->usual->id : way_kind_get_name (kind), spot->port);
  g_autofree char *url = g_strconcat (spot->root->base_url, is_ollama ? "" : "/v1", NULL);
  WayProviderState *state = way_provider_state_new (id, way_kind_get_name (kind), url);

  state->reach = WAY_REACH_UP;
  state->reason = is_usual ? g_strdup_printf ("%s answers here", spot->usual->title)
                           : g_strdup ("a model server answers here");
  state->models = g_steal_pointer (&spot->models);
  state->checked_at_us = state->last_success_at_us = way_clock_get_wall_us ();
  state->latency_us = spot->latency_us;
  if (spot->state != NULL && !g_str_equal (spot->state->id, id))
    report_gone (spot, "another server answers here now");
  g_clear_pointer (&spot->state, way_provider_state_free);
  spot->state = state;
  spot->scan->func (state, spot->scan->user_data);
}

static void
on_version (guint status, GString *body, gint64 latency_us, const GError *error, gpointer user_data)
{
  Spot *spot = user_data;
  gboolean is_ollama = status == 200 && way_model_list_is_ollama_version (body->str, body->len);

  g_clear_pointer (&spot->probe, way_probe_free);
  report_found (spot, is_ollama);
}

static void
on_models (guint status, GString *body, gint64 latency_us, const GError *error, gpointer user_data)
{
  Spot *spot = user_data;

  spot->latency_us = latency_us;
  spot->models = status == 200 ? way_model_list_parse (body->str, body->len, NULL) : NULL;
  if (spot->models == NULL)
    report_gone (spot, error != NULL ? error->message : "no model server answers here any more");
  g_clear_pointer (&spot->probe, way_probe_free);
  if (spot->models != NULL)
    ask (spot, VERSION_PATH, on_version);
}

/* Each port as a provider of its own, so that the scan goes through the same door as all calls. */
static WaySnapshot *
new_snapshot (GPtrArray *spots)
{
  g_autoptr (GString) text = g_string_new ("{\"version\":1,\"providers\":[");

  for (guint i = 0; i < spots->len; i++)
    {
      int port = ((Spot *)g_ptr_array_index (spots, i))->port;
      g_string_append_printf (text,
                              "%s{\"id\":\"port-%d\",\"kind\":\"openai\","
                              "\"base_url\":\"http://127.0.0.1:%d\"}",
                              i == 0 ? "" : ",", port, port);
    }
  g_string_append (text, "]}");
  g_autoptr (JsonNode) root = way_json_parse (text->str, text->len, NULL);
  g_assert (root != NULL);
  return way_snapshot_new_from_json (root, NULL, NULL);
}

/**
 * way_scan_set_servers:
 * @servers: (array length=n_servers): static; their ports are what is scanned
 *
 * Forgets what was found before.
 */
void
way_scan_set_servers (WayScan *scan, const WayLocalServer *servers, gsize n_servers)
{
  g_ptr_array_set_size (scan->spots, 0);
  g_clear_pointer (&scan->snapshot, way_snapshot_unref);
  for (gsize i = 0; i < n_servers; i++)
    {
      Spot *spot = g_new0 (Spot, 1);
      spot->scan = scan;
      spot->usual = &servers[i];
      spot->port = port_of (servers[i].base_url);
      g_ptr_array_add (scan->spots, spot);
    }
  scan->snapshot = new_snapshot (scan->spots);
  g_assert (scan->snapshot != NULL);
  for (guint i = 0; i < scan->spots->len; i++)
    {
      Spot *spot = g_ptr_array_index (scan->spots, i);
      g_autofree char *id = g_strdup_printf ("port-%d", spot->port);
      spot->root = way_snapshot_find_provider (scan->snapshot, id);
      g_assert (spot->root != NULL);
    }
}

/**
 * way_scan_new:
 * @func: told of each server found, and of each that is gone again
 *
 * Returns: (transfer full): a scan of the usual ports, not begun
 */
WayScan *
way_scan_new (WayUpstream *upstream, WayScanFunc func, gpointer user_data)
{
  WayScan *scan = g_new0 (WayScan, 1);
  gsize n_servers = 0;
  const WayLocalServer *servers = way_local_servers (&n_servers);

  scan->upstream = upstream;
  scan->func = func;
  scan->user_data = user_data;
  scan->spots = g_ptr_array_new_with_free_func (spot_free);
  way_scan_set_servers (scan, servers, n_servers);
  return scan;
}

/**
 * way_scan_free:
 * @scan: (transfer full): whose probes under way are cancelled
 */
void
way_scan_free (WayScan *scan)
{
  g_ptr_array_unref (scan->spots);
  way_snapshot_unref (scan->snapshot);
  g_free (scan);
}

static gboolean
is_configured (WaySnapshot *snapshot, int port)
{
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      if (provider->locality == WAY_LOCALITY_LOCAL && port_of (provider->base_url) == port)
        return TRUE;
    }
  return FALSE;
}

/**
 * way_scan_run:
 * @snapshot: whose local providers are known already
 *
 * Looks once at each usual port that no provider of @snapshot is at, also no disabled one.
 */
void
way_scan_run (WayScan *scan, WaySnapshot *snapshot)
{
  for (guint i = 0; i < scan->spots->len; i++)
    {
      Spot *spot = g_ptr_array_index (scan->spots, i);

      if (is_configured (snapshot, spot->port))
        report_gone (spot, "it is a provider of its own now");
      else if (spot->probe == NULL)
        ask (spot, MODELS_PATH, on_models);
    }
}
