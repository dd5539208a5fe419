/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Many file descriptors behind one GSource. Lives on the thread of its context.
 *
 * epoll_wait() runs in check(), so that whatever looks at a watch's consequences in its own check()
 * or prepare() sees them in the same or the next turn of the loop without a wake-up. */

#include "way-poller.h"

#include <errno.h>
#include <unistd.h>

#define EVENTS_A_TURN 256

struct _WayWatch
{
  WayPoller *poller; /* borrowed */
  WayWatchFunc func;
  gpointer user_data;
  int fd; /* borrowed */
};

typedef struct
{
  GSource source;
  WayPoller *poller; /* borrowed */
  gpointer fd_tag;
} PollerSource;

struct _WayPoller
{
  PollerSource *source;        /* owned */
  WayPollerTurnFunc turn_func; /* nullable */
  gpointer turn_data;
  int epoll_fd;
  int n_events; /* of @events that wait for dispatch */
  struct epoll_event events[EVENTS_A_TURN];
};

static gboolean
poller_source_check (GSource *source)
{
  WayPoller *self = ((PollerSource *)source)->poller;
  gpointer fd_tag = ((PollerSource *)source)->fd_tag;

  if (self->n_events == 0 && g_source_query_unix_fd (source, fd_tag) != 0)
    {
      int n_events = epoll_wait (self->epoll_fd, self->events, EVENTS_A_TURN, 0);

      self->n_events = MAX (0, n_events);
    }
  return self->n_events > 0;
}

static gboolean
poller_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  WayPoller *self = ((PollerSource *)source)->poller;
  int n_events = self->n_events;

  for (int i = 0; i < n_events; i++)
    {
      WayWatch *watch = self->events[i].data.ptr;

      if (watch) /* else removed by one of the calls before */
        watch->func (self->events[i].events, watch->user_data);
    }
  self->n_events = 0;
  if (self->turn_func)
    self->turn_func (self->turn_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_source_funcs = {
  .check = poller_source_check,
  .dispatch = poller_source_dispatch,
};

/**
 * way_poller_new:
 * @context: whose thread all watches run on
 *
 * Returns: (transfer full): a poller without watches
 */
WayPoller *
way_poller_new (GMainContext *context)
{
  WayPoller *self = g_new0 (WayPoller, 1);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  g_assert (self->epoll_fd >= 0);
  self->source = (PollerSource *)g_source_new (&poller_source_funcs, sizeof (PollerSource));
  self->source->poller = self;
  g_source_set_static_name (&self->source->source, "way-poller");
  self->source->fd_tag = g_source_add_unix_fd (&self->source->source, self->epoll_fd, G_IO_IN);
  /* Spares GLib from blocking and unblocking the source, and with it from waking itself up through
   * its eventfd, at each dispatch. Nobody runs the context from inside a dispatch. */
  g_source_set_can_recurse (&self->source->source, TRUE);
  g_source_attach (&self->source->source, context);
  return self;
}

/**
 * way_poller_free:
 *
 * Every watch must have been removed.
 */
void
way_poller_free (WayPoller *self)
{
  g_source_destroy (&self->source->source);
  g_source_unref (&self->source->source);
  close (self->epoll_fd);
  g_free (self);
}

/**
 * way_poller_set_turn_func:
 * @func: (nullable): takes the place of the one before
 *
 * For what the watches of a turn leave to be done for all of them together, without another turn of
 * the loop.
 */
void
way_poller_set_turn_func (WayPoller *self, WayPollerTurnFunc func, gpointer user_data)
{
  self->turn_func = func;
  self->turn_data = user_data;
}

/**
 * way_poller_add:
 * @fd: borrowed; must stay open until way_watch_remove()
 * @events: as for epoll_ctl(2); EPOLLET is for edges
 *
 * Returns: (transfer full): a watch, to be given to way_watch_remove()
 */
WayWatch *
way_poller_add (WayPoller *self, int fd, guint32 events, WayWatchFunc func, gpointer user_data)
{
  WayWatch *watch = g_new0 (WayWatch, 1);
  struct epoll_event event = { .events = events, .data.ptr = watch };

  watch->poller = self;
  watch->func = func;
  watch->user_data = user_data;
  watch->fd = fd;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    g_critical ("cannot watch file descriptor %d: %s", fd, g_strerror (errno));
  return watch;
}

/**
 * way_watch_modify:
 * @events: 0 watches for nothing but EPOLLHUP and EPOLLERR
 */
void
way_watch_modify (WayWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  epoll_ctl (watch->poller->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

/**
 * way_watch_remove:
 * @watch: (transfer full): its function is not called again, not even for what has been seen
 * already
 */
void
way_watch_remove (WayWatch *watch)
{
  WayPoller *self = watch->poller;

  for (int i = 0; i < self->n_events; i++)
    if (self->events[i].data.ptr == watch)
      self->events[i].data.ptr = NULL;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  g_free (watch);
}
