/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One file from one address, over a client of its own that goes with it. */

#include "way-fetch.h"

#include "way-probe.h"

#define DEADLINES ((WayDeadlines){ 5000, 15000, 15000, 60000 })

typedef struct
{
  const char *url;
  GMainLoop *loop;
  GBytes *content; /* owned, nullable */
  GError *error;   /* owned, nullable */
} Fetch;

/**
 * way_fetch_check_url:
 * @url: an address
 * @error: return location
 *
 * Whether way_fetch() would ask there: https, or http where nobody is in between since it stays on
 * this machine; no password in it, which would be seen in the argument list. Nothing is resolved.
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST
 */
gboolean
way_fetch_check_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_safe =
    g_strcmp0 (scheme, "https") == 0 || (g_strcmp0 (scheme, "http") == 0 && host != NULL &&
                                         way_locality_of_url (url) == WAY_LOCALITY_LOCAL);

  if (is_safe && host != NULL && *host != '\0' && g_uri_get_userinfo (uri) == NULL)
    return TRUE;
  g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
               "%s is not fetched: give an https address without a password, or http on this "
               "machine",
               is_safe ? "that address" : url);
  return FALSE;
}

static void
on_fetched (guint status, GString *body, gint64 latency_us, const GError *error, gpointer user_data)
{
  Fetch *fetch = user_data;

  if (error != NULL)
    fetch->error = g_error_copy (error);
  else if (status != 200)
    fetch->error =
      g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM, "%s answered with HTTP status %u%s", fetch->url,
                   status, status / 100 == 3 ? "; give the address that it points to" : "");
  else
    fetch->content = g_bytes_new (body->str, body->len);
  g_main_loop_quit (fetch->loop);
}

static void
run (Fetch *fetch, GMainContext *context)
{
  g_autoptr (GUri) uri = g_uri_parse (fetch->url, G_URI_FLAGS_NONE, NULL);
  const WayProvider provider = {
    .id = (char *)g_uri_get_host (uri),
    .base_url = (char *)fetch->url,
    .kind = WAY_KIND_OPENAI, /* plain HTTP, and without a key nothing is added */
    .locality = way_locality_of_url (fetch->url),
    .enabled = TRUE,
  };
  const WayCallRequest request = {
    .provider = &provider,
    .method = "GET",
    .path = "",
    .deadlines = DEADLINES,
  };
  WayPoller *poller = way_poller_new (context);
  WayUpstream *upstream = way_upstream_new (context, poller);
  WayProbe *probe = way_probe_new (upstream, &request, on_fetched, fetch);

  g_main_loop_run (fetch->loop);
  way_probe_free (probe);
  way_upstream_free (upstream);
  while (g_main_context_iteration (context, FALSE))
    ; /* what was cancelled */
  way_poller_free (poller);
}

/**
 * way_fetch:
 * @url: an address that way_fetch_check_url() lets pass
 * @error: return location
 *
 * Gets the file at @url: no redirect is followed, TLS is verified, the proxy is the system's, and
 * an answer that is larger than a list of models may be or does not end within a minute is given
 * up. The caller has made sure that the cloud may be asked. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): its bytes, or %NULL with one of WAY_ERROR_UPSTREAM* or
 *   %WAY_ERROR_BAD_REQUEST
 */
GBytes *
way_fetch (const char *url, GError **error)
{
  if (!way_fetch_check_url (url, error))
    return NULL;

  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  Fetch fetch = { .url = url, .loop = loop };

  g_main_context_push_thread_default (context);
  run (&fetch, context);
  g_main_context_pop_thread_default (context);
  if (fetch.error != NULL)
    g_propagate_error (error, fetch.error);
  return fetch.content;
}
