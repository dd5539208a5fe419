/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers as OpenAI's chat completions API gives them, streamed or whole, and errors in
 * its shape. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-json.h"

static void
append_text (GString *out, const WayDelta *delta)
{
  way_json_append_string_len (out, delta->text != NULL ? delta->text : "", delta->length);
}

static void
append_count (GString *out, gint64 count)
{
  if (count == WAY_UNKNOWN)
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, count);
}

static void
append_head (GString *out, const WayReplyHead *head, const char *object)
{
  g_string_append (out, "{\"id\":");
  way_json_append_string (out, head->id);
  g_string_append_printf (
    out, ",\"object\":\"%s\",\"created\":%" G_GINT64_FORMAT ",\"model\":", object, head->created_s);
  way_json_append_string (out, head->model);
}

/* Unknown counts are null or left out, never 0. */
static void
append_usage (GString *out, const WayUsage *usage)
{
  gint64 prompt = way_usage_get_prompt_tokens (usage);
  gint64 completion = usage->output_tokens;
  gboolean total_is_known = prompt != WAY_UNKNOWN && completion != WAY_UNKNOWN;

  g_string_append (out, "{\"prompt_tokens\":");
  append_count (out, prompt);
  g_string_append (out, ",\"completion_tokens\":");
  append_count (out, completion);
  g_string_append (out, ",\"total_tokens\":");
  append_count (out, total_is_known ? prompt + completion : WAY_UNKNOWN);
  if (usage->cache_read_tokens != WAY_UNKNOWN)
    g_string_append_printf (out,
                            ",\"prompt_tokens_details\":{\"cached_tokens\":%" G_GINT64_FORMAT "}",
                            usage->cache_read_tokens);
  if (usage->reasoning_tokens != WAY_UNKNOWN)
    g_string_append_printf (
      out, ",\"completion_tokens_details\":{\"reasoning_tokens\":%" G_GINT64_FORMAT "}",
      usage->reasoning_tokens);
  g_string_append_c (out, '}');
}

/* The id, type and function of a call; what is not known yet is left out. */
static void
append_call_members (GString *out, const WayDelta *delta)
{
  if (delta->tool_id != NULL)
    {
      g_string_append (out, "\"id\":");
      way_json_append_string (out, delta->tool_id);
      g_string_append (out, ",\"type\":\"function\",");
    }
  g_string_append (out, "\"function\":{");
  if (delta->tool_name != NULL)
    {
      g_string_append (out, "\"name\":");
      way_json_append_string (out, delta->tool_name);
      g_string_append_c (out, ',');
    }
  g_string_append (out, "\"arguments\":");
  append_text (out, delta);
  g_string_append_c (out, '}');
}

static void
append_named_text (GString *out, const char *name, const WayDelta *delta)
{
  g_string_append_printf (out, "\"%s\":", name);
  append_text (out, delta);
}

/* The member of a chunk's "delta" that says @delta. */
static void
append_delta_member (GString *out, const WayDelta *delta)
{
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
      if (delta->length == 0)
        g_string_append (out, "\"role\":\"assistant\",");
      append_named_text (out, "content", delta);
      return;
    case WAY_DELTA_REASONING:
      append_named_text (out, "reasoning_content", delta);
      return;
    case WAY_DELTA_REFUSAL:
      append_named_text (out, "refusal", delta);
      return;
    case WAY_DELTA_TOOL_CALL:
      g_string_append_printf (out, "\"tool_calls\":[{\"index\":%u,", delta->tool);
      append_call_members (out, delta);
      g_string_append (out, "}]");
      return;
    case WAY_DELTA_FINISH:
    case WAY_DELTA_USAGE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return;
    }
  g_assert_not_reached ();
}

