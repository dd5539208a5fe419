/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the two halves of WayConfig share; no other layer includes this. */

#pragma once

#include "way-config.h"

G_BEGIN_DECLS

JsonNode *way_config_begin_edit (WayConfig *self, GError **error);
gboolean way_config_commit_edit (WayConfig *self, JsonNode *edited, GError **error);
JsonNode *way_config_dup_tree (WayConfig *self);

G_END_DECLS
