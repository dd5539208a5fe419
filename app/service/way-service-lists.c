/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The lists that a window shows: kept in step with the config, fed by the gateway's events, and
 * begun with what the ledger remembers. Main thread. */

#include "way-service-private.h"

#include "way-clock.h"
#include "way-day.h"
#include "way-log.h"

#define HISTORY_ROWS 500

/* (nullable) (transfer none): the item whose @property is @id. Lists of providers, keys and apps
 * are as short as the config. */
gpointer
way_service_find_item (GListStore *list, const char *property, const char *id)
{
  const guint n_items = g_list_model_get_n_items (G_LIST_MODEL (list));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      g_autofree char *value = NULL;

      g_object_get (item, property, &value, NULL);
      if (g_strcmp0 (value, id) == 0)
        return item;
    }
  return NULL;
}

/* Replaces what @list holds by @items, unless it holds just that already. */
static void
replace_items (GListStore *list, GPtrArray *items)
{
  const guint n_items = g_list_model_get_n_items (G_LIST_MODEL (list));
  gboolean is_same = n_items == items->len;

  for (guint i = 0; i < n_items && is_same; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      is_same = item == g_ptr_array_index (items, i);
    }
  if (!is_same)
    g_list_store_splice (list, 0, n_items, items->pdata, items->len);
}

static gboolean
has_kind (WayProviderItem *item, const char *kind)
{
  g_autofree char *value = NULL;

  g_object_get (item, "kind", &value, NULL);
  return g_strcmp0 (value, kind) == 0;
}

static void
sync_providers (WayService *self, const WaySnapshot *snapshot)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      const char *kind = way_kind_get_name (provider->kind);
      WayProviderItem *item = way_service_find_item (self->providers, "id", provider->id);

      if (item != NULL && has_kind (item, kind))
        g_object_ref (item);
      else
        item = way_provider_item_new (provider->id, kind, TRUE);
      way_provider_item_set_config (item, provider->base_url, provider->locality, provider->enabled,
                                    provider->key_name, provider->data_policy);
      g_ptr_array_add (items, item);
    }
  replace_items (self->providers, items);
}

static void
sync_keys (WayService *self, const WaySnapshot *snapshot)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      WayKeyItem *item = NULL;

      if (provider->key_source == WAY_KEY_SOURCE_NONE)
        continue;
      item = way_service_find_item (self->keys, "provider-id", provider->id);
      g_ptr_array_add (items, item != NULL ? g_object_ref (item) : way_key_item_new (provider->id));
    }
  replace_items (self->keys, items);
}

static void
sync_apps (WayService *self, const WaySnapshot *snapshot)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      g_autofree char *models_text = g_strjoinv (", ", app->models);
      WayAppItem *item = way_service_find_item (self->apps, "id", app->id);

      item = item != NULL ? g_object_ref (item) : way_app_item_new (app->id);
      way_app_item_begin_day (item, self->day_start_us);
      way_app_item_set_config (item, models_text, app->local_only);
      g_ptr_array_add (items, item);
    }
  replace_items (self->apps, items);
}

/* Forgets found servers that are configured by now. */
static void
sync_found (WayService *self, const WaySnapshot *snapshot)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->found)); i > 0; i--)
    {
      g_autoptr (WayProviderItem) item = g_list_model_get_item (G_LIST_MODEL (self->found), i - 1);
      const char *base_url = way_provider_item_get_state (item)->base_url;

      for (guint j = 0; j < snapshot->providers->len; j++)
        {
          const WayProvider *provider = g_ptr_array_index (snapshot->providers, j);

          if (g_strcmp0 (provider->base_url, base_url) == 0)
            {
              g_list_store_remove (self->found, i - 1);
              break;
            }
        }
    }
}

/* Makes the lists say what the config says, keeping the items, and so the evidence, of those who
 * stay. */
void
way_service_sync_lists (WayService *self)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);

  sync_providers (self, snapshot);
  sync_keys (self, snapshot);
  sync_apps (self, snapshot);
  sync_found (self, snapshot);
  g_list_store_remove_all (self->budgets); /* the gateway tells those in force */
}

