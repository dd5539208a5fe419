/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the files of the service share: its parts and the steps between them. Main thread. */

#pragma once

#include "way-service.h"

#include "way-app-item.h"
#include "way-catalog-file.h"
#include "way-key-item.h"

G_BEGIN_DECLS

struct _WayService
{
  GObject parent_instance;

  /* owned, as the options said */
  char *data_dir;
  gboolean live;

  /* owned: the parts */
  WayConfig *config;
  WayKeyring *keyring;
  WayLedger *ledger;       /* NULL until the first start */
  WayCatalogFile *catalog; /* likewise */
  WayEventQueue *events;
  WayGateway *gateway; /* NULL while stopped */

  /* owned: the lists */
  WayActivity *activity;
  GListStore *providers;
  GListStore *found;
  GListStore *budgets;
  GListStore *keys;
  GListStore *apps;

  /* owned: keys as they were found */
  GHashTable *key_slots; /* provider id → KeySlot, see way-service-keys.c */
  GCancellable *resolving;
  WayKeyringState keyring_state;
  gboolean said_no_keyring;

  /* the day that the counts of the lists are of */
  gint64 day_start_us;
  gint64 day_end_us;

  /* owned: state in words */
  char *address;            /* NULL while stopped */
  char *start_problem;      /* why it does not run, nullable */
  gboolean elsewhere;       /* another Wayfare of this user runs instead */
  gboolean local_only_held; /* local-only is on though the config could not be written */
  char *held_problem;       /* why it could not, as long as it is held */
  char *apply_problem;      /* which of the newest settings is not in force, nullable */
  char *problem;            /* as last notified */

  gboolean remembers;  /* the lists begin with what the ledger has */
  gboolean loaded;     /* the config file was read, or there is none */
  gboolean wanted;     /* it runs, or would if it could */
  guint apply_source;  /* pending way_service_apply() */
  guint minute_source; /* only when live */
};

/* way-service.c */
void way_service_set_address (WayService *self, char *address);
void way_service_take_problem (WayService *self, char **problem, GError **error);
void way_service_set_elsewhere (WayService *self, const GError *error);
void way_service_set_keyring_state (WayService *self, WayKeyringState state);
gboolean way_service_write_held_local_only (WayService *self);

/* way-service-run.c */
void way_service_queue_apply (WayService *self);
void way_service_take_config (WayService *self);
void way_service_load_catalog (WayService *self);

/* way-service-keys.c */
void way_service_init_keys (WayService *self);
void way_service_ask_keyring_state (WayService *self);
void way_service_resolve_keys (WayService *self);
WaySnapshot *way_service_make_snapshot (WayService *self);

/* way-service-apps.c */
void way_service_put_app_async (WayService *self,
                                JsonObject *app,
                                gboolean replace,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
char *way_service_put_app_finish (WayService *self,
                                  GAsyncResult *result,
                                  char **ret_note,
                                  GError **error);

/* way-service-lists.c */
void way_service_take_batch (GPtrArray *events, gpointer user_data);
void way_service_sync_lists (WayService *self);
void way_service_begin_day (WayService *self, gint64 now_wall_us);
void way_service_ask_ledger (WayService *self);
gpointer way_service_find_item (GListStore *list, const char *property, const char *id);

G_END_DECLS
