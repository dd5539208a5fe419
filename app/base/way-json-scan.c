/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A cursor over JSON bytes that allocates nothing. Any thread.
 *
 * A document is validated once, strictly (RFC 8259) and without recursion; cursors over it then
 * trust its structure and only skip. */

#include "way-json-scan.h"

#include "way-limits.h"

#include <string.h>

/* What ends the quick run through a string: quote, backslash, control characters, non-ASCII. */
static inline gboolean
is_plain (guchar c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EVERY_BYTE(c) (G_GUINT64_CONSTANT (0x0101010101010101) * (c))

/* Moves over plain bytes, eight at a time. Where a byte is not plain its highest bit is marked; a
 * borrow can mark the plain byte above it too, so only the lowest mark is sure. */
static inline const char *
skip_plain (const char *at, const char *end)
{
  for (; end - at >= 8; at += 8)
    {
      guint64 word;

      memcpy (&word, at, sizeof word);
      word = GUINT64_FROM_LE (word); /* the first byte is the lowest */
      guint64 controls = word - EVERY_BYTE (0x20);
      guint64 quotes = (word ^ EVERY_BYTE ('"')) - EVERY_BYTE (1);
      guint64 backslashes = (word ^ EVERY_BYTE ('\\')) - EVERY_BYTE (1);
      guint64 marks = (word | controls | quotes | backslashes) & EVERY_BYTE (0x80);
      if (marks)
        return at + __builtin_ctzll (marks) / 8;
    }
  while (at < end && is_plain (*at))
    at++;
  return at;
}

static inline const char *
skip_space (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  return at;
}

/* Each check_*() takes the first byte of a token and returns the byte behind it, or NULL. Those
 * with @ret_fault then say which byte could not be. */

static inline const char *
fail (const char *at, const char **ret_fault)
{
  *ret_fault = at;
  return NULL;
}

static const char *
check_escape (const char *at, const char *end)
{
  if (at + 1 >= end)
    return NULL;
  if (at[1] != 'u')
    return strchr ("\"\\/bfnrt", at[1]) && at[1] ? at + 2 : NULL;
  if (end - at < 6)
    return NULL;
  for (int i = 2; i < 6; i++)
    if (!g_ascii_isxdigit (at[i]))
      return NULL;
  return at + 6;
}

static const char *
check_utf8 (const char *at, const char *end)
{
  gunichar c = g_utf8_get_char_validated (at, end - at);

  return c < 0x110000 ? g_utf8_next_char (at) : NULL;
}

static const char *
check_string (const char *at, const char *end, const char **ret_fault)
{
  if (at >= end || *at != '"')
    return fail (at, ret_fault);
  for (const char *next = at + 1; next;)
    {
      at = skip_plain (next, end);
      if (at >= end || (guchar)*at < 0x20)
        break;
      if (*at == '"')
        return at + 1;
      next = *at == '\\' ? check_escape (at, end) : check_utf8 (at, end);
    }
  return fail (at, ret_fault);
}

static const char *
check_digits (const char *at, const char *end)
{
  const char *start = at;

  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at > start ? at : NULL;
}

static const char *
check_number (const char *at, const char *end)
{
  if (at < end && *at == '-')
    at++;
  if (at < end && *at == '0')
    at++;
  else if (!(at = check_digits (at, end)))
    return NULL;
  if (at < end && *at == '.' && !(at = check_digits (at + 1, end)))
    return NULL;
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (at < end && (*at == '+' || *at == '-'))
        at++;
      at = check_digits (at, end);
    }
  return at;
}

static const char *
check_word (const char *at, const char *end, const char *word)
{
  gsize length = strlen (word);

  return (gsize)(end - at) >= length && memcmp (at, word, length) == 0 ? at + length : NULL;
}

static const char *
check_scalar (const char *at, const char *end, const char **ret_fault)
{
  *ret_fault = at;
  switch (*at)
    {
    case '"':
      return check_string (at, end, ret_fault);
    case 't':
      return check_word (at, end, "true");
    case 'f':
      return check_word (at, end, "false");
    case 'n':
      return check_word (at, end, "null");
    default:
      return check_number (at, end);
    }
}

/* A member's name and its colon. */
static const char *
check_name (const char *at, const char *end, const char **ret_fault)
{
  at = check_string (skip_space (at, end), end, ret_fault);
  if (!at)
    return NULL;
  at = skip_space (at, end);
  return at < end && *at == ':' ? at + 1 : fail (at, ret_fault);
}

