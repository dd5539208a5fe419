/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The two places where threads and descriptors meet the main loop: event queue and poller. */

#include "way-context.h"
#include "way-event-queue.h"
#include "way-poller.h"

#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_US (20 * G_USEC_PER_SEC)

/* Event queue */

typedef struct
{
  GString *log; /* "started:id finished:id | " a batch */
  guint n_batches;
  guint n_events;
  guint n_finished;
} Seen;

static void
on_batch (GPtrArray *events, gpointer user_data)
{
  static const char *const names[] = { "started",  "routed",   "progress",
                                       "finished", "provider", "found" };
  Seen *seen = user_data;

  seen->n_batches++;
  seen->n_events += events->len;
  for (guint i = 0; i < events->len; i++)
    {
      const WayEvent *event = events->pdata[i];

      seen->n_finished += event->type == WAY_EVENT_FINISHED;
      if (seen->log)
        g_string_append_printf (seen->log, "%s:%s ", names[event->type], way_event_get_key (event));
    }
  if (seen->log)
    g_string_append (seen->log, "| ");
}

static void
push (WayEventQueue *queue, WayEventType type, const char *id)
{
  if (type == WAY_EVENT_PROVIDER)
    way_event_queue_push (
      queue, way_event_new_provider (type, way_provider_state_new (id, "openai", NULL)));
  else
    way_event_queue_push (queue, way_event_new_request (type, way_record_new (id, "/", 0)));
}

static void
spin_for_batches (Seen *seen, guint n_batches)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (seen->n_batches < n_batches)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

static void
test_merges (void)
{
  Seen seen = { .log = g_string_new (NULL) };
  g_autoptr (WayEventQueue) queue = way_event_queue_new (NULL, 5, on_batch, &seen);

  push (queue, WAY_EVENT_STARTED, "a");
  push (queue, WAY_EVENT_STARTED, "b");
  push (queue, WAY_EVENT_PROVIDER, "p");
  push (queue, WAY_EVENT_PROGRESS, "a");
  push (queue, WAY_EVENT_FINISHED, "b");
  push (queue, WAY_EVENT_PROVIDER, "p");
  push (queue, WAY_EVENT_PROGRESS, "b"); /* too late: it has finished */
  spin_for_batches (&seen, 1);
  g_assert_cmpstr (seen.log->str, ==, "progress:a finished:b provider:p | ");
  g_string_free (seen.log, TRUE);
}

static void
test_nobody_interested (void)
{
  Seen seen = { 0 };
  g_autoptr (WayEventQueue) queue = way_event_queue_new (NULL, 0, on_batch, &seen);

  way_event_queue_set_interested (queue, FALSE);
  push (queue, WAY_EVENT_FINISHED, "a");
  way_event_queue_set_interested (queue, TRUE);
  push (queue, WAY_EVENT_FINISHED, "b");
  spin_for_batches (&seen, 1);
  g_assert_cmpuint (seen.n_events, ==, 1);
}

#define THREADS 4
#define REQUESTS 17000

typedef struct
{
  WayEventQueue *queue;
  guint number;
} Pusher;

static gpointer
push_many (gpointer data)
{
  const Pusher *pusher = data;

  for (guint i = 0; i < REQUESTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u-%u", pusher->number, i);

      for (WayEventType type = WAY_EVENT_STARTED; type <= WAY_EVENT_FINISHED; type++)
        push (pusher->queue, type, id);
    }
  return NULL;
}

/* Every end of a request arrives, exactly once, in far fewer batches than there are events. */
static void
test_threads (void)
{
  Seen seen = { 0 };
  g_autoptr (WayEventQueue) queue = way_event_queue_new (NULL, 20, on_batch, &seen);
  GThread *threads[THREADS];
  Pusher pushers[THREADS];

  for (guint i = 0; i < THREADS; i++)
    {
      pushers[i] = (Pusher){ queue, i };
      threads[i] = g_thread_new ("pusher", push_many, &pushers[i]);
    }
  while (seen.n_finished < THREADS * REQUESTS)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (seen.n_finished, ==, THREADS * REQUESTS);
  g_assert_cmpuint (seen.n_batches, <, THREADS * REQUESTS / 10);
}

/* Poller */

typedef struct
{
  WayPoller *poller;
  WayWatch *watch;
  WayWatch *other; /* to be removed when this one is called */
  int fds[2];
  guint n_calls;
  guint32 events;
  gboolean reads;
} Pipe;

static void
on_ready (guint32 events, gpointer user_data)
{
  Pipe *pipe = user_data;
  char byte;

  pipe->n_calls++;
  pipe->events = events;
  if (pipe->reads)
    g_assert_cmpint (read (pipe->fds[0], &byte, 1), ==, 1);
  g_clear_pointer (&pipe->other, way_watch_remove);
}

static void
open_pipe (Pipe *pipe, WayPoller *poller, guint32 events)
{
  *pipe = (Pipe){ .poller = poller };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pipe->fds),
                   ==, 0);
  pipe->watch = way_poller_add (poller, pipe->fds[0], events, on_ready, pipe);
}

static void
close_pipe (Pipe *pipe)
{
  g_clear_pointer (&pipe->watch, way_watch_remove);
  close (pipe->fds[0]);
  close (pipe->fds[1]);
}

