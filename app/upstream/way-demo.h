/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The provider that needs nothing installed: it answers by itself, so that the first call works.
 * Gateway thread. */

#pragma once

#include "way-upstream.h"

G_BEGIN_DECLS

typedef struct _WayDemo WayDemo;

WayDemo *way_demo_new (WayCall *call, const WayCallRequest *request);
void way_demo_free (WayDemo *demo);
void way_demo_resume (WayDemo *demo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayDemo, way_demo_free)

G_END_DECLS
