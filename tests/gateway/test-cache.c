/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What counts as the same request, and what is kept for how long. */

#include "way-cache.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
#define KIB 1024

static char *
dup_key (const char *app, const char *path, const char *context, const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, strlen (body));

  return way_cache_dup_key (app, path, context, bytes);
}

#define BODY                                                                                       \
  "{\"model\":\"m\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"

static const struct
{
  const char *app;
  const char *context;
  const char *body;
  gboolean is_same;
} rows[] = {
  { "a", "c", BODY, TRUE },
  { "b", "c", BODY, FALSE },
  { NULL, "c", BODY, FALSE },
  { "a", "d", BODY, FALSE },
  { "a", "c",
    "{ \"messages\": [{\"content\":\"a\",\"role\":\"user\"}], \"temperature\": 0, \"model\":\"m\"}",
    TRUE },
  { "a", "c",
    "{\"model\":\"m\",\"temperature\":0,\"user\":\"me\",\"metadata\":{\"x\":1},"
    "\"messages\":[{\"role\":\"user\",\"content\":\"\\u0061\"}]}",
    TRUE },
  /* Who asks is told at the root only. */
  { "a", "c",
    "{\"model\":\"m\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"a\","
    "\"user\":\"x\"}]}",
    FALSE },
  { "a", "c",
    "{\"model\":\"m\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\"b\"}]}",
    FALSE },
  { "a", "c",
    "{\"model\":\"m\",\"temperature\":0,\"stream\":true,\"messages\":[{\"role\":\"user\","
    "\"content\":\"a\"}]}",
    FALSE },
};

static void
test_same_request (void)
{
  g_autofree char *key = dup_key ("a", "/v1/chat/completions", "c", BODY);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *other =
        dup_key (rows[i].app, "/v1/chat/completions", rows[i].context, rows[i].body);
      g_assert_cmpint (g_str_equal (key, other), ==, rows[i].is_same);
    }
  g_autofree char *elsewhere = dup_key ("a", "/v1/completions", "c", BODY);
  g_assert_cmpstr (elsewhere, !=, key);
  g_assert_null (dup_key ("a", "/", "c", "[1]"));
  g_assert_null (dup_key ("a", "/", "c", "{"));
}

static WayCachedAnswer *
new_answer (const char *model, gsize size)
{
  const WayCachedAnswer answer = {
    .type = g_strdup ("application/json"),
    .body = g_bytes_new_take (g_malloc0 (size), size),
    .model = g_strdup (model),
    .provider = g_strdup ("p"),
    .cost_nano_usd = WAY_UNKNOWN,
  };

  return g_memdup2 (&answer, sizeof answer);
}

typedef struct
{
  WayCache *cache;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->cache = way_cache_new ();
  way_cache_apply (fixture->cache, &(WayCacheTerms){ TRUE, 60, 16 * KIB });
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  way_cache_free (fixture->cache);
}

static void
test_time (Fixture *fixture, gconstpointer data)
{
  way_cache_keep (fixture->cache, "k", new_answer ("m", 10), 0);
  g_assert_cmpstr (way_cache_find (fixture->cache, "k", 60 * SECOND - 1)->model, ==, "m");
  g_assert_null (way_cache_find (fixture->cache, "k", 60 * SECOND));
  g_assert_cmpuint (way_cache_get_size (fixture->cache), ==, 0);
}

/* The least lately used makes room. */
static void
test_room (Fixture *fixture, gconstpointer data)
{
  way_cache_keep (fixture->cache, "first", new_answer ("1", KIB), 0);
  way_cache_keep (fixture->cache, "second", new_answer ("2", KIB), 0);
  for (int i = 0; i < 9; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);
      g_assert_nonnull (way_cache_find (fixture->cache, "first", 0));
      way_cache_keep (fixture->cache, key, new_answer ("m", KIB), 0);
      g_assert_cmpuint (way_cache_get_size (fixture->cache), <=, 16 * KIB);
    }
  g_assert_nonnull (way_cache_find (fixture->cache, "first", 0));
  g_assert_null (way_cache_find (fixture->cache, "second", 0));
  g_assert_nonnull (way_cache_find (fixture->cache, "8", 0));
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (way_cache_get_largest (fixture->cache), ==, 2 * KIB);
  way_cache_keep (fixture->cache, "k", new_answer ("small", KIB), 0);
  way_cache_keep (fixture->cache, "k", new_answer ("large", 2 * KIB + 1), 0);
  g_assert_null (way_cache_find (fixture->cache, "k", 0));
  g_assert_cmpuint (way_cache_get_size (fixture->cache), ==, 0);
}

static void
test_new_terms (Fixture *fixture, gconstpointer data)
{
  way_cache_keep (fixture->cache, "k", new_answer ("m", 10), 0);
  way_cache_apply (fixture->cache, &(WayCacheTerms){ FALSE, 60, 16 * KIB });
  g_assert_null (way_cache_find (fixture->cache, "k", 0));
  g_assert_cmpuint (way_cache_get_largest (fixture->cache), ==, 0);
}

#define ADD(name, func) g_test_add ("/gateway/cache/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway/cache/same-request", test_same_request);
  ADD ("time", test_time);
  ADD ("room", test_room);
  ADD ("too-large", test_too_large);
  ADD ("new-terms", test_new_terms);
  return g_test_run ();
}
