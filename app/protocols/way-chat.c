/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Life of the neutral request, and what decoders need to fill it. Pure. */

#include "way-chat.h"

#include "way-json.h"

#include <string.h>

/* Texts are many and short, or few and long: a block holds the short ones of an ordinary request.
 */
#define TEXT_BLOCK_BYTES 4096
#define MAX_IGNORED 64

/**
 * way_request_facts_clear:
 * @facts: facts that a dialect filled, or all zero
 *
 * Frees what @facts owns and leaves it empty: no model, unknown counts.
 */
void
way_request_facts_clear (WayRequestFacts *facts)
{
  g_return_if_fail (facts != NULL);

  g_free (facts->model);
  *facts =
    (WayRequestFacts){ .max_output_tokens = WAY_UNKNOWN, .input_tokens_estimate = WAY_UNKNOWN };
}

static void
part_free (gpointer data)
{
  WayPart *part = data;

  g_clear_pointer (&part->parts, g_ptr_array_unref);
  g_free (part);
}

static void
turn_free (gpointer data)
{
  WayTurn *turn = data;

  g_ptr_array_unref (turn->parts);
  g_free (turn);
}

/**
 * way_chat_new:
 *
 * Returns: (transfer full): a request that asks for nothing yet
 */
WayChat *
way_chat_new (void)
{
  WayChat *chat = g_new0 (WayChat, 1);

  chat->turns = g_ptr_array_new_with_free_func (turn_free);
  chat->tools = g_ptr_array_new_with_free_func (g_free);
  chat->stop = g_ptr_array_new ();
  chat->ignored = g_ptr_array_new ();
  chat->texts = g_string_chunk_new (TEXT_BLOCK_BYTES);
  chat->max_output_tokens = WAY_UNKNOWN;
  chat->reasoning_budget_tokens = WAY_UNKNOWN;
  chat->top_logprobs = WAY_UNKNOWN;
  chat->n_choices = 1;
  return chat;
}

void
way_chat_free (WayChat *chat)
{
  g_ptr_array_unref (chat->turns);
  g_ptr_array_unref (chat->tools);
  g_ptr_array_unref (chat->stop);
  g_ptr_array_unref (chat->ignored);
  g_clear_pointer (&chat->calls, g_hash_table_unref);
  g_string_chunk_free (chat->texts);
  g_free (chat);
}

/**
 * way_chat_keep:
 * @length: in bytes, or -1 if @text is terminated
 *
 * Returns: (transfer none): a terminated copy that lives as long as @chat
 */
const char *
way_chat_keep (WayChat *chat, const char *text, gssize length)
{
  return g_string_chunk_insert_len (chat->texts, text, length);
}

/**
 * way_chat_keep_string:
 *
 * Returns: (transfer none) (nullable): what the JSON string says; %NULL for anything else
 */
const char *
way_chat_keep_string (WayChat *chat, const WayJsonSpan *string)
{
  g_autofree char *text = NULL;

  if (string->type != WAY_JSON_STRING)
    return NULL;
  if (!memchr (string->data, '\\', string->length))
    return way_chat_keep (chat, string->data + 1, (gssize)string->length - 2);
  text = way_json_span_dup_string (string);
  return way_chat_keep (chat, text, -1);
}

/**
 * way_chat_keep_json:
 *
 * Returns: (transfer none) (nullable): the JSON text as the client spelled it; %NULL for what is
 *   absent or null
 */
const char *
way_chat_keep_json (WayChat *chat, const WayJsonSpan *value)
{
  if (value->type == WAY_JSON_NONE || value->type == WAY_JSON_NULL)
    return NULL;
  return way_chat_keep (chat, value->data, (gssize)value->length);
}

/**
 * way_chat_add_turn:
 *
 * Returns: (transfer none): a new message behind the others, without parts
 */
WayTurn *
way_chat_add_turn (WayChat *chat, WayRole role)
{
  WayTurn *turn = g_new0 (WayTurn, 1);

  turn->role = role;
  turn->parts = g_ptr_array_new_with_free_func (part_free);
  g_ptr_array_add (chat->turns, turn);
  return turn;
}

