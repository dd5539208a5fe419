/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* YAML by libyaml's events. Its own document loader resolves aliases too, but looks each anchor up
 * by walking all of them and has no bounds. Any thread. */

#include "way-yaml.h"

#include "way-error.h"

#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 64
#define VALUES_MAX (100 * 1000)
#define MERGE_KEY "<<"

/* A node while it is built, and what bounds it. */
typedef struct
{
  WayYamlNode node;
  guint depth;  /* 1 for a scalar */
  guint values; /* in it, each alias counted as a copy */
  gboolean is_open;
} Building;

struct _WayYaml
{
  GPtrArray *nodes;        /* (element-type Building): owned, all of them */
  const WayYamlNode *root; /* (nullable): borrowed */
};

/* A sequence or mapping that is not complete. */
typedef struct
{
  Building *building; /* borrowed */
  GHashTable *names;  /* owned: those a mapping has */
  GArray *merges;     /* (element-type WayYamlItem): owned; what "<<" names */
  char *key;          /* owned: of the value to come */
  yaml_mark_t begin;
  guint key_line;
  gboolean is_merge; /* the key is "<<" */
} Level;

typedef struct
{
  WayYaml *yaml;       /* borrowed */
  GHashTable *anchors; /* name → Building */
  GArray *levels;      /* (element-type Level) */
  guint n_values;      /* made so far */
  gboolean is_done;    /* the stream has ended */
} Builder;

static void
building_free (gpointer data)
{
  Building *building = data;

  g_free (building->node.text);
  g_clear_pointer (&building->node.items, g_array_unref);
  g_free (building);
}

static void
item_clear (gpointer data)
{
  g_free (((WayYamlItem *)data)->name);
}

static void
level_clear (gpointer data)
{
  Level *level = data;

  g_hash_table_unref (level->names);
  g_array_unref (level->merges);
  g_free (level->key);
}

static gboolean
fail (const yaml_mark_t *mark, const char *what, GError **error)
{
  g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG,
               "line %" G_GSIZE_FORMAT ", column %" G_GSIZE_FORMAT ": %s", mark->line + 1,
               mark->column + 1, what);
  return FALSE;
}

static Level *
get_level (Builder *builder)
{
  GArray *levels = builder->levels;

  return levels->len == 0 ? NULL : &g_array_index (levels, Level, levels->len - 1);
}

static Building *
make_node (Builder *builder, WayYamlType type)
{
  Building *building = g_new0 (Building, 1);

  building->node.type = type;
  building->depth = 1;
  building->values = 1;
  if (type != WAY_YAML_SCALAR)
    {
      building->node.items = g_array_new (FALSE, FALSE, sizeof (WayYamlItem));
      g_array_set_clear_func (building->node.items, item_clear);
    }
  g_ptr_array_add (builder->yaml->nodes, building);
  builder->n_values++;
  return building;
}

static void
add_item (Building *parent, const char *name, guint line, const Building *child)
{
  WayYamlItem item = { g_strdup (name), &child->node, line };

  g_array_append_val (parent->node.items, item);
  parent->depth = MAX (parent->depth, child->depth + 1);
  parent->values += child->values;
}

/* Puts a complete value where it belongs. */
static gboolean
place_value (Builder *builder, Building *child, const yaml_mark_t *mark, GError **error)
{
  Level *level = get_level (builder);
  const guint line = (guint)mark->line + 1;

  if (level == NULL)
    {
      builder->yaml->root = &child->node;
      return TRUE;
    }
  if (level->is_merge)
    {
      WayYamlItem merge = { NULL, &child->node, line };

      g_array_append_val (level->merges, merge);
    }
  else
    add_item (level->building, level->key, level->key == NULL ? line : level->key_line, child);
  g_clear_pointer (&level->key, g_free);
  level->is_merge = FALSE;
  if (level->building->values > VALUES_MAX || builder->n_values > VALUES_MAX)
    return fail (mark, "it has too many values, those that aliases repeat counted", error);
  if (level->building->depth + builder->levels->len > DEPTH_MAX)
    return fail (mark, "it is nested too deep", error);
  return TRUE;
}

static gboolean
wants_key (const Level *level)
{
  return level != NULL && level->building->node.type == WAY_YAML_MAPPING && level->key == NULL;
}

static gboolean
take_key (
  Level *level, const char *text, gboolean is_plain, const yaml_mark_t *mark, GError **error)
{
  level->is_merge = is_plain && g_str_equal (text, MERGE_KEY);
  level->key = g_strdup (text);
  level->key_line = (guint)mark->line + 1;
  if (level->is_merge || g_hash_table_add (level->names, g_strdup (text)))
    return TRUE;
  return fail (mark, "the mapping has this key already", error);
}

