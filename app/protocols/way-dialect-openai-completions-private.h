/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Between the files of the openai-completions dialect; nobody else includes it. */

#pragma once

#include "way-dialect.h"

G_BEGIN_DECLS

gpointer way_completions_encoder_new (const WayReplyHead *head);
void way_completions_encode_delta (gpointer encoder, GString *out, const WayDelta *delta);
void way_completions_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas);

G_END_DECLS
