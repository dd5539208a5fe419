/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Who may ask: decided from a request's head alone. Pure. */

#include "way-guard.h"

#include "way-limits.h"

#include <arpa/inet.h>
#include <string.h>

#define PATH_TOKEN_PREFIX "/a/"

/* The host of a Host header, without port and brackets; NULL if something else is behind it. */
static char *
dup_host_name (const char *host)
{
  const gboolean in_brackets = host[0] == '[';
  const char *start = host + in_brackets;
  const char *end = in_brackets ? strchr (start, ']') : strchrnul (start, ':');
  const char *port = end ? end + in_brackets : NULL;

  if (!port || (*port && (*port != ':' || port[1 + strspn (port + 1, "0123456789")])))
    return NULL;
  return g_ascii_strdown (start, end - start);
}

static gboolean
is_address_literal (const char *name)
{
  unsigned char address[sizeof (struct in6_addr)];

  return inet_pton (AF_INET, name, address) == 1 || inet_pton (AF_INET6, name, address) == 1;
}

/* DNS rebinding needs a name that the attacker controls; addresses and localhost are nobody's. */
static gboolean
host_is_allowed (const WaySnapshot *snapshot, const char *host)
{
  g_autofree char *name = host ? dup_host_name (host) : NULL;

  if (!name || !name[0])
    return FALSE;
  if (is_address_literal (name) || strcmp (name, "localhost") == 0 ||
      g_str_has_suffix (name, ".localhost"))
    return TRUE;
  for (char **allowed = snapshot->allowed_hosts; allowed && *allowed; allowed++)
    if (g_ascii_strcasecmp (*allowed, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
check_host (const WaySnapshot *snapshot, const WayRequestHead *head, GError **error)
{
  if (head->is_control || host_is_allowed (snapshot, head->host))
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_FORBIDDEN_HOST,
               "The Host header \"%.200s\" is neither localhost nor an address: if you trust that "
               "name, add it to listen.allowed_hosts",
               head->host ? head->host : "");
  return FALSE;
}

static gboolean
check_origin (const WaySnapshot *snapshot, const WayRequestHead *head, GError **error)
{
  if (!head->origin)
    return TRUE;
  if (snapshot->allowed_origins &&
      g_strv_contains ((const char *const *)snapshot->allowed_origins, head->origin))
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_FORBIDDEN_HOST,
               "Requests from the web origin \"%.200s\" are refused: if you trust it, add it to "
               "listen.allowed_origins",
               head->origin);
  return FALSE;
}

static gboolean
check_size (const WayRequestHead *head, GError **error)
{
  if (head->n_headers > WAY_LIMIT_REQUEST_HEADERS)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_REQUEST_TOO_LARGE,
                   "The request has %u headers; at most %d are read", head->n_headers,
                   WAY_LIMIT_REQUEST_HEADERS);
      return FALSE;
    }
  if (head->content_length > WAY_LIMIT_REQUEST_BODY_BYTES)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_REQUEST_TOO_LARGE,
                   "The request's body has %" G_GINT64_FORMAT " bytes; at most %d are read",
                   head->content_length, WAY_LIMIT_REQUEST_BODY_BYTES);
      return FALSE;
    }
  return TRUE;
}

/* Ollama's own examples are for `curl -d`, which calls everything a form. A page's form has an
 * Origin in every browser, "null" at the least (Fetch §3.1), so one without is no page's; what goes
 * with a page's requests otherwise is refused too, for a browser that has forgotten it. */
static gboolean
is_form_of_curl (const WayRequestHead *head, const char *path, gsize type_length)
{
  static const char form[] = "application/x-www-form-urlencoded";

  return type_length == strlen (form) && g_str_has_prefix (path, "/api/") && !head->origin &&
         !head->is_from_page && g_ascii_strncasecmp (head->content_type, form, type_length) == 0;
}

/* A web page can post text/plain or a form anywhere without asking first; JSON it cannot. The
 * control socket is out of its reach. */