/* Today's counts of the apps are of the day that @now_wall_us is in. */
void
way_service_begin_day (WayService *self, gint64 now_wall_us)
{
  if (now_wall_us >= self->day_start_us && now_wall_us < self->day_end_us)
    return;
  way_day_get_bounds (now_wall_us, &self->day_start_us, &self->day_end_us);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->apps)); i++)
    {
      g_autoptr (WayAppItem) item = g_list_model_get_item (G_LIST_MODEL (self->apps), i);

      way_app_item_begin_day (item, self->day_start_us);
    }
}

/* Events */

static void
take_provider (WayService *self, const WayProviderState *state)
{
  WayProviderItem *item = way_service_find_item (self->providers, "id", state->id);

  if (item != NULL)
    way_provider_item_set_state (item, state);
}

static void
take_found (WayService *self, const WayProviderState *state)
{
  WayProviderItem *item = way_service_find_item (self->found, "id", state->id);
  g_autoptr (WayProviderItem) new_item = NULL;

  if (item != NULL)
    {
      way_provider_item_set_state (item, state);
      return;
    }
  new_item = way_provider_item_new (state->id, state->kind, FALSE);
  way_provider_item_set_state (new_item, state);
  g_list_store_append (self->found, new_item);
}

/* The items that a batch of finished requests counts for, by id; their notifications wait for its
 * end. */
typedef struct
{
  GHashTable *apps; /* id → WayAppItem */
  GHashTable *keys; /* provider id → WayKeyItem */
} Counters;

static GHashTable *
freeze_items (GListStore *list, const char *(*get_id) (gpointer item))
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      GObject *item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_object_freeze_notify (item);
      g_hash_table_insert (items, (gpointer)get_id (item), item);
    }
  return items;
}

static void
thaw_items (GHashTable *items)
{
  GHashTableIter iter;
  gpointer item = NULL;

  g_hash_table_iter_init (&iter, items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_object_thaw_notify (item);
  g_hash_table_unref (items);
}

static const char *
get_app_id (gpointer item)
{
  return way_app_item_get_id (item);
}

static const char *
get_key_provider (gpointer item)
{
  return way_key_item_get_provider_id (item);
}

static void
count_finished (const Counters *counters, const WayRecord *record)
{
  WayAppItem *app = record->app != NULL ? g_hash_table_lookup (counters->apps, record->app) : NULL;
  /* What nobody was asked for costs nothing, and that is known. */
  const gboolean cost_known =
    record->cost_nano_usd != WAY_UNKNOWN || way_record_count_tried (record) == 0;

  if (app != NULL)
    way_app_item_add_request (app, record->started_at_us,
                              way_record_get_known_cost_nano_usd (record), cost_known);

  for (guint i = 0; i < record->attempts->len; i++)
    {
      const WayAttempt *attempt = g_ptr_array_index (record->attempts, i);
      WayKeyItem *key = attempt->verdict != WAY_VERDICT_SKIPPED
                          ? g_hash_table_lookup (counters->keys, attempt->provider)
                          : NULL;

      if (key != NULL)
        way_key_item_set_last_used (key, record->started_at_us + attempt->started_us);
    }
}

/* What was passed before this program started is no news. */
static void
take_budget (WayService *self, const WayBudgetNews *news)
{
  WayBudgetItem *item = way_service_find_item (self->budgets, "id", news->budget);

  if (item == NULL)
    {
      g_autoptr (WayBudgetItem) new_item = way_budget_item_new (news);
      g_list_store_append (self->budgets, new_item);
    }
  else if (way_budget_item_update (item, news))
    g_signal_emit_by_name (self, "budget-news", news);
}

/* A #WayEventBatchFunc. */
void
way_service_take_batch (GPtrArray *events, gpointer user_data)
{
  WayService *self = user_data;
  Counters counters = { 0 };

  way_service_begin_day (self, way_clock_get_wall_us ());
  counters.apps = freeze_items (self->apps, get_app_id);
  counters.keys = freeze_items (self->keys, get_key_provider);
  for (guint i = 0; i < events->len; i++)
    {
      const WayEvent *event = g_ptr_array_index (events, i);

      switch (event->type)
        {
        case WAY_EVENT_STARTED:
        case WAY_EVENT_ROUTED:
        case WAY_EVENT_PROGRESS:
          break;
        case WAY_EVENT_FINISHED:
          count_finished (&counters, event->record);
          break;
        case WAY_EVENT_PROVIDER:
          take_provider (self, event->provider);
          break;
        case WAY_EVENT_FOUND:
          take_found (self, event->provider);
          break;
        case WAY_EVENT_BUDGET:
          take_budget (self, event->budget);
          break;
        }
    }
  way_activity_take_batch (self->activity, events);
  thaw_items (counters.keys);
  thaw_items (counters.apps);
}

/* What the ledger remembers */

/* A question to the ledger; the service may go before the answer comes. */
static GWeakRef *
hold_weakly (WayService *self)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, self);
  return ref;
}