/**
 * way_chat_add_part:
 * @parts: of a #WayTurn, or of a part that is a tool result, which gets its array here
 *
 * Returns: (transfer none): a new part behind the others
 */
WayPart *
way_chat_add_part (GPtrArray *parts, WayPartType type)
{
  WayPart *part = g_new0 (WayPart, 1);

  part->type = type;
  if (type == WAY_PART_TOOL_RESULT)
    part->parts = g_ptr_array_new_with_free_func (part_free);
  g_ptr_array_add (parts, part);
  return part;
}

/**
 * way_chat_add_text:
 * @text: kept by the chat
 */
WayPart *
way_chat_add_text (GPtrArray *parts, const char *text)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_TEXT);

  part->text = text;
  return part;
}

/**
 * way_chat_add_tool:
 * @name: kept by the chat
 *
 * Returns: (transfer none): a new function without namespace
 */
WayTool *
way_chat_add_tool (WayChat *chat, const char *name)
{
  WayTool *tool = g_new0 (WayTool, 1);

  tool->name = name;
  tool->local_name = name;
  g_ptr_array_add (chat->tools, tool);
  return tool;
}

/**
 * way_chat_find_tool:
 * @name: (nullable): as the backs know it
 *
 * Returns: (transfer none) (nullable): the tool
 */
const WayTool *
way_chat_find_tool (const WayChat *chat, const char *name)
{
  for (guint i = 0; name && i < chat->tools->len; i++)
    {
      const WayTool *tool = chat->tools->pdata[i];

      if (strcmp (tool->name, name) == 0)
        return tool;
    }
  return NULL;
}

/* A conversation of many turns asks for each of its results: looked through once. */
static void
index_calls (WayChat *chat)
{
  chat->calls = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < chat->turns->len; i++)
    {
      const WayTurn *turn = chat->turns->pdata[i];

      for (guint j = turn->parts->len; j > 0; j--)
        {
          WayPart *part = turn->parts->pdata[j - 1];

          if (part->type == WAY_PART_TOOL_CALL && part->id)
            g_hash_table_replace (chat->calls, (gpointer)part->id, part);
        }
    }
}

/**
 * way_chat_find_call:
 * @chat: complete: no turn is added any more
 * @id: (nullable): of a tool call
 *
 * Returns: (transfer none) (nullable): the last call of that id in the conversation, which knows
 * the name that some dialects want with the result
 */
const WayPart *
way_chat_find_call (const WayChat *chat, const char *id)
{
  if (!chat->calls)
    index_calls ((WayChat *)chat); /* what the chat says stays the same */
  return id ? g_hash_table_lookup (chat->calls, id) : NULL;
}

/**
 * way_chat_ignore:
 * @member: static or kept by @chat
 *
 * Notes, once, that @member of the request has no neutral words.
 */
void
way_chat_ignore (WayChat *chat, const char *member)
{
  /* Nobody reads a list of thousands, and a hostile request must not make one. */
  if (chat->ignored->len >= MAX_IGNORED)
    return;
  for (guint i = 0; i < chat->ignored->len; i++)
    if (strcmp (chat->ignored->pdata[i], member) == 0)
      return;
  g_ptr_array_add (chat->ignored, (gpointer)member);
}

/**
 * way_chat_dup_text:
 * @parts: (element-type WayPart)
 *
 * Returns: (transfer full): the texts of @parts, a line break between them
 */
char *
way_chat_dup_text (const GPtrArray *parts)
{
  GString *text = g_string_new (NULL);
  gboolean is_first = TRUE;

  for (guint i = 0; i < parts->len; i++)
    {
      const WayPart *part = parts->pdata[i];

      if (part->type != WAY_PART_TEXT || !part->text)
        continue;
      if (!is_first)
        g_string_append_c (text, '\n');
      is_first = FALSE;
      g_string_append (text, part->text);
    }
  return g_string_free (text, FALSE);
}

static void
append_free_text (GString *json, const char *text, gsize length)
{
  g_string_append (json, "{\"input\":");
  way_json_append_string_len (json, text, length);
  g_string_append_c (json, '}');
}

