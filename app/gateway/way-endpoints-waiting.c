/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A connection that is held while the ledger is asked. Gateway thread. */

#include "way-endpoints-waiting.h"

static void
on_waiting_gone (WayConnection *connection, gpointer user_data)
{
  ((WayWaiting *)user_data)->client_left = TRUE;
}

static const WayConnectionAnswer waiting_answer = { .on_gone = on_waiting_gone };

/**
 * way_waiting_new:
 *
 * Returns: (transfer full) (nullable): %NULL if the client has left already
 */
WayWaiting *
way_waiting_new (WayRequest *request)
{
  WayWaiting *waiting = g_new0 (WayWaiting, 1);

  if (!way_connection_begin_answer (request->connection, &waiting_answer, waiting))
    {
      g_free (waiting);
      return NULL;
    }
  waiting->request = way_request_ref (request);
  return waiting;
}

void
way_waiting_free (WayWaiting *waiting)
{
  way_request_unref (waiting->request);
  g_free (waiting);
}

/**
 * way_waiting_send:
 * @text: (transfer full): the answer
 * @error: (nullable): sent in its place
 */
void
way_waiting_send (WayWaiting *waiting, GString *text, const GError *error)
{
  if (waiting->client_left)
    g_string_free (text, TRUE);
  else if (error)
    {
      g_string_free (text, TRUE);
      way_reply_send_error (waiting->request, error);
    }
  else
    way_reply_send_json (waiting->request, 200, text);
}
