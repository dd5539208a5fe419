/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Codes, usage, records, ids and time: plain values, by table. */

#include "way-clock.h"
#include "way-error.h"
#include "way-id.h"
#include "way-record.h"

#include <string.h>

static void
test_contract_codes (void)
{
  static const struct
  {
    WayErrorCode code;
    const char *name;
    guint status;
  } rows[] = {
    { WAY_ERROR_UNAUTHORIZED, "unauthorized", 401 },
    { WAY_ERROR_FORBIDDEN_HOST, "forbidden_host", 403 },
    { WAY_ERROR_MODEL_NOT_FOUND, "model_not_found", 404 },
    { WAY_ERROR_MODEL_NOT_ALLOWED, "model_not_allowed", 403 },
    { WAY_ERROR_CONTEXT_TOO_LONG, "context_too_long", 400 },
    { WAY_ERROR_NO_TARGET, "no_target", 503 },
    { WAY_ERROR_CLOUD_DISABLED, "cloud_disabled", 403 },
    { WAY_ERROR_LOCAL_ONLY, "local_only", 403 },
    { WAY_ERROR_BUDGET_EXCEEDED, "budget_exceeded", 402 },
    { WAY_ERROR_RATE_LIMITED, "rate_limited", 429 },
    { WAY_ERROR_UPSTREAM, "upstream_error", 502 },
    { WAY_ERROR_UPSTREAM_CUT, "upstream_error", 502 },
    { WAY_ERROR_UPSTREAM_TIMEOUT, "upstream_timeout", 504 },
    { WAY_ERROR_REQUEST_TOO_LARGE, "request_too_large", 413 },
    { WAY_ERROR_BAD_REQUEST, "bad_request", 400 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpstr (way_error_code_get_name (rows[i].code), ==, rows[i].name);
      g_assert_cmpuint (way_error_code_get_status (rows[i].code), ==, rows[i].status);
    }
  for (guint code = 0; code <= WAY_ERROR_CLIENT_GONE; code++)
    {
      g_assert_nonnull (way_error_code_get_name (code));
      g_assert_cmpuint (way_error_code_get_status (code), >=, 400);
    }
}

static void
test_predicates (void)
{
  g_autoptr (GError) locked = g_error_new (WAY_ERROR, WAY_ERROR_KEYRING_LOCKED, "x");
  g_autoptr (GError) cut = g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM_CUT, "x");
  g_autoptr (GError) answered = g_error_new (WAY_ERROR, WAY_ERROR_UPSTREAM, "x");

  g_assert_true (way_error_is_keyring (locked));
  g_assert_false (way_error_is_keyring (cut));
  g_assert_true (way_error_is_transport (cut));
  g_assert_false (way_error_is_transport (answered));
  g_assert_false (way_error_is (NULL, WAY_ERROR_UPSTREAM));
}

static void
test_prompt_tokens (void)
{
  WayUsage usage = WAY_USAGE_INIT;

  g_assert_cmpint (way_usage_get_prompt_tokens (&usage), ==, WAY_UNKNOWN);
  usage.input_tokens = 10;
  g_assert_cmpint (way_usage_get_prompt_tokens (&usage), ==, 10);
  usage.cache_read_tokens = 3;
  usage.cache_write_5m_tokens = 2;
  usage.cache_write_1h_tokens = 1;
  g_assert_cmpint (way_usage_get_prompt_tokens (&usage), ==, 16);
}

static void
test_merge (void)
{
  WayUsage usage = WAY_USAGE_INIT;
  WayUsage newer = WAY_USAGE_INIT;

  usage.input_tokens = 10;
  usage.output_tokens = 1;
  newer.output_tokens = 7;
  way_usage_merge (&usage, &newer);
  g_assert_cmpint (usage.input_tokens, ==, 10);
  g_assert_cmpint (usage.output_tokens, ==, 7);
  g_assert_cmpint (usage.cache_read_tokens, ==, WAY_UNKNOWN);
}

