/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Every path Wayfare knows but those of the dialects, and whether it is well. Gateway
 * thread. */

#include "way-endpoints.h"

#include "way-exchange.h"

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

/* The table */

/* Paths of Gemini name model and operation at once; those that a dialect knows do not come here. */
static void
refuse_operation (WayEndpoints *self, WayRequest *request, const char *rest)
{
  if (way_endpoints_begin (request))
    way_endpoints_fail (request, WAY_ERROR_NOT_FOUND,
                        "A model is called with :generateContent, :streamGenerateContent, "
                        ":countTokens, :embedContent or :batchEmbedContents");
}

/* Codex asks for a WebSocket first: 426 sends it to HTTP at once, any other answer after seven
 * tries.
 */
static void
refuse_websocket (WayEndpoints *self, WayRequest *request, const char *rest)
{
  static const char body[] =
    "{\"error\":{\"message\":\"Responses are served over HTTP: POST here instead of opening a "
    "WebSocket\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"bad_request\"}}";
  GString *head;

  if (!way_endpoints_begin (request))
    return;
  head = way_reply_begin (request, 426);
  way_reply_add_header (head, "Upgrade", "HTTP/1.1");
  way_reply_send (request, head, "application/json", body, strlen (body));
}

static void
follow_events (WayEndpoints *self, WayRequest *request, const char *rest)
{
  way_feed_add_follower (self->core->feed, request);
}

typedef enum
{
  FOR_ALL,   /* whom the guard let in */
  FOR_ADMIN, /* the /wayfare/v1 API and the metrics */
} Audience;

/* A path that ends in '/' stands for everything below it, which is given as the rest; the root
 * stands for itself. */
static const struct
{
  const char *method;
  const char *path;
  Audience audience;
  EndpointFunc func;
} endpoints[] = {
  { "GET", "/v1/responses", FOR_ALL, refuse_websocket },
  { "GET", "/responses", FOR_ALL, refuse_websocket },
  { "GET", "/v1/models", FOR_ALL, way_endpoints_models },
  { "GET", "/models", FOR_ALL, way_endpoints_models },
  { "GET", "/v1/models/", FOR_ALL, way_endpoints_model },
  { "GET", "/models/", FOR_ALL, way_endpoints_model },
  { "GET", "/", FOR_ALL, way_endpoints_ollama_root },
  { "GET", "/api/version", FOR_ALL, way_endpoints_ollama_version },
  { "GET", "/api/tags", FOR_ALL, way_endpoints_tags },
  { "GET", "/api/ps", FOR_ALL, way_endpoints_ollama_ps },
  { "POST", "/api/show", FOR_ALL, way_endpoints_ollama_show },
  { "POST", "/v1beta/models/", FOR_ALL, refuse_operation },
  { "GET", "/v1beta/models", FOR_ALL, way_endpoints_gemini_models },
  { "GET", "/v1beta/models/", FOR_ALL, way_endpoints_gemini_model },
  { "GET", "/health", FOR_ALL, answer_health },
  { "GET", "/ready", FOR_ALL, answer_ready },
  { "GET", "/metrics", FOR_ADMIN, way_endpoints_metrics },
  { "GET", API_PREFIX "/status", FOR_ADMIN, way_endpoints_status },
  { "GET", API_PREFIX "/requests", FOR_ADMIN, way_endpoints_requests },
  { "GET", API_PREFIX "/requests/", FOR_ADMIN, way_endpoints_one_request },
  { "GET", API_PREFIX "/capture", FOR_ADMIN, way_endpoints_capture },
  { "GET", API_PREFIX "/capture/", FOR_ADMIN, way_endpoints_bodies },
  { "POST", API_PREFIX "/capture/clear", FOR_ADMIN, way_endpoints_forget_bodies },
  { "GET", API_PREFIX "/spend", FOR_ADMIN, way_endpoints_spend },
  { "GET", API_PREFIX "/events", FOR_ADMIN, follow_events },
  { "POST", API_PREFIX "/route", FOR_ADMIN, way_endpoints_route },
};

/* What of @path is left behind @pattern, or NULL if it does not fit. */
static const char *
match_path (const char *pattern, const char *path)
{
  gsize length = strlen (pattern);
  gboolean has_rest = length > 1 && pattern[length - 1] == '/';

  if (strncmp (pattern, path, length) != 0)
    return NULL;
  return has_rest == (path[length] != '\0') ? path + length : NULL;
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

/* What the path can be asked with: "GET, HEAD, POST"; NULL if there is nothing at it. */
static char *
dup_methods (const WayRequest *request)
{
  g_autoptr (GString) methods = g_string_new (request->dialect ? "POST" : NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++)
    if (match_path (endpoints[i].path, request->path) &&
        !strstr (methods->str, endpoints[i].method))
      g_string_append_printf (methods, "%s%s%s", methods->len > 0 ? ", " : "", endpoints[i].method,
                              endpoints[i].method[0] == 'G' ? ", HEAD" : "");
  return methods->len > 0 ? g_strdup (methods->str) : NULL;
}

static void
answer_unknown (WayRequest *request)
{
  g_autofree char *methods = dup_methods (request);
  g_autoptr (GError) error = NULL;
  GString *head;

  if (!way_endpoints_begin (request))
    return;
  if (request->allow_origin && strcmp (request->method, "OPTIONS") == 0)
    {
      answer_preflight (request);
      return;
    }
  if (methods)
    error = g_error_new (WAY_ERROR, WAY_ERROR_METHOD_NOT_ALLOWED, "%s is for %s, not %s",
                         request->path, methods, request->method);
  else
    error =
      g_error_new (WAY_ERROR, WAY_ERROR_NOT_FOUND, "There is nothing at %.200s", request->path);
  head = way_reply_begin (request, way_error_code_get_status (error->code));
  way_reply_add_header (head, "Allow", methods);
  way_reply_send_error_with (request, head, error);
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
  g_autoptr (GError) error = NULL;

  if (request->dialect && strcmp (request->method, "POST") == 0)
    {
      way_exchange_start (self->core, request);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      const char *rest = match_path (endpoints[i].path, request->path);

      if (!rest || !method_fits (request->method, endpoints[i].method))
        continue;
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
    answer_unknown (request);
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
