/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is counted while an attempt runs and learned when it ends: load, limits, money, health.
 * Opened and closed once for each attempt that is sent. Gateway thread. */

#include "way-clock.h"
#include "way-exchange-private.h"
#include "way-log.h"
#include "way-price.h"
#include "way-retry.h"

static WaySpender
get_spender (WayExchange *self)
{
  const WayApp *app = self->request->app;

  return (WaySpender){ app ? app->id : NULL, self->candidate->provider->id,
                       self->candidate->model };
}

/**
 * way_attempt_open_books:
 *
 * The request is about to be sent to the candidate.
 */
void
way_attempt_open_books (WayExchange *self)
{
  WayCore *core = self->core;
  const WayCandidate *candidate = self->candidate;
  const char *provider = candidate->provider->id;
  WaySpender spender = get_spender (self);
  gint64 now_us = way_clock_get_wall_us ();

  self->books = (WayBooks){
    .traffic = way_traffic_ensure (core->traffic, provider, candidate->model, now_us),
    .began_at_us = now_us,
    .reservation =
      way_budgets_reserve (core->budgets, &spender, MAX (candidate->reserve_nano_usd, 0)),
  };
  self->books.traffic->in_flight++;
  self->books.traffic->begun_at_us = now_us;
  way_breaker_begin (&self->books.traffic->breaker, now_us);
  way_traffic_count (core->traffic, provider, self->journey.n_attempts > 1, now_us);
  way_rates_begin (core->rates, WAY_RATED_PROVIDER, provider, candidate->input_tokens, now_us);
}

static gint64
count_tokens (const WayUsage *usage)
{
  return MAX (way_usage_get_prompt_tokens (usage), 0) + MAX (usage->output_tokens, 0);
}

/**
 * way_core_tell_budgets:
 *
 * Tells the window how the budgets are, and the log each share of one that is passed, once.
 */
void
way_core_tell_budgets (WayCore *core)
{
  const GPtrArray *budgets = way_budgets_get_all (core->budgets);

  for (guint i = 0; i < budgets->len; i++)
    {
      WayBudget *budget = budgets->pdata[i];
      g_autofree char *words = way_budget_describe (budget);
      guint percent = way_budget_take_news (budget);

      if (percent > 0)
        way_log_notice ("%s, is used to %u %%", words, percent);
      if (budget->is_loaded && way_event_queue_is_interested (core->events))
        way_event_queue_push (core->events, way_event_new_budget (words, budget->told_percent,
                                                                  budget->spent_nano_usd,
                                                                  budget->terms.limit_nano_usd));
    }
}

/**
 * way_attempt_close_books:
 *
 * The attempt has ended; its row in the record says how, with its usage and its cost.
 */
void
way_attempt_close_books (WayExchange *self)
{
  WayCore *core = self->core;
  WayBooks *books = &self->books;
  const WayAttempt *attempt = self->attempt;
  WaySpender spender = get_spender (self);
  gint64 now_us = way_clock_get_wall_us ();

  if (!books->traffic)
    return;
  books->traffic->in_flight--;
  if (attempt->verdict == WAY_VERDICT_ANSWERED)
    {
      way_target_note_usage (books->traffic, self->facts.input_tokens_estimate, &attempt->usage);
      if (self->first_token_us != WAY_UNKNOWN)
        way_target_note_first_token (books->traffic, self->first_token_us, now_us);
    }
  if (!books->was_blamed)
    way_breaker_abandon (&books->traffic->breaker, books->began_at_us);
  way_rates_end (core->rates, WAY_RATED_PROVIDER, spender.provider,
                 count_tokens (&attempt->usage) - self->candidate->input_tokens,
                 books->began_at_us);
  way_budgets_settle (core->budgets, &spender, books->reservation, attempt->cost_nano_usd,
                      books->began_at_us);
  *books = (WayBooks){ 0 };
  way_core_tell_budgets (core);
  way_queue_wake (core->queue);
}

/* Health */

static const char *
get_call_header (const char *name, gpointer user_data)
{
  return way_call_get_header (user_data, name);
}

static gint64
find_cool_until (WayExchange *self, gint64 now_us)
{
  gint64 until_us;
  gint64 delay_us = -1;

  if (!self->call || self->status < 400)
    return 0;
  until_us = way_retry_cool_until (self->status, get_call_header, self->call, now_us);
  if (until_us == 0 && self->status == 429 && self->body)
    delay_us = way_retry_read_delay_us ((const char *)self->body->data, self->body->len);
  return delay_us > 0 ? now_us + delay_us : until_us;
}

/* Tells the window how the target's provider is now: an open breaker of one of its models counts as
 * cooling. */
