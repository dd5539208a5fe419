/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* An app as a list row. Main thread. */

#include "way-app-item.h"

struct _WayAppItem
{
  GObject parent_instance;

  /* owned */
  char *id;
  char *models_text;

  gboolean local_only;
  gint64 last_seen_us;
  gint64 day_start_us; /* what "today" is in the counts */
  gint64 requests_today;
  gint64 cost_today_nano_usd;
  gint64 unknown_cost_today;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_MODELS_TEXT,
  PROP_LOCAL_ONLY,
  PROP_LAST_SEEN_US,
  PROP_REQUESTS_TODAY,
  PROP_COST_TODAY_NANO_USD,
  PROP_UNKNOWN_COST_TODAY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayAppItem, way_app_item, G_TYPE_OBJECT)

static void
way_app_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayAppItem *self = WAY_APP_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_MODELS_TEXT:
      g_value_set_string (value, self->models_text);
      break;
    case PROP_LOCAL_ONLY:
      g_value_set_boolean (value, self->local_only);
      break;
    case PROP_LAST_SEEN_US:
      g_value_set_int64 (value, self->last_seen_us);
      break;
    case PROP_REQUESTS_TODAY:
      g_value_set_int64 (value, self->requests_today);
      break;
    case PROP_COST_TODAY_NANO_USD:
      g_value_set_int64 (value, self->cost_today_nano_usd);
      break;
    case PROP_UNKNOWN_COST_TODAY:
      g_value_set_int64 (value, self->unknown_cost_today);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_app_item_finalize (GObject *object)
{
  WayAppItem *self = WAY_APP_ITEM (object);

  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->models_text, g_free);

  G_OBJECT_CLASS (way_app_item_parent_class)->finalize (object);
}

static GParamSpec *
count_property (const char *name)
{
  return g_param_spec_int64 (name, NULL, NULL, 0, G_MAXINT64, 0,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
way_app_item_class_init (WayAppItemClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_app_item_get_property;
  object_class->finalize = way_app_item_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_MODELS_TEXT] = g_param_spec_string ("models-text", NULL, NULL, NULL, flags);
  properties[PROP_LOCAL_ONLY] = g_param_spec_boolean ("local-only", NULL, NULL, FALSE, flags);
  properties[PROP_LAST_SEEN_US] = count_property ("last-seen-us");
  properties[PROP_REQUESTS_TODAY] = count_property ("requests-today");
  properties[PROP_COST_TODAY_NANO_USD] = count_property ("cost-today-nano-usd");
  properties[PROP_UNKNOWN_COST_TODAY] = count_property ("unknown-cost-today");
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_app_item_init (WayAppItem *self)
{
}

static void
set_count (WayAppItem *self, gint64 *member, gint64 value, guint prop_id)
{
  if (*member == value)
    return;
  *member = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/**
 * way_app_item_new:
 * @id: of the app
 *
 * An app that was never seen. Main thread.
 *
 * Returns: (transfer full): a new item
 */
WayAppItem *
way_app_item_new (const char *id)
{
  WayAppItem *self = NULL;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_object_new (WAY_TYPE_APP_ITEM, NULL);
  self->id = g_strdup (id);
  return self;
}

/**
 * way_app_item_set_config:
 * @item: a row
 * @models_text: the models it may use, for a person
 * @local_only: whether its requests may not leave the machine
 *
 * Sets what the config says and notifies what changed. Main thread.
 */
void
way_app_item_set_config (WayAppItem *item, const char *models_text, gboolean local_only)
{
  g_return_if_fail (WAY_IS_APP_ITEM (item));

  if (g_strcmp0 (item->models_text, models_text) != 0)
    {
      g_free (item->models_text);
      item->models_text = g_strdup (models_text);
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_MODELS_TEXT]);
    }
  if (item->local_only != !!local_only)
    {
      item->local_only = !!local_only;
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_LOCAL_ONLY]);
    }
}

/**
 * way_app_item_begin_day:
 * @item: a row
 * @day_start_us: the midnight that "today" begins with, wall clock
 *
 * Starts today's counts anew, unless they already are of that day. Main thread.
 */
void
way_app_item_begin_day (WayAppItem *item, gint64 day_start_us)
{
  g_return_if_fail (WAY_IS_APP_ITEM (item));

  if (item->day_start_us == day_start_us)
    return;
  item->day_start_us = day_start_us;
  set_count (item, &item->requests_today, 0, PROP_REQUESTS_TODAY);
  set_count (item, &item->cost_today_nano_usd, 0, PROP_COST_TODAY_NANO_USD);
  set_count (item, &item->unknown_cost_today, 0, PROP_UNKNOWN_COST_TODAY);
}

/**
 * way_app_item_add_request:
 * @item: a row
 * @started_at_us: when the request began, wall clock
 * @cost_nano_usd: what it cost, as far as known
 * @cost_known: whether that is all of it
 *
 * Counts one finished request if it began today. Freeze the item's notifications around a batch.
 * Main thread.
 */
void
way_app_item_add_request (WayAppItem *item,
                          gint64 started_at_us,
                          gint64 cost_nano_usd,
                          gboolean cost_known)
{
  g_return_if_fail (WAY_IS_APP_ITEM (item));

  set_count (item, &item->last_seen_us, MAX (item->last_seen_us, started_at_us), PROP_LAST_SEEN_US);
  if (started_at_us < item->day_start_us)
    return;

  set_count (item, &item->requests_today, item->requests_today + 1, PROP_REQUESTS_TODAY);
  set_count (item, &item->cost_today_nano_usd, item->cost_today_nano_usd + cost_nano_usd,
             PROP_COST_TODAY_NANO_USD);
  if (!cost_known)
    set_count (item, &item->unknown_cost_today, item->unknown_cost_today + 1,
               PROP_UNKNOWN_COST_TODAY);
}

/**
 * way_app_item_set_base:
 * @item: a row
 * @last_seen_us: when its last request before this run began, 0 for never
 * @requests: how many it made today
 * @cost_nano_usd: what they cost, as far as known
 * @unknown_cost: of how many the cost is not, or not wholly, known
 *
 * Adds what the ledger knows from before this run. Main thread.
 */
void
way_app_item_set_base (
  WayAppItem *item, gint64 last_seen_us, gint64 requests, gint64 cost_nano_usd, gint64 unknown_cost)
{
  g_return_if_fail (WAY_IS_APP_ITEM (item));

  g_object_freeze_notify (G_OBJECT (item));
  set_count (item, &item->last_seen_us, MAX (item->last_seen_us, last_seen_us), PROP_LAST_SEEN_US);
  set_count (item, &item->requests_today, item->requests_today + requests, PROP_REQUESTS_TODAY);
  set_count (item, &item->cost_today_nano_usd, item->cost_today_nano_usd + cost_nano_usd,
             PROP_COST_TODAY_NANO_USD);
  set_count (item, &item->unknown_cost_today, item->unknown_cost_today + unknown_cost,
             PROP_UNKNOWN_COST_TODAY);
  g_object_thaw_notify (G_OBJECT (item));
}

/**
 * way_app_item_get_id:
 * @item: a row
 *
 * Main thread.
 *
 * Returns: (transfer none): the app's id
 */
const char *
way_app_item_get_id (WayAppItem *item)
{
  g_return_val_if_fail (WAY_IS_APP_ITEM (item), NULL);

  return item->id;
}
