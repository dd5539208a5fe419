/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The world in which plans are made. */

#include "plan-world.h"

#include "routing-fixture.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <time.h>

/* JSON with ' for ", to be read by people. USD per million tokens, in millionths. */
static const char prices[] =
  "{'version':1,'as_of':'2026-08-01','price_unit':'micro-USD per million tokens','models':["
  "{'provider':'openai','model':'m','mode':'chat','price':{'input':2000000,'output':8000000},"
  "'context_tokens':8000,'max_output_tokens':4000,'capabilities':['tools','json_schema']},"
  "{'provider':'openai','model':'deep','mode':'chat','price':{'input':20000000,'output':80000000},"
  "'context_tokens':100000,'max_output_tokens':50000,"
  "'capabilities':['tools','vision','json_schema','reasoning']},"
  "{'provider':'groq','model':'m','mode':'chat','price':{'input':500000,'output':1000000},"
  "'context_tokens':2000,'max_output_tokens':1000,'capabilities':['vision']}]}";

#define THREE_TARGETS                                                                              \
  "'targets':[{'provider':'one','model':'m'},{'provider':'two','model':'m','weight':3},"           \
  "{'provider':'three','model':'m'}]}"
#define HASH "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char config[] =
  "{'version':1,'providers':["
  "{'id':'home','kind':'ollama','base_url':'http://127.0.0.1:11434'},"
  "{'id':'one','kind':'openai','base_url':'https://api.openai.com/v1'},"
  "{'id':'two','kind':'openai','base_url':'https://api.groq.com/openai/v1','limits':{'rpm':2}},"
  "{'id':'three','kind':'openai','base_url':'https://three.example.com/v1'},"
  "{'id':'four','kind':'openai','base_url':'https://four.example.com/v1','budget':{'usd':'1'}}],"
  "'routes':["
  "{'model':'ordered','strategy':'ordered'," THREE_TARGETS ","
  "{'model':'fastest','strategy':'fastest'," THREE_TARGETS ","
  "{'model':'least-busy','strategy':'least-busy'," THREE_TARGETS ","
  "{'model':'weighted','strategy':'weighted'," THREE_TARGETS ","
  "{'model':'round-robin','strategy':'round-robin'," THREE_TARGETS ","
  "{'model':'sticky','strategy':'sticky'," THREE_TARGETS ","
  "{'model':'cheapest','strategy':'cheapest','targets':["
  "{'provider':'three','model':'m'},{'provider':'one','model':'m'},"
  "{'provider':'two','model':'m'},{'provider':'home','model':'m'}]},"
  "{'model':'any','strategy':'cheapest','substitution':'any','targets':["
  "{'provider':'one','model':'m'},{'provider':'two','model':'m'}]},"
  "{'model':'size','targets':["
  "{'provider':'one','model':'m','when':{'max_input_tokens':500}},"
  "{'provider':'two','model':'m','when':{'min_input_tokens':501,'max_input_tokens':1500}},"
  "{'provider':'three','model':'m','when':{'min_input_tokens':1501}}]},"
  "{'model':'demands','targets':["
  "{'provider':'three','model':'1','when':{'tools':true}},"
  "{'provider':'three','model':'2','when':{'tools':false}},"
  "{'provider':'three','model':'3','when':{'images':true}},"
  "{'provider':'three','model':'4','when':{'images':false}}]},"
  "{'model':'names','targets':["
  "{'provider':'one','model':'m','when':{'apps':['editor','shell']}},"
  "{'provider':'three','model':'m','when':{'tags':['batch']}},"
  "{'provider':'home','model':'m'}]},"
  "{'model':'times','targets':["
  "{'provider':'one','model':'m','when':{'hours':'08:30-18:00'}},"
  "{'provider':'two','model':'m','when':{'hours':'22:00-06:00','days':['fri']}},"
  "{'provider':'three','model':'m','when':{'days':['sat','sun']}}]},"
  "{'model':'money','targets':["
  "{'provider':'one','model':'m','when':{'budget_left_usd':'0.5'}},"
  "{'provider':'home','model':'m'}]},"
  "{'model':'abilities','targets':["
  "{'provider':'one','model':'m'},{'provider':'two','model':'m'},"
  "{'provider':'one','model':'deep'},{'provider':'home','model':'m'}]},"
  "{'model':'context','targets':["
  "{'provider':'two','model':'m'},{'provider':'home','model':'m','context_tokens':4096},"
  "{'provider':'one','model':'m'}]},"
  "{'model':'unpriced','targets':["
  "{'provider':'four','model':'m'},{'provider':'three','model':'m'}]}"
  "],'apps':["
  "{'id':'editor','token_sha256':'0" HASH "'},"
  "{'id':'spender','token_sha256':'1" HASH "','budget':{'usd':'1','on_exceed':'refuse'}},"
  "{'id':'careful','token_sha256':'2" HASH "','budget':{'usd':'1','on_exceed':'local-only'}},"
  "{'id':'busy','token_sha256':'3" HASH "','limits':{'parallel':1}}],"
  "'tags':[{'tag':'secret','locality':'local'}]}";

