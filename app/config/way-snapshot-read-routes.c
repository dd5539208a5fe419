/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader's part for `routes` and `apps`. Any thread. */

#include "way-limits.h"
#include "way-snapshot-private.h"

#include <string.h>

#define CONTEXT_TOKENS_MAX (100 * 1000 * 1000)
#define DEADLINE_MAX_MS (7 * 24 * 3600 * 1000)
#define WEIGHT_MAX (1000 * 1000)
#define TOKEN_HASH_CHARACTERS 64 /* SHA-256 in hexadecimal */

const char *const way_route_members[] = { "model",       "strategy",   "targets",  "substitution",
                                          "deadline_ms", "local_only", "locality", NULL };
const char *const way_app_members[] = { "id",     "token_sha256", "models", "locality", "admin",
                                        "budget", "limits",       "cache",  NULL };

static const char *const target_members[] = { "provider", "model", "context_tokens",
                                              "weight",   "when",  NULL };
static const char *const deadline_members[] = { "connect", "first_token", "idle", "total", NULL };

static const char route_advice[] = "keys belong to providers, and live in the keyring";
static const char app_advice[] = "tokens live in the keyring; the file has only \"token_sha256\"";

/* A name people read and type: at most WAY_LIMIT_NAME_BYTES of printable UTF-8. */
gboolean
way_reader_check_name (WayReader *reader, const char *member, const char *name)
{
  if (strlen (name) > WAY_LIMIT_NAME_BYTES)
    {
      way_reader_fault (reader, member, "is longer than %d bytes", WAY_LIMIT_NAME_BYTES);
      return FALSE;
    }
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      {
        way_reader_fault (reader, member, "must not have control characters in it");
        return FALSE;
      }
  return TRUE;
}

gboolean
way_reader_check_pattern (WayReader *reader, const char *member, const char *pattern)
{
  if (!way_reader_check_name (reader, member, pattern))
    return FALSE;
  const char *star = strchr (pattern, '*');
  if (star == NULL || strchr (star + 1, '*') == NULL)
    return TRUE;
  way_reader_fault (reader, member, "may have only one \"*\"");
  return FALSE;
}

static char **
list_provider_ids (const WaySnapshot *snapshot)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      g_strv_builder_add (builder, provider->id);
    }
  return g_strv_builder_end (builder);
}

static const WayProvider *
resolve_provider (WayReader *reader, const char *id, const WaySnapshot *snapshot)
{
  const WayProvider *provider = way_snapshot_find_provider (snapshot, id);
  if (provider != NULL)
    return provider;

  g_auto (GStrv) known = list_provider_ids (snapshot);
  g_autofree char *clipped = way_text_clip (id);
  g_autofree char *suggestion = way_text_suggest (id, (const char *const *)known);
  way_reader_fault (reader, "provider", "no provider has the id \"%s\"%s", clipped,
                    suggestion == NULL ? "" : suggestion);
  return NULL;
}

static void
read_target (WayReader *reader, JsonObject *object, WayRoute *route, const WaySnapshot *snapshot)
{
  WayTarget *target = g_new0 (WayTarget, 1);
  g_ptr_array_add (route->targets, target);

  const char *id = way_reader_get_string (reader, object, "provider", WAY_READER_REQUIRED);
  const char *model = way_reader_get_string (reader, object, "model", WAY_READER_REQUIRED);
  if (id != NULL)
    target->provider = resolve_provider (reader, id, snapshot);
  if (model != NULL && way_reader_check_name (reader, "model", model) && strlen (model) > 1 &&
      strchr (model, '*') != NULL)
    way_reader_fault (reader, "model", "must be a model name, or \"*\" to keep the requested one");
  target->provider_id = g_strdup (id);
  target->model = g_strdup (model);
  way_reader_get_int (reader, object, "context_tokens", 1, CONTEXT_TOKENS_MAX,
                      &target->context_tokens);
  gint64 weight = 1;
  way_reader_get_int (reader, object, "weight", 1, WEIGHT_MAX, &weight);
  target->weight = (guint)weight;
  target->when = way_snapshot_read_conditions (reader, object);
  way_reader_check_members (reader, object, target_members, route_advice);
}

