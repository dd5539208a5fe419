/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers kept for requests that are the same again. Off unless the user turns it on; in memory
 * only, bounded, and never shared by apps. Gateway thread. */

#pragma once

#include "way-policy.h"

G_BEGIN_DECLS

/**
 * WayCachedAnswer:
 * @type: media type of @body
 * @body: as the client got it; of a stream all its events
 * @dropped: (nullable): what the provider could not be told
 * @cost_nano_usd: what it cost, or %WAY_UNKNOWN
 */
typedef struct
{
  char *type;
  GBytes *body;
  char *provider;
  char *model;
  char *dropped;
  WayLocality locality;
  gboolean substituted;
  gint64 cost_nano_usd;
} WayCachedAnswer;

typedef struct _WayCache WayCache;

WayCache *way_cache_new (void);
void way_cache_free (WayCache *cache);
void way_cache_apply (WayCache *cache, const WayCacheTerms *terms);
const WayCachedAnswer *way_cache_find (WayCache *cache, const char *key, gint64 now_us);
void way_cache_keep (WayCache *cache, const char *key, WayCachedAnswer *answer, gint64 now_us);
gsize way_cache_get_largest (const WayCache *cache);
gsize way_cache_get_size (const WayCache *cache);

void way_cached_answer_free (WayCachedAnswer *answer);
char *way_cache_dup_key (const char *app, const char *path, const char *context, GBytes *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayCachedAnswer, way_cached_answer_free)

G_END_DECLS
