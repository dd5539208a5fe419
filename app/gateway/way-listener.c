/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The listening sockets and every client connection. Gateway thread. */

#include "way-listener.h"

#include "way-clock.h"

#include <errno.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096
#define ACCEPTS_A_TURN 64
#define SWEEP_INTERVAL_S 5
#define IDLE_LIMIT_US (10 * 60 * G_USEC_PER_SEC)
/* A client in the middle of a request, of the taking of an answer, or of a close. */
#define STUCK_LIMIT_US (60 * G_USEC_PER_SEC)

/* One listening socket. */
typedef struct
{
  WayListener *listener; /* borrowed */
  WayWatch *watch;       /* owned */
  int fd;                /* owned, -1 for none */
  gboolean is_control;
} Door;

struct _WayListener
{
  WayPoller *poller;     /* borrowed */
  GMainContext *context; /* borrowed: the thread-default one */
  Door tcp;
  Door control;
  GHashTable *connections; /* owned set of owned WayConnection references */
  GSource *sweep;          /* owned */
  GSource *retry;          /* owned, armed while out of file descriptors */
  void (*on_request) (WayConnection *, gpointer);
  gpointer data;
};

/* Listening; any thread */

static void
raise_fd_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static int
fail_listen (int fd, int errsv, const char *where, GError **error)
{
  if (fd >= 0)
    close (fd);
  if (errsv == EADDRINUSE)
    g_set_error (error, WAY_ERROR, WAY_ERROR_ADDRESS_IN_USE,
                 "Another program listens on %s: stop it, or choose another port in the "
                 "configuration (listen.port)",
                 where);
  else if (errsv == ENOENT)
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO,
                 "Cannot listen on %s: there is no such folder; set XDG_RUNTIME_DIR to one that is "
                 "yours",
                 where);
  else
    g_set_error (error, WAY_ERROR, WAY_ERROR_IO, "Cannot listen on %s: %s", where,
                 g_strerror (errsv));
  return -1;
}

static guint
get_port (const struct sockaddr_storage *native)
{
  /* at the same place for both families */
  return ntohs (((const struct sockaddr_in *)native)->sin_port);
}

/**
 * way_listen_tcp:
 * @address: a literal address, or "localhost"
 * @port: 0 lets the system pick
 * @ret_port: the port listened on
 *
 * Raises the limit of open files to the hard limit, since each call takes two. Any thread.
 *
 * Returns: a listening, non-blocking socket, or -1 with %WAY_ERROR_ADDRESS_IN_USE or %WAY_ERROR_IO
 */
