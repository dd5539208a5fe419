/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Which models there are, in the shape of each family of clients. Gateway thread. */

#include "way-endpoints.h"

#include "way-json.h"
#include "way-record-json.h"

#include <string.h>

#define NO_SUCH_MODEL "No route and no provider serves this model: GET /v1/models lists all"

#define DEMO_MODEL "demo"

/* Nobody knows when a model was made: a date that says so. */
#define NO_DATE "1970-01-01T00:00:00Z"

/* One name that a client may ask for. */
typedef struct
{
  char *id;          /* owned */
  const char *owner; /* borrowed: the provider's id, or Wayfare's own name for a route */
} Entry;

/* What one request may see. */
typedef struct
{
  WayCore *core;
  const WayRequest *request;
  GArray *entries;  /* (element-type Entry) owned */
  GHashTable *seen; /* owned: set of ids, borrowed from @entries */
} Listing;

static void
entry_clear (gpointer data)
{
  g_free (((Entry *)data)->id);
}

static void
listing_clear (Listing *listing)
{
  g_clear_pointer (&listing->seen, g_hash_table_unref);
  g_clear_pointer (&listing->entries, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

static void
add_entry (Listing *listing, const char *id, const char *owner)
{
  const WayApp *app = listing->request->app;
  Entry entry = { .owner = owner };

  if ((app && !way_app_allows_model (app, id)) || g_hash_table_contains (listing->seen, id))
    return;
  entry.id = g_strdup (id);
  g_array_append_val (listing->entries, entry);
  g_hash_table_add (listing->seen, entry.id);
}

static gboolean
is_reachable (const WayRequest *request, const WayProvider *provider)
{
  gboolean only_local =
    !request->snapshot->cloud_enabled || (request->app && request->app->local_only);

  return provider->enabled && (!only_local || provider->locality == WAY_LOCALITY_LOCAL);
}

/* A model of several providers is listed by its name, which goes to the first, and for the others
 * as "provider/model", which addresses each. */
static void
add_provider (Listing *listing, const WayProvider *provider)
{
  const WayProviderState *state = way_health_get (listing->core->health, provider->id);

  if (provider->kind == WAY_KIND_DEMO && !(state && state->models))
    add_entry (listing, DEMO_MODEL, provider->id);
  for (char **model = state ? state->models : NULL; model && *model; model++)
    if (g_hash_table_contains (listing->seen, *model))
      {
        g_autofree char *qualified = g_strdup_printf ("%s/%s", provider->id, *model);

        add_entry (listing, qualified, provider->id);
      }
    else
      add_entry (listing, *model, provider->id);
}

static void
listing_init (Listing *listing, WayCore *core, const WayRequest *request)
{
  const WaySnapshot *snapshot = request->snapshot;

  listing->core = core;
  listing->request = request;
  listing->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (listing->entries, entry_clear);
  listing->seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const WayRoute *route = snapshot->routes->pdata[i];

      if (!strchr (route->pattern, '*'))
        add_entry (listing, route->pattern, "wayfare");
    }
  for (guint i = 0; i < snapshot->providers->len; i++)
    if (is_reachable (request, snapshot->providers->pdata[i]))
      add_provider (listing, snapshot->providers->pdata[i]);
}

/* One model in each family's words */

typedef void (*EntryFunc) (GString *text, Listing *listing, const Entry *entry);

static void
append_openai (GString *text, Listing *listing, const Entry *entry)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "id", entry->id);
  way_member_string (text, "object", "model");
  way_member_int (text, "created", 0);
  way_member_string (text, "owned_by", entry->owner);
  g_string_append_c (text, '}');
}

/* Claude Code offers only models whose name says claude or anthropic; the router takes the prefix
 * off again. */
static char *
dup_anthropic_id (const char *id)
{
  gboolean is_offered = strstr (id, "claude") || strstr (id, "anthropic");

  return is_offered ? g_strdup (id) : g_strconcat (WAY_ROUTER_CLAUDE_PREFIX, id, NULL);
}

static void
append_anthropic (GString *text, Listing *listing, const Entry *entry)
{
  g_autofree char *id = dup_anthropic_id (entry->id);

  way_member_open (text, NULL, '{');
  way_member_string (text, "type", "model");
  way_member_string (text, "id", id);
  way_member_string (text, "display_name", entry->id);
  way_member_string (text, "created_at", NO_DATE);
  g_string_append_c (text, '}');
}

/* Ollama's clients tell models apart by a digest of their weights, which nobody here has: the
 * name's own is as stable. */
static void
append_ollama (GString *text, Listing *listing, const Entry *entry)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, entry->id, -1);

  way_member_open (text, NULL, '{');
  way_member_string (text, "name", entry->id);
  way_member_string (text, "model", entry->id);
  way_member_string (text, "modified_at", NO_DATE);
  way_member_int (text, "size", 0);
  way_member_string (text, "digest", digest);
  way_endpoints_append_ollama_details (text);
  g_string_append_c (text, '}');
}

static void
append_gemini (GString *text, Listing *listing, const Entry *entry)
{
  g_autofree char *name = g_strconcat ("models/", entry->id, NULL);

  way_member_open (text, NULL, '{');
  way_member_string (text, "name", name);
  way_member_string (text, "version", "");
  way_member_string (text, "displayName", entry->id);
  way_member_open (text, "supportedGenerationMethods", '[');
  g_string_append (text, "\"generateContent\",\"streamGenerateContent\",\"countTokens\"]}");
}

