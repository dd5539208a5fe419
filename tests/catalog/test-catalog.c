/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The catalogue as it is installed, and what the reader makes of files that are not as they should
 * be. */

#include "way-catalog.h"

#include "way-limits.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static WayCatalog *
open_installed (void)
{
  g_autoptr (GError) error = NULL;
  WayCatalog *catalog = way_catalog_new_from_file (g_getenv ("WAY_TEST_CATALOG"), &error);
  g_assert_no_error (error);
  return catalog;
}

/* No entry of the installed file is left out: it has one a line. */
static void
test_installed_is_whole (void)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (g_getenv ("WAY_TEST_CATALOG"), &text, NULL, NULL));
  guint n_entries = 0;
  for (const char *line = text; (line = strstr (line, "\n{\"provider\"")); line++)
    n_entries++;

  g_autoptr (WayCatalog) catalog = open_installed ();
  g_assert_cmpuint (n_entries, >, 1000);
  g_assert_cmpuint (way_catalog_get_n_models (catalog), ==, n_entries);
}

static void
test_installed (void)
{
  g_autoptr (WayCatalog) catalog = open_installed ();
  g_assert_cmpuint (way_catalog_get_as_of (catalog), ==, 20260801);

  const WayModel *model = way_catalog_find (catalog, "anthropic", "claude-sonnet-4-5");
  g_assert_nonnull (model);
  g_assert_cmpstr (model->mode, ==, "chat");
  g_assert_cmpint (model->price.input, ==, 3000000);
  g_assert_cmpint (model->price.output, ==, 15000000);
  g_assert_cmpint (model->price.cache_read, ==, 300000);
  g_assert_cmpint (model->price.cache_write_5m, ==, 3750000);
  g_assert_cmpint (model->price.cache_write_1h, ==, 6000000);
  g_assert_cmpint (model->price.reasoning, ==, WAY_UNKNOWN);
  g_assert_cmpuint (model->price.as_of, ==, 20260801);
  g_assert_cmpuint (model->n_tiers, ==, 1);
  g_assert_cmpint (model->tiers[0].above_tokens, ==, 200000);
  g_assert_cmpint (model->tiers[0].price.input, ==, 6000000);
  g_assert_cmpint (model->tiers[0].price.cache_write_1h, ==, WAY_UNKNOWN);
  g_assert_cmpuint (model->capabilities & WAY_CAPABILITY_TOOLS, !=, 0);
  g_assert_cmpuint (model->capabilities & WAY_CAPABILITY_AUDIO, ==, 0);
}

/* Anthropic's list: writing for an hour costs twice the input. */
static void
test_hour_cache_is_twice_input (void)
{
  static const char *const models[] = { "claude-3-haiku-20240307", "claude-3-opus-20240229",
                                        "claude-haiku-4-5", "claude-opus-4-1" };
  g_autoptr (WayCatalog) catalog = open_installed ();
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      const WayModel *model = way_catalog_find (catalog, "anthropic", models[i]);
      g_assert_nonnull (model);
      g_assert_cmpint (model->price.cache_write_1h, ==, 2 * model->price.input);
    }
}

static void
test_find (void)
{
  static const struct
  {
    const char *provider;
    const char *model;
    const char *found;
  } cases[] = {
    { "anthropic", "claude-haiku-4-5", "claude-haiku-4-5" },
    { "anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001" },
    { "anthropic", "claude-haiku-4-5-20991231", "claude-haiku-4-5" },
    { "openai", "gpt-4o-2099-01-31", "gpt-4o" },
    { "openai", "openai/gpt-4o", "gpt-4o" },
    { "openai", "eu/west/gpt-4o-2099-01-31", "gpt-4o" },
    { "openai", "ft:gpt-4o-2024-08-06:my-org::abc", "ft:gpt-4o-2024-08-06" },
    { "openrouter", "anthropic/claude-3-haiku", "anthropic/claude-3-haiku" },
    { "openrouter", "anthropic/claude-3-haiku:free", NULL },
    { "openai", "gpt-4o:latest", NULL },
    { "openai", "gpt-4o-2099-01-3", NULL },
    { "openai", "gpt-4o-20990131-extra", NULL },
    { "openai", "-20990131", NULL },
    { "openai", "claude-haiku-4-5", NULL },
    { "openai", "", NULL },
    { "openai", "/", NULL },
    { "nobody", "gpt-4o", NULL },
    { NULL, "gpt-4o", NULL },
    { "openai", NULL, NULL },
  };
  g_autoptr (WayCatalog) catalog = open_installed ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const WayModel *model = way_catalog_find (catalog, cases[i].provider, cases[i].model);
      g_assert_cmpstr (model ? model->model : NULL, ==, cases[i].found);
      if (model)
        g_assert_cmpstr (model->provider, ==, cases[i].provider);
    }
}

