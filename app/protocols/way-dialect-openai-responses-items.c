/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The items of a response and the response itself as JSON, whole or on their way. Pure. */

#include "way-dialect-openai-responses-private.h"

#include "way-json.h"
#include "way-signature.h"

#include <string.h>

static WayResponsesItemType
get_item_type (WayDeltaType type)
{
  switch (type)
    {
    case WAY_DELTA_REFUSAL:
      return WAY_RESPONSES_REFUSAL;
    case WAY_DELTA_REASONING:
    case WAY_DELTA_SIGNATURE:
      return WAY_RESPONSES_REASONING;
    case WAY_DELTA_TOOL_CALL:
      return WAY_RESPONSES_CALL;
    case WAY_DELTA_BEGIN:
    case WAY_DELTA_TEXT:
    case WAY_DELTA_FINISH:
    case WAY_DELTA_USAGE:
    case WAY_DELTA_ERROR:
    case WAY_DELTA_END:
      return WAY_RESPONSES_MESSAGE;
    }
  g_return_val_if_reached (WAY_RESPONSES_MESSAGE);
}

/**
 * way_responses_item_new:
 * @index: place in the output
 * @delta: what begins it; its text is not taken yet
 */
WayResponsesItem *
way_responses_item_new (const WayReplyHead *head, guint index, const WayDelta *delta)
{
  WayResponsesItem *item = g_new0 (WayResponsesItem, 1);
  g_autoptr (GString) id = NULL;
  g_autofree char *made = NULL;

  item->type = get_item_type (delta->type);
  item->index = index;
  item->text = g_string_new (NULL);
  if (item->type != WAY_RESPONSES_CALL)
    return item;
  id = g_string_new (NULL);
  made = g_strdup_printf ("call_%s_%u", head->id, delta->tool);
  way_tool_id_append (id, delta->tool_id ? delta->tool_id : made, delta->signature, head->back);
  item->tool = delta->tool;
  item->call_id = g_strdup (id->str);
  item->name = g_strdup (delta->tool_name ? delta->tool_name : "");
  item->function = head->chat ? way_chat_find_tool (head->chat, item->name) : NULL;
  return item;
}

void
way_responses_item_free (gpointer data)
{
  WayResponsesItem *item = data;

  g_free (item->call_id);
  g_free (item->name);
  g_free (item->encrypted_content);
  g_string_free (item->text, TRUE);
  if (item->logprobs)
    g_string_free (item->logprobs, TRUE);
  g_free (item);
}

static void
add_logprobs (WayResponsesItem *item, const char *json)
{
  if (!json || strlen (json) <= strlen ("[]"))
    return;
  if (!item->logprobs)
    {
      item->logprobs = g_string_new (json);
      return;
    }
  item->logprobs->str[item->logprobs->len - 1] = ',';
  g_string_append (item->logprobs, json + 1);
}

/* What a provider of this very dialect encrypted is bound to the id of its item, which is in front:
 * "rs_1:gAAAA…". The item has another id here, so this too is tagged, like what is foreign. */
static void
take_signature (WayResponsesItem *item, const WayReplyHead *head, const char *text)
{
  g_autoptr (GString) signature = g_string_new (NULL);

  way_signature_append (signature, text, head->back, "");
  g_free (item->encrypted_content);
  item->encrypted_content = g_strdup (signature->str);
}

/**
 * way_responses_item_add:
 *
 * Takes what @delta says of the item.
 */
void
way_responses_item_add (WayResponsesItem *item, const WayReplyHead *head, const WayDelta *delta)
{
  if (delta->type == WAY_DELTA_SIGNATURE)
    take_signature (item, head, delta->text);
  else
    g_string_append_len (item->text, delta->text, (gssize)delta->length);
  add_logprobs (item, delta->logprobs);
}

gboolean
way_responses_item_is_custom (const WayResponsesItem *item)
{
  return item->function && item->function->is_custom;
}

/**
 * way_responses_item_get_name:
 *
 * Returns: (transfer none): of a call: what the client calls the tool
 */
const char *
way_responses_item_get_name (const WayResponsesItem *item)
{
  return item->function ? item->function->local_name : item->name;
}

/**
 * way_responses_item_dup_input:
 *
 * Returns: (transfer full): what a custom tool is given: the "input" of the function that stood for
 * it, or the model's words if it did not keep to that
 */
