/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The circuit breaker. A row is a story told in letters, each at the second it stands at:
 *   s a success    f a failure    F a failure that opens at once    n one that says nothing
 *   b a request begins            a it is abandoned                 . nothing
 *   o, p, q the success, the failure and the end of one that began before all this
 * and what the breaker says at the end. */

#include "way-breaker.h"

#include "routing-fixture.h"

static void
tell (WayBreaker *breaker, const char *story, gint64 now_us)
{
  for (const char *c = story; *c != '\0'; c++, now_us += SECOND)
    switch (*c)
      {
      case 's':
        way_breaker_succeed (breaker, now_us, now_us);
        break;
      case 'f':
        way_breaker_fail (breaker, WAY_BLAME_SOME, "failed", now_us, now_us);
        break;
      case 'F':
        way_breaker_fail (breaker, WAY_BLAME_OPENS, "refused the key", now_us, now_us);
        break;
      case 'n':
        way_breaker_fail (breaker, WAY_BLAME_NONE, "was asked nonsense", now_us, now_us);
        break;
      case 'b':
        way_breaker_begin (breaker, now_us);
        break;
      case 'a':
        way_breaker_abandon (breaker, now_us);
        break;
      case 'o':
        way_breaker_succeed (breaker, NOW - SECOND, now_us);
        break;
      case 'p':
        way_breaker_fail (breaker, WAY_BLAME_SOME, "failed", NOW - SECOND, now_us);
        break;
      case 'q':
        way_breaker_abandon (breaker, NOW - SECOND);
        break;
      case '.':
        break;
      default:
        g_assert_not_reached ();
      }
}

static const struct
{
  const char *story;
  const char *state;
  gboolean lets_pass;
} rows[] = {
  { "", "closed", TRUE },
  /* Five, one after another. */
  { "ffff", "closed", TRUE },
  { "fffff", "open", FALSE },
  { "ffffsf", "closed", TRUE },
  { "fnfnfnfnf", "open", FALSE },
  { "nnnnnnnnnn", "closed", TRUE },
  /* Half of ten and more. */
  { "sfsfsfsfs", "closed", TRUE },
  { "sfsfsfsfsf", "open", FALSE },
  { "sfsfsfsfss", "closed", TRUE },
  { "sssssssfffsf", "closed", TRUE },
  /* At once. */
  { "F", "open", FALSE },
  { "sssssssssF", "open", FALSE },
  /* Five seconds long; then one request passes, and decides. */
  { "F....", "open", FALSE },
  { "F.....", "half-open", TRUE },
  { "F.....b", "half-open", FALSE },
  { "F.....bs", "closed", TRUE },
  { "F.....bf", "open", FALSE },
  /* The trial's failure weighs nothing, or nobody knows how it ended: another may try. */
  { "F.....bn", "half-open", TRUE },
  { "F.....ba", "half-open", TRUE },
  { "F.....bab", "half-open", FALSE },
  /* A success forgets the failures before it. */
  { "sfsfsfsfsf.....bsf", "closed", TRUE },
  { "fffff.....bsffff", "closed", TRUE },
  /* Counting begins anew: half of those since then is enough again. */
  { "sfsfsfsfsf.....bsfsfsfsf", "closed", TRUE },
  { "sfsfsfsfsf.....bsfsfsfsfsf", "open", FALSE },
  /* Asked as a last resort while it is open. */
  { "fffffb", "open", FALSE },
  { "fffffs", "closed", TRUE },
  /* What was under way when it opened is no news of the target since, and no trial. */
  { "fffffo", "open", FALSE },
  { "fffff.....o", "half-open", TRUE },
  { "fffff.....p", "half-open", TRUE },
  { "fffff.....bo", "half-open", FALSE },
  { "fffff.....bp", "half-open", FALSE },
  { "fffff.....bq", "half-open", FALSE },
  { "fffff.....bqs", "closed", TRUE },
  { "fffff.....bqf", "open", FALSE },
  /* While it is closed it counts. */
  { "ppppp", "open", FALSE },
  { "ffffof", "closed", TRUE },
};

static void
test_states (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      WayBreaker breaker = { 0 };
      gint64 now_us = NOW + (gint64)MAX (strlen (rows[i].story), 1) * SECOND - SECOND;

      g_test_message ("\"%s\"", rows[i].story);
      tell (&breaker, rows[i].story, NOW);
      g_assert_cmpstr (way_breaker_state_get_name (way_breaker_get_state (&breaker, now_us)), ==,
                       rows[i].state);
      g_assert_cmpint (way_breaker_lets_pass (&breaker, now_us), ==, rows[i].lets_pass);
      way_breaker_clear (&breaker);
    }
}

