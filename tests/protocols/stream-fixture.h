/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Recorded-like streams of a dialect against the deltas written beside them, whole and cut at every
 * byte. */

#pragma once

#include "way-dialect.h"

G_BEGIN_DECLS

/* Adds a test for each tests/fixtures/NAME/.sse or .ndjson file; call it from main(). */
void stream_fixture_add_tests (const WayDialect *dialect);

G_END_DECLS
