/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The shape of a record, for the files that go through all of it. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

#define WAY_RECORD_N_STRINGS 11
#define WAY_ATTEMPT_N_STRINGS 3

/* Offsets of the strings that many records have alike; a record's id is not among them. */
extern const gsize way_record_strings[WAY_RECORD_N_STRINGS];
extern const gsize way_attempt_strings[WAY_ATTEMPT_N_STRINGS];

/* All that is no pointer lies together. */
#define WAY_RECORD_PLAIN_OFFSET G_STRUCT_OFFSET (WayRecord, locality)
#define WAY_RECORD_PLAIN_BYTES (G_STRUCT_OFFSET (WayRecord, attempts) - WAY_RECORD_PLAIN_OFFSET)
#define WAY_ATTEMPT_PLAIN_OFFSET G_STRUCT_OFFSET (WayAttempt, locality)
#define WAY_ATTEMPT_PLAIN_BYTES (sizeof (WayAttempt) - WAY_ATTEMPT_PLAIN_OFFSET)

G_END_DECLS