static void
append_entries (GString *text, Listing *listing, EntryFunc append)
{
  for (guint i = 0; i < listing->entries->len; i++)
    append (text, listing, &g_array_index (listing->entries, Entry, i));
  g_string_append_c (text, ']');
}

/* Anthropic's list is paged; this one has a single page. */
static void
append_anthropic_page (GString *text, Listing *listing)
{
  guint n = listing->entries->len;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  if (n > 0)
    {
      first = dup_anthropic_id (g_array_index (listing->entries, Entry, 0).id);
      last = dup_anthropic_id (g_array_index (listing->entries, Entry, n - 1).id);
    }
  way_member_open (text, "data", '[');
  append_entries (text, listing, append_anthropic);
  way_member_boolean (text, "has_more", FALSE);
  way_member_string (text, "first_id", first);
  way_member_string (text, "last_id", last);
}

static gboolean
is_anthropic (const WayRequest *request)
{
  return way_request_get_header (request, "anthropic-version") != NULL;
}

/* Handlers */

/**
 * way_endpoints_models:
 *
 * GET /v1/models, in Anthropic's shape for who sends "anthropic-version".
 */
void
way_endpoints_models (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_auto (Listing) listing = { 0 };
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  listing_init (&listing, way_endpoints_get_core (self), request);
  text = g_string_new ("{");
  if (is_anthropic (request))
    append_anthropic_page (text, &listing);
  else
    {
      way_member_string (text, "object", "list");
      way_member_open (text, "data", '[');
      append_entries (text, &listing, append_openai);
    }
  g_string_append_c (text, '}');
  way_reply_send_json (request, 200, text);
}

static const Entry *
find_entry (Listing *listing, const char *id)
{
  for (guint i = 0; i < listing->entries->len; i++)
    {
      const Entry *entry = &g_array_index (listing->entries, Entry, i);

      if (strcmp (entry->id, id) == 0)
        return entry;
    }
  return NULL;
}

/* Whether @provider has @model, as far as is known. */
static gboolean
may_have (WayCore *core, const WayProvider *provider, const char *model)
{
  const WayProviderState *state = way_health_get (core->health, provider->id);

  if (!state || !state->models)
    return provider->kind != WAY_KIND_DEMO || strcmp (model, DEMO_MODEL) == 0;
  return way_health_serves (core->health, provider->id, model);
}

/* "provider/model" can be asked for, whether or not it is listed under another name. */
static const Entry *
add_addressed (Listing *listing, const char *id)
{
  const char *model;
  const WayProvider *provider =
    way_snapshot_find_addressed (listing->request->snapshot, id, &model);

  if (!provider || !is_reachable (listing->request, provider) ||
      !may_have (listing->core, provider, model))
    return NULL;
  add_entry (listing, id, provider->id);
  return find_entry (listing, id);
}

static void
answer_one (WayEndpoints *self, WayRequest *request, const char *escaped_id, EntryFunc append)
{
  g_auto (Listing) listing = { 0 };
  g_autofree char *unescaped = g_uri_unescape_string (escaped_id, NULL);
  const char *id = way_router_skip_claude_prefix (unescaped ? unescaped : "");
  const Entry *entry;
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  listing_init (&listing, way_endpoints_get_core (self), request);
  entry = find_entry (&listing, id);
  if (!entry)
    entry = add_addressed (&listing, id);
  if (!entry)
    {
      way_endpoints_fail (request, WAY_ERROR_MODEL_NOT_FOUND, NO_SUCH_MODEL);
      return;
    }
  text = g_string_new (NULL);
  append (text, &listing, entry);
  way_reply_send_json (request, 200, text);
}

/**
 * way_endpoints_model:
 *
 * GET /v1/models/{id}
 */
void
way_endpoints_model (WayEndpoints *self, WayRequest *request, const char *rest)
{
  answer_one (self, request, rest, is_anthropic (request) ? append_anthropic : append_openai);
}

/**
 * way_endpoints_tags:
 *
 * GET /api/tags, Ollama's list.
 */
void
way_endpoints_tags (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_auto (Listing) listing = { 0 };
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  listing_init (&listing, way_endpoints_get_core (self), request);
  text = g_string_new ("{\"models\":[");
  append_entries (text, &listing, append_ollama);
  g_string_append_c (text, '}');
  way_reply_send_json (request, 200, text);
}

/**
 * way_endpoints_gemini_models:
 *
 * GET /v1beta/models
 */
void
way_endpoints_gemini_models (WayEndpoints *self, WayRequest *request, const char *rest)
{
  g_auto (Listing) listing = { 0 };
  GString *text;

  if (!way_endpoints_begin (request))
    return;
  listing_init (&listing, way_endpoints_get_core (self), request);
  text = g_string_new ("{\"models\":[");
  append_entries (text, &listing, append_gemini);
  g_string_append_c (text, '}');
  way_reply_send_json (request, 200, text);
}

/**
 * way_endpoints_gemini_model:
 *
 * GET /v1beta/models/{id}
 */
void
way_endpoints_gemini_model (WayEndpoints *self, WayRequest *request, const char *rest)
{
  answer_one (self, request, rest, append_gemini);
}
