/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Answers of Anthropic's Messages API → deltas, streamed or whole. Pure. */

#include "way-dialect-anthropic-private.h"

#include "way-limits.h"

#include <string.h>

typedef enum
{
  BLOCK_NONE,
  BLOCK_TEXT,
  BLOCK_THINKING,
  BLOCK_TOOL,       /* without arguments so far */
  BLOCK_TOOL_BEGUN, /* with some */
  BLOCK_OTHER,      /* of a tool that Anthropic itself runs: not the client's */
} Block;

static Block
read_block_type (const WayJsonSpan *type)
{
  if (way_json_span_is (type, "text"))
    return BLOCK_TEXT;
  if (way_json_span_is (type, "thinking") || way_json_span_is (type, "redacted_thinking"))
    return BLOCK_THINKING;
  return way_json_span_is (type, "tool_use") ? BLOCK_TOOL : BLOCK_OTHER;
}

static WayFinish
read_finish (const WayJsonSpan *word)
{
  static const struct
  {
    const char *word;
    WayFinish finish;
  } words[] = {
    { "end_turn", WAY_FINISH_STOP },       { "stop_sequence", WAY_FINISH_STOP_SEQUENCE },
    { "max_tokens", WAY_FINISH_LENGTH },   { "model_context_window_exceeded", WAY_FINISH_CONTEXT },
    { "tool_use", WAY_FINISH_TOOL_CALLS }, { "refusal", WAY_FINISH_REFUSAL },
    { "pause_turn", WAY_FINISH_PAUSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (way_json_span_is (word, words[i].word))
      return words[i].finish;
  return WAY_FINISH_OTHER;
}

/* Cache writes are told in sum, and by newer servers also by lifetime. */
static gboolean
read_usage (const WayJsonSpan *object, WayUsage *ret_usage)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayJsonSpan input = { 0 };
  WayJsonSpan read = { 0 };
  WayJsonSpan written = { 0 };
  WayJsonSpan creation = { 0 };
  WayJsonSpan written_5m = { 0 };
  WayJsonSpan written_1h = { 0 };
  WayJsonSpan output = { 0 };

  WAY_JSON_COLLECT (object, { "input_tokens", &input }, { "cache_read_input_tokens", &read },
                    { "cache_creation_input_tokens", &written }, { "cache_creation", &creation },
                    { "output_tokens", &output });
  WAY_JSON_COLLECT (&creation, { "ephemeral_5m_input_tokens", &written_5m },
                    { "ephemeral_1h_input_tokens", &written_1h });
  usage.input_tokens = way_span_get_tokens (&input);
  usage.output_tokens = way_span_get_tokens (&output);
  usage.cache_read_tokens = way_span_get_tokens (&read);
  usage.cache_write_5m_tokens = way_span_get_tokens (&written_5m);
  usage.cache_write_1h_tokens = way_span_get_tokens (&written_1h);
  if (usage.cache_write_5m_tokens == WAY_UNKNOWN)
    usage.cache_write_5m_tokens = way_span_get_tokens (&written);
  if (usage.input_tokens == WAY_UNKNOWN && usage.output_tokens == WAY_UNKNOWN)
    return FALSE;
  *ret_usage = usage;
  return TRUE;
}

static void
give_usage (WayDecoder *decoder, const WayJsonSpan *object)
{
  WayJsonSpan creation = { 0 };
  WayUsage usage;

  if (!read_usage (object, &usage))
    return;
  WAY_JSON_COLLECT (object, { "cache_creation", &creation });
  /* At the end only the sum is told again, which must not stand for one of its parts. */
  if (decoder->n_usages > 0 && creation.type != WAY_JSON_OBJECT)
    usage.cache_write_5m_tokens = WAY_UNKNOWN;
  way_decoder_give_usage (decoder, &usage);
}

/* Blocks */

static void
give_signature (WayDecoder *decoder, const WayJsonSpan *signature, gboolean redacted)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_SIGNATURE);

  if (!way_span_has_text (signature))
    return;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, signature);
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  delta.redacted = redacted;
  way_decoder_give (decoder, &delta);
}

/* @arguments: JSON text of a whole object, or anything but an object for none yet. */
static void
give_call (WayDecoder *decoder,
           guint tool,
           const WayJsonSpan *id,
           const WayJsonSpan *name,
           const WayJsonSpan *arguments)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  gsize id_at;
  gsize name_at;
  gsize text_at;

  g_string_truncate (decoder->scratch, 0);
  id_at = way_decoder_unescape (decoder, id);
  name_at = way_decoder_unescape (decoder, name);
  text_at = decoder->scratch->len;
  if (arguments->type == WAY_JSON_OBJECT)
    g_string_append_len (decoder->scratch, arguments->data, (gssize)arguments->length);
  delta.tool = tool;
  delta.tool_id = way_span_has_text (id) ? decoder->scratch->str + id_at : NULL;
  delta.tool_name = way_span_has_text (name) ? decoder->scratch->str + name_at : NULL;
  delta.text = decoder->scratch->str + text_at;
  delta.length = decoder->scratch->len - text_at;
  way_decoder_give (decoder, &delta);
}

