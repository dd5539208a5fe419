/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader's part for `providers`. Any thread. */

#include "way-keyring.h"
#include "way-limits.h"
#include "way-provider-table.h"
#include "way-snapshot-private.h"

#include <gio/gio.h>
#include <string.h>

#define PRICE_FACTOR_MAX 1000

const char *const way_provider_members[] = {
  "id",     "kind",         "base_url",    "locality",    "enabled", "key", "dialects",
  "limits", "price_factor", "data_policy", "api_version", "budget",  NULL
};

static const char *const key_members[] = { "keyring", "env", "credential", NULL };
static const char *const locality_names[] = { "local", "lan", "cloud", NULL };
static const WayLocality localities[] = { WAY_LOCALITY_LOCAL, WAY_LOCALITY_LAN,
                                          WAY_LOCALITY_CLOUD };

static const char key_advice[] = "keys live in the keyring: run \"wayfare key set PROVIDER\" and "
                                 "write \"key\": {\"keyring\": \"PROVIDER\"}";

/* Ids are spoken in "provider/model" and in response headers, so they stay plain. */
static gboolean
check_provider_id (WayReader *reader, const char *id)
{
  if (strlen (id) > WAY_LIMIT_NAME_BYTES)
    {
      way_reader_fault (reader, "id", "is longer than %d bytes", WAY_LIMIT_NAME_BYTES);
      return FALSE;
    }
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      {
        way_reader_fault (reader, "id", "may have only letters, digits, \".\", \"_\" and \"-\"");
        return FALSE;
      }
  return TRUE;
}

/* Why @url cannot be a base_url, or NULL. */
static const char *
find_url_fault (const char *url, GUri *uri)
{
  const char *scheme = uri == NULL ? NULL : g_uri_get_scheme (uri);
  if (scheme == NULL || !(g_str_equal (scheme, "http") || g_str_equal (scheme, "https")))
    return "must be an http:// or https:// URL";
  if (g_uri_get_userinfo (uri) != NULL)
    return "must not have a user name or password in it";
  if (g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return "must name a host";
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return "must end with the path, without \"?\" or \"#\"";
  for (const char *c = url; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c))
      return "must not have white space in it";
  return NULL;
}

static char *
read_base_url (WayReader *reader, JsonObject *object)
{
  const char *url = way_reader_get_string (reader, object, "base_url", WAY_READER_REQUIRED);
  if (url == NULL)
    return NULL;

  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *fault = find_url_fault (url, uri);
  if (fault != NULL)
    {
      /* The URL itself is not quoted: it may hold a password. */
      gboolean has_user = uri != NULL && g_uri_get_userinfo (uri) != NULL;
      way_reader_fault (reader, "base_url", "%s%s%s", fault, has_user ? "; " : "",
                        has_user ? key_advice : "");
      return NULL;
    }

  gsize length = strlen (url);
  while (length > 0 && url[length - 1] == '/')
    length--;
  return g_strndup (url, length);
}

static gboolean
is_key_name (WayKeySource source, const char *name)
{
  switch (source)
    {
    case WAY_KEY_SOURCE_ENV:
      return way_credential_is_variable (name);
    case WAY_KEY_SOURCE_CREDENTIAL:
      return way_credential_is_file_name (name);
    case WAY_KEY_SOURCE_KEYRING:
      return strlen (name) <= WAY_LIMIT_NAME_BYTES;
    case WAY_KEY_SOURCE_NONE:
      break;
    }
  return FALSE;
}

static const char *
describe_key_name (WayKeySource source)
{
  switch (source)
    {
    case WAY_KEY_SOURCE_ENV:
      return "must be the name of an environment variable";
    case WAY_KEY_SOURCE_CREDENTIAL:
      return "must be the name of a credential: a plain file name without \"/\"";
    case WAY_KEY_SOURCE_KEYRING:
    case WAY_KEY_SOURCE_NONE:
      break;
    }
  return "is too long for a name";
}

static void
read_key_source (WayReader *reader, JsonObject *key, WayProvider *provider)
{
  static const WayKeySource sources[] = { WAY_KEY_SOURCE_KEYRING, WAY_KEY_SOURCE_ENV,
                                          WAY_KEY_SOURCE_CREDENTIAL };
  guint named = 0;

  for (guint i = 0; key_members[i] != NULL; i++)
    {
      if (!json_object_has_member (key, key_members[i]))
        continue;
      named++;
      const char *name = way_reader_get_string (reader, key, key_members[i], WAY_READER_OPTIONAL);
      if (name == NULL)
        continue;
      if (!is_key_name (sources[i], name))
        way_reader_fault (reader, key_members[i], "%s", describe_key_name (sources[i]));
      g_free (provider->key_name);
      provider->key_name = g_strdup (name);
      provider->key_source = sources[i];
    }
  if (named != 1)
    way_reader_fault (reader, NULL,
                      "must have exactly one of \"keyring\", \"env\", \"credential\"");
  way_reader_check_members (reader, key, key_members, key_advice);
}

