/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* WayChat → a generateContent request. Pure. */

#include "way-dialect-gemini-private.h"

#include "way-json.h"
#include "way-skim.h"

#include <string.h>

/* Gemini 3 refuses a conversation whose calls have no signature. Google documents this word for
 * calls that another model made. */
#define NO_SIGNATURE "skip_thought_signature_validator"

/* What the words for effort mean to models that take a budget. */
#define LOW_BUDGET_TOKENS 1024
#define MEDIUM_BUDGET_TOKENS 8192
#define HIGH_BUDGET_TOKENS 24576

typedef struct
{
  const WayChat *chat;            /* borrowed */
  const WayRequestTarget *target; /* borrowed */
  GString *out;                   /* borrowed */
  GPtrArray *dropped;             /* borrowed */
  GError **error;
  guint first_turn; /* behind the leading system turns */
  guint n_contents;
  guint n_parts; /* of the content in hand */
  guint n_calls; /* of the content in hand */
} Writer;

static void
drop (Writer *writer, const char *name)
{
  g_ptr_array_add (writer->dropped, (gpointer)name);
}

static void
begin_part (Writer *writer)
{
  g_string_append (writer->out, writer->n_parts++ > 0 ? ",{" : "{");
}

static void
append_text (Writer *writer, const char *text)
{
  if (!text || !*text)
    return;
  begin_part (writer);
  g_string_append (writer->out, "\"text\":");
  way_json_append_string (writer->out, text);
  g_string_append_c (writer->out, '}');
}

/* Gemini fetches only what lies in Google's own stores. */
static gboolean
is_googles (const char *url)
{
  return g_str_has_prefix (url, "gs://") ||
         g_str_has_prefix (url, "https://generativelanguage.googleapis.com/") ||
         g_str_has_prefix (url, "https://www.youtube.com/");
}

static gboolean
append_media (Writer *writer, const WayPart *part, const char *usual_media_type)
{
  const char *media_type = part->media_type ? part->media_type : usual_media_type;

  if (part->url && !is_googles (part->url))
    return way_refuse_request (writer->error, "cannot fetch an image or document by its URL");
  begin_part (writer);
  g_string_append (writer->out,
                   part->url ? "\"fileData\":{\"mimeType\":" : "\"inlineData\":{\"mimeType\":");
  way_json_append_string (writer->out, media_type);
  way_json_append_string_member (writer->out, part->url ? "fileUri" : "data",
                                 part->url ? part->url : part->data);
  g_string_append (writer->out, "}}");
  return TRUE;
}

static const char *
get_own_signature (const WayPart *part)
{
  return g_strcmp0 (part->signature_origin, WAY_GEMINI_NAME) == 0 ? part->signature : NULL;
}

static void
append_reasoning (Writer *writer, const WayPart *part)
{
  if (!get_own_signature (part))
    return;
  begin_part (writer);
  g_string_append (writer->out, "\"thought\":true");
  way_json_append_string_member (writer->out, "text", part->text);
  way_json_append_string_member (writer->out, "thoughtSignature", part->signature);
  g_string_append_c (writer->out, '}');
}

/* Of several calls in a turn Gemini itself signs the first. */
static void
append_call (Writer *writer, const WayPart *part)
{
  g_autofree char *arguments = way_chat_dup_arguments (writer->chat, part);
  const char *signature = get_own_signature (part);

  if (!signature && writer->n_calls++ == 0)
    signature = NO_SIGNATURE;
  begin_part (writer);
  g_string_append (writer->out, "\"functionCall\":{\"name\":");
  way_json_append_string (writer->out, part->name);
  g_string_append_printf (writer->out, ",\"args\":%s}", arguments);
  if (signature)
    way_json_append_string_member (writer->out, "thoughtSignature", signature);
  g_string_append_c (writer->out, '}');
}

static gboolean append_part (Writer *writer, const WayPart *part);

