/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a failure means for the next target, and how long a provider asks to be left alone. Pure:
 * the time of day comes in. */

#include "way-retry.h"

#include "way-clock.h"

#include <string.h>

#define US_PER_MS 1000
#define US_PER_SECOND G_GINT64_CONSTANT (1000000)
#define MAX_COOL_US (3600 * US_PER_SECOND)
#define BACKOFF_BASE_US (500 * G_GINT64_CONSTANT (1000))
#define BACKOFF_MAX_US (8 * US_PER_SECOND)

/**
 * way_retry_after_status:
 * @status: of an HTTP answer that is no success
 *
 * Whether another target may answer what this one refused. A request that is malformed or too large
 * is so everywhere; a key, a quota, a missing model or a broken server are this target's alone. A
 * redirection is never followed: it says that the configured address is wrong.
 *
 * Returns: what to do next
 */
WayNext
way_retry_after_status (guint status)
{
  static const guint targets_own[] = { 401, 402, 403, 404, 408, 409, 425, 429 };

  if (status >= 500 || (status >= 300 && status < 400))
    return WAY_NEXT_TARGET;
  for (gsize i = 0; i < G_N_ELEMENTS (targets_own); i++)
    if (status == targets_own[i])
      return WAY_NEXT_TARGET;
  return WAY_NEXT_STOP;
}

/**
 * way_retry_after_error:
 * @code: of a failed attempt that got no HTTP status, or whose answer was none
 *
 * Whether another target may answer where this attempt failed.
 *
 * Returns: what to do next
 */
WayNext
way_retry_after_error (WayErrorCode code)
{
  switch (code)
    {
    case WAY_ERROR_CONTEXT_TOO_LONG:
    case WAY_ERROR_CLOUD_DISABLED:
    case WAY_ERROR_LOCAL_ONLY:
    case WAY_ERROR_RATE_LIMITED:
    case WAY_ERROR_UPSTREAM:
    case WAY_ERROR_UPSTREAM_REFUSED:
    case WAY_ERROR_UPSTREAM_UNREACHABLE:
    case WAY_ERROR_UPSTREAM_CUT:
    case WAY_ERROR_UPSTREAM_TIMEOUT:
    case WAY_ERROR_KEYRING_LOCKED:
    case WAY_ERROR_KEYRING_MISSING:
    case WAY_ERROR_KEYRING_DENIED:
    case WAY_ERROR_KEYRING_TIMEOUT:
    case WAY_ERROR_KEY_MISSING:
      return WAY_NEXT_TARGET;
    case WAY_ERROR_UNAUTHORIZED:
    case WAY_ERROR_FORBIDDEN_HOST:
    case WAY_ERROR_MODEL_NOT_FOUND:
    case WAY_ERROR_MODEL_NOT_ALLOWED:
    case WAY_ERROR_NO_TARGET:
    case WAY_ERROR_BUDGET_EXCEEDED:
    case WAY_ERROR_REQUEST_TOO_LARGE:
    case WAY_ERROR_BAD_REQUEST:
    case WAY_ERROR_NOT_FOUND:
    case WAY_ERROR_METHOD_NOT_ALLOWED:
    case WAY_ERROR_CONFIG:
    case WAY_ERROR_IO:
    case WAY_ERROR_LEDGER:
    case WAY_ERROR_ADDRESS_IN_USE:
    case WAY_ERROR_ALREADY_RUNNING:
    case WAY_ERROR_NOT_RUNNING:
    case WAY_ERROR_SHUTDOWN:
    case WAY_ERROR_CLIENT_GONE:
      return WAY_NEXT_STOP;
    }
  g_return_val_if_reached (WAY_NEXT_STOP);
}

/* The words of providers that say more than their status does: under 400, OpenAI's
 * "context_length_exceeded", Anthropic's "prompt is too long", llama.cpp's
 * "exceed_context_size_error", vLLM's "maximum context length", Gemini's "exceeds the maximum
 * number of tokens"; a spent quota is OpenAI's "insufficient_quota" or Anthropic's
 * "enforced_spend_limit_reached". */
static const struct
{
  const char *words;
  WayErrorCode code;
} refusals[] = {
  { "context_length_exceeded", WAY_ERROR_CONTEXT_TOO_LONG },
  { "prompt is too long", WAY_ERROR_CONTEXT_TOO_LONG },
  { "exceed_context_size", WAY_ERROR_CONTEXT_TOO_LONG },
  { "maximum context length", WAY_ERROR_CONTEXT_TOO_LONG },
  { "exceeds the maximum number of tokens", WAY_ERROR_CONTEXT_TOO_LONG },
  { "insufficient_quota", WAY_ERROR_BUDGET_EXCEEDED },
  { "enforced_spend_limit_reached", WAY_ERROR_BUDGET_EXCEEDED },
};

