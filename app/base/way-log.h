/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Log lines on standard error (the journal under systemd). Log strings are never translated and
 * never hold a key, a token or a prompt. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void way_log_init (gboolean verbose);

#define way_log_debug(...) g_debug (__VA_ARGS__)
#define way_log_info(...) g_info (__VA_ARGS__)
#define way_log_notice(...) g_message (__VA_ARGS__)

G_END_DECLS
