/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One request between a client of one dialect and a provider of another. No I/O. */

#pragma once

#include "way-dialect.h"

G_BEGIN_DECLS

typedef struct _WayTranslation WayTranslation;

WayTranslation *way_translation_new (
  const WayDialect *face, const char *path, GBytes *body, const WayReplyHead *head, GError **error);
void way_translation_free (WayTranslation *translation);

GBytes *way_translation_write_request (WayTranslation *translation,
                                       const WayDialect *back,
                                       const WayRequestTarget *target,
                                       GError **error);
gboolean way_translation_asks_nothing (WayTranslation *translation);
char *way_translation_dup_dropped (WayTranslation *translation);

void way_translation_begin_stream (WayTranslation *translation, GString *output);
void way_translation_add (const WayDelta *delta, gpointer translation);
void way_translation_end_stream (WayTranslation *translation);

void way_translation_collect (const WayDelta *delta, gpointer translation);
gboolean way_translation_read_vectors (
  WayTranslation *translation, const char *data, gsize length, WayUsage *ret_usage, GError **error);
void way_translation_write_reply (WayTranslation *translation, GString *out);
void way_translation_stream_reply (WayTranslation *translation, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayTranslation, way_translation_free)

G_END_DECLS
