/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* WayChat → a chat completions request, as OpenAI and the many servers that follow it take it.
 * Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-json.h"

#include <string.h>

/* OpenAI refuses longer ids of tool calls; Mistral wants exactly nine letters and digits. */
#define MAX_TOOL_ID_BYTES 40
#define SHORT_TOOL_ID_BYTES 9

typedef struct
{
  const WayChat *chat;            /* borrowed */
  const WayRequestTarget *target; /* borrowed */
  GString *out;                   /* borrowed */
  GPtrArray *dropped;             /* borrowed */
  guint n_messages;
} Writer;

static void
drop (Writer *writer, const char *name)
{
  g_ptr_array_add (writer->dropped, (gpointer)name);
}

/* Parts */

static void
append_data_url (GString *out, const WayPart *part)
{
  g_autofree char *url = NULL;

  if (part->url)
    {
      way_json_append_string (out, part->url);
      return;
    }
  url = g_strdup_printf ("data:%s;base64,%s",
                         part->media_type ? part->media_type : "application/octet-stream",
                         part->data ? part->data : "");
  way_json_append_string (out, url);
}

static void
append_image (Writer *writer, const WayPart *part)
{
  g_string_append (writer->out, "{\"type\":\"image_url\",\"image_url\":{\"url\":");
  append_data_url (writer->out, part);
  if (part->detail)
    way_json_append_string_member (writer->out, "detail", part->detail);
  g_string_append (writer->out, "}}");
}

static void
append_document (Writer *writer, const WayPart *part)
{
  g_string_append (writer->out, "{\"type\":\"file\",\"file\":{\"file_data\":");
  append_data_url (writer->out, part);
  way_json_append_string_member (writer->out, "filename", part->name ? part->name : "document.pdf");
  g_string_append (writer->out, "}}");
}

static void
append_audio (Writer *writer, const WayPart *part)
{
  gboolean is_mp3 = part->media_type && strstr (part->media_type, "mp");

  g_string_append (writer->out, "{\"type\":\"input_audio\",\"input_audio\":{\"data\":");
  way_json_append_string (writer->out, part->data ? part->data : "");
  way_json_append_string_member (writer->out, "format", is_mp3 ? "mp3" : "wav");
  g_string_append (writer->out, "}}");
}

static void
append_text_part (Writer *writer, const char *text)
{
  g_string_append (writer->out, "{\"type\":\"text\",\"text\":");
  way_json_append_string (writer->out, text ? text : "");
  g_string_append_c (writer->out, '}');
}

static void
append_part (Writer *writer, const WayPart *part)
{
  switch (part->type)
    {
    case WAY_PART_TEXT:
    case WAY_PART_REFUSAL:
      append_text_part (writer, part->text);
      return;
    case WAY_PART_IMAGE:
      append_image (writer, part);
      return;
    case WAY_PART_DOCUMENT:
      append_document (writer, part);
      return;
    case WAY_PART_AUDIO:
      append_audio (writer, part);
      return;
    case WAY_PART_REASONING:
    case WAY_PART_TOOL_CALL:
    case WAY_PART_TOOL_RESULT:
      break;
    }
  g_assert_not_reached ();
}

static gboolean
is_media (const WayPart *part)
{
  return part->type == WAY_PART_IMAGE || part->type == WAY_PART_DOCUMENT ||
         part->type == WAY_PART_AUDIO;
}

static gboolean
has_media (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (is_media (parts->pdata[i]))
      return TRUE;
  return FALSE;
}

/* Old and small servers take a string only: so what is only text is one. */
static void
append_content (Writer *writer, const GPtrArray *parts)
{
  gboolean is_first = TRUE;

  if (!has_media (parts))
    {
      g_autofree char *text = way_chat_dup_text (parts);

      way_json_append_string (writer->out, text);
      return;
    }
  g_string_append_c (writer->out, '[');
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (!is_media (part) && part->type != WAY_PART_TEXT)
        continue;
      if (!is_first)
        g_string_append_c (writer->out, ',');
      is_first = FALSE;
      append_part (writer, part);
    }
  g_string_append_c (writer->out, ']');
}

