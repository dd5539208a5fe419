/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A secret in memory: never paged out, never in a core dump, wiped when the last owner leaves. */

#pragma once

#include "way-error.h"

G_BEGIN_DECLS

typedef struct _WayKey WayKey;

WayKey *way_key_new (const char *value, gsize length, GError **error);
WayKey *way_key_new_header (const char *name_and_scheme, const WayKey *key, GError **error);
WayKey *way_key_ref (WayKey *key);
void way_key_unref (WayKey *key);
const char *way_key_reveal (const WayKey *key);
char *way_key_dup_hint (const WayKey *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayKey, way_key_unref)

G_END_DECLS
