/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about requests, budgets and counts of them. Any thread. */

#include "way-closures.h"

#include <glib/gi18n-lib.h>

/**
 * way_format_local_count:
 * @object: (nullable): the template's object, not used
 * @n_local: requests answered on this machine
 * @n_requests: all requests
 * @n_failed: those that nobody answered, which are in no share
 *
 * Returns: (transfer full): what stands below the share
 */
char *
way_format_local_count (gpointer object, gint64 n_local, gint64 n_requests, gint64 n_failed)
{
  g_autofree char *part = way_format_count (object, n_local);
  g_autofree char *whole = way_format_count (object, n_requests - n_failed);

  if (n_requests <= n_failed)
    return g_strdup (n_requests > 0 ? _ ("none answered yet") : _ ("no request yet"));
  return g_strdup_printf (_ ("%s of %s answered"), part, whole);
}

/**
 * way_format_local_share:
 * @object: (nullable): the template's object, not used
 * @n_local: requests answered on this machine
 * @n_requests: all requests
 * @n_failed: those that nobody answered
 *
 * Returns: (transfer full): the share of the answers that came from this machine
 */
char *
way_format_local_share (gpointer object, gint64 n_local, gint64 n_requests, gint64 n_failed)
{
  return way_format_share (object, n_local, n_requests - n_failed);
}

/**
 * way_format_running:
 * @object: (nullable): the template's object, not used
 * @n_running: requests in flight
 *
 * Returns: (transfer full): the state of a router that listens
 */
char *
way_format_running (gpointer object, guint n_running)
{
  if (n_running == 0)
    return g_strdup (_ ("Listening"));
  return g_strdup_printf (_ ("%'u in flight"), n_running);
}

/**
 * way_budget_title:
 * @object: (nullable): the template's object, not used
 * @budget: as the gateway calls it: "the budget of the app \"codex\", $20.00 a month"
 *
 * Returns: (transfer full): the same as a title
 */
char *
way_budget_title (gpointer object, const char *budget)
{
  static const char article[] = "the ";
  char *title = g_strdup (g_str_has_prefix (budget, article) ? budget + strlen (article) : budget);

  *title = g_ascii_toupper (*title);
  return title;
}

/**
 * way_budgets_note:
 * @object: (nullable): the template's object, not used
 * @n_unknown: requests of today whose price nobody knows
 *
 * Returns: (transfer full): what the budgets do not know of; empty when there is nothing
 */
char *
way_budgets_note (gpointer object, gint64 n_unknown)
{
  if (n_unknown <= 0)
    return g_strdup ("");
  return g_strdup_printf (
    ngettext ("%'" G_GINT64_FORMAT " request of today is in no budget: its price is unknown",
              "%'" G_GINT64_FORMAT " requests of today are in no budget: their price is unknown",
              (gulong)n_unknown),
    n_unknown);
}

/**
 * way_budget_fraction:
 * @object: (nullable): the template's object, not used
 *
 * Returns: how much of a budget is spent, from 0 to 1
 */
double
way_budget_fraction (gpointer object, gint64 spent_nano_usd, gint64 limit_nano_usd)
{
  return limit_nano_usd <= spent_nano_usd ? 1 : (double)spent_nano_usd / (double)limit_nano_usd;
}

/**
 * way_format_unknown_cost:
 * @object: (nullable): the template's object, not used
 * @n_requests: requests whose price nobody knows, or not wholly
 *
 * Returns: (transfer full): what stands beside a sum that they are not, or not wholly, in; empty
 * when there are none
 */
char *
way_format_unknown_cost (gpointer object, gint64 n_requests)
{
  if (n_requests <= 0)
    return g_strdup ("");
  return g_strdup_printf (_ ("+ %'" G_GINT64_FORMAT " of unknown price"), n_requests);
}

/**
 * way_format_attempts:
 * @object: (nullable): the template's object, not used
 * @n_attempts: providers tried
 *
 * Returns: (transfer full): the number; a dash where nobody was asked
 */
char *
way_format_attempts (gpointer object, guint n_attempts)
{
  return n_attempts > 0 ? g_strdup_printf ("%u", n_attempts) : g_strdup ("—");
}

