/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* An administration call on its way: from the gateway, whose client waits, to the main thread,
 * which owns settings and keyring, and back. */

#pragma once

#include "way-gateway.h"
#include "way-request.h"

G_BEGIN_DECLS

void way_control_call_send (WayRequest *request,
                            const char *path,
                            GMainContext *gateway_context,
                            const WayGatewayOptions *options);

G_END_DECLS