static gboolean
check_content_type (const WayRequestHead *head, const char *path, GError **error)
{
  const char *type = head->content_type;
  gsize length;

  if (!type || head->is_control || strcmp (head->method, "POST") != 0)
    return TRUE;
  length = strcspn (type, "; \t");
  if ((length == 16 && g_ascii_strncasecmp (type, "application/json", 16) == 0) ||
      (length > 5 && g_ascii_strncasecmp (type + length - 5, "+json", 5) == 0) ||
      is_form_of_curl (head, path, length))
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
               "The request's Content-Type is \"%.100s\": send application/json", type);
  return FALSE;
}

static const char *
find_bearer (const char *authorization)
{
  if (!authorization || g_ascii_strncasecmp (authorization, "Bearer ", 7) != 0)
    return NULL;
  return authorization + 7 + strspn (authorization + 7, " ");
}

static const WayApp *
find_app (const WaySnapshot *snapshot, const WayRequestHead *head, const char *path_token)
{
  const char *tokens[] = { path_token, find_bearer (head->authorization), head->x_api_key,
                           head->api_key, head->x_goog_api_key };

  if (snapshot->apps->len == 0)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      const WayApp *app = tokens[i] ? way_snapshot_find_app_by_token (snapshot, tokens[i]) : NULL;

      if (app)
        return app;
    }
  return NULL;
}

static gboolean
is_open_path (const char *path)
{
  return strcmp (path, "/health") == 0 || strcmp (path, "/ready") == 0;
}

/**
 * way_guard_skip_token:
 *
 * Returns: (transfer none): what follows an /a/TOKEN prefix, which is nobody else's to see
 */
const char *
way_guard_skip_token (const char *path)
{
  if (!g_str_has_prefix (path, PATH_TOKEN_PREFIX))
    return path;
  path = strchrnul (path + strlen (PATH_TOKEN_PREFIX), '/');
  return *path ? path : "/";
}

static char *
dup_path_token (const char *path)
{
  if (!g_str_has_prefix (path, PATH_TOKEN_PREFIX))
    return NULL;
  path += strlen (PATH_TOKEN_PREFIX);
  return g_strndup (path, strcspn (path, "/"));
}

/**
 * way_guard_admit:
 * @ret_admission: filled on success
 *
 * Host, Origin, sizes, content type and app token, in that order; the rules are those of the
 * contract. A token that no app has is let pass where no token is required, since many tools cannot
 * send none.
 *
 * Returns: whether the request may go on; else %WAY_ERROR_FORBIDDEN_HOST,
 *   %WAY_ERROR_REQUEST_TOO_LARGE, %WAY_ERROR_BAD_REQUEST or %WAY_ERROR_UNAUTHORIZED
 */
gboolean
way_guard_admit (const WaySnapshot *snapshot,
                 const WayRequestHead *head,
                 WayAdmission *ret_admission,
                 GError **error)
{
  g_autofree char *path_token = dup_path_token (head->path);
  WayAdmission admission = { .path = way_guard_skip_token (head->path),
                             .allow_origin = head->origin };

  if (!check_host (snapshot, head, error) || !check_origin (snapshot, head, error) ||
      !check_size (head, error) || !check_content_type (head, admission.path, error))
    return FALSE;
  admission.app = find_app (snapshot, head, path_token);
  if (!admission.app && snapshot->require_token && !head->is_control &&
      !is_open_path (admission.path) && strcmp (head->method, "OPTIONS") != 0)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_UNAUTHORIZED,
                   "No app of this router has the token that was sent%s: make one with "
                   "\"wayfare app add NAME\" and send it as a bearer token",
                   head->authorization || head->x_api_key || path_token ? "" : " (none was)");
      return FALSE;
    }
  *ret_admission = admission;
  return TRUE;
}

/**
 * way_guard_may_administer:
 *
 * The /wayfare/v1 API belongs to this user's own processes and to apps marked as admin.
 *
 * Returns: whether it may be used; else %WAY_ERROR_UNAUTHORIZED
 */
gboolean
way_guard_may_administer (const WayRequestHead *head, const WayApp *app, GError **error)
{
  if (head->is_control || (app && app->admin))
    return TRUE;
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UNAUTHORIZED,
                       "This address needs the token of an app with \"admin\": true; the control "
                       "socket needs none");
  return FALSE;
}
