/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The gateway thread: its main context, its parts in the order they live and die, and the crossings
 * to and from the other threads. */

#include "way-gateway.h"

#include "way-budget-loader.h"
#include "way-clock.h"
#include "way-context.h"
#include "way-control-call.h"
#include "way-core.h"
#include "way-endpoints.h"
#include "way-exchange.h"
#include "way-server.h"

#include <string.h>
#include <unistd.h>

#define DRAIN_CHECK_MS 20

struct _WayGateway
{
  /* set before the thread starts, constant from then on */
  WayLedger *ledger;     /* borrowed: outlives the gateway */
  WayEventQueue *events; /* borrowed: outlives the gateway */
  WayGatewayOptions options;
  char *control_path;    /* owned, nullable */
  GMainContext *context; /* owned */
  GThread *thread;       /* owned, NULL while stopped */

  /* given to the thread when it starts */
  WaySnapshot *first;        /* owned */
  WayCatalog *first_catalog; /* owned */
  char *address;             /* owned */
  int first_fd;
  int control_fd;

  /* main thread */
  WaySnapshot *applied; /* owned: the newest one */
  WayCatalog *catalog;  /* owned: likewise */
  char *listen_address; /* owned: as configured, of what is listened on */
  guint listen_port;    /* likewise; 0 lets the system pick */
  guint port;           /* that is listened on */
  int tcp_fd;           /* likewise; only the gateway thread closes it */

  /* gateway thread */
  GMainLoop *loop;                /* owned */
  WayPoller *poller;              /* owned */
  WayServer *server;              /* owned */
  WayBudgetLoader *budget_loader; /* owned */
  WayEndpoints *endpoints;        /* owned */
  WayCore core;
  gint64 drain_until_us; /* monotonic, 0 while running */
};

/* Gateway thread: life of the parts */

static void
on_server_request (WayRequest *request, gpointer user_data)
{
  WayGateway *self = user_data;

  way_endpoints_dispatch (self->endpoints, request);
}

static void
on_discovered (const WayProviderState *state, gboolean configured, gpointer user_data)
{
  WayGateway *self = user_data;

  if (configured)
    {
      way_health_note_probe (self->core.health, state);
      way_queue_wake (self->core.queue);
    }
  if (way_event_queue_is_interested (self->events))
    way_event_queue_push (self->events,
                          way_event_new_provider (configured ? WAY_EVENT_PROVIDER : WAY_EVENT_FOUND,
                                                  way_provider_state_copy (state)));
}

static void
on_forward (WayRequest *request, const char *path, gpointer user_data)
{
  WayGateway *self = user_data;

  way_control_call_send (request, path, self->context, &self->options);
}

static void
on_budgets_loaded (gpointer user_data)
{
  WayGateway *self = user_data;

  way_core_tell_budgets (&self->core);
  way_queue_wake (self->core.queue);
}

/* What a configuration says beyond what each request reads from it. The server has a reference. */
static void
apply_terms (WayGateway *self, WaySnapshot *snapshot)
{
  self->core.snapshot = snapshot;
  way_upstream_set_cloud_enabled (self->core.upstream, snapshot->cloud_enabled);
  if (self->core.discovery)
    way_discovery_apply (self->core.discovery, snapshot);
  way_traffic_forget_turns (self->core.traffic);
  way_budgets_apply (self->core.budgets, snapshot, way_clock_get_wall_us ());
  way_budget_loader_load (self->budget_loader);
  way_core_tell_budgets (&self->core);
  way_cache_apply (self->core.cache, &snapshot->cache);
  way_queue_wake (self->core.queue);
}

