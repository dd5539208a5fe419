/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Budgets over calendar periods in Berlin, where summer time ended on 26 October 2025 and began on
 * 30 March 2025. */

#include "way-budgets.h"

#include "routing-fixture.h"

#include <stdlib.h>
#include <time.h>

#define PROVIDERS                                                                                  \
  "\"providers\":["                                                                                \
  "{\"id\":\"cloud\",\"kind\":\"openai\",\"base_url\":\"https://c.example.com\"%s},"               \
  "{\"id\":\"other\",\"kind\":\"openai\",\"base_url\":\"https://o.example.com\"}]"
#define APPS                                                                                       \
  "\"apps\":[{\"id\":\"editor\",\"token_sha256\":"                                                 \
  "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"%s}]"

/* Where the budget of a row is, and its terms without the braces. */
typedef struct
{
  WayBudgetScope scope;
  const char *terms; /* nullable: no budget */
} Place;

static WaySnapshot *
make_snapshot (const Place *place)
{
  g_autofree char *terms =
    place->terms != NULL ? g_strdup_printf ("\"budget\":{%s}", place->terms) : g_strdup ("");
  g_autofree char *member = g_strconcat (",", terms, NULL);
  const char *of[4] = { "", "", "", "" };

  if (place->terms != NULL)
    of[place->scope] = member;
  g_autofree char *providers = g_strdup_printf (PROVIDERS, of[WAY_BUDGET_OF_PROVIDER]);
  g_autofree char *apps = g_strdup_printf (APPS, of[WAY_BUDGET_OF_APP]);
  g_autofree char *config = g_strdup_printf (
    "{\"version\":1,%s,%s,\"models\":[{\"provider\":\"cloud\",\"model\":\"gpt-*\"%s}"
    "]%s}",
    providers, apps, of[WAY_BUDGET_OF_MODEL], of[WAY_BUDGET_OF_EVERYTHING]);
  return read_snapshot (config);
}

static void
apply (WayBudgets *budgets, const Place *place, gint64 now_us)
{
  g_autoptr (WaySnapshot) snapshot = make_snapshot (place);

  way_budgets_apply (budgets, snapshot, now_us);
}

static WayBudget *
get_only (const WayBudgets *budgets)
{
  const GPtrArray *all = way_budgets_get_all (budgets);

  g_assert_cmpuint (all->len, ==, 1);
  return g_ptr_array_index (all, 0);
}

/* A budget of everything with @terms, loaded with nothing. */
static WayBudgets *
make_budgets (const char *terms, gint64 now_us)
{
  const Place place = { WAY_BUDGET_OF_EVERYTHING, terms };
  WayBudgets *budgets = way_budgets_new ();

  apply (budgets, &place, now_us);
  way_budget_load (get_only (budgets), 0);
  return budgets;
}

/* "2025-10-26T02:30:00+02:00" */
static gint64
at (const char *moment)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (moment, NULL);

  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * SECOND;
}

static const WaySpender anybody = { NULL, "cloud", "gpt-x" };
static const WayReservation nothing = { 0 };

/* Periods */

static const struct
{
  const char *period;
  const char *moment;
  guint32 since_day;
} period_rows[] = {
  { "day", "2025-11-01T00:00:00+01:00", 20251101 },
  { "day", "2025-11-01T23:59:59+01:00", 20251101 },
  { "day", "2025-11-01T23:30:00+00:00", 20251102 }, /* local days, not those of UTC */
  { "day", "2025-03-30T01:59:59+01:00", 20250330 },
  { "day", "2025-03-30T23:59:59+02:00", 20250330 },
  { "day", "2025-10-26T00:00:00+02:00", 20251026 },
  { "day", "2025-10-26T23:59:59+01:00", 20251026 },
  /* Weeks begin on Monday. */
  { "week", "2025-11-03T00:00:00+01:00", 20251103 },
  { "week", "2025-11-09T23:59:59+01:00", 20251103 },
  { "week", "2025-11-02T23:59:59+01:00", 20251027 },
  { "week", "2025-10-26T23:59:59+01:00", 20251020 },
  { "week", "2025-03-30T12:00:00+02:00", 20250324 },
  { "week", "2026-01-01T12:00:00+01:00", 20251229 },
  { "month", "2025-10-31T23:59:59+01:00", 20251001 },
  { "month", "2025-11-01T00:00:00+01:00", 20251101 },
  { "month", "2025-12-31T23:59:59+01:00", 20251201 },
  { "month", "2024-02-29T12:00:00+01:00", 20240201 },
};

