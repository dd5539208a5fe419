/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One walk over the text, at each place of which the rules are tried: linear in its length,
 * whatever the text. A rule knows a secret by its beginning or by the name in front of it; what it
 * cannot know stays. Any thread. */

#include "way-mask.h"

#include <string.h>

/* What follows a prefix must be at least so long to be a secret. */
#define MIN_SECRET 12
/* An unbroken run of base64 beyond this is an image or a file, not words. */
#define MAX_RUN 512

/* By their beginnings: OpenAI and Anthropic, Google, Groq, Hugging Face, GitHub, Slack, Amazon,
 * xAI, Wayfare's own tokens. */
static const char *const prefixes[] = { "sk-",    "AIza",  "gsk_",  "hf_",   "ghp_",
                                        "gho_",   "ghs_",  "ghu_",  "ghr_",  "github_pat_",
                                        "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxs-",
                                        "AKIA",   "ASIA",  "xai-",  "wf_" };

/* By the name in front of them, "NAME: value" and "NAME=value" with and without quotes; also as the
 * end of a longer name, as in AWS_SECRET_ACCESS_KEY and clientSecret. */
static const struct
{
  const char *name;
  gsize min_length; /* of what stands behind it without quotes and is no word */
} names[] = {
  { "password", 1 },        { "passwd", 1 },         { "passphrase", 1 },  { "pwd", 1 },
  { "api_key", 1 },         { "apikey", 1 },         { "api-key", 1 },     { "access_key", 1 },
  { "accesskey", 1 },       { "secret_key", 1 },     { "private_key", 1 }, { "authorization", 1 },
  { "secret", MIN_SECRET }, { "token", MIN_SECRET },
};

/* What a "token" is beside: a piece of an answer's text, and its probability. */
static const char *const neighbours[] = { "logprob", "logProbability", "bytes", "tokenId" };

static gboolean
is_secret_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || c == '.';
}

static gboolean
is_run_char (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/' || c == '=';
}

static gboolean
starts_with (const char *at, const char *end, const char *word)
{
  gsize length = strlen (word);

  return (gsize)(end - at) >= length && g_ascii_strncasecmp (at, word, length) == 0;
}

static const char *
skip_secret (const char *at, const char *end)
{
  while (at < end && is_secret_char (*at))
    at++;
  return at;
}

/* The end of a secret that begins at @at, or @at. */
static const char *
match_prefix (const char *at, const char *end)
{
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      gsize length = strlen (prefixes[i]);
      if ((gsize)(end - at) < length || memcmp (at, prefixes[i], length) != 0)
        continue;
      const char *stop = skip_secret (at, end);
      return stop - at >= (gssize)length + MIN_SECRET ? stop : at;
    }
  return at;
}

/* "Bearer" and what follows it: @ret_keep is where the secret begins. */
static const char *
match_bearer (const char *at, const char *end, const char **ret_keep)
{
  if (!starts_with (at, end, "bearer "))
    return at;
  const char *secret = at + strlen ("bearer ");
  const char *stop = secret;
  while (stop < end && (is_secret_char (*stop) || is_run_char (*stop)))
    stop++;
  if (stop - secret < MIN_SECRET)
    return at;
  *ret_keep = secret;
  return stop;
}

/* A quote and what stands before it: in JSON that is text inside JSON quotes have backslashes. */
typedef struct
{
  char mark;
  gsize backslashes;
} Quote;

static const char *
skip_quote (const char *at, const char *end, Quote *ret_quote)
{
  const char *start = at;

  while (at < end && *at == '\\')
    at++;
  if (at == end || (*at != '"' && *at != '\''))
    return NULL;
  *ret_quote = (Quote){ *at, at - start };
  return at + 1;
}

static const char *
skip_blanks (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t'))
    at++;
  return at;
}

/* Behind ":", "=", ":=" or "=>", but not "==" and "::". */
static const char *
skip_separator (const char *at, const char *end)
{
  at = skip_blanks (at, end);
  if (at == end || (*at != ':' && *at != '='))
    return NULL;
  char first = *at++;
  if (at < end && *at == (first == ':' ? '=' : '>'))
    at++;
  else if (at < end && *at == first)
    return NULL;
  return skip_blanks (at, end);
}

/* Where the quote is closed. Each level of text inside text writes 1 backslash before a quote as 2
 * and one more, so a quote that is meant has a count whose lower bits differ from an escaped one's.
 */
static const char *
find_close (const char *at, const char *end, const Quote *open)
{
  const gsize escaped = 2 * open->backslashes + 1;
  gsize backslashes = 0;

  for (; at < end && *at != '\n'; at++)
    {
      if ((*at == open->mark || *at == '"') && (backslashes & escaped) != escaped)
        return at - MIN (backslashes, open->backslashes);
      backslashes = *at == '\\' ? backslashes + 1 : 0;
    }
  return at;
}

/* Up to what ends a value that is not in quotes; brackets and points after it are not part of it.
 */
static const char *
skip_word (const char *at, const char *end)
{
  const char *start = at;

  while (at < end && (guchar)*at > ' ' && !strchr ("\"'`\\&<", *at))
    at++;
  while (at > start && strchr (",;:.)]}", at[-1]))
    at--;
  return at;
}