static void
read_targets (WayReader *reader, JsonObject *object, WayRoute *route, const WaySnapshot *snapshot)
{
  if (!json_object_has_member (object, "targets"))
    {
      way_reader_fault (reader, "targets", "is required");
      return;
    }
  JsonArray *array = way_reader_get_array (reader, object, "targets");
  if (array == NULL)
    return;
  if (json_array_get_length (array) == 0)
    way_reader_fault (reader, "targets", "must name at least one target");

  gsize mark = way_reader_enter (reader, "targets");
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      JsonObject *target = way_reader_get_element (reader, array, i);
      if (target != NULL)
        read_target (reader, target, route, snapshot);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
}

static void
read_deadlines (WayReader *reader, JsonObject *object, WayDeadlines *deadlines)
{
  JsonObject *given = way_reader_get_object (reader, object, "deadline_ms");
  if (given == NULL)
    return;
  gsize mark = way_reader_enter (reader, "deadline_ms");
  way_reader_get_int (reader, given, "connect", 1, DEADLINE_MAX_MS, &deadlines->connect_ms);
  way_reader_get_int (reader, given, "first_token", 1, DEADLINE_MAX_MS, &deadlines->first_token_ms);
  way_reader_get_int (reader, given, "idle", 1, DEADLINE_MAX_MS, &deadlines->idle_ms);
  way_reader_get_int (reader, given, "total", 1, DEADLINE_MAX_MS, &deadlines->total_ms);
  way_reader_check_members (reader, given, deadline_members, route_advice);
  way_reader_leave (reader, mark);
}

/* "locality": "local" says the same as "local_only": true; either is enough. */
static gboolean
read_local_only (WayReader *reader, JsonObject *object)
{
  static const char *const reaches[] = { "any", "local", NULL };
  guint reach = 0;
  way_reader_get_choice (reader, object, "locality", reaches, &reach);
  return reach == 1;
}

static void
read_policy (WayReader *reader, JsonObject *object, WayRoute *route)
{
  static const char *const substitutions[] = { "never", "declared", "any", NULL };
  guint substitution = WAY_SUBSTITUTION_DECLARED;
  way_reader_get_choice (reader, object, "substitution", substitutions, &substitution);
  route->substitution = (WaySubstitution)substitution;

  guint strategy = WAY_STRATEGY_ORDERED;
  way_reader_get_choice (reader, object, "strategy", way_strategy_names, &strategy);
  route->strategy = (WayStrategy)strategy;

  route->deadlines = WAY_DEADLINES_DEFAULT;
  read_deadlines (reader, object, &route->deadlines);
  gboolean local_only = FALSE;
  way_reader_get_boolean (reader, object, "local_only", &local_only);
  route->local_only = read_local_only (reader, object) || local_only;
}

static void
check_route_name (WayReader *reader, const char *name, const WaySnapshot *snapshot)
{
  if (!way_reader_check_pattern (reader, "model", name))
    return;
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const WayRoute *known = g_ptr_array_index (snapshot->routes, i);
      if (g_str_equal (known->pattern, name))
        way_reader_fault (reader, "model", "another route has this model already");
    }
  const char *model;
  const WayProvider *provider = way_snapshot_find_addressed (snapshot, name, &model);
  if (provider != NULL)
    way_reader_warn (reader, "model",
                     "is never used: a name that begins with \"%s/\" addresses that provider "
                     "directly",
                     provider->id);
}

static void
read_route (WayReader *reader, JsonObject *object, WaySnapshot *snapshot)
{
  WayRoute *route = g_new0 (WayRoute, 1);
  route->targets = g_ptr_array_new_with_free_func (way_target_free);

  const char *pattern = way_reader_get_string (reader, object, "model", WAY_READER_REQUIRED);
  if (pattern != NULL)
    check_route_name (reader, pattern, snapshot);
  route->pattern = g_strdup (pattern == NULL ? "" : pattern);
  read_targets (reader, object, route, snapshot);
  read_policy (reader, object, route);
  way_reader_check_members (reader, object, way_route_members, route_advice);
  g_ptr_array_add (snapshot->routes, route);
}

