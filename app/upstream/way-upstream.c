/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* The upstream client: calls put into libcurl's multi handle, and one GSource for all that is not a
 * socket: libcurl's timer, the deadlines, and work put off because libcurl or a handler was on the
 * stack. Gateway thread. */

#include "way-upstream-private.h"

#include "way-demo.h"

#include <string.h>

/* Kept for the next calls, each by the place that it was told the URL of. */
#define MAX_IDLE_HANDLES 256
#define HOSTS_PATH "/etc/hosts"

typedef struct
{
  GSource source;
  WayUpstream *upstream; /* borrowed */
} WayUpstreamSource;

static CURL *
take_handle (const WayCall *call)
{
  GPtrArray *handles = call->place->handles;

  if (handles->len == 0)
    return way_call_new_handle (call);
  call->upstream->n_handles--;
  return g_ptr_array_steal_index_fast (handles, handles->len - 1);
}

static void
give_handle_back (WayUpstream *upstream, WayPlace *place, CURL *easy)
{
  if (upstream->n_handles >= MAX_IDLE_HANDLES)
    {
      curl_easy_cleanup (easy);
      return;
    }
  upstream->n_handles++;
  g_ptr_array_add (place->handles, easy);
}

static void
remove_from_lists (WayCall *call)
{
  WayUpstream *upstream = call->upstream;

  if (call->is_deferred)
    g_queue_unlink (&upstream->deferred, &call->deferred_link);
  call->is_deferred = FALSE;
  if (call->is_cancelled)
    return;
  g_ptr_array_remove_index_fast (upstream->calls, call->index);
  if (call->index < upstream->calls->len)
    ((WayCall *)g_ptr_array_index (upstream->calls, call->index))->index = call->index;
}

/* Takes the call off libcurl. Unless its transfer has ended, that closes its connection. */
static void
detach_handle (WayCall *call)
{
  WayUpstream *upstream = call->upstream;

  g_assert (upstream->inside_curl == 0);
  if (!call->is_added)
    return;
  call->is_added = FALSE;
  if (!call->is_over)
    curl_easy_setopt (call->easy, CURLOPT_FORBID_REUSE, 1L);
  curl_multi_remove_handle (upstream->multi, call->easy);
}

static void
release_handle (WayCall *call)
{
  if (call->easy == NULL)
    return;
  detach_handle (call);
  give_handle_back (call->upstream, call->place, g_steal_pointer (&call->easy));
}

static void
finish (WayCall *call, CURLcode code)
{
  WayUpstream *upstream = call->upstream;
  WayPlace *place = call->place;
  CURL *easy = call->easy;

  remove_from_lists (call);
  detach_handle (call);
  way_call_finish (call, code); /* reads timings from the handle */
  if (easy != NULL)
    give_handle_back (upstream, place, easy);
}

static void
discard (WayCall *call)
{
  release_handle (call);
  remove_from_lists (call);
  way_call_free (call);
}

static void
start (WayCall *call)
{
  WayUpstream *upstream = call->upstream;

  if (call->reach == WAY_LOCALITY_CLOUD && !way_proxy_is_known (call->place, call->sent_us))
    {
      way_proxy_look_up (upstream, call->place);
      call->is_waiting = call->place->proxy_pending;
      if (call->is_waiting)
        return;
    }
  call->easy = take_handle (call);
  way_call_set_options (call);
  call->is_added = TRUE;
  curl_multi_add_handle (upstream->multi, call->easy);
}

/**
 * way_upstream_start_waiting:
 * @place: a place whose proxy has become known
 *
 * Starts the calls that wait for it.
 */
void
way_upstream_start_waiting (WayUpstream *upstream, WayPlace *place)
{
  for (guint i = 0; i < upstream->calls->len; i++)
    {
      WayCall *call = g_ptr_array_index (upstream->calls, i);

      if (!call->is_waiting || call->place != place)
        continue;
      call->is_waiting = FALSE;
      way_upstream_defer (upstream, call);
    }
}

/**
 * way_upstream_defer:
 *
 * Has @call looked at as soon as neither libcurl nor a handler is on the stack. The source is ready
 * from the loop's next turn on, without a wake-up, since it looks for itself.
 */
void
way_upstream_defer (WayUpstream *upstream, WayCall *call)
{
  if (call->is_deferred)
    return;
  call->is_deferred = TRUE;
  g_queue_push_tail_link (&upstream->deferred, &call->deferred_link);
}

static void
handle_deferred (WayUpstream *upstream, WayCall *call)
{
  if (call->is_cancelled)
    discard (call);
  else if (call->error != NULL || call->is_ended)
    finish (call, CURLE_OK);
  else if (call->wants_resume)
    {
      way_call_unpause (call);
      if (call->error != NULL)
        way_upstream_defer (upstream, call);
    }
  else if (call->easy == NULL && call->demo == NULL && !call->is_waiting)
    start (call);
}

