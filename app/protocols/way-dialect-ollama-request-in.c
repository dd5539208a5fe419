/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests of Ollama's clients → WayChat. Pure. */

#include "way-dialect-ollama-private.h"

#include "way-limits.h"
#include "way-members.h"
#include "way-signature.h"
#include "way-skim.h"

#include <string.h>

/* Images are bare base64, of which the first bytes tell the kind. */

static const char *
guess_media_type (const char *base64)
{
  static const struct
  {
    const char *start;
    const char *type;
  } kinds[] = {
    { "iVBORw0KGgo", "image/png" },
    { "/9j/", "image/jpeg" },
    { "R0lGOD", "image/gif" },
    { "UklGR", "image/webp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (base64, kinds[i].start))
      return kinds[i].type;
  return "image/png";
}

static gboolean
read_images (WayChat *chat, const WayJsonSpan *images, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan image;

  if (images->type == WAY_JSON_NONE || images->type == WAY_JSON_NULL)
    return TRUE;
  if (images->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "\"images\" must be an array of base64 texts");
  way_json_scan_begin (&cursor, images);
  while (way_json_scan_next (&cursor, NULL, &image))
    {
      WayPart *part = way_chat_add_part (parts, WAY_PART_IMAGE);

      part->data = way_chat_keep_string (chat, &image);
      if (part->data == NULL)
        return way_refuse_request (error, "\"images\" must be an array of base64 texts");
      part->media_type = guess_media_type (part->data);
    }
  return TRUE;
}

/* Tool calls of earlier turns, and what they gave. Older clients give neither an id. */

static void
keep_tool_id (WayChat *chat, const WayJsonSpan *span, WayPart *part)
{
  g_autofree char *text = way_json_span_dup_string (span);
  g_autofree char *signature = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *id = way_tool_id_split (text, &signature, &origin);

  part->id = way_chat_keep (chat, id, -1);
  if (signature == NULL)
    return;
  part->signature = way_chat_keep (chat, signature, -1);
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static gboolean
read_call (WayChat *chat, const WayJsonSpan *call, WayTurn *turn, GError **error)
{
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_CALL);
  WayJsonSpan id = { 0 };
  WayJsonSpan function = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };
  g_autofree char *made = NULL;

  WAY_JSON_COLLECT (call, { "id", &id }, { "function", &function });
  WAY_JSON_COLLECT (&function, { "name", &name }, { "arguments", &arguments });
  if (!way_span_has_text (&name))
    return way_refuse_request (error, "A tool call of the conversation has no function name");
  part->name = way_chat_keep_string (chat, &name);
  part->text = arguments.type == WAY_JSON_STRING ? way_chat_keep_string (chat, &arguments)
                                                 : way_chat_keep_json (chat, &arguments);
  if (way_span_has_text (&id))
    {
      keep_tool_id (chat, &id, part);
      return TRUE;
    }
  made = g_strdup_printf ("call_%u_%u", chat->turns->len, turn->parts->len);
  part->id = way_chat_keep (chat, made, -1);
  return TRUE;
}

static gboolean
read_calls (WayChat *chat, const WayJsonSpan *calls, WayTurn *turn, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan call;

  if (calls->type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, calls);
  while (way_json_scan_next (&cursor, NULL, &call))
    if (!read_call (chat, &call, turn, error))
      return FALSE;
  return TRUE;
}

/* The call of @name, or of any name, that has @n_before others of it before it. */
static const WayPart *
find_call_in_turn (const WayTurn *turn, const char *name, guint n_before)
{
  for (guint i = 0; i < MIN (turn->parts->len, WAY_LIMIT_TOOL_CALLS); i++)
    {
      const WayPart *part = turn->parts->pdata[i];

      if (part->type != WAY_PART_TOOL_CALL || (name && strcmp (part->name, name) != 0))
        continue;
      if (n_before-- == 0)
        return part;
    }
  return NULL;
}

/* Which call of the answer before it a result without id is for: results come in the order of the
 * calls. */
static const WayPart *
find_call_for_result (const WayChat *chat, const char *name)
{
  guint oldest = chat->turns->len - MIN (chat->turns->len, WAY_LIMIT_TOOL_CALLS);
  guint n_results = 0;

  for (guint i = chat->turns->len; i > oldest; i--)
    {
      const WayTurn *turn = chat->turns->pdata[i - 1];
      const WayPart *result;

      if (turn->role == WAY_ROLE_ASSISTANT)
        return find_call_in_turn (turn, name, n_results);
      if (turn->role != WAY_ROLE_TOOL)
        return NULL;
      result = turn->parts->pdata[0];
      if (!name || g_strcmp0 (result->name, name) == 0)
        n_results++;
    }
  return NULL;
}

/* Messages */

typedef struct
{
  WayJsonSpan role;
  WayJsonSpan content;
  WayJsonSpan thinking;
  WayJsonSpan images;
  WayJsonSpan tool_calls;
  WayJsonSpan tool_name;
  WayJsonSpan tool_call_id;
} Message;

static gboolean
read_content (WayChat *chat, const Message *message, GPtrArray *parts, GError **error)
{
  if (way_span_has_text (&message->content))
    way_chat_add_text (parts, way_chat_keep_string (chat, &message->content));
  else if (message->content.type != WAY_JSON_STRING && message->content.type != WAY_JSON_NONE &&
           message->content.type != WAY_JSON_NULL)
    return way_refuse_request (error, "\"content\" of a message must be a string");
  return read_images (chat, &message->images, parts, error);
}

static gboolean
read_assistant (WayChat *chat, const Message *message, GError **error)
{
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_ASSISTANT);

  if (way_span_has_text (&message->thinking))
    way_chat_add_part (turn->parts, WAY_PART_REASONING)->text =
      way_chat_keep_string (chat, &message->thinking);
  return read_content (chat, message, turn->parts, error) &&
         read_calls (chat, &message->tool_calls, turn, error);
}