/* Messages */

static void
begin_message (Writer *writer, const char *role, const char *name)
{
  if (writer->n_messages++ > 0)
    g_string_append_c (writer->out, ',');
  g_string_append_printf (writer->out, "{\"role\":\"%s\"", role);
  if (name)
    way_json_append_string_member (writer->out, "name", name);
}

static gboolean
is_short_id (const char *id)
{
  gsize length = 0;

  while (g_ascii_isalnum (id[length]))
    length++;
  return id[length] == '\0' && length == SHORT_TOOL_ID_BYTES;
}

/* An id that the server would refuse is replaced by a digest of it: the same in call and result, in
 * this turn and in later ones. */
static void
append_tool_id (Writer *writer, const char *name, const char *id)
{
  gboolean must_be_short = writer->target->quirks & WAY_QUIRK_SHORT_TOOL_IDS;
  g_autofree char *digest = NULL;

  if (must_be_short ? !is_short_id (id) : strlen (id) > MAX_TOOL_ID_BYTES)
    {
      digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
      digest[must_be_short ? SHORT_TOOL_ID_BYTES : MAX_TOOL_ID_BYTES] = '\0';
    }
  way_json_append_string_member (writer->out, name, digest ? digest : id);
}

/* Tools give text here; what else they gave follows as a message of the user, the only one that may
 * hold it. */
static void
append_tool_result (Writer *writer, const WayPart *result)
{
  g_autofree char *text = way_chat_dup_text (result->parts);

  begin_message (writer, "tool", NULL);
  append_tool_id (writer, "tool_call_id", result->id ? result->id : "");
  g_string_append (writer->out, ",\"content\":");
  way_json_append_string (writer->out, text);
  g_string_append_c (writer->out, '}');
}

static void
append_tool_media (Writer *writer, const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *result = parts->pdata[i];

      if (result->type != WAY_PART_TOOL_RESULT || !has_media (result->parts))
        continue;
      begin_message (writer, "user", NULL);
      g_string_append (writer->out, ",\"content\":");
      append_content (writer, result->parts);
      g_string_append_c (writer->out, '}');
    }
}

static void
append_call (Writer *writer, const WayPart *call)
{
  g_autofree char *arguments = way_chat_dup_arguments (writer->chat, call);

  g_string_append (writer->out, "{\"type\":\"function\"");
  append_tool_id (writer, "id", call->id ? call->id : "");
  g_string_append (writer->out, ",\"function\":{\"name\":");
  way_json_append_string (writer->out, call->name);
  way_json_append_string_member (writer->out, "arguments", arguments);
  g_string_append (writer->out, "}}");
}

static void
append_calls (Writer *writer, const GPtrArray *parts)
{
  guint n_calls = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type != WAY_PART_TOOL_CALL)
        continue;
      g_string_append (writer->out, n_calls++ == 0 ? ",\"tool_calls\":[" : ",");
      append_call (writer, part);
    }
  if (n_calls > 0)
    g_string_append_c (writer->out, ']');
}

static void
append_reasoning (Writer *writer, const GPtrArray *parts)
{
  if (!(writer->target->quirks & WAY_QUIRK_REASONING_CONTENT))
    return;
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type != WAY_PART_REASONING || !part->text || !*part->text)
        continue;
      way_json_append_string_member (writer->out, "reasoning_content", part->text);
      return;
    }
}

static gboolean
has_content (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type == WAY_PART_TEXT || is_media (part))
        return TRUE;
    }
  return FALSE;
}

static void
append_assistant (Writer *writer, const WayTurn *turn)
{
  begin_message (writer, "assistant", turn->name);
  g_string_append (writer->out, ",\"content\":");
  if (has_content (turn->parts))
    append_content (writer, turn->parts);
  else
    g_string_append (writer->out, "null");
  for (guint i = 0; i < turn->parts->len; i++)
    {
      const WayPart *part = turn->parts->pdata[i];

      if (part->type == WAY_PART_REFUSAL)
        way_json_append_string_member (writer->out, "refusal", part->text ? part->text : "");
    }
  append_reasoning (writer, turn->parts);
  append_calls (writer, turn->parts);
  g_string_append_c (writer->out, '}');
}

