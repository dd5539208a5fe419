/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says, by table. No display. */

#include "way-closures.h"

#include "way-event.h"

#include <locale.h>
#include <string.h>

#define S G_GINT64_CONSTANT (1000000)

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

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/closures/app", test_app);
  g_test_add_func ("/ui/closures/provider-and-place", test_provider_and_place);
  g_test_add_func ("/ui/closures/no-match", test_no_match);
  g_test_add_func ("/ui/closures/request-words", test_request_words);
  g_test_add_func ("/ui/closures/local-share", test_local_share);
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
  return g_test_run ();
}