static gboolean
read_tool_result (WayChat *chat, const Message *message, GError **error)
{
  const char *name = way_chat_keep_string (chat, &message->tool_name);
  const WayPart *call = find_call_for_result (chat, name);
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_TOOL);
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_RESULT);

  part->name = name;
  if (way_span_has_text (&message->tool_call_id))
    keep_tool_id (chat, &message->tool_call_id, part);
  else if (call)
    part->id = call->id;
  else
    return way_refuse_request (error, "A tool message has no \"tool_call_id\", and there is no "
                                      "call before it that it could be for");
  return read_content (chat, message, part->parts, error);
}

static gboolean
read_message (WayChat *chat, const WayJsonSpan *span, GError **error)
{
  Message message = { 0 };
  gboolean is_system;

  WAY_JSON_COLLECT (span, { "role", &message.role }, { "content", &message.content },
                    { "thinking", &message.thinking }, { "images", &message.images },
                    { "tool_calls", &message.tool_calls }, { "tool_name", &message.tool_name },
                    { "name", &message.tool_name }, { "tool_call_id", &message.tool_call_id });
  if (way_json_span_is (&message.role, "assistant"))
    return read_assistant (chat, &message, error);
  if (way_json_span_is (&message.role, "tool"))
    return read_tool_result (chat, &message, error);
  is_system =
    way_json_span_is (&message.role, "system") || way_json_span_is (&message.role, "developer");
  if (!is_system && !way_json_span_is (&message.role, "user"))
    return way_refuse_request (error,
                               "\"role\" of a message must be system, user, assistant or tool");

  WayTurn *turn = way_chat_add_turn (chat, is_system ? WAY_ROLE_SYSTEM : WAY_ROLE_USER);
  return read_content (chat, &message, turn->parts, error);
}

static gboolean
read_messages (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_message, "\"messages\" must be an array", error);
}

/* Tools */

static gboolean
read_tool (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan function = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan description = { 0 };
  WayJsonSpan parameters = { 0 };
  WayTool *tool;

  WAY_JSON_COLLECT (value, { "function", &function });
  WAY_JSON_COLLECT (&function, { "name", &name }, { "description", &description },
                    { "parameters", &parameters });
  if (!way_span_has_text (&name))
    return way_refuse_request (error, "A tool has no function name");
  tool = way_chat_add_tool (chat, way_chat_keep_string (chat, &name));
  tool->description = way_chat_keep_string (chat, &description);
  tool->parameters = way_chat_keep_json (chat, &parameters);
  return TRUE;
}

static gboolean
read_tools (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_tool, "\"tools\" must be an array", error);
}

/* Settings */

static gboolean
read_stream (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_skim_flag (value, "stream", TRUE, &chat->stream, error);
}

static gboolean
read_format (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type == WAY_JSON_OBJECT)
    {
      chat->format = WAY_FORMAT_JSON_SCHEMA;
      chat->schema = way_chat_keep_json (chat, value);
      return TRUE;
    }
  if (way_json_span_is (value, "json"))
    chat->format = WAY_FORMAT_JSON;
  else if (!way_json_span_is (value, ""))
    return way_refuse_request (error, "\"format\" must be \"json\" or a JSON schema");
  return TRUE;
}

