/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* WayChat → a request of Ollama's. Pure. */

#include "way-dialect-ollama-private.h"

#include "way-json.h"
#include "way-skim.h"

#include <string.h>

typedef struct
{
  const WayChat *chat;            /* borrowed */
  const WayRequestTarget *target; /* borrowed */
  GString *out;                   /* borrowed */
  GPtrArray *dropped;             /* borrowed */
  guint n_messages;
  guint n_options;
} Writer;

static void
drop (Writer *writer, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (writer->dropped, name, g_str_equal, NULL))
    g_ptr_array_add (writer->dropped, (gpointer)name);
}

/* What leaving out would make another question of it. */

static const char *
find_refused_part (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];
      const char *inside = part->parts ? find_refused_part (part->parts) : NULL;

      if (inside)
        return inside;
      if (part->type == WAY_PART_IMAGE && !part->data)
        return "cannot fetch an image by its URL";
      if (part->type == WAY_PART_DOCUMENT)
        return "cannot read documents";
      if (part->type == WAY_PART_AUDIO)
        return "cannot hear audio";
    }
  return NULL;
}

static gboolean
check_chat (const WayChat *chat, GError **error)
{
  if (chat->n_choices > 1)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "cannot give %" G_GINT64_FORMAT " choices", chat->n_choices);
      return FALSE;
    }
  for (guint i = 0; i < chat->turns->len; i++)
    {
      const WayTurn *turn = chat->turns->pdata[i];
      const char *refusal = find_refused_part (turn->parts);

      if (refusal)
        return way_refuse_request (error, refusal);
    }
  return TRUE;
}

/* Messages */

static void
append_images (Writer *writer, const GPtrArray *parts)
{
  guint n_images = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type != WAY_PART_IMAGE)
        continue;
      g_string_append (writer->out, n_images++ == 0 ? ",\"images\":[" : ",");
      way_json_append_string (writer->out, part->data);
      if (part->detail)
        drop (writer, "detail");
    }
  if (n_images > 0)
    g_string_append_c (writer->out, ']');
}

static void
append_joined_text (GString *text, const GPtrArray *parts, WayPartType type)
{
  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type != type || !part->text || *part->text == '\0')
        continue;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      g_string_append (text, part->text);
    }
}

/* The texts of a message, and with them what the model once refused. */
static void
append_content (GString *out, const GPtrArray *parts)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_joined_text (text, parts, WAY_PART_TEXT);
  append_joined_text (text, parts, WAY_PART_REFUSAL);
  g_string_append (out, ",\"content\":");
  way_json_append_string (out, text->str);
}

static void
begin_message (Writer *writer, const char *role)
{
  if (writer->n_messages++ > 0)
    g_string_append_c (writer->out, ',');
  g_string_append_printf (writer->out, "{\"role\":\"%s\"", role);
}

static void
append_calls (Writer *writer, const GPtrArray *parts)
{
  guint n_calls = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];
      g_autofree char *arguments = NULL;

      if (part->type != WAY_PART_TOOL_CALL)
        continue;
      arguments = way_chat_dup_arguments (writer->chat, part);
      g_string_append (writer->out, n_calls++ == 0 ? ",\"tool_calls\":[{" : ",{");
      g_string_append (writer->out, "\"id\":");
      way_json_append_string (writer->out, part->id ? part->id : "");
      g_string_append (writer->out, ",\"function\":{\"name\":");
      way_json_append_string (writer->out, part->name);
      way_json_append_member (writer->out, "arguments", arguments);
      g_string_append (writer->out, "}}");
    }
  if (n_calls > 0)
    g_string_append_c (writer->out, ']');
}

static void
append_assistant (Writer *writer, const WayTurn *turn)
{
  g_autoptr (GString) thinking = g_string_new (NULL);

  begin_message (writer, "assistant");
  append_content (writer->out, turn->parts);
  append_joined_text (thinking, turn->parts, WAY_PART_REASONING);
  if (thinking->len > 0)
    way_json_append_string_member (writer->out, "thinking", thinking->str);
  append_images (writer, turn->parts);
  append_calls (writer, turn->parts);
  g_string_append_c (writer->out, '}');
}

/* Ollama's templates go by the name of the tool, newer ones also by the id of the call. */
static void
append_tool_result (Writer *writer, const WayPart *result)
{
  const WayPart *call = way_chat_find_call (writer->chat, result->id);
  const char *name = call ? call->name : result->name;

  begin_message (writer, "tool");
  append_content (writer->out, result->parts);
  append_images (writer, result->parts);
  if (name)
    way_json_append_string_member (writer->out, "tool_name", name);
  if (result->id)
    way_json_append_string_member (writer->out, "tool_call_id", result->id);
  g_string_append_c (writer->out, '}');
  if (result->is_error)
    drop (writer, "is_error");
}

