/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The two short lists of a request's detail, made from its record. */

#pragma once

#include "way-record.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void way_request_lists_fill_way (GtkListBox *list, const WayRecord *record);
void way_request_lists_fill_fare (GtkListBox *list, const WayRecord *record);

G_END_DECLS