char *
way_responses_item_dup_input (const WayResponsesItem *item)
{
  WayJsonSpan root;
  WayJsonSpan input = { 0 };

  if (way_json_scan_document (item->text->str, item->text->len, &root))
    WAY_JSON_COLLECT (&root, { "input", &input });
  return input.type == WAY_JSON_STRING ? way_json_span_dup_string (&input)
                                       : g_strdup (item->text->str);
}

void
way_responses_item_append_id (GString *out, const WayReplyHead *head, const WayResponsesItem *item)
{
  const char *prefix = "msg";

  if (item->type == WAY_RESPONSES_REASONING)
    prefix = "rs";
  else if (item->type == WAY_RESPONSES_CALL)
    prefix = way_responses_item_is_custom (item) ? "ctc" : "fc";
  g_string_append_printf (out, "\"%s_%s_%u\"", prefix, head->id, item->index);
}

/**
 * way_responses_item_append_part:
 *
 * Appends the one part that a message, a refusal or reasoning has.
 */
void
way_responses_item_append_part (GString *out, const WayResponsesItem *item, gboolean is_done)
{
  const char *text = is_done ? item->text->str : "";

  switch (item->type)
    {
    case WAY_RESPONSES_MESSAGE:
      g_string_append (out, "{\"type\":\"output_text\"");
      way_json_append_string_member (out, "text", text);
      g_string_append_printf (out, ",\"annotations\":[],\"logprobs\":%s}",
                              is_done && item->logprobs ? item->logprobs->str : "[]");
      return;
    case WAY_RESPONSES_REFUSAL:
      g_string_append (out, "{\"type\":\"refusal\"");
      way_json_append_string_member (out, "refusal", text);
      g_string_append_c (out, '}');
      return;
    case WAY_RESPONSES_REASONING:
      g_string_append (out, "{\"type\":\"summary_text\"");
      way_json_append_string_member (out, "text", text);
      g_string_append_c (out, '}');
      return;
    case WAY_RESPONSES_CALL:
      break;
    }
  g_assert_not_reached ();
}

static void
append_call (GString *out, const WayResponsesItem *item, gboolean is_done)
{
  const WayTool *tool = item->function;
  g_autofree char *input = NULL;

  way_json_append_string_member (out, "call_id", item->call_id);
  way_json_append_string_member (out, "name", way_responses_item_get_name (item));
  if (tool && tool->space)
    way_json_append_string_member (out, "namespace", tool->space);
  if (way_responses_item_is_custom (item))
    {
      input = is_done ? way_responses_item_dup_input (item) : g_strdup ("");
      way_json_append_string_member (out, "input", input);
    }
  else
    way_json_append_string_member (out, "arguments", is_done ? item->text->str : "");
}

static const char *
get_type_name (const WayResponsesItem *item)
{
  if (item->type == WAY_RESPONSES_REASONING)
    return "reasoning";
  if (item->type != WAY_RESPONSES_CALL)
    return "message";
  return way_responses_item_is_custom (item) ? "custom_tool_call" : "function_call";
}

/**
 * way_responses_item_append:
 * @is_done: else as it was announced: empty and in progress
 */
