/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The terms a user sets for routing, money and limits, as plain values in a snapshot. What follows
 * from them is decided in routing/. */

#pragma once

#include "way-record.h"

G_BEGIN_DECLS

/* In which order a route's targets are asked. */
typedef enum
{
  WAY_STRATEGY_ORDERED,     /* as written */
  WAY_STRATEGY_CHEAPEST,    /* by what this request would cost there */
  WAY_STRATEGY_FASTEST,     /* by the median time to the first token, lately */
  WAY_STRATEGY_LEAST_BUSY,  /* by the requests in flight there */
  WAY_STRATEGY_WEIGHTED,    /* each gets its share, by weight */
  WAY_STRATEGY_ROUND_ROBIN, /* each gets the same share */
  WAY_STRATEGY_STICKY,      /* a session stays where it was, so that prefix caches stay warm */
} WayStrategy;

/* Calendar periods in the user's time zone; a week begins on Monday (ISO 8601). */
typedef enum
{
  WAY_PERIOD_DAY,
  WAY_PERIOD_WEEK,
  WAY_PERIOD_MONTH,
} WayPeriod;

typedef enum
{
  WAY_EXCEED_NOTIFY,     /* say so, and go on */
  WAY_EXCEED_LOCAL_ONLY, /* nothing leaves this machine until the period ends */
  WAY_EXCEED_REFUSE,     /* nothing that costs is asked until the period ends */
} WayExceed;

/**
 * WayBudgetTerms:
 * @is_set: whether there is a budget at all; one of 0 is a budget too
 * @limit_nano_usd: what may be spent in one @period
 * @warn_percent: the share of it at which the user is told
 */
typedef struct
{
  gboolean is_set;
  gint64 limit_nano_usd;
  WayPeriod period;
  guint warn_percent;
  WayExceed on_exceed;
} WayBudgetTerms;

/* Counts a minute and calls at once; 0 is "none set". */
typedef struct
{
  gint64 rpm;
  gint64 tpm;
  gint64 parallel;
} WayRateLimits;

typedef enum
{
  WAY_DEMAND_ANY,
  WAY_DEMAND_WITH,
  WAY_DEMAND_WITHOUT,
} WayDemand;

/**
 * WayConditions:
 * @min_input_tokens: of the estimate, 0 for any
 * @max_input_tokens: of the estimate, 0 for any
 * @apps: (nullable): one of these must ask
 * @tags: (nullable): x-wayfare-tag must be one of these
 * @days: bits, Monday is the lowest; 0 for any
 * @from_minute: local minute of the day, -1 for any
 * @to_minute: exclusive; before @from_minute for a span over midnight
 * @min_budget_left_nano_usd: the least that any budget over the request has left, or %WAY_UNKNOWN
 *
 * When a target takes part. All must hold. Shared by the copies of a snapshot.
 */
typedef struct
{
  gint64 min_input_tokens;
  gint64 max_input_tokens;
  WayDemand tools;
  WayDemand images;
  char **apps;
  char **tags;
  guint days;
  int from_minute;
  int to_minute;
  gint64 min_budget_left_nano_usd;
} WayConditions;

/**
 * WayModelTerms:
 * @provider_id: (nullable): NULL for every provider
 * @pattern: exact name or one "*"
 * @price: overrides the catalogue's if @has_price
 * @capabilities: (nullable): names as in the catalogue; overrides its list
 *
 * What the user knows better than the catalogue about a model, and its budget.
 */
typedef struct
{
  char *provider_id;
  char *pattern;
  gboolean has_price;
  WayPrice price;
  gint64 context_tokens;    /* 0 when not set */
  gint64 max_output_tokens; /* 0 when not set */
  char **capabilities;
  WayBudgetTerms budget;
} WayModelTerms;

/* Requests with this x-wayfare-tag stay on this machine. */
typedef struct
{
  char *tag;
  gboolean local_only;
} WayTagTerms;

/**
 * WayRetryTerms:
 * @attempts: how often one target is asked again after a passing failure
 * @extra_percent: at most so many attempts beyond a request's first, for a hundred requests a
 *   provider got in the last minute; a few are always allowed
 */
typedef struct
{
  guint attempts;
  guint extra_percent;
} WayRetryTerms;

typedef struct
{
  gboolean enabled;
  gint64 ttl_s;
  gint64 max_bytes;
} WayCacheTerms;

/* Which answers of an app may come from the cache. */
typedef enum
{
  WAY_CACHING_DETERMINISTIC, /* of requests that ask for temperature 0, and embeddings */
  WAY_CACHING_ALL,
  WAY_CACHING_OFF,
} WayCaching;

typedef enum
{
  WAY_CAPTURE_OFF,
  WAY_CAPTURE_ERRORS,
  WAY_CAPTURE_ALL,
} WayCapture;

typedef struct
{
  WayCapture bodies;
  gint64 keep_days;
  gint64 max_bytes;
  gboolean mask;
} WayCaptureTerms;

const char *way_strategy_get_name (WayStrategy strategy);
const char *way_period_get_name (WayPeriod period);

G_END_DECLS
