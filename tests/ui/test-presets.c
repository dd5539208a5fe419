/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is said of providers to choose from, and which words find them. No display. */

#include "way-preset-words.h"

static const WayPreset *
find (const char *id)
{
  gsize n_presets = 0;
  const WayPreset *presets = way_presets (&n_presets);

  for (gsize i = 0; i < n_presets; i++)
    {
      if (g_str_equal (presets[i].id, id))
        return &presets[i];
    }
  g_error ("no preset is called %s", id);
}

static void
test_matches (void)
{
  static const struct
  {
    const char *id;
    const char *words;
    gboolean matches;
  } rows[] = {
    { "mistral", "", TRUE },
    { "mistral", "mis", TRUE },
    { "mistral", "MISTRAL", TRUE },
    { "mistral", "api.mistral.ai", TRUE },
    { "mistral", "mistral groq", FALSE },
    { "google", "gemini goo", TRUE },
    { "together", "ai  together", TRUE },
    { "ollama", "11434", TRUE },
    { "ollama", "azure", FALSE },
    { "demo", "built", TRUE },
    { "openai-compatible", "somebody nobody knows", TRUE },
    { "azure", "somebody nobody knows", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s: %s", rows[i].id, rows[i].words);
      g_assert_cmpint (way_preset_matches (find (rows[i].id), rows[i].words), ==, rows[i].matches);
    }
}

static void
test_words (void)
{
  static const struct
  {
    const char *id;
    const char *subtitle;
    gboolean has_hint;
  } rows[] = {
    { "ollama", "This machine · http://127.0.0.1:11434", FALSE },
    { "mistral", "Cloud · https://api.mistral.ai/v1", FALSE },
    { "azure", "At an address of yours", TRUE },
    { "openai-compatible", "At an address of yours", TRUE },
    { "demo", "Answers by itself, to try things out", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const WayPreset *preset = find (rows[i].id);
      g_autofree char *subtitle = way_preset_subtitle (preset);

      g_assert_cmpstr (subtitle, ==, rows[i].subtitle);
      g_assert_cmpint (*way_preset_address_hint (preset) != '\0', ==, rows[i].has_hint);
    }
}

/* By where the address is, not by what was chosen: a proxy of one's own may take its place. */
static void
test_policy (void)
{
  static const struct
  {
    const char *id;
    WayLocality locality;
    const char *words;
  } rows[] = {
    { "openai", WAY_LOCALITY_CLOUD, "https://platform.openai.com/docs/guides/your-data" },
    { "openai", WAY_LOCALITY_LOCAL, "What you send stays on this machine" },
    { "ollama", WAY_LOCALITY_LAN,
      "What you send stays in your network; whoever runs the server can read it" },
    { "ollama", WAY_LOCALITY_CLOUD,
      "Not known; ask whoever runs it what is kept of what you send" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpstr (way_preset_policy (find (rows[i].id), rows[i].locality), ==, rows[i].words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/presets/matches", test_matches);
  g_test_add_func ("/ui/presets/words", test_words);
  g_test_add_func ("/ui/presets/policy", test_policy);
  return g_test_run ();
}
