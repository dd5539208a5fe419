/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Starting and stopping, and the snapshot that is in force between the two. Main thread. */

#include "way-service-private.h"

#include "way-capture.h"
#include "way-clock.h"
#include "way-control-client.h"
#include "way-control.h"
#include "way-log.h"

#include <errno.h>

#define DATA_DIR_MODE 0700

/* The snapshot in force */

static void
apply (WayService *self)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->apply_source, g_source_remove);
  if (self->gateway == NULL)
    return;
  snapshot = way_service_make_snapshot (self);
  if (!way_gateway_apply (self->gateway, snapshot, &error) &&
      g_strcmp0 (error->message, self->apply_problem) != 0)
    way_log_notice ("not all new settings are in force: %s", error->message);
  way_service_set_address (self, way_gateway_dup_address (self->gateway));
  way_service_take_problem (self, &self->apply_problem, &error);
}

static gboolean
on_apply (gpointer user_data)
{
  WayService *self = user_data;

  self->apply_source = 0;
  apply (self);
  return G_SOURCE_REMOVE;
}

/* Keys arrive one by one; one snapshot is enough for those that arrive together. */
void
way_service_queue_apply (WayService *self)
{
  if (self->apply_source == 0 && self->gateway != NULL)
    self->apply_source = g_idle_add (on_apply, self);
}

/* How long the ledger keeps what. */
static void
set_retention (WayService *self)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);
  const WayCaptureLimits limits = { snapshot->capture.keep_days, snapshot->capture.max_bytes };

  way_ledger_set_retention (self->ledger, snapshot->retention_days);
  way_ledger_set_capture (self->ledger, &limits);
}

/* The config has a new snapshot, whoever edited it. */
void
way_service_take_config (WayService *self)
{
  if (way_service_write_held_local_only (self))
    return;
  if (self->ledger != NULL)
    set_retention (self);
  way_service_sync_lists (self);
  way_service_resolve_keys (self);
  apply (self);
  if (self->wanted && self->gateway == NULL)
    way_service_start (self, NULL);
}

/* Starting */

/* The prices that requests are charged by from now on. */
void
way_service_load_catalog (WayService *self)
{
  g_clear_pointer (&self->catalog, way_catalog_file_free);
  self->catalog = way_catalog_file_open (self->data_dir);
  if (self->catalog->remark != NULL)
    way_log_notice ("%s", self->catalog->remark);
  if (self->gateway != NULL)
    way_gateway_set_catalog (self->gateway, self->catalog->catalog);
}

static gboolean
open_ledger (WayService *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->data_dir, "ledger.sqlite", NULL);

  if (g_mkdir_with_parents (self->data_dir, DATA_DIR_MODE) != 0)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_IO,
                   "cannot make the folder %s: %s; choose another one with --data", self->data_dir,
                   g_strerror (errno));
      return FALSE;
    }
  self->ledger = way_ledger_new (path, error);
  return self->ledger != NULL;
}

static gboolean
open_parts (WayService *self, GError **error)
{
  if (!self->loaded && !way_config_load (self->config, error))
    return FALSE;
  self->loaded = TRUE;
  if (self->ledger == NULL)
    {
      if (!open_ledger (self, error))
        return FALSE;
      set_retention (self);
    }
  if (self->catalog == NULL)
    way_service_load_catalog (self);
  return TRUE;
}

static gboolean
start_gateway (WayService *self, GError **error)
{
  g_autofree char *control_path = way_control_client_dup_socket_path ();
  const WayGatewayOptions options = {
    .control_path = control_path,
    .control_context = g_main_context_default (),
    .control_func = way_control_handle,
    .control_data = self,
    .discover = TRUE,
  };
  g_autoptr (WaySnapshot) snapshot = way_service_make_snapshot (self);
  g_autoptr (WayGateway) gateway =
    way_gateway_new (snapshot, self->catalog->catalog, self->ledger, self->events, &options);

  if (!way_gateway_start (gateway, error))
    return FALSE;
  self->gateway = g_steal_pointer (&gateway);
  return TRUE;
}

static gboolean
try_start (WayService *self, GError **error)
{
  if (!open_parts (self, error))
    return FALSE;
  way_service_sync_lists (self);
  /* Starts what takes time and reads what does not: nobody waits for the keyring. */
  way_service_resolve_keys (self);
  if (self->live)
    way_service_ask_keyring_state (self);
  /* Asked before the first request is let in, so that none is counted twice; and again when it
   * starts after all, for what another Wayfare has recorded meanwhile. */
  if (!self->remembers)
    way_service_ask_ledger (self);
  if (!start_gateway (self, error))
    return FALSE;
  self->remembers = TRUE;
  return TRUE;
}

/**
 * way_service_start:
 * @service: a service
 * @error: return location for an error
 *
 * Reads the config, opens the ledger and listens; returns without waiting for the keyring, whose
 * keys come into force as they arrive. From then on the config file is watched. Does nothing while
 * it runs. Main thread.
 *
 * Fails with %WAY_ERROR_CONFIG, %WAY_ERROR_LEDGER, %WAY_ERROR_IO, %WAY_ERROR_ADDRESS_IN_USE or
 * %WAY_ERROR_ALREADY_RUNNING. Then nothing listens, the message is the "problem" too, and a
 * repaired config file starts it after all.
 *
 * Returns: whether it runs
 */
gboolean
way_service_start (WayService *service, GError **error)
{
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);

  if (service->gateway != NULL)
    return TRUE;

  /* Loading the config announces it, and an announced config starts what is wanted. */
  service->wanted = FALSE;
  if (!try_start (service, &problem) && error != NULL)
    *error = g_error_copy (problem);
  service->wanted = TRUE;
  way_config_watch (service->config);
  way_service_set_elsewhere (service, problem);
  way_service_take_problem (service, &service->start_problem, &problem);
  if (service->gateway != NULL)
    way_service_set_address (service, way_gateway_dup_address (service->gateway));
  return service->gateway != NULL;
}

/**
 * way_service_stop:
 * @service: a service
 * @drain_ms: how long requests in flight may take to end; 0 cancels them
 *
 * Stops listening, lets requests end, cancels the rest. Blocks for that long. The ledger stays open
 * until the service goes, so it may be started again. Does nothing while it is stopped. Main
 * thread.
 */
void
way_service_stop (WayService *service, guint drain_ms)
{
  g_return_if_fail (WAY_IS_SERVICE (service));

  service->wanted = FALSE;
  g_clear_handle_id (&service->apply_source, g_source_remove);
  if (service->gateway == NULL)
    return;
  way_gateway_stop (service->gateway, drain_ms);
  g_clear_pointer (&service->gateway, way_gateway_free);
  way_service_set_address (service, NULL);
}

/**
 * way_service_reload:
 * @service: a service
 *
 * Reads the config file and all keys again, now. A broken file is reported in "problem" and changes
 * nothing. Main thread.
 */
void
way_service_reload (WayService *service)
{
  g_return_if_fail (WAY_IS_SERVICE (service));

  /* What is wrong with it becomes the config's "problem", and so the service's. */
  way_config_reload (service->config, NULL);
  way_service_resolve_keys (service);
  apply (service); /* also for an address that was not free before */
}
