/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* When which server is asked for its models. A server near by that is down is asked often, so that
 * a restarted one is back in a moment; a cloud costs a request and is asked seldom. Gateway thread.
 */

#include "way-discovery.h"

#include "way-clock.h"
#include "way-discovery-private.h"
#include "way-provider-table.h"

#define NEAR_UP_US (30 * G_USEC_PER_SEC)
#define NEAR_DOWN_US (3 * G_USEC_PER_SEC)
#define CLOUD_UP_US (10 * 60 * G_USEC_PER_SEC)
#define CLOUD_DOWN_US (60 * G_USEC_PER_SEC)
#define SCAN_US (60 * G_USEC_PER_SEC)
#define NEAR_DEADLINE_MS 2000
#define CLOUD_DEADLINE_MS 10000

/* One configured provider. */
typedef struct
{
  WayDiscovery *discovery;     /* borrowed */
  const WayProvider *provider; /* borrowed from the snapshot */
  WayProbe *probe;             /* owned, nullable: under way */
  WayProviderState *state;
  gint64 due_us;
} Entry;

struct _WayDiscovery
{
  WayUpstream *upstream; /* borrowed */
  WayDiscoveryFunc func;
  gpointer user_data;
  WaySnapshot *snapshot; /* owned, nullable before the first apply */
  GPtrArray *entries;    /* (element-type Entry) */
  WayScan *scan;
  GSource *timer;
  gint64 scan_due_us;
};

static void schedule (WayDiscovery *discovery);

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->probe, way_probe_free);
  way_provider_state_free (entry->state);
  g_free (entry);
}

static gint64
span_until_next (const Entry *entry)
{
  gboolean is_down = entry->state->reach == WAY_REACH_DOWN;

  if (entry->provider->locality == WAY_LOCALITY_CLOUD)
    return is_down ? CLOUD_DOWN_US : CLOUD_UP_US;
  return is_down ? NEAR_DOWN_US : NEAR_UP_US;
}

static void
set_reach (Entry *entry, WayReach reach, char *reason)
{
  entry->state->reach = reach;
  g_free (entry->state->reason);
  entry->state->reason = reason;
}

/* A key that is configured and not there is the provider's fault; one that nobody set is not. */
static WayReach
reach_of_obstacle (const WayProvider *provider, const GError *obstacle)
{
  return way_error_is (obstacle, WAY_ERROR_KEY_MISSING) &&
             provider->key_source != WAY_KEY_SOURCE_NONE
           ? WAY_REACH_NO_KEY
           : WAY_REACH_UNKNOWN;
}

static void
read_models (Entry *entry, GString *body)
{
  g_autoptr (GError) error = NULL;
  char **models = way_model_list_parse (body->str, body->len, &error);

  if (models == NULL)
    {
      set_reach (entry, WAY_REACH_DOWN, g_strdup (error->message));
      return;
    }
  guint n_models = g_strv_length (models);
  g_strfreev (entry->state->models);
  entry->state->models = models;
  set_reach (entry, WAY_REACH_UP,
             g_strdup_printf (n_models == 1 ? "answers, with %u model" : "answers, with %u models",
                              n_models));
}

static void
read_status (Entry *entry, guint status, GString *body)
{
  const WayProvider *provider = entry->provider;

  if (status == 200)
    read_models (entry, body);
  else if (status == 401 || status == 403)
    set_reach (entry, WAY_REACH_NO_KEY,
               g_strdup_printf (provider->key_header == NULL ? "wants a key (%u)"
                                                             : "does not accept the key (%u)",
                                status));
  else if (status == 404 || status == 405 || status == 501)
    set_reach (entry, WAY_REACH_UP, g_strdup ("answers, but lists no models"));
  else if (status == 429)
    set_reach (entry, WAY_REACH_UP,
               g_strdup ("answers, but limits how often its models are asked"));
  else
    set_reach (entry, WAY_REACH_DOWN,
               g_strdup_printf ("answered %u when asked for its models", status));
}

/* Told last, since whoever is told may apply another snapshot. */
static void
conclude (Entry *entry)
{
  WayDiscovery *discovery = entry->discovery;

  schedule (discovery);
  discovery->func (entry->state, TRUE, discovery->user_data);
}

