/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader over arbitrary bytes: whatever the file, it gives a snapshot or faults with a
 * path, never both and never neither. What it gives can be looked into. */

#include "way-json.h"
#include "way-snapshot-private.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
look_into (WaySnapshot *snapshot)
{
  g_autoptr (WaySnapshot) copy = way_snapshot_with_keys (snapshot, NULL);
  for (guint i = 0; i < copy->routes->len; i++)
    {
      const WayRoute *route = g_ptr_array_index (copy->routes, i);
      for (guint j = 0; j < route->targets->len; j++)
        {
          const WayTarget *target = g_ptr_array_index (route->targets, j);
          if (target->provider != way_snapshot_find_provider (copy, target->provider_id))
            abort ();
        }
      if (way_snapshot_find_route (copy, route->pattern) != route)
        abort ();
    }
  way_snapshot_find_app_by_token (copy, "token");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (JsonNode) root = way_json_parse ((const char *)data, size, NULL);
  if (root == NULL)
    return 0;

  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_read (root, faults, warnings);
  if ((snapshot == NULL) != (faults->len > 0))
    abort ();
  if (snapshot != NULL)
    look_into (snapshot);
  return 0;
}
