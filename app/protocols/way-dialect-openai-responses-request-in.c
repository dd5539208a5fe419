/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A request of OpenAI's Responses API → WayChat. Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-members.h"
#include "way-signature.h"
#include "way-skim.h"

#include <string.h>

/* Backs take names of tools up to this length. */
#define MAX_TOOL_NAME_BYTES 64
#define DIGEST_BYTES 8

/**
 * way_responses_dup_tool_name:
 * @space: (nullable): the namespace that Codex put the tool in
 *
 * Joins the two. A name that not every back takes gets a digest of itself at its end, so that it
 * stays apart from its neighbours, and the same from turn to turn.
 *
 * Returns: (transfer full): a name that every back takes
 */
char *
way_responses_dup_tool_name (const char *space, const char *name)
{
  g_autofree char *full = space && *space ? g_strdup_printf ("%s__%s", space, name) : NULL;
  g_autofree char *digest = NULL;
  const char *wanted = full ? full : name;
  g_autofree char *fit = g_strndup (wanted, MAX_TOOL_NAME_BYTES);

  g_strcanon (fit, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
  if (strcmp (fit, wanted) == 0)
    return g_steal_pointer (&fit);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, wanted, -1);
  digest[DIGEST_BYTES] = '\0';
  fit[MIN (strlen (fit), MAX_TOOL_NAME_BYTES - DIGEST_BYTES)] = '\0';
  return g_strconcat (fit, digest, NULL);
}

static const char *
keep_tool_name (WayChat *chat, const char *space, const char *name)
{
  g_autofree char *full = way_responses_dup_tool_name (space, name);

  return way_chat_keep (chat, full, -1);
}

/* Items of one turn come one by one. */
static WayTurn *
continue_turn (WayChat *chat, WayRole role)
{
  WayTurn *last = chat->turns->len > 0 ? chat->turns->pdata[chat->turns->len - 1] : NULL;

  return last && last->role == role ? last : way_chat_add_turn (chat, role);
}

/* Content */

typedef struct
{
  WayJsonSpan type;
  WayJsonSpan text;
  WayJsonSpan refusal;
  WayJsonSpan image_url;
  WayJsonSpan detail;
  WayJsonSpan file_data;
  WayJsonSpan file_url;
  WayJsonSpan filename;
} Content;

static gboolean
read_image (WayChat *chat, const Content *content, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_IMAGE);

  part->detail = way_chat_keep_string (chat, &content->detail);
  if (content->image_url.type != WAY_JSON_STRING)
    return way_refuse_request (error,
                               "An \"input_image\" has no \"image_url\": files that lie at one "
                               "provider cannot go to another");
  return way_chat_read_data_url (chat, way_chat_keep_string (chat, &content->image_url), part) ||
         way_refuse_request (error, "A data URL of an image must be base64");
}

static gboolean
read_file (WayChat *chat, const Content *content, GPtrArray *parts, GError **error)
{
  WayPart *part = way_chat_add_part (parts, WAY_PART_DOCUMENT);
  const char *data = way_chat_keep_string (chat, &content->file_data);

  part->name = way_chat_keep_string (chat, &content->filename);
  part->url = way_chat_keep_string (chat, &content->file_url);
  if (part->url)
    return TRUE;
  if (!data)
    return way_refuse_request (error,
                               "An \"input_file\" has no \"file_data\" or \"file_url\": files "
                               "that lie at one provider cannot go to another");
  if (!way_chat_read_data_url (chat, data, part))
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
  Content content = { 0 };

  WAY_JSON_COLLECT (span, { "type", &content.type }, { "text", &content.text },
                    { "refusal", &content.refusal }, { "image_url", &content.image_url },
                    { "detail", &content.detail }, { "file_data", &content.file_data },
                    { "file_url", &content.file_url }, { "filename", &content.filename });
  if (way_json_span_is (&content.type, "input_image"))
    return read_image (chat, &content, parts, error);
  if (way_json_span_is (&content.type, "input_file"))
    return read_file (chat, &content, parts, error);
  if (content.text.type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, &content.text));
  else if (content.refusal.type == WAY_JSON_STRING)
    way_chat_add_part (parts, WAY_PART_REFUSAL)->text =
      way_chat_keep_string (chat, &content.refusal);
  else if (content.type.type == WAY_JSON_STRING)
    way_chat_ignore (chat, way_chat_keep_string (chat, &content.type));
  return TRUE;
}

static gboolean
read_content (WayChat *chat, const WayJsonSpan *content, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (content->type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, content));
  if (content->type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &part))
    if (!read_part (chat, &part, parts, error))
      return FALSE;
  return TRUE;
}

/* Items */

