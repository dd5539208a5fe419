/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Deltas → answers as Anthropic's Messages API gives them, streamed or whole, and errors in its
 * shape. Pure. */

#include "way-dialect-anthropic-private.h"

#include "way-json.h"
#include "way-signature.h"

#include <string.h>

typedef enum
{
  OPEN_NONE,
  OPEN_TEXT,
  OPEN_THINKING,
  OPEN_TOOL,
} Open;

/* A call that began while another was being streamed: blocks come one at a time. */
typedef struct
{
  guint tool;
  char *id;
  char *name;
  GString *arguments;
} Waiting;

/* One streamed answer. */
typedef struct
{
  const WayReplyHead *head; /* borrowed */
  GPtrArray *waiting;       /* (element-type Waiting) owned */
  char *stop_sequence;      /* owned */
  WayFinish finish;
  WayUsage usage;
  Open open;
  guint open_tool;
  guint n_blocks;
} Encoder;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->id);
  g_free (waiting->name);
  g_string_free (waiting->arguments, TRUE);
  g_free (waiting);
}

static const char *
get_stop_reason (WayFinish finish)
{
  switch (finish)
    {
    case WAY_FINISH_LENGTH:
      return "max_tokens";
    case WAY_FINISH_CONTEXT:
      return "model_context_window_exceeded";
    case WAY_FINISH_TOOL_CALLS:
      return "tool_use";
    case WAY_FINISH_STOP_SEQUENCE:
      return "stop_sequence";
    case WAY_FINISH_REFUSAL:
      return "refusal";
    case WAY_FINISH_PAUSE:
      return "pause_turn";
    case WAY_FINISH_OTHER:
    case WAY_FINISH_STOP:
      return "end_turn";
    }
  g_return_val_if_reached ("end_turn");
}

static gint64
or_zero (gint64 count)
{
  return count == WAY_UNKNOWN ? 0 : count;
}

/* The SDKs want numbers: what is unknown is 0 for them, which Wayfare's own headers and ledger do
 * not say. */
static void
append_usage (GString *out, const WayUsage *usage)
{
  gint64 written = or_zero (usage->cache_write_5m_tokens) + or_zero (usage->cache_write_1h_tokens);

  g_string_append_printf (
    out,
    "{\"input_tokens\":%" G_GINT64_FORMAT ",\"cache_creation_input_tokens\":%" G_GINT64_FORMAT
    ",\"cache_read_input_tokens\":%" G_GINT64_FORMAT ",\"output_tokens\":%" G_GINT64_FORMAT "}",
    or_zero (usage->input_tokens), written, or_zero (usage->cache_read_tokens),
    or_zero (usage->output_tokens));
}

static void
append_message_head (GString *out, const WayReplyHead *head)
{
  g_string_append_printf (
    out, "{\"id\":\"msg_%s\",\"type\":\"message\",\"role\":\"assistant\",\"model\":", head->id);
  way_json_append_string (out, head->model);
}

static void
append_stop (GString *out, WayFinish finish, const char *stop_sequence)
{
  g_string_append_printf (out,
                          "\"stop_reason\":\"%s\",\"stop_sequence\":", get_stop_reason (finish));
  way_json_append_nullable (out, stop_sequence);
}

/* An id as Anthropic's own API takes it back: ^[a-zA-Z0-9_-]+$. */
static char *
dup_tool_id (const WayReplyHead *head, const WayDelta *delta)
{
  g_autoptr (GString) id = g_string_new (NULL);

  if (delta->tool_id)
    way_tool_id_append (id, delta->tool_id, delta->signature, head->back);
  else
    {
      g_autofree char *made = g_strdup_printf ("toolu_%s_%u", head->id, delta->tool);

      way_tool_id_append (id, made, delta->signature, head->back);
    }
  return way_anthropic_dup_tool_id (id->str);
}

static void
append_tool_head (GString *out, const char *id, const char *name)
{
  g_string_append (out, "{\"type\":\"tool_use\",\"id\":");
  way_json_append_string (out, id);
  g_string_append (out, ",\"name\":");
  way_json_append_string (out, name ? name : "");
}

/* Streams */

static void
begin_event (GString *out, const char *type)
{
  g_string_append_printf (out, "event: %s\ndata: {\"type\":\"%s\"", type, type);
}

