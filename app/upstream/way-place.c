/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Where a base URL points and whether a call may go there. Gateway thread. */

#include "way-place.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <string.h>

#define HOSTS_MAX_AGE_US (10 * G_USEC_PER_SEC)
#define HOSTS_MAX_BYTES (1024 * 1024)

static WayLocality
locality_of_ipv4 (const guint8 *bytes)
{
  if (bytes[0] == 127)
    return WAY_LOCALITY_LOCAL;
  gboolean is_private = bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
                        (bytes[0] == 192 && bytes[1] == 168); /* RFC 1918 */
  gboolean is_link_local = bytes[0] == 169 && bytes[1] == 254;
  gboolean is_shared = bytes[0] == 100 && (bytes[1] & 0xc0) == 64; /* RFC 6598: overlay networks */
  return is_private || is_link_local || is_shared ? WAY_LOCALITY_LAN : WAY_LOCALITY_CLOUD;
}

static WayLocality
locality_of_ipv6 (const struct in6_addr *address)
{
  if (IN6_IS_ADDR_V4MAPPED (address))
    return locality_of_ipv4 (address->s6_addr + 12);
  if (IN6_IS_ADDR_LOOPBACK (address))
    return WAY_LOCALITY_LOCAL;
  gboolean is_unique_local = (address->s6_addr[0] & 0xfe) == 0xfc; /* RFC 4193 */
  return is_unique_local || IN6_IS_ADDR_LINKLOCAL (address) ? WAY_LOCALITY_LAN : WAY_LOCALITY_CLOUD;
}

/**
 * way_locality_of_peer:
 * @peer: an address about to be connected to
 *
 * How far away @peer is: loopback (127/8, ::1 and IPv4-mapped loopback) is local, private, shared
 * and link-local addresses are LAN, all else is cloud, also families that are not IP. Any thread.
 */
WayLocality
way_locality_of_peer (const struct sockaddr *peer)
{
  if (peer->sa_family == AF_INET)
    {
      const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)peer;
      return locality_of_ipv4 ((const guint8 *)&ipv4->sin_addr);
    }
  if (peer->sa_family == AF_INET6)
    return locality_of_ipv6 (&((const struct sockaddr_in6 *)peer)->sin6_addr);
  return WAY_LOCALITY_CLOUD;
}

/**
 * way_locality_of_address:
 * @address: an address in text, without brackets; a zone after "%" is allowed
 *
 * As way_locality_of_peer(); what is no address is cloud. Any thread.
 */
WayLocality
way_locality_of_address (const char *address)
{
  struct in_addr ipv4;
  struct in6_addr ipv6;
  char plain[INET6_ADDRSTRLEN];
  gsize length = strcspn (address, "%");

  if (length >= sizeof plain)
    return WAY_LOCALITY_CLOUD;
  memcpy (plain, address, length);
  plain[length] = '\0';
  if (inet_pton (AF_INET, plain, &ipv4) == 1)
    return locality_of_ipv4 ((const guint8 *)&ipv4);
  if (inet_pton (AF_INET6, plain, &ipv6) == 1)
    return locality_of_ipv6 (&ipv6);
  return WAY_LOCALITY_CLOUD;
}

static WayHostType
type_of_host (const char *host)
{
  g_autofree char *plain = g_strndup (host, strcspn (host, "%"));

  if (g_hostname_is_ip_address (plain))
    return WAY_HOST_ADDRESS;
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return WAY_HOST_LOCALHOST;
  gsize length = strlen (host);
  gsize suffix_length = strlen (".localhost");
  if (length > suffix_length &&
      g_ascii_strcasecmp (host + length - suffix_length, ".localhost") == 0)
    return WAY_HOST_LOCALHOST;
  return WAY_HOST_NAME;
}

