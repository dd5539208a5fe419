/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Administration over the control socket, for this user's own processes only. Below /wayfare/v1,
 * JSON both ways; the gateway itself answers /status, /requests, /spend, /events and /route.
 *
 *   GET    /apps                  {"apps": [{"id", "models", "locality", "admin", "last_seen",
 *                                  "requests_today", "cost_today_nano_usd", "unknown_cost_today"}]}
 *   POST   /apps                  {"name", "locality"?: "any"|"local", "models"?: [..], "admin"?,
 *                                  "budget"?: as in the config} → 201 {"token", "note"?}
 *   DELETE /apps/NAME             → {}
 *   POST   /apps/NAME/token       a new token → {"token", "note"?}
 *   GET    /keys                  {"keys": [{"provider", "name", "source", "present", "locked",
 *                                  "hint", "problem"}]}
 *   DELETE /keys/PROVIDER         → {}
 *   POST   /keys/PROVIDER/test    asks the provider for its models → 202 {}
 *   POST   /providers/ID/probe    likewise
 *   POST   /reload                reads config and keys again → {"problem": null or words}
 *   POST   /cloud                 {"enabled": true|false} → {"enabled"}
 *   GET    /catalog               {"origin", "as_of", "models", "remark", "data_dir",
 *                                  "cloud_enabled"}
 *   POST   /catalog               reads it again → as GET
 *
 * There is no verb that takes a provider's key. It would lie in the request's buffer, in the JSON
 * parser's copies and in json-glib's strings, none of which can be wiped. The command line puts
 * keys into the keyring by itself, where they only ever are in locked memory, and calls /reload.
 *
 * Main thread. */

#include "way-control.h"

#include "way-clock.h"
#include "way-day.h"
#include "way-json.h"
#include "way-service-private.h"

/* The one variable segment of a path and the body, for the duration of the call. */
typedef struct
{
  WayService *service;
  WayControlCall *call;
  const char *name; /* "" when the path has none */
  JsonObject *body; /* nullable */
} Request;

static void
reply_object (WayControlCall *call, guint status, JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  way_control_call_reply (call, status, node);
}

static void
reply_empty (WayControlCall *call, guint status)
{
  reply_object (call, status, json_object_new ());
}

/* Apps */

static void
set_nullable_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static JsonArray *
dup_strings (char **strings)
{
  JsonArray *array = json_array_new ();

  for (char **string = strings; *string != NULL; string++)
    json_array_add_string_element (array, *string);
  return array;
}

static JsonObject *
describe_app (const WayApp *app)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", app->id);
  json_object_set_array_member (object, "models", dup_strings (app->models));
  json_object_set_string_member (object, "locality", app->local_only ? "local" : "any");
  json_object_set_boolean_member (object, "admin", app->admin);
  json_object_set_null_member (object, "last_seen");
  json_object_set_int_member (object, "requests_today", 0);
  json_object_set_int_member (object, "cost_today_nano_usd", 0);
  json_object_set_int_member (object, "unknown_cost_today", 0);
  return object;
}

/* A list of apps that waits for what the ledger says of each. */
typedef struct
{
  WayControlCall *call;
  JsonObject *answer; /* owned */
  GHashTable *apps;   /* id → JsonObject, borrowed from the answer */
  guint n_pending;
} AppList;

static void
app_list_done_one (AppList *list)
{
  if (--list->n_pending > 0)
    return;
  reply_object (list->call, 200, g_steal_pointer (&list->answer));
  g_hash_table_unref (list->apps);
  g_free (list);
}

static void
on_apps_spent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppList *list = user_data;
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, NULL);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const WaySpendRow *row = g_ptr_array_index (rows, i);
      JsonObject *app = row->key != NULL ? g_hash_table_lookup (list->apps, row->key) : NULL;

      if (app == NULL)
        continue;
      json_object_set_int_member (app, "requests_today", row->requests);
      json_object_set_int_member (app, "cost_today_nano_usd", row->cost_nano_usd);
      json_object_set_int_member (app, "unknown_cost_today", row->unknown_cost_requests);
    }
  app_list_done_one (list);
}

static void
on_app_last_seen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppList *list = user_data;
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, NULL);

  if (records != NULL && records->len > 0)
    {
      const WayRecord *record = g_ptr_array_index (records, 0);
      g_autofree char *time = way_clock_format_iso8601 (record->started_at_us);
      JsonObject *app = g_hash_table_lookup (list->apps, record->app);

      if (app != NULL)
        json_object_set_string_member (app, "last_seen", time);
    }
  app_list_done_one (list);
}

