/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The strict reader's part for the terms of routing, money and limits: `when`, `budget`, `limits`,
 * `retry`, `models` and `tags`. Any thread. */

#include "way-snapshot-private.h"

#include <string.h>

#define LIMIT_MAX (1000 * 1000 * 1000)
#define TOKENS_MAX (100 * 1000 * 1000)
#define BUDGET_MAX_USD (1000 * 1000 * 1000)
#define PRICE_MAX_USD (1000 * 1000)
#define RETRIES_MAX 10
#define NANO_USD_PER_PPM 1000 /* a millionth of a USD */
#define MINUTES_PER_HOUR 60
#define HOURS_PER_DAY 24
#define DEFAULT_RETRY ((WayRetryTerms){ 2, 20 })
#define DEFAULT_WARN_PERCENT 80

const char *const way_strategy_names[] = { "ordered",  "cheapest",    "fastest", "least-busy",
                                           "weighted", "round-robin", "sticky",  NULL };
static const char *const period_names[] = { "day", "week", "month", NULL };

static const char *const limit_members[] = { "rpm", "tpm", "parallel", NULL };
static const char *const budget_members[] = { "usd", "period", "warn_percent", "on_exceed", NULL };
static const char *const retry_members[] = { "attempts", "extra_percent", NULL };
static const char *const tag_members[] = { "tag", "locality", NULL };
static const char *const model_members[] = {
  "provider",          "model",        "price",  "context_tokens",
  "max_output_tokens", "capabilities", "budget", NULL
};
static const char *const capability_names[] = {
  "tools", "vision", "reasoning", "json_schema", "prompt_cache", "pdf", "audio_input", NULL
};
static const char *const condition_members[] = { "min_input_tokens",
                                                 "max_input_tokens",
                                                 "tools",
                                                 "images",
                                                 "apps",
                                                 "tags",
                                                 "hours",
                                                 "days",
                                                 "budget_left_usd",
                                                 NULL };

static const char advice[] = "keys and tokens live in the keyring";

/**
 * way_strategy_get_name:
 *
 * Returns: as in the config: "least-busy". Any thread.
 */
const char *
way_strategy_get_name (WayStrategy strategy)
{
  return way_strategy_names[strategy];
}

/**
 * way_period_get_name:
 *
 * Returns: as in the config: "month". Any thread.
 */
const char *
way_period_get_name (WayPeriod period)
{
  return period_names[period];
}

/* Requests and tokens a minute, calls at once. */
void
way_snapshot_read_limits (WayReader *reader, JsonObject *object, WayRateLimits *ret_limits)
{
  JsonObject *limits = way_reader_get_object (reader, object, "limits");
  if (limits == NULL)
    return;

  gsize mark = way_reader_enter (reader, "limits");
  way_reader_get_int (reader, limits, "rpm", 1, LIMIT_MAX, &ret_limits->rpm);
  way_reader_get_int (reader, limits, "tpm", 1, LIMIT_MAX, &ret_limits->tpm);
  way_reader_get_int (reader, limits, "parallel", 1, LIMIT_MAX, &ret_limits->parallel);
  way_reader_check_members (reader, limits, limit_members, advice);
  way_reader_leave (reader, mark);
}

void
way_snapshot_read_budget (WayReader *reader, JsonObject *object, WayBudgetTerms *ret_terms)
{
  static const char *const actions[] = { "notify", "local-only", "refuse", NULL };
  JsonObject *budget = way_reader_get_object (reader, object, "budget");
  if (budget == NULL)
    return;

  gint64 ppm = 0;
  gint64 percent = DEFAULT_WARN_PERCENT;
  guint period = WAY_PERIOD_MONTH;
  guint action = WAY_EXCEED_REFUSE;
  gsize mark = way_reader_enter (reader, "budget");
  if (!json_object_has_member (budget, "usd"))
    way_reader_fault (reader, "usd", "is required");
  way_reader_get_decimal (reader, budget, "usd", BUDGET_MAX_USD, &ppm);
  way_reader_get_choice (reader, budget, "period", period_names, &period);
  way_reader_get_int (reader, budget, "warn_percent", 1, 100, &percent);
  way_reader_get_choice (reader, budget, "on_exceed", actions, &action);
  way_reader_check_members (reader, budget, budget_members, advice);
  way_reader_leave (reader, mark);
  *ret_terms = (WayBudgetTerms){ TRUE, ppm * NANO_USD_PER_PPM, (WayPeriod)period, (guint)percent,
                                 (WayExceed)action };
}