static void
end_event (GString *out)
{
  g_string_append (out, "}\n\n");
}

static void
close_block (Encoder *encoder, GString *out)
{
  if (encoder->open == OPEN_NONE)
    return;
  encoder->open = OPEN_NONE;
  begin_event (out, "content_block_stop");
  g_string_append_printf (out, ",\"index\":%u", encoder->n_blocks - 1);
  end_event (out);
}

/* Follow with the block as it begins, then end_event(). */
static void
begin_block (Encoder *encoder, GString *out, Open open)
{
  close_block (encoder, out);
  encoder->open = open;
  begin_event (out, "content_block_start");
  g_string_append_printf (out, ",\"index\":%u,\"content_block\":", encoder->n_blocks++);
}

static void
append_crumb (Encoder *encoder,
              GString *out,
              const char *type,
              const char *member,
              const char *text,
              gsize length)
{
  begin_event (out, "content_block_delta");
  g_string_append_printf (
    out, ",\"index\":%u,\"delta\":{\"type\":\"%s\",\"%s\":", encoder->n_blocks - 1, type, member);
  way_json_append_string_len (out, text, length);
  g_string_append_c (out, '}');
  end_event (out);
}

static void
append_begin (Encoder *encoder, GString *out)
{
  begin_event (out, "message_start");
  g_string_append (out, ",\"message\":");
  append_message_head (out, encoder->head);
  g_string_append (out, ",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":");
  append_usage (out, &encoder->usage);
  g_string_append_c (out, '}');
  end_event (out);
}

static void
append_text (Encoder *encoder, GString *out, const WayDelta *delta)
{
  if (delta->length == 0)
    return;
  if (encoder->open != OPEN_TEXT)
    {
      begin_block (encoder, out, OPEN_TEXT);
      g_string_append (out, "{\"type\":\"text\",\"text\":\"\"}");
      end_event (out);
    }
  append_crumb (encoder, out, "text_delta", "text", delta->text, delta->length);
}

static void
open_thinking (Encoder *encoder, GString *out)
{
  if (encoder->open == OPEN_THINKING)
    return;
  begin_block (encoder, out, OPEN_THINKING);
  g_string_append (out, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
  end_event (out);
}

static void
append_signature (Encoder *encoder, GString *out, const WayDelta *delta)
{
  g_autoptr (GString) signature = g_string_new (NULL);

  way_signature_append (signature, delta->text, encoder->head->back, "anthropic");
  if (delta->redacted)
    {
      begin_block (encoder, out, OPEN_THINKING);
      g_string_append (out, "{\"type\":\"redacted_thinking\",\"data\":");
      way_json_append_string (out, signature->str);
      g_string_append_c (out, '}');
      end_event (out);
    }
  else
    {
      open_thinking (encoder, out);
      append_crumb (encoder, out, "signature_delta", "signature", signature->str, signature->len);
    }
  close_block (encoder, out);
}

static void
open_tool (Encoder *encoder, GString *out, guint tool, const char *id, const char *name)
{
  begin_block (encoder, out, OPEN_TOOL);
  encoder->open_tool = tool;
  append_tool_head (out, id, name);
  g_string_append (out, ",\"input\":{}}");
  end_event (out);
}

static Waiting *
find_waiting (Encoder *encoder, const WayDelta *delta)
{
  Waiting *waiting;

  for (guint i = 0; i < encoder->waiting->len; i++)
    {
      waiting = encoder->waiting->pdata[i];
      if (waiting->tool == delta->tool)
        return waiting;
    }
  waiting = g_new0 (Waiting, 1);
  waiting->tool = delta->tool;
  waiting->id = dup_tool_id (encoder->head, delta);
  waiting->name = g_strdup (delta->tool_name);
  waiting->arguments = g_string_new (NULL);
  g_ptr_array_add (encoder->waiting, waiting);
  return waiting;
}

static void
append_call (Encoder *encoder, GString *out, const WayDelta *delta)
{
  if (encoder->open == OPEN_TOOL && encoder->open_tool != delta->tool)
    {
      Waiting *waiting = find_waiting (encoder, delta);

      g_string_append_len (waiting->arguments, delta->text, (gssize)delta->length);
      return;
    }
  if (encoder->open != OPEN_TOOL)
    {
      g_autofree char *id = dup_tool_id (encoder->head, delta);

      open_tool (encoder, out, delta->tool, id, delta->tool_name);
    }
  if (delta->length > 0)
    append_crumb (encoder, out, "input_json_delta", "partial_json", delta->text, delta->length);
}

static void
append_waiting (Encoder *encoder, GString *out)
{
  for (guint i = 0; i < encoder->waiting->len; i++)
    {
      const Waiting *waiting = encoder->waiting->pdata[i];

      open_tool (encoder, out, waiting->tool, waiting->id, waiting->name);
      append_crumb (encoder, out, "input_json_delta", "partial_json", waiting->arguments->str,
                    waiting->arguments->len);
    }
  g_ptr_array_set_size (encoder->waiting, 0);
}

/* The reason and the usage wait until here: providers send them in either order. */
static void
append_end (Encoder *encoder, GString *out)
{
  append_waiting (encoder, out);
  close_block (encoder, out);
  begin_event (out, "message_delta");
  g_string_append (out, ",\"delta\":{");
  append_stop (out, encoder->finish, encoder->stop_sequence);
  g_string_append (out, "},\"usage\":");
  append_usage (out, &encoder->usage);
  end_event (out);
  begin_event (out, "message_stop");
  end_event (out);
}

gpointer
way_anthropic_encoder_new (const WayReplyHead *head)
{
  Encoder *encoder = g_new0 (Encoder, 1);

  encoder->head = head;
  encoder->waiting = g_ptr_array_new_with_free_func (waiting_free);
  encoder->usage = WAY_USAGE_INIT;
  encoder->finish = WAY_FINISH_STOP;
  return encoder;
}

void
way_anthropic_encoder_free (gpointer data)
{
  Encoder *encoder = data;

  g_ptr_array_unref (encoder->waiting);
  g_free (encoder->stop_sequence);
  g_free (encoder);
}

/* One message has one answer: of several choices the first is given. */
void
way_anthropic_encode_delta (gpointer data, GString *out, const WayDelta *delta)
{
  Encoder *encoder = data;

  if (delta->choice > 0)
    return;
  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      append_begin (encoder, out);
      return;
    case WAY_DELTA_TEXT:
    case WAY_DELTA_REFUSAL:
      append_text (encoder, out, delta);
      return;
    case WAY_DELTA_REASONING:
      open_thinking (encoder, out);
      append_crumb (encoder, out, "thinking_delta", "thinking", delta->text, delta->length);
      return;
    case WAY_DELTA_SIGNATURE:
      append_signature (encoder, out, delta);
      return;
    case WAY_DELTA_TOOL_CALL:
      append_call (encoder, out, delta);
      return;
    case WAY_DELTA_FINISH:
      encoder->finish = delta->finish;
      g_free (encoder->stop_sequence);
      encoder->stop_sequence = g_strdup (delta->stop_sequence);
      return;
    case WAY_DELTA_USAGE:
      way_usage_merge (&encoder->usage, &delta->usage);
      return;
    case WAY_DELTA_ERROR:
      way_anthropic_encode_stream_error (out, WAY_ERROR_UPSTREAM, delta->text);
      return;
    case WAY_DELTA_END:
      append_end (encoder, out);
      return;
    }
  g_assert_not_reached ();
}

/* Whole answers */

/* The signature of reasoning is a delta of its own, right behind it. */
static const WayDelta *
find_signature (GArray *deltas, guint i)
{
  const WayDelta *next = i + 1 < deltas->len ? &g_array_index (deltas, WayDelta, i + 1) : NULL;

  return next && next->type == WAY_DELTA_SIGNATURE && !next->redacted ? next : NULL;
}

static void
append_thinking_block (GString *out,
                       const WayReplyHead *head,
                       const char *thinking,
                       const WayDelta *signature)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (signature)
    way_signature_append (text, signature->text, head->back, "anthropic");
  if (signature && signature->redacted)
    {
      g_string_append (out, "{\"type\":\"redacted_thinking\",\"data\":");
      way_json_append_string (out, text->str);
      g_string_append_c (out, '}');
      return;
    }
  g_string_append (out, "{\"type\":\"thinking\",\"thinking\":");
  way_json_append_string (out, thinking);
  g_string_append (out, ",\"signature\":");
  way_json_append_string (out, text->str);
  g_string_append_c (out, '}');
}