typedef struct
{
  WayJsonSpan type;
  WayJsonSpan role;
  WayJsonSpan content;
  WayJsonSpan id;
  WayJsonSpan call_id;
  WayJsonSpan name;
  WayJsonSpan space;
  WayJsonSpan arguments;
  WayJsonSpan input;
  WayJsonSpan output;
  WayJsonSpan summary;
  WayJsonSpan encrypted_content;
  WayJsonSpan tools;
} Item;

static gboolean read_tools (WayChat *chat, const WayJsonSpan *value, GError **error);

static gboolean
read_message (WayChat *chat, const Item *item, GError **error)
{
  WayRole role = WAY_ROLE_USER;
  WayTurn *turn;

  if (way_json_span_is (&item->role, "assistant"))
    role = WAY_ROLE_ASSISTANT;
  else if (way_json_span_is (&item->role, "system") || way_json_span_is (&item->role, "developer"))
    role = WAY_ROLE_SYSTEM;
  else if (!way_json_span_is (&item->role, "user"))
    return way_refuse_request (
      error, "\"role\" of a message must be user, assistant, system or developer");
  turn = role == WAY_ROLE_ASSISTANT ? continue_turn (chat, role) : way_chat_add_turn (chat, role);
  return read_content (chat, &item->content, turn->parts, error);
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
read_call (WayChat *chat, const Item *item, GError **error)
{
  WayTurn *turn = continue_turn (chat, WAY_ROLE_ASSISTANT);
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_CALL);
  const char *name = way_chat_keep_string (chat, &item->name);
  gboolean is_custom = way_json_span_is (&item->type, "custom_tool_call");

  if (!name)
    return way_refuse_request (error, "A call of the conversation has no \"name\"");
  keep_tool_id (chat, &item->call_id, part);
  part->name = keep_tool_name (chat, way_chat_keep_string (chat, &item->space), name);
  part->text = way_chat_keep_string (chat, is_custom ? &item->input : &item->arguments);
  return TRUE;
}

static gboolean
read_output (WayChat *chat, const Item *item, GError **error)
{
  WayTurn *turn = continue_turn (chat, WAY_ROLE_TOOL);
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_TOOL_RESULT);

  keep_tool_id (chat, &item->call_id, part);
  return read_content (chat, &item->output, part->parts, error);
}

static void
append_thoughts (GString *text, const WayJsonSpan *parts)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (parts->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, parts);
  while (way_json_scan_next (&cursor, NULL, &part))
    {
      WayJsonSpan words = { 0 };

      WAY_JSON_COLLECT (&part, { "text", &words });
      if (text->len > 0)
        g_string_append (text, "\n\n");
      if (words.type == WAY_JSON_STRING)
        way_json_span_append_string (&words, text);
    }
}

/* One that comes as its provider gave it takes the id of its item along, as the answer side does.
 */
