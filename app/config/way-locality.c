/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Words of the config for kinds, and how far away an address is by its looks. Nothing is resolved:
 * the promise of "local only" is kept where the socket is opened. Any thread. */

#include "way-snapshot-private.h"

#include <gio/gio.h>
#include <string.h>

const char *const way_kind_names[] = {
  [WAY_KIND_OPENAI] = "openai",
  [WAY_KIND_OLLAMA] = "ollama",
  [WAY_KIND_ANTHROPIC] = "anthropic",
  [WAY_KIND_GEMINI] = "gemini",
  [WAY_KIND_AZURE_OPENAI] = "azure-openai",
  [WAY_KIND_DEMO] = "demo",
  NULL,
};

/**
 * way_kind_get_name:
 * @kind: a kind of provider
 *
 * Returns: (transfer none): its name in the config
 */
const char *
way_kind_get_name (WayKind kind)
{
  g_return_val_if_fail (kind >= WAY_KIND_OPENAI && kind <= WAY_KIND_DEMO, NULL);

  return way_kind_names[kind];
}

/**
 * way_kind_from_name:
 * @name: (nullable): a name in the config
 * @ret_kind: (out): where to put the kind; untouched if the name is unknown
 *
 * Returns: whether @name is known
 */
gboolean
way_kind_from_name (const char *name, WayKind *ret_kind)
{
  for (guint i = 0; way_kind_names[i] != NULL; i++)
    if (g_strcmp0 (way_kind_names[i], name) == 0)
      {
        *ret_kind = (WayKind)i;
        return TRUE;
      }
  return FALSE;
}

static WayLocality
locality_of_ipv4 (const guint8 *bytes)
{
  if (bytes[0] == 127)
    return WAY_LOCALITY_LOCAL;
  gboolean is_rfc1918 = bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
                        (bytes[0] == 192 && bytes[1] == 168);
  gboolean is_link_local = bytes[0] == 169 && bytes[1] == 254;
  return is_rfc1918 || is_link_local ? WAY_LOCALITY_LAN : WAY_LOCALITY_CLOUD;
}

static WayLocality
locality_of_ipv6 (const guint8 *bytes)
{
  static const guint8 mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  static const guint8 loopback[16] = { [15] = 1 };

  if (memcmp (bytes, mapped_prefix, sizeof mapped_prefix) == 0)
    return locality_of_ipv4 (bytes + sizeof mapped_prefix);
  if (memcmp (bytes, loopback, sizeof loopback) == 0)
    return WAY_LOCALITY_LOCAL;
  gboolean is_unique_local = (bytes[0] & 0xfe) == 0xfc;                   /* fc00::/7, RFC 4193 */
  gboolean is_link_local = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80; /* fe80::/10, RFC 4291 */
  return is_unique_local || is_link_local ? WAY_LOCALITY_LAN : WAY_LOCALITY_CLOUD;
}

static WayLocality
locality_of_name (const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);
  gsize length = strlen (name);
  if (length > 0 && name[length - 1] == '.')
    name[length - 1] = '\0';

  /* RFC 6761: names below localhost. are loopback; RFC 6762: .local is the link. */
  if (g_str_equal (name, "localhost") || g_str_has_suffix (name, ".localhost"))
    return WAY_LOCALITY_LOCAL;
  return g_str_has_suffix (name, ".local") ? WAY_LOCALITY_LAN : WAY_LOCALITY_CLOUD;
}

/**
 * way_locality_of_url:
 * @base_url: (nullable): an http or https URL
 *
 * How far away a provider is by the looks of its address: loopback addresses and names are local;
 * private (RFC 1918, RFC 4193) and link-local addresses and names in .local are LAN; everything
 * else is cloud, also what cannot be read. Any thread; no name is resolved.
 */
WayLocality
way_locality_of_url (const char *base_url)
{
  g_autoptr (GUri) uri = base_url == NULL ? NULL : g_uri_parse (base_url, G_URI_FLAGS_NONE, NULL);
  const char *uri_host = uri == NULL ? NULL : g_uri_get_host (uri);
  if (uri_host == NULL)
    return WAY_LOCALITY_CLOUD;

  /* The zone of fe80::1%eth0 says which link, not how far. */
  g_autofree char *host = g_strndup (uri_host, strcspn (uri_host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return locality_of_name (host);
  const guint8 *bytes = g_inet_address_to_bytes (address);
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? locality_of_ipv4 (bytes)
                                                                     : locality_of_ipv6 (bytes);
}
