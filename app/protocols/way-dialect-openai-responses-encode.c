/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → the events of OpenAI's Responses API, and whole responses. Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-json.h"

#include <string.h>

/* One streamed response. Words come one item at a time; calls stay open until the end, since some
 * providers send their crumbs by turns. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  GPtrArray *items;         /* (element-type WayResponsesItem) owned */
  WayResponsesItem *open;   /* (nullable): of words: borrowed from @items */
  WayFinish finish;
  WayUsage usage;
  guint sequence_number;
} Encoder;

gpointer
way_responses_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->items = g_ptr_array_new_with_free_func (way_responses_item_free);
  encoder->usage = WAY_USAGE_INIT;
  encoder->finish = WAY_FINISH_STOP;
  return encoder;
}

void
way_responses_encoder_free (gpointer data)
{
  Encoder *encoder = data;

  g_ptr_array_unref (encoder->items);
  g_free (encoder);
}

static void
begin_event (Encoder *encoder, GString *out, const char *type)
{
  g_string_append_printf (
    out, "event: response.%s\ndata: {\"type\":\"response.%s\",\"sequence_number\":%u", type, type,
    encoder->sequence_number++);
}

static void
end_event (GString *out)
{
  g_string_append (out, "}\n\n");
}

static void
append_text_member (GString *out, const char *name, const char *text, gsize length)
{
  g_string_append_printf (out, ",\"%s\":", name);
  way_json_append_string_len (out, text, length);
}

static void
append_response_event (
  Encoder *encoder, GString *out, const char *type, const WayUsage *usage, gboolean is_done)
{
  begin_event (encoder, out, type);
  g_string_append (out, ",\"response\":");
  way_responses_append_response (out, encoder->head, is_done ? encoder->items : NULL,
                                 encoder->finish, usage, is_done);
  end_event (out);
}

/* Follow with the members of the event. */
static void
begin_item_event (Encoder *encoder, GString *out, const char *type, const WayResponsesItem *item)
{
  begin_event (encoder, out, type);
  g_string_append_printf (out, ",\"output_index\":%u,\"item_id\":", item->index);
  way_responses_item_append_id (out, encoder->head, item);
}

static void
append_whole_item_event (
  Encoder *encoder, GString *out, const char *type, const WayResponsesItem *item, gboolean is_done)
{
  begin_event (encoder, out, type);
  g_string_append_printf (out, ",\"output_index\":%u,\"item\":", item->index);
  way_responses_item_append (out, encoder->head, item, is_done);
  end_event (out);
}

/* The events of the one part of an item of words. */
typedef struct
{
  const char *part_added;
  const char *delta;
  const char *done;
  const char *part_done;
  const char *index;     /* member that numbers the part */
  const char *text_name; /* member of "done" */
} PartEvents;

static const PartEvents *
get_part_events (WayResponsesItemType type)
{
  static const PartEvents events[] = {
    [WAY_RESPONSES_MESSAGE] = { "content_part.added", "output_text.delta", "output_text.done",
                                "content_part.done", "content_index", "text" },
    [WAY_RESPONSES_REFUSAL] = { "content_part.added", "refusal.delta", "refusal.done",
                                "content_part.done", "content_index", "refusal" },
    [WAY_RESPONSES_REASONING] = { "reasoning_summary_part.added", "reasoning_summary_text.delta",
                                  "reasoning_summary_text.done", "reasoning_summary_part.done",
                                  "summary_index", "text" },
  };

  return &events[type];
}

static void
append_part_event (
  Encoder *encoder, GString *out, const char *type, const WayResponsesItem *item, gboolean is_done)
{
  begin_item_event (encoder, out, type, item);
  g_string_append_printf (out, ",\"%s\":0,\"part\":", get_part_events (item->type)->index);
  way_responses_item_append_part (out, item, is_done);
  end_event (out);
}

static void
append_logprobs (GString *out, const WayResponsesItem *item, const char *logprobs)
{
  if (item->type == WAY_RESPONSES_MESSAGE)
    g_string_append_printf (out, ",\"logprobs\":%s", logprobs ? logprobs : "[]");
}

/* Reasoning that shows no words has no part. */
static gboolean
has_part (const WayResponsesItem *item)
{
  return item->type != WAY_RESPONSES_REASONING || item->text->len > 0;
}

