/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is remembered of a provider after probes and live traffic. */

#include "way-health.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define NOW (G_GINT64_CONSTANT (1762000000) * SECOND)

/* @models: names separated by spaces, or NULL for a probe that got no list. */
static void
probe (WayHealth *health,
       const char *id,
       const char *kind,
       WayReach reach,
       const char *reason,
       const char *models,
       gint64 at_us)
{
  g_autoptr (WayProviderState) state = way_provider_state_new (id, kind, "http://127.0.0.1:1");

  g_free (state->reason);
  state->reason = g_strdup (reason);
  state->reach = reach;
  state->models = models != NULL ? g_strsplit (models, " ", -1) : NULL;
  state->checked_at_us = at_us;
  state->last_success_at_us = reach == WAY_REACH_UP ? at_us : 0;
  way_health_note_probe (health, state);
}

static void
assert_state (WayHealth *health, const char *id, WayReach reach, const char *reason)
{
  const WayProviderState *state = way_health_get (health, id);

  g_assert_nonnull (state);
  g_assert_cmpstr (state->id, ==, id);
  g_assert_cmpstr (way_reach_get_name (state->reach), ==, way_reach_get_name (reach));
  g_assert_cmpstr (state->reason, ==, reason);
}

static void
test_nothing_known (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  g_assert_null (way_health_get (health, "a"));
  g_assert_cmpint (way_health_get_cool_until (health, "a"), ==, 0);
  g_assert_false (way_health_serves (health, "a", "m"));
}

static void
test_probe (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  probe (health, "a", "openai", WAY_REACH_UP, "lists 2 models", "m n", NOW);
  assert_state (health, "a", WAY_REACH_UP, "lists 2 models");
  g_assert_cmpint (way_health_get (health, "a")->checked_at_us, ==, NOW);
  g_assert_true (way_health_serves (health, "a", "n"));

  probe (health, "a", "openai", WAY_REACH_UP, "lists 1 model", "o", NOW + SECOND);
  g_assert_false (way_health_serves (health, "a", "n"));
  g_assert_true (way_health_serves (health, "a", "o"));
  g_assert_cmpint (way_health_get (health, "a")->checked_at_us, ==, NOW + SECOND);
}

static void
test_failed_probe_keeps_models (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  probe (health, "a", "openai", WAY_REACH_UP, "lists 1 model", "m", NOW);
  probe (health, "a", "openai", WAY_REACH_DOWN, "refused the connection", NULL, NOW + SECOND);
  assert_state (health, "a", WAY_REACH_DOWN, "refused the connection");
  g_assert_true (way_health_serves (health, "a", "m"));
  g_assert_cmpint (way_health_get (health, "a")->last_success_at_us, ==, NOW);

  /* An empty list is a list. */
  probe (health, "a", "openai", WAY_REACH_UP, "lists no models", "", NOW + 2 * SECOND);
  g_assert_false (way_health_serves (health, "a", "m"));
}

typedef struct
{
  WayErrorCode code;
  gint64 wait_us;
  WayReach reach;
} FailureRow;

static const FailureRow failures[] = {
  { WAY_ERROR_UPSTREAM_REFUSED, 0, WAY_REACH_DOWN },
  { WAY_ERROR_UPSTREAM_UNREACHABLE, 0, WAY_REACH_DOWN },
  { WAY_ERROR_RATE_LIMITED, 0, WAY_REACH_COOLING },
  { WAY_ERROR_RATE_LIMITED, 5 * SECOND, WAY_REACH_COOLING },
  { WAY_ERROR_UPSTREAM, 5 * SECOND, WAY_REACH_COOLING },
  { WAY_ERROR_UPSTREAM, 0, WAY_REACH_UP },
  { WAY_ERROR_UPSTREAM_CUT, 0, WAY_REACH_UP },
  { WAY_ERROR_UPSTREAM_TIMEOUT, 0, WAY_REACH_UP },
  { WAY_ERROR_BAD_REQUEST, 0, WAY_REACH_UP },
};

