/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A ring of items, oldest at its start. Position 0 of the model is the newest item, so adding in
 * front of 100,000 rows is one store at the end of the ring, and forgetting the oldest is one step
 * of its start. Main thread. */

#include "way-item-list.h"

struct _WayItemList
{
  GObject parent_instance;

  GType item_type;
  gpointer *slots; /* owned, and so is each item in use */
  guint capacity;  /* a power of two, or 0 */
  guint start;     /* slot of the oldest item */
  guint length;
};

#define INITIAL_CAPACITY 64

/* Age counts from the oldest item, position from the newest. */
static gpointer *
slot_of_age (WayItemList *self, guint age)
{
  return &self->slots[(self->start + age) & (self->capacity - 1)];
}

static GType
get_item_type (GListModel *model)
{
  return WAY_ITEM_LIST (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  return WAY_ITEM_LIST (model)->length;
}

static gpointer
get_item (GListModel *model, guint position)
{
  WayItemList *self = WAY_ITEM_LIST (model);

  if (position >= self->length)
    return NULL;
  return g_object_ref (*slot_of_age (self, self->length - 1 - position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayItemList,
                               way_item_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
way_item_list_dispose (GObject *object)
{
  WayItemList *self = WAY_ITEM_LIST (object);

  for (guint age = 0; age < self->length; age++)
    g_object_unref (*slot_of_age (self, age));
  self->length = 0;
  g_clear_pointer (&self->slots, g_free);
  self->capacity = 0;

  G_OBJECT_CLASS (way_item_list_parent_class)->dispose (object);
}

static void
way_item_list_class_init (WayItemListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = way_item_list_dispose;
}

static void
way_item_list_init (WayItemList *self)
{
}

static void
reserve (WayItemList *self, guint length)
{
  guint capacity = MAX (self->capacity, INITIAL_CAPACITY);
  gpointer *slots = NULL;

  if (length <= self->capacity)
    return;
  while (capacity < length)
    capacity *= 2;

  slots = g_new (gpointer, capacity);
  for (guint age = 0; age < self->length; age++)
    slots[age] = *slot_of_age (self, age);
  g_free (self->slots);
  self->slots = slots;
  self->capacity = capacity;
  self->start = 0;
}

/* Closes the gap of @n items from @age on, moving whichever side is shorter. */
static void
close_gap (WayItemList *self, guint age, guint n)
{
  const guint n_newer = self->length - age - n;

  if (age <= n_newer)
    {
      for (guint i = age; i > 0; i--)
        *slot_of_age (self, i - 1 + n) = *slot_of_age (self, i - 1);
      self->start = (self->start + n) & (self->capacity - 1);
    }
  else
    {
      for (guint i = 0; i < n_newer; i++)
        *slot_of_age (self, age + i) = *slot_of_age (self, age + n + i);
    }
  self->length -= n;
}

/* The model is whole again before anybody is told. */
static void
remove_run (WayItemList *self, guint age, guint n)
{
  for (guint i = 0; i < n; i++)
    g_object_unref (*slot_of_age (self, age + i));
  close_gap (self, age, n);
  g_list_model_items_changed (G_LIST_MODEL (self), self->length - age, n, 0);
}

/**
 * way_item_list_new:
 * @item_type: what the list holds
 *
 * Returns: (transfer full): an empty list
 */
WayItemList *
way_item_list_new (GType item_type)
{
  WayItemList *self = g_object_new (WAY_TYPE_ITEM_LIST, NULL);

  self->item_type = item_type;
  return self;
}

/**
 * way_item_list_get_length:
 * @list: a list
 *
 * Returns: how many items it holds
 */
guint
way_item_list_get_length (WayItemList *list)
{
  g_return_val_if_fail (WAY_IS_ITEM_LIST (list), 0);

  return list->length;
}

/**
 * way_item_list_add_newest:
 * @list: a list
 * @items: (element-type GObject): oldest first; references are taken
 *
 * Puts the items before all others and says so once.
 */
void
way_item_list_add_newest (WayItemList *list, GPtrArray *items)
{
  g_return_if_fail (WAY_IS_ITEM_LIST (list));

  if (items->len == 0)
    return;
  reserve (list, list->length + items->len);
  for (guint i = 0; i < items->len; i++)
    *slot_of_age (list, list->length + i) = g_object_ref (g_ptr_array_index (items, i));
  list->length += items->len;
  g_list_model_items_changed (G_LIST_MODEL (list), 0, 0, items->len);
}

/**
 * way_item_list_add_oldest:
 * @list: a list
 * @items: (element-type GObject): newest first; references are taken
 *
 * Puts the items after all others and says so once.
 */
void
way_item_list_add_oldest (WayItemList *list, GPtrArray *items)
{
  g_return_if_fail (WAY_IS_ITEM_LIST (list));

  if (items->len == 0)
    return;
  reserve (list, list->length + items->len);
  for (guint i = 0; i < items->len; i++)
    {
      list->start = (list->start - 1) & (list->capacity - 1);
      list->slots[list->start] = g_object_ref (g_ptr_array_index (items, i));
    }
  list->length += items->len;
  g_list_model_items_changed (G_LIST_MODEL (list), list->length - items->len, 0, items->len);
}

/**
 * way_item_list_remove_oldest:
 * @list: a list
 * @max_removed: stop after so many
 * @func: (scope call): whether an item may go; must not touch the list
 * @user_data: for @func
 *
 * Goes from the oldest item to newer ones and removes those that @func lets go, with one
 * "items-changed" for each run of neighbours.
 *
 * Returns: how many were removed
 */
guint
way_item_list_remove_oldest (WayItemList *list,
                             guint max_removed,
                             WayItemFunc func,
                             gpointer user_data)
{
  guint n_removed = 0;
  guint age = 0;

  g_return_val_if_fail (WAY_IS_ITEM_LIST (list), 0);
  g_return_val_if_fail (func != NULL, 0);

  while (age < list->length && n_removed < max_removed)
    {
      guint n = 0;

      while (age + n < list->length && n_removed + n < max_removed &&
             func (*slot_of_age (list, age + n), user_data))
        n++;
      if (n > 0)
        remove_run (list, age, n);
      else
        age++;
      n_removed += n;
    }
  return n_removed;
}
