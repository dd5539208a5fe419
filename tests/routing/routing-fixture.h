/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the tests of routing share: a moment, and a configuration out of its text. */

#pragma once

#include "way-json.h"
#include "way-snapshot.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define USD G_GINT64_CONSTANT (1000000000)
/* Saturday, 1 November 2025, 12:26:40 UTC. */
#define NOW (G_GINT64_CONSTANT (1762000000) * SECOND)

static inline WaySnapshot *
read_snapshot (const char *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) root = way_json_parse (config, strlen (config), &error);
  g_assert_no_error (error);

  WaySnapshot *snapshot = way_snapshot_new_from_json (root, warnings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (warnings->len, ==, 0);
  return snapshot;
}