static void
build_parts (WayGateway *self)
{
  WayListener *listener;

  self->loop = g_main_loop_new (self->context, FALSE);
  self->poller = way_poller_new (self->context);
  self->core = (WayCore){
    .upstream = way_upstream_new (self->context, self->poller),
    .health = way_health_new (),
    .traffic = way_traffic_new (),
    .rates = way_rates_new (),
    .budgets = way_budgets_new (),
    .pricing = way_pricing_new (self->first_catalog),
    .cache = way_cache_new (),
    .queue = way_queue_new (self->context, way_exchange_retry_queued),
    .ledger = self->ledger,
    .events = self->events,
    .feed = way_feed_new (),
    .metrics = way_metrics_new (),
    .running = g_hash_table_new (g_str_hash, g_str_equal),
    .address = g_steal_pointer (&self->address),
    .started_at_us = way_clock_get_wall_us (),
  };
  self->budget_loader =
    way_budget_loader_new (self->core.budgets, self->ledger, on_budgets_loaded, self);
  self->endpoints =
    way_endpoints_new (&self->core, self->options.control_func ? on_forward : NULL, self);
  self->server = way_server_new (self->poller, self->first, on_server_request, self);
  listener = way_server_get_listener (self->server);
  way_listener_set_tcp (listener, self->first_fd);
  way_listener_set_control (listener, self->control_fd);
  if (self->options.discover)
    self->core.discovery = way_discovery_new (self->core.upstream, on_discovered, self);
  apply_terms (self, self->first);
}

/* Running exchanges have been cancelled. What has begun in the loop's last turn ends with its
 * connection, that is with the server, and needs all other parts for that. */
static void
take_down_parts (WayGateway *self)
{
  g_clear_pointer (&self->core.discovery, way_discovery_free);
  way_budget_loader_free (self->budget_loader);
  way_server_free (self->server);
  way_feed_free (self->core.feed);
  way_endpoints_free (self->endpoints);
  way_upstream_free (self->core.upstream);
  way_health_free (self->core.health);
  way_traffic_free (self->core.traffic);
  way_rates_free (self->core.rates);
  way_budgets_free (self->core.budgets);
  way_pricing_unref (self->core.pricing);
  way_queue_free (self->core.queue);
  way_metrics_free (self->core.metrics);
  way_cache_free (self->core.cache);
  g_hash_table_unref (self->core.running);
  g_free (self->core.address);
  g_free (self->core.problem);
  way_poller_free (self->poller);
  g_main_loop_unref (self->loop);
}

static gpointer
run_thread (gpointer user_data)
{
  WayGateway *self = user_data;

  g_main_context_push_thread_default (self->context);
  build_parts (self);
  g_clear_pointer (&self->first, way_snapshot_unref);
  g_clear_pointer (&self->first_catalog, way_catalog_unref);
  g_main_loop_run (self->loop);
  take_down_parts (self);
  while (g_main_context_iteration (self->context, FALSE))
    ; /* answers of the ledger and the main thread that were under way */
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Crossing main → gateway */

typedef struct
{
  WayGateway *gateway;
  WaySnapshot *snapshot; /* owned, nullable */
  WayCatalog *catalog;   /* owned, nullable */
  char *text;            /* owned, nullable */
  int tcp_fd;            /* -1 for none */
  guint drain_ms;
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->snapshot, way_snapshot_unref);
  g_clear_pointer (&message->catalog, way_catalog_unref);
  g_free (message->text);
  g_free (message);
}

static void
post (WayGateway *self, GSourceFunc func, Message content)
{
  Message *message = g_memdup2 (&content, sizeof content);

  message->gateway = self;
  way_context_post (self->context, func, message, message_free);
}

static gboolean
on_apply (gpointer user_data)
{
  Message *message = user_data;
  WayGateway *self = message->gateway;

  if (message->tcp_fd >= 0)
    way_listener_set_tcp (way_server_get_listener (self->server), message->tcp_fd);
  g_free (self->core.address);
  self->core.address = g_steal_pointer (&message->text);
  way_server_apply (self->server, message->snapshot);
  apply_terms (self, message->snapshot);
  return G_SOURCE_REMOVE;
}

/* Plans keep the prices they were made with, so a request under way is charged by one list. */
static gboolean
on_catalog (gpointer user_data)
{
  Message *message = user_data;
  WayCore *core = &message->gateway->core;

  way_pricing_unref (core->pricing);
  core->pricing = way_pricing_new (message->catalog);
  return G_SOURCE_REMOVE;
}

static gboolean
on_problem (gpointer user_data)
{
  Message *message = user_data;
  WayCore *core = &message->gateway->core;

  g_free (core->problem);
  core->problem = g_steal_pointer (&message->text);
  return G_SOURCE_REMOVE;
}

