/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* An administration call on its way to the main thread and back. Each function says on which thread
 * it runs; the struct has one owner at a time. */

#include "way-control-call.h"

#include "way-context.h"
#include "way-json.h"

struct _WayControlCall
{
  WayRequest *request;   /* owned; gateway thread only */
  GMainContext *context; /* owned: the gateway's */
  WayControlFunc func;
  gpointer func_data;
  char *method;
  char *path;
  JsonNode *body;  /* owned, nullable */
  GString *answer; /* owned, from the main thread */
  guint status;
  gboolean client_left; /* gateway thread only */
};

static void
call_free (WayControlCall *self)
{
  way_request_unref (self->request);
  g_main_context_unref (self->context);
  g_free (self->method);
  g_free (self->path);
  g_clear_pointer (&self->body, json_node_unref);
  g_free (self);
}

/* Gateway thread. */
static gboolean
on_answered (gpointer user_data)
{
  WayControlCall *self = user_data;

  if (self->client_left)
    g_string_free (self->answer, TRUE);
  else
    way_reply_send_json (self->request, self->status, self->answer);
  call_free (self);
  return G_SOURCE_REMOVE;
}

/* Main thread. */
static gboolean
on_arrived (gpointer user_data)
{
  WayControlCall *self = user_data;

  self->func (self, self->method, self->path, self->body ? json_node_get_object (self->body) : NULL,
              self->func_data);
  return G_SOURCE_REMOVE;
}

/* Gateway thread. */
static void
on_gone (WayConnection *connection, gpointer user_data)
{
  ((WayControlCall *)user_data)->client_left = TRUE;
}

static const WayConnectionAnswer answer = { .on_gone = on_gone };

/**
 * way_control_call_send:
 * @path: below /wayfare/v1, with its slash
 *
 * Hands @request to the main thread. Gateway thread.
 */
void
way_control_call_send (WayRequest *request,
                       const char *path,
                       GMainContext *gateway_context,
                       const WayGatewayOptions *options)
{
  WayControlCall *self = g_new0 (WayControlCall, 1);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (request->body, &length);

  self->request = way_request_ref (request);
  self->context = g_main_context_ref (gateway_context);
  self->func = options->control_func;
  self->func_data = options->control_data;
  self->method = g_strdup (request->method);
  self->path = g_strdup (path);
  if (!way_connection_begin_answer (request->connection, &answer, self))
    {
      call_free (self);
      return;
    }
  if (length > 0)
    self->body = way_json_parse (data, length, &error);
  if (self->body && !JSON_NODE_HOLDS_OBJECT (self->body))
    g_set_error_literal (&error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "The body is not a JSON object");
  if (error)
    {
      way_reply_send_error (request, error);
      call_free (self);
      return;
    }
  way_context_post (options->control_context, on_arrived, self, NULL);
}

static void
send_back (WayControlCall *self, guint status, GString *text)
{
  self->status = status;
  self->answer = text;
  way_context_post (self->context, on_answered, self, NULL);
}

/**
 * way_control_call_reply:
 * @call: (transfer full)
 * @body: (transfer full) (nullable): NULL for an empty object
 *
 * Ends an administration call. Main thread.
 */
void
way_control_call_reply (WayControlCall *call, guint status, JsonNode *body)
{
  g_autofree char *text = body ? way_json_print (body, FALSE) : g_strdup ("{}");

  g_clear_pointer (&body, json_node_unref);
  send_back (call, status, g_string_new (text));
}

/**
 * way_control_call_fail:
 * @call: (transfer full)
 * @error: in #WAY_ERROR
 *
 * Ends an administration call with an error. Main thread.
 */
void
way_control_call_fail (WayControlCall *call, const GError *error)
{
  GString *text = g_string_new (NULL);

  way_dialect_openai_chat.encode_error (text, error->code, way_error_code_get_status (error->code),
                                        error->message);
  send_back (call, way_error_code_get_status (error->code), text);
}
