/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A provider's key is used and never shown; an app's token is there to be shown, to the user who
 * owns it and to the tools that ask for it. This is the only place where that is done. */

#include "way-token.h"

#include <string.h>

#define MAX_APP_ID_BYTES 64

/**
 * way_token_check_app_id:
 * @id: what somebody wants to call an app
 * @error: return location for an error
 *
 * An app id is part of paths, file names and log lines: a lower-case letter or digit, then at most
 * 63 of those and ".", "_", "-". Any thread.
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST if @id is no such thing
 */
gboolean
way_token_check_app_id (const char *id, GError **error)
{
  const gsize length = strlen (id);
  gboolean is_valid = length >= 1 && length <= MAX_APP_ID_BYTES;

  for (gsize i = 0; i < length && is_valid; i++)
    is_valid = g_ascii_islower (id[i]) || g_ascii_isdigit (id[i]) ||
               (i > 0 && strchr ("._-", id[i]) != NULL);
  if (!is_valid)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                         "an app's name is 1 to 64 lower-case letters, digits, \".\", \"_\" or "
                         "\"-\", and begins with a letter or digit");
  return is_valid;
}

/**
 * way_token_dup_text:
 * @token: an app's token
 *
 * The token as text, in ordinary memory. Any thread.
 *
 * Returns: (transfer full): the token
 */
char *
way_token_dup_text (const WayKey *token)
{
  return g_strdup (way_key_reveal (token));
}