static void
list_apps (Request *request)
{
  WayLedger *ledger = request->service->ledger;
  const WaySnapshot *snapshot = way_config_get_snapshot (request->service->config);
  AppList *list = g_new0 (AppList, 1);
  JsonArray *apps = json_array_new ();
  gint64 day_start_us = 0;
  gint64 day_end_us = 0;

  list->call = request->call;
  list->answer = json_object_new ();
  list->apps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  list->n_pending = snapshot->apps->len + 1;
  json_object_set_array_member (list->answer, "apps", apps);

  way_day_get_bounds (way_clock_get_wall_us (), &day_start_us, &day_end_us);
  way_ledger_spend_async (ledger, WAY_SPEND_BY_APP, day_start_us, NULL, on_apps_spent, list);
  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      const WayLedgerFilter last = { .app = app->id, .limit = 1 };
      JsonObject *object = describe_app (app);

      json_array_add_object_element (apps, object);
      g_hash_table_insert (list->apps, g_strdup (app->id), object);
      way_ledger_query_async (ledger, &last, NULL, on_app_last_seen, list);
    }
}

static void
reply_token (WayControlCall *call, WayService *service, GAsyncResult *result, guint status)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *note = NULL;
  g_autofree char *token = way_service_put_app_finish (service, result, &note, &error);
  JsonObject *answer = NULL;

  if (token == NULL)
    {
      way_control_call_fail (call, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "token", token);
  if (note != NULL)
    json_object_set_string_member (answer, "note", note);
  reply_object (call, status, answer);
}

static void
on_app_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  reply_token (user_data, WAY_SERVICE (source), result, 201);
}

static void
on_token_rotated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  reply_token (user_data, WAY_SERVICE (source), result, 200);
}

static void
add_app (Request *request)
{
  g_autoptr (JsonObject) app = json_object_new ();
  g_autoptr (GError) error = NULL;
  const char *name = request->body != NULL ? way_json_get_string (request->body, "name") : NULL;
  const char *const copied[] = { "locality", "models", "admin", "budget" };

  if (name == NULL)
    {
      error = g_error_new_literal (WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                                   "\"name\" is missing: what shall the app be called?");
      way_control_call_fail (request->call, error);
      return;
    }
  json_object_set_string_member (app, "id", name);
  json_object_set_array_member (app, "models", json_array_new ());
  json_array_add_string_element (json_object_get_array_member (app, "models"), "*");
  /* As they are: the config's strict reader judges them. */
  for (gsize i = 0; i < G_N_ELEMENTS (copied); i++)
    {
      JsonNode *value = json_object_get_member (request->body, copied[i]);

      if (value != NULL)
        json_object_set_member (app, copied[i], json_node_copy (value));
    }
  way_service_put_app_async (request->service, app, FALSE, NULL, on_app_added, request->call);
}

static void
rotate_token (Request *request)
{
  way_service_rotate_token_async (request->service, request->name, NULL, on_token_rotated,
                                  request->call);
}

static void
on_app_revoked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (way_service_revoke_app_finish (WAY_SERVICE (source), result, &error))
    reply_empty (user_data, 200);
  else
    way_control_call_fail (user_data, error);
}

static void
revoke_app (Request *request)
{
  way_service_revoke_app_async (request->service, request->name, NULL, on_app_revoked,
                                request->call);
}

/* Keys and providers */

static JsonObject *
describe_key (GObject *item)
{
  static const char *const strings[][2] = {
    { "provider", "provider-id" }, { "name", "key-name" },
    { "source", "source" },        { "hint", "hint" },
    { "problem", "problem" },
  };
  static const char *const booleans[] = { "present", "locked" };
  JsonObject *object = json_object_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autofree char *value = NULL;

      g_object_get (item, strings[i][1], &value, NULL);
      set_nullable_string (object, strings[i][0], value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    {
      gboolean value = FALSE;

      g_object_get (item, booleans[i], &value, NULL);
      json_object_set_boolean_member (object, booleans[i], value);
    }
  return object;
}

static void
list_keys (Request *request)
{
  GListModel *keys = way_service_get_keys (request->service);
  JsonObject *answer = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (keys); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (keys, i);

      json_array_add_object_element (array, describe_key (item));
    }
  json_object_set_array_member (answer, "keys", array);
  reply_object (request->call, 200, answer);
}

static void
on_key_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (way_service_delete_key_finish (WAY_SERVICE (source), result, &error))
    reply_empty (user_data, 200);
  else
    way_control_call_fail (user_data, error);
}

static void
delete_key (Request *request)
{
  way_service_delete_key_async (request->service, request->name, NULL, on_key_deleted,
                                request->call);
}