/**
 * way_format_status:
 * @object: (nullable): the template's object, not used
 * @status: HTTP status the client got, 0 if none
 * @error_code: (nullable): of the contract
 *
 * Returns: (transfer full): both in one line
 */
char *
way_format_status (gpointer object, guint status, const char *error_code)
{
  if (status == 0)
    return g_strdup (way_is_set (object, error_code) ? error_code : "—");
  if (!way_is_set (object, error_code))
    return g_strdup_printf (_ ("HTTP %u"), status);
  return g_strdup_printf (_ ("HTTP %u, %s"), status, error_code);
}

/**
 * way_format_failed:
 * @object: (nullable): the template's object, not used
 * @n_failed: requests that got no answer
 *
 * Returns: (transfer full): what stands below the number of requests
 */
char *
way_format_failed (gpointer object, gint64 n_failed)
{
  if (n_failed <= 0)
    return g_strdup (_ ("none failed"));
  return g_strdup_printf (_ ("%'" G_GINT64_FORMAT " failed"), n_failed);
}

/**
 * way_format_models:
 * @object: (nullable): the template's object, not used
 * @requested: (nullable): what the client asked for
 * @answered: (nullable): what answered
 *
 * Both, always, also when they are the same: nothing is substituted in silence.
 *
 * Returns: (transfer full): "requested → answered"
 */
char *
way_format_models (gpointer object, const char *requested, const char *answered)
{
  return g_strdup_printf ("%s → %s", requested != NULL ? requested : "—",
                          answered != NULL ? answered : "—");
}

/**
 * way_format_requested:
 * @object: (nullable): the template's object, not used
 * @requested: (nullable): what the client asked for
 *
 * Returns: (transfer full): the first half of way_format_models(), for a label of its own
 */
char *
way_format_requested (gpointer object, const char *requested)
{
  return g_strdup_printf ("%s →", requested != NULL ? requested : "—");
}

/**
 * way_substituted_words:
 * @object: (nullable): the template's object, not used
 *
 * Texts inside a list item factory are not found by translators' tools, so this one is here too.
 *
 * Returns: (transfer full): what the mark beside a substituted model means
 */
char *
way_substituted_words (gpointer object)
{
  return g_strdup (_ ("Another model answered than was asked for"));
}

/**
 * way_request_words:
 * @object: (nullable): the template's object, not used
 * @app: (nullable): whose request it is
 * @error_code: (nullable): of the contract
 * @provider: (nullable): who is asked
 * @reason: (nullable): of the last decision, in words
 * @started_at_us: wall clock
 *
 * Returns: (transfer full): what is said below the models of a request; the reason first, since the
 *   rest may be cut off
 */
char *
way_request_words (gpointer object,
                   const char *app,
                   const char *error_code,
                   const char *provider,
                   const char *reason,
                   gint64 started_at_us)
{
  g_autofree char *time = way_format_time (object, started_at_us);
  g_autofree char *who = way_format_app (object, app, error_code);
  GString *words = g_string_new (NULL);

  if (way_is_set (object, reason))
    g_string_append_printf (words, "%s\n", reason);
  g_string_append_printf (words, "%s · %s", time, who);
  if (way_is_set (object, provider))
    g_string_append_printf (words, " · %s", provider);
  return g_string_free (words, FALSE);
}

/**
 * way_compact_words:
 * @object: (nullable): the template's object, not used
 * @started_at_us: wall clock
 * @app: (nullable): whose request it is
 * @error_code: (nullable): of the contract
 * @provider: (nullable): who is asked
 *
 * Returns: (transfer full): the second line of a request where there is little room
 */
char *
way_compact_words (gpointer object,
                   gint64 started_at_us,
                   const char *app,
                   const char *error_code,
                   const char *provider)
{
  return way_request_words (object, app, error_code, provider, NULL, started_at_us);
}

/**
 * way_provider_and_place:
 * @object: (nullable): the template's object, not used
 * @provider: (nullable): who was asked
 * @locality: a #WayLocality, of no meaning without provider
 * @running: whether an answer can still come
 * @answered: whether one came
 *
 * Returns: (transfer full): who and where, and whether only asked
 */
