/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window and the control socket have done to requests in flight and to providers: stop,
 * probe, test, put, remove. Main thread. */

#include "way-service-private.h"

#include "way-discovery.h"

/**
 * way_service_cancel_request:
 * @service: a service
 * @request_id: of a request in flight
 *
 * Ends a request. One that has ended already is left alone. Main thread.
 */
void
way_service_cancel_request (WayService *service, const char *request_id)
{
  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (request_id != NULL);

  if (service->gateway != NULL)
    way_gateway_cancel_request (service->gateway, request_id);
}

/**
 * way_service_probe:
 * @service: a service
 * @provider_id: (nullable): %NULL for all, and for local servers that are not configured
 *
 * Asks a provider for its models, which costs nothing; what it says comes into the lists. Main
 * thread.
 */
void
way_service_probe (WayService *service, const char *provider_id)
{
  g_return_if_fail (WAY_IS_SERVICE (service));

  if (service->gateway != NULL)
    way_gateway_probe (service->gateway, provider_id);
}

/**
 * way_service_test_provider:
 * @service: a service that was started
 * @provider_id: of a provider
 * @error: return location for an error
 *
 * As way_service_probe(), for somebody who waits for the answer: what will not be asked is said at
 * once. Main thread.
 *
 * Returns: %FALSE with %WAY_ERROR_NOT_FOUND for an unknown provider, %WAY_ERROR_NOT_RUNNING, or as
 *   way_discovery_may_ask() says; then nothing was sent
 */
gboolean
way_service_test_provider (WayService *service, const char *provider_id, GError **error)
{
  g_autoptr (WaySnapshot) snapshot = NULL;
  const WayProvider *provider = NULL;

  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);
  g_return_val_if_fail (provider_id != NULL, FALSE);

  snapshot = way_service_make_snapshot (service);
  provider = way_snapshot_find_provider (snapshot, provider_id);
  if (provider == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND, "no provider is called \"%s\"",
                   provider_id);
      return FALSE;
    }
  if (service->gateway == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_RUNNING,
                   "%s: not asked, since Wayfare is not running", provider_id);
      return FALSE;
    }
  if (!way_discovery_may_ask (snapshot, provider, error))
    {
      g_prefix_error (error, "%s: ", provider_id);
      return FALSE;
    }
  way_service_probe (service, provider_id);
  return TRUE;
}

/**
 * way_service_put_provider:
 * @service: a service
 * @provider: as it shall stand in the config; without secrets
 * @error: return location for an error
 *
 * Adds a provider, or replaces the one with the same id, and asks it for its models. A refused edit
 * changes nothing. Main thread.
 *
 * Returns: %FALSE with %WAY_ERROR_CONFIG or %WAY_ERROR_IO
 */
gboolean
way_service_put_provider (WayService *service, JsonObject *provider, GError **error)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);
  g_return_val_if_fail (provider != NULL, FALSE);

  if (!way_config_put_provider (service->config, provider, error))
    return FALSE;
  way_service_probe (service, json_object_get_string_member (provider, "id"));
  return TRUE;
}

/**
 * way_service_remove_provider:
 * @service: a service
 * @id: of a provider
 * @error: return location for an error
 *
 * Removes a provider from the config. Its key stays in the keyring. A refused edit, as of a
 * provider that a route needs, changes nothing. Main thread.
 *
 * Returns: %FALSE with %WAY_ERROR_NOT_FOUND, %WAY_ERROR_CONFIG or %WAY_ERROR_IO
 */
gboolean
way_service_remove_provider (WayService *service, const char *id, GError **error)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return way_config_remove_provider (service->config, id, error);
}