/* "localhost." is the same name, but libcurl would ask a name server for it. */
static char *
dup_host (GUri *uri)
{
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gsize length = host != NULL ? strlen (host) : 0;
  gboolean has_dot = length > 1 && host[length - 1] == '.';
  g_autofree char *plain = g_strndup (host, has_dot ? length - 1 : length);

  if (has_dot && type_of_host (plain) == WAY_HOST_LOCALHOST)
    return g_steal_pointer (&plain);
  return g_strdup (host);
}

/* Returns NULL for what is no URL. */
static CURLU *
parse_url (const char *text, const char *host)
{
  CURLU *url = curl_url ();

  if (curl_url_set (url, CURLUPART_URL, text, CURLU_URLENCODE) != CURLUE_OK)
    g_clear_pointer (&url, curl_url_cleanup);
  else
    curl_url_set (url, CURLUPART_FRAGMENT, NULL, 0);
  if (url != NULL && type_of_host (host) == WAY_HOST_LOCALHOST)
    curl_url_set (url, CURLUPART_HOST, host, 0);
  return url;
}

static void
set_url (WayPlace *place, CURLU *url)
{
  char *text = NULL;

  curl_url_get (url, CURLUPART_URL, &text, CURLU_NO_DEFAULT_PORT);
  place->url = url;
  place->absolute = g_strdup (text);
  curl_free (text);
  if (g_str_has_suffix (place->absolute, "/"))
    place->absolute[strlen (place->absolute) - 1] = '\0';
  const char *authority = strstr (place->absolute, "://") + strlen ("://");
  place->path = authority + strcspn (authority, "/?");
}

/**
 * way_place_new:
 * @base_url: (nullable): http or https, without trailing slash
 *
 * Reads what a base URL says about its host. Nothing is resolved.
 *
 * Returns: (transfer full): the place, or %NULL with %WAY_ERROR_UPSTREAM
 */
WayPlace *
way_place_new (const char *base_url, GError **error)
{
  g_autoptr (GUri) uri = base_url == NULL ? NULL : g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri == NULL ? NULL : g_uri_get_scheme (uri);
  g_autofree char *host = dup_host (uri);
  gboolean is_https = g_strcmp0 (scheme, "https") == 0;
  CURLU *url = NULL;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL ||
      (!is_https && g_strcmp0 (scheme, "http") != 0) || (url = parse_url (base_url, host)) == NULL)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "the base URL is not of the form http://host:port/path; correct it in "
                           "the provider's settings");
      return NULL;
    }

  WayPlace *place = g_new0 (WayPlace, 1);
  int port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : is_https ? 443 : 80;
  place->base_url = g_strdup (base_url);
  set_url (place, url);
  place->authority = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
  place->is_https = is_https;
  place->host_type = type_of_host (host);
  place->locality = way_locality_of_address (host);
  place->host = g_steal_pointer (&host);
  place->handles = g_ptr_array_new_with_free_func (curl_easy_cleanup);
  return place;
}

/**
 * way_place_free:
 * @place: (transfer full): a place that no call uses
 */
void
way_place_free (WayPlace *place)
{
  g_ptr_array_unref (place->handles);
  curl_slist_free_all (place->connect_to);
  curl_url_cleanup (place->url);
  g_free (place->base_url);
  g_free (place->absolute);
  g_free (place->host);
  g_free (place->authority);
  g_free (place->proxy);
  g_free (place);
}

static gboolean
line_names_host (char *line, const char *name, const char **ret_address)
{
  char *rest = NULL;

  line[strcspn (line, "#")] = '\0';
  const char *address = strtok_r (line, " \t\r", &rest);
  if (address == NULL)
    return FALSE;
  for (const char *word = strtok_r (NULL, " \t\r", &rest); word != NULL;
       word = strtok_r (NULL, " \t\r", &rest))
    {
      if (g_ascii_strcasecmp (word, name) != 0)
        continue;
      *ret_address = address;
      return TRUE;
    }
  return FALSE;
}

/**
 * way_hosts_lookup:
 * @path: a hosts file, hosts(5)
 * @name: a host name
 *
 * Looks @name up without asking anybody on the network, as getaddrinfo() might. A loopback address
 * wins over others of the same name. Reads a small file; any thread.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL if the file does not have @name
 */