/* The members that blocks of all types have between them. */
typedef struct
{
  WayJsonSpan type;
  WayJsonSpan text;
  WayJsonSpan thinking;
  WayJsonSpan signature;
  WayJsonSpan data;
  WayJsonSpan id;
  WayJsonSpan name;
  WayJsonSpan input;
} BlockMembers;

static BlockMembers
collect_block (const WayJsonSpan *block)
{
  BlockMembers members = { 0 };

  WAY_JSON_COLLECT (block, { "type", &members.type }, { "text", &members.text },
                    { "thinking", &members.thinking }, { "signature", &members.signature },
                    { "data", &members.data }, { "id", &members.id }, { "name", &members.name },
                    { "input", &members.input });
  return members;
}

/* A block as it stands in a whole answer, or as it begins in a stream: "input" is {} then, and the
 * rest is empty. */
static void
give_block (WayDecoder *decoder, const WayJsonSpan *span, guint key, gboolean is_whole)
{
  BlockMembers block = collect_block (span);

  decoder->block = read_block_type (&block.type);
  switch ((Block)decoder->block)
    {
    case BLOCK_TEXT:
      way_decoder_give_string (decoder, WAY_DELTA_TEXT, 0, &block.text);
      return;
    case BLOCK_THINKING:
      way_decoder_give_string (decoder, WAY_DELTA_REASONING, 0, &block.thinking);
      give_signature (decoder, &block.signature, FALSE);
      give_signature (decoder, &block.data, TRUE);
      return;
    case BLOCK_TOOL:
      if (!is_whole)
        block.input = (WayJsonSpan){ 0 };
      give_call (decoder, way_decoder_number_tool (decoder, key, NULL), &block.id, &block.name,
                 &block.input);
      return;
    case BLOCK_NONE:
    case BLOCK_TOOL_BEGUN:
    case BLOCK_OTHER:
      return;
    }
  g_assert_not_reached ();
}

/* Events */

static guint
read_index (const WayJsonSpan *root)
{
  WayJsonSpan index = { 0 };
  gint64 number = 0;

  WAY_JSON_COLLECT (root, { "index", &index });
  if (index.type == WAY_JSON_NUMBER)
    way_json_span_get_int (&index, 0, WAY_LIMIT_TOOL_CALLS, &number);
  return (guint)number;
}

static void
on_message_start (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayJsonSpan message = { 0 };
  WayJsonSpan model = { 0 };
  WayJsonSpan usage = { 0 };

  WAY_JSON_COLLECT (root, { "message", &message });
  WAY_JSON_COLLECT (&message, { "model", &model }, { "usage", &usage });
  way_decoder_give_begin (decoder, &model);
  give_usage (decoder, &usage);
}

static void
on_block_start (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayJsonSpan block = { 0 };

  WAY_JSON_COLLECT (root, { "content_block", &block });
  give_block (decoder, &block, read_index (root), FALSE);
}

static void
on_block_delta (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayJsonSpan delta = { 0 };
  WayJsonSpan text = { 0 };
  WayJsonSpan thinking = { 0 };
  WayJsonSpan signature = { 0 };
  WayJsonSpan json = { 0 };

  WAY_JSON_COLLECT (root, { "delta", &delta });
  WAY_JSON_COLLECT (&delta, { "text", &text }, { "thinking", &thinking },
                    { "signature", &signature }, { "partial_json", &json });
  way_decoder_give_string (decoder, WAY_DELTA_TEXT, 0, &text);
  way_decoder_give_string (decoder, WAY_DELTA_REASONING, 0, &thinking);
  give_signature (decoder, &signature, FALSE);
  if (!way_span_has_text (&json) ||
      (decoder->block != BLOCK_TOOL && decoder->block != BLOCK_TOOL_BEGUN))
    return;

  WayDelta crumb = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, &json);
  crumb.tool = way_decoder_number_tool (decoder, read_index (root), NULL);
  crumb.text = decoder->scratch->str;
  crumb.length = decoder->scratch->len - 1;
  decoder->block = BLOCK_TOOL_BEGUN;
  way_decoder_give (decoder, &crumb);
}

/* A tool without arguments is streamed as nothing; elsewhere it has to be {}. */
static void
on_block_stop (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayDelta crumb = WAY_DELTA_INIT (WAY_DELTA_TOOL_CALL);

  if (decoder->block == BLOCK_TOOL)
    {
      crumb.tool = way_decoder_number_tool (decoder, read_index (root), NULL);
      crumb.text = "{}";
      crumb.length = strlen (crumb.text);
      way_decoder_give (decoder, &crumb);
    }
  decoder->block = BLOCK_NONE;
}

