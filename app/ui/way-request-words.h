/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The prompt and the answer of one request, if they were kept, and for how long. Main thread. */

#pragma once

#include "way-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define WAY_TYPE_REQUEST_WORDS (way_request_words_get_type ())
G_DECLARE_FINAL_TYPE (WayRequestWords, way_request_words, WAY, REQUEST_WORDS, AdwPreferencesGroup)

/* Properties (notify): "note" (string: what is kept, for how long), "kept" (gboolean). */

void way_request_words_show (WayRequestWords *words, WayService *service, const WayRecord *record);

G_END_DECLS
