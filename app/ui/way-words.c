/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about states: each has words and a shape of its own, since colour alone
 * tells nothing to many people. Any thread. */

#include "way-closures.h"

#include <glib/gi18n-lib.h>

/**
 * way_style_class:
 * @name: of style.css: what went well, what did not, what waits, what is not known
 *
 * Returns: (transfer full): the one name as a list, as "css-classes" wants it
 */
char **
way_style_class (const char *name)
{
  const char *const classes[] = { name, NULL };

  return g_strdupv ((char **)classes);
}

/**
 * way_outcome_words:
 * @object: (nullable): the template's object, not used
 * @outcome: a #WayOutcome
 *
 * Returns: (transfer full): how a request ended
 */
char *
way_outcome_words (gpointer object, guint outcome)
{
  switch ((WayOutcome)outcome)
    {
    case WAY_OUTCOME_RUNNING:
      return g_strdup (_ ("In flight"));
    case WAY_OUTCOME_DONE:
      return g_strdup (_ ("Answered"));
    case WAY_OUTCOME_REFUSED:
      return g_strdup (_ ("Refused"));
    case WAY_OUTCOME_UPSTREAM_ERROR:
      return g_strdup (_ ("Provider error"));
    case WAY_OUTCOME_CLIENT_GONE:
      return g_strdup (_ ("Client left"));
    case WAY_OUTCOME_DEADLINE:
      return g_strdup (_ ("Timed out"));
    case WAY_OUTCOME_SHUTDOWN:
      return g_strdup (_ ("Stopped"));
    }
  return g_strdup (_ ("Unknown"));
}

/**
 * way_outcome_icon:
 * @object: (nullable): the template's object, not used
 * @outcome: a #WayOutcome
 *
 * Returns: (transfer full): a symbolic icon; the shapes differ, not only the colours
 */
char *
way_outcome_icon (gpointer object, guint outcome)
{
  switch ((WayOutcome)outcome)
    {
    case WAY_OUTCOME_RUNNING:
      return g_strdup ("way-running-symbolic");
    case WAY_OUTCOME_DONE:
      return g_strdup ("way-up-symbolic");
    case WAY_OUTCOME_REFUSED:
      return g_strdup ("way-refused-symbolic");
    case WAY_OUTCOME_UPSTREAM_ERROR:
      return g_strdup ("way-down-symbolic");
    case WAY_OUTCOME_CLIENT_GONE:
    case WAY_OUTCOME_SHUTDOWN:
      return g_strdup ("way-left-symbolic");
    case WAY_OUTCOME_DEADLINE:
      return g_strdup ("way-cooling-symbolic");
    }
  return g_strdup ("way-unknown-symbolic");
}

/**
 * way_outcome_classes:
 * @object: (nullable): the template's object, not used
 * @outcome: a #WayOutcome
 *
 * Returns: (transfer full): style classes of the icon
 */
char **
way_outcome_classes (gpointer object, guint outcome)
{
  switch ((WayOutcome)outcome)
    {
    case WAY_OUTCOME_RUNNING:
      return way_style_class ("way-busy");
    case WAY_OUTCOME_DONE:
      return way_style_class ("way-good");
    case WAY_OUTCOME_REFUSED:
    case WAY_OUTCOME_DEADLINE:
      return way_style_class ("way-wait");
    case WAY_OUTCOME_UPSTREAM_ERROR:
      return way_style_class ("way-bad");
    case WAY_OUTCOME_CLIENT_GONE:
    case WAY_OUTCOME_SHUTDOWN:
      return way_style_class ("way-idle");
    }
  return way_style_class ("way-idle");
}

/**
 * way_verdict_words:
 * @object: (nullable): the template's object, not used
 * @verdict: a #WayVerdict
 *
 * Returns: (transfer full): what became of one candidate
 */
char *
way_verdict_words (gpointer object, guint verdict)
{
  switch ((WayVerdict)verdict)
    {
    case WAY_VERDICT_SKIPPED:
      return g_strdup (_ ("Not tried"));
    case WAY_VERDICT_TRYING:
      return g_strdup (_ ("Trying"));
    case WAY_VERDICT_FAILED:
      return g_strdup (_ ("Failed"));
    case WAY_VERDICT_ANSWERED:
      return g_strdup (_ ("Answered"));
    }
  return g_strdup (_ ("Unknown"));
}

/**
 * way_verdict_icon:
 * @object: (nullable): the template's object, not used
 * @verdict: a #WayVerdict
 *
 * Returns: (transfer full): a symbolic icon
 */
char *
way_verdict_icon (gpointer object, guint verdict)
{
  switch ((WayVerdict)verdict)
    {
    case WAY_VERDICT_SKIPPED:
      return g_strdup ("way-left-symbolic");
    case WAY_VERDICT_TRYING:
      return g_strdup ("way-running-symbolic");
    case WAY_VERDICT_FAILED:
      return g_strdup ("way-down-symbolic");
    case WAY_VERDICT_ANSWERED:
      return g_strdup ("way-up-symbolic");
    }
  return g_strdup ("way-unknown-symbolic");
}

/**
 * way_verdict_classes:
 * @object: (nullable): the template's object, not used
 * @verdict: a #WayVerdict
 *
 * Returns: (transfer full): style classes of the icon
 */
char **
way_verdict_classes (gpointer object, guint verdict)
{
  switch ((WayVerdict)verdict)
    {
    case WAY_VERDICT_SKIPPED:
      return way_style_class ("way-idle");
    case WAY_VERDICT_TRYING:
      return way_style_class ("way-busy");
    case WAY_VERDICT_FAILED:
      return way_style_class ("way-bad");
    case WAY_VERDICT_ANSWERED:
      return way_style_class ("way-good");
    }
  return way_style_class ("way-idle");
}

/**
 * way_locality_words:
 * @object: (nullable): the template's object, not used
 * @locality: a #WayLocality
 *
 * Returns: (transfer full): where a provider is
 */
char *
way_locality_words (gpointer object, guint locality)
{
  switch ((WayLocality)locality)
    {
    case WAY_LOCALITY_LOCAL:
      return g_strdup (_ ("This machine"));
    case WAY_LOCALITY_LAN:
      return g_strdup (_ ("Local network"));
    case WAY_LOCALITY_CLOUD:
      return g_strdup (_ ("Cloud"));
    }
  return g_strdup (_ ("Unknown"));
}

/**
 * way_locality_icon:
 * @object: (nullable): the template's object, not used
 * @locality: a #WayLocality
 *
 * Returns: (transfer full): a symbolic icon
 */
char *
way_locality_icon (gpointer object, guint locality)
{
  switch ((WayLocality)locality)
    {
    case WAY_LOCALITY_LOCAL:
      return g_strdup ("computer-symbolic");
    case WAY_LOCALITY_LAN:
      return g_strdup ("network-wired-symbolic");
    case WAY_LOCALITY_CLOUD:
      return g_strdup ("way-cloud-symbolic");
    }
  return g_strdup ("way-unknown-symbolic");
}

/**
 * way_dropped_words:
 * @object: (nullable): the template's object, not used
 * @provider: (nullable): who answered
 * @dropped: (nullable): names of what the request said and the provider could not be told
 *
 * Returns: (transfer full): a sentence; empty where nothing was left out
 */
char *
way_dropped_words (gpointer object, const char *provider, const char *dropped)
{
  if (!way_is_set (object, dropped))
    return g_strdup ("");
  return g_strdup_printf (_ ("%s was asked without what its dialect has no word for: %s"),
                          way_is_set (object, provider) ? provider : _ ("The provider"), dropped);
}
