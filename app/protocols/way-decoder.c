/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the decoders of all dialects do in the same way. Pure. */

#include "way-decoder.h"

#include "way-limits.h"

#include <string.h>

/**
 * way_decoder_init:
 * @decoder: (out caller-allocates): cleared with way_decoder_clear()
 * @func: gets every delta
 *
 * Begins the decoding of one answer.
 */
void
way_decoder_init (WayDecoder *decoder, WayDeltaFunc func, gpointer user_data)
{
  *decoder = (WayDecoder){
    .func = func,
    .user_data = user_data,
    .scratch = g_string_new (NULL),
    .tools = g_array_new (FALSE, FALSE, sizeof (WayToolNumber)),
  };
}

void
way_decoder_clear (WayDecoder *decoder)
{
  if (decoder->scratch)
    g_string_free (g_steal_pointer (&decoder->scratch), TRUE);
  g_clear_pointer (&decoder->tools, g_array_unref);
}

/**
 * way_span_has_text:
 *
 * Returns: whether @string is a JSON string that is not empty
 */
gboolean
way_span_has_text (const WayJsonSpan *string)
{
  return string->type == WAY_JSON_STRING && string->length > 2;
}

/**
 * way_span_get_tokens:
 * @number: a count from the wire
 *
 * Reads a count of tokens within bounds.
 *
 * Returns: the count; %WAY_UNKNOWN for anything but a whole number from 0 to %WAY_LIMIT_TOKENS
 */
gint64
way_span_get_tokens (const WayJsonSpan *number)
{
  gint64 tokens = WAY_UNKNOWN;

  if (number->type == WAY_JSON_NUMBER)
    way_json_span_get_int (number, 0, WAY_LIMIT_TOKENS, &tokens);
  return tokens;
}

/**
 * way_decoder_unescape:
 *
 * Puts @string, terminated, behind what the scratch holds already; anything but a string is empty.
 *
 * Returns: where it begins in the scratch, whose buffer may move
 */
gsize
way_decoder_unescape (WayDecoder *decoder, const WayJsonSpan *string)
{
  gsize offset = decoder->scratch->len;

  if (string->type == WAY_JSON_STRING)
    way_json_span_append_string (string, decoder->scratch);
  g_string_append_c (decoder->scratch, '\0');
  return offset;
}

void
way_decoder_give (WayDecoder *decoder, const WayDelta *delta)
{
  decoder->func (delta, decoder->user_data);
}

/**
 * way_decoder_give_text:
 * @text: any; an empty one is not given
 */
void
way_decoder_give_text (WayDecoder *decoder, WayDeltaType type, guint choice, const char *text)
{
  WayDelta delta = WAY_DELTA_INIT (type);

  if (*text == '\0')
    return;
  delta.choice = choice;
  delta.text = text;
  delta.length = strlen (text);
  decoder->func (&delta, decoder->user_data);
}

/**
 * way_decoder_give_string:
 * @string: a JSON string; nothing is given of anything else or of an empty one
 */
void
way_decoder_give_string (WayDecoder *decoder,
                         WayDeltaType type,
                         guint choice,
                         const WayJsonSpan *string)
{
  WayDelta delta = WAY_DELTA_INIT (type);

  if (!way_span_has_text (string))
    return;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, string);
  delta.choice = choice;
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  decoder->func (&delta, decoder->user_data);
}

/**
 * way_decoder_give_begin:
 * @model: what the provider calls itself, or anything but a string
 *
 * Gives %WAY_DELTA_BEGIN, the first time only.
 */
void
way_decoder_give_begin (WayDecoder *decoder, const WayJsonSpan *model)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_BEGIN);

  if (decoder->began)
    return;
  decoder->began = TRUE;
  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, model);
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  decoder->func (&delta, decoder->user_data);
}

/**
 * way_decoder_give_finish:
 * @word: (nullable): the dialect's own word
 */
void
way_decoder_give_finish (WayDecoder *decoder,
                         guint choice,
                         WayFinish finish,
                         const WayJsonSpan *word)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_FINISH);

  g_string_truncate (decoder->scratch, 0);
  way_decoder_unescape (decoder, word ? word : &(WayJsonSpan){ 0 });
  delta.choice = choice;
  delta.finish = finish;
  delta.text = decoder->scratch->str;
  delta.length = decoder->scratch->len - 1;
  decoder->finished = TRUE;
  decoder->func (&delta, decoder->user_data);
}

void
way_decoder_give_usage (WayDecoder *decoder, const WayUsage *usage)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_USAGE);

  delta.text = "";
  delta.usage = *usage;
  decoder->n_usages++;
  decoder->func (&delta, decoder->user_data);
}

void
way_decoder_give_end (WayDecoder *decoder)
{
  WayDelta delta = WAY_DELTA_INIT (WAY_DELTA_END);

  delta.text = "";
  decoder->func (&delta, decoder->user_data);
}

/**
 * way_decoder_number_tool:
 * @key: the dialect's own number of a call within the answer, with or without gaps
 * @ret_is_new: (out) (optional): the call was not seen before
 *
 * Numbers tool calls densely in the order in which they begin.
 *
 * Returns: the neutral number
 */
guint
way_decoder_number_tool (WayDecoder *decoder, guint key, gboolean *ret_is_new)
{
  WayToolNumber number = { .key = key };

  for (guint i = decoder->tools->len; i > 0; i--)
    {
      const WayToolNumber *known = &g_array_index (decoder->tools, WayToolNumber, i - 1);

      if (known->key != key)
        continue;
      if (ret_is_new)
        *ret_is_new = FALSE;
      return known->tool;
    }
  number.tool = decoder->n_tools++;
  g_array_append_val (decoder->tools, number);
  if (ret_is_new)
    *ret_is_new = TRUE;
  return number.tool;
}

/**
 * way_decoder_get_tool:
 * @tool: a number that way_decoder_number_tool() gave
 *
 * Returns: (transfer none): what is noted of that call; valid until the next one is numbered
 */
WayToolNumber *
way_decoder_get_tool (WayDecoder *decoder, guint tool)
{
  return &g_array_index (decoder->tools, WayToolNumber, tool);
}
