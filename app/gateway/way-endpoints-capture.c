/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The part of /wayfare/v1 about kept words. Gateway thread; the ledger's answers come back to it.
 */

#include "way-capture.h"
#include "way-endpoints-waiting.h"
#include "way-record-json.h"

/* JSON takes no broken UTF-8, which a body cut at a size may end in. */
static void
append_body (GString *text, const char *name, GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *valid = g_utf8_make_valid (data ? data : "", (gssize)length);

  way_member_string (text, name, valid);
}

static void
on_bodies (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WayBodies) bodies = way_ledger_bodies_finish (NULL, result, &error);
  GString *text = g_string_new ("{");

  if (bodies)
    {
      append_body (text, "request", bodies->request);
      append_body (text, "answer", bodies->answer);
      way_member_int (text, "request_bytes", bodies->request_bytes);
      way_member_int (text, "answer_bytes", bodies->answer_bytes);
      way_member_boolean (text, "masked", bodies->masked);
      way_member_time (text, "at", bodies->at_us);
    }
  g_string_append_c (text, '}');
  way_waiting_send (waiting, text, error);
}

/**
 * way_endpoints_bodies:
 * @id: of a request
 *
 * GET /wayfare/v1/capture/{id}: what was kept of a request's words.
 */
void
way_endpoints_bodies (WayEndpoints *self, WayRequest *request, const char *id)
{
  WayWaiting *waiting = way_waiting_new (request);

  if (waiting)
    way_ledger_bodies_async (way_endpoints_get_core (self)->ledger, id, on_bodies, waiting);
}

static void
on_captured (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const names[] = { "off", "errors", "all" };
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree WayCaptured *captured = way_ledger_captured_finish (NULL, result, &error);
  const WayCaptureTerms *terms = &waiting->request->snapshot->capture;
  GString *text = g_string_new ("{");

  if (captured)
    {
      way_member_string (text, "bodies", names[terms->bodies]);
      way_member_boolean (text, "mask", terms->mask);
      way_member_int (text, "keep_days", terms->keep_days);
      way_member_int (text, "max_bytes", terms->max_bytes);
      way_member_int (text, "requests", captured->n_requests);
      way_member_int (text, "file_bytes", captured->file_bytes);
      if (captured->since_us != WAY_UNKNOWN)
        way_member_time (text, "since", captured->since_us);
    }
  g_string_append_c (text, '}');
  way_waiting_send (waiting, text, error);
}

/**
 * way_endpoints_capture:
 *
 * GET /wayfare/v1/capture: which words are kept, for how long, and how much is.
 */
void
way_endpoints_capture (WayEndpoints *self, WayRequest *request, const char *rest)
{
  WayWaiting *waiting = way_waiting_new (request);

  if (waiting)
    way_ledger_captured_async (way_endpoints_get_core (self)->ledger, on_captured, waiting);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayWaiting) waiting = user_data;
  g_autoptr (GError) error = NULL;

  way_ledger_forget_bodies_finish (NULL, result, &error);
  way_waiting_send (waiting, g_string_new ("{}"), error);
}

/**
 * way_endpoints_forget_bodies:
 *
 * POST /wayfare/v1/capture/clear: deletes all kept words.
 */
void
way_endpoints_forget_bodies (WayEndpoints *self, WayRequest *request, const char *rest)
{
  WayWaiting *waiting = way_waiting_new (request);

  if (waiting)
    way_ledger_forget_bodies_async (way_endpoints_get_core (self)->ledger, on_forgotten, waiting);
}
