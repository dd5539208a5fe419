/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A provider as a list row: what the config says of it and what was last seen of it, kept apart so
 * that a reload does not forget the evidence. Main thread. */

#include "way-provider-item.h"

struct _WayProviderItem
{
  GObject parent_instance;

  /* owned */
  char *id;
  char *kind;
  char *base_url;    /* nullable */
  char *key_name;    /* nullable */
  char *data_policy; /* nullable */
  char *models_text; /* nullable */
  WayProviderState *state;

  WayLocality locality;
  gboolean enabled;
  gboolean configured;
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_BASE_URL,
  PROP_REASON,
  PROP_MODELS_TEXT,
  PROP_DATA_POLICY,
  PROP_KEY_NAME,
  PROP_LOCALITY,
  PROP_REACH,
  PROP_N_MODELS,
  PROP_CHECKED_AT_US,
  PROP_LAST_SUCCESS_AT_US,
  PROP_LATENCY_US,
  PROP_ENABLED,
  PROP_CONFIGURED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayProviderItem, way_provider_item, G_TYPE_OBJECT)

static gint64
count_models (const WayProviderState *state)
{
  return state->models != NULL ? (gint64)g_strv_length (state->models) : WAY_UNKNOWN;
}

static void
way_provider_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayProviderItem *self = WAY_PROVIDER_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_BASE_URL:
      g_value_set_string (value, self->base_url);
      break;
    case PROP_REASON:
      g_value_set_string (value, self->state->reason);
      break;
    case PROP_MODELS_TEXT:
      g_value_set_string (value, self->models_text);
      break;
    case PROP_DATA_POLICY:
      g_value_set_string (value, self->data_policy);
      break;
    case PROP_KEY_NAME:
      g_value_set_string (value, self->key_name);
      break;
    case PROP_LOCALITY:
      g_value_set_uint (value, self->locality);
      break;
    case PROP_REACH:
      g_value_set_uint (value, self->state->reach);
      break;
    case PROP_N_MODELS:
      g_value_set_int64 (value, count_models (self->state));
      break;
    case PROP_CHECKED_AT_US:
      g_value_set_int64 (value, self->state->checked_at_us);
      break;
    case PROP_LAST_SUCCESS_AT_US:
      g_value_set_int64 (value, self->state->last_success_at_us);
      break;
    case PROP_LATENCY_US:
      g_value_set_int64 (value, self->state->latency_us);
      break;
    case PROP_ENABLED:
      g_value_set_boolean (value, self->enabled);
      break;
    case PROP_CONFIGURED:
      g_value_set_boolean (value, self->configured);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_provider_item_finalize (GObject *object)
{
  WayProviderItem *self = WAY_PROVIDER_ITEM (object);

  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->base_url, g_free);
  g_clear_pointer (&self->key_name, g_free);
  g_clear_pointer (&self->data_policy, g_free);
  g_clear_pointer (&self->models_text, g_free);
  g_clear_pointer (&self->state, way_provider_state_free);

  G_OBJECT_CLASS (way_provider_item_parent_class)->finalize (object);
}

