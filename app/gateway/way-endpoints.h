/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is answered by Wayfare itself: models, health, and the /wayfare/v1 API. Gateway thread. */

#pragma once

#include "way-core.h"
#include "way-request.h"
#include "way-router.h"

G_BEGIN_DECLS

/**
 * WayEndpointsForward:
 * @request: an administration call that only the main thread can carry out
 * @path: below /wayfare/v1
 */
typedef void (*WayEndpointsForward) (WayRequest *request, const char *path, gpointer user_data);

typedef struct _WayEndpoints WayEndpoints;

WayEndpoints *way_endpoints_new (WayCore *core, WayEndpointsForward forward, gpointer user_data);
void way_endpoints_free (WayEndpoints *endpoints);
void way_endpoints_dispatch (WayEndpoints *endpoints, WayRequest *request);

/* Handlers of way-endpoints-api.c */
void way_endpoints_status (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_route (WayEndpoints *endpoints, WayRequest *request, const char *rest);

/* Handlers of way-endpoints-ledger.c */
void way_endpoints_requests (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_one_request (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_spend (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_capture (WayEndpoints *self, WayRequest *request, const char *rest);
void way_endpoints_bodies (WayEndpoints *self, WayRequest *request, const char *id);
void way_endpoints_forget_bodies (WayEndpoints *self, WayRequest *request, const char *rest);

/* Handler of way-endpoints-metrics.c */
void way_endpoints_metrics (WayEndpoints *endpoints, WayRequest *request, const char *rest);

/* Handlers of way-endpoints-models.c */
void way_endpoints_models (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_model (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_tags (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_gemini_models (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_gemini_model (WayEndpoints *endpoints, WayRequest *request, const char *rest);

/* Handlers of way-endpoints-ollama.c */
void way_endpoints_ollama_root (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_ollama_version (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_ollama_ps (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_ollama_show (WayEndpoints *endpoints, WayRequest *request, const char *rest);
void way_endpoints_append_ollama_details (GString *text);

/* For all of them */
WayCore *way_endpoints_get_core (WayEndpoints *endpoints);
gboolean way_endpoints_begin (WayRequest *request);
void way_endpoints_fail (WayRequest *request, WayErrorCode code, const char *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayEndpoints, way_endpoints_free)

G_END_DECLS
