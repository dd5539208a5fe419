/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Calls to providers: libcurl's multi interface on the gateway's own main context. The only user of
 * libcurl. Everything here belongs to the gateway thread. */

#pragma once

#include "way-poller.h"
#include "way-snapshot.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WayUpstream WayUpstream;
typedef struct _WayCall WayCall;

/* One header of a call: both borrowed for the duration of way_upstream_send(). */
typedef struct
{
  const char *name;
  const char *value;
} WayHeader;

/**
 * WayCallRequest:
 * @provider: whom to ask; the call keeps @snapshot, which owns it
 * @method: "GET" or "POST"
 * @path: appended to the provider's base URL: "/chat/completions"
 * @body: (nullable): sent as application/json, as is
 * @headers: forwarded from the client, already filtered
 * @awaits_token: bytes alone are no answer yet: the deadline of the first token stays until
 *   way_call_note_token(), whatever comment lines a provider sends to keep the connection open
 * @local_only: refuse, at the socket, every peer that is not on loopback; no proxy, no DNS
 * @deadlines: 0 in a member means none
 *
 * The key of @provider is added here and nowhere else.
 */
typedef struct
{
  WaySnapshot *snapshot;
  const WayProvider *provider;
  const char *method;
  const char *path;
  GBytes *body;
  const WayHeader *headers;
  gsize n_headers;
  gboolean awaits_token;
  gboolean local_only;
  WayDeadlines deadlines;
} WayCallRequest;

/**
 * WayCallTiming:
 *
 * µs since the call was sent, as libcurl measured them; %WAY_UNKNOWN if the phase was not reached.
 * @connect_us includes the name look-up and TLS; 0 on a reused connection.
 */
typedef struct
{
  gint64 connect_us;
  gint64 first_byte_us;
  gint64 total_us;
} WayCallTiming;

/**
 * WayCallHandlers:
 * @on_head: status and headers have arrived; headers through way_call_get_header() from now on
 * @on_data: a piece of the body, borrowed; return %FALSE to take nothing now: the same bytes come
 *   again after way_call_resume(), and nothing more is read from the provider until then
 * @on_done: exactly once and last, unless the call was cancelled; @error is NULL when the body is
 *   complete, whatever the HTTP status, else one of WAY_ERROR_UPSTREAM* or %WAY_ERROR_LOCAL_ONLY
 *   whose message names the provider and says what happened in words
 *
 * None is called from inside way_upstream_send(), way_call_resume() or way_call_cancel(). A handler
 * may cancel its own call; after that no handler of the call runs.
 */
typedef struct
{
  void (*on_head) (WayCall *call, guint status, gpointer user_data);
  gboolean (*on_data) (WayCall *call, const char *data, gsize length, gpointer user_data);
  void (*on_done) (WayCall *call,
                   const GError *error,
                   const WayCallTiming *timing,
                   gpointer user_data);
} WayCallHandlers;

WayUpstream *way_upstream_new (GMainContext *context, WayPoller *poller);
void way_upstream_free (WayUpstream *upstream);
void way_upstream_set_cloud_enabled (WayUpstream *upstream, gboolean enabled);
guint way_upstream_get_n_calls (WayUpstream *upstream);

WayCall *way_upstream_send (WayUpstream *upstream,
                            const WayCallRequest *request,
                            const WayCallHandlers *handlers,
                            gpointer user_data);
void way_call_cancel (WayCall *call);
void way_call_note_token (WayCall *call);
void way_call_resume (WayCall *call);
const char *way_call_get_header (WayCall *call, const char *name);
WayCallTiming way_call_get_timing (WayCall *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayUpstream, way_upstream_free)

G_END_DECLS
