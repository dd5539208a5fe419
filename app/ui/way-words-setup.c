/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about apps and the router as a whole. Any thread. */

#include "way-closures.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * way_allowed_words:
 * @object: (nullable): the template's object, not used
 * @models: (nullable): patterns of the models an app may use, as the config has them
 *
 * Returns: (transfer full): the same for a person
 */
char *
way_allowed_words (gpointer object, const char *models)
{
  if (g_strcmp0 (models, "*") == 0)
    return g_strdup (_ ("All models"));
  return g_strdup (way_is_set (object, models) ? models : _ ("None"));
}

/**
 * way_app_words:
 * @object: (nullable): the template's object, not used
 * @last_seen_us: wall clock, 0 for never
 * @requests_today: how many
 * @cost_nano_usd: what they cost, as far as known
 * @unknown_cost: of how many the cost is not, or not wholly, known
 *
 * Returns: (transfer full): what an app has done
 */
char *
way_app_words (gpointer object,
               gint64 last_seen_us,
               gint64 requests_today,
               gint64 cost_nano_usd,
               gint64 unknown_cost)
{
  g_autofree char *cost = way_format_cost (object, cost_nano_usd, FALSE);
  g_autofree char *unknown = way_format_unknown_cost (object, unknown_cost);

  if (last_seen_us <= 0)
    return g_strdup (_ ("Waiting for its first request…"));
  if (requests_today <= 0)
    return g_strdup (_ ("Nothing today"));
  return g_strdup_printf (ngettext ("%" G_GINT64_FORMAT " request today · %s%s%s",
                                    "%" G_GINT64_FORMAT " requests today · %s%s%s",
                                    (gulong)requests_today),
                          requests_today, cost, *unknown != '\0' ? " " : "", unknown);
}

/**
 * way_first_request_words:
 * @object: (nullable): the template's object, not used
 * @last_seen_us: wall clock, 0 for never
 *
 * Returns: (transfer full): whether the tool has come through yet
 */
char *
way_first_request_words (gpointer object, gint64 last_seen_us)
{
  g_autofree char *time = NULL;

  if (last_seen_us <= 0)
    return g_strdup (_ ("Waiting for its first request…"));
  time = way_format_time (object, last_seen_us);
  return g_strdup_printf (_ ("Connected: last seen at %s"), time);
}

/**
 * way_is_seen:
 * @object: (nullable): the template's object, not used
 * @last_seen_us: wall clock, 0 for never
 *
 * Returns: whether an app has ever sent a request
 */
gboolean
way_is_seen (gpointer object, gint64 last_seen_us)
{
  return last_seen_us > 0;
}

/**
 * way_seen_icon:
 * @object: (nullable): the template's object, not used
 * @last_seen_us: wall clock, 0 for never
 *
 * Returns: (transfer full): a symbolic icon
 */
char *
way_seen_icon (gpointer object, gint64 last_seen_us)
{
  return g_strdup (last_seen_us > 0 ? "way-up-symbolic" : "way-unknown-symbolic");
}

/**
 * way_seen_classes:
 * @object: (nullable): the template's object, not used
 * @last_seen_us: wall clock, 0 for never
 *
 * Returns: (transfer full): style classes of the icon
 */
char **
way_seen_classes (gpointer object, gint64 last_seen_us)
{
  return way_style_class (last_seen_us > 0 ? "way-good" : "way-idle");
}

/**
 * way_local_only_words:
 * @object: (nullable): the template's object, not used
 * @running: whether the router listens
 * @local_only: the switch
 *
 * Returns: (transfer full): what it means
 */
char *
way_local_only_words (gpointer object, gboolean running, gboolean local_only)
{
  if (!running)
    return g_strdup (_ ("Not listening"));
  return g_strdup (local_only ? _ ("Nothing leaves this machine")
                              : _ ("Calls may leave this machine"));
}

/**
 * way_stopped_words:
 * @object: (nullable): the template's object, not used
 * @n_stopped: requests of today that were to leave this machine and were not let
 *
 * Returns: (transfer full): how many those are
 */
