/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What some servers of one dialect do in their own way. */

#pragma once

/* Bits, as a provider's row has them and as those who write a request read them. */
typedef enum
{
  WAY_QUIRK_NONE = 0,
  WAY_QUIRK_MAX_TOKENS = 1 << 0,     /* knows "max_tokens" but not "max_completion_tokens" */
  WAY_QUIRK_SHORT_TOOL_IDS = 1 << 1, /* tool call ids of nine letters and digits */
  WAY_QUIRK_NO_JSON_SCHEMA = 1 << 2, /* takes JSON mode, but no schema */
  WAY_QUIRK_NO_STREAM_OPTIONS = 1 << 3,
  WAY_QUIRK_REASONING_CONTENT = 1 << 4, /* wants "reasoning_content" back on the next turn */
} WayQuirks;
