/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* GTK's lists hold on to the row that is at their top, so rows that come in above are out of sight;
 * that is right for a list that was scrolled and wrong for one that was not.
 *
 * And they find the row at a height by the heights of their last layout. Scrolling splits what is
 * above and below the rows on the screen, and gives the new parts no height before the next layout:
 * a second step in the same frame lands hundreds of rows further down (GTK 4.8.3, GtkListView and
 * GtkColumnView, with and without new rows). So the steps of a wheel are gathered, and the place
 * changes once a frame, never between new rows and their layout. Main thread. */

#include "way-follow.h"

#include <math.h>

struct _WayFollow
{
  GObject parent_instance;

  /* owned */
  guint tick_id; /* of scrolled */

  /* borrowed */
  GtkWidget *scrolled; /* weak */

  double wheel_steps;  /* of the wheel, not gone yet */
  gboolean going_up;   /* the top is to be in sight in the next frame but one */
  gboolean has_layout; /* no row came or went since the last frame */
  gboolean away;
};

enum
{
  PROP_0,
  PROP_AWAY,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WayFollow, way_follow, G_TYPE_OBJECT)

static GtkAdjustment *
get_adjustment (WayFollow *self)
{
  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
}

/* As far as a scrolled window goes with one step of a wheel. */
static double
get_wheel_distance (WayFollow *self)
{
  return self->wheel_steps * pow (gtk_adjustment_get_page_size (get_adjustment (self)), 2.0 / 3);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  WayFollow *self = user_data;
  double value = self->going_up ? 0 : gtk_adjustment_get_value (get_adjustment (self));

  if (!self->has_layout)
    {
      self->has_layout = TRUE;
      return G_SOURCE_CONTINUE;
    }
  value += get_wheel_distance (self);
  self->wheel_steps = 0;
  self->going_up = FALSE;
  self->tick_id = 0;
  gtk_adjustment_set_value (get_adjustment (self), value);
  return G_SOURCE_REMOVE;
}

static void
request_tick (WayFollow *self)
{
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (self->scrolled, on_tick, self, NULL);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, WayFollow *self)
{
  if (self->scrolled == NULL)
    return;
  self->has_layout = FALSE;
  if (position == 0 && added > 0 && !self->away)
    way_follow_go_up (self);
}

static void
on_value_changed (GtkAdjustment *adjustment, WayFollow *self)
{
  const gboolean away = gtk_adjustment_get_value (adjustment) > 0 && !self->going_up;

  if (away == self->away)
    return;
  self->away = away;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AWAY]);
}

/* What a touchpad says, GDK gathers by itself. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, WayFollow *self)
{
  const GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (dy == 0 || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0 ||
      gtk_event_controller_scroll_get_unit (controller) != GDK_SCROLL_UNIT_WHEEL)
    return GDK_EVENT_PROPAGATE;
  self->wheel_steps += dy;
  request_tick (self);
  return GDK_EVENT_STOP;
}

static void
way_follow_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AWAY:
      g_value_set_boolean (value, WAY_FOLLOW (object)->away);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
way_follow_dispose (GObject *object)
{
  WayFollow *self = WAY_FOLLOW (object);

  if (self->tick_id != 0 && self->scrolled != NULL)
    gtk_widget_remove_tick_callback (self->scrolled, self->tick_id);
  self->tick_id = 0;
  g_clear_weak_pointer (&self->scrolled);
  G_OBJECT_CLASS (way_follow_parent_class)->dispose (object);
}

static void
way_follow_class_init (WayFollowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = way_follow_get_property;
  object_class->dispose = way_follow_dispose;

  properties[PROP_AWAY] = g_param_spec_boolean (
    "away", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
way_follow_init (WayFollow *self)
{
}

/**
 * way_follow_new:
 * @scrolled: around a list view or a column view
 * @model: what the view shows
 *
 * From now on rows added at the top come into sight if the top was in sight, and a wheel moves the
 * view once a frame. Main thread.
 *
 * Returns: (transfer full): who looks after @scrolled as long as it is kept
 */
WayFollow *
way_follow_new (GtkScrolledWindow *scrolled, GListModel *model)
{
  WayFollow *self = g_object_new (WAY_TYPE_FOLLOW, NULL);
  GtkEventController *wheel =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  g_set_weak_pointer (&self->scrolled, GTK_WIDGET (scrolled));
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect_object (wheel, "scroll", G_CALLBACK (on_scroll), self, 0);
  gtk_widget_add_controller (self->scrolled, wheel);
  g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (on_value_changed),
                           self, 0);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_AFTER);
  return self;
}

/**
 * way_follow_get_away:
 * @follow: who looks after a view
 *
 * Returns: whether somebody scrolled it away from its top
 */
gboolean
way_follow_get_away (WayFollow *follow)
{
  g_return_val_if_fail (WAY_IS_FOLLOW (follow), FALSE);

  return follow->away;
}

/**
 * way_follow_go_up:
 * @follow: who looks after a view
 *
 * Brings the first row into sight, rows included that are added before it is. Main thread.
 */
void
way_follow_go_up (WayFollow *follow)
{
  g_return_if_fail (WAY_IS_FOLLOW (follow));

  follow->going_up = TRUE;
  if (follow->scrolled != NULL)
    request_tick (follow);
}