/* One value of any depth: which brackets are open is a stack of bits, not of calls. */
static const char *
check_value (const char *at, const char *end, const char **ret_fault)
{
  gboolean is_object[WAY_LIMIT_JSON_DEPTH];
  guint depth = 0;

  for (;;)
    {
      at = skip_space (at, end);
      if (at >= end)
        return fail (at, ret_fault);
      if (*at == '{' || *at == '[')
        {
          if (depth == WAY_LIMIT_JSON_DEPTH)
            return fail (at, ret_fault);
          is_object[depth++] = *at == '{';
          at = skip_space (at + 1, end);
          if (at >= end)
            return fail (at, ret_fault);
          if (*at != (is_object[depth - 1] ? '}' : ']'))
            {
              if (is_object[depth - 1] && !(at = check_name (at, end, ret_fault)))
                return NULL;
              continue;
            }
        }
      else if (!(at = check_scalar (at, end, ret_fault)))
        return NULL;
      /* Behind a value, or at the bracket that closes an empty container. */
      for (;;)
        {
          if (depth == 0)
            return at;
          at = skip_space (at, end);
          if (at >= end)
            return fail (at, ret_fault);
          if (*at != (is_object[depth - 1] ? '}' : ']'))
            break;
          at++;
          depth--;
        }
      if (*at != ',')
        return fail (at, ret_fault);
      at++;
      if (is_object[depth - 1] && !(at = check_name (at, end, ret_fault)))
        return NULL;
    }
}

static WayJsonType
type_of (char first)
{
  switch (first)
    {
    case '{':
      return WAY_JSON_OBJECT;
    case '[':
      return WAY_JSON_ARRAY;
    case '"':
      return WAY_JSON_STRING;
    case 't':
      return WAY_JSON_TRUE;
    case 'f':
      return WAY_JSON_FALSE;
    case 'n':
      return WAY_JSON_NULL;
    default:
      return WAY_JSON_NUMBER;
    }
}

/**
 * way_json_scan_document:
 * @length: in bytes
 * @ret_root: (out): the root value, without the white space around it
 *
 * Validates a whole document: syntax, UTF-8, depth of at most %WAY_LIMIT_JSON_DEPTH.
 *
 * Returns: whether it is valid; @ret_root is untouched if not
 */
gboolean
way_json_scan_document (const char *data, gsize length, WayJsonSpan *ret_root)
{
  const char *end = data + length;
  const char *start = skip_space (data, end);
  const char *fault;
  const char *behind = check_value (start, end, &fault);

  if (!behind || skip_space (behind, end) != end)
    return FALSE;
  *ret_root = (WayJsonSpan){ start, behind - start, type_of (*start) };
  return TRUE;
}

/**
 * way_json_scan_find_fault:
 * @length: in bytes
 *
 * Where way_json_scan_document() stops.
 *
 * Returns: the first byte that cannot be there, or the end if something is missing or all is well
 */
const char *
way_json_scan_find_fault (const char *data, gsize length)
{
  const char *end = data + length;
  const char *fault = end;
  const char *behind = check_value (data, end, &fault);

  return behind ? skip_space (behind, end) : fault;
}

/* From here on the bytes are known to be valid. */

/**
 * way_json_scan_root:
 * @length: in bytes
 *
 * Returns: the root value of a validated document, without the white space around it
 */
WayJsonSpan
way_json_scan_root (const char *data, gsize length)
{
  const char *end = data + length;
  const char *start = skip_space (data, end);

  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  if (start == end)
    return (WayJsonSpan){ NULL, 0, WAY_JSON_NONE };
  return (WayJsonSpan){ start, end - start, type_of (*start) };
}

/* The quote that ends a string is the first with an even number of backslashes before it. */
static const char *
skip_string (const char *at, const char *end)
{
  const char *start = at + 1;

  for (at = start; (at = memchr (at, '"', end - at)); at++)
    {
      const char *escapes = at;

      while (escapes > start && escapes[-1] == '\\')
        escapes--;
      if ((at - escapes) % 2 == 0)
        return at + 1;
    }
  return end;
}

static const char *
skip_scalar (const char *at, const char *end)
{
  while (at < end && !g_ascii_isspace (*at) && *at != ',' && *at != ']' && *at != '}')
    at++;
  return at;
}

