/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* libcurl's side of the event loop: its sockets watched by the poller, its timer kept as a point in
 * time for the upstream's source, and each peer checked before it is connected to. Gateway thread.
 */

#include "way-upstream-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* A socket of libcurl's. Those of connections live as long as the connection and stay watched while
 * it waits in libcurl's pool, which spares two epoll_ctl() a call; the others, of name look-ups,
 * live until libcurl has no more wish. */
typedef struct
{
  WayUpstream *upstream; /* borrowed */
  WayWatch *watch;       /* nullable */
  curl_socket_t fd;
  guint32 wanted;  /* events that libcurl waits for */
  guint32 watched; /* events that the poller waits for */
  gboolean is_connection;
} WaySocket;

static void
watch_socket (WaySocket *socket, guint32 events, WayWatchFunc func)
{
  if (events == socket->watched)
    return;
  if (events == 0)
    g_clear_pointer (&socket->watch, way_watch_remove);
  else if (socket->watch != NULL)
    way_watch_modify (socket->watch, events);
  else
    socket->watch = way_poller_add (socket->upstream->poller, socket->fd, events, func, socket);
  socket->watched = events;
}

static void
socket_free (gpointer data)
{
  WaySocket *socket = data;

  g_clear_pointer (&socket->watch, way_watch_remove);
  g_free (socket);
}

static void
on_socket_ready (guint32 events, gpointer user_data)
{
  WaySocket *socket = user_data;
  WayUpstream *upstream = socket->upstream;
  int n_running = 0;
  int bits = 0;

  if (socket->wanted == 0)
    {
      /* The peer of a pooled connection has left; libcurl finds out before it uses it again. */
      watch_socket (socket, 0, NULL);
      return;
    }
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
    bits |= CURL_CSELECT_IN;
  if (events & EPOLLOUT)
    bits |= CURL_CSELECT_OUT;
  if (events & EPOLLERR)
    bits |= CURL_CSELECT_ERR;

  upstream->now_us = g_get_monotonic_time ();
  upstream->inside_curl++;
  curl_multi_socket_action (upstream->multi, socket->fd, bits, &n_running);
  upstream->inside_curl--; /* the rest is done once for all sockets of the turn */
}

static WaySocket *
add_socket (WayUpstream *upstream, curl_socket_t fd, gboolean is_connection)
{
  WaySocket *socket = g_new0 (WaySocket, 1);

  socket->upstream = upstream;
  socket->fd = fd;
  socket->is_connection = is_connection;
  g_hash_table_replace (upstream->sockets, GINT_TO_POINTER (fd), socket);
  return socket;
}

static int
on_socket_wish (CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
  WayUpstream *upstream = user_data;
  WaySocket *socket = socket_data;
  guint32 events = 0;

  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    events |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    events |= EPOLLOUT;

  if (socket == NULL)
    {
      socket = g_hash_table_lookup (upstream->sockets, GINT_TO_POINTER (fd));
      if (socket == NULL)
        socket = add_socket (upstream, fd, FALSE);
      curl_multi_assign (upstream->multi, fd, socket);
    }
  socket->wanted = events;
  if (what == CURL_POLL_REMOVE && !socket->is_connection)
    g_hash_table_remove (upstream->sockets, GINT_TO_POINTER (fd));
  else if (what == CURL_POLL_REMOVE && socket->watched == EPOLLIN)
    return 0; /* stays watched: the next call on it will want the same */
  else
    watch_socket (socket, events, on_socket_ready);
  return 0;
}

static int
on_close_socket (void *user_data, curl_socket_t fd)
{
  WayUpstream *upstream = user_data;

  g_hash_table_remove (upstream->sockets, GINT_TO_POINTER (fd));
  return close (fd);
}

static int
on_timer_wish (CURLM *multi, long timeout_ms, void *user_data)
{
  WayUpstream *upstream = user_data;

  /* Only noted: libcurl must not be entered from here, and the source looks before each poll. */
  upstream->curl_due_us =
    timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time () + (gint64)timeout_ms * 1000;
  return 0;
}

static void
refuse_peer (WayCall *call, const char *address)
{
  g_autofree char *message = way_place_refusal (call->provider->id, address, call->reach);

  if (call->error == NULL)
    call->error = g_error_new_literal (WAY_ERROR, WAY_ERROR_LOCAL_ONLY, message);
}

static curl_socket_t
on_open_socket (void *user_data, curlsocktype purpose, struct curl_sockaddr *peer)
{
  WayCall *call = user_data;
  char address[INET6_ADDRSTRLEN] = "an address that is not IP";

  if (way_locality_of_peer (&peer->addr) > call->reach)
    {
      if (peer->family == AF_INET)
        inet_ntop (AF_INET, &((struct sockaddr_in *)&peer->addr)->sin_addr, address,
                   sizeof address);
      else if (peer->family == AF_INET6)
        inet_ntop (AF_INET6, &((struct sockaddr_in6 *)&peer->addr)->sin6_addr, address,
                   sizeof address);
      refuse_peer (call, address);
      return CURL_SOCKET_BAD;
    }
  curl_socket_t fd = socket (peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
  if (fd == CURL_SOCKET_BAD)
    return fd;
  call->upstream->n_opened++;
  add_socket (call->upstream, fd, TRUE);
  return fd;
}

/**
 * way_upstream_check_peer:
 * @address: of the peer that a connection leads to
 *
 * Returns: whether @call may go there; if not, the call's error says so
 */
gboolean
way_upstream_check_peer (WayCall *call, const char *address)
{
  call->upstream->n_checked++;
  if (way_locality_of_address (address) <= call->reach)
    return TRUE;
  refuse_peer (call, address);
  return FALSE;
}

/* Runs for a reused connection too, which was perhaps opened for a call that may go further. */
static int
on_connected (void *user_data, char *peer_address, char *own_address, int peer_port, int own_port)
{
  return way_upstream_check_peer (user_data, peer_address) ? CURL_PREREQFUNC_OK
                                                           : CURL_PREREQFUNC_ABORT;
}

/**
 * way_upstream_watch_peer:
 *
 * Has each peer of @easy checked against @call's reach: before a socket is opened, and once more
 * before anything is sent on it.
 */
void
way_upstream_watch_peer (CURL *easy, WayCall *call)
{
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, call);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, call->upstream);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION,
                    call->reach == WAY_LOCALITY_CLOUD ? NULL : on_connected);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, call);
}

/**
 * way_upstream_init_multi:
 *
 * Makes the multi handle and joins it to the poller.
 */
void
way_upstream_init_multi (WayUpstream *upstream)
{
  upstream->multi = curl_multi_init ();
  g_assert (upstream->multi != NULL); /* as g_new() would */
  upstream->sockets = g_hash_table_new_full (NULL, NULL, NULL, socket_free);
  curl_multi_setopt (upstream->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wish);
  curl_multi_setopt (upstream->multi, CURLMOPT_SOCKETDATA, upstream);
  curl_multi_setopt (upstream->multi, CURLMOPT_TIMERFUNCTION, on_timer_wish);
  curl_multi_setopt (upstream->multi, CURLMOPT_TIMERDATA, upstream);
  curl_multi_setopt (upstream->multi, CURLMOPT_MAXCONNECTS, 4096L);
  /* One HTTP/2 stream a connection. In libcurl 7.88 a paused stream stops all others of its
   * connection, and the reset of a cancelled one waits in a buffer for the next request: a slow
   * reader would slow down others, and a provider would go on generating for nobody. */
  curl_multi_setopt (upstream->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
}