void
way_snapshot_read_retry (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  gint64 attempts = DEFAULT_RETRY.attempts;
  gint64 percent = DEFAULT_RETRY.extra_percent;
  JsonObject *retry = way_reader_get_object (reader, root, "retry");

  if (retry != NULL)
    {
      gsize mark = way_reader_enter (reader, "retry");
      way_reader_get_int (reader, retry, "attempts", 0, RETRIES_MAX, &attempts);
      way_reader_get_int (reader, retry, "extra_percent", 0, 100, &percent);
      way_reader_check_members (reader, retry, retry_members, advice);
      way_reader_leave (reader, mark);
    }
  snapshot->retry = (WayRetryTerms){ (guint)attempts, (guint)percent };
}

/* Conditions */

const WayConditions *
way_conditions_ref (const WayConditions *conditions)
{
  return conditions == NULL ? NULL : g_atomic_rc_box_acquire ((WayConditions *)conditions);
}

static void
conditions_clear (gpointer data)
{
  WayConditions *conditions = data;
  g_strfreev (conditions->apps);
  g_strfreev (conditions->tags);
}

void
way_conditions_unref (const WayConditions *conditions)
{
  g_atomic_rc_box_release_full ((WayConditions *)conditions, conditions_clear);
}

static void
read_demand (WayReader *reader, JsonObject *when, const char *member, WayDemand *ret_demand)
{
  gboolean with = FALSE;
  if (way_reader_get_boolean (reader, when, member, &with))
    *ret_demand = with ? WAY_DEMAND_WITH : WAY_DEMAND_WITHOUT;
}

/* "08:30"; 24:00 is the end of a day. Moves @at past it. */
static gboolean
read_minute (const char **at, int *ret_minute)
{
  const char *c = *at;
  for (int i = 0; i < 5; i++)
    if (i == 2 ? c[i] != ':' : !g_ascii_isdigit (c[i]))
      return FALSE;

  int hour = (c[0] - '0') * 10 + c[1] - '0';
  int minute = (c[3] - '0') * 10 + c[4] - '0';
  *ret_minute = hour * MINUTES_PER_HOUR + minute;
  *at = c + 5;
  return minute < MINUTES_PER_HOUR && *ret_minute <= HOURS_PER_DAY * MINUTES_PER_HOUR;
}

static void
read_hours (WayReader *reader, JsonObject *when, WayConditions *conditions)
{
  const char *hours = way_reader_get_string (reader, when, "hours", WAY_READER_OPTIONAL);
  if (hours == NULL)
    return;
  const char *at = hours;
  if (!read_minute (&at, &conditions->from_minute) || *at++ != '-' ||
      !read_minute (&at, &conditions->to_minute) || *at != '\0')
    way_reader_fault (reader, "hours",
                      "must be a span of local time such as \"08:30-18:00\" or \"22:00-06:00\"");
}

static void
read_days (WayReader *reader, JsonObject *when, WayConditions *conditions)
{
  static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };
  g_auto (GStrv) days = way_reader_dup_strings (reader, when, "days", names);
  for (guint day = 0; days != NULL && names[day] != NULL; day++)
    if (g_strv_contains ((const char *const *)days, names[day]))
      conditions->days |= 1u << day;
}

/* When @target takes part; NULL if it always does. */
const WayConditions *
way_snapshot_read_conditions (WayReader *reader, JsonObject *target)
{
  JsonObject *when = way_reader_get_object (reader, target, "when");
  if (when == NULL)
    return NULL;

  WayConditions *conditions = g_atomic_rc_box_new0 (WayConditions);
  gint64 left_ppm = 0;
  gsize mark = way_reader_enter (reader, "when");
  conditions->from_minute = -1;
  conditions->to_minute = -1;
  conditions->min_budget_left_nano_usd = WAY_UNKNOWN;
  way_reader_get_int (reader, when, "min_input_tokens", 1, TOKENS_MAX,
                      &conditions->min_input_tokens);
  way_reader_get_int (reader, when, "max_input_tokens", 1, TOKENS_MAX,
                      &conditions->max_input_tokens);
  read_demand (reader, when, "tools", &conditions->tools);
  read_demand (reader, when, "images", &conditions->images);
  conditions->apps = way_reader_dup_strings (reader, when, "apps", NULL);
  conditions->tags = way_reader_dup_strings (reader, when, "tags", NULL);
  read_hours (reader, when, conditions);
  read_days (reader, when, conditions);
  if (way_reader_get_decimal (reader, when, "budget_left_usd", BUDGET_MAX_USD, &left_ppm))
    conditions->min_budget_left_nano_usd = left_ppm * NANO_USD_PER_PPM;
  way_reader_check_members (reader, when, condition_members, advice);
  way_reader_leave (reader, mark);
  return conditions;
}

/* Models */