static gboolean
has_words (const GPtrArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    if (((const WayPart *)parts->pdata[i])->type != WAY_PART_TOOL_RESULT)
      return TRUE;
  return FALSE;
}

/* Results that are in a turn of the user come first, right behind the calls they answer. */
static void
append_user (Writer *writer, const WayTurn *turn)
{
  for (guint i = 0; i < turn->parts->len; i++)
    if (((const WayPart *)turn->parts->pdata[i])->type == WAY_PART_TOOL_RESULT)
      append_tool_result (writer, turn->parts->pdata[i]);
  if (turn->role == WAY_ROLE_TOOL || (turn->parts->len > 0 && !has_words (turn->parts)))
    return;
  begin_message (writer, turn->role == WAY_ROLE_SYSTEM ? "system" : "user");
  append_content (writer->out, turn->parts);
  append_images (writer, turn->parts);
  g_string_append_c (writer->out, '}');
}

static void
append_messages (Writer *writer)
{
  g_string_append (writer->out, ",\"messages\":[");
  for (guint i = 0; i < writer->chat->turns->len; i++)
    {
      const WayTurn *turn = writer->chat->turns->pdata[i];

      if (turn->name)
        drop (writer, "name");
      if (turn->role == WAY_ROLE_ASSISTANT)
        append_assistant (writer, turn);
      else
        append_user (writer, turn);
    }
  g_string_append_c (writer->out, ']');
}

/* Tools */

static gboolean
is_offered (const WayChat *chat, const WayTool *tool)
{
  return chat->tool_choice != WAY_TOOL_CHOICE_NAMED ||
         g_strcmp0 (tool->name, chat->tool_choice_name) == 0;
}

static void
append_tool (Writer *writer, const WayTool *tool)
{
  g_autofree char *description = way_tool_dup_description (tool);

  g_string_append (writer->out, "{\"type\":\"function\",\"function\":{\"name\":");
  way_json_append_string (writer->out, tool->name);
  way_json_append_string_member (writer->out, "description", description ? description : "");
  way_json_append_member (writer->out, "parameters", way_tool_get_parameters (tool));
  g_string_append (writer->out, "}}");
  if (tool->strict)
    drop (writer, "strict");
}

/* Ollama leaves it to the model whether it calls. Who wants none is offered none; who wants a
 * certain one is offered that one alone, but nothing makes the model call it. */
static void
append_tools (Writer *writer)
{
  const WayChat *chat = writer->chat;
  guint n_tools = 0;

  if (chat->tool_choice == WAY_TOOL_CHOICE_REQUIRED || chat->tool_choice == WAY_TOOL_CHOICE_NAMED)
    drop (writer, "tool_choice");
  if (chat->parallel_tool_calls == WAY_TRI_NO && chat->tools->len > 0)
    drop (writer, "parallel_tool_calls");
  if (chat->tool_choice == WAY_TOOL_CHOICE_NONE)
    return;
  for (guint i = 0; i < chat->tools->len; i++)
    {
      if (!is_offered (chat, chat->tools->pdata[i]))
        continue;
      g_string_append (writer->out, n_tools++ == 0 ? ",\"tools\":[" : ",");
      append_tool (writer, chat->tools->pdata[i]);
    }
  if (n_tools > 0)
    g_string_append_c (writer->out, ']');
}

/* Settings */

static void
append_format (Writer *writer)
{
  switch (writer->chat->format)
    {
    case WAY_FORMAT_TEXT:
      return;
    case WAY_FORMAT_JSON:
      way_json_append_member (writer->out, "format", "\"json\"");
      return;
    case WAY_FORMAT_JSON_SCHEMA:
      way_json_append_member (writer->out, "format", writer->chat->schema);
      return;
    }
  g_assert_not_reached ();
}

static gboolean
takes_levels (const char *model)
{
  return strstr (model, "gpt-oss") != NULL;
}

/* The levels that gpt-oss knows. */
static const char *
get_level (const char *effort)
{
  if (!effort || g_str_equal (effort, "medium"))
    return "\"medium\"";
  if (g_str_equal (effort, "minimal") || g_str_equal (effort, "low"))
    return "\"low\"";
  return "\"high\"";
}

/* Ollama refuses "think": true for a model that does not reason, and a level for all but gpt-oss;
 * without the member every model that can reason does. So it is said only where it is safe. */
static void
append_think (Writer *writer)
{
  const WayChat *chat = writer->chat;
  const char *effort = way_chat_get_effort (chat);
  gboolean is_off = chat->reasoning == WAY_TRI_NO || g_strcmp0 (effort, "none") == 0;

  if (is_off)
    way_json_append_member (writer->out, "think", "false");
  else if (chat->reasoning == WAY_TRI_UNSET && !effort)
    return;
  else if (takes_levels (writer->target->model))
    way_json_append_member (writer->out, "think", get_level (effort));
  else if (writer->target->can_reason == WAY_TRI_YES)
    way_json_append_member (writer->out, "think", "true");
  else
    drop (writer, "reasoning");
}