char *
way_stopped_words (gpointer object, gint64 n_stopped)
{
  if (n_stopped <= 0)
    return g_strdup (_ ("No request was stopped today"));
  return g_strdup_printf (ngettext ("%'" G_GINT64_FORMAT " request was stopped today",
                                    "%'" G_GINT64_FORMAT " requests were stopped today",
                                    (gulong)n_stopped),
                          n_stopped);
}

/**
 * way_shows_stopped:
 * @object: (nullable): the template's object, not used
 * @n_stopped: requests of today that were not let out
 * @local_only: the switch
 *
 * Returns: whether there is something to say of what Local Only stops
 */
gboolean
way_shows_stopped (gpointer object, gint64 n_stopped, gboolean local_only)
{
  return local_only || n_stopped > 0;
}

/**
 * way_is_positive:
 * @object: (nullable): the template's object, not used
 * @count: a count
 *
 * Returns: whether there is any
 */
gboolean
way_is_positive (gpointer object, gint64 count)
{
  return count > 0;
}

/**
 * way_sentence:
 * @text: words of an error
 *
 * Returns: (transfer full): the same as a sentence of its own; a name that it begins with, as in
 *   "ollama: refused the connection", is left as it is
 */
char *
way_sentence (const char *text)
{
  char *sentence = g_strdup (text);
  const char *end = strpbrk (text, " :/");

  if (end != NULL && *end == ' ')
    *sentence = g_ascii_toupper (*sentence);
  return sentence;
}

/**
 * way_warning_words:
 * @object: (nullable): the template's object, not used
 * @problem: (nullable): what is wrong, in words
 *
 * Returns: (transfer full): the same for a router that runs in spite of it
 */
char *
way_warning_words (gpointer object, const char *problem)
{
  return g_strdup_printf (_ ("Wayfare goes on working. %s"), problem != NULL ? problem : "");
}

/**
 * way_faults_words:
 * @faults: (element-type utf8): what is wrong in a config file
 * @path: of the file
 *
 * Returns: (transfer full): each fault on a line of its own, unless there is one alone, which the
 *   problem names; and how to see them in a terminal
 */
char *
way_faults_words (GPtrArray *faults, const char *path)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < faults->len && faults->len > 1; i++)
    g_string_append_printf (words, "• %s\n", (const char *)g_ptr_array_index (faults, i));
  g_string_append_printf (words, _ ("“wayfare check %s” says in a terminal what is wrong."), path);
  return g_string_free (words, FALSE);
}

/**
 * way_has_warning:
 * @object: (nullable): the template's object, not used
 * @running: whether the router listens
 * @problem: (nullable): what is wrong, in words
 *
 * Returns: whether something is wrong that does not stop the router
 */
gboolean
way_has_warning (gpointer object, gboolean running, const char *problem)
{
  return running && way_is_set (object, problem);
}

/**
 * way_content_name:
 * @object: (nullable): the template's object, not used
 * @running: whether the router listens
 * @elsewhere: whether another one of this user does
 *
 * Returns: (transfer full): which of the window's contents to show
 */
char *
way_content_name (gpointer object, gboolean running, gboolean elsewhere)
{
  if (running)
    return g_strdup ("pages");
  return g_strdup (elsewhere ? "elsewhere" : "problem");
}

/**
 * way_escape:
 * @object: (nullable): the template's object, not used
 * @text: (nullable): any text
 *
 * Returns: (transfer full): the text for a property that reads markup
 */
char *
way_escape (gpointer object, const char *text)
{
  return g_markup_escape_text (text != NULL ? text : "", -1);
}

/**
 * way_client_address:
 * @object: (nullable): the template's object, not used
 * @address: (nullable): where the router listens, "http://127.0.0.1:4114"
 *
 * Returns: (transfer full): what a client is given as base URL, or a dash while nothing listens
 */
char *
way_client_address (gpointer object, const char *address)
{
  return way_is_set (object, address) ? g_strconcat (address, "/v1", NULL) : g_strdup ("—");
}
