/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The arithmetic of budgets. Gateway thread; the time comes in, the time zone is the machine's. */

#include "way-budgets.h"

#include "way-price.h"

#include <string.h>
#include <time.h>

#define DAYS_PER_WEEK 7

struct _WayBudgets
{
  GPtrArray *all;         /* (element-type WayBudget) */
  gint64 midnight_us;     /* wall clock: when the next local day begins */
  guint64 n_reservations; /* made so far */
};

static void
budget_free (gpointer data)
{
  WayBudget *budget = data;

  g_free (budget->name);
  g_free (budget->provider_id);
  g_free (budget);
}

/**
 * way_budgets_new:
 *
 * Returns: (transfer full): no budgets; for one thread
 */
WayBudgets *
way_budgets_new (void)
{
  WayBudgets *budgets = g_new0 (WayBudgets, 1);

  budgets->all = g_ptr_array_new_with_free_func (budget_free);
  return budgets;
}

/**
 * way_budgets_free:
 * @budgets: (nullable) (transfer full)
 */
void
way_budgets_free (WayBudgets *budgets)
{
  if (budgets == NULL)
    return;
  g_ptr_array_unref (budgets->all);
  g_free (budgets);
}

/* Periods */

static struct tm
get_local (gint64 wall_us)
{
  time_t seconds = (time_t)(wall_us / G_USEC_PER_SEC);
  struct tm local = { 0 };

  localtime_r (&seconds, &local);
  return local;
}

/* The moment a local day begins; mktime() takes days before the first of a month, and finds out
 * about summer time. */
static gint64
begin_of_day (struct tm day)
{
  day.tm_hour = 0;
  day.tm_min = 0;
  day.tm_sec = 0;
  day.tm_isdst = -1;
  return (gint64)mktime (&day) * G_USEC_PER_SEC;
}

static guint32
find_first_day (WayPeriod period, gint64 now_us)
{
  struct tm day = get_local (now_us);

  switch (period)
    {
    case WAY_PERIOD_DAY:
      break;
    case WAY_PERIOD_WEEK:
      day.tm_mday -= (day.tm_wday + DAYS_PER_WEEK - 1) % DAYS_PER_WEEK;
      break;
    case WAY_PERIOD_MONTH:
      day.tm_mday = 1;
      break;
    }
  day = get_local (begin_of_day (day));
  return (guint32)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
}

static void
begin_period (WayBudget *budget, guint32 since_day)
{
  budget->since_day = since_day;
  budget->spent_nano_usd = 0;
  budget->told_percent = 0;
  budget->is_loaded = TRUE; /* nothing was spent before a period that begins now */
}

/**
 * way_budgets_advance:
 *
 * Begins new periods where the old ones have ended. What attempts that run have reserved stays
 * reserved.
 */
void
way_budgets_advance (WayBudgets *budgets, gint64 now_us)
{
  if (now_us < budgets->midnight_us)
    return;

  struct tm tomorrow = get_local (now_us);
  tomorrow.tm_mday++;
  budgets->midnight_us = begin_of_day (tomorrow);
  for (guint i = 0; i < budgets->all->len; i++)
    {
      WayBudget *budget = g_ptr_array_index (budgets->all, i);
      guint32 since_day = find_first_day (budget->terms.period, now_us);
      if (since_day != budget->since_day)
        begin_period (budget, since_day);
    }
}

/* The configuration */

static WayBudget *
take_known (GPtrArray *known, WayBudgetScope scope, const char *provider_id, const char *name)
{
  for (guint i = 0; i < known->len; i++)
    {
      const WayBudget *budget = g_ptr_array_index (known, i);
      if (budget->scope == scope && g_strcmp0 (budget->name, name) == 0 &&
          g_strcmp0 (budget->provider_id, provider_id) == 0)
        return g_ptr_array_steal_index_fast (known, i);
    }
  return NULL;
}

/* A budget that goes on keeps what was spent, unless its period is another one now: then that is
 * asked of the ledger. */
static void
add_budget (WayBudgets *budgets,
            GPtrArray *known,
            WayBudgetScope scope,
            const char *provider_id,
            const char *name,
            const WayBudgetTerms *terms,
            gint64 now_us)
{
  if (!terms->is_set)
    return;

  WayBudget *budget = take_known (known, scope, provider_id, name);
  guint32 since_day = find_first_day (terms->period, now_us);
  if (budget == NULL)
    {
      budget = g_new0 (WayBudget, 1);
      budget->scope = scope;
      budget->name = g_strdup (name);
      budget->provider_id = g_strdup (provider_id);
      budget->first_reservation = budgets->n_reservations;
    }
  if (budget->since_day != since_day)
    {
      begin_period (budget, since_day);
      budget->is_loaded = FALSE;
    }
  budget->terms = *terms;
  budget->told_percent = 0; /* the terms may be others */
  g_ptr_array_add (budgets->all, budget);
}