static void
test_provider_for_url (void)
{
  static const struct
  {
    const char *url;
    const char *provider;
  } cases[] = {
    { "https://api.openai.com/v1", "openai" },
    { "https://API.OpenAI.com:443/v1", "openai" },
    { "https://api.anthropic.com", "anthropic" },
    { "https://generativelanguage.googleapis.com/v1beta", "gemini" },
    { "https://openrouter.ai/api/v1", "openrouter" },
    { "https://api.groq.com/openai/v1", "groq" },
    { "https://api.mistral.ai/v1", "mistral" },
    { "https://api.deepseek.com", "deepseek" },
    { "https://api.x.ai/v1", "xai" },
    { "https://api.together.xyz/v1", "together" },
    { "https://api.fireworks.ai/inference/v1", "fireworks" },
    { "https://api.cerebras.ai/v1", "cerebras" },
    { "https://mine.openai.azure.com/openai/v1", "azure" },
    { "https://openai.azure.com/", NULL },
    { "https://api.openai.com.example/v1", NULL },
    { "https://llm.example/api.openai.com", NULL },
    { "http://127.0.0.1:11434", NULL },
    { "not a url", NULL },
    { "", NULL },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (way_catalog_provider_for_url (cases[i].url), ==, cases[i].provider);
}

static char *
write_file (const char *text)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("wayfare-catalog-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

#define HEAD                                                                                       \
  "{\"version\":1,\"as_of\":\"2026-08-01\",\"price_unit\":\"micro-USD per million tokens\","       \
  "\"models\":["
#define GOOD "{\"provider\":\"p\",\"model\":\"good\",\"mode\":\"chat\",\"price\":{\"input\":0}}"
#define BAD(members) "{\"provider\":\"p\",\"model\":\"bad\",\"mode\":\"chat\"," members "}"

static void
test_bad_entry_is_left_out (void)
{
  static const char *const entries[] = {
    "null",
    "[]",
    "{}",
    "{\"model\":\"bad\",\"mode\":\"chat\"}",
    "{\"provider\":\"p\",\"mode\":\"chat\"}",
    "{\"provider\":\"p\",\"model\":\"\",\"mode\":\"chat\"}",
    "{\"provider\":\"p\",\"model\":\"bad\",\"mode\":7}",
    GOOD,
    BAD ("\"price\":null"),
    BAD ("\"price\":{\"input\":-1}"),
    BAD ("\"price\":{\"input\":1.5}"),
    BAD ("\"price\":{\"input\":\"1\"}"),
    BAD ("\"price\":{\"output\":1000000000001}"),
    BAD ("\"tiers\":[{\"above_tokens\":1}]"),
    BAD ("\"price\":{},\"tiers\":{}"),
    BAD ("\"price\":{},\"tiers\":[1]"),
    BAD ("\"price\":{},\"tiers\":[{\"input\":1}]"),
    BAD ("\"price\":{},\"tiers\":[{\"above_tokens\":2},{\"above_tokens\":1}]"),
    BAD ("\"context_tokens\":\"many\""),
    BAD ("\"max_output_tokens\":-5"),
    BAD ("\"capabilities\":\"tools\""),
    BAD ("\"capabilities\":[1]"),
  };
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (HEAD GOOD ",", entries[i], "]}", NULL);
      g_autofree char *path = write_file (text);

      g_test_expect_message ("wayfare", G_LOG_LEVEL_MESSAGE, "*1 of 2 entries*");
      g_autoptr (WayCatalog) catalog = way_catalog_new_from_file (path, &error);
      g_test_assert_expected_messages ();

      g_assert_no_error (error);
      g_assert_cmpuint (way_catalog_get_n_models (catalog), ==, 1);
      g_assert_nonnull (way_catalog_find (catalog, "p", "good"));
      g_unlink (path);
    }
}

static void
test_bad_file (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "", "empty" },
    { "[]", "version" },
    { "{\n\"version\":1,\n\"models\" [\n]}", "3" }, /* the line */
    { "{\"version\":2,\"price_unit\":\"micro-USD per million tokens\",\"models\":[]}", "version" },
    { "{\"version\":1,\"price_unit\":\"USD per token\",\"models\":[]}", "price_unit" },
    { "{\"version\":1,\"price_unit\":\"micro-USD per million tokens\"}", "models" },
    { "{\"version\":1,\"as_of\":\"1 August\",\"price_unit\":\"micro-USD per million tokens\","
      "\"models\":[]}",
      "as_of" },
    { "{\"version\":1,\"as_of\":\"2026-02-30\",\"price_unit\":\"micro-USD per million tokens\","
      "\"models\":[]}",
      "as_of" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = write_file (cases[i].text);
      g_assert_null (way_catalog_new_from_file (path, &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
      g_assert_nonnull (strstr (error->message, path));
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_unlink (path);
    }
}

static void
test_no_file (void)
{
  static const char *const paths[] = { "/nonexistent/models.json", "/", "/dev/zero" };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (way_catalog_new_from_file (paths[i], &error));
      g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
      g_assert_nonnull (strstr (error->message, paths[i]));
    }
}

static void
test_too_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = write_file ("{}");
  g_assert_cmpint (truncate (path, WAY_LIMIT_MODEL_LIST_BYTES + 1), ==, 0);
  g_assert_null (way_catalog_new_from_file (path, &error));
  g_assert_error (error, WAY_ERROR, WAY_ERROR_IO);
  g_unlink (path);
}

static void
test_empty (void)
{
  g_autoptr (WayCatalog) catalog = way_catalog_new_empty ();
  g_assert_cmpuint (way_catalog_get_n_models (catalog), ==, 0);
  g_assert_cmpuint (way_catalog_get_as_of (catalog), ==, 0);
  g_assert_null (way_catalog_find (catalog, "openai", "gpt-4o"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalog/catalog/installed", test_installed);
  g_test_add_func ("/catalog/catalog/installed-is-whole", test_installed_is_whole);
  g_test_add_func ("/catalog/catalog/hour-cache-is-twice-input", test_hour_cache_is_twice_input);
  g_test_add_func ("/catalog/catalog/find", test_find);
  g_test_add_func ("/catalog/catalog/provider-for-url", test_provider_for_url);
  g_test_add_func ("/catalog/catalog/bad-entry-is-left-out", test_bad_entry_is_left_out);
  g_test_add_func ("/catalog/catalog/bad-file", test_bad_file);
  g_test_add_func ("/catalog/catalog/no-file", test_no_file);
  g_test_add_func ("/catalog/catalog/too-large", test_too_large);
  g_test_add_func ("/catalog/catalog/empty", test_empty);
  return g_test_run ();
}
