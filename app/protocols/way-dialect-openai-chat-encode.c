/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers as OpenAI's chat completions API gives them, streamed or whole, and errors in
 * its shape. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-json.h"
#include "way-signature.h"

#include <string.h>

/* More answers than this at once come from nobody; theirs would lack the chunk with the role. */
#define MAX_OPENED 64

/* One streamed answer. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  guint64 opened;           /* a bit for each choice whose role was said */
  WayUsage usage;           /* said once, at the end */
  gboolean has_usage;
} Encoder;

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
  g_string_append_printf (out, "{\"id\":\"chatcmpl-%s\"", head->id);
  g_string_append_printf (
    out, ",\"object\":\"%s\",\"created\":%" G_GINT64_FORMAT ",\"model\":", object, head->created_s);
  way_json_append_string (out, head->model);
}

/* Unknown counts are null or left out, never 0. */
void
way_openai_append_usage (GString *out, const WayUsage *usage)
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
append_call_members (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  if (delta->tool_id != NULL || delta->tool_name != NULL)
    {
      g_autoptr (GString) id = g_string_new (NULL);
      g_autofree char *made = g_strdup_printf ("call_%s_%u", head->id, delta->tool);
      way_tool_id_append (id, delta->tool_id != NULL ? delta->tool_id : made, delta->signature,
                          head->back);
      g_string_append (out, "\"id\":");
      way_json_append_string (out, id->str);
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

static const char *
get_finish_word (WayFinish finish)
{
  switch (finish)
    {
    case WAY_FINISH_LENGTH:
    case WAY_FINISH_CONTEXT:
      return "length";
    case WAY_FINISH_TOOL_CALLS:
      return "tool_calls";
    case WAY_FINISH_REFUSAL:
      return "content_filter";
    case WAY_FINISH_OTHER:
    case WAY_FINISH_STOP:
    case WAY_FINISH_STOP_SEQUENCE:
    case WAY_FINISH_PAUSE:
      return "stop";
    }
  g_return_val_if_reached ("stop");
}

static void
append_named_text (GString *out, const char *name, const WayDelta *delta)
{
  g_string_append_printf (out, "\"%s\":", name);
  append_text (out, delta);
}

/* The member of a chunk's "delta" that says @delta. */
static void
append_delta_member (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      g_string_append (out, "\"role\":\"assistant\",\"content\":\"\"");
      return;
    case WAY_DELTA_TEXT:
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
      append_call_members (out, head, delta);
      g_string_append (out, "}]");
      return;
    case WAY_DELTA_SIGNATURE:
    case WAY_DELTA_FINISH:
    case WAY_DELTA_USAGE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return;
    }
  g_assert_not_reached ();
}

static void
append_logprobs (GString *out, const char *logprobs)
{
  if (logprobs == NULL)
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "{\"content\":%s,\"refusal\":null}", logprobs);
}

static void
append_chunk (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  g_string_append (out, "data: ");
  append_head (out, head, "chat.completion.chunk");
  g_string_append_printf (out, ",\"choices\":[{\"index\":%u,\"delta\":{", delta->choice);
  append_delta_member (out, head, delta);
  g_string_append (out, "},\"logprobs\":");
  append_logprobs (out, delta->logprobs);
  g_string_append (out, ",\"finish_reason\":");
  if (delta->type == WAY_DELTA_FINISH)
    g_string_append_printf (out, "\"%s\"", get_finish_word (delta->finish));
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
  way_openai_append_usage (out, usage);
  g_string_append (out, "}\n\n");
}

gpointer
way_openai_chat_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->usage = WAY_USAGE_INIT;
  return encoder;
}

/* OpenAI's first chunk of a choice says the role and nothing else. */
static void
open_choice (Encoder *encoder, GString *out, guint choice)
{
  WayDelta opening = WAY_DELTA_INIT (WAY_DELTA_BEGIN);
  guint64 bit = choice < MAX_OPENED ? G_GUINT64_CONSTANT (1) << choice : 0;

  if (bit == 0 || (encoder->opened & bit) != 0)
    return;
  encoder->opened |= bit;
  opening.choice = choice;
  append_chunk (out, encoder->head, &opening);
}

