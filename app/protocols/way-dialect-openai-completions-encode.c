/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers of OpenAI's completions, which are text and nothing else: thoughts and calls
 * have no place in them. Pure. */

#include "way-dialect-openai-completions-private.h"

#include "way-dialect-openai-chat-private.h"
#include "way-json.h"

/* One streamed answer. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  WayUsage usage;           /* said once, at the end */
  gboolean has_usage;
} Encoder;

static const char *
get_finish_word (WayFinish finish)
{
  switch (finish)
    {
    case WAY_FINISH_LENGTH:
    case WAY_FINISH_CONTEXT:
      return "length";
    case WAY_FINISH_REFUSAL:
      return "content_filter";
    case WAY_FINISH_OTHER:
    case WAY_FINISH_STOP:
    case WAY_FINISH_STOP_SEQUENCE:
    case WAY_FINISH_TOOL_CALLS:
    case WAY_FINISH_PAUSE:
      return "stop";
    }
  g_return_val_if_reached ("stop");
}

/* The same for a chunk and for a whole answer. */
static void
append_head (GString *out, const WayReplyHead *head)
{
  g_string_append_printf (out, "{\"id\":\"cmpl-%s\"", head->id);
  g_string_append_printf (
    out,
    ",\"object\":\"text_completion\",\"created\":%" G_GINT64_FORMAT ",\"model\":", head->created_s);
  way_json_append_string (out, head->model);
  g_string_append (out, ",\"choices\":[");
}

static void
append_choice (
  GString *out, guint choice, const char *text, gsize length, const char *finish_reason)
{
  g_string_append (out, "{\"text\":");
  way_json_append_string_len (out, text, length);
  g_string_append_printf (out, ",\"index\":%u,\"logprobs\":null,\"finish_reason\":", choice);
  way_json_append_nullable (out, finish_reason);
  g_string_append_c (out, '}');
}

static void
append_chunk (GString *out,
              const WayReplyHead *head,
              const WayDelta *delta,
              const char *finish_reason)
{
  g_string_append (out, "data: ");
  append_head (out, head);
  append_choice (out, delta->choice, finish_reason ? "" : delta->text,
                 finish_reason ? 0 : delta->length, finish_reason);
  g_string_append (out, head->wants_usage ? "],\"usage\":null}\n\n" : "]}\n\n");
}

static void
append_end (Encoder *encoder, GString *out)
{
  if (encoder->head->wants_usage && encoder->has_usage)
    {
      g_string_append (out, "data: ");
      append_head (out, encoder->head);
      g_string_append (out, "],\"usage\":");
      way_openai_append_usage (out, &encoder->usage);
      g_string_append (out, "}\n\n");
    }
  g_string_append (out, "data: [DONE]\n\n");
}

gpointer
way_completions_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->usage = WAY_USAGE_INIT;
  return encoder;
}

void
way_completions_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;

  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REFUSAL:
      append_chunk (out, encoder->head, delta, NULL);
      return;
    case WAY_DELTA_FINISH:
      append_chunk (out, encoder->head, delta, get_finish_word (delta->finish));
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
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_REASONING:
    case WAY_DELTA_SIGNATURE:
    case WAY_DELTA_TOOL_CALL:
      return;
    }
  g_assert_not_reached ();
}

static void
append_whole_choice (GString *out, GArray *deltas, guint choice)
{
  g_autoptr (GString) text = g_string_new (NULL);
  WayFinish finish = WAY_FINISH_OTHER;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->choice != choice)
        continue;
      if (delta->type == WAY_DELTA_TEXT || delta->type == WAY_DELTA_REFUSAL)
        g_string_append_len (text, delta->text, (gssize)delta->length);
      if (delta->type == WAY_DELTA_FINISH)
        finish = delta->finish;
    }
  append_choice (out, choice, text->str, text->len, get_finish_word (finish));
}

void
way_completions_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  const WayDelta *usage = NULL;
  guint last_choice = 0;

  append_head (out, head);
  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      last_choice = MAX (last_choice, delta->choice);
      if (delta->type == WAY_DELTA_USAGE)
        usage = delta;
    }
  for (guint choice = 0; choice <= last_choice; choice++)
    {
      if (choice > 0)
        g_string_append_c (out, ',');
      append_whole_choice (out, deltas, choice);
    }
  g_string_append_c (out, ']');
  if (usage != NULL)
    {
      g_string_append (out, ",\"usage\":");
      way_openai_append_usage (out, &usage->usage);
    }
  g_string_append_c (out, '}');
}
