/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Signatures through a client of another dialect: what is tagged is found and comes back whole. */

#include "way-signature.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autoptr (GString) own = g_string_new (NULL);
  g_autoptr (GString) foreign = g_string_new (NULL);
  const char *raw;
  char *origin;

  way_signature_append (own, "c2ln", "anthropic", "anthropic");
  g_assert_cmpstr (own->str, ==, "c2ln");
  way_signature_append (foreign, "c2ln", "gemini", "anthropic");
  g_assert_true (way_signature_is_tagged (foreign->str, foreign->len));
  g_assert_false (way_signature_is_tagged (own->str, own->len));

  way_signature_split (foreign->str, "anthropic", &raw, &origin);
  g_assert_cmpstr (raw, ==, "c2ln");
  g_assert_cmpstr (origin, ==, "gemini");
  g_free (origin);
}

static void
test_tool_id (void)
{
  g_autoptr (GString) id = g_string_new (NULL);
  char *signature;
  char *origin;

  way_tool_id_append (id, "toolu_1", "a+b/c==", "gemini");
  g_autofree char *plain = way_tool_id_split (id->str, &signature, &origin);
  g_assert_cmpstr (plain, ==, "toolu_1");
  g_assert_cmpstr (signature, ==, "a+b/c==");
  g_assert_cmpstr (origin, ==, "gemini");
  g_free (signature);
  g_free (origin);
}

/* What clients send back in their requests, and what only looks like it. */
static void
test_foreign (void)
{
  static const struct
  {
    const char *body;
    gboolean is_foreign;
  } rows[] = {
    { "{\"signature\":\"wayfare.gemini.c2ln\"}", TRUE },
    { "{\"id\":\"toolu_1__wayfare_gemini_c2ln\"}", TRUE },
    { "{\"thoughtSignature\":\"d2F5ZmFyZS5nZW1pbmk=\"}", TRUE },
    { "{\"text\":\"wayfare, then wayfare_gemini\",\"id\":\"x__wayfare_a_b\"}", TRUE },
    { "{\"text\":\"a wayfare.gemini and _wayfare_\"}", FALSE },
    { "{\"text\":\"wayfarer\"}", FALSE },
    { "{\"text\":\"xd2F5ZmFyZS\"}", FALSE },
    { "wayfare.", FALSE },
    { "\"wayfare", FALSE },
    { "__wayfare", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      /* Without the NUL, so that a look behind the end is noticed. */
      gsize length = strlen (rows[i].body);
      g_autofree char *body = g_memdup2 (rows[i].body, length);

      g_assert_true (way_signature_is_foreign (body, length) == rows[i].is_foreign);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocols/signature/round-trip", test_round_trip);
  g_test_add_func ("/protocols/signature/tool-id", test_tool_id);
  g_test_add_func ("/protocols/signature/foreign", test_foreign);
  return g_test_run ();
}
