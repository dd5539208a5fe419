/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Where a base URL points, how far away that is, and whether a call may go there. What "local only"
 * means is decided here, before any socket exists, and once more for each socket. */

#pragma once

#include "way-snapshot.h"

#include <sys/socket.h>

G_BEGIN_DECLS

struct curl_slist;
struct Curl_URL;

typedef enum
{
  WAY_HOST_ADDRESS,   /* an address literal */
  WAY_HOST_LOCALHOST, /* localhost and below: loopback by RFC 6761, libcurl asks nobody */
  WAY_HOST_NAME,      /* anything else */
} WayHostType;

/**
 * WayPlace:
 * @url: @base_url, parsed
 * @absolute: @url in text, escaped, without default port and trailing slash
 * @path: where its path begins, at the end if it has none
 * @authority: host and port, as messages say it
 * @locality: of an address literal
 * @connect_to: (nullable): makes libcurl go to the address that the hosts file has for the name
 * @hosts_read_at_us: when @connect_to was looked up
 * @proxy: proxy URL, "" for none, %NULL to let libcurl read the environment
 * @proxy_known_at_us: when @proxy was looked up
 * @proxy_pending: a look-up is under way
 * @handles: (element-type CURL): that no call uses now and that were told @url
 *
 * Facts of one base URL, kept between calls. Gateway thread.
 */
typedef struct
{
  char *base_url;
  struct Curl_URL *url;
  char *absolute;
  const char *path;
  char *host;
  char *authority;
  char *proxy;
  struct curl_slist *connect_to;
  WayHostType host_type;
  WayLocality locality;
  gboolean is_https;
  gboolean proxy_pending;
  gint64 hosts_read_at_us;
  gint64 proxy_known_at_us;
  GPtrArray *handles;
} WayPlace;

WayPlace *way_place_new (const char *base_url, GError **error);
void way_place_free (WayPlace *place);
gboolean way_place_allow (WayPlace *place,
                          WayLocality reach,
                          const char *provider_id,
                          const char *hosts_path,
                          GError **error);

WayLocality way_locality_of_peer (const struct sockaddr *peer);
WayLocality way_locality_of_address (const char *address);
char *way_hosts_lookup (const char *path, const char *name);
char *way_place_refusal (const char *provider_id, const char *where, WayLocality reach);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayPlace, way_place_free)

G_END_DECLS
