/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The live list of requests. A batch of events costs one lookup an event and one emission for each
 * run of rows that came or went, whatever the length of the list. Main thread. */

#include "way-activity.h"

#include "way-clock.h"
#include "way-item-list.h"

#define DEFAULT_MAX_ROWS 100000
#define MAX_FALLBACKS 50

struct _WayActivity
{
  GObject parent_instance;

  /* owned */
  WayItemList *rows; /* WayRequestItem */
  WayItemList *running;
  WayItemList *fallbacks;
  GHashTable *by_id; /* id of the item's record → item, borrowed from rows */
  WayMeters *meters;

  guint max_rows;
  guint n_running; /* as last notified */
};

enum
{
  PROP_0,
  PROP_RUNNING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return WAY_TYPE_REQUEST_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return way_item_list_get_length (WAY_ACTIVITY (model)->rows);
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (WAY_ACTIVITY (model)->rows), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayActivity,
                               way_activity,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
way_activity_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayActivity *self = WAY_ACTIVITY (object);

  switch (prop_id)
    {
    case PROP_RUNNING:
      g_value_set_uint (value, self->n_running);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_activity_dispose (GObject *object)
{
  WayActivity *self = WAY_ACTIVITY (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_object (&self->rows);
  g_clear_object (&self->running);
  g_clear_object (&self->fallbacks);
  g_clear_object (&self->meters);

  G_OBJECT_CLASS (way_activity_parent_class)->dispose (object);
}

static void
way_activity_class_init (WayActivityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_activity_get_property;
  object_class->dispose = way_activity_dispose;

  properties[PROP_RUNNING] =
    g_param_spec_uint ("running", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
on_rows_changed (GListModel *rows, guint position, guint removed, guint added, gpointer user_data)
{
  g_list_model_items_changed (G_LIST_MODEL (user_data), position, removed, added);
}

static void
way_activity_init (WayActivity *self)
{
  self->rows = way_item_list_new (WAY_TYPE_REQUEST_ITEM);
  self->running = way_item_list_new (WAY_TYPE_REQUEST_ITEM);
  self->fallbacks = way_item_list_new (WAY_TYPE_REQUEST_ITEM);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->meters = way_meters_new ();
  g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (on_rows_changed), self, 0);
}

static gboolean
has_ended (gpointer item, gpointer user_data)
{
  return way_request_item_get_record (item)->outcome != WAY_OUTCOME_RUNNING;
}

/* For the list of rows: lets go of what has ended, and of its place in the index. */
static gboolean
forget_if_ended (gpointer item, gpointer user_data)
{
  WayActivity *self = user_data;

  if (!has_ended (item, NULL))
    return FALSE;
  g_hash_table_remove (self->by_id, way_request_item_get_record (item)->id);
  return TRUE;
}

static gboolean
always (gpointer item, gpointer user_data)
{
  return TRUE;
}

static gboolean
was_answered (const WayRecord *record)
{
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = g_ptr_array_index (record->attempts, i);

      if (attempt->verdict == WAY_VERDICT_ANSWERED)
        return TRUE;
    }
  return FALSE;
}

/* What a person should know of: another than the first answered, or somebody was asked in vain. */
static gboolean
is_fallback (const WayRecord *record)
{
  const guint n_tried = way_record_count_tried (record);

  if (was_answered (record))
    return way_record_is_fallback (record);
  return n_tried > 0 &&
         (record->outcome == WAY_OUTCOME_UPSTREAM_ERROR || record->outcome == WAY_OUTCOME_DEADLINE);
}

/* The index must never hold the id of a record that its item has let go of. */
static void
update_item (WayActivity *self, WayRequestItem *item, WayRecord *record)
{
  g_autoptr (WayRecord) keep G_GNUC_UNUSED =
    way_record_ref ((WayRecord *)way_request_item_get_record (item));

  way_request_item_update (item, record);
  g_hash_table_replace (self->by_id, (gpointer)way_request_item_get_record (item)->id, item);
}

static WayRequestItem *
add_item (WayActivity *self, WayRecord *record, GPtrArray *items)
{
  WayRequestItem *item = way_request_item_new (record);

  g_hash_table_insert (self->by_id, record->id, item);
  g_ptr_array_add (items, item);
  return item;
}

/* Puts what is new into @ret_rows and @ret_fallbacks, oldest first. What has ended is kept for
 * long, and so compact. */
static void
take_record (WayActivity *self,
             const WayEvent *event,
             GPtrArray *ret_rows,
             GPtrArray *ret_fallbacks)
{
  const gboolean finished = event->type == WAY_EVENT_FINISHED;
  WayRequestItem *item = g_hash_table_lookup (self->by_id, event->record->id);
  gint64 counted = 0;
  g_autoptr (WayRecord) record =
    finished ? way_record_copy_compact (event->record) : way_record_ref (event->record);

  if (item == NULL)
    {
      item = add_item (self, record, ret_rows);
    }
  else if (has_ended (item, NULL))
    {
      return;
    }
  else
    {
      counted = way_request_item_get_record (item)->usage.output_tokens;
      update_item (self, item, record);
    }

  if (!finished)
    {
      way_meters_add_tokens (self->meters, record->usage.output_tokens - MAX (counted, 0),
                             way_clock_get_wall_us ());
      return;
    }
  way_meters_add (self->meters, record, counted);
  if (is_fallback (record))
    g_ptr_array_add (ret_fallbacks, g_object_ref (item));
}

/* Most requests begin and end within one batch: they never were in flight for a viewer. */
static void
update_running (WayActivity *self, GPtrArray *rows)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new ();
  const guint n_before = self->n_running;

  for (guint i = 0; i < rows->len; i++)
    {
      if (!has_ended (g_ptr_array_index (rows, i), NULL))
        g_ptr_array_add (running, g_ptr_array_index (rows, i));
    }
  way_item_list_add_newest (self->running, running);
  way_item_list_remove_oldest (self->running, G_MAXUINT, has_ended, NULL);

  self->n_running = way_item_list_get_length (self->running);
  if (self->n_running != n_before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

static void
trim (WayItemList *list, guint max, WayItemFunc func, gpointer user_data)
{
  const guint length = way_item_list_get_length (list);

  if (length > max)
    way_item_list_remove_oldest (list, length - max, func, user_data);
}

/**
 * way_activity_new:
 * @max_rows: how many requests to remember; 0 for 100,000
 *
 * An empty list. Beyond @max_rows the oldest requests that have ended are forgotten; those in
 * flight never are. Main thread.
 *
 * Returns: (transfer full): a new list
 */
WayActivity *
way_activity_new (guint max_rows)
{
  WayActivity *self = g_object_new (WAY_TYPE_ACTIVITY, NULL);

  self->max_rows = max_rows > 0 ? max_rows : DEFAULT_MAX_ROWS;
  return self;
}

/**
 * way_activity_take_batch:
 * @activity: the list
 * @events: (element-type WayEvent): as a #WayEventBatchFunc gets them; those of providers are
 *   passed over
 *
 * Adds new requests in front, updates known ones in place, counts finished ones and forgets the
 * oldest. Each list emits "items-changed" once for its new rows and once for each run of rows that
 * goes; "running" is notified at most once. The meters count and say nothing: who watches them sets
 * the pace with way_meters_tick(). Of requests in flight the records are kept, of those that have
 * ended compact copies. Main thread.
 */
void
way_activity_take_batch (WayActivity *activity, GPtrArray *events)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) fallbacks = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (WAY_IS_ACTIVITY (activity));
  g_return_if_fail (events != NULL);

  for (guint i = 0; i < events->len; i++)
    {
      const WayEvent *event = g_ptr_array_index (events, i);

      if (event->record != NULL)
        take_record (activity, event, rows, fallbacks);
    }

  way_item_list_add_newest (activity->rows, rows);
  trim (activity->rows, activity->max_rows, forget_if_ended, activity);
  update_running (activity, rows);
  way_item_list_add_newest (activity->fallbacks, fallbacks);
  trim (activity->fallbacks, MAX_FALLBACKS, always, NULL);
}

/**
 * way_activity_prepend_history:
 * @activity: the list
 * @records: (element-type WayRecord): from the ledger, newest first
 *
 * Appends what happened before this run after the live requests, as far as it is not in the list
 * and there is room. Emits "items-changed" once. "running" takes no notice, and the meters only of
 * what way_meters_add_history() counts. Main thread.
 */
void
way_activity_prepend_history (WayActivity *activity, GPtrArray *records)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) fallbacks = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_free = 0;
  guint n_free_fallbacks = 0;