static void
test_periods (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (period_rows); i++)
    {
      g_autofree char *terms =
        g_strdup_printf ("\"usd\":\"1\",\"period\":\"%s\"", period_rows[i].period);
      g_autoptr (WayBudgets) budgets = make_budgets (terms, at (period_rows[i].moment));

      g_test_message ("%s %s", period_rows[i].period, period_rows[i].moment);
      g_assert_cmpuint (get_only (budgets)->since_day, ==, period_rows[i].since_day);
    }
}

static const struct
{
  const char *period;
  const char *last; /* of the old period */
  const char *first;
} turn_rows[] = {
  { "day", "2025-11-01T23:59:59+01:00", "2025-11-02T00:00:00+01:00" },
  { "day", "2025-03-30T23:59:59+02:00", "2025-03-31T00:00:00+02:00" }, /* of 23 hours */
  { "day", "2025-10-26T23:59:59+01:00", "2025-10-27T00:00:00+01:00" }, /* of 25 hours */
  { "week", "2025-10-26T23:59:59+01:00", "2025-10-27T00:00:00+01:00" },
  { "week", "2025-03-30T23:59:59+02:00", "2025-03-31T00:00:00+02:00" },
  { "week", "2025-12-28T23:59:59+01:00", "2025-12-29T00:00:00+01:00" },
  { "month", "2025-10-31T23:59:59+01:00", "2025-11-01T00:00:00+01:00" },
  { "month", "2025-03-31T23:59:59+02:00", "2025-04-01T00:00:00+02:00" },
  { "month", "2025-12-31T23:59:59+01:00", "2026-01-01T00:00:00+01:00" },
  { "month", "2024-02-29T23:59:59+01:00", "2024-03-01T00:00:00+01:00" },
};

/* The new period begins at midnight, on the second; what runs stays reserved in it. */
static void
test_turns_of_periods (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (turn_rows); i++)
    {
      g_autofree char *terms =
        g_strdup_printf ("\"usd\":\"1\",\"period\":\"%s\"", turn_rows[i].period);
      gint64 last_us = at (turn_rows[i].last);
      gint64 first_us = at (turn_rows[i].first);
      g_autoptr (WayBudgets) budgets = make_budgets (terms, last_us - 20 * HOUR);
      const WayBudget *budget = get_only (budgets);

      g_test_message ("%s %s", turn_rows[i].period, turn_rows[i].first);
      g_assert_cmpint (first_us - last_us, ==, SECOND);
      WayReservation first = way_budgets_reserve (budgets, &anybody, USD / 10);
      WayReservation second = way_budgets_reserve (budgets, &anybody, USD / 4);
      way_budgets_settle (budgets, &anybody, first, USD / 5, last_us);
      way_budgets_advance (budgets, last_us);
      g_assert_cmpint (budget->spent_nano_usd, ==, USD / 5);
      way_budgets_advance (budgets, first_us);
      g_assert_cmpint (budget->spent_nano_usd, ==, 0);
      g_assert_cmpint (budget->reserved_nano_usd, ==, USD / 4);
      g_assert_true (budget->is_loaded);

      /* What began in the old period is none of the new one. */
      way_budgets_settle (budgets, &anybody, second, USD / 4, last_us);
      g_assert_cmpint (budget->spent_nano_usd, ==, 0);
      g_assert_cmpint (budget->reserved_nano_usd, ==, 0);
      way_budgets_settle (budgets, &anybody, nothing, USD / 4, first_us);
      g_assert_cmpint (budget->spent_nano_usd, ==, USD / 4);
    }
}

/* Money */

static const struct
{
  gint64 spent;
  gint64 reserved;
  gint64 cost; /* or WAY_UNKNOWN */
  gboolean fits;
  gint64 left;
} room_rows[] = {
  { 0, 0, USD, TRUE, USD },
  { 0, 0, USD + 1, FALSE, USD },
  { USD / 2, 0, USD / 2, TRUE, USD / 2 },
  { USD / 2, 1, USD / 2, FALSE, USD / 2 - 1 },
  { 0, USD, 1, FALSE, 0 },
  { USD, 0, 0, FALSE, 0 }, /* spent is spent */
  { 2 * USD, 0, 1, FALSE, 0 },
  { USD, USD, 1, FALSE, 0 },
  { 0, 0, WAY_UNKNOWN, FALSE, USD },
};

