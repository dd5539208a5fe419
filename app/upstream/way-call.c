/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One call from birth to on_done: what comes in is handed to the handlers, who may pause, resume
 * and cancel. Gateway thread. */

#include "way-upstream-private.h"

#include "way-demo.h"
#include "way-limits.h"

#include <string.h>

/* The usual head of an answer fits without growing. */
#define HEAD_BYTES 1024

static gboolean
may_go_on (const WayCall *call)
{
  return !call->is_cancelled && call->error == NULL;
}

/**
 * way_call_give_head:
 * @status: of the answer whose headers are in the call's head
 *
 * Runs on_head.
 *
 * Returns: whether the call goes on
 */
gboolean
way_call_give_head (WayCall *call, guint status)
{
  call->has_head = TRUE;
  way_call_forget_secret (call);
  if (call->handlers.on_head != NULL)
    {
      call->inside_handler++;
      call->handlers.on_head (call, status, call->user_data);
      call->inside_handler--;
    }
  return may_go_on (call);
}

/**
 * way_call_give_data:
 * @data: a piece of the body
 *
 * Runs on_data.
 *
 * Returns: whether the handler took it; if not, the call is paused, or cancelled
 */
gboolean
way_call_give_data (WayCall *call, const char *data, gsize length)
{
  call->activity_us = call->upstream->now_us;
  if (!call->has_body)
    {
      call->has_body = TRUE;
      if (call->deadlines.idle_ms > 0)
        way_upstream_note_deadline (call->upstream,
                                    call->activity_us + call->deadlines.idle_ms * 1000);
    }
  if (call->handlers.on_data == NULL)
    return TRUE;

  call->inside_handler++;
  gboolean is_taken = call->handlers.on_data (call, data, length, call->user_data);
  call->inside_handler--;
  call->is_paused = !is_taken && may_go_on (call);
  return is_taken && may_go_on (call);
}

/**
 * way_call_fail:
 * @error: (transfer full): for on_done
 *
 * Ends a call from inside its on_data.
 */
void
way_call_fail (WayCall *call, GError *error)
{
  g_assert (call->inside_handler > 0 && call->error == NULL);
  call->error = error;
}

static void
refuse_redirect (WayCall *call, guint status)
{
  const char *location = way_call_get_header (call, "location");
  g_autoptr (GUri) uri =
    location == NULL ? NULL : g_uri_parse_relative (NULL, location, G_URI_FLAGS_NONE, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);

  call->error = g_error_new (
    WAY_ERROR, WAY_ERROR_UPSTREAM,
    "%s at %s answered with a redirect (%u) to %s, which is not followed because the "
    "key would go there; correct the provider's base URL",
    call->provider->id, call->place->authority, status, host != NULL ? host : "another path");
}

static gboolean
end_head (WayCall *call)
{
  long status = 0;

  curl_easy_getinfo (call->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200)
    return TRUE; /* an interim response (RFC 9110, 15.2); the real one follows */
  if (status >= 300 && status < 400)
    {
      refuse_redirect (call, (guint)status);
      return FALSE;
    }
  return way_call_give_head (call, (guint)status);
}

static void
keep_header (WayCall *call, const char *name, gsize name_length, const char *value, gsize length)
{
  g_string_append_len (call->head, name, (gssize)name_length);
  g_string_append_c (call->head, '\0');
  g_string_append_len (call->head, value, (gssize)length);
  g_string_append_c (call->head, '\0');
}

/**
 * way_call_add_header:
 *
 * Adds a header to the answer of a call without a peer.
 */
void
way_call_add_header (WayCall *call, const char *name, const char *value)
{
  keep_header (call, name, strlen (name), value, strlen (value));
}

/* Keeps "name: value" as two strings, which way_call_get_header() can lend out. */
static void
read_header (WayCall *call, const char *line, gsize length)
{
  const char *colon = memchr (line, ':', length);

  if (colon == NULL || colon == line)
    return;
  const char *value = colon + 1;
  const char *end = line + length;
  while (value < end && (*value == ' ' || *value == '\t'))
    value++;
  while (end > value && g_ascii_isspace (end[-1]))
    end--;
  keep_header (call, line, (gsize)(colon - line), value, (gsize)(end - value));
}

