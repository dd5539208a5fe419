/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Words about the providers to choose from, and which words find them. Pure. */

#pragma once

#include "way-provider-table.h"

G_BEGIN_DECLS

gboolean way_preset_matches (const WayPreset *preset, const char *words);
WayLocality way_preset_locality (const WayPreset *preset);
char *way_preset_subtitle (const WayPreset *preset);
const char *way_preset_address_hint (const WayPreset *preset);
const char *way_preset_policy (const WayPreset *preset, WayLocality locality);

G_END_DECLS
