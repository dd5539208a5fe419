/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A YAML document as a tree that remembers its lines. Aliases share nodes, so the tree is a graph
 * without cycles; it is bounded as if each alias were a copy, and can be walked without care. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WAY_YAML_SCALAR,
  WAY_YAML_SEQUENCE,
  WAY_YAML_MAPPING,
} WayYamlType;

typedef struct _WayYaml WayYaml;
typedef struct _WayYamlNode WayYamlNode;

/**
 * WayYamlItem:
 * @name: (nullable): of a member of a mapping
 * @line: where it stands, counted from 1
 */
typedef struct
{
  char *name;              /* owned */
  const WayYamlNode *node; /* borrowed from the document */
  guint line;
} WayYamlItem;

/**
 * WayYamlNode:
 * @text: of a scalar, UTF-8 without NUL
 * @is_plain: whether a scalar stands without quotes, so that it may mean a number or nothing
 * @items: (element-type WayYamlItem): of a sequence or a mapping
 */
struct _WayYamlNode
{
  WayYamlType type;
  char *text;
  GArray *items;
  gboolean is_plain;
};

WayYaml *way_yaml_parse (const char *data, gsize length, GError **error);
void way_yaml_free (WayYaml *yaml);
const WayYamlNode *way_yaml_get_root (const WayYaml *yaml);

guint way_yaml_get_length (const WayYamlNode *node);
const WayYamlItem *way_yaml_get_item (const WayYamlNode *node, guint index);
const WayYamlItem *way_yaml_find (const WayYamlNode *node, const char *name);
gboolean way_yaml_is_null (const WayYamlNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayYaml, way_yaml_free)

G_END_DECLS
