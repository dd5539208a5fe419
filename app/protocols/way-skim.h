/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What every dialect reads of a request in the same way: its root, the model's name, flags, and how
 * much text there is. Pure. */

#pragma once

#include "way-chat.h"
#include "way-json-splice.h"

G_BEGIN_DECLS

/* Bytes of text and number of images, for the estimate of tokens. */
typedef struct
{
  gsize text_bytes;
  gsize n_images;
} WayVolume;

gboolean way_refuse_request (GError **error, const char *message);
gboolean way_skim_root (const char *data, gsize length, WayJsonSpan *ret_root, GError **error);
gboolean way_check_model_name (const char *model, GError **error);
gboolean way_check_one_model (const WayJsonSpan *model, GError **error);
gboolean way_skim_model (const WayJsonSpan *span, char **ret_model, GError **error);
gboolean way_skim_flag (
  const WayJsonSpan *span, const char *name, gboolean fallback, gboolean *ret_flag, GError **error);
gboolean way_span_has_items (const WayJsonSpan *array);
gboolean way_span_is_zero (const WayJsonSpan *number);
gboolean way_span_asks_for (const WayJsonSpan *value, const char *const *refusals);
gsize way_span_get_string_bytes (const WayJsonSpan *string);
gint64 way_volume_estimate_tokens (const WayVolume *volume);
gsize way_plan_model_edit (const WayRequestFacts *facts,
                           const char *model,
                           GPtrArray *arena,
                           WayJsonEdit *ret_edit);

G_END_DECLS
