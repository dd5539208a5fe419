/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about a value: pure functions that templates call by name. No widget, no
 * state; the clock comes in as an argument. Each takes the template's object first and ignores it,
 * so tests pass NULL. */

#pragma once

#include "way-keyring.h"
#include "way-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Numbers */
char *way_format_count (gpointer object, gint64 count);
char *way_format_tokens (
  gpointer object, gint64 tokens, gboolean running, gboolean answered, gboolean estimated);
char *way_format_cached (gpointer object, gint64 tokens);
char *way_format_all_tokens (gpointer object,
                             gint64 input,
                             gint64 cached,
                             gint64 output,
                             gboolean running,
                             gboolean answered,
                             gboolean estimated);
char *way_format_speed (
  gpointer object, gint64 output, gboolean streamed, gint64 first_token_us, gint64 duration_us);
char *way_format_token_pair (gpointer object, gint64 input, gint64 output);
char *way_format_count_sum (gpointer object, gint64 a, gint64 b);
char *way_format_local_count (gpointer object, gint64 n_local, gint64 n_requests, gint64 n_failed);
char *way_format_local_share (gpointer object, gint64 n_local, gint64 n_requests, gint64 n_failed);
char *way_format_running (gpointer object, guint n_running);
char *way_format_cost (gpointer object, gint64 nano_usd, gboolean running);
char *way_budget_title (gpointer object, const char *budget);
char *way_budget_words (gpointer object, gint64 spent_nano_usd, gint64 limit_nano_usd);
char *way_budgets_note (gpointer object, gint64 n_unknown);
double way_budget_fraction (gpointer object, gint64 spent_nano_usd, gint64 limit_nano_usd);
char *way_format_unknown_cost (gpointer object, gint64 n_requests);
char *way_format_duration (gpointer object, gint64 duration_us);
char *way_format_rate (gpointer object, double rate);
char *way_format_share (gpointer object, gint64 part, gint64 whole);
char *way_format_attempts (gpointer object, guint n_attempts);
char *way_format_status (gpointer object, guint status, const char *error_code);
char *way_format_failed (gpointer object, gint64 n_failed);

/* Times */
char *way_format_moment (gint64 wall_us, gint64 now_us);
char *way_format_time (gpointer object, gint64 wall_us);
char *way_format_date (gpointer object, gint64 wall_us);
char *way_format_age (gpointer object, gint64 then_us, gint64 now_us);

/* Requests */
char **way_style_class (const char *name);
char *way_outcome_words (gpointer object, guint outcome);
char *way_outcome_icon (gpointer object, guint outcome);
char **way_outcome_classes (gpointer object, guint outcome);
char *way_verdict_words (gpointer object, guint verdict);
char *way_verdict_icon (gpointer object, guint verdict);
char **way_verdict_classes (gpointer object, guint verdict);
char *way_locality_words (gpointer object, guint locality);
char *way_locality_icon (gpointer object, guint locality);
char *way_substituted_words (gpointer object);
char *way_format_models (gpointer object, const char *requested, const char *answered);
char *way_format_requested (gpointer object, const char *requested);
char *way_request_words (gpointer object,
                         const char *app,
                         const char *error_code,
                         const char *provider,
                         const char *reason,
                         gint64 started_at_us);
char *way_compact_words (gpointer object,
                         gint64 started_at_us,
                         const char *app,
                         const char *error_code,
                         const char *provider);
char *way_provider_and_place (
  gpointer object, const char *provider, guint locality, gboolean running, gboolean answered);
char *way_paused_words (gpointer object, guint n_held);
gboolean way_has_new_rows (gpointer object, guint n_held, gboolean paused);
char *way_new_rows_words (gpointer object, guint n_held);
char *way_no_match_words (guint n_rows, gint64 oldest_us);
char *way_format_app (gpointer object, const char *app, const char *error_code);
GVariant *way_target (gpointer object, const char *text);
char *way_or_dash (gpointer object, const char *text);
gboolean way_is_set (gpointer object, const char *text);
char *way_dropped_words (gpointer object, const char *provider, const char *dropped);
gboolean way_not (gpointer object, gboolean value);

/* Providers, keys, apps */
char *way_reach_words (gpointer object, guint reach);
char *way_reach_icon (gpointer object, guint reach);
char **way_reach_classes (gpointer object, guint reach);
char *way_provider_subtitle (
  gpointer object, guint reach, const char *reason, gboolean enabled, guint locality);
gboolean way_is_link (gpointer object, const char *text);
char *way_kind_and_address (gpointer object, const char *kind, const char *base_url);
char *way_models_words (gpointer object, gint64 n_models, const char *models);
char *way_latency_words (gpointer object, gint64 last_success_at_us, gint64 latency_us);
char *way_test_words (const char *id, guint reach, const char *reason, gint64 latency_us);
char *way_provider_key_words (gpointer object, const char *key_name, guint reach);
char *way_key_words (gpointer object,
                     gboolean present,
                     gboolean locked,
                     const char *hint,
                     const char *source,
                     const char *problem,
                     gint64 last_used_us);
char *way_key_icon (gpointer object, gboolean present, gboolean locked, const char *problem);
char **way_key_classes (gpointer object, gboolean present, gboolean locked, const char *problem);
char *way_key_verb (gpointer object, gboolean present, gboolean locked);
gboolean way_key_is_editable (gpointer object, const char *source);
char *way_keyring_words (gpointer object, guint state);
gboolean way_keyring_needs_words (gpointer object, guint state);
gboolean way_keyring_is_locked (gpointer object, guint state);
char *way_allowed_words (gpointer object, const char *models);
char *way_app_words (gpointer object,
                     gint64 last_seen_us,
                     gint64 requests_today,
                     gint64 cost_nano_usd,
                     gint64 unknown_cost);
char *way_first_request_words (gpointer object, gint64 last_seen_us);
gboolean way_is_seen (gpointer object, gint64 last_seen_us);
char *way_seen_icon (gpointer object, gint64 last_seen_us);
char **way_seen_classes (gpointer object, gint64 last_seen_us);
char *way_local_only_words (gpointer object, gboolean running, gboolean local_only);
char *way_stopped_words (gpointer object, gint64 n_stopped);
gboolean way_shows_stopped (gpointer object, gint64 n_stopped, gboolean local_only);
gboolean way_is_positive (gpointer object, gint64 count);
char *way_sentence (const char *text);
char *way_warning_words (gpointer object, const char *problem);
char *way_faults_words (GPtrArray *faults, const char *path);
gboolean way_has_warning (gpointer object, gboolean running, const char *problem);
char *way_content_name (gpointer object, gboolean running, gboolean elsewhere);
char *way_escape (gpointer object, const char *text);
char *way_client_address (gpointer object, const char *address);

/* Fare: one line of "tokens × price" */
char *way_format_fare_line (gint64 tokens, gboolean estimated, gint64 price_micro_usd_per_million);
char *way_format_price_date (guint32 as_of);

G_END_DECLS
