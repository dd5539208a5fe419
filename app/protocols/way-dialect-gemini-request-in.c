/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A generateContent request → WayChat. The API takes its members in camelCase and in snake_case.
 * Pure. */

#include "way-dialect-gemini-private.h"

#include "way-json.h"
#include "way-limits.h"
#include "way-members.h"
#include "way-signature.h"
#include "way-skim.h"

#include <string.h>

/* Contents */

/* A foreign signature was made base64 for Gemini's clients. */
static void
keep_signature (WayChat *chat, const WayJsonSpan *span, WayPart *part)
{
  const char *text = way_chat_keep_string (chat, span);
  g_autofree char *plain = NULL;
  g_autofree char *origin = NULL;
  g_autofree guchar *bytes = NULL;
  const char *raw;
  gsize length;

  if (!text || !*text)
    return;
  plain = g_strdup (text);
  g_strdelimit (g_strdelimit (plain, "-", '+'), "_", '/');
  bytes = g_base64_decode (plain, &length);
  if (way_signature_is_tagged ((const char *)bytes, length))
    text = way_chat_keep (chat, (const char *)bytes, (gssize)length);
  way_signature_split (text, WAY_GEMINI_NAME, &raw, &origin);
  part->signature = raw;
  part->signature_origin = way_chat_keep (chat, origin, -1);
}

static gboolean
read_call (WayChat *chat,
           const WayJsonSpan *call,
           const WayJsonSpan *signature,
           GPtrArray *parts,
           GError **error)
{
  WayJsonSpan id = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan arguments = { 0 };
  WayPart *part = way_chat_add_part (parts, WAY_PART_TOOL_CALL);

  WAY_JSON_COLLECT (call, { "id", &id }, { "name", &name }, { "args", &arguments });
  part->id = way_span_has_text (&id) ? way_chat_keep_string (chat, &id) : NULL;
  part->name = way_chat_keep_string (chat, &name);
  part->text = way_chat_keep_json (chat, &arguments);
  keep_signature (chat, signature, part);
  return part->name || way_refuse_request (error, "A \"functionCall\" has no \"name\"");
}

/* What a function gave: its words where they are all there is, else the whole object. */
static const char *
keep_result (WayChat *chat, const WayJsonSpan *response)
{
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;
  WayJsonSpan more;

  if (response->type != WAY_JSON_OBJECT)
    return way_chat_keep_json (chat, response);
  way_json_scan_begin (&cursor, response);
  if (way_json_scan_next (&cursor, &name, &value) && value.type == WAY_JSON_STRING &&
      !way_json_scan_next (&cursor, &name, &more))
    return way_chat_keep_string (chat, &value);
  return way_chat_keep_json (chat, response);
}

static void
read_result (WayChat *chat, const WayJsonSpan *result, GPtrArray *parts)
{
  WayJsonSpan id = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonSpan response = { 0 };
  WayJsonSpan fault = { 0 };
  WayPart *part = way_chat_add_part (parts, WAY_PART_TOOL_RESULT);
  const char *text;

  WAY_JSON_COLLECT (result, { "id", &id }, { "name", &name }, { "response", &response });
  WAY_JSON_COLLECT (&response, { "error", &fault });
  part->name = way_chat_keep_string (chat, &name);
  part->id = way_span_has_text (&id) ? way_chat_keep_string (chat, &id) : NULL;
  part->is_error = way_span_has_text (&fault) || fault.type == WAY_JSON_OBJECT;
  text = keep_result (chat, &response);
  way_chat_add_text (part->parts, text ? text : "");
}

/* Clients write bytes in either alphabet of base64; others take the usual one only. */
static const char *
keep_base64 (WayChat *chat, const WayJsonSpan *span)
{
  g_autofree char *text = NULL;

  if (span->type != WAY_JSON_STRING)
    return NULL;
  text = way_json_span_dup_string (span);
  g_strdelimit (g_strdelimit (text, "-", '+'), "_", '/');
  return way_chat_keep (chat, text, -1);
}