static void
close_words (Encoder *encoder, GString *out)
{
  WayResponsesItem *item = g_steal_pointer (&encoder->open);
  const PartEvents *events;

  if (!item)
    return;
  events = get_part_events (item->type);
  if (has_part (item))
    {
      begin_item_event (encoder, out, events->done, item);
      g_string_append_printf (out, ",\"%s\":0", events->index);
      append_text_member (out, events->text_name, item->text->str, item->text->len);
      append_logprobs (out, item, item->logprobs ? item->logprobs->str : NULL);
      end_event (out);
      append_part_event (encoder, out, events->part_done, item, TRUE);
    }
  append_whole_item_event (encoder, out, "output_item.done", item, TRUE);
}

static WayResponsesItem *
add_item (Encoder *encoder, GString *out, const WayDelta *delta)
{
  WayResponsesItem *item = way_responses_item_new (encoder->head, encoder->items->len, delta);

  g_ptr_array_add (encoder->items, item);
  append_whole_item_event (encoder, out, "output_item.added", item, FALSE);
  return item;
}

static gboolean
goes_on (const WayResponsesItem *open, const WayDelta *delta)
{
  switch (delta->type)
    {
    case WAY_DELTA_TEXT:
      return open->type == WAY_RESPONSES_MESSAGE;
    case WAY_DELTA_REFUSAL:
      return open->type == WAY_RESPONSES_REFUSAL;
    case WAY_DELTA_REASONING:
    case WAY_DELTA_SIGNATURE:
      return open->type == WAY_RESPONSES_REASONING && !open->encrypted_content;
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_TOOL_CALL:
    case WAY_DELTA_FINISH:
    case WAY_DELTA_USAGE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
append_words (Encoder *encoder, GString *out, const WayDelta *delta)
{
  const PartEvents *events;
  gboolean is_first;

  if (encoder->open && !goes_on (encoder->open, delta))
    close_words (encoder, out);
  if (!encoder->open)
    encoder->open = add_item (encoder, out, delta);
  is_first = encoder->open->text->len == 0;
  way_responses_item_add (encoder->open, encoder->head, delta);
  if (delta->type == WAY_DELTA_SIGNATURE || delta->length == 0)
    return;

  events = get_part_events (encoder->open->type);
  if (is_first)
    append_part_event (encoder, out, events->part_added, encoder->open, FALSE);
  begin_item_event (encoder, out, events->delta, encoder->open);
  g_string_append_printf (out, ",\"%s\":0", events->index);
  append_text_member (out, "delta", delta->text, delta->length);
  append_logprobs (out, encoder->open, delta->logprobs);
  end_event (out);
}

static WayResponsesItem *
find_call (Encoder *encoder, guint tool)
{
  for (guint i = 0; i < encoder->items->len; i++)
    {
      WayResponsesItem *item = encoder->items->pdata[i];

      if (item->type == WAY_RESPONSES_CALL && item->tool == tool)
        return item;
    }
  return NULL;
}

static void
append_call_crumb (
  Encoder *encoder, GString *out, const WayResponsesItem *item, const char *text, gsize length)
{
  begin_item_event (encoder, out,
                    way_responses_item_is_custom (item) ? "custom_tool_call_input.delta"
                                                        : "function_call_arguments.delta",
                    item);
  append_text_member (out, "delta", text, length);
  end_event (out);
}

static void
append_call (Encoder *encoder, GString *out, const WayDelta *delta)
{
  WayResponsesItem *item = find_call (encoder, delta->tool);

  if (!item)
    {
      close_words (encoder, out);
      item = add_item (encoder, out, delta);
    }
  way_responses_item_add (item, encoder->head, delta);
  /* A custom tool's input is inside the arguments: it is known when they are whole. */
  if (delta->length > 0 && !way_responses_item_is_custom (item))
    append_call_crumb (encoder, out, item, delta->text, delta->length);
}

static void
close_call (Encoder *encoder, GString *out, const WayResponsesItem *item)
{
  const char *name = way_responses_item_get_name (item);

  if (way_responses_item_is_custom (item))
    {
      g_autofree char *input = way_responses_item_dup_input (item);

      append_call_crumb (encoder, out, item, input, strlen (input));
      begin_item_event (encoder, out, "custom_tool_call_input.done", item);
      append_text_member (out, "input", input, strlen (input));
    }
  else
    {
      begin_item_event (encoder, out, "function_call_arguments.done", item);
      append_text_member (out, "name", name, strlen (name));
      append_text_member (out, "arguments", item->text->str, item->text->len);
    }
  end_event (out);
  append_whole_item_event (encoder, out, "output_item.done", item, TRUE);
}

/* Of an answer that was cut short, its last item was. */
static void
mark_cut (const GPtrArray *items, WayFinish finish)
{
  if (items->len > 0 && way_responses_is_cut (finish))
    ((WayResponsesItem *)items->pdata[items->len - 1])->is_cut = TRUE;
}

static void
append_end (Encoder *encoder, GString *out)
{
  gboolean is_cut = way_responses_is_cut (encoder->finish);

  mark_cut (encoder->items, encoder->finish);
  close_words (encoder, out);
  for (guint i = 0; i < encoder->items->len; i++)
    {
      const WayResponsesItem *item = encoder->items->pdata[i];

      if (item->type == WAY_RESPONSES_CALL)
        close_call (encoder, out, item);
    }
  append_response_event (encoder, out, is_cut ? "incomplete" : "completed", &encoder->usage, TRUE);
}

/* A response has one answer: of several choices the first is given. */
void
way_responses_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;

  if (delta->choice > 0)
    return;
  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      append_response_event (encoder, out, "created", NULL, FALSE);
      append_response_event (encoder, out, "in_progress", NULL, FALSE);
      return;
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REFUSAL:
    case WAY_DELTA_REASONING:
      if (delta->length > 0)
        append_words (encoder, out, delta);
      return;
    case WAY_DELTA_SIGNATURE:
      append_words (encoder, out, delta);
      return;
    case WAY_DELTA_TOOL_CALL:
      append_call (encoder, out, delta);
      return;
    case WAY_DELTA_FINISH:
      encoder->finish = delta->finish;
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      return;
    case WAY_DELTA_ERROR:
      way_responses_encode_stream_error (out, WAY_ERROR_UPSTREAM, delta->text);
      return;
    case WAY_DELTA_END:
      append_end (encoder, out);
      return;
    }
  g_assert_not_reached ();
}

