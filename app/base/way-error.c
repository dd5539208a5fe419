/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The one error domain. Pure. */

#include "way-error.h"

/* What callers see of a code: its name in the contract and its HTTP status. In the order of the
 * enum. */
static const struct
{
  const char *name;
  guint status;
} codes[] = {
  [WAY_ERROR_UNAUTHORIZED] = { "unauthorized", 401 },
  [WAY_ERROR_FORBIDDEN_HOST] = { "forbidden_host", 403 },
  [WAY_ERROR_MODEL_NOT_FOUND] = { "model_not_found", 404 },
  [WAY_ERROR_MODEL_NOT_ALLOWED] = { "model_not_allowed", 403 },
  [WAY_ERROR_CONTEXT_TOO_LONG] = { "context_too_long", 400 },
  [WAY_ERROR_NO_TARGET] = { "no_target", 503 },
  [WAY_ERROR_CLOUD_DISABLED] = { "cloud_disabled", 403 },
  [WAY_ERROR_LOCAL_ONLY] = { "local_only", 403 },
  [WAY_ERROR_BUDGET_EXCEEDED] = { "budget_exceeded", 402 },
  [WAY_ERROR_RATE_LIMITED] = { "rate_limited", 429 },
  [WAY_ERROR_UPSTREAM] = { "upstream_error", 502 },
  [WAY_ERROR_UPSTREAM_REFUSED] = { "upstream_error", 502 },
  [WAY_ERROR_UPSTREAM_UNREACHABLE] = { "upstream_error", 502 },
  [WAY_ERROR_UPSTREAM_CUT] = { "upstream_error", 502 },
  [WAY_ERROR_UPSTREAM_TIMEOUT] = { "upstream_timeout", 504 },
  [WAY_ERROR_REQUEST_TOO_LARGE] = { "request_too_large", 413 },
  [WAY_ERROR_BAD_REQUEST] = { "bad_request", 400 },
  [WAY_ERROR_NOT_FOUND] = { "not_found", 404 },
  [WAY_ERROR_METHOD_NOT_ALLOWED] = { "method_not_allowed", 405 },
  [WAY_ERROR_CONFIG] = { "config_invalid", 400 },
  [WAY_ERROR_IO] = { "io_error", 500 },
  [WAY_ERROR_LEDGER] = { "ledger_error", 500 },
  [WAY_ERROR_KEYRING_LOCKED] = { "keyring_locked", 423 },
  [WAY_ERROR_KEYRING_MISSING] = { "keyring_missing", 503 },
  [WAY_ERROR_KEYRING_DENIED] = { "keyring_denied", 403 },
  [WAY_ERROR_KEYRING_TIMEOUT] = { "keyring_timeout", 504 },
  [WAY_ERROR_KEY_MISSING] = { "key_missing", 404 },
  [WAY_ERROR_ADDRESS_IN_USE] = { "address_in_use", 500 },
  [WAY_ERROR_ALREADY_RUNNING] = { "already_running", 409 },
  [WAY_ERROR_NOT_RUNNING] = { "not_running", 503 },
  [WAY_ERROR_SHUTDOWN] = { "shutdown", 503 },
  [WAY_ERROR_CLIENT_GONE] = { "client_gone", 499 },
};

G_DEFINE_QUARK (way - error - quark, way_error)

/**
 * way_error_code_get_name:
 *
 * Returns: (transfer none): the stable name callers may match on, e.g. "no_target"
 */
const char *
way_error_code_get_name (WayErrorCode code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (codes), "bad_request");

  return codes[code].name;
}

/**
 * way_error_code_get_status:
 *
 * Returns: the HTTP status an error of this code is answered with
 */
guint
way_error_code_get_status (WayErrorCode code)
{
  g_return_val_if_fail (code < G_N_ELEMENTS (codes), 500);

  return codes[code].status;
}

/**
 * way_error_is:
 * @error: (nullable)
 *
 * Returns: whether @error is Wayfare's and has this code
 */
gboolean
way_error_is (const GError *error, WayErrorCode code)
{
  return g_error_matches (error, WAY_ERROR, code);
}

/**
 * way_error_is_keyring:
 * @error: (nullable)
 *
 * Returns: whether the keyring as a whole is the trouble, not one key
 */
gboolean
way_error_is_keyring (const GError *error)
{
  return way_error_is (error, WAY_ERROR_KEYRING_LOCKED) ||
         way_error_is (error, WAY_ERROR_KEYRING_MISSING) ||
         way_error_is (error, WAY_ERROR_KEYRING_DENIED) ||
         way_error_is (error, WAY_ERROR_KEYRING_TIMEOUT);
}

/**
 * way_error_is_transport:
 * @error: (nullable)
 *
 * Returns: whether a provider could not be reached or fell silent, as opposed to answering badly
 */
gboolean
way_error_is_transport (const GError *error)
{
  return way_error_is (error, WAY_ERROR_UPSTREAM_REFUSED) ||
         way_error_is (error, WAY_ERROR_UPSTREAM_UNREACHABLE) ||
         way_error_is (error, WAY_ERROR_UPSTREAM_CUT) ||
         way_error_is (error, WAY_ERROR_UPSTREAM_TIMEOUT);
}