/* A result names its function; what else than text it holds follows it. */
static gboolean
append_result (Writer *writer, const WayPart *part)
{
  const WayPart *call = way_chat_find_call (writer->chat, part->id);
  g_autofree char *text = way_chat_dup_text (part->parts);
  const char *name = part->name;

  if (call)
    name = call->name;
  begin_part (writer);
  g_string_append (writer->out, "\"functionResponse\":{\"name\":");
  way_json_append_string (writer->out, name ? name : "unknown");
  g_string_append_printf (writer->out,
                          ",\"response\":{\"%s\":", part->is_error ? "error" : "output");
  way_json_append_string (writer->out, text);
  g_string_append (writer->out, "}}}");
  for (guint i = 0; i < part->parts->len; i++)
    {
      const WayPart *inner = part->parts->pdata[i];

      if (inner->type != WAY_PART_TEXT && !append_part (writer, inner))
        return FALSE;
    }
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
      return append_media (writer, part, "image/png");
    case WAY_PART_DOCUMENT:
      return append_media (writer, part, "application/pdf");
    case WAY_PART_AUDIO:
      return append_media (writer, part, "audio/wav");
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

/* Contents */

static gboolean
is_model (const WayTurn *turn)
{
  return turn->role == WAY_ROLE_ASSISTANT;
}

static gboolean
append_turn (Writer *writer, const WayTurn *turn)
{
  for (guint i = 0; i < turn->parts->len; i++)
    if (!append_part (writer, turn->parts->pdata[i]))
      return FALSE;
  return TRUE;
}

/* Neighbours that speak with one voice, joined; what holds nothing is left out. */
static gboolean
append_content (Writer *writer, guint from, guint to)
{
  const GPtrArray *turns = writer->chat->turns;
  gsize length = writer->out->len;

  g_string_append_printf (writer->out, "%s{\"role\":\"%s\",\"parts\":[",
                          writer->n_contents > 0 ? "," : "",
                          is_model (turns->pdata[from]) ? "model" : "user");
  writer->n_parts = 0;
  writer->n_calls = 0;
  for (guint i = from; i < to; i++)
    if (!append_turn (writer, turns->pdata[i]))
      return FALSE;
  if (writer->n_parts == 0)
    {
      g_string_truncate (writer->out, length);
      return TRUE;
    }
  writer->n_contents++;
  g_string_append (writer->out, "]}");
  return TRUE;
}

static gboolean
append_contents (Writer *writer)
{
  const GPtrArray *turns = writer->chat->turns;
  guint from = writer->first_turn;

  g_string_append (writer->out, "\"contents\":[");
  while (from < turns->len)
    {
      guint to = from + 1;

      while (to < turns->len && is_model (turns->pdata[to]) == is_model (turns->pdata[from]))
        to++;
      if (!append_content (writer, from, to))
        return FALSE;
      from = to;
    }
  g_string_append_c (writer->out, ']');
  return TRUE;
}

/* The system turns that lead; a later one stays where it is, in the user's voice. */
static void
append_system (Writer *writer)
{
  const GPtrArray *turns = writer->chat->turns;
  gsize length = writer->out->len;

  g_string_append (writer->out, "\"systemInstruction\":{\"parts\":[");
  writer->n_parts = 0;
  for (; writer->first_turn < turns->len; writer->first_turn++)
    {
      const WayTurn *turn = turns->pdata[writer->first_turn];

      if (turn->role != WAY_ROLE_SYSTEM)
        break;
      for (guint i = 0; i < turn->parts->len; i++)
        append_text (writer, ((const WayPart *)turn->parts->pdata[i])->text);
    }
  if (writer->n_parts > 0)
    g_string_append (writer->out, "]},");
  else
    g_string_truncate (writer->out, length);
}

/* Tools */

/* Plain JSON Schema has members of its own in the API; only its own version's name is refused. */
static void
append_schema (GString *out, const char *schema)
{
  static const WayJsonEdit edits[] = { { "$schema", NULL } };
  g_autoptr (GBytes) bytes = g_bytes_new_static (schema, strlen (schema));
  g_autoptr (GBytes) plain = way_json_splice (bytes, edits, G_N_ELEMENTS (edits), NULL);
  gsize length;
  const char *data = g_bytes_get_data (plain ? plain : bytes, &length);

  g_string_append_len (out, data, (gssize)length);
}

static void
append_tools (Writer *writer)
{
  const GPtrArray *tools = writer->chat->tools;

  for (guint i = 0; i < tools->len; i++)
    {
      const WayTool *tool = tools->pdata[i];
      g_autofree char *description = way_tool_dup_description (tool);

      g_string_append (writer->out, i == 0 ? ",\"tools\":[{\"functionDeclarations\":[" : ",");
      g_string_append (writer->out, "{\"name\":");
      way_json_append_string (writer->out, tool->name);
      way_json_append_string_member (writer->out, "description", description);
      g_string_append (writer->out, ",\"parametersJsonSchema\":");
      append_schema (writer->out, way_tool_get_parameters (tool));
      g_string_append_c (writer->out, '}');
    }
  if (tools->len > 0)
    g_string_append (writer->out, "]}]");
}

static void
append_tool_config (Writer *writer)
{
  const WayChat *chat = writer->chat;
  const char *mode = "AUTO";

  if (chat->tools->len == 0 || chat->tool_choice == WAY_TOOL_CHOICE_UNSET)
    return;
  if (chat->tool_choice == WAY_TOOL_CHOICE_NONE)
    mode = "NONE";
  else if (chat->tool_choice != WAY_TOOL_CHOICE_AUTO)
    mode = "ANY";
  g_string_append_printf (writer->out,
                          ",\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"%s\"", mode);
  if (chat->tool_choice == WAY_TOOL_CHOICE_NAMED)
    {
      g_string_append (writer->out, ",\"allowedFunctionNames\":[");
      way_json_append_string (writer->out, chat->tool_choice_name);
      g_string_append_c (writer->out, ']');
    }
  g_string_append (writer->out, "}}");
}

/* Settings */

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
    { "topP", chat->top_p },
    { "topK", chat->top_k },
    { "seed", chat->seed },
    { "presencePenalty", chat->presence_penalty },
    { "frequencyPenalty", chat->frequency_penalty },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].json)
      g_string_append_printf (writer->out, "\"%s\":%s,", numbers[i].name, numbers[i].json);
}

