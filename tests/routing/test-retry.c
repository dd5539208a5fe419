/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What a failure means for the next target, and how long a provider is left alone. */

#include "way-retry.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define HOUR (3600 * SECOND)

/* Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples. */
#define NOW (G_GINT64_CONSTANT (784111777) * SECOND)

static const struct
{
  guint status;
  WayNext next;
} statuses[] = {
  { 301, WAY_NEXT_TARGET }, { 307, WAY_NEXT_TARGET }, { 400, WAY_NEXT_STOP },
  { 401, WAY_NEXT_TARGET }, { 402, WAY_NEXT_TARGET }, { 403, WAY_NEXT_TARGET },
  { 404, WAY_NEXT_TARGET }, { 405, WAY_NEXT_STOP },   { 408, WAY_NEXT_TARGET },
  { 409, WAY_NEXT_TARGET }, { 413, WAY_NEXT_STOP },   { 415, WAY_NEXT_STOP },
  { 418, WAY_NEXT_STOP },   { 422, WAY_NEXT_STOP },   { 425, WAY_NEXT_TARGET },
  { 429, WAY_NEXT_TARGET }, { 451, WAY_NEXT_STOP },   { 500, WAY_NEXT_TARGET },
  { 501, WAY_NEXT_TARGET }, { 502, WAY_NEXT_TARGET }, { 503, WAY_NEXT_TARGET },
  { 504, WAY_NEXT_TARGET }, { 529, WAY_NEXT_TARGET }, { 599, WAY_NEXT_TARGET },
};

static void
test_statuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_test_message ("%u", statuses[i].status);
      g_assert_cmpint (way_retry_after_status (statuses[i].status), ==, statuses[i].next);
    }
}

static const struct
{
  WayErrorCode code;
  WayNext next;
} codes[] = {
  { WAY_ERROR_UPSTREAM_REFUSED, WAY_NEXT_TARGET },
  { WAY_ERROR_UPSTREAM_UNREACHABLE, WAY_NEXT_TARGET },
  { WAY_ERROR_UPSTREAM_CUT, WAY_NEXT_TARGET },
  { WAY_ERROR_UPSTREAM_TIMEOUT, WAY_NEXT_TARGET },
  { WAY_ERROR_UPSTREAM, WAY_NEXT_TARGET },
  { WAY_ERROR_RATE_LIMITED, WAY_NEXT_TARGET },
  { WAY_ERROR_CONTEXT_TOO_LONG, WAY_NEXT_TARGET },
  { WAY_ERROR_LOCAL_ONLY, WAY_NEXT_TARGET },
  { WAY_ERROR_KEY_MISSING, WAY_NEXT_TARGET },
  { WAY_ERROR_BAD_REQUEST, WAY_NEXT_STOP },
  { WAY_ERROR_REQUEST_TOO_LARGE, WAY_NEXT_STOP },
  { WAY_ERROR_BUDGET_EXCEEDED, WAY_NEXT_STOP },
  { WAY_ERROR_CLIENT_GONE, WAY_NEXT_STOP },
  { WAY_ERROR_SHUTDOWN, WAY_NEXT_STOP },
};

static void
test_errors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_test_message ("%s", way_error_code_get_name (codes[i].code));
      g_assert_cmpint (way_retry_after_error (codes[i].code), ==, codes[i].next);
    }
}

typedef struct
{
  guint status;
  gint64 wait_us; /* 0: none asked for */
  const char *headers[9];
} CoolRow;

static const CoolRow rows[] = {
  { 429, 0, { NULL } },
  { 503, 0, { NULL } },
  { 529, 0, { NULL } },
  { 429, 2 * SECOND, { "retry-after", "2", NULL } },
  { 503, 2 * SECOND, { "retry-after", "2", NULL } },
  { 529, 2 * SECOND, { "retry-after", "2", NULL } },
  { 400, 0, { "retry-after", "2", NULL } },
  { 401, 0, { "retry-after", "2", NULL } },
  { 413, 0, { "retry-after", "2", NULL } },
  { 429, 1500000, { "retry-after", "1.5", NULL } },
  { 429, 0, { "retry-after", "0", NULL } },
  { 429, 0, { "retry-after", "-3", NULL } },
  { 429, 0, { "retry-after", "", NULL } },
  { 429, 0, { "retry-after", "soon", NULL } },
  { 429, 0, { "retry-after", "2 s", NULL } },
  { 429, HOUR, { "retry-after", "86400", NULL } },
  { 429, HOUR, { "retry-after", "99999999999999999999999999", NULL } },
  { 429, 23 * SECOND, { "retry-after", "Sun, 06 Nov 1994 08:50:00 GMT", NULL } },
  { 429, 0, { "retry-after", "Sun, 06 Nov 1994 08:00:00 GMT", NULL } },
  { 429, HOUR, { "retry-after", "Mon, 07 Nov 1994 08:49:37 GMT", NULL } },
  { 429, 250000, { "retry-after-ms", "250", "retry-after", "1", NULL } },
  { 429, SECOND, { "retry-after-ms", "x", "retry-after", "1", NULL } },
  { 429, 360 * SECOND, { "x-ratelimit-reset-tokens", "6m0s", NULL } },
  { 429, 34400000, { "x-ratelimit-reset-requests", "34.4s", NULL } },
  { 429, 120000, { "x-ratelimit-reset-requests", "120ms", NULL } },
  { 429, HOUR, { "x-ratelimit-reset-requests", "1h2m3s", NULL } },
  { 429, HOUR, { "x-ratelimit-reset-requests", "2d", NULL } },
  { 429, 0, { "x-ratelimit-reset-requests", "34", NULL } },
  { 429, 0, { "x-ratelimit-reset-requests", "s", NULL } },
  { 429, 0, { "x-ratelimit-reset-requests", "3x", NULL } },
  { 429, 0, { "x-ratelimit-reset-requests", "", NULL } },
  { 503, 0, { "x-ratelimit-reset-requests", "34.4s", NULL } },
  { 429, SECOND, { "x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "6m0s", NULL } },
  { 429,
    360 * SECOND,
    { "x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "6m0s",
      "x-ratelimit-remaining-requests", "99", "x-ratelimit-remaining-tokens", "0", NULL } },
  { 429, 2 * SECOND, { "retry-after", "2", "x-ratelimit-reset-tokens", "6m0s", NULL } },
};

static const char *
get_header (const char *name, gpointer user_data)
{
  const char *const *headers = user_data;

  for (gsize i = 0; headers[i] != NULL; i += 2)
    if (g_str_equal (headers[i], name))
      return headers[i + 1];
  return NULL;
}

static void
test_cool_until (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const CoolRow *row = &rows[i];
      gint64 until_us = way_retry_cool_until (row->status, get_header, (gpointer)row->headers, NOW);
      g_test_message ("row %" G_GSIZE_FORMAT ", %u", i, row->status);
      g_assert_cmpint (until_us, ==, row->wait_us == 0 ? 0 : NOW + row->wait_us);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/retry/statuses", test_statuses);
  g_test_add_func ("/routing/retry/errors", test_errors);
  g_test_add_func ("/routing/retry/cool-until", test_cool_until);
  return g_test_run ();
}