/* true, false, or a level. */
static gboolean
read_think (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  gboolean thinks = way_span_has_text (value);

  if (thinks)
    chat->reasoning_effort = way_chat_keep_string (chat, value);
  else if (!way_skim_flag (value, "think", FALSE, &thinks, error))
    return FALSE;
  chat->reasoning = thinks ? WAY_TRI_YES : WAY_TRI_NO;
  chat->wants_reasoning_summary = thinks;
  return TRUE;
}

static gboolean
read_logprobs (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_skim_flag (value, "logprobs", FALSE, &chat->logprobs, error);
}

/* Below 0 it means that there is no maximum. */
static gboolean
read_num_predict (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->max_output_tokens = way_span_get_tokens (value);
  if (chat->max_output_tokens == 0)
    chat->max_output_tokens = WAY_UNKNOWN;
  return TRUE;
}

static gboolean
read_options (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  static const WayMemberReader readers[] = {
    { "num_predict", read_num_predict },
    { "temperature", way_read_temperature },
    { "top_p", way_read_top_p },
    { "top_k", way_read_top_k },
    { "min_p", way_read_min_p },
    { "frequency_penalty", way_read_frequency_penalty },
    { "presence_penalty", way_read_presence_penalty },
    { "seed", way_read_seed },
    { "stop", way_read_stop },
  };

  if (value->type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "\"options\" must be an object");
  return way_read_members (chat, value, readers, G_N_ELEMENTS (readers), error);
}

static WayChat *
decode (const WayJsonSpan *root, const WayMemberReader *readers, gsize n_readers, GError **error)
{
  g_autoptr (WayChat) chat = way_chat_new ();

  chat->stream = TRUE;
  chat->wants_usage = TRUE;
  if (!way_read_members (chat, root, readers, n_readers, error))
    return NULL;
  return g_steal_pointer (&chat);
}

WayChat *
way_ollama_decode_chat (const char *path, const char *data, gsize length, GError **error)
{
  static const WayMemberReader readers[] = {
    { "model", NULL },
    { "messages", read_messages },
    { "tools", read_tools },
    { "stream", read_stream },
    { "format", read_format },
    { "think", read_think },
    { "options", read_options },
    { "logprobs", read_logprobs },
    { "top_logprobs", way_read_top_logprobs },
  };
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error))
    return NULL;
  return decode (&root, readers, G_N_ELEMENTS (readers), error);
}

/* What only a server that runs the model itself can do with a prompt. */
static gboolean
refuse_if_set (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  gboolean is_set =
    value->type == WAY_JSON_TRUE || way_span_has_text (value) || way_span_has_items (value);

  if (!is_set)
    return TRUE;
  return way_refuse_request (error, "\"raw\", \"template\", \"suffix\" and \"context\" have a "
                                    "meaning for Ollama only");
}

/* An empty prompt is a request to load the model: a chat without turns. */
static gboolean
read_prompt (WayChat *chat, const WayJsonSpan *root, GError **error)
{
  WayJsonSpan prompt = { 0 };
  WayJsonSpan system = { 0 };
  WayJsonSpan images = { 0 };
  WayTurn *turn;

  WAY_JSON_COLLECT (root, { "prompt", &prompt }, { "system", &system }, { "images", &images });
  if (!way_span_has_text (&prompt) && !way_span_has_items (&images))
    return TRUE;
  if (way_span_has_text (&system))
    {
      turn = way_chat_add_turn (chat, WAY_ROLE_SYSTEM);
      way_chat_add_text (turn->parts, way_chat_keep_string (chat, &system));
    }
  turn = way_chat_add_turn (chat, WAY_ROLE_USER);
  if (way_span_has_text (&prompt))
    way_chat_add_text (turn->parts, way_chat_keep_string (chat, &prompt));
  return read_images (chat, &images, turn->parts, error);
}

WayChat *
way_ollama_decode_generate (const char *path, const char *data, gsize length, GError **error)
{
  static const WayMemberReader readers[] = {
    { "model", NULL },
    { "prompt", NULL },
    { "system", NULL },
    { "images", NULL },
    { "raw", refuse_if_set },
    { "template", refuse_if_set },
    { "suffix", refuse_if_set },
    { "context", refuse_if_set },
    { "stream", read_stream },
    { "format", read_format },
    { "think", read_think },
    { "options", read_options },
    { "logprobs", read_logprobs },
    { "top_logprobs", way_read_top_logprobs },
  };
  g_autoptr (WayChat) chat = NULL;
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error))
    return NULL;
  chat = decode (&root, readers, G_N_ELEMENTS (readers), error);
  if (!chat || !read_prompt (chat, &root, error))
    return NULL;
  return g_steal_pointer (&chat);
}
