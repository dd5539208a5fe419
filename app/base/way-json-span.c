/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Values of a validated JSON document: strings and numbers, with bounds. Any thread. */

#include "way-json-scan.h"

#include <string.h>

static guint
read_hex4 (const char *at)
{
  guint value = 0;

  for (int i = 0; i < 4; i++)
    value = value << 4 | g_ascii_xdigit_value (at[i]);
  return value;
}

/* @at is behind "\u". Returns the byte behind what was read. */
static const char *
append_unicode (GString *text, const char *at, const char *end)
{
  guint unit = read_hex4 (at);

  at += 4;
  if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
    {
      guint low = read_hex4 (at + 2);

      if (low >= 0xdc00 && low < 0xe000)
        {
          g_string_append_unichar (text, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
          return at + 6;
        }
    }
  /* A lone surrogate is no character, and NUL would end the string early. */
  g_string_append_unichar (text, (unit >= 0xd800 && unit < 0xe000) || unit == 0 ? 0xfffd : unit);
  return at;
}

/**
 * way_json_span_append_string:
 *
 * Appends what a JSON string says, unescaped, as UTF-8; anything but a string appends nothing.
 */
void
way_json_span_append_string (const WayJsonSpan *string, GString *text)
{
  static const char meaning[] = { ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r',
                                  ['t'] = '\t', ['"'] = '"',  ['/'] = '/',  ['\\'] = '\\' };
  const char *at = string->data + 1;
  const char *end = string->data + string->length - 1;

  if (string->type != WAY_JSON_STRING)
    return;
  while (at < end)
    {
      const char *escape = memchr (at, '\\', end - at);

      g_string_append_len (text, at, (escape ? escape : end) - at);
      if (!escape)
        return;
      at = escape + 2;
      if (escape[1] == 'u')
        at = append_unicode (text, at, end);
      else
        g_string_append_c (text, meaning[(guchar)escape[1]]);
    }
}

/**
 * way_json_span_dup_string:
 *
 * Returns: (transfer full) (nullable): what a JSON string says; NULL for anything else
 */
char *
way_json_span_dup_string (const WayJsonSpan *string)
{
  GString *text;

  if (string->type != WAY_JSON_STRING)
    return NULL;
  text = g_string_sized_new (string->length);
  way_json_span_append_string (string, text);
  return g_string_free (text, FALSE);
}

/**
 * way_json_span_get_int:
 *
 * Returns: whether @number is a whole number in the range; @ret_value is untouched if not
 */
gboolean
way_json_span_get_int (const WayJsonSpan *number, gint64 minimum, gint64 maximum, gint64 *ret_value)
{
  gint64 value;

  if (!way_json_span_get_decimal (number, 0, &value) || value < minimum || value > maximum)
    return FALSE;
  for (gsize i = 0; i < number->length; i++)
    if (strchr (".eE", number->data[i]))
      return FALSE;
  *ret_value = value;
  return TRUE;
}

/* The exponent of a number, bounded: what is beyond is out of range anyway. */
static int
read_exponent (const char *at, const char *end)
{
  gboolean negative = at < end && *at == '-';
  int exponent = 0;

  if (at < end && (*at == '-' || *at == '+'))
    at++;
  for (; at < end; at++)
    exponent = MIN (1000, exponent * 10 + (*at - '0'));
  return negative ? -exponent : exponent;
}

/**
 * way_json_span_get_decimal:
 * @fraction_digits: @ret_value is in units of 10^-@fraction_digits
 *
 * Reads a decimal number exactly, rounding half away from zero: "1.2e-5" with 9 digits is 12000.
 *
 * Returns: whether @number is a number that fits; @ret_value is untouched if not
 */
gboolean
way_json_span_get_decimal (const WayJsonSpan *number, guint fraction_digits, gint64 *ret_value)
{
  const char *at = number->data;
  const char *end = at + number->length;
  gboolean negative, in_fraction = FALSE;
  int shift = fraction_digits;
  __int128 value = 0;

  if (number->type != WAY_JSON_NUMBER)
    return FALSE;
  negative = *at == '-';
  for (at += negative; at < end && *at != 'e' && *at != 'E'; at++)
    if (*at == '.')
      in_fraction = TRUE;
    else if (value < (__int128)1 << 100)
      {
        value = value * 10 + (*at - '0');
        shift -= in_fraction;
      }
    else if (!in_fraction)
      return FALSE;
  if (at < end)
    shift += read_exponent (at + 1, end);
  for (; shift > 0 && value != 0; shift--)
    {
      if (value > G_MAXINT64)
        return FALSE;
      value *= 10;
    }
  for (; shift < -1; shift++)
    value /= 10;
  if (shift == -1)
    value = (value + 5) / 10;
  if (value > G_MAXINT64)
    return FALSE;
  *ret_value = negative ? -(gint64)value : (gint64)value;
  return TRUE;
}