static void
turn (guint n_turns)
{
  while (n_turns-- > 0)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_level (void)
{
  g_autoptr (WayPoller) poller = way_poller_new (NULL);
  Pipe pipe;

  open_pipe (&pipe, poller, EPOLLIN);
  turn (3);
  g_assert_cmpuint (pipe.n_calls, ==, 0);
  g_assert_cmpint (write (pipe.fds[1], "ab", 2), ==, 2);
  pipe.reads = TRUE;
  turn (4); /* reads both bytes, one a call */
  g_assert_cmpuint (pipe.n_calls, ==, 2);
  pipe.reads = FALSE;
  way_watch_modify (pipe.watch, EPOLLOUT);
  turn (1);
  g_assert_cmpuint (pipe.events, ==, EPOLLOUT);
  close_pipe (&pipe);
}

static void
test_edge (void)
{
  g_autoptr (WayPoller) poller = way_poller_new (NULL);
  Pipe pipe;

  open_pipe (&pipe, poller, EPOLLIN | EPOLLRDHUP | EPOLLET);
  g_assert_cmpint (write (pipe.fds[1], "ab", 2), ==, 2);
  turn (4); /* nobody reads, and nobody is told twice */
  g_assert_cmpuint (pipe.n_calls, ==, 1);
  shutdown (pipe.fds[1], SHUT_WR);
  turn (2);
  g_assert_cmpuint (pipe.n_calls, ==, 2);
  g_assert_true (pipe.events & EPOLLRDHUP);
  close_pipe (&pipe);
}

/* Two are ready in one turn; whichever is called first removes the other, which is then not called.
 */
static void
test_removal (void)
{
  g_autoptr (WayPoller) poller = way_poller_new (NULL);
  Pipe first, second;

  open_pipe (&first, poller, EPOLLIN | EPOLLET);
  open_pipe (&second, poller, EPOLLIN | EPOLLET);
  first.other = g_steal_pointer (&second.watch);
  second.other = first.watch;
  g_assert_cmpint (write (first.fds[1], "a", 1), ==, 1);
  g_assert_cmpint (write (second.fds[1], "a", 1), ==, 1);
  turn (3);
  g_assert_cmpuint (first.n_calls + second.n_calls, ==, 1);
  if (second.n_calls == 1)
    first.watch = NULL; /* the second one removed it */
  if (second.n_calls == 1)
    g_clear_pointer (&first.other, way_watch_remove);
  close_pipe (&first);
  close_pipe (&second);
}

static void
on_turn (gpointer user_data)
{
  (*(guint *)user_data)++;
}

/* Two are ready in one turn, which ends once, after both. */
static void
test_turn_func (void)
{
  g_autoptr (WayPoller) poller = way_poller_new (NULL);
  guint n_turns = 0;
  Pipe first, second;

  open_pipe (&first, poller, EPOLLIN | EPOLLET);
  open_pipe (&second, poller, EPOLLIN | EPOLLET);
  way_poller_set_turn_func (poller, on_turn, &n_turns);
  turn (2);
  g_assert_cmpuint (n_turns, ==, 0);
  g_assert_cmpint (write (first.fds[1], "a", 1), ==, 1);
  g_assert_cmpint (write (second.fds[1], "a", 1), ==, 1);
  turn (3);
  g_assert_cmpuint (first.n_calls + second.n_calls, ==, 2);
  g_assert_cmpuint (n_turns, ==, 1);
  way_poller_set_turn_func (poller, NULL, NULL);
  g_assert_cmpint (write (first.fds[1], "a", 1), ==, 1);
  turn (2);
  g_assert_cmpuint (n_turns, ==, 1);
  close_pipe (&first);
  close_pipe (&second);
}

/* Context */

static gboolean
note_thread (gpointer data)
{
  *(GThread **)data = g_thread_self ();
  return G_SOURCE_REMOVE;
}

/* Nobody owns the context yet, and still the function waits for the thread that will. */
static void
test_post (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GThread *ran_on = NULL;

  way_context_post (context, note_thread, &ran_on, NULL);
  g_assert_null (ran_on);
  g_main_context_iteration (context, FALSE);
  g_assert_true (ran_on == g_thread_self ());
}

typedef struct
{
  GString *text; /* borrowed */
  char letter;
} Turn;

static gboolean
note_turn (gpointer user_data)
{
  const Turn *turn = user_data;

  g_string_append_c (turn->text, turn->letter);
  return G_SOURCE_REMOVE;
}

/* What is posted is done in its order, and before what was ready already. */
static void
test_post_order (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) ready = g_timeout_source_new (0);
  g_autoptr (GString) text = g_string_new (NULL);
  Turn turns[] = { { text, 'a' }, { text, 'b' }, { text, 'c' } };

  g_source_set_callback (ready, note_turn, &turns[2], NULL);
  g_source_attach (ready, context);
  way_context_post (context, note_turn, &turns[0], NULL);
  way_context_post (context, note_turn, &turns[1], NULL);
  while (text->len < G_N_ELEMENTS (turns))
    g_main_context_iteration (context, FALSE);
  g_assert_cmpstr (text->str, ==, "abc");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/event-queue/merges", test_merges);
  g_test_add_func ("/base/event-queue/nobody-interested", test_nobody_interested);
  g_test_add_func ("/base/event-queue/threads", test_threads);
  g_test_add_func ("/base/poller/level", test_level);
  g_test_add_func ("/base/poller/edge", test_edge);
  g_test_add_func ("/base/poller/removal", test_removal);
  g_test_add_func ("/base/poller/turn-func", test_turn_func);
  g_test_add_func ("/base/context/post", test_post);
  g_test_add_func ("/base/context/post-order", test_post_order);
  return g_test_run ();
}
