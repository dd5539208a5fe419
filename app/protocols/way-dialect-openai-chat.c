/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The dialect of OpenAI's chat completions: its row, and what is read of a request and changed in
 * it. Pure. */

#include "way-dialect-openai-chat-private.h"

#include "way-json.h"
#include "way-limits.h"

/* A 1024 × 1024 image at high detail: 85 tokens and 170 for each of four tiles, by the rule that
 * OpenAI publishes. An image's bytes say nothing about its tokens. */
#define TOKENS_PER_IMAGE 765
#define BYTES_PER_TOKEN 4

/* Bytes of text and number of images, for the estimate. */
typedef struct
{
  gsize text_bytes;
  gsize n_images;
} Volume;

const WayDialect way_dialect_openai_chat = {
  .name = "openai-chat",
  .stream_type = "text/event-stream",
  .skim_request = way_openai_chat_skim_request,
  .plan_edits = way_openai_chat_plan_edits,
  .decode_event = way_openai_chat_decode_event,
  .decode_reply = way_openai_chat_decode_reply,
  .event_is_surplus = way_openai_chat_event_is_surplus,
  .encode_delta = way_openai_chat_encode_delta,
  .encode_reply = way_openai_chat_encode_reply,
  .encode_error = way_openai_chat_encode_error,
  .encode_stream_error = way_openai_chat_encode_stream_error,
  .decode_error = way_openai_chat_decode_error,
};

/* A glance at the first letter spares most of the comparisons; an escape may spell any letter. */
static inline gboolean
may_be (const WayJsonSpan *name, const char *wanted)
{
  return name->data[1] == wanted[0] || name->data[1] == '\\';
}

/**
 * way_openai_collect:
 * @object: a span; anything but an object has no members
 * @members: (array length=n_members): what to look for; a value that is not found is left as it is,
 *   of a name that occurs twice the last counts
 * @n_members: rows in @members
 *
 * Finds several members in one walk over an object.
 */
void
way_openai_collect (const WayJsonSpan *object, const WayOpenaiMember *members, gsize n_members)
{
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;

  if (object->type != WAY_JSON_OBJECT)
    return;
  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &name, &value))
    for (gsize i = 0; i < n_members; i++)
      if (may_be (&name, members[i].name) && way_json_span_is (&name, members[i].name))
        {
          *members[i].ret_value = value;
          break;
        }
}

static gsize
string_bytes (const WayJsonSpan *span)
{
  return span->type == WAY_JSON_STRING ? span->length - 2 : 0;
}

static void
weigh_part (const WayJsonSpan *part, Volume *volume)
{
  WayJsonSpan type = { 0 };
  WayJsonSpan text = { 0 };

  WAY_OPENAI_COLLECT (part, { "type", &type }, { "text", &text });
  volume->text_bytes += string_bytes (&text);
  if (way_json_span_is (&type, "image_url") || way_json_span_is (&type, "input_image"))
    volume->n_images++;
}

static void
weigh_message (const WayJsonSpan *message, Volume *volume)
{
  WayJsonSpan content = { 0 };
  WayJsonSpan tool_calls = { 0 };
  WayJsonCursor cursor;
  WayJsonSpan part;

  WAY_OPENAI_COLLECT (message, { "content", &content }, { "tool_calls", &tool_calls });
  volume->text_bytes += string_bytes (&content);
  if (tool_calls.type == WAY_JSON_ARRAY)
    volume->text_bytes += tool_calls.length;
  if (content.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &content);
  while (way_json_scan_next (&cursor, NULL, &part))
    weigh_part (&part, volume);
}

static gsize
weigh_messages (const WayJsonSpan *messages, Volume *volume)
{
  WayJsonCursor cursor;
  WayJsonSpan message;
  gsize n_messages = 0;

  way_json_scan_begin (&cursor, messages);
  while (way_json_scan_next (&cursor, NULL, &message))
    {
      weigh_message (&message, volume);
      n_messages++;
    }
  return n_messages;
}

static gboolean
array_has_items (const WayJsonSpan *array)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (array->type != WAY_JSON_ARRAY)
    return FALSE;
  way_json_scan_begin (&cursor, array);
  return way_json_scan_next (&cursor, NULL, &item);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST, message);
  return FALSE;
}

/* The name goes into response headers, the ledger and messages: no control characters in it. */
static gboolean
is_model_name (const char *name)
{
  if (*name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
read_model (const WayJsonSpan *span, char **ret_model, GError **error)
{
  if (span->type == WAY_JSON_NONE)
    return refuse (error,
                   "The request has no \"model\": name a model or a route, as GET /v1/models lists "
                   "them");
  if (span->type != WAY_JSON_STRING)
    return refuse (error, "\"model\" must be a string: the name of a model or a route");
  if (string_bytes (span) > WAY_LIMIT_NAME_BYTES)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_BAD_REQUEST,
                   "\"model\" is too long: at most %d bytes are allowed", WAY_LIMIT_NAME_BYTES);
      return FALSE;
    }

  g_autofree char *model = way_json_span_dup_string (span);
  if (model == NULL || !is_model_name (model))
    return refuse (error, "\"model\" must not be empty or hold control characters");
  *ret_model = g_steal_pointer (&model);
  return TRUE;
}

