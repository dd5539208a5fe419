/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The import of LiteLLM's config over arbitrary bytes: what it gives is always a config that the
 * strict reader takes, and what it refuses is told. */

#include "way-litellm.h"
#include "way-snapshot.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WayYaml) yaml = way_yaml_parse ((const char *)data, size, &error);
  if ((yaml == NULL) != (error != NULL))
    abort ();
  if (yaml == NULL)
    return 0;

  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) config =
    way_litellm_convert (way_yaml_get_root (yaml), notes, prompts, &error);
  if ((config == NULL) != (error != NULL))
    abort ();
  if (config == NULL)
    return 0;

  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (config, NULL, &error);
  if (snapshot == NULL)
    abort ();
  for (guint i = 0; i < notes->len; i++)
    if (!g_str_has_prefix (g_ptr_array_index (notes, i), "line "))
      abort ();
  return 0;
}
