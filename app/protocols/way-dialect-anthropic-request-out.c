/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* WayChat → a request of Anthropic's Messages API. Pure. */

#include "way-dialect-anthropic-private.h"

#include "way-json.h"
#include "way-skim.h"

#include <string.h>

/* "max_tokens" is required. What a client that set none gets where the model's limit is not known:
 * all Claude models can give as much. */
#define DEFAULT_MAX_TOKENS 8192

/* Anthropic's least budget, and what the words for effort mean in its tokens. */
#define MIN_BUDGET_TOKENS 1024
#define LOW_BUDGET_TOKENS 2048
#define MEDIUM_BUDGET_TOKENS 8192
#define HIGH_BUDGET_TOKENS 16384
#define HIGHEST_BUDGET_TOKENS 32000

#define JSON_INSTRUCTION "Answer with one JSON object and nothing else."

typedef struct
{
  const WayChat *chat;            /* borrowed */
  const WayRequestTarget *target; /* borrowed */
  GString *out;                   /* borrowed */
  GPtrArray *dropped;             /* borrowed */
  GError **error;
  guint first_turn; /* behind the leading system turns */
  guint n_messages;
  guint n_blocks; /* of the message in hand */
} Writer;

static void
drop (Writer *writer, const char *name)
{
  g_ptr_array_add (writer->dropped, (gpointer)name);
}

static void
begin_block (Writer *writer, const char *type)
{
  g_string_append_printf (writer->out, "%s{\"type\":\"%s\"", writer->n_blocks++ > 0 ? "," : "",
                          type);
}

/* Anthropic refuses empty texts. */
static void
append_text (Writer *writer, const char *text)
{
  if (!text || !*text)
    return;
  begin_block (writer, "text");
  way_json_append_string_member (writer->out, "text", text);
  g_string_append_c (writer->out, '}');
}

static void
append_media (Writer *writer, const WayPart *part, const char *type, const char *usual_media_type)
{
  begin_block (writer, type);
  if (part->url)
    {
      g_string_append (writer->out, ",\"source\":{\"type\":\"url\"");
      way_json_append_string_member (writer->out, "url", part->url);
    }
  else
    {
      g_string_append (writer->out, ",\"source\":{\"type\":\"base64\"");
      way_json_append_string_member (writer->out, "media_type",
                                     part->media_type ? part->media_type : usual_media_type);
      way_json_append_string_member (writer->out, "data", part->data ? part->data : "");
    }
  g_string_append_c (writer->out, '}');
  if (part->name && part->type == WAY_PART_DOCUMENT)
    way_json_append_string_member (writer->out, "title", part->name);
  g_string_append_c (writer->out, '}');
}

/* Signatures of others mean nothing here, and reasoning without one is refused. */
static void
append_reasoning (Writer *writer, const WayPart *part)
{
  if (!part->signature || g_strcmp0 (part->signature_origin, "anthropic") != 0)
    return;
  begin_block (writer, part->redacted ? "redacted_thinking" : "thinking");
  if (!part->redacted)
    way_json_append_string_member (writer->out, "thinking", part->text ? part->text : "");
  way_json_append_string_member (writer->out, part->redacted ? "data" : "signature",
                                 part->signature);
  g_string_append_c (writer->out, '}');
}

static void
append_call (Writer *writer, const WayPart *part)
{
  g_autofree char *id = way_anthropic_dup_tool_id (part->id ? part->id : "");
  g_autofree char *input = way_chat_dup_arguments (writer->chat, part);

  begin_block (writer, "tool_use");
  way_json_append_string_member (writer->out, "id", id);
  way_json_append_string_member (writer->out, "name", part->name);
  g_string_append_printf (writer->out, ",\"input\":%s}", input);
}

static gboolean append_part (Writer *writer, const WayPart *part);

static gboolean
append_result (Writer *writer, const WayPart *part)
{
  g_autofree char *id = way_anthropic_dup_tool_id (part->id ? part->id : "");
  guint n_outer;

  begin_block (writer, "tool_result");
  way_json_append_string_member (writer->out, "tool_use_id", id);
  if (part->is_error)
    g_string_append (writer->out, ",\"is_error\":true");
  g_string_append (writer->out, ",\"content\":[");
  n_outer = writer->n_blocks;
  writer->n_blocks = 0;
  for (guint i = 0; i < part->parts->len; i++)
    if (!append_part (writer, part->parts->pdata[i]))
      return FALSE;
  writer->n_blocks = n_outer;
  g_string_append (writer->out, "]}");
  return TRUE;
}