/* A turn of the user may hold tool results, in Anthropic's way: they come first, right behind the
 * calls they answer. */
static void
append_user (Writer *writer, const WayTurn *turn)
{
  for (guint i = 0; i < turn->parts->len; i++)
    if (((const WayPart *)turn->parts->pdata[i])->type == WAY_PART_TOOL_RESULT)
      append_tool_result (writer, turn->parts->pdata[i]);
  append_tool_media (writer, turn->parts);
  if (!has_content (turn->parts))
    return;
  begin_message (writer, turn->role == WAY_ROLE_SYSTEM ? "system" : "user", turn->name);
  g_string_append (writer->out, ",\"content\":");
  append_content (writer, turn->parts);
  g_string_append_c (writer->out, '}');
}

static void
append_messages (Writer *writer)
{
  g_string_append (writer->out, ",\"messages\":[");
  for (guint i = 0; i < writer->chat->turns->len; i++)
    {
      const WayTurn *turn = writer->chat->turns->pdata[i];

      if (turn->role == WAY_ROLE_ASSISTANT)
        append_assistant (writer, turn);
      else
        append_user (writer, turn);
    }
  g_string_append_c (writer->out, ']');
}

/* Tools */

static void
append_tool (Writer *writer, const WayTool *tool)
{
  g_autofree char *description = way_tool_dup_description (tool);

  g_string_append (writer->out, "{\"type\":\"function\",\"function\":{\"name\":");
  way_json_append_string (writer->out, tool->name);
  if (description)
    way_json_append_string_member (writer->out, "description", description);
  way_json_append_member (writer->out, "parameters", way_tool_get_parameters (tool));
  if (tool->strict)
    way_json_append_member (writer->out, "strict", "true");
  g_string_append (writer->out, "}}");
}

static void
append_tool_choice (Writer *writer)
{
  switch (writer->chat->tool_choice)
    {
    case WAY_TOOL_CHOICE_UNSET:
      return;
    case WAY_TOOL_CHOICE_AUTO:
      way_json_append_member (writer->out, "tool_choice", "\"auto\"");
      return;
    case WAY_TOOL_CHOICE_NONE:
      way_json_append_member (writer->out, "tool_choice", "\"none\"");
      return;
    case WAY_TOOL_CHOICE_REQUIRED:
      way_json_append_member (writer->out, "tool_choice", "\"required\"");
      return;
    case WAY_TOOL_CHOICE_NAMED:
      g_string_append (writer->out,
                       ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":");
      way_json_append_string (writer->out, writer->chat->tool_choice_name);
      g_string_append (writer->out, "}}");
      return;
    }
  g_assert_not_reached ();
}

static void
append_tools (Writer *writer)
{
  const GPtrArray *tools = writer->chat->tools;

  if (tools->len == 0)
    return;
  for (guint i = 0; i < tools->len; i++)
    {
      g_string_append (writer->out, i == 0 ? ",\"tools\":[" : ",");
      append_tool (writer, tools->pdata[i]);
    }
  g_string_append_c (writer->out, ']');
  append_tool_choice (writer);
  if (writer->chat->parallel_tool_calls != WAY_TRI_UNSET)
    way_json_append_member (writer->out, "parallel_tool_calls",
                            writer->chat->parallel_tool_calls == WAY_TRI_YES ? "true" : "false");
}

/* Settings */

static void
append_format (Writer *writer)
{
  const WayChat *chat = writer->chat;

  if (chat->format == WAY_FORMAT_TEXT)
    return;
  if (chat->format == WAY_FORMAT_JSON || (writer->target->quirks & WAY_QUIRK_NO_JSON_SCHEMA))
    {
      way_json_append_member (writer->out, "response_format", "{\"type\":\"json_object\"}");
      if (chat->format == WAY_FORMAT_JSON_SCHEMA)
        drop (writer, "response_format.json_schema");
      return;
    }
  g_string_append (writer->out,
                   ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":");
  way_json_append_string (writer->out, chat->schema_name ? chat->schema_name : "answer");
  way_json_append_member (writer->out, "schema", chat->schema);
  if (chat->schema_strict)
    way_json_append_member (writer->out, "strict", "true");
  g_string_append (writer->out, "}}");
}