static void
keep_signature (WayChat *chat, const Item *item, WayPart *part)
{
  const char *text = way_chat_keep_string (chat, &item->encrypted_content);
  const char *id = way_chat_keep_string (chat, &item->id);
  g_autofree char *origin = NULL;
  const char *raw;

  if (!text || !*text)
    return;
  way_signature_split (text, WAY_RESPONSES_NAME, &raw, &origin);
  if (raw == text)
    {
      g_autofree char *with_id = g_strdup_printf ("%s:%s", id ? id : "", raw);

      raw = way_chat_keep (chat, with_id, -1);
    }
  part->signature = raw;
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static gboolean
read_reasoning (WayChat *chat, const Item *item, GError **error)
{
  WayTurn *turn = continue_turn (chat, WAY_ROLE_ASSISTANT);
  WayPart *part = way_chat_add_part (turn->parts, WAY_PART_REASONING);
  g_autoptr (GString) text = g_string_new (NULL);

  append_thoughts (text, &item->summary);
  if (text->len == 0)
    append_thoughts (text, &item->content);
  part->text = way_chat_keep (chat, text->str, (gssize)text->len);
  keep_signature (chat, item, part);
  return TRUE;
}

/* Codex sends tools also as an item. */
static gboolean
read_additional_tools (WayChat *chat, const Item *item, GError **error)
{
  return read_tools (chat, &item->tools, error);
}

static gboolean
refuse_reference (WayChat *chat, const Item *item, GError **error)
{
  return way_refuse_request (error, "An \"item_reference\" points to what one provider keeps: send "
                                    "the items themselves");
}

static gboolean
read_item (WayChat *chat, const WayJsonSpan *span, GError **error)
{
  static const struct
  {
    const char *type;
    gboolean (*func) (WayChat *chat, const Item *item, GError **error);
  } types[] = {
    { "message", read_message },
    { "function_call", read_call },
    { "custom_tool_call", read_call },
    { "function_call_output", read_output },
    { "custom_tool_call_output", read_output },
    { "reasoning", read_reasoning },
    { "additional_tools", read_additional_tools },
    { "item_reference", refuse_reference },
  };
  Item item = { 0 };

  WAY_JSON_COLLECT (span, { "type", &item.type }, { "role", &item.role },
                    { "content", &item.content }, { "id", &item.id }, { "call_id", &item.call_id },
                    { "name", &item.name }, { "namespace", &item.space },
                    { "arguments", &item.arguments }, { "input", &item.input },
                    { "output", &item.output }, { "summary", &item.summary },
                    { "encrypted_content", &item.encrypted_content }, { "tools", &item.tools });
  if (item.type.type != WAY_JSON_STRING)
    return read_message (chat, &item, error);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (way_json_span_is (&item.type, types[i].type))
      return types[i].func (chat, &item, error);
  way_chat_ignore (chat, way_chat_keep_string (chat, &item.type));
  return TRUE;
}

static gboolean
read_input (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (value->type == WAY_JSON_STRING)
    {
      /* An empty one warms a model up: nothing is asked. */
      if (way_span_has_text (value))
        way_chat_add_text (way_chat_add_turn (chat, WAY_ROLE_USER)->parts,
                           way_chat_keep_string (chat, value));
      return TRUE;
    }
  if (value->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "\"input\" must be a string or an array of items");
  way_json_scan_begin (&cursor, value);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (!read_item (chat, &item, error))
      return FALSE;
  return TRUE;
}

/* Tools */

typedef struct
{
  WayJsonSpan type;
  WayJsonSpan name;
  WayJsonSpan description;
  WayJsonSpan parameters;
  WayJsonSpan strict;
  WayJsonSpan format;
  WayJsonSpan tools;
} Tool;

static Tool
collect_tool (const WayJsonSpan *span)
{
  Tool tool = { 0 };

  WAY_JSON_COLLECT (span, { "type", &tool.type }, { "name", &tool.name },
                    { "description", &tool.description }, { "parameters", &tool.parameters },
                    { "strict", &tool.strict }, { "format", &tool.format },
                    { "tools", &tool.tools });
  return tool;
}

/* Tools that OpenAI runs itself have other types. */
static gboolean
read_tool (WayChat *chat, const Tool *tool, const char *space, GError **error)
{
  gboolean is_custom = way_json_span_is (&tool->type, "custom");
  const char *name = way_chat_keep_string (chat, &tool->name);
  WayTool *added;

  if (!is_custom && !way_json_span_is (&tool->type, "function"))
    {
      if (tool->type.type == WAY_JSON_STRING)
        way_chat_ignore (chat, way_chat_keep_string (chat, &tool->type));
      return TRUE;
    }
  if (!name || !*name)
    return way_refuse_request (error, "A tool has no \"name\"");
  added = way_chat_add_tool (chat, keep_tool_name (chat, space, name));
  added->local_name = name;
  added->space = space && *space ? space : NULL;
  added->description = way_chat_keep_string (chat, &tool->description);
  added->parameters = way_chat_keep_json (chat, &tool->parameters);
  added->format = way_chat_keep_json (chat, &tool->format);
  added->is_custom = is_custom;
  added->strict = tool->strict.type == WAY_JSON_TRUE;
  return TRUE;
}

/* A namespace holds tools but no further namespaces: no recursion that a client could deepen. */
static gboolean
read_namespace (WayChat *chat, const Tool *space, GError **error)
{
  const char *name = way_chat_keep_string (chat, &space->name);
  WayJsonCursor cursor;
  WayJsonSpan span;

  if (space->tools.type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, &space->tools);
  while (way_json_scan_next (&cursor, NULL, &span))
    {
      Tool tool = collect_tool (&span);

      if (!read_tool (chat, &tool, name, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_tool_or_namespace (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  Tool tool = collect_tool (value);

  return way_json_span_is (&tool.type, "namespace") ? read_namespace (chat, &tool, error)
                                                    : read_tool (chat, &tool, NULL, error);
}

static gboolean
read_tools (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_tool_or_namespace, "\"tools\" must be an array",
                            error);
}

static gboolean
read_tool_choice (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan name = { 0 };
  WayJsonSpan space = { 0 };
  WayJsonSpan mode = { 0 }; /* of "allowed_tools" */

  WAY_JSON_COLLECT (value, { "name", &name }, { "namespace", &space }, { "mode", &mode });
  if (value->type == WAY_JSON_STRING)
    mode = *value;
  if (way_json_span_is (&mode, "auto"))
    chat->tool_choice = WAY_TOOL_CHOICE_AUTO;
  else if (way_json_span_is (&mode, "none"))
    chat->tool_choice = WAY_TOOL_CHOICE_NONE;
  else if (way_json_span_is (&mode, "required"))
    chat->tool_choice = WAY_TOOL_CHOICE_REQUIRED;
  else if (way_span_has_text (&name))
    {
      chat->tool_choice = WAY_TOOL_CHOICE_NAMED;
      chat->tool_choice_name = keep_tool_name (chat, way_chat_keep_string (chat, &space),
                                               way_chat_keep_string (chat, &name));
    }
  else
    way_chat_ignore (chat, "tool_choice");
  return TRUE;
}

/* Settings */

static gboolean
read_format (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan schema = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan strict = { 0 };

  WAY_JSON_COLLECT (value, { "type", &type }, { "schema", &schema }, { "name", &name },
                    { "strict", &strict });
  if (way_json_span_is (&type, "json_object"))
    chat->format = WAY_FORMAT_JSON;
  if (!way_json_span_is (&type, "json_schema"))
    return TRUE;
  if (schema.type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "\"text.format\" has no \"schema\"");
  chat->format = WAY_FORMAT_JSON_SCHEMA;
  chat->schema = way_chat_keep_json (chat, &schema);
  chat->schema_name = way_chat_keep_string (chat, &name);
  chat->schema_strict = strict.type == WAY_JSON_TRUE;
  return TRUE;
}

static gboolean
read_text (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  static const WayMemberReader members[] = { { "format", read_format } };

  return way_read_members (chat, value, members, G_N_ELEMENTS (members), error);
}

static gboolean
read_reasoning_setting (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan effort = { 0 };
  WayJsonSpan summary = { 0 };

  WAY_JSON_COLLECT (value, { "effort", &effort }, { "summary", &summary });
  chat->reasoning_effort = way_chat_keep_string (chat, &effort);
  chat->wants_reasoning_summary = summary.type == WAY_JSON_STRING;
  if (chat->reasoning_effort)
    chat->reasoning = way_json_span_is (&effort, "none") ? WAY_TRI_NO : WAY_TRI_YES;
  return TRUE;
}

static gboolean
read_include (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (value->type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, value);
  while (way_json_scan_next (&cursor, NULL, &item))
    if (way_json_span_is (&item, "message.output_text.logprobs"))
      chat->logprobs = TRUE;
  return TRUE;
}

static gboolean
read_instructions (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type == WAY_JSON_STRING)
    way_chat_add_text (way_chat_add_turn (chat, WAY_ROLE_SYSTEM)->parts,
                       way_chat_keep_string (chat, value));
  return TRUE;
}

static gboolean
read_max_tokens (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->max_output_tokens = way_span_get_tokens (value);
  return chat->max_output_tokens != WAY_UNKNOWN ||
         way_refuse_request (error, "\"max_output_tokens\" must be a whole number");
}

/* What is stored at one provider is nowhere else. */
static gboolean
refuse_stored (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_refuse_request (error,
                             "The conversation lies at one provider: send its items instead of "
                             "\"previous_response_id\", \"conversation\" or \"prompt\"");
}

static gboolean
read_background (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return value->type != WAY_JSON_TRUE ||
         way_refuse_request (error, "\"background\" works only with the provider that keeps the "
                                    "response");
}

static gboolean
read_store (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type == WAY_JSON_TRUE)
    way_chat_ignore (chat, "store");
  return TRUE;
}

static const WayMemberReader readers[] = {
  { "model", NULL },
  { "instructions", NULL },
  { "input", read_input },
  { "tools", read_tools },
  { "tool_choice", read_tool_choice },
  { "parallel_tool_calls", way_read_parallel_tool_calls },
  { "text", read_text },
  { "reasoning", read_reasoning_setting },
  { "include", read_include },
  { "stream", way_read_stream },
  { "max_output_tokens", read_max_tokens },
  { "temperature", way_read_temperature },
  { "top_p", way_read_top_p },
  { "top_logprobs", way_read_top_logprobs },
  { "user", way_read_user },
  { "safety_identifier", way_read_user },
  { "store", read_store },
  { "background", read_background },
  { "previous_response_id", refuse_stored },
  { "conversation", refuse_stored },
  { "prompt", refuse_stored },
};

WayChat *
way_responses_decode_request (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayChat) chat = way_chat_new ();
  WayJsonSpan root;
  WayJsonSpan instructions = { 0 };

  chat->wants_usage = TRUE;
  if (!way_skim_root (data, length, &root, error))
    return NULL;
  /* Wherever they stand in the bytes, they are what the model reads first. */
  WAY_JSON_COLLECT (&root, { "instructions", &instructions });
  if (!read_instructions (chat, &instructions, error) ||
      !way_read_members (chat, &root, readers, G_N_ELEMENTS (readers), error))
    return NULL;
  return g_steal_pointer (&chat);
}
