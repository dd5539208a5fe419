/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The one error domain: a code for each thing a caller or the window treats differently. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WAY_ERROR:
 *
 * Error domain of everything in Wayfare. A message says what happened, to whom and what to do; it
 * never holds a key or a prompt.
 */
#define WAY_ERROR (way_error_quark ())

/**
 * WayErrorCode:
 * @WAY_ERROR_UNAUTHORIZED: no app token, or one that no app has
 * @WAY_ERROR_FORBIDDEN_HOST: Host or Origin header outside the allow-list (DNS rebinding)
 * @WAY_ERROR_MODEL_NOT_FOUND: no route and no provider serves the model
 * @WAY_ERROR_MODEL_NOT_ALLOWED: the app may not use the model
 * @WAY_ERROR_CONTEXT_TOO_LONG: no target takes a prompt of this length
 * @WAY_ERROR_NO_TARGET: every candidate was left out or failed
 * @WAY_ERROR_CLOUD_DISABLED: the cloud switch is off and only cloud targets remain
 * @WAY_ERROR_LOCAL_ONLY: app, route or request is local-only and only other targets remain; also a
 *   peer address refused at the socket
 * @WAY_ERROR_BUDGET_EXCEEDED: a budget is spent
 * @WAY_ERROR_RATE_LIMITED: a limit of Wayfare's own, or a provider's 429 once targets are spent
 * @WAY_ERROR_UPSTREAM: the provider answered with an error or with something that is no answer
 * @WAY_ERROR_UPSTREAM_REFUSED: nobody listens at the provider's address
 * @WAY_ERROR_UPSTREAM_UNREACHABLE: no address, no route, TLS failure
 * @WAY_ERROR_UPSTREAM_CUT: the connection ended before the answer did
 * @WAY_ERROR_UPSTREAM_TIMEOUT: one of the four deadlines passed
 * @WAY_ERROR_REQUEST_TOO_LARGE: a size limit of way-limits.h was passed
 * @WAY_ERROR_BAD_REQUEST: the caller's request is malformed
 * @WAY_ERROR_NOT_FOUND: no such path, app, provider or record
 * @WAY_ERROR_METHOD_NOT_ALLOWED: the path exists, the method does not
 * @WAY_ERROR_CONFIG: the config file, or an edit of it, is at fault; the message has the JSON path
 * @WAY_ERROR_IO: a file could not be read or written
 * @WAY_ERROR_LEDGER: SQLite refused
 * @WAY_ERROR_KEYRING_LOCKED: the keyring is locked and was not unlocked
 * @WAY_ERROR_KEYRING_MISSING: no secret service is running
 * @WAY_ERROR_KEYRING_DENIED: the secret service refused access
 * @WAY_ERROR_KEYRING_TIMEOUT: the secret service did not answer in time
 * @WAY_ERROR_KEY_MISSING: no key is stored under the name
 * @WAY_ERROR_ADDRESS_IN_USE: another program listens on the address
 * @WAY_ERROR_ALREADY_RUNNING: another Wayfare holds the control socket
 * @WAY_ERROR_NOT_RUNNING: no Wayfare answers on the control socket
 * @WAY_ERROR_SHUTDOWN: Wayfare is stopping
 * @WAY_ERROR_CLIENT_GONE: the client left before its answer was complete
 */
typedef enum
{
  WAY_ERROR_UNAUTHORIZED,
  WAY_ERROR_FORBIDDEN_HOST,
  WAY_ERROR_MODEL_NOT_FOUND,
  WAY_ERROR_MODEL_NOT_ALLOWED,
  WAY_ERROR_CONTEXT_TOO_LONG,
  WAY_ERROR_NO_TARGET,
  WAY_ERROR_CLOUD_DISABLED,
  WAY_ERROR_LOCAL_ONLY,
  WAY_ERROR_BUDGET_EXCEEDED,
  WAY_ERROR_RATE_LIMITED,
  WAY_ERROR_UPSTREAM,
  WAY_ERROR_UPSTREAM_REFUSED,
  WAY_ERROR_UPSTREAM_UNREACHABLE,
  WAY_ERROR_UPSTREAM_CUT,
  WAY_ERROR_UPSTREAM_TIMEOUT,
  WAY_ERROR_REQUEST_TOO_LARGE,
  WAY_ERROR_BAD_REQUEST,
  WAY_ERROR_NOT_FOUND,
  WAY_ERROR_METHOD_NOT_ALLOWED,
  WAY_ERROR_CONFIG,
  WAY_ERROR_IO,
  WAY_ERROR_LEDGER,
  WAY_ERROR_KEYRING_LOCKED,
  WAY_ERROR_KEYRING_MISSING,
  WAY_ERROR_KEYRING_DENIED,
  WAY_ERROR_KEYRING_TIMEOUT,
  WAY_ERROR_KEY_MISSING,
  WAY_ERROR_ADDRESS_IN_USE,
  WAY_ERROR_ALREADY_RUNNING,
  WAY_ERROR_NOT_RUNNING,
  WAY_ERROR_SHUTDOWN,
  WAY_ERROR_CLIENT_GONE,
} WayErrorCode;

GQuark way_error_quark (void);

const char *way_error_code_get_name (WayErrorCode code);
guint way_error_code_get_status (WayErrorCode code);
gboolean way_error_is (const GError *error, WayErrorCode code);
gboolean way_error_is_keyring (const GError *error);
gboolean way_error_is_transport (const GError *error);

G_END_DECLS
