/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says, by table. No display. */

#include "way-closures.h"

#include "way-event.h"

#include <locale.h>
#include <string.h>

#define S G_GINT64_CONSTANT (1000000)

static void
test_cost (void)
{
  static const struct
  {
    gint64 nano_usd;
    gboolean running;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, FALSE, "unknown" },
    { WAY_UNKNOWN, TRUE, "…" },
    { 0, FALSE, "$0" },
    { 1, FALSE, "$0.000000001" },
    { 123, FALSE, "$0.00000012" },
    { 42000, FALSE, "$0.000042" },
    { 1230000, FALSE, "$0.0012" },
    { 9990000, FALSE, "$0.0100" },
    { 10000000, FALSE, "$0.01" },
    { 1234567890, FALSE, "$1.23" },
    { 1234567890, TRUE, "$1.23" },
    { 98765432100000, FALSE, "$98765.43" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_cost (NULL, rows[i].nano_usd, rows[i].running);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    gint64 duration_us;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, "—" },
    { 0, "< 1 ms" },
    { 999, "< 1 ms" },
    { 1000, "1 ms" },
    { 999999, "999 ms" },
    { S, "1.0 s" },
    { 59 * S + 999999, "59.9 s" },
    { 60 * S, "1 min 00 s" },
    { 3599 * S, "59 min 59 s" },
    { 3600 * S, "1 h 00 min" },
    { 100000 * S, "27 h 46 min" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_duration (NULL, rows[i].duration_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_tokens (void)
{
  static const struct
  {
    gint64 tokens;
    gboolean running;
    gboolean answered;
    gboolean estimated;
    const char *text;
  } rows[] = {
    { WAY_UNKNOWN, FALSE, TRUE, FALSE, "unknown" },
    { WAY_UNKNOWN, FALSE, FALSE, FALSE, "—" },
    { WAY_UNKNOWN, TRUE, FALSE, FALSE, "…" },
    { 0, FALSE, TRUE, FALSE, "0" },
    { 1234567, FALSE, TRUE, FALSE, "1234567" },
    { 12, FALSE, TRUE, TRUE, "≈ 12" },
    { 12, TRUE, TRUE, TRUE, "≈ 12" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_tokens (NULL, rows[i].tokens, rows[i].running,
                                                 rows[i].answered, rows[i].estimated);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_all_tokens (void)
{
  static const struct
  {
    gint64 input;
    gint64 cached;
    gint64 output;
    gboolean running;
    gboolean answered;
    gboolean estimated;
    const char *text;
  } rows[] = {
    { 1234, 1000, 56, FALSE, TRUE, FALSE, "1234 in · 1000 cached, 56 out" },
    { 1234, 0, 56, FALSE, TRUE, FALSE, "1234 in, 56 out" },
    { 1234, WAY_UNKNOWN, 56, FALSE, TRUE, TRUE, "≈ 1234 in, ≈ 56 out" },
    { 12, WAY_UNKNOWN, WAY_UNKNOWN, TRUE, TRUE, FALSE, "12 in, … out" },
    { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, TRUE, FALSE, FALSE, "…" },
    { WAY_UNKNOWN, WAY_UNKNOWN, WAY_UNKNOWN, FALSE, FALSE, FALSE, "—" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_format_all_tokens (NULL, rows[i].input, rows[i].cached, rows[i].output, rows[i].running,
                               rows[i].answered, rows[i].estimated);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_speed (void)
{
  static const struct
  {
    gint64 output;
    gboolean streamed;
    gint64 first_token_us;
    gint64 duration_us;
    const char *text;
  } rows[] = {
    { 100, TRUE, S, 3 * S, "50 tokens/s" },
    { 10, FALSE, 4 * S, 4 * S, "2.5 tokens/s" },
    { 100, TRUE, S, S, "—" },
    { 100, TRUE, S, WAY_UNKNOWN, "—" },
    { WAY_UNKNOWN, TRUE, S, 3 * S, "—" },
    { 0, TRUE, WAY_UNKNOWN, 3 * S, "—" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_speed (NULL, rows[i].output, rows[i].streamed,
                                                rows[i].first_token_us, rows[i].duration_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Yesterday does not look like today. */
static void
test_moment (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 11, 29, 12, 0, 5);
  static const struct
  {
    int hours_ago;
    const char *text;
  } rows[] = {
    { 0, "12:00:05" }, { 12, "00:00:05" }, { 13, "28 Nov 23:00" }, { 24 * 365, "2025-11-29" }
  };
  const gint64 now_us = g_date_time_to_unix (noon) * S;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_moment (now_us - rows[i].hours_ago * 3600 * S, now_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_app (void)
{
  static const struct
  {
    const char *app;
    const char *error_code;
    const char *text;
  } rows[] = {
    { "codex", NULL, "codex" },
    { "codex", "no_target", "codex" },
    { NULL, NULL, "no token" },
    { NULL, "unauthorized", "no valid token" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_app (NULL, rows[i].app, rows[i].error_code);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_provider_and_place (void)
{
  static const struct
  {
    const char *provider;
    gboolean running;
    gboolean answered;
    const char *text;
  } rows[] = {
    { NULL, TRUE, FALSE, "—" },
    { "lan", TRUE, FALSE, "lan · Local network, being asked" },
    { "lan", TRUE, TRUE, "lan · Local network" },
    { "lan", FALSE, TRUE, "lan · Local network" },
    { "lan", FALSE, FALSE, "lan · Local network, did not answer" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_provider_and_place (NULL, rows[i].provider, WAY_LOCALITY_LAN,
                                                      rows[i].running, rows[i].answered);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_no_match (void)
{
  g_autofree char *one = way_no_match_words (1, 5 * S);
  g_autofree char *many = way_no_match_words (2000, 5 * S);

  g_assert_true (g_str_has_prefix (one, "The newest 1 request was looked at, since 19"));
  g_assert_true (g_str_has_prefix (many, "The newest 2000 requests were looked at, since 19"));
}

/* What is cut off at the end is what matters least. */
static void
test_request_words (void)
{
  g_autofree char *words = way_request_words (NULL, "codex", NULL, "demo", "because", 5 * S);

  g_assert_true (g_str_has_prefix (words, "because\n"));
  g_assert_true (g_str_has_suffix (words, " · codex · demo"));
}

static void
test_share (void)
{
  static const struct
  {
    gint64 part;
    gint64 whole;
    const char *text;
  } rows[] = {
    { 0, 0, "—" },           { 0, 10, "0 %" },        { 1, 1000, "< 1 %" }, { 5, 10, "50 %" },
    { 999, 1000, "> 99 %" }, { 1000, 1000, "100 %" }, { 2, 3, "67 %" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_share (NULL, rows[i].part, rows[i].whole);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* What nobody answered is in no share. */
static void
test_local_share (void)
{
  static const struct
  {
    gint64 n_local;
    gint64 n_requests;
    gint64 n_failed;
    const char *share;
    const char *count;
  } rows[] = {
    { 0, 0, 0, "—", "no request yet" },
    { 0, 3, 3, "—", "none answered yet" },
    { 8, 18, 2, "50 %", "8 of 16 answered" },
    { 0, 3, 1, "0 %", "0 of 2 answered" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *share =
        way_format_local_share (NULL, rows[i].n_local, rows[i].n_requests, rows[i].n_failed);
      g_autofree char *count =
        way_format_local_count (NULL, rows[i].n_local, rows[i].n_requests, rows[i].n_failed);

      g_assert_cmpstr (share, ==, rows[i].share);
      g_assert_cmpstr (count, ==, rows[i].count);
    }
}

static void
test_age (void)
{
  static const struct
  {
    gint64 age_s; /* -1: never */
    const char *text;
  } rows[] = {
    { -1, "never" },       { 0, "just now" },      { 9, "just now" },        { 10, "10 s ago" },
    { 59, "59 s ago" },    { 60, "1 min ago" },    { 3599, "59 min ago" },   { 3600, "1 h ago" },
    { 86399, "23 h ago" }, { 86400, "1 day ago" }, { 200000, "2 days ago" },
  };
  const gint64 now_us = 1700000000 * S;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const gint64 then_us = rows[i].age_s < 0 ? 0 : now_us - rows[i].age_s * S;
      g_autofree char *text = way_format_age (NULL, then_us, now_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_rate (void)
{
  static const struct
  {
    double rate;
    const char *text;
  } rows[] = { { 0, "0" }, { 0.25, "0.2" }, { 9.94, "9.9" }, { 9.96, "10" }, { 1234.4, "1234" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_rate (NULL, rows[i].rate);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_models (void)
{
  static const struct
  {
    const char *requested;
    const char *answered;
    const char *text;
  } rows[] = {
    { "coder", "qwen3:14b", "coder → qwen3:14b" },
    { "demo", "demo", "demo → demo" },
    { "coder", NULL, "coder → —" },
    { NULL, NULL, "— → —" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_format_models (NULL, rows[i].requested, rows[i].answered);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* The words of one state, its icon and its style. */
typedef char *(*Words) (gpointer object, guint state);

static void
assert_all_differ (Words words, guint n_states)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint state = 0; state < n_states; state++)
    {
      char *text = words (NULL, state);

      g_assert_cmpstr (text, !=, "");
      g_assert_true (g_hash_table_add (seen, text));
    }
}

/* Colour is never the only sign: two states that mean different things look different. */
static void
test_states_differ (void)
{
  assert_all_differ (way_outcome_words, WAY_OUTCOME_SHUTDOWN + 1);
  assert_all_differ (way_verdict_words, WAY_VERDICT_ANSWERED + 1);
  assert_all_differ (way_verdict_icon, WAY_VERDICT_ANSWERED + 1);
  assert_all_differ (way_locality_words, WAY_LOCALITY_CLOUD + 1);
  assert_all_differ (way_locality_icon, WAY_LOCALITY_CLOUD + 1);
  assert_all_differ (way_reach_words, WAY_REACH_NO_KEY + 1);
  assert_all_differ (way_reach_icon, WAY_REACH_NO_KEY + 1);
}

/* A state of a newer version is not mistaken for a good one. */
static void
test_state_from_the_future (void)
{
  g_autofree char *outcome = way_outcome_icon (NULL, 99);
  g_autofree char *reach = way_reach_words (NULL, 99);

  g_assert_cmpstr (outcome, ==, "way-unknown-symbolic");
  g_assert_cmpstr (reach, ==, "Unknown");
}

static void
test_provider_subtitle (void)
{
  static const struct
  {
    WayReach reach;
    const char *reason;
    gboolean enabled;
    WayLocality locality;
    const char *text;
  } rows[] = {
    { WAY_REACH_UNKNOWN, NULL, TRUE, WAY_LOCALITY_CLOUD, "Cloud · Not checked yet" },
    { WAY_REACH_UP, NULL, TRUE, WAY_LOCALITY_LOCAL, "This machine · Working" },
    { WAY_REACH_DOWN, "refused the connection", TRUE, WAY_LOCALITY_LAN,
      "Local network · Not working: refused the connection" },
    { WAY_REACH_UP, "answered", TRUE, WAY_LOCALITY_LOCAL, "This machine · Working" },
    { WAY_REACH_UNKNOWN, "not asked, since Local Only is on", TRUE, WAY_LOCALITY_CLOUD,
      "Cloud · Not asked, since Local Only is on" },
    { WAY_REACH_UP, "answered", FALSE, WAY_LOCALITY_LOCAL, "This machine · Switched off" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_provider_subtitle (NULL, rows[i].reach, rows[i].reason,
                                                     rows[i].enabled, rows[i].locality);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* What was before the start is not known here: "never" would be a guess. */
static void
test_latency_words (void)
{
  static const struct
  {
    gint64 last_success_at_us;
    gint64 latency_us;
    const char *text;
  } rows[] = {
    { 0, WAY_UNKNOWN, "None since Wayfare started" },
    { S, WAY_UNKNOWN, "Answered" },
    { S, 3000, "Answered in 3 ms" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_latency_words (NULL, rows[i].last_success_at_us, rows[i].latency_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_stopped_words (void)
{
  static const struct
  {
    gint64 n_stopped;
    gboolean local_only;
    gboolean shown;
    const char *text;
  } rows[] = {
    { 0, FALSE, FALSE, "No request was stopped today" },
    { 0, TRUE, TRUE, "No request was stopped today" },
    { 1, FALSE, TRUE, "1 request was stopped today" },
    { 3, TRUE, TRUE, "3 requests were stopped today" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_stopped_words (NULL, rows[i].n_stopped);

      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpint (way_shows_stopped (NULL, rows[i].n_stopped, rows[i].local_only), ==,
                       rows[i].shown);
    }
}

/* Names are written as they are written. */
static void
test_sentence (void)
{
  static const char *const rows[][2] = {
    { "there already is an app", "There already is an app" },
    { "ollama: refused the connection", "ollama: refused the connection" },
    { "/etc/x y: broken", "/etc/x y: broken" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_sentence (rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_faults_words (void)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  g_ptr_array_add (faults, (gpointer) "routes: wants an array");
  one = way_faults_words (faults, "c.json");
  g_assert_cmpstr (one, ==, "“wayfare check c.json” says in a terminal what is wrong.");
  g_ptr_array_add (faults, (gpointer) "version: is missing");
  two = way_faults_words (faults, "c.json");
  g_assert_true (
    g_str_has_prefix (two, "• routes: wants an array\n• version: is missing\n“wayfare check"));
}

static void
test_test_words (void)
{
  static const struct
  {
    WayReach reach;
    const char *reason;
    gint64 latency_us;
    const char *text;
  } rows[] = {
    { WAY_REACH_UP, "answers, with 8 models", 3000, "“laptop” answers in 3 ms" },
    { WAY_REACH_DOWN, "refused the connection", 3000, "“laptop”: refused the connection" },
    { WAY_REACH_DOWN, "laptop gave no answer within 2 s", 3000,
      "laptop gave no answer within 2 s" },
    { WAY_REACH_NO_KEY, "wants a key (401)", WAY_UNKNOWN, "“laptop”: wants a key (401)" },
    { WAY_REACH_DOWN, NULL, WAY_UNKNOWN, "“laptop”: Not working" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_test_words ("laptop", rows[i].reach, rows[i].reason, rows[i].latency_us);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_allowed_words (void)
{
  static const char *const rows[][2] = {
    { "*", "All models" },
    { "coder, gpt-*", "coder, gpt-*" },
    { "", "None" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_allowed_words (NULL, rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_is_link (void)
{
  g_assert_true (way_is_link (NULL, "https://example.com/privacy"));
  g_assert_false (way_is_link (NULL, "30-day retention, no training"));
  g_assert_false (way_is_link (NULL, NULL));
}

static void
test_key_words (void)
{
  g_autofree char *used = NULL;
  static const struct
  {
    gboolean present;
    gboolean locked;
    const char *hint;
    const char *source;
    const char *problem;
    const char *text;
  } rows[] = {
    { FALSE, FALSE, NULL, NULL, NULL, "No key yet" },
    { TRUE, FALSE, "…abcd", "keyring", NULL, "…abcd · in the keyring" },
    { TRUE, FALSE, "…abcd", "env", NULL, "…abcd · from the environment" },
    { TRUE, FALSE, NULL, "credential", NULL, "Stored · from a credential file" },
    { TRUE, TRUE, "…abcd", "keyring", NULL, "Locked: unlock the keyring to use it" },
    { FALSE, TRUE, NULL, "keyring", "the keyring is locked; unlock it on the Keys page",
      "Locked: unlock the keyring to use it" },
    { TRUE, FALSE, NULL, "keyring", "the keyring refused", "The keyring refused" },
    { FALSE, FALSE, NULL, "keyring", "the keyring has no key named \"a\"; add one on the Keys page",
      "The keyring has no key named \"a\"" },
    { FALSE, FALSE, NULL, "env", "A_KEY: is not set; set it", "A_KEY: is not set; set it" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = way_key_words (NULL, rows[i].present, rows[i].locked, rows[i].hint,
                                             rows[i].source, rows[i].problem, 0);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
  used = way_key_words (NULL, TRUE, FALSE, "…abcd", "keyring", NULL, 1700000000 * S);
  g_assert_nonnull (strstr (used, "in the keyring · last used 2023-11-1"));
}

/* What the locked keyring keeps is there: it is replaced and not added. */
static void
test_key_verb (void)
{
  static const struct
  {
    gboolean present;
    gboolean locked;
    const char *verb;
  } rows[] = {
    { FALSE, FALSE, "_Add…" },
    { TRUE, FALSE, "_Replace…" },
    { FALSE, TRUE, "_Replace…" },
    { TRUE, TRUE, "_Replace…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *verb = way_key_verb (NULL, rows[i].present, rows[i].locked);

      g_assert_cmpstr (verb, ==, rows[i].verb);
    }
}

static void
test_keyring_words (void)
{
  static const struct
  {
    WayKeyringState state;
    gboolean has_words;
    gboolean offers_unlock;
  } rows[] = {
    { WAY_KEYRING_UNKNOWN, FALSE, FALSE }, { WAY_KEYRING_READY, FALSE, FALSE },
    { WAY_KEYRING_LOCKED, TRUE, TRUE },    { WAY_KEYRING_MISSING, TRUE, FALSE },
    { WAY_KEYRING_DENIED, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (way_keyring_needs_words (NULL, rows[i].state), ==, rows[i].has_words);
      g_assert_cmpint (way_keyring_is_locked (NULL, rows[i].state), ==, rows[i].offers_unlock);
    }
}

static void
test_app_words (void)
{
  static const struct
  {
    gint64 last_seen_us;
    gint64 requests;
    gint64 cost;
    gint64 unknown;
    const char *text;
  } rows[] = {
    { 0, 0, 0, 0, "Waiting for its first request…" },
    { S, 0, 0, 0, "Nothing today" },
    { S, 1, 0, 0, "1 request today · $0" },
    { S, 12, 20000000, 3, "12 requests today · $0.02 + 3 of unknown price" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_app_words (NULL, rows[i].last_seen_us, rows[i].requests, rows[i].cost, rows[i].unknown);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_fare_line (void)
{
  static const struct
  {
    gint64 tokens;
    gboolean estimated;
    gint64 price;
    const char *text;
  } rows[] = {
    { 1200, FALSE, 250000, "1200 × $0.25 per million" },
    { 1200, FALSE, 125000, "1200 × $0.125 per million" },
    { 1200, FALSE, 18, "1200 × $0.000018 per million" },
    { 1200, FALSE, 15000000, "1200 × $15.00 per million" },
    { 1200, TRUE, 1250000, "≈ 1200 × $1.25 per million" },
    { 1200, FALSE, 0, "1200 × $0" },
    { 1200, FALSE, WAY_UNKNOWN, "1200 × unknown price" },
    { WAY_UNKNOWN, FALSE, 250000, "unknown × $0.25 per million" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_format_fare_line (rows[i].tokens, rows[i].estimated, rows[i].price);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_price_date (void)
{
  g_autofree char *known = way_format_price_date (20260917);
  g_autofree char *unknown = way_format_price_date (0);

  g_assert_cmpstr (known, ==, "as of 2026-09-17");
  g_assert_cmpstr (unknown, ==, "day unknown");
}

static void
test_dropped (void)
{
  g_autofree char *nothing = way_dropped_words (NULL, "ollama", NULL);
  g_autofree char *named = way_dropped_words (NULL, "ollama", "seed, logprobs");
  g_autofree char *nameless = way_dropped_words (NULL, NULL, "seed");

  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpstr (named, ==,
                   "ollama was asked without what its dialect has no word for: seed, logprobs");
  g_assert_true (g_str_has_prefix (nameless, "The provider was asked without "));
}

static void
test_content (void)
{
  static const struct
  {
    gboolean running;
    gboolean elsewhere;
    gboolean local_only;
    const char *name;
    const char *words;
  } rows[] = {
    { TRUE, FALSE, FALSE, "pages", "Calls may leave this machine" },
    { TRUE, FALSE, TRUE, "pages", "Nothing leaves this machine" },
    { FALSE, FALSE, TRUE, "problem", "Not listening" },
    { FALSE, TRUE, FALSE, "elsewhere", "Not listening" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = way_content_name (NULL, rows[i].running, rows[i].elsewhere);
      g_autofree char *words = way_local_only_words (NULL, rows[i].running, rows[i].local_only);

      g_assert_cmpstr (name, ==, rows[i].name);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_budgets (void)
{
  static const struct
  {
    gint64 spent;
    gint64 limit;
    const char *words;
    double fraction;
  } rows[] = {
    { 0, 20000000000, "$0 spent, $20.00 left", 0 },
    { 5000000000, 20000000000, "$5.00 spent, $15.00 left", 0.25 },
    { 5000000, 20000000, "$0.0050 spent, $0.0150 left", 0.25 },
    { 3850000, 20000000, "$0.0039 spent, $0.0161 left", 0.1925 },
    { 19999000, 20000000, "$0.0199990 spent, $0.0000010 left", 0.99995 },
    { 20000000000, 20000000000, "$20.00 spent: used up", 1 },
    { 21000000000, 20000000000, "$21.00 spent: used up", 1 },
    { 0, 0, "$0 spent: used up", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = way_budget_words (NULL, rows[i].spent, rows[i].limit);
      g_assert_cmpstr (words, ==, rows[i].words);
      g_assert_cmpfloat (way_budget_fraction (NULL, rows[i].spent, rows[i].limit), ==,
                         rows[i].fraction);
    }
  g_autofree char *title = way_budget_title (NULL, "the budget, $5.00 a day");
  g_autofree char *no_note = way_budgets_note (NULL, 0);
  g_autofree char *note = way_budgets_note (NULL, 2);

  g_assert_cmpstr (no_note, ==, "");
  g_assert_cmpstr (note, ==, "2 requests of today are in no budget: their price is unknown");
  g_assert_cmpstr (title, ==, "Budget, $5.00 a day");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/closures/cost", test_cost);
  g_test_add_func ("/ui/closures/duration", test_duration);
  g_test_add_func ("/ui/closures/tokens", test_tokens);
  g_test_add_func ("/ui/closures/all-tokens", test_all_tokens);
  g_test_add_func ("/ui/closures/speed", test_speed);
  g_test_add_func ("/ui/closures/moment", test_moment);
  g_test_add_func ("/ui/closures/app", test_app);
  g_test_add_func ("/ui/closures/provider-and-place", test_provider_and_place);
  g_test_add_func ("/ui/closures/no-match", test_no_match);
  g_test_add_func ("/ui/closures/request-words", test_request_words);
  g_test_add_func ("/ui/closures/share", test_share);
  g_test_add_func ("/ui/closures/local-share", test_local_share);
  g_test_add_func ("/ui/closures/age", test_age);
  g_test_add_func ("/ui/closures/rate", test_rate);
  g_test_add_func ("/ui/closures/models", test_models);
  g_test_add_func ("/ui/closures/states-differ", test_states_differ);
  g_test_add_func ("/ui/closures/state-from-the-future", test_state_from_the_future);
  g_test_add_func ("/ui/closures/provider-subtitle", test_provider_subtitle);
  g_test_add_func ("/ui/closures/latency-words", test_latency_words);
  g_test_add_func ("/ui/closures/stopped-words", test_stopped_words);
  g_test_add_func ("/ui/closures/sentence", test_sentence);
  g_test_add_func ("/ui/closures/faults-words", test_faults_words);
  g_test_add_func ("/ui/closures/test-words", test_test_words);
  g_test_add_func ("/ui/closures/allowed-words", test_allowed_words);
  g_test_add_func ("/ui/closures/is-link", test_is_link);
  g_test_add_func ("/ui/closures/key-words", test_key_words);
  g_test_add_func ("/ui/closures/key-verb", test_key_verb);
  g_test_add_func ("/ui/closures/keyring-words", test_keyring_words);
  g_test_add_func ("/ui/closures/app-words", test_app_words);
  g_test_add_func ("/ui/closures/dropped", test_dropped);
  g_test_add_func ("/ui/closures/content", test_content);
  g_test_add_func ("/ui/closures/fare-line", test_fare_line);
  g_test_add_func ("/ui/closures/price-date", test_price_date);
  g_test_add_func ("/ui/closures/budgets", test_budgets);
  return g_test_run ();
}
