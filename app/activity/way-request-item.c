/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A record as a list row. Main thread.
 *
 * Every property is one row of a table, read or computed out of the sealed record: a new column is
 * a new row here, and nothing is copied from the record that the list would have to hold twice. */

#include "way-request-item.h"

typedef enum
{
  FIELD_STRING,  /* char * at the offset, nullable */
  FIELD_ENUM,    /* guint, or an enum without negative values */
  FIELD_BOOLEAN, /* gboolean */
  FIELD_INT64,   /* gint64, WAY_UNKNOWN for unknown */
  FIELD_NUMBER,  /* computed: see get_number() */
  FIELD_PROMPT,  /* computed: all tokens of the prompt */
  FIELD_TEXT,    /* computed: see get_text() */
  FIELD_TRUTH,   /* computed: see is_true() */
} FieldType;

typedef struct
{
  const char *name;
  FieldType type;
  gsize offset; /* in WayRecord */
} Field;

#define AT(member) G_STRUCT_OFFSET (WayRecord, member)

static const Field fields[] = {
  { "id", FIELD_STRING, AT (id) },
  { "app", FIELD_STRING, AT (app) },
  { "requested-model", FIELD_STRING, AT (requested_model) },
  { "answered-model", FIELD_TEXT, AT (answered_model) },
  { "provider", FIELD_TEXT, AT (provider) },
  { "reason", FIELD_TEXT, AT (reason) },
  { "dropped", FIELD_STRING, AT (dropped) },
  { "error-code", FIELD_STRING, AT (error_code) },
  { "path", FIELD_STRING, AT (path) },
  { "route", FIELD_STRING, AT (route) },
  { "outcome", FIELD_ENUM, AT (outcome) },
  { "locality", FIELD_NUMBER, AT (locality) },
  { "status", FIELD_ENUM, AT (status) },
  { "attempts", FIELD_NUMBER, AT (attempts) },
  { "answered", FIELD_TRUTH, AT (answered_model) },
  { "substituted", FIELD_TRUTH, AT (substituted) },
  { "estimated", FIELD_BOOLEAN, AT (usage.estimated) },
  { "streamed", FIELD_BOOLEAN, AT (streamed) },
  { "running", FIELD_TRUTH, AT (outcome) },
  { "started-at-us", FIELD_INT64, AT (started_at_us) },
  { "first-token-us", FIELD_INT64, AT (first_token_us) },
  { "duration-us", FIELD_INT64, AT (duration_us) },
  { "input-tokens", FIELD_PROMPT, AT (usage) },
  { "cached-tokens", FIELD_INT64, AT (usage.cache_read_tokens) },
  { "output-tokens", FIELD_INT64, AT (usage.output_tokens) },
  { "cost-nano-usd", FIELD_INT64, AT (cost_nano_usd) },
};

/* Property ids are the index into the table plus one: 0 is not a valid id. */
static GParamSpec *properties[G_N_ELEMENTS (fields) + 1];

struct _WayRequestItem
{
  GObject parent_instance;

  /* owned */
  WayRecord *record;
};

G_DEFINE_FINAL_TYPE (WayRequestItem, way_request_item, G_TYPE_OBJECT)

/* Who is asked, and why, is known before anybody answers; who answered only when somebody has. */
static const char *
get_text (const WayRecord *record, const Field *field)
{
  const WayAttempt *asked = way_record_get_asked (record);

  switch (field->offset)
    {
    case AT (answered_model):
      return way_record_has_answer (record) ? record->answered_model : NULL;
    case AT (provider):
      return record->provider != NULL || asked == NULL ? record->provider : asked->provider;
    case AT (reason):
      return record->reason != NULL || asked == NULL ? record->reason : asked->reason;
    }
  g_assert_not_reached ();
}

static gboolean
is_true (const WayRecord *record, const Field *field)
{
  switch (field->offset)
    {
    case AT (answered_model):
      return way_record_has_answer (record);
    case AT (substituted):
      return record->substituted && way_record_has_answer (record);
    case AT (outcome):
      return record->outcome == WAY_OUTCOME_RUNNING;
    }
  g_assert_not_reached ();
}

static guint
get_number (const WayRecord *record, const Field *field)
{
  const WayAttempt *asked = way_record_get_asked (record);

  if (field->offset == AT (attempts))
    return way_record_count_tried (record);
  g_assert (field->offset == AT (locality));
  return record->provider != NULL || asked == NULL ? record->locality : asked->locality;
}

static void
read_field (const WayRecord *record, const Field *field, GValue *value)
{
  switch (field->type)
    {
    case FIELD_STRING:
      g_value_set_string (value, G_STRUCT_MEMBER (const char *, record, field->offset));
      break;
    case FIELD_ENUM:
      g_value_set_uint (value, G_STRUCT_MEMBER (guint, record, field->offset));
      break;
    case FIELD_BOOLEAN:
      g_value_set_boolean (value, G_STRUCT_MEMBER (gboolean, record, field->offset));
      break;
    case FIELD_INT64:
      g_value_set_int64 (value, G_STRUCT_MEMBER (gint64, record, field->offset));
      break;
    case FIELD_NUMBER:
      g_value_set_uint (value, get_number (record, field));
      break;
    case FIELD_PROMPT:
      g_value_set_int64 (value, way_usage_get_prompt_tokens (&record->usage));
      break;
    case FIELD_TEXT:
      g_value_set_string (value, get_text (record, field));
      break;
    case FIELD_TRUTH:
      g_value_set_boolean (value, is_true (record, field));
      break;
    }
}

