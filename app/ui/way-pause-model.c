/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* While paused the rows are a copy of the source's; at the end of the pause the difference is told
 * in as few rows as possible, so that views keep their place. Rows come at the top and go at the
 * bottom. Main thread. */

#include "way-pause-model.h"

struct _WayPauseModel
{
  GObject parent_instance;

  /* owned */
  GListModel *source;
  GPtrArray *frozen; /* NULL while the source shows through */

  guint held;
};

enum
{
  PROP_0,
  PROP_PAUSED,
  PROP_HELD,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (WAY_PAUSE_MODEL (list)->source);
}

static guint
get_n_items (GListModel *list)
{
  WayPauseModel *self = WAY_PAUSE_MODEL (list);

  return self->frozen != NULL ? self->frozen->len : g_list_model_get_n_items (self->source);
}

static gpointer
get_item (GListModel *list, guint position)
{
  WayPauseModel *self = WAY_PAUSE_MODEL (list);

  if (self->frozen == NULL)
    return g_list_model_get_item (self->source, position);
  if (position >= self->frozen->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->frozen, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WayPauseModel,
                               way_pause_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
set_held (WayPauseModel *self, guint held)
{
  if (self->held == held)
    return;
  self->held = held;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HELD]);
}

static void
on_source_changed (GListModel *source, guint position, guint removed, guint added, gpointer data)
{
  WayPauseModel *self = data;

  if (self->frozen == NULL)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  else
    set_held (self, self->held + added);
}

static GPtrArray *
copy_rows (GListModel *source)
{
  const guint n_rows = g_list_model_get_n_items (source);
  GPtrArray *rows = g_ptr_array_new_full (n_rows, g_object_unref);

  for (guint i = 0; i < n_rows; i++)
    g_ptr_array_add (rows, g_list_model_get_item (source, i));
  return rows;
}

static gboolean
is_row (WayPauseModel *self, guint position, gpointer row)
{
  g_autoptr (GObject) item = g_list_model_get_item (self->source, position);

  return item == row;
}

/* Lets go of the rows that the source has dropped at its end. */
static void
drop_tail (WayPauseModel *self)
{
  const guint n_rows = g_list_model_get_n_items (self->source);
  const guint old_length = self->frozen->len;
  guint length = old_length;

  while (length > 0 &&
         (n_rows == 0 || !is_row (self, n_rows - 1, g_ptr_array_index (self->frozen, length - 1))))
    length--;
  if (length == old_length)
    return;
  g_ptr_array_set_size (self->frozen, (gint)length);
  g_list_model_items_changed (G_LIST_MODEL (self), length, old_length - length, 0);
}

static void
thaw (WayPauseModel *self)
{
  g_autoptr (GPtrArray) old = NULL;
  const guint n_new = g_list_model_get_n_items (self->source);
  guint n_same_end = 0;
  guint n_same_start = 0;

  drop_tail (self);
  old = g_steal_pointer (&self->frozen);
  while (n_same_end < MIN (old->len, n_new) &&
         is_row (self, n_new - 1 - n_same_end, g_ptr_array_index (old, old->len - 1 - n_same_end)))
    n_same_end++;
  while (n_same_start < MIN (old->len, n_new) - n_same_end &&
         is_row (self, n_same_start, g_ptr_array_index (old, n_same_start)))
    n_same_start++;
  if (n_same_start + n_same_end < MAX (old->len, n_new))
    g_list_model_items_changed (G_LIST_MODEL (self), n_same_start,
                                old->len - n_same_start - n_same_end,
                                n_new - n_same_start - n_same_end);
  set_held (self, 0);
}

static void
way_pause_model_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayPauseModel *self = WAY_PAUSE_MODEL (object);

  switch (prop_id)
    {
    case PROP_PAUSED:
      g_value_set_boolean (value, self->frozen != NULL);
      break;
    case PROP_HELD:
      g_value_set_uint (value, self->held);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_pause_model_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PAUSED:
      way_pause_model_set_paused (WAY_PAUSE_MODEL (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_pause_model_dispose (GObject *object)
{
  WayPauseModel *self = WAY_PAUSE_MODEL (object);

  g_clear_pointer (&self->frozen, g_ptr_array_unref);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  G_OBJECT_CLASS (way_pause_model_parent_class)->dispose (object);
}

static void
way_pause_model_finalize (GObject *object)
{
  g_clear_object (&WAY_PAUSE_MODEL (object)->source);
  G_OBJECT_CLASS (way_pause_model_parent_class)->finalize (object);
}

static void
way_pause_model_class_init (WayPauseModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = way_pause_model_get_property;
  object_class->set_property = way_pause_model_set_property;
  object_class->dispose = way_pause_model_dispose;
  object_class->finalize = way_pause_model_finalize;

  properties[PROP_PAUSED] =
    g_param_spec_boolean ("paused", NULL, NULL, FALSE, G_PARAM_READWRITE | flags);
  properties[PROP_HELD] =
    g_param_spec_uint ("held", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_pause_model_init (WayPauseModel *self)
{
}

/**
 * way_pause_model_new:
 * @source: the list to show
 *
 * Main thread.
 *
 * Returns: (transfer full): a list that shows @source until it is paused
 */
WayPauseModel *
way_pause_model_new (GListModel *source)
{
  WayPauseModel *self = g_object_new (WAY_TYPE_PAUSE_MODEL, NULL);

  self->source = g_object_ref (source);
  g_signal_connect (source, "items-changed", G_CALLBACK (on_source_changed), self);
  return self;
}

/**
 * way_pause_model_get_paused:
 * @model: a list
 *
 * Returns: whether it is held still
 */
gboolean
way_pause_model_get_paused (WayPauseModel *model)
{
  g_return_val_if_fail (WAY_IS_PAUSE_MODEL (model), FALSE);

  return model->frozen != NULL;
}

/**
 * way_pause_model_set_paused:
 * @model: a list
 * @paused: whether to hold it still
 *
 * Rows that are shown go on changing; none comes or goes until the pause ends, when all that
 * happened meanwhile is told at once. Main thread.
 */
void
way_pause_model_set_paused (WayPauseModel *model, gboolean paused)
{
  g_return_if_fail (WAY_IS_PAUSE_MODEL (model));

  if (paused == (model->frozen != NULL))
    return;
  if (paused)
    model->frozen = copy_rows (model->source);
  else
    thaw (model);
  g_object_notify_by_pspec (G_OBJECT (model), properties[PROP_PAUSED]);
}