/* (transfer full) (nullable): who asked. An answer to a start that failed comes to nobody: it is
 * asked again with the next. */
static WayService *
take_held (gpointer data)
{
  GWeakRef *ref = data;
  g_autoptr (WayService) self = g_weak_ref_get (ref);

  g_weak_ref_clear (ref);
  g_free (ref);
  return self != NULL && self->remembers ? g_steal_pointer (&self) : NULL;
}

static void
on_spent_today (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayService) self = take_held (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, &error);

  if (rows == NULL)
    way_log_notice ("today's totals are not known: %s", error->message);
  for (guint i = 0; self != NULL && rows != NULL && i < rows->len; i++)
    {
      const WaySpendRow *row = g_ptr_array_index (rows, i);

      way_meters_set_base (way_activity_get_meters (self->activity), row->requests, row->failed,
                           row->local_requests, row->fallbacks, row->cost_nano_usd,
                           row->unknown_cost_requests, row->input_tokens + row->cached_tokens,
                           row->output_tokens);
    }
  if (self != NULL)
    way_meters_tick (way_activity_get_meters (self->activity), way_clock_get_wall_us ());
}

static void
on_spent_by_app (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayService) self = take_held (user_data);
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, NULL);

  for (guint i = 0; self != NULL && rows != NULL && i < rows->len; i++)
    {
      const WaySpendRow *row = g_ptr_array_index (rows, i);
      WayAppItem *item = way_service_find_item (self->apps, "id", row->key);

      if (item != NULL)
        way_app_item_set_base (item, 0, row->requests, row->cost_nano_usd,
                               row->unknown_cost_requests);
    }
}

static void
on_last_of_app (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayService) self = take_held (user_data);
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, NULL);
  WayAppItem *item = NULL;
  const WayRecord *record = NULL;

  if (self == NULL || records == NULL || records->len == 0)
    return;
  record = g_ptr_array_index (records, 0);
  item = way_service_find_item (self->apps, "id", record->app);
  if (item != NULL)
    way_app_item_set_base (item, record->started_at_us, 0, 0, 0);
}

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (WayService) self = take_held (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records = way_ledger_query_finish (NULL, result, &error);

  if (records == NULL)
    way_log_notice ("earlier requests are not shown: %s", error->message);
  else if (self != NULL)
    way_activity_prepend_history (self->activity, records);
}

/* Asks for everything the lists begin with. Nobody looks at them unless the service is live. */
void
way_service_ask_ledger (WayService *self)
{
  const WaySnapshot *snapshot = way_config_get_snapshot (self->config);
  const WayLedgerFilter history = { .limit = HISTORY_ROWS };

  if (!self->live)
    return;
  way_ledger_spend_async (self->ledger, WAY_SPEND_BY_DAY, self->day_start_us, NULL, on_spent_today,
                          hold_weakly (self));
  way_ledger_spend_async (self->ledger, WAY_SPEND_BY_APP, self->day_start_us, NULL, on_spent_by_app,
                          hold_weakly (self));
  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      const WayLedgerFilter last = { .app = app->id, .limit = 1 };

      way_ledger_query_async (self->ledger, &last, NULL, on_last_of_app, hold_weakly (self));
    }
  way_ledger_query_async (self->ledger, &history, NULL, on_history, hold_weakly (self));
}