static void
test_failures (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      const FailureRow *row = &failures[i];
      g_autoptr (WayHealth) health = way_health_new ();
      gint64 until_us = row->wait_us == 0 ? 0 : NOW + row->wait_us;
      gboolean counts = row->reach != WAY_REACH_UP;

      way_health_note_success (health, "a", 1000, NOW - SECOND);
      way_health_note_failure (health, "a", row->code, "it failed", until_us, NOW);
      g_test_message ("%s", way_error_code_get_name (row->code));
      assert_state (health, "a", row->reach, counts ? "it failed" : "answered");
      g_assert_cmpint (way_health_get_cool_until (health, "a"), ==, until_us);
      g_assert_cmpint (way_health_get (health, "a")->checked_at_us, ==,
                       counts ? NOW : NOW - SECOND);
      g_assert_cmpint (way_health_get (health, "a")->last_success_at_us, ==, NOW - SECOND);
    }
}

static void
test_success_ends_the_wait (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  way_health_note_failure (health, "a", WAY_ERROR_RATE_LIMITED, "limits the rate",
                           NOW + 60 * SECOND, NOW);
  way_health_note_success (health, "a", 420, NOW + SECOND);
  assert_state (health, "a", WAY_REACH_UP, "answered");
  g_assert_cmpint (way_health_get_cool_until (health, "a"), ==, 0);
  g_assert_cmpint (way_health_get (health, "a")->latency_us, ==, 420);
  g_assert_cmpint (way_health_get (health, "a")->last_success_at_us, ==, NOW + SECOND);

  /* An unknown latency leaves the last one. */
  way_health_note_success (health, "a", WAY_UNKNOWN, NOW + 2 * SECOND);
  g_assert_cmpint (way_health_get (health, "a")->latency_us, ==, 420);
}

static void
test_probe_does_not_end_the_wait (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  way_health_note_failure (health, "a", WAY_ERROR_RATE_LIMITED, "limits the rate",
                           NOW + 60 * SECOND, NOW);
  probe (health, "a", "openai", WAY_REACH_UP, "lists 1 model", "m", NOW + SECOND);
  assert_state (health, "a", WAY_REACH_COOLING, "limits the rate");
  g_assert_cmpint (way_health_get_cool_until (health, "a"), ==, NOW + 60 * SECOND);
  g_assert_true (way_health_serves (health, "a", "m"));

  probe (health, "a", "openai", WAY_REACH_UP, "lists 1 model", "m", NOW + 61 * SECOND);
  assert_state (health, "a", WAY_REACH_UP, "lists 1 model");
  g_assert_cmpint (way_health_get_cool_until (health, "a"), ==, 0);
}

static const struct
{
  const char *kind;
  const char *listed;
  const char *asked;
  gboolean serves;
} names[] = {
  { "openai", "gpt-5", "gpt-5", TRUE },       { "openai", "gpt-5", "gpt-5-mini", FALSE },
  { "openai", "gpt-5-mini", "gpt-5", FALSE }, { "openai", "GPT-5", "gpt-5", FALSE },
  { "openai", "m:latest", "m", FALSE },       { "ollama", "m:latest", "m", TRUE },
  { "ollama", "m:latest", "m:latest", TRUE }, { "ollama", "m:7b", "m", FALSE },
  { "ollama", "mm:latest", "m", FALSE },      { "ollama", "m:latest", "m:7b", FALSE },
};

static void
test_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (WayHealth) health = way_health_new ();
      probe (health, "a", names[i].kind, WAY_REACH_UP, "", names[i].listed, NOW);
      g_test_message ("%s: %s for %s", names[i].kind, names[i].listed, names[i].asked);
      g_assert_cmpint (way_health_serves (health, "a", names[i].asked), ==, names[i].serves);
      g_assert_false (way_health_serves (health, "b", names[i].asked));
    }
}

static void
test_forget (void)
{
  g_autoptr (WayHealth) health = way_health_new ();

  probe (health, "a", "openai", WAY_REACH_UP, "", "m", NOW);
  probe (health, "b", "openai", WAY_REACH_UP, "", "m", NOW);
  way_health_forget (health, "a");
  g_assert_null (way_health_get (health, "a"));
  g_assert_true (way_health_serves (health, "b", "m"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/health/nothing-known", test_nothing_known);
  g_test_add_func ("/routing/health/probe", test_probe);
  g_test_add_func ("/routing/health/failed-probe-keeps-models", test_failed_probe_keeps_models);
  g_test_add_func ("/routing/health/failures", test_failures);
  g_test_add_func ("/routing/health/success-ends-the-wait", test_success_ends_the_wait);
  g_test_add_func ("/routing/health/probe-does-not-end-the-wait", test_probe_does_not_end_the_wait);
  g_test_add_func ("/routing/health/names", test_names);
  g_test_add_func ("/routing/health/forget", test_forget);
  return g_test_run ();
}
