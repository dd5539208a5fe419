/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a call sends and how: its URL, its request headers with the key, libcurl's options. The only
 * place where a key is revealed. Gateway thread. */

#include "way-upstream-private.h"

#include "way-provider-table.h"

#include <string.h>

#define CONTENT_TYPE "Content-Type: application/json"
/* libcurl waits a second for "100 Continue" before a large body, which few providers send. */
#define NO_EXPECT "Expect:"
/* Some providers refuse requests without one. Here and not in CURLOPT_USERAGENT, which libcurl
 * would format anew for each request. */
#define USER_AGENT "User-Agent: Wayfare"

#define N_OWN_NODES 5

/* Headers that are the call's own: a forwarded one beside them would contradict, or carry a key. */
static const char *const own_headers[] = {
  "authorization", "x-api-key",      "api-key",           "x-goog-api-key", "host",
  "connection",    "content-length", "transfer-encoding", "expect",         "accept-encoding",
};

static gboolean
is_forwardable (const WayCall *call, const WayHeader *header)
{
  if (*header->value == '\0' || strpbrk (header->value, "\r\n") != NULL ||
      strpbrk (header->name, "\r\n:") != NULL)
    return FALSE;
  if (call->body != NULL && g_ascii_strcasecmp (header->name, "content-type") == 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (own_headers); i++)
    if (g_ascii_strcasecmp (header->name, own_headers[i]) == 0)
      return FALSE;
  return TRUE;
}

/* Chains one more node; @text stays where it is, since libcurl only reads the list. */
static void
add_node (struct curl_slist *nodes, guint *n_nodes, const char *text)
{
  struct curl_slist *node = &nodes[*n_nodes];

  node->data = (char *)text;
  node->next = NULL;
  if (*n_nodes > 0)
    nodes[*n_nodes - 1].next = node;
  (*n_nodes)++;
}

static char *
append_text (char *end, const char *text, gsize length)
{
  memcpy (end, text, length);
  end[length] = '\0';
  return end + length;
}

static gsize
measure_headers (const WayCallRequest *request, const WayKindRow *row)
{
  gsize n_nodes = request->n_headers + N_OWN_NODES;
  gsize size = n_nodes * sizeof (struct curl_slist);

  if (row->header_name != NULL)
    size += strlen (row->header_name) + strlen (row->header_value) + 3;
  for (gsize i = 0; i < request->n_headers; i++)
    size += strlen (request->headers[i].name) + strlen (request->headers[i].value) + 3;
  return size;
}

static gboolean
names_header (const WayCallRequest *request, const char *name)
{
  for (gsize i = 0; i < request->n_headers; i++)
    if (g_ascii_strcasecmp (request->headers[i].name, name) == 0)
      return TRUE;
  return FALSE;
}

static struct curl_slist *
lay_out_headers (const WayCall *call, const WayCallRequest *request)
{
  const WayKindRow *row = way_kind_row (call->provider->kind);
  struct curl_slist *nodes = g_malloc (measure_headers (request, row));
  char *end = (char *)&nodes[request->n_headers + N_OWN_NODES];
  guint n_nodes = 0;

  add_node (nodes, &n_nodes, NO_EXPECT);
  if (!names_header (request, "User-Agent"))
    add_node (nodes, &n_nodes, USER_AGENT);
  if (call->body != NULL)
    add_node (nodes, &n_nodes, CONTENT_TYPE);
  if (row->header_name != NULL && !names_header (request, row->header_name))
    {
      add_node (nodes, &n_nodes, end);
      end = append_text (end, row->header_name, strlen (row->header_name));
      end = append_text (end, ": ", 2);
      end = append_text (end, row->header_value, strlen (row->header_value)) + 1;
    }
  if (call->provider->key_header != NULL)
    add_node (nodes, &n_nodes, way_key_reveal (call->provider->key_header));
  for (gsize i = 0; i < request->n_headers; i++)
    {
      const WayHeader *header = &request->headers[i];
      if (!is_forwardable (call, header))
        continue;
      add_node (nodes, &n_nodes, end);
      end = append_text (end, header->name, strlen (header->name));
      end = append_text (end, ": ", 2);
      end = append_text (end, header->value, strlen (header->value)) + 1;
    }
  return nodes;
}

static WayPlace *
find_place (WayUpstream *upstream, const char *base_url, GError **error)
{
  WayPlace *place = base_url == NULL ? NULL : g_hash_table_lookup (upstream->places, base_url);

  if (place != NULL)
    return place;
  place = way_place_new (base_url, error);
  if (place != NULL)
    g_hash_table_insert (upstream->places, place->base_url, place);
  return place;
}

static void
name_provider (WayCall *call)
{
  g_prefix_error (&call->error, "%s: ", call->provider->id);
}

