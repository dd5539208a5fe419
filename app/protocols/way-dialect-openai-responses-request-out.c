/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* WayChat → a request of OpenAI's Responses API. Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-json.h"

#include <string.h>

/* The least that the API takes as "max_output_tokens". */
#define MIN_OUTPUT_TOKENS 16

typedef struct
{
  const WayChat *chat;            /* borrowed */
  const WayRequestTarget *target; /* borrowed */
  GString *out;                   /* borrowed */
  GPtrArray *dropped;             /* borrowed */
  GError **error;
  guint n_items;
  gboolean in_message; /* that is not ended yet */
} Writer;

static void
drop (Writer *writer, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (writer->dropped, name, g_str_equal, NULL))
    g_ptr_array_add (writer->dropped, (gpointer)name);
}

static void
begin_item (Writer *writer, const char *type)
{
  g_string_append_printf (writer->out, "%s{\"type\":\"%s\"", writer->n_items++ > 0 ? "," : "",
                          type);
}

/* Content */

static char *
dup_url (const WayPart *part, const char *usual_media_type)
{
  if (part->url)
    return g_strdup (part->url);
  return g_strdup_printf ("data:%s;base64,%s",
                          part->media_type ? part->media_type : usual_media_type,
                          part->data ? part->data : "");
}

static void
append_image (GString *out, const WayPart *part)
{
  g_autofree char *url = dup_url (part, "image/png");

  g_string_append (out, "{\"type\":\"input_image\"");
  way_json_append_string_member (out, "image_url", url);
  way_json_append_string_member (out, "detail", part->detail ? part->detail : "auto");
  g_string_append_c (out, '}');
}

static void
append_file (GString *out, const WayPart *part)
{
  g_autofree char *url = dup_url (part, "application/pdf");

  g_string_append (out, "{\"type\":\"input_file\"");
  if (!part->url)
    way_json_append_string_member (out, "filename", part->name ? part->name : "document.pdf");
  way_json_append_string_member (out, part->url ? "file_url" : "file_data", url);
  g_string_append_c (out, '}');
}

