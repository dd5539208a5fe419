/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A ledger that cannot tell at first what was spent: budgets learn it once it can. */

#include "way-budget-loader.h"

#include "ledger-fixture.h"
#include "raw-client.h"
#include "way-clock.h"
#include "way-json.h"

#include <string.h>

/* What one request of the ledger's fixture cost. */
#define COST 6480000

#define CONFIG                                                                                     \
  "{\"version\":1,\"providers\":["                                                                 \
  "{\"id\":\"ollama\",\"kind\":\"openai\",\"base_url\":\"https://c.example.com\"}],"               \
  "\"models\":[{\"model\":\"qwen*\",\"budget\":{\"usd\":\"1\",\"on_exceed\":\"notify\"}}],"        \
  "\"budget\":{\"usd\":\"1\",\"on_exceed\":\"notify\"}}"

static const WaySpender spender = { "editor", "ollama", "qwen3:14b" };

typedef struct
{
  Fixture ledger;
  WayBudgets *budgets;
  WayBudgetLoader *loader;
} World;

static void
on_loaded (gpointer user_data)
{
}

static void
record_one (World *world)
{
  way_ledger_record (world->ledger.ledger, make_record (way_clock_get_wall_us ()));
}

/* Also waits for every answer that was asked for before. */
static void
flush (World *world)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ledger_flush (world->ledger.ledger, &error));
}

static void
configure (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = way_json_parse (CONFIG, strlen (CONFIG), &error);
  g_autoptr (WaySnapshot) snapshot = way_snapshot_new_from_json (root, NULL, &error);

  g_assert_no_error (error);
  way_budgets_apply (world->budgets, snapshot, way_clock_get_wall_us ());
  way_budget_loader_load (world->loader);
}

/* One request was recorded; then reading fails, and is well again. */
static void
set_up (World *world, gconstpointer user_data)
{
  fixture_set_up (&world->ledger, NULL);
  world->budgets = way_budgets_new ();
  world->loader = way_budget_loader_new (world->budgets, world->ledger.ledger, on_loaded, NULL);
  record_one (world);
  flush (world);

  run_file_sql (world->ledger.path, "ALTER TABLE total RENAME TO away");
  g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*budgets*asked again*no such table*");
  configure (world);
  flush (world);
  g_test_assert_expected_messages ();
  run_file_sql (world->ledger.path, "ALTER TABLE away RENAME TO total");
}

static void
tear_down (World *world, gconstpointer user_data)
{
  way_budget_loader_free (world->loader);
  way_budgets_free (world->budgets);
  fixture_tear_down (&world->ledger, NULL);
}

static gboolean
all_are_loaded (gpointer user_data)
{
  const GPtrArray *budgets = way_budgets_get_all (((World *)user_data)->budgets);

  for (guint i = 0; i < budgets->len; i++)
    if (!((const WayBudget *)budgets->pdata[i])->is_loaded)
      return FALSE;
  return TRUE;
}

static void
assert_spent (World *world, gint64 nano_usd)
{
  const GPtrArray *budgets = way_budgets_get_all (world->budgets);

  g_assert_cmpuint (budgets->len, ==, 2);
  for (guint i = 0; i < budgets->len; i++)
    g_assert_cmpint (((const WayBudget *)budgets->pdata[i])->spent_nano_usd, ==, nano_usd);
}

/* What is spent meanwhile is in the second answer as well, and counts once. */
static void
test_asks_again (World *world, gconstpointer user_data)
{
  g_assert_false (all_are_loaded (world));
  way_budgets_settle (world->budgets, &spender, (WayReservation){ 0 }, COST,
                      way_clock_get_wall_us ());
  record_one (world);
  raw_spin_until (all_are_loaded, world);
  assert_spent (world, 2 * COST);
}

/* A configuration does not wait for the time to ask again, and nobody asks twice. */
static void
test_new_configuration (World *world, gconstpointer user_data)
{
  configure (world);
  configure (world);
  flush (world);
  g_assert_true (all_are_loaded (world));
  assert_spent (world, COST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/gateway/budget-loader/asks-again", World, NULL, set_up, test_asks_again, tear_down);
  g_test_add ("/gateway/budget-loader/new-configuration", World, NULL, set_up,
              test_new_configuration, tear_down);
  return g_test_run ();
}