static void
test_room (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (room_rows); i++)
    {
      g_autoptr (WayBudgets) budgets = make_budgets ("\"usd\":\"1\"", NOW);

      way_budgets_settle (budgets, &anybody, nothing, room_rows[i].spent, NOW);
      way_budgets_reserve (budgets, &anybody, room_rows[i].reserved);
      g_test_message ("row %zu", i);
      g_assert_cmpint (way_budgets_get_left (budgets, &anybody), ==, room_rows[i].left);
      g_assert_cmpint (way_budgets_find_exceeded (budgets, &anybody, room_rows[i].cost) == NULL, ==,
                       room_rows[i].fits);
    }
}

static void
test_reserve_and_settle (void)
{
  g_autoptr (WayBudgets) budgets = make_budgets ("\"usd\":\"1\"", NOW);
  const WayBudget *budget = get_only (budgets);

  WayReservation first = way_budgets_reserve (budgets, &anybody, USD / 2);
  WayReservation second = way_budgets_reserve (budgets, &anybody, USD / 4);
  g_assert_cmpint (way_budget_get_left (budget), ==, USD / 4);
  way_budgets_settle (budgets, &anybody, first, USD / 8, NOW);
  g_assert_cmpint (way_budget_get_left (budget), ==, 5 * USD / 8);
  /* Nobody said what it cost: nothing is counted. */
  way_budgets_settle (budgets, &anybody, second, WAY_UNKNOWN, NOW);
  g_assert_cmpint (budget->spent_nano_usd, ==, USD / 8);
  g_assert_cmpint (budget->reserved_nano_usd, ==, 0);
}

static const struct
{
  WayBudgetScope scope;
  WaySpender spender;
  gboolean applies;
} scope_rows[] = {
  { WAY_BUDGET_OF_EVERYTHING, { NULL, "other", "m" }, TRUE },
  { WAY_BUDGET_OF_APP, { "editor", "other", "m" }, TRUE },
  { WAY_BUDGET_OF_APP, { "shell", "other", "m" }, FALSE },
  { WAY_BUDGET_OF_APP, { NULL, "other", "m" }, FALSE },
  { WAY_BUDGET_OF_PROVIDER, { NULL, "cloud", "m" }, TRUE },
  { WAY_BUDGET_OF_PROVIDER, { NULL, "other", "m" }, FALSE },
  { WAY_BUDGET_OF_MODEL, { NULL, "cloud", "gpt-5" }, TRUE },
  { WAY_BUDGET_OF_MODEL, { NULL, "cloud", "m" }, FALSE },
  { WAY_BUDGET_OF_MODEL, { NULL, "other", "gpt-5" }, FALSE },
};

static void
test_scopes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (scope_rows); i++)
    {
      const Place place = { scope_rows[i].scope, "\"usd\":\"1\"" };
      const WaySpender *spender = &scope_rows[i].spender;
      g_autoptr (WayBudgets) budgets = way_budgets_new ();

      apply (budgets, &place, NOW);
      way_budget_load (get_only (budgets), 0);
      way_budgets_reserve (budgets, spender, USD / 2);
      way_budgets_settle (budgets, spender, nothing, USD / 4, NOW);
      g_test_message ("row %zu", i);
      g_assert_cmpint (get_only (budgets)->reserved_nano_usd, ==,
                       scope_rows[i].applies ? USD / 2 : 0);
      g_assert_cmpint (get_only (budgets)->spent_nano_usd, ==, scope_rows[i].applies ? USD / 4 : 0);
      g_assert_cmpint (way_budgets_get_left (budgets, spender), ==,
                       scope_rows[i].applies ? USD / 4 : WAY_UNKNOWN);
      g_assert_cmpint (way_budgets_find_exceeded (budgets, spender, USD / 2) != NULL, ==,
                       scope_rows[i].applies);
    }
}