void
way_snapshot_read_routes (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonArray *array = way_reader_get_array (reader, root, "routes");
  guint length = array == NULL ? 0 : json_array_get_length (array);
  gsize mark = way_reader_enter (reader, "routes");
  for (guint i = 0; i < length; i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      JsonObject *object = way_reader_get_element (reader, array, i);
      if (object != NULL)
        read_route (reader, object, snapshot);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
}

static void
read_token_hash (WayReader *reader, JsonObject *object, WayApp *app, const WaySnapshot *snapshot)
{
  const char *hash = way_reader_get_string (reader, object, "token_sha256", WAY_READER_REQUIRED);
  if (hash == NULL)
    return;
  /* Not quoted: somebody may have put the token itself here. */
  if (strlen (hash) != TOKEN_HASH_CHARACTERS ||
      strspn (hash, "0123456789abcdefABCDEF") != TOKEN_HASH_CHARACTERS)
    {
      way_reader_fault (reader, "token_sha256",
                        "must be the SHA-256 of the token in %d hexadecimal digits; \"wayfare app "
                        "add NAME\" writes it",
                        TOKEN_HASH_CHARACTERS);
      return;
    }

  app->token_sha256 = g_ascii_strdown (hash, -1);
  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *known = g_ptr_array_index (snapshot->apps, i);
      if (g_strcmp0 (known->token_sha256, app->token_sha256) == 0)
        way_reader_fault (reader, "token_sha256", "the app \"%s\" has the same token", known->id);
    }
}

static void
read_app_models (WayReader *reader, JsonObject *object, WayApp *app)
{
  static const char *const all[] = { "*", NULL };
  app->models = way_reader_dup_strings (reader, object, "models", NULL);
  if (app->models == NULL)
    {
      app->models = g_strdupv ((char **)all);
      return;
    }
  for (guint i = 0; app->models[i] != NULL; i++)
    way_reader_check_pattern (reader, "models", app->models[i]);
}

static void
read_app (WayReader *reader, JsonObject *object, WaySnapshot *snapshot)
{
  WayApp *app = g_new0 (WayApp, 1);
  const char *id = way_reader_get_string (reader, object, "id", WAY_READER_REQUIRED);
  if (id != NULL && way_reader_check_name (reader, "id", id))
    {
      if (strchr (id, '/') != NULL)
        way_reader_fault (reader, "id", "must not have \"/\" in it");
      if (way_snapshot_find_app (snapshot, id) != NULL)
        way_reader_fault (reader, "id", "another app has the id \"%s\" already", id);
    }
  app->id = g_strdup (id == NULL ? "" : id);
  read_token_hash (reader, object, app, snapshot);
  read_app_models (reader, object, app);
  app->local_only = read_local_only (reader, object);
  way_reader_get_boolean (reader, object, "admin", &app->admin);
  static const char *const cachings[] = { "deterministic", "all", "off", NULL };
  guint caching = WAY_CACHING_DETERMINISTIC;
  way_reader_get_choice (reader, object, "cache", cachings, &caching);
  app->caching = (WayCaching)caching;
  way_snapshot_read_budget (reader, object, &app->budget);
  way_snapshot_read_limits (reader, object, &app->limits);
  way_reader_check_members (reader, object, way_app_members, app_advice);
  g_ptr_array_add (snapshot->apps, app);
}

void
way_snapshot_read_apps (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  JsonArray *array = way_reader_get_array (reader, root, "apps");
  guint length = array == NULL ? 0 : json_array_get_length (array);
  gsize mark = way_reader_enter (reader, "apps");
  for (guint i = 0; i < length; i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      JsonObject *object = way_reader_get_element (reader, array, i);
      if (object != NULL)
        read_app (reader, object, snapshot);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
}