static void
append_end (Encoder *encoder, GString *out)
{
  if (encoder->head->wants_usage && encoder->has_usage)
    append_usage_chunk (out, encoder->head, &encoder->usage);
  g_string_append (out, "data: [DONE]\n\n");
}

void
way_openai_chat_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;

  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      open_choice (encoder, out, delta->choice);
      return;
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_REFUSAL:
    case WAY_DELTA_TOOL_CALL:
    case WAY_DELTA_FINISH:
      open_choice (encoder, out, delta->choice);
      append_chunk (out, encoder->head, delta);
      return;
    case WAY_DELTA_SIGNATURE: /* chat completions have no place for it */
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      encoder->has_usage = TRUE;
      return;
    case WAY_DELTA_ERROR:
      way_openai_chat_encode_stream_error (out, WAY_ERROR_UPSTREAM, delta->text);
      return;
    case WAY_DELTA_END:
      append_end (encoder, out);
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

/* All pieces of one kind as one text, or null: a tool call may part them. */
static void
append_joined_text (GString *out, GArray *deltas, WayDeltaType type, guint choice)
{
  g_autoptr (GString) text = NULL;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);
      if (delta->type != type || delta->choice != choice)
        continue;
      if (text == NULL)
        text = g_string_new (NULL);
      g_string_append_len (text, delta->text, (gssize)delta->length);
    }
  if (text != NULL)
    way_json_append_string_len (out, text->str, text->len);
  else
    g_string_append (out, "null");
}

static void
append_tool_calls (GString *out, const WayReplyHead *head, GArray *deltas, guint choice)
{
  guint n_calls = 0;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);
      if (delta->type != WAY_DELTA_TOOL_CALL || delta->choice != choice)
        continue;
      g_string_append (out, n_calls++ == 0 ? ",\"tool_calls\":[{" : ",{");
      append_call_members (out, head, delta);
      g_string_append_c (out, '}');
    }
  if (n_calls > 0)
    g_string_append_c (out, ']');
}

static void
append_choice (GString *out, const WayReplyHead *head, GArray *deltas, guint choice)
{
  const WayDelta *text = find_delta (deltas, WAY_DELTA_TEXT, choice);
  const WayDelta *finish = find_delta (deltas, WAY_DELTA_FINISH, choice);

  g_string_append_printf (out,
                          "{\"index\":%u,\"message\":{\"role\":\"assistant\",\"content\":", choice);
  append_joined_text (out, deltas, WAY_DELTA_TEXT, choice);
  if (find_delta (deltas, WAY_DELTA_REASONING, choice) != NULL)
    {
      g_string_append (out, ",\"reasoning_content\":");
      append_joined_text (out, deltas, WAY_DELTA_REASONING, choice);
    }
  g_string_append (out, ",\"refusal\":");
  append_joined_text (out, deltas, WAY_DELTA_REFUSAL, choice);
  append_tool_calls (out, head, deltas, choice);
  g_string_append (out, "},\"logprobs\":");
  append_logprobs (out, text != NULL ? text->logprobs : NULL);
  g_string_append_printf (out, ",\"finish_reason\":\"%s\"}",
                          get_finish_word (finish != NULL ? finish->finish : WAY_FINISH_STOP));
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
      append_choice (out, head, deltas, choice);
    }
  g_string_append_c (out, ']');
  if (usage != NULL)
    {
      g_string_append (out, ",\"usage\":");
      way_openai_append_usage (out, &usage->usage);
    }
  g_string_append_c (out, '}');
}

/* OpenAI's word for the family of an error follows its status. */
static const char *
get_error_type (guint status)
{
  if (status == 401)
    return "authentication_error";
  if (status == 429)
    return "rate_limit_error";
  if (status >= 500)
    return "api_error";
  return "invalid_request_error";
}

void
way_openai_chat_encode_error (GString *out, WayErrorCode code, guint status, const char *message)
{
  g_string_append (out, "{\"error\":{\"message\":");
  way_json_append_string (out, message);
  g_string_append_printf (out, ",\"type\":\"%s\",\"param\":null,\"code\":\"%s\"}}",
                          get_error_type (status), way_error_code_get_name (code));
}

void
way_openai_chat_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, "data: ");
  way_openai_chat_encode_error (out, code, way_error_code_get_status (code), message);
  g_string_append (out, "\n\n");
}