int
way_listen_tcp (const char *address, guint port, guint *ret_port, GError **error)
{
  const char *literal = strcmp (address, "localhost") == 0 ? "127.0.0.1" : address;
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new_from_string (literal, port);
  g_autofree char *where = g_strdup_printf ("%s port %u", address, port);
  struct sockaddr_storage native;
  socklen_t length = sizeof native;
  int on = 1;
  int fd;

  raise_fd_limit ();
  if (!socket_address || !g_socket_address_to_native (socket_address, &native, length, NULL))
    return fail_listen (-1, EINVAL, where, error);
  length = g_socket_address_get_native_size (socket_address);
  fd = socket (native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return fail_listen (fd, errno, where, error);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* inherited by what is accepted */
  if (bind (fd, (struct sockaddr *)&native, length) < 0 || listen (fd, BACKLOG) < 0)
    return fail_listen (fd, errno, where, error);
  getsockname (fd, (struct sockaddr *)&native, &length);
  *ret_port = get_port (&native);
  return fd;
}

/**
 * way_listen_tcp_instead:
 * @old_fd: from way_listen_tcp(), or -1; another thread may be accepting from it
 *
 * As way_listen_tcp(), also where @old_fd itself is in the way, as 127.0.0.1 is of 0.0.0.0 at the
 * same port. It no longer listens then, and is still to be closed; if somebody else is in the way
 * too, it listens again.
 */
int
way_listen_tcp_instead (
  int old_fd, const char *address, guint port, guint *ret_port, GError **error)
{
  struct sockaddr_storage native = { 0 };
  socklen_t length = sizeof native;
  g_autoptr (GError) collision = NULL;
  int fd = way_listen_tcp (address, port, ret_port, &collision);

  if (fd >= 0)
    return fd;
  getsockname (old_fd, (struct sockaddr *)&native, &length);
  if (!way_error_is (collision, WAY_ERROR_ADDRESS_IN_USE) || get_port (&native) != port)
    {
      g_propagate_error (error, g_steal_pointer (&collision));
      return -1;
    }
  /* On Linux this ends the listening. The socket stays bound, unless the system picked its port. */
  shutdown (old_fd, SHUT_RDWR);
  fd = way_listen_tcp (address, port, ret_port, error);
  if (fd < 0)
    {
      bind (old_fd, (struct sockaddr *)&native, length);
      listen (old_fd, BACKLOG);
    }
  return fd;
}

/* Whether somebody answers on the socket, as opposed to a file a crash left behind. */
static gboolean
is_answered (const struct sockaddr_un *native)
{
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean answered = fd >= 0 && connect (fd, (struct sockaddr *)native, sizeof *native) == 0;

  if (fd >= 0)
    close (fd);
  return answered;
}

/**
 * way_listen_unix:
 * @path: of the control socket, made with mode 0600; a left-over of a crash is replaced
 *
 * Any thread.
 *
 * Returns: a listening, non-blocking socket, or -1 with %WAY_ERROR_ALREADY_RUNNING or %WAY_ERROR_IO
 */
int
way_listen_unix (const char *path, GError **error)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  mode_t mask;
  int result;
  int fd;

  if (strlen (path) >= sizeof native.sun_path)
    return fail_listen (-1, ENAMETOOLONG, path, error);
  memcpy (native.sun_path, path, strlen (path));
  if (is_answered (&native))
    {
      g_set_error (error, WAY_ERROR, WAY_ERROR_ALREADY_RUNNING,
                   "Another Wayfare already runs for this user (it answers on %s): stop it first",
                   path);
      return -1;
    }
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return fail_listen (fd, errno, path, error);
  unlink (path);
  mask = umask (0177);
  result = bind (fd, (struct sockaddr *)&native, sizeof native);
  umask (mask);
  if (result < 0 || listen (fd, BACKLOG) < 0)
    return fail_listen (fd, errno, path, error);
  return fd;
}

/* Connections */

static void
on_closed (WayConnection *connection, gpointer user_data)
{
  WayListener *self = user_data;

  g_hash_table_remove (self->connections, connection);
}

static void
on_request (WayConnection *connection, gpointer user_data)
{
  WayListener *self = user_data;

  self->on_request (connection, self->data);
}

static const WayConnectionHost host = { .on_request = on_request, .on_closed = on_closed };

static WayConnection *
find_oldest_idle (WayListener *self)
{
  WayConnection *oldest = NULL;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (way_connection_is_idle (key) && (!oldest || way_connection_get_active_at_us (key) <
                                                      way_connection_get_active_at_us (oldest)))
      oldest = key;
  return oldest;
}

static gboolean
on_sweep (gpointer user_data)
{
  WayListener *self = user_data;
  g_autoptr (GPtrArray) stale = g_ptr_array_new ();
  gint64 now_us = way_clock_get_monotonic_us ();
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 limit_us = way_connection_is_idle (key) ? IDLE_LIMIT_US : STUCK_LIMIT_US;

      if (way_connection_is_awaiting_client (key) &&
          now_us - way_connection_get_active_at_us (key) > limit_us)
        g_ptr_array_add (stale, key);
    }
  for (guint i = 0; i < stale->len; i++)
    way_connection_drop (stale->pdata[i]);
  return G_SOURCE_CONTINUE;
}

static GSource *
add_timer (WayListener *self, guint interval_ms, GSourceFunc func)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, self->context);
  return source;
}