static void
tell_provider (WayExchange *self, gint64 now_us)
{
  WayCore *core = self->core;
  const WayProvider *provider = self->candidate->provider;
  const WayProviderState *known = way_health_get (core->health, provider->id);
  const WayBreaker *breaker = self->books.traffic ? &self->books.traffic->breaker : NULL;
  g_autoptr (WayProviderState) state = NULL;

  if (!known || !way_event_queue_is_interested (core->events))
    return;
  state =
    way_provider_state_new (provider->id, way_kind_get_name (provider->kind), provider->base_url);
  state->reach = known->reach;
  state->reason = g_strdup (known->reason);
  state->models = g_strdupv (known->models);
  state->checked_at_us = known->checked_at_us;
  state->last_success_at_us = known->last_success_at_us;
  state->latency_us = known->latency_us;
  if (breaker && breaker->reason && state->reach == WAY_REACH_UP &&
      (breaker->cool_until_us > now_us ||
       way_breaker_get_state (breaker, now_us) == WAY_BREAKER_OPEN))
    {
      state->reach = WAY_REACH_COOLING;
      g_free (state->reason);
      state->reason = g_strdup_printf ("%s: %s", self->candidate->model, breaker->reason);
    }
  way_event_queue_push (core->events,
                        way_event_new_provider (WAY_EVENT_PROVIDER, g_steal_pointer (&state)));
}

/**
 * way_attempt_note_failure:
 * @error: how the running attempt failed, by its target's fault
 *
 * Tells those who decide about the next requests.
 */
void
way_attempt_note_failure (WayExchange *self, const GError *error)
{
  gint64 now_us = way_clock_get_wall_us ();
  gint64 cool_until_us = find_cool_until (self, now_us);
  WayBreaker *breaker = self->books.traffic ? &self->books.traffic->breaker : NULL;

  if (error->code == WAY_ERROR_LOCAL_ONLY)
    return;
  way_health_note_failure (self->core->health, self->candidate->provider->id, error->code,
                           error->message, cool_until_us, now_us);
  if (!breaker)
    return;
  self->books.was_blamed = TRUE;
  if (cool_until_us > 0)
    way_breaker_cool (breaker, error->message, cool_until_us, now_us);
  if (cool_until_us == 0 || self->status != 429)
    way_breaker_fail (breaker, way_blame_for (error->code, self->status), error->message,
                      self->books.began_at_us, now_us);
  else
    way_breaker_abandon (breaker, self->books.began_at_us);
  tell_provider (self, now_us);
}

static gboolean
is_ill (WayExchange *self, gint64 now_us)
{
  const WayProviderState *known =
    way_health_get (self->core->health, self->candidate->provider->id);
  const WayBreaker *breaker = self->books.traffic ? &self->books.traffic->breaker : NULL;

  return (known && known->reach != WAY_REACH_UP) ||
         (breaker && way_breaker_get_state (breaker, now_us) != WAY_BREAKER_CLOSED);
}

/**
 * way_attempt_note_success:
 *
 * The candidate answered; also in refusing a request that is the caller's fault. A limit that the
 * answer used up is honoured before the provider has to say so.
 */
void
way_attempt_note_success (WayExchange *self)
{
  gint64 now_us = way_clock_get_wall_us ();
  WayBreaker *breaker = self->books.traffic ? &self->books.traffic->breaker : NULL;
  gboolean was_ill = is_ill (self, now_us);
  gint64 until_us;

  way_health_note_success (
    self->core->health, self->candidate->provider->id,
    self->call ? way_call_get_timing (self->call).first_byte_us : WAY_UNKNOWN, now_us);
  if (!breaker || !self->call)
    return;
  way_breaker_succeed (breaker, self->books.began_at_us, now_us);
  self->books.was_blamed = TRUE;
  until_us = way_retry_exhausted_until (get_call_header, self->call, now_us);
  if (until_us > 0)
    way_breaker_cool (breaker, "used a limit of its provider up", until_us, now_us);
  if (was_ill || until_us > 0)
    tell_provider (self, now_us);
}

/* The limits of the app */

/**
 * way_exchange_admit:
 *
 * Counts the request against the limits of its app, from now until way_exchange_dismiss().
 */
void
way_exchange_admit (WayExchange *self)
{
  if (!self->request->app || self->admitted_at_us > 0)
    return;
  self->admitted_at_us = way_clock_get_wall_us ();
  way_rates_begin (self->core->rates, WAY_RATED_APP, self->request->app->id,
                   MAX (self->facts.input_tokens_estimate, 0), self->admitted_at_us);
}

void
way_exchange_dismiss (WayExchange *self)
{
  if (self->admitted_at_us == 0)
    return;
  way_rates_end (self->core->rates, WAY_RATED_APP, self->request->app->id,
                 count_tokens (&self->record->usage) - MAX (self->facts.input_tokens_estimate, 0),
                 self->admitted_at_us);
  self->admitted_at_us = 0;
  way_queue_wake (self->core->queue);
}
