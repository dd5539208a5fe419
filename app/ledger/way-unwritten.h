/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests that were given to the ledger and are not in it yet, in a file, so that a killed process
 * loses none of them. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

typedef struct _WayUnwritten WayUnwritten;

WayUnwritten *way_unwritten_open (const char *path, GPtrArray *ret_left, GError **error);
void way_unwritten_close (WayUnwritten *unwritten, gboolean all_written);
gboolean way_unwritten_start (WayUnwritten *unwritten);
void way_unwritten_add (WayUnwritten *unwritten, const WayRecord *record);
void way_unwritten_turn (WayUnwritten *unwritten);

G_END_DECLS