static void
read_media (WayChat *chat, const WayJsonSpan *data, const WayJsonSpan *file, GPtrArray *parts)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan bytes = { 0 };
  WayJsonSpan uri = { 0 };
  WayPart *part = way_chat_add_part (parts, WAY_PART_DOCUMENT);

  WAY_JSON_COLLECT (data, { "mimeType", &type }, { "mime_type", &type }, { "data", &bytes });
  WAY_JSON_COLLECT (file, { "mimeType", &type }, { "mime_type", &type }, { "fileUri", &uri },
                    { "file_uri", &uri });
  part->media_type = way_chat_keep_string (chat, &type);
  part->data = keep_base64 (chat, &bytes);
  part->url = way_chat_keep_string (chat, &uri);
  if (part->media_type && g_str_has_prefix (part->media_type, "image/"))
    part->type = WAY_PART_IMAGE;
  else if (part->media_type && g_str_has_prefix (part->media_type, "audio/"))
    part->type = WAY_PART_AUDIO;
}

typedef struct
{
  WayJsonSpan text;
  WayJsonSpan thought;
  WayJsonSpan signature;
  WayJsonSpan data;
  WayJsonSpan file;
  WayJsonSpan call;
  WayJsonSpan result;
} Part;

static gboolean
read_part (WayChat *chat, const WayJsonSpan *span, GPtrArray *parts, GError **error)
{
  Part part = { 0 };

  WAY_JSON_COLLECT (
    span, { "text", &part.text }, { "thought", &part.thought },
    { "thoughtSignature", &part.signature }, { "thought_signature", &part.signature },
    { "inlineData", &part.data }, { "inline_data", &part.data }, { "fileData", &part.file },
    { "file_data", &part.file }, { "functionCall", &part.call }, { "function_call", &part.call },
    { "functionResponse", &part.result }, { "function_response", &part.result });
  if (part.call.type == WAY_JSON_OBJECT)
    return read_call (chat, &part.call, &part.signature, parts, error);
  if (part.result.type == WAY_JSON_OBJECT)
    read_result (chat, &part.result, parts);
  else if (part.data.type == WAY_JSON_OBJECT || part.file.type == WAY_JSON_OBJECT)
    read_media (chat, &part.data, &part.file, parts);
  else if (part.thought.type == WAY_JSON_TRUE)
    {
      WayPart *thought = way_chat_add_part (parts, WAY_PART_REASONING);

      thought->text = way_chat_keep_string (chat, &part.text);
      keep_signature (chat, &part.signature, thought);
    }
  else if (part.text.type == WAY_JSON_STRING)
    way_chat_add_text (parts, way_chat_keep_string (chat, &part.text));
  else
    way_chat_ignore (chat, "parts");
  return TRUE;
}

