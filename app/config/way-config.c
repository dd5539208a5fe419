/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The config file in force. Main thread.
 *
 * Two things are kept apart: what is in force (tree, snapshot, warnings), which only a sound file
 * or a sound edit replaces, and what was last seen on disk, by which a foreign change is told from
 * one of our own. */

#include "way-config.h"

#include "way-config-file.h"
#include "way-config-private.h"
#include "way-config-tree.h"
#include "way-json.h"
#include "way-log.h"

#include <string.h>

/* In force until there is a file; written with the first edit. */
static const char default_text[] =
  "{\"version\": 1,"
  " \"listen\": {\"address\": \"127.0.0.1\", \"port\": 4114, \"require_token\": false},"
  " \"cloud\": {\"enabled\": true},"
  " \"providers\": [{\"id\": \"demo\", \"kind\": \"demo\"},"
  " {\"id\": \"ollama\", \"kind\": \"ollama\", \"base_url\": \"http://127.0.0.1:11434\"}],"
  " \"routes\": [], \"apps\": []}";

struct _WayConfig
{
  GObject parent_instance;

  gboolean had_file; /* a sound file was in force once */
  /* owned; instead of what the file says */
  char *listen_address; /* nullable */
  int listen_port;      /* -1 for the file's */
  GError *no_file;      /* nullable: why the defaults will not do then */
  /* owned; in force, never NULL, never changed but replaced */
  JsonNode *root;
  WaySnapshot *snapshot;
  GPtrArray *warnings;
  /* owned; of the file */
  char *path;
  char *problem;         /* nullable */
  GBytes *seen;          /* null: no file */
  WayConfigWatch *watch; /* nullable */
};

enum
{
  PROP_LOCAL_ONLY = 1,
  PROP_PROBLEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (WayConfig, way_config, G_TYPE_OBJECT)

static void
set_problem (WayConfig *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
set_seen (WayConfig *self, GBytes *content)
{
  g_clear_pointer (&self->seen, g_bytes_unref);
  self->seen = content == NULL ? NULL : g_bytes_ref (content);
}

/* What a tree becomes when it is sound. */
typedef struct
{
  JsonNode *root;
  WaySnapshot *snapshot;
  GPtrArray *warnings;
} Settings;

static void
settings_clear (Settings *settings)
{
  g_clear_pointer (&settings->root, json_node_unref);
  g_clear_pointer (&settings->snapshot, way_snapshot_unref);
  g_clear_pointer (&settings->warnings, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, settings_clear)

/* What the strict reader judges: @root, listening where it was told to listen instead. */
static JsonNode *
override_listen (WayConfig *self, JsonNode *root)
{
  if (!JSON_NODE_HOLDS_OBJECT (root) || (self->listen_address == NULL && self->listen_port < 0))
    return json_node_ref (root);
  JsonNode *copy = way_config_tree_copy (root);
  JsonObject *object = json_node_get_object (copy);
  if (!json_object_has_member (object, "listen"))
    json_object_set_object_member (object, "listen", json_object_new ());
  JsonObject *listen = way_json_get_object (object, "listen");
  if (listen != NULL && self->listen_address != NULL)
    json_object_set_string_member (listen, "address", self->listen_address);
  if (listen != NULL && self->listen_port >= 0)
    json_object_set_int_member (listen, "port", self->listen_port);
  return copy;
}

static gboolean
read_settings (WayConfig *self, JsonNode *root, Settings *ret_settings, GError **error)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) effective = override_listen (self, root);
  WaySnapshot *snapshot = way_snapshot_new_from_json (effective, warnings, error);
  if (snapshot == NULL)
    return FALSE;
  *ret_settings = (Settings){ json_node_ref (root), snapshot, g_steal_pointer (&warnings) };
  return TRUE;
}

/* The same from bytes on disk; on failure the message begins with the path. */
static gboolean
read_file_settings (WayConfig *self, GBytes *content, Settings *ret_settings, GError **error)
{
  g_autoptr (JsonNode) root = way_config_file_parse (self->path, content, error);
  if (root == NULL)
    return FALSE;
  if (read_settings (self, root, ret_settings, error))
    return TRUE;
  g_prefix_error (error, "%s: ", self->path);
  return FALSE;
}

/* Puts @settings in force, and into @settings what was. */
static void
swap_settings (WayConfig *self, Settings *settings)
{
  Settings old = { self->root, self->snapshot, self->warnings };
  self->root = settings->root;
  self->snapshot = settings->snapshot;
  self->warnings = settings->warnings;
  *settings = old;
}

/* Puts @settings in force and tells everybody. */
static void
take_settings (WayConfig *self, Settings *settings)
{
  gboolean switched = self->snapshot->cloud_enabled != settings->snapshot->cloud_enabled;
  swap_settings (self, settings);
  settings_clear (settings);
  self->had_file = TRUE;

  set_problem (self, NULL);
  if (switched)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOCAL_ONLY]);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
report_problem (WayConfig *self, GError *problem, GError **error)
{
  set_problem (self, problem->message);
  g_propagate_error (error, problem);
  return FALSE;
}