static void
test_consequences (void)
{
  static const struct
  {
    const char *on_exceed;
    gboolean refuses;
    gboolean keeps_local;
  } cases[] = {
    { "notify", FALSE, FALSE },
    { "refuse", TRUE, FALSE },
    { "local-only", TRUE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *terms =
        g_strdup_printf ("\"usd\":\"1\",\"on_exceed\":\"%s\"", cases[i].on_exceed);
      g_autoptr (WayBudgets) budgets = make_budgets (terms, NOW);

      g_assert_null (way_budgets_find_spent (budgets, NULL));
      way_budgets_settle (budgets, &anybody, nothing, USD, NOW);
      g_assert_cmpint (way_budgets_find_exceeded (budgets, &anybody, 1) != NULL, ==,
                       cases[i].refuses);
      g_assert_cmpint (way_budgets_find_spent (budgets, NULL) != NULL, ==, cases[i].keeps_local);
    }
  g_assert_null (way_budgets_find_exceeded (NULL, &anybody, 1));
  g_assert_null (way_budgets_find_spent (NULL, NULL));
  g_assert_cmpint (way_budgets_get_left (NULL, &anybody), ==, WAY_UNKNOWN);
}

/* Before what was spent is known nothing that costs fits, and what is spent meanwhile counts. */
static void
test_loaded_later (void)
{
  const Place place = { WAY_BUDGET_OF_EVERYTHING, "\"usd\":\"1\"" };
  g_autoptr (WayBudgets) budgets = way_budgets_new ();

  apply (budgets, &place, NOW);
  g_assert_nonnull (way_budgets_find_exceeded (budgets, &anybody, 1));
  way_budgets_settle (budgets, &anybody, nothing, USD / 4, NOW);
  way_budget_load (get_only (budgets), USD / 2);
  g_assert_cmpint (get_only (budgets)->spent_nano_usd, ==, 3 * USD / 4);
  way_budget_load (get_only (budgets), USD / 2);
  g_assert_cmpint (get_only (budgets)->spent_nano_usd, ==, 3 * USD / 4);
  g_assert_null (way_budgets_find_exceeded (budgets, &anybody, USD / 4));
}

/* The configuration */

#define DAY_TERMS "\"usd\":\"1\",\"period\":\"day\""

static const struct
{
  const char *what;
  gboolean is_gone_between; /* and comes again */
  Place then;
  gboolean is_loaded;
  gint64 spent;
  gint64 reserved;
} change_rows[] = {
  { "the same", FALSE, { WAY_BUDGET_OF_PROVIDER, DAY_TERMS }, TRUE, USD / 2, USD / 8 },
  { "another limit",
    FALSE,
    { WAY_BUDGET_OF_PROVIDER, "\"usd\":\"5\",\"period\":\"day\"" },
    TRUE,
    USD / 2,
    USD / 8 },
  /* What was spent in it is asked of the ledger. */
  { "another period",
    FALSE,
    { WAY_BUDGET_OF_PROVIDER, "\"usd\":\"1\",\"period\":\"week\"" },
    FALSE,
    0,
    USD / 8 },
  { "another scope", FALSE, { WAY_BUDGET_OF_EVERYTHING, DAY_TERMS }, FALSE, 0, 0 },
  { "gone and come again", TRUE, { WAY_BUDGET_OF_PROVIDER, DAY_TERMS }, FALSE, 0, 0 },
};

/* Whatever becomes of the budget, an attempt that runs gives back what it had reserved in it, and
 * nothing of what others have. */
static void
test_changed_configuration (void)
{
  const Place first = { WAY_BUDGET_OF_PROVIDER, DAY_TERMS };
  const Place none = { WAY_BUDGET_OF_EVERYTHING, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (change_rows); i++)
    {
      g_autoptr (WayBudgets) budgets = way_budgets_new ();

      apply (budgets, &first, NOW);
      way_budget_load (get_only (budgets), 0);
      WayReservation running = way_budgets_reserve (budgets, &anybody, USD / 8);
      way_budgets_settle (budgets, &anybody, nothing, USD / 2, NOW);
      if (change_rows[i].is_gone_between)
        apply (budgets, &none, NOW + HOUR);
      apply (budgets, &change_rows[i].then, NOW + HOUR);
      g_test_message ("%s", change_rows[i].what);
      g_assert_cmpint (get_only (budgets)->is_loaded, ==, change_rows[i].is_loaded);
      g_assert_cmpint (get_only (budgets)->spent_nano_usd, ==, change_rows[i].spent);
      g_assert_cmpint (get_only (budgets)->reserved_nano_usd, ==, change_rows[i].reserved);

      way_budgets_reserve (budgets, &anybody, USD / 16);
      way_budgets_settle (budgets, &anybody, running, USD / 32, NOW + HOUR);
      g_assert_cmpint (get_only (budgets)->spent_nano_usd, ==, change_rows[i].spent + USD / 32);
      g_assert_cmpint (get_only (budgets)->reserved_nano_usd, ==, USD / 16);
    }
}

static void
test_budget_is_dropped (void)
{
  const Place none = { WAY_BUDGET_OF_EVERYTHING, NULL };
  g_autoptr (WayBudgets) budgets = make_budgets ("\"usd\":\"1\"", NOW);

  apply (budgets, &none, NOW);
  g_assert_cmpuint (way_budgets_get_all (budgets)->len, ==, 0);
  g_assert_cmpint (way_budgets_get_left (budgets, &anybody), ==, WAY_UNKNOWN);
}

/* News */

static void
test_news (void)
{
  static const struct
  {
    gint64 spend; /* hundredths of the limit */
    guint news;
  } steps[] = { { 79, 0 }, { 1, 80 }, { 10, 0 }, { 9, 0 }, { 1, 100 }, { 50, 0 } };
  g_autoptr (WayBudgets) budgets =
    make_budgets ("\"usd\":\"1\",\"period\":\"day\"", at ("2025-11-01T12:00:00+01:00"));
  WayBudget *budget = get_only (budgets);

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      way_budgets_settle (budgets, &anybody, nothing, steps[i].spend * (USD / 100),
                          at ("2025-11-01T12:00:00+01:00"));
      g_assert_cmpuint (way_budget_take_news (budget), ==, steps[i].news);
      g_assert_cmpuint (way_budget_take_news (budget), ==, 0);
    }
  /* Each period anew; a jump past both is told once. */
  way_budgets_advance (budgets, at ("2025-11-02T00:00:00+01:00"));
  g_assert_cmpuint (way_budget_take_news (budget), ==, 0);
  way_budgets_settle (budgets, &anybody, nothing, 2 * USD, at ("2025-11-02T00:00:01+01:00"));
  g_assert_cmpuint (way_budget_take_news (budget), ==, 100);
  g_assert_cmpuint (way_budget_take_news (budget), ==, 0);
}

