/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The router itself: one thread that owns the server, the upstream client and every exchange. Only
 * this header is for other layers. */

#pragma once

#include "way-catalog.h"
#include "way-event-queue.h"
#include "way-ledger.h"
#include "way-snapshot.h"

G_BEGIN_DECLS

typedef struct _WayGateway WayGateway;
typedef struct _WayControlCall WayControlCall;

/**
 * WayControlFunc:
 * @method: "GET", "POST", "PUT" or "DELETE"
 * @path: below /wayfare/v1, e.g. "/apps/codex"
 * @body: (nullable): the request's JSON object
 *
 * An administration call from the control socket that the gateway cannot answer by itself. Runs on
 * the main thread; must end in exactly one way_control_call_reply() or _fail(), now or later.
 */
typedef void (*WayControlFunc) (
  WayControlCall *call, const char *method, const char *path, JsonObject *body, gpointer user_data);

/**
 * WayGatewayOptions:
 * @control_path: (nullable): Unix socket to serve the API on for this user; NULL for none
 * @control_func: (nullable): answers administration calls, on @control_context
 * @discover: whether to probe the usual ports of local servers
 */
typedef struct
{
  const char *control_path;
  GMainContext *control_context;
  WayControlFunc control_func;
  gpointer control_data;
  gboolean discover;
} WayGatewayOptions;

WayGateway *way_gateway_new (WaySnapshot *snapshot,
                             WayCatalog *catalog,
                             WayLedger *ledger,
                             WayEventQueue *events,
                             const WayGatewayOptions *options);
void way_gateway_free (WayGateway *gateway);
gboolean way_gateway_start (WayGateway *gateway, GError **error);
void way_gateway_stop (WayGateway *gateway, guint drain_ms);
char *way_gateway_dup_address (WayGateway *gateway);
guint way_gateway_get_port (WayGateway *gateway);
gboolean way_gateway_apply (WayGateway *gateway, WaySnapshot *snapshot, GError **error);
void way_gateway_set_catalog (WayGateway *gateway, WayCatalog *catalog);
void way_gateway_set_problem (WayGateway *gateway, const char *problem);
void way_gateway_probe (WayGateway *gateway, const char *provider_id);
void way_gateway_cancel_request (WayGateway *gateway, const char *request_id);

void way_control_call_reply (WayControlCall *call, guint status, JsonNode *body);
void way_control_call_fail (WayControlCall *call, const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayGateway, way_gateway_free)

G_END_DECLS
