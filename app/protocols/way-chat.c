/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Life of the neutral structs. Pure. */

#include "way-chat.h"

/**
 * way_request_facts_clear:
 * @facts: facts that a dialect filled, or all zero
 *
 * Frees what @facts owns and leaves it empty: no model, unknown counts.
 */
void
way_request_facts_clear (WayRequestFacts *facts)
{
  g_return_if_fail (facts != NULL);

  g_free (facts->model);
  *facts =
    (WayRequestFacts){ .max_output_tokens = WAY_UNKNOWN, .input_tokens_estimate = WAY_UNKNOWN };
}
