/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Apps: who may call, each with a token of its own. The config keeps the token's hash, the keyring
 * the token itself, so that `wayfare token` can give it to a tool. Main thread. */

#include "way-service-private.h"

#include "way-id.h"
#include "way-json.h"
#include "way-log.h"
#include "way-token.h"

/* An app on its way into config and keyring. */
typedef struct
{
  char *id;
  char *token;
  char *note; /* nullable: why the token is not stored */
} NewApp;

static void
new_app_free (gpointer data)
{
  NewApp *app = data;

  g_free (app->id);
  g_free (app->token);
  g_free (app->note);
  g_free (app);
}

static void
on_token_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  NewApp *app = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!way_keyring_store_finish (WAY_KEYRING (source), result, &error))
    {
      app->note = g_strdup_printf (
        "the token is not stored, so it is shown this once and \"wayfare token %s\" will not find "
        "it: %s",
        app->id, error->message);
      way_log_notice ("the token of %s is not stored: %s", app->id, error->message);
    }
  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  g_task_return_pointer (task, g_strdup (app->token), g_free);
}

static gboolean
check_new_id (WayService *self, const char *id, gboolean replace, GError **error)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);
  const gboolean exists = way_snapshot_find_app (snapshot, id) != NULL;

  if (!way_token_check_app_id (id, error))
    return FALSE;
  if (exists && !replace)
    g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                 "there already is an app called \"%s\": revoke it first, or take another name",
                 id);
  return replace || !exists;
}

/* @app: an entry of the config's apps; its "token_sha256" is set here. */
void
way_service_put_app_async (WayService *self,
                           JsonObject *app,
                           gboolean replace,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) key = NULL;
  g_autofree char *hash = NULL;
  const char *id = way_json_get_string (app, "id");
  NewApp *new_app = g_new0 (NewApp, 1);

  g_task_set_source_tag (task, way_service_put_app_async);
  g_task_set_task_data (task, new_app, new_app_free);
  new_app->id = g_strdup (id != NULL ? id : "");
  new_app->token = way_id_new_token ();
  hash = way_id_hash_token (new_app->token);
  json_object_set_string_member (app, "token_sha256", hash);

  if (check_new_id (self, new_app->id, replace, &error))
    key = way_key_new (new_app->token, strlen (new_app->token), &error);
  if (key == NULL || !way_config_put_app (self->config, app, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  way_keyring_store_async (self->keyring, WAY_SECRET_APP_TOKEN, new_app->id, key, cancellable,
                           on_token_stored, g_steal_pointer (&task));
}

/* @ret_note: (out) (nullable): why the token is not stored, in words, or NULL when it is */
char *
way_service_put_app_finish (WayService *self, GAsyncResult *result, char **ret_note, GError **error)
{
  g_autofree char *token = g_task_propagate_pointer (G_TASK (result), error);
  const NewApp *app = g_task_get_task_data (G_TASK (result));

  if (token != NULL && ret_note != NULL)
    *ret_note = g_strdup (app->note);
  return g_steal_pointer (&token);
}

/**
 * way_service_check_app_name:
 * @service: a service
 * @name: what an app may come to be called
 * @error: return location for an error
 *
 * For whoever types one. Main thread.
 *
 * Returns: %FALSE with %WAY_ERROR_BAD_REQUEST for a name that cannot be or is taken
 */
gboolean
way_service_check_app_name (WayService *service, const char *name, GError **error)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return check_new_id (service, name, FALSE, error);
}

/**
 * way_service_add_app_async:
 * @service: a service that was started
 * @name: the app's id
 * @local_only: whether its requests may not leave the machine
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes an app that may use every model, with a new token, which is also put into the keyring. Main
 * thread.
 */
void
way_service_add_app_async (WayService *service,
                           const char *name,
                           gboolean local_only,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (JsonObject) app = json_object_new ();
  JsonArray *models = json_array_new ();

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (name != NULL);

  json_array_add_string_element (models, "*");
  json_object_set_string_member (app, "id", name);
  json_object_set_array_member (app, "models", models);
  json_object_set_string_member (app, "locality", local_only ? "local" : "any");
  way_service_put_app_async (service, app, FALSE, cancellable, callback, user_data);
}

