/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A provider's key as a list row: everything about it but its value. Main thread. */

#include "way-key-item.h"

struct _WayKeyItem
{
  GObject parent_instance;

  /* owned */
  char *provider_id;
  char *key_name;
  char *source;
  char *hint;    /* nullable */
  char *problem; /* nullable */

  gboolean present;
  gboolean locked;
  gint64 last_used_us;
};

enum
{
  PROP_0,
  PROP_PROVIDER_ID,
  PROP_KEY_NAME,
  PROP_SOURCE,
  PROP_HINT,
  PROP_PROBLEM,
  PROP_PRESENT,
  PROP_LOCKED,
  PROP_LAST_USED_US,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayKeyItem, way_key_item, G_TYPE_OBJECT)

static void
way_key_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayKeyItem *self = WAY_KEY_ITEM (object);

  switch (prop_id)
    {
    case PROP_PROVIDER_ID:
      g_value_set_string (value, self->provider_id);
      break;
    case PROP_KEY_NAME:
      g_value_set_string (value, self->key_name);
      break;
    case PROP_SOURCE:
      g_value_set_string (value, self->source);
      break;
    case PROP_HINT:
      g_value_set_string (value, self->hint);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_PRESENT:
      g_value_set_boolean (value, self->present);
      break;
    case PROP_LOCKED:
      g_value_set_boolean (value, self->locked);
      break;
    case PROP_LAST_USED_US:
      g_value_set_int64 (value, self->last_used_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_key_item_finalize (GObject *object)
{
  WayKeyItem *self = WAY_KEY_ITEM (object);

  g_clear_pointer (&self->provider_id, g_free);
  g_clear_pointer (&self->key_name, g_free);
  g_clear_pointer (&self->source, g_free);
  g_clear_pointer (&self->hint, g_free);
  g_clear_pointer (&self->problem, g_free);

  G_OBJECT_CLASS (way_key_item_parent_class)->finalize (object);
}

static void
way_key_item_class_init (WayKeyItemClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_key_item_get_property;
  object_class->finalize = way_key_item_finalize;

  properties[PROP_PROVIDER_ID] = g_param_spec_string ("provider-id", NULL, NULL, NULL, flags);
  properties[PROP_KEY_NAME] = g_param_spec_string ("key-name", NULL, NULL, NULL, flags);
  properties[PROP_SOURCE] = g_param_spec_string ("source", NULL, NULL, NULL, flags);
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_PRESENT] = g_param_spec_boolean ("present", NULL, NULL, FALSE, flags);
  properties[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, flags);
  properties[PROP_LAST_USED_US] =
    g_param_spec_int64 ("last-used-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_key_item_init (WayKeyItem *self)
{
}

static void
set_string (WayKeyItem *self, char **member, const char *value, guint prop_id)
{
  if (g_strcmp0 (*member, value) == 0)
    return;
  g_free (*member);
  *member = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

static void
set_boolean (WayKeyItem *self, gboolean *member, gboolean value, guint prop_id)
{
  if (*member == !!value)
    return;
  *member = !!value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/**
 * way_key_item_new:
 * @provider_id: whose key it is
 *
 * A key of which nothing is known yet. Main thread.
 *
 * Returns: (transfer full): a new item
 */
WayKeyItem *
way_key_item_new (const char *provider_id)
{
  WayKeyItem *self = NULL;

  g_return_val_if_fail (provider_id != NULL, NULL);

  self = g_object_new (WAY_TYPE_KEY_ITEM, NULL);
  self->provider_id = g_strdup (provider_id);
  return self;
}

/**
 * way_key_item_set:
 * @item: a row
 * @key_name: its name in the keyring, the variable or the credential
 * @source: "keyring", "env" or "credential"
 * @hint: (nullable): its last characters
 * @problem: (nullable): why it is not in use, in words
 * @present: whether Wayfare has it in memory
 * @locked: whether the keyring that has it is locked
 *
 * Sets what is known and notifies what changed. Main thread.
 */
void
way_key_item_set (WayKeyItem *item,
                  const char *key_name,
                  const char *source,
                  const char *hint,
                  const char *problem,
                  gboolean present,
                  gboolean locked)
{
  g_return_if_fail (WAY_IS_KEY_ITEM (item));

  g_object_freeze_notify (G_OBJECT (item));
  set_string (item, &item->key_name, key_name, PROP_KEY_NAME);
  set_string (item, &item->source, source, PROP_SOURCE);
  set_string (item, &item->hint, hint, PROP_HINT);
  set_string (item, &item->problem, problem, PROP_PROBLEM);
  set_boolean (item, &item->present, present, PROP_PRESENT);
  set_boolean (item, &item->locked, locked, PROP_LOCKED);
  g_object_thaw_notify (G_OBJECT (item));
}

/**
 * way_key_item_set_last_used:
 * @item: a row
 * @wall_us: when a request last went out with it, wall clock
 *
 * Main thread.
 */
void
way_key_item_set_last_used (WayKeyItem *item, gint64 wall_us)
{
  g_return_if_fail (WAY_IS_KEY_ITEM (item));

  if (wall_us <= item->last_used_us)
    return;
  item->last_used_us = wall_us;
  g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_LAST_USED_US]);
}

/**
 * way_key_item_get_provider_id:
 * @item: a row
 *
 * Main thread.
 *
 * Returns: (transfer none): whose key it is
 */
const char *
way_key_item_get_provider_id (WayKeyItem *item)
{
  g_return_val_if_fail (WAY_IS_KEY_ITEM (item), NULL);

  return item->provider_id;
}
