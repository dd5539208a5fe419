/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

#include "delta-text.h"

static void
append_quoted (GString *out, const WayDelta *delta)
{
  g_assert_nonnull (delta->text);
  g_assert_cmpuint (delta->text[delta->length], ==, '\0');

  g_string_append (out, " \"");
  for (gsize i = 0; i < delta->length; i++)
    switch (delta->text[i])
      {
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\r':
        g_string_append (out, "\\r");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      case '\\':
      case '"':
        g_string_append_c (out, '\\');
        g_string_append_c (out, delta->text[i]);
        break;
      default:
        g_string_append_c (out, delta->text[i]);
      }
  g_string_append_c (out, '"');
}

static void
append_count (GString *out, const char *name, gint64 count)
{
  if (count != WAY_UNKNOWN)
    g_string_append_printf (out, " %s=%" G_GINT64_FORMAT, name, count);
}

static void
append_usage (GString *out, const WayUsage *usage)
{
  g_assert_false (usage->estimated);
  append_count (out, "input", usage->input_tokens);
  append_count (out, "cached", usage->cache_read_tokens);
  append_count (out, "write-5m", usage->cache_write_5m_tokens);
  append_count (out, "write-1h", usage->cache_write_1h_tokens);
  append_count (out, "output", usage->output_tokens);
  append_count (out, "reasoning", usage->reasoning_tokens);
  append_count (out, "cost", usage->reported_cost_nano_usd);
}

static void
append_tool_call (GString *out, const WayDelta *delta)
{
  g_string_append_printf (out, "tool %u.%u", delta->choice, delta->tool);
  if (delta->tool_id != NULL)
    g_string_append_printf (out, " id=%s", delta->tool_id);
  if (delta->tool_name != NULL)
    g_string_append_printf (out, " name=%s", delta->tool_name);
  if (delta->signature != NULL)
    g_string_append_printf (out, " signature=%s", delta->signature);
  append_quoted (out, delta);
}

static const char *
get_finish_name (WayFinish finish)
{
  static const char *const names[] = {
    [WAY_FINISH_OTHER] = "other",
    [WAY_FINISH_STOP] = "stop",
    [WAY_FINISH_STOP_SEQUENCE] = "stop-sequence",
    [WAY_FINISH_LENGTH] = "length",
    [WAY_FINISH_CONTEXT] = "context",
    [WAY_FINISH_TOOL_CALLS] = "tool-calls",
    [WAY_FINISH_REFUSAL] = "refusal",
    [WAY_FINISH_PAUSE] = "pause",
  };

  g_assert_cmpuint (finish, <, G_N_ELEMENTS (names));
  return names[finish];
}

static void
append_finish (GString *out, const WayDelta *delta)
{
  g_string_append_printf (out, "finish %u %s", delta->choice, get_finish_name (delta->finish));
  if (delta->stop_sequence != NULL)
    g_string_append_printf (out, " sequence=%s", delta->stop_sequence);
  append_quoted (out, delta);
}

void
delta_text_append (const WayDelta *delta, gpointer user_data)
{
  GString *out = user_data;

  switch (delta->type)
    {
    case WAY_DELTA_BEGIN:
      /* Many an answer does not name its model. */
      if (delta->length == 0)
        return;
      g_string_append (out, "begin");
      append_quoted (out, delta);
      break;
    case WAY_DELTA_SIGNATURE:
      g_string_append_printf (out, "signature %u%s", delta->choice,
                              delta->redacted ? " redacted" : "");
      append_quoted (out, delta);
      break;
    case WAY_DELTA_TEXT:
      g_string_append_printf (out, "text %u", delta->choice);
      append_quoted (out, delta);
      if (delta->logprobs != NULL)
        g_string_append_printf (out, " logprobs=%s", delta->logprobs);
      break;
    case WAY_DELTA_REASONING:
      g_string_append_printf (out, "reasoning %u", delta->choice);
      append_quoted (out, delta);
      break;
    case WAY_DELTA_REFUSAL:
      g_string_append_printf (out, "refusal %u", delta->choice);
      append_quoted (out, delta);
      break;
    case WAY_DELTA_TOOL_CALL:
      append_tool_call (out, delta);
      break;
    case WAY_DELTA_FINISH:
      append_finish (out, delta);
      break;
    case WAY_DELTA_USAGE:
      g_string_append (out, "usage");
      append_usage (out, &delta->usage);
      break;
    case WAY_DELTA_ERROR:
      g_string_append (out, "error");
      append_quoted (out, delta);
      break;
    case WAY_DELTA_END:
      g_string_append (out, "end");
      break;
    }
  g_string_append_c (out, '\n');
}