/**
 * way_service_add_app_finish:
 * @service: a service
 * @result: what the callback was given
 * @ret_stored: (out) (optional): whether the keyring took the token
 * @error: return location for an error
 *
 * Fails with %WAY_ERROR_BAD_REQUEST for a name that cannot be or is taken, %WAY_ERROR_CONFIG or
 * %WAY_ERROR_IO; then there is no app. A keyring that does not take the token is no failure: the
 * token is good, but cannot be shown again. "keyring-state" says so, and the log.
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
way_service_add_app_finish (WayService *service,
                            GAsyncResult *result,
                            gboolean *ret_stored,
                            GError **error)
{
  g_autofree char *note = NULL;
  char *token = NULL;

  g_return_val_if_fail (g_task_is_valid (result, service), NULL);

  token = way_service_put_app_finish (service, result, &note, error);
  if (token != NULL && ret_stored != NULL)
    *ret_stored = note == NULL;
  return token;
}

/**
 * way_service_rotate_token_async:
 * @service: a service that was started
 * @name: of an app
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Gives an app a new token; the old one is refused from the next request on. Main thread.
 */
void
way_service_rotate_token_async (WayService *service,
                                const char *name,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (JsonObject) app = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (name != NULL);

  app = way_config_dup_app (service->config, name);
  if (app == NULL)
    {
      g_task_report_new_error (service, callback, user_data, way_service_put_app_async, WAY_ERROR,
                               WAY_ERROR_NOT_FOUND, "no app is called \"%s\"", name);
      return;
    }
  way_service_put_app_async (service, app, TRUE, cancellable, callback, user_data);
}

/**
 * way_service_rotate_token_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails as way_service_add_app_finish(), and with %WAY_ERROR_NOT_FOUND; then the old token is good.
 *
 * Returns: (transfer full) (nullable): the new token
 */
char *
way_service_rotate_token_finish (WayService *service, GAsyncResult *result, GError **error)
{
  return way_service_add_app_finish (service, result, NULL, error);
}

static void
on_token_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  /* What is left in the keyring opens nothing any more. */
  if (!way_keyring_delete_finish (WAY_KEYRING (source), result, &error) &&
      !way_error_is (error, WAY_ERROR_KEY_MISSING) &&
      !way_error_is (error, WAY_ERROR_KEYRING_MISSING))
    way_log_notice ("a revoked token is still in the keyring: %s", error->message);
  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  g_task_return_boolean (task, TRUE);
}

/**
 * way_service_revoke_app_async:
 * @service: a service that was started
 * @name: of an app
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes an app: its token is refused from the next request on, and leaves the keyring. What it
 * did stays in the ledger. Main thread.
 */
void
way_service_revoke_app_async (WayService *service,
                              const char *name,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (name != NULL);

  task = g_task_new (service, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_service_revoke_app_async);
  if (!way_config_remove_app (service->config, name, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  way_keyring_delete_async (service->keyring, WAY_SECRET_APP_TOKEN, name, cancellable,
                            on_token_deleted, g_steal_pointer (&task));
}

/**
 * way_service_revoke_app_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails with %WAY_ERROR_NOT_FOUND, %WAY_ERROR_CONFIG or %WAY_ERROR_IO; then the app is as it was.
 *
 * Returns: whether the app is gone
 */
gboolean
way_service_revoke_app_finish (WayService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_token_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  WayService *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (WayKey) token = way_keyring_lookup_finish (WAY_KEYRING (source), result, &error);

  way_service_set_keyring_state (self, way_keyring_get_state (self->keyring));
  if (token != NULL)
    g_task_return_pointer (task, way_token_dup_text (token), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * way_service_get_token_async:
 * @service: a service
 * @name: of an app
 * @cancellable: (nullable): a cancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads an app's token from the keyring, to be shown or copied. Main thread.
 */
void
way_service_get_token_async (WayService *service,
                             const char *name,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));
  g_return_if_fail (name != NULL);

  task = g_task_new (service, cancellable, callback, user_data);
  g_task_set_source_tag (task, way_service_get_token_async);
  way_keyring_lookup_async (service->keyring, WAY_SECRET_APP_TOKEN, name, cancellable,
                            on_token_found, task);
}

/**
 * way_service_get_token_finish:
 * @service: a service
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Fails with %WAY_ERROR_KEY_MISSING or a keyring error.
 *
 * Returns: (transfer full) (nullable): the token
 */
char *
way_service_get_token_finish (WayService *service, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, service), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