/* "" is how the look-up says that there is none. */
static gboolean
may_use_proxy (const WayCall *call)
{
  return call->reach == WAY_LOCALITY_CLOUD && g_strcmp0 (call->place->proxy, "") != 0;
}

/**
 * way_call_prepare:
 *
 * Decides whether @call may be sent at all and lays out what it sends. Nothing is sent yet.
 *
 * Returns: %FALSE if it must not be sent; then the call's error says why
 */
gboolean
way_call_prepare (WayCall *call, const WayCallRequest *request)
{
  WayUpstream *upstream = call->upstream;

  if (call->reach != WAY_LOCALITY_LOCAL &&
      (upstream->cloud_is_off || (call->snapshot != NULL && !call->snapshot->cloud_enabled)))
    {
      g_set_error (&call->error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY,
                   "%s is not on this machine and the cloud is switched off; nothing was sent",
                   call->provider->id);
      return FALSE;
    }
  call->place = find_place (upstream, call->provider->base_url, &call->error);
  if (call->place == NULL)
    {
      name_provider (call);
      return FALSE;
    }
  if (!way_place_allow (call->place, call->reach, call->provider->id, upstream->hosts_path,
                        &call->error))
    return FALSE;
  call->path = g_strdup (request->path);
  call->request_headers = lay_out_headers (call, request);
  return TRUE;
}

/**
 * way_call_new_handle:
 *
 * Returns: (transfer full): an easy handle that was told what all calls to @call's place share,
 *   above all the URL: libcurl takes longer over one than over the rest of its set-up. Not set on
 *   purpose, since libcurl's default is what is wanted: TLS peers are verified, redirects are not
 *   followed (the key would go along), TCP_NODELAY is on, bodies are not decoded, HTTP/0.9 is
 *   refused.
 */
CURL *
way_call_new_handle (const WayCall *call)
{
  const WayPlace *place = call->place;
  const char *ca_path = call->upstream->ca_path;
  CURL *easy = curl_easy_init ();

  g_assert (easy != NULL); /* as g_new() would */
  curl_easy_setopt (easy, CURLOPT_CURLU, place->url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION,
                    (long)(place->is_https ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  if (place->is_https && ca_path != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, ca_path);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, (long)WAY_UPSTREAM_RECEIVE_BYTES);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  return easy;
}

/* A proxy wants to be told the whole URL of a plain http request. Where libcurl looks into the
 * environment for one and finds none, the provider is told it: it has to understand that too
 * (RFC 9112, 3.2.2). */
static char *
make_target (const WayCall *call)
{
  const WayPlace *place = call->place;

  if (!place->is_https && may_use_proxy (call))
    return g_strconcat (place->absolute, call->path, NULL);
  return g_strconcat (*place->path == '/' || *call->path == '/' ? "" : "/", place->path, call->path,
                      NULL);
}

static void
set_request (CURL *easy, const WayCall *call)
{
  gsize length = 0;
  const char *data = call->body == NULL ? "" : g_bytes_get_data (call->body, &length);
  g_autofree char *target = make_target (call);

  curl_easy_setopt (easy, CURLOPT_REQUEST_TARGET, target);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, call->request_headers);
  if (!call->is_post)
    {
      curl_easy_setopt (easy, CURLOPT_HTTPGET, 1L);
      return;
    }
  /* Not copied: the call holds the bytes until the handle is back in the pool. */
  curl_easy_setopt (easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, data == NULL ? "" : data);
}

/* Names and proxies may have changed since the handle's last call, and calls to one place may go
 * differently far. */
static void
set_transport (CURL *easy, const WayCall *call)
{
  const WayPlace *place = call->place;
  gboolean is_local = call->reach == WAY_LOCALITY_LOCAL;
  gboolean by_proxy = may_use_proxy (call);

  curl_easy_setopt (easy, CURLOPT_PROXY, by_proxy ? place->proxy : NULL);
  curl_easy_setopt (easy, CURLOPT_NOPROXY, by_proxy ? NULL : "*");
  curl_easy_setopt (easy, CURLOPT_CONNECT_TO, is_local ? place->connect_to : NULL);
  /* 0 is libcurl's own default, five minutes. */
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, (long)MAX (0, call->deadlines.connect_ms));
}

/**
 * way_call_set_options:
 *
 * Tells @call's easy handle, which may have served another call to the same place, all that is this
 * call's own.
 */
void
way_call_set_options (WayCall *call)
{
  CURL *easy = call->easy;

  curl_easy_setopt (easy, CURLOPT_PRIVATE, call);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, call->detail);
  curl_easy_setopt (easy, CURLOPT_FORBID_REUSE, 0L);
  set_request (easy, call);
  way_call_watch_answer (call);
  way_upstream_watch_peer (easy, call);
  set_transport (easy, call);
}
