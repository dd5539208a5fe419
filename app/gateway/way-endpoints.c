/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Every path Wayfare knows, and what it answers by itself for tools: health and models. Gateway
 * thread. */

#include "way-endpoints.h"

#include "way-exchange.h"
#include "way-json.h"
#include "way-record-json.h"

#include <string.h>

#define API_PREFIX "/wayfare/v1"

struct _WayEndpoints
{
  WayCore *core; /* borrowed */
  WayEndpointsForward forward;
  gpointer user_data;
};

typedef void (*EndpointFunc) (WayEndpoints *self, WayRequest *request, const char *rest);

WayCore *
way_endpoints_get_core (WayEndpoints *self)
{
  return self->core;
}

/* For answers that are given at once, or that may find the client gone and then say nothing. */
gboolean
way_endpoints_begin (WayRequest *request)
{
  static const WayConnectionAnswer nobody = { NULL, NULL };

  return way_connection_begin_answer (request->connection, &nobody, NULL);
}

void
way_endpoints_fail (WayRequest *request, WayErrorCode code, const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (WAY_ERROR, code, message);

  way_reply_send_error (request, error);
}

static void
answer_health (WayEndpoints *self, WayRequest *request, const char *rest)
{
  if (way_endpoints_begin (request))
    way_reply_send_json (request, 200, g_string_new ("{\"status\":\"ok\"}"));
}

/* Ready: settings are in force and at least one provider is enabled, so a call has somewhere to go.
 */
static void
answer_ready (WayEndpoints *self, WayRequest *request, const char *rest)
{
  const GPtrArray *providers = request->snapshot->providers;
  gboolean is_ready = FALSE;

  for (guint i = 0; i < providers->len; i++)
    is_ready |= ((const WayProvider *)providers->pdata[i])->enabled;
  if (!way_endpoints_begin (request))
    return;
  if (is_ready)
    way_reply_send_json (request, 200, g_string_new ("{\"status\":\"ready\"}"));
  else
    way_reply_send_json (
      request, 503,
      g_string_new ("{\"status\":\"not ready\",\"reason\":\"no provider is enabled\"}"));
}

/* Models */

static gboolean
is_reachable (const WaySnapshot *snapshot, const WayRequest *request, const WayProvider *provider)
{
  gboolean only_local = !snapshot->cloud_enabled || (request->app && request->app->local_only);

  return provider->enabled && (!only_local || provider->locality == WAY_LOCALITY_LOCAL);
}

static void
add_model (
  GString *text, GHashTable *seen, const WayRequest *request, const char *id, const char *owner)
{
  if (request->app && !way_app_allows_model (request->app, id))
    return;
  if (!g_hash_table_add (seen, g_strdup (id)))
    return;
  way_member_open (text, NULL, '{');
  way_member_string (text, "id", id);
  way_member_string (text, "object", "model");
  way_member_int (text, "created", 0);
  way_member_string (text, "owned_by", owner);
  g_string_append_c (text, '}');
}

/* A model of several providers is listed by its name, which goes to the first, and for the others
 * as "provider/model", which addresses each. */
static void
add_provider_models (WayEndpoints *self,
                     GString *text,
                     GHashTable *seen,
                     const WayRequest *request,
                     const WayProvider *provider)
{
  const WayProviderState *state = way_health_get (self->core->health, provider->id);

  if (provider->kind == WAY_KIND_DEMO && !(state && state->models))
    add_model (text, seen, request, "demo", provider->id);
  for (char **model = state ? state->models : NULL; model && *model; model++)
    if (g_hash_table_contains (seen, *model))
      {
        g_autofree char *qualified = g_strdup_printf ("%s/%s", provider->id, *model);

        add_model (text, seen, request, qualified, provider->id);
      }
    else
      add_model (text, seen, request, *model, provider->id);
}

static GString *
list_models (WayEndpoints *self, const WayRequest *request, GHashTable *seen)
{
  const WaySnapshot *snapshot = request->snapshot;
  GString *text = g_string_new ("{\"object\":\"list\",\"data\":[");

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const WayRoute *route = snapshot->routes->pdata[i];

      if (!strchr (route->pattern, '*'))
        add_model (text, seen, request, route->pattern, "wayfare");
    }
  for (guint i = 0; i < snapshot->providers->len; i++)
    if (is_reachable (snapshot, request, snapshot->providers->pdata[i]))
      add_provider_models (self, text, seen, request, snapshot->providers->pdata[i]);
  g_string_append (text, "]}");
  return text;
}

static void
answer_models (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (way_endpoints_begin (request))
    way_reply_send_json (request, 200, list_models (self, request, seen));
}

static void
answer_model (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *id = g_uri_unescape_string (rest, NULL);
  g_autoptr (GString) all G_GNUC_UNUSED = list_models (self, request, seen);
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  if (!id || !g_hash_table_contains (seen, id))
    {
      way_endpoints_fail (request, WAY_ERROR_MODEL_NOT_FOUND,
                          "No route and no provider serves this model: GET /v1/models lists all");
      return;
    }
  text = g_string_new (NULL);
  g_hash_table_remove_all (seen);
  add_model (text, seen, request, id, "wayfare");
  way_reply_send_json (request, 200, text);
}

/* The table */

static void
start_exchange (WayEndpoints *self, WayRequest *request, const char *rest)
{
  way_exchange_start (self->core, request);
}

