/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* `wayfare catalog`, `catalog diff`, `catalog accept` and `catalog reset`. They work on the files
 * themselves, so they need no running instance; one that runs says where its data is and whether
 * the cloud may be asked, and is told to read the catalogue again. */

#include "way-cli-private.h"

#include "way-catalog-diff.h"
#include "way-catalog-file.h"
#include "way-cli-table.h"
#include "way-config.h"
#include "way-fetch.h"
#include "way-json.h"
#include "way-price.h"

#define NANO_USD_PER_MICRO_USD 1000

/* What a verb works on. */
typedef struct
{
  char *data_dir;       /* owned */
  JsonObject *instance; /* owned, nullable: what the running one said */
} Place;

static void
place_clear (Place *place)
{
  g_free (place->data_dir);
  g_clear_pointer (&place->instance, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
find_place (Place *place, GError **error)
{
  g_autoptr (GError) failure = NULL;
  const char *data_dir = NULL;

  place->instance = way_cli_ask ("GET", "/catalog", NULL, &failure);
  if (failure != NULL && !way_error_is (failure, WAY_ERROR_NOT_RUNNING))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (place->instance != NULL)
    data_dir = way_json_get_string (place->instance, "data_dir");
  place->data_dir = data_dir != NULL ? g_strdup (data_dir)
                                     : g_build_filename (g_get_user_data_dir (), "wayfare", NULL);
  return TRUE;
}

/* A running instance reads the catalogue again; none is as good. */
static gboolean
tell_instance (const Place *place, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (JsonObject) answer = NULL;

  if (place->instance == NULL)
    return TRUE;
  answer = way_cli_ask ("POST", "/catalog", NULL, &failure);
  if (answer != NULL || way_error_is (failure, WAY_ERROR_NOT_RUNNING))
    return TRUE;
  g_propagate_prefixed_error (
    error, g_steal_pointer (&failure),
    "it is done, but the running instance could not be told, so restart it: ");
  return FALSE;
}

/* Getting it */

/* The instance knows best; else the config file does, and a broken one does not allow it. */
static gboolean
check_cloud (const Place *place, GError **error)
{
  gboolean is_enabled = FALSE;

  if (place->instance != NULL)
    {
      is_enabled =
        json_object_get_boolean_member_with_default (place->instance, "cloud_enabled", FALSE);
    }
  else
    {
      g_autofree char *path = way_cli_dup_config_path ();
      g_autoptr (WayConfig) config = way_config_new (path);

      if (!way_config_load (config, error))
        return FALSE;
      is_enabled = way_config_get_snapshot (config)->cloud_enabled;
    }
  if (!is_enabled)
    g_set_error_literal (error, WAY_ERROR, WAY_ERROR_CLOUD_DISABLED,
                         "the cloud is switched off, so no address is asked: fetch the file "
                         "yourself and name it here, or switch the cloud on");
  return is_enabled;
}

static GBytes *
get_content (const Place *place, const char *name, GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (name);

  if (scheme == NULL || g_file_test (name, G_FILE_TEST_EXISTS))
    return way_catalog_load_file (name, error);
  if (!way_fetch_check_url (name, error) || !check_cloud (place, error))
    return NULL;
  return way_fetch (name, error);
}

/* The day that has begun somewhere on Earth: 14 hours before UTC. */
static guint32
get_latest_day (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) latest = g_date_time_add_hours (now, 14);

  return (guint32)(g_date_time_get_year (latest) * 10000 + g_date_time_get_month (latest) * 100 +
                   g_date_time_get_day_of_month (latest));
}

static WayCatalogDiff *
compare (const WayCatalogFile *in_use, GBytes *content, const char *name, GError **error)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WayCatalog) proposed = way_catalog_new_from_bytes (content, name, faults, error);

  if (proposed == NULL)
    return NULL;
  return way_catalog_diff_new (in_use->catalog, proposed, faults, get_latest_day ());
}

/* Showing it */

static char *
print_value (const WayCatalogChange *change, gboolean is_new)
{
  const WayModel *model = is_new ? change->new_model : change->old_model;
  const gint64 value = is_new ? change->new_value : change->old_value;

  switch (change->type)
    {
    case WAY_CHANGE_ADDED:
    case WAY_CHANGE_REMOVED:
      return NULL;
    case WAY_CHANGE_MODE:
      return g_strdup (model->mode);
    case WAY_CHANGE_PRICE:
      return way_price_format_usd (value < 0 ? WAY_UNKNOWN : value * NANO_USD_PER_MICRO_USD);
    case WAY_CHANGE_LIMIT:
      return value < 0 ? g_strdup ("unknown") : g_strdup_printf ("%" G_GINT64_FORMAT, value);
    case WAY_CHANGE_CAPABILITY:
      return g_strdup (value != 0 ? "yes" : "no");
    }
  g_assert_not_reached ();
}

static char *
print_change (const WayCatalogChange *change)
{
  switch (change->type)
    {
    case WAY_CHANGE_ADDED:
      return g_strdup ("added");
    case WAY_CHANGE_REMOVED:
      return g_strdup ("removed");
    case WAY_CHANGE_MODE:
      return g_strdup ("mode");
    case WAY_CHANGE_LIMIT:
    case WAY_CHANGE_CAPABILITY:
      return g_strdup (change->what);
    case WAY_CHANGE_PRICE:
      if (change->above_tokens != WAY_UNKNOWN)
        return g_strdup_printf ("%s above %" G_GINT64_FORMAT " tokens", change->what,
                                change->above_tokens);
      return g_strdup (change->what);
    }
  g_assert_not_reached ();
}

static const WayCliColumn diff_columns[] = {
  { "MODEL", FALSE }, { "CHANGE", FALSE }, { "OLD", TRUE }, { "NEW", TRUE }
};

