/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is said of a preset, and which words find it. Pure text. */

#include "way-preset-words.h"

#include "way-closures.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Whose address only its user knows. */
static gboolean
has_no_address (const WayPreset *preset)
{
  return *preset->base_url == '\0' && preset->kind != WAY_KIND_DEMO;
}

/**
 * way_preset_matches:
 * @preset: a preset
 * @words: what was typed
 *
 * Each word must begin or be within the title, the id or the address, in any case. The one that
 * takes any compatible address matches all words: what is not in the list is added by it. Any
 * thread.
 *
 * Returns: whether @preset is to be shown
 */
gboolean
way_preset_matches (const WayPreset *preset, const char *words)
{
  g_autofree char *all = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *folded_words = NULL;
  g_auto (GStrv) each = NULL;

  g_return_val_if_fail (preset != NULL && words != NULL, FALSE);

  if (preset->kind == WAY_KIND_OPENAI && has_no_address (preset))
    return TRUE;
  all = g_strjoin (" ", preset->title, preset->id, preset->base_url, NULL);
  folded = g_utf8_casefold (all, -1);
  folded_words = g_utf8_casefold (words, -1);
  each = g_strsplit (folded_words, " ", -1);
  for (gsize i = 0; each[i] != NULL; i++)
    {
      if (strstr (folded, each[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}

/**
 * way_preset_locality:
 * @preset: a preset
 *
 * Returns: where it most likely is; an address that is not known yet is most likely a cloud's
 */
WayLocality
way_preset_locality (const WayPreset *preset)
{
  g_return_val_if_fail (preset != NULL, WAY_LOCALITY_CLOUD);

  if (preset->kind == WAY_KIND_DEMO)
    return WAY_LOCALITY_LOCAL;
  return has_no_address (preset) ? WAY_LOCALITY_CLOUD : way_locality_of_url (preset->base_url);
}

/**
 * way_preset_subtitle:
 * @preset: a preset
 *
 * Returns: (transfer full): where it is
 */
char *
way_preset_subtitle (const WayPreset *preset)
{
  g_autofree char *where = NULL;

  g_return_val_if_fail (preset != NULL, NULL);

  if (preset->kind == WAY_KIND_DEMO)
    return g_strdup (_ ("Answers by itself, to try things out"));
  if (has_no_address (preset))
    return g_strdup (_ ("At an address of yours"));
  where = way_locality_words (NULL, way_preset_locality (preset));
  return g_strdup_printf ("%s · %s", where, preset->base_url);
}

/**
 * way_preset_address_hint:
 * @preset: a preset
 *
 * Returns: what to know about its address; empty when it is filled in already
 */
const char *
way_preset_address_hint (const WayPreset *preset)
{
  g_return_val_if_fail (preset != NULL, NULL);

  if (!has_no_address (preset))
    return "";
  switch (preset->kind)
    {
    case WAY_KIND_AZURE_OPENAI:
      return _ ("The endpoint of your resource, as Azure’s portal shows it: "
                "https://NAME.openai.azure.com");
    case WAY_KIND_OPENAI:
      return _ ("All that comes before “/chat/completions”; mostly it ends in “/v1”");
    case WAY_KIND_OLLAMA:
    case WAY_KIND_ANTHROPIC:
    case WAY_KIND_GEMINI:
    case WAY_KIND_DEMO:
      return _ ("Without the path of a call");
    }
  g_assert_not_reached ();
}

/**
 * way_preset_policy:
 * @preset: a preset
 * @locality: where its address is as it stands
 *
 * Returns: what becomes of what is sent there, or where its provider says it
 */
const char *
way_preset_policy (const WayPreset *preset, WayLocality locality)
{
  g_return_val_if_fail (preset != NULL, NULL);

  switch (locality)
    {
    case WAY_LOCALITY_LOCAL:
      return _ ("What you send stays on this machine");
    case WAY_LOCALITY_LAN:
      return _ ("What you send stays in your network; whoever runs the server can read it");
    case WAY_LOCALITY_CLOUD:
      return preset->data_policy_url != NULL
               ? preset->data_policy_url
               : _ ("Not known; ask whoever runs it what is kept of what you send");
    }
  g_assert_not_reached ();
}
