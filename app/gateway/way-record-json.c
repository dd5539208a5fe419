/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Records, provider states and spend as the JSON of the /wayfare/v1 API. Pure. */

#include "way-record-json.h"

#include "way-clock.h"
#include "way-json.h"

static void
add_name (GString *text, const char *name)
{
  char last = text->len > 0 ? text->str[text->len - 1] : '{';

  if (last == '}' || last == ']' || last == '"' || g_ascii_isalnum (last))
    g_string_append_c (text, ',');
  if (!name)
    return;
  way_json_append_string (text, name);
  g_string_append_c (text, ':');
}

void
way_member_string (GString *text, const char *name, const char *value)
{
  add_name (text, name);
  way_json_append_nullable (text, value);
}

void
way_member_int (GString *text, const char *name, gint64 value)
{
  add_name (text, name);
  if (value == WAY_UNKNOWN)
    g_string_append (text, "null");
  else
    g_string_append_printf (text, "%" G_GINT64_FORMAT, value);
}

void
way_member_boolean (GString *text, const char *name, gboolean value)
{
  add_name (text, name);
  g_string_append (text, value ? "true" : "false");
}

/**
 * way_member_decimal:
 * @value: in units of 10^-@fraction_digits, or %WAY_UNKNOWN
 */
void
way_member_decimal (GString *text, const char *name, gint64 value, guint fraction_digits)
{
  add_name (text, name);
  if (value == WAY_UNKNOWN)
    g_string_append (text, "null");
  else
    way_json_append_decimal (text, value, fraction_digits);
}

/**
 * way_member_time:
 * @wall_us: µs since 1970; 0 is null
 */
void
way_member_time (GString *text, const char *name, gint64 wall_us)
{
  g_autofree char *formatted = wall_us > 0 ? way_clock_format_iso8601 (wall_us) : NULL;

  way_member_string (text, name, formatted);
}

/**
 * way_member_open:
 * @name: (nullable): NULL for an element of an array
 * @bracket: '{' or '['; the caller appends the closing one
 */
void
way_member_open (GString *text, const char *name, char bracket)
{
  add_name (text, name);
  g_string_append_c (text, bracket);
}

static void
add_usage (GString *text, const WayUsage *usage)
{
  way_member_open (text, "usage", '{');
  way_member_int (text, "input_tokens", usage->input_tokens);
  way_member_int (text, "cache_read_tokens", usage->cache_read_tokens);
  way_member_int (text, "cache_write_5m_tokens", usage->cache_write_5m_tokens);
  way_member_int (text, "cache_write_1h_tokens", usage->cache_write_1h_tokens);
  way_member_int (text, "output_tokens", usage->output_tokens);
  way_member_int (text, "reasoning_tokens", usage->reasoning_tokens);
  way_member_boolean (text, "estimated", usage->estimated);
  g_string_append_c (text, '}');
}

static void
add_price (GString *text, const WayPrice *price)
{
  way_member_open (text, "price_usd_per_million_tokens", '{');
  way_member_decimal (text, "input", price->input, 6);
  way_member_decimal (text, "cache_read", price->cache_read, 6);
  way_member_decimal (text, "cache_write_5m", price->cache_write_5m, 6);
  way_member_decimal (text, "cache_write_1h", price->cache_write_1h, 6);
  way_member_decimal (text, "output", price->output, 6);
  way_member_decimal (text, "reasoning", price->reasoning, 6);
  way_member_int (text, "as_of", price->as_of > 0 ? (gint64)price->as_of : WAY_UNKNOWN);
  g_string_append_c (text, '}');
}

static void
add_attempt (GString *text, const WayAttempt *attempt)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "provider", attempt->provider);
  way_member_string (text, "model", attempt->model);
  way_member_string (text, "locality", way_locality_get_name (attempt->locality));
  way_member_string (text, "verdict", way_verdict_get_name (attempt->verdict));
  way_member_string (text, "reason", attempt->reason);
  way_member_int (text, "status", attempt->status ? (gint64)attempt->status : WAY_UNKNOWN);
  way_member_int (text, "started_us", attempt->started_us);
  way_member_int (text, "connect_us", attempt->connect_us);
  way_member_int (text, "first_byte_us", attempt->first_byte_us);
  way_member_int (text, "duration_us", attempt->duration_us);
  way_member_decimal (text, "cost_usd", attempt->cost_nano_usd, 9);
  g_string_append_c (text, '}');
}

/**
 * way_record_append_json:
 *
 * Appends one request as an object. Durations are µs, money is decimal USD, unknown is null.
 */