static void
test_record_copy (void)
{
  g_autoptr (WayRecord) record = way_record_new ("req_1", "/v1/chat/completions", 5);
  g_autoptr (WayRecord) copy = NULL;
  WayAttempt *attempt = way_record_add_attempt (record, "ollama", "m", WAY_LOCALITY_LOCAL);

  attempt->reason = g_strdup ("first");
  record->provider = g_strdup ("ollama");
  record->cache_hit = TRUE;
  g_assert_cmpint (record->saved_nano_usd, ==, WAY_UNKNOWN);
  record->saved_nano_usd = 7;
  copy = way_record_copy (record);
  attempt->verdict = WAY_VERDICT_FAILED;
  attempt->reason[0] = 'F';
  g_assert_cmpstr (copy->provider, ==, "ollama");
  g_assert_cmpuint (copy->attempts->len, ==, 1);
  attempt = copy->attempts->pdata[0];
  g_assert_cmpstr (attempt->reason, ==, "first");
  g_assert_cmpuint (way_record_count_tried (copy), ==, 0);
  g_assert_cmpuint (way_record_count_tried (record), ==, 1);
  g_assert_cmpint (copy->cost_nano_usd, ==, WAY_UNKNOWN);
  g_assert_true (copy->cache_hit);
  g_assert_cmpint (copy->saved_nano_usd, ==, 7);
}

/* Strings that are alike are there once, and stay as long as one copy does. */
static void
test_record_copy_compact (void)
{
  g_autoptr (WayRecord) record = way_record_new ("req_1", "/v1/chat/completions", 5);
  g_autoptr (WayRecord) one = NULL;
  g_autoptr (WayRecord) two = NULL;
  g_autoptr (WayRecord) plain = NULL;
  const WayAttempt *attempt = NULL;

  way_record_add_attempt (record, "ollama", "m", WAY_LOCALITY_LOCAL)->status = 503;
  record->provider = g_strdup ("ollama");
  one = way_record_copy_compact (record);
  two = way_record_copy_compact (one);
  plain = way_record_copy (two);
  g_clear_pointer (&record, way_record_unref);

  attempt = one->attempts->pdata[0];
  g_assert_true (one->provider == two->provider);
  g_assert_true (one->provider == attempt->provider);
  g_assert_true (one->provider != plain->provider);
  g_clear_pointer (&one, way_record_unref);

  attempt = two->attempts->pdata[0];
  g_assert_cmpstr (two->id, ==, "req_1");
  g_assert_cmpstr (two->path, ==, "/v1/chat/completions");
  g_assert_cmpstr (attempt->model, ==, "m");
  g_assert_cmpuint (attempt->status, ==, 503);
  g_assert_null (attempt->reason);
  plain->provider[0] = 'O';
  g_assert_cmpstr (two->provider, ==, "ollama");
}

#define UNKNOWN WAY_UNKNOWN