static void
follow_events (WayEndpoints *self, WayRequest *request, const char *rest)
{
  way_feed_add_follower (self->core->feed, request);
}

typedef enum
{
  FOR_ALL,   /* whom the guard let in */
  FOR_ADMIN, /* the /wayfare/v1 API */
} Audience;

/* A path that ends in '/' stands for everything below it, which is given as the rest. */
static const struct
{
  const char *method;
  const char *path;
  Audience audience;
  EndpointFunc func;
} endpoints[] = {
  { "POST", "/v1/chat/completions", FOR_ALL, start_exchange },
  { "POST", "/chat/completions", FOR_ALL, start_exchange },
  { "GET", "/v1/models", FOR_ALL, answer_models },
  { "GET", "/models", FOR_ALL, answer_models },
  { "GET", "/v1/models/", FOR_ALL, answer_model },
  { "GET", "/models/", FOR_ALL, answer_model },
  { "GET", "/health", FOR_ALL, answer_health },
  { "GET", "/ready", FOR_ALL, answer_ready },
  { "GET", API_PREFIX "/status", FOR_ADMIN, way_endpoints_status },
  { "GET", API_PREFIX "/requests", FOR_ADMIN, way_endpoints_requests },
  { "GET", API_PREFIX "/requests/", FOR_ADMIN, way_endpoints_one_request },
  { "GET", API_PREFIX "/spend", FOR_ADMIN, way_endpoints_spend },
  { "GET", API_PREFIX "/events", FOR_ADMIN, follow_events },
  { "POST", API_PREFIX "/route", FOR_ADMIN, way_endpoints_route },
};

/* What of @path is left behind @pattern, or NULL if it does not fit. */
static const char *
match_path (const char *pattern, const char *path)
{
  gsize length = strlen (pattern);

  if (strncmp (pattern, path, length) != 0)
    return NULL;
  if (path[length] == '\0' || (path[length] == '/' && path[length + 1] == '\0'))
    return pattern[length - 1] == '/' ? NULL : path + length;
  return pattern[length - 1] == '/' ? path + length : NULL;
}

static gboolean
method_fits (const char *method, const char *wanted)
{
  return strcmp (method, wanted) == 0 ||
         (strcmp (method, "HEAD") == 0 && strcmp (wanted, "GET") == 0);
}

static gboolean
may_administer (WayRequest *request, GError **error)
{
  WayRequestHead head = { .is_control = request->is_control };

  return way_guard_may_administer (&head, request->app, error);
}

static void
answer_preflight (WayRequest *request)
{
  GString *head = way_reply_begin (request, 204);

  way_reply_add_header (head, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  way_reply_add_header (head, "Access-Control-Allow-Headers",
                        way_request_get_header (request, "Access-Control-Request-Headers"));
  way_reply_add_header (head, "Access-Control-Max-Age", "600");
  way_reply_send (request, head, NULL, "", 0);
}

static void
answer_unknown (WayRequest *request, const char *other_method)
{
  g_autofree char *message = NULL;

  if (!way_endpoints_begin (request))
    return;
  if (request->allow_origin && strcmp (request->method, "OPTIONS") == 0)
    {
      answer_preflight (request);
      return;
    }
  message = other_method ? g_strdup_printf ("%s is for %s, not %s", request->path, other_method,
                                            request->method)
                         : g_strdup_printf ("There is nothing at %.200s", request->path);
  way_endpoints_fail (request, other_method ? WAY_ERROR_METHOD_NOT_ALLOWED : WAY_ERROR_NOT_FOUND,
                      message);
}

/* The rest of the API is the main thread's, and only for this user's own processes: it changes
 * settings and touches tokens. */
static gboolean
forward_to_main (WayEndpoints *self, WayRequest *request)
{
  const char *path = match_path (API_PREFIX "/", request->path);

  if (!path || !request->is_control || !self->forward)
    return FALSE;
  self->forward (request, path - 1, self->user_data);
  return TRUE;
}

/**
 * way_endpoints_dispatch:
 *
 * Hands @request to whoever answers its method and path; an unknown path is a JSON 404, a wrong
 * method a 405.
 */
void
way_endpoints_dispatch (WayEndpoints *self, WayRequest *request)
{
  const char *other_method = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      const char *rest = match_path (endpoints[i].path, request->path);

      if (!rest)
        continue;
      if (!method_fits (request->method, endpoints[i].method))
        {
          other_method = endpoints[i].method;
          continue;
        }
      if (endpoints[i].audience == FOR_ADMIN && !may_administer (request, &error))
        {
          if (way_endpoints_begin (request))
            way_reply_send_error (request, error);
          return;
        }
      endpoints[i].func (self, request, rest);
      return;
    }
  if (!forward_to_main (self, request))
    answer_unknown (request, other_method);
}

/**
 * way_endpoints_new:
 * @forward: (nullable): for administration calls from the control socket
 */
WayEndpoints *
way_endpoints_new (WayCore *core, WayEndpointsForward forward, gpointer user_data)
{
  WayEndpoints *self = g_new0 (WayEndpoints, 1);

  self->core = core;
  self->forward = forward;
  self->user_data = user_data;
  return self;
}

void
way_endpoints_free (WayEndpoints *self)
{
  g_free (self);
}