/* @holder: has "stop_reason" and "stop_sequence". */
static void
give_finish (WayDecoder *decoder, const WayJsonSpan *holder)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_FINISH);
  WayJsonSpan reason = { 0 };
  WayJsonSpan sequence = { 0 };
  gsize reason_at;
  gsize sequence_at;

  WAY_JSON_COLLECT (holder, { "stop_reason", &reason }, { "stop_sequence", &sequence });
  if (!way_span_has_text (&reason))
    return;
  g_string_truncate (decoder->scratch, 0);
  reason_at = way_decoder_unescape (decoder, &reason);
  delta.length = decoder->scratch->len - 1 - reason_at;
  sequence_at = way_decoder_unescape (decoder, &sequence);
  delta.finish = read_finish (&reason);
  delta.text = decoder->scratch->str + reason_at;
  if (way_span_has_text (&sequence))
    delta.stop_sequence = decoder->scratch->str + sequence_at;
  decoder->finished = TRUE;
  way_decoder_give (decoder, &delta);
}

static void
on_message_delta (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayJsonSpan delta = { 0 };
  WayJsonSpan usage = { 0 };

  WAY_JSON_COLLECT (root, { "delta", &delta }, { "usage", &usage });
  give_usage (decoder, &usage);
  give_finish (decoder, &delta);
}

static void
on_message_stop (WayDecoder *decoder, const WayJsonSpan *root)
{
  way_decoder_give_end (decoder);
}

static void
on_error (WayDecoder *decoder, const WayJsonSpan *root)
{
  WayJsonSpan error = { 0 };
  WayJsonSpan message = { 0 };

  WAY_JSON_COLLECT (root, { "error", &error });
  WAY_JSON_COLLECT (&error, { "message", &message });
  if (way_span_has_text (&message))
    way_decoder_give_string (decoder, WAY_DELTA_ERROR, 0, &message);
  else
    way_decoder_give_text (decoder, WAY_DELTA_ERROR, 0, "an error without a message");
}

static gboolean
read_root (const char *data, gsize length, WayJsonSpan *ret_root, GError **error)
{
  if (way_json_scan_document (data, length, ret_root) && ret_root->type == WAY_JSON_OBJECT)
    return TRUE;
  g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                       "sent something that is no JSON object");
  return FALSE;
}

/* Events of other types, such as pings, say nothing. */
gboolean
way_anthropic_decode_event (
  WayDecoder *decoder, const char *event, const char *data, gsize length, GError **error)
{
  static const struct
  {
    const char *type;
    void (*func) (WayDecoder *decoder, const WayJsonSpan *root);
  } types[] = {
    { "content_block_delta", on_block_delta },
    { "content_block_start", on_block_start },
    { "content_block_stop", on_block_stop },
    { "message_start", on_message_start },
    { "message_delta", on_message_delta },
    { "message_stop", on_message_stop },
    { "error", on_error },
  };
  WayJsonSpan root;
  WayJsonSpan type = { 0 };

  if (!read_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "type", &type });
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (way_json_span_is (&type, types[i].type))
      {
        types[i].func (decoder, &root);
        break;
      }
  return TRUE;
}

static void
give_blocks (WayDecoder *decoder, const WayJsonSpan *content)
{
  WayJsonCursor cursor;
  WayJsonSpan block;
  guint key = 0;

  if (content->type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, content);
  while (way_json_scan_next (&cursor, NULL, &block))
    give_block (decoder, &block, key++, TRUE);
}

gboolean
way_anthropic_decode_reply (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  WayJsonSpan type = { 0 };
  WayJsonSpan model = { 0 };
  WayJsonSpan content = { 0 };
  WayJsonSpan usage = { 0 };

  if (!read_root (data, length, &root, error))
    return FALSE;
  WAY_JSON_COLLECT (&root, { "type", &type }, { "model", &model }, { "content", &content },
                    { "usage", &usage });
  if (way_json_span_is (&type, "error"))
    {
      on_error (decoder, &root);
      return TRUE;
    }
  if (content.type != WAY_JSON_ARRAY)
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM,
                           "sent an answer that has neither \"content\" nor an error");
      return FALSE;
    }
  way_decoder_give_begin (decoder, &model);
  give_blocks (decoder, &content);
  give_usage (decoder, &usage);
  give_finish (decoder, &root);
  way_decoder_give_end (decoder);
  return TRUE;
}

/* {"input_tokens": N}, the whole answer to a count. */
gboolean
way_anthropic_decode_count (WayDecoder *decoder, const char *data, gsize length, GError **error)
{
  WayJsonSpan root;
  WayUsage usage;

  if (!read_root (data, length, &root, error))
    return FALSE;
  if (!read_usage (&root, &usage))
    {
      g_set_error_literal (error, WAY_ERROR, WAY_ERROR_UPSTREAM, "counted no \"input_tokens\"");
      return FALSE;
    }
  way_decoder_give_usage (decoder, &usage);
  way_decoder_give_end (decoder);
  return TRUE;
}

char *
way_anthropic_decode_error (const char *data, gsize length)
{
  WayJsonSpan root;
  WayJsonSpan error = { 0 };
  WayJsonSpan message = { 0 };

  if (!way_json_scan_document (data, length, &root))
    return NULL;
  WAY_JSON_COLLECT (&root, { "error", &error }, { "message", &message });
  WAY_JSON_COLLECT (&error, { "message", &message });
  return way_span_has_text (&message) ? way_json_span_dup_string (&message) : NULL;
}
