/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* One list and one timer. Gateway thread. */

#include "way-queue.h"

/* More would only wait to be refused. */
#define MAX_LENGTH 256

typedef struct
{
  gpointer item;
  gint64 give_up_us; /* monotonic */
  gint64 retry_us;   /* monotonic, 0 for none */
} Waiting;

struct _WayQueue
{
  WayQueueFunc func;
  GQueue waiting; /* of Waiting */
  GSource *timer; /* owned; sleeps while nobody waits */
};

static void
schedule (WayQueue *queue)
{
  gint64 next_us = -1;

  for (const GList *l = queue->waiting.head; l != NULL; l = l->next)
    {
      const Waiting *waiting = l->data;
      gint64 due_us = waiting->give_up_us;
      if (waiting->retry_us > 0)
        due_us = MIN (due_us, waiting->retry_us);
      next_us = next_us < 0 ? due_us : MIN (next_us, due_us);
    }
  g_source_set_ready_time (queue->timer, next_us);
}

/* Each is off the list while it tries, so that one that ends meanwhile is not found twice. */
static gboolean
on_turn (gpointer user_data)
{
  WayQueue *queue = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint n = queue->waiting.length; n > 0 && queue->waiting.length > 0; n--)
    {
      Waiting *waiting = g_queue_pop_head (&queue->waiting);
      waiting->retry_us = 0;
      if (queue->func (waiting->item, now_us >= waiting->give_up_us, &waiting->retry_us))
        g_free (waiting);
      else
        g_queue_push_tail (&queue->waiting, waiting);
    }
  schedule (queue);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/**
 * way_queue_new:
 * @context: where @func is called
 *
 * Returns: (transfer full): nobody waits
 */
WayQueue *
way_queue_new (GMainContext *context, WayQueueFunc func)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  WayQueue *queue = g_new0 (WayQueue, 1);

  queue->func = func;
  g_queue_init (&queue->waiting);
  queue->timer = g_source_new (&funcs, sizeof (GSource));
  g_source_set_callback (queue->timer, on_turn, queue, NULL);
  g_source_attach (queue->timer, context);
  return queue;
}

/**
 * way_queue_free:
 *
 * Nobody may be waiting any more.
 */
void
way_queue_free (WayQueue *queue)
{
  g_assert (queue->waiting.length == 0);
  g_source_destroy (queue->timer);
  g_source_unref (queue->timer);
  g_free (queue);
}

/**
 * way_queue_add:
 * @give_up_us: monotonic: when it is tried for the last time
 * @retry_us: monotonic: when it is tried next unless woken, 0 for not before @give_up_us
 *
 * Returns: %FALSE if too many wait already
 */
gboolean
way_queue_add (WayQueue *queue, gpointer item, gint64 give_up_us, gint64 retry_us)
{
  const Waiting waiting = { item, give_up_us, retry_us };

  if (queue->waiting.length >= MAX_LENGTH)
    return FALSE;
  g_queue_push_tail (&queue->waiting, g_memdup2 (&waiting, sizeof waiting));
  schedule (queue);
  return TRUE;
}

/**
 * way_queue_remove:
 *
 * Forgets @item if it waits: it has ended.
 */
void
way_queue_remove (WayQueue *queue, gpointer item)
{
  for (GList *l = queue->waiting.head; l != NULL; l = l->next)
    if (((Waiting *)l->data)->item == item)
      {
        g_free (l->data);
        g_queue_delete_link (&queue->waiting, l);
        return;
      }
}

/**
 * way_queue_wake:
 *
 * There may be room: everybody tries, in the next turn of the loop.
 */
void
way_queue_wake (WayQueue *queue)
{
  if (queue->waiting.length > 0)
    g_source_set_ready_time (queue->timer, 0);
}

guint
way_queue_get_length (const WayQueue *queue)
{
  return queue->waiting.length;
}
