/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the parts of the LiteLLM import share. */

#pragma once

#include "way-litellm.h"
#include "way-snapshot.h"

G_BEGIN_DECLS

/* rpm, tpm and calls at once. */
#define WAY_LITELLM_LIMITS 3
extern const char *const way_litellm_limit_names[WAY_LITELLM_LIMITS];

/**
 * WayLitellmPlace:
 * @path: of the mapping that is read: "model_list[2].litellm_params"
 *
 * Where the reading stands, and where remarks go.
 */
typedef struct
{
  const char *path;
  GArray *notes; /* borrowed */
} WayLitellmPlace;

/* One remark; sorted by line before they are handed out. */
typedef struct
{
  guint line;
  char *text; /* owned */
} WayLitellmNote;

/**
 * WayLitellmProvider:
 * @key: (nullable): as LiteLLM has it, to tell accounts apart; never leaves this struct
 * @variable: (nullable): the environment variable it is in
 */
typedef struct
{
  char *id;
  char *base_url;
  char *api_version; /* nullable */
  char *key;
  char *variable;
  WayKind kind;
  guint n_deployments;
  guint n_limited[WAY_LITELLM_LIMITS];
  gint64 limits[WAY_LITELLM_LIMITS]; /* summed up */
  guint limit_line;                  /* of the first */
} WayLitellmProvider;

/* A deployment, which becomes a target. */
typedef struct
{
  const WayLitellmProvider *provider; /* borrowed */
  char *model;
  char *input_usd;  /* (nullable): per million tokens */
  char *output_usd; /* (nullable) */
  gint64 context_tokens;
  gint64 order;
  double weight; /* 0 when not set */
  gint64 limits[WAY_LITELLM_LIMITS];
} WayLitellmTarget;

/* All deployments of one model_name, which become a route. */
typedef struct
{
  char *name;
  GPtrArray *targets;   /* (element-type WayLitellmTarget) */
  GPtrArray *fallbacks; /* (element-type WayLitellmTarget): borrowed */
  guint line;
} WayLitellmGroup;

typedef struct
{
  GArray *notes;        /* (element-type WayLitellmNote) */
  GPtrArray *providers; /* (element-type WayLitellmProvider) */
  GPtrArray *groups;    /* (element-type WayLitellmGroup) */
  const char *strategy; /* (nullable): for routes with several deployments */
  gint64 retries;       /* -1 when not set */
  gint64 cache_ttl_s;
  gboolean has_cache;
  gboolean has_master_key;
} WayLitellmImport;

/* way-litellm-notes.c */
void
way_litellm_note (const WayLitellmPlace *place, const WayYamlItem *item, const char *format, ...)
  G_GNUC_PRINTF (3, 4);
void way_litellm_note_others (const WayLitellmPlace *place,
                              const WayYamlNode *node,
                              const char *const *known);
const char *way_litellm_get_text (const WayYamlNode *node, const char *name);
gboolean way_litellm_get_number (const WayLitellmPlace *place,
                                 const WayYamlNode *node,
                                 const char *name,
                                 double minimum,
                                 double maximum,
                                 double *ret_number);
gboolean way_litellm_is_true (const WayYamlNode *node);
gboolean way_litellm_is_name (const char *name);

/* way-litellm-models.c */
void way_litellm_read_models (WayLitellmImport *import, const WayYamlItem *list);

/* way-litellm-providers.c */
WayLitellmProvider *way_litellm_find_provider (WayLitellmImport *import,
                                               const WayLitellmPlace *place,
                                               const WayYamlNode *params,
                                               char **ret_model);

/* way-litellm-fallbacks.c */
WayLitellmGroup *way_litellm_find_group (const WayLitellmImport *import, const char *name);
void way_litellm_read_aliases (WayLitellmImport *import,
                               const WayLitellmPlace *place,
                               const WayYamlNode *node);
void way_litellm_read_fallbacks (WayLitellmImport *import,
                                 const WayLitellmPlace *place,
                                 const WayYamlNode *settings,
                                 const char *name);
void way_litellm_read_default_fallbacks (WayLitellmImport *import,
                                         const WayLitellmPlace *place,
                                         const WayYamlNode *settings);

/* way-litellm-write.c */
JsonNode *way_litellm_write (WayLitellmImport *import);

G_END_DECLS