static void
read_messages (WayUpstream *upstream)
{
  CURLMsg *message = NULL;
  int n_left = 0;

  while ((message = curl_multi_info_read (upstream->multi, &n_left)) != NULL)
    {
      WayCall *call = NULL;
      CURLcode code = message->data.result; /* gone with the handle */

      curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
      call->is_over = TRUE;
      if (call->is_cancelled)
        discard (call);
      else
        finish (call, code);
    }
}

/**
 * way_upstream_settle:
 *
 * Does what had to wait while libcurl was on the stack: ends calls, frees cancelled ones, resumes.
 * What is put off meanwhile waits for the next turn, so that no call can keep the loop to itself.
 */
void
way_upstream_settle (WayUpstream *upstream)
{
  read_messages (upstream);
  for (guint n = upstream->deferred.length; n > 0 && upstream->deferred.length > 0; n--)
    {
      WayCall *call = g_queue_pop_head_link (&upstream->deferred)->data;

      call->is_deferred = FALSE;
      handle_deferred (upstream, call);
    }
}

/**
 * way_upstream_note_deadline:
 * @due_us: monotonic
 *
 * Has the deadlines looked at when @due_us has passed, or before.
 */
void
way_upstream_note_deadline (WayUpstream *upstream, gint64 due_us)
{
  upstream->deadline_us = MIN (upstream->deadline_us, due_us);
}

/* Looks at all calls, but only when the one that was due first, when last looked, is due: with
 * deadlines of seconds that is far less than once a call. */
static void
check_deadlines (WayUpstream *upstream)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < upstream->calls->len; i++)
    {
      WayCall *call = g_ptr_array_index (upstream->calls, i);
      gint64 due_us = call->error != NULL ? G_MAXINT64 : way_call_get_due (call, NULL);

      if (due_us > upstream->now_us)
        {
          next_us = MIN (next_us, due_us);
          continue;
        }
      way_call_get_due (call, &call->error);
      way_upstream_defer (upstream, call);
    }
  upstream->deadline_us = next_us;
}

static gint64
get_due (const WayUpstream *upstream)
{
  if (upstream->deferred.length > 0)
    return 0;
  return MIN (upstream->curl_due_us, upstream->deadline_us);
}

static gboolean
on_prepare (GSource *source, int *ret_timeout_ms)
{
  gint64 due_us = get_due (((WayUpstreamSource *)source)->upstream);

  if (due_us == G_MAXINT64)
    return FALSE;
  gint64 wait_us = due_us - g_source_get_time (source);
  if (wait_us > 0)
    *ret_timeout_ms = (int)MIN ((wait_us + 999) / 1000, G_MAXINT);
  return wait_us <= 0;
}

static gboolean
on_check (GSource *source)
{
  gint64 due_us = get_due (((WayUpstreamSource *)source)->upstream);

  return due_us != G_MAXINT64 && due_us <= g_source_get_time (source);
}

/* Has libcurl do what is due: begin the calls that were started, above all. */
static void
run_due (gpointer user_data)
{
  WayUpstream *upstream = user_data;
  int n_running = 0;

  upstream->now_us = g_get_monotonic_time ();
  if (upstream->curl_due_us <= upstream->now_us)
    {
      upstream->curl_due_us = G_MAXINT64;
      upstream->inside_curl++;
      curl_multi_socket_action (upstream->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
      upstream->inside_curl--;
    }
  if (upstream->deadline_us <= upstream->now_us)
    check_deadlines (upstream);
  way_upstream_settle (upstream);
}

static gboolean
on_dispatch (GSource *source, GSourceFunc func, gpointer user_data)
{
  run_due (((WayUpstreamSource *)source)->upstream);
  return G_SOURCE_CONTINUE;
}

/* No ready time: setting one wakes the context through its eventfd, two system calls each time. */
static GSourceFuncs source_funcs = {
  .prepare = on_prepare,
  .check = on_check,
  .dispatch = on_dispatch,
};

/**
 * way_upstream_new:
 * @context: that of the gateway thread
 * @poller: (transfer none): of the same thread; must outlive the upstream, whose its turns are
 *
 * Certificates are checked against the system's, or those in the file that the environment variable
 * SSL_CERT_FILE names.
 *
 * Returns: (transfer full): an upstream without calls
 */
WayUpstream *
way_upstream_new (GMainContext *context, WayPoller *poller)
{
  WayUpstream *upstream = g_new0 (WayUpstream, 1);

  way_upstream_init_curl ();
  upstream->context = context == NULL ? g_main_context_default () : context;
  upstream->poller = poller;
  upstream->calls = g_ptr_array_new ();
  upstream->places =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)way_place_free);
  upstream->cancellable = g_cancellable_new ();
  upstream->hosts_path = g_strdup (HOSTS_PATH);
  upstream->ca_path = g_strdup (g_getenv ("SSL_CERT_FILE"));
  upstream->curl_due_us = G_MAXINT64;
  upstream->deadline_us = G_MAXINT64;
  g_queue_init (&upstream->deferred);
  way_upstream_init_multi (upstream);

  upstream->source = g_source_new (&source_funcs, sizeof (WayUpstreamSource));
  ((WayUpstreamSource *)upstream->source)->upstream = upstream;
  g_source_set_static_name (upstream->source, "way-upstream");
  g_source_set_can_recurse (upstream->source, TRUE); /* spares GLib's own wake-ups */
  g_source_attach (upstream->source, upstream->context);
  way_poller_set_turn_func (poller, run_due, upstream);
  return upstream;
}