static gboolean
read_parts (WayChat *chat, const WayJsonSpan *value, GPtrArray *parts, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan part;

  if (value->type == WAY_JSON_OBJECT)
    return read_part (chat, value, parts, error);
  if (value->type != WAY_JSON_ARRAY)
    return TRUE;
  way_json_scan_begin (&cursor, value);
  while (way_json_scan_next (&cursor, NULL, &part))
    if (!read_part (chat, &part, parts, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_content (WayChat *chat, const WayJsonSpan *content, GError **error)
{
  WayJsonSpan role = { 0 };
  WayJsonSpan parts = { 0 };
  WayTurn *turn;

  WAY_JSON_COLLECT (content, { "role", &role }, { "parts", &parts });
  turn = way_chat_add_turn (chat,
                            way_json_span_is (&role, "model") ? WAY_ROLE_ASSISTANT : WAY_ROLE_USER);
  if (content->type == WAY_JSON_STRING)
    way_chat_add_text (turn->parts, way_chat_keep_string (chat, content));
  return read_parts (chat, &parts, turn->parts, error);
}

static gboolean
read_contents (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type == WAY_JSON_OBJECT || value->type == WAY_JSON_STRING)
    return read_content (chat, value, error);
  return way_read_elements (chat, value, read_content,
                            "\"contents\" must be an array of at least one content", error);
}

static gboolean
read_system (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayTurn *turn = way_chat_add_turn (chat, WAY_ROLE_SYSTEM);
  WayJsonSpan parts = { 0 };

  WAY_JSON_COLLECT (value, { "parts", &parts });
  if (value->type == WAY_JSON_STRING)
    way_chat_add_text (turn->parts, way_chat_keep_string (chat, value));
  return read_parts (chat, &parts, turn->parts, error);
}

/* Tools */

/* Gemini's own schemas spell types in capitals. */
static void
lower_types (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        lower_types (json_array_get_element (array, i));
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  JsonObject *object = json_node_get_object (node);
  const char *type = way_json_get_string (object, "type");
  g_autoptr (GList) members = json_object_get_values (object);
  if (type != NULL)
    {
      g_autofree char *lower = g_ascii_strdown (type, -1);

      json_object_set_string_member (object, "type", lower);
      g_list_free (g_steal_pointer (&members));
      members = json_object_get_values (object);
    }
  for (GList *member = members; member != NULL; member = member->next)
    lower_types (member->data);
}

static const char *
keep_own_schema (WayChat *chat, const WayJsonSpan *schema)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *json = NULL;

  if (schema->type != WAY_JSON_OBJECT)
    return NULL;
  node = way_json_parse (schema->data, schema->length, NULL);
  if (node == NULL)
    return NULL;
  lower_types (node);
  json = way_json_print (node, FALSE);
  return way_chat_keep (chat, json, -1);
}

/* Clients also write Gemini's spelling where plain JSON Schema belongs. */
static const char *
keep_schema (WayChat *chat, const WayJsonSpan *schema)
{
  static const char *const marks[] = { "\"OBJECT\"", "\"STRING\"", "\"ARRAY\"" };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    if (memmem (schema->data, schema->length, marks[i], strlen (marks[i])))
      return keep_own_schema (chat, schema);
  return way_chat_keep_json (chat, schema);
}

static gboolean
read_function (WayChat *chat, const WayJsonSpan *function, GError **error)
{
  WayJsonSpan name = { 0 };
  WayJsonSpan description = { 0 };
  WayJsonSpan own = { 0 };
  WayJsonSpan plain = { 0 };
  WayTool *tool;

  WAY_JSON_COLLECT (function, { "name", &name }, { "description", &description },
                    { "parameters", &own }, { "parametersJsonSchema", &plain },
                    { "parameters_json_schema", &plain });
  if (!way_span_has_text (&name))
    return way_refuse_request (error, "A function declaration has no \"name\"");
  tool = way_chat_add_tool (chat, way_chat_keep_string (chat, &name));
  tool->description = way_chat_keep_string (chat, &description);
  tool->parameters =
    plain.type == WAY_JSON_OBJECT ? keep_schema (chat, &plain) : keep_own_schema (chat, &own);
  return TRUE;
}

static gboolean
read_declarations (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_function, "\"functionDeclarations\" must be an array",
                            error);
}

/* Google's own tools are other members, which are noted as ignored. */
static gboolean
read_tool (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  static const WayMemberReader readers[] = {
    { "functionDeclarations", read_declarations },
    { "function_declarations", read_declarations },
  };

  return way_read_members (chat, value, readers, G_N_ELEMENTS (readers), error);
}

static gboolean
read_tools (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_read_elements (chat, value, read_tool, "\"tools\" must be an array", error);
}

static gboolean
read_tool_config (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan calling = { 0 };
  WayJsonSpan mode = { 0 };
  WayJsonSpan names = { 0 };
  WayJsonSpan name = { 0 };
  WayJsonCursor cursor;

  WAY_JSON_COLLECT (value, { "functionCallingConfig", &calling },
                    { "function_calling_config", &calling });
  WAY_JSON_COLLECT (&calling, { "mode", &mode }, { "allowedFunctionNames", &names },
                    { "allowed_function_names", &names });
  if (way_json_span_is (&mode, "NONE"))
    chat->tool_choice = WAY_TOOL_CHOICE_NONE;
  else if (way_json_span_is (&mode, "ANY"))
    chat->tool_choice = WAY_TOOL_CHOICE_REQUIRED;
  else if (way_json_span_is (&mode, "AUTO"))
    chat->tool_choice = WAY_TOOL_CHOICE_AUTO;
  if (chat->tool_choice != WAY_TOOL_CHOICE_REQUIRED || !way_span_has_items (&names))
    return TRUE;
  way_json_scan_begin (&cursor, &names);
  way_json_scan_next (&cursor, NULL, &name);
  chat->tool_choice = WAY_TOOL_CHOICE_NAMED;
  chat->tool_choice_name = way_chat_keep_string (chat, &name);
  if (chat->tool_choice_name == NULL)
    return way_refuse_request (error, "\"allowedFunctionNames\" must be strings");
  /* Of a choice among several nobody else knows: one has to be called. */
  if (way_json_scan_next (&cursor, NULL, &name))
    chat->tool_choice = WAY_TOOL_CHOICE_REQUIRED;
  return TRUE;
}