static void
append_tool_block (GString *out, const WayReplyHead *head, const WayDelta *delta)
{
  g_autofree char *id = dup_tool_id (head, delta);

  append_tool_head (out, id, delta->tool_name);
  g_string_append (out, ",\"input\":");
  way_tool_append_arguments (out, delta->text, delta->length);
  g_string_append_c (out, '}');
}

static gboolean
is_block (GArray *deltas, guint i)
{
  const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

  if (delta->choice > 0)
    return FALSE;
  if (delta->type == WAY_DELTA_TEXT || delta->type == WAY_DELTA_REFUSAL)
    return delta->length > 0;
  /* One that was said together with the reasoning before it is no block of its own. */
  if (delta->type == WAY_DELTA_SIGNATURE)
    return i == 0 || delta->redacted ||
           g_array_index (deltas, WayDelta, i - 1).type != WAY_DELTA_REASONING;
  return delta->type == WAY_DELTA_REASONING || delta->type == WAY_DELTA_TOOL_CALL;
}

static void
append_block (GString *out, const WayReplyHead *head, GArray *deltas, guint i)
{
  const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

  if (delta->type == WAY_DELTA_TOOL_CALL)
    append_tool_block (out, head, delta);
  else if (delta->type == WAY_DELTA_REASONING)
    append_thinking_block (out, head, delta->text, find_signature (deltas, i));
  else if (delta->type == WAY_DELTA_SIGNATURE)
    append_thinking_block (out, head, "", delta);
  else
    {
      g_string_append (out, "{\"type\":\"text\",\"text\":");
      way_json_append_string_len (out, delta->text, delta->length);
      g_string_append_c (out, '}');
    }
}

