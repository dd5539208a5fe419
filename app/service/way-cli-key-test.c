/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare key test PROVIDER`: has the running instance ask for the provider's models, and waits
 * for what it says. */

#include "way-cli-private.h"

#include "way-json.h"

#define LOOK_EVERY_MS 200
#define PATIENCE_MS 15000

/* Waiting for fresh evidence. */
typedef struct
{
  GMainLoop *loop;
  const char *provider_id;
  char *checked_before; /* owned, nullable */
  gint64 until_us;
  JsonObject *state; /* owned: the fresh evidence */
  GError *error;     /* owned */
} Wait;

/* (transfer full) (nullable): what the instance knows of the provider. */
static JsonObject *
ask_state (const char *provider_id, GError **error)
{
  g_autoptr (JsonObject) status = way_cli_ask ("GET", "/status", NULL, error);
  JsonArray *providers = status != NULL ? way_json_get_array (status, "providers") : NULL;

  if (status == NULL)
    return NULL;
  for (guint i = 0; providers != NULL && i < json_array_get_length (providers); i++)
    {
      JsonObject *state = json_array_get_object_element (providers, i);

      if (g_strcmp0 (way_json_get_string (state, "id"), provider_id) == 0)
        return json_object_ref (state);
    }
  g_set_error (error, WAY_ERROR, WAY_ERROR_NOT_FOUND, "no provider is called \"%s\"", provider_id);
  return NULL;
}

static gboolean
on_look (gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (JsonObject) state = ask_state (wait->provider_id, &wait->error);
  const char *checked = state != NULL ? way_json_get_string (state, "checked_at") : NULL;

  if (checked != NULL && g_strcmp0 (checked, wait->checked_before) != 0)
    wait->state = g_steal_pointer (&state);
  else if (wait->error == NULL && g_get_monotonic_time () > wait->until_us)
    wait->error = g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM_TIMEOUT,
                               "%s has not answered within %d s; try again later",
                               wait->provider_id, PATIENCE_MS / 1000);
  if (wait->state == NULL && wait->error == NULL)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (wait->loop);
  return G_SOURCE_REMOVE;
}

static JsonObject *
probe (const char *provider_id, GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (provider_id, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/keys/%s/test", escaped);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  /* Nothing may be known of it yet; whether it can be asked at all, the instance says next. */
  g_autoptr (JsonObject) before = ask_state (provider_id, NULL);
  g_autoptr (JsonObject) accepted = way_cli_ask ("POST", path, NULL, error);
  Wait wait = { .loop = loop, .provider_id = provider_id };

  if (accepted == NULL)
    return NULL;
  if (before != NULL)
    wait.checked_before = g_strdup (way_json_get_string (before, "checked_at"));
  wait.until_us = g_get_monotonic_time () + PATIENCE_MS * (gint64)1000;
  g_timeout_add (LOOK_EVERY_MS, on_look, &wait);
  g_main_loop_run (loop);
  g_free (wait.checked_before);
  if (wait.error != NULL)
    g_propagate_error (error, wait.error);
  return wait.state;
}

int
way_cli_key_test (const WayCliVerb *verb, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) state = NULL;
  const char *reason = NULL;
  JsonArray *models = NULL;
  guint n_models = 0;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  state = probe (argv[1], &error);
  if (state == NULL)
    return way_cli_fail (error);

  reason = way_json_get_string (state, "reason");
  if (g_strcmp0 (way_json_get_string (state, "reach"), way_reach_get_name (WAY_REACH_UP)) != 0)
    {
      g_printerr ("wayfare: %s: %s\n", argv[1], reason != NULL ? reason : "not reachable");
      return WAY_EXIT_FAILED;
    }
  models = way_json_get_array (state, "models");
  n_models = models != NULL ? json_array_get_length (models) : 0;
  g_print ("%s answers: %u %s\n", argv[1], n_models, n_models == 1 ? "model" : "models");
  return WAY_EXIT_DONE;
}