static void
clear_source (GSource **source)
{
  if (*source)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Accepting */

static void accept_waiting (Door *door);

static gboolean
on_retry (gpointer user_data)
{
  WayListener *self = user_data;

  clear_source (&self->retry);
  for (Door *door = &self->tcp; door; door = door == &self->tcp ? &self->control : NULL)
    if (door->watch)
      {
        way_watch_modify (door->watch, EPOLLIN);
        accept_waiting (door);
      }
  return G_SOURCE_REMOVE;
}

/* Out of file descriptors: an idle client makes room, else those who wait stay in the backlog. */
static gboolean
make_room (WayListener *self)
{
  WayConnection *idle = find_oldest_idle (self);

  if (idle)
    {
      way_connection_drop (idle);
      return TRUE;
    }
  if (self->tcp.watch)
    way_watch_modify (self->tcp.watch, 0);
  if (self->control.watch)
    way_watch_modify (self->control.watch, 0);
  if (!self->retry)
    {
      g_message ("out of file descriptors: new clients wait until one is free");
      self->retry = add_timer (self, 100, on_retry);
    }
  return FALSE;
}

static gboolean
is_own_user (int fd)
{
  struct ucred peer = { 0 };
  socklen_t length = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == getuid ();
}

static void
accept_waiting (Door *door)
{
  WayListener *self = door->listener;

  for (int i = 0; i < ACCEPTS_A_TURN && door->fd >= 0; i++)
    {
      int fd = accept4 (door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
        {
          if (!make_room (self))
            return;
        }
      else if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
      else if (fd >= 0 && door->is_control && !is_own_user (fd))
        close (fd);
      else if (fd >= 0)
        g_hash_table_add (self->connections,
                          way_connection_new (self->poller, fd, door->is_control, &host, self));
    }
}

static void
on_door (guint32 events, gpointer user_data)
{
  accept_waiting (user_data);
}

static void
set_door (WayListener *self, Door *door, int fd, gboolean is_control)
{
  g_clear_pointer (&door->watch, way_watch_remove);
  if (door->fd >= 0)
    close (door->fd);
  door->listener = self;
  door->fd = fd;
  door->is_control = is_control;
  if (fd >= 0)
    door->watch = way_poller_add (self->poller, fd, EPOLLIN, on_door, door);
}

/**
 * way_listener_new:
 * @func: gets each connection whose next request has begun
 *
 * Returns: (transfer full): a listener without sockets, on the thread-default context
 */
WayListener *
way_listener_new (WayPoller *poller, void (*func) (WayConnection *, gpointer), gpointer data)
{
  WayListener *self = g_new0 (WayListener, 1);

  self->poller = poller;
  self->context = g_main_context_get_thread_default ();
  self->on_request = func;
  self->data = data;
  self->tcp.fd = -1;
  self->control.fd = -1;
  self->connections =
    g_hash_table_new_full (NULL, NULL, (GDestroyNotify)way_connection_unref, NULL);
  self->sweep = add_timer (self, SWEEP_INTERVAL_S * 1000, on_sweep);
  return self;
}

/**
 * way_listener_free:
 *
 * Closes the listening sockets and every connection, at once.
 */
void
way_listener_free (WayListener *self)
{
  g_autoptr (GList) left = NULL;

  way_listener_stop_accepting (self);
  left = g_hash_table_get_keys (self->connections);
  for (GList *l = left; l; l = l->next)
    way_connection_drop (l->data);
  g_hash_table_unref (self->connections);
  clear_source (&self->sweep);
  clear_source (&self->retry);
  g_free (self);
}

/**
 * way_listener_set_tcp:
 * @fd: from way_listen_tcp(), owned from now on; -1 for none
 *
 * Replaces the socket clients connect to; connections that are open stay.
 */
void
way_listener_set_tcp (WayListener *self, int fd)
{
  set_door (self, &self->tcp, fd, FALSE);
}

/**
 * way_listener_set_control:
 * @fd: from way_listen_unix(), owned from now on; -1 for none
 *
 * Its clients are this user's own processes; those of other users are turned away.
 */
void
way_listener_set_control (WayListener *self, int fd)
{
  set_door (self, &self->control, fd, TRUE);
}

/**
 * way_listener_stop_accepting:
 *
 * Accepts no connection any more, and no request on those that are open.
 */
void
way_listener_stop_accepting (WayListener *self)
{
  g_autoptr (GList) open = g_hash_table_get_keys (self->connections);

  set_door (self, &self->tcp, -1, FALSE);
  set_door (self, &self->control, -1, TRUE);
  for (GList *l = open; l; l = l->next)
    way_connection_retire (l->data);
}

guint
way_listener_get_n_connections (WayListener *self)
{
  return g_hash_table_size (self->connections);
}