/* A file that vanished does not take the settings with it: the defaults would drop every app, and
 * with them the need for a token. */
static gboolean
note_no_file (WayConfig *self, GError **error)
{
  set_seen (self, NULL);
  if (!self->had_file && self->no_file != NULL)
    return report_problem (self, g_error_copy (self->no_file), error);
  if (!self->had_file)
    {
      set_problem (self, NULL);
      return TRUE;
    }
  GError *problem = g_error_new (WAY_ERROR, WAY_ERROR_IO,
                                 "%s: the file is gone; its last settings stay in force, and the "
                                 "next change writes them again",
                                 self->path);
  return report_problem (self, problem, error);
}

/* Puts what is on disk in force if it is another than the last time, and sound. */
static gboolean
sync_with_disk (WayConfig *self, GError **error)
{
  g_autoptr (GBytes) content = NULL;
  GError *problem = NULL;
  if (!way_config_file_read (self->path, &content, &problem))
    {
      set_seen (self, NULL);
      return report_problem (self, problem, error);
    }
  if (content == NULL)
    return note_no_file (self, error);
  if (self->seen != NULL && g_bytes_equal (content, self->seen))
    {
      if (self->problem == NULL)
        return TRUE;
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_CONFIG, self->problem);
      return FALSE;
    }

  set_seen (self, content);
  g_auto (Settings) settings = { 0 };
  if (!read_file_settings (self, content, &settings, &problem))
    return report_problem (self, problem, error);
  take_settings (self, &settings);
  return TRUE;
}

static void
on_file_changed (gpointer user_data)
{
  /* What is wrong with it becomes the "problem", which whoever watches it tells. */
  sync_with_disk (user_data, NULL);
}

/* A copy of the tree to be edited, once what is on disk is in force: nothing a person wrote there
 * gets lost. A file that is gone loses nothing. */
JsonNode *
way_config_begin_edit (WayConfig *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  if (sync_with_disk (self, &problem) || !g_file_test (self->path, G_FILE_TEST_EXISTS))
    return way_config_tree_copy (self->root);
  g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG,
               "nothing was changed, since the file has to be mended first: %s", problem->message);
  return NULL;
}

/* Validates the edited tree, writes it and puts it in force; any failure changes nothing. */
gboolean
way_config_commit_edit (WayConfig *self, JsonNode *edited, GError **error)
{
  g_autofree char *before = way_json_print (self->root, TRUE);
  g_autofree char *printed = way_json_print (edited, TRUE);
  if (g_str_equal (before, printed))
    return TRUE;

  char *text = g_strconcat (printed, "\n", NULL);
  g_autoptr (GBytes) content = g_bytes_new_take (text, strlen (text));
  /* What was printed, not @edited: it may share nodes with the caller. */
  g_autoptr (JsonNode) root = way_config_file_parse (self->path, content, error);
  g_auto (Settings) settings = { 0 };
  if (root == NULL || !read_settings (self, root, &settings, error) ||
      !way_config_file_replace (self->path, content, error))
    return FALSE;
  set_seen (self, content);
  take_settings (self, &settings);
  return TRUE;
}

/* A copy of the tree in force, to look something up in. */
JsonNode *
way_config_dup_tree (WayConfig *self)
{
  return way_config_tree_copy (self->root);
}