static gboolean
on_probe (gpointer user_data)
{
  Message *message = user_data;

  if (message->gateway->core.discovery)
    way_discovery_probe (message->gateway->core.discovery, message->text);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancel (gpointer user_data)
{
  Message *message = user_data;
  WayExchange *exchange = g_hash_table_lookup (message->gateway->core.running, message->text);

  if (exchange)
    way_exchange_cancel (exchange, WAY_OUTCOME_SHUTDOWN, "cancelled by the user");
  return G_SOURCE_REMOVE;
}

static void
cancel_running (WayGateway *self)
{
  g_autoptr (GList) running = g_hash_table_get_values (self->core.running);

  for (GList *l = running; l; l = l->next)
    way_exchange_cancel (l->data, WAY_OUTCOME_SHUTDOWN, "Wayfare is stopping");
}

static gboolean
on_drain_check (gpointer user_data)
{
  WayGateway *self = user_data;

  if (g_hash_table_size (self->core.running) > 0 &&
      way_clock_get_monotonic_us () < self->drain_until_us)
    return G_SOURCE_CONTINUE;
  cancel_running (self);
  way_feed_end (self->core.feed);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop (gpointer user_data)
{
  Message *message = user_data;
  WayGateway *self = message->gateway;
  g_autoptr (GSource) check = NULL;

  way_listener_stop_accepting (way_server_get_listener (self->server));
  self->drain_until_us = way_clock_get_monotonic_us () + message->drain_ms * (gint64)1000;
  /* With nothing to wait for the parts go at once, and no check may come after them. */
  if (on_drain_check (self) == G_SOURCE_REMOVE)
    return G_SOURCE_REMOVE;
  check = g_timeout_source_new (DRAIN_CHECK_MS);
  g_source_set_callback (check, on_drain_check, self, NULL);
  g_source_attach (check, self->context);
  return G_SOURCE_REMOVE;
}

/* Main thread */

/**
 * way_gateway_new:
 * @ledger: borrowed; must outlive the gateway
 * @events: borrowed; must outlive the gateway
 * @options: copied
 *
 * Main thread. Returns: (transfer full): a gateway that is not started
 */
WayGateway *
way_gateway_new (WaySnapshot *snapshot,
                 WayCatalog *catalog,
                 WayLedger *ledger,
                 WayEventQueue *events,
                 const WayGatewayOptions *options)
{
  WayGateway *self = g_new0 (WayGateway, 1);

  self->applied = way_snapshot_ref (snapshot);
  self->catalog = way_catalog_ref (catalog);
  self->ledger = ledger;
  self->events = events;
  self->options = *options;
  self->control_path = g_strdup (options->control_path);
  self->tcp_fd = -1;
  self->control_fd = -1;
  return self;
}

/**
 * way_gateway_free:
 *
 * Stops at once if it still runs. Main thread.
 */
void
way_gateway_free (WayGateway *self)
{
  way_gateway_stop (self, 0);
  way_snapshot_unref (self->applied);
  way_catalog_unref (self->catalog);
  g_free (self->control_path);
  g_free (self->listen_address);
  g_free (self);
}

/* Listens where @snapshot says. After a failure nothing has changed. */
static gboolean
listen_as_said (WayGateway *self, const WaySnapshot *snapshot, GError **error)
{
  int fd = way_listen_tcp_instead (self->tcp_fd, snapshot->listen_address, snapshot->listen_port,
                                   &self->port, error);

  if (fd < 0)
    return FALSE;
  self->tcp_fd = fd;
  self->listen_port = snapshot->listen_port;
  g_free (self->listen_address);
  self->listen_address = g_strdup (snapshot->listen_address);
  return TRUE;
}

/**
 * way_gateway_start:
 *
 * Listens, then starts the thread: when this returns clients can connect. Main thread.
 *
 * Returns: %FALSE with %WAY_ERROR_ADDRESS_IN_USE, %WAY_ERROR_ALREADY_RUNNING or %WAY_ERROR_IO;
 *   nothing is left open then
 */
gboolean
way_gateway_start (WayGateway *self, GError **error)
{
  g_return_val_if_fail (!self->thread, FALSE);

  if (self->control_path)
    {
      self->control_fd = way_listen_unix (self->control_path, error);
      if (self->control_fd < 0)
        return FALSE;
    }
  if (!listen_as_said (self, self->applied, error))
    {
      if (self->control_fd >= 0)
        {
          close (self->control_fd);
          unlink (self->control_path);
        }
      self->control_fd = -1;
      return FALSE;
    }
  self->context = g_main_context_new ();
  self->first = way_snapshot_ref (self->applied);
  self->first_catalog = way_catalog_ref (self->catalog);
  self->address = way_gateway_dup_address (self);
  self->first_fd = self->tcp_fd;
  self->drain_until_us = 0;
  self->thread = g_thread_new ("gateway", run_thread, self);
  return TRUE;
}

/**
 * way_gateway_stop:
 * @drain_ms: how long running requests may take to end by themselves; 0 cancels them now
 *
 * Accepts no more, lets running requests end, cancels the rest, and joins the thread. Blocks for
 * that long. Main thread.
 */
void
way_gateway_stop (WayGateway *self, guint drain_ms)
{
  if (!self->thread)
    return;
  post (self, on_stop, (Message){ .tcp_fd = -1, .drain_ms = drain_ms });
  g_thread_join (g_steal_pointer (&self->thread));
  g_clear_pointer (&self->context, g_main_context_unref);
  if (self->control_path)
    unlink (self->control_path);
  self->tcp_fd = -1;
  self->control_fd = -1;
}

guint
way_gateway_get_port (WayGateway *self)
{
  return self->port;
}

/**
 * way_gateway_dup_address:
 *
 * Returns: (transfer full): what tools are pointed at, e.g. "http://127.0.0.1:4114"
 */
char *
way_gateway_dup_address (WayGateway *self)
{
  const char *address = self->listen_address;
  gboolean is_v6 = strchr (address, ':') != NULL;

  return g_strdup_printf ("http://%s%s%s:%u", is_v6 ? "[" : "", address, is_v6 ? "]" : "",
                          self->port);
}

/**
 * way_gateway_apply:
 *
 * Puts @snapshot in force for requests that begin from now on. Main thread.
 *
 * Returns: %FALSE if it asks for another address and that cannot be listened on. Then the old one
 *   still is, as @error says too, and everything else is in force all the same; the address is
 *   tried again with the next snapshot
 */
gboolean
way_gateway_apply (WayGateway *self, WaySnapshot *snapshot, GError **error)
{
  g_autoptr (GError) problem = NULL;
  Message message = { .tcp_fd = -1 };

  way_snapshot_ref (snapshot);
  way_snapshot_unref (self->applied);
  self->applied = snapshot;
  if (!self->thread)
    return TRUE;
  if ((self->listen_port != snapshot->listen_port ||
       !g_str_equal (self->listen_address, snapshot->listen_address)) &&
      listen_as_said (self, snapshot, &problem))
    message.tcp_fd = self->tcp_fd;
  message.snapshot = way_snapshot_ref (snapshot);
  message.text = way_gateway_dup_address (self);
  g_prefix_error (&problem, "Still listening on %s. ", message.text);
  post (self, on_apply, message);
  if (!problem)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * way_gateway_set_catalog:
 * @catalog: what models cost from now on
 *
 * Puts @catalog in force for requests that begin from now on; what was spent stays as it was
 * recorded. Main thread.
 */
void
way_gateway_set_catalog (WayGateway *self, WayCatalog *catalog)
{
  way_catalog_ref (catalog);
  way_catalog_unref (self->catalog);
  self->catalog = catalog;
  if (self->thread)
    post (self, on_catalog, (Message){ .tcp_fd = -1, .catalog = way_catalog_ref (catalog) });
}

/**
 * way_gateway_set_problem:
 * @problem: (nullable): what is not as the user asked for, in words; NULL when all is
 *
 * Has the status tell it. Main thread.
 */
void
way_gateway_set_problem (WayGateway *self, const char *problem)
{
  if (self->thread)
    post (self, on_problem, (Message){ .tcp_fd = -1, .text = g_strdup (problem) });
}

/**
 * way_gateway_probe:
 * @provider_id: (nullable): NULL for all
 *
 * Asks for fresh evidence; it comes as an event. Main thread.
 */
void
way_gateway_probe (WayGateway *self, const char *provider_id)
{
  if (self->thread)
    post (self, on_probe, (Message){ .tcp_fd = -1, .text = g_strdup (provider_id) });
}

/**
 * way_gateway_cancel_request:
 *
 * Ends a running request; one that has ended is left alone. Main thread.
 */
void
way_gateway_cancel_request (WayGateway *self, const char *request_id)
{
  if (self->thread)
    post (self, on_cancel, (Message){ .tcp_fd = -1, .text = g_strdup (request_id) });
}