static void
test_record_costs (void)
{
  static const struct
  {
    WayVerdict verdicts[2];
    gint64 costs[2];
    gint64 sum;
    gint64 known;
  } rows[] = {
    { { WAY_VERDICT_ANSWERED, WAY_VERDICT_SKIPPED }, { 7, UNKNOWN }, 7, 7 },
    { { WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED }, { 0, 7 }, 7, 7 },
    { { WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED }, { 3, 7 }, 10, 10 },
    { { WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED }, { UNKNOWN, 7 }, UNKNOWN, 7 },
    { { WAY_VERDICT_FAILED, WAY_VERDICT_FAILED }, { 3, UNKNOWN }, UNKNOWN, 3 },
    { { WAY_VERDICT_FAILED, WAY_VERDICT_ANSWERED }, { UNKNOWN, UNKNOWN }, UNKNOWN, 0 },
    { { WAY_VERDICT_SKIPPED, WAY_VERDICT_SKIPPED }, { UNKNOWN, UNKNOWN }, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (WayRecord) record = way_record_new ("req_1", "/v1/chat/completions", 5);

      for (gsize n = 0; n < G_N_ELEMENTS (rows[i].costs); n++)
        {
          WayAttempt *attempt = way_record_add_attempt (record, "far", "m", WAY_LOCALITY_CLOUD);

          attempt->verdict = rows[i].verdicts[n];
          attempt->cost_nano_usd = rows[i].costs[n];
        }
      g_test_message ("row %zu", i);
      g_assert_cmpint (way_record_sum_cost_nano_usd (record), ==, rows[i].sum);
      g_assert_cmpint (way_record_get_known_cost_nano_usd (record), ==, rows[i].known);
    }
}

static void
test_names (void)
{
  for (guint i = 0; i <= WAY_OUTCOME_SHUTDOWN; i++)
    {
      WayOutcome outcome;

      g_assert_true (way_outcome_from_name (way_outcome_get_name (i), &outcome));
      g_assert_cmpint (outcome, ==, i);
    }
  for (guint i = 0; i <= WAY_LOCALITY_CLOUD; i++)
    {
      WayLocality locality;

      g_assert_true (way_locality_from_name (way_locality_get_name (i), &locality));
      g_assert_cmpint (locality, ==, i);
    }
  for (guint i = 0; i <= WAY_VERDICT_ANSWERED; i++)
    {
      WayVerdict verdict = WAY_VERDICT_ANSWERED;

      g_assert_true (way_verdict_from_name (way_verdict_get_name (i), &verdict));
      g_assert_cmpint (verdict, ==, i);
      g_assert_false (way_verdict_from_name ("", &verdict));
      g_assert_cmpint (verdict, ==, i);
    }
}

static void
test_request_ids (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char earlier[WAY_ID_BYTES], later[WAY_ID_BYTES];

  way_id_new_request (1700000000000000, earlier);
  way_id_new_request (1700000000001000, later);
  g_assert_cmpstr (earlier, <, later);
  g_assert_cmpuint (strlen (earlier), ==, 30);
  g_assert_true (g_str_has_prefix (earlier, "req_"));
  for (guint i = 0; i < 100000; i++)
    {
      way_id_new_request (1700000000000000, later);
      g_assert_true (g_hash_table_add (seen, g_strdup (later)));
    }
}

static void
test_tokens (void)
{
  g_autofree char *token = way_id_new_token ();
  g_autofree char *other = way_id_new_token ();
  g_autofree char *hash = way_id_hash_token ("abc");

  g_assert_cmpuint (strlen (token), ==, 46);
  g_assert_true (g_str_has_prefix (token, "wf_"));
  g_assert_null (strpbrk (token, "+/="));
  g_assert_cmpstr (token, !=, other);
  /* FIPS 180-2, B.1 */
  g_assert_cmpstr (hash, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (way_id_equal_constant_time ("same", "same"));
  g_assert_true (way_id_equal_constant_time ("", ""));
  g_assert_false (way_id_equal_constant_time ("same", "Same"));
  g_assert_false (way_id_equal_constant_time ("same", "sama"));
  g_assert_false (way_id_equal_constant_time ("same", "samel"));
}

static void
test_time (void)
{
  static const struct
  {
    const char *text;
    gint64 seconds; /* -1: no date */
  } rows[] = {
    { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
    { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
    { "Sun, 06 Nov 1994 08:49:37", -1 },
    { "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
    { "Sun, 31 Feb 1994 08:49:37 GMT", -1 },
    { "Sun, 06 anF 1994 08:49:37 GMT", -1 },
    { "Sun, 06 Nov 1994 25:49:37 GMT", -1 },
    { "784111777", -1 },
    { "", -1 },
  };
  g_autofree char *text = way_clock_format_iso8601 (784111777123456);

  g_assert_cmpstr (text, ==, "1994-11-06T08:49:37.123Z");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 wall_us = -7;

      g_assert_cmpint (way_clock_parse_http_date (rows[i].text, &wall_us), ==,
                       rows[i].seconds >= 0);
      g_assert_cmpint (wall_us, ==, rows[i].seconds >= 0 ? rows[i].seconds * 1000000 : -7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/contract-codes", test_contract_codes);
  g_test_add_func ("/base/error/predicates", test_predicates);
  g_test_add_func ("/base/usage/prompt-tokens", test_prompt_tokens);
  g_test_add_func ("/base/usage/merge", test_merge);
  g_test_add_func ("/base/record/copy", test_record_copy);
  g_test_add_func ("/base/record/copy-compact", test_record_copy_compact);
  g_test_add_func ("/base/record/costs", test_record_costs);
  g_test_add_func ("/base/record/names", test_names);
  g_test_add_func ("/base/id/requests", test_request_ids);
  g_test_add_func ("/base/id/tokens", test_tokens);
  g_test_add_func ("/base/clock/formats", test_time);
  return g_test_run ();
}