void
way_anthropic_encode_reply (GString *out, const WayReplyHead *head, GArray *deltas)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayFinish finish = WAY_FINISH_STOP;
  const char *stop_sequence = NULL;
  gboolean is_first = TRUE;

  append_message_head (out, head);
  g_string_append (out, ",\"content\":[");
  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->type == WAY_DELTA_USAGE)
        usage = delta->usage;
      if (delta->type == WAY_DELTA_FINISH && delta->choice == 0)
        {
          finish = delta->finish;
          stop_sequence = delta->stop_sequence;
        }
      if (!is_block (deltas, i))
        continue;
      if (!is_first)
        g_string_append_c (out, ',');
      is_first = FALSE;
      append_block (out, head, deltas, i);
    }
  g_string_append (out, "],");
  append_stop (out, finish, stop_sequence);
  g_string_append (out, ",\"usage\":");
  append_usage (out, &usage);
  g_string_append_c (out, '}');
}

void
way_anthropic_encode_count (GString *out, const WayReplyHead *head, GArray *deltas)
{
  gint64 tokens = 0;

  for (guint i = 0; i < deltas->len; i++)
    {
      const WayDelta *delta = &g_array_index (deltas, WayDelta, i);

      if (delta->type == WAY_DELTA_USAGE)
        tokens = or_zero (way_usage_get_prompt_tokens (&delta->usage));
    }
  g_string_append_printf (out, "{\"input_tokens\":%" G_GINT64_FORMAT "}", tokens);
}

/* Errors */

static const char *
get_error_type (guint status)
{
  static const struct
  {
    guint status;
    const char *type;
  } types[] = {
    { 401, "authentication_error" }, { 402, "billing_error" },     { 403, "permission_error" },
    { 404, "not_found_error" },      { 413, "request_too_large" }, { 429, "rate_limit_error" },
    { 529, "overloaded_error" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].status == status)
      return types[i].type;
  return status >= 500 ? "api_error" : "invalid_request_error";
}

/* Wayfare's stable code goes beside Anthropic's members, where their clients pass over it. */
void
way_anthropic_encode_error (GString *out, WayErrorCode code, guint status, const char *message)
{
  g_string_append_printf (
    out, "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":", get_error_type (status));
  way_json_append_string (out, message);
  g_string_append_printf (out, ",\"code\":\"%s\"}}", way_error_code_get_name (code));
}

void
way_anthropic_encode_stream_error (GString *out, WayErrorCode code, const char *message)
{
  g_string_append (out, "event: error\ndata: ");
  way_anthropic_encode_error (out, code, way_error_code_get_status (code), message);
  g_string_append (out, "\n\n");
}
