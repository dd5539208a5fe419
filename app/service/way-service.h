/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The running Wayfare that the window and `wayfare serve` share: owns the config, the keyring, the
 * ledger, the gateway and the live lists, and carries out every administration verb. Main thread.
 */

#pragma once

#include "way-activity.h"
#include "way-budget-item.h"
#include "way-config.h"
#include "way-gateway.h"
#include "way-keyring.h"
#include "way-provider-item.h"

G_BEGIN_DECLS

#define WAY_TYPE_SERVICE (way_service_get_type ())
G_DECLARE_FINAL_TYPE (WayService, way_service, WAY, SERVICE, GObject)

/**
 * WayServiceOptions:
 * @config_path: (nullable): default $XDG_CONFIG_HOME/wayfare/config.json
 * @data_dir: (nullable): default $XDG_DATA_HOME/wayfare
 * @listen_address: (nullable): overrides the config
 * @listen_port: overrides the config; -1 does not, 0 lets the system pick
 * @keyring: (nullable): default the Secret Service
 * @live: keep the lists the window shows; FALSE saves their memory when headless
 */
typedef struct
{
  const char *config_path;
  const char *data_dir;
  const char *listen_address;
  int listen_port;
  WayKeyring *keyring;
  gboolean live;
} WayServiceOptions;

/* Properties (notify): "address" (string, e.g. "http://127.0.0.1:4114", NULL while stopped),
 * "running" (gboolean), "problem" (string, nullable: why it is not running or which file is not in
 * use, in words), "elsewhere" (gboolean: it is not running since another Wayfare of this user is),
 * "local-only" (gboolean, rw), "keyring-state" (guint, WayKeyringState). Signal "budget-news"
 * (const WayBudgetNews *): a share of a budget was passed. */

WayService *way_service_new (const WayServiceOptions *options);
gboolean way_service_start (WayService *service, GError **error);
void way_service_stop (WayService *service, guint drain_ms);
void way_service_reload (WayService *service);

const char *way_service_get_address (WayService *service);
gboolean way_service_get_running (WayService *service);
gboolean way_service_get_local_only (WayService *service);
void way_service_set_local_only (WayService *service, gboolean local_only);
WayConfig *way_service_get_config (WayService *service);
WayLedger *way_service_get_ledger (WayService *service);
WayActivity *way_service_get_activity (WayService *service);
GListModel *way_service_get_providers (WayService *service); /* WayProviderItem */
GListModel *way_service_get_found (WayService *service);     /* WayProviderItem, not configured */
GListModel *way_service_get_budgets (WayService *service);   /* WayBudgetItem */
GListModel *way_service_get_keys (WayService *service);      /* WayKeyItem */
GListModel *way_service_get_apps (WayService *service);      /* WayAppItem */

void way_service_cancel_request (WayService *service, const char *request_id);
void way_service_probe (WayService *service, const char *provider_id);
gboolean way_service_test_provider (WayService *service, const char *provider_id, GError **error);
gboolean way_service_put_provider (WayService *service, JsonObject *provider, GError **error);
gboolean way_service_remove_provider (WayService *service, const char *id, GError **error);

/* Apps: the token is made here, stored in the keyring where there is one, and given back once. */
void way_service_add_app_async (WayService *service,
                                const char *name,
                                gboolean local_only,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean way_service_check_app_name (WayService *service, const char *name, GError **error);
char *way_service_add_app_finish (WayService *service,
                                  GAsyncResult *result,
                                  gboolean *ret_stored,
                                  GError **error);
void way_service_rotate_token_async (WayService *service,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
char *way_service_rotate_token_finish (WayService *service, GAsyncResult *result, GError **error);
void way_service_revoke_app_async (WayService *service,
                                   const char *name,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean way_service_revoke_app_finish (WayService *service, GAsyncResult *result, GError **error);
void way_service_get_token_async (WayService *service,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
char *way_service_get_token_finish (WayService *service, GAsyncResult *result, GError **error);

/* Keys, by provider id: storing one also makes the provider's config point at it. */
void way_service_set_key_async (WayService *service,
                                const char *provider_id,
                                WayKey *key,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean way_service_set_key_finish (WayService *service, GAsyncResult *result, GError **error);
void way_service_delete_key_async (WayService *service,
                                   const char *provider_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean way_service_delete_key_finish (WayService *service, GAsyncResult *result, GError **error);
void way_service_unlock_keyring_async (WayService *service,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
way_service_unlock_keyring_finish (WayService *service, GAsyncResult *result, GError **error);

G_END_DECLS