static void
append_option (Writer *writer, const char *name, const char *json)
{
  if (!json)
    return;
  g_string_append_printf (writer->out, "%s\"%s\":%s",
                          writer->n_options++ == 0 ? ",\"options\":{" : ",", name, json);
}

static void
append_count_option (Writer *writer, const char *name, gint64 count)
{
  g_autofree char *json = g_strdup_printf ("%" G_GINT64_FORMAT, count);

  append_option (writer, name, json);
}

static void
append_stop (Writer *writer)
{
  g_autoptr (GString) json = g_string_new (NULL);
  const GPtrArray *stop = writer->chat->stop;

  for (guint i = 0; i < stop->len; i++)
    {
      g_string_append_c (json, i == 0 ? '[' : ',');
      way_json_append_string (json, stop->pdata[i]);
    }
  if (stop->len == 0)
    return;
  g_string_append_c (json, ']');
  append_option (writer, "stop", json->str);
}

static void
append_options (Writer *writer)
{
  const WayChat *chat = writer->chat;

  if (writer->target->context_tokens > 0)
    append_count_option (writer, "num_ctx", writer->target->context_tokens);
  if (chat->max_output_tokens != WAY_UNKNOWN)
    append_count_option (writer, "num_predict", chat->max_output_tokens);
  append_option (writer, "temperature", chat->temperature);
  append_option (writer, "top_p", chat->top_p);
  append_option (writer, "top_k", chat->top_k);
  append_option (writer, "min_p", chat->min_p);
  append_option (writer, "frequency_penalty", chat->frequency_penalty);
  append_option (writer, "presence_penalty", chat->presence_penalty);
  append_option (writer, "seed", chat->seed);
  append_stop (writer);
  if (writer->n_options > 0)
    g_string_append_c (writer->out, '}');
}

static void
append_settings (Writer *writer)
{
  const WayChat *chat = writer->chat;

  way_json_append_member (writer->out, "stream", chat->stream ? "true" : "false");
  append_format (writer);
  append_think (writer);
  if (chat->logprobs)
    way_json_append_member (writer->out, "logprobs", "true");
  if (chat->logprobs && chat->top_logprobs != WAY_UNKNOWN)
    g_string_append_printf (writer->out, ",\"top_logprobs\":%" G_GINT64_FORMAT, chat->top_logprobs);
  append_options (writer);
  if (chat->user)
    drop (writer, "user");
}

gboolean
way_ollama_encode_chat (const WayChat *chat,
                        const WayRequestTarget *target,
                        GString *out,
                        GPtrArray *dropped,
                        GError **error)
{
  Writer writer = { .chat = chat, .target = target, .out = out, .dropped = dropped };

  if (!check_chat (chat, error))
    return FALSE;
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  append_messages (&writer);
  append_tools (&writer);
  append_settings (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}

/* One prompt, with a system prompt before it. */

static gboolean
is_prompt (const WayChat *chat)
{
  guint n_users = 0;

  for (guint i = 0; i < chat->turns->len; i++)
    {
      const WayTurn *turn = chat->turns->pdata[i];

      if (turn->role == WAY_ROLE_USER && has_words (turn->parts))
        n_users++;
      else if (turn->role != WAY_ROLE_SYSTEM)
        return FALSE;
    }
  return n_users <= 1 && chat->tools->len == 0;
}

static void
append_prompt (Writer *writer)
{
  g_autoptr (GString) system = g_string_new (NULL);
  g_autoptr (GString) prompt = g_string_new (NULL);
  const GPtrArray *turns = writer->chat->turns;

  for (guint i = 0; i < turns->len; i++)
    {
      const WayTurn *turn = turns->pdata[i];

      append_joined_text (turn->role == WAY_ROLE_SYSTEM ? system : prompt, turn->parts,
                          WAY_PART_TEXT);
    }
  if (system->len > 0)
    way_json_append_string_member (writer->out, "system", system->str);
  way_json_append_string_member (writer->out, "prompt", prompt->str);
  for (guint i = 0; i < turns->len; i++)
    if (((const WayTurn *)turns->pdata[i])->role == WAY_ROLE_USER)
      append_images (writer, ((const WayTurn *)turns->pdata[i])->parts);
}

gboolean
way_ollama_encode_generate (const WayChat *chat,
                            const WayRequestTarget *target,
                            GString *out,
                            GPtrArray *dropped,
                            GError **error)
{
  Writer writer = { .chat = chat, .target = target, .out = out, .dropped = dropped };

  if (!check_chat (chat, error))
    return FALSE;
  if (!is_prompt (chat))
    return way_refuse_request (error, "takes one prompt, no conversation and no tools");
  g_string_append (out, "{\"model\":");
  way_json_append_string (out, target->model);
  append_prompt (&writer);
  append_settings (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}
