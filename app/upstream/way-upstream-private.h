/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What the files of the upstream client share among themselves. Gateway thread. */

#pragma once

#include "way-place.h"
#include "way-upstream.h"

#include <curl/curl.h>

G_BEGIN_DECLS

/* What libcurl may receive at once. No power of two, the sizes of its strings: a receive buffer is
 * known by its size when it is asked for. */
#define WAY_UPSTREAM_RECEIVE_BYTES (17 * 1024)

typedef struct _WayDemo WayDemo;

struct _WayUpstream
{
  GMainContext *context;
  WayPoller *poller; /* borrowed */
  CURLM *multi;
  GSource *source;
  GPtrArray *calls;    /* (element-type WayCall): all that will still see on_done */
  GHashTable *sockets; /* file descriptor → what libcurl wants of it */
  GHashTable *places;  /* base URL → WayPlace */
  GCancellable *cancellable;
  GQueue deferred;    /* calls with work that must not be done where it was asked for */
  char *hosts_path;   /* of the hosts file */
  char *ca_path;      /* (nullable): certificates to trust instead of the system's */
  gint64 curl_due_us; /* when libcurl wants its timeouts handled, or G_MAXINT64 */
  gint64 deadline_us; /* no call's deadline passes before this */
  gint64 now_us;      /* when the running dispatch began */
  guint64 n_opened;   /* sockets */
  guint64 n_checked;  /* connections, before use, for calls that may not go anywhere */
  guint n_handles;    /* that no call uses, at all places */
  gboolean cloud_is_off;
  guint inside_curl; /* depth; most of libcurl must not be called from its callbacks */
};

struct _WayCall
{
  WayUpstream *upstream; /* borrowed */
  WaySnapshot *snapshot; /* owned; keeps provider */
  const WayProvider *provider;
  WayPlace *place;                    /* borrowed */
  WayDemo *demo;                      /* owned, nullable: answers instead of a peer */
  CURL *easy;                         /* owned, nullable */
  GBytes *body;                       /* owned, nullable */
  char *path;                         /* below the place's URL, with its query */
  struct curl_slist *request_headers; /* one allocation, with all texts but constants and the key */
  GString *head;                      /* of the response: name, NUL, value, NUL, … */
  GError *error;                      /* what ended the call, once something did */
  WayCallHandlers handlers;
  gpointer user_data;
  WayDeadlines deadlines;
  WayCallTiming timing;
  WayLocality reach; /* how far away a peer may be */
  GList deferred_link;
  guint index; /* in upstream->calls */
  gint64 sent_us;
  gint64 activity_us; /* of the last piece of the body, or of the last resume */
  guint inside_handler;
  gboolean is_post : 1;
  gboolean is_deferred : 1;
  gboolean is_waiting : 1; /* for its proxy */
  gboolean is_added : 1;   /* to the multi handle */
  gboolean is_over : 1;    /* libcurl has nothing left to do */
  gboolean is_cancelled : 1;
  gboolean is_ended : 1; /* the demo has said all */
  gboolean is_done : 1;  /* on_done runs, or has run */
  gboolean is_paused : 1;
  gboolean wants_resume : 1;
  gboolean has_head : 1;
  gboolean has_body : 1;
  gboolean awaits_token : 1;  /* the deadline of the first one counts */
  gboolean is_token_told : 1; /* by way_call_note_token(), else the first byte is it */
  char detail[CURL_ERROR_SIZE];
};

/* way-upstream.c */
void way_upstream_defer (WayUpstream *upstream, WayCall *call);
void way_upstream_note_deadline (WayUpstream *upstream, gint64 due_us);
void way_upstream_settle (WayUpstream *upstream);
void way_upstream_start_waiting (WayUpstream *upstream, WayPlace *place);

/* way-upstream-socket.c: libcurl's side of the event loop */
void way_upstream_init_multi (WayUpstream *upstream);
gboolean way_upstream_check_peer (WayCall *call, const char *address);
void way_upstream_watch_peer (CURL *easy, WayCall *call);

/* way-upstream-memory.c */
void way_upstream_init_curl (void);

/* way-call.c */
WayCall *way_call_new (WayUpstream *upstream,
                       const WayCallRequest *request,
                       const WayCallHandlers *handlers,
                       gpointer user_data);
void way_call_free (WayCall *call);
void way_call_finish (WayCall *call, CURLcode code);
void way_call_unpause (WayCall *call);
void way_call_note_idle_deadline (WayCall *call);
gint64 way_call_get_due (const WayCall *call, GError **ret_error);

/* way-call-answer.c */
gboolean way_call_may_go_on (const WayCall *call);
void way_call_watch_answer (WayCall *call);
void way_call_add_header (WayCall *call, const char *name, const char *value);
gboolean way_call_give_head (WayCall *call, guint status);
gboolean way_call_give_data (WayCall *call, const char *data, gsize length);
void way_call_fail (WayCall *call, GError *error);

/* way-call-setup.c */
gboolean way_call_prepare (WayCall *call, const WayCallRequest *request);
CURL *way_call_new_handle (const WayCall *call);
void way_call_set_options (WayCall *call);

/* way-call-error.c */
GError *way_call_describe (WayCall *call, CURLcode code);

/* way-proxy.c */
gboolean way_proxy_is_known (const WayPlace *place, gint64 now_us);
void way_proxy_look_up (WayUpstream *upstream, WayPlace *place);

G_END_DECLS
