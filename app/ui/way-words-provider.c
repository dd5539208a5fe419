/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the window says about providers and their keys. Any thread. */

#include "way-closures.h"

#include "way-event.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * way_reach_words:
 * @object: (nullable): the template's object, not used
 * @reach: a #WayReach
 *
 * Returns: (transfer full): whether a provider can be reached; one that was never asked is neither
 *   up nor down
 */
char *
way_reach_words (gpointer object, guint reach)
{
  switch ((WayReach)reach)
    {
    case WAY_REACH_UNKNOWN:
      return g_strdup (_ ("Not checked yet"));
    case WAY_REACH_UP:
      return g_strdup (_ ("Working"));
    case WAY_REACH_DOWN:
      return g_strdup (_ ("Not working"));
    case WAY_REACH_COOLING:
      return g_strdup (_ ("Asked us to wait"));
    case WAY_REACH_NO_KEY:
      return g_strdup (_ ("Needs a key"));
    }
  return g_strdup (_ ("Unknown"));
}

/**
 * way_reach_icon:
 * @object: (nullable): the template's object, not used
 * @reach: a #WayReach
 *
 * Returns: (transfer full): a symbolic icon of its own shape
 */
char *
way_reach_icon (gpointer object, guint reach)
{
  switch ((WayReach)reach)
    {
    case WAY_REACH_UNKNOWN:
      return g_strdup ("way-unknown-symbolic");
    case WAY_REACH_UP:
      return g_strdup ("way-up-symbolic");
    case WAY_REACH_DOWN:
      return g_strdup ("way-down-symbolic");
    case WAY_REACH_COOLING:
      return g_strdup ("way-cooling-symbolic");
    case WAY_REACH_NO_KEY:
      return g_strdup ("way-key-symbolic");
    }
  return g_strdup ("way-unknown-symbolic");
}

/**
 * way_reach_classes:
 * @object: (nullable): the template's object, not used
 * @reach: a #WayReach
 *
 * Returns: (transfer full): style classes of the icon
 */
char **
way_reach_classes (gpointer object, guint reach)
{
  switch ((WayReach)reach)
    {
    case WAY_REACH_UNKNOWN:
      return way_style_class ("way-idle");
    case WAY_REACH_UP:
      return way_style_class ("way-good");
    case WAY_REACH_DOWN:
      return way_style_class ("way-bad");
    case WAY_REACH_COOLING:
    case WAY_REACH_NO_KEY:
      return way_style_class ("way-wait");
    }
  return way_style_class ("way-idle");
}

/**
 * way_provider_subtitle:
 * @object: (nullable): the template's object, not used
 * @reach: a #WayReach
 * @reason: (nullable): why, in words
 * @enabled: whether the provider may be used at all
 * @locality: a #WayLocality
 *
 * Returns: (transfer full): where it is, how it does and why
 */
char *
way_provider_subtitle (
  gpointer object, guint reach, const char *reason, gboolean enabled, guint locality)
{
  g_autofree char *where = way_locality_words (object, locality);
  g_autofree char *how = enabled ? way_reach_words (object, reach) : g_strdup (_ ("Switched off"));
  /* "Working: answered" would say one thing twice. */
  const gboolean adds = enabled && way_is_set (object, reason) && !g_str_equal (reason, "answered");

  if (adds && reach == WAY_REACH_UNKNOWN)
    {
      g_autofree char *why = way_sentence (reason);

      return g_strdup_printf ("%s · %s", where, why);
    }
  if (adds)
    return g_strdup_printf ("%s · %s: %s", where, how, reason);
  return g_strdup_printf ("%s · %s", where, how);
}

/**
 * way_is_link:
 * @object: (nullable): the template's object, not used
 * @text: (nullable): what a person noted
 *
 * Returns: whether that is an address in the web
 */
gboolean
way_is_link (gpointer object, const char *text)
{
  return text != NULL &&
         (g_str_has_prefix (text, "https://") || g_str_has_prefix (text, "http://"));
}

/**
 * way_kind_and_address:
 * @object: (nullable): the template's object, not used
 * @kind: a provider's kind
 * @base_url: (nullable): its address; the built-in one has none
 *
 * Returns: (transfer full): the address and what is spoken there
 */
char *
way_kind_and_address (gpointer object, const char *kind, const char *base_url)
{
  if (!way_is_set (object, base_url))
    return g_strdup (_ ("Built in, answers by itself"));
  return g_strdup_printf ("%s · %s", base_url, kind);
}

