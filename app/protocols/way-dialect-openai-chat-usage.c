/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The "usage" of OpenAI-compatible servers, in all its spellings → WayUsage. Pure. */

#include "way-dialect-openai-chat-private.h"

#define NANO_DIGITS 9

static gint64
read_tokens_of (const WayJsonSpan *details, const char *name)
{
  WayJsonSpan number = { 0 };

  WAY_JSON_COLLECT (details, { name, &number });
  return way_span_get_tokens (&number);
}

/* Counts as a provider gives them, unknown where it does not. */
typedef struct
{
  gint64 prompt;
  gint64 completion;
  gint64 total;
  gint64 cached;
  gint64 reasoning;
} Counts;

/* OpenAI's prompt includes what a cache served and its completion includes reasoning; here they are
 * apart. xAI alone counts reasoning beside the completion, which its total gives away. */
static WayUsage
normalise (const Counts *counts)
{
  WayUsage usage = WAY_USAGE_INIT;

  usage.input_tokens = counts->prompt;
  usage.cache_read_tokens = counts->cached;
  usage.output_tokens = counts->completion;
  usage.reasoning_tokens = counts->reasoning;

  if (counts->cached != WAY_UNKNOWN && counts->cached <= counts->prompt)
    usage.input_tokens -= counts->cached;
  if (counts->reasoning > 0 && counts->prompt != WAY_UNKNOWN && counts->completion != WAY_UNKNOWN &&
      counts->total == counts->prompt + counts->completion + counts->reasoning)
    usage.output_tokens += counts->reasoning;
  return usage;
}

/**
 * way_openai_read_usage:
 * @object: a "usage" object of any OpenAI-compatible server; anything else holds no counts
 * @ret_usage: (out): normalised as #WayUsage says; untouched without counts
 *
 * Reads token counts and, where the provider states it, what the call cost in USD.
 *
 * Returns: whether there was a count of the prompt or of the completion
 */
gboolean
way_openai_read_usage (const WayJsonSpan *object, WayUsage *ret_usage)
{
  WayJsonSpan prompt = { 0 };
  WayJsonSpan completion = { 0 };
  WayJsonSpan total = { 0 };
  WayJsonSpan prompt_details = { 0 };
  WayJsonSpan completion_details = { 0 };
  WayJsonSpan cache_hit = { 0 };
  WayJsonSpan cached = { 0 };
  WayJsonSpan cost = { 0 };

  WAY_JSON_COLLECT (object, { "prompt_tokens", &prompt }, { "completion_tokens", &completion },
                    { "total_tokens", &total }, { "prompt_tokens_details", &prompt_details },
                    { "completion_tokens_details", &completion_details },
                    { "prompt_cache_hit_tokens", &cache_hit }, { "cached_tokens", &cached },
                    { "cost", &cost });

  Counts counts = {
    .prompt = way_span_get_tokens (&prompt),
    .completion = way_span_get_tokens (&completion),
    .total = way_span_get_tokens (&total),
    .cached = read_tokens_of (&prompt_details, "cached_tokens"),
    .reasoning = read_tokens_of (&completion_details, "reasoning_tokens"),
  };
  if (counts.cached == WAY_UNKNOWN)
    counts.cached = way_span_get_tokens (cache_hit.type == WAY_JSON_NUMBER ? &cache_hit : &cached);
  if (counts.prompt == WAY_UNKNOWN && counts.completion == WAY_UNKNOWN)
    return FALSE;

  WayUsage usage = normalise (&counts);
  gint64 cost_nano_usd;
  if (cost.type == WAY_JSON_NUMBER &&
      way_json_span_get_decimal (&cost, NANO_DIGITS, &cost_nano_usd) && cost_nano_usd >= 0)
    usage.reported_cost_nano_usd = cost_nano_usd;
  *ret_usage = usage;
  return TRUE;
}
