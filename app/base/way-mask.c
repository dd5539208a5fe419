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

/* By the name of the member whose value they are, quotes and all. */
static const char *const names[] = { "password",     "passwd",        "secret",
                                     "token",        "api_key",       "apikey",
                                     "api-key",      "authorization", "client_secret",
                                     "access_token", "refresh_token", "private_key" };

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

/* In JSON that is text inside JSON quotes come with backslashes. */
static const char *
skip_quote (const char *at, const char *end)
{
  while (at < end && *at == '\\')
    at++;
  return at < end && *at == '"' ? at + 1 : NULL;
}

static const char *
skip_blanks (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == ':'))
    at++;
  return at;
}

/* A member of a telling name: its value, up to the closing quote, which may be escaped as the
 * opening one was. */
static const char *
match_member (const char *at, const char *end, const char **ret_keep)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (!starts_with (at, end, names[i]))
        continue;
      const char *next = skip_quote (at + strlen (names[i]), end);
      const char *colon = next != NULL ? skip_blanks (next, end) : NULL;
      const char *value = colon != NULL && colon > next ? skip_quote (colon, end) : NULL;
      if (value == NULL)
        continue;
      const char *stop = value;
      while (stop < end && *stop != '"' && *stop != '\\' && *stop != '\n')
        stop++;
      if (stop == value)
        continue;
      *ret_keep = value;
      return stop;
    }
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

/**
 * way_mask_secrets:
 * @text: a body, of JSON or of anything else
 *
 * Replaces API keys by their usual beginnings, bearer tokens, the values of members such as
 * "password" and "api_key", and private keys by %WAY_MASK; long runs of base64, which images are
 * made of, by their length. A key of an unknown form in running text stays.
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
      gboolean begins_word = at == text || !g_ascii_isalnum (at[-1]);
      const char *keep = at;
      const char *stop = at;
      if (begins_word)
        {
          if ((at == text || !is_run_char (at[-1])) && take_run (masked, &at, end))
            continue;
          stop = match_prefix (at, end);
          if (stop == at)
            stop = match_bearer (at, end, &keep);
          if (stop == at)
            stop = match_member (at, end, &keep);
          if (stop == at)
            stop = match_private_key (at, end, &keep);
        }
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
