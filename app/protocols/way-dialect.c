/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The table of dialects: which one a path speaks, which one a name means. Pure. */

#include "way-dialect.h"

typedef struct
{
  const char *path;
  const WayDialect *dialect;
} PathRow;

static const PathRow paths[] = {
  { "/v1/chat/completions", &way_dialect_openai_chat },
  { "/chat/completions", &way_dialect_openai_chat },
};

/**
 * way_dialect_for_path:
 * @path: path of an HTTP request, without query and without an `/a/<token>` prefix
 *
 * Finds the dialect that clients speak at @path.
 *
 * Returns: (transfer none) (nullable): the dialect, or %NULL if no model is called at @path
 */
const WayDialect *
way_dialect_for_path (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_str_equal (paths[i].path, path))
      return paths[i].dialect;
  return NULL;
}

/**
 * way_dialect_by_name:
 * @name: a name as in the config and the ledger, e.g. "openai-chat"
 *
 * Finds a dialect by its name.
 *
 * Returns: (transfer none) (nullable): the dialect, or %NULL if none has that name
 */
const WayDialect *
way_dialect_by_name (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_str_equal (paths[i].dialect->name, name))
      return paths[i].dialect;
  return NULL;
}
