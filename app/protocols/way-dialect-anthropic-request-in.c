/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A Messages request → WayChat. Pure. */

#include "way-dialect-anthropic-private.h"

#include "way-members.h"
#include "way-signature.h"
#include "way-skim.h"

#include <string.h>

/* The members that blocks of all types have between them. */
typedef struct
{
  WayJsonSpan type;
  WayJsonSpan text;
  WayJsonSpan source;
  WayJsonSpan title;
  WayJsonSpan thinking;
  WayJsonSpan signature;
  WayJsonSpan data;
  WayJsonSpan id;
  WayJsonSpan name;
  WayJsonSpan input;
  WayJsonSpan tool_use_id;
  WayJsonSpan content;
  WayJsonSpan is_error;
  WayJsonSpan cache_control;
} Block;

static Block
collect_block (const WayJsonSpan *span)
{
  Block block = { 0 };

  WAY_JSON_COLLECT (
    span, { "type", &block.type }, { "text", &block.text }, { "source", &block.source },
    { "title", &block.title }, { "thinking", &block.thinking }, { "signature", &block.signature },
    { "data", &block.data }, { "id", &block.id }, { "name", &block.name },
    { "input", &block.input }, { "tool_use_id", &block.tool_use_id }, { "content", &block.content },
    { "is_error", &block.is_error }, { "cache_control", &block.cache_control });
  return block;
}

static gboolean
read_source (WayChat *chat, const Block *block, WayPart *part, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan media_type = { 0 };
  WayJsonSpan data = { 0 };
  WayJsonSpan url = { 0 };

  WAY_JSON_COLLECT (&block->source, { "type", &type }, { "media_type", &media_type },
                    { "data", &data }, { "url", &url });
  part->name = way_chat_keep_string (chat, &block->title);
  part->media_type = way_chat_keep_string (chat, &media_type);
  part->url = way_chat_keep_string (chat, &url);
  part->data = way_chat_keep_string (chat, &data);
  if (way_json_span_is (&type, "text"))
    {
      part->type = WAY_PART_TEXT;
      part->text = part->data;
    }
  if (!part->url && !part->data)
    return way_refuse_request (
      error,
      "The \"source\" of an image or document must be base64, text or a URL: files that lie at "
      "one provider cannot go to another");
  return TRUE;
}

static void
keep_signature (WayChat *chat, const WayJsonSpan *span, WayPart *part)
{
  const char *text = way_chat_keep_string (chat, span);
  g_autofree char *origin = NULL;
  const char *raw;

  if (!text || !*text)
    return;
  way_signature_split (text, "anthropic", &raw, &origin);
  part->signature = raw;
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static void
read_thinking (WayChat *chat, const Block *block, GPtrArray *parts)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_REASONING);

  part->redacted = way_json_span_is (&block->type, "redacted_thinking");
  part->text = part->redacted ? "" : way_chat_keep_string (chat, &block->thinking);
  keep_signature (chat, part->redacted ? &block->data : &block->signature, part);
}

static void
keep_tool_id (WayChat *chat, const WayJsonSpan *span, WayPart *part)
{
  const char *text = way_chat_keep_string (chat, span);
  g_autofree char *signature = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *id = way_tool_id_split (text ? text : "", &signature, &origin);

  part->id = way_chat_keep (chat, id, -1);
  if (!signature)
    return;
  part->signature = way_chat_keep (chat, signature, -1);
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static gboolean
read_tool_use (WayChat *chat, const Block *block, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_TOOL_CALL);

  keep_tool_id (chat, &block->id, part);
  part->name = way_chat_keep_string (chat, &block->name);
  part->text = way_chat_keep_json (chat, &block->input);
  return part->name || way_refuse_request (error, "A \"tool_use\" block has no \"name\"");
}

static gboolean
read_blocks (WayChat *chat, const WayJsonSpan *content, GPtrArray *parts, GError **error);

static gboolean
read_tool_result (WayChat *chat, const Block *block, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_TOOL_RESULT);

  keep_tool_id (chat, &block->tool_use_id, part);
  part->is_error = block->is_error.type == WAY_JSON_TRUE;
  return read_blocks (chat, &block->content, part->parts, error);
}