char *
way_hosts_lookup (const char *path, const char *name)
{
  g_autofree char *text = NULL;
  g_autofree char *found = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, NULL) || length > HOSTS_MAX_BYTES)
    return NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *address = NULL;
      if (!line_names_host (lines[i], name, &address))
        continue;
      if (way_locality_of_address (address) == WAY_LOCALITY_LOCAL)
        return g_strdup (address);
      if (found == NULL)
        found = g_strdup (address);
    }
  return g_steal_pointer (&found);
}

/**
 * way_place_refusal:
 * @provider_id: whose peer
 * @where: an address, or a name and what it means
 * @reach: how far calls may go
 *
 * Returns: (transfer full): why a peer was refused, in words
 */
char *
way_place_refusal (const char *provider_id, const char *where, WayLocality reach)
{
  if (reach == WAY_LOCALITY_LAN)
    return g_strdup_printf ("%s is at %s, which is not in the private network, but only private "
                            "addresses are allowed for it; nothing was sent",
                            provider_id, where);
  return g_strdup_printf ("%s is at %s, which is not on this machine, but only this machine is "
                          "allowed here; nothing was sent",
                          provider_id, where);
}

static void
set_refusal (GError **error, const char *provider_id, const char *where, WayLocality reach)
{
  g_autofree char *message = way_place_refusal (provider_id, where, reach);

  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY, message);
}

/* Points @place's name at what the hosts file says, so that no name server is asked. */
static gboolean
pin_name (WayPlace *place, const char *provider_id, const char *hosts_path, GError **error)
{
  gint64 now_us = g_get_monotonic_time ();

  if (place->connect_to != NULL && now_us - place->hosts_read_at_us < HOSTS_MAX_AGE_US)
    return TRUE;

  g_autofree char *address = way_hosts_lookup (hosts_path, place->host);
  if (address == NULL)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_LOCAL_ONLY,
                   "%s is at %s, a name that only a name server could look up, but only this "
                   "machine is allowed here; nothing was sent. Use 127.0.0.1 or a name in %s",
                   provider_id, place->authority, hosts_path);
      return FALSE;
    }
  if (way_locality_of_address (address) != WAY_LOCALITY_LOCAL)
    {
      g_autofree char *where = g_strdup_printf ("%s (%s)", place->host, address);
      set_refusal (error, provider_id, where, WAY_LOCALITY_LOCAL);
      return FALSE;
    }

  g_autofree char *entry =
    g_strdup_printf (strchr (address, ':') != NULL ? "::[%s]:" : "::%s:", address);
  g_clear_pointer (&place->connect_to, curl_slist_free_all);
  place->connect_to = curl_slist_append (NULL, entry);
  place->hosts_read_at_us = now_us;
  return TRUE;
}

/**
 * way_place_allow:
 * @reach: how far away the peer may be
 * @hosts_path: the hosts file
 *
 * Checks what can be known without a socket. With a @reach of %WAY_LOCALITY_LOCAL a name is pinned
 * to its address in the hosts file; one that is not there is refused, since asking for it would
 * send a packet. What passes is still checked at the socket.
 *
 * Returns: %TRUE, or %FALSE with %WAY_ERROR_LOCAL_ONLY in words
 */
gboolean
way_place_allow (WayPlace *place,
                 WayLocality reach,
                 const char *provider_id,
                 const char *hosts_path,
                 GError **error)
{
  if (place->host_type == WAY_HOST_LOCALHOST || reach == WAY_LOCALITY_CLOUD)
    return TRUE;
  if (place->host_type == WAY_HOST_NAME)
    return reach != WAY_LOCALITY_LOCAL || pin_name (place, provider_id, hosts_path, error);
  if (place->locality <= reach)
    return TRUE;
  set_refusal (error, provider_id, place->authority, reach);
  return FALSE;
}