static void
append_reasoning_effort (Writer *writer)
{
  const char *effort = way_chat_get_effort (writer->chat);

  if (!effort)
    return;
  if (writer->target->can_reason == WAY_TRI_NO)
    {
      drop (writer, "reasoning");
      return;
    }
  /* The one level above OpenAI's. */
  way_json_append_string_member (writer->out, "reasoning_effort",
                                 strcmp (effort, "max") == 0 ? "high" : effort);
}

static void
append_numbers (Writer *writer)
{
  const WayChat *chat = writer->chat;
  const struct
  {
    const char *name;
    const char *json;
  } numbers[] = {
    { "temperature", chat->temperature },
    { "top_p", chat->top_p },
    { "frequency_penalty", chat->frequency_penalty },
    { "presence_penalty", chat->presence_penalty },
    { "seed", chat->seed },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].json)
      way_json_append_member (writer->out, numbers[i].name, numbers[i].json);
}

/* Not OpenAI's; the servers that people run themselves all know them. */
static void
append_local_numbers (Writer *writer)
{
  const WayChat *chat = writer->chat;

  if (writer->target->is_local)
    {
      if (chat->top_k)
        way_json_append_member (writer->out, "top_k", chat->top_k);
      if (chat->min_p)
        way_json_append_member (writer->out, "min_p", chat->min_p);
      return;
    }
  if (chat->top_k)
    drop (writer, "top_k");
  if (chat->min_p)
    drop (writer, "min_p");
}

static void
append_stop (Writer *writer)
{
  const GPtrArray *stop = writer->chat->stop;

  for (guint i = 0; i < stop->len; i++)
    {
      g_string_append (writer->out, i == 0 ? ",\"stop\":[" : ",");
      way_json_append_string (writer->out, stop->pdata[i]);
    }
  if (stop->len > 0)
    g_string_append_c (writer->out, ']');
}

static void
append_count (GString *out, const char *name, gint64 count)
{
  g_string_append_printf (out, ",\"%s\":%" G_GINT64_FORMAT, name, count);
}

static void
append_logprobs (Writer *writer)
{
  if (!writer->chat->logprobs)
    return;
  way_json_append_member (writer->out, "logprobs", "true");
  if (writer->chat->top_logprobs != WAY_UNKNOWN)
    append_count (writer->out, "top_logprobs", writer->chat->top_logprobs);
}

static void
append_settings (Writer *writer)
{
  const WayChat *chat = writer->chat;
  WayQuirks quirks = writer->target->quirks;

  if (chat->stream)
    way_json_append_member (writer->out, "stream", "true");
  if (chat->stream && !(quirks & WAY_QUIRK_NO_STREAM_OPTIONS))
    way_json_append_member (writer->out, "stream_options", "{\"include_usage\":true}");
  if (chat->max_output_tokens != WAY_UNKNOWN)
    append_count (writer->out,
                  quirks & WAY_QUIRK_MAX_TOKENS ? "max_tokens" : "max_completion_tokens",
                  chat->max_output_tokens);
  if (chat->n_choices > 1)
    append_count (writer->out, "n", chat->n_choices);
  append_numbers (writer);
  append_local_numbers (writer);
  append_stop (writer);
  append_format (writer);
  append_logprobs (writer);
  append_reasoning_effort (writer);
  if (chat->user)
    way_json_append_string_member (writer->out, "user", chat->user);
}

gboolean
way_openai_chat_encode_request (const WayChat *chat,
                                const WayRequestTarget *target,
                                GString *out,
                                GPtrArray *dropped,
                                GError **error)
{
  Writer writer = { .chat = chat, .target = target, .out = out, .dropped = dropped };

  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  append_messages (&writer);
  append_tools (&writer);
  append_settings (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}