static gboolean
append_part (Writer *writer, const WayPart *part)
{
  switch (part->type)
    {
    case WAY_PART_TEXT:
    case WAY_PART_REFUSAL:
      append_text (writer, part->text);
      return TRUE;
    case WAY_PART_IMAGE:
      append_media (writer, part, "image", "image/png");
      return TRUE;
    case WAY_PART_DOCUMENT:
      append_media (writer, part, "document", "application/pdf");
      return TRUE;
    case WAY_PART_AUDIO:
      return way_refuse_request (writer->error, "cannot hear audio");
    case WAY_PART_REASONING:
      append_reasoning (writer, part);
      return TRUE;
    case WAY_PART_TOOL_CALL:
      append_call (writer, part);
      return TRUE;
    case WAY_PART_TOOL_RESULT:
      return append_result (writer, part);
    }
  g_return_val_if_reached (FALSE);
}

/* Messages */

static gboolean
is_assistant (const WayTurn *turn)
{
  return turn->role == WAY_ROLE_ASSISTANT;
}

/* The parts of @turn that are tool results, or those that are not. */
static gboolean
append_turn (Writer *writer, const WayTurn *turn, gboolean results)
{
  for (guint i = 0; i < turn->parts->len; i++)
    {
      const WayPart *part = turn->parts->pdata[i];

      if ((part->type == WAY_PART_TOOL_RESULT) == results && !append_part (writer, part))
        return FALSE;
    }
  return TRUE;
}

static void
begin_message (Writer *writer, gboolean by_assistant)
{
  g_string_append_printf (writer->out, "%s{\"role\":\"%s\",\"content\":[",
                          writer->n_messages++ > 0 ? "," : "", by_assistant ? "assistant" : "user");
  writer->n_blocks = 0;
}

/* Neighbours that speak with one voice, joined; results first, right behind the calls they answer.
 * What holds nothing is left out. */
static gboolean
append_message (Writer *writer, guint from, guint to)
{
  const GPtrArray *turns = writer->chat->turns;
  gboolean by_assistant = is_assistant (turns->pdata[from]);
  gsize length = writer->out->len;
  guint n_messages = writer->n_messages;

  begin_message (writer, by_assistant);
  for (guint i = from; i < to; i++)
    if (!append_turn (writer, turns->pdata[i], TRUE))
      return FALSE;
  for (guint i = from; i < to; i++)
    if (!append_turn (writer, turns->pdata[i], FALSE))
      return FALSE;
  if (writer->n_blocks > 0)
    {
      g_string_append (writer->out, "]}");
      return TRUE;
    }
  g_string_truncate (writer->out, length);
  writer->n_messages = n_messages;
  return TRUE;
}

/* A conversation that an assistant begins, or that nobody began, gets a first word of the user. */
static void
append_opening (Writer *writer)
{
  begin_message (writer, FALSE);
  append_text (writer, "(continue)");
  g_string_append (writer->out, "]}");
}

static gboolean
append_messages (Writer *writer)
{
  const GPtrArray *turns = writer->chat->turns;
  guint from = writer->first_turn;

  g_string_append (writer->out, ",\"messages\":[");
  if (from == turns->len || is_assistant (turns->pdata[from]))
    append_opening (writer);
  while (from < turns->len)
    {
      guint to = from + 1;

      while (to < turns->len &&
             is_assistant (turns->pdata[to]) == is_assistant (turns->pdata[from]))
        to++;
      if (!append_message (writer, from, to))
        return FALSE;
      from = to;
    }
  g_string_append_c (writer->out, ']');
  return TRUE;
}

/* The system turns that lead go to "system"; a later one stays where it is, in the user's voice. */
static void
append_system (Writer *writer)
{
  const GPtrArray *turns = writer->chat->turns;
  gsize length = writer->out->len;

  g_string_append (writer->out, ",\"system\":[");
  writer->n_blocks = 0;
  for (; writer->first_turn < turns->len; writer->first_turn++)
    {
      const WayTurn *turn = turns->pdata[writer->first_turn];

      if (turn->role != WAY_ROLE_SYSTEM)
        break;
      for (guint i = 0; i < turn->parts->len; i++)
        append_text (writer, ((const WayPart *)turn->parts->pdata[i])->text);
    }
  if (writer->chat->format == WAY_FORMAT_JSON)
    append_text (writer, JSON_INSTRUCTION);
  if (writer->n_blocks > 0)
    g_string_append_c (writer->out, ']');
  else
    g_string_truncate (writer->out, length);
}

/* Tools */

