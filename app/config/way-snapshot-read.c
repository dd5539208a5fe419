/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader of a config file: the root and what belongs to no list. Any thread. */

#include "way-snapshot-private.h"

#include <gio/gio.h>
#include <string.h>

#define CONFIG_VERSION 1
#define DEFAULT_ADDRESS "127.0.0.1"
#define DEFAULT_PORT 4114
#define DEFAULT_RETENTION_DAYS 400
#define DAYS_MAX (100 * 366)
#define SECONDS_MAX (366 * 24 * 3600)
#define MEBIBYTES_MAX (1024 * 1024)
#define BYTES_PER_MEBIBYTE (1024 * 1024)
#define DEFAULT_CACHE ((WayCacheTerms){ FALSE, 3600, 64 * BYTES_PER_MEBIBYTE })
#define DEFAULT_CAPTURE ((WayCaptureTerms){ WAY_CAPTURE_OFF, 7, 200 * BYTES_PER_MEBIBYTE, TRUE })

static const char *const root_members[] = { "version",   "listen", "cloud",  "providers",
                                            "routes",    "apps",   "models", "tags",
                                            "budget",    "retry",  "cache",  "capture",
                                            "retention", NULL };
static const char *const listen_members[] = { "address",         "port",
                                              "require_token",   "allowed_hosts",
                                              "allowed_origins", NULL };
static const char *const cloud_members[] = { "enabled", NULL };
static const char *const cache_members[] = { "enabled", "ttl_s", "max_mib", NULL };
static const char *const capture_members[] = { "bodies", "keep_days", "max_mib", "mask", NULL };
static const char *const retention_members[] = { "request_days", NULL };

static const char advice[] = "keys and tokens live in the keyring";

static void
read_version (WayReader *reader, JsonObject *root)
{
  gint64 version = 0;
  if (!json_object_has_member (root, "version"))
    way_reader_fault (reader, "version", "is required, and must be %d", CONFIG_VERSION);
  else if (way_reader_get_int (reader, root, "version", 1, G_MAXINT64, &version) &&
           version != CONFIG_VERSION)
    way_reader_fault (reader, "version", "is of a newer Wayfare; this one reads version %d",
                      CONFIG_VERSION);
}

static void
read_address (WayReader *reader, JsonObject *listen, WaySnapshot *snapshot)
{
  const char *text = way_reader_get_string (reader, listen, "address", WAY_READER_OPTIONAL);
  if (text == NULL)
    return;

  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  if (address == NULL)
    {
      way_reader_fault (reader, "address", "must be an IP address such as 127.0.0.1 or ::1");
      return;
    }
  if (!g_inet_address_get_is_loopback (address) && !snapshot->require_token)
    way_reader_fault (reader, "address",
                      "other machines can reach %s: set \"require_token\": true beside it, or "
                      "listen on 127.0.0.1",
                      text);
  g_free (snapshot->listen_address);
  snapshot->listen_address = g_strdup (text);
}

static void
check_origins (WayReader *reader, char **origins)
{
  for (guint i = 0; origins != NULL && origins[i] != NULL; i++)
    {
      g_autoptr (GUri) uri = g_uri_parse (origins[i], G_URI_FLAGS_NONE, NULL);
      const char *host = uri == NULL ? NULL : g_uri_get_host (uri);
      if (host == NULL || host[0] == '\0' || g_uri_get_path (uri)[0] != '\0')
        way_reader_fault (reader, "allowed_origins",
                          "each must be a scheme and a host, such as \"http://localhost:3000\"");
    }
}

static void
check_hosts (WayReader *reader, char **hosts)
{
  for (guint i = 0; hosts != NULL && hosts[i] != NULL; i++)
    if (strpbrk (hosts[i], "/@ \t\r\n") != NULL)
      way_reader_fault (reader, "allowed_hosts",
                        "each must be a host name without scheme and path, such as "
                        "\"wayfare.home.arpa\"");
}

static char **
dup_strings_or_none (WayReader *reader, JsonObject *object, const char *name)
{
  char **strings = way_reader_dup_strings (reader, object, name, NULL);
  return strings == NULL ? g_new0 (char *, 1) : strings;
}

static void
read_listen (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  g_autoptr (JsonObject) empty = json_object_new ();
  JsonObject *given = way_reader_get_object (reader, root, "listen");
  JsonObject *listen = given == NULL ? empty : given;
  gint64 port = DEFAULT_PORT;

  gsize mark = way_reader_enter (reader, "listen");
  way_reader_get_boolean (reader, listen, "require_token", &snapshot->require_token);
  read_address (reader, listen, snapshot);
  way_reader_get_int (reader, listen, "port", 0, G_MAXUINT16, &port);
  snapshot->listen_port = (guint)port;
  snapshot->allowed_hosts = dup_strings_or_none (reader, listen, "allowed_hosts");
  check_hosts (reader, snapshot->allowed_hosts);
  snapshot->allowed_origins = dup_strings_or_none (reader, listen, "allowed_origins");
  check_origins (reader, snapshot->allowed_origins);
  way_reader_check_members (reader, listen, listen_members, advice);
  way_reader_leave (reader, mark);
}

