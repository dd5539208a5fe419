/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Signatures on their way through a client that speaks another dialect than the provider that gave
 * them. A foreign one is tagged with its origin: "wayfare.gemini.…". Pure. */

#include "way-signature.h"

#include <string.h>

#define TAG "wayfare."

/* How every base64 of a text with that tag begins: Gemini's signatures are bytes. */
#define TAG_IN_BASE64 "d2F5ZmFyZS"

/* Between a tool call's own id and what was packed behind it. Ids of tool calls have no such text.
 */
#define ID_MARK "__wayfare_"

/* Anthropic's clients allow letters, digits, '_' and '-' in the id of a tool call: so is base64url.
 */
static void
append_base64url (GString *out, const char *text)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *)text, strlen (text));

  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  base64[strcspn (base64, "=")] = '\0';
  g_string_append (out, base64);
}

static char *
decode_base64url (const char *text)
{
  g_autoptr (GString) base64 = g_string_new (text);
  g_autofree guchar *bytes = NULL;
  gsize length;

  g_strdelimit (base64->str, "-", '+');
  g_strdelimit (base64->str, "_", '/');
  while (base64->len % 4 != 0)
    g_string_append_c (base64, '=');
  bytes = g_base64_decode (base64->str, &length);
  return g_strndup ((const char *)bytes, length);
}

/**
 * way_signature_append:
 * @raw: as the provider gave it
 * @origin: (nullable): name of the dialect that gave it
 * @face: name of the client's dialect
 *
 * Appends @raw for a client that speaks @face: as it is if that is where it comes from, else
 * tagged.
 */
void
way_signature_append (GString *out, const char *raw, const char *origin, const char *face)
{
  if (origin && strcmp (origin, face) != 0)
    g_string_append_printf (out, TAG "%s.", origin);
  g_string_append (out, raw);
}

/**
 * way_signature_split:
 * @text: as the client sent it
 * @face: name of the client's dialect
 * @ret_raw: (out) (transfer none): points into @text
 * @ret_origin: (out) (transfer full): name of the dialect that can read it
 *
 * Undoes way_signature_append().
 */
void
way_signature_split (const char *text, const char *face, const char **ret_raw, char **ret_origin)
{
  const char *origin = g_str_has_prefix (text, TAG) ? text + strlen (TAG) : NULL;
  const char *dot = origin ? strchr (origin, '.') : NULL;

  *ret_raw = dot ? dot + 1 : text;
  *ret_origin = dot ? g_strndup (origin, (gsize)(dot - origin)) : g_strdup (face);
}

/**
 * way_tool_id_append:
 * @id: of the tool call
 * @signature: (nullable): what the provider wants back with the call
 * @origin: name of the dialect that gave @signature
 *
 * Appends an id that carries @signature through a client which has no place for it: clients send
 * the ids of tool calls back unread.
 */
void
way_tool_id_append (GString *out, const char *id, const char *signature, const char *origin)
{
  g_string_append (out, id);
  if (!signature || !origin)
    return;
  g_string_append (out, ID_MARK);
  g_string_append_printf (out, "%s_", origin);
  append_base64url (out, signature);
}

/**
 * way_tool_id_split:
 * @text: an id as the client sent it
 * @ret_signature: (out) (transfer full) (nullable): what it carried
 * @ret_origin: (out) (transfer full) (nullable): name of the dialect that can read it
 *
 * Undoes way_tool_id_append().
 *
 * Returns: (transfer full): the id alone
 */
char *
way_tool_id_split (const char *text, char **ret_signature, char **ret_origin)
{
  const char *mark = strstr (text, ID_MARK);
  const char *origin = mark ? mark + strlen (ID_MARK) : NULL;
  const char *signature = origin ? strchr (origin, '_') : NULL;

  *ret_signature = NULL;
  *ret_origin = NULL;
  if (!signature)
    return g_strdup (text);
  *ret_origin = g_strndup (origin, (gsize)(signature - origin));
  *ret_signature = decode_base64url (signature + 1);
  return g_strndup (text, (gsize)(mark - text));
}

/**
 * way_signature_is_tagged:
 *
 * Returns: whether @text is what way_signature_append() made of a foreign signature
 */
gboolean
way_signature_is_tagged (const char *text, gsize length)
{
  return length > strlen (TAG) && memcmp (text, TAG, strlen (TAG)) == 0;
}

static gboolean
has_at (const char *at, const char *end, const char *text)
{
  gsize length = strlen (text);

  return (gsize)(end - at) >= length && memcmp (at, text, length) == 0;
}

/**
 * way_signature_is_foreign:
 * @data: a request's bytes
 *
 * Returns: whether a signature or id in @data was tagged by Wayfare, so that a provider of the
 *   client's own dialect would not understand it as it is
 */
gboolean
way_signature_is_foreign (const char *data, gsize length)
{
  static const char name[] = "wayfare"; /* of both marks in plain text */
  const char *end = data + length;

  if (length == 0)
    return FALSE; /* no bytes may have no address */
  for (const char *at = data; (at = memmem (at, end - at, name, strlen (name))); at++)
    if ((at > data && at[-1] == '"' && has_at (at, end, TAG)) ||
        (at >= data + 2 && has_at (at - 2, end, ID_MARK)))
      return TRUE;
  return memmem (data, length, "\"" TAG_IN_BASE64, strlen ("\"" TAG_IN_BASE64)) != NULL;
}