/* Settings */

static gboolean
read_media_type (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (chat->format == WAY_FORMAT_TEXT && way_json_span_is (value, "application/json"))
    chat->format = WAY_FORMAT_JSON;
  return TRUE;
}

static gboolean
read_own_schema (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->schema = keep_own_schema (chat, value);
  chat->format = chat->schema ? WAY_FORMAT_JSON_SCHEMA : chat->format;
  return TRUE;
}

static gboolean
read_plain_schema (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  if (value->type != WAY_JSON_OBJECT)
    return way_refuse_request (error, "\"responseJsonSchema\" must be an object");
  chat->schema = keep_schema (chat, value);
  chat->format = chat->schema ? WAY_FORMAT_JSON_SCHEMA : chat->format;
  return TRUE;
}

static gboolean
read_count (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return (value->type == WAY_JSON_NUMBER &&
          way_json_span_get_int (value, 1, WAY_LIMIT_CHOICES, &chat->n_choices)) ||
         way_refuse_request (error, "\"candidateCount\" must be a whole number of at least 1");
}

static gboolean
read_max_tokens (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->max_output_tokens = way_span_get_tokens (value);
  return chat->max_output_tokens != WAY_UNKNOWN ||
         way_refuse_request (error, "\"maxOutputTokens\" must be a whole number");
}

/* A budget of -1 lets the model decide. */
static gboolean
read_thinking (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan budget = { 0 };
  WayJsonSpan level = { 0 };
  WayJsonSpan shown = { 0 };
  g_autofree char *word = NULL;

  WAY_JSON_COLLECT (value, { "thinkingBudget", &budget }, { "thinking_budget", &budget },
                    { "thinkingLevel", &level }, { "thinking_level", &level },
                    { "includeThoughts", &shown }, { "include_thoughts", &shown });
  chat->wants_reasoning_summary = shown.type == WAY_JSON_TRUE;
  chat->reasoning_budget_tokens = way_span_get_tokens (&budget);
  if (budget.type == WAY_JSON_NUMBER || level.type == WAY_JSON_STRING)
    chat->reasoning = chat->reasoning_budget_tokens == 0 ? WAY_TRI_NO : WAY_TRI_YES;
  if (level.type != WAY_JSON_STRING)
    return TRUE;
  word = g_ascii_strdown (way_chat_keep_string (chat, &level), -1);
  chat->reasoning_effort = way_chat_keep (chat, word, -1);
  return TRUE;
}

static gboolean
read_logprobs (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->logprobs = value->type == WAY_JSON_TRUE;
  return TRUE;
}

static gboolean
read_generation_config (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  static const WayMemberReader readers[] = {
    { "temperature", way_read_temperature },
    { "topP", way_read_top_p },
    { "top_p", way_read_top_p },
    { "topK", way_read_top_k },
    { "top_k", way_read_top_k },
    { "seed", way_read_seed },
    { "presencePenalty", way_read_presence_penalty },
    { "presence_penalty", way_read_presence_penalty },
    { "frequencyPenalty", way_read_frequency_penalty },
    { "frequency_penalty", way_read_frequency_penalty },
    { "candidateCount", read_count },
    { "candidate_count", read_count },
    { "maxOutputTokens", read_max_tokens },
    { "max_output_tokens", read_max_tokens },
    { "stopSequences", way_read_stop },
    { "stop_sequences", way_read_stop },
    { "responseMimeType", read_media_type },
    { "response_mime_type", read_media_type },
    { "responseSchema", read_own_schema },
    { "response_schema", read_own_schema },
    { "responseJsonSchema", read_plain_schema },
    { "response_json_schema", read_plain_schema },
    { "thinkingConfig", read_thinking },
    { "thinking_config", read_thinking },
    { "responseLogprobs", read_logprobs },
    { "response_logprobs", read_logprobs },
    { "logprobs", way_read_top_logprobs },
  };

  return way_read_members (chat, value, readers, G_N_ELEMENTS (readers), error);
}