void
way_responses_item_append (GString *out,
                           const WayReplyHead *head,
                           const WayResponsesItem *item,
                           gboolean is_done)
{
  const char *end = item->is_cut ? "incomplete" : "completed";

  g_string_append_printf (out, "{\"type\":\"%s\",\"id\":", get_type_name (item));
  way_responses_item_append_id (out, head, item);
  g_string_append_printf (out, ",\"status\":\"%s\"", is_done ? end : "in_progress");
  if (item->type == WAY_RESPONSES_CALL)
    append_call (out, item, is_done);
  else if (item->type == WAY_RESPONSES_REASONING)
    {
      g_string_append (out, ",\"summary\":[");
      if (is_done && item->text->len > 0)
        way_responses_item_append_part (out, item, TRUE);
      g_string_append (out, "],\"encrypted_content\":");
      way_json_append_nullable (out, is_done ? item->encrypted_content : NULL);
    }
  else
    {
      g_string_append (out, ",\"role\":\"assistant\",\"content\":[");
      if (is_done)
        way_responses_item_append_part (out, item, TRUE);
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
}

/* The response */

/**
 * way_responses_is_cut:
 *
 * Returns: whether an answer that ended so is "incomplete"
 */
gboolean
way_responses_is_cut (WayFinish finish)
{
  switch (finish)
    {
    case WAY_FINISH_LENGTH:
    case WAY_FINISH_CONTEXT:
    case WAY_FINISH_REFUSAL:
      return TRUE;
    case WAY_FINISH_OTHER:
    case WAY_FINISH_STOP:
    case WAY_FINISH_STOP_SEQUENCE:
    case WAY_FINISH_TOOL_CALLS:
    case WAY_FINISH_PAUSE:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

static void
append_usage (GString *out, const WayUsage *usage)
{
  gint64 input = usage ? way_usage_get_prompt_tokens (usage) : WAY_UNKNOWN;
  gint64 written;

  if (input == WAY_UNKNOWN || usage->output_tokens == WAY_UNKNOWN)
    {
      g_string_append (out, "null");
      return;
    }
  written = MAX (usage->cache_write_5m_tokens, 0) + MAX (usage->cache_write_1h_tokens, 0);
  g_string_append_printf (out,
                          "{\"input_tokens\":%" G_GINT64_FORMAT
                          ",\"input_tokens_details\":{\"cached_tokens\":%" G_GINT64_FORMAT
                          ",\"cache_write_tokens\":%" G_GINT64_FORMAT
                          "},\"output_tokens\":%" G_GINT64_FORMAT
                          ",\"output_tokens_details\":{\"reasoning_tokens\":%" G_GINT64_FORMAT
                          "},\"total_tokens\":%" G_GINT64_FORMAT "}",
                          input, MAX (usage->cache_read_tokens, 0), written, usage->output_tokens,
                          MAX (usage->reasoning_tokens, 0), input + usage->output_tokens);
}

/* What the client asked for, as far as it is told back. */
static void
append_echo (GString *out, const WayChat *chat)
{
  gboolean parallel = !chat || chat->parallel_tool_calls != WAY_TRI_NO;

  g_string_append_printf (out, ",\"parallel_tool_calls\":%s,\"temperature\":%s,\"top_p\":%s",
                          parallel ? "true" : "false",
                          chat && chat->temperature ? chat->temperature : "null",
                          chat && chat->top_p ? chat->top_p : "null");
  if (chat && chat->max_output_tokens != WAY_UNKNOWN)
    g_string_append_printf (out, ",\"max_output_tokens\":%" G_GINT64_FORMAT,
                            chat->max_output_tokens);
  else
    g_string_append (out, ",\"max_output_tokens\":null");
  g_string_append (out, ",\"reasoning\":{\"effort\":");
  way_json_append_nullable (out, chat ? chat->reasoning_effort : NULL);
  g_string_append (out, ",\"summary\":null}");
}

static void
append_status (GString *out, WayFinish finish, gboolean is_done)
{
  gboolean is_cut = is_done && way_responses_is_cut (finish);
  const char *end = is_cut ? "incomplete" : "completed";

  g_string_append_printf (
    out, ",\"status\":\"%s\",\"incomplete_details\":", is_done ? end : "in_progress");
  if (is_cut)
    g_string_append_printf (out, "{\"reason\":\"%s\"}",
                            finish == WAY_FINISH_REFUSAL ? "content_filter" : "max_output_tokens");
  else
    g_string_append (out, "null");
}

/**
 * way_responses_append_response:
 * @items: (nullable) (element-type WayResponsesItem): whole
 * @usage: (nullable)
 *
 * Appends the response object. The SDKs want its members present also where they are null.
 */
void
way_responses_append_response (GString *out,
                               const WayReplyHead *head,
                               const GPtrArray *items,
                               WayFinish finish,
                               const WayUsage *usage,
                               gboolean is_done)
{
  g_string_append_printf (
    out, "{\"id\":\"resp_%s\",\"object\":\"response\",\"created_at\":%" G_GINT64_FORMAT, head->id,
    head->created_s);
  append_status (out, finish, is_done);
  way_json_append_string_member (out, "model", head->model);
  g_string_append (out, ",\"output\":[");
  for (guint i = 0; items && i < items->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      way_responses_item_append (out, head, items->pdata[i], TRUE);
    }
  g_string_append (out, "],\"usage\":");
  append_usage (out, usage);
  append_echo (out, head->chat);
  g_string_append (
    out, ",\"background\":false,\"error\":null,\"instructions\":null,\"metadata\":{},"
         "\"previous_response_id\":null,\"service_tier\":null,\"store\":false,"
         "\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\"tools\":[],"
         "\"top_logprobs\":0,\"truncation\":\"disabled\",\"user\":null}");
}