static void
append_chunk (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  g_string_append (out, "data: ");
  append_head (out, head, "chat.completion.chunk");
  g_string_append_printf (out, ",\"choices\":[{\"index\":%u,\"delta\":{", delta->choice);
  append_delta_member (out, delta);
  g_string_append (out, "},\"logprobs\":null,\"finish_reason\":");
  if (delta->type == WAY_DELTA_FINISH)
    append_text (out, delta);
  else
    g_string_append (out, "null");
  g_string_append (out, head->wants_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n");
}

static void
append_usage_chunk (GString *out, const WayReplyHead *head, const WayUsage *usage)
{
  g_string_append (out, "data: ");
  append_head (out, head, "chat.completion.chunk");
  g_string_append (out, ",\"choices\":[],\"usage\":");
  append_usage (out, usage);
  g_string_append (out, "}\n\n");
}

void
way_openai_chat_encode_delta (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_REFUSAL:
    case WAY_DELTA_TOOL_CALL:
    case WAY_DELTA_FINISH:
      append_chunk (out, head, delta);
      return;
    case WAY_DELTA_USAGE:
      if (head->wants_usage)
        append_usage_chunk (out, head, &delta->usage);
      return;
    case WAY_DELTA_ERROR:
      way_openai_chat_encode_stream_error (out, WAY_ERROR_UPSTREAM, delta->text);
      return;
    case WAY_DELTA_END:
      g_string_append (out, "data: [DONE]\n\n");
      return;
    }
  g_assert_not_reached ();
}

static const WayDelta *
find_delta (GArray *deltas, WayDeltaType type, guint choice)
{
  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);
      if (delta->type == type && delta->choice == choice)
        return delta;
    }
  return NULL;
}

static void
append_nullable_text (GString *out, const WayDelta *delta)
{
  if (delta != NULL)
    append_text (out, delta);
  else
    g_string_append (out, "null");
}

static void
append_tool_calls (GString *out, GArray *deltas, guint choice)
{
  guint n_calls = 0;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);
      if (delta->type != WAY_DELTA_TOOL_CALL || delta->choice != choice)
        continue;
      g_string_append (out, n_calls++ == 0 ? ",\"tool_calls\":[{" : ",{");
      append_call_members (out, delta);
      g_string_append_c (out, '}');
    }
  if (n_calls > 0)
    g_string_append_c (out, ']');
}

static void
append_choice (GString *out, GArray *deltas, guint choice)
{
  const WayDelta *reasoning = find_delta (deltas, WAY_DELTA_REASONING, choice);

  g_string_append_printf (out,
                          "{\"index\":%u,\"message\":{\"role\":\"assistant\",\"content\":", choice);
  append_nullable_text (out, find_delta (deltas, WAY_DELTA_TEXT, choice));
  if (reasoning != NULL)
    {
      g_string_append_c (out, ',');
      append_named_text (out, "reasoning_content", reasoning);
    }
  g_string_append (out, ",\"refusal\":");
  append_nullable_text (out, find_delta (deltas, WAY_DELTA_REFUSAL, choice));
  append_tool_calls (out, deltas, choice);
  g_string_append (out, "},\"logprobs\":null,\"finish_reason\":");
  append_nullable_text (out, find_delta (deltas, WAY_DELTA_FINISH, choice));
  g_string_append_c (out, '}');
}

void
way_openai_chat_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  const WayDelta *usage = find_delta (deltas, WAY_DELTA_USAGE, 0);
  guint last_choice = 0;

  for (guint i = 0; i < deltas->len; i++)
    last_choice = MAX (last_choice, g_array_index (deltas, WayDelta, i).choice);

  append_head (out, head, "chat.completion");
  g_string_append (out, ",\"choices\":[");
  for (guint choice = 0; choice <= last_choice; choice++)
    {
      if (choice > 0)
        g_string_append_c (out, ',');
      append_choice (out, deltas, choice);
    }
  g_string_append_c (out, ']');
  if (usage != NULL)
    {
      g_string_append (out, ",\"usage\":");
      append_usage (out, &usage->usage);
    }
  g_string_append_c (out, '}');
}

/* OpenAI's word for the family of an error follows its status. */
static const char *
get_error_type (WayErrorCode code)
{
  guint status = way_error_code_get_status (code);

  if (status == 401)
    return "authentication_error";
  if (status == 429)
    return "rate_limit_error";
  if (status >= 500)
    return "api_error";
  return "invalid_request_error";
}

void
way_openai_chat_encode_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, "{\"error\":{\"message\":");
  way_json_append_string (out, message);
  g_string_append_printf (out, ",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}",
                          get_error_type (code), way_error_code_get_name (code));
}

void
way_openai_chat_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, "data: ");
  way_openai_chat_encode_error (out, code, message);
  g_string_append (out, "\n\n");
}