static const char *
skip_container (const char *at, const char *end)
{
  static const gint8 depth_change[256] = { ['{'] = 1, ['['] = 1, ['}'] = -1, [']'] = -1 };
  guint depth = 0;

  while (at < end)
    if (*at == '"')
      at = skip_string (at, end);
    else
      {
        gint8 change = depth_change[(guchar)*at++];

        depth += change;
        if (change < 0 && depth == 0)
          return at;
      }
  return end;
}

static const char *
skip_value (const char *at, const char *end)
{
  if (*at == '"')
    return skip_string (at, end);
  if (*at == '{' || *at == '[')
    return skip_container (at, end);
  return skip_scalar (at, end);
}

static WayJsonSpan
take_value (WayJsonCursor *cursor)
{
  const char *start = cursor->at;

  cursor->at = skip_value (start, cursor->end);
  return (WayJsonSpan){ start, cursor->at - start, type_of (*start) };
}

/**
 * way_json_scan_begin:
 * @container: an object or array of a validated document; anything else has no elements
 *
 * Puts @cursor before the first element.
 */
void
way_json_scan_begin (WayJsonCursor *cursor, const WayJsonSpan *container)
{
  gboolean is_container = container->type == WAY_JSON_OBJECT || container->type == WAY_JSON_ARRAY;

  *cursor = (WayJsonCursor){
    .at = is_container ? container->data + 1 : NULL,
    .end = is_container ? container->data + container->length - 1 : NULL,
    .is_object = container->type == WAY_JSON_OBJECT,
  };
}

/**
 * way_json_scan_next:
 * @ret_name: (out) (nullable): the member's name with its quotes; untouched for elements of an
 * array
 * @ret_value: (out)
 *
 * Returns: %FALSE at the end
 */
gboolean
way_json_scan_next (WayJsonCursor *cursor, WayJsonSpan *ret_name, WayJsonSpan *ret_value)
{
  WayJsonSpan name;

  cursor->at = skip_space (cursor->at, cursor->end);
  if (cursor->started && cursor->at < cursor->end && *cursor->at == ',')
    cursor->at = skip_space (cursor->at + 1, cursor->end);
  if (cursor->at >= cursor->end)
    return FALSE;
  cursor->started = TRUE;
  if (cursor->is_object)
    {
      name = take_value (cursor);
      cursor->at = skip_space (cursor->at, cursor->end) + 1; /* the colon */
      cursor->at = skip_space (cursor->at, cursor->end);
      if (ret_name)
        *ret_name = name;
    }
  *ret_value = take_value (cursor);
  return TRUE;
}

/**
 * way_json_scan_member:
 * @object: of a validated document
 *
 * Returns: the last member of that name, as most parsers take it; %WAY_JSON_NONE if there is none
 */
WayJsonSpan
way_json_scan_member (const WayJsonSpan *object, const char *name)
{
  WayJsonSpan found = { NULL, 0, WAY_JSON_NONE };
  WayJsonSpan key, value;
  WayJsonCursor cursor;

  if (object->type != WAY_JSON_OBJECT)
    return found;
  way_json_scan_begin (&cursor, object);
  while (way_json_scan_next (&cursor, &key, &value))
    if (way_json_span_is (&key, name))
      found = value;
  return found;
}

/* A glance at the first letter spares most of the comparisons; an escape may spell any letter. */
static inline gboolean
may_be (const WayJsonSpan *name, const char *wanted)
{
  return name->data[1] == wanted[0] || name->data[1] == '\\';
}

/**
 * way_json_collect:
 * @object: a span; anything but an object has no members
 * @members: (array length=n_members): what to look for; a value that is not found is left as it is,
 *   of a name that occurs twice the last counts
 * @n_members: rows in @members
 *
 * Finds several members in one walk over an object.
 */
void
way_json_collect (const WayJsonSpan *object, const WayJsonMember *members, gsize n_members)
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
          value.is_repeated = members[i].ret_value->type != WAY_JSON_NONE;
          *members[i].ret_value = value;
          break;
        }
}

/**
 * way_json_span_is:
 *
 * Returns: whether @string is a JSON string that says @text, however it is escaped
 */
gboolean
way_json_span_is (const WayJsonSpan *string, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *unescaped = NULL;

  /* An escape is longer than what it says. */
  if (string->type != WAY_JSON_STRING || string->length < length + 2)
    return FALSE;
  if (string->length == length + 2)
    return memcmp (string->data + 1, text, length) == 0 && !memchr (text, '\\', length);
  if (!memchr (string->data, '\\', string->length))
    return FALSE;
  unescaped = way_json_span_dup_string (string);
  return strcmp (unescaped, text) == 0;
}