  g_return_if_fail (WAY_IS_ACTIVITY (activity));
  g_return_if_fail (records != NULL);

  n_free = activity->max_rows - MIN (activity->max_rows, way_item_list_get_length (activity->rows));
  n_free_fallbacks = MAX_FALLBACKS - way_item_list_get_length (activity->fallbacks);

  for (guint i = 0; i < records->len && items->len < n_free; i++)
    {
      const WayRecord *known = g_ptr_array_index (records, i);
      g_autoptr (WayRecord) record = NULL;
      WayRequestItem *item = NULL;

      if (g_hash_table_contains (activity->by_id, known->id))
        continue;
      record = way_record_copy_compact (known);
      item = add_item (activity, record, items);
      way_meters_add_history (activity->meters, record);
      if (is_fallback (record) && fallbacks->len < n_free_fallbacks)
        g_ptr_array_add (fallbacks, g_object_ref (item));
    }
  way_item_list_add_oldest (activity->rows, items);
  way_item_list_add_oldest (activity->fallbacks, fallbacks);
}

/**
 * way_activity_find:
 * @activity: the list
 * @id: of a request
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the row, or %NULL when the list does not have it
 */
WayRequestItem *
way_activity_find (WayActivity *activity, const char *id)
{
  g_return_val_if_fail (WAY_IS_ACTIVITY (activity), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (activity->by_id, id);
}

/**
 * way_activity_get_running:
 * @activity: the list
 *
 * Main thread.
 *
 * Returns: (transfer none): the requests in flight, newest first
 */
GListModel *
way_activity_get_running (WayActivity *activity)
{
  g_return_val_if_fail (WAY_IS_ACTIVITY (activity), NULL);

  return G_LIST_MODEL (activity->running);
}

/**
 * way_activity_get_fallbacks:
 * @activity: the list
 *
 * Main thread.
 *
 * Returns: (transfer none): the last 50 requests that were answered by another than the first
 *   provider tried, or by none of those tried; newest first
 */
GListModel *
way_activity_get_fallbacks (WayActivity *activity)
{
  g_return_val_if_fail (WAY_IS_ACTIVITY (activity), NULL);

  return G_LIST_MODEL (activity->fallbacks);
}

/**
 * way_activity_get_meters:
 * @activity: the list
 *
 * Main thread.
 *
 * Returns: (transfer none): totals of today and rates
 */
WayMeters *
way_activity_get_meters (WayActivity *activity)
{
  g_return_val_if_fail (WAY_IS_ACTIVITY (activity), NULL);

  return activity->meters;
}