static GParamSpec *
string_property (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
uint_property (const char *name)
{
  return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
int64_property (const char *name, gint64 initial)
{
  return g_param_spec_int64 (name, NULL, NULL, WAY_UNKNOWN, G_MAXINT64, initial,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
boolean_property (const char *name)
{
  return g_param_spec_boolean (name, NULL, NULL, FALSE,
                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
way_provider_item_class_init (WayProviderItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_provider_item_get_property;
  object_class->finalize = way_provider_item_finalize;

  properties[PROP_ID] = string_property ("id");
  properties[PROP_KIND] = string_property ("kind");
  properties[PROP_BASE_URL] = string_property ("base-url");
  properties[PROP_REASON] = string_property ("reason");
  properties[PROP_MODELS_TEXT] = string_property ("models-text");
  properties[PROP_DATA_POLICY] = string_property ("data-policy");
  properties[PROP_KEY_NAME] = string_property ("key-name");
  properties[PROP_LOCALITY] = uint_property ("locality");
  properties[PROP_REACH] = uint_property ("reach");
  properties[PROP_N_MODELS] = int64_property ("n-models", WAY_UNKNOWN);
  properties[PROP_CHECKED_AT_US] = int64_property ("checked-at-us", 0);
  properties[PROP_LAST_SUCCESS_AT_US] = int64_property ("last-success-at-us", 0);
  properties[PROP_LATENCY_US] = int64_property ("latency-us", WAY_UNKNOWN);
  properties[PROP_ENABLED] = boolean_property ("enabled");
  properties[PROP_CONFIGURED] = boolean_property ("configured");
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_provider_item_init (WayProviderItem *self)
{
}

static void
set_string (WayProviderItem *self, char **member, const char *value, guint prop_id)
{
  if (g_strcmp0 (*member, value) == 0)
    return;
  g_free (*member);
  *member = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/**
 * way_provider_item_new:
 * @id: of the provider, or of a found server
 * @kind: its config kind
 * @configured: %FALSE for a server that was found and is only offered
 *
 * A row about which nothing is known yet: reach unknown, models never listed. Main thread.
 *
 * Returns: (transfer full): a new item
 */
WayProviderItem *
way_provider_item_new (const char *id, const char *kind, gboolean configured)
{
  WayProviderItem *self = NULL;

  g_return_val_if_fail (id != NULL && kind != NULL, NULL);

  self = g_object_new (WAY_TYPE_PROVIDER_ITEM, NULL);
  self->id = g_strdup (id);
  self->kind = g_strdup (kind);
  self->configured = configured;
  self->enabled = TRUE;
  self->state = way_provider_state_new (id, kind, NULL);
  return self;
}

/**
 * way_provider_item_set_config:
 * @item: a row
 * @base_url: (nullable): its address, %NULL for the built-in demo
 * @locality: where that is
 * @enabled: whether requests may go there
 * @key_name: (nullable): name of its key, %NULL when it needs none
 * @data_policy: (nullable): what the owner noted about the provider's data policy
 *
 * Sets what the config says and notifies what changed. The evidence stays. Main thread.
 */
void
way_provider_item_set_config (WayProviderItem *item,
                              const char *base_url,
                              WayLocality locality,
                              gboolean enabled,
                              const char *key_name,
                              const char *data_policy)
{
  g_return_if_fail (WAY_IS_PROVIDER_ITEM (item));

  g_object_freeze_notify (G_OBJECT (item));
  set_string (item, &item->base_url, base_url, PROP_BASE_URL);
  set_string (item, &item->key_name, key_name, PROP_KEY_NAME);
  set_string (item, &item->data_policy, data_policy, PROP_DATA_POLICY);
  if (item->locality != locality)
    {
      item->locality = locality;
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_LOCALITY]);
    }
  if (item->enabled != !!enabled)
    {
      item->enabled = !!enabled;
      g_object_notify_by_pspec (G_OBJECT (item), properties[PROP_ENABLED]);
    }
  g_object_thaw_notify (G_OBJECT (item));
}

static void
notify_state_changes (WayProviderItem *self, const WayProviderState *old)
{
  const WayProviderState *state = self->state;
  const struct
  {
    gboolean changed;
    guint prop_id;
  } changes[] = {
    { g_strcmp0 (old->reason, state->reason) != 0, PROP_REASON },
    { old->reach != state->reach, PROP_REACH },
    { count_models (old) != count_models (state), PROP_N_MODELS },
    { old->checked_at_us != state->checked_at_us, PROP_CHECKED_AT_US },
    { old->last_success_at_us != state->last_success_at_us, PROP_LAST_SUCCESS_AT_US },
    { old->latency_us != state->latency_us, PROP_LATENCY_US },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      if (changes[i].changed)
        g_object_notify_by_pspec (G_OBJECT (self), properties[changes[i].prop_id]);
    }
}

/**
 * way_provider_item_set_state:
 * @item: a row
 * @state: (transfer none): what was seen last; copied
 *
 * Sets the evidence and notifies what changed. A found server takes its address from it. Main
 * thread.
 */
void
way_provider_item_set_state (WayProviderItem *item, const WayProviderState *state)
{
  g_autoptr (WayProviderState) old = NULL;
  g_autofree char *models_text = NULL;

  g_return_if_fail (WAY_IS_PROVIDER_ITEM (item));
  g_return_if_fail (state != NULL);

  old = g_steal_pointer (&item->state);
  item->state = way_provider_state_copy (state);
  if (state->models != NULL)
    models_text = g_strjoinv (", ", state->models);

  g_object_freeze_notify (G_OBJECT (item));
  if (!item->configured)
    set_string (item, &item->base_url, state->base_url, PROP_BASE_URL);
  set_string (item, &item->models_text, models_text, PROP_MODELS_TEXT);
  notify_state_changes (item, old);
  g_object_thaw_notify (G_OBJECT (item));
}

/**
 * way_provider_item_get_state:
 * @item: a row
 *
 * The last evidence, its model list included. Main thread.
 *
 * Returns: (transfer none): the state, valid until the next way_provider_item_set_state()
 */
const WayProviderState *
way_provider_item_get_state (WayProviderItem *item)
{
  g_return_val_if_fail (WAY_IS_PROVIDER_ITEM (item), NULL);

  return item->state;
}