/* What Anthropic's own tools said stays with Anthropic, but for its words. */
static gboolean
read_block (WayChat *chat, const WayJsonSpan *span, GPtrArray *parts, GError **error)
{
  Block block = collect_block (span);

  if (block.cache_control.type == WAY_JSON_OBJECT)
    way_chat_ignore (chat, "cache_control");
  if (way_json_span_is (&block.type, "tool_use"))
    return read_tool_use (chat, &block, parts, error);
  if (way_json_span_is (&block.type, "image"))
    return read_source (chat, &block, way_chat_add_part (parts, WAY_PART_IMAGE), error);
  if (way_json_span_is (&block.type, "document"))
    return read_source (chat, &block, way_chat_add_part (parts, WAY_PART_DOCUMENT), error);
  if (way_json_span_is (&block.type, "thinking") ||
      way_json_span_is (&block.type, "redacted_thinking"))
    read_thinking (chat, &block, parts);
  else if (block.text.type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, &block.text));
  else if (block.type.type == WAY_JSON_STRING)
    way_chat_ignore (chat, way_chat_keep_string (chat, &block.type));
  return TRUE;
}

/* A tool's result holds blocks but no further results: so no recursion that a client could deepen.
 */
static gboolean
read_blocks (WayChat *chat, const WayJsonSpan *content, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan block;

  if (content->type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, content));
  if (content->type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &block))
    if (!read_block (chat, &block, parts, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_content (WayChat *chat, const WayJsonSpan *content, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan span;

  if (content->type != WAY_JSON_ARRAY)
    return read_blocks (chat, content, parts, error);
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &span))
    {
      Block block = collect_block (&span);
      gboolean is_result = way_json_span_is (&block.type, "tool_result");

      if (is_result ? !read_tool_result (chat, &block, parts, error)
                    : !read_block (chat, &span, parts, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_message (WayChat *chat, const WayJsonSpan *message, GError **error)
{
  WayJsonSpan role = { 0 };
  WayJsonSpan content = { 0 };
  WayRole neutral;

  WAY_JSON_COLLECT (message, { "role", &role }, { "content", &content });
  if (way_json_span_is (&role, "user"))
    neutral = WAY_ROLE_USER;
  else if (way_json_span_is (&role, "assistant"))
    neutral = WAY_ROLE_ASSISTANT;
  else if (way_json_span_is (&role, "system")) /* Claude Code's reminders */
    neutral = WAY_ROLE_SYSTEM;
  else
    return way_refuse_request (error, "\"role\" of a message must be user, assistant or system");
  return read_content (chat, &content, way_chat_add_turn (chat, neutral)->parts, error);
}

static gboolean
read_messages (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_message,
                            "\"messages\" must be an array of at least one message", error);
}

/* The billing block is for Anthropic's own books. */
static gboolean
read_system (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_SYSTEM);
  WayJsonCursor cursor;
  WayJsonSpan block;

  if (value->type != WAY_JSON_ARRAY)
    return read_blocks (chat, value, turn->parts, error);
  way_json_scan_begin (&cursor, value);
  while (way_json_scan_next (&cursor, NULL, &block))
    if (!way_anthropic_is_billing_block (&block) && !read_block (chat, &block, turn->parts, error))
      return FALSE;
  return TRUE;
}

/* Tools that Anthropic runs itself have a type and no schema. */
static gboolean
read_tool (WayChat *chat, const WayJsonSpan *span, GError **error)
{
  WayJsonSpan name = { 0 };
  WayJsonSpan description = { 0 };
  WayJsonSpan schema = { 0 };
  WayJsonSpan strict = { 0 };
  WayTool *tool;

  WAY_JSON_COLLECT (span, { "name", &name }, { "description", &description },
                    { "input_schema", &schema }, { "strict", &strict });
  if (!way_span_has_text (&name))
    return way_refuse_request (error, "A tool has no \"name\"");
  if (schema.type != WAY_JSON_OBJECT)
    {
      way_chat_ignore (chat, way_chat_keep_string (chat, &name));
      return TRUE;
    }
  tool = way_chat_add_tool (chat, way_chat_keep_string (chat, &name));
  tool->description = way_chat_keep_string (chat, &description);
  tool->parameters = way_chat_keep_json (chat, &schema);
  tool->strict = strict.type == WAY_JSON_TRUE;
  return TRUE;
}

static gboolean
read_tools (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_tool, "\"tools\" must be an array", error);
}

static gboolean
read_tool_choice (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan one_at_a_time = { 0 };

  WAY_JSON_COLLECT (value, { "type", &type }, { "name", &name },
                    { "disable_parallel_tool_use", &one_at_a_time });
  if (way_json_span_is (&type, "auto"))
    chat->tool_choice = WAY_TOOL_CHOICE_AUTO;
  else if (way_json_span_is (&type, "any"))
    chat->tool_choice = WAY_TOOL_CHOICE_REQUIRED;
  else if (way_json_span_is (&type, "none"))
    chat->tool_choice = WAY_TOOL_CHOICE_NONE;
  else if (way_json_span_is (&type, "tool") && way_span_has_text (&name))
    chat->tool_choice = WAY_TOOL_CHOICE_NAMED;
  else
    return way_refuse_request (error, "\"tool_choice\" must be auto, any, none or a named tool");
  chat->tool_choice_name = way_chat_keep_string (chat, &name);
  if (one_at_a_time.type == WAY_JSON_TRUE)
    chat->parallel_tool_calls = WAY_TRI_NO;
  return TRUE;
}

static gboolean
read_thinking_setting (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan budget = { 0 };

  WAY_JSON_COLLECT (value, { "type", &type }, { "budget_tokens", &budget });
  chat->reasoning = way_json_span_is (&type, "disabled") ? WAY_TRI_NO : WAY_TRI_YES;
  chat->wants_reasoning_summary = chat->reasoning == WAY_TRI_YES;
  chat->reasoning_budget_tokens = way_span_get_tokens (&budget);
  return TRUE;
}

static gboolean
read_format (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan schema = { 0 };

  WAY_JSON_COLLECT (value, { "schema", &schema });
  if (schema.type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "The format of the output has no \"schema\"");
  chat->format = WAY_FORMAT_JSON_SCHEMA;
  chat->schema = way_chat_keep_json (chat, &schema);
  chat->schema_strict = TRUE;
  return TRUE;
}

static gboolean
read_effort (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->reasoning_effort = way_chat_keep_string (chat, value);
  return TRUE;
}

static gboolean
read_output_config (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  static const WayMemberReader readers[] = {
    { "format", read_format },
    { "effort", read_effort },
  };

  return way_read_members (chat, value, readers, G_N_ELEMENTS (readers), error);
}

static gboolean
read_max_tokens (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->max_output_tokens = way_span_get_tokens (value);
  return chat->max_output_tokens != WAY_UNKNOWN ||
         way_refuse_request (error, "\"max_tokens\" must be a whole number");
}

static gboolean
read_metadata (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan user = { 0 };

  WAY_JSON_COLLECT (value, { "user_id", &user });
  chat->user = way_chat_keep_string (chat, &user);
  return TRUE;
}

static const WayMemberReader readers[] = {
  { "model", NULL },
  { "system", NULL },
  { "messages", read_messages },
  { "tools", read_tools },
  { "tool_choice", read_tool_choice },
  { "max_tokens", read_max_tokens },
  { "stream", way_read_stream },
  { "stop_sequences", way_read_stop },
  { "temperature", way_read_temperature },
  { "top_p", way_read_top_p },
  { "top_k", way_read_top_k },
  { "thinking", read_thinking_setting },
  { "output_config", read_output_config },
  { "output_format", read_format },
  { "metadata", read_metadata },
};

/* Wherever "system" stands in the bytes, it is what the model reads first. */
static gboolean
read_system_first (WayChat *chat, const WayJsonSpan *root, GError **error)
{
  WayJsonSpan system = { 0 };

  WAY_JSON_COLLECT (root, { "system", &system });
  return (system.type != WAY_JSON_STRING && system.type != WAY_JSON_ARRAY) ||
         read_system (chat, &system, error);
}

WayChat *
way_anthropic_decode_request (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayChat) chat = way_chat_new ();
  WayJsonSpan root;

  chat->wants_usage = TRUE;
  if (!way_skim_root (data, length, &root, error) || !read_system_first (chat, &root, error) ||
      !way_read_members (chat, &root, readers, G_N_ELEMENTS (readers), error))
    return NULL;
  return g_steal_pointer (&chat);
}
