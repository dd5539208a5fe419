/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The odds of tokens: Gemini has what was chosen and what else could have been in two lists of the
 * same length, OpenAI both with each token. Ids of tokens are Gemini's alone. Pure. */

#include "way-dialect-gemini-private.h"

#include <string.h>

typedef struct
{
  WayJsonSpan token;
  WayJsonSpan logprob;
} Odds;

static gboolean
is_complete (const Odds *odds)
{
  return odds->token.type == WAY_JSON_STRING && odds->logprob.type == WAY_JSON_NUMBER;
}

/* From Gemini */

static gboolean
append_openai_token (GString *out, const WayJsonSpan *candidate)
{
  Odds odds = { 0 };

  WAY_JSON_COLLECT (candidate, { "token", &odds.token }, { "logProbability", &odds.logprob });
  if (!is_complete (&odds))
    return FALSE;
  g_string_append_printf (out, "%s{\"token\":%.*s,\"logprob\":%.*s,\"bytes\":null",
                          out->str[out->len - 1] == '[' ? "" : ",", (int)odds.token.length,
                          odds.token.data, (int)odds.logprob.length, odds.logprob.data);
  return TRUE;
}

static void
append_alternatives (GString *out, const WayJsonSpan *step)
{
  WayJsonSpan candidates = { 0 };
  WayJsonSpan candidate;
  WayJsonCursor cursor;

  WAY_JSON_COLLECT (step, { "candidates", &candidates });
  if (candidates.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &candidates);
  while (way_json_scan_next (&cursor, NULL, &candidate))
    if (append_openai_token (out, &candidate))
      g_string_append_c (out, '}');
}

/**
 * way_gemini_dup_openai_logprobs:
 * @result: "logprobsResult" of a candidate
 *
 * Returns: (transfer full) (nullable): the same as a #WayDelta has it, %NULL where there is none
 */
char *
way_gemini_dup_openai_logprobs (const WayJsonSpan *result)
{
  WayJsonSpan chosen = { 0 };
  WayJsonSpan top = { 0 };
  WayJsonSpan candidate;
  WayJsonCursor chosen_cursor;
  WayJsonCursor top_cursor;
  GString *out;

  WAY_JSON_COLLECT (result, { "chosenCandidates", &chosen }, { "topCandidates", &top });
  if (!way_span_has_items (&chosen))
    return NULL;
  out = g_string_new ("[");
  way_json_scan_begin (&chosen_cursor, &chosen);
  if (top.type == WAY_JSON_ARRAY)
    way_json_scan_begin (&top_cursor, &top);
  while (way_json_scan_next (&chosen_cursor, NULL, &candidate))
    {
      WayJsonSpan step = { 0 };

      if (top.type == WAY_JSON_ARRAY)
        way_json_scan_next (&top_cursor, NULL, &step);
      if (!append_openai_token (out, &candidate))
        continue;
      g_string_append (out, ",\"top_logprobs\":[");
      append_alternatives (out, &step);
      g_string_append (out, "]}");
    }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

/* To Gemini */

static void
append_candidate (GString *out, const Odds *odds)
{
  g_string_append_printf (out, "%s{\"token\":%.*s,\"logProbability\":%.*s}",
                          out->str[out->len - 1] == '[' ? "" : ",", (int)odds->token.length,
                          odds->token.data, (int)odds->logprob.length, odds->logprob.data);
}

static void
append_step (GString *out, const WayJsonSpan *alternatives)
{
  WayJsonSpan item;
  WayJsonCursor cursor;

  g_string_append (out, out->str[out->len - 1] == '[' ? "{\"candidates\":[" : ",{\"candidates\":[");
  if (alternatives->type == WAY_JSON_ARRAY)
    {
      way_json_scan_begin (&cursor, alternatives);
      while (way_json_scan_next (&cursor, NULL, &item))
        {
          Odds odds = { 0 };

          WAY_JSON_COLLECT (&item, { "token", &odds.token }, { "logprob", &odds.logprob });
          if (is_complete (&odds))
            append_candidate (out, &odds);
        }
    }
  g_string_append (out, "]}");
}

static void
add_tokens (GString *chosen, GString *top, const char *logprobs)
{
  WayJsonSpan root;
  WayJsonSpan item;
  WayJsonCursor cursor;

  if (!way_json_scan_document (logprobs, strlen (logprobs), &root) || root.type != WAY_JSON_ARRAY)
    return;
  way_json_scan_begin (&cursor, &root);
  while (way_json_scan_next (&cursor, NULL, &item))
    {
      Odds odds = { 0 };
      WayJsonSpan alternatives = { 0 };

      WAY_JSON_COLLECT (&item, { "token", &odds.token }, { "logprob", &odds.logprob },
                        { "top_logprobs", &alternatives });
      if (!is_complete (&odds))
        continue;
      append_candidate (chosen, &odds);
      append_step (top, &alternatives);
    }
}

/**
 * way_gemini_append_logprobs:
 * @deltas: (array length=n_deltas): of an answer
 * @choice: whose
 *
 * Appends the member "logprobsResult" of a candidate, if one of @deltas has odds.
 */
void
way_gemini_append_logprobs (GString *out, const WayDelta *deltas, gsize n_deltas, guint choice)
{
  g_autoptr (GString) chosen = g_string_new ("[");
  g_autoptr (GString) top = g_string_new ("[");

  for (gsize i = 0; i < n_deltas; i++)
    if (deltas[i].logprobs && deltas[i].choice == choice)
      add_tokens (chosen, top, deltas[i].logprobs);
  if (chosen->len > 1)
    g_string_append_printf (out,
                            ",\"logprobsResult\":{\"topCandidates\":%s],\"chosenCandidates\":%s]}",
                            top->str, chosen->str);
}