static gboolean
field_differs (const WayRecord *a, const WayRecord *b, const Field *field)
{
  switch (field->type)
    {
    case FIELD_STRING:
      return g_strcmp0 (G_STRUCT_MEMBER (const char *, a, field->offset),
                        G_STRUCT_MEMBER (const char *, b, field->offset)) != 0;
    case FIELD_ENUM:
      return G_STRUCT_MEMBER (guint, a, field->offset) != G_STRUCT_MEMBER (guint, b, field->offset);
    case FIELD_BOOLEAN:
      return G_STRUCT_MEMBER (gboolean, a, field->offset) !=
             G_STRUCT_MEMBER (gboolean, b, field->offset);
    case FIELD_INT64:
      return G_STRUCT_MEMBER (gint64, a, field->offset) !=
             G_STRUCT_MEMBER (gint64, b, field->offset);
    case FIELD_NUMBER:
      return get_number (a, field) != get_number (b, field);
    case FIELD_PROMPT:
      return way_usage_get_prompt_tokens (&a->usage) != way_usage_get_prompt_tokens (&b->usage);
    case FIELD_TEXT:
      return g_strcmp0 (get_text (a, field), get_text (b, field)) != 0;
    case FIELD_TRUTH:
      return is_true (a, field) != is_true (b, field);
    }
  g_assert_not_reached ();
}

static GParamSpec *
make_property (const Field *field)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  switch (field->type)
    {
    case FIELD_STRING:
    case FIELD_TEXT:
      return g_param_spec_string (field->name, NULL, NULL, NULL, flags);
    case FIELD_ENUM:
    case FIELD_NUMBER:
      return g_param_spec_uint (field->name, NULL, NULL, 0, G_MAXUINT, 0, flags);
    case FIELD_BOOLEAN:
    case FIELD_TRUTH:
      return g_param_spec_boolean (field->name, NULL, NULL, FALSE, flags);
    case FIELD_INT64:
    case FIELD_PROMPT:
      return g_param_spec_int64 (field->name, NULL, NULL, WAY_UNKNOWN, G_MAXINT64, WAY_UNKNOWN,
                                 flags);
    }
  g_assert_not_reached ();
}

static void
way_request_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayRequestItem *self = WAY_REQUEST_ITEM (object);

  g_assert (prop_id >= 1 && prop_id <= G_N_ELEMENTS (fields));
  read_field (self->record, &fields[prop_id - 1], value);
}

static void
way_request_item_finalize (GObject *object)
{
  WayRequestItem *self = WAY_REQUEST_ITEM (object);

  g_clear_pointer (&self->record, way_record_unref);

  G_OBJECT_CLASS (way_request_item_parent_class)->finalize (object);
}

static void
way_request_item_class_init (WayRequestItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_request_item_get_property;
  object_class->finalize = way_request_item_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    properties[i + 1] = make_property (&fields[i]);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
way_request_item_init (WayRequestItem *self)
{
}

/**
 * way_request_item_new:
 * @record: (transfer none): what is known of the request; sealed from now on
 *
 * Makes a row of @record. The item takes a reference, not a copy. Main thread.
 *
 * Returns: (transfer full): a new item
 */
WayRequestItem *
way_request_item_new (WayRecord *record)
{
  WayRequestItem *self = NULL;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (WAY_TYPE_REQUEST_ITEM, NULL);
  self->record = way_record_ref (record);
  return self;
}

/**
 * way_request_item_update:
 * @item: a row
 * @record: (transfer none): a newer record of the same request; sealed from now on
 *
 * Replaces what the row shows and notifies each property whose value changed, after the new record
 * is in place. A request that has ended stays ended: a partial record that arrives late is ignored.
 * Main thread.
 */
void
way_request_item_update (WayRequestItem *item, WayRecord *record)
{
  g_autoptr (WayRecord) old = NULL;

  g_return_if_fail (WAY_IS_REQUEST_ITEM (item));
  g_return_if_fail (record != NULL);
  g_return_if_fail (g_str_equal (record->id, item->record->id));

  if (record == item->record)
    return;
  if (record->outcome == WAY_OUTCOME_RUNNING && item->record->outcome != WAY_OUTCOME_RUNNING)
    return;

  old = g_steal_pointer (&item->record);
  item->record = way_record_ref (record);

  g_object_freeze_notify (G_OBJECT (item));
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (field_differs (old, record, &fields[i]))
        g_object_notify_by_pspec (G_OBJECT (item), properties[i + 1]);
    }
  g_object_thaw_notify (G_OBJECT (item));
}

/**
 * way_request_item_get_record:
 * @item: a row
 *
 * The whole record behind the row, attempts included. Main thread.
 *
 * Returns: (transfer none): the record, valid until the next update of @item
 */
const WayRecord *
way_request_item_get_record (WayRequestItem *item)
{
  g_return_val_if_fail (WAY_IS_REQUEST_ITEM (item), NULL);

  return item->record;
}