static void
read_key (WayReader *reader, JsonObject *object, WayProvider *provider)
{
  JsonNode *node = json_object_get_member (object, "key");
  if (node == NULL)
    return;
  if (JSON_NODE_HOLDS_VALUE (node))
    {
      way_reader_fault (reader, "key", "no secret is kept in this file; %s", key_advice);
      return;
    }
  JsonObject *key = way_reader_get_object (reader, object, "key");
  if (key == NULL)
    return;
  gsize mark = way_reader_enter (reader, "key");
  read_key_source (reader, key, provider);
  way_reader_leave (reader, mark);
}

static void
read_locality (WayReader *reader, JsonObject *object, WayProvider *provider)
{
  if (provider->base_url == NULL)
    return;
  WayLocality by_looks = way_locality_of_url (provider->base_url);
  guint declared = 0;
  provider->locality = by_looks;
  if (!way_reader_get_choice (reader, object, "locality", locality_names, &declared))
    return;

  provider->locality = localities[declared];
  if (provider->locality == WAY_LOCALITY_LOCAL && by_looks != WAY_LOCALITY_LOCAL)
    way_reader_warn (reader, "locality",
                     "\"local\" is declared, but base_url does not look like this machine; a "
                     "connection that leaves it will be refused");
}

static void
read_dialects (WayReader *reader, JsonObject *object, WayProvider *provider)
{
  g_auto (GStrv) known = way_kind_dup_dialects (provider->kind);

  provider->dialects =
    way_reader_dup_strings (reader, object, "dialects", (const char *const *)known);
}

static void
read_terms (WayReader *reader, JsonObject *object, WayProvider *provider)
{
  way_reader_get_boolean (reader, object, "enabled", &provider->enabled);
  way_snapshot_read_limits (reader, object, &provider->limits);
  way_snapshot_read_budget (reader, object, &provider->budget);
  way_reader_get_decimal (reader, object, "price_factor", PRICE_FACTOR_MAX,
                          &provider->price_factor_ppm);
  provider->api_version =
    g_strdup (way_reader_get_string (reader, object, "api_version", WAY_READER_OPTIONAL));
  provider->data_policy =
    g_strdup (way_reader_get_string (reader, object, "data_policy", WAY_READER_OPTIONAL));
}

static void
read_address (WayReader *reader, JsonObject *object, WayProvider *provider)
{
  if (provider->kind != WAY_KIND_DEMO)
    {
      provider->base_url = read_base_url (reader, object);
      read_key (reader, object, provider);
      read_locality (reader, object, provider);
      return;
    }
  static const char *const meaningless[] = { "base_url", "key", "locality", NULL };
  for (guint i = 0; meaningless[i] != NULL; i++)
    if (json_object_has_member (object, meaningless[i]))
      way_reader_warn (reader, meaningless[i],
                       "has no meaning for kind \"demo\", which is built in");
}

/* The id if there is one that can be used, also when the rest of the provider is at fault: routes
 * that name it must not be blamed for that. */
static void
read_provider (WayReader *reader, JsonObject *object, WaySnapshot *snapshot)
{
  const char *id = way_reader_get_string (reader, object, "id", WAY_READER_REQUIRED);
  gboolean id_is_good = id != NULL && check_provider_id (reader, id);
  if (id_is_good && way_snapshot_find_provider (snapshot, id) != NULL)
    {
      way_reader_fault (reader, "id", "another provider has the id \"%s\" already", id);
      id_is_good = FALSE;
    }

  guint kind = WAY_KIND_OPENAI;
  gboolean kind_is_known = way_reader_get_choice (reader, object, "kind", way_kind_names, &kind);
  if (!json_object_has_member (object, "kind"))
    way_reader_fault (reader, "kind", "is required");

  WayProvider *provider = way_provider_new (id_is_good ? id : "", (WayKind)kind);
  if (kind_is_known)
    {
      read_address (reader, object, provider);
      read_dialects (reader, object, provider);
    }
  read_terms (reader, object, provider);
  way_reader_check_members (reader, object, way_provider_members, key_advice);
  if (id_is_good)
    g_ptr_array_add (snapshot->providers, provider);
  else
    way_provider_free (provider);
}

/* The built-in provider needs no entry in the file; one that disables it is respected. */
static void
ensure_demo (WaySnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      if (provider->kind == WAY_KIND_DEMO || g_str_equal (provider->id, WAY_DEMO_PROVIDER_ID))
        return;
    }
  g_ptr_array_add (snapshot->providers, way_provider_new (WAY_DEMO_PROVIDER_ID, WAY_KIND_DEMO));
}

void
way_snapshot_read_providers (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonArray *array = way_reader_get_array (reader, root, "providers");
  guint length = array == NULL ? 0 : json_array_get_length (array);
  gsize mark = way_reader_enter (reader, "providers");
  for (guint i = 0; i < length; i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      JsonObject *object = way_reader_get_element (reader, array, i);
      if (object != NULL)
        read_provider (reader, object, snapshot);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
  ensure_demo (snapshot);
}
