/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A list model that is newest first and cheap at both ends: what the activity lists are made of.
 * Private to this folder. Main thread. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WAY_TYPE_ITEM_LIST (way_item_list_get_type ())
G_DECLARE_FINAL_TYPE (WayItemList, way_item_list, WAY, ITEM_LIST, GObject)

typedef gboolean (*WayItemFunc) (gpointer item, gpointer user_data);

WayItemList *way_item_list_new (GType item_type);
guint way_item_list_get_length (WayItemList *list);
void way_item_list_add_newest (WayItemList *list, GPtrArray *items);
void way_item_list_add_oldest (WayItemList *list, GPtrArray *items);
guint way_item_list_remove_oldest (WayItemList *list,
                                   guint max_removed,
                                   WayItemFunc func,
                                   gpointer user_data);

G_END_DECLS
