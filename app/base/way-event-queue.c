/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The crossing gateway → main. Pushed to by any thread; drained on the target's. */

#include "way-event-queue.h"

#include "way-clock.h"

/* Above this the queue merges while it is pushed to, so that it stays bounded by the number of
 * requests that run, even when nobody drains it. */
#define MERGE_ABOVE 4096

struct _WayEventQueue
{
  GMutex mutex;
  GPtrArray *events;       /* owned, of owned WayEvent; under the mutex */
  guint merge_at;          /* under the mutex */
  gboolean armed;          /* under the mutex */
  gint64 last_dispatch_us; /* monotonic; under the mutex */
  gint interested;         /* atomic */
  GSource *source;         /* owned */
  guint interval_ms;
  WayEventBatchFunc func;
  gpointer user_data;
};

static gboolean
outlives_merge (const WayEvent *event)
{
  return event->type == WAY_EVENT_FINISHED;
}

/* The latest event of a key takes the place of the first one. A finished request stays, and what
 * came before it goes. Takes the events out of @events. */
static GPtrArray *
merge (GPtrArray *events)
{
  g_autoptr (GHashTable) place_of_key = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *merged = g_ptr_array_new_full (events->len, (GDestroyNotify)way_event_free);

  for (guint i = 0; i < events->len; i++)
    {
      WayEvent *event = g_steal_pointer (&events->pdata[i]);
      const char *key = way_event_get_key (event);
      gpointer place;

      if (!g_hash_table_lookup_extended (place_of_key, key, NULL, &place))
        {
          g_hash_table_insert (place_of_key, (gpointer)key, GUINT_TO_POINTER (merged->len));
          g_ptr_array_add (merged, event);
        }
      else if (outlives_merge (merged->pdata[GPOINTER_TO_UINT (place)]))
        way_event_free (event);
      else
        {
          g_hash_table_replace (place_of_key, (gpointer)key, place);
          way_event_free (merged->pdata[GPOINTER_TO_UINT (place)]);
          merged->pdata[GPOINTER_TO_UINT (place)] = event;
        }
    }
  return merged;
}

static gboolean
on_ready (gpointer user_data)
{
  WayEventQueue *self = user_data;
  g_autoptr (GPtrArray) stolen = NULL;
  g_autoptr (GPtrArray) merged = NULL;

  g_source_set_ready_time (self->source, -1);
  g_mutex_lock (&self->mutex);
  stolen = g_steal_pointer (&self->events);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify)way_event_free);
  self->merge_at = MERGE_ABOVE;
  self->armed = FALSE;
  self->last_dispatch_us = way_clock_get_monotonic_us ();
  g_mutex_unlock (&self->mutex);

  g_ptr_array_set_free_func (stolen, NULL); /* merge() takes what is in it */
  merged = merge (stolen);
  if (merged->len > 0)
    self->func (merged, self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_ready (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch_ready };

/**
 * way_event_queue_new:
 * @target: whose thread @func runs on
 * @interval_ms: the least time between two batches
 *
 * Returns: (transfer full): a queue somebody is interested in
 */
WayEventQueue *
way_event_queue_new (GMainContext *target,
                     guint interval_ms,
                     WayEventBatchFunc func,
                     gpointer user_data)
{
  WayEventQueue *self = g_new0 (WayEventQueue, 1);

  g_mutex_init (&self->mutex);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify)way_event_free);
  self->merge_at = MERGE_ABOVE;
  self->interested = TRUE;
  self->interval_ms = interval_ms;
  self->func = func;
  self->user_data = user_data;
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "way-event-queue");
  g_source_set_callback (self->source, on_ready, self, NULL);
  g_source_set_ready_time (self->source, -1);
  g_source_attach (self->source, target);
  return self;
}

/**
 * way_event_queue_free:
 *
 * Target thread, once nobody pushes any more. What was not dispatched is dropped.
 */
void
way_event_queue_free (WayEventQueue *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->events);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * way_event_queue_push:
 * @event: (transfer full)
 *
 * Any thread. Wakes the target at most once an interval.
 */
void
way_event_queue_push (WayEventQueue *self, WayEvent *event)
{
  if (!way_event_queue_is_interested (self))
    {
      way_event_free (event);
      return;
    }
  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->events, event);
  if (self->events->len > self->merge_at)
    {
      g_autoptr (GPtrArray) before = g_steal_pointer (&self->events);

      g_ptr_array_set_free_func (before, NULL);
      self->events = merge (before);
      self->merge_at = MAX (MERGE_ABOVE, 2 * self->events->len);
    }
  if (!self->armed)
    {
      self->armed = TRUE;
      g_source_set_ready_time (self->source, self->last_dispatch_us +
                                               self->interval_ms * G_TIME_SPAN_MILLISECOND);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * way_event_queue_set_interested:
 *
 * While nobody is interested, events are dropped as they are pushed, which costs next to nothing.
 * Any thread.
 */
void
way_event_queue_set_interested (WayEventQueue *self, gboolean interested)
{
  g_atomic_int_set (&self->interested, interested);
}

/**
 * way_event_queue_is_interested:
 *
 * Any thread. Returns: whether it is worth making an event
 */
gboolean
way_event_queue_is_interested (WayEventQueue *self)
{
  return g_atomic_int_get (&self->interested);
}