/**
 * way_models_words:
 * @object: (nullable): the template's object, not used
 * @n_models: how many models a provider lists, -1 when it never listed any
 * @models: (nullable): their names
 *
 * Returns: (transfer full): the number and the names
 */
char *
way_models_words (gpointer object, gint64 n_models, const char *models)
{
  g_autofree char *count = NULL;

  if (n_models < 0)
    return g_strdup (_ ("Not listed yet"));
  count = g_strdup_printf (
    ngettext ("%" G_GINT64_FORMAT " model", "%" G_GINT64_FORMAT " models", (gulong)n_models),
    n_models);
  if (!way_is_set (object, models))
    return g_steal_pointer (&count);
  return g_strdup_printf ("%s: %s", count, models);
}

/**
 * way_latency_words:
 * @object: (nullable): the template's object, not used
 * @last_success_at_us: wall clock of the last good answer, 0 for none
 * @latency_us: how long that took, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): the last good answer in words
 */
char *
way_latency_words (gpointer object, gint64 last_success_at_us, gint64 latency_us)
{
  g_autofree char *duration = way_format_duration (object, latency_us);

  if (last_success_at_us <= 0)
    return g_strdup (_ ("None since Wayfare started"));
  if (latency_us < 0)
    return g_strdup (_ ("Answered"));
  return g_strdup_printf (_ ("Answered in %s"), duration);
}

/**
 * way_test_words:
 * @id: of a provider
 * @reach: what a test of it found, a #WayReach
 * @reason: (nullable): why, in words
 * @latency_us: how long the answer took, or %WAY_UNKNOWN
 *
 * Returns: (transfer full): the result of the test
 */
char *
way_test_words (const char *id, guint reach, const char *reason, gint64 latency_us)
{
  g_autofree char *words = way_reach_words (NULL, reach);
  g_autofree char *duration = way_format_duration (NULL, latency_us);

  if (reach == WAY_REACH_UP && latency_us >= 0)
    return g_strdup_printf (_ ("“%s” answers in %s"), id, duration);
  if (!way_is_set (NULL, reason))
    reason = words;
  return g_str_has_prefix (reason, id) && reason[strlen (id)] == ' '
           ? g_strdup (reason)
           : g_strdup_printf ("“%s”: %s", id, reason);
}

/**
 * way_provider_key_words:
 * @object: (nullable): the template's object, not used
 * @key_name: (nullable): the key's name in the config
 * @reach: a #WayReach
 *
 * Returns: (transfer full): whether a key is needed and there
 */
char *
way_provider_key_words (gpointer object, const char *key_name, guint reach)
{
  if (reach == WAY_REACH_NO_KEY)
    return g_strdup (_ ("Missing: add it on the Keys page"));
  if (!way_is_set (object, key_name))
    return g_strdup (_ ("None needed"));
  return g_strdup_printf (_ ("Configured as “%s”"), key_name);
}

static char *
source_words (const char *source)
{
  if (g_strcmp0 (source, "env") == 0)
    return g_strdup (_ ("from the environment"));
  if (g_strcmp0 (source, "credential") == 0)
    return g_strdup (_ ("from a credential file"));
  return g_strdup (_ ("in the keyring"));
}

/* What a keyring's problem advises is on the page already: buttons to add, and to unlock. */
static char *
key_problem (const char *source, const char *problem)
{
  char *sentence = way_sentence (problem);
  char *advice = g_strcmp0 (source, "keyring") == 0 ? strstr (sentence, "; ") : NULL;

  if (advice != NULL)
    *advice = '\0';
  return sentence;
}

/**
 * way_key_words:
 * @object: (nullable): the template's object, not used
 * @present: whether a key was found
 * @locked: whether the keyring that has it is locked
 * @hint: (nullable): the key's last characters
 * @source: (nullable): "keyring", "env" or "credential"
 * @problem: (nullable): why it cannot be used, in words
 * @last_used_us: wall clock, 0 when it was not since Wayfare started
 *
 * Returns: (transfer full): what may be said of a key
 */