static void
append_tool_choice (Writer *writer)
{
  const WayChat *chat = writer->chat;
  gboolean one_at_a_time = chat->parallel_tool_calls == WAY_TRI_NO;
  const char *type = "auto";

  if (chat->tool_choice == WAY_TOOL_CHOICE_UNSET && !one_at_a_time)
    return;
  if (chat->tool_choice == WAY_TOOL_CHOICE_NONE)
    type = "none";
  else if (chat->tool_choice == WAY_TOOL_CHOICE_REQUIRED)
    type = "any";
  else if (chat->tool_choice == WAY_TOOL_CHOICE_NAMED)
    type = "tool";
  g_string_append_printf (writer->out, ",\"tool_choice\":{\"type\":\"%s\"", type);
  if (chat->tool_choice == WAY_TOOL_CHOICE_NAMED)
    way_json_append_string_member (writer->out, "name", chat->tool_choice_name);
  if (one_at_a_time && chat->tool_choice != WAY_TOOL_CHOICE_NONE)
    g_string_append (writer->out, ",\"disable_parallel_tool_use\":true");
  g_string_append_c (writer->out, '}');
}

static void
append_tools (Writer *writer)
{
  const GPtrArray *tools = writer->chat->tools;

  for (guint i = 0; i < tools->len; i++)
    {
      const WayTool *tool = tools->pdata[i];
      g_autofree char *description = way_tool_dup_description (tool);

      g_string_append (writer->out, i == 0 ? ",\"tools\":[{\"name\":" : ",{\"name\":");
      way_json_append_string (writer->out, tool->name);
      if (description)
        way_json_append_string_member (writer->out, "description", description);
      g_string_append_printf (writer->out, ",\"input_schema\":%s}", way_tool_get_parameters (tool));
    }
  if (tools->len == 0)
    return;
  g_string_append_c (writer->out, ']');
  append_tool_choice (writer);
}

/* Settings */

static gint64
get_budget (const WayChat *chat)
{
  static const struct
  {
    const char *effort;
    gint64 budget;
  } budgets[] = {
    { "minimal", MIN_BUDGET_TOKENS },   { "low", LOW_BUDGET_TOKENS },
    { "medium", MEDIUM_BUDGET_TOKENS }, { "high", HIGH_BUDGET_TOKENS },
    { "xhigh", HIGHEST_BUDGET_TOKENS }, { "max", HIGHEST_BUDGET_TOKENS },
  };

  if (chat->reasoning == WAY_TRI_NO)
    return 0;
  if (chat->reasoning_budget_tokens != WAY_UNKNOWN)
    return chat->reasoning_budget_tokens;
  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++)
    if (g_strcmp0 (chat->reasoning_effort, budgets[i].effort) == 0)
      return budgets[i].budget;
  return chat->reasoning == WAY_TRI_YES ? MEDIUM_BUDGET_TOKENS : 0;
}

/* Within a loop of tools the turn has to begin with the thinking that led to the call: a turn that
 * another model or another dialect gave has none. */
static gboolean
has_unsigned_call (const WayChat *chat)
{
  for (guint i = chat->turns->len; i > 0; i--)
    {
      const WayTurn *turn = chat->turns->pdata[i - 1];
      gboolean is_signed = FALSE;
      gboolean has_call = FALSE;

      if (turn->role != WAY_ROLE_ASSISTANT)
        continue;
      for (guint j = 0; j < turn->parts->len; j++)
        {
          const WayPart *part = turn->parts->pdata[j];

          has_call |= part->type == WAY_PART_TOOL_CALL;
          is_signed |= part->type == WAY_PART_REASONING &&
                       g_strcmp0 (part->signature_origin, "anthropic") == 0;
        }
      return has_call && !is_signed;
    }
  return FALSE;
}

/* Anthropic does not think while a tool is forced. */
static gboolean
can_think (const Writer *writer)
{
  const WayChat *chat = writer->chat;

  return writer->target->can_reason != WAY_TRI_NO &&
         chat->tool_choice != WAY_TOOL_CHOICE_REQUIRED &&
         chat->tool_choice != WAY_TOOL_CHOICE_NAMED && !has_unsigned_call (chat);
}

static gint64
get_max_tokens (const Writer *writer)
{
  if (writer->chat->max_output_tokens != WAY_UNKNOWN)
    return writer->chat->max_output_tokens;
  if (writer->target->max_output_tokens != WAY_UNKNOWN)
    return writer->target->max_output_tokens;
  return DEFAULT_MAX_TOKENS;
}

