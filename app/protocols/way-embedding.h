/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A request for embeddings and its answer in neutral words. Pure. */

#pragma once

#include "way-chat.h"
#include "way-json-scan.h"
#include "way-usage.h"

G_BEGIN_DECLS

/**
 * WayEmbedding:
 * @inputs: (element-type utf8): the texts; none where only the usage of an answer is of interest
 * @vectors: (element-type GBytes): one for each text once answered: its numbers as JSON text, an
 *   array, as the provider spelled them
 * @dimensions: or %WAY_UNKNOWN
 * @is_single: the client sent one text that is no array, and some dialects answer that in another
 * shape
 * @wants_base64: little-endian 32-bit floats in base64 instead of numbers
 * @truncate: whether too long a text may be cut: -1 unset, 0 no, 1 yes
 * @ignored: (element-type utf8): owned: members that have no neutral words
 */
typedef struct
{
  GPtrArray *inputs;
  GPtrArray *vectors;
  GPtrArray *ignored;
  gint64 dimensions;
  gboolean is_single;
  gboolean wants_base64;
  int truncate;
  WayUsage usage;
} WayEmbedding;

WayEmbedding *way_embedding_new (void);
void way_embedding_free (WayEmbedding *embedding);

gboolean way_embedding_skim_request (
  const char *data, gsize length, const char *member, WayRequestFacts *ret_facts, GError **error);
gboolean way_embedding_read_inputs (WayEmbedding *embedding,
                                    const WayJsonSpan *root,
                                    const char *member,
                                    GError **error);
void way_embedding_ignore_others (WayEmbedding *embedding,
                                  const WayJsonSpan *root,
                                  const char *const *known);
void way_embedding_append_inputs (const WayEmbedding *embedding, GString *out);

gboolean way_embedding_add_vector (WayEmbedding *embedding, const WayJsonSpan *vector);
gboolean way_embedding_append_base64 (GString *out, GBytes *vector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayEmbedding, way_embedding_free)

G_END_DECLS