/**
 * way_tool_append_arguments:
 * @text: what a model wrote as the arguments of a call
 *
 * Appends them as a JSON object whatever they are, since clients look into it without asking: none
 * are {}, and what is no object, as when the model was stopped in the middle, is the "input" of
 * one, so that nothing of it is lost and no tool takes it for a call without arguments.
 */
void
way_tool_append_arguments (GString *json, const char *text, gsize length)
{
  WayJsonSpan root;

  if (length == 0)
    g_string_append (json, "{}");
  else if (way_json_scan_document (text, length, &root) && root.type == WAY_JSON_OBJECT)
    g_string_append_len (json, root.data, (gssize)root.length);
  else
    append_free_text (json, text, length);
}

/**
 * way_chat_dup_arguments:
 * @call: a tool call of the conversation
 *
 * Returns: (transfer full): its arguments as the text of a JSON object, whatever the client sent:
 *   none are {}, and free text is the "input" that custom tools have
 */
char *
way_chat_dup_arguments (const WayChat *chat, const WayPart *call)
{
  const WayTool *tool = way_chat_find_tool (chat, call->name);
  const char *text = call->text ? call->text : "";
  GString *json = g_string_new (NULL);

  if (tool && tool->is_custom && *text != '\0')
    append_free_text (json, text, strlen (text));
  else
    way_tool_append_arguments (json, text, strlen (text));
  return g_string_free (json, FALSE);
}

/**
 * way_tool_get_parameters:
 *
 * Returns: (transfer none): JSON text of the schema of a function's arguments, also for a custom
 *   tool and for one without parameters
 */
const char *
way_tool_get_parameters (const WayTool *tool)
{
  if (tool->is_custom)
    return "{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\"}},"
           "\"required\":[\"input\"],\"additionalProperties\":false}";
  return tool->parameters ? tool->parameters : "{\"type\":\"object\",\"properties\":{}}";
}

/**
 * way_tool_dup_description:
 *
 * Returns: (transfer full) (nullable): what the tool is for; with the format of a custom tool's
 *   input, which a function's schema cannot say
 */
char *
way_tool_dup_description (const WayTool *tool)
{
  if (!tool->is_custom || !tool->format)
    return g_strdup (tool->description);
  return g_strdup_printf ("%s\n\nThe input is plain text in this format: %s",
                          tool->description ? tool->description : "", tool->format);
}

/* A budget in words: what the providers that have both call their levels. */
#define LOW_BUDGET_TOKENS 2048
#define MEDIUM_BUDGET_TOKENS 8192

/**
 * way_chat_get_effort:
 *
 * Returns: (transfer none) (nullable): how much to reason as a word, from the budget if the client
 *   gave one in tokens; %NULL if it said nothing
 */
const char *
way_chat_get_effort (const WayChat *chat)
{
  if (chat->reasoning_effort || chat->reasoning_budget_tokens == WAY_UNKNOWN)
    return chat->reasoning_effort;
  if (chat->reasoning_budget_tokens == 0)
    return "none";
  if (chat->reasoning_budget_tokens <= LOW_BUDGET_TOKENS)
    return "low";
  return chat->reasoning_budget_tokens <= MEDIUM_BUDGET_TOKENS ? "medium" : "high";
}

/**
 * way_chat_read_data_url:
 * @url: kept by @chat
 * @part: gets @url, or the media type and the base64 of a "data:" URL (RFC 2397)
 *
 * Returns: %FALSE if @url is a data URL that is not base64; @part is untouched then
 */
gboolean
way_chat_read_data_url (WayChat *chat, const char *url, WayPart *part)
{
  static const char mark[] = ";base64";
  const char *comma;
  const char *type;
  gsize length;

  if (g_ascii_strncasecmp (url, "data:", 5) != 0)
    {
      part->url = url;
      return TRUE;
    }
  type = url + 5;
  comma = strchr (type, ',');
  if (!comma || comma - type < (gssize)sizeof mark - 1 ||
      g_ascii_strncasecmp (comma - (sizeof mark - 1), mark, sizeof mark - 1) != 0)
    return FALSE;
  length = strcspn (type, ";,");
  part->media_type = way_chat_keep (chat, type, (gssize)length);
  part->data = comma + 1;
  return TRUE;
}
