/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* An answer that waits for the ledger. If the client leaves meanwhile, nothing is sent. Gateway
 * thread. */

#pragma once

#include "way-endpoints.h"

G_BEGIN_DECLS

typedef struct
{
  WayRequest *request; /* owned */
  gboolean client_left;
} WayWaiting;

WayWaiting *way_waiting_new (WayRequest *request);
void way_waiting_send (WayWaiting *waiting, GString *text, const GError *error);
void way_waiting_free (WayWaiting *waiting);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayWaiting, way_waiting_free)

G_END_DECLS