static void
on_answer (guint status, GString *body, gint64 latency_us, const GError *error, gpointer user_data)
{
  Entry *entry = user_data;

  entry->state->is_unreachable = way_error_is (error, WAY_ERROR_UPSTREAM_REFUSED) ||
                                 way_error_is (error, WAY_ERROR_UPSTREAM_UNREACHABLE);
  if (error != NULL)
    set_reach (entry, WAY_REACH_DOWN, g_strdup (error->message));
  else
    read_status (entry, status, body);
  g_clear_pointer (&entry->probe, way_probe_free);
  entry->state->checked_at_us = way_clock_get_wall_us ();
  if (entry->state->reach == WAY_REACH_UP)
    {
      entry->state->last_success_at_us = entry->state->checked_at_us;
      entry->state->latency_us = latency_us;
    }
  entry->due_us = way_clock_get_monotonic_us () + span_until_next (entry);
  conclude (entry);
}

static void
ask (Entry *entry)
{
  WayDiscovery *discovery = entry->discovery;
  g_autoptr (GError) obstacle = NULL;

  entry->due_us = G_MAXINT64;
  if (!way_discovery_may_ask (discovery->snapshot, entry->provider, &obstacle))
    {
      set_reach (entry, reach_of_obstacle (entry->provider, obstacle),
                 g_strdup (obstacle->message));
      conclude (entry); /* until the next snapshot */
      return;
    }
  gint64 deadline_ms =
    entry->provider->locality == WAY_LOCALITY_CLOUD ? CLOUD_DEADLINE_MS : NEAR_DEADLINE_MS;
  WayCallRequest request = {
    .snapshot = discovery->snapshot,
    .provider = entry->provider,
    .method = "GET",
    .path = way_kind_row (entry->provider->kind)->models_path,
    .deadlines = { deadline_ms, deadline_ms, deadline_ms, deadline_ms },
  };
  entry->probe = way_probe_new (discovery->upstream, &request, on_answer, entry);
}

static Entry *
find_due (WayDiscovery *discovery, gint64 now_us)
{
  for (guint i = 0; i < discovery->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (discovery->entries, i);
      if (entry->due_us <= now_us)
        return entry;
    }
  return NULL;
}

static gboolean
on_timer (gpointer user_data)
{
  WayDiscovery *discovery = user_data;
  gint64 now_us = way_clock_get_monotonic_us ();

  g_source_set_ready_time (discovery->timer, -1);
  if (discovery->scan_due_us <= now_us)
    {
      discovery->scan_due_us = now_us + SCAN_US;
      way_scan_run (discovery->scan, discovery->snapshot);
    }
  /* One after the other: asking one may end in a changed list. */
  for (Entry *entry = find_due (discovery, now_us); entry != NULL;
       entry = find_due (discovery, now_us))
    ask (entry);
  schedule (discovery);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc func, gpointer user_data)
{
  return func (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static void
schedule (WayDiscovery *discovery)
{
  gint64 due_us = discovery->scan_due_us;

  for (guint i = 0; i < discovery->entries->len; i++)
    due_us = MIN (due_us, ((Entry *)g_ptr_array_index (discovery->entries, i))->due_us);
  g_source_set_ready_time (discovery->timer, due_us == G_MAXINT64 ? -1 : due_us);
}

static void
on_found (const WayProviderState *state, gpointer user_data)
{
  WayDiscovery *discovery = user_data;

  discovery->func (state, FALSE, discovery->user_data);
}

/**
 * way_discovery_may_ask:
 * @snapshot: with its keys
 * @provider: one of its providers
 *
 * Whether a probe may be sent at all. The message leaves out whom it is about. Any thread.
 *
 * Returns: %FALSE with %WAY_ERROR_NO_TARGET when @provider is switched off,
 *   %WAY_ERROR_CLOUD_DISABLED when it is not on this machine and nothing may leave it, or
 *   %WAY_ERROR_KEY_MISSING
 */
gboolean
way_discovery_may_ask (const WaySnapshot *snapshot, const WayProvider *provider, GError **error)
{
  g_return_val_if_fail (snapshot != NULL && provider != NULL, FALSE);

  gboolean is_demo = provider->kind == WAY_KIND_DEMO;
  gboolean is_cloud = provider->locality == WAY_LOCALITY_CLOUD && !is_demo;
  gboolean is_beyond = provider->locality != WAY_LOCALITY_LOCAL && !is_demo;

  if (!provider->enabled)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_NO_TARGET,
                         "not asked, since it is switched off");
  else if (is_beyond && !snapshot->cloud_enabled)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_CLOUD_DISABLED,
                         "not asked, since Local Only is on");
  else if (provider->key_source != WAY_KEY_SOURCE_NONE && provider->key_header == NULL)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_KEY_MISSING,
                         provider->key_problem != NULL ? provider->key_problem
                                                       : "its key is missing");
  else if (is_cloud && provider->key_header == NULL)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_KEY_MISSING,
                         "not asked, since no key is set for it");
  else
    return TRUE;
  return FALSE;
}

