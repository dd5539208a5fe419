/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One call from birth to on_done: its deadlines, its timing, pause and resume. Gateway thread. */

#include "way-upstream-private.h"

#include "way-demo.h"

#include <string.h>

/* The usual head of an answer fits without growing. A GString takes the next power of two, and what
 * is larger than 1 KiB costs malloc() a search. */
#define HEAD_BYTES 1000

/**
 * way_call_get_due:
 * @ret_error: (out) (optional): what to say if that moment passes
 *
 * The earliest deadline that now counts. Nothing is kept per piece of the body but its time, so a
 * stream costs nothing here until a deadline might have passed.
 *
 * Returns: monotonic µs, G_MAXINT64 for none
 */
gint64
way_call_get_due (const WayCall *call, GError **ret_error)
{
  const WayDeadlines *deadlines = &call->deadlines;
  gint64 due_us = G_MAXINT64;
  gint64 span_ms = 0;
  const char *what = NULL;

  if (call->awaits_token)
    {
      span_ms = deadlines->first_token_ms;
      due_us = call->sent_us + span_ms * 1000;
      what = call->has_head ? "sent no first token within" : "gave no answer within";
    }
  else if (call->has_body && !call->is_paused && deadlines->idle_ms > 0)
    {
      span_ms = deadlines->idle_ms;
      due_us = call->activity_us + span_ms * 1000;
      what = "sent nothing for";
    }
  if (deadlines->total_ms > 0 && call->sent_us + deadlines->total_ms * 1000 < due_us)
    {
      span_ms = deadlines->total_ms;
      due_us = call->sent_us + span_ms * 1000;
      what = "was not done within";
    }
  if (ret_error != NULL && what != NULL)
    *ret_error = g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM_TIMEOUT, "%s %s %g s",
                              call->provider->id, what, (double)span_ms / 1000);
  return due_us;
}

/**
 * way_call_note_idle_deadline:
 *
 * Has the deadline of a silence looked at when it may have passed.
 */
void
way_call_note_idle_deadline (WayCall *call)
{
  if (call->deadlines.idle_ms > 0)
    way_upstream_note_deadline (call->upstream, call->activity_us + call->deadlines.idle_ms * 1000);
}

/**
 * way_call_unpause:
 *
 * Does what way_call_resume() asked for: the piece that was not taken is given again.
 */
void
way_call_unpause (WayCall *call)
{
  WayUpstream *upstream = call->upstream;

  call->wants_resume = FALSE;
  if (!call->is_paused)
    return;
  call->is_paused = FALSE;
  call->activity_us = upstream->now_us;
  way_call_note_idle_deadline (call);
  if (call->demo != NULL)
    {
      way_demo_resume (call->demo);
      return;
    }
  upstream->inside_curl++;
  CURLcode code = curl_easy_pause (call->easy, CURLPAUSE_CONT);
  upstream->inside_curl--;
  if (code != CURLE_OK && way_call_may_go_on (call))
    call->error = way_call_describe (call, code);
}

static gint64
phase_of (CURL *easy, CURLINFO info)
{
  curl_off_t phase_us = 0;

  curl_easy_getinfo (easy, info, &phase_us);
  return phase_us > 0 ? (gint64)phase_us : WAY_UNKNOWN;
}

static void
read_timing (WayCall *call)
{
  long n_connects = 0;
  long request_bytes = 0;

  if (call->easy == NULL)
    return;
  curl_easy_getinfo (call->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo (call->easy, CURLINFO_NUM_CONNECTS, &n_connects);
  gint64 connect_us = phase_of (call->easy, CURLINFO_CONNECT_TIME_T);
  gint64 tls_us = phase_of (call->easy, CURLINFO_APPCONNECT_TIME_T);
  call->timing.connect_us = n_connects == 0 && request_bytes > 0 ? 0 : MAX (connect_us, tls_us);
  call->timing.first_byte_us = phase_of (call->easy, CURLINFO_STARTTRANSFER_TIME_T);
}

/**
 * way_call_get_timing:
 * @call: a call
 *
 * Returns: how long the phases took that are over by now; the total is the time since it was sent
 */
WayCallTiming
way_call_get_timing (WayCall *call)
{
  g_return_val_if_fail (call != NULL, ((WayCallTiming){ WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN }));

  read_timing (call);
  call->timing.total_us = g_get_monotonic_time () - call->sent_us;
  return call->timing;
}

/**
 * way_call_finish:
 * @call: (transfer full): a call that is in no list any more
 * @code: what libcurl said
 *
 * Runs on_done and frees the call.
 */
void
way_call_finish (WayCall *call, CURLcode code)
{
  if (call->error == NULL && code != CURLE_OK)
    call->error = way_call_describe (call, code);
  if (call->error == NULL && !call->has_head)
    call->error = way_call_describe (call, CURLE_GOT_NOTHING);

  WayCallTiming timing = way_call_get_timing (call);
  call->is_done = TRUE;
  call->handlers.on_done (call, call->error, &timing, call->user_data);
  way_call_free (call);
}

/**
 * way_call_new:
 *
 * Returns: (transfer full): a call that has not been sent
 */
WayCall *
way_call_new (WayUpstream *upstream,
              const WayCallRequest *request,
              const WayCallHandlers *handlers,
              gpointer user_data)
{
  WayCall *call = g_new0 (WayCall, 1);

  call->upstream = upstream;
  call->snapshot = request->snapshot == NULL ? NULL : way_snapshot_ref (request->snapshot);
  call->provider = request->provider;
  call->body = request->body == NULL ? NULL : g_bytes_ref (request->body);
  call->head = g_string_sized_new (HEAD_BYTES);
  call->handlers = *handlers;
  call->user_data = user_data;
  call->deadlines = request->deadlines;
  call->reach = request->local_only ? WAY_LOCALITY_LOCAL : request->provider->locality;
  call->awaits_token = request->deadlines.first_token_ms > 0;
  call->is_token_told = request->awaits_token;
  call->is_post = g_str_equal (request->method, "POST");
  call->deferred_link.data = call;
  call->sent_us = g_get_monotonic_time ();
  call->timing = (WayCallTiming){ WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN };
  return call;
}

/**
 * way_call_free:
 * @call: (transfer full): a call whose easy handle is back in the pool
 */
void
way_call_free (WayCall *call)
{
  g_clear_pointer (&call->demo, way_demo_free);
  g_free (call->request_headers);
  g_free (call->path);
  g_string_free (call->head, TRUE);
  g_clear_error (&call->error);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_pointer (&call->snapshot, way_snapshot_unref);
  g_free (call);
}

/**
 * way_call_note_token:
 *
 * The answer proper has begun: from here on the deadline is that of a silence inside it.
 */
void
way_call_note_token (WayCall *call)
{
  call->awaits_token = FALSE;
  way_call_note_idle_deadline (call);
}

/**
 * way_call_resume:
 * @call: a call whose on_data returned %FALSE
 *
 * Lets the body flow again, from the context's next iteration on. Does nothing to a call that is
 * not paused.
 */
void
way_call_resume (WayCall *call)
{
  g_return_if_fail (call != NULL);

  call->wants_resume = TRUE;
  way_upstream_defer (call->upstream, call);
}