static void
print_changes (const WayCatalogDiff *diff)
{
  g_autoptr (WayCliTable) table = way_cli_table_new (diff_columns, G_N_ELEMENTS (diff_columns));
  g_autofree char *text = NULL;

  if (diff->changes->len == 0)
    {
      g_print ("No model differs.\n");
      return;
    }
  for (guint i = 0; i < diff->changes->len; i++)
    {
      const WayCatalogChange *change = g_ptr_array_index (diff->changes, i);
      const WayModel *model = change->new_model != NULL ? change->new_model : change->old_model;

      way_cli_table_add (table, g_strdup_printf ("%s/%s", model->provider, model->model));
      way_cli_table_add (table, print_change (change));
      way_cli_table_add (table, print_value (change, FALSE));
      way_cli_table_add (table, print_value (change, TRUE));
    }
  text = way_cli_table_to_text (table);
  g_print ("%s\nPrices are in USD for a million tokens.\n", text);
}

static void
print_diff (const WayCatalogDiff *diff)
{
  g_autofree char *old_day = way_catalog_format_day (way_catalog_get_as_of (diff->in_use));
  g_autofree char *new_day = way_catalog_format_day (way_catalog_get_as_of (diff->proposed));

  print_changes (diff);
  g_print ("In use: %u models, of %s. This one: %u models, of %s.\n",
           way_catalog_get_n_models (diff->in_use), old_day,
           way_catalog_get_n_models (diff->proposed), new_day);
  for (guint i = 0; i < diff->objections->len; i++)
    g_print ("objection: %s\n", (const char *)g_ptr_array_index (diff->objections, i));
}

/* The verbs */

int
way_cli_catalog (const WayCliVerb *verb, int argc, char **argv)
{
  g_auto (Place) place = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, NULL, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!find_place (&place, &error))
    return way_cli_fail (error);

  g_autoptr (WayCatalogFile) in_use = way_catalog_file_open (place.data_dir);
  g_autofree char *day = way_catalog_format_day (way_catalog_get_as_of (in_use->catalog));
  g_print ("%s catalogue, of %s: %u models\n", way_catalog_origin_get_name (in_use->origin), day,
           way_catalog_get_n_models (in_use->catalog));
  if (in_use->remark != NULL)
    g_print ("%s\n", in_use->remark);
  return WAY_EXIT_DONE;
}

int
way_cli_catalog_diff (const WayCliVerb *verb, int argc, char **argv)
{
  g_auto (Place) place = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, NULL, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!find_place (&place, &error))
    return way_cli_fail (error);

  g_autoptr (GBytes) content = get_content (&place, argv[1], &error);
  if (content == NULL)
    return way_cli_fail (error);
  g_autoptr (WayCatalogFile) in_use = way_catalog_file_open (place.data_dir);
  g_autoptr (WayCatalogDiff) diff = compare (in_use, content, argv[1], &error);
  if (diff == NULL)
    return way_cli_fail (error);
  print_diff (diff);
  return WAY_EXIT_DONE;
}

/* An older one than the installed one would be passed over, so nothing can force it. */
static gboolean
check_acceptable (const WayCatalogFile *in_use,
                  const WayCatalogDiff *diff,
                  const char *name,
                  gboolean is_forced,
                  GError **error)
{
  const guint32 as_of = way_catalog_get_as_of (diff->proposed);

  if (as_of != 0 && as_of < in_use->installed_as_of)
    {
      g_autofree char *day = way_catalog_format_day (in_use->installed_as_of);

      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "%s is not accepted: the installed catalogue, of %s, is newer and would be used "
                   "instead",
                   name, day);
      return FALSE;
    }
  if (diff->objections->len > 0 && !is_forced)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "%s is not accepted: look at the objections above (%u); --force accepts it all "
                   "the same",
                   name, diff->objections->len);
      return FALSE;
    }
  return TRUE;
}

int
way_cli_catalog_accept (const WayCliVerb *verb, int argc, char **argv)
{
  gboolean is_forced = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &is_forced, "Accept it in spite of objections", NULL },
    { NULL },
  };
  g_auto (Place) place = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!way_cli_parse (verb, entries, 1, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!find_place (&place, &error))
    return way_cli_fail (error);

  g_autoptr (GBytes) content = get_content (&place, argv[1], &error);
  if (content == NULL)
    return way_cli_fail (error);
  g_autoptr (WayCatalogFile) in_use = way_catalog_file_open (place.data_dir);
  g_autoptr (WayCatalogDiff) diff = compare (in_use, content, argv[1], &error);
  if (diff == NULL)
    return way_cli_fail (error);
  print_diff (diff);
  if (!check_acceptable (in_use, diff, argv[1], is_forced, &error) ||
      !way_catalog_file_accept (place.data_dir, content, &error) || !tell_instance (&place, &error))
    return way_cli_fail (error);
  g_print ("Accepted. Requests that begin from now on are charged by it; what was spent stays as "
           "it was.\n");
  return WAY_EXIT_DONE;
}

int
way_cli_catalog_reset (const WayCliVerb *verb, int argc, char **argv)
{
  g_auto (Place) place = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  gboolean was_there = FALSE;

  if (!way_cli_parse (verb, NULL, 0, &argc, &argv))
    return WAY_EXIT_USAGE;
  if (!find_place (&place, &error) ||
      !way_catalog_file_reset (place.data_dir, &was_there, &error) ||
      !tell_instance (&place, &error))
    return way_cli_fail (error);
  g_print ("%s\n", was_there ? "The installed catalogue is in use again."
                             : "No catalogue had been accepted.");
  return WAY_EXIT_DONE;
}