/**
 * way_upstream_free:
 * @upstream: (transfer full): not from inside a handler
 *
 * Cancels every call that is left; none of their handlers runs. Closes all connections.
 */
void
way_upstream_free (WayUpstream *upstream)
{
  g_return_if_fail (upstream != NULL && upstream->inside_curl == 0);

  g_cancellable_cancel (upstream->cancellable);
  while (upstream->calls->len > 0)
    way_call_cancel (g_ptr_array_index (upstream->calls, 0));
  while (upstream->deferred.length > 0)
    discard (g_queue_peek_head (&upstream->deferred));
  way_poller_set_turn_func (upstream->poller, NULL, NULL);
  g_source_destroy (upstream->source);
  g_source_unref (upstream->source);
  g_hash_table_unref (upstream->places);
  curl_multi_cleanup (upstream->multi);
  g_ptr_array_unref (upstream->calls);
  g_hash_table_unref (upstream->sockets);
  g_object_unref (upstream->cancellable);
  g_free (upstream->hosts_path);
  g_free (upstream->ca_path);
  g_free (upstream);
}

/**
 * way_upstream_set_cloud_enabled:
 *
 * Whether calls may leave this machine at all, whatever the settings say that they were begun
 * under. Once it is %FALSE no connection is opened for them, also not for those under way; what is
 * connected goes on.
 */
void
way_upstream_set_cloud_enabled (WayUpstream *upstream, gboolean enabled)
{
  upstream->cloud_is_off = !enabled;
  for (guint i = 0; !enabled && i < upstream->calls->len; i++)
    ((WayCall *)g_ptr_array_index (upstream->calls, i))->reach = WAY_LOCALITY_LOCAL;
}

/**
 * way_upstream_get_n_calls:
 *
 * Returns: how many calls are under way
 */
guint
way_upstream_get_n_calls (WayUpstream *upstream)
{
  g_return_val_if_fail (upstream != NULL, 0);

  return upstream->calls->len;
}

/**
 * way_upstream_send:
 * @request: copied as far as needed; its strings may go
 * @handlers: copied; on_done is required
 *
 * Sends one request. A call that must not be sent, to a peer that is too far away for instance,
 * ends by on_done like any other. The call is the caller's to cancel until on_done has run; it is
 * freed then, or by way_call_cancel().
 *
 * Returns: (transfer none): the call
 */
WayCall *
way_upstream_send (WayUpstream *upstream,
                   const WayCallRequest *request,
                   const WayCallHandlers *handlers,
                   gpointer user_data)
{
  g_return_val_if_fail (upstream != NULL && request != NULL && request->provider != NULL, NULL);
  g_return_val_if_fail (handlers != NULL && handlers->on_done != NULL, NULL);

  WayCall *call = way_call_new (upstream, request, handlers, user_data);
  call->index = upstream->calls->len;
  g_ptr_array_add (upstream->calls, call);
  gint64 due_us = way_call_get_due (call, NULL);
  way_upstream_note_deadline (upstream, due_us);

  if (request->provider->kind == WAY_KIND_DEMO)
    call->demo = way_demo_new (call, request);
  else if (!way_call_prepare (call, request) || upstream->inside_curl > 0)
    way_upstream_defer (upstream, call);
  else
    start (call);
  return call;
}

/**
 * way_call_cancel:
 * @call: (transfer full): a call whose on_done has not run, or is running
 *
 * Ends @call: its connection is closed, or its HTTP/2 stream reset, at once, and none of its
 * handlers runs again. Allowed in any handler of any call.
 */
void
way_call_cancel (WayCall *call)
{
  g_return_if_fail (call != NULL);

  if (call->is_cancelled || call->is_done)
    return;
  remove_from_lists (call);
  call->is_cancelled = TRUE;
  if (call->upstream->inside_curl > 0 || call->inside_handler > 0)
    way_upstream_defer (call->upstream, call);
  else
    discard (call);
}
