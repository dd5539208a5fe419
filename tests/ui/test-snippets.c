/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Texts to paste: complete, and safe to paste. No display. */

#include "way-snippets.h"

#include <string.h>

static void
test_every_snippet_is_complete (void)
{
  gsize n_snippets = 0;
  const WaySnippet *snippets = way_snippets (&n_snippets);

  g_assert_cmpuint (n_snippets, >, 0);
  for (gsize i = 0; i < n_snippets; i++)
    {
      g_autofree char *text =
        way_snippet_fill (&snippets[i], "http://127.0.0.1:4114/v1", "way_secret", "demo");

      g_test_message ("%s", snippets[i].id);
      g_assert_nonnull (strstr (text, "http://127.0.0.1:4114/v1"));
      g_assert_nonnull (strstr (text, "way_secret"));
      g_assert_null (strstr (text, "{address}"));
      g_assert_null (strstr (text, "{token}"));
      g_assert_null (strstr (text, "{model}"));
    }
}

static void
test_mask_tells_nothing (void)
{
  g_autofree char *a = way_snippet_mask ("way_secret");
  g_autofree char *b = way_snippet_mask ("way_a_much_longer_secret");

  g_assert_cmpstr (a, ==, b);
  g_assert_null (strstr (a, "secret"));
}

static void
test_curl (void)
{
  static const struct
  {
    const char *path;
    const char *model;
    gboolean streamed;
    const char *wanted;
  } rows[] = {
    { "/v1/chat/completions", "demo", FALSE, "{\"model\": \"demo\", \"messages\"" },
    { "/v1/chat/completions", "demo", TRUE, "\"stream\": true" },
    { "/v1/chat/completions", "it's", FALSE, "\"it'\\''s\"" },
    { "/v1/chat/completions", "a\"b\\c", FALSE, "\"a\\\"b\\\\c\"" },
    { "/v1/models", NULL, FALSE, "curl 'http://127.0.0.1:4114/v1/models'" },
    { "/v1/x';rm -rf ~;'", NULL, FALSE, "curl 'http://127.0.0.1:4114/v1/x'\\'';rm -rf ~;'\\'''" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        way_snippet_curl ("http://127.0.0.1:4114", rows[i].path, rows[i].model, rows[i].streamed);

      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, rows[i].wanted));
      g_assert_nonnull (strstr (text, "$WAYFARE_TOKEN"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/snippets/every-snippet-is-complete", test_every_snippet_is_complete);
  g_test_add_func ("/ui/snippets/mask-tells-nothing", test_mask_tells_nothing);
  g_test_add_func ("/ui/snippets/curl", test_curl);
  return g_test_run ();
}
