/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Which servers answer, and which models they have: cheap probes of model lists, never a
 * completion, which would load a model. Gateway thread. */

#pragma once

#include "way-event.h"
#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct _WayDiscovery WayDiscovery;

/**
 * WayDiscoveryFunc:
 * @state: (transfer none): what a probe of one provider, or of one usual local port, saw
 * @configured: whether it is a provider of the snapshot; FALSE: a found server
 */
typedef void (*WayDiscoveryFunc) (const WayProviderState *state,
                                  gboolean configured,
                                  gpointer user_data);

WayDiscovery *way_discovery_new (WayUpstream *upstream, WayDiscoveryFunc func, gpointer user_data);
void way_discovery_free (WayDiscovery *discovery);
void way_discovery_apply (WayDiscovery *discovery, WaySnapshot *snapshot);
void way_discovery_probe (WayDiscovery *discovery, const char *provider_id);
gboolean
way_discovery_may_ask (const WaySnapshot *snapshot, const WayProvider *provider, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayDiscovery, way_discovery_free)

G_END_DECLS