/**
 * way_budgets_apply:
 *
 * Takes the budgets of a configuration. Those that are new are not loaded yet.
 */
void
way_budgets_apply (WayBudgets *budgets, const WaySnapshot *snapshot, gint64 now_us)
{
  g_autoptr (GPtrArray) known = g_steal_pointer (&budgets->all);

  way_budgets_advance (&(WayBudgets){ .all = known }, now_us);
  budgets->midnight_us = 0;
  budgets->all = g_ptr_array_new_with_free_func (budget_free);
  add_budget (budgets, known, WAY_BUDGET_OF_EVERYTHING, NULL, NULL, &snapshot->budget, now_us);
  for (guint i = 0; i < snapshot->apps->len; i++)
    {
      const WayApp *app = g_ptr_array_index (snapshot->apps, i);
      add_budget (budgets, known, WAY_BUDGET_OF_APP, NULL, app->id, &app->budget, now_us);
    }
  for (guint i = 0; i < snapshot->providers->len; i++)
    {
      const WayProvider *provider = g_ptr_array_index (snapshot->providers, i);
      add_budget (budgets, known, WAY_BUDGET_OF_PROVIDER, NULL, provider->id, &provider->budget,
                  now_us);
    }
  for (guint i = 0; i < snapshot->models->len; i++)
    {
      const WayModelTerms *terms = g_ptr_array_index (snapshot->models, i);
      add_budget (budgets, known, WAY_BUDGET_OF_MODEL, terms->provider_id, terms->pattern,
                  &terms->budget, now_us);
    }
}

/**
 * way_budgets_get_all:
 *
 * Returns: (transfer none) (element-type WayBudget): valid until the next way_budgets_apply()
 */
const GPtrArray *
way_budgets_get_all (const WayBudgets *budgets)
{
  return budgets->all;
}

/**
 * way_budget_load:
 * @spent_before_nano_usd: in the running period, without what the budget has seen itself
 */
void
way_budget_load (WayBudget *budget, gint64 spent_before_nano_usd)
{
  if (budget->is_loaded)
    return;
  budget->spent_nano_usd += spent_before_nano_usd;
  budget->is_loaded = TRUE;
}

/**
 * way_budget_get_left:
 *
 * Returns: nano-USD that are neither spent nor reserved, not below 0
 */
gint64
way_budget_get_left (const WayBudget *budget)
{
  return MAX (budget->terms.limit_nano_usd - budget->spent_nano_usd - budget->reserved_nano_usd, 0);
}

/**
 * way_budget_scope_get_name:
 *
 * Returns: "everything", "app", "provider" or "model"
 */
const char *
way_budget_scope_get_name (WayBudgetScope scope)
{
  static const char *const names[] = { "everything", "app", "provider", "model" };

  return names[scope];
}

/**
 * way_budget_describe:
 *
 * Returns: (transfer full): "the budget of the app \"codex\", $20.00 a month"
 */
char *
way_budget_describe (const WayBudget *budget)
{
  static const char *const of[] = { "", " of the app ", " of the provider ", " of the model " };
  g_autofree char *limit = way_price_format_usd (budget->terms.limit_nano_usd);
  const char *quote = budget->name != NULL ? "\"" : "";

  return g_strdup_printf ("the budget%s%s%s%s, %s a %s", of[budget->scope], quote,
                          budget->name != NULL ? budget->name : "", quote, limit,
                          way_period_get_name (budget->terms.period));
}

/**
 * way_budget_take_news:
 *
 * Returns: the share in percent that was passed since the last time and is worth telling, once in
 *   a period: that of the warning, and 100; 0 for no news
 */
guint
way_budget_take_news (WayBudget *budget)
{
  const guint shares[] = { 100, budget->terms.warn_percent };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    if (budget->told_percent < shares[i] && budget->is_loaded &&
        (__int128)budget->spent_nano_usd * 100 >=
          (__int128)budget->terms.limit_nano_usd * shares[i])
      return budget->told_percent = shares[i];
  return 0;
}

/* Money */

static gboolean
applies (const WayBudget *budget, const WaySpender *spender)
{
  switch (budget->scope)
    {
    case WAY_BUDGET_OF_EVERYTHING:
      return TRUE;
    case WAY_BUDGET_OF_APP:
      return g_strcmp0 (budget->name, spender->app) == 0;
    case WAY_BUDGET_OF_PROVIDER:
      return g_strcmp0 (budget->name, spender->provider) == 0;
    case WAY_BUDGET_OF_MODEL:
      return (budget->provider_id == NULL ||
              g_strcmp0 (budget->provider_id, spender->provider) == 0) &&
             spender->model != NULL && way_pattern_matches (budget->name, spender->model);
    }
  g_assert_not_reached ();
}

