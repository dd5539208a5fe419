/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A chat completions request → WayChat. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-limits.h"
#include "way-members.h"
#include "way-signature.h"
#include "way-skim.h"

#include <string.h>

/* Parts of a message */

static gboolean
read_image (WayChat *chat, const WayJsonSpan *value, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_IMAGE);
  WayJsonSpan url = *value;
  WayJsonSpan detail = { 0 };

  WAY_JSON_COLLECT (value, { "url", &url }, { "detail", &detail });
  part->detail = way_chat_keep_string (chat, &detail);
  if (url.type != WAY_JSON_STRING)
    return way_refuse_request (error, "An \"image_url\" has no \"url\"");
  if (!way_chat_read_data_url (chat, way_chat_keep_string (chat, &url), part))
    return way_refuse_request (error, "A data URL of an image must be base64");
  return TRUE;
}

static gboolean
read_audio (WayChat *chat, const WayJsonSpan *value, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_AUDIO);
  WayJsonSpan data = { 0 };
  WayJsonSpan format = { 0 };

  WAY_JSON_COLLECT (value, { "data", &data }, { "format", &format });
  part->data = way_chat_keep_string (chat, &data);
  if (!part->data)
    return way_refuse_request (error, "An \"input_audio\" has no \"data\"");
  part->media_type = way_json_span_is (&format, "mp3") ? "audio/mpeg" : "audio/wav";
  return TRUE;
}

static gboolean
read_file (WayChat *chat, const WayJsonSpan *value, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_DOCUMENT);
  WayJsonSpan data = { 0 };
  WayJsonSpan name = { 0 };

  WAY_JSON_COLLECT (value, { "file_data", &data }, { "filename", &name });
  part->name = way_chat_keep_string (chat, &name);
  if (data.type != WAY_JSON_STRING)
    return way_refuse_request (
      error,
      "A \"file\" has no \"file_data\": files that lie at one provider cannot go to another");
  if (!way_chat_read_data_url (chat, way_chat_keep_string (chat, &data), part))
    return way_refuse_request (error, "A data URL of a file must be base64");
  if (part->url)
    {
      part->data = g_steal_pointer (&part->url);
      part->media_type = "application/pdf";
    }
  return TRUE;
}

static gboolean
read_part (WayChat *chat, const WayJsonSpan *span, GPtrArray *parts, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan text = { 0 };
  WayJsonSpan image = { 0 };
  WayJsonSpan audio = { 0 };
  WayJsonSpan file = { 0 };
  WayJsonSpan refusal = { 0 };

  WAY_JSON_COLLECT (span, { "type", &type }, { "text", &text }, { "image_url", &image },
                    { "input_audio", &audio }, { "file", &file }, { "refusal", &refusal });
  if (text.type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, &text));
  else if (image.type != WAY_JSON_NONE)
    return read_image (chat, &image, parts, error);
  else if (audio.type != WAY_JSON_NONE)
    return read_audio (chat, &audio, parts, error);
  else if (file.type != WAY_JSON_NONE)
    return read_file (chat, &file, parts, error);
  else if (refusal.type == WAY_JSON_STRING)
    way_chat_add_part (parts, WAY_PART_REFUSAL)->text = way_chat_keep_string (chat, &refusal);
  else if (type.type == WAY_JSON_STRING)
    way_chat_ignore (chat, way_chat_keep_string (chat, &type));
  return TRUE;
}

static gboolean
read_content (WayChat *chat, const WayJsonSpan *content, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (content->type == WAY_JSON_STRING)
    {
      way_chat_add_text (parts, way_chat_keep_string (chat, content));
      return TRUE;
    }
  if (content->type == WAY_JSON_NONE || content->type == WAY_JSON_NULL)
    return TRUE;
  if (content->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "\"content\" of a message must be a string or an array");
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    if (!read_part (chat, &part, parts, error))
      return FALSE;
  return TRUE;
}

/* Tool calls of earlier turns */

static void
keep_tool_id (WayChat *chat, const WayJsonSpan *span, WayPart *part)
{
  const char *text = way_chat_keep_string (chat, span);
  g_autofree char *signature = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *id = NULL;

  if (text == NULL)
    return;
  id = way_tool_id_split (text, &signature, &origin);
  part->id = way_chat_keep (chat, id, -1);
  if (signature == NULL)
    return;
  part->signature = way_chat_keep (chat, signature, -1);
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static gboolean
read_call (
  WayChat *chat, const WayJsonSpan *id, const WayJsonSpan *function, WayTurn *turn, GError **error)
{
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_CALL);
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };

  WAY_JSON_COLLECT (function, { "name", &name }, { "arguments", &arguments });
  keep_tool_id (chat, id, part);
  part->name = way_chat_keep_string (chat, &name);
  part->text = way_chat_keep_string (chat, &arguments);
  if (!part->name)
    return way_refuse_request (error, "A tool call of the conversation has no function name");
  if (!part->id) /* of the time before ids, when there was one call a turn */
    part->id = part->name;
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
    {
      WayJsonSpan id = { 0 };
      WayJsonSpan function = { 0 };

      WAY_JSON_COLLECT (&call, { "id", &id }, { "function", &function });
      if (function.type != WAY_JSON_OBJECT)
        return way_refuse_request (error, "Only tool calls of type \"function\" can be translated");
      if (!read_call (chat, &id, &function, turn, error))
        return FALSE;
    }
  return TRUE;
}