static void
test_no_news_before_loaded (void)
{
  const Place place = { WAY_BUDGET_OF_EVERYTHING, "\"usd\":\"1\",\"warn_percent\":50" };
  g_autoptr (WayBudgets) budgets = way_budgets_new ();

  apply (budgets, &place, NOW);
  way_budgets_settle (budgets, &anybody, nothing, 3 * USD / 4, NOW);
  g_assert_cmpuint (way_budget_take_news (get_only (budgets)), ==, 0);
  way_budget_load (get_only (budgets), 0);
  g_assert_cmpuint (way_budget_take_news (get_only (budgets)), ==, 50);
}

static void
test_words (void)
{
  static const struct
  {
    Place place;
    const char *words;
  } cases[] = {
    { { WAY_BUDGET_OF_EVERYTHING, "\"usd\":\"20\"" }, "the budget, $20.00 a month" },
    { { WAY_BUDGET_OF_APP, "\"usd\":\"0.5\",\"period\":\"day\"" },
      "the budget of the app \"editor\", $0.50 a day" },
    { { WAY_BUDGET_OF_PROVIDER, "\"usd\":\"5\",\"period\":\"week\"" },
      "the budget of the provider \"cloud\", $5.00 a week" },
    { { WAY_BUDGET_OF_MODEL, "\"usd\":\"5\"" },
      "the budget of the model \"gpt-*\", $5.00 a month" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (WayBudgets) budgets = way_budgets_new ();
      apply (budgets, &cases[i].place, NOW);
      g_autofree char *words = way_budget_describe (get_only (budgets));
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "Europe/Berlin", TRUE);
  tzset ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/routing/budgets/periods", test_periods);
  g_test_add_func ("/routing/budgets/turns-of-periods", test_turns_of_periods);
  g_test_add_func ("/routing/budgets/room", test_room);
  g_test_add_func ("/routing/budgets/reserve-and-settle", test_reserve_and_settle);
  g_test_add_func ("/routing/budgets/scopes", test_scopes);
  g_test_add_func ("/routing/budgets/consequences", test_consequences);
  g_test_add_func ("/routing/budgets/loaded-later", test_loaded_later);
  g_test_add_func ("/routing/budgets/changed-configuration", test_changed_configuration);
  g_test_add_func ("/routing/budgets/budget-is-dropped", test_budget_is_dropped);
  g_test_add_func ("/routing/budgets/news", test_news);
  g_test_add_func ("/routing/budgets/no-news-before-loaded", test_no_news_before_loaded);
  g_test_add_func ("/routing/budgets/words", test_words);
  return g_test_run ();
}