/**
 * way_retry_read_refusal:
 * @status: of an answer that is no success
 * @body: its body
 *
 * What the provider's words make of a status below 500: that the conversation is too long for this
 * model, or that the account may spend no more; another target may answer both.
 *
 * Returns: %WAY_ERROR_CONTEXT_TOO_LONG, %WAY_ERROR_BUDGET_EXCEEDED for a spent account,
 *   %WAY_ERROR_RATE_LIMITED for another 429, else %WAY_ERROR_UPSTREAM
 */
WayErrorCode
way_retry_read_refusal (guint status, const char *body, gsize length)
{
  for (gsize i = 0; status < 500 && i < G_N_ELEMENTS (refusals); i++)
    if (g_strstr_len (body, (gssize)length, refusals[i].words) != NULL)
      return refusals[i].code;
  return status == 429 ? WAY_ERROR_RATE_LIMITED : WAY_ERROR_UPSTREAM;
}

/**
 * way_retry_may_pass:
 * @code: of the failed attempt
 * @status: of its HTTP answer, 0 if it had none
 *
 * Whether the same target may answer a moment later: its server failed, or the connection broke
 * before an answer. Who refuses connections, is silent until a deadline, or states a wait will not.
 */
gboolean
way_retry_may_pass (WayErrorCode code, guint status)
{
  if (status != 0)
    return status >= 500 || status == 408 || status == 409 || status == 425;
  return code == WAY_ERROR_UPSTREAM_CUT;
}

/**
 * way_retry_get_backoff_us:
 * @n_repeats: how often the target was asked again already
 * @chance: evenly from 0 up to 1
 *
 * Exponential back-off with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog,
 * 2015): anything from nothing up to a ceiling that doubles.
 */
gint64
way_retry_get_backoff_us (guint n_repeats, double chance)
{
  gint64 ceiling_us = BACKOFF_BASE_US;

  for (guint i = 0; i < n_repeats && ceiling_us < BACKOFF_MAX_US; i++)
    ceiling_us *= 2;
  return (gint64)(chance * (double)MIN (ceiling_us, BACKOFF_MAX_US));
}

/* Reads a non-negative decimal number as millionths, at most an hour of seconds; anything longer is
 * that hour. Moves @at past it; FALSE if there is no number. */
static gboolean
read_millionths (const char **at, gint64 *ret_value)
{
  const char *c = *at;
  gint64 value = 0;

  if (!g_ascii_isdigit (*c))
    return FALSE;
  for (; g_ascii_isdigit (*c); c++)
    value = MIN (value * 10 + (*c - '0') * US_PER_SECOND, G_MAXINT64 / 100);
  if (*c == '.')
    {
      gint64 unit = US_PER_SECOND / 10;
      for (c++; g_ascii_isdigit (*c); c++, unit /= 10)
        value += (*c - '0') * unit;
    }
  *at = c;
  *ret_value = value;
  return TRUE;
}

static gboolean
read_unit (const char **at, gint64 *ret_seconds_divisor, gint64 *ret_seconds_factor)
{
  static const struct
  {
    const char *name;
    gint64 divisor;
    gint64 factor;
  } units[] = {
    { "ms", 1000, 1 }, { "s", 1, 1 }, { "m", 1, 60 }, { "h", 1, 3600 }, { "d", 1, 86400 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_prefix (*at, units[i].name))
      {
        *at += strlen (units[i].name);
        *ret_seconds_divisor = units[i].divisor;
        *ret_seconds_factor = units[i].factor;
        return TRUE;
      }
  return FALSE;
}

/* A duration as OpenAI and Groq write it: "6m0s", "34.4s", "120ms". -1 if it is none. */
static gint64
parse_duration_us (const char *text)
{
  gint64 total = 0;
  const char *at = text;

  if (*at == '\0')
    return -1;
  while (*at != '\0')
    {
      gint64 value;
      gint64 divisor;
      gint64 factor;
      if (!read_millionths (&at, &value) || !read_unit (&at, &divisor, &factor))
        return -1;
      value = MIN (value / divisor, MAX_COOL_US);
      total = MIN (total + value * factor, MAX_COOL_US);
    }
  return total;
}

/* A bare number of @unit_us. -1 if it is none. */
static gint64
parse_number_us (const char *text, gint64 unit_us)
{
  const char *at = text;
  gint64 value;

  if (!read_millionths (&at, &value) || *at != '\0')
    return -1;
  return MIN (value / (US_PER_SECOND / unit_us), MAX_COOL_US);
}

/* Retry-After (RFC 9110, 10.2.3): seconds or an HTTP date. -1 if it is neither. */
static gint64
parse_retry_after_us (const char *text, gint64 now_wall_us)
{
  gint64 wait_us = parse_number_us (text, US_PER_SECOND);
  gint64 date_us;

  if (wait_us < 0 && way_clock_parse_http_date (text, &date_us))
    wait_us = CLAMP (date_us - now_wall_us, 0, MAX_COOL_US);
  return wait_us;
}

/* A reset as a duration (OpenAI, Groq) or a time (Anthropic, RFC 3339). -1 if it is neither. */
static gint64
parse_reset_us (const char *text, gint64 now_wall_us)
{
  gint64 wait_us = parse_duration_us (text);

  if (wait_us >= 0)
    return wait_us;
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);
  if (time == NULL)
    return -1;
  return CLAMP (g_date_time_to_unix (time) * US_PER_SECOND - now_wall_us, 0, MAX_COOL_US);
}

