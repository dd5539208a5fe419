/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The configuration as a request sees it: sealed, counted, shared by threads. A request keeps the
 * snapshot it began with, so a changed setting never tears a request in two. */

#pragma once

#include "way-key.h"
#include "way-policy.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  WAY_KIND_OPENAI, /* any OpenAI-compatible server */
  WAY_KIND_OLLAMA,
  WAY_KIND_ANTHROPIC,
  WAY_KIND_GEMINI,
  WAY_KIND_AZURE_OPENAI,
  WAY_KIND_DEMO, /* built in, answers by itself */
} WayKind;

typedef enum
{
  WAY_KEY_SOURCE_NONE,
  WAY_KEY_SOURCE_KEYRING,
  WAY_KEY_SOURCE_ENV,
  WAY_KEY_SOURCE_CREDENTIAL,
} WayKeySource;

typedef enum
{
  WAY_SUBSTITUTION_NEVER,
  WAY_SUBSTITUTION_DECLARED,
  WAY_SUBSTITUTION_ANY,
} WaySubstitution;

typedef struct
{
  gint64 connect_ms;
  gint64 first_token_ms;
  gint64 idle_ms;
  gint64 total_ms;
} WayDeadlines;

/* For what a route does not set, and for models without a route. */
#define WAY_DEADLINES_DEFAULT ((WayDeadlines){ 5000, 120000, 120000, 3600000 })

typedef struct
{
  char *id;
  char *base_url;    /* without trailing slash; null for demo */
  char *key_name;    /* keyring name, variable or credential; null without key */
  char *data_policy; /* nullable */
  char **dialects;   /* (nullable): as configured */
  char *api_version; /* (nullable): of Azure's paths */
  WayKind kind;
  WayKeySource key_source;
  WayLocality locality;
  gboolean enabled;
  gint64 price_factor_ppm; /* 1,000,000 is "as the catalogue says" */
  WayRateLimits limits;
  WayBudgetTerms budget;
  WayKey *key_header; /* nullable: "Authorization: Bearer KEY"; from way_snapshot_with_keys() */
  char *key_problem;  /* nullable: why a configured key is absent, in words */
} WayProvider;

typedef struct
{
  char *provider_id;
  char *model;                 /* "*" keeps the requested name */
  gint64 context_tokens;       /* 0 when not set */
  guint weight;                /* its share where the strategy is weighted */
  const WayConditions *when;   /* (nullable): shared; see way_conditions_ref() */
  const WayProvider *provider; /* borrowed from the same snapshot */
} WayTarget;

typedef struct
{
  char *pattern;      /* exact name or one "*" anywhere */
  GPtrArray *targets; /* (element-type WayTarget) */
  WayStrategy strategy;
  WaySubstitution substitution;
  WayDeadlines deadlines;
  gboolean local_only;
} WayRoute;

typedef struct
{
  char *id;
  char *token_sha256; /* lower-case hex */
  char **models;      /* patterns; never null */
  gboolean local_only;
  gboolean admin;
  WayCaching caching;
  WayRateLimits limits;
  WayBudgetTerms budget;
} WayApp;

/* Everything of one config file and the keys that go with it. Read-only for all. */
typedef struct
{
  char *listen_address;
  char **allowed_hosts;
  char **allowed_origins;
  guint listen_port;
  gboolean require_token;
  gboolean cloud_enabled;
  GPtrArray *providers; /* (element-type WayProvider) */
  GPtrArray *routes;    /* (element-type WayRoute) */
  GPtrArray *apps;      /* (element-type WayApp) */
  GPtrArray *models;    /* (element-type WayModelTerms) */
  GPtrArray *tags;      /* (element-type WayTagTerms) */
  WayBudgetTerms budget;
  WayRetryTerms retry;
  WayCacheTerms cache;
  WayCaptureTerms capture;
  gint64 retention_days;
} WaySnapshot;

/* A key as it was found, or why it was not: values of the table given to way_snapshot_with_keys().
 */
typedef struct
{
  WayKey *key;   /* nullable */
  char *problem; /* nullable */
} WayKeyEntry;

WaySnapshot *way_snapshot_new_from_json (JsonNode *root, GPtrArray *warnings, GError **error);
WaySnapshot *way_snapshot_with_keys (WaySnapshot *snapshot, GHashTable *keys_by_provider);
WaySnapshot *way_snapshot_ref (WaySnapshot *snapshot);
void way_snapshot_unref (WaySnapshot *snapshot);

const WayProvider *way_snapshot_find_provider (const WaySnapshot *snapshot, const char *id);
const WayProvider *
way_snapshot_find_addressed (const WaySnapshot *snapshot, const char *name, const char **ret_model);
const WayRoute *way_snapshot_find_route (const WaySnapshot *snapshot, const char *model);
const WayApp *way_snapshot_find_app (const WaySnapshot *snapshot, const char *id);
const WayApp *way_snapshot_find_app_by_token (const WaySnapshot *snapshot, const char *token);
gboolean way_snapshot_tag_is_local_only (const WaySnapshot *snapshot, const char *tag);
const WayModelTerms *way_snapshot_find_model_terms (const WaySnapshot *snapshot,
                                                    const char *provider_id,
                                                    const char *model);
gboolean way_app_allows_model (const WayApp *app, const char *model);

const char *way_kind_get_name (WayKind kind);
gboolean way_kind_from_name (const char *name, WayKind *ret_kind);
WayLocality way_locality_of_url (const char *base_url);
gboolean way_pattern_matches (const char *pattern, const char *name);

WayKeyEntry *way_key_entry_new (WayKey *key, const char *problem);
void way_key_entry_free (WayKeyEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WaySnapshot, way_snapshot_unref)

G_END_DECLS
