/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One question to the ledger for each budget that is not loaded, asked again until it has an
 * answer. What is recorded after the question was asked is not in its answer, and is counted as it
 * settles. Gateway thread. */

#include "way-budget-loader.h"

#include "way-log.h"

#include <string.h>
#include <time.h>

#define FIRST_WAIT_MS 500
#define LONGEST_WAIT_MS (60 * 1000)

struct _WayBudgetLoader
{
  WayBudgets *budgets; /* borrowed */
  WayLedger *ledger;   /* borrowed */
  WayBudgetLoaderFunc on_loaded;
  gpointer user_data;
  GCancellable *cancellable; /* (nullable): owned: of all questions that are asked */
  GSource *retry;            /* (nullable): owned: the wait before they are asked again */
  guint wait_ms;             /* the last such wait, 0 while all goes well */
};

/* A budget may have begun another period when the answer comes. */
typedef struct
{
  WayBudgetLoader *loader;
  GCancellable *cancellable; /* owned: tells whether the loader still is, and wants to know */
  WayBudgetScope scope;
  char *name;
  char *provider_id;
  guint32 since_day;
  gint64 settled_nano_usd; /* spent of it already, and so a part of the answer */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->cancellable);
  g_free (question->name);
  g_free (question->provider_id);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

/**
 * way_budget_loader_new:
 * @on_loaded: called whenever a budget has been loaded
 *
 * Returns: (transfer full)
 */
WayBudgetLoader *
way_budget_loader_new (WayBudgets *budgets,
                       WayLedger *ledger,
                       WayBudgetLoaderFunc on_loaded,
                       gpointer user_data)
{
  WayBudgetLoader *loader = g_new0 (WayBudgetLoader, 1);

  loader->budgets = budgets;
  loader->ledger = ledger;
  loader->on_loaded = on_loaded;
  loader->user_data = user_data;
  return loader;
}

static void
stop_retry (WayBudgetLoader *loader)
{
  if (!loader->retry)
    return;
  g_source_destroy (loader->retry);
  g_clear_pointer (&loader->retry, g_source_unref);
}

static void
give_up (WayBudgetLoader *loader)
{
  stop_retry (loader);
  g_cancellable_cancel (loader->cancellable);
  g_clear_object (&loader->cancellable);
}

void
way_budget_loader_free (WayBudgetLoader *loader)
{
  give_up (loader);
  g_free (loader);
}

static gboolean
on_retry (gpointer user_data)
{
  WayBudgetLoader *loader = user_data;

  stop_retry (loader);
  way_budget_loader_load (loader);
  return G_SOURCE_REMOVE;
}

/* All that have no answer, once: mostly they fail together. */
static void
retry_later (WayBudgetLoader *loader, const GError *error)
{
  if (loader->retry)
    return;
  if (loader->wait_ms == 0)
    way_log_notice ("what was spent of the budgets could not be read, and is asked again: %s",
                    error->message);
  loader->wait_ms = CLAMP (2 * loader->wait_ms, FIRST_WAIT_MS, LONGEST_WAIT_MS);
  loader->retry = g_timeout_source_new (loader->wait_ms);
  g_source_set_callback (loader->retry, on_retry, loader, NULL);
  g_source_attach (loader->retry, g_main_context_get_thread_default ());
}

static WayBudget *
find_asked (const Question *question)
{
  const GPtrArray *budgets = way_budgets_get_all (question->loader->budgets);

  for (guint i = 0; i < budgets->len; i++)
    {
      WayBudget *budget = budgets->pdata[i];

      if (budget->scope == question->scope && budget->since_day == question->since_day &&
          g_strcmp0 (budget->name, question->name) == 0 &&
          g_strcmp0 (budget->provider_id, question->provider_id) == 0)
        return budget;
    }
  return NULL;
}

static void
take_answer (const Question *question, gint64 spent, const GError *error)
{
  WayBudgetLoader *loader = question->loader;
  WayBudget *budget;

  if (g_cancellable_is_cancelled (question->cancellable))
    return;
  if (error)
    {
      retry_later (loader, error);
      return;
    }
  budget = find_asked (question);
  if (!budget)
    return;
  loader->wait_ms = 0;
  way_budget_load (budget, spent - question->settled_nano_usd);
  loader->on_loaded (loader->user_data);
}

static void
on_sum (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) sums = way_ledger_spent_finish (NULL, result, &error);

  take_answer (question, sums ? g_array_index (sums, gint64, 0) : 0, error);
}

/* A model's budget may be for one provider's alone, and name many models by a pattern. */
static gboolean
is_of_budget (const Question *question, const char *target)
{
  const char *slash = strchr (target, '/'); /* there is none in a provider's id */
  gsize length = (gsize)(slash - target);
  const char *provider_id = question->provider_id;

  return way_pattern_matches (question->name, slash + 1) &&
         (!provider_id ||
          (strlen (provider_id) == length && strncmp (provider_id, target, length) == 0));
}

static void
on_targets (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = way_ledger_spend_finish (NULL, result, &error);
  gint64 spent = 0;

  for (guint i = 0; rows && i < rows->len; i++)
    {
      const WaySpendRow *row = rows->pdata[i];

      if (is_of_budget (question, row->key))
        spent += row->cost_nano_usd;
    }
  take_answer (question, spent, error);
}

/* The moment a local day begins. */
static gint64
get_midnight_us (guint32 day)
{
  struct tm midnight = {
    .tm_year = (int)(day / 10000) - 1900,
    .tm_mon = (int)(day / 100 % 100) - 1,
    .tm_mday = (int)(day % 100),
    .tm_isdst = -1,
  };

  return (gint64)mktime (&midnight) * G_USEC_PER_SEC;
}

static void
ask (WayBudgetLoader *loader, const WayBudget *budget)
{
  static const WaySpentScope scopes[] = {
    [WAY_BUDGET_OF_EVERYTHING] = WAY_SPENT_BY_ALL,
    [WAY_BUDGET_OF_APP] = WAY_SPENT_BY_APP,
    [WAY_BUDGET_OF_PROVIDER] = WAY_SPENT_BY_PROVIDER,
  };
  Question *question = g_new0 (Question, 1);

  *question = (Question){
    .loader = loader,
    .cancellable = g_object_ref (loader->cancellable),
    .scope = budget->scope,
    .name = g_strdup (budget->name),
    .provider_id = g_strdup (budget->provider_id),
    .since_day = budget->since_day,
    .settled_nano_usd = budget->spent_nano_usd,
  };
  if (budget->scope == WAY_BUDGET_OF_MODEL)
    way_ledger_spend_async (loader->ledger, WAY_SPEND_BY_TARGET,
                            get_midnight_us (budget->since_day), NULL, on_targets, question);
  else
    way_ledger_spent_async (
      loader->ledger, &(WaySpentQuestion){ scopes[budget->scope], budget->name, budget->since_day },
      1, NULL, on_sum, question);
}

/**
 * way_budget_loader_load:
 *
 * Asks for each budget that is not loaded, and drops what was asked before. What fails is asked
 * again after a while; until then nothing that costs is spent of that budget.
 */
void
way_budget_loader_load (WayBudgetLoader *loader)
{
  const GPtrArray *budgets = way_budgets_get_all (loader->budgets);

  give_up (loader);
  loader->cancellable = g_cancellable_new ();
  for (guint i = 0; i < budgets->len; i++)
    if (!((const WayBudget *)budgets->pdata[i])->is_loaded)
      ask (loader, budgets->pdata[i]);
}