void
way_record_append_json (GString *text, const WayRecord *record)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "id", record->id);
  way_member_time (text, "started_at", record->started_at_us);
  way_member_string (text, "app", record->app);
  way_member_string (text, "path", record->path);
  way_member_string (text, "dialect", record->dialect);
  way_member_string (text, "route", record->route);
  way_member_string (text, "tag", record->tag);
  way_member_string (text, "dropped", record->dropped);
  way_member_string (text, "requested_model", record->requested_model);
  way_member_string (text, "answered_model", record->answered_model);
  way_member_string (text, "provider", record->provider);
  way_member_string (text, "locality",
                     record->provider ? way_locality_get_name (record->locality) : NULL);
  way_member_string (text, "outcome", way_outcome_get_name (record->outcome));
  way_member_int (text, "status", record->status ? (gint64)record->status : WAY_UNKNOWN);
  way_member_string (text, "error_code", record->error_code);
  way_member_string (text, "reason", record->reason);
  way_member_boolean (text, "streamed", record->streamed);
  way_member_boolean (text, "substituted", record->substituted);
  way_member_boolean (text, "cache_hit", record->cache_hit);
  way_member_int (text, "first_token_us", record->first_token_us);
  way_member_int (text, "duration_us", record->duration_us);
  way_member_int (text, "request_bytes", record->request_bytes);
  way_member_int (text, "response_bytes", record->response_bytes);
  add_usage (text, &record->usage);
  way_member_decimal (text, "cost_usd", record->cost_nano_usd, 9);
  way_member_decimal (text, "saved_usd", record->saved_nano_usd, 9);
  add_price (text, &record->price);
  way_member_open (text, "attempts", '[');
  for (guint i = 0; i < record->attempts->len; i++)
    add_attempt (text, record->attempts->pdata[i]);
  g_string_append (text, "]}");
}

/**
 * way_provider_state_append_json:
 *
 * Appends what is known of one provider as an object.
 */
void
way_provider_state_append_json (GString *text, const WayProviderState *state)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "id", state->id);
  way_member_string (text, "kind", state->kind);
  way_member_string (text, "base_url", state->base_url);
  way_member_string (text, "reach", way_reach_get_name (state->reach));
  way_member_string (text, "reason", state->reason);
  way_member_time (text, "checked_at", state->checked_at_us);
  way_member_time (text, "last_success_at", state->last_success_at_us);
  way_member_int (text, "latency_us", state->latency_us);
  if (state->models)
    {
      way_member_open (text, "models", '[');
      for (char **model = state->models; *model; model++)
        way_member_string (text, NULL, *model);
      g_string_append_c (text, ']');
    }
  else
    way_member_string (text, "models", NULL);
  g_string_append_c (text, '}');
}

/**
 * way_spend_row_append_json:
 *
 * Appends one row of the spend report as an object.
 */
void
way_spend_row_append_json (GString *text, const WaySpendRow *row)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "key", row->key);
  way_member_int (text, "requests", row->requests);
  way_member_int (text, "failed", row->failed);
  way_member_int (text, "local_requests", row->local_requests);
  way_member_int (text, "fallbacks", row->fallbacks);
  way_member_int (text, "input_tokens", row->input_tokens);
  way_member_int (text, "cached_tokens", row->cached_tokens);
  way_member_int (text, "output_tokens", row->output_tokens);
  way_member_decimal (text, "cost_usd", row->cost_nano_usd, 9);
  way_member_int (text, "unknown_cost_requests", row->unknown_cost_requests);
  way_member_int (text, "unknown_token_requests", row->unknown_token_requests);
  way_member_int (text, "cache_hits", row->cache_hits);
  way_member_decimal (text, "saved_usd", row->saved_nano_usd, 9);
  g_string_append_c (text, '}');
}

/**
 * way_plan_append_json:
 *
 * Appends a routing decision: the candidates in order, each with its reason, also those left out.
 */
void
way_plan_append_json (GString *text, const WayPlan *plan)
{
  way_member_open (text, NULL, '{');
  way_member_string (text, "route", plan->route ? plan->route->pattern : NULL);
  way_member_boolean (text, "local_only", plan->local_only);
  way_member_string (text, "error_code",
                     plan->error ? way_error_code_get_name (plan->error->code) : NULL);
  way_member_string (text, "error", plan->error ? plan->error->message : NULL);
  way_member_open (text, "candidates", '[');
  for (guint i = 0; i < plan->candidates->len; i++)
    {
      const WayCandidate *candidate = plan->candidates->pdata[i];

      way_member_open (text, NULL, '{');
      way_member_string (text, "provider", candidate->provider->id);
      way_member_string (text, "model", candidate->model);
      way_member_string (text, "locality", way_locality_get_name (candidate->provider->locality));
      way_member_boolean (text, "usable", candidate->usable);
      way_member_boolean (text, "substituted", candidate->substituted);
      way_member_string (text, "reason", candidate->reason);
      g_string_append_c (text, '}');
    }
  g_string_append (text, "]}");
}
