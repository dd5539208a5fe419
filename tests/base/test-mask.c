/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What is taken out of a text that is kept, by table, and that the walk ends within any text. */

#include "way-mask.h"

#include <string.h>

#define KEY "abcdefghijklmnop"

static const struct
{
  const char *text;
  const char *masked;
} rows[] = {
  { "", "" },
  { "{\"role\":\"user\",\"content\":\"Say hello.\"}",
    "{\"role\":\"user\",\"content\":\"Say hello.\"}" },
  { "sk-proj-" KEY, "•••" },
  { "my key is sk-ant-api03-" KEY "_AA, keep it", "my key is •••, keep it" },
  { "(AIza" KEY ")", "(•••)" },
  { "ghp_" KEY "\\nnext", "•••\\nnext" },
  { "AKIAIOSFODNN7EXAMPLE", "•••" },
  { "Authorization: Bearer " KEY "+/=", "Authorization: Bearer •••" },
  { "authorization: bearer " KEY, "authorization: bearer •••" },
  { "{\"password\" : \"a b\"}", "{\"password\" : \"•••\"}" },
  { "{\"API_KEY\":\"x\",\"n\":1}", "{\"API_KEY\":\"•••\",\"n\":1}" },
  /* a tool's arguments: JSON in a string of JSON */
  { "\"{\\\"client_secret\\\":\\\"x y\\\"}\"", "\"{\\\"client_secret\\\":\\\"•••\\\"}\"" },
  { "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----" },
  { "-----BEGIN PRIVATE KEY-----\nMIIE, cut", "-----BEGIN PRIVATE KEY-----•••" },
  { "{\"password\":\"a\\\"b\\\\\",\"n\":1}", "{\"password\":\"•••\",\"n\":1}" },
  { "\"{\\\"secret\\\":\\\"x\\\\\\\"y\\\",\\\"n\\\":1}\"",
    "\"{\\\"secret\\\":\\\"•••\\\",\\\"n\\\":1}\"" },
  /* names in running text, and in text that is in JSON */
  { "password: x", "password: •••" },
  { "my password:hunter2, mind", "my password:•••, mind" },
  { "PASSWORD=x\nnext", "PASSWORD=•••\nnext" },
  { "\"PASSWORD=x\\nnext\"", "\"PASSWORD=•••\\nnext\"" },
  { "export AWS_SECRET_ACCESS_KEY=" KEY "/+", "export AWS_SECRET_ACCESS_KEY=•••" },
  { "\"env DB_PASSWD=\\\"a b\\\" run\"", "\"env DB_PASSWD=\\\"•••\\\" run\"" },
  { "{'clientSecret': 'x y', 'n': 1}", "{'clientSecret': '•••', 'n': 1}" },
  { "apiKey => 'x'", "apiKey => '•••'" },
  { "GITHUB_TOKEN=" KEY, "GITHUB_TOKEN=•••" },
  { "https://h/?api_key=x&n=1", "https://h/?api_key=•••&n=1" },
  { "Authorization: Basic " KEY "=", "Authorization: Basic •••" },
  { "-H 'authorization: basic dTpw' http://h", "-H 'authorization: basic •••' http://h" },
  { "x-api-key: x", "x-api-key: •••" },
  { "postgres://u:pw@h/db", "postgres://u:•••@h/db" },
  { "\"redis://:p:w@h\"", "\"redis://:•••@h\"" },
  /* what only looks like one */
  { "{\"token\":\"Hello\",\"logprob\":-0.1}", "{\"token\":\"Hello\",\"logprob\":-0.1}" },
  { "{\"token\":\" understanding\", \"bytes\":[32]}",
    "{\"token\":\" understanding\", \"bytes\":[32]}" },
  { "{\"token\": \"a\",\n \"tokenId\": 5}", "{\"token\": \"a\",\n \"tokenId\": 5}" },
  { "if (password == NULL) Password::new ()", "if (password == NULL) Password::new ()" },
  { "token: a piece of text", "token: a piece of text" },
  { "basic understanding", "basic understanding" },
  { "http://127.0.0.1:80/a@b", "http://127.0.0.1:80/a@b" },
  { "password:\n", "password:\n" },
  { "sk-short", "sk-short" },
  { "task-abcdefghijklmnopqrstuv", "task-abcdefghijklmnopqrstuv" },
  { "bearer of bad news", "bearer of bad news" },
  { "the password is in the vault", "the password is in the vault" },
  { "{\"password\":null,\"token\":\"\"}", "{\"password\":null,\"token\":\"\"}" },
  { "-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE" },
};

static void
test_secrets (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) masked = way_mask_secrets (rows[i].text, strlen (rows[i].text));

      g_assert_cmpstr (masked->str, ==, rows[i].masked);
    }
}

/* Cut at every byte: no secret appears that the whole has hidden, but for one too short to be told
 * from words. */
static void
test_cut_anywhere (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize length = 0; length < strlen (rows[i].text); length++)
      {
        g_autofree char *text = g_memdup2 (rows[i].text, length + 1);
        g_autoptr (GString) masked = way_mask_secrets (text, length);

        if (strstr (rows[i].masked, KEY) == NULL)
          g_assert_null (strstr (masked->str, KEY));
      }
}

static void
test_long_runs (void)
{
  g_autofree char *image = g_strnfill (4000, 'A');
  g_autofree char *text = g_strdup_printf ("{\"url\":\"data:image/png;base64,%s==\"}", image);
  g_autofree char *words = g_strnfill (500, 'a');
  g_autoptr (GString) masked = way_mask_secrets (text, strlen (text));
  g_autoptr (GString) same = way_mask_secrets (words, strlen (words));

  g_assert_cmpstr (masked->str, ==, "{\"url\":\"data:image/png;base64,(4002 characters)\"}");
  g_assert_cmpstr (same->str, ==, words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/mask/secrets", test_secrets);
  g_test_add_func ("/base/mask/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/base/mask/long-runs", test_long_runs);
  return g_test_run ();
}
