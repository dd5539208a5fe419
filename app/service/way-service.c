/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The life of the running Wayfare: its parts in the order they come and go, and the snapshot that
 * is in force. Main thread. */

#include "way-service-private.h"

#include "way-clock.h"
#include "way-log.h"

/* Live data reaches the window at most four times a second. */
#define BATCH_INTERVAL_MS 250

enum
{
  PROP_0,
  PROP_ADDRESS,
  PROP_RUNNING,
  PROP_PROBLEM,
  PROP_ELSEWHERE,
  PROP_LOCAL_ONLY,
  PROP_KEYRING_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayService, way_service, G_TYPE_OBJECT)

/* State that is watched */

void
way_service_set_address (WayService *self, char *address)
{
  const gboolean was_running = self->address != NULL;
  g_autofree char *old = self->address;

  self->address = address;
  if (g_strcmp0 (old, address) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
  if (was_running != (address != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

/* The worst first: not running, then settings that are not in force, then a file not in use. */
static void
update_problem (WayService *self)
{
  g_autofree char *held = NULL;
  const char *problem = self->start_problem;

  if (problem == NULL)
    problem = self->apply_problem;
  if (problem == NULL)
    problem = way_config_get_problem (self->config);
  if (self->local_only_held && self->start_problem == NULL)
    problem = held =
      g_strdup_printf ("Local Only is on until Wayfare ends: the file could not be written. %s",
                       problem != NULL ? problem : self->held_problem);
  if (self->gateway != NULL)
    way_gateway_set_problem (self->gateway, problem); /* one that just started knows of none */
  if (g_strcmp0 (problem, self->problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

/* A failure that stays: @error becomes the words of @problem, one of those above, or clears it. */
void
way_service_take_problem (WayService *self, char **problem, GError **error)
{
  g_free (*problem);
  *problem = *error != NULL ? g_strdup ((*error)->message) : NULL;
  g_clear_error (error);
  update_problem (self);
}

/* Whether @error says that another Wayfare runs in this one's place. */
void
way_service_set_elsewhere (WayService *self, const GError *error)
{
  const gboolean elsewhere = way_error_is (error, WAY_ERROR_ALREADY_RUNNING);

  if (self->elsewhere == elsewhere)
    return;
  self->elsewhere = elsewhere;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELSEWHERE]);
}

void
way_service_set_keyring_state (WayService *self, WayKeyringState state)
{
  if (state == WAY_KEYRING_MISSING && !self->said_no_keyring)
    {
      self->said_no_keyring = TRUE;
      way_log_notice ("no keyring on this machine: keys come from the environment or from "
                      "credential files, and app tokens are not stored");
    }
  if (self->keyring_state == state)
    return;
  self->keyring_state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEYRING_STATE]);
}

static void
on_config_changed (WayConfig *config, gpointer user_data)
{
  way_service_take_config (user_data);
}

static void
on_config_problem (WayConfig *config, GParamSpec *pspec, gpointer user_data)
{
  WayService *self = user_data;
  const char *problem = way_config_get_problem (config);

  /* While it does not run, who started it is told. */
  if (problem != NULL && self->gateway != NULL)
    way_log_notice ("the config file is not in use: %s", problem);
  update_problem (self);
}

static void
on_config_local_only (WayConfig *config, GParamSpec *pspec, gpointer user_data)
{
  g_object_notify_by_pspec (G_OBJECT (user_data), properties[PROP_LOCAL_ONLY]);
}

static gboolean
on_minute (gpointer user_data)
{
  WayService *self = user_data;
  const gint64 now_us = way_clock_get_wall_us ();

  way_service_begin_day (self, now_us);
  way_meters_tick (way_activity_get_meters (self->activity), now_us);
  return G_SOURCE_CONTINUE;
}

/* GObject plumbing */

static void
way_service_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayService *self = WAY_SERVICE (object);

  switch (prop_id)
    {
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_RUNNING:
      g_value_set_boolean (value, self->address != NULL);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_ELSEWHERE:
      g_value_set_boolean (value, self->elsewhere);
      break;
    case PROP_LOCAL_ONLY:
      g_value_set_boolean (value, way_service_get_local_only (self));
      break;
    case PROP_KEYRING_STATE:
      g_value_set_uint (value, self->keyring_state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_service_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_LOCAL_ONLY:
      way_service_set_local_only (WAY_SERVICE (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_service_dispose (GObject *object)
{
  WayService *self = WAY_SERVICE (object);

  way_service_stop (self, 0);
  g_clear_handle_id (&self->minute_source, g_source_remove);
  g_cancellable_cancel (self->resolving);
  g_clear_object (&self->resolving);
  if (self->config != NULL)
    g_signal_handlers_disconnect_by_data (self->config, self);
  if (self->keyring != NULL)
    g_signal_handlers_disconnect_by_data (self->keyring, self);
  g_clear_pointer (&self->events, way_event_queue_free);
  g_clear_pointer (&self->ledger, way_ledger_close);
  g_clear_pointer (&self->catalog, way_catalog_file_free);
  g_clear_pointer (&self->key_slots, g_hash_table_unref);

  G_OBJECT_CLASS (way_service_parent_class)->dispose (object);
}

static void
way_service_finalize (GObject *object)
{
  WayService *self = WAY_SERVICE (object);

  g_clear_object (&self->config);
  g_clear_object (&self->keyring);
  g_clear_object (&self->activity);
  g_clear_object (&self->providers);
  g_clear_object (&self->found);
  g_clear_object (&self->budgets);
  g_clear_object (&self->keys);
  g_clear_object (&self->apps);
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->start_problem, g_free);
  g_clear_pointer (&self->held_problem, g_free);
  g_clear_pointer (&self->apply_problem, g_free);
  g_clear_pointer (&self->problem, g_free);

  G_OBJECT_CLASS (way_service_parent_class)->finalize (object);
}

static void
way_service_class_init (WayServiceClass *klass)
{
  const GParamFlags common = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_service_get_property;
  object_class->set_property = way_service_set_property;
  object_class->dispose = way_service_dispose;
  object_class->finalize = way_service_finalize;

  properties[PROP_ADDRESS] =
    g_param_spec_string ("address", NULL, NULL, NULL, G_PARAM_READABLE | common);
  properties[PROP_RUNNING] =
    g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | common);
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | common);
  properties[PROP_ELSEWHERE] =
    g_param_spec_boolean ("elsewhere", NULL, NULL, FALSE, G_PARAM_READABLE | common);
  properties[PROP_LOCAL_ONLY] =
    g_param_spec_boolean ("local-only", NULL, NULL, FALSE, G_PARAM_READWRITE | common);
  properties[PROP_KEYRING_STATE] = g_param_spec_uint (
    "keyring-state", NULL, NULL, 0, G_MAXUINT, WAY_KEYRING_UNKNOWN, G_PARAM_READABLE | common);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* A share of a budget was passed: const WayBudgetNews *, valid during the emission. */
  g_signal_new ("budget-news", WAY_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
way_service_init (WayService *self)
{
  self->providers = g_list_store_new (WAY_TYPE_PROVIDER_ITEM);
  self->found = g_list_store_new (WAY_TYPE_PROVIDER_ITEM);
  self->budgets = g_list_store_new (WAY_TYPE_BUDGET_ITEM);
  self->keys = g_list_store_new (WAY_TYPE_KEY_ITEM);
  self->apps = g_list_store_new (WAY_TYPE_APP_ITEM);
  self->activity = way_activity_new (0);
  way_service_begin_day (self, way_clock_get_wall_us ());
}

/**
 * way_service_new:
 * @options: what is not as usual; copied
 *
 * A service that has touched no file and listens nowhere yet. Main thread.
 *
 * Returns: (transfer full): a new service
 */
WayService *
way_service_new (const WayServiceOptions *options)
{
  g_autofree char *config_path =
    g_build_filename (g_get_user_config_dir (), "wayfare", "config.json", NULL);
  WayService *self = NULL;

  g_return_val_if_fail (options != NULL, NULL);

  self = g_object_new (WAY_TYPE_SERVICE, NULL);
  self->data_dir = options->data_dir != NULL
                     ? g_strdup (options->data_dir)
                     : g_build_filename (g_get_user_data_dir (), "wayfare", NULL);
  self->live = options->live;

  self->config = way_config_new (options->config_path != NULL ? options->config_path : config_path);
  way_config_override_listen (self->config, options->listen_address, options->listen_port);
  g_signal_connect (self->config, "changed", G_CALLBACK (on_config_changed), self);
  g_signal_connect (self->config, "notify::problem", G_CALLBACK (on_config_problem), self);
  g_signal_connect (self->config, "notify::local-only", G_CALLBACK (on_config_local_only), self);

  self->keyring =
    options->keyring != NULL ? g_object_ref (options->keyring) : way_keyring_libsecret_new ();
  way_service_init_keys (self);

  self->events = way_event_queue_new (NULL, BATCH_INTERVAL_MS, way_service_take_batch, self);
  way_event_queue_set_interested (self->events, self->live);
  if (self->live)
    self->minute_source = g_timeout_add_seconds (60, on_minute, self);
  return self;
}

/**
 * way_service_get_address:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): what tools are pointed at, or %NULL while it is stopped
 */
const char *
way_service_get_address (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return service->address;
}

/**
 * way_service_get_running:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: whether it listens
 */
gboolean
way_service_get_running (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);

  return service->address != NULL;
}

/**
 * way_service_get_local_only:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: whether nothing may leave this machine
 */
gboolean
way_service_get_local_only (WayService *service)
{
  gboolean local_only = FALSE;

  g_return_val_if_fail (WAY_IS_SERVICE (service), FALSE);

  g_object_get (service->config, "local-only", &local_only, NULL);
  return local_only || service->local_only_held;
}

static void
hold_local_only (WayService *self, const GError *error)
{
  self->local_only_held = error != NULL;
  g_free (self->held_problem);
  self->held_problem = error != NULL ? g_strdup (error->message) : NULL;
}

/* A file that was mended takes what could not be written to the broken one. TRUE if that was
 * written here: then the config has announced itself once more, and nothing is left to do. */
gboolean
way_service_write_held_local_only (WayService *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->local_only_held)
    return FALSE;
  if (way_config_get_snapshot (self->config)->cloud_enabled)
    {
      if (way_config_set_cloud_enabled (self->config, FALSE, &error))
        return TRUE;
      way_log_notice ("local-only is not written: %s", error->message);
    }
  hold_local_only (self, error);
  update_problem (self);
  return FALSE;
}

/**
 * way_service_set_local_only:
 * @service: a service
 * @local_only: whether nothing may leave this machine
 *
 * Writes the switch to the config and puts it in force for requests that begin from now on. If it
 * cannot be written, "problem" says why; switched on, it holds all the same until the program ends
 * or it is switched off, since who asks for it must be able to rely on it, and it is written as
 * soon as there is a file again that it can be written to. Main thread.
 */
void
way_service_set_local_only (WayService *service, gboolean local_only)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (WAY_IS_SERVICE (service));

  if (way_service_get_local_only (service) == !!local_only)
    return;
  if (way_config_set_cloud_enabled (service->config, !local_only, &error) &&
      !service->local_only_held)
    return; /* the config has announced it */
  if (error != NULL)
    way_log_notice ("local-only is not written: %s", error->message);
  hold_local_only (service, local_only ? error : NULL);
  way_service_queue_apply (service);
  if (way_service_get_local_only (service) == !!local_only)
    update_problem (service);
  else
    way_service_take_problem (service, &service->apply_problem, &error);
  g_object_notify_by_pspec (G_OBJECT (service), properties[PROP_LOCAL_ONLY]);
}

/**
 * way_service_get_config:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): its config; has a snapshot once the service was started
 */
WayConfig *
way_service_get_config (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return service->config;
}

/**
 * way_service_get_ledger:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): its ledger, or %NULL before the first start
 */
WayLedger *
way_service_get_ledger (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return service->ledger;
}

/**
 * way_service_get_activity:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): the live list; stays empty unless the options said live
 */
WayActivity *
way_service_get_activity (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return service->activity;
}

/**
 * way_service_get_providers:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): #WayProviderItem for each configured provider, in the file's order
 */
GListModel *
way_service_get_providers (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return G_LIST_MODEL (service->providers);
}

/**
 * way_service_get_found:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): #WayProviderItem for each local server that answers and is not
 *   configured
 */
GListModel *
way_service_get_found (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return G_LIST_MODEL (service->found);
}

/**
 * way_service_get_budgets:
 * @service: a service
 *
 * Returns: (transfer none): a list of #WayBudgetItem: the budgets of the configuration in force
 */
GListModel *
way_service_get_budgets (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return G_LIST_MODEL (service->budgets);
}

/**
 * way_service_get_keys:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): #WayKeyItem for each provider whose config names a key
 */
GListModel *
way_service_get_keys (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return G_LIST_MODEL (service->keys);
}

/**
 * way_service_get_apps:
 * @service: a service
 *
 * Main thread.
 *
 * Returns: (transfer none): #WayAppItem for each app, in the file's order
 */
GListModel *
way_service_get_apps (WayService *service)
{
  g_return_val_if_fail (WAY_IS_SERVICE (service), NULL);

  return G_LIST_MODEL (service->apps);
}
