/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A table and a list in the order of use. Gateway thread; the time comes in. */

#include "way-cache.h"

#include "way-json.h"

#include <string.h>

/* One answer takes no more than this share of the whole. */
#define LARGEST_SHARE 8
/* What an entry costs beyond its texts. */
#define ENTRY_BYTES 512
/* A longer request is seldom the same again, and costs more to compare than it saves. */
#define MAX_REQUEST_BYTES (1024 * 1024)

typedef struct
{
  char *key;               /* owned */
  WayCachedAnswer *answer; /* owned */
  gsize size;
  gint64 until_us; /* wall clock */
  GList *link;     /* borrowed: its place in the order of use */
} Entry;

struct _WayCache
{
  WayCacheTerms terms;
  GHashTable *entries; /* owned: key → Entry */
  GQueue order;        /* of Entry, borrowed: the least lately used first */
  gsize size;
};

void
way_cached_answer_free (WayCachedAnswer *answer)
{
  g_free (answer->type);
  g_bytes_unref (answer->body);
  g_free (answer->provider);
  g_free (answer->model);
  g_free (answer->dropped);
  g_free (answer);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  way_cached_answer_free (entry->answer);
  g_free (entry);
}

/**
 * way_cache_new:
 *
 * Returns: (transfer full): an empty cache that keeps nothing until it gets its terms
 */
WayCache *
way_cache_new (void)
{
  WayCache *cache = g_new0 (WayCache, 1);

  cache->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_queue_init (&cache->order);
  return cache;
}

static void
clear (WayCache *cache)
{
  g_queue_clear (&cache->order);
  g_hash_table_remove_all (cache->entries);
  cache->size = 0;
}

void
way_cache_free (WayCache *cache)
{
  clear (cache);
  g_hash_table_unref (cache->entries);
  g_free (cache);
}

/**
 * way_cache_apply:
 *
 * Takes the terms of a configuration. Everything is forgotten: under the new one the same request
 * may be answered by somebody else.
 */
void
way_cache_apply (WayCache *cache, const WayCacheTerms *terms)
{
  clear (cache);
  cache->terms = *terms;
}

static void
forget (WayCache *cache, Entry *entry)
{
  cache->size -= entry->size;
  g_queue_delete_link (&cache->order, entry->link);
  g_hash_table_remove (cache->entries, entry->key);
}

/**
 * way_cache_find:
 * @key: from way_cache_dup_key()
 *
 * Returns: (transfer none) (nullable): valid until the next call
 */
const WayCachedAnswer *
way_cache_find (WayCache *cache, const char *key, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (cache->entries, key);

  if (!entry)
    return NULL;
  if (entry->until_us <= now_us)
    {
      forget (cache, entry);
      return NULL;
    }
  g_queue_unlink (&cache->order, entry->link);
  g_queue_push_tail_link (&cache->order, entry->link);
  return entry->answer;
}

/**
 * way_cache_get_largest:
 *
 * Returns: the most bytes an answer may have to be kept, 0 while the cache is off
 */
gsize
way_cache_get_largest (const WayCache *cache)
{
  return cache->terms.enabled ? (gsize)cache->terms.max_bytes / LARGEST_SHARE : 0;
}

/**
 * way_cache_get_size:
 *
 * Returns: bytes that are kept
 */
gsize
way_cache_get_size (const WayCache *cache)
{
  return cache->size;
}

/**
 * way_cache_keep:
 * @answer: (transfer full)
 *
 * Keeps an answer for as long as the terms say, in place of those not used for longest.
 */
void
way_cache_keep (WayCache *cache, const char *key, WayCachedAnswer *answer, gint64 now_us)
{
  gsize size = g_bytes_get_size (answer->body) + ENTRY_BYTES;
  Entry *entry = g_hash_table_lookup (cache->entries, key);

  if (entry)
    forget (cache, entry);
  if (g_bytes_get_size (answer->body) > way_cache_get_largest (cache))
    {
      way_cached_answer_free (answer);
      return;
    }
  while (cache->order.head && cache->size + size > (gsize)cache->terms.max_bytes)
    forget (cache, cache->order.head->data);
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->answer = answer;
  entry->size = size;
  entry->until_us = now_us + cache->terms.ttl_s * G_USEC_PER_SEC;
  g_queue_push_tail (&cache->order, entry);
  entry->link = cache->order.tail;
  g_hash_table_insert (cache->entries, entry->key, entry);
  cache->size += size;
}

/* What is the same */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void append_value (GString *text, JsonNode *node);

/* What says who asks, not what is asked. */
static gboolean
is_about_the_asker (const char *name)
{
  static const char *const names[] = { "user", "metadata", "prompt_cache_key", "safety_identifier",
                                       NULL };

  return g_strv_contains (names, name);
}

/* Members in the order of their names, whatever order they were sent in. */
static void
append_object (GString *text, JsonObject *object, gboolean is_root)
{
  g_autoptr (GList) members = json_object_get_members (object);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (GList *l = members; l; l = l->next)
    if (!is_root || !is_about_the_asker (l->data))
      g_ptr_array_add (names, l->data);
  g_ptr_array_sort (names, compare_names);
  g_string_append_c (text, '{');
  for (guint i = 0; i < names->len; i++)
    {
      way_json_append_string (text, names->pdata[i]);
      g_string_append_c (text, ':');
      append_value (text, json_object_get_member (object, names->pdata[i]));
      g_string_append_c (text, ',');
    }
  g_string_append_c (text, '}');
}

static void
append_value (GString *text, JsonNode *node)
{
  g_autofree char *plain = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      append_object (text, json_node_get_object (node), FALSE);
      return;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      g_string_append_c (text, '[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          append_value (text, json_array_get_element (array, i));
          g_string_append_c (text, ',');
        }
      g_string_append_c (text, ']');
      return;
    }
  plain = json_to_string (node, FALSE);
  g_string_append (text, plain);
}

/**
 * way_cache_dup_key:
 * @app: (nullable): who asks
 * @context: what else the answer depends on: dialect, locality
 * @body: the request
 *
 * Two requests have the same key if the same app asks the same in the same dialect: the order of
 * members, blanks and the spelling of numbers do not matter, nor do members that say who asks.
 *
 * Returns: (transfer full) (nullable): %NULL if it is no JSON object, or too long
 */
char *
way_cache_dup_key (const char *app, const char *path, const char *context, GBytes *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) root = NULL;
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  if (length > MAX_REQUEST_BYTES)
    return NULL;
  root = way_json_parse (data ? data : "", length, NULL);
  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  g_string_append_printf (text, "%s\n%s\n%s\n", app ? app : "", path, context);
  append_object (text, json_node_get_object (root), TRUE);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize)text->len);
}