/* Thinking is part of what "max_tokens" counts, so its budget has to be less. */
static gboolean
append_limits (Writer *writer)
{
  gint64 max_tokens = get_max_tokens (writer);
  gint64 budget = get_budget (writer->chat);
  gboolean thinks = FALSE;

  if (budget > 0)
    {
      budget = MIN (MAX (budget, MIN_BUDGET_TOKENS), max_tokens - 1);
      thinks = budget >= MIN_BUDGET_TOKENS && can_think (writer);
      if (!thinks)
        drop (writer, "reasoning");
    }
  g_string_append_printf (writer->out, ",\"max_tokens\":%" G_GINT64_FORMAT, max_tokens);
  if (thinks)
    g_string_append_printf (
      writer->out, ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":%" G_GINT64_FORMAT "}",
      budget);
  return thinks;
}

/* Temperatures go to 1 here and to 2 elsewhere; thinking takes none, and newer models take only one
 * of temperature and top_p. */
static void
append_sampling (Writer *writer, gboolean thinks)
{
  const WayChat *chat = writer->chat;
  gboolean is_hot = chat->temperature && g_ascii_strtod (chat->temperature, NULL) > 1;

  if (chat->temperature && (thinks || is_hot))
    drop (writer, "temperature");
  if (chat->temperature && !thinks)
    g_string_append_printf (writer->out, ",\"temperature\":%s", is_hot ? "1" : chat->temperature);
  if (chat->top_p && (thinks || chat->temperature))
    drop (writer, "top_p");
  else if (chat->top_p)
    g_string_append_printf (writer->out, ",\"top_p\":%s", chat->top_p);
  if (chat->top_k && thinks)
    drop (writer, "top_k");
  else if (chat->top_k)
    g_string_append_printf (writer->out, ",\"top_k\":%s", chat->top_k);
}

static gboolean
is_blank (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return *text == '\0';
}

/* Anthropic refuses stop sequences of white space. */
static void
append_stop (Writer *writer)
{
  const GPtrArray *stop = writer->chat->stop;
  guint n = 0;

  for (guint i = 0; i < stop->len; i++)
    {
      if (is_blank (stop->pdata[i]))
        {
          drop (writer, "stop");
          continue;
        }
      g_string_append (writer->out, n++ == 0 ? ",\"stop_sequences\":[" : ",");
      way_json_append_string (writer->out, stop->pdata[i]);
    }
  if (n > 0)
    g_string_append_c (writer->out, ']');
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
    { "min_p", chat->min_p != NULL },
    { "frequency_penalty", chat->frequency_penalty != NULL },
    { "presence_penalty", chat->presence_penalty != NULL },
    { "seed", chat->seed != NULL },
    { "logprobs", chat->logprobs },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].is_set)
      drop (writer, settings[i].name);
}

static void
append_settings (Writer *writer)
{
  const WayChat *chat = writer->chat;
  gboolean thinks = append_limits (writer);

  append_sampling (writer, thinks);
  append_stop (writer);
  drop_unknown_here (writer);
  if (chat->format == WAY_FORMAT_JSON_SCHEMA)
    g_string_append_printf (
      writer->out, ",\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":%s}}",
      chat->schema);
  if (chat->user)
    {
      g_string_append (writer->out, ",\"metadata\":{\"user_id\":");
      way_json_append_string (writer->out, chat->user);
      g_string_append_c (writer->out, '}');
    }
  if (chat->stream)
    g_string_append (writer->out, ",\"stream\":true");
}

static gboolean
append_conversation (Writer *writer)
{
  g_string_append (writer->out, "{\"model\":");
  way_json_append_string (writer->out, writer->target->model);
  append_system (writer);
  if (!append_messages (writer))
    return FALSE;
  append_tools (writer);
  return TRUE;
}

gboolean
way_anthropic_encode_request (const WayChat *chat,
                              const WayRequestTarget *target,
                              GString *out,
                              GPtrArray *dropped,
                              GError **error)
{
  Writer writer = { chat, target, out, dropped, error };

  if (chat->n_choices > 1)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "cannot give %" G_GINT64_FORMAT " choices", chat->n_choices);
      return FALSE;
    }
  if (!append_conversation (&writer))
    return FALSE;
  append_settings (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}

gboolean
way_anthropic_encode_count_request (const WayChat *chat,
                                    const WayRequestTarget *target,
                                    GString *out,
                                    GPtrArray *dropped,
                                    GError **error)
{
  Writer writer = { chat, target, out, dropped, error };

  if (!append_conversation (&writer))
    return FALSE;
  g_string_append_c (out, '}');
  return TRUE;
}
