/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of OpenAI's older completions: a prompt that is gone on with. In neutral words it is
 * a chat of one message. Answers are read as those of chats are. Pure. */

#include "way-dialect-openai-chat-private.h"
#include "way-dialect-openai-completions-private.h"

#include "way-json.h"
#include "way-limits.h"
#include "way-members.h"
#include "way-skim.h"

/* A token takes the place of the four bytes that an estimate counts for one. */
#define BYTES_A_TOKEN 4

static gsize
weigh_prompt (const WayJsonSpan *prompt)
{
  WayJsonCursor cursor;
  WayJsonSpan item;
  gsize bytes = way_span_get_string_bytes (prompt);

  if (prompt->type != WAY_JSON_ARRAY)
    return bytes;
  way_json_scan_begin (&cursor, prompt);
  while (way_json_scan_next (&cursor, NULL, &item))
    switch (item.type)
      {
      case WAY_JSON_STRING:
        bytes += way_span_get_string_bytes (&item);
        break;
      case WAY_JSON_NUMBER:
        bytes += BYTES_A_TOKEN;
        break;
      case WAY_JSON_ARRAY: /* tokens, of about as many bytes in JSON */
        bytes += item.length;
        break;
      case WAY_JSON_NONE:
      case WAY_JSON_NULL:
      case WAY_JSON_FALSE:
      case WAY_JSON_TRUE:
      case WAY_JSON_OBJECT:
        break;
      }
  return bytes;
}

static gboolean
skim_request (
  const char *path, const char *data, gsize length, WayRequestFacts *ret_facts, GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayVolume volume = { 0 };
  WayJsonSpan root;
  WayJsonSpan model = { 0 };
  WayJsonSpan prompt = { 0 };
  WayJsonSpan stream = { 0 };
  WayJsonSpan stream_options = { 0 };
  WayJsonSpan include_usage = { 0 };
  WayJsonSpan max_tokens = { 0 };

  if (!way_skim_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "model", &model }, { "prompt", &prompt }, { "stream", &stream },
                    { "stream_options", &stream_options }, { "max_tokens", &max_tokens });
  WAY_JSON_COLLECT (&stream_options, { "include_usage", &include_usage });
  if (!way_skim_model (&model, &facts.model, error) ||
      !way_skim_flag (&stream, "stream", FALSE, &facts.stream, error))
    return FALSE;

  volume.text_bytes = weigh_prompt (&prompt);
  facts.wants_usage = include_usage.type == WAY_JSON_TRUE;
  facts.max_output_tokens = way_span_get_tokens (&max_tokens);
  facts.input_tokens_estimate = way_volume_estimate_tokens (&volume);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

/* Request → WayChat */

static gboolean
read_prompt (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan text = *value;
  WayJsonCursor cursor;
  WayJsonSpan next;

  if (value->type == WAY_JSON_ARRAY)
    {
      way_json_scan_begin (&cursor, value);
      way_json_scan_next (&cursor, NULL, &text);
      if (way_json_scan_next (&cursor, NULL, &next))
        return way_refuse_request (error, "Only one \"prompt\", as a text, can be translated");
    }
  if (text.type != WAY_JSON_STRING)
    return way_refuse_request (error, "\"prompt\" must be a text: tokens mean something to one "
                                      "model only");
  way_chat_add_text (way_chat_add_turn (chat, WAY_ROLE_USER)->parts,
                     way_chat_keep_string (chat, &text));
  return TRUE;
}

static gboolean
refuse_suffix (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (!way_span_has_text (value))
    return TRUE;
  return way_refuse_request (error, "\"suffix\" cannot be translated: chats have no text behind "
                                    "the answer");
}

static gboolean
refuse_echo (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type != WAY_JSON_TRUE)
    return TRUE;
  return way_refuse_request (error,
                             "\"echo\" cannot be translated: chats do not repeat the prompt");
}

static gboolean
refuse_best_of (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  gint64 n = 1;

  if (value->type == WAY_JSON_NUMBER && way_json_span_get_int (value, 0, 1, &n))
    return TRUE;
  return way_refuse_request (error, "\"best_of\" cannot be translated: chats do not choose among "
                                    "several answers");
}

static gboolean
read_n (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type == WAY_JSON_NUMBER &&
      way_json_span_get_int (value, 1, WAY_LIMIT_CHOICES, &chat->n_choices))
    return TRUE;
  return way_refuse_request (error, "\"n\" must be a whole number of at least 1");
}

static gboolean
read_max_tokens (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->max_output_tokens = way_span_get_tokens (value);
  if (chat->max_output_tokens == WAY_UNKNOWN)
    return way_refuse_request (error, "\"max_tokens\" must be a whole number");
  return TRUE;
}