static gboolean
read_stream (const WayJsonSpan *span, gboolean *ret_stream, GError **error)
{
  switch (span->type)
    {
    case WAY_JSON_TRUE:
      *ret_stream = TRUE;
      return TRUE;
    case WAY_JSON_NONE:
    case WAY_JSON_NULL:
    case WAY_JSON_FALSE:
      *ret_stream = FALSE;
      return TRUE;
    case WAY_JSON_NUMBER:
    case WAY_JSON_STRING:
    case WAY_JSON_OBJECT:
    case WAY_JSON_ARRAY:
      break;
    }
  return refuse (error, "\"stream\" must be true or false");
}

static gboolean
read_messages (const WayJsonSpan *span, Volume *volume, GError **error)
{
  if (span->type == WAY_JSON_NONE)
    return refuse (error, "The request has no \"messages\": send an array of at least one message");
  if (span->type != WAY_JSON_ARRAY || weigh_messages (span, volume) == 0)
    return refuse (error, "\"messages\" must be an array of at least one message");
  return TRUE;
}

/* The members of a request that routing looks at. */
typedef struct
{
  WayJsonSpan model;
  WayJsonSpan messages;
  WayJsonSpan stream;
  WayJsonSpan stream_options;
  WayJsonSpan tools;
  WayJsonSpan functions;
  WayJsonSpan response_format;
  WayJsonSpan max_completion_tokens;
  WayJsonSpan max_tokens;
} Members;

static void
collect_members (const WayJsonSpan *root, Members *ret)
{
  const WayOpenaiMember members[] = {
    { "model", &ret->model },
    { "messages", &ret->messages },
    { "stream", &ret->stream },
    { "stream_options", &ret->stream_options },
    { "tools", &ret->tools },
    { "functions", &ret->functions },
    { "response_format", &ret->response_format },
    { "max_completion_tokens", &ret->max_completion_tokens },
    { "max_tokens", &ret->max_tokens },
  };

  *ret = (Members){ 0 };
  way_openai_collect (root, members, G_N_ELEMENTS (members));
}

static WayJsonSpan
member_of (const WayJsonSpan *span, const char *name)
{
  return span->type == WAY_JSON_OBJECT ? way_json_scan_member (span, name) : (WayJsonSpan){ 0 };
}

/* Fills what no fault can come from; what the provider may refuse is the provider's to refuse. */
static void
fill_facts (const Members *members, Volume volume, WayRequestFacts *facts)
{
  WayJsonSpan include_usage = member_of (&members->stream_options, "include_usage");
  WayJsonSpan format = member_of (&members->response_format, "type");

  facts->wants_usage = include_usage.type == WAY_JSON_TRUE;
  facts->wants_json_schema = way_json_span_is (&format, "json_schema");
  facts->has_tools = array_has_items (&members->tools) || array_has_items (&members->functions);
  facts->has_images = volume.n_images > 0;
  facts->max_output_tokens = way_openai_read_tokens (&members->max_completion_tokens);
  if (facts->max_output_tokens == WAY_UNKNOWN)
    facts->max_output_tokens = way_openai_read_tokens (&members->max_tokens);

  if (facts->has_tools)
    volume.text_bytes += members->tools.length + members->functions.length;
  facts->input_tokens_estimate =
    (gint64)((volume.text_bytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN +
             volume.n_images * TOKENS_PER_IMAGE);
}

gboolean
way_openai_chat_skim_request (const char *data,
                              gsize length,
                              WayRequestFacts *ret_facts,
                              GError **error)
{
  g_auto (WayRequestFacts) facts = { 0 };
  WayJsonSpan root;
  Members members;
  Volume volume = { 0 };

  if (!way_json_scan_document (data, length, &root))
    return refuse (error, "The request body is not valid JSON");
  if (root.type != WAY_JSON_OBJECT)
    return refuse (error, "The request body must be a JSON object");

  collect_members (&root, &members);
  if (!read_model (&members.model, &facts.model, error) ||
      !read_messages (&members.messages, &volume, error) ||
      !read_stream (&members.stream, &facts.stream, error))
    return FALSE;

  fill_facts (&members, volume, &facts);
  *ret_facts = facts;
  facts.model = NULL;
  return TRUE;
}

gsize
way_openai_chat_plan_edits (const WayRequestFacts *facts,
                            const char *model,
                            GPtrArray *arena,
                            WayJsonEdit *ret_edits)
{
  gsize n_edits = 0;

  if (!g_str_equal (facts->model, model))
    {
      GString *json = g_string_new (NULL);
      way_json_append_string (json, model);
      char *text = g_string_free (json, FALSE);
      g_ptr_array_add (arena, text);
      ret_edits[n_edits++] = (WayJsonEdit){ .path = "model", .json = text };
    }
  /* Without it a stream reports no usage, and the call could not be accounted. */
  if (facts->stream && !facts->wants_usage)
    ret_edits[n_edits++] = (WayJsonEdit){ .path = "stream_options.include_usage", .json = "true" };
  return n_edits;
}
