/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One model call from its arrival to its only exit: route, try, fall back, answer, account. Gateway
 * thread. */

#pragma once

#include "way-core.h"
#include "way-request.h"

G_BEGIN_DECLS

typedef struct _WayExchange WayExchange;

void way_exchange_start (WayCore *core, WayRequest *request);
gboolean way_exchange_retry_queued (gpointer exchange, gboolean is_last, gint64 *ret_retry_us);
void way_exchange_cancel (WayExchange *exchange, WayOutcome outcome, const char *reason);
const WayRecord *way_exchange_get_record (WayExchange *exchange);

G_END_DECLS