static gboolean
is_content (const WayPart *part)
{
  switch (part->type)
    {
    case WAY_PART_TEXT:
    case WAY_PART_IMAGE:
    case WAY_PART_DOCUMENT:
    case WAY_PART_AUDIO:
    case WAY_PART_REFUSAL:
      return TRUE;
    case WAY_PART_REASONING:
    case WAY_PART_TOOL_CALL:
    case WAY_PART_TOOL_RESULT:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
append_text_part (GString *out, const char *type, const char *member, const char *text)
{
  g_string_append_printf (out, "{\"type\":\"%s\"", type);
  way_json_append_string_member (out, member, text);
  g_string_append_c (out, '}');
}

static gboolean
append_content_part (Writer *writer, const WayPart *part, const char *text_type)
{
  if (part->type == WAY_PART_AUDIO)
    {
      g_set_error_literal (writer->error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, "cannot hear audio");
      return FALSE;
    }
  if (part->type == WAY_PART_IMAGE)
    append_image (writer->out, part);
  else if (part->type == WAY_PART_DOCUMENT)
    append_file (writer->out, part);
  else if (part->type == WAY_PART_REFUSAL)
    append_text_part (writer->out, "refusal", "refusal", part->text);
  else
    append_text_part (writer->out, text_type, "text", part->text);
  return TRUE;
}

/* Items */

static void
end_message (Writer *writer)
{
  if (writer->in_message)
    g_string_append (writer->out, "]}");
  writer->in_message = FALSE;
}

/* Pieces that follow each other share a message. */
static gboolean
append_to_message (Writer *writer, const WayPart *part, const char *role)
{
  gboolean by_assistant = strcmp (role, "assistant") == 0;

  if (writer->in_message)
    g_string_append_c (writer->out, ',');
  else
    {
      begin_item (writer, "message");
      way_json_append_string_member (writer->out, "role", role);
      g_string_append (writer->out, ",\"content\":[");
      writer->in_message = TRUE;
    }
  return append_content_part (writer, part, by_assistant ? "output_text" : "input_text");
}

static gboolean
is_plain (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (((const WayPart *)parts->pdata[i])->type != WAY_PART_TEXT)
      return FALSE;
  return TRUE;
}

static gboolean
append_result (Writer *writer, const WayPart *result)
{
  g_autofree char *text = NULL;

  begin_item (writer, "function_call_output");
  way_json_append_string_member (writer->out, "call_id", result->id);
  if (result->is_error)
    drop (writer, "is_error");
  if (is_plain (result->parts))
    {
      text = way_chat_dup_text (result->parts);
      way_json_append_string_member (writer->out, "output", text);
      g_string_append_c (writer->out, '}');
      return TRUE;
    }
  g_string_append (writer->out, ",\"output\":[");
  for (guint i = 0; i < result->parts->len; i++)
    {
      if (i > 0)
        g_string_append_c (writer->out, ',');
      if (!append_content_part (writer, result->parts->pdata[i], "input_text"))
        return FALSE;
    }
  g_string_append (writer->out, "]}");
  return TRUE;
}

static void
append_call (Writer *writer, const WayPart *part)
{
  g_autofree char *arguments = way_chat_dup_arguments (writer->chat, part);

  begin_item (writer, "function_call");
  way_json_append_string_member (writer->out, "call_id", part->id);
  way_json_append_string_member (writer->out, "name", part->name);
  way_json_append_string_member (writer->out, "arguments", arguments);
  g_string_append_c (writer->out, '}');
}

/* Only what this dialect's provider signed can go back: "ID:CONTENT". */
static void
append_reasoning (Writer *writer, const WayPart *part)
{
  const char *colon = part->signature ? strchr (part->signature, ':') : NULL;
  g_autofree char *id = NULL;

  if (!colon || g_strcmp0 (part->signature_origin, WAY_RESPONSES_NAME) != 0)
    return;
  id = g_strndup (part->signature, (gsize)(colon - part->signature));
  begin_item (writer, "reasoning");
  if (*id)
    way_json_append_string_member (writer->out, "id", id);
  g_string_append (writer->out, ",\"summary\":[");
  if (part->text && *part->text)
    append_text_part (writer->out, "summary_text", "text", part->text);
  g_string_append_c (writer->out, ']');
  way_json_append_string_member (writer->out, "encrypted_content", colon + 1);
  g_string_append_c (writer->out, '}');
}

/* In the order in which they came: the API wants each reasoning right before what it led to. */
static gboolean
append_assistant (Writer *writer, const WayTurn *turn)
{
  for (guint i = 0; i < turn->parts->len; i++)
    {
      const WayPart *part = turn->parts->pdata[i];

      if (is_content (part))
        {
          if (!append_to_message (writer, part, "assistant"))
            return FALSE;
          continue;
        }
      end_message (writer);
      if (part->type == WAY_PART_REASONING)
        append_reasoning (writer, part);
      else if (part->type == WAY_PART_TOOL_CALL)
        append_call (writer, part);
    }
  end_message (writer);
  return TRUE;
}

/* Results come first, right behind the calls they answer. */
static gboolean
append_turn (Writer *writer, const WayTurn *turn)
{
  const char *role = turn->role == WAY_ROLE_SYSTEM ? "developer" : "user";

  if (turn->role == WAY_ROLE_ASSISTANT)
    return append_assistant (writer, turn);
  for (guint i = 0; i < turn->parts->len; i++)
    {
      const WayPart *part = turn->parts->pdata[i];

      if (part->type == WAY_PART_TOOL_RESULT && !append_result (writer, part))
        return FALSE;
    }
  for (guint i = 0; i < turn->parts->len; i++)
    if (is_content (turn->parts->pdata[i]) &&
        !append_to_message (writer, turn->parts->pdata[i], role))
      return FALSE;
  end_message (writer);
  return TRUE;
}

static gboolean
append_input (Writer *writer)
{
  g_string_append (writer->out, ",\"input\":[");
  for (guint i = 0; i < writer->chat->turns->len; i++)
    if (!append_turn (writer, writer->chat->turns->pdata[i]))
      return FALSE;
  g_string_append_c (writer->out, ']');
  return TRUE;
}

/* Tools */

static void
append_tool_choice (Writer *writer)
{
  switch (writer->chat->tool_choice)
    {
    case WAY_TOOL_CHOICE_UNSET:
      return;
    case WAY_TOOL_CHOICE_AUTO:
      way_json_append_string_member (writer->out, "tool_choice", "auto");
      return;
    case WAY_TOOL_CHOICE_NONE:
      way_json_append_string_member (writer->out, "tool_choice", "none");
      return;
    case WAY_TOOL_CHOICE_REQUIRED:
      way_json_append_string_member (writer->out, "tool_choice", "required");
      return;
    case WAY_TOOL_CHOICE_NAMED:
      g_string_append (writer->out, ",\"tool_choice\":{\"type\":\"function\"");
      way_json_append_string_member (writer->out, "name", writer->chat->tool_choice_name);
      g_string_append_c (writer->out, '}');
      return;
    }
  g_assert_not_reached ();
}

/* Without "strict" the API would take every schema as binding. */
static void
append_tools (Writer *writer)
{
  const WayChat *chat = writer->chat;

  for (guint i = 0; i < chat->tools->len; i++)
    {
      const WayTool *tool = chat->tools->pdata[i];
      g_autofree char *description = way_tool_dup_description (tool);

      g_string_append (writer->out, i == 0 ? ",\"tools\":[" : ",");
      g_string_append (writer->out, "{\"type\":\"function\"");
      way_json_append_string_member (writer->out, "name", tool->name);
      if (description)
        way_json_append_string_member (writer->out, "description", description);
      g_string_append_printf (writer->out, ",\"parameters\":%s,\"strict\":%s}",
                              way_tool_get_parameters (tool), tool->strict ? "true" : "false");
    }
  if (chat->tools->len == 0)
    return;
  g_string_append_c (writer->out, ']');
  append_tool_choice (writer);
  if (chat->parallel_tool_calls != WAY_TRI_UNSET)
    g_string_append_printf (writer->out, ",\"parallel_tool_calls\":%s",
                            chat->parallel_tool_calls == WAY_TRI_YES ? "true" : "false");
}

/* Settings */

static void
append_format (Writer *writer)
{
  const WayChat *chat = writer->chat;

  if (chat->format == WAY_FORMAT_JSON)
    g_string_append (writer->out, ",\"text\":{\"format\":{\"type\":\"json_object\"}}");
  if (chat->format != WAY_FORMAT_JSON_SCHEMA)
    return;
  g_string_append (writer->out, ",\"text\":{\"format\":{\"type\":\"json_schema\"");
  way_json_append_string_member (writer->out, "name",
                                 chat->schema_name ? chat->schema_name : "answer");
  g_string_append_printf (writer->out, ",\"schema\":%s,\"strict\":%s}}", chat->schema,
                          chat->schema_strict ? "true" : "false");
}

static gboolean
is_to_reason (const WayChat *chat)
{
  const char *effort = way_chat_get_effort (chat);

  return effort ? strcmp (effort, "none") != 0 : chat->wants_reasoning_summary;
}

/* OpenAI shows summaries only to organisations that it has verified, and answers others with an
 * error: they are asked for where the client wants the model to reason, and not by the way. */
static void
append_reasoning_setting (Writer *writer)
{
  const char *effort = way_chat_get_effort (writer->chat);
  gboolean is_asked = is_to_reason (writer->chat);

  if (writer->target->can_reason == WAY_TRI_NO)
    {
      if (is_asked)
        drop (writer, "reasoning");
      return;
    }
  if (!is_asked && !effort)
    return;
  g_string_append (writer->out, ",\"reasoning\":{\"summary\":");
  way_json_append_nullable (writer->out, is_asked ? "auto" : NULL);
  if (effort)
    way_json_append_string_member (writer->out, "effort",
                                   strcmp (effort, "max") == 0 ? "high" : effort);
  g_string_append_c (writer->out, '}');
}

/* What was thought comes back encrypted, so that it can be sent along on the next turn. Models that
 * do not reason refuse to be asked for it. */
static void
append_include (Writer *writer)
{
  WayTri can_reason = writer->target->can_reason;
  gboolean reasons =
    can_reason == WAY_TRI_YES || (can_reason == WAY_TRI_UNSET && is_to_reason (writer->chat));

  if (reasons || writer->chat->logprobs)
    g_string_append_printf (writer->out, ",\"include\":[%s%s%s]",
                            reasons ? "\"reasoning.encrypted_content\"" : "",
                            reasons && writer->chat->logprobs ? "," : "",
                            writer->chat->logprobs ? "\"message.output_text.logprobs\"" : "");
  if (writer->chat->logprobs && writer->chat->top_logprobs != WAY_UNKNOWN)
    g_string_append_printf (writer->out, ",\"top_logprobs\":%" G_GINT64_FORMAT,
                            writer->chat->top_logprobs);
}

static void
drop_unknown_here (Writer *writer)
{
  const WayChat *chat = writer->chat;
  const struct
  {
    const char *name;
    gboolean is_set;
  } settings[] = {
    { "stop", chat->stop->len > 0 },
    { "top_k", chat->top_k != NULL },
    { "min_p", chat->min_p != NULL },
    { "frequency_penalty", chat->frequency_penalty != NULL },
    { "presence_penalty", chat->presence_penalty != NULL },
    { "seed", chat->seed != NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].is_set)
      drop (writer, settings[i].name);
}

static void
append_settings (Writer *writer)
{
  const WayChat *chat = writer->chat;

  g_string_append (writer->out, ",\"store\":false");
  if (chat->stream)
    g_string_append (writer->out, ",\"stream\":true");
  if (chat->max_output_tokens != WAY_UNKNOWN)
    g_string_append_printf (writer->out, ",\"max_output_tokens\":%" G_GINT64_FORMAT,
                            MAX (chat->max_output_tokens, MIN_OUTPUT_TOKENS));
  if (chat->temperature)
    g_string_append_printf (writer->out, ",\"temperature\":%s", chat->temperature);
  if (chat->top_p)
    g_string_append_printf (writer->out, ",\"top_p\":%s", chat->top_p);
  append_format (writer);
  append_reasoning_setting (writer);
  append_include (writer);
  drop_unknown_here (writer);
  if (chat->user)
    way_json_append_string_member (writer->out, "user", chat->user);
}

gboolean
way_responses_encode_request (const WayChat *chat,
                              const WayRequestTarget *target,
                              GString *out,
                              GPtrArray *dropped,
                              GError **error)
{
  Writer writer = {
    .chat = chat, .target = target, .out = out, .dropped = dropped, .error = error
  };

  if (chat->n_choices > 1)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "cannot give %" G_GINT64_FORMAT " choices", chat->n_choices);
      return FALSE;
    }
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  if (!append_input (&writer))
    return FALSE;
  append_tools (&writer);
  append_settings (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}