/* Members of @from that the mapping does not have itself. */
static gboolean
merge_members (
  Builder *builder, Level *level, const WayYamlNode *from, const yaml_mark_t *mark, GError **error)
{
  for (guint i = 0; i < way_yaml_get_length (from); i++)
    {
      const WayYamlItem *item = way_yaml_get_item (from, i);

      if (item->name == NULL || !g_hash_table_add (level->names, g_strdup (item->name)))
        continue;
      /* The node is the first member of its Building. */
      add_item (level->building, item->name, item->line, (const Building *)item->node);
      if (++builder->n_values > VALUES_MAX || level->building->values > VALUES_MAX)
        return fail (mark, "it has too many values, those that aliases repeat counted", error);
    }
  return TRUE;
}

/* "<<" takes a mapping or a sequence of them; the earlier wins (yaml.org/type/merge.html). */
static gboolean
resolve_merges (Builder *builder, Level *level, const yaml_mark_t *mark, GError **error)
{
  for (guint i = 0; i < level->merges->len; i++)
    {
      const WayYamlNode *from = g_array_index (level->merges, WayYamlItem, i).node;

      if (from->type == WAY_YAML_MAPPING && !merge_members (builder, level, from, mark, error))
        return FALSE;
      for (guint j = 0; from->type == WAY_YAML_SEQUENCE && j < from->items->len; j++)
        if (!merge_members (builder, level, way_yaml_get_item (from, j)->node, mark, error))
          return FALSE;
    }
  return TRUE;
}

static void
remember_anchor (Builder *builder, const yaml_char_t *anchor, Building *building)
{
  if (anchor != NULL)
    g_hash_table_insert (builder->anchors, g_strdup ((const char *)anchor), building);
}

static gboolean
on_scalar (Builder *builder, const yaml_event_t *event, GError **error)
{
  const char *value = (const char *)event->data.scalar.value;
  const gsize length = event->data.scalar.length;
  const gboolean is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  Level *level = get_level (builder);

  if (memchr (value, '\0', length) != NULL)
    return fail (&event->start_mark, "a text has a NUL character in it", error);
  if (wants_key (level) && event->data.scalar.anchor == NULL)
    return take_key (level, value, is_plain, &event->start_mark, error);

  Building *building = make_node (builder, WAY_YAML_SCALAR);
  building->node.text = g_strndup (value, length);
  building->node.is_plain = is_plain;
  remember_anchor (builder, event->data.scalar.anchor, building);
  if (wants_key (level))
    return take_key (level, value, is_plain, &event->start_mark, error);
  return place_value (builder, building, &event->start_mark, error);
}

static gboolean
on_alias (Builder *builder, const yaml_event_t *event, GError **error)
{
  Building *building = g_hash_table_lookup (builder->anchors, event->data.alias.anchor);
  Level *level = get_level (builder);

  if (building == NULL)
    return fail (&event->start_mark, "no anchor before it has the name of this alias", error);
  if (building->is_open)
    return fail (&event->start_mark, "an alias stands within its own anchor", error);
  if (!wants_key (level))
    return place_value (builder, building, &event->start_mark, error);
  if (building->node.type == WAY_YAML_SCALAR)
    return take_key (level, building->node.text, FALSE, &event->start_mark, error);
  return fail (&event->start_mark, "a key must be plain text", error);
}

static gboolean
on_start (Builder *builder,
          const yaml_event_t *event,
          WayYamlType type,
          const yaml_char_t *anchor,
          GError **error)
{
  if (wants_key (get_level (builder)))
    return fail (&event->start_mark, "a key must be plain text", error);
  if (builder->levels->len >= DEPTH_MAX)
    return fail (&event->start_mark, "it is nested too deep", error);

  Building *building = make_node (builder, type);
  Level level = { .building = building, .begin = event->start_mark };
  building->is_open = TRUE;
  remember_anchor (builder, anchor, building);
  level.names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  level.merges = g_array_new (FALSE, FALSE, sizeof (WayYamlItem));
  g_array_append_val (builder->levels, level);
  return TRUE;
}

static gboolean
on_end (Builder *builder, const yaml_event_t *event, GError **error)
{
  Level *level = get_level (builder);
  Building *building = level->building;
  const yaml_mark_t begin = level->begin;

  if (!resolve_merges (builder, level, &event->start_mark, error))
    return FALSE;
  building->is_open = FALSE;
  g_array_set_size (builder->levels, builder->levels->len - 1);
  return place_value (builder, building, &begin, error);
}