/* Whether the string that is closed at @at has a neighbour of a piece of text. */
static gboolean
is_piece_of_text (const char *at, const char *end)
{
  Quote quote;

  at = skip_quote (at, end, &quote);
  while (at != NULL && at < end && (*at == ',' || g_ascii_isspace (*at)))
    at++;
  at = at != NULL ? skip_quote (at, end, &quote) : NULL;
  for (gsize i = 0; at != NULL && i < G_N_ELEMENTS (neighbours); i++)
    if (starts_with (at, end, neighbours[i]))
      return TRUE;
  return FALSE;
}

/* The value behind @name, which ends at @at; NULL if there is none. A value without quotes may have
 * a scheme before it: "Basic", "Bearer". */
static const char *
match_value (const char *at, const char *end, gsize min_length, const char **ret_keep)
{
  Quote quote;
  const char *unquoted = skip_quote (at, end, &quote);
  const char *value = skip_separator (unquoted != NULL ? unquoted : at, end);
  const char *inside = value != NULL ? skip_quote (value, end, &quote) : NULL;

  if (inside != NULL)
    {
      const char *close = find_close (inside, end, &quote);
      *ret_keep = inside;
      return close > inside && !is_piece_of_text (close, end) ? close : NULL;
    }
  if (value == NULL || unquoted != NULL) /* a member that is a number or null */
    return NULL;
  const char *stop = skip_word (value, end);
  if (starts_with (value, end, "basic ") || starts_with (value, end, "bearer "))
    {
      value = skip_blanks (stop, end);
      stop = skip_word (value, end);
    }
  *ret_keep = value;
  return (gsize)(stop - value) >= min_length ? stop : NULL;
}

/* A telling name and its value. */
static const char *
match_named (const char *at, const char *end, const char **ret_keep)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (!starts_with (at, end, names[i].name))
        continue;
      const char *behind = at + strlen (names[i].name);
      const char *stop = match_value (behind, end, names[i].min_length, ret_keep);
      if (stop != NULL)
        return stop;
    }
  return at;
}

/* The password of an address: "://user:PASSWORD@host". */
static const char *
match_userinfo (const char *at, const char *end, const char **ret_keep)
{
  const char *colon = NULL;

  if (!starts_with (at, end, "://"))
    return at;
  for (const char *next = at + 3; next < end && (guchar)*next > ' '; next++)
    if (*next == '@')
      {
        if (colon == NULL || next == colon + 1)
          return at;
        *ret_keep = colon + 1;
        return next;
      }
    else if (*next == ':' && colon == NULL)
      colon = next;
    else if (strchr ("/?#\"'`\\<>", *next))
      break;
  return at;
}

static const char *
match_private_key (const char *at, const char *end, const char **ret_keep)
{
  static const char begin[] = "-----BEGIN ";
  static const char finish[] = "-----END ";

  if (!starts_with (at, end, begin))
    return at;
  const char *key = g_strstr_len (at, MIN (end - at, 64), "PRIVATE KEY-----");
  if (key == NULL)
    return at;
  const char *stop = g_strstr_len (key, end - key, finish);
  *ret_keep = key + strlen ("PRIVATE KEY-----");
  return stop != NULL ? stop : end;
}

/* A run of base64 says nothing to who reads: its size does. Moves @at past it. */
static gboolean
take_run (GString *masked, const char **at, const char *end)
{
  const char *stop = *at;

  while (stop < end && is_run_char (*stop))
    stop++;
  if (stop - *at <= MAX_RUN)
    return FALSE;
  g_string_append_printf (masked, "(%" G_GSSIZE_FORMAT " characters)", stop - *at);
  *at = stop;
  return TRUE;
}

/* The end of the secret at @at, or @at; *@ret_keep is where it begins, behind what tells of it. */
static const char *
match_any (const char *text, const char *at, const char *end, const char **ret_keep)
{
  const gboolean begins_word = at == text || !g_ascii_isalnum (at[-1]);
  const gboolean begins_hump = !begins_word && g_ascii_isupper (*at) && g_ascii_islower (at[-1]);
  const char *stop = at;

  *ret_keep = at;
  if (*at == ':')
    return match_userinfo (at, end, ret_keep);
  if (!g_ascii_isalpha (*at) && *at != '-')
    return at; /* no rule begins so */
  if (begins_word)
    stop = match_prefix (at, end);
  if (begins_word && stop == at)
    stop = match_bearer (at, end, ret_keep);
  if (begins_word && stop == at)
    stop = match_private_key (at, end, ret_keep);
  if ((begins_word || begins_hump) && stop == at)
    stop = match_named (at, end, ret_keep);
  return stop;
}

/**
 * way_mask_secrets:
 * @text: a body, of JSON or of anything else
 *
 * Replaces API keys by their usual beginnings, bearer tokens, what stands behind a name such as
 * "password" and "api_key", the passwords of addresses, and private keys by %WAY_MASK; long runs of
 * base64, which images are made of, by their length. A key of an unknown form in running text
 * stays.
 *
 * Returns: (transfer full): the rest
 */
GString *
way_mask_secrets (const char *text, gsize length)
{
  GString *masked = g_string_sized_new (length);
  const char *end = text + length;
  const char *at = text;

  while (at < end)
    {
      const char *keep = at;
      if ((at == text || !is_run_char (at[-1])) && take_run (masked, &at, end))
        continue;
      const char *stop = match_any (text, at, end, &keep);
      if (stop == at)
        {
          g_string_append_c (masked, *at++);
          continue;
        }
      g_string_append_len (masked, at, keep - at);
      g_string_append (masked, WAY_MASK);
      at = stop;
    }
  return masked;
}