/* The limits providers tell with each answer. */
static const struct
{
  const char *reset;
  const char *remaining;
} told_limits[] = {
  { "x-ratelimit-reset-requests", "x-ratelimit-remaining-requests" },
  { "x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens" },
  { "anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining" },
  { "anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining" },
  { "anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining" },
  { "anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining" },
};

/* The waits until a limit with nothing left is free again and until the first of any is; -1 where
 * nothing is told. */
static void
find_resets_us (WayHeaderFunc header,
                gpointer user_data,
                gint64 now_wall_us,
                gint64 *ret_exhausted_us,
                gint64 *ret_shortest_us)
{
  *ret_exhausted_us = -1;
  *ret_shortest_us = -1;
  for (gsize i = 0; i < G_N_ELEMENTS (told_limits); i++)
    {
      const char *reset = header (told_limits[i].reset, user_data);
      gint64 wait_us = reset != NULL ? parse_reset_us (reset, now_wall_us) : -1;
      if (wait_us < 0)
        continue;
      if (g_strcmp0 (header (told_limits[i].remaining, user_data), "0") == 0)
        *ret_exhausted_us = MAX (*ret_exhausted_us, wait_us);
      *ret_shortest_us = *ret_shortest_us < 0 ? wait_us : MIN (*ret_shortest_us, wait_us);
    }
}

/* The wait until the limit that was hit is free again. All limits are always told: the one with
 * nothing left is meant; if none says so, the shortest wait does least harm. */
static gint64
find_reset_us (WayHeaderFunc header, gpointer user_data, gint64 now_wall_us)
{
  gint64 exhausted_us;
  gint64 shortest_us;

  find_resets_us (header, user_data, now_wall_us, &exhausted_us, &shortest_us);
  return exhausted_us >= 0 ? exhausted_us : shortest_us;
}

/**
 * way_retry_exhausted_until:
 * @header: (scope call): gives a header of a good answer
 *
 * Whether the answer used a limit of the provider's up, as its headers tell: the next request
 * before the limit is free again would be refused.
 *
 * Returns: wall clock µs until which to leave the target alone, or 0
 */
gint64
way_retry_exhausted_until (WayHeaderFunc header, gpointer user_data, gint64 now_wall_us)
{
  gint64 exhausted_us;
  gint64 shortest_us;

  find_resets_us (header, user_data, now_wall_us, &exhausted_us, &shortest_us);
  return exhausted_us > 0 ? now_wall_us + exhausted_us : 0;
}

/**
 * way_retry_read_delay_us:
 * @body: of a 429
 *
 * The wait that Gemini states in the body (`google.rpc.RetryInfo`: "retryDelay": "34.4s").
 *
 * Returns: the wait, at most an hour, or -1
 */
gint64
way_retry_read_delay_us (const char *body, gsize length)
{
  static const char member[] = "\"retryDelay\"";
  const char *at = g_strstr_len (body, (gssize)length, member);
  const char *end = body + length;
  char text[32];
  gsize n = 0;

  if (at == NULL)
    return -1;
  at += strlen (member);
  while (at < end && (g_ascii_isspace (*at) || *at == ':'))
    at++;
  if (at == end || *at++ != '"')
    return -1;
  while (at < end && *at != '"' && n < sizeof text - 1)
    text[n++] = *at++;
  text[n] = '\0';
  return parse_duration_us (text);
}

/**
 * way_retry_cool_until:
 * @status: of the failed answer
 * @header: (scope call): gives a header of it
 * @user_data: for @header
 * @now_wall_us: wall clock, µs since 1970
 *
 * Until when the provider asked to be left alone: `retry-after-ms`, else `retry-after`, and for a
 * 429 without either the `x-ratelimit-reset-*` durations. At most an hour from now, whatever it
 * says: a mistaken header must not disable a provider for a day.
 *
 * Returns: wall clock µs, or 0 if it asked for nothing
 */
gint64
way_retry_cool_until (guint status, WayHeaderFunc header, gpointer user_data, gint64 now_wall_us)
{
  g_return_val_if_fail (header != NULL, 0);

  if (status != 429 && status < 500)
    return 0;

  const char *retry_after_ms = header ("retry-after-ms", user_data);
  gint64 wait_us = retry_after_ms != NULL ? parse_number_us (retry_after_ms, US_PER_MS) : -1;
  const char *retry_after = header ("retry-after", user_data);
  if (wait_us < 0 && retry_after != NULL)
    wait_us = parse_retry_after_us (retry_after, now_wall_us);
  if (wait_us < 0 && status == 429)
    wait_us = find_reset_us (header, user_data, now_wall_us);
  return wait_us > 0 ? now_wall_us + wait_us : 0;
}