/* Ends the transfer from inside libcurl, and with it the connection, also one of HTTP/2: closing it
 * is what the provider notices at once. */
static size_t
stop_transfer (WayCall *call)
{
  curl_easy_setopt (call->easy, CURLOPT_FORBID_REUSE, 1L);
  return CURL_WRITEFUNC_ERROR;
}

/* Runs once a line: status line, headers, empty line, and for trailers after the body. */
static size_t
on_header_line (char *line, size_t size, size_t length, void *user_data)
{
  WayCall *call = user_data;

  if (!may_go_on (call))
    return stop_transfer (call);
  if (call->has_head)
    return length;
  if (call->head->len + length > WAY_LIMIT_UPSTREAM_HEAD_BYTES)
    {
      call->error = g_error_new (
        WAY_ERROR, WAY_ERROR_UPSTREAM, "%s at %s answered with headers larger than %d KiB",
        call->provider->id, call->place->authority, WAY_LIMIT_UPSTREAM_HEAD_BYTES / 1024);
      return stop_transfer (call);
    }
  if (length >= 5 && memcmp (line, "HTTP/", 5) == 0)
    g_string_truncate (call->head, 0);
  else if (line[0] != '\r' && line[0] != '\n')
    read_header (call, line, length);
  else if (!end_head (call))
    return stop_transfer (call);
  return length;
}

static size_t
on_body (char *data, size_t size, size_t length, void *user_data)
{
  WayCall *call = user_data;

  if (!may_go_on (call))
    return stop_transfer (call);
  if (length == 0 || way_call_give_data (call, data, length))
    return length;
  return call->is_paused ? CURL_WRITEFUNC_PAUSE : stop_transfer (call);
}

/**
 * way_call_watch_answer:
 *
 * Has what @call's easy handle receives handed to its handlers.
 */
void
way_call_watch_answer (WayCall *call)
{
  curl_easy_setopt (call->easy, CURLOPT_HEADERFUNCTION, on_header_line);
  curl_easy_setopt (call->easy, CURLOPT_HEADERDATA, call);
  curl_easy_setopt (call->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt (call->easy, CURLOPT_WRITEDATA, call);
}

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

  if (!call->has_body && deadlines->first_token_ms > 0)
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
  if (call->deadlines.idle_ms > 0)
    way_upstream_note_deadline (upstream, call->activity_us + call->deadlines.idle_ms * 1000);
  if (call->demo != NULL)
    {
      way_demo_resume (call->demo);
      return;
    }
  upstream->inside_curl++;
  CURLcode code = curl_easy_pause (call->easy, CURLPAUSE_CONT);
  upstream->inside_curl--;
  if (code != CURLE_OK && may_go_on (call))
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

  if (call->easy == NULL)
    return;
  curl_easy_getinfo (call->easy, CURLINFO_NUM_CONNECTS, &n_connects);
  gint64 connect_us = phase_of (call->easy, CURLINFO_CONNECT_TIME_T);
  gint64 tls_us = phase_of (call->easy, CURLINFO_APPCONNECT_TIME_T);
  call->timing.connect_us = n_connects == 0 && call->has_head ? 0 : MAX (connect_us, tls_us);
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
  if (call->request_head != NULL)
    explicit_bzero (call->request_head, call->request_head->size_bytes);
  g_free (call->request_head);
  g_free (call->url);
  g_string_free (call->head, TRUE);
  g_clear_error (&call->error);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_clear_pointer (&call->snapshot, way_snapshot_unref);
  g_free (call);
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

/**
 * way_call_get_header:
 * @name: in any case
 *
 * Returns: (nullable): the first header of the answer by that name, valid until the call ends;
 *   %NULL before on_head
 */
const char *
way_call_get_header (WayCall *call, const char *name)
{
  g_return_val_if_fail (call != NULL && name != NULL, NULL);

  const char *end = call->head->str + call->head->len;
  for (const char *at = call->head->str; at < end;)
    {
      const char *value = at + strlen (at) + 1;
      if (g_ascii_strcasecmp (at, name) == 0)
        return value;
      at = value + strlen (value) + 1;
    }
  return NULL;
}