static gboolean
on_event (Builder *builder, const yaml_event_t *event, GError **error)
{
  switch (event->type)
    {
    case YAML_SCALAR_EVENT:
      return on_scalar (builder, event, error);
    case YAML_ALIAS_EVENT:
      return on_alias (builder, event, error);
    case YAML_SEQUENCE_START_EVENT:
      return on_start (builder, event, WAY_YAML_SEQUENCE, event->data.sequence_start.anchor, error);
    case YAML_MAPPING_START_EVENT:
      return on_start (builder, event, WAY_YAML_MAPPING, event->data.mapping_start.anchor, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return on_end (builder, event, error);
    case YAML_DOCUMENT_START_EVENT:
      if (builder->yaml->root != NULL)
        return fail (&event->start_mark, "a second document begins; only one is read", error);
      return TRUE;
    case YAML_STREAM_END_EVENT:
      builder->is_done = TRUE;
      return TRUE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
      return TRUE;
    }
  g_assert_not_reached ();
}

static gboolean
fail_parse (const yaml_parser_t *parser, GError **error)
{
  const char *problem = parser->problem == NULL ? "it cannot be read" : parser->problem;

  /* The reader knows no line: what it refuses is no text. */
  if (parser->error == YAML_READER_ERROR)
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_CONFIG, "byte %" G_GSIZE_FORMAT ": %s",
                   parser->problem_offset + 1, problem);
      return FALSE;
    }
  return fail (&parser->problem_mark, problem, error);
}

static gboolean
run_parser (yaml_parser_t *parser, Builder *builder, GError **error)
{
  while (!builder->is_done)
    {
      yaml_event_t event;

      if (!yaml_parser_parse (parser, &event))
        return fail_parse (parser, error);
      gboolean goes_on = on_event (builder, &event, error);
      yaml_event_delete (&event);
      if (!goes_on)
        return FALSE;
    }
  return TRUE;
}

/**
 * way_yaml_parse:
 * @data: a YAML 1.1 document in UTF-8 or UTF-16
 * @length: bytes of @data
 * @error: return location for an error
 *
 * Reads one document, with anchors, aliases and merge keys. Tags are not looked at. Fails with
 * %WAY_ERROR_CONFIG, the message beginning with line and column, if it is broken, has a key twice
 * or one that is no text, is a second document, is nested deeper than 64 or has more than 100,000
 * values. Any thread.
 *
 * Returns: (transfer full) (nullable): the document, or %NULL with @error set
 */
WayYaml *
way_yaml_parse (const char *data, gsize length, GError **error)
{
  g_return_val_if_fail (data != NULL || length == 0, NULL);

  g_autoptr (WayYaml) yaml = g_new0 (WayYaml, 1);
  yaml->nodes = g_ptr_array_new_with_free_func (building_free);
  g_autoptr (GHashTable) anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (levels, level_clear);
  Builder builder = { yaml, anchors, levels, 0, FALSE };

  yaml_parser_t parser;
  int is_ready = yaml_parser_initialize (&parser);
  g_assert (is_ready); /* fails only without memory, which GLib does not survive either */
  yaml_parser_set_input_string (&parser, (const unsigned char *)(data == NULL ? "" : data), length);
  gboolean is_good = run_parser (&parser, &builder, error);
  yaml_parser_delete (&parser);
  return is_good ? g_steal_pointer (&yaml) : NULL;
}

/**
 * way_yaml_free:
 * @yaml: (transfer full): a document; its nodes go with it
 */
void
way_yaml_free (WayYaml *yaml)
{
  g_ptr_array_unref (yaml->nodes);
  g_free (yaml);
}

/**
 * way_yaml_get_root:
 *
 * Returns: (transfer none) (nullable): the value that the document is; %NULL if it is empty
 */
const WayYamlNode *
way_yaml_get_root (const WayYaml *yaml)
{
  return yaml->root;
}

/**
 * way_yaml_get_length:
 * @node: (nullable): any node
 *
 * Returns: how many items it has; 0 for a scalar
 */
guint
way_yaml_get_length (const WayYamlNode *node)
{
  return node == NULL || node->items == NULL ? 0 : node->items->len;
}

/**
 * way_yaml_get_item:
 * @node: a sequence or a mapping
 * @index: below its length
 *
 * Returns: (transfer none): the item
 */
const WayYamlItem *
way_yaml_get_item (const WayYamlNode *node, guint index)
{
  g_return_val_if_fail (index < way_yaml_get_length (node), NULL);

  return &g_array_index (node->items, WayYamlItem, index);
}

/**
 * way_yaml_find:
 * @node: (nullable): any node
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member; %NULL if @node is no mapping that has it
 */
const WayYamlItem *
way_yaml_find (const WayYamlNode *node, const char *name)
{
  for (guint i = 0; i < way_yaml_get_length (node); i++)
    {
      const WayYamlItem *item = way_yaml_get_item (node, i);

      if (g_strcmp0 (item->name, name) == 0)
        return item;
    }
  return NULL;
}

/**
 * way_yaml_is_null:
 * @node: (nullable): any node
 *
 * Returns: whether it says nothing: "key:" or "key: null"
 */
gboolean
way_yaml_is_null (const WayYamlNode *node)
{
  return node == NULL || (node->type == WAY_YAML_SCALAR && node->is_plain &&
                          (node->text[0] == '\0' || g_str_equal (node->text, "~") ||
                           g_ascii_strcasecmp (node->text, "null") == 0));
}