/* Each failed trial doubles the time, up to a minute; what fails meanwhile does not. */
static void
test_doubling (void)
{
  static const gint64 spans_s[] = { 5, 10, 20, 40, 60, 60 };
  WayBreaker breaker = { 0 };
  gint64 now_us = NOW;

  way_breaker_fail (&breaker, WAY_BLAME_OPENS, "failed", now_us, now_us);
  for (gsize i = 0; i < G_N_ELEMENTS (spans_s); i++)
    {
      way_breaker_fail (&breaker, WAY_BLAME_SOME, "as a last resort", now_us, now_us + SECOND);
      g_assert_cmpint (breaker.open_until_us - now_us, ==, spans_s[i] * SECOND);
      now_us = breaker.open_until_us;
      way_breaker_begin (&breaker, now_us);
      way_breaker_fail (&breaker, WAY_BLAME_SOME, "failed again", now_us, now_us);
    }

  way_breaker_begin (&breaker, breaker.open_until_us);
  way_breaker_succeed (&breaker, breaker.open_until_us, breaker.open_until_us);
  way_breaker_fail (&breaker, WAY_BLAME_OPENS, "failed", now_us, now_us);
  g_assert_cmpint (breaker.open_until_us - now_us, ==, 5 * SECOND);
  way_breaker_clear (&breaker);
}

static void
test_cool_down (void)
{
  static const struct
  {
    gint64 until_s;
    gint64 expect_s;
    const char *reason;
  } steps[] = {
    { 10, 10, "10" }, { 30, 30, "30" }, { 20, 30, "30" }, { 30, 30, "30" }, { 31, 31, "31" },
  };
  WayBreaker breaker = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *reason = g_strdup_printf ("%" G_GINT64_FORMAT, steps[i].until_s);
      way_breaker_cool (&breaker, reason, NOW + steps[i].until_s * SECOND, NOW);
      g_assert_cmpint (breaker.cool_until_us, ==, NOW + steps[i].expect_s * SECOND);
      g_assert_cmpstr (breaker.reason, ==, steps[i].reason);
    }
  /* Another matter than the breaker: neither opens it, nor does a success end it. */
  g_assert_cmpint (way_breaker_get_state (&breaker, NOW), ==, WAY_BREAKER_CLOSED);
  way_breaker_succeed (&breaker, NOW, NOW);
  g_assert_cmpint (breaker.cool_until_us, ==, NOW + 31 * SECOND);
  way_breaker_reset (&breaker);
  g_assert_cmpint (breaker.cool_until_us, ==, 0);
  g_assert_null (breaker.reason);
}

/* What failed more than a minute ago is no half of this minute's requests. */
static void
test_failures_age (void)
{
  WayBreaker breaker = { 0 };

  tell (&breaker, "sfsfsfsfs", NOW);
  tell (&breaker, "sssssssss", NOW + 61 * SECOND);
  tell (&breaker, "f", NOW + 71 * SECOND);
  g_assert_cmpint (way_breaker_get_state (&breaker, NOW + 71 * SECOND), ==, WAY_BREAKER_CLOSED);
  way_breaker_clear (&breaker);
}

static void
test_clock_set_back (void)
{
  WayBreaker breaker = { 0 };

  way_breaker_fail (&breaker, WAY_BLAME_OPENS, "failed", NOW, NOW);
  g_assert_false (way_breaker_lets_pass (&breaker, NOW - 2 * SECOND));
  g_assert_true (way_breaker_lets_pass (&breaker, NOW - HOUR));
  way_breaker_begin (&breaker, NOW - HOUR);
  way_breaker_succeed (&breaker, NOW - HOUR, NOW - HOUR + SECOND);
  g_assert_cmpint (way_breaker_get_state (&breaker, NOW - HOUR), ==, WAY_BREAKER_CLOSED);
  way_breaker_clear (&breaker);
}

static void
test_blame (void)
{
  static const struct
  {
    WayErrorCode code;
    guint status;
    WayBlame blame;
  } cases[] = {
    { WAY_ERROR_UPSTREAM, 400, WAY_BLAME_NONE },
    { WAY_ERROR_UPSTREAM, 401, WAY_BLAME_OPENS },
    { WAY_ERROR_UPSTREAM, 402, WAY_BLAME_OPENS },
    { WAY_ERROR_UPSTREAM, 403, WAY_BLAME_OPENS },
    { WAY_ERROR_UPSTREAM, 404, WAY_BLAME_OPENS },
    { WAY_ERROR_UPSTREAM, 408, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM, 409, WAY_BLAME_NONE },
    { WAY_ERROR_UPSTREAM, 413, WAY_BLAME_NONE },
    { WAY_ERROR_UPSTREAM, 429, WAY_BLAME_OPENS },
    { WAY_ERROR_UPSTREAM, 500, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM, 529, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM_CUT, 0, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM_TIMEOUT, 0, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM_UNREACHABLE, 0, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM_REFUSED, 0, WAY_BLAME_SOME },
    { WAY_ERROR_UPSTREAM_CUT, 200, WAY_BLAME_SOME },
    { WAY_ERROR_LOCAL_ONLY, 0, WAY_BLAME_NONE },
    { WAY_ERROR_KEYRING_LOCKED, 0, WAY_BLAME_NONE },
    { WAY_ERROR_CLIENT_GONE, 0, WAY_BLAME_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %u", way_error_code_get_name (cases[i].code), cases[i].status);
      g_assert_cmpint (way_blame_for (cases[i].code, cases[i].status), ==, cases[i].blame);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/breaker/states", test_states);
  g_test_add_func ("/routing/breaker/doubling", test_doubling);
  g_test_add_func ("/routing/breaker/cool-down", test_cool_down);
  g_test_add_func ("/routing/breaker/failures-age", test_failures_age);
  g_test_add_func ("/routing/breaker/clock-set-back", test_clock_set_back);
  g_test_add_func ("/routing/breaker/blame", test_blame);
  return g_test_run ();
}
