/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is known of each kind of provider and of each provider: rows, not code. A new provider is a
 * row and fixtures. */

#pragma once

#include "way-quirks.h"
#include "way-snapshot.h"

G_BEGIN_DECLS

#define WAY_KIND_MAX_CALLS 10
#define WAY_PRESET_MAX_DIALECTS 4

/**
 * WayCallRow:
 * @dialect: name
 * @path: below the base URL; "{model}" and "{version}" stand for what their names say
 * @stream_path: (nullable): where a streamed answer has another path
 *
 * Where a kind of provider takes requests of one dialect.
 */
typedef struct
{
  const char *dialect;
  const char *path;
  const char *stream_path;
} WayCallRow;

/**
 * WayKindRow:
 * @key_prefix: (nullable): the header that carries the key, up to the key
 * @models_path: where its list of models is
 * @header: (nullable): a header that each request must have, unless the client sent its own
 * @calls: the dialects it speaks, ended by one without a name; the first of an operation is what
 *   others are translated to
 *
 * Wire facts of one kind.
 */
typedef struct
{
  WayKind kind;
  const char *key_prefix;
  const char *models_path;
  const char *header_name;
  const char *header_value;
  WayCallRow calls[WAY_KIND_MAX_CALLS];
} WayKindRow;

/**
 * WayPreset:
 * @needs_key: whether to ask for one
 * @quirks: of its OpenAI-compatible dialect
 * @dialects: beyond its kind's, those that it speaks soundly
 * @data_policy_url: (nullable): where the provider states what it keeps
 *
 * A provider people choose by name: what the window's "add" dialog offers.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *base_url;
  WayKind kind;
  gboolean needs_key;
  WayQuirks quirks;
  const char *dialects[WAY_PRESET_MAX_DIALECTS];
  const char *data_policy_url;
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
char **way_kind_dup_dialects (WayKind kind);
const WayPreset *way_presets (gsize *ret_n_presets);
const WayPreset *way_preset_for_url (const char *base_url);
const WayLocalServer *way_local_servers (gsize *ret_n_servers);

gboolean way_provider_speaks (const WayProvider *provider, const char *dialect);
WayQuirks way_provider_get_quirks (const WayProvider *provider);
char *way_provider_dup_call_path (const WayProvider *provider,
                                  const char *dialect,
                                  const char *model,
                                  gboolean stream);

G_END_DECLS