/* Messages */

typedef struct
{
  WayJsonSpan role;
  WayJsonSpan content;
  WayJsonSpan name;
  WayJsonSpan refusal;
  WayJsonSpan tool_calls;
  WayJsonSpan tool_call_id;
  WayJsonSpan function_call;
  WayJsonSpan reasoning_content;
  WayJsonSpan reasoning;
} Message;

static gboolean
read_assistant (WayChat *chat, const Message *message, GError **error)
{
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_ASSISTANT);
  const WayJsonSpan *thought = way_span_has_text (&message->reasoning_content)
                                 ? &message->reasoning_content
                                 : &message->reasoning;

  turn->name = way_chat_keep_string (chat, &message->name);
  if (way_span_has_text (thought))
    way_chat_add_part (turn->parts, WAY_PART_REASONING)->text =
      way_chat_keep_string (chat, thought);
  if (!read_content (chat, &message->content, turn->parts, error))
    return FALSE;
  if (way_span_has_text (&message->refusal))
    way_chat_add_part (turn->parts, WAY_PART_REFUSAL)->text =
      way_chat_keep_string (chat, &message->refusal);
  if (message->function_call.type == WAY_JSON_OBJECT)
    return read_call (chat, &(WayJsonSpan){ 0 }, &message->function_call, turn, error);
  return read_calls (chat, &message->tool_calls, turn, error);
}

static gboolean
read_tool_result (WayChat *chat, const Message *message, GError **error)
{
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_TOOL);
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_RESULT);

  part->name = way_chat_keep_string (chat, &message->name);
  keep_tool_id (chat, &message->tool_call_id, part);
  if (!part->id)
    part->id = part->name;
  if (!part->id)
    return way_refuse_request (error, "A tool message has no \"tool_call_id\"");
  return read_content (chat, &message->content, part->parts, error);
}

static gboolean
read_message (WayChat *chat, const WayJsonSpan *span, GError **error)
{
  Message message = { 0 };
  gboolean is_system;

  WAY_JSON_COLLECT (
    span, { "role", &message.role }, { "content", &message.content }, { "name", &message.name },
    { "refusal", &message.refusal }, { "tool_calls", &message.tool_calls },
    { "tool_call_id", &message.tool_call_id }, { "function_call", &message.function_call },
    { "reasoning_content", &message.reasoning_content }, { "reasoning", &message.reasoning });
  if (way_json_span_is (&message.role, "assistant"))
    return read_assistant (chat, &message, error);
  if (way_json_span_is (&message.role, "tool") || way_json_span_is (&message.role, "function"))
    return read_tool_result (chat, &message, error);
  is_system =
    way_json_span_is (&message.role, "system") || way_json_span_is (&message.role, "developer");
  if (!is_system && !way_json_span_is (&message.role, "user"))
    return way_refuse_request (error, "\"role\" of a message must be system, developer, user, "
                                      "assistant or tool");

  WayTurn *turn = way_chat_add_turn (chat, is_system ? WAY_ROLE_SYSTEM : WAY_ROLE_USER);
  turn->name = way_chat_keep_string (chat, &message.name);
  return read_content (chat, &message.content, turn->parts, error);
}

static gboolean
read_messages (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_message,
                            "\"messages\" must be an array of at least one message", error);
}

/* Tools */

static gboolean
read_function (WayChat *chat, const WayJsonSpan *function, GError **error)
{
  WayJsonSpan name = { 0 };
  WayJsonSpan description = { 0 };
  WayJsonSpan parameters = { 0 };
  WayJsonSpan strict = { 0 };
  WayTool *tool;

  WAY_JSON_COLLECT (function, { "name", &name }, { "description", &description },
                    { "parameters", &parameters }, { "strict", &strict });
  if (!way_span_has_text (&name))
    return way_refuse_request (error, "A tool has no function name");
  tool = way_chat_add_tool (chat, way_chat_keep_string (chat, &name));
  tool->description = way_chat_keep_string (chat, &description);
  tool->parameters = way_chat_keep_json (chat, &parameters);
  tool->strict = strict.type == WAY_JSON_TRUE;
  return TRUE;
}

static gboolean
read_tool (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan function = { 0 };

  WAY_JSON_COLLECT (value, { "function", &function });
  if (function.type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "Only tools of type \"function\" can be translated");
  return read_function (chat, &function, error);
}

