/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Ticks by itself, four times a second at most, and only while it is on the screen and has
 * something to count: a finished duration costs nothing. Main thread. */

#include "way-time-label.h"

#include "way-clock.h"
#include "way-closures.h"

#define ELAPSED_INTERVAL_MS 250
#define AGO_INTERVAL_MS 5000

struct _WayTimeLabel
{
  AdwBin parent_instance;

  /* borrowed */
  GtkLabel *label;

  gint64 since_us;
  gint64 duration_us;
  gboolean ago;
  guint timeout_id;
};

enum
{
  PROP_0,
  PROP_SINCE_US,
  PROP_DURATION_US,
  PROP_AGO,
  PROP_XALIGN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayTimeLabel, way_time_label, ADW_TYPE_BIN)

static void
show (WayTimeLabel *self)
{
  const gint64 now_us = way_clock_get_wall_us ();
  g_autofree char *text = NULL;

  if (self->ago)
    text = way_format_age (NULL, self->since_us, now_us);
  else if (self->duration_us >= 0)
    text = way_format_duration (NULL, self->duration_us);
  else
    text = way_format_duration (NULL, MAX (0, now_us - self->since_us));
  gtk_label_set_text (self->label, text);
}

static gboolean
on_tick (gpointer user_data)
{
  show (user_data);
  return G_SOURCE_CONTINUE;
}

/* A label is put on the screen while sizes are given out, when its text must not change: the first
 * look at the clock comes right after. */
static gboolean
on_first_tick (gpointer user_data)
{
  WayTimeLabel *self = user_data;

  show (self);
  self->timeout_id =
    g_timeout_add (self->ago ? AGO_INTERVAL_MS : ELAPSED_INTERVAL_MS, on_tick, self);
  return G_SOURCE_REMOVE;
}

/* Counts only what still moves. */
static void
update_timer (WayTimeLabel *self)
{
  const gboolean moving = self->ago ? self->since_us > 0 : self->duration_us < 0;
  const gboolean wanted = moving && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (!wanted)
    g_clear_handle_id (&self->timeout_id, g_source_remove);
  else if (self->timeout_id == 0)
    self->timeout_id = g_idle_add (on_first_tick, self);
}

static void
way_time_label_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (way_time_label_parent_class)->map (widget);
  update_timer (WAY_TIME_LABEL (widget));
}

static void
way_time_label_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (way_time_label_parent_class)->unmap (widget);
  update_timer (WAY_TIME_LABEL (widget));
}

static void
way_time_label_dispose (GObject *object)
{
  WayTimeLabel *self = WAY_TIME_LABEL (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  G_OBJECT_CLASS (way_time_label_parent_class)->dispose (object);
}

static void
way_time_label_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WayTimeLabel *self = WAY_TIME_LABEL (object);

  switch (prop_id)
    {
    case PROP_SINCE_US:
      g_value_set_int64 (value, self->since_us);
      break;
    case PROP_DURATION_US:
      g_value_set_int64 (value, self->duration_us);
      break;
    case PROP_AGO:
      g_value_set_boolean (value, self->ago);
      break;
    case PROP_XALIGN:
      g_value_set_float (value, gtk_label_get_xalign (self->label));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_time_label_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WayTimeLabel *self = WAY_TIME_LABEL (object);

  switch (prop_id)
    {
    case PROP_SINCE_US:
      self->since_us = g_value_get_int64 (value);
      break;
    case PROP_DURATION_US:
      self->duration_us = g_value_get_int64 (value);
      break;
    case PROP_AGO:
      self->ago = g_value_get_boolean (value);
      break;
    case PROP_XALIGN:
      gtk_label_set_xalign (self->label, g_value_get_float (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
  show (self);
  update_timer (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
way_time_label_class_init (WayTimeLabelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = way_time_label_dispose;
  object_class->get_property = way_time_label_get_property;
  object_class->set_property = way_time_label_set_property;
  widget_class->map = way_time_label_map;
  widget_class->unmap = way_time_label_unmap;

  properties[PROP_SINCE_US] =
    g_param_spec_int64 ("since-us", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_DURATION_US] =
    g_param_spec_int64 ("duration-us", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_AGO] = g_param_spec_boolean ("ago", NULL, NULL, FALSE, flags);
  properties[PROP_XALIGN] = g_param_spec_float ("xalign", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_time_label_init (WayTimeLabel *self)
{
  self->duration_us = -1;
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->label));
}
