/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "way-provider-item.h"

static void
count (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static WayProviderState *
make_state (WayReach reach)
{
  WayProviderState *state = way_provider_state_new ("ollama", "ollama", "http://127.0.0.1:11434");

  state->reach = reach;
  return state;
}

static void
test_unknown_is_not_zero (void)
{
  g_autoptr (WayProviderItem) item = way_provider_item_new ("ollama", "ollama", TRUE);
  guint reach = WAY_REACH_DOWN;
  gint64 n_models = 0;
  gint64 latency_us = 0;
  gint64 checked_at_us = -1;

  g_object_get (item, "reach", &reach, "n-models", &n_models, "latency-us", &latency_us,
                "checked-at-us", &checked_at_us, NULL);

  g_assert_cmpuint (reach, ==, WAY_REACH_UNKNOWN);
  g_assert_cmpint (n_models, ==, WAY_UNKNOWN);
  g_assert_cmpint (latency_us, ==, WAY_UNKNOWN);
  g_assert_cmpint (checked_at_us, ==, 0);
}

static void
test_state_lists_models (void)
{
  g_autoptr (WayProviderItem) item = way_provider_item_new ("ollama", "ollama", TRUE);
  g_autoptr (WayProviderState) state = make_state (WAY_REACH_UP);
  const char *const models[] = { "qwen3:14b", "smollm2", NULL };
  g_autofree char *text = NULL;
  gint64 n_models = 0;
  guint n_notified = 0;

  state->models = g_strdupv ((char **)models);
  g_signal_connect (item, "notify::n-models", G_CALLBACK (count), &n_notified);
  way_provider_item_set_state (item, state);
  way_provider_item_set_state (item, state);

  g_object_get (item, "models-text", &text, "n-models", &n_models, NULL);
  g_assert_cmpstr (text, ==, "qwen3:14b, smollm2");
  g_assert_cmpint (n_models, ==, 2);
  g_assert_cmpuint (n_notified, ==, 1);
}

static void
test_config_keeps_evidence (void)
{
  g_autoptr (WayProviderItem) item = way_provider_item_new ("ollama", "ollama", TRUE);
  g_autoptr (WayProviderState) state = make_state (WAY_REACH_UP);
  g_autofree char *base_url = NULL;
  gboolean enabled = TRUE;

  way_provider_item_set_state (item, state);
  way_provider_item_set_config (item, "http://10.0.0.2:11434", WAY_LOCALITY_LAN, FALSE, NULL,
                                "none kept");

  g_object_get (item, "base-url", &base_url, "enabled", &enabled, NULL);
  g_assert_cmpstr (base_url, ==, "http://10.0.0.2:11434");
  g_assert_false (enabled);
  g_assert_cmpuint (way_provider_item_get_state (item)->reach, ==, WAY_REACH_UP);
}

static void
test_found_takes_address (void)
{
  g_autoptr (WayProviderItem) item = way_provider_item_new ("ollama-11434", "ollama", FALSE);
  g_autoptr (WayProviderState) state = make_state (WAY_REACH_UP);
  g_autofree char *base_url = NULL;

  way_provider_item_set_state (item, state);

  g_object_get (item, "base-url", &base_url, NULL);
  g_assert_cmpstr (base_url, ==, "http://127.0.0.1:11434");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activity/provider-item/unknown-is-not-zero", test_unknown_is_not_zero);
  g_test_add_func ("/activity/provider-item/state-lists-models", test_state_lists_models);
  g_test_add_func ("/activity/provider-item/config-keeps-evidence", test_config_keeps_evidence);
  g_test_add_func ("/activity/provider-item/found-takes-address", test_found_takes_address);
  return g_test_run ();
}
