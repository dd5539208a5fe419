/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of each kind of provider: a row, not code. A new provider is a row and fixtures. */

#pragma once

#include "way-snapshot.h"

G_BEGIN_DECLS

typedef enum
{
  WAY_AUTH_NONE,
  WAY_AUTH_BEARER, /* Authorization: Bearer KEY */
  WAY_AUTH_X_API_KEY,
  WAY_AUTH_API_KEY, /* api-key: KEY */
  WAY_AUTH_X_GOOG_API_KEY,
} WayAuth;

/* Wire facts of one kind: where its OpenAI-compatible face and its model list are. */
typedef struct
{
  WayKind kind;
  WayAuth auth;
  const char *chat_path;   /* below base_url: "/chat/completions", "/v1/chat/completions" */
  const char *models_path; /* "/models", "/v1/models" */
} WayKindRow;

/* A provider people choose by name: what the window's "add" dialog offers. */
typedef struct
{
  const char *id;
  const char *title;
  const char *base_url;
  WayKind kind;
  gboolean needs_key;
  const char *data_policy_url; /* where the provider states what it keeps; nullable */
} WayPreset;

/* A local server and where it usually listens. */
typedef struct
{
  const char *id; /* "ollama", "lmstudio" … */
  const char *title;
  const char *base_url; /* as a config would have it */
  WayKind kind;
} WayLocalServer;

const WayKindRow *way_kind_row (WayKind kind);
const WayPreset *way_presets (gsize *ret_n_presets);
const WayLocalServer *way_local_servers (gsize *ret_n_servers);

G_END_DECLS