static void
probe_provider (Request *request)
{
  g_autoptr (GError) error = NULL;

  if (way_service_test_provider (request->service, request->name, &error))
    reply_empty (request->call, 202);
  else
    way_control_call_fail (request->call, error);
}

/* The whole */

static void
reload (Request *request)
{
  g_autofree char *problem = NULL;
  JsonObject *answer = json_object_new ();

  way_service_reload (request->service);
  g_object_get (request->service, "problem", &problem, NULL);
  set_nullable_string (answer, "problem", problem);
  reply_object (request->call, 200, answer);
}

static void
switch_cloud (Request *request)
{
  JsonNode *enabled =
    request->body != NULL ? json_object_get_member (request->body, "enabled") : NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *answer = NULL;

  if (enabled == NULL || json_node_get_value_type (enabled) != G_TYPE_BOOLEAN)
    error = g_error_new_literal (WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                                 "\"enabled\" is missing, or neither true nor false");
  else
    way_config_set_cloud_enabled (request->service->config, json_node_get_boolean (enabled),
                                  &error);
  if (error != NULL)
    {
      way_control_call_fail (request->call, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_boolean_member (answer, "enabled",
                                  !way_service_get_local_only (request->service));
  reply_object (request->call, 200, answer);
}

static void
describe_catalog (Request *request)
{
  WayService *service = request->service;
  const WayCatalogFile *file = service->catalog;
  JsonObject *answer = json_object_new ();

  set_nullable_string (answer, "origin", way_catalog_origin_get_name (file->origin));
  json_object_set_int_member (answer, "as_of", way_catalog_get_as_of (file->catalog));
  json_object_set_int_member (answer, "models", way_catalog_get_n_models (file->catalog));
  set_nullable_string (answer, "remark", file->remark);
  json_object_set_string_member (answer, "data_dir", service->data_dir);
  json_object_set_boolean_member (answer, "cloud_enabled", !way_service_get_local_only (service));
  reply_object (request->call, 200, answer);
}

static void
load_catalog (Request *request)
{
  way_service_load_catalog (request->service);
  describe_catalog (request);
}

/* The table. "*" is one segment, given as the name. */
static const struct
{
  const char *method;
  const char *pattern;
  void (*func) (Request *request);
} verbs[] = {
  { "GET", "/apps", list_apps },
  { "POST", "/apps", add_app },
  { "DELETE", "/apps/*", revoke_app },
  { "POST", "/apps/*/token", rotate_token },
  { "GET", "/keys", list_keys },
  { "DELETE", "/keys/*", delete_key },
  { "POST", "/keys/*/test", probe_provider },
  { "POST", "/providers/*/probe", probe_provider },
  { "POST", "/reload", reload },
  { "POST", "/cloud", switch_cloud },
  { "GET", "/catalog", describe_catalog },
  { "POST", "/catalog", load_catalog },
};

/* Whether @path fits; *@ret_name is what stands for the "*". */
static gboolean
match (const char *pattern, const char *path, char **ret_name)
{
  g_auto (GStrv) wanted = g_strsplit (pattern, "/", -1);
  g_auto (GStrv) given = g_strsplit (path, "/", -1);
  g_autofree char *name = g_strdup ("");

  if (g_strv_length (wanted) != g_strv_length (given))
    return FALSE;
  for (gsize i = 0; wanted[i] != NULL; i++)
    {
      if (g_str_equal (wanted[i], "*"))
        {
          g_free (name);
          name = g_uri_unescape_string (given[i], NULL);
        }
      else if (!g_str_equal (wanted[i], given[i]))
        {
          return FALSE;
        }
    }
  if (name == NULL)
    return FALSE;
  *ret_name = g_steal_pointer (&name);
  return TRUE;
}

/**
 * way_control_handle:
 * @call: (transfer full): to be answered
 * @method: of the request
 * @path: below /wayfare/v1
 * @body: (nullable): its JSON object
 * @user_data: the #WayService
 *
 * A #WayControlFunc: finds the verb in the table and has it answer, now or later. Main thread.
 */
void
way_control_handle (
  WayControlCall *call, const char *method, const char *path, JsonObject *body, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean path_exists = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autofree char *name = NULL;
      Request request = { .service = user_data, .call = call, .body = body };

      if (!match (verbs[i].pattern, path, &name))
        continue;
      path_exists = TRUE;
      if (!g_str_equal (verbs[i].method, method))
        continue;
      request.name = name;
      verbs[i].func (&request);
      return;
    }
  error = g_error_new (WAY_ERROR, path_exists ? WAY_ERROR_METHOD_NOT_ALLOWED : WAY_ERROR_NOT_FOUND,
                       "there is no %s %s in the administration API", method, path);
  way_control_call_fail (call, error);
}
