/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* libcurl's side of the event loop: its sockets watched by the poller, its timer kept as a point in
 * time for the upstream's source, and each peer checked before it is connected to. Gateway thread.
 */

#include "way-upstream-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* A socket as libcurl wants it watched; lives from its first wish to CURL_POLL_REMOVE. */
typedef struct
{
  WayUpstream *upstream; /* borrowed */
  WayWatch *watch;
  curl_socket_t fd;
} WaySocket;

static void
on_socket_ready (guint32 events, gpointer user_data)
{
  WaySocket *socket = user_data;
  WayUpstream *upstream = socket->upstream;
  int n_running = 0;
  int bits = 0;

  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
    bits |= CURL_CSELECT_IN;
  if (events & EPOLLOUT)
    bits |= CURL_CSELECT_OUT;
  if (events & EPOLLERR)
    bits |= CURL_CSELECT_ERR;

  upstream->now_us = g_get_monotonic_time ();
  upstream->inside_curl++;
  curl_multi_socket_action (upstream->multi, socket->fd, bits, &n_running);
  upstream->inside_curl--;
  way_upstream_settle (upstream);
}

static void
forget_socket (WayUpstream *upstream, WaySocket *socket)
{
  if (socket == NULL)
    return;
  /* libcurl tells before it closes, so the descriptor is still the one that was added. */
  way_watch_remove (socket->watch);
  curl_multi_assign (upstream->multi, socket->fd, NULL);
  g_free (socket);
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

  if (events == 0)
    forget_socket (upstream, socket); /* epoll reports errors even of a watch without events */
  else if (socket != NULL)
    way_watch_modify (socket->watch, events);
  else
    {
      socket = g_new (WaySocket, 1);
      socket->upstream = upstream;
      socket->fd = fd;
      socket->watch = way_poller_add (upstream->poller, fd, events, on_socket_ready, socket);
      curl_multi_assign (upstream->multi, fd, socket);
    }
  return 0;
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
  call->upstream->n_opened++;
  return socket (peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
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
  if (call->reach == WAY_LOCALITY_CLOUD)
    return;
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, on_connected);
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
  curl_multi_setopt (upstream->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wish);
  curl_multi_setopt (upstream->multi, CURLMOPT_SOCKETDATA, upstream);
  curl_multi_setopt (upstream->multi, CURLMOPT_TIMERFUNCTION, on_timer_wish);
  curl_multi_setopt (upstream->multi, CURLMOPT_TIMERDATA, upstream);
  curl_multi_setopt (upstream->multi, CURLMOPT_MAXCONNECTS, 4096L);
}
