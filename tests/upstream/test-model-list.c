/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Model lists of the shapes that providers send, and what is none. */

#include "way-error.h"
#include "way-model-list.h"

#include <string.h>

typedef struct
{
  const char *name;
  const char *text;
  const char *ids; /* joined by spaces; NULL: no model list */
} Row;

static const Row rows[] = {
  { "openai", "{\"object\":\"list\",\"data\":[{\"id\":\"a\"},{\"id\":\"b:1b\"}]}", "a b:1b" },
  { "bare-array", "[{\"id\":\"x/y\",\"type\":\"chat\"}]", "x/y" },
  { "empty", "{\"object\":\"list\",\"data\":[]}", "" },
  { "null", "{\"object\":\"list\",\"data\":null}", "" },
  { "unsound-entries", "{\"data\":[1,{\"id\":7},{\"id\":\"\"},{\"name\":\"n\"},{\"id\":\"ok\"}]}",
    "ok" },
  { "gemini", "{\"models\":[{\"name\":\"models/gemini-2.5-pro\",\"version\":\"2.5\"}]}",
    "gemini-2.5-pro" },
  { "no-data", "{\"list\":[]}", NULL },
  { "null-of-no-list", "{\"data\":null}", NULL },
  { "string", "\"models\"", NULL },
  { "html", "<!doctype html><title>Hi</title>", NULL },
  { "nothing", "", NULL },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = way_model_list_parse (row->text, strlen (row->text), &error);

  if (row->ids == NULL)
    {
      g_assert_null (ids);
      g_assert_error (error, WAY_ERROR, WAY_ERROR_UPSTREAM);
      return;
    }
  g_assert_no_error (error);
  g_autofree char *joined = g_strjoinv (" ", ids);
  g_assert_cmpstr (joined, ==, row->ids);
}

/* A name beyond the limit would end up in every list of the window. */
static void
test_long_id (void)
{
  g_autofree char *name = g_strnfill (300, 'm');
  g_autofree char *text = g_strdup_printf ("{\"data\":[{\"id\":\"%s\"},{\"id\":\"s\"}]}", name);
  g_auto (GStrv) ids = way_model_list_parse (text, strlen (text), NULL);

  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  g_assert_cmpstr (ids[0], ==, "s");
}

static void
test_version (void)
{
  const char *yes = "{\"version\":\"0.6.4\"}";
  const char *no[] = { "{\"version\":1}", "{\"error\":\"not found\"}", "[]", "Not Found", "" };

  g_assert_true (way_model_list_is_ollama_version (yes, strlen (yes)));
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    g_assert_false (way_model_list_is_ollama_version (no[i], strlen (no[i])));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/upstream/model-list/", rows[i].name, NULL);
      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/upstream/model-list/long-id", test_long_id);
  g_test_add_func ("/upstream/model-list/ollama-version", test_version);
  return g_test_run ();
}