static void
append_stop (Writer *writer)
{
  const GPtrArray *stop = writer->chat->stop;

  for (guint i = 0; i < stop->len; i++)
    {
      g_string_append (writer->out, i == 0 ? "\"stopSequences\":[" : ",");
      way_json_append_string (writer->out, stop->pdata[i]);
    }
  if (stop->len > 0)
    g_string_append (writer->out, "],");
}

static gint64
get_budget (const WayChat *chat, const char *effort)
{
  if (chat->reasoning_budget_tokens != WAY_UNKNOWN)
    return chat->reasoning_budget_tokens;
  if (strcmp (effort, "none") == 0)
    return 0;
  if (strcmp (effort, "minimal") == 0 || strcmp (effort, "low") == 0)
    return LOW_BUDGET_TOKENS;
  return strcmp (effort, "medium") == 0 ? MEDIUM_BUDGET_TOKENS : HIGH_BUDGET_TOKENS;
}

/* Models before Gemini 3 take a budget, later ones a level, of which all know the lowest and the
 * highest. */
static void
append_thinking (Writer *writer)
{
  const char *effort = way_chat_get_effort (writer->chat);
  gboolean is_shown = writer->chat->wants_reasoning_summary || effort;

  if (writer->chat->reasoning == WAY_TRI_NO)
    effort = "none";
  if (!is_shown && !effort)
    return;
  if (writer->target->can_reason == WAY_TRI_NO)
    {
      drop (writer, "reasoning");
      return;
    }
  g_string_append_printf (writer->out, "\"thinkingConfig\":{\"includeThoughts\":%s",
                          is_shown ? "true" : "false");
  if (effort && strstr (writer->target->model, "gemini-2"))
    g_string_append_printf (writer->out, ",\"thinkingBudget\":%" G_GINT64_FORMAT,
                            get_budget (writer->chat, effort));
  else if (effort)
    way_json_append_string_member (writer->out, "thinkingLevel",
                                   get_budget (writer->chat, effort) <= LOW_BUDGET_TOKENS ? "low"
                                                                                          : "high");
  g_string_append (writer->out, "},");
}

static void
append_format (Writer *writer)
{
  if (writer->chat->format == WAY_FORMAT_TEXT)
    return;
  g_string_append (writer->out, "\"responseMimeType\":\"application/json\",");
  if (writer->chat->format != WAY_FORMAT_JSON_SCHEMA)
    return;
  g_string_append (writer->out, "\"responseJsonSchema\":");
  append_schema (writer->out, writer->chat->schema);
  g_string_append_c (writer->out, ',');
}

static void
append_logprobs (Writer *writer)
{
  if (!writer->chat->logprobs)
    return;
  g_string_append (writer->out, "\"responseLogprobs\":true,");
  if (writer->chat->top_logprobs > 0)
    g_string_append_printf (writer->out, "\"logprobs\":%" G_GINT64_FORMAT ",",
                            writer->chat->top_logprobs);
}

static void
drop_unknown_here (Writer *writer)
{
  const WayChat *chat = writer->chat;

  if (chat->min_p)
    drop (writer, "min_p");
  if (chat->parallel_tool_calls == WAY_TRI_NO)
    drop (writer, "parallel_tool_calls");
  if (chat->user)
    drop (writer, "user");
}

static void
append_generation_config (Writer *writer)
{
  const WayChat *chat = writer->chat;

  g_string_append (writer->out, ",\"generationConfig\":{");
  append_numbers (writer);
  append_stop (writer);
  append_thinking (writer);
  append_format (writer);
  append_logprobs (writer);
  if (chat->max_output_tokens != WAY_UNKNOWN)
    g_string_append_printf (writer->out, "\"maxOutputTokens\":%" G_GINT64_FORMAT ",",
                            chat->max_output_tokens);
  g_string_append_printf (writer->out, "\"candidateCount\":%" G_GINT64_FORMAT "}", chat->n_choices);
  drop_unknown_here (writer);
}

gboolean
way_gemini_encode_request (const WayChat *chat,
                           const WayRequestTarget *target,
                           GString *out,
                           GPtrArray *dropped,
                           GError **error)
{
  Writer writer = { chat, target, out, dropped, error };

  g_string_append_c (out, '{');
  append_system (&writer);
  if (!append_contents (&writer))
    return FALSE;
  append_tools (&writer);
  append_tool_config (&writer);
  append_generation_config (&writer);
  g_string_append_c (out, '}');
  return TRUE;
}

gboolean
way_gemini_encode_count_request (const WayChat *chat,
                                 const WayRequestTarget *target,
                                 GString *out,
                                 GPtrArray *dropped,
                                 GError **error)
{
  Writer writer = { chat, target, out, dropped, error };

  g_autofree char *name = g_strconcat ("models/", target->model, NULL);

  g_string_append (out, "{\"generateContentRequest\":{\"model\":");
  way_json_append_string (out, name);
  g_string_append_c (out, ',');
  append_system (&writer);
  if (!append_contents (&writer))
    return FALSE;
  append_tools (&writer);
  g_string_append (out, "}}");
  return TRUE;
}