/**
 * way_discovery_new:
 * @upstream: (transfer none): must outlive the discovery
 * @func: told of each result
 *
 * Attaches to the thread-default context, which must be @upstream's. Nothing is asked before
 * way_discovery_apply().
 *
 * Returns: (transfer full): a discovery
 */
WayDiscovery *
way_discovery_new (WayUpstream *upstream, WayDiscoveryFunc func, gpointer user_data)
{
  g_return_val_if_fail (upstream != NULL && func != NULL, NULL);

  WayDiscovery *discovery = g_new0 (WayDiscovery, 1);
  discovery->upstream = upstream;
  discovery->func = func;
  discovery->user_data = user_data;
  discovery->entries = g_ptr_array_new_with_free_func (entry_free);
  discovery->scan = way_scan_new (upstream, on_found, discovery);
  discovery->scan_due_us = G_MAXINT64;
  discovery->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_callback (discovery->timer, on_timer, discovery, NULL);
  g_source_set_static_name (discovery->timer, "way-discovery");
  g_source_attach (discovery->timer, g_main_context_get_thread_default ());
  return discovery;
}

/**
 * way_discovery_free:
 * @discovery: (transfer full): whose probes under way are cancelled
 */
void
way_discovery_free (WayDiscovery *discovery)
{
  g_return_if_fail (discovery != NULL);

  g_source_destroy (discovery->timer);
  g_source_unref (discovery->timer);
  g_ptr_array_unref (discovery->entries);
  way_scan_free (discovery->scan);
  g_clear_pointer (&discovery->snapshot, way_snapshot_unref);
  g_free (discovery);
}

static WayProviderState *
new_state (const WayProvider *provider, GPtrArray *old_entries)
{
  for (guint i = 0; i < old_entries->len; i++)
    {
      const WayProviderState *old = ((Entry *)g_ptr_array_index (old_entries, i))->state;
      if (g_str_equal (old->id, provider->id) && g_strcmp0 (old->base_url, provider->base_url) == 0)
        return way_provider_state_copy (old);
    }
  return way_provider_state_new (provider->id, way_kind_get_name (provider->kind),
                                 provider->base_url);
}

/**
 * way_discovery_apply:
 * @snapshot: (transfer none): whose enabled providers are asked from now on
 *
 * Asks each of them once, soon, and then on schedule. What was known of a provider whose address
 * did not change is kept meanwhile. The first time, a scan for servers that are not configured
 * begins too.
 */
void
way_discovery_apply (WayDiscovery *discovery, WaySnapshot *snapshot)
{
  g_return_if_fail (discovery != NULL && snapshot != NULL);

  g_autoptr (GPtrArray) old_entries = g_steal_pointer (&discovery->entries);

  way_snapshot_ref (snapshot);
  g_clear_pointer (&discovery->snapshot, way_snapshot_unref); /* probes have references */
  discovery->snapshot = snapshot;
  discovery->entries = g_ptr_array_new_with_free_func (entry_free);
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      if (!provider->enabled)
        continue;
      Entry *entry = g_new0 (Entry, 1);
      entry->discovery = discovery;
      entry->provider = provider;
      entry->state = new_state (provider, old_entries);
      g_ptr_array_add (discovery->entries, entry);
    }
  if (discovery->scan_due_us == G_MAXINT64)
    discovery->scan_due_us = 0;
  schedule (discovery);
}

/**
 * way_discovery_probe:
 * @provider_id: an enabled provider of the snapshot; others are ignored
 *
 * Asks it now, unless it is being asked already.
 */
void
way_discovery_probe (WayDiscovery *discovery, const char *provider_id)
{
  g_return_if_fail (discovery != NULL && provider_id != NULL);

  for (guint i = 0; i < discovery->entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (discovery->entries, i);
      if (g_str_equal (entry->provider->id, provider_id) && entry->probe == NULL)
        entry->due_us = 0;
    }
  schedule (discovery);
}
