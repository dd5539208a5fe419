/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of each provider: does it answer, which models has it, is it to be left alone for a
 * while. Fed by probes and by live traffic; asked by the router. Plain data, no I/O; it lives on
 * the gateway thread. */

#pragma once

#include "way-event.h"

G_BEGIN_DECLS

typedef struct _WayHealth WayHealth;

WayHealth *way_health_new (void);
void way_health_free (WayHealth *health);
void way_health_note_probe (WayHealth *health, const WayProviderState *state);
void way_health_note_success (WayHealth *health,
                              const char *provider_id,
                              gint64 first_byte_us,
                              gint64 wall_us);
void way_health_note_failure (WayHealth *health,
                              const char *provider_id,
                              WayErrorCode code,
                              const char *reason,
                              gint64 cool_until_us,
                              gint64 wall_us);
void way_health_forget (WayHealth *health, const char *provider_id);
const WayProviderState *way_health_get (const WayHealth *health, const char *provider_id);
gint64 way_health_get_cool_until (const WayHealth *health, const char *provider_id);
gboolean way_health_serves (const WayHealth *health, const char *provider_id, const char *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayHealth, way_health_free)

G_END_DECLS