/* Nothing more fits once the limit is reached, not even what costs nothing to speak of. */
static gboolean
fits (const WayBudget *budget, gint64 cost)
{
  gint64 left = way_budget_get_left (budget);

  return budget->is_loaded && cost != WAY_UNKNOWN && left > 0 && cost <= left;
}

/**
 * way_budgets_find_exceeded:
 * @budgets: (nullable)
 * @cost: the estimate for the attempt in nano-USD, or %WAY_UNKNOWN, which fits no budget: what
 *   cannot be counted cannot be kept within one
 *
 * Returns: (transfer none) (nullable): the first budget with a consequence that has no room for
 *   @cost
 */
const WayBudget *
way_budgets_find_exceeded (const WayBudgets *budgets, const WaySpender *spender, gint64 cost)
{
  for (guint i = 0; budgets != NULL && i < budgets->all->len; i++)
    {
      const WayBudget *budget = g_ptr_array_index (budgets->all, i);
      if (budget->terms.on_exceed != WAY_EXCEED_NOTIFY && applies (budget, spender) &&
          !fits (budget, cost))
        return budget;
    }
  return NULL;
}

/**
 * way_budgets_find_spent:
 * @budgets: (nullable)
 * @app: (nullable): who asks
 *
 * Returns: (transfer none) (nullable): a budget of everything or of @app that is spent and keeps
 *   the rest of its period on this machine
 */
const WayBudget *
way_budgets_find_spent (const WayBudgets *budgets, const char *app)
{
  const WaySpender spender = { .app = app };

  for (guint i = 0; budgets != NULL && i < budgets->all->len; i++)
    {
      const WayBudget *budget = g_ptr_array_index (budgets->all, i);
      if (budget->terms.on_exceed == WAY_EXCEED_LOCAL_ONLY && applies (budget, &spender) &&
          budget->is_loaded && way_budget_get_left (budget) == 0)
        return budget;
    }
  return NULL;
}

/**
 * way_budgets_get_left:
 * @budgets: (nullable)
 *
 * Returns: the least that any budget over @spender has left in nano-USD, or %WAY_UNKNOWN without
 *   one
 */
gint64
way_budgets_get_left (const WayBudgets *budgets, const WaySpender *spender)
{
  gint64 least = WAY_UNKNOWN;

  for (guint i = 0; budgets != NULL && i < budgets->all->len; i++)
    {
      const WayBudget *budget = g_ptr_array_index (budgets->all, i);
      if (!applies (budget, spender))
        continue;
      gint64 left = way_budget_get_left (budget);
      least = least == WAY_UNKNOWN ? left : MIN (least, left);
    }
  return least;
}

/**
 * way_budgets_reserve:
 * @nano_usd: what an attempt that starts may cost, 0 for nothing
 *
 * Returns: what way_budgets_settle() is to be told
 */
WayReservation
way_budgets_reserve (WayBudgets *budgets, const WaySpender *spender, gint64 nano_usd)
{
  for (guint i = 0; i < budgets->all->len; i++)
    {
      WayBudget *budget = g_ptr_array_index (budgets->all, i);
      if (applies (budget, spender))
        budget->reserved_nano_usd += nano_usd;
    }
  return (WayReservation){ budgets->n_reservations++, nano_usd };
}

/**
 * way_budgets_settle:
 * @reservation: from way_budgets_reserve()
 * @spent_nano_usd: what the attempt cost; unknown cost adds nothing
 * @began_at_us: wall clock: what began in an earlier period is not of this one
 *
 * An attempt has ended. A budget that came with a changed configuration in between holds nothing
 * back for it, and only counts.
 */
void
way_budgets_settle (WayBudgets *budgets,
                    const WaySpender *spender,
                    WayReservation reservation,
                    gint64 spent_nano_usd,
                    gint64 began_at_us)
{
  for (guint i = 0; i < budgets->all->len; i++)
    {
      WayBudget *budget = g_ptr_array_index (budgets->all, i);
      if (!applies (budget, spender))
        continue;
      if (reservation.number >= budget->first_reservation)
        budget->reserved_nano_usd -= reservation.nano_usd;
      if (spent_nano_usd > 0 &&
          find_first_day (budget->terms.period, began_at_us) == budget->since_day)
        budget->spent_nano_usd += spent_nano_usd;
    }
}