static gboolean
read_tools (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_tool, "\"tools\" must be an array", error);
}

static gboolean
read_functions (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_function, "\"functions\" must be an array", error);
}

static gboolean
read_tool_choice (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan function = { 0 };
  WayJsonSpan name = { 0 };

  if (way_json_span_is (value, "auto"))
    chat->tool_choice = WAY_TOOL_CHOICE_AUTO;
  else if (way_json_span_is (value, "none"))
    chat->tool_choice = WAY_TOOL_CHOICE_NONE;
  else if (way_json_span_is (value, "required") || way_json_span_is (value, "any"))
    chat->tool_choice = WAY_TOOL_CHOICE_REQUIRED;
  WAY_JSON_COLLECT (value, { "function", &function }, { "name", &name });
  WAY_JSON_COLLECT (&function, { "name", &name });
  if (way_span_has_text (&name))
    {
      chat->tool_choice = WAY_TOOL_CHOICE_NAMED;
      chat->tool_choice_name = way_chat_keep_string (chat, &name);
    }
  else if (chat->tool_choice == WAY_TOOL_CHOICE_UNSET)
    way_chat_ignore (chat, "tool_choice");
  return TRUE;
}

/* Settings */

static gboolean
read_response_format (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan wrapped = { 0 };
  WayJsonSpan schema = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan strict = { 0 };

  WAY_JSON_COLLECT (value, { "type", &type }, { "json_schema", &wrapped });
  if (way_json_span_is (&type, "json_object"))
    chat->format = WAY_FORMAT_JSON;
  if (!way_json_span_is (&type, "json_schema"))
    return TRUE;
  WAY_JSON_COLLECT (&wrapped, { "schema", &schema }, { "name", &name }, { "strict", &strict });
  if (schema.type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "\"response_format\" has no \"json_schema.schema\"");
  chat->format = WAY_FORMAT_JSON_SCHEMA;
  chat->schema = way_chat_keep_json (chat, &schema);
  chat->schema_name = way_chat_keep_string (chat, &name);
  chat->schema_strict = strict.type == WAY_JSON_TRUE;
  return TRUE;
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
    return way_refuse_request (error, "The maximum of tokens must be a whole number");
  return TRUE;
}

static gboolean
read_effort (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->reasoning_effort = way_chat_keep_string (chat, value);
  chat->reasoning = way_json_span_is (value, "none") ? WAY_TRI_NO : WAY_TRI_YES;
  return TRUE;
}

/* OpenRouter's: {"effort":…, "max_tokens":…, "enabled":…}. */
static gboolean
read_reasoning (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan effort = { 0 };
  WayJsonSpan budget = { 0 };
  WayJsonSpan enabled = { 0 };

  WAY_JSON_COLLECT (value, { "effort", &effort }, { "max_tokens", &budget },
                    { "enabled", &enabled });
  chat->reasoning = enabled.type == WAY_JSON_FALSE ? WAY_TRI_NO : WAY_TRI_YES;
  chat->reasoning_budget_tokens = way_span_get_tokens (&budget);
  return effort.type == WAY_JSON_STRING ? read_effort (chat, &effort, error) : TRUE;
}

static gboolean
read_logprobs (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->logprobs = value->type == WAY_JSON_TRUE;
  return TRUE;
}

static const WayMemberReader readers[] = {
  { "model", NULL },
  { "messages", read_messages },
  { "tools", read_tools },
  { "functions", read_functions },
  { "tool_choice", read_tool_choice },
  { "function_call", read_tool_choice },
  { "parallel_tool_calls", way_read_parallel_tool_calls },
  { "response_format", read_response_format },
  { "stream", way_read_stream },
  { "stream_options", way_read_stream_options },
  { "max_completion_tokens", read_max_tokens },
  { "max_tokens", read_max_tokens },
  { "temperature", way_read_temperature },
  { "top_p", way_read_top_p },
  { "top_k", way_read_top_k },
  { "min_p", way_read_min_p },
  { "frequency_penalty", way_read_frequency_penalty },
  { "presence_penalty", way_read_presence_penalty },
  { "seed", way_read_seed },
  { "stop", way_read_stop },
  { "n", read_n },
  { "logprobs", read_logprobs },
  { "top_logprobs", way_read_top_logprobs },
  { "reasoning_effort", read_effort },
  { "reasoning", read_reasoning },
  { "user", way_read_user },
  { "safety_identifier", way_read_user },
};

WayChat *
way_openai_chat_decode_request (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayChat) chat = way_chat_new ();
  WayJsonSpan root;

  if (!way_skim_root (data, length, &root, error) ||
      !way_read_members (chat, &root, readers, G_N_ELEMENTS (readers), error))
    return NULL;
  return g_steal_pointer (&chat);
}
