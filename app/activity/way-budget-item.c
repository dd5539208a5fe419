/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Holds what the gateway said last of one budget. Main thread. */

#include "way-budget-item.h"

struct _WayBudgetItem
{
  GObject parent_instance;

  char *id; /* owned */
  gint64 spent_nano_usd;
  gint64 limit_nano_usd;
  guint percent;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_SPENT,
  PROP_LIMIT,
  PROP_PERCENT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayBudgetItem, way_budget_item, G_TYPE_OBJECT)

static void
way_budget_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayBudgetItem *self = WAY_BUDGET_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_SPENT:
      g_value_set_int64 (value, self->spent_nano_usd);
      break;
    case PROP_LIMIT:
      g_value_set_int64 (value, self->limit_nano_usd);
      break;
    case PROP_PERCENT:
      g_value_set_uint (value, self->percent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_budget_item_finalize (GObject *object)
{
  g_free (WAY_BUDGET_ITEM (object)->id);
  G_OBJECT_CLASS (way_budget_item_parent_class)->finalize (object);
}

static void
way_budget_item_class_init (WayBudgetItemClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_budget_item_get_property;
  object_class->finalize = way_budget_item_finalize;
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_SPENT] =
    g_param_spec_int64 ("spent-nano-usd", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LIMIT] =
    g_param_spec_int64 ("limit-nano-usd", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PERCENT] = g_param_spec_uint ("percent", NULL, NULL, 0, 100, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_budget_item_init (WayBudgetItem *self)
{
}

/**
 * way_budget_item_new:
 *
 * Returns: (transfer full): a row that says what @news says
 */
WayBudgetItem *
way_budget_item_new (const WayBudgetNews *news)
{
  WayBudgetItem *self = g_object_new (WAY_TYPE_BUDGET_ITEM, NULL);

  self->id = g_strdup (news->budget);
  self->spent_nano_usd = news->spent_nano_usd;
  self->limit_nano_usd = news->limit_nano_usd;
  self->percent = news->percent;
  return self;
}

/**
 * way_budget_item_update:
 *
 * Takes the newest word of the same budget.
 *
 * Returns: whether a share of it was passed that was not told of before
 */
gboolean
way_budget_item_update (WayBudgetItem *self, const WayBudgetNews *news)
{
  gboolean is_news = news->percent > self->percent;

  if (self->spent_nano_usd != news->spent_nano_usd)
    {
      self->spent_nano_usd = news->spent_nano_usd;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPENT]);
    }
  if (self->percent != news->percent)
    {
      self->percent = news->percent;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERCENT]);
    }
  return is_news;
}