static void
way_config_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  WayConfig *self = WAY_CONFIG (object);
  switch (id)
    {
    case PROP_LOCAL_ONLY:
      g_value_set_boolean (value, !self->snapshot->cloud_enabled);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
way_config_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WayConfig *self = WAY_CONFIG (object);
  g_autoptr (GError) error = NULL;
  switch (id)
    {
    case PROP_LOCAL_ONLY:
      if (way_config_set_cloud_enabled (self, !g_value_get_boolean (value), &error))
        break;
      /* A property has nobody to give the error to; a switch that is bound to it moves back. */
      way_log_notice ("local only was not switched: %s", error->message);
      g_object_notify_by_pspec (object, properties[PROP_LOCAL_ONLY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
way_config_dispose (GObject *object)
{
  WayConfig *self = WAY_CONFIG (object);
  g_clear_pointer (&self->watch, way_config_watch_free);
  G_OBJECT_CLASS (way_config_parent_class)->dispose (object);
}

static void
way_config_finalize (GObject *object)
{
  WayConfig *self = WAY_CONFIG (object);
  json_node_unref (self->root);
  way_snapshot_unref (self->snapshot);
  g_ptr_array_unref (self->warnings);
  g_free (self->listen_address);
  g_clear_error (&self->no_file);
  g_free (self->path);
  g_free (self->problem);
  g_clear_pointer (&self->seen, g_bytes_unref);
  G_OBJECT_CLASS (way_config_parent_class)->finalize (object);
}

static void
way_config_class_init (WayConfigClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = way_config_get_property;
  object_class->set_property = way_config_set_property;
  object_class->dispose = way_config_dispose;
  object_class->finalize = way_config_finalize;

  /**
   * WayConfig:local-only:
   *
   * Whether requests may only go to local providers: the reverse of `cloud.enabled`. Setting it
   * writes the file; if that fails the value stays and is notified again.
   */
  properties[PROP_LOCAL_ONLY] =
    g_param_spec_boolean ("local-only", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * WayConfig:problem:
   *
   * Why the file on disk is not in use, beginning with its path, or %NULL.
   */
  properties[PROP_PROBLEM] =
    g_param_spec_string ("problem", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * WayConfig::changed:
   *
   * Another snapshot is in force.
   */
  changed_signal = g_signal_new ("changed", WAY_TYPE_CONFIG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
way_config_init (WayConfig *self)
{
  g_autoptr (JsonNode) root = way_json_parse (default_text, strlen (default_text), NULL);
  Settings settings = { 0 };
  self->listen_port = -1;
  gboolean sound = read_settings (self, root, &settings, NULL);
  g_assert (sound);
  swap_settings (self, &settings);
}

/**
 * way_config_new:
 * @path: the config file; neither it nor its directory need exist
 *
 * A config with the defaults in force: the demo and a local Ollama, no routes, no apps. Nothing is
 * read before way_config_load(), and nothing is written before the first edit.
 *
 * Returns: (transfer full): the config
 */
WayConfig *
way_config_new (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  WayConfig *self = g_object_new (WAY_TYPE_CONFIG, NULL);
  self->path = g_canonicalize_filename (path, NULL);
  return self;
}

/**
 * way_config_get_path:
 * @config: a config
 *
 * Returns: (transfer none): the absolute path of its file, links not followed
 */
const char *
way_config_get_path (WayConfig *config)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), NULL);

  return config->path;
}

/**
 * way_config_override_listen:
 * @config: a config that was not loaded yet
 * @address: (nullable): an IP address, or %NULL for the file's
 * @port: a port, 0 for any, or -1 for the file's
 *
 * Where to listen, whatever the file says; never written to it. The file is judged as if it said
 * so: one that does not require a token is refused beside an address that other machines reach, and
 * so is no file.
 */
void
way_config_override_listen (WayConfig *config, const char *address, int port)
{
  g_return_if_fail (WAY_IS_CONFIG (config) && config->listen_address == NULL);

  config->listen_address = g_strdup (address);
  config->listen_port = port;
  g_auto (Settings) settings = { 0 };
  if (read_settings (config, config->root, &settings, &config->no_file))
    swap_settings (config, &settings);
  else
    g_prefix_error (&config->no_file, "%s: ", config->path);
}

/**
 * way_config_load:
 * @config: a config
 * @error: return location for an error
 *
 * Reads the file for the first time. No file is no failure, unless they do not go with what was
 * overridden: the defaults stay in force. After a failure they do too, and
 * [property@Config:problem] says why. Errors: as for way_config_reload().
 *
 * Returns: %TRUE if the file is in force, or there is none
 */
gboolean
way_config_load (WayConfig *config, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), FALSE);

  return sync_with_disk (config, error);
}

/**
 * way_config_reload:
 * @config: a config
 * @error: return location for an error
 *
 * Puts the file in force if it has changed since it was last read or written here. A broken file,
 * or none where there was one, is a failure: the last good snapshot stays in force and
 * [property@Config:problem] says why. Errors: %WAY_ERROR_CONFIG with path and line or JSON path,
 * %WAY_ERROR_IO.
 *
 * Returns: %TRUE if what is on disk is in force
 */
gboolean
way_config_reload (WayConfig *config, GError **error)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), FALSE);

  return sync_with_disk (config, error);
}

/**
 * way_config_watch:
 * @config: a config
 *
 * From now on the file is reloaded 200 ms after it was changed by somebody else; what is wrong with
 * it then is in [property@Config:problem]. Needs a running main loop. Makes the file's directory if
 * it is not there, since nothing can be watched without.
 */
void
way_config_watch (WayConfig *config)
{
  g_return_if_fail (WAY_IS_CONFIG (config));

  if (config->watch != NULL)
    return;
  g_autofree char *directory = g_path_get_dirname (config->path);
  g_mkdir_with_parents (directory, 0700);
  config->watch = way_config_watch_new (config->path, on_file_changed, config);
}

/**
 * way_config_get_snapshot:
 * @config: a config
 *
 * Returns: (transfer none): the snapshot in force, without keys; take a reference to keep it beyond
 *   the next change
 */
WaySnapshot *
way_config_get_snapshot (WayConfig *config)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), NULL);

  return config->snapshot;
}

/**
 * way_config_get_warnings:
 * @config: a config
 *
 * Returns: (transfer none) (element-type utf8): what the settings in force were warned about, each
 *   with its JSON path; valid until the next change
 */
GPtrArray *
way_config_get_warnings (WayConfig *config)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), NULL);

  return config->warnings;
}

/**
 * way_config_get_problem:
 * @config: a config
 *
 * Returns: (transfer none) (nullable): why the file on disk is not in use, or %NULL
 */
const char *
way_config_get_problem (WayConfig *config)
{
  g_return_val_if_fail (WAY_IS_CONFIG (config), NULL);

  return config->problem;
}