static gboolean
is_item (const WayDelta *delta)
{
  if (delta->choice > 0)
    return FALSE;
  return delta->type == WAY_DELTA_SIGNATURE || delta->type == WAY_DELTA_TOOL_CALL ||
         ((delta->type == WAY_DELTA_TEXT || delta->type == WAY_DELTA_REFUSAL ||
           delta->type == WAY_DELTA_REASONING) &&
          delta->length > 0);
}

void
way_responses_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (way_responses_item_free);
  WayUsage usage = WAY_USAGE_INIT;
  WayFinish finish = WAY_FINISH_STOP;
  WayResponsesItem *last = NULL;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->type == WAY_DELTA_USAGE)
        usage = delta->usage;
      if (delta->type == WAY_DELTA_FINISH && delta->choice == 0)
        finish = delta->finish;
      if (!is_item (delta))
        continue;
      if (!last || !goes_on (last, delta))
        {
          last = way_responses_item_new (head, items->len, delta);
          g_ptr_array_add (items, last);
        }
      way_responses_item_add (last, head, delta);
    }
  mark_cut (items, finish);
  way_responses_append_response (out, head, items, finish, &usage, TRUE);
}

/* Clients differ in where they look: OpenAI's own SDKs raise what is in "error", older ones read
 * the members beside it, and Codex knows only a response that failed. */
void
way_responses_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_autoptr (GString) fault = g_string_new (NULL);

  g_string_append_printf (fault, "\"code\":\"%s\",\"message\":", way_error_code_get_name (code));
  way_json_append_string (fault, message);
  g_string_append_printf (out,
                          "event: error\n"
                          "data: {\"type\":\"error\",\"sequence_number\":0,%s,\"param\":null,"
                          "\"error\":{\"type\":\"server_error\",%s,\"param\":null}}\n\n"
                          "event: response.failed\n"
                          "data: {\"type\":\"response.failed\",\"sequence_number\":0,"
                          "\"response\":{\"object\":\"response\",\"status\":\"failed\","
                          "\"error\":{%s},\"incomplete_details\":null,\"output\":[],"
                          "\"usage\":null}}\n\n",
                          fault->str, fault->str, fault->str);
}