char *
way_provider_and_place (
  gpointer object, const char *provider, guint locality, gboolean running, gboolean answered)
{
  g_autofree char *where = way_locality_words (object, locality);

  if (!way_is_set (object, provider))
    return g_strdup ("—");
  if (answered)
    return g_strdup_printf ("%s · %s", provider, where);
  return g_strdup_printf (running ? _ ("%s · %s, being asked") : _ ("%s · %s, did not answer"),
                          provider, where);
}

/**
 * way_paused_words:
 * @object: (nullable): the template's object, not used
 * @n_held: rows that wait
 *
 * Returns: (transfer full): that the list is held still, and what waits
 */
char *
way_paused_words (gpointer object, guint n_held)
{
  if (n_held == 0)
    return g_strdup (_ ("Held still. Press Space to go on."));
  return g_strdup_printf (ngettext ("Held still: %'u new request. Press Space to go on.",
                                    "Held still: %'u new requests. Press Space to go on.", n_held),
                          n_held);
}

/**
 * way_has_new_rows:
 * @object: (nullable): the template's object, not used
 * @n_held: rows that wait
 * @paused: whether they wait because somebody wants so
 *
 * Returns: whether rows wait for the list to be at its top
 */
gboolean
way_has_new_rows (gpointer object, guint n_held, gboolean paused)
{
  return n_held > 0 && !paused;
}

/**
 * way_new_rows_words:
 * @object: (nullable): the template's object, not used
 * @n_held: rows that wait
 *
 * Returns: (transfer full): what a way to the top of the list says
 */
char *
way_new_rows_words (gpointer object, guint n_held)
{
  return g_strdup_printf (ngettext ("%'u New Request", "%'u New Requests", n_held), n_held);
}

/**
 * way_no_match_words:
 * @n_rows: how many requests were looked at
 * @oldest_us: when the oldest of them came
 *
 * Returns: (transfer full): what is said where no request matches a filter, and how far it looked
 */
char *
way_no_match_words (guint n_rows, gint64 oldest_us)
{
  g_autofree char *oldest = way_format_date (NULL, oldest_us);
  g_autofree char *where =
    g_strdup_printf (ngettext ("The newest %'u request was looked at, since %s.",
                               "The newest %'u requests were looked at, since %s.", n_rows),
                     n_rows, oldest);

  return g_strdup_printf (
    _ ("%s Take a word off the filter, or press Escape in it to see all of them again."), where);
}

/**
 * way_format_app:
 * @object: (nullable): the template's object, not used
 * @app: (nullable): an app's name
 * @error_code: (nullable): of the contract
 *
 * Returns: (transfer full): the name, or words for a request that came without a token, or with one
 *   that nobody has
 */
char *
way_format_app (gpointer object, const char *app, const char *error_code)
{
  if (app != NULL)
    return g_strdup (app);
  return g_strdup (g_strcmp0 (error_code, "unauthorized") == 0 ? _ ("no valid token")
                                                               : _ ("no token"));
}

/**
 * way_target:
 * @object: (nullable): the template's object, not used
 * @text: (nullable): an id
 *
 * Returns: (transfer full): the id as the target of an action
 */
GVariant *
way_target (gpointer object, const char *text)
{
  return g_variant_ref_sink (g_variant_new_string (text != NULL ? text : ""));
}

/**
 * way_or_dash:
 * @object: (nullable): the template's object, not used
 * @text: (nullable): any text
 *
 * Returns: (transfer full): the text, or a dash where there is none
 */
char *
way_or_dash (gpointer object, const char *text)
{
  return g_strdup (way_is_set (object, text) ? text : "—");
}

/**
 * way_is_set:
 * @object: (nullable): the template's object, not used
 * @text: (nullable): any text
 *
 * Returns: whether there is any
 */
gboolean
way_is_set (gpointer object, const char *text)
{
  return text != NULL && *text != '\0';
}

/**
 * way_not:
 * @object: (nullable): the template's object, not used
 * @value: a truth
 *
 * Returns: its opposite
 */
gboolean
way_not (gpointer object, gboolean value)
{
  return !value;
}