static WayChat *
decode_request (const char *path, const char *data, gsize length, GError **error)
{
  static const WayMemberReader readers[] = {
    { "model", NULL },
    { "prompt", read_prompt },
    { "suffix", refuse_suffix },
    { "echo", refuse_echo },
    { "best_of", refuse_best_of },
    { "n", read_n },
    { "max_tokens", read_max_tokens },
    { "stream", way_read_stream },
    { "stream_options", way_read_stream_options },
    { "temperature", way_read_temperature },
    { "top_p", way_read_top_p },
    { "top_k", way_read_top_k },
    { "min_p", way_read_min_p },
    { "frequency_penalty", way_read_frequency_penalty },
    { "presence_penalty", way_read_presence_penalty },
    { "seed", way_read_seed },
    { "stop", way_read_stop },
    { "user", way_read_user },
  };
  g_autoptr (WayChat) chat = way_chat_new ();
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error) ||
      !way_read_members (chat, &root, readers, G_N_ELEMENTS (readers), error))
    return NULL;
  if (chat->turns->len != 1)
    {
      way_refuse_request (error, "The request must have one \"prompt\"");
      return NULL;
    }
  return g_steal_pointer (&chat);
}

/* WayChat → request */

static gboolean
is_text (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (((const WayPart *)parts->pdata[i])->type != WAY_PART_TEXT)
      return FALSE;
  return TRUE;
}

/* The words of the system go before the one message. */
static char *
dup_prompt (const WayChat *chat)
{
  g_autoptr (GString) prompt = g_string_new (NULL);
  guint n_users = 0;

  for (guint i = 0; i < chat->turns->len; i++)
    {
      const WayTurn *turn = chat->turns->pdata[i];
      g_autofree char *text = way_chat_dup_text (turn->parts);

      if (!is_text (turn->parts) ||
          (turn->role != WAY_ROLE_SYSTEM && turn->role != WAY_ROLE_USER) ||
          (turn->role == WAY_ROLE_USER && n_users++ > 0))
        return NULL;
      if (prompt->len > 0)
        g_string_append (prompt, "\n\n");
      g_string_append (prompt, text);
    }
  return g_string_free (g_steal_pointer (&prompt), FALSE);
}

static void
append_number (GString *out, const char *name, const char *json)
{
  if (json)
    g_string_append_printf (out, ",\"%s\":%s", name, json);
}

static void
append_count (GString *out, const char *name, gint64 count)
{
  g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, name, count);
}

static void
append_settings (const WayChat *chat, const WayRequestTarget *target, GString *out)
{
  if (chat->stream)
    g_string_append (out, ",\"stream\":true");
  if (chat->stream && !(target->quirks & WAY_QUIRK_NO_STREAM_OPTIONS))
    g_string_append (out, ",\"stream_options\":{\"include_usage\":true}");
  if (chat->max_output_tokens != WAY_UNKNOWN)
    append_count (out, "max_tokens", chat->max_output_tokens);
  if (chat->n_choices > 1)
    append_count (out, "n", chat->n_choices);
  append_number (out, "temperature", chat->temperature);
  append_number (out, "top_p", chat->top_p);
  append_number (out, "frequency_penalty", chat->frequency_penalty);
  append_number (out, "presence_penalty", chat->presence_penalty);
  append_number (out, "seed", chat->seed);
  for (guint i = 0; i < chat->stop->len; i++)
    {
      g_string_append (out, i == 0 ? ",\"stop\":[" : ",");
      way_json_append_string (out, chat->stop->pdata[i]);
    }
  if (chat->stop->len > 0)
    g_string_append_c (out, ']');
  if (chat->user)
    {
      g_string_append (out, ",\"user\":");
      way_json_append_string (out, chat->user);
    }
}

static void
drop_others (const WayChat *chat, GPtrArray *dropped)
{
  if (chat->top_k)
    g_ptr_array_add (dropped, (gpointer) "top_k");
  if (chat->min_p)
    g_ptr_array_add (dropped, (gpointer) "min_p");
  if (chat->logprobs)
    g_ptr_array_add (dropped, (gpointer) "logprobs");
  if (chat->reasoning != WAY_TRI_UNSET || way_chat_get_effort (chat))
    g_ptr_array_add (dropped, (gpointer) "reasoning");
}

static gboolean
encode_request (const WayChat *chat,
                const WayRequestTarget *target,
                GString *out,
                GPtrArray *dropped,
                GError **error)
{
  g_autofree char *prompt = dup_prompt (chat);

  if (!prompt || chat->tools->len > 0)
    return way_refuse_request (error, "takes one prompt, no conversation and no tools");
  if (chat->format != WAY_FORMAT_TEXT)
    return way_refuse_request (error, "cannot be held to JSON");
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  g_string_append (out, ",\"prompt\":");
  way_json_append_string (out, prompt);
  append_settings (chat, target, out);
  g_string_append_c (out, '}');
  drop_others (chat, dropped);
  return TRUE;
}

const WayDialect way_dialect_openai_completions = {
  .name = "openai-completions",
  .stream_type = "text/event-stream",
  .operation = WAY_OPERATION_CHAT,
  .framing = WAY_FRAMING_SSE,
  .skim_request = skim_request,
  .plan_edits = way_openai_chat_plan_edits,
  .decode_request = decode_request,
  .encode_request = encode_request,
  .decode_event = way_openai_chat_decode_event,
  .decode_reply = way_openai_chat_decode_reply,
  .event_is_surplus = way_openai_chat_event_is_surplus,
  .decode_error = way_openai_chat_decode_error,
  .encoder_new = way_completions_encoder_new,
  .encoder_free = g_free,
  .encode_delta = way_completions_encode_delta,
  .encode_reply = way_completions_encode_reply,
  .encode_error = way_openai_chat_encode_error,
  .encode_stream_error = way_openai_chat_encode_stream_error,
};
