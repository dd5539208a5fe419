/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The config of a LiteLLM proxy as a config of Wayfare. Pure: a tree in, a tree and remarks out. */

#pragma once

#include "way-yaml.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *way_litellm_convert (const WayYamlNode *root,
                               GPtrArray *ret_notes,
                               GPtrArray *ret_prompts,
                               GError **error);

G_END_DECLS
