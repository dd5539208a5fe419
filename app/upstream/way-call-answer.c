/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What comes back on a call: head and body as libcurl gives them, handed to the handlers. Gateway
 * thread. */

#include "way-upstream-private.h"

#include "way-limits.h"

#include <string.h>

/**
 * way_call_may_go_on:
 *
 * Returns: whether nothing has ended @call yet
 */
gboolean
way_call_may_go_on (const WayCall *call)
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
  if (call->handlers.on_head != NULL)
    {
      call->inside_handler++;
      call->handlers.on_head (call, status, call->user_data);
      call->inside_handler--;
    }
  return way_call_may_go_on (call);
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
      if (!call->is_token_told)
        call->awaits_token = FALSE;
      way_call_note_idle_deadline (call);
    }
  if (call->handlers.on_data == NULL)
    return TRUE;

  call->inside_handler++;
  gboolean is_taken = call->handlers.on_data (call, data, length, call->user_data);
  call->inside_handler--;
  call->is_paused = !is_taken && way_call_may_go_on (call);
  return is_taken && way_call_may_go_on (call);
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

  if (!way_call_may_go_on (call))
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

  if (!way_call_may_go_on (call))
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