static gboolean
refuse_cached (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_refuse_request (error, "\"cachedContent\" lies at one provider: send the contents");
}

static const WayMemberReader readers[] = {
  { "model", NULL },
  { "contents", read_contents },
  { "systemInstruction", NULL },
  { "system_instruction", NULL },
  { "tools", read_tools },
  { "toolConfig", read_tool_config },
  { "tool_config", read_tool_config },
  { "generationConfig", read_generation_config },
  { "generation_config", read_generation_config },
  { "cachedContent", refuse_cached },
  { "cached_content", refuse_cached },
};

/* Calls and results often have no ids: a result belongs to the first call of its function that has
 * none yet. */
typedef struct
{
  WayChat *chat;
  GHashTable *open; /* name → GQueue of WayPart, owned */
  guint n_calls;
} Pairing;

static GQueue *
get_open_calls (Pairing *pairing, const char *name)
{
  GQueue *calls = g_hash_table_lookup (pairing->open, name);

  if (!calls)
    {
      calls = g_queue_new ();
      g_hash_table_insert (pairing->open, (gpointer)name, calls);
    }
  return calls;
}

static int
compare_id (gconstpointer call, gconstpointer id)
{
  return g_strcmp0 (((const WayPart *)call)->id, id);
}

static void
open_call (Pairing *pairing, WayPart *part)
{
  g_autofree char *made = g_strdup_printf ("call_%u", pairing->n_calls++);

  if (!part->id)
    part->id = way_chat_keep (pairing->chat, made, -1);
  g_queue_push_tail (get_open_calls (pairing, part->name), part);
}

static void
close_call (Pairing *pairing, WayPart *part)
{
  const char *name = part->name ? part->name : "";
  GQueue *calls = get_open_calls (pairing, name);
  GList *link = part->id ? g_queue_find_custom (calls, part->id, compare_id) : calls->head;

  if (!part->id)
    part->id = link ? ((const WayPart *)link->data)->id : name;
  if (link)
    g_queue_delete_link (calls, link);
}

static void
pair_results (WayChat *chat)
{
  g_autoptr (GHashTable) open =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_queue_free);
  Pairing pairing = { chat, open, 0 };

  for (guint i = 0; i < chat->turns->len; i++)
    {
      const WayTurn *turn = chat->turns->pdata[i];

      for (guint j = 0; j < turn->parts->len; j++)
        {
          WayPart *part = turn->parts->pdata[j];

          if (part->type == WAY_PART_TOOL_CALL)
            open_call (&pairing, part);
          else if (part->type == WAY_PART_TOOL_RESULT)
            close_call (&pairing, part);
        }
    }
}

WayChat *
way_gemini_decode_request (const char *path, const char *data, gsize length, GError **error)
{
  g_autoptr (WayChat) chat = way_chat_new ();
  WayJsonSpan root;
  WayJsonSpan whole = { 0 };
  WayJsonSpan system = { 0 };

  chat->wants_usage = TRUE;
  chat->stream = strstr (path, ":streamGenerateContent") != NULL;
  if (!way_skim_root (data, length, &root, error))
    return NULL;
  /* countTokens may hold a request inside its own. */
  WAY_JSON_COLLECT (&root, { "generateContentRequest", &whole },
                    { "generate_content_request", &whole });
  if (whole.type == WAY_JSON_OBJECT)
    root = whole;
  /* Wherever it stands in the bytes, it is what the model reads first. */
  WAY_JSON_COLLECT (&root, { "systemInstruction", &system }, { "system_instruction", &system });
  if ((system.type == WAY_JSON_OBJECT || system.type == WAY_JSON_STRING) &&
      !read_system (chat, &system, error))
    return NULL;
  if (!way_read_members (chat, &root, readers, G_N_ELEMENTS (readers), error))
    return NULL;
  pair_results (chat);
  return g_steal_pointer (&chat);
}