static void
read_cloud (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonObject *cloud = way_reader_get_object (reader, root, "cloud");
  if (cloud == NULL)
    return;
  gsize mark = way_reader_enter (reader, "cloud");
  way_reader_get_boolean (reader, cloud, "enabled", &snapshot->cloud_enabled);
  way_reader_check_members (reader, cloud, cloud_members, advice);
  way_reader_leave (reader, mark);
}

static void
read_mebibytes (WayReader *reader, JsonObject *object, gint64 *ret_bytes)
{
  gint64 mebibytes = 0;
  if (way_reader_get_int (reader, object, "max_mib", 1, MEBIBYTES_MAX, &mebibytes))
    *ret_bytes = mebibytes * BYTES_PER_MEBIBYTE;
}

static void
read_cache (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonObject *cache = way_reader_get_object (reader, root, "cache");
  if (cache == NULL)
    return;
  gsize mark = way_reader_enter (reader, "cache");
  way_reader_get_boolean (reader, cache, "enabled", &snapshot->cache.enabled);
  way_reader_get_int (reader, cache, "ttl_s", 1, SECONDS_MAX, &snapshot->cache.ttl_s);
  read_mebibytes (reader, cache, &snapshot->cache.max_bytes);
  way_reader_check_members (reader, cache, cache_members, advice);
  way_reader_leave (reader, mark);
}

static void
read_capture (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  static const char *const which[] = { "off", "errors", "all", NULL };
  JsonObject *capture = way_reader_get_object (reader, root, "capture");
  if (capture == NULL)
    return;
  guint bodies = WAY_CAPTURE_OFF;
  gsize mark = way_reader_enter (reader, "capture");
  way_reader_get_choice (reader, capture, "bodies", which, &bodies);
  snapshot->capture.bodies = (WayCapture)bodies;
  way_reader_get_int (reader, capture, "keep_days", 1, DAYS_MAX, &snapshot->capture.keep_days);
  read_mebibytes (reader, capture, &snapshot->capture.max_bytes);
  way_reader_get_boolean (reader, capture, "mask", &snapshot->capture.mask);
  way_reader_check_members (reader, capture, capture_members, advice);
  way_reader_leave (reader, mark);
}

static void
read_retention (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonObject *retention = way_reader_get_object (reader, root, "retention");
  if (retention == NULL)
    return;
  gsize mark = way_reader_enter (reader, "retention");
  way_reader_get_int (reader, retention, "request_days", 1, DAYS_MAX, &snapshot->retention_days);
  way_reader_check_members (reader, retention, retention_members, advice);
  way_reader_leave (reader, mark);
}

static void
read_root (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  read_version (reader, root);
  read_listen (reader, root, snapshot);
  read_cloud (reader, root, snapshot);
  /* Providers first: routes refer to them. */
  way_snapshot_read_providers (reader, root, snapshot);
  way_snapshot_read_routes (reader, root, snapshot);
  way_snapshot_read_apps (reader, root, snapshot);
  way_snapshot_read_models (reader, root, snapshot);
  way_snapshot_read_tags (reader, root, snapshot);
  way_snapshot_read_budget (reader, root, &snapshot->budget);
  way_snapshot_read_retry (reader, root, snapshot);
  read_cache (reader, root, snapshot);
  read_capture (reader, root, snapshot);
  read_retention (reader, root, snapshot);
  way_reader_check_members (reader, root, root_members, advice);
}

/* Reads a whole tree; adds every fault and warning to the lists. NULL if there was a fault. */
WaySnapshot *
way_snapshot_read (JsonNode *root, GPtrArray *faults, GPtrArray *warnings)
{
  guint faults_before = faults->len;
  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_empty ();
  snapshot->listen_address = g_strdup (DEFAULT_ADDRESS);
  snapshot->cloud_enabled = TRUE;
  snapshot->retention_days = DEFAULT_RETENTION_DAYS;
  snapshot->cache = DEFAULT_CACHE;
  snapshot->capture = DEFAULT_CAPTURE;

  WayReader reader;
  way_reader_init (&reader, faults, warnings);
  if (JSON_NODE_HOLDS_OBJECT (root))
    read_root (&reader, json_node_get_object (root), snapshot);
  else
    way_reader_fault (&reader, NULL, "must be an object");
  way_reader_clear (&reader);

  return faults->len > faults_before ? NULL : g_steal_pointer (&snapshot);
}
