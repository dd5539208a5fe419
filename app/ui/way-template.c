/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Templates find closures in a table here, not by looking symbols up in the executable: that works
 * in a static library and names every function a template may call. Main thread. */

#include "way-template.h"

#include "way-closures.h"

static const struct
{
  const char *name;
  GCallback function;
} closures[] = {
  { "way_format_count", G_CALLBACK (way_format_count) },
  { "way_format_tokens", G_CALLBACK (way_format_tokens) },
  { "way_format_token_pair", G_CALLBACK (way_format_token_pair) },
  { "way_format_cost", G_CALLBACK (way_format_cost) },
  { "way_budget_title", G_CALLBACK (way_budget_title) },
  { "way_budget_words", G_CALLBACK (way_budget_words) },
  { "way_budgets_note", G_CALLBACK (way_budgets_note) },
  { "way_budget_fraction", G_CALLBACK (way_budget_fraction) },
  { "way_format_unknown_cost", G_CALLBACK (way_format_unknown_cost) },
  { "way_format_duration", G_CALLBACK (way_format_duration) },
  { "way_format_rate", G_CALLBACK (way_format_rate) },
  { "way_format_share", G_CALLBACK (way_format_share) },
  { "way_format_failed", G_CALLBACK (way_format_failed) },
  { "way_format_time", G_CALLBACK (way_format_time) },
  { "way_format_age", G_CALLBACK (way_format_age) },
  { "way_outcome_words", G_CALLBACK (way_outcome_words) },
  { "way_outcome_icon", G_CALLBACK (way_outcome_icon) },
  { "way_outcome_classes", G_CALLBACK (way_outcome_classes) },
  { "way_locality_words", G_CALLBACK (way_locality_words) },
  { "way_locality_icon", G_CALLBACK (way_locality_icon) },
  { "way_format_models", G_CALLBACK (way_format_models) },
  { "way_format_app", G_CALLBACK (way_format_app) },
  { "way_or_dash", G_CALLBACK (way_or_dash) },
  { "way_is_set", G_CALLBACK (way_is_set) },
  { "way_dropped_words", G_CALLBACK (way_dropped_words) },
  { "way_not", G_CALLBACK (way_not) },
  { "way_reach_words", G_CALLBACK (way_reach_words) },
  { "way_reach_icon", G_CALLBACK (way_reach_icon) },
  { "way_reach_classes", G_CALLBACK (way_reach_classes) },
  { "way_provider_subtitle", G_CALLBACK (way_provider_subtitle) },
  { "way_key_words", G_CALLBACK (way_key_words) },
  { "way_key_is_editable", G_CALLBACK (way_key_is_editable) },
  { "way_keyring_words", G_CALLBACK (way_keyring_words) },
  { "way_keyring_needs_words", G_CALLBACK (way_keyring_needs_words) },
  { "way_keyring_is_locked", G_CALLBACK (way_keyring_is_locked) },
  { "way_allowed_words", G_CALLBACK (way_allowed_words) },
  { "way_app_words", G_CALLBACK (way_app_words) },
  { "way_local_only_words", G_CALLBACK (way_local_only_words) },
  { "way_format_count_sum", G_CALLBACK (way_format_count_sum) },
  { "way_format_local_share", G_CALLBACK (way_format_local_share) },
  { "way_format_local_count", G_CALLBACK (way_format_local_count) },
  { "way_format_running", G_CALLBACK (way_format_running) },
  { "way_request_words", G_CALLBACK (way_request_words) },
  { "way_stopped_words", G_CALLBACK (way_stopped_words) },
  { "way_shows_stopped", G_CALLBACK (way_shows_stopped) },
  { "way_is_positive", G_CALLBACK (way_is_positive) },
  { "way_warning_words", G_CALLBACK (way_warning_words) },
  { "way_substituted_words", G_CALLBACK (way_substituted_words) },
  { "way_has_warning", G_CALLBACK (way_has_warning) },
  { "way_content_name", G_CALLBACK (way_content_name) },
  { "way_escape", G_CALLBACK (way_escape) },
  { "way_is_link", G_CALLBACK (way_is_link) },
  { "way_kind_and_address", G_CALLBACK (way_kind_and_address) },
  { "way_models_words", G_CALLBACK (way_models_words) },
  { "way_latency_words", G_CALLBACK (way_latency_words) },
  { "way_provider_key_words", G_CALLBACK (way_provider_key_words) },
  { "way_key_icon", G_CALLBACK (way_key_icon) },
  { "way_key_classes", G_CALLBACK (way_key_classes) },
  { "way_key_verb", G_CALLBACK (way_key_verb) },
  { "way_is_seen", G_CALLBACK (way_is_seen) },
  { "way_seen_icon", G_CALLBACK (way_seen_icon) },
  { "way_seen_classes", G_CALLBACK (way_seen_classes) },
  { "way_format_attempts", G_CALLBACK (way_format_attempts) },
  { "way_format_status", G_CALLBACK (way_format_status) },
  { "way_format_date", G_CALLBACK (way_format_date) },
  { "way_compact_words", G_CALLBACK (way_compact_words) },
  { "way_provider_and_place", G_CALLBACK (way_provider_and_place) },
  { "way_paused_words", G_CALLBACK (way_paused_words) },
  { "way_format_cached", G_CALLBACK (way_format_cached) },
  { "way_format_all_tokens", G_CALLBACK (way_format_all_tokens) },
  { "way_format_speed", G_CALLBACK (way_format_speed) },
  { "way_format_requested", G_CALLBACK (way_format_requested) },
  { "way_has_new_rows", G_CALLBACK (way_has_new_rows) },
  { "way_new_rows_words", G_CALLBACK (way_new_rows_words) },
  { "way_first_request_words", G_CALLBACK (way_first_request_words) },
  { "way_target", G_CALLBACK (way_target) },
  { "way_client_address", G_CALLBACK (way_client_address) },
};

/**
 * way_template_lend_closures:
 * @scope: of a builder
 *
 * Makes the functions of way-closures.h callable in what the builder reads. Main thread.
 */
void
way_template_lend_closures (GtkBuilderCScope *scope)
{
  for (gsize i = 0; i < G_N_ELEMENTS (closures); i++)
    gtk_builder_cscope_add_callback_symbol (scope, closures[i].name, closures[i].function);
}

/**
 * way_template_set:
 * @widget_class: a class being initialised
 * @name: of its .ui file, without folder and ending
 *
 * Sets the class's template and makes the functions of way-closures.h callable in it, and in the
 * list item factories it contains. Main thread.
 */
void
way_template_set (GtkWidgetClass *widget_class, const char *name)
{
  g_autofree char *path = g_strconcat (WAY_TEMPLATE_PREFIX, name, ".ui", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, path);
  for (gsize i = 0; i < G_N_ELEMENTS (closures); i++)
    gtk_widget_class_bind_template_callback_full (widget_class, closures[i].name,
                                                  closures[i].function);
}
