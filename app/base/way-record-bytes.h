/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A record as bytes and back, for the same build of the program. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

void way_record_append_bytes (const WayRecord *record, GByteArray *bytes);
WayRecord *way_record_new_from_bytes (const guint8 *data, gsize length);

G_END_DECLS