/* "2026-11-01" as 20261101. */
static void
read_day (WayReader *reader, JsonObject *price, guint32 *ret_day)
{
  const char *text = way_reader_get_string (reader, price, "as_of", WAY_READER_OPTIONAL);
  if (text == NULL)
    return;
  g_autofree char *midnight = g_strconcat (text, "T00:00:00Z", NULL);
  g_autoptr (GDateTime) day = g_date_time_new_from_iso8601 (midnight, NULL);
  if (day == NULL)
    way_reader_fault (reader, "as_of", "must be a day such as \"2026-11-01\"");
  else
    *ret_day = (guint32)(g_date_time_get_year (day) * 10000 + g_date_time_get_month (day) * 100 +
                         g_date_time_get_day_of_month (day));
}

/* USD per million tokens, which in millionths is the catalogue's own unit. */
static void
read_price (WayReader *reader, JsonObject *object, WayModelTerms *terms)
{
  static const char *const members[] = { "input",  "cache_read", "cache_write_5m", "cache_write_1h",
                                         "output", "reasoning",  "as_of",          NULL };
  JsonObject *given = way_reader_get_object (reader, object, "price");
  if (given == NULL)
    return;

  WayPrice price = WAY_PRICE_UNKNOWN;
  gint64 *const figures[] = { &price.input,          &price.cache_read, &price.cache_write_5m,
                              &price.cache_write_1h, &price.output,     &price.reasoning };
  gsize mark = way_reader_enter (reader, "price");
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    way_reader_get_decimal (reader, given, members[i], PRICE_MAX_USD, figures[i]);
  if (!json_object_has_member (given, "input") || !json_object_has_member (given, "output"))
    way_reader_fault (reader, NULL, "needs \"input\" and \"output\", in USD per million tokens");
  read_day (reader, given, &price.as_of);
  way_reader_check_members (reader, given, members, advice);
  way_reader_leave (reader, mark);
  terms->has_price = TRUE;
  terms->price = price;
}

static void
read_model (WayReader *reader, JsonObject *object, WaySnapshot *snapshot)
{
  WayModelTerms *terms = g_new0 (WayModelTerms, 1);
  const char *provider = way_reader_get_string (reader, object, "provider", WAY_READER_OPTIONAL);
  const char *model = way_reader_get_string (reader, object, "model", WAY_READER_REQUIRED);

  g_ptr_array_add (snapshot->models, terms);
  if (provider != NULL && way_snapshot_find_provider (snapshot, provider) == NULL)
    way_reader_fault (reader, "provider", "no provider has this id");
  if (model != NULL)
    way_reader_check_pattern (reader, "model", model);
  terms->provider_id = g_strdup (provider);
  terms->pattern = g_strdup (model == NULL ? "" : model);
  read_price (reader, object, terms);
  way_reader_get_int (reader, object, "context_tokens", 1, TOKENS_MAX, &terms->context_tokens);
  way_reader_get_int (reader, object, "max_output_tokens", 1, TOKENS_MAX,
                      &terms->max_output_tokens);
  terms->capabilities = way_reader_dup_strings (reader, object, "capabilities", capability_names);
  way_snapshot_read_budget (reader, object, &terms->budget);
  way_reader_check_members (reader, object, model_members, advice);
}

static void
read_tag (WayReader *reader, JsonObject *object, WaySnapshot *snapshot)
{
  static const char *const reaches[] = { "any", "local", NULL };
  WayTagTerms *terms = g_new0 (WayTagTerms, 1);
  guint reach = 0;

  g_ptr_array_add (snapshot->tags, terms);
  terms->tag = g_strdup (way_reader_get_string (reader, object, "tag", WAY_READER_REQUIRED));
  way_reader_get_choice (reader, object, "locality", reaches, &reach);
  terms->local_only = reach == 1;
  way_reader_check_members (reader, object, tag_members, advice);
}

typedef void (*ReadElement) (WayReader *reader, JsonObject *object, WaySnapshot *snapshot);

static void
read_list (WayReader *reader,
           JsonObject *root,
           const char *member,
           ReadElement read_element,
           WaySnapshot *snapshot)
{
  JsonArray *array = way_reader_get_array (reader, root, member);
  guint length = array == NULL ? 0 : json_array_get_length (array);
  gsize mark = way_reader_enter (reader, member);

  for (guint i = 0; i < length; i++)
    {
      gsize element = way_reader_enter_element (reader, i);
      JsonObject *object = way_reader_get_element (reader, array, i);
      if (object != NULL)
        read_element (reader, object, snapshot);
      way_reader_leave (reader, element);
    }
  way_reader_leave (reader, mark);
}

void
way_snapshot_read_models (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  read_list (reader, root, "models", read_model, snapshot);
}

void
way_snapshot_read_tags (WayReader *reader, JsonObject *root, WaySnapshot *snapshot)
{
  read_list (reader, root, "tags", read_tag, snapshot);
}
