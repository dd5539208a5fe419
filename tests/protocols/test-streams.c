/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The property worth most: streams of every dialect, cut at every byte, give the same deltas. */

#include "stream-fixture.h"

int
main (int argc, char **argv)
{
  static const WayDialect *const dialects[] = {
    &way_dialect_anthropic,
    &way_dialect_ollama,
    &way_dialect_ollama_generate,
    &way_dialect_openai_chat,
    &way_dialect_openai_completions,
    &way_dialect_openai_responses,
    &way_dialect_gemini,
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    stream_fixture_add_tests (dialects[i]);
  return g_test_run ();
}