static char *
dup_json (const char *text)
{
  return g_strdelimit (g_strdup (text), "'", '"');
}

static WayPricing *
make_pricing (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = dup_json (prices);
  int fd = g_file_open_tmp ("wayfare-prices-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_autoptr (WayCatalog) catalog = way_catalog_new_from_file (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  return way_pricing_new (catalog);
}

static void
note_models (WayHealth *health, const char *id, const char *kind, const char *models)
{
  g_autoptr (WayProviderState) state = way_provider_state_new (id, kind, NULL);

  state->reach = WAY_REACH_UP;
  state->models = g_strsplit (models, " ", -1);
  state->checked_at_us = NOW - SECOND;
  way_health_note_probe (health, state);
}

void
world_set_up (World *world)
{
  g_autofree char *text = dup_json (config);

  world->snapshot = read_snapshot (text);
  world->health = way_health_new ();
  world->traffic = way_traffic_new ();
  world->rates = way_rates_new ();
  world->budgets = way_budgets_new ();
  world->pricing = make_pricing ();
  note_models (world->health, "home", "ollama", "m llama");
  note_models (world->health, "two", "openai", "m gemma");
  way_budgets_apply (world->budgets, world->snapshot, NOW);
  for (guint i = 0; i < way_budgets_get_all (world->budgets)->len; i++)
    way_budget_load (g_ptr_array_index (way_budgets_get_all (world->budgets), i), 0);
}

void
world_tear_down (World *world)
{
  way_snapshot_unref (world->snapshot);
  way_health_free (world->health);
  way_traffic_free (world->traffic);
  way_rates_free (world->rates);
  way_budgets_free (world->budgets);
  way_pricing_unref (world->pricing);
}

WayTargetTraffic *
world_get_target (World *world, const char *provider)
{
  return way_traffic_ensure (world->traffic, provider, "m", NOW);
}

static char *
describe (const WayPlan *plan)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < plan->candidates->len; i++)
    {
      const WayCandidate *candidate = g_ptr_array_index (plan->candidates, i);
      g_string_append_printf (text, "%s/%s %s: %s\n", candidate->provider->id, candidate->model,
                              candidate->usable ? "use"
                                                : way_error_code_get_name (candidate->refusal),
                              candidate->reason);
    }
  if (plan->error != NULL)
    g_string_append_printf (text, "= %s\n",
                            way_error_code_get_name ((WayErrorCode)plan->error->code));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

WayPlan *
world_make_plan (World *world, const PlanRow *row)
{
  WayRequestFacts facts = row->facts;
  const WayRouteQuery query = {
    .model = row->model,
    .app = row->app != NULL ? way_snapshot_find_app (world->snapshot, row->app) : NULL,
    .facts = &facts,
    .tag = row->tag,
    .session = row->session,
    .no_fallback = row->no_fallback,
  };
  const WayEvidence evidence = {
    .health = world->health,
    .traffic = world->traffic,
    .rates = world->rates,
    .budgets = world->budgets,
    .pricing = world->pricing,
  };

  if (facts.input_tokens_estimate == 0)
    facts.input_tokens_estimate = 1000;
  g_assert_true (row->app == NULL || query.app != NULL);
  return way_router_plan (world->snapshot, &query, &evidence, NOW + row->later_us);
}

static void
assert_row (const PlanRow *row)
{
  World world;

  world_set_up (&world);
  if (row->before != NULL)
    row->before (&world);
  g_autoptr (WayPlan) plan = world_make_plan (&world, row);
  g_autofree char *text = describe (plan);
  g_test_message ("%s: %s", row->model, row->what);
  g_assert_cmpstr (text, ==, row->plan);
  g_assert_cmpint (plan->local_only, ==, row->expect_local_only);
  world_tear_down (&world);
}

/* Until a row without words. */
void
world_assert_rows (gconstpointer data)
{
  const PlanRow *rows = data;

  for (const PlanRow *row = rows; row->what != NULL; row++)
    assert_row (row);
}

void
world_use_utc (void)
{
  g_setenv ("TZ", "UTC", TRUE);
  tzset ();
}
