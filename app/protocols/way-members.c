/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The members of requests that several dialects have alike. Pure. */

#include "way-members.h"

#include "way-decoder.h"
#include "way-skim.h"

static const WayMemberReader *
find_reader (const WayMemberReader *readers, gsize n_readers, const WayJsonSpan *name)
{
  for (gsize i = 0; i < n_readers; i++)
    if (way_json_span_is (name, readers[i].name))
      return &readers[i];
  return NULL;
}

/**
 * way_read_members:
 * @object: a request's root, or another object of it; anything else has no members
 * @readers: (array length=n_readers): who reads which member; NULL as the reader passes over one
 * that is read elsewhere
 *
 * Reads each member of @object that is not null. One without a row is noted in @chat as ignored.
 */
gboolean
way_read_members (WayChat *chat,
                  const WayJsonSpan *object,
                  const WayMemberReader *readers,
                  gsize n_readers,
                  GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan name;
  WayJsonSpan value;

  if (object->type != WAY_JSON_OBJECT)
    return TRUE;
  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &name, &value))
    {
      const WayMemberReader *reader = find_reader (readers, n_readers, &name);

      if (value.type == WAY_JSON_NULL)
        continue;
      if (reader == NULL)
        way_chat_ignore (chat, way_chat_keep_string (chat, &name));
      else if (reader->func && !reader->func (chat, &value, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * way_read_elements:
 * @array: a member's value
 * @func: reads one element
 * @refusal: what to say of a value that is no array
 *
 * Reads each element of @array, up to the first that is refused.
 */
gboolean
way_read_elements (
  WayChat *chat, const WayJsonSpan *array, WayMemberFunc func, const char *refusal, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan element;

  if (array->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, refusal);
  way_json_scan_begin (&cursor, array);
  while (way_json_scan_next (&cursor, NULL, &element))
    if (!func (chat, &element, error))
      return FALSE;
  return TRUE;
}

/* A number stays as the client spelled it. */
#define NUMBER_READER(member)                                                                      \
  gboolean way_read_##member (WayChat *chat, const WayJsonSpan *value, GError **error)             \
  {                                                                                                \
    if (value->type != WAY_JSON_NUMBER)                                                            \
      return way_refuse_request (error, "\"" #member "\" must be a number");                       \
    chat->member = way_chat_keep_json (chat, value);                                               \
    return TRUE;                                                                                   \
  }

NUMBER_READER (frequency_penalty)
NUMBER_READER (min_p)
NUMBER_READER (presence_penalty)
NUMBER_READER (seed)
NUMBER_READER (temperature)
NUMBER_READER (top_k)
NUMBER_READER (top_p)

gboolean
way_read_parallel_tool_calls (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->parallel_tool_calls = value->type == WAY_JSON_FALSE ? WAY_TRI_NO : WAY_TRI_YES;
  return TRUE;
}

/**
 * way_read_stop:
 * @value: a string or an array of strings, as all dialects have it
 *
 * A #WayMemberFunc for stop sequences.
 */
gboolean
way_read_stop (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonCursor cursor;
  WayJsonSpan item;

  if (value->type == WAY_JSON_STRING)
    {
      g_ptr_array_add (chat->stop, (gpointer)way_chat_keep_string (chat, value));
      return TRUE;
    }
  if (value->type != WAY_JSON_ARRAY)
    return way_refuse_request (error, "Stop sequences must be a string or an array of strings");
  way_json_scan_begin (&cursor, value);
  while (way_json_scan_next (&cursor, NULL, &item))
    {
      if (item.type != WAY_JSON_STRING)
        return way_refuse_request (error, "Stop sequences must be strings");
      g_ptr_array_add (chat->stop, (gpointer)way_chat_keep_string (chat, &item));
    }
  return TRUE;
}

gboolean
way_read_stream (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  return way_skim_flag (value, "stream", FALSE, &chat->stream, error);
}

gboolean
way_read_stream_options (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  WayJsonSpan include_usage = { 0 };

  WAY_JSON_COLLECT (value, { "include_usage", &include_usage });
  chat->wants_usage = include_usage.type == WAY_JSON_TRUE;
  return TRUE;
}

gboolean
way_read_top_logprobs (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->top_logprobs = way_span_get_tokens (value);
  return TRUE;
}

gboolean
way_read_user (WayChat *chat, const WayJsonSpan *value, GError **error)
{
  chat->user = way_chat_keep_string (chat, value);
  return TRUE;
}