char *
way_key_words (gpointer object,
               gboolean present,
               gboolean locked,
               const char *hint,
               const char *source,
               const char *problem,
               gint64 last_used_us)
{
  g_autofree char *where = source_words (source);
  g_autofree char *date = way_format_date (object, last_used_us);
  g_autofree char *used =
    last_used_us > 0 ? g_strdup_printf (_ (" · last used %s"), date) : g_strdup ("");

  if (locked)
    return g_strdup (_ ("Locked: unlock the keyring to use it"));
  if (way_is_set (object, problem))
    return key_problem (source, problem);
  if (!present)
    return g_strdup (_ ("No key yet"));
  if (way_is_set (object, hint))
    return g_strdup_printf ("%s · %s%s", hint, where, used);
  return g_strdup_printf (_ ("Stored · %s%s"), where, used);
}

/* A key that can be used, one that cannot, and none at all. */
static gboolean
is_usable (gboolean present, gboolean locked, const char *problem)
{
  return present && !locked && (problem == NULL || *problem == '\0');
}

/**
 * way_key_icon:
 * @object: (nullable): the template's object, not used
 * @present: whether a key was found
 * @locked: whether the keyring that has it is locked
 * @problem: (nullable): why it cannot be used, in words
 *
 * Returns: (transfer full): a symbolic icon
 */
char *
way_key_icon (gpointer object, gboolean present, gboolean locked, const char *problem)
{
  if (is_usable (present, locked, problem))
    return g_strdup ("way-up-symbolic");
  if (locked)
    return g_strdup ("changes-prevent-symbolic");
  return g_strdup (present ? "way-down-symbolic" : "way-unknown-symbolic");
}

/**
 * way_key_classes:
 * @object: (nullable): the template's object, not used
 * @present: whether a key was found
 * @locked: whether the keyring that has it is locked
 * @problem: (nullable): why it cannot be used, in words
 *
 * Returns: (transfer full): style classes of the icon
 */
char **
way_key_classes (gpointer object, gboolean present, gboolean locked, const char *problem)
{
  if (is_usable (present, locked, problem))
    return way_style_class ("way-good");
  if (locked)
    return way_style_class ("way-wait");
  return way_style_class (present ? "way-bad" : "way-idle");
}

/**
 * way_key_verb:
 * @object: (nullable): the template's object, not used
 * @present: whether there is a key
 * @locked: whether there is one that the locked keyring keeps
 *
 * Returns: (transfer full): what the button does, with mnemonic
 */
char *
way_key_verb (gpointer object, gboolean present, gboolean locked)
{
  return g_strdup (present || locked ? _ ("_Replace…") : _ ("_Add…"));
}

/**
 * way_key_is_editable:
 * @object: (nullable): the template's object, not used
 * @source: (nullable): where the key comes from
 *
 * Returns: whether the window can store or delete it; the environment is not ours to write
 */
gboolean
way_key_is_editable (gpointer object, const char *source)
{
  return !way_is_set (object, source) || g_str_equal (source, "keyring");
}

/**
 * way_keyring_words:
 * @object: (nullable): the template's object, not used
 * @state: a #WayKeyringState
 *
 * Returns: (transfer full): what is wrong with the keyring and what to do; empty when nothing is
 */
char *
way_keyring_words (gpointer object, guint state)
{
  switch ((WayKeyringState)state)
    {
    case WAY_KEYRING_UNKNOWN:
    case WAY_KEYRING_READY:
      return g_strdup ("");
    case WAY_KEYRING_LOCKED:
      return g_strdup (_ ("The keyring is locked. Its keys cannot be used until it is unlocked."));
    case WAY_KEYRING_MISSING:
      return g_strdup (_ ("No keyring is running. Install and start gnome-keyring, KWallet or "
                          "KeePassXC, or take keys from the environment in the config file."));
    case WAY_KEYRING_DENIED:
      return g_strdup (
        _ ("The keyring refused access. Allow Wayfare in the keyring's own settings, "
           "then try again."));
    }
  return g_strdup ("");
}

/**
 * way_keyring_needs_words:
 * @object: (nullable): the template's object, not used
 * @state: a #WayKeyringState
 *
 * Returns: whether way_keyring_words() has something to say
 */
gboolean
way_keyring_needs_words (gpointer object, guint state)
{
  g_autofree char *words = way_keyring_words (object, state);

  return *words != '\0';
}

/**
 * way_keyring_is_locked:
 * @object: (nullable): the template's object, not used
 * @state: a #WayKeyringState
 *
 * Returns: whether unlocking is the thing to offer
 */
gboolean
way_keyring_is_locked (gpointer object, guint state)
{
  return state == WAY_KEYRING_LOCKED;
}
